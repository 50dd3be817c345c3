"""What stands on one page of a PDF: its text, its drawing, and the tables made of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from govdisclose.model import Again, Grid
from govdisclose.readers.pdf.glyphs import characters
from govdisclose.readers.pdf.grid import grid_from_cells, runs, value_pieces
from govdisclose.readers.pdf.lattice import Lattice
from govdisclose.readers.pdf.paths import MAX_SHAPES, Drawing, drawing
from govdisclose.readers.pdf.text import Char, Line, PageText, Rectangle, lines

MAX_CHARACTERS = 40_000
"""On one page; a report prints a few hundred."""
MAX_DRAWN = 5_000
"""Whole rulings, or filled areas, on one page; beyond, it is a map or a drawing, and the search would not end."""


_Part = tuple[Line, list[list[Char]] | None]
"""What is left of a line, in the pieces it was printed in; None for all of it."""


@dataclass(frozen=True)
class Page:
    """What is known of a page before its tables are sought."""

    text: PageText
    drawing: Drawing
    scanned: bool = False
    """Its characters were recognised from a picture."""

    @property
    def number(self) -> int:
        return self.text.view.number

    @cached_property
    def rulings(self) -> tuple[Rectangle, ...]:
        """The rulings drawn, whole."""
        return self.drawing.rulings(self.text.view)

    @cached_property
    def areas(self) -> tuple[Rectangle, ...]:
        """The filled areas."""
        return tuple(map(self.text.view.area, self.drawing.areas))

    @property
    def is_too_complex(self) -> bool:
        """Whether the search for tables would not end."""
        if self.drawing.shapes > MAX_SHAPES or len(self.text.chars) > MAX_CHARACTERS:
            return True
        return max(len(self.rulings), len(self.drawing.areas)) > MAX_DRAWN

    @property
    def is_picture(self) -> bool:
        """Whether it must be looked at to be read: nothing but a picture, or characters without usable codes."""
        if all(char[0].isspace() for char in self.text.chars):
            return bool(self.drawing.pictures or self.drawing.shapes)
        if not self.text.unmapped:
            return False
        return self.text.unmapped * 2 > sum(not char[0].isspace() for char in self.text.chars)

    @cached_property
    def lines(self) -> list[Line]:
        """All lines of the page, those beyond its edge included."""
        return lines(self.text.chars)

    @cached_property
    def directions(self) -> tuple[int, int]:
        """How many rulings are level, and how many upright."""
        level = sum(x1 - x0 > y1 - y0 for x0, y0, x1, y1 in self.rulings)
        return level, len(self.rulings) - level


def look_at(page: Any, number: int) -> Page:
    """What stands on a pdfium page, before its tables are sought."""
    text = characters(page, number)
    return Page(text, drawing(page, text.objects))


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a page under one reading of its rulings."""

    rungs: tuple[str, ...]
    placed: tuple[tuple[Rectangle, Grid], ...]
    outside: tuple[Line, ...]
    """Lines of the page in no table."""
    again: Again | None = None
    """Of a scan: reads a cell once more."""

    @property
    def misgivings(self) -> int:
        """Cells in doubt, and rows of numbers that no table holds."""
        cells = sum(bool(cell.doubt) for _, grid in self.placed for cell in grid.cells)
        return cells + len(rows_of_values(self.outside))

    def better_than(self, other: Tables) -> bool:
        """Fewer misgivings, or tables where there were none; a draw goes to the other."""
        return (not self.placed, self.misgivings) < (not other.placed, other.misgivings)


def rows_of_values(found: Sequence[Line]) -> list[Line]:
    """Lines with three numbers or more standing apart: rows of a table, or what looks like it."""
    return [line for line in found if value_pieces(line) >= 3]


def placed_tables(page: Page, found: Sequence[Lattice], rung: str) -> Tables:
    """The page's characters shared out between its tables and the rest; tables without text are none.

    A table that stands in a cell of another takes its text first.
    """
    rest: list[_Part] = [(line, None) for line in page.lines]
    blanks = [char for char in page.text.chars if char[0].isspace()]
    placed = []
    for lattice in sorted(found, key=_size):
        mine, others = _shared(lattice.frame, rest)
        if mine:
            rest = others
            mine += [[blank] for blank in blanks if lattice.holds(blank)]
            placed.append((lattice.frame, grid_from_cells(lattice, mine, page.text.view, page.rulings)))
    placed.sort(key=lambda entry: (entry[0][1], entry[0][0]))
    return Tables((rung,) if placed else (), tuple(placed), tuple(_outside(page, rest, blanks)))


def _shared(frame: Rectangle, found: Sequence[_Part]) -> tuple[list[list[Char]], list[_Part]]:
    """The pieces with the middle of some character inside a frame, and the rest."""
    x0, y0, x1, y1 = frame
    left, head, right, foot = 2 * x0, 2 * y0, 2 * x1, 2 * y1
    mine: list[list[Char]] = []
    others: list[_Part] = []
    for line, pieces in found:
        if line.box[3] < y0 or line.box[1] > y1:
            others.append((line, pieces))
            continue
        outside: list[list[Char]] = []
        for run in pieces if pieces is not None else runs(line):
            first, last = run[0], run[-1]
            inside = last[1] + last[3] >= left and first[1] + first[3] <= right
            (mine if inside and head <= first[2] + first[4] <= foot else outside).append(run)
        if outside:
            others.append((line, outside))
    return mine, others


def _outside(page: Page, rest: Sequence[_Part], blanks: Sequence[Char]) -> list[Line]:
    """The lines of what no table took, as far as it stands on the page: whole ones as they are, others anew."""
    width, height = page.text.view.size
    whole: list[Line] = []
    parts: list[Char] = []
    for line, pieces in rest:
        chars = line.chars if pieces is None else [char for run in pieces for char in run]
        if len(chars) == len(line.chars) and _is_within(line.box, width, height):
            whole.append(line)
        else:
            parts += [char for char in chars if 0 <= char.x <= width and 0 <= char.y <= height]
    if not parts:
        return whole
    return sorted([*whole, *lines([*parts, *blanks])], key=lambda line: (line.chars[0].angle, line.chars[0].base))


def _is_within(box: Rectangle, width: float, height: float) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height


def _size(lattice: Lattice) -> float:
    x0, y0, x1, y1 = lattice.frame
    return (x1 - x0) * (y1 - y0)
