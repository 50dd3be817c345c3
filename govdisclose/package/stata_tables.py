"""The tables of a dataset as Stata files: codes with value labels, and missing numbers that keep their state.

A code's number follows the order of the dictionary, not of the data, so that it stays the same from year to year.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from govdisclose.forms import Forms, Lang
from govdisclose.package import wide
from govdisclose.package.about import in_lang, words
from govdisclose.package.content import batches, count
from govdisclose.package.stata import StataFile, StataVariable, bytes_per_row, missing, write_dta
from govdisclose.package.tables import as_text
from govdisclose.store import Column, FileName, columns

TABLES: tuple[FileName, ...] = ("reports", "cells", "findings", "relations", "corrections")
"""What goes to Stata beside `wide`; sections are running text."""

LARGEST = 2 * 1024**3
"""Bytes of rows: Stata holds a file in memory."""

_MOST_LABELS = 65_536
_LARGEST_BYTE = 100
_LONGEST = 244  # bytes; longer text stands apart from the rows
_LABELLED = ("value", "adjusted")  # numbers whose missing values keep the state of the cell


@dataclass(frozen=True, slots=True)
class Labels:
    """What every file says: its label, its notes, and in which language variables are labelled."""

    label: str
    notes: tuple[str, ...]
    lang: Lang


_LETTERS = dict(zip(wide.MISSING, "abcdef", strict=True))
_MISSING = {missing("long", letter): name for name, letter in _LETTERS.items()}
"""The set of value labels that names the kinds of missing; Stata takes the numbers of a `long`."""


# --- tidy -------------------------------------------------------------------------------------------------------------


def write_table(dataset: Path, name: FileName, path: Path, forms: Forms, about: Labels) -> str:
    """Write one table; returns why not, or "" where it was written."""
    chosen = [c for c in columns() if c.file == name and c.name != "form_detail"]
    labels = {c.name: _codes(dataset, c, forms) for c in chosen if _is_code(c)}
    labels = {column: codes for column, codes in labels.items() if len(codes) <= _MOST_LABELS}
    widths = _widths(dataset, name, [c.name for c in chosen if _kind(c) == "text" and c.name not in labels])
    variables = [_variable(c, labels, widths, about.lang) for c in chosen]
    sets = {f"l_{column}": {n: word for word, n in codes.items()} for column, codes in labels.items()}
    file = StataFile(variables, about.label, about.notes, {"missing": _MISSING, **sets})
    rows = count(dataset, name)
    if reason := _too_large(file, rows):
        return reason
    names = [c.name for c in chosen]
    chunks = (
        [_values(table, c, v, labels.get(c.name)) for c, v in zip(chosen, variables, strict=True)]
        for table in batches(dataset, name, names)
    )
    write_dta(path, file, rows, chunks)
    return ""


def _too_large(file: StataFile, rows: int) -> str:
    size = bytes_per_row(file) * rows
    return f"its {rows} rows take {size / 1024**3:.1f} GiB, and Stata holds a file in memory" if size > LARGEST else ""


def _is_code(column: Column) -> bool:
    return column.type == "category" and column.name not in ("report_id", "previous")


def _kind(column: Column) -> str:
    return {"int32": "long", "float64": "double", "bool": "byte"}.get(column.type, "text")


def _variable(column: Column, labels: dict[str, dict[str, int]], widths: dict[str, int], lang: Lang) -> StataVariable:
    text = column.zh if lang == "zh" else column.en
    if column.name in labels:
        small = len(labels[column.name]) <= _LARGEST_BYTE
        return StataVariable(column.name, "byte" if small else "long", text, f"l_{column.name}")
    if _kind(column) == "text":
        width = widths[column.name]
        return StataVariable(column.name, "strL" if width > _LONGEST else f"str{max(1, width)}", text)
    stateful = column.file == "cells" and column.name in _LABELLED
    return StataVariable(column.name, _kind(column), text, "missing" if stateful else "")


def _codes(dataset: Path, column: Column, forms: Forms) -> dict[str, int]:
    """Word → number from 1: those of the dictionary in its order, then others of the dataset."""
    found = set()
    for table in batches(dataset, column.file, [column.name]):  # type: ignore[arg-type]
        found |= set(table[column.name].unique().to_pylist())
    known = vocabulary(column, forms)
    return {word: i for i, word in enumerate((*known, *sorted(found - {None, ""} - set(known))), 1)}


def vocabulary(column: Column, forms: Forms) -> tuple[str, ...]:
    """The words that the dictionary knows for a column, in its order."""
    if column.name in ("table", "row", "column") and column.file != "findings":
        return tuple(item.id for item in forms.items if item.kind == column.name)
    text = resources.files("govdisclose").joinpath("codes.csv").read_text(encoding="utf-8")
    special = {
        ("findings", "relation"): "finding",
        ("relations", "state"): "relation_state",
        ("relations", "adjusted"): "relation_state",
        ("relations", "relation"): "",
        ("corrections", "evidence"): "",
    }
    name = "origin" if column.name.endswith("_origin") else special.get((column.file, column.name), column.name)
    return tuple(line["code"] for line in csv.DictReader(text.splitlines()) if line["name"] == name)


def _widths(dataset: Path, name: FileName, texts: Sequence[str]) -> dict[str, int]:
    import pyarrow.compute as pc

    widths = dict.fromkeys(texts, 0)
    for table in batches(dataset, name, texts):
        for column in texts:
            widths[column] = max(widths[column], pc.max(pc.binary_length(as_text(table[column]))).as_py() or 0)
    return widths


def _bytes(values: Iterable[str | None]) -> list[bytes]:
    """UTF-8 as Stata holds it, without NUL."""
    return [(value or "").replace("\0", "").encode() for value in values]


def _values(table: Any, column: Column, variable: StataVariable, codes: dict[str, int] | None) -> Any:
    import pyarrow as pa

    values = table[column.name]
    if codes is not None:
        nothing = missing(variable.kind)
        words = values.cast(pa.string()).fill_null("").dictionary_encode()
        return wide.coded(words, codes, other=nothing)
    if variable.kind.startswith("str"):
        return _bytes(as_text(values).to_pylist())
    numbers = values.to_numpy(zero_copy_only=False)
    nothing = np.asarray(values.is_null().to_numpy(zero_copy_only=False))
    if variable.labels == "missing":
        kinds = wide.coded(table["state"], {state: i for i, state in enumerate(wide.MISSING, 1)}, other=0)
        return np.where(nothing, _double_missing()[np.where(kinds > 0, kinds, len(wide.MISSING))], numbers)
    filled = np.where(nothing, missing(variable.kind), np.where(nothing, 0, numbers))
    return filled.astype({"double": "<f8", "long": "<i4", "byte": "i1"}[variable.kind])


def _double_missing() -> np.ndarray[Any, np.dtype[np.float64]]:
    """The values of `.`, `.a`, `.b` … by the number of the kind of missing."""
    return np.array([missing("double"), *(missing("double", letter) for letter in _LETTERS.values())])


# --- wide -------------------------------------------------------------------------------------------------------------


def write_wide(panel: wide.Panel, path: Path, about: Labels) -> str:
    """Write the wide table; returns why not, or "" where it was written."""
    pairs = {c.name: (c.zh, c.en) for c in columns() if c.file == "reports"} | words()["wide"]
    names = (*wide.ABOUT, *wide.COUNTED)
    reports = wide.preferred(panel)
    widths = {
        name: max([1, *map(len, _bytes(r[name] for r in reports))]) for name in wide.ABOUT if name not in wide.NUMERIC
    }
    variables = [
        StataVariable(name, "long" if name in wide.NUMERIC else f"str{widths[name]}", in_lang(pairs[name], about.lang))
        for name in names
    ]
    variables += [
        StataVariable(
            v.name, "double", v.label(about.lang), "missing", (v.id, v.zh, v.en, *([v.unit] if v.unit else []))
        )
        for v in panel.variables
    ]
    file = StataFile(variables, about.label, about.notes, {"missing": _MISSING})
    if reason := _too_large(file, len(reports)):
        return reason
    write_dta(path, file, len(reports), _wide_chunks(panel, variables))
    return ""


def _wide_chunks(panel: wide.Panel, variables: Sequence[StataVariable]) -> Iterator[list[Any]]:
    patterns = _double_missing()
    for part in wide.rows(panel):
        about = [
            [missing("long") if v is None else v for v in part.about[variable.name]]
            if variable.kind == "long"
            else _bytes(part.about[variable.name])
            for variable in variables[: len(part.about)]
        ]
        # -1, a cell that the report's form does not have, takes the last place: the plain missing value.
        kinds = np.where(part.missing < 0, 0, part.missing)
        numbers = np.where(part.missing == 0, part.numbers, patterns[kinds])
        yield [*about, *numbers.T]
