"""Evidence, fault and findings of one report and of two years: nothing proved that could hide an error."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from rounds import draw_case

from govdisclose.checks import Examined, compare_years, examine, is_certain
from govdisclose.forms import load
from govdisclose.model import Cell, TableForm
from govdisclose.report import Report, read
from govdisclose.synthesis import draw_panel, draw_report
from govdisclose.typeset import Draft, Layout, write

FORMS = load()
LAYOUT = Layout("html")


def typeset(draft: Draft, folder: Path) -> Report:
    return read(write(draft, LAYOUT, folder / "report.html"))


def drawn(folder: Path, prints: str = "numbers", seed: int = 1, size: float = 400) -> Report:
    draft = draw_report(
        random.Random(seed), form="2021", year=2023, agency="样本市人民政府", size=size, prints=prints  # type: ignore[arg-type]
    )  # fmt: skip
    return typeset(draft, folder)


def examined(report: Report, cells: list[Cell]) -> Examined:
    bare = [c._replace(evidence="read") for c in cells]
    return examine(bare, report.form, FORMS)


@pytest.mark.parametrize("prints", ["numbers", "blank_zeros", "dash_zeros", "mixed", "blank_totals"])
def test_no_misreading_of_a_proved_cell_goes_unnoticed(prints: str, tmp_path: Path) -> None:
    report = drawn(tmp_path, prints)
    cells = list(report.cell_records)
    before = Counter(f.relation for f in report.finding_records)
    proved = [i for i, c in enumerate(cells) if c.evidence == "proved"]
    assert proved if prints != "blank_totals" else True
    rng = random.Random(3)
    for at in rng.sample(proved, min(60, len(proved))):
        cell = cells[at]
        for value in (None, 0, 1, (cell.value or 0) + 1, (cell.value or 0) * 10 + 3):
            if value == cell.value:
                continue
            spoilt = cell._replace(value=value, state="blank" if value is None else "number")
            after = examined(report, [*cells[:at], spoilt, *cells[at + 1 :]])
            told = Counter(f.relation for f in after.findings)
            assert told - before or any(
                cell.key in f.cells for f in after.findings if f.relation in ("lone_blank", "blank_not_zero")
            ), (cell.key, cell.value, value)


def test_a_full_table_is_proved_whole(tmp_path: Path) -> None:
    report = drawn(tmp_path)
    evidence = Counter((c.table, c.evidence) for c in report.cell_records)
    assert evidence == {("requests", "proved"): 175, ("remedies", "proved"): 15, ("proactive", "read"): 10}


def test_an_uncertain_place_proves_nothing(tmp_path: Path) -> None:
    cells = [c._replace(address="row=exact;column=position") for c in drawn(tmp_path).cell_records]
    again = examine(cells, {"requests": TableForm("2021")}, FORMS)
    assert not any(c.evidence == "proved" for c in again.cells)
    assert not is_certain(cells[0]._replace(address="row=fuzzy:0.80;column=header"))
    assert is_certain(cells[0]._replace(address="row=exact+number;column=header"))


def test_what_the_source_prints_wrong_is_its_own_fault(tmp_path: Path) -> None:
    report = drawn(tmp_path)
    cells = [
        c._replace(value=0, raw="0") if c.key == ("requests", "processed", "total") else c for c in report.cell_records
    ]
    told = examined(report, cells)
    errors = [f for f in told.findings if f.severity == "error"]
    assert {f.fault for f in errors} == {"source"} and len(errors) == 3
    assert not any(c.evidence == "conflict" for c in told.cells)
    blame = told.blame["requests"]
    assert blame.unique and blame.explanations[0].cells == (("requests", "processed", "total"),)


def test_a_doubtful_reading_is_in_conflict(tmp_path: Path) -> None:
    report = drawn(tmp_path)
    wrong = ("requests", "granted", "natural_person")
    cells = [
        c._replace(value=(c.value or 0) + 9, address="row=exact;column=position") if c.key == wrong else c
        for c in report.cell_records
    ]
    told = examined(report, cells)
    assert {f.fault for f in told.findings if f.severity == "error"} == {"reading"}
    assert wrong in {c.key for c in told.cells if c.evidence == "conflict"}
    undecided = examine(list(report.cell_records), report.form, FORMS, beyond_doubt=False)
    assert not [f for f in undecided.findings if f.severity == "error"]


def test_clean_reports_have_no_error(tmp_path: Path) -> None:
    for seed in range(25):
        draft, _ = draw_case(seed, "html")
        report = typeset(draft, tmp_path)
        assert not [f for f in report.finding_records if f.severity == "error"], seed


# --- across years -----------------------------------------------------------------------------


def years(tmp_path: Path) -> tuple[Report, Report]:
    last, this = draw_panel(1, range(2022, 2024), seed=4)
    (tmp_path / "last").mkdir()
    return typeset(this, tmp_path), typeset(last, tmp_path / "last")


def test_two_years_close(tmp_path: Path) -> None:
    this, last = years(tmp_path)
    results, findings = compare_years(this.cell_records, last.cell_records, this.form, last.form, FORMS)
    assert Counter(r.state for r in results) == {"holds": 9} and not findings


def test_a_break_between_years_is_told_and_a_remark_softens_it(tmp_path: Path) -> None:
    this, last = years(tmp_path)

    def change(key: tuple[str, str, str], raw: str) -> list[Cell]:
        return [c._replace(value=(c.value or 0) + 5, raw=raw) if c.key == key else c for c in this.cell_records]

    carried = change(("requests", "carried_in", "total"), "77")
    _, findings = compare_years(carried, last.cell_records, this.form, last.form, FORMS)
    assert [(f.relation, f.severity) for f in findings] == [("requests_carry", "error")]
    stock = change(("proactive", "normative_documents", "repealed"), "22（其中修订16件）")
    _, findings = compare_years(stock, last.cell_records, this.form, last.form, FORMS)
    assert [(f.relation, f.severity) for f in findings] == [("normative_stock", "notice")]


# --- the real reports -------------------------------------------------------------------------


def test_the_source_faults_of_hongze_are_found_and_nothing_else(reports_dir: Path) -> None:
    this, last = (read(reports_dir / f"hongze-district-{y}.pdf") for y in (2024, 2023))
    errors = [f for f in last.finding_records if f.severity == "error"]
    assert [(f.relation, f.expected, f.actual, f.fault) for f in errors] == [
        ("remedies_total", 11, 0, "source"),
        ("remedies_total", 5, 0, "source"),
    ]
    assert not [f for f in this.finding_records if f.severity == "error"]
    results, findings = compare_years(this.cell_records, last.cell_records, this.form, last.form, FORMS)
    assert {r.state for r in results} == {"holds"} and len(results) == 9 and not findings


def test_blank_totals_are_derivable_and_stay_blank(reports_dir: Path) -> None:
    report = read(reports_dir / "shanghai-general-office-2019.html")
    columns = [r for r in report.relation_records if r.relation in ("requests_outcomes", "requests_balance")]
    assert all(r.state == "holds" for r in columns if r.at != "total")
    total = {c.key: c for c in report.cell_records}["requests", "granted", "total"]
    assert (total.value, total.state) == (None, "blank")
    assert not [f for f in report.finding_records if f.severity == "error"]
