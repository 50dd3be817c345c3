"""The tables as CSV that a spreadsheet can open without harm, and exactly back.

UTF-8, commas, every text in quotes, numbers without; nothing between two commas is a missing value, `""` an empty
text. Lists are JSON arrays. What is put before a text that looks like a formula is told in `safe`.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from govdisclose import safe
from govdisclose.errors import DatasetError
from govdisclose.package import wide
from govdisclose.package.content import batches
from govdisclose.store import FileName, schema
from govdisclose.store import _frame as frame_of

if TYPE_CHECKING:
    import pandas as pd


def as_text(column: Any) -> Any:
    """A column of text, codes or lists as a pyarrow column of text; numbers as they are."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return column.cast(pa.string())
    if pa.types.is_list(column.type):
        return pa.chunked_array([_as_json(chunk) for chunk in column.chunks], pa.string())
    return column


def _as_json(lists: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = pc.fill_null(pc.list_value_length(lists), -1).to_numpy(zero_copy_only=False)
    texts = np.full(len(lists), "[]", object)
    texts[lengths < 0] = None
    for i in np.flatnonzero(lengths > 0):  # few cells have candidates
        texts[i] = json.dumps([_whole(v) for v in lists[int(i)].as_py()], ensure_ascii=False, separators=(",", ":"))
    return pa.array(texts, pa.string())


def _whole(value: Any) -> Any:
    """A number without the `.0` that no report prints."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# --- writing ----------------------------------------------------------------------------------------------------------


def write_csv(dataset: Path, name: FileName, path: Path, *, bom: bool) -> None:
    """Write one table of a dataset."""
    import pyarrow as pa

    with _open(path, bom) as out:
        for i, table in enumerate(batches(dataset, name)):
            columns = [as_text(column) for column in table.columns]
            _append(out, pa.table(columns, names=table.column_names), header=i == 0)


def write_wide_csv(panel: wide.Panel, path: Path, *, bom: bool) -> None:
    """Write the wide table; a cell without a number says why in a word of `wide.MISSING`.

    Nothing stands where the report's form has no such cell.
    """
    text = [name for name in wide.ABOUT if name not in wide.NUMERIC]
    with _open(path, bom) as out:
        header = (*wide.ABOUT, *wide.COUNTED, *(variable.id for variable in panel.variables))
        out.write((",".join(map(_quoted, header)) + "\n").encode())
        for part in wide.rows(panel):
            about = [
                [_quoted(v) if name in text else "" if v is None else str(v) for v in values]
                for name, values in part.about.items()
            ]
            rows = zip(zip(*about, strict=True), _numbers_or_words(part), strict=True)
            out.writelines(f"{','.join((*first, *rest))}\n".encode() for first, rest in rows)


def _quoted(value: str | None) -> str:
    return "" if value is None else '"' + safe.escape(value).replace('"', '""') + '"'


def _numbers_or_words(part: wide.Wide) -> list[list[str]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    size = part.numbers.shape[1]
    words = pa.array(["", *wide.MISSING, ""])  # the last for -1
    kinds = np.where(part.missing < 0, len(words) - 1, part.missing).ravel()
    texts = pc.cast(pa.array(part.numbers.ravel()), pa.string())
    flat = pc.if_else(pa.array(kinds == 0), texts, words.take(pa.array(kinds))).to_pylist()
    return [flat[start : start + size] for start in range(0, len(flat), size)] if size else [[]] * len(part.numbers)


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], *, bom: bool) -> None:
    """Write a table of text."""
    with _open(path, bom) as out:
        out.writelines(line.encode() for line in csv_lines(header, rows))


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table of text.

    >>> print(*csv_lines(["was", "is"], [["-3", "3"]]), sep="", end="")
    "was","is"
    "'-3","3"
    """
    return (",".join(map(_quoted, row)) + "\n" for row in chain([header], rows))


def _open(path: Path, bom: bool) -> IO[bytes]:
    out = path.open("wb")
    out.write(codecs.BOM_UTF8 if bom else b"")
    return out


def _append(out: IO[bytes], table: Any, *, header: bool) -> None:
    import pyarrow as pa
    import pyarrow.csv as pc

    columns = [safe.escape_column(c) if pa.types.is_string(c.type) else c for c in table.columns]
    pc.write_csv(pa.table(columns, names=table.column_names), out, pc.WriteOptions(include_header=header))


# --- and back ---------------------------------------------------------------------------------------------------------


def read_csv(path: str | Path, table: FileName) -> pd.DataFrame:
    """A table from its CSV file, as `load_table` gives it from the dataset.

    Parameters
    ----------
    path
        The CSV file of a package.
    table
        Which table it is: `reports`, `cells`, `sections`, `findings`, `relations` or `corrections`.

    Returns
    -------
    pandas.DataFrame
        With what `safe.escape` put there taken away again.

    Raises
    ------
    DatasetError
        The file is missing or has other columns.

    Examples
    --------
    >>> read_csv("no-such.csv", "cells")
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such.csv: no such file; give the CSV file of table cells
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    if not Path(path).is_file():
        raise DatasetError(f"{path}: no such file; give the CSV file of table {table}")
    types = schema(table)
    plain = {f.name: f.type if pa.types.is_primitive(f.type) else pa.string() for f in types}
    read = pc.ConvertOptions(
        column_types=plain,
        include_columns=types.names,
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=[""],
    )
    try:
        found = pc.read_csv(path, parse_options=pc.ParseOptions(newlines_in_values=True), convert_options=read)
    except (OSError, KeyError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise DatasetError(f"{path}: no {table} table of a data package ({reason}); give the one of {table}") from error
    columns = [_typed(found[field.name], field.type) for field in types]
    return frame_of(pa.table(columns, schema=types))


def _typed(column: Any, kind: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_primitive(kind):
        return column
    text = safe.restore_column(column)
    if pa.types.is_list(kind):
        return pa.array([None if v is None else json.loads(v) for v in text.to_pylist()], kind)
    return text.cast(kind) if not pa.types.is_dictionary(kind) else text.dictionary_encode().cast(kind)
