"""Files that are replaced as a whole: written under a name of their own beside it, then renamed.

A draft's name is known beforehand, so that what a killed run left is found and removed. So it is always made anew
(O_EXCL): nothing that lies there under its name, such as a symbolic link to somebody else's file, is written through.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """The draft of a file, for writing: a reader sees the old file or, where all went well, the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".tmp")
    try:
        with new_file(draft) as file:
            yield file
        draft.replace(path)
    except BaseException:
        with suppress(OSError):  # what went wrong says more
            draft.unlink(missing_ok=True)
        raise


def new_file(path: Path) -> BinaryIO:
    """A file that this call alone made, for writing; what lay under its name is removed. OSError as `open`."""
    clear(path)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb")


def clear(path: Path) -> None:
    """Remove whatever has a name: a file, a folder with all in it, a link but not what it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
