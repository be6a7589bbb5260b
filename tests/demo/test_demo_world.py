"""The demo world against itself: its size, its fiction, its links, and its truth against its pages."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import asdict
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from demo_compare import carries, differences
from demo_truth import Absent, Member, TrueSource, load_lists, load_same_places, load_truth

from sources.demo.world import HERE, SITES, find_file, hosts
from sources.kinds import KINDS
from sources.registry import load_registry

PAGES = sorted(p for p in SITES.rglob("*") if p.suffix in (".html", ".htm"))
REGISTRY = load_registry(HERE / "registry")
SOURCES = {source.id: source for source in REGISTRY.sources}
TRUTH = load_truth()
PHONE = re.compile(r"(?<!\d)(\d{3})[)\s.\-–/]{1,3}(\d{3})[\s.\-–](\d{4})(?!\d)")
VOCABULARY = HERE.parent.parent / "pipeline" / "vocabulary"


@cache
def html(file: Path) -> str:
    charset = hosts()[file.relative_to(SITES).parts[0]].charset
    return file.read_bytes().decode(charset)


@cache
def words(file: Path) -> str:
    """The text of a page as a person reads it, in one line."""
    tree = BeautifulSoup(html(file), "lxml")
    for silent in tree(["style", "script"]):
        silent.decompose()
    return re.sub(r"\s+", " ", tree.get_text(" ").replace("\xad", ""))


def folded(text: str) -> str:
    return re.sub(r"[\s.,·]+", "", text.replace("\xad", ""))


def host_of(source_id: str) -> str:
    return urlsplit(SOURCES[source_id].url or "").hostname or ""


def page_of(source_id: str, path: str) -> Path:
    file = find_file(host_of(source_id), path)
    assert file is not None, f"{source_id} has no page {path}"
    return file


def raw_and_words(source_id: str) -> str:
    files = [p for p in PAGES if p.is_relative_to(SITES / host_of(source_id))]
    return " ".join(words(f) + " " + html(f) for f in files)


def test_the_world_is_as_large_as_promised() -> None:
    providers = [s for s in TRUTH.values() if s.services]
    assert len(providers) >= 25
    assert len(PAGES) >= 80
    assert sum(f.stat().st_size for f in SITES.rglob("*") if f.is_file()) < 600_000


def test_the_sites_have_at_least_eight_really_different_shapes() -> None:
    """Two sites have one shape where most kinds of element (tag and first class) are the same."""
    shapes: list[set[tuple[str, str]]] = []
    for folder in sorted(SITES.iterdir()):
        pages = (BeautifulSoup(html(p), "lxml") for p in PAGES if p.is_relative_to(folder))
        found = {(n.name, n.get("class", [""])[0]) for page in pages for n in page.select("body *")}
        if found and all(len(found & s) / len(found | s) < 0.5 for s in shapes):
            shapes.append(found)
    assert len(shapes) >= 8


def test_the_registry_loads_whole_and_every_provider_site_has_its_truth() -> None:
    assert not REGISTRY.problems
    sites = {s.id for s in SOURCES.values() if s.kind is KINDS["provider_site"]}
    assert sites == set(TRUTH)
    assert {s.kind for s in SOURCES.values()} >= {KINDS["findtreatment"], KINDS["license_list"]}


def test_every_source_points_at_a_host_of_the_world_and_entries_exist() -> None:
    for source in SOURCES.values():
        host = hosts()[urlsplit(source.url or "").hostname or ""]
        healthy = host.status == 200 and not host.close and not host.moved_to and not host.soft_404
        for path in source.entry if healthy else ():
            assert path in host.redirects or find_file(host.name, path), f"{source.id}: {path}"


@pytest.mark.parametrize("file", PAGES, ids=lambda p: str(p.relative_to(SITES)))
def test_every_page_is_fiction_and_its_links_resolve(file: Path) -> None:
    host = file.relative_to(SITES).parts[0]
    tree = BeautifulSoup(html(file), "lxml")
    assert tree.title is not None
    page_url = f"http://{host}/{file.relative_to(SITES / host)}"
    targets = [str(n.get(a) or "") for n in tree.select("[href],[src]") for a in ("href", "src")]
    for target in filter(None, targets):
        url = urlsplit(urljoin(page_url, target))
        if url.scheme in ("http", "https"):
            assert (url.hostname or "").endswith(".example"), target
            name = url.hostname or ""
            assert url.path in hosts()[name].redirects or find_file(name, url.path), f"broken link {target}"
    for domain in re.findall(r"[\w.-]+\.(?:com|org|net|gov|edu|health|us)\b", words(file).lower()):
        raise AssertionError(f"real domain {domain}")
    for area, exchange, line in PHONE.findall(words(file)):
        assert exchange == "555" and line.startswith("01"), f"{area}-{exchange}-{line}"


@cache
def api_rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((HERE / "api" / "findtreatment.example.json").read_bytes())
    return rows


@cache
def license_rows() -> list[dict[str, str]]:
    text = (SITES / "state.example" / "licenses.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_the_directories_are_fiction_too() -> None:
    rows, licenses = api_rows(), license_rows()
    for phone in [r["phone"] for r in rows] + [r["Telephone"] for r in licenses if r["Telephone"]]:
        assert re.search(r"\b555\D01\d\d\b", phone), phone
    assert {k for r in rows for k in r if k.lower().startswith("type")} == {"typeFacility", "type_facility"}
    assert any(r["services"] is None for r in rows)
    assert all(not r["website"] or ".example" in r["website"] for r in rows)


@pytest.mark.parametrize("source", TRUTH.values(), ids=TRUTH.keys())
def test_the_truth_stands_on_the_pages(source: TrueSource) -> None:
    if source.outcome != "ok":
        assert not (source.services or source.absent or source.locations)
        return
    everything = raw_and_words(source.source_id)
    for service in source.services:
        assert service.quotes, f"{service.id} has no quote"
        for quote in service.quotes:
            page = words(page_of(source.source_id, quote.page))
            assert folded(quote.text) in folded(page), f"{service.id}: {quote.text}"
    for item in source.absent:
        file = page_of(source.source_id, item.page)
        assert folded(item.quote) in folded(words(file) + html(file)), f"{item.page}: {item.quote}"
    for path in source.pages_without_listing:
        page_of(source.source_id, path)
    for place in source.locations:
        for part in (place.street.split(",")[0], place.city, place.zip):
            assert folded(part) in folded(everything), part
    assert all(
        folded(secret) in folded(everything) or secret in re.sub(r"\D", "", everything)
        for secret in source.never
    )
    digits = re.sub(r"\D+", "", everything)
    assert all(phone.removeprefix("+1") in digits for phone in source.phones)


@pytest.mark.parametrize("source", TRUTH.values(), ids=TRUTH.keys())
def test_the_truth_does_not_hold_what_it_says_is_absent(source: TrueSource) -> None:
    for service in source.services:
        held = {**asdict(service), "payers": source.payers, "phones": source.phones}
        assert not [item.quote for item in source.absent if carries(held, item)]
        assert differences(service, asdict(service)) == []


def test_a_difference_is_seen_in_each_kind_of_field() -> None:
    true = next(s for s in TRUTH["harbor_light"].services if s.id.endswith("iop-evening"))
    read = asdict(true) | {
        "conditions": ("alcohol", "bipolar"),
        "evening": None,
        "ages": [16, None],
        "sessions": [],
    }
    found = {(d.field, d.expected, d.found) for d in differences(true, read) if d.field != "sessions"}
    assert found >= {("conditions", "opioid", None), ("conditions", None, "bipolar"), ("evening", True, None)}
    assert ("ages", (18, None), (16, None)) in found
    assert any(d.field == "sessions" for d in differences(true, read))


def test_an_affirmed_trap_is_seen() -> None:
    def trap(field: str, value: str, level: str | None = None) -> Absent:
        return Absent("/", "", "", field, value, level)

    session = {"days": ["tu"], "start": "13:00", "end": "16:00"}
    read = {
        "level_of_care": "iop",
        "sessions": [session],
        "weekend": True,
        "payers": ["medicare"],
        "ages": [12, 17],
    }
    read |= {"place": {"street": "2 Fish Flake Hill"}, "phones": ["+18885550150"]}
    seen = [("session", "tu"), ("session", "16:00"), ("session", "tu 13:00"), ("weekend", "true")]
    seen += [("payer", "medicare"), ("ages", "12"), ("ages", "[12, 17]"), ("address", "2 Fish Flake Hill")]
    seen += [("phone", "+18885550150"), ("level_of_care", "iop")]
    assert all(carries(read, trap(*item)) for item in seen)
    assert not any(carries(read, trap(*item, level="php")) for item in seen)
    assert not carries(read, trap("session", "we 13:00")) and not carries(read, trap("virtual", "true"))


@pytest.mark.parametrize("source", TRUTH.values(), ids=TRUTH.keys())
def test_the_truth_is_written_in_the_projects_codes(source: TrueSource) -> None:
    def codes(name: str) -> set[str]:
        with (VOCABULARY / f"{name}.csv").open(encoding="utf-8") as file:
            return {row["code"] for row in csv.DictReader(file)}

    known = {
        n: codes(n)
        for n in ("conditions", "exclusions", "populations", "modalities", "payers", "levels_of_care")
    }
    assert set(source.payers) <= known["payers"]
    for service in source.services:
        assert service.level_of_care in known["levels_of_care"]
        for name in ("conditions", "exclusions", "populations", "modalities", "payers"):
            assert set(getattr(service, name)) <= known[name], f"{service.id}: {name}"
        assert service.place in source.locations or (service.place is None and service.virtual)
        for session in service.sessions:
            assert session.start is None or session.end is None or session.start < session.end
            assert set(session.days or ()) <= {"mo", "tu", "we", "th", "fr", "sa", "su"}
    keys = sorted(service.id for service in source.services)
    assert all(a != b for a, b in pairwise(keys))


def listed(member: Member) -> tuple[str, str]:
    """(house number, town) of the listing that a member of a group names; fails where it names none or several."""
    if member.source_id in TRUTH:
        found = [(p.street, p.city) for p in TRUTH[member.source_id].locations if p.street == member.key]
    elif member.source_id == "demo_license_list":
        found = [
            (r["Street Address"], r["City/Town"]) for r in license_rows() if r["Program Name"] == member.key
        ]
    else:
        named = [r for r in api_rows() if member.key in (r["name1"], f"{r['name1']}, {r['name2']}")]
        found = [(r["street1"], r["city"]) for r in named]
    assert len(found) == 1, member
    return found[0][0].split(" ")[0], found[0][1]


def test_listings_that_are_one_place_share_house_number_and_town() -> None:
    groups = load_same_places()
    assert all(len({listed(member) for member in group}) == 1 for group in groups)
    members = [member for group in groups for member in group]
    assert len(members) == len(set(members))


def test_the_truth_of_the_lists_counts_their_rows() -> None:
    lists = load_lists()
    assert lists["demo_findtreatment"].rows == len(api_rows())
    assert lists["demo_license_list"].rows == len(license_rows())
    assert all(t.rows == t.listings + len(t.quarantined) for t in lists.values())
    labels = " ".join(s["f3"] for r in api_rows() for s in r["services"] or ())
    assert all(label in labels for label in lists["demo_findtreatment"].unmapped)
    names = {n for r in api_rows() for n in (r["name1"], f"{r['name1']}, {r['name2']}")}
    assert {*lists["demo_findtreatment"].iop, *lists["demo_findtreatment"].php} <= names
    with_iop = [r for r in api_rows() if "Intensive outpatient treatment" in json.dumps(r)]
    assert len(with_iop) == len(lists["demo_findtreatment"].iop)
