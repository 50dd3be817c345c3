"""HTML tables → grids: cells placed as a browser places them."""

from __future__ import annotations

from collections.abc import Iterator

from govdisclose.model import Block, GridCell, Paragraph
from govdisclose.readers import unfold
from govdisclose.readers.html_tables import DIGITS, Table

_MAX_COLSPAN = 1000
_MAX_WORK = 1_000_000


def place(table: Table) -> tuple[list[GridCell], int, int]:
    """Put every cell where a browser puts it.

    Spans are cut where the table (or its row group) ends and at 1000 columns; a `rowspan` of 0
    runs to the end of the group.

    Returns
    -------
    tuple of (list of GridCell, int, int)
        Cells in reading order, number of rows, number of columns.
    """
    ends = _group_ends([row.group for row in table.rows])
    cells: list[GridCell] = []
    busy: dict[int, int] = {}
    work = width = 0
    for r, row in enumerate(table.rows):
        col = 0
        placed: list[GridCell] = []
        for cell in row.cells:
            while busy.get(col, 0) > r:
                col += 1
                work += 1
            across, down = cell.get("colspan"), cell.get("rowspan")
            colspan = min(max(_span(across), 1), _MAX_COLSPAN) if across else 1
            rowspan = _span(down) if down else 1
            left = ends[r] - r
            rowspan = left if rowspan == 0 else min(rowspan, left)
            work += colspan
            if work > _MAX_WORK:  # no table of a report: spend no more time on its spans
                busy.clear()
                colspan = rowspan = 1
            for covered in range(col, col + colspan) if rowspan > 1 else ():
                busy[covered] = max(busy.get(covered, 0), r + rowspan)
            content = table.contents[cell]
            placed.append(tuple.__new__(GridCell, (r, col, content.text, rowspan, colspan, None, content.doubt, ())))
            col += colspan
        width = max(width, col)
        cells.extend(placed)
    return cells, len(table.rows), width


def _group_ends(groups: list[int]) -> list[int]:
    ends = [0] * len(groups)
    end = len(groups)
    for r in range(len(groups) - 1, -1, -1):
        if r + 1 < len(groups) and groups[r + 1] != groups[r]:
            end = r + 1
        ends[r] = end
    return ends


def _span(text: str) -> int:
    match = DIGITS.match(text)
    return int(match[1]) if match else 1


def grid_blocks(table: Table) -> Iterator[Block]:
    """A data table as a grid, and what else stands in it as paragraphs."""
    yield from (Paragraph(text) for text in table.stray)
    cells, height, width = place(table)
    yield from unfold.grid_blocks(cells, height, width, caption=table.caption)
