"""Every export: deterministic, complete or absent, and of one release."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from export_world import export_world
from warehouse_world import build_world

from warehouse.exports import release_file
from warehouse.exports.errors import ExportError
from warehouse.exports.formats import FORMATS, export
from warehouse.exports.release_file import open_release
from warehouse.exports.target import draft_folder


def digests(path: Path) -> dict[str, str]:
    """Of a folder's files, or of a file and what goes with it."""
    files = path.parent.glob(f"{path.name}*") if path.is_file() else path.rglob("*")
    return {
        str(file.relative_to(path.parent)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file()
    }


@pytest.mark.parametrize("format", FORMATS)
def test_same_release_same_bytes_also_over_an_older_export(
    release: Path, tmp_path: Path, format: str
) -> None:
    export(release, format, tmp_path / "export")
    before = digests(tmp_path / "export")
    if (tmp_path / "export").is_dir():
        (tmp_path / "export" / "of_an_older_version").touch()
    export(release, format, tmp_path / "export")
    assert digests(tmp_path / "export") == before
    beside = set() if FORMATS[format].is_folder else {"export.ATTRIBUTION.txt"}
    beside |= {"export.datapackage.json"} if format == "csv" else set()
    assert {path.name for path in tmp_path.iterdir()} == {"export", *beside}


@pytest.mark.parametrize("format", ["fhir", "hsds"])
def test_batches_lose_nothing(
    release: Path, tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(release, format, tmp_path / "one")
    monkeypatch.setattr(
        release_file, "BATCHES", release_file.BATCHES.replace(f"// {release_file.SERVICES}", "// 2")
    )
    export(release, format, tmp_path / "many")
    for file in (tmp_path / "one").iterdir():
        lines = [
            sorted((tmp_path / name / file.name).read_text(encoding="utf-8").splitlines())
            for name in ("one", "many")
        ]
        assert lines[0] == lines[1], file.name
    with open_release(release) as source:
        assert len(list(source.batches())) == 8


@pytest.mark.parametrize("format", [name for name, f in FORMATS.items() if f.is_folder])
def test_a_folder_of_something_else_is_left_alone(release: Path, tmp_path: Path, format: str) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ExportError, match="something else"):
        export(release, format, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_what_fails_leaves_the_last_export(release: Path, tmp_path: Path) -> None:
    export(release, "parquet", tmp_path / "out")
    before = digests(tmp_path / "out")
    with pytest.raises(RuntimeError, match="disk"), draft_folder(tmp_path / "out", "parquet") as draft:
        (draft / "half").touch()
        raise RuntimeError("no room on the disk")
    assert digests(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_stable_path_is_a_release_too(release: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(release)
    assert export(tmp_path / "current", "csv", tmp_path / "a.csv") == export(
        release, "csv", tmp_path / "b.csv"
    )


def test_errors_say_what_to_do(release: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="iop run"):
        export(tmp_path / "none.duckdb", "csv", tmp_path / "x.csv")
    with pytest.raises(ExportError, match=", ".join(sorted(FORMATS))):
        export(release, "xml", tmp_path / "x.xml")
    with pytest.raises(ExportError, match="--since is of `changes`"):
        export(release, "csv", tmp_path / "x.csv", since="1")
    (tmp_path / "text").write_text("no database")
    with pytest.raises(ExportError, match="cannot be read as a release"):
        export(tmp_path / "text", "csv", tmp_path / "x.csv")
    with pytest.raises(ExportError, match="name of a file"):
        export(release, "csv", tmp_path)


@pytest.fixture(scope="module")
def taken_down(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the same world, where one operator asked to be taken down."""
    folder = tmp_path_factory.mktemp("down")
    (folder / "takedown.csv").write_text("id,who,when,why\nvirtual_iop:1,the provider,2026-03-01,asked\n")
    return build_world(export_world(1), folder, overrides=folder)


@pytest.mark.parametrize("format", FORMATS)
def test_what_was_taken_down_is_in_no_export(taken_down: Path, tmp_path: Path, format: str) -> None:
    export(taken_down, format, tmp_path / "out")
    files = [tmp_path / "out"] if not FORMATS[format].is_folder else list((tmp_path / "out").rglob("*"))
    text = b"".join(file.read_bytes() for file in files if file.is_file())
    assert b"svc_000a" in text or format == "schema"
    assert b"Example Online" not in text
    assert b"virtual_iop" not in text
