"""From release to release: what changed and why, the directory as it was, first sights that are kept, takedowns."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console
from warehouse_world import NOW, World, ask, build_world

from sources.kinds import trust
from warehouse.audit import audit
from warehouse.build import build
from warehouse.diff import diff
from warehouse.freshness import fact_ages, source_ages
from warehouse.inputs import StageError
from warehouse.overrides import OverrideError
from warehouse.reference import KindError, VocabularyError

LATER = NOW + timedelta(days=30)


def read_again(world: World, at: Any) -> None:
    """Every source was read again and says the same."""
    for table in ("listing", "observation"):
        for row in world.rows[table]:
            row["observed_at"] = at
    for row in world.rows["document"]:
        row["fetched_at"] = at
    world.now = at


@pytest.fixture(scope="module")
def second(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month later: everything was read again, and every provider changed in another way."""
    world = World()
    read_again(world, LATER)

    def value(number: int, field: str, new: str, sha: str | None = "new") -> None:
        for row in world.find("observation", source_id=f"site_{number:03}", field=field):
            row["value"] = new
            row["document_sha256"] = sha or row["document_sha256"]

    value(0, "hours_per_week", "[12, 12]")  # the page changed
    value(1, "hours_per_week", "[12, 12]", sha=None)  # the same page is read otherwise
    for table in ("source", "document", "listing", "observation"):  # a site is lost
        world.drop(table, source_id="site_002")
    world.drop("listing_service", listing_id="site_002:2")
    world.drop("crosswalk", listing_id="site_002:2")
    world.say(world.site(3), "condition", "bipolar", "iop/evening")  # one more condition
    world.drop("observation", source_id="site_004", field="virtual")  # no longer stated
    for row in world.find("crosswalk", entity_id="org_005"):  # merged into another
        row["entity_id"] = "org_006"
    world.find("ledger", entity_id="org_005")[0].update(status="redirected", redirect_to="org_006")
    listing = world.site(7)  # a new service
    world.add(
        "listing_service",
        listing_id=listing["listing_id"],
        service_key="php",
        level_of_care="php",
        name="PHP",
    )
    world.entity("service", "svc_new", [(listing, "php")])
    folder = tmp_path_factory.mktemp("second")
    overrides = folder / "overrides"
    overrides.mkdir()
    (overrides / "correction.csv").write_text(
        "id,field,value,who,when,why\n"
        "svc_008a,accepting,waitlist,ann,2026-03-20,the provider called\n"
        'site_009:9#iop/evening,hours_per_week,"[10, 10]",ann,2026-03-20,misread\n'
    )
    (overrides / "takedown.csv").write_text(
        "id,who,when,why\norg_00a,ann,2026-03-20,asked to\nsvc_00cb,ann,2026-03-20,ended\n"
        "site_013:13,ann,2026-03-20,asked to\nsite_00x:1,ann,2026-03-20,gone\n"
    )
    return build_world(world, folder, previous=built, overrides=overrides, marked=True)


def changes(path: Path, entity: str) -> list[tuple[Any, ...]]:
    return ask(
        path,
        "SELECT field, old_value, new_value, kind, cause, source_id FROM changes WHERE entity_id = ? ORDER BY ALL",
        entity,
    )


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        ("svc_000a", [("hours_per_week", "[9, 9]", "[12, 12]", "changed", "source_changed", "site_000")]),
        ("svc_001a", [("hours_per_week", "[9, 9]", "[12, 12]", "changed", "reading_changed", "site_001")]),
        ("svc_003a", [("condition", None, "bipolar", "added", "reading_changed", "site_003")]),
        ("svc_004a", [("virtual", "true", None, "removed", "reading_changed", "site_004")]),
        ("org_005", [("entity", "org_005", "org_006", "changed", "merged", None)]),
        ("svc_new", [("entity", None, "svc_new", "added", "appeared", None)]),
        ("svc_008a", [("accepting", "accepting", "waitlist", "changed", "correction", "override")]),
        ("svc_009a", [("hours_per_week", "[9, 9]", "[10, 10]", "changed", "correction", "override")]),
        ("svc_00ba", []),
    ],
)
def test_changes_say_what_and_why(second: Path, entity: str, expected: list[tuple[Any, ...]]) -> None:
    assert changes(second, entity) == expected


def test_a_lost_source_is_the_cause(second: Path) -> None:
    found = changes(second, "svc_002a")
    assert ("condition", "ptsd", None, "removed", "source_lost", "site_002") in found
    assert {cause for *_, cause, _ in found} == {"source_lost"}


def test_verification_alone_is_no_change(second: Path) -> None:
    untouched = (
        "SELECT count(*) FROM changes WHERE entity_id IN ('svc_00ba', 'loc_00b', 'org_00b', 'svc_00bb')"
    )
    assert ask(second, untouched) == [(0,)]
    row = "SELECT first_seen, last_verified FROM directory WHERE service_id = 'svc_00ba'"
    assert ask(second, row) == [(NOW - timedelta(days=1), LATER)]


def test_the_directory_as_it_was(second: Path) -> None:
    hours = "SELECT hours_per_week_min FROM {} WHERE service_id = 'svc_000a'"
    for source, value in (
        (f"directory_as_of('{NOW + timedelta(days=3)}')", 9.0),
        (f"directory_as_of('{LATER}')", 12.0),
        ("directory_as_of_release(1)", 9.0),
        ("directory_as_of_release(2)", 12.0),
        ("directory", 12.0),
    ):
        assert ask(second, hours.format(source)) == [(value,)], source
    assert ask(second, f"SELECT count(*) FROM directory_as_of('{NOW - timedelta(days=1)}')") == [(0,)]
    now = "SELECT service_id, conditions FROM {} ORDER BY ALL"
    assert ask(second, now.format("directory_as_of_release(2)")) == ask(second, now.format("directory"))


def test_a_takedown_is_honoured_everywhere(second: Path, built: Path) -> None:
    words = (
        "org_00a",
        "loc_00a",
        "svc_00aa",
        "svc_00ab",
        "Example Recovery 10",
        "EXAMPLE RECOVERY 10 INC",
        "site_010",
    )
    columns = ask(
        second,
        "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR' AND database_name = 'iop' "
        "AND table_name NOT IN ('source', 'document', 'ledger', 'source_health', 'id_bridge')",  # ids alone stay
    )
    assert len(columns) > 100
    gone = ", ".join(f"'{word}'" for word in words)
    parts = [f"SELECT '{t}.{c}' FROM {t} WHERE \"{c}\" IN ({gone})" for t, c in columns]
    assert ask(second, " UNION ALL ".join(parts)) == []
    assert ask(second, "SELECT count(*) FROM directory_as_of_release(1)") == [(43,)]
    assert ask(
        second,
        "SELECT DISTINCT new_id, why, current_id FROM id_bridge WHERE old_id LIKE '%\\_00a%' ESCAPE '\\'",
    ) == [(None, "withdrawn", None)]
    assert ask(second, "SELECT label FROM ledger WHERE entity_id IN ('org_00a', 'svc_00aa')") == [
        (None,),
        (None,),
    ]
    assert ask(built, "SELECT count(*) FROM directory WHERE organization_id = 'org_00a'") == [(2,)]


def test_one_service_or_one_listing_can_be_taken_down(second: Path) -> None:
    assert ask(second, "SELECT service_id FROM directory WHERE location_id = 'loc_00c'") == [("svc_00ca",)]
    assert ask(second, "SELECT count(*) FROM observation WHERE entity_id = 'svc_00cb'") == [(0,)]
    assert ask(second, "SELECT source_id FROM listing WHERE record_key = '13'") == [("su_2025",)]
    assert ask(second, "SELECT source_count, service_name FROM directory WHERE service_id = 'svc_00da'") == [
        (1, None)
    ]


def test_history_is_carried_through_a_third_release(second: Path, make: Callable[..., Path]) -> None:
    world = World()
    read_again(world, LATER + timedelta(days=30))
    third = make(world, "third", previous=second)
    assert ask(third, "SELECT release, previous_release FROM release_info") == [(3, 2)]
    causes = "SELECT DISTINCT release FROM changes WHERE entity_id = 'svc_000a' ORDER BY ALL"
    assert ask(third, causes) == [(2,), (3,)]
    hours = "SELECT hours_per_week_min, from_release, to_release FROM directory_history WHERE service_id = 'svc_000a' ORDER BY valid_from"
    assert ask(third, hours) == [(9.0, 1, 2), (12.0, 2, 3), (9.0, 3, None)]
    assert changes(third, "svc_002a")[-1][4] in ("source_lost", "source_added")


def test_a_release_with_history_passes_its_audit(second: Path, built: Path) -> None:
    """Rows of the past may name entities that are gone; a merge, a takedown and a lost site are no breakage."""
    report = audit(second, built, LATER)
    assert not report.errors, report.errors


def test_diff_is_for_people(built: Path, second: Path) -> None:
    found = diff(built, second)
    assert (found.a, found.b) == (1, 2)
    assert found.entities == {"organization": (0, 2), "location": (0, 1), "service": (1, 3)}
    assert found.fields["service", "hours_per_week"] == (0, 2, 3)
    assert ("service", "svc_000a", "[9, 9]", "[12, 12]") in {
        (c.entity_type, c.entity_id, c.old, c.new) for c in found.examples
    }
    with Console(width=100, record=True, quiet=True) as console:
        console.print(found)
    assert not diff(built, built).fields


def test_ages_go_on_after_publishing(built: Path) -> None:
    ok = {age.field for age in fact_ages(built, NOW) if age.ok}
    assert "accepting" in ok
    later = {age.field: age for age in fact_ages(built, NOW + timedelta(days=45))}
    assert not later["accepting"].ok
    assert later["population"].ok
    assert later["accepting"].median_days == 46
    assert all(age.ok for age in source_ages(built, NOW + timedelta(days=45)))
    assert not any(age.ok for age in source_ages(built, NOW + timedelta(days=75)))


def test_inputs_that_do_not_fit_say_so(tmp_path: Path) -> None:
    import polars as pl
    from warehouse_world import VOCABULARY

    stage = World(providers=1).write(tmp_path / "stage")
    file = stage / "listing" / "all.parquet"
    good = pl.read_parquet(file)
    arguments: dict[str, Any] = {"trust": trust(), "previous": None, "overrides": None, "now": NOW, "run": {}}
    for frame, said in (
        (good.drop("zip"), "table listing, column zip .*missing"),
        (
            good.with_columns(latitude=pl.lit("north")),
            "table listing, column latitude .*VARCHAR and should be DOUBLE",
        ),
    ):
        frame.write_parquet(file)
        with pytest.raises(StageError, match=said):
            build(stage, VOCABULARY, tmp_path / "x.duckdb", **arguments)
    file.write_bytes(b"not parquet")
    with pytest.raises(StageError, match=r"listing: a Parquet file cannot be read"):
        build(stage, VOCABULARY, tmp_path / "x.duckdb", **arguments)
    good.write_parquet(file)
    (tmp_path / "correction.csv").write_text("id,field,value,who,when,why\nx,accepting,closed,ann,soon,why\n")
    with pytest.raises(OverrideError, match="line 2: column when: 'soon' is not a date"):
        build(stage, VOCABULARY, tmp_path / "x.duckdb", **(arguments | {"overrides": tmp_path}))
    with pytest.raises(KindError, match="su_2025 is of the kind 'samhsa_directory'"):
        build(
            stage,
            VOCABULARY,
            tmp_path / "x.duckdb",
            **(arguments | {"trust": {"provider_site": (1, 0.9, None, True)}}),
        )
    with pytest.raises(VocabularyError, match=r"conditions\.csv is missing"):
        build(stage, tmp_path, tmp_path / "x.duckdb", **arguments)


def test_another_zone_mark_is_the_same_moment(second: Path) -> None:
    """The second release was built from Parquet with marked UTC times."""
    assert ask(second, "SELECT DISTINCT observed_at FROM observation WHERE source_id = 'su_2025'") == [
        (LATER,)
    ]


def test_keys_survive_the_numbers_of_javascript(second: Path) -> None:
    """No number of a release is beyond 2^53, where JSON loses its last digits in a browser."""
    columns = ask(
        second,
        """SELECT table_name, CASE WHEN data_type LIKE '%[]' THEN format('list_max("{}")', column_name) ELSE format('"{}"', column_name) END
        FROM duckdb_columns() WHERE database_name = 'iop' AND data_type LIKE '%INT%'""",
    )
    most = [f"SELECT max(abs({number})) AS most FROM {table}" for table, number in columns]
    assert len(most) > 50
    assert ask(second, f"SELECT max(most) < 2::BIGINT ** 53 FROM ({' UNION ALL '.join(most)})") == [(True,)]


def test_a_release_whose_keys_were_numbers_goes_on(
    built: Path, make: Callable[..., Path], tmp_path: Path
) -> None:
    """Before, `claim_id` was a number: the same claims are no changes, and keep when they were first seen."""
    old = tmp_path / "old.duckdb"
    shutil.copy(built, old)
    with duckdb.connect(old) as connection:
        for table in ("claim", "observation"):
            connection.execute(f"ALTER TABLE {table} ALTER claim_id TYPE BIGINT")
        connection.execute("ALTER TABLE directory_history ALTER row_hash TYPE BIGINT")
    world = World()
    read_again(world, LATER)
    new = make(world, previous=old)
    assert ask(new, "SELECT count(*) FROM changes") == [(0,)]
    assert ask(new, "SELECT count(*) FROM directory_history WHERE valid_to IS NOT NULL") == [(0,)]
    assert ask(new, "SELECT max(first_seen) FROM claim") == ask(built, "SELECT max(first_seen) FROM claim")


def test_what_stays_beside_a_takedown_keeps_its_row(make: Callable[..., Path], tmp_path: Path) -> None:
    """A record of the operator is taken down; a program of another, that says what it said, is still in the history."""
    world = World(2)
    world.site(1)["organization_name"] = name = "EXAMPLE RECOVERY 1 INC"  # as all of its listings print it
    world.find("observation", source_id="site_001", field="organization")[0]["value"] = name
    beside = world.listing("su_2025", 1, name, 100)
    world.service(beside, "php", "php", None)
    world.entity("service", "svc_php", [(beside, "php")])
    for kind, entity in (("organization", "org_001"), ("location", "loc_001")):
        world.entity(kind, entity, [(beside, None)])
        world.rows["ledger"].pop()
    first = make(world, "first")
    (tmp_path / "takedown.csv").write_text("id,who,when,why\nsu_2025:100,ann,2026-03-20,asked to\n")
    later = make(world, "later", previous=first, overrides=tmp_path)
    rows = "SELECT service_id FROM {} ORDER BY ALL"
    assert ask(later, rows.format("directory_as_of_release(2)")) == ask(later, rows.format("directory"))
    assert ("svc_001b",) in ask(later, rows.format("directory"))
