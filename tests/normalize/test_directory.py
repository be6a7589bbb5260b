"""Rows of directories become listings: every row once, codes by the vocabulary, what is unknown counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.directory import DirectoryReader, Origin
from pipeline.normalize.service_codes import lookup, service_codes
from pipeline.records import Assertion, Listing, Observation, Rejected
from sources.findtreatment import read_answer
from sources.license_list import read_list
from sources.records import BadRecord, ServiceMention, SourceRecord
from sources.samhsa_directory import read_workbook

PLACE = {"name1": "Elm House", "street1": "1 Elm Street", "city": "Lowell", "state": "MA", "zip": "01852"}


def read(*rows: SourceRecord | BadRecord, state: str | None = None) -> list[Listing | Rejected]:
    return list(DirectoryReader("some").read(rows, Origin(state=state)))


def mentions(*texts: str) -> tuple[ServiceMention, ...]:
    return tuple(ServiceMention(text, None, "A1", 0, len(text)) for text in texts)


def listing(*codes: str, **fields: str) -> Listing:
    (found,) = read(SourceRecord("row 1", services=mentions(*codes), **{**PLACE, **fields}))  # type: ignore[arg-type]
    assert isinstance(found, Listing)
    return found


def values(found: Listing, field: str) -> list[str]:
    return [o.written for o in found.observations if o.field == field]


def test_codes_make_services_and_facts_of_the_place() -> None:
    found = listing("SA", "OP", "OIT", "ORT", "MC", "DBT", "SP", "WN")
    assert [s.level_of_care for s in found.services] == ["iop", "op"]
    assert values(found, "condition") == ["substance_use"]
    assert values(found, "payer") == ["medicare"]
    assert values(found, "modality") == ["dbt"]
    assert values(found, "language") == ["es"]
    assert values(found, "population") == ["women"]
    assert found.services[0].observations[0].quote == "OIT"


def test_the_heading_of_a_group_says_nothing_beside_its_members() -> None:
    assert [s.level_of_care for s in listing("OP", "OIT").services] == ["iop"]
    assert [s.level_of_care for s in listing("OP").services] == ["op"]
    assert [s.level_of_care for s in listing("OP", "PHDT").services] == ["op", "php"]


def test_a_code_for_minors_does_not_say_children() -> None:
    """ "Children/Adolescents" is 17 or younger; whether somebody under 12 is taken, the code does not say."""
    assert values(listing("OIT", "CHLD"), "population") == ["adolescents"]


def test_telehealth_visits_are_no_virtual_program() -> None:
    assert values(listing("OIT", "TELE"), "virtual") == []


def test_what_is_not_treated_is_kept_as_a_denial() -> None:
    (said,) = [o for o in listing("NOOP").observations if o.field == "condition"]
    assert (said.value, said.assertion) == ("opioid", Assertion.NEGATED)


def test_labels_match_without_case_marks_and_remarks() -> None:
    assert lookup("OUTPATIENT DAY TREATMENT  or partial hospitalization").code == "ODT"  # type: ignore[union-attr]
    assert lookup("Naltrexone (extended-release, injectable)") is not None
    assert lookup("Underwater therapy") is None


def test_unmapped_codes_are_counted_and_kept() -> None:
    reader = DirectoryReader("some")
    rows = [
        SourceRecord("r", services=mentions("OIT", "NEWCODE"), **{**PLACE, "name1": n}) for n in ("A", "B")
    ]  # type: ignore[arg-type]
    found = list(reader.read(rows, Origin()))
    assert reader.unmapped == {("", "NEWCODE"): 2}
    assert all(isinstance(x, Listing) and "NEWCODE" in x.service_codes for x in found)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"state": "Atlantis"}, "bad_state"),
        ({"state": ""}, "no_state"),
        ({"city": "", "zip": ""}, "no_place"),
    ],
)
def test_rows_that_cannot_be_placed_are_rejected_with_their_words(
    fields: dict[str, str], reason: str
) -> None:
    (found,) = read(SourceRecord("row 9", **{**PLACE, **fields}, raw={"name1": "Elm House"}))  # type: ignore[arg-type]
    assert isinstance(found, Rejected)
    assert (found.reason, found.locator) == (reason, "row 9")
    assert "Elm House" in found.raw


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        (
            {"phones": (("main", "617-311-0123"), ("main", "888-311-0123"))},
            ("bad_phone", "phone", "617-311-0123"),
        ),
        ({"zip": "O1852"}, ("bad_zip", "zip", "O1852")),
        ({"website": "ask at the desk"}, ("bad_website", "website", "ask at the desk")),
        ({"website": "http://"}, ("bad_website", "website", "http://")),
        ({"zip": "90210"}, ("zip_elsewhere", "zip", "90210")),
        (
            {"website": "file:///home/elm/index.html"},
            ("bad_website", "website", "file:///home/elm/index.html"),
        ),
        ({"street2": "\ufffd"}, ("bad_text", "street2", "\ufffd")),
        (
            {"latitude": "34.05", "longitude": "-118.24"},
            ("coordinates_elsewhere", "coordinates", "34.05, -118.24"),
        ),
        ({"latitude": "42.6"}, ("bad_coordinates", "coordinates", "42.6, ")),
        ({"latitude": "420.6", "longitude": "-71.3"}, ("bad_coordinates", "coordinates", "420.6, -71.3")),
        ({"latitude": "0", "longitude": "0"}, ("bad_coordinates", "coordinates", "0, 0")),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_and_its_row_stays(
    fields: dict[str, Any], refused: tuple[str, str, str]
) -> None:
    found, told = read(SourceRecord("row 4", **{**PLACE, **fields}))
    assert isinstance(found, Listing) and isinstance(told, Rejected)
    assert (told.reason, told.detail, told.raw) == refused
    assert (told.source_id, told.locator, told.state) == ("some", "row 4", "MA")
    assert found.phone == ("+18883110123" if "phones" in fields else None)
    assert (found.website, found.latitude) == (None, None)


def test_coordinates_that_slipped_are_righted_and_told() -> None:
    found, told = read(SourceRecord("row 4", **PLACE, latitude="-71.32", longitude="42.65"))  # type: ignore[arg-type]
    assert isinstance(found, Listing) and isinstance(told, Rejected)
    assert (found.latitude, found.longitude) == (42.65, -71.32)
    assert (told.reason, told.raw) == ("righted_coordinates", "-71.32, 42.65")


def test_a_second_web_site_is_told() -> None:
    found, told = read(SourceRecord("row 4", **PLACE, website="elm.example; oak.example"))  # type: ignore[arg-type]
    assert isinstance(found, Listing) and isinstance(told, Rejected)
    assert (found.website, told.reason, told.raw) == ("elm.example", "further_website", "oak.example")


def test_cells_that_say_nothing_are_no_facts() -> None:
    empty = {"street1": "nan", "city": "N/A", "name2": "none", "website": "see website", "latitude": "-"}
    (found,) = read(
        SourceRecord("row 4", **{**PLACE, **empty}, external_ids=(("npi", "N/A"),), phones=(("main", "TBD"),))  # type: ignore[arg-type]
    )
    assert isinstance(found, Listing)
    assert (found.street1, found.city, found.site_name, found.website, found.phone) == (None,) * 5
    assert (found.zip, found.external_ids) == ("01852", ())


def test_a_name_that_says_nothing_is_none() -> None:
    (found,) = read(SourceRecord("row 4", **{**PLACE, "name1": "Unknown"}))  # type: ignore[arg-type]
    assert isinstance(found, Rejected) and found.reason == "no_name"
    assert listing(name1="N/A", name2="Elm House").organization_name == "Elm House"
    assert listing(organization="N/A").organization_name == "Elm House"


def test_clean_names_quote_what_was_printed() -> None:
    found = listing(name1="Elm&nbsp;&amp; Oak", street1="1\u00a0Elm<br>Street")
    assert (found.organization_name, found.street1) == ("Elm & Oak", "1 Elm, Street")
    quotes = {o.field: o.quote for o in found.observations}
    assert quotes["organization"] == "Elm&nbsp;&amp; Oak"
    assert quotes["address"].startswith("1\u00a0Elm<br>Street")


def test_a_key_is_of_the_row_as_printed() -> None:
    """What cleaning learns later changes no key."""
    keys = {listing(street2=printed).record_key for printed in ("", "N/A", "\u00a0")}
    assert len(keys) == 2


@pytest.mark.parametrize(
    "printed", ["http://elm.example", "www.elm.example/iop", "https://elm.example:8443/"]
)
def test_a_website_is_kept_as_printed(printed: str) -> None:
    assert listing(website=printed).website == printed


def test_the_source_names_the_state_of_rows_that_do_not() -> None:
    (found,) = read(SourceRecord("r", **{**PLACE, "state": ""}), state="MA")  # type: ignore[arg-type]
    assert isinstance(found, Listing) and found.state == "MA"


def test_keys_stay_when_rows_move_and_twins_are_told_apart() -> None:
    one, two, twin = (SourceRecord(f"row {n}", **{**PLACE, "name1": name}) for n, name in enumerate("ABA"))  # type: ignore[arg-type]
    first, second, third = (x.record_key for x in read(one, two, twin) if isinstance(x, Listing))
    assert third == f"{first}-2"
    assert [x.record_key for x in read(two, one) if isinstance(x, Listing)] == [second, first]


@pytest.mark.parametrize(
    ("full", "zip_", "street", "city"),
    [
        ("415 Elm Road Boston, Ma 02125", "", "415 Elm Road", "Boston"),
        ("7 Oak Avenue, Suite 3, West Springfield MA", "01089", "7 Oak Avenue, Suite 3", "West Springfield"),
        ("One Pine Way, Somewhere Else, MA 02799", "", "One Pine Way", "Somewhere Else"),
    ],
)
def test_an_address_in_one_cell(full: str, zip_: str, street: str, city: str) -> None:
    found = listing(street1="", city="", state="", zip=zip_, full_address=full)
    assert (found.street1, found.city, found.state) == (street, city, "MA")


def test_zip_code_and_state_of_one_cell_must_agree() -> None:
    full = "12 Elm Street, Charleston, West Virginia 01103, USA"
    found, told = read(SourceRecord("row 4", "Elm House", full_address=full))
    assert isinstance(found, Listing) and isinstance(told, Rejected)
    assert (found.city, found.state, found.zip) == ("Charleston", "WV", None)
    assert (told.reason, told.raw) == ("zip_elsewhere", "01103")


def test_every_observation_quotes_its_cell() -> None:
    found = listing("OIT", "MC", website="http://elm.example")
    address = next(o for o in found.observations if o.field == "address")
    assert json.loads(address.written)["zip"] == "01852"
    every: list[Observation] = [*found.observations, *(o for s in found.services for o in s.observations)]
    assert all(o.quote and o.end - o.start == len(o.quote) and o.locator for o in every)


def test_the_vocabulary_uses_known_fields_and_codes(root: Path) -> None:
    folder = root / "pipeline" / "vocabulary"
    plural = {
        "condition": "conditions",
        "population": "populations",
        "modality": "modalities",
        "payer": "payers",
    }
    plural |= {"level_of_care": "levels_of_care", "language": "languages"}
    known = {
        field: {line.split(",")[0] for line in (folder / f"{name}.csv").read_text().splitlines()[1:]}
        for field, name in plural.items()
    }
    facts = {fact for code in service_codes().values() for fact in code.facts}
    assert facts
    assert not [f for f in facts if f.field in known and f.value not in known[f.field]]
    assert not [f for f in facts if f.field not in {*known, "accreditation"}]


def test_real_directories_add_up(shared: Path) -> None:
    """Figures counted in the workbooks by hand: rows, rows in Massachusetts, rows there with intensive outpatient, and
    numbers that nobody can be assigned (888-888-8888, area codes that are none)."""
    data = shared / "data"
    for name, rows, in_ma, iop_in_ma, phones in (
        ("su_2023", 12_744, 398, 81, 10),
        ("mh_2023", 8_707, 192, 0, 14),
    ):
        read_ = list(
            DirectoryReader(name).read(read_workbook((data / f"samhsa/{name}.xlsx").read_bytes()), Origin())
        )
        listings = [x for x in read_ if isinstance(x, Listing)]
        ma = [x for x in listings if x.state == "MA"]
        iop = [x for x in ma if any(s.level_of_care == "iop" for s in x.services)]
        assert (len(listings), len(ma), len(iop)) == (rows, in_ma, iop_in_ma)
        assert [x.reason for x in read_ if isinstance(x, Rejected)] == ["bad_phone"] * phones
        assert len({x.listing_id for x in listings}) == len(listings)
    answers = sorted((data / "findtreatment").glob("*.json"))
    reader = DirectoryReader("findtreatment")
    assert sum(len(list(reader.read(read_answer(f.read_bytes()), Origin()))) for f in answers) == 55
    assert not reader.unmapped
    columns = {
        "name1": "name",
        "organization": "organization",
        "full_address": "address",
        "zip": "zip",
        "phone": "phone",
    }
    licenses = read_list(
        (data / "licenses/ma_bsas_boston.csv").read_bytes(), {**columns, "setting": "service_setting"}
    )
    found = list(DirectoryReader("licenses").read(licenses, Origin(state="MA")))
    assert len(found) == 77
    assert all(isinstance(x, Listing) and x.city == "Boston" and x.street1 for x in found)


CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "N/A",
            "nan",
            "1103.0",
            "42.1",
            "-72.5",
            "&nbsp;",
            "<br/>",
            "a@b.example",
            "MA",
            "9 Elm St, Lowell, MA",
        ]
    ),
)
FIELDS = (
    "name1",
    "name2",
    "organization",
    "street1",
    "street2",
    "full_address",
    "city",
    "state",
    "zip",
    "website",
)


@given(st.dictionaries(st.sampled_from((*FIELDS, "latitude", "longitude")), CELLS), CELLS, CELLS)
def test_whatever_cells_hold_a_row_is_listed_or_refused_once(
    cells: dict[str, str], phone: str, npi: str
) -> None:
    row = SourceRecord("r", **cells, phones=(("main", phone),), external_ids=(("npi", npi),), raw=cells)  # type: ignore[arg-type]
    first, *others = read(row, state="MA")
    assert all(isinstance(told, Rejected) and told.raw for told in others)
    if isinstance(first, Listing):
        assert first.organization_name and first.state and (first.city or first.zip)
        assert all(o.quote for o in first.observations)
    else:
        assert not others
