"""What an export that cannot be made raises."""

from __future__ import annotations


class ExportError(RuntimeError):
    """An export that cannot be made; the message says what to do."""
