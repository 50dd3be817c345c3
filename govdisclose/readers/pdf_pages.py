"""What stands on one page of a PDF: its text, its drawing, and the tables made of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from govdisclose.model import Grid
from govdisclose.readers.pdf_glyphs import characters
from govdisclose.readers.pdf_grid import grid_from_cells, runs, value_pieces
from govdisclose.readers.pdf_lattice import Lattice
from govdisclose.readers.pdf_paths import MAX_SHAPES, Drawing, drawing
from govdisclose.readers.pdf_text import Char, Line, PageText, Rectangle, lines

MAX_CHARACTERS = 40_000
"""On one page; a report prints a few hundred."""


@dataclass(frozen=True)
class Page:
    """What is known of a page before its tables are sought."""

    text: PageText
    drawing: Drawing

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
        return self.drawing.shapes > MAX_SHAPES or len(self.text.chars) > MAX_CHARACTERS

    @cached_property
    def runs(self) -> list[list[Char]]:
        """The page's characters in the pieces they were printed in."""
        return list(runs(self.text.chars))

    @cached_property
    def directions(self) -> tuple[int, int]:
        """How many rulings are level, and how many upright."""
        level = sum(x1 - x0 > y1 - y0 for x0, y0, x1, y1 in self.rulings)
        return level, len(self.rulings) - level


def look_at(page: Any, number: int) -> Page:
    """What stands on a pdfium page, before its tables are sought."""
    drawn = drawing(page)
    return Page(characters(page, number, drawn.order), drawn)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a page under one reading of its rulings."""

    rungs: tuple[str, ...]
    placed: tuple[tuple[Rectangle, Grid], ...]
    outside: tuple[Line, ...]
    """Lines of the page in no table."""

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
    rest = page.runs
    placed = []
    for lattice in sorted(found, key=_size):
        x0, y0, x1, y1 = lattice.frame
        mine, others = [], []
        for run in rest:
            inside = any(x0 <= (c.x0 + c.x1) / 2 <= x1 and y0 <= (c.y0 + c.y1) / 2 <= y1 for c in run)
            (mine if inside else others).append(run)
        if any(not char.text.isspace() for run in mine for char in run):
            rest = others
            placed.append((lattice.frame, grid_from_cells(lattice, mine, page.text.view, page.rulings)))
    placed.sort(key=lambda entry: (entry[0][1], entry[0][0]))
    return Tables((rung,) if placed else (), tuple(placed), tuple(lines(shown(rest, page))))


def shown(pieces: Sequence[Sequence[Char]], page: Page) -> list[Char]:
    """The characters of pieces that stand on the page itself, not beyond its edge."""
    width, height = page.text.view.size
    return [char for run in pieces for char in run if 0 <= char.x <= width and 0 <= char.y <= height]


def _size(lattice: Lattice) -> float:
    x0, y0, x1, y1 = lattice.frame
    return (x1 - x0) * (y1 - y0)
