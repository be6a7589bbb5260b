"""Templates and style sheets: all text is escaped, a missing name is an error, colours come from one table."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from warehouse.coverage.page import rows
from warehouse.coverage.report import written
from warehouse.coverage.report.document import Kind
from warehouse.templates import environment_of

FOLDER = Path(__file__).parent
_VARIABLE = re.compile(r"var\(--([a-z0-9-]+)\)")
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Inline:
    """Text of an own style or script, and its hash for the page's Content-Security-Policy: nothing else may run."""

    text: Markup
    hash: str


@cache
def environment() -> Environment:
    """The templates."""
    found = environment_of(FOLDER / "templates")
    found.filters.update(
        written=written.written, unit=written.unit, miles=written.miles, miles_too=written.miles_too
    )
    found.filters.update(rows.filters())
    found.globals.update(interval=written.interval, Kind=Kind, COUNTY=rows.COUNTY)
    return found


@cache
def colours() -> Mapping[str, Mapping[str, str]]:
    """Colours by theme ("light", "dark") and part."""
    found: dict[str, dict[str, str]] = tomllib.loads(_read("colours.toml"))
    return found


@cache
def style() -> Inline:
    """The page's style sheet. The system's theme, unless one was chosen; print is light."""
    light, dark = (_variables(colours()[theme]) for theme in ("light", "dark"))
    themes = (
        f":root{{color-scheme:light;{light}}}"
        f"@media screen{{@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}}}"
    )
    return _inline(themes + _COMMENT.sub("", _read("map.css") + _read("page.css")))


@cache
def script() -> Inline:
    """The page's script."""
    return _inline(_read("page.js"))


@cache
def picture_style() -> Markup:
    """The style of maps with the light colours filled in: pictures know no variables."""
    return Markup(
        _VARIABLE.sub(lambda found: colours()["light"][found[1]], _COMMENT.sub("", _read("map.css")))
    )


def _variables(of: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in of.items())


def _inline(text: str) -> Inline:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Inline(Markup(text), f"sha256-{digest}")


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
