"""`iop settings`: every setting, its value, and where that comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

import typer
from rich.table import Table

from pipeline.choices import HOMES, Choices, known
from pipeline.commands.console import err, out, shown
from pipeline.commands.options import GeographyOption, OutOption, ProfileOption, RegistryOption, chosen
from pipeline.geocode.settings import PREFIX as GEOCODER
from pipeline.second_reader.settings import PREFIX as SECOND_READER
from pipeline.settings import Settings
from warehouse.targets.target import without_secret


class Row(NamedTuple):
    """A line of the table."""

    setting: str
    value: str
    origin: str
    variable: str


def settings(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    profile: ProfileOption = None,
    registry: RegistryOption = None,
    out_folder: OutOption = None,
    geography: GeographyOption = None,
) -> None:
    """Every setting, its value, and where that comes from: an option, the environment, `.env`, the profile, a default."""
    found = chosen(profile, registry, out_folder, geography)
    choices = found.choices
    assert choices is not None, "chosen settings know their choices"
    rows = [*_own(found, choices), *_of_parts(found, choices)]
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in rows], indent=1))
    else:
        table = Table(
            "setting", "value", "from", "variable", title=f"Settings (home: {shown(str(choices.home))})"
        )
        for row in rows:
            table.add_row(*map(shown, row))
        out.print(table)
    variables = {row.variable for row in rows} | {*HOMES}
    for name in sorted(n for n in choices.environment if n.startswith("IOP_") and n not in variables):
        err.print(f"[yellow]{shown(name)} is no setting[/yellow]", soft_wrap=True)


def _own(found: Settings, choices: Choices) -> Iterator[Row]:
    """The rows of `settings.csv`, with what follows where nothing was chosen."""
    follows = {"registry": found.registry_folder, "archive": found.archive}
    for name, setting in known().items():
        choice = choices.chosen[name]
        value = follows.get(name) if choice.value is None else choice.value
        origin = f"profile {found.profile}" if name == "registry" and not choice.value else choice.origin
        yield Row(name, _shown(value, setting.kind), origin, setting.variable)


def _of_parts(found: Settings, choices: Choices) -> Iterator[Row]:
    """Second reader and geocoder, which have tables of their own in a profile."""
    for part, prefix in (("second_reader", SECOND_READER), ("geocoder", GEOCODER)):
        made: Any = getattr(found, part)
        table = choices.profile.get(part, {})
        for field in fields(made):
            variable = f"{prefix.rstrip('_')}_{field.name.upper()}"
            if part == "geocoder" and field.name == "name":
                variable = prefix
            origin = f"profile {found.profile}" if field.name in table else "default"
            origin = choices.origin_of(variable) if variable in choices.environment else origin
            yield Row(f"{part}.{field.name}", _shown(getattr(made, field.name), ""), origin, variable)


def _shown(value: object, kind: str) -> str:
    """As a person reads it; of a secret the host alone."""
    if value is None or value == "":
        return "none"
    if isinstance(value, tuple):
        return ", ".join(map(without_secret, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind == "secret":
        return f"{urlsplit(str(value)).hostname}/…"
    return str(value) if not isinstance(value, Path) else value.as_posix()
