"""Answers that look like pages and are none; and pages that only speak of such things."""

from __future__ import annotations

import pytest

from pipeline.fetch.address import is_public, mapped
from pipeline.fetch.body import Damaged, TooLarge, UnknownEncoding, decode, decoder
from pipeline.fetch.outcome import by_content, by_media_type, by_status, layout_changed
from pipeline.fetch.robots import robots_from
from pipeline.records import Outcome
from sources.provider_site import read_page

URL = "https://clinic.example/iop"
PROSE = "Our intensive outpatient program meets three evenings a week in Worcester and by video. "


def judged(html: str, url: str = URL, final: str = URL) -> tuple[Outcome, str]:
    return by_content(url, final, {}, read_page(html, final), html)


@pytest.mark.parametrize(
    ("html", "outcome", "word"),
    [
        ("<title>Just a moment...</title><body>Checking your browser", Outcome.BLOCKED, "Cloudflare"),
        ("<title>x</title><script src='/_Incapsula_Resource?x=1'></script>", Outcome.BLOCKED, "challenge"),
        ("<title>Access Denied</title><h1>Access Denied</h1> Reference #18.2", Outcome.BLOCKED, "denied"),
        ("<p>Please verify you are a human to continue to the site.", Outcome.BLOCKED, "challenge"),
        (
            "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script></script>",
            Outcome.BLOCKED,
            "JavaScript",
        ),
        ("<div id=app></div><script src=app.js></script>", Outcome.BLOCKED, "JavaScript"),
        (
            "<p>This site requires JavaScript. Please enable JavaScript and reload.",
            Outcome.BLOCKED,
            "JavaScript",
        ),
        ("<h1>clinic.example</h1><p>This domain may be for sale! Buy this domain.", Outcome.GONE, "parked"),
        (
            "<script src='https://img1.wsimg.com/parking-lander/x.js'></script>Searches related to your visit",
            Outcome.GONE,
            "parked",
        ),
        (
            "<title>Account Suspended</title><p>This Account has been suspended. Contact your hosting provider",
            Outcome.GONE,
            "suspended",
        ),
        (
            "<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1><p>If you see this page, the server works.",
            Outcome.GONE,
            "default",
        ),
        (f"<title>Page not found - Clinic</title><p>{PROSE * 30}", Outcome.GONE, "soft 404"),
        (
            f"<title>Clinic</title><h1>Oops! That page can’t be found.</h1><p>{PROSE * 30}",
            Outcome.GONE,
            "soft 404",
        ),
        (f"<title>404</title><p>{PROSE}", Outcome.GONE, "soft 404"),
        (
            "<title>Clinic</title><p>The page you are looking for no longer exists. Go home.",
            Outcome.GONE,
            "soft 404",
        ),
        ("<meta http-equiv=refresh content='0;url=https://other.example/'>", Outcome.MOVED, "other.example"),
        ("<meta http-equiv=refresh content='0;url=/en/'>", Outcome.EMPTY, "sends on"),
        ("<html><body> </body></html>", Outcome.EMPTY, "no text"),
    ],
)
def test_what_is_no_page(html: str, outcome: Outcome, word: str) -> None:
    found, detail = judged(html)
    assert found is outcome
    assert word in detail


@pytest.mark.parametrize(
    "html",
    [
        f"<title>IOP</title><p>{PROSE}",
        f"<title>IOP</title><noscript>Enable JavaScript for the map.</noscript><script></script><p>{PROSE * 4}",
        f"<title>IOP</title><p>{PROSE * 40} We verify that you are a human being first, not a diagnosis.",
        f"<title>404 Main Street Clinic</title><h1>Our IOP at 404 Main Street</h1><p>{PROSE}",
        f"<title>IOP</title><p>{PROSE * 40} Is this domain for sale? Our account has been suspended by no one.",
        f"<title>Not found anywhere else: our IOP</title><h1>Care not found elsewhere</h1><p>{PROSE}",
        f"<title>IOP</title><meta http-equiv=refresh content='600'><p>{PROSE}",
        f"<title>Access denied? How insurance appeals work</title><p>{PROSE * 40}",
    ],
)
def test_a_page_that_speaks_of_such_things_is_a_page(html: str) -> None:
    assert judged(html) == (Outcome.OK, "")


def test_an_inner_page_sent_to_the_home_page_is_gone_and_a_new_spelling_is_not() -> None:
    html = f"<title>Clinic</title><p>{PROSE}"
    assert judged(html, URL, "https://www.clinic.example/")[0] is Outcome.GONE
    assert judged(html, "https://clinic.example/index.html", "https://clinic.example/")[0] is Outcome.OK
    assert judged(html, "https://clinic.example/", "https://clinic.example/home")[0] is Outcome.OK
    assert judged(html, URL, "https://clinic.example/programs/iop")[0] is Outcome.OK


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (200, {}, Outcome.OK),
        (304, {}, Outcome.SERVER_ERROR),
        (401, {}, Outcome.BLOCKED),
        (403, {}, Outcome.BLOCKED),
        (406, {}, Outcome.BLOCKED),
        (503, {"cf-mitigated": "challenge"}, Outcome.BLOCKED),
        (404, {}, Outcome.GONE),
        (410, {}, Outcome.GONE),
        (429, {}, Outcome.RATE_LIMITED),
        (400, {}, Outcome.SERVER_ERROR),
        (503, {}, Outcome.SERVER_ERROR),
    ],
)
def test_statuses(status: int, headers: dict[str, str], outcome: Outcome) -> None:
    assert by_status(status, headers)[0] is outcome


@pytest.mark.parametrize(
    ("media_type", "body", "outcome"),
    [
        ("text/html; charset=utf-8", b"anything", Outcome.OK),
        ("application/xhtml+xml", b"<html/>", Outcome.OK),
        ("", b"<!DOCTYPE html><p>x", Outcome.OK),
        ("text/plain", b"  <html><body>x", Outcome.OK),
        ("text/plain", b"User-agent: *", Outcome.NOT_HTML),
        ("application/pdf", b"%PDF", Outcome.NOT_HTML),
        ("text/html", b" \n", Outcome.EMPTY),
    ],
)
def test_media_types(media_type: str, body: bytes, outcome: Outcome) -> None:
    assert by_media_type({"content-type": media_type}, body)[0] is outcome


@pytest.mark.parametrize(
    ("before", "now", "changed"),
    [
        ({"phone": 4, "payer": 6}, {"phone": 4, "payer": 6}, False),
        ({"phone": 4, "payer": 6}, {"phone": 4, "payer": 5}, False),
        ({"phone": 4, "payer": 6}, {"phone": 4}, True),
        ({"phone": 4, "payer": 6}, {"phone": 2, "payer": 1}, True),
        ({"phone": 1, "payer": 1}, {}, False),  # too little to tell
        ({}, {"phone": 9}, False),
    ],
)
def test_layout_changed_is_facts_lost_not_facts_edited(before: dict, now: dict, changed: bool) -> None:
    assert (layout_changed(before, now) is not None) is changed


@pytest.mark.parametrize(
    ("data", "header", "text", "charset"),
    [
        ("café “x”".encode(), None, "café “x”", "utf-8"),
        ("café “x”".encode("cp1252"), None, "café “x”", "windows-1252"),
        ("café “x”".encode("cp1252"), "text/html; charset=iso-8859-1", "café “x”", "windows-1252"),
        ("café".encode("utf-16"), "text/html; charset=latin-1", "café", "utf-16-le"),
        (
            '<meta charset="windows-1252">café'.encode("cp1252"),
            "text/html",
            '<meta charset="windows-1252">café',
            "windows-1252",
        ),
        ("café".encode("cp1252"), "text/html; charset=utf-8", "caf\ufffd", "utf-8"),
        ("café".encode(), "text/html; charset=no-such-thing", "café", "utf-8"),
        (b"", None, "", "utf-8"),
    ],
)
def test_charsets_by_mark_header_meta_or_content(
    data: bytes, header: str | None, text: str, charset: str
) -> None:
    assert decode(data, header) == (text, charset)


def test_decoders_stop_at_the_limit() -> None:
    import zlib

    packed = zlib.compress(bytes(10_000_000))
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = raw.compress(b"hello") + raw.flush()
    assert decoder("deflate", 100).feed(deflated) == b"hello"
    assert decoder("", 5).feed(b"12345") == b"12345"
    for encoding in ("deflate", "gzip"):
        with pytest.raises(TooLarge):
            decoder(encoding, 1_000_000).feed(packed)
    with pytest.raises(TooLarge):
        decoder("identity", 4).feed(b"12345")
    with pytest.raises(UnknownEncoding):
        decoder("br", 10)
    with pytest.raises(Damaged):
        decoder("gzip", 100).feed(b"no gzip")


def test_gzip_may_come_in_members_and_in_pieces() -> None:
    import gzip

    packed = b"".join(gzip.compress(part) for part in (b"one ", b"two ", b"three"))
    whole, pieces = decoder("gzip", 100), decoder("gzip", 100)
    assert whole.feed(packed) == b"one two three"
    assert b"".join(pieces.feed(bytes([byte])) for byte in packed) == b"one two three"
    assert whole.feed(bytes(1000)) + whole.feed(packed) == b"", "padding ends it"
    with pytest.raises(TooLarge):
        decoder("gzip", 12).feed(packed)
    with pytest.raises(Damaged):
        decoder("gzip", 100).feed(gzip.compress(b"") * 10_000)


PRIVATE = """127.0.0.1 127.8.8.8 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 240.0.0.1
255.255.255.255 192.0.2.1 198.18.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1
::ffff:169.254.169.254 2002:7f00:1::1 64:ff9b::a9fe:a9fe 2001:db8::1 fec0::1 2001:0:4136:e378:8000:63bf:3fff:fdd2"""


def test_only_public_addresses_are_public() -> None:
    assert [a for a in PRIVATE.split() if is_public(a)] == []
    assert all(
        map(is_public, "93.184.215.14 8.8.8.8 2606:4700::1111 64:ff9b::808:808 2002:808:808::1".split())
    )


def test_connect_to_prefers_the_exact_host() -> None:
    to = {"*.example": ("a", 1), "x.example": ("b", 2), "x.example:443": ("c", 3)}
    assert mapped(to, "y.example", 80) == ("a", 1)
    assert mapped(to, "x.example", 80) == ("b", 2)
    assert mapped(to, "x.example", 443) == ("c", 3)
    assert mapped(to, "example.org", 80) is None


@pytest.mark.parametrize(
    ("status", "body", "allowed"),
    [
        (200, b"User-agent: *\nDisallow: /iop", False),
        (200, b"User-agent: other\nDisallow: /iop", True),
        (200, b"<html>not a robots file</html>", True),
        (200, b"\xff\xfe\x00", True),
        (404, b"", True),
        (403, b"", True),
        (429, b"", False),
        (500, b"", False),
        (301, b"", True),
    ],
)
def test_robots_by_status_and_rules(status: int, body: bytes, allowed: bool) -> None:
    assert robots_from(status, body, "iop-directory").allows(URL) is allowed
