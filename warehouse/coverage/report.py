"""A report for analysts: what a release knows by state, county, level of care and delivery, and how much it does not.

Each section is one query (`sections/*.sql`): its comment is the text above the table. `getvariable('state')` is the
state asked for, or null for all; `known` is what the report speaks of.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from warehouse.exports.release_file import OpenRelease, open_release
from warehouse.sql import literal

FOLDER = Path(__file__).parent


def report(release: Path, state: str | None = None) -> str:
    """The report on a release file as Markdown, for one state (postal code) or all. ExportError as in `exports`."""
    with open_release(release) as source:
        wanted = literal(state) if state else "NULL::VARCHAR"
        source.connection.execute(f"SET VARIABLE state = {wanted}")
        source.connection.execute((FOLDER / "known.sql").read_text(encoding="utf-8"))
        parts = [
            f"# What is known of treatment {f'in {state}' if state else 'in all states'}\n",
            f"Release {source.release}, as of {source.built_at:%Y-%m-%d %H:%M} UTC.\n",
            *(
                _section(source, path.read_text(encoding="utf-8"))
                for path in sorted(FOLDER.glob("sections/*.sql"))
            ),
        ]
    return "\n".join(parts)


def _section(source: OpenRelease, sql: str) -> str:
    comment = [line.removeprefix("--").strip() for line in sql.splitlines() if line.startswith("--")]
    title, text = comment[0], " ".join(comment[1:])
    cursor = source.connection.execute(sql)
    names = [column[0].replace("_", " ") for column in cursor.description or ()]
    rows = cursor.fetchall()
    if not rows:
        return f"## {title}\n\n{text}\n\nNone known.\n"
    right = [
        all(isinstance(value, int | float | None) for value in column) for column in zip(*rows, strict=True)
    ]
    rule = "| " + " | ".join("---:" if numbers else "---" for numbers in right) + " |"
    lines = [_line(names), rule, *(_line(row) for row in rows)]
    return f"## {title}\n\n{text}\n\n" + "\n".join(lines) + "\n"


def _line(values: Any) -> str:
    return "| " + " | ".join(map(_text, values)) + " |"


def _text(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return "—" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
