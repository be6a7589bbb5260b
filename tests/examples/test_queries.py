"""The queries of a directory app: each runs as it is, and answers what its comment says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from asking import EXAMPLES, QUERIES, opened, rows_of


@contextmanager
def asked_of(release: Path) -> Iterator[Callable[..., list[dict[str, Any]]]]:
    """`ask(file, name=value, …)` → rows as dictionaries. Values replace those at the top of the file."""
    with opened(release) as connection:

        def run(name: str, **values: object) -> list[dict[str, Any]]:
            sql = QUERIES[name]
            for variable, value in values.items():
                sql, count = re.subn(rf"(SET VARIABLE {variable} = ).*;", rf"\g<1>{value!r};", sql)
                assert count == 1, f"{name} has no variable {variable}"
            return rows_of(connection.execute(sql))

        yield run


@pytest.fixture
def ask(release: Path):
    with asked_of(release) as ask:
        yield ask


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["service_id"] for row in rows]


def test_there_are_fifteen_and_the_readme_names_them() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert len(QUERIES) == 15
    assert re.findall(r"^\| \[(\d\d_\w+\.sql)\]\(\1\)", readme, re.M) == [*QUERIES]


@pytest.mark.parametrize("name", QUERIES)
def test_order_is_total(ask, name: str) -> None:
    assert ask(name) == ask(name)


def test_near_comes_before_virtual(ask) -> None:
    rows = ask("01_near.sql")
    near = [row for row in rows if row["found"] == "near"]
    assert rows[: len(near)] == near
    assert {row["city"] for row in near} == {"Cambridge", "Boston"}
    assert [row["km"] for row in near] == sorted(row["km"] for row in near)
    assert all(row["km"] <= 15 for row in near)
    assert "svc_virtual_iop" in ids(rows[len(near) :])
    assert not ids(ask("01_near.sql", lat=61.2, lon=-149.9, state="AK"))


def test_evening_condition_and_payer(ask) -> None:
    def found(**more: object) -> list[dict[str, Any]]:
        return ask("02_evening_condition_payer.sql", county="Middlesex", **more)

    rows = found()  # Medicaid: MassHealth is one of its kinds
    assert {row["city"] for row in rows} == {"Cambridge"}
    assert all("masshealth" in row["payers"] and row["in_network"] for row in rows)
    assert (
        ids(found(payer="masshealth")) == ids(found(condition="ptsd")) == ids(rows)
    )  # stated as PTSD, found as trauma
    assert not found(condition="psychosis")  # denied
    assert not found(payer="aetna")


def test_teens_by_age_and_not_by_absence_of_one(ask) -> None:
    assert ids(ask("03_teens.sql")) == ["svc_virtual_iop"]
    adults = ids(ask("03_teens.sql", age=40))
    assert "svc_000a" in adults and "svc_virtual_iop" not in adults
    assert "svc_waiting_iop" not in adults  # says nothing of ages


def test_spanish(ask) -> None:
    assert ids(ask("04_spanish.sql")) == ["svc_001a", "svc_virtual_iop"]
    assert not ask("04_spanish.sql", language="ht")


def test_accepting_shows_when_that_was_said(ask) -> None:
    rows = ask("05_accepting.sql")
    assert rows and all(row["accepting_verified"] is not None for row in rows)
    assert not {"svc_waiting_iop", "svc_closed_iop"} & set(ids(rows))


def test_fresh_only(ask) -> None:
    rows = ask("06_fresh.sql")
    assert {row["freshness"] for row in rows} <= {"fresh", "due"}
    assert [row["confidence"] for row in rows] == sorted((row["confidence"] for row in rows), reverse=True)


def test_organization(ask) -> None:
    assert ask("07_organization.sql")
    assert ids(ask("07_organization.sql", organization="org_000")) == ["svc_000a", "svc_000b"]
    assert not ask("07_organization.sql", organization="org_nobody")


def test_search_takes_all_words_in_any_order(ask) -> None:
    rows = ask("08_search.sql", words="recovery cambridge")
    assert {row["city"] for row in rows} == {"Cambridge"}
    assert ids(ask("08_search.sql", words="CAMBRIDGE Récovery")) == ids(rows)
    assert not ask("08_search.sql", words="recovery atlantis")
    assert not ask("08_search.sql", words=" ")


def test_search_forgives_a_slip_and_knows_other_names(ask) -> None:
    rows = ids(ask("08_search.sql", words="recovery cambridge"))
    assert ids(ask("08_search.sql", words="recvoery cambrige")) == rows
    assert set(ids(ask("08_search.sql", words="recovery cambridge inc"))) == set(
        rows
    )  # as a directory prints it
    assert not ask("08_search.sql", words="rexxxery cambridge")


def test_changes_since(ask) -> None:
    rows = ask("09_changes.sql")
    changed = {(row["entity_id"], row["field"], row["kind"]) for row in rows if row["cause"] != "first_seen"}
    assert changed == {("loc_000", "phone", "removed"), ("svc_001a", "language", "added")}
    assert ask("09_changes.sql", since="2026-02-23 12:00") == rows  # a week before the release
    new = ask("09_changes.sql", state="NH")
    assert {row["cause"] for row in new} == {"first_seen"}
    assert not ask("09_changes.sql", state="NH", since="2026-03-02 12:00")


def test_facets_count_what_is_not_stated(ask) -> None:
    rows = {(row["facet"], row["code"]): row for row in ask("10_facets.sql")}
    total = 8  # five of operators, one closed, one with a waiting list, one virtual that serves the state
    assert sum(row["services"] for (facet, _), row in rows.items() if facet == "evening") == total
    assert rows["evening", "true"]["services"] == 6
    assert (rows["evening", None]["services"], rows["evening", None]["label"]) == (2, "Not stated")
    assert rows["county", "Middlesex"]["services"] == 2
    assert rows["condition", "ptsd"]["label"] == "Post-traumatic stress (PTSD)"
    spanish = {(row["facet"], row["code"]): row["label"] for row in ask("10_facets.sql", language="es")}
    assert spanish["condition", "ptsd"] == "Estrés postraumático (TEPT)"
    assert spanish["evening", None] == "No se indica"


def test_around_a_place_that_is_named_or_misspelt(ask) -> None:
    rows = ask("11_place.sql")
    assert {row["place"] for row in rows} == {"Cambridge, MA"}
    assert {row["city"] for row in rows} == {"Cambridge", "Boston"}
    assert [row["km"] for row in rows] == sorted(row["km"] for row in rows)
    by_zip = ask("11_place.sql", place="02139", km=3)
    assert {row["place"] for row in by_zip} == {"Cambridge, MA 02139"} and set(ids(by_zip)) < set(ids(rows))
    assert not ask("11_place.sql", place="atlantis")


def test_virtual_in_a_state(ask) -> None:
    rows = ask("12_virtual.sql")
    assert rows[0]["service_id"] == "svc_virtual_iop" and rows[0]["says_so"]
    assert ids(ask("12_virtual.sql", state="NH"))[0] == "svc_virtual_iop"
    assert "svc_virtual_iop" not in ids(ask("12_virtual.sql", state="VT"))


def test_open_now_and_later_today(ask) -> None:
    rows = ask("13_open.sql")
    assert rows and {row["session_start"] for row in rows} == {"18:00"}
    assert not any(row["runs_now"] for row in rows)
    assert all(row["runs_now"] for row in ask("13_open.sql", clock="20:59"))
    assert not ask("13_open.sql", clock="21:00") and not ask("13_open.sql", day="su")
    assert ids(ask("13_open.sql", day="sa", clock="08:00")) == ["svc_waiting_iop"]


def test_a_teenager_in_the_evening_in_spanish(ask) -> None:
    (row,) = ask("14_teen_evening_payer.sql")
    assert (row["service_id"], row["delivery"]) == ("svc_virtual_iop", "En línea")
    assert row["payer_answer"].startswith("No se indica")
    adults = ask("14_teen_evening_payer.sql", age=40)
    assert "svc_virtual_iop" not in ids(adults)
    assert adults[0]["payer_answer"] == "Sí" and "Estrés postraumático (TEPT)" in adults[0]["conditions"]


def test_a_list_that_says_medicaid_answers_for_masshealth_where_that_is_its_name(
    release: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.duckdb"
    shutil.copy(release, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("UPDATE directory SET payers = ['medicaid'], payers_all = ['medicaid']")
    with asked_of(copy) as ask:
        for payer, answer in (("masshealth", "Sí"), ("medicaid", "Sí"), ("medi_cal", "No se indica")):
            rows = {row["service_id"]: row for row in ask("14_teen_evening_payer.sql", age=40, payer=payer)}
            assert rows["svc_002a"]["payer_answer"].startswith(answer), payer


def test_a_program_by_its_id(ask) -> None:
    (row,) = ask("15_program.sql", id="svc_000a")
    assert row["service_id"] == row["program"]["service_id"] == "svc_000a" and row["became"] is None
    (none,) = ask("15_program.sql", id="svc_nothing")
    assert none["service_id"] is None
