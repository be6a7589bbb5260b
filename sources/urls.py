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
    r"fbclid|srsltid|gad_source|campaignid|adgroupid|replytocom|share|print|amp|from|source|cta|trk.*",
    re.IGNORECASE,
)
PLAIN = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z]+(?:/[\w~-][\w.~-]*)*/?", re.ASCII)
PLAIN_QUERY = re.compile(r"[\w.=&-]*", re.ASCII)
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
DATE_VALUE = re.compile(r"(?:19|20)\d\d-\d\d?(?:-\d\d?)?|\d\d?/\d\d?/\d{2,4}")
FACET_KEY = re.compile(
    r".*\[.*\]|s|query|search|keyword|sort(?:by|_by)?|order(?:by|_by)?|dir|filter.*|facet.*|paged|p_?no|"
    r"offset|limit|per_?page|display|layout|add-to-cart|color|price.*|min_.*|max_.*|radius|distance|"
    r"redirect(?:_to)?|return(?:url|_to)?|next|goto|url|action|do",
    re.IGNORECASE,
)
# Facets by their values only: "?page=iop", "?q=programs/php" and "?view=article" are how some sites name pages.
FACET_VALUE = re.compile(
    r"(?:page|start)=\d*|view=(?:\d*|grid|list|map|table|all|full|print|mobile|desktop|photos?|gallery)|q=(?:|.*[+\s].*)",
    re.IGNORECASE,
)
SEARCH = re.compile(r"search|find|results?|directory", re.IGNORECASE)  # a path where q is a search
NAMED_KEY = re.compile(
    r"option|view|layout|task|(?:page_?|cat|item|tab|mod(?:ule)?|node|article|program|location|site|m|p|c)?id|p",
    re.IGNORECASE,
)  # as content management systems address a page
ARCHIVE_KEY = re.compile(
    r"m|cat|author|tag|category_name|monthnum|year", re.IGNORECASE
)  # of WordPress, at the root


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
    if len(url) <= MAX_LENGTH and url.count("/") > 2 and PLAIN.fullmatch(url):
        return url  # as most are, and as all are the second time
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
            sorted((k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not NO_PAGE.fullmatch(k))
        )
    plain = urlunsplit((parts.scheme, host, path, query, ""))
    if keep_query or (
        PLAIN_QUERY.fullmatch(query)
        and path.isascii()
        and "%" not in path
        and "/." not in path
        and " " not in path
    ):
        return plain
    return str(canonicalize_url(plain))


@lru_cache(maxsize=10_000)
def url_key(url: str) -> str:
    """What is equal for two spellings of one page: no scheme, no www., no index file, no last slash, no case."""
    parts = urlsplit(url)
    path = INDEX.sub("/", parts.path).rstrip("/")
    return f"{parts.netloc.removeprefix('www.')}{path}{'?' if parts.query else ''}{parts.query}".lower()


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
    return _query_trap(path, parse_qsl(parts.query, keep_blank_values=True)) if parts.query else None


def _query_trap(path: str, values: list[tuple[str, str]]) -> str | None:
    """What a query has of calendars, archives and facets. Joomla's pages have four keys, which name one page."""
    keys = [key for key, _ in values]
    if any(DATE_KEY.fullmatch(key) or DATE_VALUE.fullmatch(value) for key, value in values):
        return "calendar"
    if INDEX.sub("/", path) == "/" and any(ARCHIVE_KEY.fullmatch(key) for key in keys):
        return "archive"
    named = "option" in keys
    search = SEARCH.search(path) is not None
    for key, value in values:
        if key == "q" and search:
            return "facet"
        if FACET_VALUE.fullmatch(f"{key}={value}") or (
            FACET_KEY.fullmatch(key) and not (named and key == "layout")
        ):
            return "facet"
    return "facet" if sum(not NAMED_KEY.fullmatch(key) for key in keys) > 2 else None


def _repeats(segments: list[str]) -> bool:
    """a/b/a/b and x/x/x: relative links that a server answers for ever."""
    return any(segments.count(s) > 2 for s in segments) or any(
        segments[i : i + n] == segments[i + n : i + 2 * n]
        for n in (2, 3)
        for i in range(len(segments) - 2 * n + 1)
    )
