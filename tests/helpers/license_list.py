"""The smallest registry that gives a program: a license list in a file of its own, `list.csv` beside the table."""

from __future__ import annotations

from pathlib import Path

from command_line import iop
from made_once import made_once

from pipeline.commands.exit_codes import ExitCode

HEAD = "Name,Street,City,ST,ZIP,Setting\n"
TABLE = """
[licenses]
kind = "license_list"
path = "list.csv"
state = "MA"
[licenses.columns]
name1 = "Name"
street1 = "Street"
city = "City"
state = "ST"
zip = "ZIP"
setting = "Setting"
"""


def write_registry(folder: Path, *rows: str, beside: str = "") -> None:
    """The list has these lines (name, street, city, state, ZIP code, setting); `beside` are tables of other sources."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "list.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows))
    (folder / "some.toml").write_text(TABLE + beside)


def in_lowell(name: str) -> str:
    """A line of an intensive outpatient program."""
    return f"{name},1 Elm Street,Lowell,MA,01852,Intensive Outpatient"


def published() -> Path:
    """A folder with the `registry` of one program, and what a run of it left in `out`: read it only, or copy it."""

    def run(folder: Path) -> None:
        write_registry(folder / "registry", in_lowell("Elm House"))
        code, text = iop("run", "--registry", folder / "registry", "--out", folder / "out")
        assert code == ExitCode.OK and "Release 1 published" in text, text

    return made_once("license_list", run)
