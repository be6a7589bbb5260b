"""Whoever replaces a file writes its draft anew: a link that lies there under its name leads nobody's file astray."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.extract.report.jsonl import extract_jsonl
from pipeline.second_reader.batch import write_lines
from warehouse.drafts import new_file, replacing
from warehouse.exports.errors import ExportError
from warehouse.exports.target import draft_file, draft_folder
from warehouse.release_files import copy, replace_file
from warehouse.targets.store import Objects

Write = Callable[[Path], object]


def to_be_replaced(to: Path) -> None:
    with replacing(to) as file:
        file.write(b"new")


def exported(to: Path) -> None:
    with draft_file(to) as draft:
        draft.write_text("new")


def extracted(to: Path) -> None:
    source = to.with_name("rows.jsonl")
    source.write_text(json.dumps({"id": "1", "text": "Birch House"}) + "\n")
    extract_jsonl(source, to)


def stored(to: Path) -> None:
    source = to.with_name("source")
    source.write_bytes(b"new")
    Objects(f"file://{to.parent}").send(source, to.name)


def copied(to: Path) -> None:
    source = to.with_name("source")
    source.write_bytes(b"new")
    draft = to.with_name(to.name + ".tmp")
    copy(source, draft)
    draft.rename(to)


WRITERS: dict[str, tuple[Write, str]] = {  # what writes, and the name of its draft of `file`
    "stage, logs of runs, reports": (to_be_replaced, "file.tmp"),
    "index of releases": (lambda to: replace_file(to, b"new"), "file.tmp"),
    "a release from another disk": (copied, "file.tmp"),
    "batch of a second reader": (lambda to: write_lines(to, [{"custom_id": "1"}]), "file.tmp"),
    "iop extract": (extracted, "file.tmp"),
    "export": (exported, ".file.tmp"),
    "place to publish to": (stored, "file.tmp"),
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_under_a_drafts_name_is_not_followed(tmp_path: Path, name: str, is_there: bool) -> None:
    write, draft = WRITERS[name]
    precious, folder = tmp_path / "precious", tmp_path / "out"
    folder.mkdir()
    if is_there:
        precious.write_text("precious")
    (folder / draft).symlink_to(precious)
    write(folder / "file")
    assert (precious.read_text() if precious.exists() else None) == ("precious" if is_there else None)
    assert (folder / "file").is_file() and not (folder / "file").is_symlink()
    assert not (folder / draft).is_symlink()


@pytest.mark.parametrize("planted", [".export.tmp", ".export.old"])
def test_a_link_under_the_name_of_a_folders_draft_is_not_followed(tmp_path: Path, planted: str) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("precious")
    (tmp_path / planted).symlink_to(precious)
    for content in ("old", "new"):
        with draft_folder(tmp_path / "export", "csv") as draft:
            (draft / "file").write_text(content)
            (draft / "export.json").write_text('{"format": "csv"}')
    assert (precious / "file").read_text() == "precious"
    assert (tmp_path / "export" / "file").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "precious"]


def test_a_draft_that_failed_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(ExportError), replacing(tmp_path / "file") as file:
        file.write(b"half")
        raise ExportError("no")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "old")]


def test_a_new_file_takes_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "draft" / "within").mkdir(parents=True)
    new_file(tmp_path / "draft").close()
    assert (tmp_path / "draft").read_bytes() == b""
