"""Writes coverage reports: of each state a page, its maps as pictures, its tables as files, and the whole as text and JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from warehouse.coverage.measure.travel_matrix import read_travel_matrix
from warehouse.coverage.page.picture import pictures, png
from warehouse.coverage.page.render import render
from warehouse.coverage.page.shapes import Shapes, shapes_of
from warehouse.coverage.report.assemble import Assembly
from warehouse.coverage.report.document import Report
from warehouse.coverage.report.files import write_files
from warehouse.coverage.report.text import text
from warehouse.exports.release_file import open_release
from warehouse.exports.target import draft_folder, write_manifest

FORMAT = "coverage"  # told in the folder's manifest
PAGE = "index.html"
PREVIEW = 480  # pixels that a preview is wide
BOUNDARIES = "SELECT area_kind, area_id, state, geometry FROM iop.boundary"


@dataclass(frozen=True, slots=True)
class Written:
    """One report that was written: its state (None: the index of all), its page, the bytes of that, and its first map as a
    small PNG (empty where there is no map)."""

    state: str | None
    page: Path
    size: int
    preview: bytes


@contextmanager
def open_assembly(release: Path) -> Iterator[Assembly]:
    """Reports on a release file. ExportError as in `exports`, or where it holds no coverage."""
    with open_release(release) as source:
        yield Assembly(source)


def write_report(release: Path, state: str, to: Path, travel: Path | None = None) -> Written:
    """The report of one state (postal code) into the folder `to`, which replaces an older one there.

    `travel`: a table of travel times or distances, told beside the straight lines. StateError where the state is none or
    the release holds nothing of it, ExportError where `to` holds something else; TravelMatrixError where the table is none.
    """
    matrix = read_travel_matrix(travel) if travel else None
    with open_assembly(release) as assembly, draft_folder(to, FORMAT) as draft:
        report = assembly.report(state, matrix)
        told = _write(report, shapes_of(_boundaries(assembly), state), draft)
        write_manifest(draft, assembly.source, FORMAT, {"reports": 1})
    return Written(state, to / PAGE, *told)


def write_reports(
    release: Path, to: Path, done: Callable[[Written], None] = lambda _: None
) -> Sequence[Written]:
    """The reports of all states that the release holds, each in a folder of its postal code, and an index of them.

    `done` is called after each. ExportError as in `write_report`.
    """
    written: list[Written] = []
    with open_assembly(release) as assembly, draft_folder(to, FORMAT) as draft:
        rows = _boundaries(assembly)
        for state in assembly.held:
            told = _write(assembly.report(state), shapes_of(rows, state), draft / state)
            written.append(Written(state, to / state / PAGE, *told))
            done(written[-1])
        told = _write(assembly.report(None), shapes_of(rows, None), draft)
        written.append(Written(None, to / PAGE, *told))
        done(written[-1])
        write_manifest(draft, assembly.source, FORMAT, {"reports": len(written)})
    return written


def _boundaries(assembly: Assembly) -> list[tuple[str, str, str, bytes]]:
    return assembly.connection.execute(BOUNDARIES).fetchall()


def _write(report: Report, shapes: Shapes, to: Path) -> tuple[int, bytes]:
    """Everything of one report; bytes of its page, and its preview."""
    to.mkdir(parents=True, exist_ok=True)
    page = render(report, shapes).encode()
    (to / PAGE).write_bytes(page)
    (to / "report.md").write_text(text(report), encoding="utf-8")
    write_files(report, to)
    (to / "maps").mkdir(exist_ok=True)
    drawn = pictures(report, shapes)
    for name, svg in drawn.items():
        (to / "maps" / f"{name}.png").write_bytes(png(svg))
    return len(page), next((png(svg, PREVIEW) for svg in drawn.values()), b"")
