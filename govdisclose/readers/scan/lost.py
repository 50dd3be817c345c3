"""Rulings that a scanner lost, told from what it left of them; and those that are none.

A black and white scan keeps of hairlines and dashes what happens to be dark enough. Rows of numbers are ruled from cell
to cell: a line that is drawn beside most of them is drawn beside all, unless characters stand in its way.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

_COLUMN, _ROW = 0.6, 0.8
"""Share of the cells with ink in an interval, and in a strip, that look like numbers, if it is one of numbers."""
_FEW = 3
"""Fewer such cells tell nothing, and fewer lines."""
_DRAWN = 0.25
"""Share of the strips of numbers in which a column line is drawn if there is one; of the intervals, for a row line."""
_LABELLED = 0.9
"""Share of the rows of numbers with ink in the interval before them, if each has a label of its own there."""
_OUTER = 0.5
"""Share of the outer border that is drawn, if all of it is."""
_SOME = 0.4
"""Share of the lines between numbers that are drawn in a strip, if it is ruled from cell to cell."""


class Edges(NamedTuple):
    """Something about each edge between the crossings of a table's lines.

    `upright` has a row a column line and a column a strip between two row lines; `level` a row a row line and a column
    an interval between two column lines.
    """

    upright: Flags
    level: Flags


class Cells(NamedTuple):
    """Of each strip (row) and interval (column): whether characters stand there, and whether as those of a number."""

    inked: Flags
    numbers: Flags


def lost(drawn: Edges, free: Edges, cells: Cells, known: Flags) -> Edges:
    """The edges that were lost.

    Parameters
    ----------
    drawn : Edges
        Those seen.
    free : Edges
        Those with no character in the way.
    cells : Cells
    known : array of bool, shape (column lines,)
        Which column lines are known by what stands beside them.

    Returns
    -------
    Edges
        Those not drawn, and free, of lines between numbers that are drawn elsewhere.

    Examples
    --------
    >>> upright, level = np.ones((5, 4), dtype=bool), np.ones((5, 4), dtype=bool)
    >>> seen, free = Edges(upright.copy(), level), Edges(upright, level)
    >>> seen.upright[2, 1] = False
    >>> np.argwhere(lost(seen, free, Cells(level[:-1], level[:-1]), np.zeros(5, dtype=bool)).upright).tolist()
    [[2, 1]]
    """
    inked, numbers = cells
    of_numbers = inked & numbers
    if not inked.size:
        return Edges(np.zeros_like(drawn.upright), np.zeros_like(drawn.level))
    columns = _full(of_numbers.sum(axis=0), inked.sum(axis=0), _COLUMN)
    columns &= np.logical_and.accumulate(columns[::-1])[::-1]  # labels stand on the left
    rows = _full(of_numbers[:, columns].sum(axis=1), inked[:, columns].sum(axis=1), _ROW)
    upright, level, labels = np.zeros_like(drawn.upright), np.zeros_like(drawn.level), np.zeros_like(drawn.level)
    for edges, there in ((upright, drawn.upright), (level, drawn.level)):
        for outer in (0, -1):  # the outer border goes on to the end
            begun = np.logical_or.accumulate(there[outer])
            edges[outer] = begun & (there[outer].mean() >= _OUTER)
    both = (inked[:, :-1] & inked[:, 1:]).T
    upright[1:-1] = both & known[1:-1, None]
    if rows.any() and columns.any():
        # A column of numbers is ruled off on its left, too, where a label stands.
        lines = np.append(False, columns) & (known | (drawn.upright[:, rows].mean(axis=1) >= _DRAWN))
        lines[[0, -1]] = False
        seen = drawn.upright[lines & ~known]
        if len(seen) >= _FEW:
            upright |= np.outer(lines, rows & (seen.mean(axis=0) >= _SOME))
            # Right above the numbers each column has its header.
            header = np.append(rows[1:] & ~rows[:-1], False) & (seen.mean(axis=0) >= _DRAWN)
            upright[1:-1] |= np.outer(lines[1:-1], header) & both
        between = np.zeros(len(level), dtype=bool)
        between[1:-1] = rows[:-1] & rows[1:] & (drawn.level[1:-1][:, columns].mean(axis=1) >= _DRAWN)
        level |= np.outer(between, columns)
        labels = np.outer(between, ~columns & np.roll(columns, -1) & (inked[rows].mean(axis=0) >= _LABELLED))
        begun = _begun(drawn.upright | (upright & free.upright), drawn.level | (level & free.level), free.upright)
        upright |= begun & np.append(~columns, False)[:, None]
    return Edges(upright & free.upright & ~drawn.upright, (level | labels) & free.level & ~drawn.level)


def stems(drawn: Flags, free: Flags, bare: Flags) -> Flags:
    """The edges that are digits: strokes of 1 with nothing to either side, and other characters above or below them.

    Parameters
    ----------
    drawn, free : array of bool, shape (column lines, strips)
        Whether an edge is seen, and whether no character stands in its way.
    bare : array of bool, shape (strips, intervals)
        Whether nothing stands between two column lines but right beside these.

    Examples
    --------
    >>> drawn, bare = np.zeros((3, 5), dtype=bool), np.ones((5, 2), dtype=bool)
    >>> drawn[0] = drawn[2] = drawn[1, 3] = True
    >>> free = drawn.copy()
    >>> np.argwhere(stems(drawn, free, bare)).tolist()
    [[1, 3]]
    """
    found = np.zeros_like(drawn)
    crossed = ~free & ~drawn
    through = (crossed.sum(axis=1) >= _FEW) & (crossed.sum(axis=1) > drawn.sum(axis=1))
    past, there = (np.pad(flags, ((0, 0), (1, 1))) for flags in (crossed, drawn))
    alone = (past[:, :-2] | past[:, 2:]) & ~there[:, :-2] & ~there[:, 2:]
    found[1:-1] = (drawn & (through[:, None] | alone))[1:-1] & (bare[:, :-1] & bare[:, 1:]).T
    return found


def _begun(upright: Flags, level: Flags, free: Flags) -> Flags:
    """Edges of lines at which several level rulings begin: beside these, and between what is drawn above and below."""
    begins, runs_on = (np.zeros((len(level), len(upright)), dtype=bool) for _ in range(2))
    begins[:, 1:-1] = level[:, 1:] & ~level[:, :-1]
    runs_on[:, 1:-1] = level[:, 1:] & level[:, :-1]
    above, below = begins[:-1], begins[1:]
    found = ((above & below) | (above & runs_on[1:]) | (runs_on[:-1] & below)).T
    there = upright | (found & free)
    between = np.logical_or.accumulate(there, axis=1) & np.logical_or.accumulate(there[:, ::-1], axis=1)[:, ::-1]
    return np.asarray((found | between) & (begins.sum(axis=0) >= _FEW)[:, None])


def _full(numbers: NDArray[np.intp], inked: NDArray[np.intp], share: float) -> Flags:
    """Which lines of cells are of numbers: of those with ink, and nearly as many as in the fullest line."""
    return np.asarray(numbers >= np.maximum(share * inked, max(_FEW, _COLUMN * int(numbers.max(initial=0)))))
