"""Workbooks, API answers and license lists become records, rows as printed; bad ones are told apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from workbooks import workbook

from pipeline.normalize.directory import DirectoryReader, Origin
from pipeline.records import Listing
from sources.findtreatment import page_urls, read_answer
from sources.license_list import read_list
from sources.records import BadRecord, SourceFormatError, SourceRecord
from sources.samhsa_directory import read_workbook

HEADER = [
    "Name1",
    "Name2",
    "Street1",
    "Street2",
    "City",
    "State",
    "Zip",
    "Phone",
    "Intake1",
    "Service_code_info",
]
ROW = [
    "Elm House",
    "North",
    "1 Elm Street",
    "",
    "Lowell",
    "MA",
    "01852",
    "978-555-0101",
    "",
    "SA * OP OIT * MC",
]


def test_a_workbook_row_keeps_its_words_and_where_they_stand() -> None:
    rows = list(read_workbook(workbook([HEADER, ROW])))
    assert len(rows) == 1
    row = rows[0]
    assert isinstance(row, SourceRecord)
    assert (row.name1, row.name2, row.zip, row.locator) == ("Elm House", "North", "01852", "S1!2")
    assert row.phones == (("main", "978-555-0101"),)
    assert [m.text for m in row.services] == ["SA", "OP", "OIT", "MC"]
    oit = row.services[2]
    assert oit.locator == "S1!J2"
    assert ROW[-1][oit.start : oit.end] == "OIT"


def test_header_case_order_and_a_title_above_do_not_matter() -> None:
    order = [5, 0, 6, 2, 4, 7, 9]
    rows: list[list[object]] = [
        ["National Directory"],
        [],
        [HEADER[i].upper() for i in order],
        [ROW[i] for i in order],
    ]
    found = list(read_workbook(workbook([["a key sheet"]], rows)))
    assert [r.locator for r in found] == ["S2!4"]
    assert isinstance(found[0], SourceRecord) and found[0].state == "MA"


def test_numbers_get_their_leading_zero_back() -> None:
    row: list[object] = [*ROW]
    row[6] = 1852
    assert next(iter(read_workbook(workbook([HEADER, row])))).zip == "01852"  # type: ignore[union-attr]


def test_a_row_without_a_name_is_told_and_a_blank_one_is_no_row() -> None:
    rows = list(read_workbook(workbook([HEADER, ["", *ROW[1:]], [""] * 10, ROW])))
    assert [type(r) for r in rows] == [BadRecord, SourceRecord]
    assert isinstance(rows[0], BadRecord) and rows[0].reason == "no_name"


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", workbook([["a", "b"]])], ids=["empty", "text", "other"]
)
def test_what_is_no_directory_says_so(content: bytes) -> None:
    with pytest.raises(SourceFormatError, match=r"workbook|columns"):
        list(read_workbook(content))


def answer(*rows: object, **more: object) -> bytes:
    return json.dumps({"page": 1, "totalPages": 3, "rows": rows, **more}).encode()


def test_an_answer_row_with_null_services_and_either_spelling_of_type() -> None:
    first = {"name1": "Elm", "city": "Lowell", "state": "MA", "typeFacility": "SA", "services": None}
    second = {
        "name1": "Oak",
        "type_facility": "MH",
        "services": [{"f2": "SET", "f3": "Outpatient; Regular outpatient treatment"}],
    }
    one, two = read_answer(answer(first, second))
    assert isinstance(one, SourceRecord) and [m.text for m in one.services] == ["SA"]
    assert isinstance(two, SourceRecord)
    assert [(m.text, m.category) for m in two.services] == [
        ("MH", "TYPE"),
        ("Outpatient", "SET"),
        ("Regular outpatient treatment", "SET"),
    ]


def test_bad_answer_rows_stop_nothing() -> None:
    rows = list(read_answer(answer("text", {"name1": ""}, {"name1": "Elm"})))
    assert [getattr(r, "reason", "record") for r in rows] == ["unreadable_row", "no_name", "record"]


@pytest.mark.parametrize("content", [b"", b"<html>", b"[1]", b'{"rows": 3}', b"[" * 100_000])
def test_what_is_no_answer_says_so(content: bytes) -> None:
    with pytest.raises(SourceFormatError):
        list(read_answer(content))


def test_paging_follows_the_count_and_keeps_the_query() -> None:
    urls = page_urls("https://api.example/v2?sType=both&sAddr=42.3,-71.0&page=1", answer())
    assert urls == [f"https://api.example/v2?sType=both&sAddr=42.3,-71.0&page={n}" for n in (2, 3)]
    assert page_urls("https://api.example/v2", b'{"rows": []}') == []


COLUMNS = {
    "name1": "Program",
    "full_address": "Where",
    "zip": "ZIP",
    "phone": "Tel",
    "setting": "Setting",
    "license_number": "No",
}
LIST = "Program,Where,ZIP,Tel,Setting,No\nElm House,1 Elm St Lowell MA,01852,978-555-0101,Outpatient Services,77\n"


def test_a_license_list_by_its_column_mapping() -> None:
    (row,) = read_list(LIST.encode("utf-8-sig"), COLUMNS)
    assert isinstance(row, SourceRecord)
    assert (row.name1, row.full_address, row.locator) == ("Elm House", "1 Elm St Lowell MA", "line 2")
    assert row.external_ids == (("license_number", "77"),)
    assert row.services[0].category == "setting"


def test_a_missing_column_names_those_there_are() -> None:
    with pytest.raises(SourceFormatError, match=r"'Telephone'.*Program, Where"):
        list(read_list(LIST.encode(), {**COLUMNS, "phone": "Telephone"}))
    with pytest.raises(SourceFormatError, match="empty"):
        list(read_list(b"", COLUMNS))


def test_a_row_with_other_cells_is_told_and_the_next_is_read() -> None:
    rows = list(read_list((LIST + "Oak,too few\n" + LIST.splitlines()[1] + "\n").encode(), COLUMNS))
    assert [getattr(r, "reason", "record") for r in rows] == ["record", "wrong_number_of_cells", "record"]


ROWS = LIST.splitlines()
MARKED = [("utf-16", ""), ("utf-16-le", ""), ("utf-16-be", "\ufeff"), ("utf-32", ""), ("utf-8-sig", "")]


@pytest.mark.parametrize(
    "printed",
    [
        LIST.replace(",", ";"),
        LIST.replace(",", "\t"),
        LIST.replace(",", "|"),
        "sep=;\n" + LIST.replace(",", ";"),
        "State of Alder,,,,,\n,,,,,\nPrograms, as of May\n" + LIST,
        'Office of "Licensing", Alder\n' + LIST,
        LIST.upper(),
        LIST.replace("Where", "\u00a0Where ").replace("Tel", "Tel\u00a0"),
        "\n".join(f"{row}," for row in ROWS),
        "\n".join((f"{ROWS[0]},,", f"{ROWS[1]},,,")),
        ROWS[0] + "\n" + ROWS[1] + ",,\n",
        *((mark + LIST).encode(charset) for charset, mark in MARKED),
    ],
)
def test_forms_of_a_list(printed: str | bytes) -> None:
    (row,) = read_list(printed if isinstance(printed, bytes) else printed.encode(), COLUMNS)
    assert isinstance(row, SourceRecord)
    assert (row.name1.casefold(), row.zip, row.external_ids) == (
        "elm house",
        "01852",
        (("license_number", "77"),),
    )


def test_lines_are_counted_from_the_first_of_the_file() -> None:
    (row,) = read_list(f"A title\n\n{LIST}".encode(), COLUMNS)
    assert row.locator == "line 4"


@pytest.mark.parametrize("twin", ["Tel", "TEL", " Tel\u00a0"])
def test_two_columns_of_a_mapped_name_are_told(twin: str) -> None:
    twice = "\n".join(f"{row},{cell}" for row, cell in zip(ROWS, (twin, "978-555-0199"), strict=True))
    with pytest.raises(SourceFormatError, match=r"'Tel' is mapped.*'Tel' \(column 4\) and .*\(column 7\)"):
        list(read_list(twice.encode(), COLUMNS))


def test_two_columns_of_another_name_are_both_kept() -> None:
    twice = "\n".join(f"{row},{cell}" for row, cell in zip(ROWS, ("Notes,Notes", "one,two"), strict=True))
    (row,) = read_list(twice.encode(), COLUMNS)
    assert isinstance(row, SourceRecord)
    assert (row.raw["Notes"], row.raw["Notes (2)"]) == ("one", "two")


def test_latin_1_lists_are_read(tmp_path: Path) -> None:
    (row,) = read_list(LIST.replace("Elm House", "Casa Peña").encode("cp1252"), COLUMNS)
    assert isinstance(row, SourceRecord) and row.name1 == "Casa Peña"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            ["Facility Name", "Address", "City", "State", "Zip Code", "Telephone", "Service Codes"],
            ["Elm House", "1 Elm Street", "Lowell", "MA", "01852", "978-555-0101", "SA, OP, OIT"],
        ),
        (
            ["NAME_1", "STREET_1", "CITY", "ST", "ZIP5", "PHONE", "SERVICE_CODES"],
            ["Elm House", "1 Elm Street", "Lowell", "MA", 1852, "978-555-0101", "SA;OP;OIT"],
        ),
        (
            ["Program  Name", "Full Address", "Phone Number", "Codes"],
            ["Elm House", "1 Elm Street, Lowell, MA 01852", "978-555-0101", "SA*OP*OIT"],
        ),
    ],
    ids=["titles", "underscores", "one-cell"],
)
def test_columns_of_other_editions(header: list[object], row: list[object]) -> None:
    """Invented forms: headings by aliases, a key sheet before, codes parted otherwise, the address in one cell."""
    key: list[list[object]] = [["Code", "Name"], ["OIT", "Intensive outpatient treatment"]]
    (found,) = read_workbook(workbook(key, [["Directory"], header, row]))
    assert isinstance(found, SourceRecord)
    assert [m.text for m in found.services] == ["SA", "OP", "OIT"]
    (listing,) = DirectoryReader("some").read([found], Origin())
    assert isinstance(listing, Listing)
    assert (listing.street1, listing.city, listing.state, listing.zip) == (
        "1 Elm Street",
        "Lowell",
        "MA",
        "01852",
    )
