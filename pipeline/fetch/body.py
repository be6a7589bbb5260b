"""From bytes on the wire to text: bounded decompression, and the charset by the standard's rules."""

from __future__ import annotations

import zlib
from typing import Protocol

from w3lib.encoding import html_to_unicode


class TooLarge(Exception):  # noqa: N818 - says what it is
    """The decoded body passed the limit."""


class UnknownEncoding(Exception):  # noqa: N818 - says what it is
    """A content-encoding that we did not ask for."""


class Decoder(Protocol):
    """What turns received chunks into at most `limit` decoded bytes."""

    def feed(self, chunk: bytes) -> bytes: ...


class Plain:
    """Identity encoding, counted."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def feed(self, chunk: bytes) -> bytes:
        self._left -= len(chunk)
        if self._left < 0:
            raise TooLarge
        return chunk


class Inflate:
    """gzip and deflate, never decompressing beyond the limit, whatever the ratio (compression bombs)."""

    def __init__(self, limit: int, encoding: str) -> None:
        self._left = limit
        self._raw_deflate = encoding == "deflate"
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by the header

    def feed(self, chunk: bytes) -> bytes:
        try:
            data = self._zlib.decompress(chunk, self._left + 1)
        except zlib.error:
            if not self._raw_deflate:
                raise
            self._raw_deflate = False  # some servers send deflate without its zlib header
            self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
            data = self._zlib.decompress(chunk, self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge
        return data


def decoder(encoding: str, limit: int) -> Decoder:
    """The decoder for a Content-Encoding header. Raises UnknownEncoding for what we cannot read."""
    name = encoding.strip().lower()
    if name in ("", "identity", "none"):
        return Plain(limit)
    if name in ("gzip", "x-gzip", "deflate"):
        return Inflate(limit, name)
    raise UnknownEncoding(f"content-encoding {encoding!r}")


def gunzip(data: bytes, limit: int) -> bytes:
    """A gzip file's content, at most `limit` bytes. Raises TooLarge or zlib.error."""
    return Inflate(limit, "gzip").feed(data)


def decode(data: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Text of a document, and its charset: byte order mark, header, meta, else UTF-8 if it is that, else
    windows-1252 (WHATWG Encoding; a wrong declaration never raises: bad bytes become U+FFFD)."""
    charset, text = html_to_unicode(content_type or None, data, auto_detect_fun=_detect)
    return text, "windows-1252" if charset == "cp1252" else charset


def _detect(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
