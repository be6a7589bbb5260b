"""Which of the addresses in a release may be a link."""

from __future__ import annotations


def is_web(url: str | None) -> bool:
    """Whether an address may be a link: http or https, nothing else."""
    return bool(url) and str(url).lower().startswith(("http://", "https://"))
