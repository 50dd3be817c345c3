"""Indicators over forms and years, effects planted in synthetic panels (合成数据), the catalogue, datasets on disk."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from indicator_panels import DECIDED, drawn, panel, report

import govdisclose as gd
from govdisclose import indicators
from govdisclose.errors import FormError, UsageError
from govdisclose.indicators import definitions

ROOT = Path(__file__).resolve().parents[1]

# --- forms and years --------------------------------------------------------------------------------------------------

SINGLE = {row: value for row, value in DECIDED.items() if not row.startswith("other_")} | {"other_single": 7}


def test_other_processing_is_one_row_or_three() -> None:
    both = panel(report("甲", 2020, SINGLE), report("乙", 2022, DECIDED), report("丙", 2022, SINGLE))
    made = indicators.compute(both, ["outcome_other", "grant_rate_d2"])
    assert made["estimate"].tolist() == pytest.approx([0.07, 0.07, 50 / 85, 50 / 85]) and (made["segment"] == "").all()


OLD = {f"proactive.normative_documents.{c}": v for c, v in (("made", 10), ("disclosed", 8), ("total_disclosed", 90))}
NEW = {f"proactive.normative_documents.{c}": v for c, v in (("issued", 6), ("repealed", 2), ("effective", 30))}


def test_definitions_go_by_the_form_a_report_prints_not_by_its_year() -> None:
    frame = panel(
        report("甲", 2021, DECIDED, cells=NEW),
        report("乙", 2021, DECIDED, cells=OLD),  # the 2021 table three with the 2019 table two
        report("丙", 2021, DECIDED, cells={"proactive.normative_documents.issued": None}),
        report("丁", 2021, DECIDED),
    )
    made = indicators.compute(frame, ["normative_new", "grant_rate", "normative_issued"])
    assert made[["segment", "indicator", "estimate", "reports", "reasons"]].values.tolist() == [
        ["2019", "normative_new", 10, 1, ""],
        ["2021", "normative_new", 6, 1, "blank 1; table_absent 1"],
        ["", "grant_rate", 0.5, 4, ""],
        ["", "normative_issued", 6, 1, "blank 1; not_comparable 1; table_absent 1"],
    ]


def test_a_series_breaks_where_its_definition_does() -> None:
    """Planted: a stock of 90 that would read as 30 if the forms were joined."""
    frame = panel(*(report(a, y, DECIDED, cells=OLD if y < 2021 else NEW) for a in "甲乙丙" for y in range(2019, 2023)))
    made = indicators.series(frame, ["normative_stock", "normative_growth"], replicates=50)
    stock = made[made["indicator"] == "normative_stock"]
    assert stock["segment"].tolist() == ["2019", "2019", "2021", "2021"]
    assert stock["change"].tolist() == pytest.approx([np.nan, 0, np.nan, 0], nan_ok=True)
    assert stock["change_reason"].tolist() == ["first_year", "", "definition_changed", ""]
    growth = made[made["indicator"] == "normative_growth"].set_index("year")
    assert np.isnan(growth.loc[2021, "estimate"]) and growth.loc[2021, "reasons"] == "definition_changed 3"
    assert growth.loc[[2020, 2022], "estimate"].tolist() == [0, 0]


def test_growth_is_among_agencies_of_both_years() -> None:
    years = {("甲", 2021): 10, ("甲", 2022): 15, ("乙", 2021): 30, ("乙", 2022): 33, ("丙", 2022): 500, ("丁", 2021): 9}
    frame = panel(*(report(a, y, {"new": n}) for (a, y), n in years.items()))
    made = indicators.compute(frame, ["requests_growth"]).set_index("year")
    assert made.loc[2022, ["estimate", "reports", "reasons"]].tolist() == [8 / 40, 2, "no_previous_year 1"]
    change = indicators.series(frame, ["requests_new"]).set_index("year").loc[2022]
    assert change[["estimate", "change", "change_unit", "change_agencies"]].tolist() == [548, 20, "percent", 2]


def test_a_rate_changes_among_agencies_that_have_one_in_both_years() -> None:
    cases = {"甲": ((50, 100), (60, 100)), "乙": ((0, 0), (10, 10)), "丙": ((1, 10), (0, 0))}
    frame = panel(
        *(
            report(agency, 2021 + i, {"granted": granted, "partial": 0, "processed": processed})
            for agency, years in cases.items()
            for i, (granted, processed) in enumerate(years)
        )
    )
    change = indicators.series(frame, "grant_rate").iloc[-1]
    assert (change["change"], change["change_agencies"], change["change_method"]) == (pytest.approx(10), 1, "none")
    grown = indicators.series(frame, "requests_processed").iloc[-1]
    assert (grown["change"], grown["change_agencies"]) == (0, 3)  # a count of nil is a count


def test_gaps_are_not_bridged() -> None:
    frame = panel(*(report("甲", y, DECIDED) for y in (2019, 2021, 2022)))
    assert indicators.series(frame, "backlog")["change_reason"].tolist() == ["first_year", "gap", ""]


def test_the_year_before_has_the_same_scope() -> None:
    frame = panel(report("甲", 2021, {"new": 9}), report("甲", 2022, {"new": 90}, scope="consolidated"))
    assert indicators.compute(frame, ["requests_growth"])["reasons"].tolist() == ["no_previous_year 1"] * 2


def test_days_after_the_statutory_deadline() -> None:
    said = {
        "甲局": ("department", "county", "2023-01-31"), "乙局": ("department", "county", "2023-02"),
        "丙县": ("government", "county", "2023-03"), "丁县": ("government", "county", "2023-04-10"),
        "戊镇": ("government", "township", "2023-01-05"), "己局": ("department", "county", ""),
        "庚县": ("government", "county", "2023-03-21"),
    }  # fmt: skip
    frame = panel(*(report(a, 2022, DECIDED, kind=k, level=v, published=p) for a, (k, v, p) in said.items()))
    made = indicators.compute(frame, ["timeliness"]).set_index("indicator")
    assert made.loc["on_time_share", ["estimate", "n", "reasons"]].tolist() == [
        3 / 5,
        5,
        "date_unknown 1; not_applicable 1",
    ]
    assert made.loc["days_after_deadline", ["estimate", "n", "unit"]].tolist() == [0, 3, "days"]  # 0, 10 and -10
    bare = frame.drop(columns=["kind", "level"])
    assert indicators.compute(bare, ["on_time_share"])["reasons"].item() == "not_applicable 7"


# --- planted ----------------------------------------------------------------------------------------------------------


def test_a_planted_effect_is_found_within_its_interval() -> None:
    """From 2023 on half of what was granted is refused instead: the rates fall by half the share granted in full."""
    frame = drawn(60, range(2021, 2024), 11)
    wide = indicators.wide(frame)
    at, late = wide.at(), (wide.reports["year"] >= 2023).to_numpy()
    granted, refused = (at["requests", row, "total"] for row in ("granted", "refused_process"))
    moved = np.where(late, np.floor(wide.values[:, granted] / 2), 0.0)
    before = wide.values[late][:, [granted, at["requests", "processed", "total"]]].sum(axis=0)
    wide.values[:, granted] -= moved
    wide.values[:, refused] += moved
    effect = -100 * moved.sum() / before[1]
    made = indicators.series(wide, ["grant_rate", "refusal_share", "backlog"]).set_index(["indicator", "year"])
    granted_, refused_, untouched = (made.loc[(name, 2023)] for name in ("grant_rate", "refusal_share", "backlog"))
    assert granted_["change_low"] < effect < granted_["change_high"] < 0
    assert 0 < refused_["change_low"] < -effect < refused_["change_high"]
    assert untouched["change_low"] < 0 < untouched["change_high"]
    assert made.loc[("grant_rate", 2022), "change_low"] < 0 < made.loc[("grant_rate", 2022), "change_high"]


# --- the catalogue ----------------------------------------------------------------------------------------------------


def test_every_indicator_can_be_computed_and_says_what_it_is() -> None:
    frame = drawn(3, range(2019, 2023), 1).assign(published="2022-01-03", kind="government", level="county")
    made = indicators.compute(frame, by=(), interval="none")
    listed = indicators.catalogue()
    assert made["indicator"].drop_duplicates().tolist() == listed.index.tolist() and listed.index.is_unique
    assert (made.groupby("indicator")["reports"].max() > 0).all()
    assert not (listed[["name_zh", "name_en", "caveat_zh", "caveat_en", "unit", "numerator"]] == "").any().any()
    assert set(made["unit"]) == set(listed["unit"])


def test_parts_make_a_whole() -> None:
    frame = drawn(5, range(2021, 2023), 2)
    for group in ("outcomes", "applicant_mix", "refusal_grounds", "unable_reasons", "not_processed_reasons"):
        made = indicators.compute(frame, [group], interval="none")
        assert made.groupby("year")["estimate"].sum().tolist() == pytest.approx([1, 1])


def test_names_and_mistakes() -> None:
    assert indicators.name("backlog", "en") == "Backlog" and indicators.name("outcomes", "zh") == "办理结果构成"
    frame = report("甲", 2022, DECIDED)
    with pytest.raises(UsageError, match=r"no indicator 'grant_rat'; nearest: grant_rate"):
        indicators.compute(frame, ["grant_rat"])
    with pytest.raises(UsageError, match="names no indicator"):
        indicators.compute(frame, [])
    with pytest.raises(UsageError, match="None: no data"):
        indicators.compute(None)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no indicator 'thing'"):
        indicators.name("thing")
    for words, said in (
        ({"by": "county"}, "no such column"),
        ({"by": "indicator"}, "already"),
        ({"blanks": "zero"}, "as_zero_if_proved"),
        ({"values": "raw"}, "adjusted"),
        ({"interval": "t"}, "bootstrap"),
        ({"level": 95}, "0.95"),
        ({"level": "a"}, "0.95"),
        ({"agency": "code"}, "no such column"),
        ({"replicates": 0}, "thousand"),
    ):
        with pytest.raises(UsageError, match=said):
            indicators.compute(frame, ["backlog"], **words)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="leave year out"):
        indicators.series(frame, ["backlog"], by="year")
    with pytest.raises(UsageError, match="no column state"):
        indicators.compute(frame.drop(columns="state"))
    for text in ("requests.granted", "requests.grant.total", "", "requests.new.total -"):
        with pytest.raises(FormError, match=r"indicators\.toml"):
            definitions.expand(text, gd.forms.load())


def test_the_document_is_current() -> None:
    from govdisclose.indicators.documentation import markdown

    assert (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8") == markdown(gd.forms.load())


# --- a dataset on disk ------------------------------------------------------------------------------------------------


def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark", ROOT / "benchmarks" / "indicators.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_folder_gives_what_its_panel_gives(tmp_path: Path) -> None:
    benchmark().generate(tmp_path, 60)
    ids = ["grant_rate", "normative_new", "requests_growth", "outcome_other"]
    folder = indicators.compute(tmp_path, ids, replicates=20)
    loaded = indicators.compute(gd.load(tmp_path, all_versions=True), ids, replicates=20)
    pd.testing.assert_frame_equal(folder, loaded, check_dtype=False)
    assert (folder.loc[folder["indicator"] == "grant_rate", "reports"] > 0).all()
    by_agency = indicators.compute(tmp_path, ["grant_rate"], by=["agency", "year"])
    assert set(by_agency["method"]) <= {"wilson", "none"} and len(by_agency) == 60


def test_reports_can_be_grouped_by_what_is_added_to_them(tmp_path: Path) -> None:
    benchmark().generate(tmp_path, 24)
    wide = indicators.wide(tmp_path)
    wide.reports["region"] = list(itertools.islice(itertools.cycle("AB"), 24))
    assert indicators.compute(wide, ["grant_rate"], by=["region"])["region"].tolist() == ["A", "B"]
