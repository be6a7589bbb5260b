"""All that is known of one source: what its table says, defaults included, and how its visits went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.table import Table

from pipeline.commands.console import shown
from pipeline.read.health import Standing
from sources.registry import Source


def card(source: Source, standing: Standing) -> Table:
    """Key and value, for people."""
    table = Table(title=shown(source.title), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for section in (_declared(source), _weighed(source), _visited(standing)):
        for key, value in section:
            if value:
                table.add_row(key, shown(value))
        table.add_section()
    return table


def _declared(source: Source) -> Iterator[tuple[str, str]]:
    yield "id", source.id
    yield "declared in", source.file
    yield "kind", source.kind.name
    yield ("path" if source.path else "url"), source.location
    yield "state", source.state or "national, or all that it lists"
    yield "cadence", f"{source.cadence_days}d"
    yield "published", str(source.published or "")
    yield "terms", source.terms
    yield "enabled", "yes" if source.enabled else "no: paused, what it gave stays"
    yield "allow_loopback", "yes" if source.allow_loopback else ""
    yield "entry", "\n".join(source.entry)
    yield "max_pages", str(source.max_pages) if source.kind.is_site else ""
    yield "keep", "\n".join(source.keep)
    yield "drop", "\n".join(source.drop)
    yield "columns", "\n".join(f"{ours} = {theirs}" for ours, theirs in source.columns.items())


def _weighed(source: Source) -> Iterator[tuple[str, str]]:
    trust = source.kind.trust
    yield "priority", f"{trust.priority} (1 is best)"
    yield "weight", f"{trust.weight}"
    yield "voice", trust.voice or ""


def _visited(standing: Standing) -> Iterator[tuple[str, str]]:
    health = standing.health
    yield "health", f"{health.state.replace('_', ' ')}: {health.reason}"
    yield "visits", f"{health.visits}, of which {health.good_visits} good"
    yield "last visit", _moment(health.last_visit) or "never"
    yield "last good visit", _moment(health.last_good) or "never"
    if health.state != "paused":
        yield "due", _moment(standing.due) or "at the next run"
    yield "pages", "" if health.pages is None else f"{health.pages:,}"
    yield "facts", "" if health.facts is None else f"{health.facts:,}"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""
