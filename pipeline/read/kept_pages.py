"""What was read in the pages of a site, kept beside the stage: when one page of a site changes, only that page is
parsed again."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import zstandard

from warehouse.drafts import replacing

if TYPE_CHECKING:
    from pipeline.extract.reading import Reading

LEVEL = 3  # zstd: some 7 KB a page


class KeptReadings:
    """The readings of one site's pages: `stage/.readings/<source_id>.zst`.

    A key must name all that a reading follows from: the content and the code. A file that cannot be read (cut off,
    of another Python) is as none. It is ours alone: pickled, since it holds whole page models and lives no longer
    than the code that wrote it.
    """

    def __init__(self, stage: Path, source_id: str) -> None:
        self._file = stage / ".readings" / f"{source_id}.zst"
        self._before = self._load()
        self._now: dict[str, Reading] = {}

    def of(self, key: str, read: Callable[[], Reading]) -> Reading:
        """The reading kept under a key, or else what `read` gives, or raises."""
        found = self._before.get(key)
        self._now[key] = read() if found is None else found
        return self._now[key]

    def save(self) -> None:
        """Keep what was asked for, and nothing else; a reader sees the old file or the new one."""
        if self._now.keys() == self._before.keys():
            return
        with replacing(self._file) as draft:
            draft.write(zstandard.ZstdCompressor(LEVEL).compress(pickle.dumps(self._now, protocol=5)))

    def forget(self) -> None:
        """Remove them: all is to be read again."""
        self._file.unlink(missing_ok=True)

    def _load(self) -> dict[str, Reading]:
        try:
            packed = self._file.read_bytes()
            readings: dict[str, Reading] = pickle.loads(zstandard.ZstdDecompressor().decompress(packed))
        except FileNotFoundError:
            return {}
        except Exception:  # whatever is wrong with it, the pages are there to be read
            return {}
        return readings
