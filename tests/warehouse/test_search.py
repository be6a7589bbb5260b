"""Rows of the directory by words, by time, and what filters would leave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from warehouse_world import World, ask, build_world

from warehouse.build import MODELS

Query = Callable[[str], list[str]]


def world() -> World:
    """The usual operators, four of them called otherwise, one with other names."""
    world = World(8)
    names = {
        0: "Recovery Centers of America",
        1: "Center for Family Recovery",
        2: "Clínica Esperanza",
        3: "America's Hope",
    }
    for number, name in names.items():
        for row in [r for r in world.rows["listing"] if r["record_key"] == str(number)]:
            row["organization_name"] = name
            for said in world.find("observation", listing_id=row["listing_id"], field="organization"):
                said["value"] = said["quote"] = name
    world.find("listing", listing_id="su_2025:4")[0]["organization_name"] = "Sunrise Behavioral"
    world.say(world.site(5), "language", "es", "iop/evening")
    return world


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_world(world(), tmp_path_factory.mktemp("search"))


@pytest.fixture
def find(release: Path) -> Query:
    """The services found, likeliest first."""
    return lambda words: [row[0] for row in ask(release, "SELECT service_id FROM search(?)", words)]


@pytest.mark.parametrize(
    "typed",
    [
        "recovery centers of america",
        "RECOVERY CENTER AMERICA",
        "america recovery centres",
        "recovry centers",
        "recovery cen amer",
    ],
)
def test_an_operator_is_found_by_its_name_or_something_like_it(find: Query, typed: str) -> None:
    assert find(typed)[:2] == ["svc_000a", "svc_000b"]


@pytest.mark.parametrize(
    ("typed", "services"),
    [
        ("clinica esperanza", {"svc_002a", "svc_002b"}),
        ("Americas hope", {"svc_003a", "svc_003b"}),
        ("sunrise", {"svc_004a", "svc_004b"}),  # as one directory prints the operator
        ("evening iop sunrise", {"svc_004a"}),
        ("03101 america", {"svc_003a", "svc_003b"}),
        ("new hampshire hope", {"svc_003a", "svc_003b"}),
        ("ptsd sunrise", {"svc_004a"}),
        ("estres postraumatico sunrise", {"svc_004a"}),
        ("sunrise medicaid", {"svc_004a", "svc_004b"}),
        ("sunrise masshealth", {"svc_004a", "svc_004b"}),  # of 4b a list says Medicaid
        ("new hampshire hope masshealth", {"svc_003a"}),  # its site says so, the list Medicaid
        ("español", {"svc_005a"}),
        ("Spanish", {"svc_005a"}),
    ],
)
def test_names_towns_and_words_for_codes_lead_to_rows(find: Query, typed: str, services: set[str]) -> None:
    assert set(find(typed)) == services


@pytest.mark.parametrize("typed", ["", " ", "of the", "sunrise atlantis", "xq", "')--", "x" * 400])
def test_all_words_must_be_there(find: Query, typed: str) -> None:
    assert find(typed) == []


def test_what_holds_the_words_as_typed_comes_first(release: Path, find: Query) -> None:
    assert find("center family")[0] == "svc_001a"
    scores = [row[0] for row in ask(release, "SELECT score FROM search('america')")]
    assert len(scores) == 4 and scores == sorted(scores, reverse=True)


def test_filters_and_number(release: Path) -> None:
    def services(more: str) -> set[str]:
        return {row[0] for row in ask(release, f"SELECT service_id FROM search('america', {more})")}

    assert services("level := 'iop'") == {"svc_000a", "svc_003a"}
    assert services("in_state := 'NH'") == {"svc_003a", "svc_003b"}
    assert len(services("n := 1")) == 1


def test_the_lists_of_rows_are_the_rows_of_the_directory(release: Path) -> None:
    """Every row that a word of the town leads to is in that town: the numbers are DuckDB's."""
    pairs = ask(
        release,
        """SELECT DISTINCT word, city FROM (SELECT word, unnest(rows) AS n FROM search_word JOIN search_posting USING (posting)
        WHERE found_in = 'town' AND word IN ('cambridge', 'boston', 'worcester', 'manchester')) JOIN directory d ON d.rowid = n""",
    )
    assert {(word, city.lower()) for word, city in pairs if word != "worcester"} == {
        (word, word) for word in ("cambridge", "boston", "manchester")
    }


@pytest.mark.parametrize(
    ("clock", "later", "found"),
    [
        ("17:59", "FALSE", False),
        ("18:00", "FALSE", True),
        ("20:59", "FALSE", True),
        ("21:00", "TRUE", False),
        ("9:00", "TRUE", True),
        ("09:00", "FALSE", False),
    ],
)
def test_a_session_runs_from_its_start_until_its_end(
    release: Path, clock: str, later: str, found: bool
) -> None:
    rows = ask(release, f"SELECT session_start, session_end FROM open_at('mo', ?, later := {later})", clock)
    assert set(rows) == ({("18:00", "21:00")} if found else set())
    assert ask(release, "SELECT * FROM open_at('fr', '18:30')") == []


def test_rows_for_a_state_are_those_that_someone_there_can_attend(release: Path) -> None:
    states = [
        state for (state,) in ask(release, "SELECT DISTINCT coalesce(state, provider_state) FROM directory")
    ]
    for state in (*states, "ZZ"):
        one_by_one = "SELECT * FROM directory WHERE is_for_state(state, provider_state, virtual_states, ?)"
        in_parts = ask(release, "FROM for_state(?)", state)
        assert sorted(map(str, in_parts)) == sorted(map(str, ask(release, one_by_one, state)))
    assert ask(release, "FROM for_state('NH')")


def test_the_end_is_that_of_the_first_session() -> None:
    """A session of which no end is stated lends itself none of a later one."""
    with duckdb.connect() as con:
        con.execute("""CREATE TABLE directory AS SELECT 'svc_1' AS service_id,
            [{days: ['mo'], start: '18:00', "end": '19:30'}, {days: ['mo', 'we'], start: '17:30', "end": NULL}] AS schedule""")
        surface = con.extract_statements((MODELS / "92_search.sql").read_text(encoding="utf-8"))
        con.execute(next(macro for macro in surface if "MACRO open_at" in macro.query))
        first = "SELECT session_start, session_end FROM open_at(?, '17:00', later := TRUE)"
        assert (
            con.execute(first, ["mo"]).fetchall()
            == con.execute(first, ["we"]).fetchall()
            == [("17:30", None)]
        )
        assert con.execute(first, ["tu"]).fetchall() == []


def test_days_have_the_codes_of_sessions(release: Path) -> None:
    week = "SELECT list(weekday_of(DATE '2026-03-02' + i::INTEGER) ORDER BY i) FROM range(7) t(i)"
    assert ask(release, week) == [(["mo", "tu", "we", "th", "fr", "sa", "su"],)]


def facets(release: Path, filters: str) -> dict[tuple[str, str | None], tuple[int, int]]:
    rows = ask(release, f"SELECT facet, code, services, not_ticked FROM facets({filters})")
    return {row[:2]: row[2:] for row in rows}


def test_facets_of_what_filters_leave(release: Path) -> None:
    all_of_it = facets(release, "")
    assert all_of_it["level_of_care", "iop"][0] == all_of_it["level_of_care", "op"][0] == 8
    assert all_of_it["state", "NH"][0] == 4
    some = facets(release, "level := 'iop', in_state := 'MA', payer := 'medicaid'")
    assert some["level_of_care", "iop"][0] == 6 and ("level_of_care", "op") not in some
    assert some["language", "es"][0] == 1 and some["language", None][0] == 5  # not stated is no no
    assert some["age", "adults"][0] == 6 and ("age", "adolescents") not in some
    assert not facets(release, "age := 15, level := 'iop'") and not facets(release, "payer := 'aetna'")
    assert facets(release, "age := 40, spoken := 'es', condition := 'trauma', evening := TRUE")[
        "county", "Suffolk"
    ] == (1, 0)


def test_age_groups(query: Callable[..., list[tuple[Any, ...]]]) -> None:
    (row,) = query(
        "SELECT age_groups(18, NULL, NULL), age_groups(12, 17, ['adults']), age_groups(NULL, NULL, ['women', 'adolescents']),"
        " age_groups(NULL, NULL, NULL), age_groups(NULL, 17, NULL)"
    )
    assert [set(groups) for groups in row] == [
        {"adults"}, {"adolescents"}, {"adolescents"}, {None}, {"children", "adolescents"},
    ]  # fmt: skip
