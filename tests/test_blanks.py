"""What a blank counts as, by policy."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from govdisclose.blanks import POLICIES, judged_panel, with_blanks
from govdisclose.clean import parse
from govdisclose.errors import UsageError
from govdisclose.forms import load
from govdisclose.synthesis import draw_report

FORMS = load()


def block(*values: float | str | None, row: str = "review", report: str = "a") -> pd.DataFrame:
    """One line of table four; a string is a state."""
    columns = ["upheld", "corrected", "other", "pending", "total"]
    states = ["blank" if v is None else v if isinstance(v, str) else "number" for v in values]
    numbers = [v if isinstance(v, int | float) else np.nan for v in values]
    about = {"report_id": report, "table": "remedies", "row": row, "column": columns}
    return pd.DataFrame(about | {"state": states, "adjusted": numbers})


def drawn(seed: int, prints: str, form: str = "2021") -> pd.DataFrame:
    draft = draw_report(random.Random(seed), form=form, year=2023, agency="某机关", size=60, prints=prints)  # type: ignore[arg-type]
    rows = []
    for (table, row, column), text in draft.figures.items():
        parsed = parse(text)
        rows.append([str(seed), table, row, column, parsed.state, parsed.value])
    columns = ["report_id", "table", "row", "column", "state", "adjusted"]
    return pd.DataFrame(rows, columns=columns).astype({"adjusted": "float64"})


@pytest.mark.parametrize(
    ("values", "proved"),
    [
        ((10, 1, None, "dash", 11), (10, 1, 0, 0, 11)),
        ((10, 1, None, None, 12), (10, 1, None, None, 12)),  # they add up to one
        ((10, 1, None, None, None), (10, 1, None, None, None)),  # a total left out
        ((0, 0, 0, 0, None), (0, 0, 0, 0, 0)),
        ((None, None, None, None, None), (None, None, None, None, None)),
        ((None, None, None, None, 0), (0, 0, 0, 0, 0)),
        ((10, None, None, None, 9), (10, None, None, None, 9)),  # it fails: nothing follows
        ((10, 1, "unreadable", None, 11), (10, 1, None, 0, 11)),
        ((10, 1, "text", "absent", 11), (10, 1, None, None, 11)),
    ],
)
def test_a_blank_is_zero_where_a_relation_leaves_it_nothing_else(
    values: tuple[float | str | None, ...], proved: tuple[float | None, ...]
) -> None:
    found = with_blanks(block(*values), "as_zero_if_proved")
    assert [None if np.isnan(v) else v for v in found] == list(proved)


def test_the_other_policies() -> None:
    panel = block(10, None, "dash", "text", "unreadable")
    assert with_blanks(panel, "as_zero").fillna(-1).tolist() == [10, 0, 0, -1, -1]
    assert with_blanks(panel, "as_missing").fillna(-1).tolist() == [10, -1, -1, -1, -1]
    with pytest.raises(UsageError, match="policy 'zero': choose one of as_zero_if_proved"):
        with_blanks(panel, "zero")  # type: ignore[arg-type]


def test_adjusted_numbers_count_and_the_index_is_kept() -> None:
    panel = block(10, 1, None, None, 0).set_index(np.array([5, 3, 9, 7, 1]))
    assert with_blanks(panel, "as_zero_if_proved").isna().sum() == 2
    panel.loc[1, "adjusted"] = 11
    assert with_blanks(panel, "as_zero_if_proved").to_dict() == {5: 10, 3: 1, 9: 0, 7: 0, 1: 11}


def test_a_part_of_a_table_proves_less_never_more() -> None:
    whole = drawn(4, "blank_zeros")
    part = whole[whole["column"].isin(["natural_person", "business", "total"])]
    all_ = with_blanks(whole, "as_zero_if_proved")
    some = with_blanks(part, "as_zero_if_proved")
    assert set(some.dropna().index) <= set(all_.dropna().index)


def hidden(panel: pd.DataFrame, rng: random.Random, zeros: float, totals: float) -> pd.DataFrame:
    """The same panel with a share of its zeros, and of its outcome rows' totals, left blank."""
    total = (panel["table"] == "requests") & (panel["column"] == "total")
    share = np.where(total, totals, np.where(panel["adjusted"] == 0, zeros, 0.0))
    gone = np.array([rng.random() < s for s in share])
    states = panel["state"].mask(gone, "blank")
    return panel.assign(adjusted=panel["adjusted"].mask(gone), state=states)


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize(("zeros", "totals"), [(1, 0), (0.6, 0), (0, 1), (1, 0.5), (0.9, 1)])
def test_no_number_left_out_is_taken_for_zero(form: str, zeros: float, totals: float) -> None:
    truth = pd.concat([drawn(seed, "numbers", form) for seed in range(8)]).reset_index(drop=True)
    panel = hidden(truth, random.Random(1), zeros, totals)
    found = with_blanks(panel, "as_zero_if_proved")
    filled = found.notna() & panel["adjusted"].isna()
    assert filled.any() and (truth.loc[filled, "adjusted"] == 0).all()
    assert judged_panel(panel, found)["fails"] == 0


def test_reports_of_both_forms_in_one_panel() -> None:
    panel = pd.concat([drawn(1, "blank_zeros", "2019"), drawn(2, "blank_zeros", "2021")]).reset_index(drop=True)
    together = with_blanks(panel, "as_zero_if_proved")
    alone = pd.concat([with_blanks(part, "as_zero_if_proved") for _, part in panel.groupby("report_id")])
    assert together.equals(alone.sort_index())


def test_policies_are_named_in_the_package() -> None:
    assert POLICIES == ("as_zero_if_proved", "as_zero", "as_missing")
