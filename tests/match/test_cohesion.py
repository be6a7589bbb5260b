"""Operators that one bridge would join stay apart and are asked about; true chains stay whole."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.match.cluster import cluster
from pipeline.match.cohesion import Cohesion
from pipeline.match.model import match_records
from pipeline.match.review import review_queue

Make = Callable[..., pl.DataFrame]
Row = dict[str, Any]

FAR = {"street1": "7 Lake Road", "city": "Cedar", "state": "OR", "zip": "97001"}
FARTHER = {"street1": "9 Hill Road", "city": "Birch", "state": "NY", "zip": "12001"}


TOWNS = {"413": "Willow", "617": "Larch", "508": "Rowan", "781": "Hazel", "205": "Aspen"}


def chain(name: str, count: int, area: str, intake: str = "", **known: str) -> list[Row]:
    """Sites of one operator in towns of their own, each with a phone of its own."""
    return [
        {
            "name1": name,
            "street1": f"{n} Oak Street",
            "city": f"{TOWNS[area]} {chr(96 + n)}",
            "zip": f"{area}{n:02d}",
            "phone": f"{area}-555-01{n:02d}",
            "intake": intake,
            **known,
        }
        for n in range(1, count + 1)
    ]


ONE = chain("Zalvora Recovery", 6, "413", "888-555-0142")
TWO = chain("Quendil Services", 6, "617", "888-555-0177")
BESIDE = {"city": TWO[0]["city"], "zip": TWO[0]["zip"], "street1": "90 Elm Street"}
PRINTS_THE_OTHER = {**ONE[0], **BESIDE, "name2": "Quendil Services", "intake": "888-555-0177"}


def groups(frame: pl.DataFrame, *members: Iterable[int]) -> list[set[str]]:
    """The operators of some rows."""
    of = dict(match_records(frame).assignments.select("record_id", "organization_id").iter_rows())
    return [{of[f"r{n}"] for n in rows} for rows in members]


def test_a_row_that_prints_another_operator_as_its_site_joins_no_two_operators(records: Make) -> None:
    one, two = groups(records(*ONE, *TWO, PRINTS_THE_OTHER), range(6), range(6, 12))
    assert len(one) == len(two) == 1 and one != two


def test_one_shared_intake_number_joins_no_two_operators(records: Make) -> None:
    alike = [{**row, "name1": "Zalvora Quendil Recovery"} for row in ONE]
    shared = {**alike[0], "intake": "888-555-0177", "city": TWO[0]["city"], "zip": TWO[0]["zip"]}
    one, two = groups(records(*ONE, *TWO, {**shared, "name1": "Zalvora Recovery"}), range(6), range(6, 12))
    assert len(one) == len(two) == 1 and one != two


@pytest.mark.parametrize("name", ["Harmony House", "New Connections", "Crossroads"])
def test_a_common_name_in_another_state_joins_nobody(records: Make, name: str) -> None:
    here, there = {"name1": name, "phone": "413-555-0101"}, {"name1": name, "phone": "541-555-0101", **FAR}
    site = {"name1": "Zalvora Services", "name2": name, "phone": "315-555-0101", **FARTHER}
    of = match_records(records(here, there, site)).assignments
    assert of["organization_id"].n_unique() == 3


def test_a_name_of_the_building_next_door_is_not_the_name_of_the_chain(records: Make) -> None:
    """One record bears a chain's name; its neighbours in the house bear another."""
    house = chain("Central Alder Wellness", 4, "205")
    namesake = {**house[0], "name1": "Zalvora Recovery"}
    one, two = groups(records(*ONE, *house, namesake, namesake), range(6), range(6, 10))
    assert len(one) == len(two) == 1 and one != two


def test_a_cut_bridge_waits_for_a_person(records: Make) -> None:
    frame = records(*ONE, *TWO, PRINTS_THE_OTHER)
    queue = review_queue(match_records(frame).pairs)
    cut = queue.filter(
        (pl.col("level") == "organization") & pl.col("reasons").str.contains("too little else")
    )
    row = cut.row(0, named=True)
    assert row["decision"] == "review"
    assert "r12" in (row["left_id"], row["right_id"])
    assert row["doubt"] > 0.8


def test_the_order_of_rows_does_not_matter(records: Make) -> None:
    frame = records(*ONE, *TWO, PRINTS_THE_OTHER, {**TWO[2], "name1": "Zalvora House"})
    first = match_records(frame).assignments.sort("record_id")
    for seed in range(4):
        mixed = match_records(frame.sample(fraction=1, shuffle=True, seed=seed)).assignments
        assert mixed.sort("record_id").equals(first)


def test_a_chain_of_forty_sites_under_many_names_stays_whole(records: Make) -> None:
    """Tied here by a web site, there by a number, there by the name, and never by all three."""
    site = "https://zalvoragroup.example"
    names = ["Tharbo", "Mixtel", "Ostrand", "Pellingar", "Vendoom", "Kelloway", "Brandor", "Wexley"]
    unlike = [
        {**row, "name1": f"{names[n % 8]} Clinic", "website": site}
        for n, row in enumerate(chain("", 15, "413"))
    ]
    named = chain("Zalvora Group", 15, "617", website=site)
    dialled = [
        {**row, "name1": f"Zalvora Group at {name}"}
        for name, row in zip(names, chain("", 8, "508", "888-555-0142"), strict=False)
    ]
    rows = [*unlike, *named, *dialled, *chain("Zalvora Group", 2, "781", "888-555-0142")]
    assert len(rows) == 40
    assert [len(of) for of in groups(records(*rows), range(40))] == [1]


def test_a_name_proven_in_two_states_is_a_chains_in_the_third(records: Make) -> None:
    name = {"name1": "Harmony House"}
    dial = {**name, "phone": "888-555-0142"}
    assert len(groups(records(dial, {**dial, **FAR}, {**name, **FARTHER}), range(3))[0]) == 1
    alone = records({**name, "phone": "413-555-0101"}, {**name, **FAR}, {**name, **FARTHER})
    assert len(groups(alone, range(3))[0]) == 3


def test_two_groups_ask_for_more_than_one_link_and_are_asked_again() -> None:
    left, right = np.array([0, 2, 1, 1]), np.array([1, 3, 3, 2])
    chance, none = np.array([0.99, 0.98, 0.9, 0.6]), np.zeros(4, dtype=bool)

    def joined(pairs: int) -> list[int]:
        names = np.array([[7], [7], [8], [8]])
        cohesion = Cohesion(4, np.arange(4), names.__getitem__, left[:pairs], right[:pairs], none[:pairs])
        found = cluster(4, left[:pairs], right[:pairs], chance[:pairs], none[:pairs], 0.5, cohesion=cohesion)
        return list(found)

    assert joined(3) == [0, 0, 2, 2]
    assert joined(4) == [0, 0, 2, 2]  # both links leave from one place
    left[3] = 0
    assert joined(4) == [0, 0, 0, 0]


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_groups_are_those_of_joining_pair_by_pair(chance: random.Random) -> None:
    """What is connected without doubt is told at once; the result is that of asking at every pair."""
    size = chance.randint(1, 9)
    records = [(place, chance.sample(range(4), chance.randint(0, 2))) for place in [*range(size)] * 2]
    marks = np.array([[*words, -1, -1][:2] for _, words in records])
    ends = sorted({tuple(sorted(chance.sample(range(size), 2))) for _ in range(12)}) if size > 1 else []
    left, right = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    odds = np.array([chance.choice([0.2, 0.6, 0.8, 0.9]) for _ in ends])
    vetoed = np.array([chance.random() < 0.1 for _ in ends], dtype=bool)
    linked = (odds >= 0.5) & ~vetoed
    far = np.array([chance.random() < 0.2 for _ in ends], dtype=bool)[linked]
    homes = np.array([chance.choice([0, 0, 7, 8]) for _ in range(size)])
    place = np.array([place for place, _ in records])
    cohesion = [Cohesion(size, place, marks.__getitem__, left[linked], right[linked], far) for _ in range(2)]
    cohesion[1].look_at(np.arange(size))
    found = cluster(size, left, right, odds, vetoed, 0.5, homes, cohesion[0])
    assert found.tolist() == _pair_by_pair(size, left, right, odds, vetoed, homes, cohesion[1])


def _pair_by_pair(
    size: int, left: Any, right: Any, odds: Any, vetoed: Any, homes: Any, cohesion: Cohesion
) -> list[int]:
    group, stands = list(range(size)), homes.tolist()

    def members(of: int) -> set[int]:
        return {item for item in range(size) if group[item] == of}

    foes = {frozenset(pair) for pair in zip(left[vetoed].tolist(), right[vetoed].tolist(), strict=True)}
    order = [n for n in np.lexsort((right, left, -odds)).tolist() if odds[n] >= 0.5 and not vetoed[n]]
    pairs, grown = [(int(left[n]), int(right[n])) for n in order], True
    while grown:
        refused, grown = [], False
        for pair in pairs:
            keep, lose = sorted(group[item] for item in pair)
            if keep == lose or any(frozenset((a, b)) in foes for a in members(keep) for b in members(lose)):
                continue
            vague = not all(homes[item] for item in pair)
            if vague and stands[keep] and stands[lose] and stands[keep] != stands[lose]:
                continue
            if not cohesion.fits(group[pair[0]], group[pair[1]], pair):
                refused.append(pair)
                continue
            group = [keep if of == lose else of for of in group]
            stands[keep] = stands[keep] or stands[lose]
            cohesion.join(keep, lose)
            grown = True
        pairs = refused
    return group
