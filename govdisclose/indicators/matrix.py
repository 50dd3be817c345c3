"""Reports as one matrix: a line a report, a column a cell of the form. Built once, then every sum is a product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from govdisclose.blanks import POLICIES
from govdisclose.errors import UsageError
from govdisclose.forms import Form, Forms
from govdisclose.forms import load as load_forms
from govdisclose.model import Address
from govdisclose.relations import FAILS, System, determined, judge, system
from govdisclose.store import PANEL, load_table

if TYPE_CHECKING:
    import pandas as pd

    Source: TypeAlias = "pd.DataFrame | str | Path | Wide"

Values = Literal["adjusted", "value"]
Blanks = Literal["as_zero_if_proved", "as_zero", "as_missing", "as_determined"]
NONE, ABSENT, NUMBER, CONFLICT, BLANK, TEXT, UNREADABLE, NO_VALUE = range(8)
"""What the matrix knows of a cell; `NONE`: the report has no such cell, `NO_VALUE`: corrected to none."""

_STATES = {"number": NUMBER, "blank": BLANK, "dash": BLANK, "text": TEXT, "absent": ABSENT, "unreadable": UNREADABLE}
_PRINTED = NUMBER  # states from here on are of cells that the report prints
_CELL = ("report_id", "table", "row", "column", "state", "evidence", "value", "adjusted")
_OF_CELL = (*_CELL[1:], "raw", "unit", "page", "x0", "y0", "x1", "y1", "place", "address", "candidates")
LINES = 8192
"""Reports handled at a time: some ten megabytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Wide:
    """The numbers of many reports.

    `reports` has one line a report and whatever is known of it; `values` (reports x cells, NaN where there is
    no number) and `states` are in its order. Add columns to `reports` to group by them.
    """

    reports: pd.DataFrame
    addresses: tuple[Address, ...]
    values: NDArray[np.float64]
    states: NDArray[np.uint8]
    of: Values = "adjusted"
    """Which of a cell's numbers it holds."""

    def at(self) -> dict[Address, int]:
        """The column of each cell."""
        return {address: i for i, address in enumerate(self.addresses)}

    def only(self, kept: pd.Series) -> Wide:
        """The reports for which a mask over `reports` holds."""
        mask = kept.to_numpy(dtype=bool, na_value=False)
        return replace(
            self,
            reports=self.reports[mask].reset_index(drop=True),
            values=self.values[mask],
            states=self.states[mask],
        )


def wide(source: Source, *, values: Values = "adjusted", forms: Forms | None = None) -> Wide:
    """The matrix of a panel or of a dataset folder.

    Parameters
    ----------
    source
        The panel of `load`, with any further columns that are the same for all cells of a report; or the folder
        that `build` wrote, read in pieces; or a `Wide`, given back as it is.
    values : {"adjusted", "value"}
        The number analysis uses, or the one printed.

    Raises
    ------
    UsageError
        The panel lacks a column, `values` is neither, or `source` is none of these.
    DatasetError
        The folder is no dataset.

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"report_id": "a", "agency": "A", "year": 2022, "table": "requests", "row": "new", "column": "total"}
    >>> matrix = wide(pd.DataFrame([cell | {"state": "number", "evidence": "read", "value": 3.0, "adjusted": 3.0}]))
    >>> matrix.values[0, matrix.at()["requests", "new", "total"]]
    np.float64(3.0)
    """
    if values not in get_args(Values):
        raise UsageError(f"values={values!r}: choose one of {', '.join(get_args(Values))}")
    if isinstance(source, Wide):
        if source.of != values:
            raise UsageError(f"values={values!r}, but the matrix was made of {source.of!r}; make it again by wide()")
        return source
    import pandas as pd

    if not isinstance(source, str | Path | pd.DataFrame):
        raise UsageError(f"{source!r}: no data; give the panel of load(), a dataset folder, or what wide() made")
    known = forms or load_forms()
    addresses = tuple(dict.fromkeys((t.id, *pair) for form in known for t in form.tables for pair in t.addresses()))
    reports, pieces = _opened(source) if isinstance(source, str | Path) else _panel(source)
    index = pd.Index(reports["report_id"].astype(str))
    numbers = np.full((len(reports), len(addresses)), np.nan)
    states = np.zeros((len(reports), len(addresses)), dtype=np.uint8)
    for piece in pieces:
        _fill(piece, index, addresses, numbers, states, values)
    return Wide(reports, addresses, numbers, states, values)


# --- what it is made of -----------------------------------------------------------------------------------------------


def _panel(panel: pd.DataFrame) -> tuple[pd.DataFrame, Iterator[dict[str, Any]]]:
    missing = [name for name in _CELL if name not in panel and name != "evidence"]
    if missing:
        raise UsageError(f"the panel has no column {', '.join(missing)}; give what load() gives")
    about = [name for name in panel.columns if name not in _OF_CELL]
    reports = panel[about].drop_duplicates("report_id").reset_index(drop=True)
    _constant(panel, [name for name in about if name not in PANEL])

    def pieces() -> Iterator[dict[str, Any]]:
        for start in range(0, len(panel), 2_000_000):
            part = panel.iloc[start : start + 2_000_000]
            yield {name: _coded(part[name]) for name in _CELL[:6] if name in part} | {
                name: part[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in _CELL[6:]
            }

    return reports, pieces()


def _constant(panel: pd.DataFrame, names: list[str]) -> None:
    """Refuse columns that say different things of one report: whichever were taken would be silently wrong."""
    import pandas as pd

    of, _ = pd.factorize(panel["report_id"])
    first = np.flatnonzero(~panel["report_id"].duplicated().to_numpy())[of]
    for name in names:
        said, _ = pd.factorize(panel[name])
        if (said != said[first]).any():
            raise UsageError(f"the panel's column {name!r} differs within a report; drop it, or make it one a report")


def _coded(column: pd.Series) -> tuple[NDArray[np.int32], list[str]]:
    words = column if column.dtype == "category" else column.astype("category")
    return np.asarray(words.cat.codes, dtype=np.int32), [str(word) for word in words.cat.categories]


def _opened(folder: str | Path) -> tuple[pd.DataFrame, Iterator[dict[str, Any]]]:
    import pyarrow.parquet as pq

    reports = load_table(folder, "reports")
    kept = reports[reports["error_type"].astype(str) == ""].reset_index(drop=True)

    def pieces() -> Iterator[dict[str, Any]]:
        with pq.ParquetFile(Path(folder) / "cells.parquet") as file:
            for batch in file.iter_batches(batch_size=1_000_000, columns=list(_CELL)):
                coded = {name: batch.column(name) for name in _CELL}
                yield {
                    name: (
                        array.indices.to_numpy(zero_copy_only=False).astype(np.int32),
                        array.dictionary.to_pylist(),
                    )
                    for name, array in coded.items()
                    if name in _CELL[:6]
                } | {name: coded[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in _CELL[6:]}

    return kept, pieces()


def _fill(
    piece: dict[str, Any],
    index: pd.Index,
    addresses: tuple[Address, ...],
    numbers: NDArray[np.float64],
    states: NDArray[np.uint8],
    values: Values,
) -> None:
    """Put one piece of the cells where it belongs; words are looked up once for each word."""
    import pandas as pd

    codes, ids = piece["report_id"]
    line = index.get_indexer(pd.Index(ids, dtype=index.dtype))[codes]
    at = {address: i for i, address in enumerate(addresses)}
    (t, tables), (r, rows), (c, columns) = (piece[name] for name in ("table", "row", "column"))
    places = np.full((len(tables), len(rows), len(columns)), -1)
    by_words = [{word: i for i, word in enumerate(words)} for words in (tables, rows, columns)]
    for address, place in at.items():
        where = tuple(words.get(word, -1) for words, word in zip(by_words, address, strict=True))
        if min(where) >= 0:
            places[where] = place
    column = places[t, r, c]
    state_of = np.array([_STATES.get(word, NO_VALUE) for word in piece["state"][1]], dtype=np.uint8)
    state = state_of[piece["state"][0]]
    number, printed = piece[values], piece["value"]
    same = (number == printed) | (np.isnan(number) & np.isnan(printed))
    if "evidence" in piece:
        doubted = np.array([word == "conflict" for word in piece["evidence"][1]])[piece["evidence"][0]]
        state[doubted & same & (state == NUMBER)] = CONFLICT  # a corrected number is in doubt no more
    state[~np.isnan(number) & ~same] = NUMBER
    state[np.isnan(number) & ((state == NUMBER) | ~same)] = NO_VALUE
    inside = (line >= 0) & (column >= 0)
    numbers[line[inside], column[inside]] = number[inside]
    states[line[inside], column[inside]] = state[inside]


# --- blanks and doubt -------------------------------------------------------------------------------------------------


def ready(matrix: Wide, blanks: Blanks, *, keep_conflicts: bool = False, forms: Forms | None = None) -> Wide:
    """The matrix with blanks counted by a policy, and without numbers in conflict.

    Parameters
    ----------
    blanks : {"as_zero_if_proved", "as_zero", "as_missing", "as_determined"}
        As in `blanks.with_blanks`. `as_determined` gives a blank the one number the relations leave it, be it
        zero, or a total whose parts are printed.
    keep_conflicts : bool
        Use also numbers whose reading is in doubt. A number in conflict proves nothing about blanks beside it
        unless kept.
    """
    if blanks not in get_args(Blanks):
        raise UsageError(f"blanks={blanks!r}: choose one of {', '.join((*POLICIES, 'as_determined'))}")
    numbers = matrix.values.copy()
    if not keep_conflicts:
        numbers[matrix.states == CONFLICT] = np.nan
    if blanks == "as_zero":
        numbers[matrix.states == BLANK] = 0.0
    elif blanks != "as_missing":
        _settle(matrix, numbers, forms or load_forms(), zeros_only=blanks == "as_zero_if_proved")
    return replace(matrix, values=numbers)


def _settle(matrix: Wide, numbers: NDArray[np.float64], forms: Forms, *, zeros_only: bool) -> None:
    at = matrix.at()
    blank = (matrix.states == BLANK) & np.isnan(numbers)
    for table in forms.table_ids:
        for form, lines in _by_form(matrix, table, forms):
            relations = system(form, table)
            columns = np.array([at[address] for address in relations.cells])
            lines = lines[blank[np.ix_(lines, columns)].any(axis=1)]
            for start in range(0, len(lines) if relations.instances else 0, LINES):
                here = np.ix_(lines[start : start + LINES], columns)
                found = _found(relations, numbers[here], zeros_only)
                numbers[here] = np.where(blank[here], found, numbers[here])


def _found(relations: System, values: NDArray[np.float64], zeros_only: bool) -> NDArray[np.float64]:
    """The numbers relations leave no choice, unless one through them fails."""
    known = determined(relations, values)
    failing = judge(relations, known).state == FAILS
    contested = (failing.astype(np.float64) @ (relations.matrix != 0)) > 0
    refused = contested | (known != 0) if zeros_only else contested
    settled: NDArray[np.float64] = np.where(np.isnan(values) & refused, np.nan, known)
    return settled


def _by_form(matrix: Wide, table: str, forms: Forms) -> Iterator[tuple[Form, NDArray[np.intp]]]:
    """The reports that print a table in each form: the one whose cells they print most of, and least besides."""
    columns = [i for i, address in enumerate(matrix.addresses) if address[0] == table]
    printed = matrix.states[:, columns] >= _PRINTED
    having = [form for form in forms if any(t.id == table for t in form.tables)]
    scores = []
    for form in having:
        cells = {(table, *pair) for pair in form.table(table).addresses()}
        weights = np.array([1.0 if matrix.addresses[i] in cells else -1.0 for i in columns])
        scores.append(printed @ weights)
    best = np.argmax(scores, axis=0)
    for i, form in enumerate(having):
        yield form, np.flatnonzero((best == i) & printed.any(axis=1))
