"""Which cells are to blame when relations fail: the smallest sets of changes that mend everything.

Error localization after Fellegi and Holt: change as few cells as possible so that no relation
fails. Up to three changes are searched exactly, in integers, with all ties; beyond that an integer
program (`scipy.optimize.milp`) gives one smallest set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govdisclose.model import Address, Number
from govdisclose.relations import FAILS, Matrix, System, judge, plain

EXACT = 3
"""Sets of up to this many cells are searched exhaustively."""
HOPELESS = 24
"""Where more relations than this fail, too much is wrong for any cells to be named (five wrong cells break a dozen)."""
TIES = 60
"""No more than this many sets are listed."""

_CONFUSED = {frozenset(p) for p in ("08", "17", "38", "56", "68", "69", "35", "27", "49", "89", "06", "09", "14")}


@dataclass(frozen=True, slots=True)
class Change:
    """A cell, the number read there (None: none), and the number it would need."""

    cell: Address
    read: Number | None
    needed: Number


@dataclass(frozen=True, slots=True)
class Explanation:
    """Changes that together mend every failing relation. `cost`: the lower, the likelier a misreading."""

    changes: tuple[Change, ...]
    cost: float

    @property
    def cells(self) -> tuple[Address, ...]:
        """The cells to be changed."""
        return tuple(c.cell for c in self.changes)


@dataclass(frozen=True, slots=True)
class Blame:
    """The smallest explanations, likeliest first.

    `unique`: there is only one. `complete`: all of that size are listed.
    """

    explanations: tuple[Explanation, ...]
    complete: bool = True

    @property
    def unique(self) -> bool:
        """Only one smallest set of cells explains the failures."""
        return self.complete and len(self.explanations) == 1


def misreading_cost(read: Number | None, needed: Number) -> float:
    """How unlikely it is that `needed` was printed and `read` was read, from 1 (usual) to 5.

    >>> misreading_cost(18, 13) < misreading_cost(18, 14) < misreading_cost(18, 240)
    True
    >>> misreading_cost(2, 20), misreading_cost(None, 7)
    (1.5, 2.0)
    """
    if read is None:
        return 2.0
    a, b = str(read), str(needed)
    if len(a) == len(b):
        differing = [frozenset((x, y)) for x, y in zip(a, b, strict=True) if x != y]
        if len(differing) == 1:
            return 1.0 if differing[0] in _CONFUSED else 2.0
        return 3.0 + min(1.0, 0.2 * len(differing))
    longer, shorter = (b, a) if len(b) > len(a) else (a, b)
    letters = iter(longer)
    if all(c in letters for c in shorter):
        return 1.5 if len(longer) - len(shorter) == 1 else 2.5
    return 5.0


def locate(relations: System, values: Matrix) -> Blame:
    """The smallest sets of cells whose change leaves no relation failing.

    Parameters
    ----------
    relations : System
    values : array, shape (cells,)
        NaN where there is no number; such a cell may be given one.

    Returns
    -------
    Blame
        Without explanations where nothing fails, and where too much does.

    Examples
    --------
    >>> from govdisclose.forms import load
    >>> from govdisclose.relations import system
    >>> s = system(load()["2021"], "remedies")
    >>> columns = ("upheld", "corrected", "other", "pending", "total")
    >>> read = {("remedies", "review", c): v for c, v in zip(columns, (10, 1, 0, 0, 0))}
    >>> locate(s, s.vector(read)).explanations[0].changes
    (Change(cell=('remedies', 'review', 'total'), read=0, needed=11),)
    """
    failing = int((judge(relations, values).state == FAILS).sum())
    if not failing:
        return Blame(())
    if failing > HOPELESS:
        return Blame((), complete=False)
    for size in range(1, EXACT + 1):
        found = _search(relations, values, size)
        if found:
            return _blame(relations, values, found)
    changes = _program(relations, values)
    return Blame((_explanation(relations, values, changes),) if changes else (), complete=False)


def _blame(relations: System, values: Matrix, found: set[frozenset[tuple[int, float]]]) -> Blame:
    all_ = sorted((_explanation(relations, values, dict(f)) for f in found), key=lambda e: (e.cost, e.cells))
    return Blame(tuple(all_[:TIES]), complete=len(all_) <= TIES)


def _explanation(relations: System, values: Matrix, changes: dict[int, float]) -> Explanation:
    out = []
    for i in sorted(changes):
        read = None if np.isnan(values[i]) else plain(values[i])
        out.append(Change(relations.cells[i], read, plain(changes[i])))
    return Explanation(tuple(out), round(sum(misreading_cost(c.read, c.needed) for c in out), 3))


def _search(relations: System, values: Matrix, size: int) -> set[frozenset[tuple[int, float]]]:
    """All sets of exactly `size` changes (cell index, needed value) that leave nothing failing."""
    found: set[frozenset[tuple[int, float]]] = set()
    seen: set[frozenset[tuple[int, float]]] = set()
    lengths = np.count_nonzero(relations.matrix, axis=1)

    def go(current: Matrix, changes: dict[int, float]) -> None:
        judged = judge(relations, current)
        failing = np.flatnonzero(judged.state[0] == FAILS)
        if not failing.size:
            if len(changes) == size:
                found.add(frozenset(changes.items()))
            return
        if len(changes) == size:
            return
        # Every failing relation holds a wrong cell: try each cell of the shortest one.
        first = failing[np.argmin(lengths[failing])]
        left = size - len(changes)
        for i in np.flatnonzero(relations.matrix[first]):
            if int(i) in changes:
                continue
            for needed in _candidates(relations, current, judged.difference[0], failing, int(i)):
                after = changes | {int(i): needed}
                mark = frozenset(after.items())
                if mark in seen:
                    continue
                seen.add(mark)
                changed = current.copy()
                changed[i] = needed
                if left == 1 and not _mends(relations, changed):
                    continue
                go(changed, after)

    go(values, {})
    return found


def _mends(relations: System, values: Matrix) -> bool:
    return not (judge(relations, values).state == FAILS).any()


def _candidates(
    relations: System, values: Matrix, difference: Matrix, failing: NDArray[np.intp], cell: int
) -> Iterator[float]:
    """Values of a cell that would mend one of the failing relations through it."""
    column = relations.matrix[:, cell]
    old = 0.0 if np.isnan(values[cell]) else float(values[cell])
    tried: set[float] = set()
    for i in failing:
        if column[i]:
            needed = old - difference[i] / column[i]
            if needed >= 0 and needed not in tried:
                tried.add(needed)
                yield float(needed)


def _program(relations: System, values: Matrix) -> dict[int, float]:
    """One smallest set by integer programming, for more than `EXACT` wrong cells."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    judged = judge(relations, values)
    bound = [i for i in range(len(relations.instances)) if not judged.missing[0][i] or judged.state[0][i] == FAILS]
    a, difference = relations.matrix[bound], judged.difference[0][bound]
    n = len(relations.cells)
    start = np.where(np.isnan(values), 0.0, values)
    # A cell never moves by more than all differences together; a tight bound keeps the program sound.
    most = float(np.abs(difference).sum())
    # Variables: increase, decrease (integers), changed (binary) of each cell.
    zero, eye = np.zeros((n, n)), np.eye(n)
    sums = LinearConstraint(np.hstack([a, -a, np.zeros_like(a)]), -difference, -difference)
    gates = LinearConstraint(
        np.vstack([np.hstack([eye, zero, -most * eye]), np.hstack([zero, eye, -most * eye])]), -np.inf, 0.0
    )
    down = np.minimum(start, most)
    result = milp(
        np.concatenate([np.zeros(2 * n), np.ones(n)]),
        constraints=[sums, gates],
        integrality=np.ones(3 * n),
        bounds=Bounds(np.zeros(3 * n), np.concatenate([np.full(n, most), down, np.ones(n)])),
        options={"time_limit": 5.0},
    )
    if result.x is None:
        return {}
    moved = np.round(result.x[:n] - result.x[n : 2 * n])
    return {int(i): float(start[i] + moved[i]) for i in np.flatnonzero(moved)}
