"""HTTP/1.1 over one connection, a GET at a time; llhttp (the parser of Node.js) reads the answers.

httpx's own transport has them read by h11, which is pure Python, and takes half of the time of a request.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from pipeline.fetch.wire.stream import Stream

READ_AT_ONCE = 262_144  # bytes
MAX_HEAD = 102_400  # bytes of an answer before its body, as h11 has it; llhttp knows no limit
LENGTHS = {b"content-length", b"transfer-encoding"}
# One length said twice may be taken as once (RFC 9110, 8.6).
TWINS = re.compile(
    rb"(\r?\ncontent-length:[ \t]*(\d+))(?:\r?\ncontent-length:[ \t]*\2(?=\r?\n))+", re.IGNORECASE
)
# What servers get wrong, and no browser minds: odd characters, line ends, chunk sizes, a length beside chunks.
LENIENT = {
    "lenient_headers": True,
    "lenient_chunked_length": True,
    "lenient_optional_lf_after_cr": True,
    "lenient_optional_cr_before_lf": True,
    "lenient_optional_crlf_after_chunk": True,
    "lenient_spaces_after_chunk_size": True,
}


class Http1(httpx.AsyncBaseTransport):
    """`stream` is connected, and secured where it is to be."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._free = True

    def is_available(self) -> bool:
        """Whether another request may be sent: the last answer ended well, and nothing came since."""
        return self._free and not self._stream.unasked

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer's head; its body is read as it is iterated over. Raises httpx.TransportError."""
        self._free = False
        timeouts = request.extensions["timeout"]
        answer = Answer()
        await self._stream.write(_head(request), timeouts["write"])
        while not answer.begun:
            await self.feed(answer, timeouts["read"])
        return httpx.Response(
            answer.status, headers=answer.headers, stream=Body(self, answer, timeouts["read"])
        )

    async def feed(self, answer: Answer, timeout: float | None) -> None:
        """Read on; with the answer's end the connection is free for the next request."""
        data = await self._stream.read(READ_AT_ONCE, timeout)
        if data:
            answer.feed(data)
        else:
            answer.end()
        self._free = answer.ended and answer.keep_alive

    async def aclose(self) -> None:
        self._free = False
        await self._stream.aclose()


class Answer:
    """An answer as far as it came. The parser calls the `on_…` methods."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.chunks: list[bytes] = []
        self.begun = self.ended = self.keep_alive = False
        self._size = 0  # of what gave no body: the head, trailers, what stands beside chunks
        self._head = b""
        self._parser = _parser(self)

    def feed(self, data: bytes) -> None:
        """Take in what was received. Raises RemoteProtocolError for what is no HTTP/1.1."""
        if not self.begun:
            self._head += data
        self._size += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._mend(error)
        if self._size > MAX_HEAD and not self.ended:
            raise httpx.RemoteProtocolError(f"{MAX_HEAD} bytes without any of a body")

    def _mend(self, error: Exception) -> None:
        """Go on where a wrong answer can still be understood."""
        self.keep_alive = False
        if self.ended:  # what follows the end is nobody's
            return
        mended = TWINS.sub(rb"\1", self._head) if not self.begun else self._head
        if mended == self._head:
            raise httpx.RemoteProtocolError(f"an answer that is not HTTP/1.1: {error}") from error
        self._head, self._parser = b"", _parser(self)
        self.headers.clear()
        self.feed(mended)

    def end(self) -> None:
        """The server closed the connection: the end of the body, where nothing else tells it (RFC 9112, 6.3)."""
        if not self.begun:
            raise httpx.RemoteProtocolError("the server closed the connection without an answer")
        said = {name.lower(): value.lower() for name, value in self.headers}
        if b"chunked" in said.get(b"transfer-encoding", b"") or said.keys() & LENGTHS == {b"content-length"}:
            raise httpx.RemoteProtocolError("the server closed the connection before the end of the body")
        self.ended = True

    def on_message_begin(self) -> None:
        if self.ended:  # an answer to nothing
            self.keep_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.begun:  # trailers tell nothing of the page
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:  # 100 Continue, 103 Early Hints: the answer comes after it
            self.headers.clear()
        elif not self.begun:
            self.begun, self.status, self.keep_alive = True, status, self._parser.should_keep_alive()

    def on_body(self, chunk: bytes) -> None:
        self._size = 0
        if not self.ended:
            self.chunks.append(chunk)

    def on_message_complete(self) -> None:
        self.ended = self.begun


class Body(httpx.AsyncByteStream):
    """The body of an answer, decoded from its chunks. Left before its end, the connection is closed."""

    def __init__(self, connection: Http1, answer: Answer, timeout: float | None) -> None:
        self._connection, self._answer, self._timeout = connection, answer, timeout

    async def __aiter__(self) -> AsyncIterator[bytes]:
        answer = self._answer
        while True:
            chunks, answer.chunks = answer.chunks, []
            for chunk in chunks:
                yield chunk
            if answer.ended:
                return
            await self._connection.feed(answer, self._timeout)

    async def aclose(self) -> None:
        if not self._answer.ended:
            await self._connection.aclose()


def _parser(answer: Answer) -> HttpResponseParser:
    parser = HttpResponseParser(answer)
    parser.set_dangerous_leniencies(**LENIENT)
    return parser


def _head(request: httpx.Request) -> bytes:
    """The request's bytes. Raises LocalProtocolError where a header would end its line."""
    lines = [b"%b %b HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%b: %b" % header for header in request.headers.raw]
    head = b"\r\n".join([*lines, b"", b""])
    if head.count(b"\n") != len(lines) + 1 or head.count(b"\r") != len(lines) + 1 or b"\0" in head:
        raise httpx.LocalProtocolError("a header with a line end in it")
    return head
