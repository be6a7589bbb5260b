"""The report as text for the terminal (Markdown): figures with their intervals, tables; a map is a line that names its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from warehouse.coverage.report.checked import check, tables_of
from warehouse.coverage.report.columns import beside, counted, seen
from warehouse.coverage.report.document import Answers, Figure, Report, Section, Table
from warehouse.coverage.report.written import NUMERIC, interval, unit, with_unit, written

UNRELIABLE = "unreliable"


def text(report: Report) -> str:
    """The report as Markdown, without maps. ReportError as in `render`."""
    check(report)
    parts = [
        f"# {report.title}",
        f"Release {report.release}, as of {report.built_at:%Y-%m-%d %H:%M} UTC.",
        report.summary,
        *_closing("What is known", report.known),
        *_closing("What is not known", report.not_known),
        *(block for section in report.sections for block in _section(section, report)),
        *_closing("Method", report.methods),
        *_closing("What this report cannot say", report.limits),
        *_closing("Known issues", report.known_issues),
        *_closing("Data sets it stands on", report.geography),
        "## How to cite",
        report.citation,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(section: Section, report: Report) -> Iterator[str]:
    yield f"## {section.title}"
    yield section.text
    for item in section.items:
        if isinstance(item, Table):
            yield from _table(item)
        elif isinstance(item, Figure):
            yield _figure(item)
        else:
            yield f"(Map: {item.title}. Its numbers: {tables_of(report)[item.table].title}.)"


def _figure(figure: Figure) -> str:
    between = interval(figure.low, figure.high, figure.kind)
    said = [f"**{figure.label}: {with_unit(figure.value, figure)}**"]
    said += [f"(95% interval {between})"] if between else []
    said += [f"[{UNRELIABLE}]"] if not figure.reliable else []
    lines = [
        " ".join(said),
        figure.definition,
        figure.note,
        _answers(figure.answers) if figure.answers else "",
    ]
    return "\n".join(filter(None, lines))


def _answers(answers: Answers) -> str:
    return " · ".join(f"{label} {count:,}" for _, label, count in counted(answers))


def _table(table: Table) -> Iterator[str]:
    yield f"### {table.title}"
    yield table.text
    if not table.rows:
        yield table.empty
        return
    columns = seen(table)
    places = [list(table.columns).index(of) for of in columns]
    head = [f"{of.label} ({unit(of)})" if unit(of) else of.label for of in columns]
    rows = []
    for row in table.rows:
        cells = []
        for of, place in zip(columns, places, strict=True):
            between, by_chance = beside(table, of, row)
            marks = [between and f"({between})", by_chance and f"[{UNRELIABLE}]"]
            known = row[place] is not None
            cells.append(
                " ".join([written(row[place], of.kind), *(str(mark) for mark in marks if mark and known)])
            )
        rows.append(cells)
    rule = ["---:" if of.kind in NUMERIC else "---" for of in columns]
    yield "\n".join("| " + " | ".join(map(_cell, cells)) + " |" for cells in (head, rule, *rows))


def _cell(value: str) -> str:
    return " ".join(value.replace("|", "\\|").split())


def _closing(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"## {title}"
        yield "\n".join("- " + " ".join(line.split()) for line in lines)
