"""Workbooks as the national directories come."""

from __future__ import annotations

import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from python_calamine import CalamineWorkbook


def workbook(*sheets: list[list[object]]) -> bytes:
    """A minimal XLSX (ECMA-376) with inline strings."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    space = "http://schemas.openxmlformats.org"
    names = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml"'
        f' ContentType="{kinds}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/s{n}.xml" ContentType="{kinds}.worksheet+xml"/>'
            for n in names
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r" '
        f'Type="{space}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" '
        f'xmlns:r="{space}/officeDocument/2006/relationships"><sheets>'
        + "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in names)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{space}/officeDocument/2006/relationships/worksheet" '
            f'Target="worksheets/s{n}.xml"/>'
            for n in names
        )
        + "</Relationships>",
    }
    for number, rows in zip(names, sheets, strict=True):
        cells = "".join("<row>" + "".join(_cell(value) for value in row) + "</row>" for row in rows)
        parts[f"xl/worksheets/s{number}.xml"] = (
            f'<worksheet xmlns="{space}/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
        )
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


@cache
def printed_in(file: Path, state: str) -> list[dict[str, str]]:
    """The rows of a state as a directory's first sheet prints them, by heading in small letters: none of our readers."""
    rows = iter(CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python())
    header = [str(cell).casefold() for cell in next(rows)]
    there = header.index("state")
    return [dict(zip(header, map(str, row), strict=False)) for row in rows if row[there] == state]
