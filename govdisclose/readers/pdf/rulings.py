"""Tables from what is drawn: rulings that touch one another are one table.

A table cut by the end of the page, or printed without an outer border, ends where its rulings end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govdisclose.readers.pdf.lattice import Lattice, divided
from govdisclose.readers.pdf.text import Rectangle

_REACH = 2.6
"""Rulings whose ends are nearer than twice this, in points, touch: corners are rounded and cells stand apart."""
_BEYOND = 5.0
"""Rulings that reach further than this, in points, past the last one they cross, leave the table open there."""

_FAR = 60.0
"""One ruling alone that reaches further than this, in points, belongs to something else."""


def ruled_tables(rulings: Sequence[Rectangle]) -> list[Lattice]:
    """The tables that rulings draw, from the top.

    Parameters
    ----------
    rulings : sequence of Rectangle
        Each thin in one direction, pieces joined.

    Examples
    --------
    >>> level = [(0, 10 * i, 60, 10 * i) for i in range(3)]
    >>> standing = [(20 * i, 0, 20 * i, 20) for i in range(4)]
    >>> [(table.columns, table.rows) for table in ruled_tables([*level, *standing, (0, 50, 60, 50)])]
    [((0.0, 20.0, 40.0, 60.0), (0.0, 10.0, 20.0))]
    """
    found = (_table(together) for together in _touching(rulings))
    tables = [table for table in found if table is not None]
    return sorted(tables, key=lambda table: (table.frame[1], table.frame[0]))


def _touching(rulings: Sequence[Rectangle]) -> Iterator[list[Rectangle]]:
    """Rulings in groups that touch one another, directly or through others."""
    parent = list(range(len(rulings)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    grown = [(x0 - _REACH, y0 - _REACH, x1 + _REACH, y1 + _REACH) for x0, y0, x1, y1 in rulings]
    order = sorted(range(len(rulings)), key=lambda index: grown[index][1])
    open_ones: list[int] = []
    for index in order:
        x0, y0, x1, _ = grown[index]
        open_ones = [other for other in open_ones if grown[other][3] >= y0]
        for other in open_ones:
            if grown[other][0] <= x1 and grown[other][2] >= x0:
                parent[root(other)] = root(index)
        open_ones.append(index)
    groups: dict[int, list[Rectangle]] = {}
    for index, ruling in enumerate(rulings):
        groups.setdefault(root(index), []).append(ruling)
    yield from groups.values()


def _table(rulings: Sequence[Rectangle]) -> Lattice | None:
    level = [box for box in rulings if box[2] - box[0] > box[3] - box[1]]
    standing = [box for box in rulings if box[2] - box[0] <= box[3] - box[1]]
    if len(level) < 2 or len(standing) < 2:
        return None
    columns = _with_ends([(x0 + x1) / 2 for x0, _, x1, _ in standing], [(x0, x1) for x0, _, x1, _ in level])
    rows = _with_ends([(y0 + y1) / 2 for _, y0, _, y1 in level], [(y0, y1) for _, y0, _, y1 in standing])
    return divided(columns, rows, rulings)


def _with_ends(places: Sequence[float], reaches: Sequence[tuple[float, float]]) -> list[float]:
    """Where rulings lie, and where those across end beyond them.

    >>> _with_ends([10, 20], [(0, 30), (1, 20), (0, 21)])
    [0, 10, 20, 30]
    """
    first, last = min(places), max(places)
    before = [start for start, _ in reaches if start < first - _BEYOND]
    after = [-end for _, end in reaches if end > last + _BEYOND]
    return [*_common(before, first), *sorted(places), *(-end for end in _common(after, -last))]


def _common(ends: Sequence[float], border: float) -> list[float]:
    """The outermost end, where several rulings end there, or where one alone does not run away."""
    edge = min(ends, default=border)
    together = sum(end < edge + _REACH for end in ends)
    return [edge] if together > 1 or (together and border - edge < _FAR) else []
