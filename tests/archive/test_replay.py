"""Replay by date: what the archive held of every page, without network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.archive.archive import Archive
from pipeline.archive.replay import current_documents, replay_documents
from pipeline.records import Document, Outcome

DAY = datetime(2026, 3, 1, tzinfo=UTC)


class History:
    """Attempts written into an archive, a day at a time."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def add(self, day: int, url: str, outcome: str = "ok", body: bytes | None = None, **more) -> None:
        sha256 = self.archive.put(body) if body else None
        moment = DAY + timedelta(days=day)
        size = len(body) if body else None
        fields = {"source_id": "s", "media_type": "text/html", "charset": "utf-8", "status": 200, **more}
        self.archive.record(
            Document(url=url, fetched_at=moment, outcome=Outcome(outcome), sha256=sha256, size=size, **fields)
        )

    def at(self, day: int | None = None, source_id: str | None = None) -> dict[str, bytes]:
        as_of = None if day is None else DAY + timedelta(days=day)
        return {d.url: body for d, body in replay_documents(self.archive, as_of, source_id)}


@pytest.fixture
def history(archive: Archive) -> History:
    return History(archive)


def test_replay_gives_the_newest_good_content_at_a_date(history: History) -> None:
    history.add(0, "a", body=b"old")
    history.add(5, "a", body=b"new")
    history.add(6, "a", "unchanged", body=b"new")
    history.add(7, "a", "blocked", body=b"go away")
    history.add(3, "b", body=b"b", source_id="t")
    assert history.at(-1) == {}
    assert history.at(0) == {"a": b"old"}
    assert history.at(4) == {"a": b"old", "b": b"b"}
    assert history.at() == {"a": b"new", "b": b"b"}
    assert history.at(source_id="t") == {"b": b"b"}
    newest = next(d for d, _ in replay_documents(history.archive, source_id="s"))
    assert (newest.outcome, newest.fetched_at) == (Outcome.UNCHANGED, DAY + timedelta(days=6))


def test_a_page_is_absent_after_being_gone_twice_and_back_when_it_is_back(history: History) -> None:
    history.add(0, "a", body=b"page")
    history.add(7, "a", "gone", status=404)
    assert history.at() == {"a": b"page"}
    history.add(8, "a", "timeout")
    history.add(9, "a", "blocked")
    assert history.at() == {"a": b"page"}
    history.add(14, "a", "gone", status=404)
    assert history.at() == {}
    assert history.at(9) == {"a": b"page"}
    history.add(21, "a", body=b"page again")
    assert history.at() == {"a": b"page again"}


def test_a_page_that_sends_on_has_no_content_of_its_own_any_more(history: History) -> None:
    history.add(0, "http://x.example/iop", body=b"old", final_url="http://x.example/iop")
    history.add(7, "http://x.example/iop", body=b"new", final_url="http://x.example/programs/iop")
    assert history.at(0) == {"http://x.example/iop": b"old"}
    assert history.at() == {"http://x.example/iop": b"new"}
    history.add(14, "http://x.example/programs/iop", body=b"newer", final_url="http://x.example/programs/iop")
    history.add(14, "http://x.example/iop", body=b"newer", final_url="http://x.example/programs/iop")
    assert set(history.at().values()) == {b"newer"}


def test_one_absence_that_was_logged_twice_is_one(history: History) -> None:
    history.add(0, "a", body=b"page")
    for _ in range(3):
        history.add(7, "a", "gone", status=404)
    assert history.at() == {"a": b"page"}


def test_a_lasting_source_stands_though_it_is_gone(history: History) -> None:
    history.add(0, "a", body=b"list")
    history.add(0, "b", body=b"page", source_id="t")
    for day in (7, 14):
        history.add(day, "a", "gone", status=404)
        history.add(day, "b", "gone", status=404, source_id="t")
    assert [d.url for d in current_documents(history.archive, lasting=["s"])] == ["a"]


def test_one_page_under_two_addresses_counts_once(history: History) -> None:
    history.add(0, "http://x.example/old", body=b"page", final_url="http://x.example/iop")
    history.add(1, "http://x.example/iop", body=b"page, revised", final_url="http://x.example/iop")
    history.add(1, "http://x.example/iop?print=1", body=b"page, revised")
    assert history.at() == {"http://x.example/iop": b"page, revised"}
    history.add(1, "http://x.example/iop", body=b"page, revised", source_id="t")
    assert len(list(replay_documents(history.archive))) == 2  # each source keeps its own


def test_content_that_is_lost_is_told_and_the_rest_goes_on(history: History) -> None:
    history.add(0, "a", body=b"a")
    history.add(0, "b", body=b"b")
    lost = next(d for d, body in replay_documents(history.archive) if body == b"a").sha256
    history.archive.store.remove(f"blobs/{lost[:2]}/{lost}.zst")
    told: list[tuple[str, str]] = []
    replayed = replay_documents(history.archive, missing=lambda d, why: told.append((d.url, why)))
    assert [d.url for d, _ in replayed] == ["b"]
    assert told == [("a", "pruned")]
