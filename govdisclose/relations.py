"""The arithmetic identities of a table as one integer system, judged for one report or many at once.

A relation says that two sums of cells are equal. Cells without a number (blank, dash, absent,
unreadable) may stand for anything from zero up, so a relation `holds`, `fails` or is
`undetermined`, and then the missing cells together lie between bounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govdisclose.forms import Form, Relation, Table
from govdisclose.model import Address, Number

Matrix = NDArray[np.float64]
HOLDS, UNDETERMINED, FAILS = 0, 1, 2
STATES = ("holds", "undetermined", "fails")
_WHOLE = 0.5e-6
"""Differences below this are rounding: amounts have at most six decimals."""
PREVIOUS = "previous:"
"""Marks a term, or the table of an address, of the same agency's report of the year before."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One relation at one row or column: what is added up on either side, as indices of cells."""

    relation: Relation
    at: str
    left: tuple[tuple[int, int], ...]
    right: tuple[tuple[int, int], ...]
    """(index of the cell, coefficient)."""
    terms: tuple[int, ...]
    """The cells on both sides."""
    cells: tuple[Address, ...]
    """Their addresses."""
    weights: tuple[tuple[int, float], ...]
    """(index of the cell, how often it is counted in left minus right), of those that count at all."""


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """All relations of one table of one form.

    `matrix` is relations x cells: left minus right. `plus` and `minus` are cells x relations: 1 where a cell
    is counted on that side.
    """

    table: str
    form: str
    cells: tuple[Address, ...]
    instances: tuple[Instance, ...]
    matrix: Matrix
    plus: Matrix
    minus: Matrix
    sizes: NDArray[np.int64]
    """How many terms each relation has."""

    def index(self) -> dict[Address, int]:
        """Where each cell stands in a vector of values."""
        return {address: i for i, address in enumerate(self.cells)}

    def vector(self, values: Mapping[Address, Number | None]) -> Matrix:
        """Values in the order of `cells`; NaN where there is none."""
        found = (values.get(address) for address in self.cells)
        return np.array([np.nan if v is None else v for v in found], dtype=np.float64)


def _term(text: str) -> tuple[str, int, bool]:
    """(id, sign, of the year before) of a term of a relation."""
    sign = -1 if text.startswith("-") else 1
    text = text.removeprefix("-")
    return text.removeprefix(PREVIOUS), sign, text.startswith(PREVIOUS)


def _places(relation: Relation, table: Table) -> Iterable[str]:
    """The rows (or columns) at which a relation is to hold: those that have every term."""
    printed = set(table.addresses())
    across = {(r if relation.each == "row" else c): None for r, c in table.addresses()}
    terms = [_term(t)[0] for t in (*relation.left, *relation.right)]
    for at in relation.rows or across:
        pairs = ((at, t) if relation.each == "row" else (t, at) for t in terms)
        if all(pair in printed for pair in pairs):
            yield at


@lru_cache(maxsize=64)
def system(form: Form, table_id: str, *, across_years: bool = False) -> System:
    """The relations of a table, within one year or to the year before.

    Cells of the year before have the table `previous:TABLE` in their address.

    Examples
    --------
    >>> from govdisclose.forms import load
    >>> s = system(load()["2021"], "requests")
    >>> s.matrix.shape, int(np.linalg.matrix_rank(s.matrix))
    ((39, 175), 37)
    """
    table = form.table(table_id)
    cells: dict[Address, int] = {}
    instances: list[Instance] = []
    if not across_years:
        cells = {(table_id, r, c): i for i, (r, c) in enumerate(table.addresses())}
    for relation in form.relations:
        terms = [_term(t) for t in (*relation.left, *relation.right)]
        if relation.table != table_id or any(t[2] for t in terms) is not across_years:
            continue
        for at in _places(relation, table):
            sides = []
            for side in (relation.left, relation.right):
                here = []
                for text in side:
                    name, sign, before = _term(text)
                    row, column = (at, name) if relation.each == "row" else (name, at)
                    address = (PREVIOUS + table_id if before else table_id, row, column)
                    here.append((cells.setdefault(address, len(cells)), sign))
                sides.append(tuple(here))
            used = tuple(i for side in sides for i, _ in side)
            known = tuple(cells)
            weights = dict.fromkeys(used, 0.0)
            for factor, place in ((1, sides[0]), (-1, sides[1])):
                for cell, times in place:
                    weights[cell] += factor * times
            counting = tuple((cell, weight) for cell, weight in weights.items() if weight)
            addresses = tuple(known[i] for i in used)
            instances.append(Instance(relation, at, sides[0], sides[1], used, addresses, counting))
    matrix = np.zeros((len(instances), len(cells)))
    for i, instance in enumerate(instances):
        for j, weight in instance.weights:
            matrix[i, j] = weight
    plus, minus = ((matrix > 0).T.astype(np.float64), (matrix < 0).T.astype(np.float64))
    sizes = np.abs(matrix).sum(axis=1).astype(np.int64)
    return System(table_id, form.id, tuple(cells), tuple(instances), matrix, plus, minus, sizes)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the relations say, arrays of shape (reports, relations).

    `state` is one of `HOLDS`, `UNDETERMINED`, `FAILS`; `difference` is left minus right over the
    numbers; `missing` counts cells without a number, `up` and `down` those that would raise or
    lower the difference.
    """

    state: NDArray[np.int8]
    difference: Matrix
    up: NDArray[np.int64]
    down: NDArray[np.int64]

    @property
    def missing(self) -> NDArray[np.int64]:
        """Cells without a number in each relation."""
        return self.up + self.down


_Judgement = tuple[NDArray[np.int8], Matrix, NDArray[np.int64], NDArray[np.int64]]


def judge(relations: System, values: Matrix) -> Judged:
    """Judge every relation for every report.

    Parameters
    ----------
    relations : System
    values : array, shape (reports, cells) or (cells,)
        NaN where there is no number.

    Returns
    -------
    Judged

    Notes
    -----
    A missing cell counts from zero up. So a difference of zero with missing cells on one side only
    holds (they must be zero), and one that missing cells could only increase fails. What one relation
    so determines (a zero, or the only missing cell of a sum) is taken as known in the others.

    Examples
    --------
    >>> from govdisclose.forms import load
    >>> s = system(load()["2021"], "remedies")
    >>> outcomes = {"upheld": 10, "corrected": 1, "other": 0, "pending": 0}
    >>> block = {("remedies", "review", column): number for column, number in outcomes.items()}
    >>> [STATES[i] for i in judge(s, s.vector(block | {("remedies", "review", "total"): 0})).state[0]]
    ['fails', 'undetermined', 'undetermined']
    """
    table = np.atleast_2d(values)
    (_, difference, up, down), (state, *_), _ = _closure(relations, table)
    return Judged(state, difference, up, down)


def verdicts(relations: System, values: Sequence[float]) -> list[int]:
    """The states of `judge` for one report: so few numbers are added sooner by themselves than as arrays.

    Examples
    --------
    >>> from govdisclose.forms import load
    >>> s = system(load()["2021"], "remedies")
    >>> numbers = s.vector({("remedies", "review", column): 0 for column in ("upheld", "total")}).tolist()
    >>> [STATES[state] for state in verdicts(s, numbers)]
    ['holds', 'undetermined', 'undetermined']
    """
    known = list(values)
    has_gaps = any(map(math.isnan, known))
    states = [FAILS] * len(relations.instances)
    still: Iterable[int] = range(len(states))
    while True:
        follows: dict[int, float] = {}
        again = []
        for i in still:
            weights = relations.instances[i].weights
            gone = [(j, weight) for j, weight in weights if math.isnan(known[j])] if has_gaps else []
            printed = weights if not gone else [(j, weight) for j, weight in weights if not math.isnan(known[j])]
            difference = sum([weight * known[j] for j, weight in printed])
            if not gone:
                states[i] = HOLDS if abs(difference) < _WHOLE else FAILS
                continue
            again.append(i)
            nothing = len(gone) == relations.sizes[i]  # where no term is printed nothing is said
            states[i] = UNDETERMINED if nothing else _verdict(difference, [weight for _, weight in gone])
            if states[i] == HOLDS:
                for j, _ in gone:
                    follows.setdefault(j, 0.0)
            elif states[i] == UNDETERMINED and len(gone) == 1:
                follows.setdefault(gone[0][0], -difference / gone[0][1] + 0.0)  # no minus zero
        if not follows:
            return states
        for j, number in follows.items():
            known[j] = number
        still = again


def _verdict(difference: float, gone: Sequence[float]) -> int:
    """The state of a relation in which the cells of these weights are missing."""
    up, down = max(gone) > 0, min(gone) < 0
    if abs(difference) < _WHOLE:
        return UNDETERMINED if up and down else HOLDS
    return FAILS if (difference > 0 and not down) or (difference < 0 and not up) else UNDETERMINED


def determined(relations: System, values: Matrix) -> Matrix:
    """The numbers with those added that relations leave no choice.

    Parameters
    ----------
    relations : System
    values : array, shape (reports, cells) or (cells,)
        NaN where there is no number.

    Returns
    -------
    array, shape (reports, cells)
        NaN where the relations leave a choice. In a relation that fails nothing is added.

    Examples
    --------
    >>> from govdisclose.forms import load
    >>> s = system(load()["2021"], "remedies")
    >>> determined(s, s.vector({("remedies", "review", c): v for c, v in zip(("upheld", "total"), (3, 3))}))[0, :5]
    array([3., 0., 0., 0., 3.])
    """
    return _closure(relations, np.atleast_2d(values))[-1]


def _closure(relations: System, table: Matrix) -> tuple[_Judgement, _Judgement, Matrix]:
    """What is said of the numbers as printed, what with all added that follows from them, and those numbers."""
    first = judged = _judge(relations, table)
    known, moved = _determined(relations, table, *judged)
    while moved:
        judged = _judge(relations, known)
        known, moved = _determined(relations, known, *judged)
    return first, judged, known


def _judge(relations: System, table: Matrix) -> _Judgement:
    gone = np.isnan(table)
    difference = np.where(gone, 0.0, table) @ relations.matrix.T
    zero = np.abs(difference) < _WHOLE
    if not gone.any():
        none = np.zeros(difference.shape, dtype=np.int64)
        return np.where(zero, HOLDS, FAILS).astype(np.int8), difference, none, none
    up = (gone @ relations.plus).astype(np.int64)
    down = (gone @ relations.minus).astype(np.int64)
    state = np.full(difference.shape, UNDETERMINED, dtype=np.int8)
    state[zero & ((up == 0) | (down == 0))] = HOLDS
    state[~zero & (((difference > 0) & (down == 0)) | ((difference < 0) & (up == 0)))] = FAILS
    # Where no term is printed nothing is said, and nothing follows from it.
    state[(up + down) == relations.sizes] = UNDETERMINED
    return state, difference, up, down


def _determined(
    relations: System,
    table: Matrix,
    state: NDArray[np.int8],
    difference: Matrix,
    up: NDArray[np.int64],
    down: NDArray[np.int64],
) -> tuple[Matrix, bool]:
    """Missing cells that a relation leaves no choice, filled in; the printed table is not touched."""
    missing = up + down
    zeros = (state == HOLDS) & (missing > 0)
    single = (state == UNDETERMINED) & (missing == 1)
    if not (zeros.any() or single.any()):
        return table, False
    filled = table.copy()
    follows, rest = zeros | single, np.where(zeros, 0.0, -difference)
    if len(table) == 1:
        return _filled(relations, filled, follows[0], rest[0]), True
    for i in np.flatnonzero(follows.any(axis=0)):
        cells, reports = np.flatnonzero(relations.matrix[i]), np.flatnonzero(follows[:, i])
        here = reports[:, None], cells
        printed, left = filled[here], rest[reports, i, None] / relations.matrix[i, cells] + 0.0  # no minus zero
        filled[here] = np.where(np.isnan(printed), left, printed)
    return filled, True


def _filled(relations: System, table: Matrix, follows: NDArray[np.bool_], rest: Matrix) -> Matrix:
    """As for many reports, for the one of `table`: so few numbers are added sooner by themselves."""
    values: list[float] = table[0].tolist()
    for i in np.flatnonzero(follows).tolist():
        for j in relations.instances[i].terms:
            if math.isnan(values[j]):
                values[j] = float(rest[i] / relations.matrix[i, j] + 0.0)  # no minus zero
    return np.array([values])


def sides(instance: Instance, values: Sequence[float]) -> tuple[float, float]:
    """The sums printed on the left and on the right, missing cells (NaN) left out."""

    def total(side: tuple[tuple[int, int], ...]) -> float:
        return float(sum([sign * values[i] for i, sign in side if values[i] == values[i]]))  # NaN is not itself

    return total(instance.left), total(instance.right)


def plain(number: Any) -> Number:
    """A NumPy number as int where it is whole.

    >>> plain(np.float64(3.0)), plain(2.5)
    (3, 2.5)
    """
    value = float(number)
    return int(value) if value.is_integer() else value
