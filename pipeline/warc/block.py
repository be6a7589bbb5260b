"""The block of a WARC record (ISO 28500): read within a limit, whole, with the digests that it states, and decoded."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeadersParser

from pipeline.fetch.body import GZIP, DamagedError, TooLargeError, UnknownEncodingError, decoder
from pipeline.fetch.outcome.outcome import looks_like_html

HEAD_ROOM = 1_000_000  # bytes of a block beside its content: HTTP headers and chunk sizes
ALGORITHMS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
CUT_SHORT = "cut short: the file ends within it, or is damaged from here on"
HTTP = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"], verify=False)


class LeftOutError(Exception):
    """A record that is not taken in, and why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer of a record. `body` is decoded; headers are by lower-case name, the last of a name counts."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


def read_block(record: Any, limit: int) -> bytes:
    """The whole block. Raises LeftOutError where it is too large, cut short, or not what its digest says."""
    stated = record.rec_headers
    if stated.get_header("WARC-Segment-Number"):
        raise LeftOutError("a segment of a record: not put together")
    if stated.get_header("WARC-Truncated"):
        raise LeftOutError("cut short by the tool that wrote it")
    if record.length is None:
        raise LeftOutError("its length is not given")
    if record.length > limit + HEAD_ROOM:
        raise _too_large(limit)
    block: bytes = record.raw_stream.read()
    if len(block) != record.length:
        raise LeftOutError(CUT_SHORT)
    _verify(stated.get_header("WARC-Block-Digest"), [block])
    return block


def read_content(record: Any, limit: int) -> bytes:
    """The content of a response, after its HTTP headers, or of a resource, of a record of ours: it is not encoded."""
    block = read_block(record, limit)
    content = _split(block)[2] if record.rec_type == "response" else block
    _verify(record.rec_headers.get_header("WARC-Payload-Digest"), [content])
    return content


def read_answer(record: Any, limit: int) -> Answer:
    """The HTTP answer of another tool's record, its body decoded. Tools differ in what they take the digest of:
    the body with its transfer encoding, without, or decoded."""
    status, headers, sent = _split(read_block(record, limit))
    if record.rec_type == "revisit":
        return Answer(status, headers)
    plain = sent
    if "chunked" in headers.get("transfer-encoding", "").lower():
        plain = ChunkedDataReader(io.BytesIO(sent)).read()
    declared = headers.get("content-length", "")
    if plain is sent and declared.isdigit() and len(sent) < int(declared):
        raise LeftOutError("cut short: the server promised more")
    body = _decoded(plain, headers.get("content-encoding", ""), limit)
    _verify(record.rec_headers.get_header("WARC-Payload-Digest"), [sent, plain, body])
    return Answer(status, headers, body)


def digest_key(stated: str | None) -> str | None:
    """A digest as it is compared: base32 and hexadecimal are written in either case."""
    algorithm, colon, value = (stated or "").partition(":")
    return f"{algorithm.lower()}:{value.upper()}" if colon else None


def _split(block: bytes) -> tuple[int, dict[str, str], bytes]:
    stream = io.BytesIO(block)
    try:
        parsed = HTTP.parse(stream)
        status = int(parsed.get_statuscode())
    except (EOFError, ValueError, IndexError):
        raise LeftOutError("no HTTP answer is in it") from None
    headers = {name.lower(): value.replace("\0", "").strip() for name, value in parsed.headers}
    return status, headers, stream.read()


def _decoded(data: bytes, encoding: str, limit: int) -> bytes:
    """A body without its content encoding. Some tools take it off and leave the header."""
    name = encoding.strip().lower()
    bare = looks_like_html(data) or (name in ("gzip", "x-gzip") and data[:2] != GZIP)
    try:
        decode = decoder("" if bare else name, limit)
        body = decode.feed(data)
        decode.finish()
    except TooLargeError:
        raise _too_large(limit) from None
    except UnknownEncodingError:
        raise LeftOutError(f"content-encoding {name}: cannot be decoded") from None
    except DamagedError as error:
        raise LeftOutError(f"content-encoding {name}: damaged, {error}") from None
    return body


def _verify(stated: str | None, candidates: Iterable[bytes]) -> None:
    """Raises LeftOutError where a digest is of none of these. One by an algorithm that we do not know says nothing."""
    algorithm, colon, value = (stated or "").partition(":")
    name = algorithm.lower().replace("-", "")
    if not colon or name not in ALGORITHMS:
        return
    for data in candidates:
        digest = hashlib.new(name, data, usedforsecurity=False).digest()
        base32, base64_ = base64.b32encode(digest).decode(), base64.urlsafe_b64encode(digest).decode()
        given = {value.upper().rstrip("="), value.replace("+", "-").replace("/", "_").rstrip("=")}
        if given & {digest.hex().upper(), base32.rstrip("="), base64_.rstrip("=")}:
            return
    raise LeftOutError("its digest is wrong")


def _too_large(limit: int) -> LeftOutError:
    return LeftOutError(f"passes the size limit of {limit:,} bytes")
