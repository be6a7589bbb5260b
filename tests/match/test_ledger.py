"""The written rules of identity, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pipeline.match.ledger import Cluster, Entry, assign

START = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def cluster(*members: str, prints: Sequence[str] = ()) -> Cluster:
    return Cluster(min(members), members, min(members), tuple(prints))


class Runs:
    """Runs of the ledger, a month apart."""

    def __init__(self) -> None:
        self.ledger: list[Entry] = []
        self.now = START

    def __call__(self, *clusters: Cluster) -> list[str]:
        ids, self.ledger = assign("location", clusters, self.ledger, self.now)
        self.now += timedelta(days=30)
        return ids

    def entry(self, entity_id: str) -> Entry:
        return next(entry for entry in self.ledger if entry.entity_id == entity_id)


def test_an_id_survives_as_long_as_a_record_does() -> None:
    run = Runs()
    first = run(cluster("a", "b"))
    assert run(cluster("b", "c")) == first
    assert run(cluster("c", "d")) == first
    assert run.entry(first[0]).minted_at == START
    assert run.entry(first[0]).members == ("c", "d")


def test_absent_and_back() -> None:
    run = Runs()
    one, two = run(cluster("a"), cluster("b"))
    run(cluster("b"))
    assert run.entry(one).status == "absent"
    assert run.entry(one).last_seen == START
    assert run(cluster("a"), cluster("b")) == [one, two]
    assert run.entry(one).status == "active"


def test_merge_keeps_the_older_id_and_redirects_the_other() -> None:
    run = Runs()
    (old,) = run(cluster("z"))
    _, young = run(cluster("z"), cluster("a"))
    assert run(cluster("a", "z")) == [old]
    assert (run.entry(young).status, run.entry(young).redirect_to) == ("redirected", old)


def test_of_two_ids_of_one_age_the_one_with_more_records_stays() -> None:
    run = Runs()
    small, large = run(cluster("a"), cluster("x", "y"))
    assert run(cluster("a", "x", "y")) == [large]
    assert run.entry(small).redirect_to == large


def test_split_leaves_the_id_with_most_records() -> None:
    run = Runs()
    (old,) = run(cluster("a", "b", "c"))
    few, many = run(cluster("a"), cluster("b", "c"))
    assert many == old
    assert few != old


def test_split_of_equals_follows_the_fingerprints() -> None:
    run = Runs()
    (old,) = run(cluster("a", "b", prints=["street:1", "phone:1"]))
    ids = run(cluster("a", prints=["street:1", "phone:9"]), cluster("b", prints=["street:1", "phone:1"]))
    assert ids[1] == old


def test_a_merge_undone_gives_the_ids_back() -> None:
    run = Runs()
    old, young = run(cluster("a", "b"), cluster("c"))
    run(cluster("a", "b", "c"))
    assert run(cluster("a", "b"), cluster("c")) == [old, young]
    assert run.entry(young).status == "active"
    assert run.entry(young).redirect_to is None


def test_redirects_lead_to_the_end() -> None:
    run = Runs()
    (one,) = run(cluster("a"))
    _, two = run(cluster("a"), cluster("b"))
    _, _, three = run(cluster("a"), cluster("b"), cluster("c"))
    run(cluster("a"), cluster("b", "c"))
    assert run.entry(three).redirect_to == two
    run(cluster("a", "b", "c"))
    assert {run.entry(two).redirect_to, run.entry(three).redirect_to} == {one}


def test_two_fingerprints_find_a_place_whose_records_all_changed() -> None:
    run = Runs()
    (old,) = run(cluster("a", prints=["street:1", "phone:1", "name:1"]))
    assert run(cluster("b", prints=["street:1", "phone:1", "name:2"])) == [old]


def test_one_fingerprint_does_not() -> None:
    run = Runs()
    (old,) = run(cluster("a", prints=["street:1", "phone:1"]))
    assert run(cluster("b", prints=["street:1", "phone:2"])) != [old]
    assert run.entry(old).status == "absent"


def test_an_id_is_never_used_for_something_else() -> None:
    run = Runs()
    (old,) = run(Cluster("same content", ("a",), "Fern"))
    (new,) = run(Cluster("same content", ("b",), "Birch"))
    assert new != old
    assert {entry.entity_id for entry in run.ledger} == {old, new}


def test_ids_do_not_depend_on_the_order_of_clusters() -> None:
    run, other = Runs(), Runs()
    clusters = [cluster("a", "b"), cluster("c"), cluster("d", "e")]
    assert run(*clusters) == other(*reversed(clusters))[::-1]
