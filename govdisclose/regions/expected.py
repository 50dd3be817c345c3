"""Who should report, and who did: so that silence is seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from govdisclose.identity.titles import parse_title
from govdisclose.regions.lines import AgencyError, lines, one_of, years_of
from govdisclose.regions.organs import words
from govdisclose.regions.overrides import Agencies, folded
from govdisclose.regions.resolving import attach, needs, records, resolve, table_columns, text_or_none, unread

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("agency", "from_year", "to_year", "scope", "note")
Found = defaultdict[tuple[str, int], list[dict[str, Any]]]
SCOPES = ("", "own_office", "consolidated")


def load_expected(path: str | Path) -> pd.DataFrame:
    """The user's list of who should report (`data/expected.csv`).

    Parameters
    ----------
    path
        A CSV file with the columns `agency,from_year,to_year,scope,note`. Empty years are open, an empty
        scope is any.

    Returns
    -------
    pandas.DataFrame
        The lines, with whole years (0 and 9999 where they are open).

    Raises
    ------
    AgencyError
        The file or a line cannot be understood; the message names the line and the remedy.

    Examples
    --------
    >>> load_expected("no-such-file.csv")
    Traceback (most recent call last):
        ...
    govdisclose.regions.lines.AgencyError: no-such-file.csv: cannot be opened (No such file or directory)...
    """
    import pandas as pd

    rows = []
    for where, fields in lines(Path(path), COLUMNS):
        if not fields["agency"]:
            raise AgencyError(f"{where}: no agency; give its name")
        scope = one_of(where, "scope", fields["scope"], SCOPES)
        rows.append((fields["agency"], *years_of(where, fields), scope, fields["note"]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def expected_coverage(
    reports: pd.DataFrame,
    expected: pd.DataFrame | str | Path,
    *,
    years: Iterable[int] | None = None,
    overrides: str | Path | Agencies | None = None,
) -> pd.DataFrame:
    """Agency by year: reported, missing, unreadable, or not expected.

    Parameters
    ----------
    reports
        `load_table(…, "reports")`, unreadable files included, with or without the columns of `attach`. A file that
        could not be read counts for the agency and year that its path names.
    expected
        The list of who should report (`data/expected.csv`), or what `load_expected` gave.
    years
        The years to look at; default those from the first to the last report.
    overrides
        The user's file of agencies, used for both sides.

    Returns
    -------
    pandas.DataFrame
        Columns as in `columns()` under `coverage`; sorted by agency and year.

    Raises
    ------
    UsageError
        A column is missing.
    AgencyError
        A file cannot be understood.

    Examples
    --------
    >>> import pandas as pd
    >>> reports = pd.DataFrame({"report_id": ["a"], "agency": ["洪泽区人民政府"], "year": [2022], "scope": ["unknown"]})
    >>> line = {"agency": "淮安市洪泽区人民政府", "from_year": 2021, "to_year": 2022, "scope": "", "note": ""}
    >>> expected_coverage(reports, pd.DataFrame([line]), years=[2021, 2022])["status"].tolist()
    ['missing', 'reported']
    """
    import pandas as pd

    needs(reports, "report_id", "agency", "year", "scope")
    if not isinstance(expected, pd.DataFrame):
        expected = load_expected(expected)
    needs(expected, *COLUMNS[:4])
    filed = _files(reports, overrides)
    span = sorted(set(years)) if years is not None else _span(filed)
    due = [
        (line["agency"], year, line["scope"])
        for line in records(expected)
        for year in span
        if line["from_year"] <= year <= line["to_year"]
    ]
    asked = pd.DataFrame(due, columns=["agency", "year", "scope"])
    asked["key"] = keys(asked, resolve(asked, overrides=overrides)["agency_id"])
    asked = asked.drop_duplicates(["key", "year", "scope"])  # lines that overlap, or name one agency twice
    found: Found = defaultdict(list)
    for row in filed:
        found[row["key"], row["year"]].append(row)
    rows = [_line(row, found.get((row["key"], row["year"]), [])) for row in records(asked)]
    unasked = found.keys() - set(zip(asked["key"], asked["year"], strict=True))
    rows += [
        (files[0]["agency"], key, year, None, "not_expected", *_together(files))
        for (key, year), files in found.items()
        if (key, year) in unasked and year in span
    ]
    types = table_columns("coverage")
    out = pd.DataFrame(rows, columns=list(types)).astype(types)
    return out.sort_values(["agency_id", "year"], ignore_index=True)


def keys(reports: pd.DataFrame, ids: pd.Series) -> pd.Series:
    """The id of each agency, or its folded name where it is unresolved: one printed name is one agency."""
    names = reports["agency"].map(lambda name: f"name:{folded(name)}", na_action="ignore").astype("string")
    return ids.astype("string").fillna(names)


def _files(reports: pd.DataFrame, overrides: str | Path | Agencies | None) -> list[dict[str, Any]]:
    """Every file with the agency and year it states, or, unread, that its path names."""
    import pandas as pd

    kept = ["report_id", "file", "agency", "year", "scope", "agency_id"]
    filed = reports[[name for name in kept if name in reports]].assign(readable=~unread(reports))
    if "file" in reports and not filed["readable"].all():
        paths = reports["file"].where(~filed["readable"])
        named = pd.DataFrame([_named_by(path) for path in paths], index=filed.index, columns=["agency", "year"])
        stated = filed["agency"].where(filed["agency"].map(text_or_none).notna())
        filed["agency"] = stated.fillna(named["agency"])
        filed["year"] = filed["year"].astype("Int32").fillna(named["year"].astype("Int32"))
    if "agency_id" not in filed or not filed["readable"].all():
        filed = attach(filed, overrides=overrides)
    filed["key"] = keys(filed, filed["agency_id"])
    kept = ["report_id", "agency", "year", "scope", "readable", "key"]
    return records(filed.dropna(subset=["key", "year"])[kept].astype({"year": int}))


def _named_by(file: object) -> tuple[str | None, int | None]:
    """Agency and year that a path names."""
    if not isinstance(file, str):
        return None, None
    path = PurePosixPath(file)
    title = parse_title(path.stem)
    years = words("year_in_path").findall(file)
    name = title.agency if title and title.agency else words("between_hints").sub("", path.stem)
    return name or None, int(years[-1]) if years else None


def _span(files: list[dict[str, Any]]) -> list[int]:
    years = [row["year"] for row in files]
    return list(range(min(years), max(years) + 1)) if years else []


def _line(due: dict[str, Any], files: list[dict[str, Any]]) -> tuple[str | int | None, ...]:
    fits = [row for row in files if row["readable"] and (not due["scope"] or row["scope"] in (due["scope"], "unknown"))]
    status = "reported" if fits else "unreadable" if any(not row["readable"] for row in files) else "missing"
    return (due["agency"], due["key"], due["year"], due["scope"] or None, status, *_together(files))


def _together(files: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    scopes = sorted({row["scope"] for row in files if row["readable"]})
    return "; ".join(row["report_id"] for row in files) or None, "; ".join(scopes) or None
