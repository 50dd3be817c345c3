"""What differs between an agency's report and its report of the year before: numbers, and findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from govdisclose.new_year import paired
from govdisclose.store import load, load_table

if TYPE_CHECKING:
    import pandas as pd

_ADDRESS = ["table", "row", "column"]


def changed_numbers(processed: str | Path, year: int, *, agencies: str | Path | None = None) -> pd.DataFrame:
    """Every cell that prints a number in both years, with the difference.

    Returns
    -------
    pandas.DataFrame
        One row an agency and cell, the largest difference first: `agency`, `table`, `row`, `column`, `last`, `now`,
        `change` (`now` less `last`, in the unit of the cell). Cells that only one of the two years prints are not in
        it: their meaning may have changed.

    Raises
    ------
    DatasetError, UsageError
        As for `new_year`.
    """
    pairs = paired(processed, year, agencies=agencies)
    panel = load(processed, years=[year - 1, year])
    panel = panel[panel["adjusted"].notna()]
    numbers = panel.astype(dict.fromkeys(["report_id", *_ADDRESS], str))[["report_id", *_ADDRESS, "adjusted"]]
    now = pairs.merge(numbers, left_on="now", right_on="report_id")
    last = pairs.merge(numbers, left_on="last", right_on="report_id")
    both = now.merge(last, on=["now", "last", "agency", *_ADDRESS], suffixes=("_now", "_last"))
    out = both[["agency", *_ADDRESS]].assign(last=both["adjusted_last"], now=both["adjusted_now"])
    out["change"] = out["now"] - out["last"]
    order = out["change"].abs().sort_values(ascending=False, kind="stable").index
    return out.loc[order].reset_index(drop=True)


def new_findings(processed: str | Path, year: int, *, agencies: str | Path | None = None) -> pd.DataFrame:
    """Errors and warnings of a year that the agency's report of the year before did not have.

    Returns
    -------
    pandas.DataFrame
        `agency`, `severity`, `relation`, `cells`, `message_zh`, `message_en`; errors first. A finding is the same as
        last year's where kind and cells are.

    Raises
    ------
    DatasetError, UsageError
        As for `new_year`.
    """
    pairs = paired(processed, year, alone=True, agencies=agencies)
    findings = load_table(processed, "findings")
    grave = findings[findings["severity"].isin(["error", "warning"])]
    keys = [
        (str(report), str(relation), tuple(cells))
        for report, relation, cells in grave[["report_id", "relation", "cells"]].itertuples(index=False)
    ]
    known = set(keys)
    last = dict(zip(pairs["now"], pairs["last"], strict=True))
    places = [i for i, key in enumerate(keys) if key[0] in last and (last[key[0]], *key[1:]) not in known]
    here = grave.iloc[places].astype({"report_id": str, "severity": str, "relation": str})
    here = pairs.merge(here, left_on="now", right_on="report_id")
    here = here.sort_values(["severity", "agency", "relation"], kind="stable")
    return here[["agency", "severity", "relation", "cells", "message_zh", "message_en"]].reset_index(drop=True)
