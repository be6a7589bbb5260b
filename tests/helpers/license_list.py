"""The smallest registry that gives a program: a license list in a file of its own, `list.csv` beside the table."""

from __future__ import annotations

from pathlib import Path

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
