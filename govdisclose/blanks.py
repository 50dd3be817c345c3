"""What a blank counts as: chosen in the analysis, never stored.

A blank or a dash in a table may be a zero that nobody printed, or a number that nobody gave. The data keep
the state of the cell; here a policy makes numbers of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from govdisclose.errors import UsageError
from govdisclose.forms import Form, Forms, load
from govdisclose.model import Address, RelationState
from govdisclose.relations import FAILS, HOLDS, UNDETERMINED, Matrix, System, determined, judge, system

if TYPE_CHECKING:
    import pandas as pd

Policy = Literal["as_zero_if_proved", "as_zero", "as_missing"]
POLICIES: tuple[Policy, ...] = get_args(Policy)


def with_blanks(panel: pd.DataFrame, policy: Policy, *, forms: Forms | None = None) -> pd.Series:
    """The number of each cell to analyse, blanks and dashes counted by a policy.

    Parameters
    ----------
    panel : pandas.DataFrame
        What `load` gives: one row a cell, with `report_id`, `table`, `row`, `column`, `state`, `adjusted`.
    policy : {"as_zero_if_proved", "as_zero", "as_missing"}
        - `as_missing`: a blank is no number.
        - `as_zero`: every blank and dash is zero.
        - `as_zero_if_proved`: a blank or dash is zero only where a relation that holds leaves it no other
          value: both sides are equal without it, and what is missing could only make one of them larger.
          What follows so is taken as known in the other relations; where one through the cell fails, nothing
          is proved. A blank total whose parts are printed is not zero and stays missing. Give the panel with
          all rows and columns of a table: where cells are left out, relations through them prove nothing.
    forms : Forms, optional
        Where further form files were used.

    Returns
    -------
    pandas.Series
        float64 on the panel's index, NaN where there is no number. What is absent, unreadable, or printed
        in words is NaN under every policy.

    Raises
    ------
    UsageError
        There is no such policy.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = ["upheld", "corrected", "other", "pending", "total"]
    >>> panel = pd.DataFrame({"report_id": "a", "table": "remedies", "row": "review", "column": columns})
    >>> panel["adjusted"] = [3, None, 1, None, 4]
    >>> panel["state"] = ["number", "blank", "number", "dash", "number"]
    >>> with_blanks(panel, "as_zero_if_proved").tolist()
    [3.0, 0.0, 1.0, 0.0, 4.0]
    """
    if policy not in POLICIES:
        raise UsageError(f"policy {policy!r}: choose one of {', '.join(POLICIES)}")
    numbers = panel["adjusted"].astype("float64").copy()
    numbers.name = "number"
    if policy == "as_missing":
        return numbers
    blank = (panel["state"].isin(("blank", "dash")) & numbers.isna()).to_numpy()
    if policy == "as_zero":
        return numbers.mask(blank, 0.0)
    values = np.asarray(numbers, dtype=np.float64)
    zero = np.zeros(len(panel), dtype=bool)
    known = forms or load()
    for table in panel["table"].unique():
        here = np.flatnonzero((panel["table"] == table).to_numpy())
        zero[here] = _proved_zero(panel.iloc[here], values[here], str(table), known)
    return numbers.mask(zero & blank, 0.0)


def judged_panel(panel: pd.DataFrame, numbers: pd.Series, *, forms: Forms | None = None) -> dict[RelationState, int]:
    """How many relations within a year hold, fail, or cannot be told, on the numbers of a policy.

    Parameters
    ----------
    panel
        As for `with_blanks`.
    numbers
        What `with_blanks` gave for it.
    """
    counts: dict[RelationState, int] = {"holds": 0, "undetermined": 0, "fails": 0}
    values = np.asarray(numbers, dtype=np.float64)
    for table in panel["table"].unique():
        here = np.flatnonzero((panel["table"] == table).to_numpy())
        for relations, part, _, _ in _systems(panel.iloc[here], values[here], str(table), forms or load()):
            state = judge(relations, part).state
            counts["holds"] += int((state == HOLDS).sum())
            counts["undetermined"] += int((state == UNDETERMINED).sum())
            counts["fails"] += int((state == FAILS).sum())
    return counts


def _proved_zero(cells: pd.DataFrame, numbers: Matrix, table: str, forms: Forms) -> Any:
    """Which cells of one table, of all reports, a relation leaves no value but zero."""
    zero = np.zeros(len(cells), dtype=bool)
    for relations, values, at, inside in _systems(cells, numbers, table, forms):
        found = _forced(relations, values)
        zero[at[inside]] = found[inside]
    return zero


def _systems(
    cells: pd.DataFrame, numbers: Matrix, table: str, forms: Forms
) -> Iterator[tuple[System, Matrix, Any, Any]]:
    """For each form that reports print a table in: its relations, and the reports' numbers in their order.

    The last two, of shape (reports, cells), say at which row of `cells` a number stands, and whether it does.
    """
    import pandas as pd

    reports, names = pd.factorize(cells["report_id"])
    keys = pd.MultiIndex.from_arrays([cells["row"].astype(str), cells["column"].astype(str)])
    places, addresses = pd.factorize(keys)
    at = np.full((len(names), len(addresses) + 1), -1)  # the last column stands for cells nobody has
    at[reports, places] = np.arange(len(cells))
    printed = at[:, :-1] >= 0
    printed[reports, places] &= (cells["state"] != "absent").to_numpy()
    known = {(table, *address): i for i, address in enumerate(addresses)}
    for rows, relations in _by_form(printed, known, table, forms):
        columns = np.array([known.get(address, len(addresses)) for address in relations.cells])
        where = at[np.ix_(rows, columns)]
        inside = where >= 0
        yield relations, np.where(inside, numbers[where], np.nan), where, inside


def _by_form(printed: Any, known: dict[Address, int], table: str, forms: Forms) -> Iterator[tuple[Any, System]]:
    """The reports printed in each form: the one whose cells they print most of, and least besides."""
    fits: list[tuple[Form, Any]] = []
    for form in forms:
        if any(t.id == table for t in form.tables):
            own = np.zeros(printed.shape[1], dtype=bool)
            own[[known[(table, *a)] for a in form.table(table).addresses() if (table, *a) in known]] = True
            fits.append((form, printed[:, own].sum(axis=1) - printed[:, ~own].sum(axis=1)))
    best = np.argmax([score for _, score in fits], axis=0) if fits else np.zeros(len(printed))
    for i, (form, _) in enumerate(fits):
        rows = np.flatnonzero(best == i)
        relations = system(form, table)
        if len(rows) and relations.instances:
            yield rows, relations


def _forced(relations: System, values: Matrix) -> Any:
    """Cells without a number that can only be zero, shape (reports, cells), unless a relation through them fails."""
    known = determined(relations, values)
    failing = judge(relations, known).state == FAILS
    contested = (failing.astype(float) @ (relations.matrix != 0)) > 0
    zero: NDArray[np.bool_] = np.isnan(values) & (known == 0) & ~contested
    return zero
