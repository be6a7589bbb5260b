"""Other tools' WARC files: what their records mean to us, and what is left out, with the reason."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.archive.archive import Archive
from pipeline.fetch.settings import FetchSettings
from pipeline.warc.read import Imported, import_warc
from sources.kinds import KINDS, Kind
from sources.registry import Source

URL = "https://a.example/"
HTML = {"Content-Type": "text/html"}


def page(n: int | str) -> bytes:
    return (
        b"<html><title>IOP</title><p>Our program meets three evenings a week, groups of eight.</p>%b</html>"
        % str(n).encode()
    )


def source(name: str, url: str | None = None, kind: Kind = KINDS["provider_site"], **more) -> Source:
    return Source(name, kind, name, url=url or f"https://{name}.example/", **more)


SOURCES = (source("a"), source("b"))


class Foreign:
    """A WARC file of another tool."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("wb")
        self.writer = WARCWriter(self.file, gzip=True)

    def add(
        self,
        url: str,
        body: bytes,
        headers: dict[str, str] | None = None,
        status: int = 200,
        kind: str = "response",
        date: str = "2026-03-01T00:00:00Z",
        **warc: str,
    ):
        http = StatusAndHeaders(
            f"{status} X", list((HTML if headers is None else headers).items()), "HTTP/1.1"
        )
        named = {"WARC-Date": date, **{name.replace("_", "-"): value for name, value in warc.items()}}
        record = self.writer.create_warc_record(
            url, kind, io.BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=named
        )
        self.writer.write_record(record)
        return record.rec_headers

    def taken(self, archive: Archive, *sources: Source, **settings) -> Imported:
        self.file.close()
        return import_warc(archive, self.path, sources or SOURCES, FetchSettings(**settings))


@pytest.fixture
def foreign(tmp_path: Path) -> Foreign:
    return Foreign(tmp_path / "foreign.warc.gz")


def chunked(body: bytes) -> bytes:
    parts = [body[i : i + 50] for i in range(0, len(body), 50)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_answers_of_another_tool_are_judged_as_a_visit_would(archive: Archive, foreign: Foreign) -> None:
    foreign.add(f"{URL}gone", b"<p>not here", status=404)
    foreign.add(f"{URL}bare", b"", {}, status=410)
    foreign.add(f"{URL}wall", b"<title>Just a moment...</title>")
    foreign.add(f"{URL}error", b"oops", status=500)
    foreign.add(f"{URL}empty", b"")
    foreign.add(f"{URL}untyped", page(1), {"ETag": '"1"'})
    foreign.add("HTTPS://A.example:443/b/../iop?utm_source=x&b=1#top", page(2))
    foreign.add("https://elsewhere.example/", page(3))
    found = foreign.taken(archive)
    documents = {d.url.removeprefix(URL): d for d in archive.documents()}
    assert {name: d.outcome.value for name, d in documents.items()} == {
        "gone": "gone",
        "bare": "gone",
        "wall": "blocked",
        "error": "server_error",
        "empty": "empty",
        "untyped": "ok",
        "iop?b=1": "ok",
    }
    assert archive.get(documents["gone"].sha256 or "") == b"<p>not here"
    assert (documents["untyped"].etag, documents["untyped"].charset) == ('"1"', "utf-8")
    assert documents["iop?b=1"].final_url == f"{URL}iop?b=1"
    assert found.rejected == [("https://elsewhere.example/", "no source of the registry has this address")]


def test_bodies_are_decoded_or_left_out(archive: Archive, foreign: Foreign) -> None:
    def add(name: str, body: bytes, *encodings: str) -> None:
        names = ("Content-Encoding", "Transfer-Encoding")
        foreign.add(URL + name, body, HTML | dict(zip(names, encodings, strict=False)))

    add("gzip", gzip.compress(page(1)), "gzip")
    add("deflate", zlib.compress(page(1)), "deflate")
    add("chunked", chunked(gzip.compress(page(1))), "gzip", "chunked")
    add("header-left-on", page(1), "br")
    add("zstd", zstandard.compress(page(1)), "zstd")
    add("br", bytes(range(100)), "br")
    add("broken", gzip.compress(page(1))[:-12], "gzip")
    found = foreign.taken(archive)
    assert {archive.get(d.sha256 or "") for d in archive.documents()} == {page(1)}
    assert found.documents == 4
    assert {url.removeprefix(URL): reason for url, reason in found.rejected} == {
        "zstd": "content-encoding zstd: cannot be decoded",
        "br": "content-encoding br: cannot be decoded",
        "broken": "content-encoding gzip: damaged, cut short",
    }


def test_what_is_no_page_is_left_out_with_the_reason(archive: Archive, foreign: Foreign) -> None:
    cases: dict[str, tuple[str, Callable[[str], object]]] = {
        "301": ("redirect", lambda u: foreign.add(u, b"<p>moved", HTML | {"Location": URL}, 301)),
        "302": ("redirect", lambda u: foreign.add(u, b"", {"Location": "https://x.example/"}, 302)),
        "206": ("status 206", lambda u: foreign.add(u, page(1), status=206)),
        "304": ("status 304", lambda u: foreign.add(u, b"", status=304)),
        "robots.txt": ("a file", lambda u: foreign.add(u, b"User-agent: *", {"Content-Type": "text/plain"})),
        "x.css": ("a file", lambda u: foreign.add(u, page(1), status=404)),
        "logo": ("media type image/png", lambda u: foreign.add(u, b"\x89PNG", {"Content-Type": "image/png"})),
        "api": (
            "media type application/json",
            lambda u: foreign.add(u, b"{}", {"Content-Type": "application/json"}),
        ),
        "future": ("in the future", lambda u: foreign.add(u, page(1), date="2999-01-01T00:00:00Z")),
        "undated": ("date cannot be read", lambda u: foreign.add(u, page(1), date="last year")),
        "big": ("size limit of 1,000 bytes", lambda u: foreign.add(u, page(1) * 20)),
        "bomb": (
            "size limit",
            lambda u: foreign.add(u, gzip.compress(page(1) * 20), HTML | {"Content-Encoding": "gzip"}),
        ),
        "less": ("cut short", lambda u: foreign.add(u, page(1), HTML | {"Content-Length": "9999"})),
        "cut": ("cut short", lambda u: foreign.add(u, page(1), WARC_Truncated="time")),
        "part": ("a segment", lambda u: foreign.add(u, page(1), WARC_Segment_Number="1")),
        "digest": (
            "digest is wrong",
            lambda u: foreign.add(u, page(1), WARC_Payload_Digest=f"sha1:{'A' * 32}"),
        ),
        "again": (
            "a revisit of content",
            lambda u: foreign.add(u, b"", kind="revisit", WARC_Payload_Digest="sha1:B"),
        ),
    }
    for name, (_, write) in cases.items():
        write(URL + name)
    foreign.writer.write_record(
        foreign.writer.create_warc_record("dns:a.example", "response", io.BytesIO(b"1"))
    )
    foreign.add(f"{URL}last", page(1))
    found = foreign.taken(archive, max_bytes=1000)
    assert [d.url for d in archive.documents()] == [f"{URL}last"]
    reasons = {url.removeprefix(URL): reason for url, reason in found.rejected}
    assert reasons.keys() == {*cases, "dns:a.example"}
    assert {name: reasons[name] for name in cases if cases[name][0] not in reasons[name]} == {}


def test_revisits_of_another_tool_find_their_response(archive: Archive, foreign: Foreign) -> None:
    first = foreign.add(URL, page(1))
    digest = first["WARC-Payload-Digest"]
    for n, (status, url) in enumerate(((200, URL), (304, URL), (200, f"{URL}copy")), 2):
        date = f"2026-03-0{n}T00:00:00Z"
        foreign.add(url, b"", status=status, kind="revisit", date=date, WARC_Payload_Digest=digest)
    bare = foreign.writer.create_revisit_record(f"{URL}bare", digest.lower(), URL, first["WARC-Date"])
    foreign.writer.write_record(bare)
    again = foreign.taken(archive)
    assert (again.documents, again.left_out) == (5, 0)
    documents = list(archive.documents())
    assert [d.outcome.value for d in documents] == ["ok", "unchanged", "unchanged", "ok", "ok"]
    assert len({d.sha256 for d in documents}) == 1
    assert {d.media_type for d in documents} == {"text/html"}
    once_more = import_warc(archive, foreign.path, SOURCES)
    assert (once_more.documents, once_more.already) == (0, 5)


def test_digests_of_the_body_without_its_encodings_count_too(archive: Archive, foreign: Foreign) -> None:
    of_body = Foreign(foreign.path.with_name("x")).add(URL, page(1))["WARC-Payload-Digest"]
    both = HTML | {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}
    foreign.add(URL, chunked(gzip.compress(page(1))), both, WARC_Payload_Digest=of_body)
    foreign.add(f"{URL}unknown", page(2), WARC_Payload_Digest="blake3:abc")
    assert foreign.taken(archive).documents == 2


def test_a_page_belongs_to_the_source_whose_address_it_begins_with(
    archive: Archive, foreign: Foreign
) -> None:
    shared = (
        source("first", "https://shared.example/"),
        source("north", "https://www.shared.example/north"),
        source(
            "south", "https://shared.example/clinics", entry=("/south/iop", "https://s.shared.example/x.pdf")
        ),
        source("list", "https://shared.example/api/v2?page=1", KINDS["findtreatment"]),
    )
    wanted = {
        "": "first",
        "about": "first",
        "north": "north",
        "north/iop": "north",
        "northern": "first",
        "north?x=1": "north",
        "clinics/a": "south",
        "south/iop": "south",
    }
    for path in wanted:
        foreign.add(f"http://shared.example/{path}", page(path))
    foreign.add("https://s.shared.example/x.pdf", page(9))
    foreign.add("https://shared.example/api/v2?page=2", b'{"rows": []}', {"Content-Type": "application/json"})
    foreign.add("https://shared.example/api", b'{"rows": []}', {"Content-Type": "application/json"})
    found = foreign.taken(archive, *shared)
    owners = {d.url.partition(".example/")[2]: d.source_id for d in archive.documents()}
    assert owners == wanted | {"x.pdf": "south", "api/v2?page=2": "list"}
    assert [reason for _, reason in found.rejected] == ["no page: media type application/json"]


def test_answers_of_a_directory_are_judged_as_downloads(archive: Archive, foreign: Foreign) -> None:
    lists = (
        source("api", "https://api.example/v2?limit=9", KINDS["findtreatment"]),
        source("rows", "https://state.example/Lists/All.csv", KINDS["license_list"]),
        source("book", "https://gov.example/book.xlsx", KINDS["samhsa_directory"]),
    )
    foreign.add("https://api.example/v2?limit=9", b"{}", {"Content-Type": "application/json"})
    foreign.add("https://state.example/Lists/All.csv", b"a,b\n" * 500, {"Content-Type": "text/csv"})
    foreign.add("https://gov.example/book.xlsx", page(1))
    foreign.add("https://gov.example/", page(2))
    found = foreign.taken(archive, *lists, max_bytes=1000)
    assert [(d.source_id, d.outcome.value, d.sha256 is None) for d in archive.documents()] == [
        ("api", "ok", False),
        ("book", "layout_changed", True),
        ("rows", "ok", False),
    ]
    assert [d.url for d in archive.documents("rows")] == ["https://state.example/Lists/All.csv"]
    assert found.reasons == {"no source of the registry has this address": 1}


def test_a_record_of_ours_that_was_changed_is_left_out(archive: Archive, foreign: Foreign) -> None:
    ours = {
        "IOP_Source_Id": "a",
        "IOP_Outcome": "ok",
        "IOP_Status": "200",
        "IOP_Sha256": archive.put(page(1)),
    }
    cases = {"IOP_Sha256": "0" * 64, "IOP_Source_Id": "../a", "IOP_Outcome": "fine", "IOP_Status": "?"}
    for name, value in cases.items():
        foreign.add(URL, page(1), **ours | {name: value})
    foreign.add(
        f"{URL}later", page(1), date="2999-01-01T00:00:00Z", **ours
    )  # our own clock's: kept, until then passed over
    found = foreign.taken(archive)
    assert (found.documents, list(archive.documents())) == (1, [])
    with archive.connection() as log:
        assert log.execute("SELECT url FROM log").fetchall() == [(f"{URL}later",)]
    assert sum(found.reasons.values()) == 4
