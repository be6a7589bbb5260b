"""From bytes on the wire to content: decompression that never passes its limit."""

from __future__ import annotations

from typing import Protocol

from zlib_ng import zlib_ng as zlib

HEADER_SAYS = zlib.MAX_WBITS | 32  # gzip or zlib, by the header
GZIP = b"\x1f\x8b"
MAX_MEMBERS = 100


class TooLargeError(Exception):
    """The decoded body passed the limit. `data` is what there was room for."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__("the decoded body passes the size limit")
        self.data = data


class UnknownEncodingError(Exception):
    """A content-encoding that we did not ask for."""


class DamagedError(Exception):
    """Compressed data that cannot be read."""


class Decoder(Protocol):
    """What turns received chunks into at most `limit` decoded bytes."""

    def feed(self, chunk: bytes) -> bytes: ...
    def finish(self) -> None:
        """Nothing more comes. Raises DamagedError where the data cannot end here."""


class Plain:
    """Identity encoding, counted."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def feed(self, chunk: bytes) -> bytes:
        if len(chunk) > self._left:
            raise TooLargeError(chunk[: self._left])
        self._left -= len(chunk)
        return chunk

    def finish(self) -> None:
        """Any end will do."""


class Inflate:
    """gzip and deflate, never decompressing beyond the limit, whatever the ratio (compression bombs)."""

    def __init__(self, limit: int, encoding: str) -> None:
        self._left = limit
        self._raw_deflate = encoding == "deflate"
        self._members = MAX_MEMBERS
        self._begun = self._ended = False
        self._held = b""  # the first byte of two that tell what it is
        self._zlib = zlib.decompressobj(HEADER_SAYS)

    def feed(self, chunk: bytes) -> bytes:
        if self._ended or not chunk:
            return b""
        if self._raw_deflate and not self._begun and len(self._held + chunk) < 2:
            self._held += chunk
            return b""
        chunk, self._held, self._begun = self._held + chunk, b"", True
        data = self._inflate(chunk)
        while self._zlib.eof and self._zlib.unused_data[:2] == GZIP:  # a further member (RFC 1952, 2.2)
            self._members -= 1
            if self._members < 0:
                raise DamagedError(f"more than {MAX_MEMBERS} gzip members")
            rest, self._zlib = self._zlib.unused_data, zlib.decompressobj(HEADER_SAYS)
            data += self._inflate(rest)
        self._ended = self._zlib.eof and len(self._zlib.unused_data) > 1  # what follows is padding: not kept
        return data

    def finish(self) -> None:
        if (self._begun or self._held) and not self._zlib.eof:
            raise DamagedError("cut short")

    def _inflate(self, chunk: bytes) -> bytes:
        try:
            data = self._zlib.decompress(chunk, self._left + 1)
        except zlib.error as error:  # type: ignore[misc]  # its stub gives an instance
            if not self._raw_deflate:
                raise DamagedError(str(error)) from error
            self._raw_deflate = False  # some servers send deflate without its zlib header
            self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._inflate(chunk)
        if len(data) > self._left:
            raise TooLargeError(data[: self._left])
        self._left -= len(data)
        return data


def decoder(encoding: str, limit: int) -> Decoder:
    """The decoder for a Content-Encoding header. Raises UnknownEncodingError for what we cannot read."""
    name = encoding.strip().lower()
    if name in ("", "identity", "none"):
        return Plain(limit)
    if name in ("gzip", "x-gzip", "deflate"):
        return Inflate(limit, name)
    raise UnknownEncodingError(f"content-encoding {encoding!r}")


def gunzip(data: bytes, limit: int) -> bytes:
    """A gzip file's content, at most `limit` bytes. Raises TooLargeError or DamagedError."""
    decoder = Inflate(limit, "gzip")
    content = decoder.feed(data)
    decoder.finish()
    return content
