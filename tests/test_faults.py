"""Faults that people who do this job have reported, as small inputs with the right value (`../shared/cases/faults`).

`mode` says how an input is run: through the project's own functions, or through an ordinary run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from command_line import iop

from pipeline.commands.exit_codes import ExitCode
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import extract
from pipeline.extract.site.assemble import assemble
from pipeline.extract.site.pages import PageReading
from pipeline.fetch.crawl.sitemap import parse_sitemap
from pipeline.fetch.outcome.judge import judge_page
from pipeline.fetch.wire.messages import Response
from pipeline.match.resolve import resolve
from pipeline.match.table import match_csv
from pipeline.normalize.address import normalize_street
from pipeline.normalize.directory import DirectoryReader, Origin
from pipeline.normalize.phone import e164
from pipeline.records import Assertion, Listing
from sources.findtreatment import read_answer
from sources.license_list import read_list
from sources.records import SourceFormatError
from warehouse.overrides import Overrides

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "cases" / "faults"
CASES = (
    [json.loads(line) for line in (FOLDER / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    if FOLDER.is_dir()
    else []
)
URL = "https://harborlight.example/iop/"
NOW = datetime(2026, 10, 15, tzinfo=UTC)
LICENSED = {"name1": "Program Name", "street1": "Address", "city": "City", "state": "State", "zip": "Zip"}
MASSACHUSETTS = (41.2, 42.9, -73.6, -69.8)  # south, north, west, east

Case = Mapping[str, Any]


def values(content: bytes, charset: str | None, fields: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The affirmed values of a page, of the fields asked for, as they are written; of a session its days and hours."""
    found = extract(read_page(content, URL, charset)).observations
    return {
        name: [_plain(o.written) for o in found if o.field == name and o.assertion is Assertion.AFFIRMED]
        for name in fields
    }


def _plain(written: str) -> Any:
    return json.loads(written) if written.startswith("{") else written


def page(case: Case, file: Path, folder: Path) -> Any:
    return values(file.read_bytes(), None, case["expected"])


def reread(case: Case, file: Path, folder: Path) -> Any:
    """As fetched, and read again with what the log kept of the fetching."""
    response = Response(URL, URL, 200, {"content-type": case["content_type"]}, file.read_bytes())
    charset = judge_page(response).charset
    return values(file.read_bytes(), charset, case["expected"])


def offices(case: Case, file: Path, folder: Path) -> Any:
    read = PageReading(extract(read_page(file.read_bytes(), URL)), URL, "sha", NOW)
    return [[one.street1, one.city] for one in assemble([read], "harbor", "Harbor Light", "MA")]


def outcome(case: Case, file: Path, folder: Path) -> Any:
    return judge_page(Response(URL, URL, 200, {"content-type": "text/html"}, file.read_bytes())).outcome.value


def sitemap(case: Case, file: Path, folder: Path) -> Any:
    return [url for url, _ in parse_sitemap(file.read_bytes()).pages]


def phone(case: Case, file: Path, folder: Path) -> Any:
    return e164(file.read_text(encoding="utf-8"))


def street(case: Case, file: Path, folder: Path) -> Any:
    return normalize_street(**json.loads(file.read_bytes())).line


def license_rows(case: Case, file: Path, folder: Path) -> Any:
    try:
        rows = [*read_list(file.read_bytes(), case["columns"])]
    except SourceFormatError:
        return case["expected"] if case.get("or_error") else "refused"
    return _listings(rows, case)


def findtreatment(case: Case, file: Path, folder: Path) -> Any:
    return _listings([*read_answer(file.read_bytes())], case)


def _listings(rows: Sequence[Any], case: Case) -> list[dict[str, Any]]:
    read = DirectoryReader("list").read(rows, Origin(state=case.get("state")))
    listings = [one for one in read if isinstance(one, Listing)]
    assert len(listings) == len(case["expected"])
    return [
        {name: _of_listing(one, name) for name in expected}
        for one, expected in zip(listings, case["expected"], strict=True)
    ]


def _of_listing(listing: Listing, name: str) -> Any:
    if name == "geo_ok":  # no point, or one that is in the state
        south, north, west, east = MASSACHUSETTS
        point = listing.latitude, listing.longitude
        return point == (None, None) or (south < (point[0] or 0) < north and west < (point[1] or 0) < east)
    value = getattr(listing, name)
    return [*value] if isinstance(value, tuple) else value


SOUND = {
    "name1": "Elm House",
    "street1": "12 Mill Street",
    "city": "Quincy",
    "state": "MA",
    "zip": "02169",
    "phone": "617-555-0100",
    "typeFacility": "SA",
    "services": [{"f1": "Service Settings", "f2": "SET", "f3": "Intensive outpatient treatment"}],
}


def run(case: Case, file: Path, folder: Path) -> Any:
    """What one list can stop: the run of it beside a sound list with an IOP."""
    answer = {"page": 1, "totalPages": 1, "recordCount": 1, "rows": [SOUND]}
    (folder / "sound.json").write_text(json.dumps(answer), encoding="utf-8")
    columns = {**LICENSED, "phone": "Phone", "license_number": "Lic"} if case["kind"] == "license" else {}
    kind = "license_list" if columns else case["kind"]
    sound = f'[elm]\nkind = "findtreatment"\npath = "{folder / "sound.json"}"\n'
    _run(folder, f'kind = "{kind}"\npath = "{file}"\n', columns, sound)
    return "published" if (folder / "out" / "releases" / "current").exists() else "nothing"


def site_folder(case: Case, file: Path, folder: Path) -> Any:
    (folder / "pages").mkdir()
    (folder / "pages" / "index.html").write_bytes(file.read_bytes())
    _run(folder, f'kind = "provider_site"\ntitle = "Harbor"\nstate = "MA"\npath = "{folder / "pages"}"\n', {})
    with duckdb.connect(str(folder / "out" / "releases" / "current"), read_only=True) as con:
        ((website,),) = con.execute("SELECT DISTINCT website FROM directory").fetchall()
    return website


def _run(folder: Path, table: str, columns: Mapping[str, str], beside: str = "") -> None:
    mapped = "".join(f'{name} = "{column}"\n' for name, column in columns.items())
    text = f"{beside}[harbor]\n{table}" + (f"[harbor.columns]\n{mapped}" if mapped else "")
    (folder / "registry").mkdir()
    (folder / "registry" / "harbor.toml").write_text(text, encoding="utf-8")
    code, text = iop("run", "--registry", folder / "registry", "--out", folder / "out")
    assert code == ExitCode.OK, text


def match(case: Case, file: Path, folder: Path) -> Any:
    counts = match_csv(file, folder / "out.csv")
    return {what: counts[what] for what in case["expected"]}


LISTED = ("organization_name", "street1", "city", "zip", "phone")
LISTING = {
    "listing_id": pl.String,
    "source_id": pl.String,
    **dict.fromkeys((*LISTED, "site_name", "street2", "state", "website"), pl.String),
    "is_virtual": pl.Boolean,
    "external_ids": pl.List(pl.Struct({"scheme": pl.String, "identifier": pl.String})),
}
SERVICE = dict.fromkeys(("listing_id", "service_key", "level_of_care", "name"), pl.String)


def match_ids(case: Case, file: Path, folder: Path) -> Any:
    """Operators that a list gives "N/A" as licence number, from the list's rows to the entities."""
    columns = dict(zip(("name1", "street1", "city", "zip", "phone"), LISTED, strict=True))
    lines = [
        ",".join((*LISTED, "license")),
        *(",".join((*row, "N/A")) for row in json.loads(file.read_bytes())),
    ]
    rows = [*read_list("\n".join(lines).encode(), {**columns, "license_number": "license"})]
    listed = [
        {name: getattr(one, name) for name in LISTING if name != "external_ids"}
        | {"external_ids": [{"scheme": s, "identifier": i} for s, i in one.external_ids]}
        for one in DirectoryReader("list").read(rows, Origin(state="MA"))
        if isinstance(one, Listing)
    ]
    none = pl.DataFrame(schema=SERVICE)
    crosswalk = resolve(pl.DataFrame(listed, schema=LISTING), none, None, Overrides(), NOW).crosswalk
    of = {f"{kind}s": rows["entity_id"].n_unique() for (kind,), rows in crosswalk.group_by("entity_type")}
    return {what: of[what] for what in case["expected"]}


MODES: Mapping[str, Callable[[Case, Path, Path], Any]] = {
    "page": page,
    "reread": reread,
    "offices": offices,
    "outcome": outcome,
    "sitemap": sitemap,
    "phone": phone,
    "street": street,
    "license": license_rows,
    "ft": findtreatment,
    "run": run,
    "site_folder": site_folder,
    "match": match,
    "match_ids": match_ids,
}


@pytest.mark.skipif(not CASES, reason="the shared cases (../shared) are not beside this checkout")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_right_value(case: Case, tmp_path: Path) -> None:
    assert MODES[case["mode"]](case, FOLDER / case["file"], tmp_path) == case["expected"]
