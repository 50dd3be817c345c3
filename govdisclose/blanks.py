"""What a blank counts as: chosen in the analysis, never stored.

A blank or a dash in a table may be a zero that nobody printed, or a number that nobody gave. The data keep
the state of the cell; here a policy makes numbers of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from govdisclose.errors import UsageError
from govdisclose.forms import Form, Forms, load
from govdisclose.model import Address
from govdisclose.relations import HOLDS, Matrix, System, judge, system

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
          What is proved so may prove others in turn. Give the panel with all rows and columns of a table:
          where cells are left out, the relations through them prove nothing.
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
    zero = np.zeros(len(panel), dtype=bool)
    known = forms or load()
    for table in panel["table"].unique():
        here = np.flatnonzero((panel["table"] == table).to_numpy())
        zero[here] = _proved_zero(panel.iloc[here], numbers.to_numpy()[here], str(table), known)
    return numbers.mask(zero & blank, 0.0)


def _proved_zero(cells: pd.DataFrame, numbers: Matrix, table: str, forms: Forms) -> Any:
    """Which cells of one table, of all reports, a relation leaves no value but zero."""
    import pandas as pd

    reports, names = pd.factorize(cells["report_id"])
    keys = pd.MultiIndex.from_arrays([cells["row"].astype(str), cells["column"].astype(str)])
    places, addresses = pd.factorize(keys)
    printed = np.zeros((len(names), len(addresses)), dtype=bool)
    printed[reports, places] = (cells["state"] != "absent").to_numpy()
    values = np.full(printed.shape, np.nan)
    values[reports, places] = numbers
    zero = np.zeros(printed.shape, dtype=bool)
    known = {(table, *address): i for i, address in enumerate(addresses)}
    for rows, relations in _by_form(printed, known, table, forms):
        columns = np.array([known.get(address, -1) for address in relations.cells])
        here = np.where(columns >= 0, values[np.ix_(rows, columns)], np.nan)
        found = _forced(relations, here)[:, columns >= 0]
        zero[np.ix_(rows, columns[columns >= 0])] |= found
    return zero[reports, places]


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
    """Cells without a number that can only be zero, shape (reports, cells); what is found proves more."""
    terms = relations.matrix != 0
    values, forced = values.copy(), np.zeros(values.shape, dtype=bool)
    while True:
        judged = judge(relations, values)
        # Equal without what is missing, and that on one side only: `judge` calls just this "holds".
        tight = (judged.state == HOLDS) & (judged.missing > 0)
        found = ((tight.astype(float) @ terms) > 0) & np.isnan(values)
        if not found.any():
            return forced
        forced |= found
        values[found] = 0.0
