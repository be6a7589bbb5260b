"""What one run may spend on a second reader, in pages and tokens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Budget:
    """What is left. A page is paid in advance by its estimate, and settled by what the endpoint counted."""

    pages: int
    tokens: int
    spent: int = 0  # tokens, as counted where they were

    def take(self, estimate: int) -> bool:
        """Pay for one page in advance; False where it is too much."""
        if self.pages < 1 or self.tokens < estimate:
            return False
        self.pages -= 1
        self.tokens -= estimate
        return True

    def settle(self, estimate: int, counted: int) -> None:
        """What a page cost in the end."""
        self.tokens += estimate - counted
        self.spent += counted
