"""Pages per second per core: the whole extraction beside BeautifulSoup's parse alone and extruct, in one run.

    python bench/extract.py [FOLDER of *.html] [--repeat 3]

CPU time of one process, best of several rounds, so that a busy machine disturbs little. Also the largest pages that the
limits allow, and hostile ones, which must stay under two seconds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from bs4 import BeautifulSoup

from pipeline.extract.parsing.parse import read_page
from pipeline.extract.reading import extract

PAGES = Path(__file__).resolve().parents[2] / "shared" / "data" / "pages" / "html"


def soup(content: bytes) -> None:
    BeautifulSoup(content, "html.parser").get_text()


def whole(content: bytes) -> None:
    extract(read_page(content))


def model(content: bytes) -> None:
    read_page(content)


def structured(content: bytes) -> None:
    import extruct

    extruct.extract(content.decode("utf-8", "replace"), errors="ignore")


def best(work: Callable[[bytes], None], pages: Sequence[bytes], repeat: int) -> float:
    """CPU seconds for all pages, the best of `repeat` rounds."""
    rounds = []
    for _ in range(repeat):
        start = time.process_time()
        for content in pages:
            work(content)
        rounds.append(time.process_time() - start)
    return min(rounds)


HOSTILE = {
    "5,000 deep": b"<div>" * 5_000 + b"IOP" + b"</div>" * 5_000,
    "1 million attributes": b"<p " + b" ".join(b"a%d=1" % i for i in range(1_000_000)) + b">IOP",
    "1 million attributes, many tags": b"<p a=1 b=2 c=3 d=4>IOP" * 250_000,
    "10 MB of sentences": b"<p>Our IOP treats anxiety three days a week, 9 am to noon.</p>" * 165_000,
    "10 MB in one paragraph": b"Our IOP treats anxiety three days a week, 9 am to noon. " * 180_000,
    "10 MB of digits": b"617-555-0100 9:00 12:30 " * 420_000,
    "100,000 table cells": b"<table>" + (b"<tr>" + b"<td>9-12" * 10) * 10_000,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=PAGES)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    pages = [path.read_bytes() for path in sorted(args.folder.glob("*.html"))]
    if not pages:
        raise SystemExit(f"no *.html in {args.folder}")
    for content in pages[:3]:
        whole(content)  # vocabularies are compiled once per process
    size = sum(map(len, pages)) / len(pages) / 1024
    print(f"{len(pages)} pages of {size:.0f} KB on average, CPU time of one core")
    jobs = (
        ("BeautifulSoup(html.parser) + get_text", soup),
        ("extruct, all syntaxes", structured),
        ("page model alone", model),
        ("whole extraction, all facts", whole),
    )
    for name, work in jobs:
        if work is structured and find_spec("extruct") is None:
            print(f"{name:40} left out: extruct is not installed")
            continue
        seconds = best(work, pages, args.repeat)
        print(f"{name:40} {len(pages) / seconds:8.1f} pages/s  {1000 * seconds / len(pages):7.2f} ms/page")
    for name, content in HOSTILE.items():
        print(f"{name:40} {best(whole, [content], 1):8.2f} s   ({len(content) / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
