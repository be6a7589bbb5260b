"""The process that reads one workbook: its bytes on standard input, sheets on standard output (`marshal`), within the
memory (bytes) and processor time (seconds) of its arguments. What is wrong is one line on standard error, exit code 1."""

from __future__ import annotations

import io
import marshal
import resource
import sys
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook


def main(memory: int, seconds: int) -> None:
    """Read and answer; the limits end the process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheets = [
            (
                name,
                [[*map(_text, row)] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)],
            )
            for name in book.sheet_names
        ]
    except (CalamineError, OSError, ValueError) as error:
        sys.exit(" ".join(str(error).split()) or type(error).__name__)
    sys.stdout.buffer.write(marshal.dumps(sheets))


def _text(cell: Any) -> str:
    """A cell as printed; whole numbers without a decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).replace("\0", "").strip()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
