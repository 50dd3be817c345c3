"""How a table is divided: a mesh of rows and columns, and what is drawn over it, become printed cells.

Mesh cells without a ruling between them are one, double rulings are one, and what cannot be a
rectangle says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from govdisclose.readers.pdf.text import Char, Rectangle

MAX_MESH = 20_000
"""Where more rulings cross than this, a grid is drawn and no table."""
_THIN = 5.0
"""Rulings nearer than this, in points, are one (double or thick) ruling: no text fits between."""
_DOUBLE = 3.2
"""Those further apart than this are so where more than one pair is; else they may enclose a row left blank."""
_NEAR = 3.0
"""A ruling this far, in points, from where its fellows stand is one of them."""


class CellBox(NamedTuple):
    """A printed cell without its text. `whole` is false where the drawn edges enclose no rectangle."""

    row: int
    col: int
    rowspan: int
    colspan: int
    area: Rectangle
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Lattice:
    """One table of a page: the positions of its rulings and its printed cells in reading order.

    `ruled` is false where the text alone suggested rows and columns.
    """

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    cells: tuple[CellBox, ...]
    ruled: bool = True

    @property
    def frame(self) -> Rectangle:
        """The outer border."""
        return (self.columns[0], self.rows[0], self.columns[-1], self.rows[-1])

    def holds(self, *chars: Char) -> bool:
        """Whether the centres of characters are inside the outer border."""
        x0, y0, x1, y1 = self.frame
        return all(x0 <= char.x <= x1 and y0 <= char.y <= y1 for char in chars)

    def owners(self) -> list[list[int]]:
        """For each row and column of the mesh, the index of the printed cell that covers it."""
        found = [[0] * (len(self.columns) - 1) for _ in self.rows[1:]]
        for index, cell in enumerate(self.cells):
            for row in range(cell.row, cell.row + cell.rowspan):
                for col in range(cell.col, cell.col + cell.colspan):
                    found[row][col] = index
        return found

    def mesh(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of the mesh at a point inside the outer border."""
        return _between(self.rows, y), _between(self.columns, x)


def _between(stops: Sequence[float], place: float) -> int:
    """The first of the two stops that a place is between, or nearest to."""
    return min(max(bisect_right(stops, place) - 1, 0), len(stops) - 2)


def crossed(lattice: Lattice, rulings: Sequence[Rectangle]) -> set[int]:
    """The printed cells that a drawn ruling runs through: the lattice has missed a border there.

    A ruling counts where it goes along nearly half of a row or column of the mesh, in one piece or
    in dashes; less is an underline.

    >>> cells = (CellBox(0, 0, 1, 1, (0, 0, 50, 40)), CellBox(0, 1, 1, 1, (50, 0, 90, 40)))
    >>> crossed(Lattice((0, 50, 90), (0, 40), cells), [(0, 20, 50, 20), (50, 0, 50.5, 40), (60, 30, 70, 30)])
    {0}
    """
    return {index for index, _, _, share in _inside(lattice, rulings) if share > 0.4}


def _inside(lattice: Lattice, rulings: Sequence[Rectangle]) -> Iterator[tuple[int, bool, float, float]]:
    """Rulings inside printed cells: the cell, whether level, where, and along how much of the mesh cell."""
    owners = lattice.owners()
    x_low, y_low, x_high, y_high = lattice.frame
    marks: dict[tuple[int, bool, int, int], list[tuple[float, float, float]]] = {}
    for x0, y0, x1, y1 in rulings:
        if x1 < x_low or x0 > x_high or y1 < y_low or y0 > y_high:
            continue
        level = x1 - x0 > y1 - y0
        along, place = ((x0, x1), (y0 + y1) / 2) if level else ((y0, y1), (x0 + x1) / 2)
        stops, others = (lattice.columns, lattice.rows) if level else (lattice.rows, lattice.columns)
        other = _between(others, place)
        for track in range(_between(stops, along[0]), _between(stops, along[1]) + 1):
            index = owners[other][track] if level else owners[track][other]
            area = lattice.cells[index].area
            low, high = (area[1], area[3]) if level else (area[0], area[2])
            if low + _NEAR < place < high - _NEAR:
                marks.setdefault((index, level, track, round(place)), []).append((*along, place))
    for (index, level, track, _), stretches in marks.items():
        stops = lattice.columns if level else lattice.rows
        # Thick rulings reach into the cells they end at, so only the middle of the mesh cell counts.
        rim = min(_NEAR, (stops[track + 1] - stops[track]) / 3)
        drawn = sorted([(start, end) for start, end, _ in stretches])
        share = _covered(drawn, stops[track] + rim, stops[track + 1] - rim)
        yield index, level, stretches[0][2], share


def divided(
    columns: Sequence[float], rows: Sequence[float], rulings: Sequence[Rectangle], known: Sequence[Rectangle] = ()
) -> Lattice | None:
    """The lattice that rulings draw over a mesh; None where it is a mere frame, or squared paper.

    Parameters
    ----------
    columns, rows : sequence of float
        Where rulings may stand and lie, with the outer border; those that divide nothing are dropped.
    rulings : sequence of Rectangle
        What is drawn, each thin in one direction.
    known : sequence of Rectangle
        What is drawn according to another source; one that reaches across a cell divides it.

    Examples
    --------
    >>> frame = [(0, 0, 0, 20), (80, 0, 80, 20), (0, 0, 80, 0), (0, 20, 80, 20)]
    >>> middle = [(0, 10, 80, 10), (40, 10, 40, 20), (60, 10, 60, 20)]
    >>> lattice = divided([0, 40, 60, 80], [0, 10, 20], frame + middle)
    >>> [(cell.row, cell.col, cell.colspan) for cell in lattice.cells]
    [(0, 0, 3), (1, 0, 1), (1, 1, 1), (1, 2, 1)]
    """
    standing, level = [], []
    for x0, y0, x1, y1 in (*rulings, *known):
        if x1 - x0 > y1 - y0:
            level.append(((y0 + y1) / 2, x0, x1))
        else:
            standing.append(((x0 + x1) / 2, y0, y1))
    lattice = None
    if len(columns) * len(rows) > MAX_MESH:
        return None
    for _ in range(3):
        columns, rows = _apart(columns), _apart(rows)
        columns, across = _without_idle(columns, _drawn(columns, rows, standing))
        rows, down = _without_idle(stops := rows, _drawn(rows, columns, level))
        if len(columns) * len(rows) < 6:
            return None
        if len(rows) < len(stops):
            across = _drawn(columns, rows, standing)
        cells = _cells(columns, rows, across, down)
        lattice = Lattice(tuple(columns), tuple(rows), tuple(cells))
        missed = [(flat, place) for _, flat, place, share in _inside(lattice, known) if share > 0.9] if known else []
        if not missed:
            break
        rows = sorted([*rows, *(place for flat, place in missed if flat)])
        columns = sorted([*columns, *(place for flat, place in missed if not flat)])
    return lattice


def undivided(columns: Sequence[float], rows: Sequence[float]) -> Lattice:
    """A mesh that text alone suggests: every mesh cell is a cell."""
    return Lattice(tuple(columns), tuple(rows), tuple(_cells(columns, rows, None, None)), ruled=False)


def _apart(positions: Sequence[float]) -> list[float]:
    """Positions with those of double and thick rulings taken together, at their middle.

    >>> _apart([10, 50, 52, 90])
    [10.0, 51.0, 90.0]
    """
    thin = _THIN if sum(_DOUBLE <= b - a < _THIN for a, b in pairwise(positions)) != 1 else _DOUBLE
    groups: list[list[float]] = []
    for position in positions:
        if groups and position - groups[-1][-1] < thin:
            groups[-1].append(position)
        else:
            groups.append([position])
    return [(group[0] + group[-1]) / 2 for group in groups]


def _drawn(
    positions: Sequence[float], stops: Sequence[float], rulings: Sequence[tuple[float, float, float]]
) -> list[list[bool]]:
    """For each position and each stretch between stops, whether a ruling runs along it.

    The outer border always does: a table cut by the end of the page is closed there.

    >>> _drawn([0, 10, 20], [0, 30, 60], [(10.5, 0, 30)])
    [[True, True], [True, False], [True, True]]
    """
    drawn = [[True] * (len(stops) - 1)]
    for position in positions[1:-1]:
        near = sorted([(start, end) for place, start, end in rulings if abs(place - position) <= _NEAR])
        drawn.append([bool(near) and _covered(near, *stretch) >= 0.6 for stretch in pairwise(stops)])
    return [*drawn, [True] * (len(stops) - 1)] if len(positions) > 1 else drawn


def _covered(intervals: Sequence[tuple[float, float]], start: float, end: float) -> float:
    """The share of a stretch that intervals, in order, cover."""
    reached, total = start, 0.0
    for low, high in intervals:
        if low >= end:
            break
        if high > reached:
            low, high = (reached if low < reached else low), (end if high > end else high)
            total += high - low
            reached = high
    return total / (end - start)


def _without_idle(positions: Sequence[float], drawn: Sequence[list[bool]]) -> tuple[list[float], list[list[bool]]]:
    """Positions at which something is drawn, and what; the others divide nothing."""
    kept = [(position, stretches) for position, stretches in zip(positions, drawn, strict=True) if any(stretches)]
    return [position for position, _ in kept], [stretches for _, stretches in kept]


def _cells(
    columns: Sequence[float],
    rows: Sequence[float],
    across: list[list[bool]] | None,
    down: list[list[bool]] | None,
) -> Iterator[CellBox]:
    """Mesh cells joined where nothing is drawn between them.

    `across[k][r]` tells of the ruling at column position k along row r, `down[k][c]` of the one at
    row position k along column c. A joined shape that is no rectangle is given out row by row.
    """
    height, width = len(rows) - 1, len(columns) - 1
    seen: set[tuple[int, int]] = set()
    for row in range(height):
        for col in range(width):
            if (row, col) in seen:
                continue
            if across and down and across[col][row] and across[col + 1][row] and down[row][col] and down[row + 1][col]:
                yield CellBox(row, col, 1, 1, (columns[col], rows[row], columns[col + 1], rows[row + 1]))
                continue  # closed on all sides, as most are
            shape = _shape(row, col, across, down)
            seen |= shape
            for top, left, bottom, right in _rectangles(shape):
                area = columns[left], rows[top], columns[right + 1], rows[bottom + 1]
                whole = (bottom - top + 1) * (right - left + 1) == len(shape)
                yield CellBox(top, left, bottom - top + 1, right - left + 1, area, whole)


def _shape(row: int, col: int, across: list[list[bool]] | None, down: list[list[bool]] | None) -> set[tuple[int, int]]:
    """All mesh cells reached from one without crossing a ruling."""
    shape, front = {(row, col)}, [(row, col)]
    if across is None or down is None:
        return shape
    while front:
        r, c = front.pop()
        steps = [
            (r, c - 1, across[c][r]),
            (r, c + 1, across[c + 1][r]),
            (r - 1, c, down[r][c]),
            (r + 1, c, down[r + 1][c]),
        ]
        for i, j, closed in steps:
            if not closed and (i, j) not in shape:
                shape.add((i, j))
                front.append((i, j))
    return shape


def _rectangles(shape: set[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """A shape as (top, left, bottom, right): itself where it is a rectangle, else its stretches row by row."""
    tops, lefts = [row for row, _ in shape], [col for _, col in shape]
    top, bottom, left, right = min(tops), max(tops), min(lefts), max(lefts)
    if (bottom - top + 1) * (right - left + 1) == len(shape):
        yield top, left, bottom, right
        return
    for row in range(top, bottom + 1):
        start: int | None = None
        for col in range(left, right + 2):
            if (row, col) in shape:
                start = col if start is None else start
            elif start is not None:
                yield row, start, row, col - 1
                start = None
