"""Agencies of a dataset: who they are, and which could not be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govdisclose.errors import UsageError
from govdisclose.regions.divisions import rows
from govdisclose.regions.identifying import identify
from govdisclose.regions.overrides import Agencies, load_agencies

if TYPE_CHECKING:
    import pandas as pd


@lru_cache(maxsize=1)
def columns() -> tuple[dict[str, str], ...]:
    """Every column of the tables of this package: its table, name, type, and what it means in zh and en.

    >>> [column["name"] for column in columns()][:3]
    ['agency', 'year', 'agency_id']
    """
    return tuple(rows("columns.csv"))


def table_columns(table: str) -> dict[str, str]:
    """Names and types of one table's columns."""
    return {column["name"]: column["type"] for column in columns() if column["table"] == table}


def resolve(
    agencies: pd.DataFrame | Iterable[str | None],
    year: int | None = None,
    *,
    hints: str | Sequence[str] | None = None,
    overrides: str | Path | Agencies | None = None,
) -> pd.DataFrame:
    """Who each agency is: region, level, kind, parent, and an id that outlives years and spellings.

    Parameters
    ----------
    agencies
        Printed names, or a frame with columns `agency` and `year`, such as `load_table(…, "reports")`.
    year
        The year reported on, where the frame has no column of it.
    hints
        With a frame: the columns that say where an agency belongs; default `file` where there is one, `()` for none.
        With names: one text for each of them. They decide between places of one name, and place a name without a
        region; they never contradict a name.
    overrides
        The file of the user's own knowledge (`data/agencies.csv`), or what `load_agencies` gave.

    Returns
    -------
    pandas.DataFrame
        One row for each given, in the same order, with the same index; columns as in `columns()`.
        `agency_id` is empty where the agency is not known for certain; `reason` and `candidates` tell why.

    Raises
    ------
    UsageError
        No year is given, or a column is missing.
    AgencyError
        The file of overrides has a line that cannot be understood.

    Examples
    --------
    >>> found = resolve(["洪泽县人民政府", "淮安市洪泽区人民政府", "鼓楼区教育局"], 2016)
    >>> found[["agency_id", "code", "reason"]].fillna("").values.tolist()
    [['P320829', '320813', ''], ['P320829', '320813', ''], ['', '', 'ambiguous']]
    """
    import pandas as pd

    names, years, about, index = _asked(agencies, year, hints)
    own = overrides if isinstance(overrides, Agencies) else load_agencies(overrides)
    types = table_columns("agencies")
    asked = list(zip(names, years, about, strict=True))
    places = {key: at for at, key in enumerate(dict.fromkeys(asked))}
    told = [identify(*key, own) for key in places]
    rows = [[fields.get(name) for name in types] for fields in told]
    once = pd.DataFrame(rows, columns=list(types)).astype(types)
    return once.take([places[key] for key in asked]).set_axis(index, axis=0)


def attach(
    reports: pd.DataFrame,
    *,
    hints: str | Sequence[str] | None = None,
    overrides: str | Path | Agencies | None = None,
) -> pd.DataFrame:
    """Reports with the columns of `resolve` beside their own; those it has already are made anew.

    Raises
    ------
    UsageError
        A column is missing.
    AgencyError
        The file of overrides has a line that cannot be understood.

    Examples
    --------
    >>> import pandas as pd
    >>> attach(pd.DataFrame({"agency": ["洪泽区教育局"], "year": [2022]}))[["code", "parent"]].values.tolist()
    [['320813', 'P320829']]
    """
    found = resolve(reports, hints=hints, overrides=overrides).drop(columns=["agency", "year"])
    return reports.drop(columns=[name for name in found if name in reports]).join(found)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as plain values, None where one is missing."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def unread(reports: pd.DataFrame) -> pd.Series:
    """A mask: files that could not be read."""
    import pandas as pd

    if "error_type" not in reports:
        return pd.Series(False, index=reports.index)
    return reports["error_type"].astype("string").fillna("") != ""


def needs(frame: pd.DataFrame, *names: str) -> None:
    """Refuse a frame that lacks a column."""
    missing = [name for name in names if name not in frame]
    if missing:
        raise UsageError(f"no column {', '.join(missing)}; there are {', '.join(map(str, frame)) or 'none'}")


def unresolved(found: pd.DataFrame) -> pd.DataFrame:
    """The agencies that `resolve` could not tell: name, years, reason and candidates, once each.

    These are lines for `data/agencies.csv`.

    Examples
    --------
    >>> unresolved(resolve(["鼓楼区教育局", "洪泽区教育局", "某镇人民政府"], 2022))[["agency", "reason"]].values
    array([['某镇人民政府', 'no_place'], ['鼓楼区教育局', 'ambiguous']], dtype=object)
    """
    left = found[found["agency_id"].isna()]
    groups = left.groupby(["agency", "reason", "candidates"], dropna=False)["year"]
    return groups.agg(from_year="min", to_year="max", reports="size").reset_index()


def _asked(
    agencies: pd.DataFrame | Iterable[str | None], year: int | None, hints: str | Sequence[str] | None
) -> tuple[list[str | None], list[int | None], list[tuple[str, ...]], Any]:
    """Names, years, hints and index of what is asked for."""
    import pandas as pd

    if not isinstance(agencies, pd.DataFrame):
        names = [text_or_none(name) for name in agencies]
        if year is None:
            raise UsageError("resolve: no year; give the year the reports are on")
        if isinstance(hints, str) or (hints is not None and len(hints) != len(names)):
            raise UsageError(f"resolve: hints={hints!r}; give one text for each of the {len(names)} names")
        texts = [list(hints)] if hints is not None else []
        index = agencies.index if isinstance(agencies, pd.Series) else pd.RangeIndex(len(names))
        return names, [year] * len(names), _together(texts, len(names)), index
    usual = ["file"] if "file" in agencies else []
    given = usual if hints is None else [hints] if isinstance(hints, str) else list(hints)
    needs(agencies, "agency", *(["year"] if year is None else []), *given)
    stated = [year] * len(agencies) if year is not None else agencies["year"]
    years = [None if pd.isna(y) else int(y) for y in stated]
    about = _together([agencies[name] for name in given], len(agencies))
    return [text_or_none(name) for name in agencies["agency"]], years, about, agencies.index


def _together(texts: Sequence[Iterable[object]], rows: int) -> list[tuple[str, ...]]:
    """The hints of each row."""
    columns = [[text_or_none(value) for value in column] for column in texts]
    return [tuple(text for column in columns if (text := column[row])) for row in range(rows)]


def text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
