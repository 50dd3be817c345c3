"""A consolidated report against the reports of the agencies under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from govdisclose.model import Address
from govdisclose.regions.adding import one_a_year
from govdisclose.regions.divisions import by_code, by_place, listed, parent_of, place_of
from govdisclose.regions.expected import keys
from govdisclose.regions.organs import table
from govdisclose.regions.resolving import needs, records, table_columns

if TYPE_CHECKING:
    import pandas as pd

CELL = ["table", "row", "column"]


def compare_parents(
    panel: pd.DataFrame,
    reports: pd.DataFrame,
    *,
    addresses: Iterable[Address] | None = None,
    expected: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every consolidated report with the sum of the reports one level below it.

    Parameters
    ----------
    panel
        Cells, as `load` gives them: `report_id`, `table`, `row`, `column`, `value`.
    reports
        Reports with the columns of `attach`.
    addresses
        The cells to compare; default those of the column `total`.
    expected
        `expected_coverage(…)`: it tells which children should report. Without it these are the regions below by
        the list of the year, and the other agencies below that reported in any year.

    Returns
    -------
    pandas.DataFrame
        One row for each consolidated report with children and each cell; columns as in `columns()` under `parents`.
        `low` is the sum of what the children reported, one report each; `high` is the same where every child
        reported a number, and missing (no limit) else. A parent below `low` is a `warning`.

    Raises
    ------
    UsageError
        A column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from govdisclose.regions import attach
    >>> city = {"agency": "淮安市人民政府", "year": 2022, "scope": "consolidated", "report_id": "a"}
    >>> county = {"agency": "洪泽区人民政府", "year": 2022, "scope": "consolidated", "report_id": "b"}
    >>> cell = {"table": "requests", "row": "new", "column": "total"}
    >>> panel = pd.DataFrame([cell | {"report_id": "a", "value": 10}, cell | {"report_id": "b", "value": 12}])
    >>> found = compare_parents(panel, attach(pd.DataFrame([city, county])))
    >>> found[["value", "low", "n_reported", "n_expected", "state"]].values.tolist()
    [[10.0, 12.0, 1, 7, 'fails']]
    """
    import pandas as pd

    needs(panel, "report_id", *CELL, "value")
    needs(reports, "report_id", "agency", "year", "scope", "agency_id", "parent")
    chosen = reports[one_a_year(reports)].assign(agency_id=lambda frame: keys(frame, frame["agency_id"]))
    above = chosen[chosen["scope"] == "consolidated"][["report_id", "agency_id", "agency", "year"]]
    pairs = chosen[["report_id", "agency_id", "parent", "year"]].merge(
        above.rename(columns={"report_id": "report_above", "agency_id": "parent"}), on=["parent", "year"]
    )
    cells = _cells(panel, addresses, {*pairs["report_id"], *pairs["report_above"]})
    below = pairs.merge(cells, on="report_id").groupby(["report_above", *CELL])["value"]
    sums = below.agg(low="sum", n_reported="size", numbers="count").reset_index()
    out = sums.merge(cells.rename(columns={"report_id": "report_above"}), on=["report_above", *CELL])
    out = out.merge(above.rename(columns={"report_id": "report_above", "agency_id": "parent"}), on="report_above")
    due = _due(reports, expected)
    out["n_expected"] = [
        max(len(due(parent, int(year))), n)
        for parent, year, n in zip(out["parent"], out["year"], out["n_reported"], strict=True)
    ]
    out["n_blank"] = out["n_reported"] - out["numbers"]
    complete = (out["n_reported"] == out["n_expected"]) & (out["n_blank"] == 0)
    out["high"] = out["low"].where(complete)
    out["state"] = complete.map({True: "holds", False: "undetermined"}).where(out["value"].notna(), "undetermined")
    fails = out["value"].notna() & (out["value"] < out["low"])
    out.loc[fails, "state"] = "fails"
    out["severity"] = fails.map({True: "warning", False: None})
    for lang in ("zh", "en"):
        text = table("messages", "parent_children")[lang]
        told = [_message(text, row) for row in records(out[fails])]
        out[f"message_{lang}"] = pd.Series(told, index=out.index[fails], dtype="string").reindex(out.index)
    types = table_columns("parents")
    ordered = pd.DataFrame(out, columns=list(types)).astype(types)
    return ordered.sort_values(["parent", "year", *CELL], ignore_index=True)


def _cells(panel: pd.DataFrame, addresses: Iterable[Address] | None, report_ids: set[str]) -> pd.DataFrame:
    """The cells to compare, of the reports that are compared."""
    import pandas as pd

    wanted = panel["report_id"].isin(list(report_ids))
    if addresses is None:
        wanted &= panel["column"] == "total"
    found = panel[wanted][["report_id", *CELL, "value"]].astype(_PLAIN)
    if addresses is None:
        return found
    return found.merge(pd.DataFrame(list(addresses), columns=CELL), on=CELL)


_PLAIN = {"report_id": str, **dict.fromkeys(CELL, str), "value": float}  # categories would multiply out in a group


def _message(text: str, row: dict[str, Any]) -> str:
    numbers = {"value": f"{row['value']:.10g}", "sum": f"{row['low']:.10g}", "n": row["n_reported"]}
    return text.format(**{name: row[name] for name in ("year", *CELL)}, **numbers)


def _due(reports: pd.DataFrame, expected: pd.DataFrame | None) -> Callable[[str, int], frozenset[str]]:
    """(parent, year) → the children that should report."""
    under: defaultdict[str, set[str]] = defaultdict(set)
    for row in records(reports[["agency_id", "parent"]].dropna().drop_duplicates()):
        under[row["parent"]].add(row["agency_id"])
    asked: defaultdict[int, set[str]] = defaultdict(set)
    for row in records(expected[expected["status"] != "not_expected"]) if expected is not None else ():
        asked[row["year"]].add(row["agency_id"])

    @cache
    def due(parent: str, year: int) -> frozenset[str]:
        regions, others = _below(listed(year)).get(parent, set()), under[parent]
        if expected is not None:
            return frozenset((regions | others) & asked[year])
        return frozenset(regions | {one for one in others if one not in by_place()})

    return due


@lru_cache(maxsize=64)
def _below(year: int) -> Mapping[str, set[str]]:
    """The places directly under each place by the list of a year."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, d in by_code(year).items():
        above = parent_of(code, year)
        if above:
            found[place_of(above, year)].add(d.place)
    return found
