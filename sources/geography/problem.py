"""What is wrong with the registry of geography, or with a file of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a table or a file, and how to mend it."""

    file: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}. {self.remedy}"
