"""The whole pipeline on the demo world: what stands in its release, compared with the truth written from the pages.

`demo_known.toml` lists by id what the release still gets wrong. A failure that is not listed fails a test.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from demo_compare import RANGES, SETS, VALUES, carries, differences, slots
from demo_truth import Member, TrueService, load_lists, load_same_places, load_truth
from made_once import made_once

from pipeline.flow.graph import build_defs
from pipeline.flow.partitions import one_run
from pipeline.flow.workspace import Workspace
from pipeline.normalize.address import normalize_street
from pipeline.settings import Settings

NOW = datetime(2026, 10, 15, 12, tzinfo=UTC)
TRUTH = load_truth()
SERVICES = [
    (
        name,
        replace(service, payers=service.payers or source.payers),
    )  # those of the provider hold for its programs
    for name, source in TRUTH.items()
    for service in source.services
]
LANGUAGES = {"es": "Spanish", "pt": "Portuguese"}
KNOWN = tomllib.loads((Path(__file__).parent / "demo_known.toml").read_text(encoding="utf-8"))
SPANNED = {"ages": ("min_age", "max_age")} | {n: (f"{n}_min", f"{n}_max") for n in RANGES if n != "ages"}
LISTS = {name: name.removesuffix("s") for name in SETS} | {"payers": "payer", "modalities": "modality"}


@dataclass(slots=True)
class Read:
    """A row of the release's `directory`, in the words of the truth; only what one source itself says in the sets."""

    service_id: str
    location_id: str | None
    facts: dict[str, Any]


def run(folder: Path) -> None:
    """One run over the demo world."""
    settings = Settings.choose(profile="demo", out=folder, environment={})
    settings = replace(settings, fetch=replace(settings.fetch, now=lambda: NOW))
    workspace = Workspace(settings, clock=lambda: NOW)
    ids = [source.id for source in settings.registry.sources]
    job = build_defs(workspace).resolve_job_def("directory_job")
    with dg.DagsterInstance.ephemeral() as instance:
        job.execute_in_process(
            instance=instance,
            tags=one_run(instance, ids),
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    assert workspace.summary.release is not None, workspace.summary.audit


@pytest.fixture(scope="module")
def release() -> Iterator[duckdb.DuckDBPyConnection]:
    """The release that it publishes."""
    published = made_once("demo_release", run) / "releases" / "current"
    with duckdb.connect(published, read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def read(release: duckdb.DuckDBPyConnection) -> dict[str, list[Read]]:
    """The IOP and PHP rows of the directory by the provider's site that they rest on."""
    said: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for source, entity, field, value in release.execute(
        "SELECT DISTINCT source_id, entity_id, field, value FROM observation WHERE assertion = 'affirmed'"
    ).fetchall():
        said.setdefault((source, entity), set()).add((field, value))
    rows = release.execute(
        "SELECT d.*, s.presence_rule FROM directory d JOIN service s USING (service_id) "
        "WHERE d.level_of_care IN ('iop', 'php')"
    )
    names = [column[0] for column in rows.description]
    found: dict[str, list[Read]] = {source: [] for source in TRUTH}
    for values in rows.fetchall():
        row = dict(zip(names, values, strict=True))
        for source in set(row["sources"]) & set(TRUTH):
            own = said.get((source, row["service_id"]), set()) | said.get((source, row["location_id"]), set())
            found[source].append(Read(row["service_id"], row["location_id"], facts_of(row, own)))
    return found


def facts_of(row: Mapping[str, Any], said: set[tuple[str, str]]) -> dict[str, Any]:
    """A row of the directory in the words of the truth, which has what is printed, and not what follows from it."""
    row = dict(row) | {"payers": [*(row["payers"] or ()), *(row["payment_options"] or ())]}
    for shown in row["shown_by_sessions"] or ():
        row |= {name: None for name in row if name.removesuffix("_min").removesuffix("_max") == shown}
    facts: dict[str, Any] = {
        "level_of_care": row["level_of_care"],
        "name": row["service_name"],
        "phone": row["phone"],
    }
    facts |= {name: [v for v in row[name] or () if (LISTS[name], v) in said] for name in SETS}
    facts["languages"] = [LANGUAGES.get(code, code) for code in facts["languages"]]
    for name, (low, high) in SPANNED.items():
        pair = (number(row[low]), number(row[high]))
        facts[name] = None if pair == (None, None) else pair
    for name in VALUES:
        facts[name] = row.get(f"has_{name}", row.get(name))
    facts["sessions"] = row["schedule"] or ()
    if row["street"] or row["zip"] or row["city"]:
        facts["place"] = {name: row[name] for name in ("street", "city", "state", "zip")}
    return facts


def number(value: float | None) -> float | None:
    """Whole numbers as the truth prints them; weeks from days are rounded to a tenth."""
    return None if value is None else int(value) if value == int(value) else round(value, 1)


def is_there(service: TrueService, found: Read) -> bool:
    """Whether a row is at the place of a service, at its level of care. A virtual service has no place."""
    place = found.facts.get("place")
    if found.facts["level_of_care"] != service.level_of_care or (place is None) != (service.place is None):
        return False
    return not (place and service.place) or (place["zip"], line(place["street"])) == (
        service.place.zip,
        line(service.place.street),
    )


def line(street: str | None) -> str:
    return normalize_street(street).line


def pairs(source: str, rows: list[Read]) -> tuple[dict[str, Read], list[Read]]:
    """Each true service with the row that is most like it, and the rows that are left over."""
    left, found = list(rows), {}
    options = [
        (len(differences(service, row.facts)), service.id, i)
        for name, service in SERVICES
        if name == source
        for i, row in enumerate(rows)
        if is_there(service, row)
    ]
    taken: set[int] = set()
    for _, service_id, i in sorted(options):
        if service_id not in found and i not in taken:
            found[service_id] = rows[i]
            taken.add(i)
            left.remove(rows[i])
    return found, left


def test_every_true_service_is_one_row_at_its_place(read: dict[str, list[Read]]) -> None:
    missing = {service.id for source, service in SERVICES if service.id not in pairs(source, read[source])[0]}
    assert not missing - set(KNOWN["missing"])


def test_nothing_else_is_listed(read: dict[str, list[Read]]) -> None:
    """No second row for one service, and no row of a source or page that describes no program of the provider."""
    extra = {
        f"{source}: {row.facts['level_of_care']} {row.facts['name']}, {(row.facts.get('place') or {}).get('zip')}"
        for source in TRUTH
        for row in pairs(source, read[source])[1]
    }
    assert not extra - set(KNOWN["extra"])


def test_no_trap_is_affirmed(read: dict[str, list[Read]]) -> None:
    sprung = {
        f"{source} {item.page}: {item.field} {item.value}"
        for source in TRUTH
        for item in TRUTH[source].absent
        for row in read[source]
        if carries(row.facts, item)
    }
    assert not sprung - set(KNOWN["traps"])


def test_facts_are_read_and_little_is_invented(read: dict[str, list[Read]]) -> None:
    """Over all services: `recall` of the facts of the truth, `precision` of the facts in the release."""
    right = lost = extra = 0
    for source, service in SERVICES:
        row = pairs(source, read[source])[0].get(service.id)
        told, missed, invented = score(service, row.facts if row else {})
        right, lost, extra = right + told - missed, lost + missed, extra + invented
    assert right / (right + lost) >= KNOWN["recall"], (right, lost)
    assert right / (right + extra) >= KNOWN["precision"], (right, extra)


def score(service: TrueService, found: Mapping[str, Any]) -> tuple[int, int, int]:
    """(facts of the truth, how many of them were not read, how many were read and are not so)."""
    told = sum(len(getattr(service, name)) for name in SETS) + len(slots(service.sessions))
    told += sum(getattr(service, name) is not None for name in (*RANGES, *VALUES))
    missed = invented = 0
    for difference in differences(service, found):
        if difference.field == "sessions":
            missed += len(difference.expected)  # type: ignore[arg-type]
            invented += len(difference.found)  # type: ignore[arg-type]
        else:
            missed += difference.expected is not None
            invented += difference.found is not None
    return told, missed, invented


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[2] / "examples").glob("[0-9]*.sql")), ids=lambda f: f.name
)
def test_every_example_answers(release: duckdb.DuckDBPyConnection, file: Path) -> None:
    assert release.execute(file.read_text(encoding="utf-8")).fetchall()


def test_the_query_of_the_readme_answers(release: duckdb.DuckDBPyConnection) -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    query = text.partition("USE iop;\n")[2].partition("```")[0]
    assert release.execute(query).fetchall()


def test_no_one_is_named_and_no_private_contact_is_given(release: duckdb.DuckDBPyConnection) -> None:
    tables = [t for (t,) in release.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    for secret in {secret for source in TRUTH.values() for secret in source.never}:
        for table in tables:
            rows = release.execute(
                f'SELECT count(*) FROM "{table}" t WHERE contains(t::VARCHAR, ?)', [secret]
            )
            assert rows.fetchall() == [(0,)], (secret, table)


@pytest.mark.parametrize("truth", load_lists().values(), ids=load_lists())
def test_every_row_of_the_lists_is_a_listing_or_in_quarantine(
    release: duckdb.DuckDBPyConnection, truth: Any
) -> None:
    def ask(query: str) -> set[tuple[Any, ...]]:
        return set(release.execute(query, [truth.source_id]).fetchall())

    assert ask("SELECT count(*) FROM listing WHERE source_id = ?") == {(truth.listings,)}
    assert ask("SELECT locator, reason FROM quarantine WHERE source_id = ?") == set(truth.quarantined)
    unmapped = {text for (text,) in ask("SELECT text FROM unmapped WHERE source_id = ?")}
    assert unmapped - set(KNOWN["unmapped"]) == set(truth.unmapped)
    for level in ("iop", "php"):
        named = ask(
            "SELECT l.organization_name, l.site_name FROM listing l JOIN listing_service s USING (listing_id) "
            f"WHERE l.source_id = ? AND s.level_of_care = '{level}'"
        )
        assert len(named) == len(getattr(truth, level))


def test_listings_that_are_one_place_become_one_location(release: duckdb.DuckDBPyConnection) -> None:
    """The groups of the truth are locations; no location joins listings of two of them."""
    rows = release.execute(
        "SELECT l.source_id, l.organization_name, l.site_name, l.street1, c.entity_id FROM crosswalk c "
        "JOIN listing l USING (listing_id) WHERE c.entity_type = 'location' AND c.service_key IS NULL"
    ).fetchall()

    def locations(member: Member) -> set[str]:
        if member.source_id in TRUTH:
            return {r[4] for r in rows if r[0] == member.source_id and line(r[3]) == line(member.key)}
        names = {member.key, member.key.split(", ")[0]}
        exact = {r[4] for r in rows if r[0] == member.source_id and f"{r[1]}, {r[2]}" == member.key}
        return exact or {r[4] for r in rows if r[0] == member.source_id and names & {r[1], r[2]}}

    joined = [{i for member in group for i in locations(member)} for group in load_same_places()]
    apart = {
        " + ".join(sorted(m.source_id + " " + m.key for m in group))
        for group, ids in zip(load_same_places(), joined, strict=True)
        if len(ids) != 1
    }
    assert not apart - set(KNOWN["apart"])
    owners: dict[str, int] = {}
    for number_of_group, ids in enumerate(joined):
        for location in ids:
            assert owners.setdefault(location, number_of_group) == number_of_group
