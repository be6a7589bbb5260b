"""Recovery: what becomes of a folder of releases when a disk, a person or a restored backup broke it."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from warehouse.release import KEEP, Release, ReleaseError, Releases
from warehouse.release_files import withdrawn

KEPT = "nobody knows any more whether it is to be kept"
DAMAGED = ".damaged"  # of a file that is no release any more: kept, and out of the way


class Recovery(Releases):
    """A folder of releases, to be put right."""

    def recover(self) -> str | None:
        """Before a run builds on what is current: where readers see nothing, or a file that has changed, make the newest
        whole release current. What was done, in a line; None where all was well.

        ReleaseError where no release is whole, or where readers are held: a person chose what they see.
        """
        if not self.folder.is_dir():
            return None
        with self._locked():
            self._take_up()
            index = self._index()
            if not index or (wrong := self._wrong()) is None:
                return None
            if self.held() is not None:
                raise ReleaseError(
                    f"{wrong}, and readers are held there: choose one by iop rollback NUMBER --hold"
                )
            whole = next((n for n in sorted(index, reverse=True) if self.verify(n) is None), None)
            if whole is None:
                raise ReleaseError(
                    f"{wrong}, and no other release is whole: put {index[max(index)].path.name} back from a backup, or move "
                    f"{self.folder} aside to begin anew (every id is then a new one)"
                )
            self._point(index[whole])
            return f"{wrong}; readers see release {whole}, and this run goes on from there"

    def _wrong(self) -> str | None:
        """What is wrong with what readers see."""
        try:
            now = self.current()
        except ReleaseError as error:
            return str(error).partition(":")[0]
        return self.verify(now.number) if now else None

    def rebuild(self) -> tuple[list[Release], list[str]]:
        """The index anew, as the files say; where readers see nothing, the newest becomes current. The releases, and the
        names of files that cannot be read, which are put aside.

        Which of them people keep is not in the files: those beyond the usual number are kept until somebody says otherwise.
        """
        found: dict[int, Release] = {}
        damaged: list[str] = []
        with self._locked():
            gone = withdrawn(self.folder)
            for number, file in self._files().items():
                try:
                    release = self._described(file)
                except (duckdb.Error, ReleaseError):
                    damaged.append(file.rename(file.with_name(file.name + DAMAGED)).name)
                    continue
                if release.number == number and number not in gone:
                    found[number] = release
            for number in sorted(found)[:-KEEP]:
                found[number] = replace(found[number], kept=KEPT)
            self._write_index(found)
            if found and not self.stable_path.exists():
                self._point(found[max(found)])
        return sorted(found.values(), key=lambda release: -release.number), sorted(damaged)
