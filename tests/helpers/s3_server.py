"""An S3-compatible server on loopback (moto's), which can be told to fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

import pytest

Where = Callable[[str, str], bool]


def never(method: str, path: str) -> bool:
    return False


class S3Server:
    """Requests for which `fails(method, path)` holds get a 500, those of `refuses` a 403; `seen` lists all of them."""

    def __init__(self) -> None:
        pytest.importorskip("s3fs", reason="no client of S3: pip install 'iop-directory[s3]'")
        pytest.importorskip("flask_cors", reason="moto's server wants flask and flask-cors")
        app = pytest.importorskip("moto.moto_server.werkzeug_app", reason="no moto: pip install 'moto[s3]'")
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log(self, type: str, message: str, *args: Any) -> None: ...

        self.fails: Where = never
        self.refuses: Where = never
        self.seen: list[str] = []
        self._turn = threading.Lock()  # S3 takes the writes of an object one by one; moto's threads do not
        self._app = app.DomainDispatcherApplication(app.create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.host = f"127.0.0.1:{self._server.port}"
        reset = Request(
            f"http://{self.host}/moto-api/reset", method="POST"
        )  # what another module's server holds
        urlopen(reset).close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.seen.append(f"{method} {path}")
        for bad, status in ((self.fails, "500 Internal Server Error"), (self.refuses, "403 Forbidden")):
            if bad(method, path):
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                code = status.partition(" ")[2].replace(" ", "")
                body = f"<Error><Code>{code}</Code><Message>as told</Message></Error>".encode()
                start_response(
                    status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
                )
                return [body]
        with self._turn:
            return self._app(environ, start_response)

    def well(self) -> None:
        self.fails = self.refuses = never
        self.seen.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def s3_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A server to which the environment points, with the bucket `bucket`; what fails is tried once."""
    server = S3Server()
    import s3fs

    given = {
        "AWS_ACCESS_KEY_ID": "of-a-test",
        "AWS_SECRET_ACCESS_KEY": "of-a-test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in {
        **given,
        "AWS_ENDPOINT_URL": f"http://{server.host}",
        "AWS_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir("bucket")
    yield server
    s3fs.S3FileSystem.clear_instance_cache()
    server.close()
