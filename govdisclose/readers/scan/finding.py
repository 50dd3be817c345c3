"""The tables of a straight page before they are read: by their rulings, or told from what is left of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from govdisclose.readers.pdf.lattice import Lattice, crossed
from govdisclose.readers.pdf.rulings import ruled_tables
from govdisclose.readers.pdf.text import Rectangle
from govdisclose.readers.scan.cleaning import Straight
from govdisclose.readers.scan.ink import Blot, CellInk, cell_ink, frame
from govdisclose.readers.scan.marks import are_one, is_figure, is_short, marks_of, typical_height
from govdisclose.readers.scan.outside import piece_areas
from govdisclose.readers.scan.rulings import Rulings, find_rulings
from govdisclose.readers.scan.sheets import coarsened
from govdisclose.readers.scan.streaks import STREAK, crossed_by
from govdisclose.readers.scan.told import INK_UNREAD, homeless, tell, unread, without_traces

_BETTER = 0.05
"""Share of a page's numbers for which a way to find its tables has to find cells that the other does not."""
_ROW = 3
"""Short words beside one another outside every table that make a row of one."""
_THROUGH = 2
"""Rows in which a ruling goes through numbers or blanks, beside rows in which it is drawn, if it is none."""
_WIDE = 8.0
"""Points of white between two numbers, at least."""


@dataclass(frozen=True, slots=True)
class Found:
    """A table before it is read: its cells' ink, in the order of the lattice's cells, and why some are in doubt.

    No ruling in `rulings` may run through a cell.
    """

    lattice: Lattice
    inks: tuple[CellInk, ...]
    rulings: tuple[Rectangle, ...] = ()
    doubts: Mapping[int, str] = field(default_factory=dict)


def find_tables(page: Straight) -> list[list[Found]]:
    """The tables that rulings make; and, where these leave more numbers without a cell, those told from their traces.

    Parameters
    ----------
    page : Straight

    Returns
    -------
    list of list of Found
        One way to see the page, or two; the tables of each from the top. Those without any ink are none.
    """
    rulings = find_rulings(page.grey, page.scale)
    ruled = [_ruled(page, lattice, rulings) for lattice in ruled_tables(rulings.drawn)]
    ways = [ruled]
    if not _is_plain(page, ruled, rulings) and (told := _told(page, [table.lattice for table in ruled])):
        ways.append(told)
    found = [[table for table in way if any(ink.lines for ink in table.inks)] for way in ways]
    return [[_streaked(page, table) for table in way] for way in found]


def _streaked(page: Straight, table: Found) -> Found:
    """A table with the cells in doubt in which a streak of the scanner may hide a digit."""
    if page.streaks is None:
        return table
    crossed = crossed_by(page.streaks, table.lattice, table.inks)
    return replace(table, doubts={**table.doubts, **dict.fromkeys(crossed, STREAK)})


def _ruled(page: Straight, lattice: Lattice, rulings: Rulings) -> Found:
    inks = _inks(page, lattice, rulings.drawn)
    lone, through = beside_strokes(lattice, inks)
    doubts = {n: INK_UNREAD for n, ink in enumerate(inks) if n in through or (n in lone and not ink.lines)}
    return Found(lattice, inks, (*rulings.drawn, *rulings.perhaps), doubts)


def beside_strokes(lattice: Lattice, inks: Sequence[CellInk]) -> tuple[set[int], set[int]]:
    """The cells beside standing rulings that may be strokes of digits.

    Parameters
    ----------
    lattice : Lattice
    inks : sequence of CellInk
        Those of its cells.

    Returns
    -------
    tuple of set of int
        Cells beside a ruling that is drawn along one row alone: it may be the 1 that a blank one prints. And cells
        beside one that goes on, in rows next to these, through numbers or blanks: it may be a digit of any.
    """
    drawn = np.zeros((len(lattice.rows) + 1, len(lattice.columns)), dtype=bool)
    across = np.zeros_like(drawn)
    for cell, ink in zip(lattice.cells, inks, strict=True):
        rows = slice(cell.row + 1, cell.row + cell.rowspan + 1)
        drawn[rows, cell.col] = drawn[rows, cell.col + cell.colspan] = True
        if not ink.lines or (len(ink.lines) == 1 and is_short(frame(ink.lines[0]), ink.scale)):
            across[rows, cell.col + 1 : cell.col + cell.colspan] = True
    beside_drawn = drawn[:-2] | drawn[2:]
    lone = drawn[1:-1] & ~drawn[:-2] & ~drawn[2:]
    lone[:, [0, -1]] = False
    lone &= len(lone) > 1
    through = drawn[1:-1] & ((across[1:-1] & beside_drawn).sum(axis=0) >= _THROUGH)
    beside: tuple[set[int], set[int]] = (set(), set())
    for found, edges in zip(beside, (lone, through), strict=True):
        for n, cell in enumerate(lattice.cells):
            if edges[cell.row : cell.row + cell.rowspan, [cell.col, cell.col + cell.colspan]].any():
                found.add(n)
    return beside


def _is_plain(page: Straight, found: Sequence[Found], rulings: Rulings) -> bool:
    """Whether nothing speaks of a ruling not found: no number shares a cell, and none stands in a row outside."""
    lines = [frame(line) for table in found for ink in table.inks for line in ink.lines]
    typical = typical_height(lines, page.scale)
    for table in found:
        if not all(cell.whole for cell in table.lattice.cells) or crossed(table.lattice, rulings.perhaps):
            return False
        if any(_has_several(ink, typical) for ink in table.inks):
            return False
    areas = piece_areas(page.grey, page.scale, [table.lattice.frame for table in found])
    short = [area for area in areas if is_short(area, page.scale)]
    return not any(sum(a[1] < b[3] and b[1] < a[3] for b in short) >= _ROW for a in short)


def _has_several(ink: CellInk, typical: float) -> bool:
    """Whether a cell holds numbers one above the other, or with white between them that is wide enough for a ruling."""
    words = [frame(line) for line in ink.lines]
    stacked = len(words) > 1 and all(is_figure(word, ink.scale, typical) for word in words)
    return stacked or any(_has_gap(line, ink.scale, typical) for line in ink.lines)


def _has_gap(line: Sequence[Blot], scale: float, typical: float) -> bool:
    parts = [frame([blot]) for blot in line]
    return all(is_figure(part, scale, typical) for part in parts) and not are_one(parts, _WIDE * scale)


def _told(page: Straight, ruled: Sequence[Lattice]) -> list[Found]:
    """The tables told from traces and white; none if those of rulings hold as many numbers, or nearly."""
    marks = marks_of(*coarsened(page.grey, page.scale))
    missed = homeless(ruled, marks.words, marks.scale)
    told = tell(marks) if missed >= _BETTER else []
    if homeless([table.lattice for table in told], marks.words, marks.scale) > missed - _BETTER:
        return []
    clean = replace(page, grey=without_traces(page.grey, page.scale, marks, told))
    found = []
    for table in told:
        inks = _inks(clean, table.lattice, [edge for cell in table.lattice.cells for edge in _edges(cell.area)])
        blank = np.array([not ink.lines for ink in inks], dtype=bool)
        doubts = table.doubts | unread(table, blank, marks.words, marks.scale)
        found.append(Found(table.lattice, inks, doubts=doubts))
    return found


def _edges(area: Rectangle) -> tuple[Rectangle, ...]:
    x0, y0, x1, y1 = area
    return (x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)


def _inks(page: Straight, lattice: Lattice, drawn: Sequence[Rectangle]) -> tuple[CellInk, ...]:
    return tuple(cell_ink(page.grey, page.scale, cell.area, drawn) for cell in lattice.cells)
