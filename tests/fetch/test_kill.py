"""A run that is killed at any moment loses nothing that was logged, and the next one goes on where it stopped."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

from pipeline.archive.archive import Archive

RUN = """
from pipeline.archive.archive import Archive
from pipeline.fetch.settings import FetchSettings
from pipeline.fetch.run import fetch_all
from sources.kinds import KINDS
from sources.registry import Source
sources = [Source(f"k{n}", KINDS["provider_site"], "k", url=f"http://k{n}.example/", max_pages=9) for n in range(12)]
settings = FetchSettings(connect_to={"*.example": ("127.0.0.1", port)}, per_host_delay_s=0.04)
with Archive(root) as archive:
    fetch_all(sources, archive, settings, due_only=True)
"""


def rows_logged(root: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in root.glob("log/*.jsonl"))


def test_kill_9_at_random_moments_loses_nothing_that_was_logged(web_in_thread, tmp_path: Path) -> None:
    links = "".join(f'<a href="/program-{n}">Program {n}</a>' for n in range(8))
    for host in range(12):
        web_in_thread.page(
            f"k{host}.example", "*", f"<html><h1>Host {host}</h1><p>Evening groups.</p>{links}</html>"
        )
        for path in ("/robots.txt", "/sitemap.xml"):
            web_in_thread.page(f"k{host}.example", path, "none", 404)
    chance = random.Random(5)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipeline.fetch", "sources.registry"])

    def start() -> multiprocessing.process.BaseProcess:
        run = context.Process(target=exec, args=(RUN, {"root": str(tmp_path), "port": web_in_thread.port}))
        run.start()
        return run

    for _ in range(5):
        until = rows_logged(tmp_path) + chance.randrange(1, 15)
        run = start()
        while rows_logged(tmp_path) < until and run.is_alive():
            time.sleep(0.002)
        run.kill()
        run.join()
        with Archive(tmp_path) as archive:
            logged = list(archive.documents())
            assert len(logged) >= until
            for document in logged:
                assert document.sha256 is not None
                assert b"Evening groups" in archive.get(document.sha256)
    finished = {v.source_id for v in Archive(tmp_path).visits()}
    assert len(finished) < 12, "the kills came too late to prove anything"
    run = start()
    run.join()
    assert run.exitcode == 0
    with Archive(tmp_path) as archive:
        assert len({(d.source_id, d.url) for d in archive.documents()}) == 12 * 9
        assert {v.source_id for v in archive.visits()} == {f"k{n}" for n in range(12)}
