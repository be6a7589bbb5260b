"""The site's templates: all text is escaped, a missing name is an error."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment

from warehouse.exports.links import is_web
from warehouse.site.facts import OLD
from warehouse.templates import environment_of

FOLDER = Path(__file__).parent


@cache
def environment() -> Environment:
    """The templates of the site."""
    found = environment_of(FOLDER / "templates")
    found.globals.update(is_web=is_web, OLD=OLD)
    found.filters.update(field_label=lambda name, language: language.label("fields", name))
    return found
