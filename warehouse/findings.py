"""What an audit finds, and how it is shown: one screen, errors first, every line with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

SHOWN = 20  # findings on one screen
SAMPLE = 60  # characters of an example


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who looked at what differs from the release before, why it is taken all the same, and when (UTC)."""

    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. Severity `error` stops the release, `warning` does not, `info` only tells.

    `drift`: the candidate may be right, and differs from the release before; a person can accept that. What breaks a
    contract, an integrity rule or privacy nobody can.
    """

    check: str
    severity: str
    table: str
    column: str
    rows: int
    sample: str
    message: str
    remedy: str
    drift: bool = False
    accepted: Acceptance | None = None

    @property
    def stops(self) -> bool:
        """Whether it keeps the release from being published."""
        return self.severity == "error" and self.accepted is None


Outcomes = Iterator[Finding | None]  # one item per check; None where it held


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What the audit of one file found; without findings all `checks` held."""

    path: Path
    checks: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.stops)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What does not stop the release, accepted errors among them."""
        return tuple(f for f in self.findings if f.severity == "warning" or f.accepted)

    @property
    def drift(self) -> tuple[Finding, ...]:
        """How it stands to the release before."""
        return tuple(finding for finding in self.findings if finding.drift)

    @property
    def accepted(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.accepted)

    @property
    def ok(self) -> bool:
        """Whether the release may be published."""
        return not self.errors

    def accept(self, acceptance: Callable[[Finding], Acceptance | None]) -> AuditReport:
        """The report with every error of drift accepted for which `acceptance` gives who and why."""
        return replace(
            self,
            findings=tuple(
                replace(f, accepted=acceptance(f)) if f.drift and f.stops else f for f in self.findings
            ),
        )

    def __rich__(self) -> Table:
        from rich.markup import escape
        from rich.table import Table

        title = f"Audit: {self.checks} checks, {len(self.errors)} errors, {len(self.warnings)} warnings"
        table = Table("", "where", "rows", "what", "remedy", title=title, title_justify="left")
        table.columns[2].justify = "right"
        table.columns[1].overflow = "fold"
        shown = (*self.errors, *self.warnings)
        for finding in shown[:SHOWN]:
            mark = "[red]✗[/red]" if finding.stops else "[yellow]![/yellow]"
            example = f" — e.g. {finding.sample}" if finding.sample else ""
            where = f"{finding.table}.{finding.column}" if finding.column else finding.table
            what = f"{finding.check}: {finding.message}{example}"
            table.add_row(mark, escape(where), f"{finding.rows:,}", escape(what), escape(finding.remedy))
        if len(shown) > SHOWN:
            table.add_row("", "", "", f"… and {len(shown) - SHOWN:,} more", "")
        return table


def example(row: tuple[object, ...] | None) -> str:
    """A row as an example: short, nulls left out."""
    text = ", ".join(str(value) for value in row or () if value is not None)
    return text if len(text) <= SAMPLE else text[: SAMPLE - 1] + "…"
