"""Days between the statutory deadline and the date a report was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govdisclose.indicators.definitions import load

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def days_late(reports: pd.DataFrame) -> tuple[Floats, Floats, Mask, Mask]:
    """Days after the deadline, and whether in time, for each report.

    Parameters
    ----------
    reports : pandas.DataFrame
        `year`, `published` (YYYY-MM-DD, or YYYY-MM where no day is stated), `kind` (`department` or
        `government`) and `level`.

    Returns
    -------
    days : array
        Negative before the deadline; NaN where no full date is known.
    in_time : array
        1 or 0; also where only a month is stated, for the deadlines are ends of months.
    unknown : array of bool
        No date that says whether it was in time.
    beyond : array of bool
        No deadline applies, or level or kind is not known.

    Examples
    --------
    >>> import pandas as pd
    >>> two = {"year": 2022, "kind": ["department", "government"], "level": "county"}
    >>> days_late(pd.DataFrame(two | {"published": ["2023-02-03", "2023-03"]}))[:2]
    (array([ 3., nan]), array([0., 1.]))
    """
    import pandas as pd

    said = load().deadlines
    text = reports["published"].astype(str) if "published" in reports else pd.Series("", index=reports.index)
    if not {"kind", "level", "year"} <= set(reports.columns):
        nothing = np.full(len(reports), np.nan)
        return nothing, nothing, np.isnan(nothing), np.ones(len(reports), dtype=bool)
    deadline = reports["kind"].astype(str).map({k: v for k, v in said.items() if k != "levels"})
    none = deadline.isna() | ~reports["level"].astype(str).isin(said["levels"]) | reports["year"].isna()
    beyond = np.asarray(none, dtype=np.bool_)
    after = (reports["year"].astype("Int64") + 1).astype(str)
    due = pd.to_datetime(after + "-" + deadline.where(~beyond, ""), format="%Y-%m-%d", errors="coerce")
    day = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    month = pd.to_datetime(text.where(day.isna(), ""), format="%Y-%m", errors="coerce") + pd.offsets.MonthEnd(0)
    days = np.asarray((day - due).dt.days, dtype=np.float64)
    either = day.fillna(month)
    unknown = np.asarray(either.isna(), dtype=np.bool_)
    in_time = np.where(unknown | beyond, np.nan, np.asarray(either <= due, dtype=np.float64))
    return days, in_time, unknown, beyond
