"""The commands as a person uses them: what they print, what they leave behind, how they exit."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest
from command_line import iop
from filelock import FileLock
from loopback import served
from made_once import made_once

from pipeline.archive.archive import Archive
from pipeline.commands.exit_codes import ExitCode
from pipeline.stage.tables import Stage

LIST = "Name,Street,City,ST,ZIP,Tel,Setting\n" + "".join(
    f"Clinic {n},{n} Main Street,Lowell,MA,01852,978-555-01{n:02},{setting}\n"
    for n, setting in enumerate(("Outpatient Services", "Intensive Outpatient", "Moon Treatment"), start=1)
)
ODD = """Jane Q Sample LCSW,7 Main Street,Lowell,MA,01852,,Outpatient Services
Clinic 9,9 Main Street,Lowell,MA,01852,555-01,Outpatient Services
"""
TABLE = """
[licenses]
kind = "license_list"
title = "Licenses"
path = "list.csv"
state = "MA"
published = 2026-06-01
[licenses.columns]
name1 = "Name"
street1 = "Street"
city = "City"
state = "ST"
zip = "ZIP"
phone = "Tel"
setting = "Setting"
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    (folder / "list.csv").write_text(LIST + ODD)
    (folder / "some.toml").write_text(TABLE)
    return folder


@pytest.fixture(scope="module")
def done(registry: Path) -> Path:
    """A run's directory after one run, beside what it showed (`shown.txt`): read it only."""

    def run(folder: Path) -> None:
        code, shown = iop("run", "--registry", registry, "--out", folder / "out", "--reports")
        assert code == ExitCode.OK and "Release 1 published" in shown, shown
        (folder / "shown.txt").write_text(shown)

    return made_once("one_run", run) / "out"


def test_the_run_counts_what_the_release_has_in_quarantine(done: Path) -> None:
    """A telephone is refused while reading and a person at admission: two in both."""
    shown = (done.parent / "shown.txt").read_text()
    cells = [cell.strip() for line in shown.splitlines() if "licenses" in line for cell in line.split("│")]
    code, text = iop("query", "SELECT reason FROM quarantine ORDER BY ALL", "--out", done, "--format", "csv")
    assert (code, text.split()) == (ExitCode.OK, ["reason", "bad_phone", "individual"])
    assert cells[cells.index("licenses") + 5] == "2"


def test_a_release_is_one_file_under_a_stable_path(done: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{done / 'releases' / 'current'}' AS iop (READ_ONLY)")
        rows = con.execute("SELECT level_of_care, city FROM iop.directory ORDER BY ALL").fetchall()
    assert rows == [("iop", "Lowell"), ("op", "Lowell"), ("op", "Lowell")]


def test_reports_are_written_when_asked_for(done: Path) -> None:
    assert {"index.html", "MA"} <= {path.name for path in (done / "reports").iterdir()}
    assert str(done / "reports" / "index.html") in (done.parent / "shown.txt").read_text()


def test_a_release_stands_when_its_reports_cannot_be_written(registry: Path, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "mine.txt").touch()
    code, text = iop("run", "--registry", registry, "--out", tmp_path, "--reports")
    assert code == ExitCode.PARTIAL
    assert "Release 1 published" in text and "coverage_report: " in text and "give another folder" in text


def test_rows_add_up_and_what_is_unknown_is_shown(done: Path) -> None:
    code, text = iop("query", "SELECT text, rows FROM unmapped", "--out", done, "--format", "csv")
    assert (code, text.splitlines()) == (ExitCode.OK, ["text,rows", "Moon Treatment,1"])
    _, text = iop("query", "SELECT count(*) FROM listing", "--out", done, "--format", "csv")
    assert text.splitlines()[1] == "4", "of five rows; one is a person, who is not listed"


def test_query_shows_a_table_and_reads_only(done: Path) -> None:
    code, text = iop(
        "query", "SELECT organization_name FROM directory WHERE level_of_care = 'iop'", "--out", done
    )
    assert code == ExitCode.OK and "Clinic 2" in text and "1 row" in text
    code, text = iop("query", "DELETE FROM directory", "--out", done)
    assert code == ExitCode.USAGE and "read-only" in text


def test_query_before_any_run_says_what_to_do(tmp_path: Path) -> None:
    code, text = iop("query", "SELECT 1", "--out", tmp_path)
    assert code == ExitCode.FAILED and "iop run" in text


def test_sources_releases_archive_and_explain(done: Path, registry: Path) -> None:
    where = ("--registry", registry, "--out", done)
    assert "healthy" in iop("sources", *where)[1]
    assert "→" in iop("releases", "--verify", *where)[1]
    assert "1" in iop("archive", "stats", *where)[1]
    assert iop("rollback", *where)[0] == ExitCode.FAILED
    _, text = iop("query", "SELECT location_id FROM location LIMIT 1", "--out", done, "--format", "csv")
    assert "licenses:" in iop("explain", text.splitlines()[1], *where)[1]
    assert iop("explain", "loc_none", *where)[0] == ExitCode.USAGE


def test_replay_makes_the_same_release_from_the_archive_alone(
    done: Path, registry: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(done / "archive", run / "archive")
    code, text = iop("replay", "--registry", registry, "--out", run)
    assert code == ExitCode.OK, text
    for table in ("directory", "claim", "observation", "crosswalk"):
        before, after = (contents(out, table) for out in (done, run))
        assert before and before == after


def test_replay_as_of_a_day_publishes_what_was_known_at_its_end(
    done: Path, registry: Path, tmp_path: Path
) -> None:
    out = tmp_path / "then"
    shutil.copytree(done / "archive", out / "archive")
    with Archive(out / "archive") as archive:
        day = max(document.fetched_at for document in archive.documents()).date()
    code, text = iop("replay", "--as-of", day, "--registry", registry, "--out", out)
    assert code == ExitCode.OK, text
    assert contents(out, "observation") == contents(done, "observation")
    (tmp_path / "CenPop2010_Mean_BG44.txt").touch()  # of another census: told, and published without it
    before = ("--as-of", f"{day - timedelta(days=1)}T23:59:59")
    code, text = iop("replay", *before, "--registry", registry, "--out", out, "--geography", tmp_path)
    assert "CenPop2010_Mean_BG44.txt: is of 2010" in text
    assert Stage(out / "stage").read("listing").height == 0, "nothing was known on the day before"


def contents(out: Path, table: str) -> list[tuple[object, ...]]:
    """A table of the current release, without the dates of the run that made it."""
    dates = "COLUMNS(lambda c: c NOT IN ('first_linked', 'last_linked'))"
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{out / 'releases' / 'current'}' AS iop (READ_ONLY)")
        return con.execute(f"SELECT {dates} FROM iop.{table} ORDER BY ALL").fetchall()


def test_a_wrong_registry_names_file_key_and_remedy(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[x]\nkind = "provider_site"\nurl = "nowhere"\n')
    code, text = iop("sources", "check", "--registry", tmp_path)
    assert code == ExitCode.USAGE and "bad.toml: x.url" in text and "https://" in text
    code, text = iop("run", "--registry", tmp_path, "--out", tmp_path / "out")
    assert code == ExitCode.USAGE and "no usable source" in text


def test_an_unknown_source_or_profile_is_told(registry: Path, tmp_path: Path) -> None:
    code, text = iop("run", "--registry", registry, "--source", "license", "--out", tmp_path)
    assert code == ExitCode.USAGE and "did you mean licenses" in text
    code, text = iop("run", "--profile", "mars")
    assert code == ExitCode.USAGE and "massachusetts" in text


def test_two_runs_do_not_share_a_directory(registry: Path, tmp_path: Path) -> None:
    with FileLock(tmp_path / ".lock"):
        code, text = iop("run", "--registry", registry, "--out", tmp_path)
    assert code == ExitCode.FAILED and "Another run" in text


def test_extract_takes_text_and_pages_and_survives_a_bad_row(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<h1>Our Intensive Outpatient Program</h1><p>Our IOP treats depression.</p>"
    )
    rows = [
        {"id": "a", "html": "page.html"},
        {"id": "b", "html": "missing.html"},
        {"id": "c", "text": "Our IOP."},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\nnot json\n")
    code, _ = iop("extract", "--jsonl", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    found = {row.get("id"): row for row in map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())}
    assert code == ExitCode.PARTIAL
    assert {"a", "b", "c"} <= found.keys()
    assert "error" in found["b"]
    for item in found["a"]["evidence"]:
        assert found["a"]["text"][item["start"] : item["end"]] == item["quote"]


def test_inspect_shows_facts_with_their_words(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<title>IOP | Elm House</title><h1>Our Intensive Outpatient Program</h1><p>Our IOP treats PTSD.</p>"
    )
    code, text = iop("inspect", page)
    assert code == ExitCode.OK and "ptsd" in text and "Our IOP treats PTSD" in text
    assert iop("inspect", tmp_path / "none.html")[0] == ExitCode.USAGE
    code, text = iop("inspect", "http://harborlight.example/programs/iop")  # of the demo world
    assert code == ExitCode.OK and "iop" in text


def test_eval_scores_labelled_pages_and_remembers(tmp_path: Path) -> None:
    facts = {"is_listing": True, "levels_of_care": ["iop"], "conditions": ["ptsd"]}
    row = {
        "id": "a",
        "text": "Our Intensive Outpatient Program\nOur IOP treats PTSD in adults.",
        "gold": facts,
        "second": facts,
    }
    (tmp_path / "gold.jsonl").write_text(json.dumps(row) + "\n")
    for _ in range(2):
        code, text = iop("eval", tmp_path / "gold.jsonl", "--history", tmp_path / "history.jsonl")
        assert code == ExitCode.OK and "all_facts" in text
    assert len((tmp_path / "history.jsonl").read_text().splitlines()) == 2


def test_extract_of_broken_bytes_and_half_characters(tmp_path: Path) -> None:
    rows = b'\xff\xfe{"id": 1}\n{"id": "b", "text": "Our IOP \\ud800 treats PTSD"}\n[1]\n'
    (tmp_path / "in.jsonl").write_bytes(rows)
    code, _ = iop("extract", "--jsonl", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert code == ExitCode.PARTIAL
    assert [row["id"] for row in found if "error" in row] == ["line 1", "line 3"]


def test_match_of_no_records_and_of_repeated_ids(tmp_path: Path) -> None:
    header = "record_id,source,name1,name2,street1,street2,city,state,zip,phone,intake,website\n"
    (tmp_path / "none.csv").write_text(header)
    assert iop("match", tmp_path / "none.csv", "--out", tmp_path / "out.csv")[0] == ExitCode.OK
    assert (tmp_path / "out.csv").read_text() == "record_id,organization_id,location_id\n"
    (tmp_path / "twice.csv").write_text(header + "a,S,x,,,,,,,,,\n" * 2)
    code, text = iop("match", tmp_path / "twice.csv", "--out", tmp_path / "out.csv")
    assert code == ExitCode.USAGE and "more than one record: a" in text


def test_match_writes_an_id_for_every_record(tmp_path: Path) -> None:
    header = "record_id,source,name1,name2,street1,street2,city,state,zip,phone,intake,website\n"
    row = "Elm House,,1 Elm Street,,Lowell,MA,01852,978-555-0101,,\n"
    (tmp_path / "in.csv").write_text(
        header + f"a,SU,{row}b,MH,{row}c,SU,Oak,,9 Oak Road,,Lynn,MA,01902,781-555-0102,,\n"
    )
    assert iop("match", tmp_path / "in.csv", "--out", tmp_path / "out.csv")[0] == ExitCode.OK
    lines = [line.split(",") for line in (tmp_path / "out.csv").read_text().splitlines()]
    assert lines[0] == ["record_id", "organization_id", "location_id"]
    place = {record: location for record, _, location in lines[1:]}
    assert place["a"] == place["b"] != place["c"]
    (tmp_path / "bad.csv").write_text("record_id,name1\na,Elm\n")
    code, text = iop("match", tmp_path / "bad.csv", "--out", tmp_path / "out.csv")
    assert code == ExitCode.USAGE and "street1" in text


class Slow(BaseHTTPRequestHandler):
    """Answers the first page, and keeps the second waiting until the test is over."""

    asked: threading.Event
    over: threading.Event

    def do_GET(self) -> None:
        if "slow" in self.path:
            self.asked.set()
            self.over.wait(60)
        page = b'<h1>Our IOP</h1><p>Our program treats adults.</p><a href="/slow-iop-program">Our IOP program</a>'
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # the run was interrupted meanwhile
            self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def slow_site() -> Iterator[str]:
    Slow.asked, Slow.over = threading.Event(), threading.Event()
    with served(ThreadingHTTPServer(("127.0.0.1", 0), Slow)) as address:
        yield f"{address}/"
        Slow.over.set()


@pytest.mark.timeout(300)
def test_an_interrupted_run_breaks_nothing_and_the_next_goes_on(
    registry: Path, tmp_path: Path, slow_site: str
) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "list.csv").write_text(LIST)
    site = f'\n[elm]\nkind = "provider_site"\ntitle = "Elm House"\nurl = "{slow_site}"\nstate = "MA"\nallow_loopback = true\n'
    (folder / "some.toml").write_text(TABLE + site)
    where = ("--registry", str(folder), "--out", str(tmp_path / "out"))
    command = [sys.executable, "-m", "pipeline.cli", "run", *where]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert Slow.asked.wait(90)
    run.send_signal(signal.SIGINT)
    text, _ = run.communicate(timeout=60)
    assert run.returncode == ExitCode.INTERRUPTED, text
    assert "Interrupted" in text and "Traceback" not in text
    assert not (tmp_path / "out" / "releases" / "current").exists()
    Slow.over.set()
    code, text = iop("run", *where)
    assert code == ExitCode.OK and "Release 1 published" in text
