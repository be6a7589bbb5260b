"""URLs: one form per page, what belongs to one site, and addresses that lead nowhere useful (traps)."""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from publicsuffixlist import PublicSuffixList
from w3lib.url import canonicalize_url

MAX_LENGTH = 1000
MAX_SEGMENTS = 8

# Parameters that name a campaign or a visitor, never a page.
NO_PAGE = re.compile(
    r"utm_.*|[gf]clid|gbraid|wbraid|dclid|msclkid|ttclid|yclid|mc_[ce]id|_ga|_gl|_hs.*|hsa_.*|ref|ref_src|igshid|"
    r"phpsessid|jsessionid|aspsessionid.*|cfid|cftoken|sid|session_?id|sessid|token|nonce|_?cache_?bust(?:er)?|"
    r"fbclid|srsltid|gad_source|campaignid|adgroupid|replytocom|share|print|amp",
    re.IGNORECASE,
)
PATH_SESSION = re.compile(r";(?:jsessionid|sid|phpsessid)=[^/?]*|/\(S\([a-z0-9]+\)\)", re.IGNORECASE)
SLASHES = re.compile(r"[/\\]+")  # a backslash is a slash (WHATWG URL)
INDEX = re.compile(r"/(?:index|default|home)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)

FILE = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|avif|ico|bmp|tiff?|mp[34]|m4[av]|mov|avi|wmv|webm|wav|ogg|pdf|docx?|xlsx?|pptx?|"
    r"zip|gz|rar|7z|exe|dmg|apk|css|js|mjs|json|xml|rss|atom|ics|vcf|txt|csv|woff2?|ttf|eot|map)$",
    re.IGNORECASE,
)
CALENDAR = re.compile(
    r"(?:^|/)(?:calendar|events?|schedule|classes|tribe_events)/(?:.*/)?(?:\d{4}-\d{2}(?:-\d{2})?|\d{4}/\d{1,2})"
    r"|/(?:19|20)\d{2}/(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?:/?$|/page)"
    r"|/(?:day|week|month|list|map|photo)/(?:19|20)\d{2}",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"(?:^|/)(?:wp-json|wp-admin|wp-login\.php|wp-content|wp-includes|xmlrpc\.php|cdn-cgi|cgi-bin|feed|feeds|rss|"
    r"trackback|oembed|admin|administrator|login|signin|logout|register|cart|checkout|basket|my-account|author|"
    r"tag|tags|comment-page-\d+|attachment|amp|print|embed)(?:/|$)",
    re.IGNORECASE,
)
PAGINATION = re.compile(r"/page/\d+/?$", re.IGNORECASE)
DATE_KEY = re.compile(
    r"(?:.*[-_])?(?:date|day|month|year|week|calendar|cal|ical|outlook-ical|eventdisplay)", re.IGNORECASE
)
FACET_KEY = re.compile(
    r".*\[.*\]|s|q|query|search|keyword|sort(?:by|_by)?|order(?:by|_by)?|dir|filter.*|facet.*|page|paged|p_?no|"
    r"offset|start|limit|per_?page|view|display|layout|add-to-cart|color|price.*|min_.*|max_.*|radius|distance|"
    r"redirect(?:_to)?|return(?:url|_to)?|next|goto|url|action|do",
    re.IGNORECASE,
)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=50_000)
def registrable_host(host: str) -> str:
    """The registrable domain of a host ("www.clinic.co.uk" → "clinic.co.uk"; publicsuffix.org)."""
    host = host.rstrip(".").lower()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return _suffixes().privatesuffix(host) or host
    return host


@lru_cache(maxsize=10_000)
def _ascii_host(host: str) -> str:
    return host.rstrip(".").encode("idna").decode("ascii")


def registrable(url: str) -> str:
    """The registrable domain of a URL's host; "" where it has none."""
    return registrable_host(urlsplit(url).hostname or "")


@lru_cache(maxsize=10_000)
def canonical_url(url: str, base: str | None = None, *, keep_query: bool = False) -> str | None:
    """The one form of a page's URL; None where it is no http(s) address.

    Lower-case scheme and host, no fragment, default port, session id or campaign parameters; parameters sorted;
    escapes normalised (RFC 3986, 6.2.2). `keep_query` leaves the query as it is, as a redirect's target must be.
    """
    try:
        parts = urlsplit(urljoin(base, url.strip()) if base else url.strip())
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or not host or len(url) > MAX_LENGTH:
        return None
    host = f"[{host}]" if ":" in host else host
    if port not in (None, 80 if parts.scheme == "http" else 443):
        host = f"{host}:{port}"
    path = SLASHES.sub("/", PATH_SESSION.sub("", parts.path)) or "/"
    query = parts.query
    if query and not keep_query:
        query = urlencode(
            [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not NO_PAGE.fullmatch(k)]
        )
    plain = urlunsplit((parts.scheme, host, path, query, ""))
    if keep_query or (
        not query and path.isascii() and "%" not in path and "/." not in path and " " not in path
    ):
        return plain
    return str(canonicalize_url(plain))


@lru_cache(maxsize=10_000)
def url_key(url: str) -> str:
    """What is equal for two spellings of one page: no scheme, no www., no index file, no last slash."""
    parts = urlsplit(url)
    path = INDEX.sub("/", parts.path).rstrip("/")
    return f"{parts.netloc.removeprefix('www.')}{path}" + (f"?{parts.query}" if parts.query else "")


def same_site(url: str, site: str) -> bool:
    """Whether two URLs belong to one registrable domain."""
    return urlsplit(url).hostname == urlsplit(site).hostname or registrable(url) == registrable(site)


def trap(url: str) -> str | None:
    """Why a URL should not be followed, or None: endless spaces (calendars, facets, searches), files, machinery."""
    parts = urlsplit(url)
    path = parts.path
    segments = [s for s in path.split("/") if s]
    if len(url) > 400:
        return "too long"
    if FILE.search(path):
        return "a file"
    if len(segments) > MAX_SEGMENTS or _repeats(segments):
        return "too deep"
    if MACHINE.search(path):
        return "machinery"
    if PAGINATION.search(path):
        return "pagination"
    if CALENDAR.search(path):
        return "calendar"
    keys = [key for key, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if any(DATE_KEY.fullmatch(key) for key in keys):
        return "calendar"
    if len(keys) > 2 or any(FACET_KEY.fullmatch(key) for key in keys):
        return "facet"
    return None


def _repeats(segments: list[str]) -> bool:
    """a/b/a/b and x/x/x: relative links that a server answers for ever."""
    return any(segments.count(s) > 2 for s in segments) or any(
        segments[i : i + n] == segments[i + n : i + 2 * n]
        for n in (2, 3)
        for i in range(len(segments) - 2 * n + 1)
    )
