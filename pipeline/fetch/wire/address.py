"""Where we may connect: names are resolved once, by us, and only checked addresses are connected to.

The check stands at the socket, so that redirects, IPv6 and DNS rebinding all pass through it: the address
that was checked is the one connected to, while Host and SNI keep the name.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from functools import partial

import httpcore

from pipeline.fetch.settings import FetchSettings

NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What Python counts as global and is not anybody's public server: IANA's protocol assignments (metadata services
# among them), the old 6to4 relays, documentation, site-local IPv6, and the wire server of a large cloud.
NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "3fff::/20", "fec0::/10"),
    )
)


# Threads of their own: a name server that does not answer must not keep pages from the archive.
RESOLVERS = ThreadPoolExecutor(32, thread_name_prefix="resolve")


class RefusedAddressError(Exception):
    """The name leads to an address that we do not connect to."""


class UnknownHostError(Exception):
    """The name does not resolve."""


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet (IANA special-purpose registries).

    False for loopback, private, link-local (so also cloud metadata), shared (CGNAT), multicast, reserved,
    and for IPv6 forms that carry such an IPv4 address (mapped, 6to4, NAT64).
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.teredo is not None:
            return False
    if any(ip in network for network in NOT_PUBLIC):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def mapped(connect_to: Mapping[str, tuple[str, int]], host: str, port: int) -> tuple[str, int] | None:
    """The address and port that the settings choose for a host, if any. Exact names win over patterns."""
    for key in (f"{host}:{port}", host):
        if key in connect_to:
            return connect_to[key]
    return next((to for pattern, to in connect_to.items() if fnmatchcase(host, pattern)), None)


async def system_resolver(host: str, port: int) -> list[str]:
    """Addresses of a host by the system's resolver, in its order of preference."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(RESOLVERS, ask)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class CheckedBackend(httpcore.AnyIOBackend):
    """Connects to checked addresses only. A host's addresses are asked for once."""

    def __init__(self, settings: FetchSettings, allow_private: frozenset[str] = frozenset()) -> None:
        self._settings = settings
        self._allow = settings.allow_private | allow_private
        self._addresses: dict[tuple[str, int], list[str]] = {}

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that takes one. Raises RefusedAddressError, UnknownHostError, or what
        httpcore does."""
        to = mapped(self._settings.connect_to, host, port)
        addresses, port = ([to[0]], to[1]) if to else (await self.checked(host, port), port)
        for last, address in enumerate(addresses, 1 - len(addresses)):
            try:
                return await super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == 0:
                    raise
        raise UnknownHostError(f"{host} has no address")

    async def checked(self, host: str, port: int) -> list[str]:
        """The addresses of a host, all of them public, or of a host that need not be."""
        key = (host, port)
        if key not in self._addresses:
            addresses = await self._resolve(host, port)
            if host not in self._allow:
                for address in addresses:
                    if not is_public(address):
                        raise RefusedAddressError(f"{host} is at {address}, which is not a public address")
            self._addresses[key] = addresses[:4]
        return self._addresses[key]

    async def _resolve(self, host: str, port: int) -> list[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass
        try:
            found = await (self._settings.resolve or system_resolver)(host, port)
        except (OSError, UnicodeError) as error:
            if (
                getattr(error, "errno", None) == socket.EAI_AGAIN
            ):  # our resolver's trouble, not the site's end
                raise httpcore.ConnectError(f"no name server answered for {host}") from error
            raise UnknownHostError(f"{host}: {error}") from error
        if not found:
            raise UnknownHostError(f"{host} has no address")
        return found
