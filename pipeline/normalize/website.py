"""Printed web addresses → addresses that lead somewhere, one a cell."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sources.urls import canonical_url

_BETWEEN = re.compile(r"[\s;|]+|,(?=\s|https?:|www\.)", re.IGNORECASE)
_AROUND = " \t<>()[]{}\"'“”‘’,.;"
_SCHEME = re.compile(r"(?:(https?)(?::[/\\]*|[/\\]{2,}))+", re.IGNORECASE)
_TOP_LEVEL = re.compile(r"[a-z]{2,}|xn--[a-z\d-]+|\d+", re.IGNORECASE)


def web_addresses(printed: str) -> list[str]:
    """The web addresses of a cell, in order: http(s) or no scheme, a host with a dot in it, as printed but for doubled or
    broken schemes. A file, a mailbox and words are none."""
    found = (_address(part.strip(_AROUND)) for part in _BETWEEN.split(printed))
    return list(dict.fromkeys(filter(None, found)))


def _address(part: str) -> str | None:
    start = _SCHEME.match(part)
    is_plain = start is None or start[0].lower() in ("http://", "https://")
    url = part if start is None or is_plain else f"{start[1].lower()}://{part[start.end() :]}"
    whole = url if "://" in url else f"https://{url}"
    full = canonical_url(whole)
    if full is None or "@" in urlsplit(whole).netloc:
        return None
    name, dot, top = (urlsplit(full).hostname or "").rpartition(".")
    return url if name and dot and _TOP_LEVEL.fullmatch(top) else None
