"""The synthetic panel: all that is planted is found, nothing is invented, and what is invented says so."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from govdisclose import indicators, load, load_table, regions
from govdisclose.errors import UsageError
from govdisclose.synthesis import MARK, Panel, is_synthetic, write_panel
from govdisclose.synthesis.planting import FAULTS


@pytest.fixture(scope="session")
def findings(dataset: Path) -> pd.DataFrame:
    """Findings of the panel with agency and year."""
    reports = load_table(dataset, "reports").set_index("report_id")
    found = load_table(dataset, "findings")
    return found.assign(
        agency=found["report_id"].astype(str).map(reports["agency"]),
        year=found["report_id"].astype(str).map(reports["year"]).astype(int),
    )


def kinds(panel: Panel, *names: str) -> list[tuple[str, int]]:
    return [(p.agency, p.year) for p in panel.planted if p.kind in names]


def test_every_kind_is_planted(panel: Panel) -> None:
    other = {"missing", "renamed", "unknown_label", "copied", "treated", "heaped", "effect", "break"}
    assert {p.kind for p in panel.planted} == other | set(FAULTS)


def test_what_was_planted_is_written_down(panel: Panel) -> None:
    lines = list(csv.DictReader(panel.truth.read_text(encoding="utf-8").splitlines()))
    assert [line["kind"] for line in lines] == [p.kind for p in panel.planted]
    assert [line["year"] for line in lines] == [str(p.year) for p in panel.planted]


def test_every_planted_fault_is_found(panel: Panel, findings: pd.DataFrame) -> None:
    told = set(zip(findings["agency"], findings["year"], findings["relation"].astype(str), strict=True))
    asked = [p for p in panel.planted if p.relation]
    assert len(asked) > len(FAULTS)
    assert [p for p in asked if (p.agency, p.year, p.relation) not in told] == []


def test_no_fault_is_found_that_was_not_planted(panel: Panel, findings: pd.DataFrame) -> None:
    planted = {(p.agency, p.year) for p in panel.planted if p.relation}
    planted |= {(p.agency, p.year + 1) for p in panel.planted if p.kind == "carry"}
    grave = findings[findings["severity"] != "notice"]
    told = zip(grave["agency"], grave["year"], grave["relation"].astype(str), strict=True)
    assert [one for one in told if one[:2] not in planted] == []


def test_reports_are_missing_and_an_agency_is_renamed_as_told(panel: Panel, dataset: Path) -> None:
    reports = load_table(dataset, "reports")
    there = set(zip(reports["agency"], reports["year"].astype(int), strict=True))
    assert len(there) == len(panel.files) == 20 * 6 - len(kinds(panel, "missing"))
    assert not there & set(kinds(panel, "missing"))
    assert [year for _, year in kinds(panel, "missing")].count(2024) >= 2
    (renamed,) = [p for p in panel.planted if p.kind == "renamed"]
    assert {y for a, y in there if a == renamed.was} == set(range(2019, 2024))
    assert {y for a, y in there if a == renamed.now} == {2024}


def test_the_agencies_can_be_placed(panel: Panel, dataset: Path) -> None:
    placed = regions.attach(load_table(dataset, "reports"), overrides=panel.agencies)
    assert placed["province"].nunique() == 10
    assert placed["agency_id"].notna().all() and placed["agency_id"].nunique() == 20
    assert {"prefecture", "county"} <= set(placed["level"]) and {"government", "department"} <= set(placed["kind"])


def test_the_planted_effect_is_recovered_within_its_interval(panel: Panel, dataset: Path) -> None:
    """The change in the treated less that in the others, against what was planted."""
    (effect,) = [p for p in panel.planted if p.kind == "effect"]
    treated = {agency for agency, _ in kinds(panel, "treated")}
    (renamed,) = [p for p in panel.planted if p.kind == "renamed"]
    treated |= {renamed.now} if renamed.was in treated else set()
    cells = load(dataset, tables="requests")
    cells = cells.assign(
        group=cells["agency"].isin(treated).map({True: "treated", False: "others"}),
        after=cells["year"] >= effect.year,
    )
    found = indicators.compute(cells, ["grant_rate"], by=["group", "after"]).set_index(["group", "after"])
    rate, half = found["estimate"], (found["high"] - found["low"]) / 2
    change = rate["treated", True] - rate["treated", False] - (rate["others", True] - rate["others", False])
    planted = float(effect.now) - float(effect.was)
    assert planted < -0.1
    assert abs(change - planted) < (half**2).sum() ** 0.5
    assert change + (half**2).sum() ** 0.5 < 0


def test_the_planted_break_is_a_change_of_definition(panel: Panel, dataset: Path) -> None:
    (change,) = [p for p in panel.planted if p.kind == "break"]
    found = indicators.compute(load(dataset), ["normative_new"]).dropna(subset="estimate")
    assert set(found.loc[found["year"] < change.year, "segment"]) == {"2019"}
    assert set(found.loc[found["year"] >= change.year, "segment"]) == {"2021"}


def test_the_seed_decides(tmp_path: Path) -> None:
    def bytes_of(folder: str, seed: int) -> dict[str, bytes]:
        panel = write_panel(tmp_path / folder, seed, agencies=4, years=[2022, 2023])
        paths = [*panel.files, panel.truth, panel.agencies]
        return {str(path.relative_to(tmp_path / folder)): path.read_bytes() for path in paths}

    first = bytes_of("a", 1)
    assert first == bytes_of("b", 1) != bytes_of("c", 2)


def test_a_panel_of_one_report(tmp_path: Path) -> None:
    panel = write_panel(tmp_path, agencies=1, years=[2024])
    assert [path.name for path in panel.files] == ["样本甲市人民政府.html"]
    assert MARK in panel.files[0].read_text(encoding="utf-8")


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    for agencies, years in ((0, [2022]), (2, []), (2, [2020, 2022])):
        with pytest.raises(UsageError, match=f"agencies={agencies}"):
            write_panel(tmp_path, agencies=agencies, years=years)
    with pytest.raises(UsageError, match="no form for 2010"):
        write_panel(tmp_path, agencies=1, years=[2010])


def test_invented_data_say_so(dataset: Path) -> None:
    assert is_synthetic(dataset) and is_synthetic(str(dataset)) and is_synthetic(load(dataset, years=2024))
    assert is_synthetic(load_table(dataset, "sections"))
    plain = pd.DataFrame({"agency": ["某县教育局", None], "estimate": [0.1, 0.2]})
    assert not is_synthetic(plain)
    assert is_synthetic(plain.assign(synthetic=[False, True]))
    assert is_synthetic(plain.assign(title=f"{MARK} 年度报告"))
    plain.attrs["synthetic"] = True
    assert is_synthetic(plain)
