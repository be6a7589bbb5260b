"""Releases: published once, never written again, found under one stable path.

`releases/release-N.duckdb` are the versions, `current` points to the one to read, `index.json` says what each is. The
protocol is safe at every moment of a crash: a file is complete and on disk before it gets its name, it has its name
before the index knows it, and it is in the index before `current` moves. Each of these steps is one rename.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from warehouse.content import Content, content_of
from warehouse.drafts import clear
from warehouse.engine import opened
from warehouse.findings import AuditReport
from warehouse.release_files import copy, move, replace_file, sha256_of, sync
from warehouse.sql import quoted

NAME = re.compile(r"release-(\d+)\.duckdb")
KEEP = 10
STABLE = "current"
REBUILD = "`iop releases rebuild` makes it anew of the releases themselves"
BACK = "`iop rollback` makes the newest that is whole current"
HOLD = "hold.json"  # there: readers stay at the current release


class ReleaseError(RuntimeError):
    """A release that cannot be published, found or trusted; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Release:
    """One published version. `path` does not change as long as the release is kept."""

    number: int
    path: Path
    built_at: str  # ISO 8601, UTC
    contract_version: str
    sha256: str
    bytes: int
    previous: int | None
    warnings: int  # of its audit
    rows: Mapping[str, int]
    facts: str = ""  # `warehouse.content`; "": published by a version that had none
    dated: str = ""
    kept: str = ""  # why people keep it whatever its age; "": they do not

    @property
    def content(self) -> Content:
        return Content(self.facts, self.dated)


class Releases:
    """The folder of published releases. Only one process publishes at a time; any number reads."""

    def __init__(
        self, folder: Path, *, keep: int = KEEP, keep_days: float = 0, symlinks: bool | None = None
    ) -> None:
        """Retained are the newest `keep` releases, those built in the `keep_days` before the newest, the current one, and
        those that people keep. `symlinks=False` forces the fallback of places that have none: `current` is then a
        copy, replaced by rename, with `current.json` beside it."""
        self.folder = folder
        self.keep_newest = max(1, keep)
        self.keep_days = keep_days
        self._symlinks = symlinks

    def _reached(self, step: str) -> None:
        """Called after each step of publishing, so that tests can crash there."""

    @property
    def stable_path(self) -> Path:
        """What readers attach: `ATTACH '<stable_path>' AS iop (READ_ONLY)`."""
        return self.folder / STABLE

    @property
    def is_seen(self) -> bool:
        """Whether readers find something there, be it damaged."""
        return os.path.lexists(self.stable_path)

    def list(self) -> list[Release]:
        """All retained releases, newest first."""
        return sorted(self._index().values(), key=lambda release: -release.number)

    def current(self) -> Release | None:
        """The release that readers see, or None before the first. ReleaseError where there are releases, and nothing or
        something else is pointed to."""
        if not self.is_seen:
            if self._index():
                raise ReleaseError(f"{self.stable_path} is missing, and readers see no release: {BACK}")
            return None
        linked = self.stable_path.is_symlink()
        number = (self._pointed() or 0) if linked else _facts(self.stable_path)[0]
        release = self._index().get(number)
        if release is None or not release.path.exists():
            raise ReleaseError(
                f"{self.stable_path} points to release {number}, which is not in {self.folder / 'index.json'}: {BACK}"
            )
        return release

    def current_path(self) -> Path | None:
        """The versioned file of the current release, or None before the first."""
        release = self.current()
        return release.path if release else None

    def next_number(self) -> int:
        """The number to give to the next build: one that was never used here."""
        aside = [int(match[1]) for path in self.folder.glob("release-*") if (match := NAME.match(path.name))]
        return max([0, *self._index(), *aside]) + 1

    def latest(self) -> Release | None:
        """What the next release takes the place of: the current one, or the newest while readers are held back."""
        return next(iter(self.list()), None) if self.held() else self.current()

    def sweep(self) -> None:
        """Remove what a killed publishing left, where a run has nothing to publish."""
        with self._locked():
            self._clean()

    def publish(self, candidate: Path, report: AuditReport, content: Content | None = None) -> Release:
        """Make an audited file the current release (while readers are held, the newest); it is moved into the folder.
        `content` is what it says, where that is known already.

        ReleaseError where the audit failed or was of another file, where the file is still open, or where its
        number is taken. The last release stays current in all these cases.
        """
        if not report.ok:
            raise ReleaseError(
                f"{candidate} failed its audit with {len(report.errors)} errors; nothing is published"
            )
        if candidate.with_name(candidate.name + ".wal").exists():
            raise ReleaseError(f"{candidate} is still open for writing: close every connection to it first")
        with self._locked():
            self._clean()
            number = _facts(candidate)[0]
            if number < self.next_number():
                raise ReleaseError(
                    f"{candidate} calls itself release {number}, but {self.next_number() - 1} exists: "
                    'build it with run={"release": Releases(…).next_number()}'
                )
            draft = self.folder / f"release-{number}.tmp"
            move(candidate, draft)
            sync(draft)
            self._reached("synced")
            release = self._described(draft, len(report.warnings), content)
            self._settle(draft, release)
            return release

    def _settle(self, draft: Path, release: Release) -> None:
        """Give a release that is on disk its name, its line in the index, its readers."""
        index = self._index() | {release.number: release}
        draft.chmod(0o444)
        draft.rename(release.path)
        sync(self.folder)
        self._reached("named")
        self._write_index(index)
        self._reached("indexed")
        if self.held() is None:
            self._point(release)
        self._reached("pointed")
        self._retire()
        self._reached("retired")

    def held(self) -> str | None:
        """Why readers stay where they are whatever is published (it may be ""); None where they do not."""
        file = self.folder / HOLD
        if not file.exists():
            return None
        try:
            return str(json.loads(file.read_text(encoding="utf-8"))["why"])
        except (ValueError, KeyError, TypeError):
            return f"{file} cannot be read"  # it is there, and that is what counts

    def resume(self) -> Release:
        """End the hold: readers see the newest release again. ReleaseError where nothing is held."""
        with self._locked():
            if self.held() is None:
                raise ReleaseError("readers are not held back: there is nothing to resume")
            newest = max(self._index().values(), key=lambda release: release.number)
            if problem := self.verify(newest.number):
                raise ReleaseError(f"release {newest.number} cannot be used: {problem}")
            self._point(newest)
            (self.folder / HOLD).unlink()
            return newest

    def keep(self, number: int, why: str = "kept") -> Release:
        """Retain a release whatever its age; with `why` "" no longer. ReleaseError where there is no such release."""
        with self._locked():
            index = self._index()
            if number not in index:
                raise ReleaseError(f"there is no release {number}; there are {sorted(index)}")
            index[number] = replace(index[number], kept=why)
            self._write_index(index)
            return index[number]

    def rollback(self, number: int | None = None, hold: str | None = None) -> Release:
        """Make an older release current again: the given one, or the newest one before the current. `hold` is why
        readers are to stay there until `resume`; None: until the next release.

        ReleaseError where there is none, or where its checksum no longer holds.
        """
        with self._locked():
            index = self._index()
            now = self._seen()
            if number is None:
                older = sorted((n for n in index if now is None or n < now), reverse=True)
                number = next((n for n in older if self.verify(n) is None), max(older, default=None))
            if number is None or number not in index:
                raise ReleaseError(
                    f"there is no release {number or 'before this one'}; there are {sorted(index)}"
                )
            if problem := self.verify(number):
                raise ReleaseError(f"release {number} cannot be used: {problem}")
            if hold is not None:
                replace_file(self.folder / HOLD, json.dumps({"why": hold}).encode())
            self._point(index[number])
            return index[number]

    def _seen(self) -> int | None:
        """The number of the release that readers see, None where that cannot be told."""
        try:
            now = self.current()
        except ReleaseError:
            return None
        return now.number if now else None

    def verify(self, number: int) -> str | None:
        """What is wrong with a release's file, or None where its checksum holds."""
        release = self._index().get(number)
        if release is None:
            return f"release {number} is not in the index"
        if not release.path.exists():
            return f"{release.path} is missing"
        if sha256_of(release.path) != release.sha256:
            return f"{release.path} does not have the checksum of the index: it was changed or damaged"
        return None

    def _described(self, file: Path, warnings: int = 0, content: Content | None = None) -> Release:
        """A release of this folder as its file says it."""
        number, built_at, version, previous, rows = _facts(file)
        path, size, said = (
            self.folder / f"release-{number}.duckdb",
            file.stat().st_size,
            content or content_of(file),
        )
        sha256 = sha256_of(file)
        return Release(
            number, path, built_at, version, sha256, size, previous, warnings, rows, said.facts, said.dated
        )

    def _index(self) -> dict[int, Release]:
        """The releases of the index. ReleaseError where it cannot be the newest one: what it does not know would be removed.

        (A crash leaves one file at most that is newer than all it knows, while readers see an older one; where it knows
        none, `_take_up` is for that.)
        """
        path = self.folder / "index.json"
        files = self._files()
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))["releases"] if path.exists() else []
            index = {row["number"]: release_of_row(row, self.folder) for row in rows}
        except (ValueError, KeyError, TypeError) as error:
            raise ReleaseError(f"{path} cannot be read ({error}): {REBUILD}") from None
        if not path.exists() and (files or self.is_seen):
            raise ReleaseError(f"{path} is missing: {REBUILD}")
        newer = [number for number in files if number > max(index, default=0)]
        if len(newer) > bool(index and self.is_seen) or (newer and self._pointed() in newer):
            raise ReleaseError(f"{path} knows nothing of release {max(newer)}: {REBUILD}")
        return index

    def _files(self) -> dict[int, Path]:
        """The files of releases by number, whatever the index says."""
        named = ((NAME.fullmatch(path.name), path) for path in self.folder.glob("release-*.duckdb"))
        return {int(match[1]): path for match, path in named if match}

    def _pointed(self) -> int | None:
        """The number that the link `current` names."""
        match = NAME.fullmatch(self.stable_path.readlink().name) if self.stable_path.is_symlink() else None
        return int(match[1]) if match else None

    def _take_up(self) -> None:
        """Take the very first release into the index, where a crash came between."""
        files, index = [*self._files().values()], self.folder / "index.json"
        if len(files) != 1 or self.is_seen:
            return
        if index.exists() and index.read_bytes() != index_of({}):
            return
        try:
            release = self._described(files[0])
        except (duckdb.Error, ReleaseError):
            return  # `_index` says what to do
        if release.path == files[0]:
            self._write_index({release.number: release})

    def _write_index(self, index: Mapping[int, Release]) -> None:
        replace_file(self.folder / "index.json", index_of(index))

    def _point(self, release: Release) -> None:
        draft = self.folder / "current.tmp"
        clear(draft)
        if self._symlinks is not False:
            try:
                draft.symlink_to(release.path.name)
                draft.replace(self.stable_path)
                sync(self.folder)
                return
            except (OSError, NotImplementedError):
                if self._symlinks:
                    raise
                draft.unlink(missing_ok=True)
        copy(release.path, draft)
        sync(draft)
        draft.replace(self.stable_path)
        self._reached("copied")
        replace_file(self.folder / "current.json", json.dumps({"number": release.number}).encode())

    def _retire(self) -> None:
        """Forget what is not retained: first in the index, then the files. Open readers keep theirs (POSIX)."""
        index, now = self._index(), self.current()
        kept = set(sorted(index, reverse=True)[: self.keep_newest]) | ({now.number} if now else set())
        since = datetime.fromisoformat(index[max(index)].built_at) - timedelta(days=self.keep_days)
        kept |= {n for n, r in index.items() if r.kept or datetime.fromisoformat(r.built_at) > since}
        if gone := set(index) - kept:
            self._write_index({n: r for n, r in index.items() if n in kept})
            for number in gone:
                index[number].path.unlink(missing_ok=True)

    def _clean(self) -> None:
        """Remove what a crash left: drafts, and files that never came into the index, or have left it."""
        self._take_up()
        index = self._index()
        for draft in self.folder.glob("*.tmp"):
            clear(draft)
        for number, path in self._files().items():
            if number not in index:
                path.unlink()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One publisher at a time. The lock dies with its process; where there is no flock, there is no lock."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            import fcntl
        except ImportError:  # Windows: the pool of one writer in dagster.yaml is what keeps order
            yield
            return
        with (self.folder / ".lock").open("a") as handle:  # held, never written to
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def index_of(releases: Mapping[int, Release]) -> bytes:
    """What `index.json` says of releases by number."""
    rows = []
    for number in sorted(releases, reverse=True):
        row = asdict(releases[number])
        rows.append({"number": number, "file": row.pop("path").name, **row})
    return json.dumps({"format": 1, "stable_path": STABLE, "releases": rows}, indent=1).encode()


def release_of_row(row: Mapping[str, Any], folder: Path) -> Release:
    """A release in a folder, as a row of `index.json` says it."""
    return Release(path=folder / row["file"], **{k: v for k, v in row.items() if k != "file"})


def _facts(path: Path) -> tuple[int, str, str, int | None, dict[str, int]]:
    """Number, build time, contract version, previous number and rows per table, as the file itself says."""
    with opened(path, "candidate") as connection:
        found = connection.execute(
            "SELECT release, built_at, contract_version, previous_release FROM release_info"
        ).fetchone()
        if found is None:
            raise ReleaseError(f"{path} does not say which release it is: build it again")
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'candidate' ORDER BY ALL"
        ).fetchall()
        rows: dict[str, int] = {}
        for (table,) in tables:
            count = connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()
            rows[table] = int(count[0]) if count else 0
    return found[0], found[1].isoformat(), found[2], found[3], rows
