"""JSON lines in, JSON lines out: the interface of `iop extract` and of the scorer."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import Program, Reading, extract
from pipeline.extract.report.by_site import beside_sisters, grouped
from pipeline.extract.schedule.sessions import consolidate
from pipeline.fields import Trait, fields, written_as
from pipeline.records import Assertion, Observation
from pipeline.values import Address, Session, plain
from warehouse.drafts import replacing


def extract_jsonl(
    in_path: Path,
    out_path: Path,
    progress: Callable[[], None] | None = None,
    by_site: bool = False,
    read: Callable[[Page], Reading] = extract,
) -> dict[str, int]:
    """Read the rows of `in_path`, write one row each to `out_path`. A row that fails gives a row with `error`.

    `html` paths are relative to the folder of `in_path`. With `by_site` the rows of one host are read, and written,
    together. Returns how many rows were listings, others and errors.
    """
    counts: Counter[str] = Counter(listings=0, others=0, errors=0)
    with in_path.open("rb") as rows, replacing(out_path) as out:
        groups = grouped(rows) if by_site else ([line] for line in enumerate(rows, 1))
        for row in chain.from_iterable(_rows(group, in_path.parent, read) for group in groups):
            counts["errors" if "error" in row else "listings" if row["is_listing"] else "others"] += 1
            out.write(_line(row))
            if progress:
                progress()
    return dict(counts)


def _line(row: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair in the input: only escaped can it be written
        return json.dumps(row).encode() + b"\n"


def _rows(
    lines: Sequence[tuple[int, bytes]], folder: Path, read: Callable[[Page], Reading]
) -> Iterator[dict[str, Any]]:
    """The rows of the pages of one site, or of one page."""
    given = [_read(line, number, folder, read) for number, line in lines if line.strip()]
    readings = [reading for _, _, reading in given if isinstance(reading, Reading)]
    beside = iter(beside_sisters(readings) if len(readings) > 1 else readings)
    for name, is_text, reading in given:
        yield _row(name, is_text, next(beside)) if isinstance(reading, Reading) else _failed(name, reading)


def _read(
    line: bytes, number: int, folder: Path, read: Callable[[Page], Reading]
) -> tuple[Any, bool, Reading | Exception]:
    """The id of a row, whether it brings its text, and what was read or why it could not be."""
    name: Any = f"line {number}"
    try:
        given = json.loads(line.removeprefix(codecs.BOM_UTF8))
        if not isinstance(given, dict):
            raise ValueError("a row must be a JSON object")
        name = given.get("id", name)
        return name, isinstance(given.get("text"), str), read(page_of(given, folder))
    except Exception as error:  # one bad row never stops the others
        return name, False, error


def _row(name: Any, is_text: bool, reading: Reading) -> dict[str, Any]:
    try:
        read = {"id": name, **as_row(reading)}
    except Exception as error:
        return _failed(name, error)
    return read if is_text else {**read, "text": reading.page.text}


def _failed(name: Any, error: Exception) -> dict[str, Any]:
    return {"id": name, "is_listing": False, "error": f"{type(error).__name__}: {error}"}


def page_of(given: Mapping[str, Any], folder: Path) -> Page:
    """The page of a row: its `text`, or the file that `html` names, relative to `folder`. ValueError: it has neither."""
    url = given.get("url") if isinstance(given.get("url"), str) else None
    if isinstance(given.get("text"), str):
        return read_text(given["text"], url)
    if isinstance(given.get("html"), str):
        return read_page((folder / given["html"]).read_bytes(), url, given.get("charset"))
    raise ValueError("a row needs `text` or `html` (a path relative to the file)")


def as_row(reading: Reading) -> dict[str, Any]:
    """A reading in the words of the interface: codes, `[min, max]` ranges, null where nothing is stated."""
    page_wide = [o for o in reading.observations if o.assertion is Assertion.AFFIRMED]
    places = [o.value for o in page_wide if isinstance(o.value, Address)]
    phones = [o.value for o in page_wide if o.field == "phone" and o.qualifier not in ("fax", "crisis")]
    payers = [o.value for o in page_wide if o.field == "payer" and o.qualifier != "not_accepted"]
    return {
        "is_listing": reading.is_listing,
        "page_kind": reading.page_kind,
        "organization": reading.organization,
        "levels_of_care": list(reading.levels_of_care),
        "programs": [_program(p) for p in reading.programs],
        "locations": [plain(place) for place in places],
        "phones": list(dict.fromkeys(phones)),
        "payers": list(dict.fromkeys(payers)),
        "evidence": [_evidence(o) for o in reading.observations],
    }


def _program(program: Program) -> dict[str, Any]:
    row: dict[str, Any] = {"name": program.name, "level_of_care": program.level_of_care}
    for field in (*written_as("boolean", Trait.PROGRAM), *written_as("range", Trait.PROGRAM)):
        found = program.best(field)
        row[field] = None if found is None else plain(found.value)
    for field in written_as("code", Trait.TERM):
        row[fields()[field].plural] = program.values(field)
    sessions = [v for v in program.values("session") if isinstance(v, Session)]
    row["schedule"] = [plain(Session(*session)) for session in consolidate(sessions)]
    return row


def _evidence(observation: Observation) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "field": observation.field,
        "value": observation.written,
        "quote": observation.quote,
    }
    shown |= {"start": observation.start, "end": observation.end, "assertion": observation.assertion.value}
    shown |= {"method": observation.basis, "confidence": round(observation.confidence, 3)}
    for name in ("qualifier", "level_of_care", "track", "url"):
        if (value := getattr(observation, name)) is not None:
            shown[name] = value
    return shown
