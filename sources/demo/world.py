"""What the demo web answers: (host, path) → reply. Pure; `server.py` puts it on a socket.

A site is a folder `sites/<host>/` of the files that it serves. What a host does besides serving files
(redirects, refusals, rate limits) is written in `hosts.toml`.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

HERE = Path(__file__).resolve().parent
SITES = HERE / "sites"
API_PATH = "/locator/exportsAsJson/v2"
API_MAX_PAGE_SIZE = 8  # the real one allows 2000; small, so that a reader has to page
SUFFIXES = ("", ".html", ".htm", "/index.html", "/index.htm")
TEXT = ("text/", "application/json", "application/xml", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Host:
    """How one host behaves. The defaults are those of a plain, healthy site."""

    name: str
    note: str = ""
    start: str = "/"  # where a person who looks around begins
    status: int = 200  # other than 200: the answer to every request
    close: bool = False  # drops the connection without an answer
    soft_404: bool = False  # an unknown page is answered with 200 and a polite text
    moved_to: str = ""  # every path is at this other origin now (301)
    redirects: dict[str, str] = field(default_factory=dict)  # path → target (301)
    rate_limited: bool = False  # the first request for each page gets 429 with Retry-After: 1
    charset: str = "utf-8"
    validators: bool = True  # sends ETag and Last-Modified
    last_modified: str = "Thu, 01 Oct 2026 12:00:00 GMT"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before compression and conditional handling."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    validators: bool = False

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    @property
    def is_text(self) -> bool:
        return dict(self.headers).get("Content-Type", "").startswith(TEXT)


@lru_cache(maxsize=1)
def hosts() -> dict[str, Host]:
    """Every host of the demo web by name. A folder in `sites/` needs no entry in `hosts.toml`."""
    told: dict[str, dict[str, Any]] = tomllib.loads((HERE / "hosts.toml").read_text(encoding="utf-8"))
    names = sorted({*told, *(p.name for p in SITES.iterdir() if p.is_dir())})
    return {name: Host(name, **told.get(name, {})) for name in names}


def answer(host: str, target: str) -> Reply | None:
    """The reply of `host` to a request for `target` (path and query); None where the connection is dropped."""
    site = hosts().get(host)
    url = urlsplit(target)
    path = unquote(url.path) or "/"
    if site is None:
        return _page(404, f"<h1>No such host</h1><p>{host} is not part of the demo world.</p>")
    if site.close:
        return None
    if site.status != 200:
        return _page(site.status, f"<h1>{site.status}</h1><p>Request refused.</p>")
    if site.moved_to or path in site.redirects:
        where = site.redirects.get(path) or site.moved_to + target
        return Reply(301, b"", (("Location", where), ("Content-Type", "text/html; charset=utf-8")))
    if path == API_PATH and (HERE / "api" / f"{host}.json").is_file():
        return _api(host, parse_qs(url.query))
    file = find_file(host, path)
    if file is None:
        return _not_found(site)
    return Reply(200, file.read_bytes(), (("Content-Type", _media_type(file, site)),), site.validators)


def find_file(host: str, path: str) -> Path | None:
    """The file that a path of a site is served from: `/iop` from `iop.html` or `iop/index.html`."""
    parts = PurePosixPath(path.lstrip("/")).parts
    if ".." in parts:
        return None
    base = SITES.joinpath(host, *parts)
    return next((f for s in SUFFIXES if (f := Path(f"{base}{s}")).is_file()), None)


def _media_type(file: Path, site: Host) -> str:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{kind}; charset={site.charset}" if kind.startswith("text/") else kind


def _not_found(site: Host) -> Reply:
    own = SITES / site.name / "404.html"
    if own.is_file():
        status = 200 if site.soft_404 else 404
        return Reply(status, own.read_bytes(), (("Content-Type", _media_type(own, site)),))
    return _page(404, "<h1>Not Found</h1><p>The requested page was not found on this server.</p>")


def _page(status: int, body: str) -> Reply:
    html = f"<!doctype html><html lang=en><title>{status}</title><body>{body}</body></html>"
    return Reply(status, html.encode(), (("Content-Type", "text/html; charset=utf-8"),))


@lru_cache(maxsize=8)
def _api_rows(host: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((HERE / "api" / f"{host}.json").read_text(encoding="utf-8"))
    return rows


def _api(host: str, query: dict[str, list[str]]) -> Reply:
    """One page of the locator's export, in the shape of findtreatment.gov's exportsAsJson/v2."""
    rows = _api_rows(host)
    try:
        page, asked = (int(query.get(k, [d])[0]) for k, d in (("page", "1"), ("pageSize", "30")))
    except ValueError:
        return _page(400, "<p>page and pageSize are numbers.</p>")
    size = max(1, min(asked, API_MAX_PAGE_SIZE))
    first = (max(page, 1) - 1) * size
    chosen = [{"_irow": first + i + 1, **row} for i, row in enumerate(rows[first : first + size])]
    found = {"page": page, "totalPages": -(-len(rows) // size), "recordCount": len(rows), "rows": chosen}
    return Reply(200, json.dumps(found).encode(), (("Content-Type", "application/json"),), validators=True)
