"""Keep a copy of the directory up to date with `iop export changes --since N`: standard library alone.

    python apply_changes.py copy.json changes.ndjson

The copy is a JSON object: a program's id → its rows by place ("" for a virtual program) → columns of `directory`. It begins as {}
with `--since 0`, or as a release's `directory`. Dates of verification and counts move with every release and are those of the
release that changed the row: take them from `directory` where they matter.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Copy = dict[str, dict[str, dict[str, Any]]]


def apply(copy: Copy, lines: Iterable[dict[str, Any]]) -> None:
    """Bring a copy up to date, line by line. Lines that were applied already may be applied again from the same release on."""
    for line in lines:
        if line["entity_type"] != "service":
            continue  # operators and places whose ids ended: no rows of their own
        if line["kind"] not in ("appeared", "changed"):
            copy.pop(line["id"], None)  # disappeared, merged (into line["new_id"]), retired, withdrawn
            continue
        if line["kind"] == "appeared":
            copy[line["id"]] = {}  # whatever was known of it: this is all of it
        rows = copy[line["id"]]
        for place in line["places"]:
            at = place["location_id"] or ""
            if place["kind"] == "disappeared":
                rows.pop(at, None)
                continue
            said = {column: field["new"] for column, field in place["fields"].items()}
            rows[at] = (rows.get(at, {}) if place["kind"] == "changed" else {}) | said


def main() -> None:
    copy_file, changes_file = map(Path, sys.argv[1:3])
    copy: Copy = json.loads(copy_file.read_text(encoding="utf-8")) if copy_file.exists() else {}
    with changes_file.open(encoding="utf-8") as lines:
        apply(copy, map(json.loads, lines))
    copy_file.write_text(json.dumps(copy), encoding="utf-8")


if __name__ == "__main__":
    main()
