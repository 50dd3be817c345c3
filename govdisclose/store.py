"""The dataset on disk: six Parquet files with one written schema (`dataset.csv`), and how to load them.

Nothing here knows where reports come from; `corpus` fills the files, `describe` prints the dictionary.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from govdisclose.errors import DatasetError, UsageError

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "govdisclose-dataset/1"
"""Version of the Parquet files; it changes when a column changes its name, type or meaning."""

FileName = Literal["reports", "cells", "sections", "findings", "relations", "corrections"]
FILES: tuple[FileName, ...] = get_args(FileName)
PANEL = ("report_id", "file", "agency", "year", "published", "scope", "preferred")
"""What `load` puts before the columns of a cell."""

_CATEGORIES = ("agency", "published", "file", "scope")  # repeated for every cell of the panel


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one file: its type, unit, and what it means in zh and en."""

    file: str
    name: str
    type: str
    unit: str
    zh: str
    en: str


@lru_cache(maxsize=1)
def columns() -> tuple[Column, ...]:
    """Every column of the dataset, in the order of the files.

    >>> [column.name for column in columns() if column.file == "sections"]
    ['report_id', 'number', 'title', 'text']
    """
    text = resources.files("govdisclose").joinpath("dataset.csv").read_text(encoding="utf-8")
    return tuple(Column(**line) for line in csv.DictReader(text.splitlines()))


def schema(file: FileName) -> Any:
    """The written schema of a file, as a `pyarrow.Schema`.

    >>> schema("sections").field("number").type
    DataType(int32)
    """
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "category": pa.dictionary(pa.int32(), pa.string()),
        "int32": pa.int32(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "list<double>": pa.list_(pa.float64()),
        "list<string>": pa.list_(pa.string()),
    }
    return pa.schema([(c.name, types[c.type]) for c in columns() if c.file == file])


# --- writing ----------------------------------------------------------------------------------------------------------


class Writer:
    """Writes the files beside the old ones and puts them in place together at the end.

    Rows are lists of plain values in the order of the columns. Where the `with` block raises, the
    old files stay as they were.
    """

    def __init__(self, folder: Path, build: str) -> None:
        import pyarrow.parquet as pq

        self.folder = folder
        self.rows: dict[FileName, list[Sequence[Any]]] = {name: [] for name in FILES}
        marks = {"govdisclose.schema": SCHEMA, "govdisclose.build": build}
        self.schemas = {name: schema(name).with_metadata(marks) for name in FILES}
        self.temporary = {name: folder / f".{name}.{os.getpid()}.parquet" for name in FILES}
        for left in (path for name in FILES for path in folder.glob(f".{name}.*.parquet")):
            left.unlink(missing_ok=True)  # by a build that was killed
        self.writers = {
            name: pq.ParquetWriter(self.temporary[name], self.schemas[name], compression="zstd") for name in FILES
        }

    def add(self, file: FileName, rows: Iterable[Sequence[Any]], *, group: int = 200_000) -> None:
        """Take rows; they are written in groups of at least `group`."""
        self.rows[file].extend(rows)
        if len(self.rows[file]) >= group:
            self._flush(file)

    def _flush(self, file: FileName) -> None:
        import pyarrow as pa

        rows, types = self.rows[file], self.schemas[file]
        across = list(zip(*rows, strict=True)) if rows else [()] * len(types)
        arrays = [pa.array(list(values), field.type) for values, field in zip(across, types, strict=True)]
        self.writers[file].write_table(pa.Table.from_arrays(arrays, schema=types))
        self.rows[file] = []

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            try:
                for name in FILES if kind is None else ():
                    self._flush(name)
            finally:
                for writer in self.writers.values():
                    writer.close()
            for name in FILES if kind is None else ():
                self.temporary[name].replace(self.folder / f"{name}.parquet")
        except OSError as failed:  # a full disk; on Windows also a file that another program has open
            reason = failed.strerror or _first_line(failed)
            raise DatasetError(
                f"{self.folder}: cannot be written ({reason}); make room, close it elsewhere"
            ) from failed
        finally:
            for path in self.temporary.values():
                path.unlink(missing_ok=True)


# --- loading ----------------------------------------------------------------------------------------------------------


def load_table(processed: str | Path, file: FileName) -> pd.DataFrame:
    """One file of the dataset as it stands on disk.

    Parameters
    ----------
    processed
        The folder that `build` wrote.
    file
        `reports` (one row a file, unreadable ones included), `cells`, `sections`, `findings`, `relations` or
        `corrections`.

    Returns
    -------
    pandas.DataFrame
        Columns as in docs/dictionary.md; whole numbers that may be missing are `Int32`.

    Raises
    ------
    DatasetError
        The folder is missing, incomplete, or of another version.
    UsageError
        There is no such file.

    Examples
    --------
    >>> load_table("no-such-folder", "reports")
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    if file not in FILES:
        raise UsageError(f"no table {file!r} in a dataset; choose one of: {', '.join(FILES)}")
    return _frame(_arrow(_checked(processed), file))


def load(
    processed: str | Path,
    *,
    years: int | Iterable[int] | None = None,
    tables: str | Iterable[str] | None = None,
    all_versions: bool = False,
) -> pd.DataFrame:
    """The panel: every cell with the agency and year it belongs to.

    Parameters
    ----------
    processed
        The folder that `build` wrote.
    years
        Report years to keep; default all, also reports whose year is not stated.
    tables
        Ids of statutory tables to keep (`"requests"`, or several); default all.
    all_versions
        Also files that are not `preferred`: copies, attachments, superseded versions. By default
        each agency, year and scope counts once.

    Returns
    -------
    pandas.DataFrame
        One row a cell: `report_id`, `file`, `agency`, `year`, `published`, `scope`, `preferred`,
        then the columns of a cell (docs/dictionary.md). Sorted by file, then as printed.

    Raises
    ------
    DatasetError
        The folder is missing, incomplete, or of another version.
    UsageError
        A table is unknown, or a year is no whole number.

    Examples
    --------
    >>> load("no-such-folder", years=2022)
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    folder = _checked(processed)
    reports = _arrow(folder, "reports").select(PANEL)
    if not all_versions:
        reports = reports.filter(pc.field("preferred"))
    if years is not None:
        reports = reports.filter(pc.field("year").isin(pa.array(_years(years), pa.int32())))
    cells = _arrow(folder, "cells")
    if tables is not None:
        cells = cells.filter(_among(cells["table"], _tables(tables, cells["table"])))
    cells = cells.filter(_among(cells["report_id"], reports["report_id"].to_pylist()))
    frame, about = _frame(cells), _frame(reports).set_index("report_id")
    ids = frame["report_id"].cat  # looked up once for every report, not once for every cell
    where = about.index.get_indexer(ids.categories)[ids.codes]
    for place, name in enumerate(PANEL[1:], 1):
        column = about[name].astype("category") if name in _CATEGORIES else about[name]
        frame.insert(place, name, pd.Series(column.array.take(where), index=frame.index))
    return frame


def _among(column: Any, wanted: Sequence[str]) -> Any:
    """A mask over a dictionary column: looked up once for every word, not once for every row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.is_in(column.cast(pa.string()), value_set=pa.array(list(wanted), pa.string()))


def _years(years: int | Iterable[int]) -> list[int]:
    from operator import index

    try:
        listed = [index(year) for year in years] if isinstance(years, Iterable) else [index(years)]
    except TypeError:
        raise UsageError(f"years={years!r}: give a year or a list of years, such as range(2021, 2026)") from None
    return [year for year in listed if 0 < year < 10_000]


def _tables(tables: str | Iterable[str], present: Any) -> list[str]:
    from govdisclose import forms

    listed = [tables] if isinstance(tables, str) else list(tables)
    known = [*forms.load().table_ids, *(t for t in present.unique().to_pylist() if t not in forms.load().table_ids)]
    unknown = [str(t) for t in listed if t not in known]
    if unknown:
        raise UsageError(f"no table {', '.join(unknown)}; choose from: {', '.join(known)}")
    return listed


def _checked(processed: str | Path) -> Path:
    """The folder, once all its files are there, of this version, and of one build."""
    import pyarrow.parquet as pq

    folder = Path(processed)
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no such folder; write it with build(raw, processed)")
    missing = [name for name in FILES if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise DatasetError(f"{folder}: no {missing[0]}.parquet in it; write it with build(raw, processed)")
    builds = set()
    for name in FILES:
        path = folder / f"{name}.parquet"
        try:
            marks: Mapping[bytes, bytes] = pq.read_schema(path).metadata or {}
        except (OSError, ValueError) as error:
            raise DatasetError(f"{path}: damaged ({_first_line(error)}); build the dataset again") from error
        found = marks.get(b"govdisclose.schema", b"none").decode(errors="replace")
        if found != SCHEMA:
            raise DatasetError(f"{path}: version {found}, this program reads {SCHEMA}; build the dataset again")
        builds.add(marks.get(b"govdisclose.build"))
    if len(builds) > 1:
        raise DatasetError(f"{folder}: its files come from different builds; build the dataset again")
    return folder


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _arrow(folder: Path, file: FileName) -> Any:
    import pyarrow.parquet as pq

    path = folder / f"{file}.parquet"
    try:
        return pq.read_table(path, partitioning=None)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: damaged ({_first_line(error)}); build the dataset again") from error


def _frame(table: Any) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa

    frame: pd.DataFrame = table.unify_dictionaries().to_pandas(types_mapper={pa.int32(): pd.Int32Dtype()}.get)
    return frame


def json_line(data: object) -> str:
    """Compact JSON that is the same for the same data."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
