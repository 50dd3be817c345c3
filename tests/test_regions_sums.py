"""What may be added up, and a parent's report against those of its children."""

from __future__ import annotations

import pandas as pd
import pytest

from govdisclose.errors import UsageError
from govdisclose.regions import additive, attach, columns, compare_parents, expected_coverage

COLUMNS = ["report_id", "agency", "year", "scope"]


def reports(*rows: tuple[object, ...], **more: list[object]) -> pd.DataFrame:
    return attach(pd.DataFrame(rows, columns=COLUMNS).assign(**more))


FAMILY = reports(
    ("city", "淮安市人民政府", 2022, "consolidated"),
    ("office", "淮安市人民政府", 2022, "own_office"),
    ("county", "洪泽区人民政府", 2022, "consolidated"),
    ("bureau", "淮安市洪泽区教育局", 2022, "unknown"),
    ("town", "洪泽区朱坝街道办事处", 2022, "own_office"),
    ("tax", "国家税务总局淮安市税务局", 2022, "unknown"),
    ("other", "宿迁市教育局", 2022, "unknown"),
    ("before", "洪泽县人民政府", 2015, "consolidated"),
)


def reasons(found: pd.DataFrame) -> dict[str, str]:
    return dict(zip(found["report_id"], found["reason"].fillna("counted"), strict=True))


def test_a_consolidated_report_stands_for_all_below_it() -> None:
    found = additive(FAMILY)
    assert list(found) == [c["name"] for c in columns() if c["table"] == "additive"]
    assert reasons(found) == {
        "city": "counted",
        "office": "other_scope",
        "county": "within",
        "bureau": "within",
        "town": "within",
        "tax": "counted",  # its own system's, not the city's
        "other": "counted",
        "before": "counted",
    }
    assert found.set_index("report_id").loc["town", "instead"] == "city"
    assert (found["counted"] == found["reason"].isna()).all()


def test_own_offices_are_added_without_any_consolidated_report() -> None:
    assert reasons(additive(FAMILY, "own_office")) == {
        "city": "other_scope",
        "office": "counted",
        "county": "consolidated",
        "bureau": "counted",
        "town": "counted",
        "tax": "counted",
        "other": "counted",
        "before": "consolidated",
    }


def test_one_agency_under_two_spellings_counts_once() -> None:
    found = additive(
        reports(
            ("a", "洪泽区人民政府", 2022, "unknown"), ("b", "淮安市洪泽区人民政府", 2022, "unknown"), n_numbers=[5, 90]
        )
    )
    assert reasons(found) == {"a": "other_file", "b": "counted"}
    assert found["instead"].fillna("").tolist() == ["b", ""]


def test_what_cannot_count_says_so() -> None:
    frame = reports(
        ("a", "洪泽区人民政府", 2022, "unknown"),
        ("b", "洪泽区人民政府", 2022, "unknown"),
        ("c", "洪泽区人民政府", None, "unknown"),
        ("d", None, 2022, "unknown"),
        preferred=[True, False, True, True],
        error_type=["", "", "", ""],
    )
    assert reasons(additive(frame)) == {"a": "counted", "b": "not_preferred", "c": "no_year", "d": "no_agency"}
    frame["error_type"] = ["UnreadableFile", "", None, ""]
    assert reasons(additive(frame))["a"] == "unread"


def test_agencies_that_are_not_resolved_are_told_apart_by_name() -> None:
    frame = reports(("a", "鼓楼区教育局", 2022, "unknown"), ("b", "鼓楼区财政局", 2022, "own_office"))
    assert additive(frame)["counted"].tolist() == [True, True]


def test_sums_need_to_know_who_is_who() -> None:
    with pytest.raises(UsageError, match="no column agency_id, parent"):
        additive(FAMILY[COLUMNS])
    with pytest.raises(UsageError, match="choose from: consolidated, own_office"):
        additive(FAMILY, "both")  # type: ignore[arg-type]


# --- parents and children ---------------------------------------------------------------------------------------------

COUNTIES = ["清江浦区", "淮阴区", "淮安区", "洪泽区", "涟水县", "盱眙县", "金湖县"]


def panel(values: dict[str, float | None], row: str = "new") -> pd.DataFrame:
    cell = {"table": "requests", "row": row, "column": "total"}
    return pd.DataFrame([{"report_id": report, **cell, "value": value} for report, value in values.items()])


def city_and(counties: list[str]) -> pd.DataFrame:
    rows = [(name, f"淮安市{name}人民政府", 2022, "consolidated") for name in counties]
    return reports(("city", "淮安市人民政府", 2022, "consolidated"), *rows)


def test_all_children_reported_and_the_parent_holds_them() -> None:
    found = compare_parents(panel({"city": 80, **dict.fromkeys(COUNTIES, 10)}), city_and(COUNTIES))
    assert list(found) == [c["name"] for c in columns() if c["table"] == "parents"]
    row = found.iloc[0]
    assert [row[k] for k in ("low", "high", "n_reported", "n_expected", "state")] == [70, 70, 7, 7, "holds"]
    assert found[["severity", "message_zh"]].isna().all(axis=None)


def test_missing_and_blank_children_leave_the_sum_open() -> None:
    values = {"city": 80, **dict.fromkeys(COUNTIES[:3], 10)}
    row = compare_parents(panel(values), city_and(COUNTIES[:3])).iloc[0]
    assert [row[k] for k in ("low", "n_reported", "n_expected", "state")] == [30, 3, 7, "undetermined"]
    assert pd.isna(row["high"])
    row = compare_parents(panel({"city": 80, **dict.fromkeys(COUNTIES, 10), "洪泽区": None}), city_and(COUNTIES)).iloc[
        0
    ]
    assert [row[k] for k in ("low", "n_reported", "n_blank", "state")] == [60, 7, 1, "undetermined"]


def test_a_parent_below_its_children_is_a_warning_even_where_some_are_missing() -> None:
    values = {"city": 25, **dict.fromkeys(COUNTIES[:3], 10)}
    row = compare_parents(panel(values), city_and(COUNTIES[:3])).iloc[0]
    assert (row["state"], row["severity"]) == ("fails", "warning")
    assert row["message_en"] == (
        "2022 requests.new.total: the consolidated report has 25, the 3 agencies under it add up to 30"
    )
    assert "25" in row["message_zh"] and "30" in row["message_zh"]


def test_a_parent_without_a_number_tells_nothing() -> None:
    row = compare_parents(panel({"city": None, "洪泽区": 10}), city_and(["洪泽区"])).iloc[0]
    assert row["state"] == "undetermined" and pd.isna(row["value"])


def test_a_child_counts_once_and_grandchildren_and_vertical_organs_do_not() -> None:
    values = dict.fromkeys(FAMILY["report_id"], 10.0) | {"city": 100.0}
    found = compare_parents(panel(values), FAMILY).set_index("parent")
    assert found.loc["P320800", ["n_reported", "low"]].tolist() == [1, 10]  # the county alone
    assert found.loc["P320829", ["n_reported", "low"]].tolist() == [2, 20]  # its bureau and its street office
    assert "P321300" not in found.index  # no consolidated report


def test_the_list_of_who_should_report_tells_what_is_complete() -> None:
    frame = city_and(COUNTIES[:3])
    lines = [(f"淮安市{name}人民政府", 2020, 2025, "", "") for name in COUNTIES[:4]]
    expected = pd.DataFrame(lines, columns=["agency", "from_year", "to_year", "scope", "note"])
    found = compare_parents(
        panel({"city": 80, **dict.fromkeys(COUNTIES[:3], 10)}), frame, expected=expected_coverage(frame, expected)
    )
    assert found[["n_reported", "n_expected"]].values.tolist() == [[3, 4]]


def test_cells_may_be_chosen_and_categories_do_not_multiply() -> None:
    cells = pd.concat([panel({"city": 80, "洪泽区": 10}), panel({"city": 8, "洪泽区": 1}, "granted")])
    cells = cells.astype(dict.fromkeys(["report_id", "table", "row", "column"], "category"))
    frame = city_and(["洪泽区"])
    assert len(compare_parents(cells, frame)) == 2
    found = compare_parents(cells, frame, addresses=[("requests", "granted", "total")])
    assert found["row"].tolist() == ["granted"]
    assert compare_parents(cells.iloc[:0], frame).empty
