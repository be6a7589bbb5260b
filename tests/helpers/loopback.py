"""Servers of a test on this machine: one of files, one that takes what is posted, one that takes mail."""

from __future__ import annotations

import base64
import json
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar


class Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@contextmanager
def files(folder: Path) -> Iterator[str]:
    """The address of a server of a folder's files, without a slash at its end."""
    with served(ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder)))) as address:
        yield address


class Hook:
    """What was posted, and with which statuses posts are answered: `answers` first, then 200."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.posts: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self.url = f"http://127.0.0.1:{server.server_port}/services/hush-hush"

    @property
    def kinds(self) -> list[str]:
        """Kinds of the alerts in order; those that are over with a minus before them."""
        return [("-" if p["alert"]["over"] else "") + p["alert"]["kind"] for p in self.posts]


@contextmanager
def webhook() -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # its name for a method
            body = self.rfile.read(int(self.headers["content-length"]))
            status = hook.answers.pop(0) if hook.answers else 200
            if status == 200:
                hook.posts.append(json.loads(body))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook = Hook(server)
    with served(server):
        yield hook


class Mailbox(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client of the standard library needs."""

    mails: ClassVar[list[EmailMessage]]
    logins: ClassVar[list[str]]
    refuses: ClassVar[bool] = False

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO":
                    self._say("250-here", "250 AUTH PLAIN")
                case "AUTH":
                    self.logins.append(base64.b64decode(rest.split()[1]).decode().replace("\0", " ").strip())
                    self._say("235 welcome")
                case "MAIL" if self.refuses:
                    self._say("451 not now")
                case "DATA":
                    self._say("354 go on")
                    self.mails.append(message_from_bytes(self._body(), policy=policy.default))  # type: ignore[arg-type]
                    self._say("250 taken")
                case "QUIT":
                    return self._say("221 bye")
                case _:
                    self._say("250 fine")
        return None

    def _body(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(lines)

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@contextmanager
def mailbox(
    secure: ssl.SSLContext | None = None, refuses: bool = False
) -> Iterator[tuple[int, type[Mailbox]]]:
    """The server's port, and what came; `secure`: TLS from the first byte."""
    taken = type("Taken", (Mailbox,), {"mails": [], "logins": [], "refuses": refuses})

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def get_request(self) -> Any:
            connection, address = super().get_request()
            return (secure.wrap_socket(connection, server_side=True) if secure else connection), address

    server = Server(("127.0.0.1", 0), taken)
    with served(server):
        yield server.server_address[1], taken  # type: ignore[misc]


@contextmanager
def served(server: socketserver.TCPServer) -> Iterator[str]:
    """The address of a server, which answers until the end."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
