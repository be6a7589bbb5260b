"""`iop extract --by-site`: a page has what its site says where it says nothing itself, and never against its own words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.extract.report import by_site
from pipeline.extract.report.jsonl import extract_jsonl

SITE = "https://www.wren-house.example"
IOP = "Evening IOP\nOur IOP meets Monday and Wednesday, 6 to 9 pm. We treat anxiety."
HOME = (
    "Wren House\nAt Wren House, our IOP and PHP are for adults. We accept Aetna and Cigna.\n"
    "Call 617-555-0142. Visit us at 12 Main Street, Salem, MA 01970."
)


def page(name: str, text: str, site: str = SITE) -> dict[str, str]:
    return {"id": name, "url": f"{site}/{name}", "text": text}


def read(folder: Path, rows: list[object], is_by_site: bool = True) -> dict[str, Any]:
    source, out = folder / "in.jsonl", folder / "out.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    source.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    extract_jsonl(source, out, by_site=is_by_site)
    return {row["id"]: row for row in map(json.loads, out.read_text(encoding="utf-8").splitlines())}


def test_what_the_site_says_where_the_page_is_silent(tmp_path: Path) -> None:
    rows = [page("iop", IOP), page("", HOME)]
    alone, beside = read(tmp_path, [*rows], is_by_site=False)["iop"], read(tmp_path, [*rows])["iop"]
    assert alone["locations"] == alone["phones"] == alone["payers"] == []
    assert beside["locations"] == [
        {"street": "12 Main Street", "city": "Salem", "state": "MA", "zip": "01970"}
    ]
    assert beside["phones"] == ["+16175550142"] and beside["payers"] == ["aetna", "cigna"]
    assert beside["programs"][0]["schedule"] == alone["programs"][0]["schedule"]
    lent = [said for said in beside["evidence"] if "url" in said]
    assert {said["field"] for said in lent} >= {"address", "phone", "payer"}
    for said in lent:
        assert said["url"] == f"{SITE}/" and HOME[said["start"] : said["end"]] == said["quote"]
        assert said["confidence"] <= 0.8 and "of_site" in said["method"]
    for said in beside["evidence"]:
        assert "url" in said or IOP[said["start"] : said["end"]] == said["quote"]


def test_never_against_the_page(tmp_path: Path) -> None:
    own = "Evening IOP\nOur IOP meets Monday and Wednesday, 6 to 9 pm, by video only. We accept Humana. Call 617-555-0177."
    row = read(tmp_path, [page("iop", own), page("", HOME)])["iop"]
    assert row["payers"] == ["humana"] and row["phones"] == ["+16175550177"]


def test_of_several_offices_none_is_lent(tmp_path: Path) -> None:
    other = HOME + "\nOr come to our office at 40 Elm Street, Lowell, MA 01852."
    assert read(tmp_path, [page("iop", IOP), page("", other)])["iop"]["locations"] == []


def test_how_a_level_is_attended_is_lent_to_that_level(tmp_path: Path) -> None:
    video = (
        "Intensive Outpatient Program\nOur IOP is held in person at our Salem office. Our IOP takes adults."
    )
    rows = read(
        tmp_path,
        [
            page("iop", IOP),
            page("programs/iop", video),
            page("php", "PHP\nOur PHP treats anxiety five days a week."),
        ],
    )
    assert rows["iop"]["programs"][0]["in_person"] is True
    assert rows["php"]["programs"][0]["in_person"] is None


def test_hosts_do_not_mix_and_bad_rows_stop_nobody(tmp_path: Path) -> None:
    rows: list[object] = [
        page("iop", IOP), "{broken", {"id": "x", "url": 7, "text": IOP}, page("other", HOME, "https://elsewhere.example"),
        {"id": "y", "url": "http://[bad", "text": IOP}, {"id": "z", "url": f"{SITE}/z", "html": "absent.html"},
    ]  # fmt: skip
    found = read(tmp_path, rows)
    assert len(found) == len(rows)
    assert found["iop"]["payers"] == [] and found["other"]["payers"] == ["aetna", "cigna"]
    assert "error" in found["line 2"] and "error" in found["z"] and "error" not in found["x"]


def test_rows_of_a_host_come_together_in_parts(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(by_site, "MOST_PAGES", 2)
    rows: list[object] = [page("a", IOP), page("b", IOP, "https://b.example"), page("c", IOP), page("", HOME)]
    found = read(tmp_path, rows)
    assert [*found] == ["a", "c", "", "b"]
    assert found["a"]["payers"] == []  # the page that says it is of the next part


def test_a_site_that_cannot_be_put_together_is_read_page_by_page(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(by_site, "with_site", lambda readings: 1 / 0)
    found = read(tmp_path, [page("iop", IOP), page("", HOME)])
    assert found["iop"]["payers"] == [] and found[""]["payers"] == ["aetna", "cigna"]
