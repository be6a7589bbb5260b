"""What an audit finds, and how it is shown: one screen, errors first, every line with its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

SHOWN = 20  # findings on one screen
SAMPLE = 60  # characters of an example


@dataclass(frozen=True, slots=True)
class Finding:
    """One check that did not hold. Severity `error` stops the release, `warning` does not."""

    check: str
    severity: str
    table: str
    column: str
    rows: int
    sample: str
    message: str
    remedy: str


Outcomes = Iterator[Finding | None]  # one item per check; None where it held


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What the audit of one file found; without findings all `checks` held."""

    path: Path
    checks: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    @property
    def ok(self) -> bool:
        """Whether the release may be published."""
        return not self.errors

    def __rich__(self) -> Table:
        from rich.markup import escape
        from rich.table import Table

        title = f"Audit: {self.checks} checks, {len(self.errors)} errors, {len(self.warnings)} warnings"
        table = Table("", "where", "rows", "what", "remedy", title=title, title_justify="left")
        table.columns[2].justify = "right"
        table.columns[1].overflow = "fold"
        for finding in (*self.errors, *self.warnings)[:SHOWN]:
            mark = "[red]✗[/red]" if finding.severity == "error" else "[yellow]![/yellow]"
            example = f" — e.g. {finding.sample}" if finding.sample else ""
            where = f"{finding.table}.{finding.column}" if finding.column else finding.table
            what = f"{finding.check}: {finding.message}{example}"
            table.add_row(mark, escape(where), f"{finding.rows:,}", escape(what), escape(finding.remedy))
        if len(self.findings) > SHOWN:
            table.add_row("", "", "", f"… and {len(self.findings) - SHOWN} more", "")
        return table


def example(row: tuple[object, ...] | None) -> str:
    """A row as an example: short, nulls left out."""
    text = ", ".join(str(value) for value in row or () if value is not None)
    return text if len(text) <= SAMPLE else text[: SAMPLE - 1] + "…"
