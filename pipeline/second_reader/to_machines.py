"""Whether a page speaks to the machine that reads it: of such a page no second opinion is asked or used."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.text import fold

TABLE = Path(__file__).with_name("to_machines.csv")


@cache
def _patterns() -> re.Pattern[str]:
    with TABLE.open(encoding="utf-8", newline="") as rows:
        return re.compile("|".join(f"(?:{row['pattern']})" for row in csv.DictReader(rows)))


def speaks_to_machines(page: Page) -> bool:
    """Whether instructions to a model stand anywhere in the page's text or title."""
    return bool(_patterns().search(fold(page.text)) or _patterns().search(fold(page.title)))
