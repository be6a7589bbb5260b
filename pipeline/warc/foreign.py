"""Answers that other tools recorded in WARC files: whose source they are, and what they mean to us."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urldefrag, urlsplit

from pipeline.fetch.outcome.judge import Verdict, judge_file, judge_page
from pipeline.fetch.wire.messages import REDIRECTS, Response
from pipeline.records import Outcome
from pipeline.warc.block import LeftOutError
from sources.registry import Source
from sources.urls import canonical_url, trap, url_key


class Owners:
    """Which source an address belongs to.

    A site has every page of its host; where two sites share a host, the one whose address or entry page is the
    longest beginning of the page's address, else the first. A directory source has the address that it is
    downloaded from, with any query (the pages of an API), and no other page of its host.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sites: dict[str, dict[str, Source]] = {}  # by host, then by the key of an address to begin with
        self._lists: dict[str, Source] = {}
        for source in sources:
            if source.url is None:
                continue
            if not source.kind.is_site:
                self._lists.setdefault(_key(source.url).partition("?")[0], source)
                continue
            for place in (source.url, *source.entry):
                key = _key(canonical_url(place, source.url) or source.url)
                self._sites.setdefault(_host(key), {}).setdefault(key, source)

    def of(self, url: str) -> tuple[Source, str]:
        """The source of a record's address, and the address as we keep it. Raises LeftOutError where we would not ask
        for it."""
        if urlsplit(url).scheme.lower() not in ("http", "https"):
            raise LeftOutError("its address is not of HTTP")
        key, page = _key(url), canonical_url(url)
        listed = self._lists.get(key.partition("?")[0])
        if listed is not None:
            whole = listed.url or ""
            return listed, whole if key == _key(whole) else urldefrag(url).url
        places = self._sites.get(_host(key))
        if page is None or places is None:
            raise LeftOutError("no source of the registry has this address")
        if key not in places and (why := trap(page)):
            raise LeftOutError(f"no page that a visit would read: {why}")
        return places[max((p for p in places if _begins(key, p)), key=len, default=next(iter(places)))], page


def judge(source: Source, response: Response) -> Verdict:
    """What an answer means, by the rules for its kind of source. Raises LeftOutError where it means nothing for us."""
    status = response.status
    if status in REDIRECTS:
        raise LeftOutError("a redirect: the page that it leads to has a record of its own")
    if status == 206 or status < 200 or 300 <= status < 400:
        raise LeftOutError(f"status {status}: not a whole answer")
    if not source.kind.is_site:
        return judge_file(response)
    verdict = judge_page(response)
    if verdict.outcome is Outcome.NOT_HTML:
        raise LeftOutError(f"no page: {verdict.detail}")
    return verdict


def _key(url: str) -> str:
    return url_key(canonical_url(url) or url)


def _host(key: str) -> str:
    return key.partition("/")[0].partition("?")[0]


def _begins(key: str, place: str) -> bool:
    """Whether an address lies at or below a place: /boston is no beginning of /boston-north."""
    return key == place or key.startswith((f"{place.rstrip('/')}/", f"{place}?"))
