"""Whose report each is, and which of an agency's reports count."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govdisclose.errors import UsageError
from govdisclose.indicators.definitions import load
from govdisclose.indicators.evaluate import CODE
from govdisclose.indicators.matrix import NUMBER, Wide, wide
from govdisclose.regions import attach
from govdisclose.versions import agency_keys

if TYPE_CHECKING:
    import pandas as pd

    from govdisclose.indicators.matrix import Source

Codes = NDArray[np.intp]


def with_agencies(source: Source, agencies: str | Path | None = None) -> Wide:
    """The matrix of a panel or dataset, with who each agency is: the columns of `regions.attach`.

    Every figure does this with what it is given; do it once for what you compute beside the figures, so that both
    speak of the same agencies.

    Parameters
    ----------
    source
        As for `wide`. What has a column `agency_id` already is taken as it is.
    agencies
        The file of what you know of agencies (`data/agencies.csv`).

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"table": "requests", "row": "new", "column": "total", "state": "number", "value": 3.0, "adjusted": 3.0}
    >>> about = {"report_id": "a", "agency": "洪泽区人民政府", "year": 2022}
    >>> with_agencies(pd.DataFrame([cell | about])).reports["agency_id"].tolist()
    ['P320829']
    """
    matrix = wide(source)
    if "agency_id" in matrix.reports or not {"agency", "year"} <= set(matrix.reports):
        return matrix
    return replace(matrix, reports=attach(matrix.reports, overrides=agencies))


def standing(matrix: Wide, agency: str | None = None, *, by_scope: bool = False) -> Codes:
    """Reasons, as codes, why whole reports are left out, whatever the indicator; 0 for those that count.

    Of one agency, year and scope one report counts, whatever name it prints: the preferred one, of several the one
    with most numbers. Of one agency and year only the reports of the first scope in `settings.scopes` count, unless
    scopes are kept apart anyway.
    """
    reports = matrix.reports
    out = np.zeros(len(reports), dtype=np.intp)
    if "preferred" in reports:
        out[~reports["preferred"].fillna(True).to_numpy(dtype=bool)] = CODE["duplicate_version"]
    order = {scope: i for i, scope in enumerate(load().settings["scopes"])}
    scope = np.zeros(len(reports), dtype=np.intp)
    if "scope" in reports:
        scope = reports["scope"].astype(str).map(order).fillna(len(order)).to_numpy(dtype=np.intp)
    keys = np.stack([clusters(reports, agency), _years(reports), scope])
    kept = np.flatnonzero((out == 0) & ~np.isnan(keys[1]))
    numbers = (matrix.states[kept] == NUMBER).sum(axis=1)
    kept = kept[np.lexsort((reports["report_id"].astype(str).to_numpy()[kept], -numbers))]
    out[kept[_later(keys[:, kept])]] = CODE["duplicate_version"]
    if not by_scope:
        kept = kept[out[kept] == 0]
        kept = kept[np.argsort(scope[kept], kind="stable")]
        out[kept[_later(keys[:2, kept])]] = CODE["other_scope"]
    return out


def _later(keys: NDArray[np.float64]) -> Codes:
    """Where columns stand that an earlier one equals."""
    _, first = np.unique(keys, axis=1, return_index=True)
    return np.setdiff1d(np.arange(keys.shape[1]), first)


def clusters(reports: pd.DataFrame, agency: str | None) -> Codes:
    """Codes of the agencies; a report whose agency is not known is one of its own."""
    import pandas as pd

    column = agency or ("agency_id" if "agency_id" in reports else "agency")
    if column not in reports:
        raise UsageError(f"agency={column!r}: the panel has no such column")
    named = reports[column].astype(object)
    if column == "agency_id" and "agency" in reports:
        named = named.where(named.notna(), "name: " + _by_place(reports))
    elif column == "agency":
        named = _by_place(reports)
    codes, names = pd.factorize(named.where(named.notna() & ~named.isin(("", "name: "))))
    alone = codes < 0
    codes[alone] = len(names) + np.arange(int(alone.sum()))
    return codes.astype(np.intp)


def _by_place(reports: pd.DataFrame) -> pd.Series:
    """The printed names; with the place that the path tells where several agencies of one year print one name."""
    names = reports["agency"].astype(object)
    if not {"file", "year", "preferred"} <= set(reports):
        return names
    of = [name for name in ("agency", "year", "scope") if name in reports]
    chosen = reports[reports["preferred"].astype(bool)]
    shared = names.isin(chosen.loc[chosen.duplicated(of), "agency"].astype(object)) & reports["year"].notna()
    about = reports.loc[shared, ["agency", "year", "file"]].astype({"agency": str, "year": int, "file": str})
    names[shared] = agency_keys(about.itertuples(index=False, name=None))
    return names


def _years(reports: pd.DataFrame) -> NDArray[np.float64]:
    if "year" not in reports:
        return np.full(len(reports), np.nan)
    return np.asarray(reports["year"].to_numpy(dtype=np.float64, na_value=np.nan))


def year_before(reports: pd.DataFrame, agency: str | None, stands: Codes) -> Codes:
    """Where the same agency's report of the same scope for the year before is; -1 where there is none."""
    import pandas as pd

    if "year" not in reports:
        raise UsageError("the panel has no column year; give what load() gives")
    scope = reports["scope"].astype(str) if "scope" in reports else ""
    keys = pd.DataFrame({"who": clusters(reports, agency), "scope": scope})
    keys["year"] = _years(reports)
    known = keys[(stands == 0) & keys["year"].notna()].drop_duplicates()
    index = pd.MultiIndex.from_frame(known)
    found = index.get_indexer(pd.MultiIndex.from_frame(keys.assign(year=keys["year"] - 1)))
    return np.where(found >= 0, known.index.to_numpy()[found], -1) if len(known) else np.full(len(keys), -1)
