"""Download one file whole to a folder, going on where an earlier try stopped. For files that people ask for by name."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import httpx

from pipeline.fetch.settings import FetchSettings


class DownloadError(RuntimeError):
    """Why a file did not come, and what to do; in one line."""


def download(url: str, to: Path, settings: FetchSettings, checksum: str | None = None) -> None:
    """Write what `url` gives to `to`, by rename once it is whole; `checksum` is its SHA-256, where known.

    What has come before is kept beside it (`.NAME.part`) with the server's name of that version (ETag), and asked for
    no more if that version still stands (`If-Range`, RFC 9110, 13.1.5). Raises DownloadError, OSError.
    """
    part, version = to.with_name(f".{to.name}.part"), to.with_name(f".{to.name}.version")
    for leftover in (part, version):
        if leftover.is_symlink():  # none of ours: it is not written through
            leftover.unlink()
    try:
        _get(url, part, version, settings)
    except httpx.HTTPError as error:
        raise DownloadError(f"{url} broke off ({error}): run this again, it goes on from there") from None
    if checksum and (found := sha256(part.read_bytes()).hexdigest()) != checksum:
        part.unlink()
        raise DownloadError(f"{url} is damaged or another edition: its sha256 is {found}, not {checksum}")
    part.replace(to)
    version.unlink(missing_ok=True)


def _get(url: str, part: Path, version: Path, settings: FetchSettings) -> None:
    headers = {"User-Agent": settings.user_agent, "Accept-Encoding": "identity"}
    if part.exists() and version.exists():
        headers |= {"Range": f"bytes={part.stat().st_size}-", "If-Range": version.read_text()}
    timeout = httpx.Timeout(settings.read_s, connect=settings.connect_s)
    with httpx.stream("GET", url, headers=headers, timeout=timeout, follow_redirects=True) as answer:
        if answer.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
            version.unlink(missing_ok=True)  # a part that cannot be gone on with is begun anew
            raise DownloadError(f"{url} answers {answer.status_code}: see whether the address has moved")
        version.unlink(missing_ok=True)
        if tag := answer.headers.get("ETag", "").strip():
            version.write_text(tag)
        with part.open("ab" if answer.status_code == httpx.codes.PARTIAL_CONTENT else "wb") as file:
            for chunk in answer.iter_raw():
                file.write(chunk)
