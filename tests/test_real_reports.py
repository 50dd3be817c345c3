"""Every real report with its truth: each cell, value and state, agency and year."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lxml import html
from rounds import compare
from truth import Truth, all_truths

from govdisclose.model import Cell
from govdisclose.report import Report, read


@pytest.fixture(scope="session")
def truths(reports_dir: Path) -> list[Truth]:
    return all_truths(reports_dir)


@pytest.fixture(scope="session")
def readings(truths: list[Truth]) -> dict[Path, Report]:
    return {truth.report: read(truth.report) for truth in truths}


def _wrong(truth: Truth, cells: tuple[Cell, ...]) -> list[str]:
    inside = tuple(c for c in cells if c.key in truth.cells)
    count = compare(truth.cells, inside)
    return [] if count.exact else count.examples


def test_every_cell_is_as_printed(truths: list[Truth], readings: dict[Path, Report]) -> None:
    wrong = {t.report.name: w for t in truths if (w := _wrong(t, readings[t.report].cell_records))}
    assert not wrong
    assert sum(len(t.cells) for t in truths) > 1600


def test_whole_reports_have_no_cell_beyond_the_truth(truths: list[Truth], readings: dict[Path, Report]) -> None:
    for truth in truths:
        if not truth.partial:
            beyond = [c.key for c in readings[truth.report].cell_records if c.key not in truth.cells]
            assert not beyond, truth.report.name


def test_no_value_where_none_can_be_recovered(truths: list[Truth], readings: dict[Path, Report]) -> None:
    tables = [(t, name) for t in truths for name in t.no_values_in]
    assert tables
    for truth, name in tables:
        cells = [c for c in readings[truth.report].cell_records if c.table == name]
        assert cells and all(c.value is None and c.state != "number" for c in cells), truth.report.name


def test_agency_and_year(truths: list[Truth], readings: dict[Path, Report]) -> None:
    got = {t.report.name: (readings[t.report].agency, readings[t.report].year) for t in truths}
    assert got == {t.report.name: (t.agency, t.year) for t in truths}


def test_published(truths: list[Truth], readings: dict[Path, Report]) -> None:
    dated = [t for t in truths if t.published]
    assert dated
    assert [readings[t.report].published for t in dated] == [t.published for t in dated]


def test_units_of_money(truths: list[Truth], readings: dict[Path, Report]) -> None:
    for truth in truths:
        cells = {c.key: c for c in readings[truth.report].cell_records}
        for address, unit in truth.units.items():
            if truth.cells[address][1] == "number":
                assert cells[address].unit == unit, (truth.report.name, address)


def test_every_number_of_a_pdf_has_a_box_that_holds_it(truths: list[Truth], readings: dict[Path, Report]) -> None:
    pdfs = [t for t in truths if t.report.suffix == ".pdf"]
    for truth in pdfs:
        for cell in readings[truth.report].cell_records:
            if cell.state == "number":
                assert cell.box is not None and cell.page == cell.box.page
                assert cell.box.x0 < cell.box.x1 and cell.box.y0 < cell.box.y1


# --- ways in which a reader could pass by luck ------------------------------------------------


def _shuffled(page: Path, target: Path, *, headers: bool) -> None:
    """A copy of a web page with two value columns of the largest table exchanged."""
    tree = html.fromstring(page.read_bytes())
    table = max(tree.iter("table"), key=lambda t: len(list(t.iter("tr"))))
    for row in table.iter("tr"):
        cells = [c for c in row if c.tag in ("td", "th")]
        texts = ["".join(c.itertext()).strip() for c in cells]
        if len(cells) == 5 and headers and texts[0].startswith("商业"):
            first, second = cells[0], cells[1]
        elif len(cells) >= 8 and texts[-8] and not texts[-8].isdigit():
            first, second = cells[-6], cells[-5]
        else:
            continue
        a, b = list(first), list(second)
        at, bt = first.text, second.text
        for child in (*a, *b):
            child.getparent().remove(child)
        first.extend(b)
        second.extend(a)
        first.text, second.text = bt, at
    target.write_bytes(html.tostring(tree, encoding="utf-8"))


def _shanghai(truths: list[Truth]) -> Truth:
    return next(t for t in truths if "shanghai" in t.report.name)


def test_shuffled_values_turn_the_comparison_red(truths: list[Truth], tmp_path: Path) -> None:
    truth = _shanghai(truths)
    _shuffled(truth.report, tmp_path / "page.html", headers=False)
    wrong = _wrong(truth, read(tmp_path / "page.html").cell_records)
    assert len(wrong) >= 10


def test_columns_shuffled_with_their_headers_are_followed(truths: list[Truth], tmp_path: Path) -> None:
    truth = _shanghai(truths)
    _shuffled(truth.report, tmp_path / "page.html", headers=True)
    report = read(tmp_path / "page.html")
    assert not _wrong(truth, report.cell_records)
    assert "columns_out_of_order" in {f.relation for f in report.finding_records}


def test_the_comparison_sees_every_kind_of_error(truths: list[Truth], readings: dict[Path, Report]) -> None:
    truth = _shanghai(truths)
    cells = list(readings[truth.report].cell_records)
    rng = random.Random(5)
    for _ in range(50):
        at = rng.randrange(len(cells))
        cell = cells[at]
        value = None if cell.value is not None else 0
        spoilt = cell._replace(value=value, state="number" if value == 0 else "blank")
        assert _wrong(truth, (*cells[:at], spoilt, *cells[at + 1 :]))
    assert _wrong(truth, tuple(cells[1:]))
