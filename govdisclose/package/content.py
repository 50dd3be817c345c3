"""The content of a dataset, streamed: whole reports at a time, its hash, its counts, and whether it is invented.

Nothing here holds a whole table in memory: 20 million cells pass in batches.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govdisclose.store import FILES, FileName, schema
from govdisclose.store import _checked as checked
from govdisclose.typeset.layout import sentences

BATCH = 100_000
"""Rows taken at a time."""


def batches(folder: Path, file: FileName, columns: Sequence[str] | None = None) -> Iterator[Any]:
    """The rows of a file as tables of at most `BATCH` rows, at least one, in the order they stand."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(folder / f"{file}.parquet") as parquet:
        names = list(columns) if columns is not None else parquet.schema_arrow.names
        yielded = False
        for batch in parquet.iter_batches(batch_size=BATCH, columns=names):
            yielded = True
            yield pa.Table.from_batches([batch]).select(names)
        if not yielded:
            yield schema(file).empty_table().select(names)


def by_report(folder: Path, file: FileName, columns: Sequence[str]) -> Iterator[Any]:
    """Like `batches`, cut so that no report stands in two tables; `columns` begin with `report_id`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kept = None
    for table in batches(folder, file, columns):
        table = table.set_column(0, "report_id", table["report_id"].cast(pa.string()))
        table = table if kept is None else pa.concat_tables([kept, table]).unify_dictionaries()
        if not len(table):
            continue
        last = table["report_id"][len(table) - 1]
        start = len(table) - pc.sum(pc.equal(table["report_id"], last)).as_py()
        kept = table.slice(start)
        if start:
            yield table.slice(0, start)
    if kept is not None:
        yield kept


def count(folder: Path, file: FileName) -> int:
    """Rows of a file."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(folder / f"{file}.parquet") as parquet:
        rows: int = parquet.metadata.num_rows
    return rows


# --- hash -------------------------------------------------------------------------------------------------------------


def data_hash(dataset: str | Path) -> str:
    """A SHA-256 over what the tables of a dataset hold, whatever wrote the files.

    Compression, row groups, dictionaries and versions of the Parquet library do not count; names, types, order and
    every value of every column do. For each column three streams are hashed: which values are there, how long each
    is (text and lists), and the values themselves.

    Parameters
    ----------
    dataset
        The folder that `build` wrote.

    Returns
    -------
    str
        64 hex digits. Two datasets with the same hash hold the same numbers, printed in the same places.

    Raises
    ------
    DatasetError
        The folder is missing, incomplete, or of another version.

    Examples
    --------
    >>> data_hash("no-such-folder")
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    folder = checked(dataset)
    digest = hashlib.sha256()
    for file in FILES:
        streams: dict[str, tuple[Any, Any, Any]] = {
            field.name: (hashlib.sha256(), hashlib.sha256(), hashlib.sha256()) for field in schema(file)
        }
        for table in batches(folder, file):
            for name, into in streams.items():
                for chunk in table[name].chunks:
                    _feed(into, chunk)
        for name, into in streams.items():
            digest.update(f"{file}\0{name}\0{schema(file).field(name).type}\0".encode())
            for stream in into:
                digest.update(stream.digest())
    return digest.hexdigest()


def _feed(into: tuple[Any, Any, Any], array: Any) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    there, lengths, values = into
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    there.update(pc.cast(array.is_valid(), pa.uint8()).to_numpy(zero_copy_only=False).tobytes())
    array = array.drop_null()
    if pa.types.is_list(array.type):
        lengths.update(pc.list_value_length(array).to_numpy(zero_copy_only=False).astype("<i4").tobytes())
        _feed(into, array.flatten())
    elif pa.types.is_string(array.type):
        lengths.update(pc.binary_length(array).to_numpy(zero_copy_only=False).astype("<i4").tobytes())
        if len(array):
            whole = pa.concat_arrays([array])  # its buffers may belong to a longer array
            offsets, data = whole.buffers()[1:]
            import numpy as np

            at = np.frombuffer(offsets, "<i4")[whole.offset : whole.offset + len(whole) + 1]
            values.update(memoryview(data)[at[0] : at[-1]] if data is not None else b"")
    elif pa.types.is_boolean(array.type):
        values.update(pc.cast(array, pa.uint8()).to_numpy(zero_copy_only=False).tobytes())
    else:
        numbers = array.to_numpy(zero_copy_only=False)
        values.update(numbers.astype(numbers.dtype.newbyteorder("<")).tobytes())


# --- what a package says of itself ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Summary:
    """What a dataset holds, as its package tells it.

    `latest` is the last complete date of publication ("" where none is stated); `synthetic` counts the reports that
    say or show that they are invented; `evidence` and `states` count cells.
    """

    version: str
    files: int
    reports: int
    preferred: int
    cells: int
    years: tuple[int, ...]
    latest: str
    evidence: dict[str, int]
    states: dict[str, int]
    findings: int
    corrected: int
    synthetic: int


def summary(dataset: str | Path) -> Summary:
    """Read what a package says of a dataset."""
    folder = checked(dataset)
    columns = ("year", "published", "error_type", "preferred")
    rows = [row for table in batches(folder, "reports", columns) for row in table.to_pylist()]
    good = [row for row in rows if not row["error_type"]]
    counts: dict[str, Counter[str]] = {"evidence": Counter(), "state": Counter()}
    corrected = 0
    for table in batches(folder, "cells", ("state", "evidence", "value", "adjusted")):
        for name, counter in counts.items():
            for pair in table[name].value_counts().to_pylist():
                counter[pair["values"]] += pair["counts"]
        corrected += _differ(table)
    dates = [row["published"] for row in good if row["published"] and len(row["published"]) == 10]
    return Summary(
        version=data_hash(folder),
        files=len(rows),
        reports=len(good),
        preferred=sum(bool(row["preferred"]) for row in good),
        cells=count(folder, "cells"),
        years=tuple(sorted({row["year"] for row in good if row["year"] is not None})),
        latest=max(dates, default=""),
        evidence=dict(sorted(counts["evidence"].items())),
        states=dict(sorted(counts["state"].items())),
        findings=count(folder, "findings"),
        corrected=corrected,
        synthetic=len(synthetic_reports(folder)),
    )


def _differ(table: Any) -> int:
    """Cells whose adjusted number is not the printed one."""
    import pyarrow.compute as pc

    same = pc.fill_null(pc.equal(table["value"], table["adjusted"]), False)
    both_missing = pc.and_(pc.is_null(table["value"]), pc.is_null(table["adjusted"]))
    return len(table) - int(pc.sum(pc.or_(same, both_missing)).as_py() or 0)


def synthetic_reports(dataset: str | Path) -> set[str]:
    """Ids of the reports that are invented.

    A report is invented where its text carries the mark that `typeset` prints on every synthetic report, or where its
    agency bears a name of those that `synthesis` invents: a reader may lose what stands in the margin of a page.

    Examples
    --------
    >>> synthetic_reports("no-such-folder")
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    import pyarrow.compute as pc

    folder = checked(dataset)
    mark, invented = sentences()["mark"], sentences()["invented"]["city"]["name"].partition("{")[0]
    found: set[str] = set()
    for table in batches(folder, "sections", ("report_id", "text")):
        found |= set(table["report_id"].filter(pc.match_substring(table["text"], mark)).to_pylist())
    for table in batches(folder, "reports", ("report_id", "agency", "title")):
        named = pc.fill_null(pc.starts_with(table["agency"], invented), False)
        titled = pc.fill_null(pc.match_substring(table["title"], mark), False)
        found |= set(table["report_id"].filter(pc.or_(named, titled)).to_pylist())
    return found
