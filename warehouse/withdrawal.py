"""Releases that speak of what was taken down are removed: they could be rolled back to, and are published elsewhere."""

from __future__ import annotations

import json
from collections.abc import Collection

from warehouse.release import HOLD, Releases
from warehouse.release_files import WITHDRAWN, replace_file, withdrawn
from warehouse.takedown import redirects_of, speaks_of, with_redirects


class Withdrawal(Releases):
    """The folder of releases, to take some of them back."""

    def withdraw(self, ids: Collection[str]) -> tuple[int, ...]:
        """Remove every release before the newest that speaks of ids that were taken down, kept by people or not, and say
        which. Readers who are held at one see the newest instead."""
        if not ids or not self.folder.is_dir():
            return ()
        with self._locked():
            index = self._index()
            older = sorted(index)[:-1]
            if not older:
                return ()
            newest = index[max(index)]
            known = with_redirects(ids, redirects_of(newest.path))
            gone = tuple(n for n in older if index[n].path.exists() and speaks_of(index[n].path, known))
            if not gone:
                return ()
            content = json.dumps(sorted({*withdrawn(self.folder), *gone})).encode()
            replace_file(self.folder / WITHDRAWN, content)
            if self._seen() in gone:
                self._point(newest)
                (self.folder / HOLD).unlink(missing_ok=True)
            self._write_index({n: r for n, r in index.items() if n not in gone})
            for number in gone:
                index[number].path.unlink(missing_ok=True)
            return gone
