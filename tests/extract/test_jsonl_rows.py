"""`iop extract --jsonl`: rows in, rows out; one bad row never stops the others."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.extract.report.jsonl import extract_jsonl

TEXT = (
    "Evening IOP\nOur IOP meets Monday, Wednesday and Friday, 6 to 9 pm. We treat anxiety. Adults 18+. We accept Aetna.\n"
    "Call 617-555-0142. 12 Main Street, Salem, MA 01970"
)


def run(folder: Path, rows: list[object]) -> tuple[list[dict[str, object]], dict[str, int]]:
    source, out = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text(
        "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows), encoding="utf-8"
    )
    counts = extract_jsonl(source, out)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()], counts


def test_a_row_of_text(tmp_path: Path) -> None:
    (row,), counts = run(
        tmp_path, [{"id": "a", "url": "https://harbor-recovery.example/programs/iop", "text": TEXT}]
    )
    assert counts == {"listings": 1, "others": 0, "errors": 0}
    (program,) = row["programs"]  # type: ignore[misc]
    assert program["level_of_care"] == "iop"
    assert program["schedule"] == [{"days": ["mo", "we", "fr"], "start": "18:00", "end": "21:00"}]
    assert program["evening"] is True and program["weekend"] is None
    assert program["conditions"] == ["anxiety"] and program["ages"] == [18, None]
    assert row["payers"] == ["aetna"] and row["phones"] == ["+16175550142"]
    assert row["locations"] == [{"street": "12 Main Street", "city": "Salem", "state": "MA", "zip": "01970"}]
    for said in row["evidence"]:  # type: ignore[attr-defined]
        assert TEXT[said["start"] : said["end"]] == said["quote"]


def test_a_row_of_html_brings_the_text_of_its_offsets(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(f"<main><h1>IOP</h1><p>{TEXT}</p></main>", encoding="utf-8")
    (row,), _ = run(tmp_path, [{"id": "a", "html": "page.html"}])
    text = row["text"]
    assert isinstance(text, str)
    for said in row["evidence"]:  # type: ignore[attr-defined]
        assert text[said["start"] : said["end"]] == said["quote"]


def test_bad_rows_are_told_and_do_not_stop_the_others(tmp_path: Path) -> None:
    rows, counts = run(
        tmp_path,
        [
            "{broken",
            [1],
            {"id": "b"},
            {"id": "c", "html": "absent.html"},
            "",
            {"id": "d", "text": TEXT},
            {"id": "e", "text": ""},
        ],
    )
    assert counts == {"listings": 1, "others": 1, "errors": 4}
    assert [("error" in row) for row in rows] == [True, True, True, True, False, False]
    assert rows[0]["id"] == "line 1" and rows[3]["id"] == "c"
    assert "FileNotFoundError" in str(rows[3]["error"])
    assert all(row["is_listing"] is False for row in rows[:4])
