"""The block of a WARC record (ISO 28500): read within a limit, whole, with the digests that it states, and decoded."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from warcio.bufferedreaders import ChunkedDataReader
from warcio.digestverifyingreader import DigestChecker, DigestVerifyingReader
from warcio.statusandheaders import StatusAndHeadersParser

from pipeline.fetch.body import GZIP, DamagedError, TooLargeError, UnknownEncodingError, decoder
from pipeline.fetch.outcome.outcome import looks_like_html
from pipeline.fetch.wire.messages import Response

HEAD_ROOM = 1_000_000  # bytes of a block beside its content: HTTP headers and chunk sizes
CUT_SHORT = "cut short: the file ends within it, or is damaged from here on"
HTTP = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"], verify=False)


class LeftOutError(Exception):
    """A record that is not taken in, and why."""


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
    _verify(stated.get_header("WARC-Block-Digest"), block)
    return block


def read_content(record: Any, limit: int) -> bytes:
    """The content of a response, after its HTTP headers, or of a resource, of a record of ours: it is not encoded."""
    block = read_block(record, limit)
    content = _response("", block).body if record.rec_type == "response" else block
    _verify(record.rec_headers.get_header("WARC-Payload-Digest"), content)
    return content


def read_response(record: Any, url: str, limit: int) -> Response:
    """The HTTP response of another tool's record, its body decoded; of a revisit the headers alone. Tools differ in
    what they take the digest of: the body with its transfer encoding, without, or decoded."""
    sent = _response(url, read_block(record, limit))
    if record.rec_type == "revisit":
        return sent
    plain = sent.body
    declared = sent.headers.get("content-length", "")
    if "chunked" in sent.headers.get("transfer-encoding", "").lower():
        plain = ChunkedDataReader(io.BytesIO(plain)).read()
    elif declared.isdigit() and len(plain) < int(declared):
        raise LeftOutError("cut short: the server promised more")
    body = _decoded(plain, sent.headers.get("content-encoding", ""), limit)
    _verify(record.rec_headers.get_header("WARC-Payload-Digest"), sent.body, plain, body)
    return Response(url, url, sent.status, sent.headers, body)


def _response(url: str, block: bytes) -> Response:
    stream = io.BytesIO(block)
    try:
        parsed = HTTP.parse(stream)
        status = int(parsed.get_statuscode())
    except (EOFError, ValueError, IndexError):
        raise LeftOutError("no HTTP answer is in it") from None
    headers = {name.lower(): value.replace("\0", "").strip() for name, value in parsed.headers}
    return Response(url, url, status, headers, stream.read())


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


def _verify(stated: str | None, *candidates: bytes) -> None:
    """Raises LeftOutError where a digest is of none of these. One by an algorithm that we do not know says nothing."""
    if stated is None or stated.partition(":")[0] not in hashlib.algorithms_available:
        return
    for data in candidates:
        checker = DigestChecker()
        DigestVerifyingReader(io.BytesIO(data), len(data), checker, block_digest=stated).read()
        if checker.passed is not False:
            return
    raise LeftOutError("its digest is wrong")


def _too_large(limit: int) -> LeftOutError:
    return LeftOutError(f"passes the size limit of {limit:,} bytes")
