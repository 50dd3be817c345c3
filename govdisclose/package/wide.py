"""One row a report, one variable a cell of the forms: the shape that Stata, R and spreadsheets are used in.

The state of a cell that holds no number survives as a kind of missing (`MISSING`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from govdisclose.errors import DatasetError
from govdisclose.forms import Forms, Lang
from govdisclose.package.content import batches, by_report

MISSING = ("blank", "dash", "absent", "unreadable", "text", "withdrawn")
"""Kinds of missing, in the order of Stata's `.a`, `.b` …: the states of a cell without a number, and a printed number
that a correction takes out without giving another."""

ABOUT = (
    "report_id",
    "file",
    "agency",
    "year",
    "published",
    "scope",
    "form_proactive",
    "form_requests",
    "form_remedies",
    "n_unreadable",
    "n_findings",
)
"""What stands before the cells, from reports.parquet."""

COUNTED = ("n_conflict", "n_corrected", "synthetic")
"""Not in reports.parquet: the cells whose evidence is `conflict`, those whose adjusted number is not the printed one,
and whether the report is invented (0 or 1)."""

NUMERIC = frozenset({"year", "n_unreadable", "n_findings", *COUNTED})
"""Those of `ABOUT` and `COUNTED` that are whole numbers; the others are text."""

_CELL = ("report_id", "table", "row", "column", "value", "adjusted", "state", "evidence")
_LENGTHS = (3, 17, 10)  # of table, row and column in a name; with two underscores 32, Stata's longest

Address = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Variable:
    """A cell as a variable: its name in Stata, its address, its names and unit."""

    name: str
    address: Address
    zh: str
    en: str
    unit: str

    @property
    def id(self) -> str:
        """The address as CSV and XLSX head their columns with it."""
        return ".".join(self.address)

    def label(self, lang: Lang) -> str:
        """What the cell counts, in `zh` or `en`."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Panel:
    """A dataset, the cells that become variables, and the ids of its invented reports (None: all are)."""

    dataset: Path
    variables: tuple[Variable, ...]
    invented: frozenset[str] | None = frozenset()


@dataclass(frozen=True, slots=True)
class Wide:
    """Some reports: `about` by column, `numbers` and `missing` of shape (reports, variables).

    `missing` holds 0 for a number, 1 to 6 for the kinds of `MISSING`, -1 where the report's form has no such cell.
    """

    about: dict[str, list[Any]]
    numbers: np.ndarray[Any, np.dtype[np.float64]]
    missing: np.ndarray[Any, np.dtype[np.int8]]


def short(text: str, length: int) -> str:
    """Words joined by underscores, cut to `length`: the last of the longest words loses a letter, again and again.

    >>> short("refused_enforcement_file", 17), short("total", 10)
    ('refuse_enfor_file', 'total')
    """
    words = text.split("_")
    while len("_".join(words)) > length:
        longest = max(range(len(words)), key=lambda i: (len(words[i]), i))
        words[longest] = words[longest][:-1]
    return "_".join(words)


def variables(dataset: Path, forms: Forms) -> tuple[Variable, ...]:
    """Every cell of the forms in printed order, then cells of the dataset that no form has.

    Names are `table_row_column` with 3, 17 and 10 letters at most; where two would be the same, the later one ends in
    a number.
    """
    tables = [table for form in reversed(forms.forms) for table in form.tables]
    printed = {(table.id, row, column) for table in tables for row, column in table.addresses()}
    known = dict.fromkeys(
        (table.id, row.id, column.id)
        for table_id in forms.table_ids
        for table in tables
        if table.id == table_id
        for block in table.blocks
        for row in block.rows
        for column in (*block.columns, *block.extra_columns)  # the extra ones are added by some agencies
    )
    found: set[Address] = set()
    for cells in batches(dataset, "cells", ("table", "row", "column")):
        keys = cells.group_by(["table", "row", "column"]).aggregate([])
        found |= {(key["table"], key["row"], key["column"]) for key in keys.to_pylist()}
    chosen = (*(a for a in known if a in printed or a in found), *sorted(found - set(known)))
    names: set[str] = set()
    out = []
    for address in chosen:
        name = _free("_".join(short(part, n) for part, n in zip(address, _LENGTHS, strict=True)), names)
        names.add(name)
        zh, en, unit = _named(address, forms)
        out.append(Variable(name, address, zh, en, unit))
    return tuple(out)


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name[: 32 - len(str(number))]}{number}", number + 1
    return free


def _named(address: Address, forms: Forms) -> tuple[str, str, str]:
    known = {(item.kind, item.id): item for item in forms.items}
    found = [known.get(key) for key in zip(("table", "row", "column"), address, strict=True)]
    row, column = found[1:]
    zh = "：".join(item.zh if item else part for item, part in zip(found[1:], address[1:], strict=True))
    en = ": ".join(item.en if item else part for item, part in zip(found[1:], address[1:], strict=True))
    return zh, en, next((item.unit for item in (column, row) if item and item.unit), "")


def preferred(panel: Panel) -> list[dict[str, Any]]:
    """The columns `ABOUT` of the preferred reports, in the order of the dataset."""
    tables = batches(panel.dataset, "reports", (*ABOUT, "preferred"))
    return [row for table in tables for row in table.to_pylist() if row["preferred"]]


def rows(panel: Panel) -> Iterator[Wide]:
    """The preferred reports in the order of the dataset, some thousand at a time.

    Numbers are the adjusted ones, which are the printed ones where no correction says otherwise.
    """
    reports = preferred(panel)
    at = {row["report_id"]: i for i, row in enumerate(reports)}
    places = {variable.address: i for i, variable in enumerate(panel.variables)}
    start = 0
    for table in by_report(panel.dataset, "cells", _CELL):
        ids = table["report_id"].to_pylist()
        index = np.fromiter((at.get(i, -1) for i in ids), np.int64, len(ids))
        kept = index >= 0
        if not kept.any():
            continue
        stop = int(index[kept].max()) + 1
        if int(index[kept].min()) < start:
            raise DatasetError(f"{panel.dataset}: cells and reports are in different orders; build the dataset again")
        yield _filled(panel, reports[start:stop], table.filter(kept), index[kept] - start, places)
        start = stop
    yield _filled(panel, reports[start:], None, np.empty(0, np.int64), places)


def _filled(panel: Panel, reports: list[dict[str, Any]], cells: Any, index: Any, places: dict[Address, int]) -> Wide:
    shape = (len(reports), len(places))
    numbers, missing = np.full(shape, np.nan), np.full(shape, -1, np.int8)
    counted = {name: np.zeros(len(reports), np.int64) for name in COUNTED}
    if cells is not None:
        value, adjusted = (cells[name].to_numpy(zero_copy_only=False) for name in ("value", "adjusted"))
        kinds = {state: i for i, state in enumerate(("number", *MISSING))}
        kind = coded(cells["state"], kinds)
        kind = np.where(np.isnan(adjusted), np.where(kind == 0, kinds["withdrawn"], kind), 0)
        column = coded_addresses(cells, places)
        numbers[index, column], missing[index, column] = adjusted, kind
        conflict = coded(cells["evidence"], {"conflict": 1}, other=0)
        corrected = ~((value == adjusted) | (np.isnan(value) & np.isnan(adjusted)))
        for name, marked in zip(COUNTED, (conflict, corrected), strict=False):
            np.add.at(counted[name], index, marked.astype(np.int64))
    counted["synthetic"][:] = [panel.invented is None or row["report_id"] in panel.invented for row in reports]
    about: dict[str, list[Any]] = {name: [row[name] for row in reports] for name in ABOUT}
    return Wide(about | {name: numbers.tolist() for name, numbers in counted.items()}, numbers, missing)


def coded(column: Any, codes: dict[str, int], *, other: int | None = None) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A dictionary column as the numbers its words stand for: looked up once for every word, not for every row."""
    words, codes_of_rows = _words(column)
    known = [codes[word] if other is None else codes.get(word, other) for word in words]
    found: np.ndarray[Any, np.dtype[np.int64]] = np.array(known or [0], np.int64)[codes_of_rows]
    return found


def coded_addresses(cells: Any, places: dict[Address, int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The place of each cell's address among the variables."""
    parts = [_words(cells[name]) for name in ("table", "row", "column")]
    sizes = [len(words) for words, _ in parts]
    flat = (parts[0][1] * sizes[1] + parts[1][1]) * sizes[2] + parts[2][1]
    lookup = np.full(max(1, sizes[0] * sizes[1] * sizes[2]), -1, np.int64)
    for i, table in enumerate(parts[0][0]):
        for j, row in enumerate(parts[1][0]):
            for k, column in enumerate(parts[2][0]):
                lookup[(i * sizes[1] + j) * sizes[2] + k] = places.get((table, row, column), -1)
    found: np.ndarray[Any, np.dtype[np.int64]] = lookup[flat]
    return found


def _words(column: Any) -> tuple[list[str], Any]:
    joined = column.unify_dictionaries().combine_chunks()
    joined = joined.chunk(0) if hasattr(joined, "chunk") else joined
    return joined.dictionary.to_pylist(), joined.indices.to_numpy(zero_copy_only=False).astype(np.int64)
