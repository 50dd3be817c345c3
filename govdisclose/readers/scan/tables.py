"""A straight page's tables and running text, read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from govdisclose.clean import parse
from govdisclose.model import Grid, GridCell
from govdisclose.readers.pdf.grid import NO_RECTANGLE, RULING_INSIDE
from govdisclose.readers.pdf.lattice import crossed
from govdisclose.readers.pdf.pages import Tables
from govdisclose.readers.pdf.text import Line, Rectangle
from govdisclose.readers.scan.cleaning import Straight
from govdisclose.readers.scan.dust import without_dust
from govdisclose.readers.scan.finding import Found, find_tables
from govdisclose.readers.scan.ink import CellInk
from govdisclose.readers.scan.numbers import (
    UNREAD,
    Printed,
    certain_number,
    is_coarse,
    is_doubtful,
    is_numeric,
    lone_mark,
    printed,
    settled,
)
from govdisclose.readers.scan.outside import line_areas, spelled_lines
from govdisclose.readers.scan.recognition import Reading, read_lines
from govdisclose.readers.scan.streaks import STREAK
from govdisclose.readers.scan.told import INK_UNREAD

RUNG = "scan"
FIRST, SECOND = 30, 40
"""Heights, in pixels, that the two readings make of a number's ink."""
FURTHER = (26, 30, 34, 40, 46)
"""And those at which a cell that they leave in doubt is read again."""

_CLEARLY = 1.1
"""So many times as much a table told from traces must give as one that rulings make, to be taken."""
_PRINTED_GREY = 200
"""Grey print is darker than this; what shows through from the other side of the paper is not."""


def read_tables(page: Straight) -> Tables:
    """The tables of a page and the lines outside them.

    Returns
    -------
    Tables
        Grid cells carry their box, what each reading of a number gave, and in `doubt` why they may be wrong.
    """
    read, *others = (_read(page, found) for found in find_tables(page))
    for other in others:
        if _worth(other) > _CLEARLY * _worth(read):
            read = other
    return read


def _worth(tables: Tables) -> int:
    """How many numbers and dashes were read for certain, less the cells in doubt."""
    cells = [cell for _, grid in tables.placed for cell in grid.cells]
    numbers = sum(not cell.doubt and parse(cell.text).state in ("number", "dash") for cell in cells)
    return max(numbers - sum(bool(cell.doubt) for cell in cells), 0)


def _read(page: Straight, found: Sequence[Found]) -> Tables:
    placed = [(table.lattice.frame, _grid(page, table)) for table in found]
    outside = _outside(page, [frame for frame, _ in placed])
    inks = {
        cell.box: ink
        for (_, grid), table in zip(placed, found, strict=True)
        for cell, ink in zip(grid.cells, table.inks, strict=True)
        if cell.readings
    }
    return Tables((RUNG,), tuple(placed), tuple(outside), lambda box: read_again(inks[box]) if box in inks else ())


def _grid(page: Straight, table: Found) -> Grid:
    texts = read_cells(table.inks)
    through = crossed(table.lattice, table.rulings)
    cells = []
    for index, (cell, text) in enumerate(zip(table.lattice.cells, texts, strict=True)):
        reasons = [text.doubt] if text.doubt else []
        reasons += [] if cell.whole else [NO_RECTANGLE]
        reasons += [RULING_INSIDE] if index in through else []
        reasons += [table.doubts[index]] if index in table.doubts else []
        is_unread = not text.text and table.doubts.get(index) in (INK_UNREAD, STREAK)
        cells.append(
            GridCell(
                cell.row,
                cell.col,
                UNREAD if is_unread else text.text,
                cell.rowspan,
                cell.colspan,
                page.view.box(cell.area),
                "; ".join(reasons),
                text.readings,
            )
        )
    return Grid(tuple(cells), page=page.view.number)


def read_cells(inks: Sequence[CellInk], *, bodies: tuple[int, int] = (FIRST, SECOND)) -> list[Printed]:
    """What cells print, those with numbers read twice, and those still in doubt again without their dust.

    Parameters
    ----------
    inks : sequence of CellInk
    bodies : tuple of int
        Heights, in pixels, that the readings make of the ink.
    """
    to_read = [index for index, ink in enumerate(inks) if ink.lines and (is_coarse(ink) or not lone_mark(ink))]
    first = _readings(inks, to_read, bodies[0])
    again = [index for index in to_read if is_numeric(first[index])]
    second = _readings(inks, again, bodies[1])
    inks = _in_grey(inks, again)
    found = [printed(ink, first.get(index, []), second.get(index, [])) for index, ink in enumerate(inks)]
    clean = [without_dust(ink) if is_doubtful(text) else ink for ink, text in zip(inks, found, strict=True)]
    alone = [index for index, text in enumerate(found) if is_doubtful(text) and len(clean[index].lines) == 1]
    further = [_readings(clean, alone, body) for body in FURTHER]
    for cell in alone:
        found[cell] = settled(clean[cell], [readings[cell][0] for readings in further]) or found[cell]
    return found


def _in_grey(inks: Sequence[CellInk], numbers: Sequence[int]) -> Sequence[CellInk]:
    """Cells as they are; where a table's numbers are printed in grey, most of them are, and that is no doubt."""
    grey = [0 < inks[index].faint < _PRINTED_GREY for index in numbers]
    if 2 * sum(grey) <= len(grey):
        return inks
    return [replace(ink, faint=0) if ink.lines and ink.faint < _PRINTED_GREY else ink for ink in inks]


def read_again(ink: CellInk) -> tuple[str, ...]:
    """The number that a cell prints as read at further sizes, line by line; `UNREAD` where one is not sure of it."""
    clean = without_dust(ink)
    further = [_readings([clean], [0], body)[0] for body in FURTHER]
    return tuple(certain_number(clean, lines) for lines in further)


def _readings(inks: Sequence[CellInk], chosen: Sequence[int], body: int) -> dict[int, list[Reading]]:
    owners = [index for index in chosen for _ in inks[index].lines]
    pictures = [inks[index].line_picture(line) for index in chosen for line in inks[index].lines]
    out: dict[int, list[Reading]] = {index: [] for index in chosen}
    for index, reading in zip(owners, read_lines(pictures, body=body), strict=True):
        out[index].append(reading)
    return out


def _outside(page: Straight, frames: Sequence[Rectangle]) -> list[Line]:
    areas = line_areas(page.grey, page.scale, frames)
    pictures = [page.grey[y0:y1, x0:x1] for x0, y0, x1, y1 in areas]
    return spelled_lines(areas, read_lines(pictures), page.scale)
