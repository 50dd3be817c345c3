"""A straight page's tables and running text, read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from govdisclose.model import Grid, GridCell
from govdisclose.readers.pdf.grid import NO_RECTANGLE, RULING_INSIDE
from govdisclose.readers.pdf.lattice import Lattice, crossed
from govdisclose.readers.pdf.pages import Tables
from govdisclose.readers.pdf.rulings import ruled_tables
from govdisclose.readers.pdf.text import Line, Rectangle
from govdisclose.readers.scan.cleaning import Straight
from govdisclose.readers.scan.dust import without_dust
from govdisclose.readers.scan.ink import CellInk, cell_ink
from govdisclose.readers.scan.marks import marks_of
from govdisclose.readers.scan.numbers import (
    Printed,
    certain_number,
    is_doubtful,
    is_numeric,
    lone_mark,
    printed,
    settled,
)
from govdisclose.readers.scan.outside import line_areas, spelled_lines
from govdisclose.readers.scan.recognition import Reading, read_lines
from govdisclose.readers.scan.rulings import find_rulings
from govdisclose.readers.scan.sheets import Pixels
from govdisclose.readers.scan.told import homeless, tell, unread, without_traces

RUNG = "scan"
FIRST, SECOND = 30, 40
"""Heights, in pixels, that the two readings make of a number's ink."""
FURTHER = (26, 30, 34, 40, 46)
"""And those at which a cell that they leave in doubt is read again."""

_PRINTED_GREY = 200
"""Grey print is darker than this; what shows through from the other side of the paper is not."""


_BETTER = 0.05
"""Share of a page's numbers for which a way to find its tables has to find cells that the other does not."""
_FINEST = 200.0 / 72.0
"""Pixels per point at which words are told from traces of rulings."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A table before it is read: its cells' ink, in the order of the lattice's cells, and why some are in doubt."""

    lattice: Lattice
    inks: tuple[CellInk, ...]
    doubts: Mapping[int, str]


def read_tables(page: Straight) -> Tables:
    """The tables of a page and the lines outside them.

    Returns
    -------
    Tables
        Grid cells carry their box, what each reading of a number gave, and in `doubt` why they may be wrong.
    """
    found, rulings = _tables(page)
    found = [table for table in found if any(ink.lines for ink in table.inks)]
    placed = [(table.lattice.frame, _grid(page, table, rulings)) for table in found]
    outside = _outside(page, [frame for frame, _ in placed])
    inks = {
        cell.box: ink
        for (_, grid), table in zip(placed, found, strict=True)
        for cell, ink in zip(grid.cells, table.inks, strict=True)
        if cell.readings
    }
    return Tables((RUNG,), tuple(placed), tuple(outside), lambda box: read_again(inks[box]) if box in inks else ())


def _tables(page: Straight) -> tuple[list[_Found], tuple[Rectangle, ...]]:
    """The tables that rulings make; or, where these leave more numbers without a cell, those told from their traces.

    With them, what must not run through a cell.
    """
    rulings = find_rulings(page.grey, page.scale)
    ruled = ruled_tables(rulings.drawn)
    marks = marks_of(*_coarse(page))
    missed = homeless(ruled, marks.words, marks.scale)
    told = tell(marks) if missed >= _BETTER else []
    if homeless([table.lattice for table in told], marks.words, marks.scale) > missed - _BETTER:
        return [_Found(lattice, _inks(page, lattice, rulings.drawn), {}) for lattice in ruled], (
            *rulings.drawn,
            *rulings.perhaps,
        )
    found = []
    page = replace(page, grey=without_traces(page.grey, page.scale, marks, told))
    for table in told:
        inks = _inks(page, table.lattice, [edge for cell in table.lattice.cells for edge in _edges(cell.area)])
        blank = np.array([not ink.lines for ink in inks], dtype=bool)
        found.append(_Found(table.lattice, inks, table.doubts | unread(table, blank, marks.words, marks.scale)))
    return found, ()


def _coarse(page: Straight) -> tuple[Pixels, float]:
    """A page no finer than it takes to tell words from rulings, and its pixels per point."""
    import cv2

    factor = min(1.0, _FINEST / page.scale)
    if factor == 1:
        return page.grey, page.scale
    small = cv2.resize(page.grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), page.scale * factor


def _edges(area: Rectangle) -> tuple[Rectangle, ...]:
    x0, y0, x1, y1 = area
    return (x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)


def _inks(page: Straight, lattice: Lattice, drawn: Sequence[Rectangle]) -> tuple[CellInk, ...]:
    return tuple(cell_ink(page.grey, page.scale, cell.area, drawn) for cell in lattice.cells)


def _grid(page: Straight, table: _Found, rulings: Sequence[Rectangle]) -> Grid:
    texts = read_cells(table.inks)
    through = crossed(table.lattice, rulings)
    cells = []
    for index, (cell, text) in enumerate(zip(table.lattice.cells, texts, strict=True)):
        reasons = [text.doubt] if text.doubt else []
        reasons += [] if cell.whole else [NO_RECTANGLE]
        reasons += [RULING_INSIDE] if index in through else []
        reasons += [table.doubts[index]] if index in table.doubts else []
        cells.append(
            GridCell(
                cell.row,
                cell.col,
                text.text,
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
    to_read = [index for index, ink in enumerate(inks) if ink.lines and not lone_mark(ink)]
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
