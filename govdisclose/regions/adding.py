"""Which reports may be added up: no agency twice, and nothing that is within another report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from govdisclose.errors import UsageError
from govdisclose.regions.divisions import by_place, in_year, listed, parent_of, place_of
from govdisclose.regions.expected import keys
from govdisclose.regions.resolving import needs, records, table_columns, unread

if TYPE_CHECKING:
    import pandas as pd

Add = Literal["consolidated", "own_office"]
ORDER: Mapping[str, tuple[str, ...]] = {
    "consolidated": ("consolidated", "unknown", "own_office"),
    "own_office": ("own_office", "unknown"),
}
"""Which scope of an agency-year is taken first."""


def additive(reports: pd.DataFrame, add: Add = "consolidated") -> pd.DataFrame:
    """Choose, for every agency and year, the one report that enters a sum, and say what is left out and why.

    Parameters
    ----------
    reports
        Reports with the columns of `attach`.
    add
        `consolidated`: the consolidated report where there is one, and then none of the agencies under it.
        `own_office`: no consolidated report at all. A report that states no scope stands for its own agency.

    Returns
    -------
    pandas.DataFrame
        One row a report, in order, with the index of `reports`; columns as in `columns()` under `additive`.

    Raises
    ------
    UsageError
        A column is missing, or `add` is neither.

    Examples
    --------
    >>> import pandas as pd
    >>> from govdisclose.regions import attach
    >>> city = {"agency": "淮安市人民政府", "year": 2022, "scope": "consolidated", "report_id": "a"}
    >>> office = {"agency": "淮安市人民政府", "year": 2022, "scope": "own_office", "report_id": "b"}
    >>> county = {"agency": "洪泽区教育局", "year": 2022, "scope": "unknown", "report_id": "c"}
    >>> reports = attach(pd.DataFrame([city, office, county]))
    >>> additive(reports)[["counted", "reason", "instead"]].fillna("").values.tolist()
    [[True, '', ''], [False, 'other_scope', 'a'], [False, 'within', 'a']]
    >>> additive(reports, "own_office")["counted"].tolist()
    [False, True, True]
    """
    import pandas as pd

    if add not in ORDER:
        raise UsageError(f"additive: add={add!r}; choose from: {', '.join(ORDER)}")
    needs(reports, "report_id", "agency", "year", "scope", "agency_id", "parent")
    rows = _rows(reports)
    chosen = _one_a_year(rows, ORDER[add])
    if add == "consolidated":
        _drop_what_is_within(rows, chosen)
    types = table_columns("additive")
    return pd.DataFrame(rows, index=reports.index, columns=list(types)).astype(types)


def one_a_year(reports: pd.DataFrame) -> pd.Series:
    """A mask: the best report of each agency and year, consolidated before the others."""
    import pandas as pd

    rows = _rows(reports)
    _one_a_year(rows, ORDER["consolidated"])
    return pd.Series([row["counted"] for row in rows], index=reports.index, dtype=bool)


def _rows(reports: pd.DataFrame) -> list[dict[str, Any]]:
    """What is needed of each report; those that cannot be counted say why."""
    import pandas as pd

    made = pd.DataFrame(
        {
            "report_id": reports["report_id"],
            "agency_id": keys(reports, reports["agency_id"]),
            "year": reports["year"],
            "scope": reports["scope"].astype("string").fillna("unknown"),
            "parent": reports["parent"],
            "numbers": reports["n_numbers"].fillna(0) if "n_numbers" in reports else 0,
            "unread": unread(reports),
            "not_preferred": ~reports["preferred"].astype(bool) if "preferred" in reports else False,
        }
    )
    rows = records(made)
    for row in rows:
        excluded = [why for why in ("unread", "not_preferred") if row[why]]
        if row["year"] is None or row["agency_id"] is None:
            excluded.append("no_year" if row["year"] is None else "no_agency")
        row |= {"counted": False, "reason": excluded[0] if excluded else None, "instead": None}
    return rows


def _one_a_year(rows: list[dict[str, Any]], order: tuple[str, ...]) -> dict[tuple[str, int], dict[str, Any]]:
    """Mark one row of each agency and year, and return them."""
    groups: defaultdict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["reason"] is None:
            groups[row["agency_id"], row["year"]].append(row)
    chosen = {}
    for group, members in groups.items():
        able = [row for row in members if row["scope"] in order]
        best = min(able, key=lambda row: (order.index(row["scope"]), -row["numbers"], row["report_id"]), default=None)
        for row in members:
            if row is best:
                row["counted"] = True
                chosen[group] = row
                continue
            row["reason"] = (
                "other_file" if best and row["scope"] == best["scope"] else "other_scope" if best else "consolidated"
            )
            row["instead"] = best and best["report_id"]
    return chosen


def _drop_what_is_within(rows: list[dict[str, Any]], chosen: Mapping[tuple[str, int], dict[str, Any]]) -> None:
    """Leave out each agency above which a consolidated report is counted; the highest such report stands."""
    parents = {row["agency_id"]: row["parent"] for row in rows if row["parent"] is not None}
    for (agency, year), row in chosen.items():
        above = [chosen.get((one, year)) for one in ancestors(agency, year, parents)]
        holding = [one for one in above if one is not None and one["scope"] == "consolidated"]
        if holding:
            row |= {"counted": False, "reason": "within", "instead": holding[-1]["report_id"]}


def ancestors(agency: str, year: int, parents: Mapping[str, str]) -> Iterator[str]:
    """What an agency belongs to, upwards: as the reports say, and as the list of the year has it.

    >>> list(ancestors("P320829:教育局", 2022, {"P320829:教育局": "P320829"}))
    ['P320829', 'P320800', 'P320000']
    """
    seen = {agency}
    while (above := parents.get(agency) or _region_above(agency, year)) and above not in seen:
        yield above
        seen.add(above)
        agency = above


def _region_above(place: str, year: int) -> str | None:
    if place not in by_place():
        return None
    above = parent_of(in_year(place, listed(year))[0].code, year)
    return place_of(above, year) if above else None
