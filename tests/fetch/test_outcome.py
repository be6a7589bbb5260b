"""Answers that look like pages and are none; and pages that only speak of such things."""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import urljoin

import pytest

from pipeline.fetch.body import DamagedError, TooLargeError, UnknownEncodingError, decoder
from pipeline.fetch.outcome.judge import judge_page
from pipeline.fetch.outcome.outcome import by_content, by_media_type, by_status, layout_changed, signatures
from pipeline.fetch.page import PageSummary, summarize
from pipeline.fetch.wire.address import is_public, mapped
from pipeline.fetch.wire.messages import Response
from pipeline.fetch.wire.robots import robots_from
from pipeline.html import decode
from pipeline.records import Outcome

URL = "https://clinic.example/iop"
HTML = {"content-type": "text/html; charset=utf-8"}
ANSWERS = tomllib.loads(Path(__file__).with_name("answers.toml").read_text(encoding="utf-8"))
PAGES = Path(__file__).parents[3] / "shared" / "data" / "pages" / "html"
PROSE = "Our intensive outpatient program meets three evenings a week in Worcester and by video. "
TAGS = """<script>d.innerHTML="window.__CF$cv$params={r:'90d1'};
a.src='/cdn-cgi/challenge-platform/h/g/scripts/jsd/8a57/main.js'"</script>
<script>s.src="/_Incapsula_Resource?SWJIYLWA=719d&ns=6&cb=89"</script>
<script src="https://ct.captcha-delivery.com/c.js" async></script>"""  # of firewalls, in ordinary pages
PUT = {
    "{menu}": "<nav><a href=/>Home</a> <a href=/programs>Programs</a> <a href=/iop>Intensive Outpatient Program</a> "
    "<a href=/insurance>Insurance</a> <a href=/contact>Contact</a></nav>",
    "{contact}": "<p>Maple Harbor, 12 Main St, Worcester, MA 01608. Phone (508) 555-0100. Programs and insurance.</p>",
    "{prose}": PROSE,
    "{tags}": TAGS,
}
MEANS = {  # what an answer of each kind comes to, and what its detail says
    "blocked": (Outcome.BLOCKED, ""),
    "javascript": (Outcome.BLOCKED, "needs JavaScript"),
    "parked": (Outcome.GONE, "parked: "),
    "soft_404": (Outcome.GONE, "soft 404: "),
    "broken": (Outcome.SERVER_ERROR, "the site's own error"),
    "ok": (Outcome.OK, ""),
}
CASES = [(kind, name) for kind, rows in ANSWERS.items() for name in rows]
NAMES = {signature.name for rows in signatures().values() for signature in rows}


def judge(
    html: str, status: int = 200, headers: dict[str, str] | None = None, url: str = URL, final_url: str = ""
) -> tuple[Outcome, str]:
    for word, meaning in PUT.items():
        html = html.replace(word, meaning)
    response = Response(url, final_url or url, status, HTML | (headers or {}), html.encode())
    verdict = judge_page(response)
    return verdict.outcome, verdict.detail


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_what_an_answer_is(kind: str, name: str) -> None:
    row = ANSWERS[kind][name]
    outcome, detail = judge(**(row if isinstance(row, dict) else {"html": row}))
    assert outcome is MEANS[kind][0], detail
    assert MEANS[kind][1] in detail
    assert bool(detail) is (kind != "ok")
    if kind in ("parked", "soft_404", "blocked") and not (isinstance(row, dict) and "status" in row):
        assert detail.rpartition(": ")[2] in NAMES or "JavaScript" in detail, "the signature that decided"


@pytest.mark.skipif(not PAGES.is_dir(), reason="no shared data here")
@pytest.mark.parametrize("put", ["", TAGS, "<form><label>Verify you are human</label></form>"])
def test_real_pages_are_pages_with_and_without_a_firewall(put: str) -> None:
    for path in sorted(PAGES.glob("*.html")):
        html, _ = decode(path.read_bytes(), "text/html")
        html = html.replace("</body>", f"{put}</body>") if "</body>" in html else html + put
        assert by_content(URL, URL, {}, summarize(html, URL), html) == (Outcome.OK, ""), path.name


@pytest.mark.parametrize(
    ("html", "outcome", "word"),
    [
        ("<meta http-equiv=refresh content='0;url=https://other.example/'>", Outcome.MOVED, "other.example"),
        ("<meta http-equiv=refresh content='0;url=/en/'>", Outcome.EMPTY, "sends on"),
        (f"<meta http-equiv=refresh content='600'><p>{PROSE}", Outcome.OK, ""),
        ("<html><body> </body></html>", Outcome.EMPTY, "no text"),
        ("", Outcome.EMPTY, "no content"),
        # Long pages speak of everything.
        (
            f"<p>{PROSE * 40} Is this domain for sale? Our account has been suspended by no one.",
            Outcome.OK,
            "",
        ),
        (f"<title>Access denied? How insurance appeals work</title><p>{PROSE * 40}", Outcome.OK, ""),
    ],
)
def test_pages_that_send_on_or_are_empty_or_long(html: str, outcome: Outcome, word: str) -> None:
    found, detail = judge(html)
    assert found is outcome, detail
    assert word in detail


@pytest.mark.parametrize(
    ("asked", "came", "outcome"),
    [
        ("/iop", "https://www.clinic.example/", Outcome.GONE),
        ("/iop/", "http://clinic.example/index.html", Outcome.GONE),
        ("/?page_id=5", "/", Outcome.GONE),
        ("/es/iop", "/es/", Outcome.GONE),
        ("/ma/", "/", Outcome.GONE),  # a state's page
        ("/iop/", "/?page_id=12", Outcome.OK),
        ("/?page_id=5", "/iop/", Outcome.OK),
        ("/iop", "https://iop.clinic.example/", Outcome.OK),
        ("/iop", "/programs/iop", Outcome.OK),
        ("/en/", "/", Outcome.OK),
        ("/", "/en/", Outcome.OK),
        ("/welcome.html", "/", Outcome.OK),
        ("/?utm_source=x", "/", Outcome.OK),
    ],
)
def test_sent_home_from_a_page_with_a_name_is_gone(asked: str, came: str, outcome: Outcome) -> None:
    found = judge(f"<title>Clinic</title><p>{PROSE}", url=urljoin(URL, asked), final_url=urljoin(URL, came))
    assert found == (outcome, "soft 404: sent to the home page" if outcome is Outcome.GONE else "")


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (200, {}, Outcome.OK),
        (202, {"x-amzn-waf-action": "challenge"}, Outcome.BLOCKED),
        (200, {"x-datadome": "protected", "server": "cloudflare"}, Outcome.OK),
        (304, {}, Outcome.SERVER_ERROR),
        *(
            (status, {}, Outcome.BLOCKED)
            for status in (400, 401, 402, 403, 405, 406, 409, 418, 423, 428, 451, 999)
        ),
        (408, {}, Outcome.TIMEOUT),
        (404, {}, Outcome.GONE),
        (404, {"cf-mitigated": "challenge"}, Outcome.BLOCKED),
        (429, {}, Outcome.RATE_LIMITED),
        (429, {"x-vercel-mitigated": "challenge"}, Outcome.BLOCKED),
        (500, {}, Outcome.SERVER_ERROR),
        (503, {"cf-mitigated": "challenge"}, Outcome.BLOCKED),
    ],
)
def test_statuses(status: int, headers: dict[str, str], outcome: Outcome) -> None:
    assert by_status(status, headers)[0] is outcome


def test_a_missing_page_behind_a_firewall_is_gone_and_an_error_may_be_a_challenge_or_a_parked_domain() -> (
    None
):
    challenge = "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
    assert judge(f"<title>Not found</title>{{contact}}{TAGS}", 404) == (Outcome.GONE, "status 404")
    assert judge(challenge, 404)[0] is Outcome.GONE
    assert judge(challenge, 503) == (Outcome.BLOCKED, "status 503: Cloudflare challenge")
    assert judge("<p>Service Unavailable</p>", 503) == (Outcome.SERVER_ERROR, "status 503")
    outcome, detail = judge("<title>Account Suspended</title><p>This account has been suspended.", 403)
    assert outcome is Outcome.GONE
    assert "parked" in detail


@pytest.mark.parametrize(
    "bit",
    ["<h1>", "<html ", "id=root ", "dd={'", "a.", "page you a b ", "12 a ", "request ", "javascript ", "<"],
)
@pytest.mark.timeout(20)  # hours, where a pattern's time grows with the square of the text
def test_every_answer_is_judged_in_the_end(bit: str) -> None:
    html = bit * (15_000_000 // len(bit))
    page = PageSummary(
        bit * (500 // len(bit)), bit * (500 // len(bit)), bit * (1000 // len(bit)), noscript=bit * 500
    )
    assert by_content(URL, URL, {}, page, html)[0] in Outcome
    assert by_status(503, {}, page, html)[0] is not Outcome.OK


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
        with pytest.raises(TooLargeError):
            decoder(encoding, 1_000_000).feed(packed)
    with pytest.raises(TooLargeError):
        decoder("identity", 4).feed(b"12345")
    with pytest.raises(UnknownEncodingError):
        decoder("br", 10)
    with pytest.raises(DamagedError):
        decoder("gzip", 100).feed(b"no gzip")


def test_gzip_may_come_in_members_and_in_pieces() -> None:
    import gzip

    packed = b"".join(gzip.compress(part) for part in (b"one ", b"two ", b"three"))
    whole, pieces = decoder("gzip", 100), decoder("gzip", 100)
    assert whole.feed(packed) == b"one two three"
    assert b"".join(pieces.feed(bytes([byte])) for byte in packed) == b"one two three"
    assert whole.feed(bytes(1000)) + whole.feed(packed) == b"", "padding ends it"
    with pytest.raises(TooLargeError):
        decoder("gzip", 12).feed(packed)
    with pytest.raises(DamagedError):
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


def test_a_part_of_a_page_is_no_page() -> None:
    assert by_status(206, {})[0] is Outcome.SERVER_ERROR
