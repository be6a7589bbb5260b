"""What to print where an export is shown, and what each part of it allows: of the table `attribution`, as a text beside each export and
in its metadata where the format has a place for it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from itertools import groupby

from warehouse.exports.release_file import OpenRelease

FILE = "ATTRIBUTION.txt"
# One line for all providers, whose pages are named where their words are.
GROUPS = """SELECT basis, allows, terms_url, print, min(CASE WHEN basis <> 'provider_page' THEN url END) AS url FROM attribution
    WHERE origin <> 'compilation' GROUP BY ALL ORDER BY basis, allows, print"""
UNKNOWN = "It is a release of a contract before 2.2, which does not say what its sources allow."


@dataclass(frozen=True, slots=True)
class Licence:
    """What is recommended for the compilation: the line to print, the licence (SPDX), its address, and what it allows."""

    line: str
    name: str
    url: str
    allows: str | None


def licence(source: OpenRelease) -> Licence | None:
    """None of a release of an older contract, which has no such table."""
    rows = source.tuples(
        "SELECT print, terms, terms_url, allows FROM attribution WHERE origin = 'compilation'"
    )
    return next((Licence(*row) for row in rows), None)


def attribution_text(source: OpenRelease) -> str:
    """The text for people."""
    found = licence(source)
    if found is None:
        return UNKNOWN + "\n"
    parts = [
        f"{found.line}\n{found.url}",
        _wrapped(
            "Print the line above where the data are shown, and say what you changed. This is no legal advice."
        ),
        *([_wrapped(found.allows)] if found.allows else []),
        "It is made of:",
    ]
    for (_, allows, url), rows in groupby(
        source.rows(GROUPS), lambda row: (row["basis"], row["allows"], row["terms_url"])
    ):
        said = [
            _wrapped(allows or "Nobody wrote down what this allows: ask before more than its facts are used.")
        ]
        lines = [f"  {row['print']}" + (f" <{row['url']}>" if row["url"] else "") for row in rows]
        parts.append("\n".join([*said, *([url] if url else []), *lines]))
    return "\n\n".join(parts) + "\n"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 100)
