"""The demo web on loopback: virtual hosts by Host header, over plain HTTP/1.1.

`python -m sources.demo.server --port 8080` lets a person look around: browsers resolve `*.localhost` to this
machine, so each site is also served as `http://<host>.localhost:8080/`.
"""

from __future__ import annotations

import argparse
import gzip
import threading
from functools import lru_cache
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from sources.demo.world import Reply, answer, hosts

MIN_GZIP_BYTES = 400


@lru_cache(maxsize=512)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=6, mtime=0)


def _index(port: int) -> Reply:
    """The list of hosts, for a person at http://127.0.0.1:PORT/."""
    items = "".join(
        f'<li><a href="http://{name}.localhost:{port}{host.start}">{escape(name)}</a> {escape(host.note)}</li>'
        for name, host in hosts().items()
    )
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>The demo world</title>'
        "<style>body{font:16px/1.6 system-ui;margin:2rem auto;max-width:46rem}</style>"
        "<h1>The demo world</h1><p>Every provider, place and telephone number here is invented.</p>"
        f"<ul>{items}</ul></html>"
    )
    return Reply(200, html.encode(), (("Content-Type", "text/html; charset=utf-8"),))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, _Handler)
        self.lock = threading.Lock()
        self.throttled: set[tuple[str, str]] = set()

    def throttle(self, host: str, path: str) -> bool:
        """True once for each page of a rate-limited host: the first request is refused, the next succeeds."""
        site = hosts().get(host)
        if site is None or not site.rate_limited or path == "/robots.txt":
            return False
        with self.lock:
            first = (host, path) not in self.throttled
            self.throttled.add((host, path))
        return first


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "demo"
    sys_version = ""
    timeout = 30
    wbufsize = -1  # headers and body leave in one packet
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").rsplit(":", 1)[0].lower().removesuffix(".localhost")
        if host in ("", "127.0.0.1", "localhost"):
            self._send(_index(self.server.server_port))
        elif self.server.throttle(host, self.path):
            self._send(
                Reply(429, b"Too many requests\n", (("Content-Type", "text/plain"), ("Retry-After", "1")))
            )
        elif (reply := answer(host, self.path)) is None:
            self.close_connection = True
        else:
            self._send(reply, hosts()[host].last_modified if host in hosts() else "")

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def _send(self, reply: Reply, last_modified: str = "") -> None:
        validators = {"ETag": reply.etag, "Last-Modified": last_modified} if reply.validators else {}
        if validators and self._unchanged(reply.etag, last_modified):
            self.send_response(304)
            for name, value in validators.items():
                self.send_header(name, value)
            self.end_headers()
            return
        headers = dict(reply.headers) | validators
        body = reply.body
        if reply.is_text and len(body) >= MIN_GZIP_BYTES:
            headers["Vary"] = "Accept-Encoding"
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                body, headers["Content-Encoding"] = _gzipped(body), "gzip"
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _unchanged(self, etag: str, last_modified: str) -> bool:
        """RFC 9110, 13.2.2: If-None-Match wins over If-Modified-Since."""
        if (tags := self.headers.get("If-None-Match")) is not None:
            return etag in (t.strip().removeprefix("W/") for t in tags.split(",")) or tags.strip() == "*"
        return self.headers.get("If-Modified-Since") == last_modified

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the pipeline that reads this server writes its own log of attempts."""


class DemoServer:
    """The demo web as a context manager. `port` is free to choose; 0 takes any free one."""

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def connect_to(self) -> dict[str, tuple[str, int]]:
        """Where a client must connect for the demo's hosts, as the fetcher's setting of the same name."""
        return {"*.example": ("127.0.0.1", self.port)}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the demo world on this machine.")
    parser.add_argument("--port", type=int, default=8088)
    with DemoServer(parser.parse_args().port) as server:
        print(f"The demo world is at http://127.0.0.1:{server.port}/  (Ctrl-C ends it)")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
