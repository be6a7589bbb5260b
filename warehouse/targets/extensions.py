"""DuckDB's extensions for a connection: from a Python package, from DuckDB's own folder, else from its server."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from warehouse.sql import literal
from warehouse.targets.target import TargetError

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


def load(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Make extensions usable. Raises TargetError, with the remedy, where one cannot be had."""
    for name in names:
        file = packaged(name)
        try:
            connection.execute(f"LOAD {literal(str(file))}" if file else f"INSTALL {name}; LOAD {name}")
        except duckdb.Error as error:
            package = f"duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}"
            raise TargetError(
                f"DuckDB {duckdb.__version__} has no extension {name} here: pip install '{package}', "
                "or let it reach extensions.duckdb.org once"
            ) from error


def packaged(name: str) -> Path | None:
    """The file of an extension in the package `duckdb-extension-<name>`, where that is of this version of DuckDB."""
    spec = find_spec(f"duckdb_extension_{name}")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    return file if file.exists() else None


def allow_s3(connection: duckdb.DuckDBPyConnection) -> None:
    """Let a connection read and write `s3://`, with the key and the address that the environment gives, as S3's own
    clients take them; without a key, as DuckDB's extension `aws` finds one."""
    load(connection, "httpfs")
    environment = os.environ
    key, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if not (key and secret):
        load(connection, "aws")
        connection.execute("CREATE OR REPLACE SECRET (TYPE s3, PROVIDER credential_chain)")
        return
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1"
    options = {"KEY_ID": literal(key), "SECRET": literal(secret), "REGION": literal(region)}
    if token := environment.get("AWS_SESSION_TOKEN"):
        options["SESSION_TOKEN"] = literal(token)
    if url := next(filter(None, map(environment.get, ENDPOINTS)), None):
        parts = urlsplit(url)
        options |= {"ENDPOINT": literal(parts.netloc), "URL_STYLE": "'path'"}
        options["USE_SSL"] = str(parts.scheme == "https").lower()
    given = ", ".join(f"{name} {value}" for name, value in options.items())
    connection.execute(f"CREATE OR REPLACE SECRET (TYPE s3, {given})")
