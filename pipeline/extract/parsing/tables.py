"""Tables as grids: which row and column a cell stands in, and which cells head it."""

from __future__ import annotations

from pipeline.extract.parsing.page import Block, Kind

LONGEST_HEADER = 60  # characters; longer first rows are layout, not headers


class Grid:
    """Positions of the cells of one table while it is read."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._row = -1
        self._column = -1
        self._span = 1
        self._taken: dict[tuple[int, int], bool] = {}
        self._cells: dict[tuple[int, int], list[int]] = {}
        self._heads: set[tuple[int, int]] = set()

    def row(self) -> None:
        """A row begins."""
        self._row += 1
        self._column, self._span = -1, 1

    def cell(self, is_head: bool, colspan: str | None, rowspan: str | None) -> None:
        """A cell begins in the open row."""
        self._row = max(self._row, 0)
        column = self._column + self._span
        while self._taken.get((self._row, column)):
            column += 1
        self._column, self._span = column, _span(colspan)
        for below in range(1, _span(rowspan)):
            for right in range(self._span):
                self._taken[(self._row + below, column + right)] = True
        if is_head:
            self._heads.add((self._row, column))

    def position(self, index: int) -> tuple[int, int, int] | None:
        """Where block `index` stands; None outside a cell."""
        if self._column < 0:
            return None
        self._cells.setdefault((self._row, self._column), []).append(index)
        return (self.number, self._row, self._column)

    def finish(self, blocks: list[Block]) -> None:
        """Give every cell block its row and column headers, if the table is one of data."""
        rows = {row for row, _ in self._cells}
        columns = {column for _, column in self._cells}
        if len(columns) < 2 or len(rows) < 2:
            return
        first = min(rows)
        top = {column: self._cells.get((first, column), []) for column in columns}
        headed = sum(
            1 for found in top.values() if len(found) == 1 and len(blocks[found[0]].text) <= LONGEST_HEADER
        )
        if headed < max(2, len(columns) - 1):
            return
        side = {row: self._cells.get((row, min(columns)), []) for row in rows}
        for (row, column), indexes in self._cells.items():
            heads = [] if row == first else list(top.get(column, ()))
            if column != min(columns) and len(side[row]) == 1:
                heads += side[row]
            for index in indexes:
                block = blocks[index]
                block.header = tuple(heads)
                if block.kind in (Kind.PARAGRAPH, Kind.ITEM):
                    block.kind = Kind.CELL


def _span(value: str | None) -> int:
    return min(int(value), 50) if value and value.isdigit() and int(value) > 0 else 1
