"""Answers that other tools recorded in WARC files: whose source they are, and what they mean to us."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urldefrag, urlsplit

from pipeline.fetch.outcome.judge import judge_file, judge_page
from pipeline.fetch.wire.messages import Response
from pipeline.records import Document, Outcome
from pipeline.warc.block import Answer, LeftOutError
from sources.registry import Kind, Source
from sources.urls import canonical_url, trap, url_key

Place = tuple[str, Source]  # the key of an address that a source begins with


class Owners:
    """Which source an address belongs to.

    A site has every page of its host; where two sites share a host, the one whose address or entry page is the
    longest beginning of the page's address, else the first. A directory source has the address that it is
    downloaded from, with any query (the pages of an API), and no other page of its host.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sites: dict[str, list[Place]] = {}
        self._lists: dict[str, Source] = {}
        for source in sources:
            if source.url is None:
                continue
            if source.kind is not Kind.PROVIDER_SITE:
                self._lists.setdefault(_path_key(source.url), source)
                continue
            for place in (source.url, *source.entry):
                key = _key(canonical_url(place, source.url) or source.url)
                self._sites.setdefault(_host(key), []).append((key, source))

    def of(self, url: str) -> tuple[Source, str] | None:
        """The source, and the address as the archive has it; None where no source has it."""
        listed = self._lists.get(_path_key(url))
        if listed is not None:
            same = listed.url is not None and _key(url) == _key(listed.url)
            return listed, (listed.url or url) if same else urldefrag(url).url
        page = canonical_url(url)
        key = _key(url)
        places = self._sites.get(_host(key))
        if page is None or not places:
            return None
        within = [place for place in places if _begins(key, place[0])]
        return max(within, key=lambda place: len(place[0]), default=places[0])[1], page

    def is_entry(self, url: str) -> bool:
        """Whether the registry names this page."""
        key = _key(url)
        return any(key == place for place, _ in self._sites.get(_host(key), ()))


def _key(url: str) -> str:
    return url_key(canonical_url(url) or url)


def _path_key(url: str) -> str:
    return _key(url).partition("?")[0]


def _host(key: str) -> str:
    return key.partition("/")[0].partition("?")[0]


def _begins(key: str, place: str) -> bool:
    """Whether an address lies at or below a place: /boston is no beginning of /boston-north."""
    return key == place or key.startswith((f"{place.rstrip('/')}/", f"{place}?"))


def page_address(owners: Owners, url: str) -> tuple[Source, str]:
    """The source of a record's address, and the address as we keep it. Raises LeftOutError where we would not ask for it."""
    if urlsplit(url).scheme.lower() not in ("http", "https"):
        raise LeftOutError("its address is not of HTTP")
    found = owners.of(url)
    if found is None:
        raise LeftOutError("no source of the registry has this address")
    source, address = found
    if source.kind is Kind.PROVIDER_SITE and not owners.is_entry(address) and (why := trap(address)):
        raise LeftOutError(f"no page that a visit would read: {why}")
    return source, address


def document(source: Source, url: str, moment: datetime, answer: Answer) -> Document:
    """What an answer means, by the rules for its kind of source. Raises LeftOutError where it means nothing for us."""
    if answer.status in (301, 302, 303, 307, 308):
        raise LeftOutError("a redirect: the page that it leads to has a record of its own")
    if answer.status in (206, 304) or answer.status < 200 or 300 <= answer.status < 400:
        raise LeftOutError(f"status {answer.status}: not a whole answer")
    judge = _page if source.kind is Kind.PROVIDER_SITE else _file
    outcome, detail, charset, keep = judge(Response(url, url, answer.status, answer.headers, answer.body))
    return Document(
        source.id,
        url,
        moment,
        outcome,
        final_url=url,
        status=answer.status,
        size=len(answer.body) if keep else None,
        media_type=answer.headers.get("content-type", "").partition(";")[0].strip().lower() or None,
        charset=charset,
        etag=answer.headers.get("etag") or None,
        last_modified=answer.headers.get("last-modified") or None,
        detail=detail[:500],
    )


def _page(response: Response) -> tuple[Outcome, str, str | None, bool]:
    """Outcome, detail, charset, and whether the body is kept, of a page of a site: as a visit judges it."""
    found = judge_page(response)
    if found.outcome is Outcome.NOT_HTML:
        raise LeftOutError(f"no page: {found.detail}")
    return found.outcome, found.detail, found.charset, found.page is not None


def _file(response: Response) -> tuple[Outcome, str, str | None, bool]:
    """The same of a directory source's list, workbook or page of an API: as a download of it is judged."""
    found = judge_file(response)
    return found.outcome, found.detail, None, found.outcome is Outcome.OK
