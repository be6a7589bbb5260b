"""One file, asked for by name: whole or not at all, and on from where an earlier try broke off."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from loopback import served

from pipeline.fetch.download import DownloadError, download
from pipeline.fetch.settings import FetchSettings

CONTENT = bytes(range(256)) * 40
SETTINGS = FetchSettings(read_s=5)


class Server(ThreadingHTTPServer):
    """Breaks off after `breaks_after` bytes of an answer, if that is set; remembers what was asked for."""

    content = CONTENT
    tag: str | None = '"one"'
    breaks_after: int | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges: list[str | None] = []
        self.url = f"http://127.0.0.1:{self.server_port}/file.txt"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server, span = self.server, self.headers.get("Range")
        server.ranges.append(span)
        if self.path != "/file.txt":
            self.send_error(404)
            return
        resumes = span is not None and self.headers.get("If-Range") == server.tag
        start = int(span.removeprefix("bytes=").rstrip("-")) if span and resumes else 0
        self.send_response(206 if resumes else 200)
        self.send_header("Content-Length", str(len(server.content) - start))
        if server.tag:
            self.send_header("ETag", server.tag)
        self.end_headers()
        end = None if server.breaks_after is None else start + server.breaks_after
        self.wfile.write(server.content[start:end])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    serving = Server()
    with served(serving):
        yield serving


def test_a_file_comes_whole(server: Server, tmp_path: Path) -> None:
    download(server.url, tmp_path / "it", SETTINGS, sha256(CONTENT).hexdigest())
    assert [file.name for file in tmp_path.iterdir()] == ["it"]
    assert (tmp_path / "it").read_bytes() == CONTENT


def test_what_broke_off_goes_on(server: Server, tmp_path: Path) -> None:
    server.breaks_after = 1000
    for _ in range(2):
        with pytest.raises(DownloadError, match=r"broke off .* run this again"):
            download(server.url, tmp_path / "it", SETTINGS)
        assert not (tmp_path / "it").exists()
    server.breaks_after = None
    download(server.url, tmp_path / "it", SETTINGS)
    assert (tmp_path / "it").read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=1000-", "bytes=2000-"]


@pytest.mark.parametrize("tag", ['"two"', None])
def test_another_version_is_begun_anew(server: Server, tmp_path: Path, tag: str | None) -> None:
    server.breaks_after = 1000
    with pytest.raises(DownloadError):
        download(server.url, tmp_path / "it", SETTINGS)
    server.breaks_after, server.tag, server.content = None, tag, b"other"
    download(server.url, tmp_path / "it", SETTINGS)
    assert (tmp_path / "it").read_bytes() == b"other"


def test_damage_is_told_and_not_kept(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="damaged or another edition"):
        download(server.url, tmp_path / "it", SETTINGS, "0" * 64)
    download(server.url, tmp_path / "it", SETTINGS)


@pytest.mark.parametrize(("path", "said"), [("/gone.txt", "answers 404"), (":1/file.txt", "broke off")])
def test_what_does_not_come_is_told(server: Server, tmp_path: Path, path: str, said: str) -> None:
    url = server.url.replace("/file.txt", path) if path.startswith("/") else f"http://127.0.0.1{path}"
    with pytest.raises(DownloadError, match=said):
        download(url, tmp_path / "it", SETTINGS)
    assert not (tmp_path / "it").exists()
