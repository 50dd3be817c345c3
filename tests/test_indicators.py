"""Indicators against values worked out by hand; what is left out, and why."""

from __future__ import annotations

import numpy as np
import pytest
from indicator_panels import DECIDED, Cells, drawn, one, panel, report

from govdisclose import indicators
from govdisclose.blanks import POLICIES, with_blanks
from govdisclose.errors import UsageError
from govdisclose.indicators import definitions
from govdisclose.indicators.matrix import ready

# --- by hand ----------------------------------------------------------------------------------------------------------

BY_HAND = {
    "requests_new": 95, "requests_received": 110, "requests_processed": 100,
    "requests_carried_in": 15, "requests_carried_out": 10,
    "grant_rate": 50 / 100, "grant_rate_d2": 50 / 85, "grant_rate_d3": 50 / 65, "grant_rate_d4": 50 / 110,
    "full_grant_rate": 40 / 100, "full_grant_rate_d2": 40 / 85, "full_grant_rate_d3": 40 / 65,
    "full_grant_rate_d4": 40 / 110,
    "outcome_granted": 0.40, "outcome_partial": 0.10, "outcome_refused": 0.15, "outcome_unable": 0.20,
    "outcome_not_processed": 0.08, "outcome_other": 0.07,
    "refusal_share": 0.15, "refusal_share_d3": 15 / 65, "operational_refusal_share": 0.28,
    "statutory_among_refusals": 15 / 43, "ground_admin_query": 8 / 15, "refused_admin_query_share": 0.08,
    "unable_not_held": 18 / 20, "not_processed_repeat": 3 / 8, "backlog": 10 / 110,
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), BY_HAND.items())
def test_one_report_by_hand(name: str, expected: float) -> None:
    row = one(report("甲", 2022, DECIDED), name)
    assert row["estimate"] == pytest.approx(expected)
    assert (row["reports"], row["agencies"], row["left_out"], row["reasons"], row["segment"]) == (1, 1, 0, "", "")
    shares = definitions.chosen(name)[0].kind == "share"
    assert (row["low"] < row["estimate"] < row["high"]) == shares
    assert row["method"] == ("wilson" if shares else "none")


def test_remedies_by_hand() -> None:
    cells = {
        "review": (6, 2, 1, 3, 12), "litigation_direct": (2, 1, 0, 2, 5), "litigation_after_review": (1, 1, 0, 0, 2),
    }  # fmt: skip
    columns = ("upheld", "corrected", "other", "pending", "total")
    flat = {f"remedies.{row}.{c}": v for row, line in cells.items() for c, v in zip(columns, line, strict=True)}
    made = indicators.compute(report("甲", 2022, DECIDED, cells=flat), ["remedies", "disputes"]).set_index("indicator")
    assert made["estimate"].to_dict() == pytest.approx(
        {
            "review_corrected_rate": 2 / 9,
            "review_pending_share": 3 / 12,
            "litigation_corrected_rate": 2 / 5,
            "litigation_direct_corrected_rate": 1 / 3,
            "litigation_after_review_corrected_rate": 1 / 2,
            "litigation_pending_share": 2 / 7,
            "dispute_rate": 17 / 100,
            "review_cases": 12,
            "litigation_cases": 7,
        }
    )
    exact = indicators.intervals.clopper_pearson(2, 9)
    assert made.loc["review_corrected_rate", ["low", "high", "method"]].tolist() == [*exact, "clopper_pearson"]


def test_a_pooled_rate_is_a_ratio_of_sums_and_drawn_over_agencies() -> None:
    parts = [report(f"机关{i}", 2022, {"granted": 10 * i, "partial": 2, "processed": 20 * i + 10}) for i in range(1, 8)]
    row = one(panel(*parts), "grant_rate", replicates=300)
    assert row["estimate"] == pytest.approx(294 / 630) and row["n"] == 630 and row["numerator"] == 294
    k, n = np.array([10 * i + 2 for i in range(1, 8)]), np.array([20 * i + 10 for i in range(1, 8)])
    low, high = indicators.intervals.bootstrap(k, n, replicates=300)
    assert (row["low"], row["high"]) == pytest.approx((low, high)) and row["method"] == "bootstrap"
    wilson = one(panel(*parts), "grant_rate", interval="wilson")
    assert (wilson["low"], wilson["high"]) == pytest.approx(tuple(map(float, indicators.intervals.wilson(294, 630))))
    assert np.isnan(one(panel(*parts), "grant_rate", interval="none")["low"])


def test_of_few_agencies_the_interval_is_linearised_and_no_narrower_than_of_independent_cases() -> None:
    same = panel(*(report(a, 2022, {"granted": 20, "partial": 0, "processed": 40}) for a in "甲乙"))
    row = one(same, "grant_rate")
    assert (row["low"], row["high"]) == pytest.approx(tuple(map(float, indicators.intervals.wilson(40, 80))))
    assert row["method"] == "linearised"
    apart = panel(same, report("丙", 2022, {"granted": 36, "partial": 0, "processed": 40}))
    row, task = one(apart, "grant_rate"), np.array([[20.0, 40], [20, 40], [36, 40]])
    assert (row["low"], row["high"]) == pytest.approx(indicators.intervals.linearised(task, bounded=True))
    assert one(apart, "grant_rate", interval="bootstrap")["method"] == "bootstrap"
    total = one(apart, "requests_processed")
    assert total["estimate"] == 120 and np.isnan(total["low"]) and total["method"] == "none"


def test_where_events_are_few_the_interval_is_exact() -> None:
    parts = [report(a, 2022, {"granted": 0, "partial": 0, "processed": 30}) for a in "甲乙丙"]
    row = one(panel(*parts), "grant_rate")
    assert row["method"] == "clopper_pearson" and row["low"] == 0
    assert row["high"] == pytest.approx(1 - 0.025 ** (1 / 90))


def test_nothing_to_divide_by_is_no_rate() -> None:
    row = one(report("甲", 2022, {"granted": 0, "partial": 0, "processed": 0}), "grant_rate")
    assert np.isnan(row["estimate"]) and row["reports"] == 1 and row["left_out"] == 0 and row["method"] == "none"


# --- what is left out -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"granted": 3, "partial": None, "processed": 9}, "blank"),
        ({"granted": 3, "partial": "dash", "processed": 9}, "blank"),
        ({"granted": "conflict", "partial": 1, "processed": 9}, "conflict"),
        ({"granted": "unreadable", "partial": None, "processed": 9}, "unreadable"),
        ({"granted": "text", "partial": 1, "processed": 9}, "text"),
        ({"granted": "absent", "partial": 1, "processed": 9}, "cell_absent"),
        ({}, "table_absent"),
    ],
)
def test_why_a_report_is_left_out(cells: Cells, reason: str) -> None:
    both = panel(report("甲", 2022, DECIDED), report("乙", 2022, cells, cells={"remedies.review.total": 1}))
    row = one(both, "grant_rate")
    assert (row["estimate"], row["reports"], row["left_out"], row["reasons"]) == (0.5, 1, 1, f"{reason} 1")
    left = indicators.left_out(both, ["grant_rate"])
    assert left[["agency", "year", "reason"]].values.tolist() == [["乙", 2022, reason]]
    assert left["cells"].item().startswith("requests.") == (reason != "table_absent")
    assert indicators.per_report(both, ["grant_rate"])["reason"].tolist() == ["", reason]


def test_a_part_larger_than_its_whole_is_left_out() -> None:
    wrong = report("乙", 2022, {"granted": 60, "partial": 10, "processed": 50, "new": 0, "carried_in": 50})
    row = one(panel(report("甲", 2022, DECIDED), wrong), "grant_rate")
    assert (row["estimate"], row["n"], row["reasons"]) == (0.5, 100, "contradiction 1")
    assert one(panel(wrong), "grant_rate_d4")["reasons"] == "contradiction 1"
    assert one(panel(wrong), "outcome_refused")["reasons"] != "contradiction 1"


def test_numbers_in_doubt_can_be_kept() -> None:
    row = one(
        report("甲", 2022, {"granted": "conflict", "partial": 1, "processed": 10}), "grant_rate", keep_conflicts=True
    )
    assert row["estimate"] == 0.8 and row["left_out"] == 0


def test_a_corrected_number_is_in_doubt_no_more() -> None:
    frame = report("甲", 2022, {"granted": "conflict", "partial": 1, "processed": 10})
    frame.loc[frame["row"] == "granted", "adjusted"] = 5.0
    assert one(frame, "grant_rate")["estimate"] == 0.6
    assert one(frame, "grant_rate", values="value")["reasons"] == "conflict 1"
    frame.loc[frame["row"] == "granted", "adjusted"] = np.nan
    assert one(frame, "grant_rate")["reasons"] == "no_value 1"


def test_versions_and_scopes_are_not_added_together() -> None:
    frame = panel(
        report("甲", 2022, {"new": 10}),
        report("甲", 2022, {"new": 99}, scope="consolidated"),
        report("乙", 2022, {"new": 40}, scope="consolidated"),
        report("乙", 2022, {"new": 41}, scope="consolidated", preferred=False),
    )
    row = one(frame, "requests_new")
    assert (row["estimate"], row["reasons"]) == (50, "duplicate_version 1; other_scope 1")
    apart = indicators.compute(frame, ["requests_new"], by=["scope"])
    assert apart[["scope", "estimate"]].values.tolist() == [["consolidated", 139], ["own_office", 10]]


def test_one_agency_under_two_names_counts_once() -> None:
    frame = panel(
        report("洪泽县人民政府", 2016, {"new": 10, "carried_in": 1}, agency_id="P320829"),
        report("洪泽区人民政府", 2016, {"new": 100}, agency_id="P320829"),
        report("洪泽区人民政府", 2017, {"new": 11}, agency_id="P320829"),
    )
    row = indicators.compute(frame, ["requests_new"]).iloc[0]
    assert row[["estimate", "reports", "agencies", "left_out", "reasons"]].tolist() == [
        10, 1, 1, 1, "duplicate_version 1",
    ]  # fmt: skip
    assert indicators.left_out(frame, ["requests_new"])["agency"].tolist() == ["洪泽区人民政府"]
    growth = indicators.compute(frame, ["requests_growth"])
    assert growth.loc[growth["year"] == 2017, "estimate"].item() == pytest.approx(0.1)
    assert indicators.compute(frame, ["requests_new"], agency="agency").iloc[0]["estimate"] == 110


def test_agencies_of_one_name_are_several_where_their_files_lie_in_several_places() -> None:
    name, files = "鼓楼区人民政府", ["2022/南京市/a.md", "2022/徐州市/a.md"]
    frame = panel(*(report(name, 2022, {"new": 10}, file=file, report_id=file) for file in files))
    row = one(frame, "requests_new")
    assert row[["estimate", "agencies", "left_out"]].tolist() == [20, 2, 0]
    known = indicators.with_agencies(frame)
    assert known.reports["agency_id"].tolist() == ["P320106", "P320302"]
    assert one(known, "requests_new")["agencies"] == 2


def test_a_group_nobody_knows_is_named() -> None:
    frame = panel(report("甲", 2022, DECIDED, region="A"), report("乙", 2022, DECIDED, region=None))
    assert indicators.compute(frame, ["backlog"], by="region")["region"].tolist() == ["A"]
    assert indicators.left_out(frame, ["backlog"], by="region")["reason"].tolist() == ["group_unknown"]


def test_an_agency_is_who_it_is_in_every_spelling() -> None:
    frame = panel(report("甲局", 2021, {"new": 10}, agency_id="P1"), report("甲委", 2022, {"new": 12}, agency_id="P1"))
    assert one(frame, "requests_growth", by=())["estimate"] == pytest.approx(0.2)
    assert one(frame, "requests_growth", by=(), agency="agency")["reasons"] == "no_previous_year 2"
    unknown = frame.assign(agency_id=None, agency="乙")  # unresolved: the printed name
    assert one(unknown, "requests_growth", by=())["estimate"] == pytest.approx(0.2)
    nobody = frame.assign(agency_id=None, agency="")
    assert one(nobody, "requests_growth", by=())["reasons"] == "no_previous_year 2"


def test_what_differs_within_a_report_is_refused() -> None:
    frame = report("甲", 2022, DECIDED)
    frame["region"] = ["A"] * (len(frame) - 1) + ["B"]
    with pytest.raises(UsageError, match="'region' differs within a report"):
        indicators.compute(frame, ["backlog"])
    with pytest.raises(UsageError, match="made of 'value'"):
        indicators.compute(indicators.wide(report("甲", 2022, DECIDED), values="value"), ["backlog"])


def test_a_year_nobody_states() -> None:
    frame = panel(report("甲", 2022, DECIDED), report("乙", 2022, DECIDED).assign(report_id="b", year=None))
    frame = frame.astype({"year": "Int32"})
    assert indicators.compute(frame)["year"].unique().tolist() == [2022]
    assert set(indicators.left_out(frame, ["backlog"])["reason"]) == {"group_unknown"}
    assert one(frame, "backlog", by=())["reports"] == 2


@pytest.mark.parametrize("by", [("year",), ()])
def test_no_reports_are_no_rows(by: tuple[str, ...]) -> None:
    nothing = report("甲", 2022, DECIDED).iloc[:0]
    made = indicators.compute(nothing, by=by)
    assert made.empty and made.columns[-1] == "synthetic"
    assert indicators.series(nothing, ["grant_rate"]).empty and indicators.left_out(nothing).empty


def test_blanks_by_policy() -> None:
    cells = {f"requests.granted.{c}": v for c, v in {"natural_person": 4, "business": 1}.items()}
    blank = dict.fromkeys(("research", "public_interest", "legal_service", "other_org"))
    cells |= {f"requests.granted.{c}": v for c, v in blank.items()} | {"requests.new.business": None}
    frame = report("甲", 2022, {"granted": None, "partial": 0, "processed": 10}, cells=cells)
    assert {p: one(frame, "grant_rate", blanks=p)["left_out"] for p in POLICIES} == {
        "as_zero_if_proved": 1, "as_zero": 0, "as_missing": 1,
    }  # fmt: skip
    cells |= dict.fromkeys((f"requests.granted.{c}" for c in blank), 0)
    frame = report("甲", 2022, {"granted": None, "partial": 0, "processed": 10}, cells=cells)
    assert one(frame, "grant_rate", blanks="as_determined")["estimate"] == 0.5  # 4 + 1 and four zeros


@pytest.mark.parametrize("policy", POLICIES)
def test_blanks_count_as_everywhere_else(policy: str) -> None:
    frame = drawn(12, range(2020, 2023), 5, prints=("blank_zeros", "mixed", "blank_totals"))
    wide = ready(indicators.wide(frame), policy)  # type: ignore[arg-type]
    known = frame.assign(number=with_blanks(frame, policy)).set_index(["report_id", "table", "row", "column"])["number"]  # type: ignore[arg-type]
    for line, report_id in enumerate(wide.reports["report_id"]):
        mine = known.loc[report_id]
        places = [wide.at()[address] for address in mine.index]
        assert np.array_equal(wide.values[line, places], mine.to_numpy(), equal_nan=True)


def test_bounds_hold_what_blanks_could_be() -> None:
    both = panel(report("甲", 2022, DECIDED), report("乙", 2022, {"granted": None, "partial": 5, "processed": 20}))
    row = one(both, "grant_rate", bounds=True)
    assert (row["bound_low"], row["bound_high"]) == pytest.approx((55 / 120, 70 / 120))
    no_base = panel(report("甲", 2022, DECIDED), report("乙", 2022, {"granted": None, "partial": 5, "processed": None}))
    assert np.isnan(one(no_base, "grant_rate", bounds=True)["bound_low"])
