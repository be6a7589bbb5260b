"""How an evaluation is shown in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from pipeline.extract.evaluation.calibration import WANTED, Calibration, Reliability
from pipeline.extract.evaluation.evaluate import Evaluation
from pipeline.extract.evaluation.score import measures

FEW = 30  # facts of a field that say something of its confidence
MEASURES = ("precision", "recall", "f1")


def render(result: Evaluation, show: str | None = None) -> RenderableType:
    """The scorer's table, the calibration and the history; with `show`, the misses of one field."""
    parts: list[RenderableType] = [
        _scores(result),
        _parts(result.score.levels, "Facts by level of care"),
        _parts(result.kinds, "Facts by kind of page, as it was read"),
        _calibration(result.calibration),
    ]
    if result.earlier:
        parts.append(_history(result))
    if show:
        parts.append(_misses(result, show))
    return Group(*parts)


def _misses(result: Evaluation, field: str) -> Table:
    """What was invented and missed of a field, but on the pages that nobody reads by eye: they are counted alone."""
    found = [miss for miss in result.score.misses if miss.field == field]
    shown = [miss for miss in found if miss.row not in result.aside]
    table = Table("row", "", "value", title=f"{escape(field)}: what was invented and what was missed")
    for miss in shown:
        table.add_row(*map(escape, (miss.row, miss.kind, str(miss.value))))
    if len(shown) < len(found):
        table.caption = f"and {len(found) - len(shown)} on pages that are kept aside"
    return table


def _scores(result: Evaluation) -> Table:
    table = Table(title=f"{escape(result.gold.name)}, {result.rows:,} rows")
    table.add_column("field")
    for name in ("tp", "fp", "fn", "precision", "recall", "f1"):
        table.add_column(name, justify="right")
    for name, row in result.score.table().items():
        style = "bold" if name in ("is_listing", "all_facts") else ""
        counts = [str(int(row[k])) for k in ("tp", "fp", "fn")]
        table.add_row(name, *counts, *(f"{row[k]:.3f}" for k in MEASURES), style=style)
    if result.intervals:
        shown = (f"{i.low:.3f}–{i.high:.3f}" for i in (result.intervals[k] for k in MEASURES))
        table.add_row("95 % over providers", "", "", "", *shown, style="dim")
    return table


def _parts(counts: Mapping[str, Counter[str]], title: str) -> Table:
    table = Table(title=title)
    table.add_column("")
    for name in ("tp", "fp", "fn", *MEASURES):
        table.add_column(name, justify="right")
    for name, counted in sorted(counts.items(), key=lambda item: -item[1].total()):
        row = measures(counted)
        table.add_row(
            name, *(str(counted[k]) for k in ("tp", "fp", "fn")), *(f"{row[k]:.3f}" for k in MEASURES)
        )
    return table


def _calibration(calibration: Calibration) -> Table:
    """How far confidences are kept: by band, then by the fields with FEW facts or more."""
    table = Table(title="Calibration: how often facts of a confidence are right")
    table.add_column("confidence")
    for name in ("right", "wrong", "disputed", "precision", "mean confidence", "stated − true"):
        table.add_column(name, justify="right")
    for one in calibration.bands:
        table.add_row(*_reliability(one))
    table.add_section()
    for one in calibration.fields:
        if one.right + one.wrong >= FEW:
            table.add_row(*_reliability(one))
    if calibration.threshold is not None:
        table.caption = (
            f"{WANTED:.0%} are right from a confidence of {calibration.threshold:.2f} on; "
            f"{calibration.left:.0%} of the right facts stand there"
        )
    return table


def _reliability(one: Reliability) -> tuple[str, ...]:
    precision = one.precision or 0.0
    counts = (str(one.right), str(one.wrong), str(one.disputed))
    return (one.name, *counts, f"{precision:.3f}", f"{one.mean:.3f}", f"{one.mean - precision:+.3f}")


def _history(result: Evaluation) -> Table:
    table = Table("when", "f1", "precision", "is_listing", title="Earlier runs")
    for run in result.earlier[-8:]:
        table.add_row(
            escape(str(run.get("at"))),
            f"{run['f1']:.3f}",
            f"{run.get('precision', 0):.3f}",
            f"{run.get('is_listing', 0):.3f}",
        )
    now = result.score.table()
    verdict = "[red]worse than before[/red]" if result.has_regressed else "[green]not worse[/green]"
    table.add_row(
        verdict,
        f"{result.f1:.3f}",
        f"{now['all_facts']['precision']:.3f}",
        f"{now['is_listing']['f1']:.3f}",
        style="bold",
    )
    return table
