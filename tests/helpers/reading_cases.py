"""The shared cases of reading (`../shared/cases/extraction.jsonl`): short texts, and the right value of some fields."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.extract.evaluation.score import SETS, facts
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import extract
from pipeline.extract.report.jsonl import as_row

Row = Mapping[str, Any]


def cases(shared: Path) -> list[dict[str, Any]]:
    lines = (shared / "cases" / "extraction.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def wrong_fields(case: Row) -> Iterator[tuple[str, object, object]]:
    """(field, expected, read) of each field that a case names and that was read otherwise."""
    read = as_row(extract(read_text(case["text"], case.get("url"))))
    for field, want in case["expect"].items():
        for level, value in _expected(field, want):
            got = _read(read, field if level is None else level[1], level and level[0])
            if _comparable(field if level is None else level[1], value) != got:
                yield field, value, got


def _expected(field: str, want: Any) -> Iterator[tuple[tuple[str, str] | None, Any]]:
    if field != "programs":
        yield None, want
        return
    for program in want:
        level = program["level_of_care"]
        yield from (((level, name), value) for name, value in program.items() if name != "level_of_care")


def _comparable(field: str, value: Any) -> object:
    if field == "is_listing":
        return bool(value)
    if field == "phones":
        return {re.sub(r"\D", "", phone)[-10:] for phone in value}
    if field == "locations":
        return {place["city"].lower() for place in value}
    if field == "schedule":
        return {(tuple(s["days"]) if s["days"] else None, s["start"], s["end"]) for s in value}
    if field in SETS.values():
        return set(value)
    if value is None:
        return set()
    return {tuple(None if v is None else float(v) for v in value)} if isinstance(value, list) else {(value,)}


def _read(read: Row, field: str, level: str | None) -> object:
    if field == "is_listing":
        return read["is_listing"]
    if level is not None:
        read = {"programs": [p for p in read["programs"] if p["level_of_care"] == level]}
    return facts(read, by_level=False)["city" if field == "locations" else field]


def main() -> None:
    """`python tests/helpers/reading_cases.py SHARED [MECHANISM]`: the cases that are read otherwise than they should."""
    found, right = cases(Path(sys.argv[1])), 0
    for case in found:
        wrong = list(wrong_fields(case))
        right += not wrong
        if wrong and (len(sys.argv) < 3 or sys.argv[2] in case["mechanism"]):
            print(case["id"], case["mechanism"], repr(case["text"]))
            for field, want, got in wrong:
                print(f"    {field}: {want} but read {got}")
    print(f"{right} of {len(found)} right")


if __name__ == "__main__":
    main()
