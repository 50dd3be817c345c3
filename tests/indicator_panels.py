"""Small panels for the tests of indicators: by hand, and drawn (合成数据)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from govdisclose import indicators
from govdisclose.clean import parse
from govdisclose.synthesis import draw_panel

Cell = float | str | None
Cells = Mapping[str, Cell]

# One report, added up on paper: 100 decided, 40 + 10 granted, 15 refused, 20 unable, 8 not processed, 7 otherwise.
DECIDED: Cells = {
    "new": 95, "carried_in": 15, "granted": 40, "partial": 10,
    "refused_state_secret": 0, "refused_law": 1, "refused_safety": 0, "refused_third_party": 4,
    "refused_internal": 0, "refused_process": 2, "refused_enforcement_file": 0, "refused_admin_query": 8,
    "unable_not_held": 18, "unable_needs_creation": 1, "unable_unclear": 1,
    "not_processed_petition": 5, "not_processed_repeat": 3, "not_processed_publication": 0,
    "not_processed_excessive": 0, "not_processed_reissue": 0,
    "other_no_correction": 4, "other_no_fee": 1, "other_other": 2, "processed": 100, "carried_out": 10,
}  # fmt: skip


def report(agency: str, year: int, requests: Cells | None = None, **other: object) -> pd.DataFrame:
    """A report's cells: totals of table three by row, further cells as `table.row.column`; a string is a state."""
    cells = {f"requests.{row}.total": value for row, value in (requests or {}).items()}
    about: dict[str, object] = {"agency": agency, "year": year, "scope": "own_office", "preferred": True}
    cells |= other.pop("cells", {})  # type: ignore[arg-type]
    about |= {"report_id": f"{agency}/{year}/{other.get('scope', '')}{other.get('preferred', '')}"} | other
    rows = []
    for address, value in cells.items():
        table, row, column = address.split(".")
        number = float(value) if isinstance(value, int | float) else np.nan
        state = "number" if isinstance(value, int | float) else value or "blank"
        if state == "conflict":
            number = 7.0
        known = {"state": "number" if state == "conflict" else state, "value": number, "adjusted": number}
        evidence = "conflict" if state == "conflict" else "read"
        rows.append(about | {"table": table, "row": row, "column": column, "evidence": evidence} | known)
    return pd.DataFrame(rows)


def panel(*reports: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(reports, ignore_index=True)


def one(frame: pd.DataFrame, ids: str, **words: object) -> pd.Series:
    rows = indicators.compute(frame, [ids], **words)  # type: ignore[arg-type]
    assert len(rows) == 1
    return rows.iloc[0]


def drawn(agencies: int, years: range, seed: int, **words: object) -> pd.DataFrame:
    rows = []
    for i, draft in enumerate(draw_panel(agencies, years, seed, **words)):  # type: ignore[arg-type]
        for (table, row, column), text in draft.figures.items():
            said = parse(text)
            rows.append((f"r{i}", draft.agency, draft.year, table, row, column, said.state, said.value, said.value))
    names = ["report_id", "agency", "year", "table", "row", "column", "state", "value", "adjusted"]
    return pd.DataFrame(rows, columns=names).astype({"value": "float64", "adjusted": "float64"})
