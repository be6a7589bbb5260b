"""The hosts of `soak.py`, on loopback: honest ones, and hostile ones, whose tricks stand in `TRICKS`.

All ask for a second between requests (`Crawl-delay`), as it is between those to any host that is not on this machine.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import zipfile
from collections.abc import Callable
from functools import cache
from multiprocessing.connection import Connection

HONEST = """<html><head><title>Oak House {n}</title></head><body><h1>Intensive Outpatient Program</h1>
<p>Our intensive outpatient program meets Monday, Wednesday and Friday from 9 am to 12 pm for 8 weeks. We treat PTSD and
depression in adults and accept Aetna.</p><p>{n} Mill Street, Casper, WY 82601 - 307-555-{n:04}</p>{links}</body></html>"""
NEAR = (
    "18+ ",
    "CARF ",
    "no IOP ",
    "our IOP? ",
    "adults and ",
    "Boston, MA ",
    "residents of ",
    "<h2>IOP</h2>",
)
HTML = b"content-type: text/html\r\n"
PLAIN = b"content-type: text/plain\r\n"
PACE = b"User-agent: *\nCrawl-delay: 1\n"
PAGES, ROBOTS, SITEMAP = "pages", "robots", "sitemap"
WELL_KNOWN = {"/robots.txt": ROBOTS, "/sitemap.xml": SITEMAP}

# What a host plays tricks with, by its number: its pages, its robots.txt or its sitemap. Of kind `list` is what answers
# with a file: it is declared as a directory of that kind.
TRICKS: tuple[tuple[str, str], ...] = (
    (PAGES, "near"),
    (ROBOTS, "newlines"),
    (PAGES, "punycode"),
    (PAGES, "bomb"),
    (PAGES, "loop"),
    (PAGES, "private"),
    (PAGES, "later"),
    (PAGES, "deep"),
    (PAGES, "endless"),
    (PAGES, "reset"),
    (PAGES, "slow"),
    (PAGES, "charsets"),
    (PAGES, "chain"),
    (PAGES, "maze"),
    (PAGES, "silent"),
    (PAGES, "head"),
    (ROBOTS, "rules"),
    (SITEMAP, "entities"),
    (SITEMAP, "crowd"),
    (PAGES, "surrogates"),
    (PAGES, "far_cell"),
)
KINDS = {"surrogates": "findtreatment", "far_cell": "samhsa_directory"}  # the others are sites
UNENDING = ("slow", "endless", "silent", "head")
CHARSETS = ("utf-16", "utf-7", "iso-2022-jp", "hz-gb-2312", "x-user-defined", "utf-32", "idna", "cp037")


def trick_of(number: int) -> tuple[str, str]:
    return TRICKS[number % len(TRICKS)]


def links(pages: int) -> str:
    return "".join(f'<a href="/iop/{n}">Program {n}</a> ' for n in range(1, pages))


def reply(body: bytes, headers: bytes = HTML, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n".encode() + headers + b"\r\n" + body


def sent_on(to: str) -> bytes:
    return reply(b"", f"location: {to}\r\n".encode(), "302 Found")


@cache
def near(kind: int, pages: int) -> bytes:
    word = NEAR[kind]
    title = f"<html><h1>Intensive Outpatient Program</h1>{links(pages)}<p>"
    return reply((title + word * (150_000 // len(word)) + "</p></html>").encode())


@cache
def far_cell() -> bytes:
    """A workbook with a cell in the last column of the last row."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts = {
        "xl/workbook.xml": f'<workbook {space}><sheets><sheet name="S" sheetId="1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet {space}><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return reply(file.getvalue(), b"content-type: application/octet-stream\r\n")


FIXED: dict[str, Callable[[], bytes]] = {
    "newlines": lambda: reply(PACE + b"\n" * 500_000, PLAIN),
    "rules": lambda: reply(PACE + b"".join(b"Disallow: /*%d*a\n" % n for n in range(500_000)), PLAIN),
    "punycode": lambda: reply(
        b"<p>" + b"a" * 200_000 + b"-" + b"b99999" * 30_000,
        b"content-type: text/html; charset=punycode\r\n",
    ),
    "bomb": lambda: reply(gzip.compress(b"<p>x" * 20_000_000), HTML + b"content-encoding: gzip\r\n"),
    "private": lambda: sent_on("http://169.254.169.254/latest"),
    "later": lambda: reply(
        b"", b"retry-after: Thu, 01 Jan 99999999999 00:00:00 GMT\r\n", "429 Too Many Requests"
    ),
    "deep": lambda: reply(b"<div>" * 400_000),
    "entities": lambda: reply(
        b'<!DOCTYPE urlset [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><urlset><url><loc>http://&c;/</loc></url></urlset>',
        b"content-type: application/xml\r\n",
    ),
    "surrogates": lambda: reply(
        b'{"page": 1, "totalPages": 1, "recordCount": 1, "rows": [{"name1": "Alpha \\ud800 Clinic", "city": "Casper",'
        b'"state": "WY", "website": "http://a/\\ud800", "services": [{"f2": "Type of Care", "f3": "\\udfff"}]}]}',
        b"content-type: application/json\r\n",
    ),
    "far_cell": far_cell,
}


@cache
def fixed(name: str) -> bytes:
    """An answer that is the same for every host and page; made once, so that making it costs the run nothing."""
    return FIXED[name]()


def trick(name: str, number: int, path: str, pages: int, port: int) -> bytes:
    match name:
        case "near":
            return near(number // len(TRICKS) % len(NEAR), pages)
        case "charsets":
            label = CHARSETS[number // len(TRICKS) % len(CHARSETS)].encode()
            words = HONEST.format(n=number, links=links(pages)).encode() + b"\x1b$B~{\xff\xfe\x00"
            return reply(words, b"content-type: text/html; charset=" + label + b"\r\n")
        case "loop":
            return sent_on(path + "x")
        case "maze":
            home = path == "/"
            return (
                reply(HONEST.format(n=number, links=links(pages)).encode()) if home else sent_on(path + "x")
            )
        case "chain":
            return sent_on(f"http://127.1.0.{number % 200 + 1}:{port}{path}")
        case "crowd":
            urls = (f"<url><loc>http://127.1.0.{number}:{port}/iop/x{n}</loc></url>" for n in range(50_000))
            return reply(f"<urlset>{''.join(urls)}</urlset>".encode(), b"content-type: application/xml\r\n")
        case _:
            return fixed(name)


async def unending(name: str, writer: asyncio.StreamWriter) -> None:
    """Answers that never end: bytes as fast as they are taken, one now and then, none; or a head without end."""
    if name in ("slow", "endless"):
        writer.write(b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\n")
    if name == "head":
        writer.write(b"HTTP/1.1 200 OK\r\nx-words: ")
    while True:
        if name != "silent":
            writer.write(b"x" * (65_536 if name == "endless" else 1))
        await writer.drain()
        await asyncio.sleep(0 if name == "endless" else 0.5)


def plain_answer(number: int, path: str, pages: int) -> bytes:
    match WELL_KNOWN.get(path):
        case "robots":
            return reply(PACE, PLAIN)
        case "sitemap":
            return reply(b"", status="404 Not Found")
        case _:
            return reply(HONEST.format(n=number, links=links(pages)).encode())


def serve(pipe: Connection, hostile: bool, pages: int) -> None:
    """Serve all hosts of a kind, in this process, at the port that it tells."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                path = lines[0].split(" ")[1]
                host = next(line[6:] for line in lines if line.lower().startswith("host: "))
                number, port = int(host.split(":")[0].split(".")[3]), int(host.split(":")[1])
                where, name = trick_of(number) if hostile else ("", "")
                if where != WELL_KNOWN.get(path, PAGES):
                    writer.write(plain_answer(number, path, pages))
                elif name == "reset":
                    break
                elif name in UNENDING:
                    await unending(name, writer)
                else:
                    writer.write(trick(name, number, path, pages, port))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1000)
        for name in FIXED if hostile else ():
            fixed(name)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())
