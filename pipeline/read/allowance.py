"""How long the pages of a site may take to be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """Seconds of processor time that the pages of a site may take: so much, and so much more for each."""

    site: float
    page: float

    def of(self, pages: int) -> float:
        return self.site + self.page * pages


IN_ALL = Allowance(5.0, 0.1)  # in all
AT_FIRST = Allowance(0.25, 0.05)  # four times what people's need; for more, a site waits until all had this
