"""HTTP/2 is spoken where the server offers it."""

from __future__ import annotations

import asyncio
import ssl

import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from pipeline.fetch.run import fetch_sources
from pipeline.fetch.settings import FetchSettings
from pipeline.records import Outcome
from sources.kinds import KINDS
from sources.registry import Source

PAGE = b"<html><title>IOP</title><p>Three evenings a week, in groups of eight people.</p></html>"


async def serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[dict[bytes, bytes]]
) -> None:
    connection = H2Connection(H2Configuration(client_side=False, header_encoding=None))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    while data := await reader.read(65536):
        for event in connection.receive_data(data):
            if isinstance(event, RequestReceived):
                request = dict(event.headers)
                asked.append(request)
                status = b"200" if request[b":path"] in (b"/", b"/iop") else b"404"
                headers = [(b":status", status), (b"content-type", b"text/html")]
                connection.send_headers(event.stream_id, headers)
                connection.send_data(event.stream_id, PAGE, end_stream=True)
        writer.write(connection.data_to_send())
        await writer.drain()
    writer.close()


def test_http2_is_spoken_where_it_is_offered(archive) -> None:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("two.example").configure_cert(server)
    authority.configure_trust(client)
    server.set_alpn_protocols(["h2"])
    asked: list[dict[bytes, bytes]] = []

    async def run():
        listening = await asyncio.start_server(lambda r, w: serve(r, w, asked), "127.0.0.1", 0, ssl=server)
        settings = FetchSettings(
            connect_to={"two.example": ("127.0.0.1", listening.sockets[0].getsockname()[1])},
            ssl_context=client,
            per_host_delay_s=0,
            attempts=1,
        )
        source = Source("two", KINDS["provider_site"], "two", url="https://two.example/", entry=("/iop",))
        documents = [d async for d in fetch_sources([source], archive, settings)]
        listening.close()
        return documents

    documents = asyncio.run(run())
    assert [d.outcome for d in documents] == [Outcome.OK, Outcome.OK]
    assert [r[b":path"] for r in asked] == [b"/robots.txt", b"/", b"/sitemap.xml", b"/iop"]
    assert {r[b":authority"] for r in asked} == {b"two.example"}
