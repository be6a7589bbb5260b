"""Rows of a workbook (XLSX, ECMA-376), read by a process of its own: a library in another language ends the process
that it runs in where a file asks for more memory than there is."""

from __future__ import annotations

import io
import marshal
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from sources.records import SourceFormatError

Sheet = tuple[str, list[list[str]]]  # name, rows of cells as text

MAX_CELLS = 20_000_000  # of a sheet, blank ones counted: ten times the largest directory
MAX_BYTES = 1_000_000_000  # of the parts together, unpacked
MEMORY = 1_500_000_000  # bytes of address space that reading may take
CPU_S = 120
REMEDY = "open it in a spreadsheet program, delete what lies far from the table, and save it again"
_CELL = re.compile(rb"(?:\br=\"|[:\"])([A-Z]{1,3})([0-9]{1,7})\"")
_COUNT = re.compile(rb"<(?:\w+:)?sst\b[^>]*?\bunique[cC]ount=\"([0-9]{1,19})\"")
_LOOK = 4_096  # bytes at either end of a part in which sizes are looked for


def read_sheets(content: bytes) -> list[Sheet]:
    """The sheets of a workbook. Raises SourceFormatError where it is none, or asks for more than a directory may."""
    _check(content)
    child = subprocess.run(
        [sys.executable, "-m", "sources.workbook_child", str(MEMORY), str(CPU_S)],
        input=content,
        capture_output=True,
        check=False,
        cwd=Path(__file__).resolve().parent.parent,
    )
    if child.returncode == 0:
        return [(name, rows) for name, rows in marshal.loads(child.stdout)]
    said = child.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    if child.returncode == 1 and said:
        raise SourceFormatError(f"not a readable workbook (XLSX): {said}")
    limit = f"{MEMORY / 1e9:.1f} GB of memory or {CPU_S} s"
    raise SourceFormatError(f"not a readable workbook (XLSX): reading it takes more than {limit}; {REMEDY}")


def _check(content: bytes) -> None:
    """What a workbook says of its own size, before anything is laid out for it. Raises SourceFormatError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            if sum(part.file_size for part in file.infolist()) > MAX_BYTES:
                raise SourceFormatError(f"a workbook of more than {MAX_BYTES // 10**6} MB unpacked; {REMEDY}")
            for problem in _too_much(file):
                raise SourceFormatError(f"{problem}; {REMEDY}")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise SourceFormatError(f"not a readable workbook (XLSX): {error}") from error
    except (ValueError, EOFError) as error:
        if isinstance(error, SourceFormatError):
            raise
        raise SourceFormatError(f"not a readable workbook (XLSX): damaged ({error})") from error


def _too_much(file: zipfile.ZipFile) -> Iterator[str]:
    for part in file.infolist():
        name = part.filename.lower()
        if name.endswith(".xml") and "worksheets/" in name:
            cells = max((_area(*found) for found in _CELL.findall(_head(file, part))), default=0)
            if cells > MAX_CELLS:
                yield f"{part.filename} says that it has {cells} cells, more than the {MAX_CELLS} that are read"
        elif name.endswith("sharedstrings.xml"):
            found = _COUNT.search(_head(file, part))
            if found and int(found[1]) > part.file_size:  # each has at least a tag
                yield f"{part.filename} says that it has {int(found[1])} texts, more than there is room for"


def _head(file: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with file.open(part) as opened:
        return opened.read(_LOOK)


def _area(column: bytes, row: bytes) -> int:
    """Cells of the sheet that ends with this one."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number * int(row)
