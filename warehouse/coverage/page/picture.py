"""Each map as a picture that stands alone: title, map, legend and where it comes from, as SVG and as PNG.

The letters are in the package (`fonts/`), so pictures are the same on every machine.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import resvg_py

from warehouse.coverage.page.choropleth import ShadedMap
from warehouse.coverage.page.ground import Ground
from warehouse.coverage.page.maps import Maps, maps
from warehouse.coverage.page.point_map import SHAPES, SiteMap
from warehouse.coverage.page.shapes import Shapes
from warehouse.coverage.page.templating import FOLDER, environment, picture_style
from warehouse.coverage.report.checked import check
from warehouse.coverage.report.document import Kind, Report
from warehouse.coverage.report.written import written

FAMILY = "Open Sans"
FONTS = tuple(str(FOLDER / "fonts" / name) for name in ("OpenSans-Regular.ttf", "OpenSans-Semibold.ttf"))
EDGE, TITLE_LINE, KEY_LINE = 24.0, 28.0, 22.0
LETTERS = {"title": 66, "foot": 130, "key": 90}
# What XML 1.0 may not hold, whatever a source wrote.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the legend. `mark`: the id of a site's mark, "dot", "circle", or nothing for a box."""

    style: str
    mark: str
    label: str


def pictures(report: Report, shapes: Shapes) -> dict[str, str]:
    """SVG of every map of the report, by id. ReportError as in `render`."""
    check(report)
    drawn = maps(report, shapes)
    return {name: _picture(report, view, drawn.ground) for name, view in drawn.views.items() if drawn.ground}


def png(svg: str, width: int = 1200) -> bytes:
    """A picture of `pictures` as PNG, so many pixels wide. ValueError for what is no SVG."""
    found: bytes = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        background="#ffffff",
        skip_system_fonts=True,
        font_files=list(FONTS),
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )
    return found


def _picture(report: Report, view: ShadedMap | SiteMap, on: Ground) -> str:
    columns = _keys(view)
    title = _lines(view.map.title, "title", 2)
    foot = _lines(f"Release {report.release}, {report.built_at:%Y-%m-%d}. {report.citation}", "foot", 3)
    map_at = EDGE + TITLE_LINE * len(title) + 8
    key_at = map_at + on.height + 14
    foot_at = key_at + KEY_LINE * (1 + max(len(keys) for _, keys in columns)) + 12
    svg = (
        environment()
        .get_template("picture.svg")
        .render(
            view=view,
            ground=on,
            shapes=SHAPES,
            style=picture_style(),
            family=FAMILY,
            columns=columns,
            title=title,
            foot=foot,
            width=on.frame.width + 2 * EDGE,
            height=round(foot_at + 16 * len(foot) + 10, 1),
            map_at=map_at,
            key_at=key_at,
            foot_at=foot_at,
            edge=EDGE,
            title_line=TITLE_LINE,
            key_line=KEY_LINE,
            paths=Maps(on, {view.map.id: view}).paths(),
            template="shaded.svg" if isinstance(view, ShadedMap) else "sited.svg",
        )
    )
    return _NO_XML.sub("", svg)


def _keys(view: ShadedMap | SiteMap) -> Sequence[tuple[str, Sequence[Key]]]:
    if isinstance(view, ShadedMap):
        keys = [Key(part.style, "", f"{part.label} ({part.areas:,})") for part in view.legend]
        if view.marks:
            keys.append(Key(view.marks, "circle", f"{view.marks_said} ({view.marked:,})"))
        half = max((len(keys) + 1) // 2, 4)
        return [(_lines(view.measure, "key", 1)[0], keys[:half]), ("", keys[half:])]
    sites = [
        Key(f"site g{of.style}", f"mark--{of.shape}", f"{of.label} ({of.sites:,})") for of in view.groups
    ]
    people = [
        Key(f"dots b{of.style}", "dot", f"{of.label} ({of.people:,}; {written(of.share, Kind.SHARE)})")
        for of in view.bands
    ]
    columns = [(_lines(view.grouped_by, "key", 1)[0], sites)]
    return [*columns, ("People by straight-line distance to the nearest", people)] if people else columns


def _lines(text: str, part: str, most: int) -> list[str]:
    return textwrap.wrap(text, LETTERS[part], max_lines=most, placeholder=" …") or [""]
