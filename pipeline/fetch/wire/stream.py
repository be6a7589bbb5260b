"""A TCP or TLS connection on asyncio's own streams, as httpcore wants one; what goes wrong is named as httpx does.

httpcore's own goes through anyio, which for each read and write opens and closes a cancel scope: a third of
the time of a request.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpcore
import httpx

WRITE_AT_ONCE = 65_536  # bytes that may wait in the transport before a write waits for them to leave


async def connect(address: str, port: int, timeout: float | None) -> Stream:
    """A connection to an IP address. Raises httpx.ConnectError or ConnectTimeout."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with _connecting(timeout):
            await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return Stream(sock)


class Stream(httpcore.AsyncNetworkStream):
    """Plain, unless `start_tls` is called before the first byte."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        async with _connecting(timeout):
            await self._open(ssl=ssl_context, server_hostname=server_hostname)
        return self

    @property
    def protocol(self) -> str | None:
        """What the server chose to speak (ALPN)."""
        tls: ssl.SSLObject | None = self.get_extra_info("ssl_object")
        return tls.selected_alpn_protocol() if tls is not None else None

    @property
    def unasked(self) -> bool:
        """Whether something came that nobody asked for: an end, a fault, or a parting answer such as 408."""
        reader = self._reader
        if reader is None:
            return False
        waiting = bool(reader._buffer)  # type: ignore[attr-defined]
        return waiting or reader.at_eof() or reader.exception() is not None

    @property
    def closing(self) -> bool:
        """Whether the connection ended, by us or by the server."""
        return self._writer is not None and self._writer.is_closing()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            async with asyncio.timeout(timeout):
                reader = self._reader or (await self._open())[0]
                return await reader.read(max_bytes)
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpx.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        try:
            writer = self._writer or (await self._open())[1]
            writer.write(buffer)
            if writer.transport.get_write_buffer_size() > WRITE_AT_ONCE:
                async with asyncio.timeout(timeout):
                    await writer.drain()
        except TimeoutError as error:
            raise httpx.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpx.WriteError(str(error)) from error

    async def aclose(self) -> None:
        if self._writer is None:
            self._socket.close()
        else:
            self._writer.close()

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # asked of an idle connection: has the server closed it?
            return self.unasked
        if info == "socket":
            return self._socket
        return self._writer.get_extra_info(info) if self._writer is not None else None

    async def _open(self, **tls: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._reader, self._writer = await asyncio.open_connection(sock=self._socket, **tls)
        return self._reader, self._writer


@asynccontextmanager
async def _connecting(timeout: float | None) -> AsyncIterator[None]:
    """Time and faults of a block, as httpx names them."""
    try:
        async with asyncio.timeout(timeout):
            yield
    except TimeoutError as error:
        raise httpx.ConnectTimeout(str(error)) from error
    except OSError as error:  # ssl.SSLError is one
        raise httpx.ConnectError(str(error)) from error
