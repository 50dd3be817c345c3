"""Tables that only arrange a page, and pages typed into a table: told from data, and unfolded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from govdisclose.clean import parse
from govdisclose.model import Block, Grid, GridCell, Note, Paragraph

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
"""Digits of a note are written as such: 12 with the note 1 is not 121."""

_DATA_VALUES = 6
"""A table with so many values of its own is data, whatever else its cells hold."""
_LONG_CELL = 250
_PROSE_ROW = 100


def is_layout(cells: Iterable[tuple[str, bool]]) -> bool:
    """Whether a table only arranges a page: its cells are then read as blocks, not as a grid.

    Parameters
    ----------
    cells : iterable of (str, bool)
        Per cell its own text, and whether it holds more than text (tables, headings, lists).

    Examples
    --------
    >>> is_layout([("menu", False), ("report", True)]), is_layout([("a", False), ("1", False)])
    (True, False)
    """
    known = list(cells)
    values = (text for text, _ in known if parse(text).state in ("number", "dash"))
    if len(list(islice(values, _DATA_VALUES))) == _DATA_VALUES:
        return False
    return len(known) < 2 or any(structured or len(text) > _LONG_CELL for text, structured in known)


def grid_blocks(cells: Sequence[GridCell], height: int, width: int, *, caption: str = "") -> Iterator[Block]:
    """A data table as a grid; rows of prose across its whole width come out as paragraphs.

    A report typed into one spreadsheet-like table has its headings and sentences in such rows.

    Examples
    --------
    >>> [type(block).__name__ for block in grid_blocks([GridCell(0, 0, "a"), GridCell(0, 1, "1")], 1, 2)]
    ['Grid']
    """
    prose = _prose_rows(cells, height, width)
    first = 0
    for r in range(height + 1):
        if r < height and r not in prose:
            continue
        part = [cell for cell in cells if first <= cell.row < r]
        if part:
            if prose or any(c.row + c.rowspan > height for c in part):
                part = [c._replace(row=c.row - first, rowspan=min(c.rowspan, r - c.row)) for c in part]
            yield Grid(tuple(part), caption=caption)
            caption = ""
        if r < height:
            yield from (Paragraph(line) for line in prose[r].split("\n"))
        first = r + 1


def struck_note() -> Note:
    """Says that a file has text the agency crossed out."""
    return Note("struck_out", "文中有加删除线的文字,没有读取", "text that is crossed out was not read")


def _prose_rows(cells: Sequence[GridCell], height: int, width: int) -> dict[int, str]:
    """Rows that hold one text across the table, where at least one of a stretch of them is long."""
    by_row: dict[int, list[GridCell]] = {}
    crossed: set[int] = set()
    for cell in cells:
        by_row.setdefault(cell.row, []).append(cell)
        if cell.rowspan > 1:
            crossed.update(range(cell.row + 1, cell.row + cell.rowspan))
    lone: dict[int, str] = {}
    for r, row in by_row.items():
        filled = [cell for cell in row if cell.text]
        if len(filled) == 1 and r not in crossed and filled[0].rowspan == 1:
            cell = filled[0]
            if cell.col == 0 and (cell.colspan >= width or len(row) == 1):
                lone[r] = cell.text
    prose: dict[int, str] = {}
    stretch: list[int] = []
    for r in range(height + 1):
        if r in lone:
            stretch.append(r)
            continue
        if any(len(lone[s]) > _PROSE_ROW for s in stretch):
            prose.update((s, lone[s]) for s in stretch)
        stretch = []
    return prose
