"""Scans: their rulings found however they are drawn, their cells read, and nothing of it loaded without need."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from rounds import compare, draw_draft, expected_of
from scan_cases import ScanCase, make_scan

from govdisclose import cli
from govdisclose.forms import load
from govdisclose.readers.pdf.lattice import Lattice
from govdisclose.readers.pdf.pages import look_at
from govdisclose.readers.pdf.rulings import ruled_tables
from govdisclose.readers.scan.cleaning import even, straightened
from govdisclose.readers.scan.rulings import find_rulings
from govdisclose.readers.scan.sheets import picture_sheets
from govdisclose.readers.scan.strokes import Style, likeness, style_of, styles_of
from govdisclose.report import read
from govdisclose.typeset import Layout, write
from govdisclose.typeset.scans import Scan, scan

needs_scan = pytest.mark.skipif(
    importlib.util.find_spec("cv2") is None or importlib.util.find_spec("rapidocr") is None,
    reason="needs the scan extra: pip install 'govdisclose[scan]'",
)
SCALE = 200 / 72


def printed_cells(table: Lattice) -> list[tuple[int, int, int, int]]:
    return sorted((cell.row, cell.col, cell.rowspan, cell.colspan) for cell in table.cells)


def page_of(lines: list[tuple[float, float, float, float]], level: int = 0, thick: float = 0.7) -> np.ndarray:
    """A white page with lines drawn, in points."""
    page = np.full((round(300 * SCALE), round(400 * SCALE)), 255, np.uint8)
    for x0, y0, x1, y1 in lines:
        left, top = round(x0 * SCALE), round(y0 * SCALE)
        right, foot = round(x1 * SCALE), round(y1 * SCALE)
        wide = max(1, round(thick * SCALE))
        page[top : max(foot, top + wide), left : max(right, left + wide)] = level
    return page


def grid(left: float = 50, right: float = 350, sides: bool = True) -> list[tuple[float, float, float, float]]:
    """Four rows and three columns, the middle ruling missing in the first row."""
    level = [(left, y, right, y) for y in (50, 80, 110, 140, 170)]
    standing = [(250, 50, 250, 170), (150, 80, 150, 170)]
    return [*level, *standing, *([(left, 50, left, 170), (right, 50, right, 170)] if sides else [])]


@needs_scan
@pytest.mark.parametrize(("level", "thick"), [(0, 0.7), (0, 2.0), (170, 0.4)], ids=["thin", "thick", "faint"])
def test_whole_rulings_are_found(level: int, thick: float) -> None:
    noise = np.random.default_rng(3).normal(0, 6, (833, 1111))
    page = np.clip(page_of(grid(), level, thick) + noise, 0, 255).astype(np.uint8)
    (table,) = ruled_tables(find_rulings(page, SCALE).drawn)
    assert len(table.cells) == 11
    assert [round(place) for place in table.columns] == pytest.approx([50, 150, 250, 350], abs=1)


@needs_scan
def test_a_standing_ruling_thinner_than_the_others_is_found_and_a_slash_in_a_low_row_is_none() -> None:
    fine = 300 / 72
    page = np.full((round(140 * fine), round(400 * fine)), 255, np.uint8)
    for y in (50, 64, 80, 110):
        page[round(y * fine) : round(y * fine) + 2, round(50 * fine) : round(350 * fine)] = 0
    for x, wide in ((50, 2), (150, 1), (250, 2), (350, 2)):
        page[round(50 * fine) : round(110 * fine), round(x * fine) : round(x * fine) + wide] = 0
    top, foot = round(52.5 * fine), round(62 * fine)
    for y in range(top, foot):
        x = round(302 * fine - 0.35 * (y - top))
        page[y, x : x + 4] = 0
    (table,) = ruled_tables(find_rulings(page, fine).drawn)
    assert [round(place) for place in table.columns] == pytest.approx([50, 150, 250, 350], abs=1)


@needs_scan
def test_a_table_open_at_its_sides_and_its_foot_keeps_its_outer_cells() -> None:
    (table,) = ruled_tables(find_rulings(page_of(grid(sides=False)), SCALE).drawn)
    assert (len(table.columns), len(table.rows)) == (4, 5)
    lines = [line for line in grid() if line[1] != 170]
    (table,) = ruled_tables(find_rulings(page_of(lines), SCALE).drawn)
    assert (len(table.columns), len(table.rows)) == (4, 5)


def numbers(columns: int, rows: int, digits: int = 1) -> tuple[list[tuple[float, float, float, float]], np.ndarray]:
    """The lines of a table of numbers without their rulings, as strokes of 5 × 8 points, and its rulings."""
    level = [(50, 40 + 20 * n, 50 + 40 * columns, 40 + 20 * n) for n in range(rows + 1)]
    standing = [(50 + 40 * n, 40, 50 + 40 * n, 40 + 20 * rows) for n in range(columns + 1)]
    page = page_of([*level, *standing])
    for row in range(rows):
        for column in range(columns):
            for digit in range(digits):
                x, y = 67 + 40 * column + 7 * digit, 46 + 20 * row
                part = page_of([(x, y, x + 5, y), (x, y + 7, x + 5, y + 7), (x, y, x, y + 8), (x + 5, y, x + 5, y + 8)])
                page = np.minimum(page, part)
    return [*level, *standing], page


@needs_scan
def test_what_the_scanner_lost_of_rulings_between_numbers_is_known_by_the_rest() -> None:
    _, page = numbers(6, 8)
    whole = ruled_tables(find_rulings(page, SCALE).drawn)
    for n, row in ((2, 1), (3, 4), (3, 5), (5, 2)):  # edges of standing rulings
        x, y = round((50 + 40 * n) * SCALE), round((40 + 20 * row) * SCALE)
        page[y + 3 : y + round(20 * SCALE) - 3, x - 3 : x + 5] = 255
    for row, column in ((2, 1), (4, 3), (4, 4), (7, 0)):  # edges of level ones
        x, y = round((50 + 40 * column) * SCALE), round((40 + 20 * row) * SCALE)
        page[y - 3 : y + 5, x + 3 : x + round(40 * SCALE) - 3] = 255
    (found,) = ruled_tables(find_rulings(page, SCALE).drawn)
    assert len(found.cells) == 48
    assert printed_cells(found) == printed_cells(whole[0])


@needs_scan
def test_a_standing_ruling_that_left_no_trace_is_known_by_the_white_between_numbers() -> None:
    _, page = numbers(6, 8)
    x = round(170 * SCALE)
    for row in range(8):
        y = round((40 + 20 * row) * SCALE)
        page[y + 3 : y + round(20 * SCALE) - 3, x - 3 : x + 5] = 255
    (found,) = ruled_tables(find_rulings(page, SCALE).drawn)
    assert [round(place) for place in found.columns] == pytest.approx([50, 90, 130, 170, 210, 250, 290], abs=4)
    assert len(found.cells) == 48


@needs_scan
def test_cells_that_are_merged_stay_merged() -> None:
    _, page = numbers(6, 8)
    y = round(80 * SCALE)
    page[y + 3 : y + round(20 * SCALE) - 3, round(100 * SCALE) : round(165 * SCALE)] = 255
    for x in (108, 117, 126, 135, 144):  # a word across the ruling
        left = round(x * SCALE)
        page[y + 12 : y + 36, left : left + 22] = page_of([(0, 0, 8, 0), (0, 4, 8, 4), (0, 8, 8, 8), (4, 0, 4, 8)])[
            :24, :22
        ]
    (found,) = ruled_tables(find_rulings(page, SCALE).drawn)
    assert len(found.cells) == 47


@needs_scan
def test_a_row_cut_by_the_end_of_the_page_is_closed_where_its_rulings_end() -> None:
    lines, _ = numbers(6, 8)
    page = page_of([line for line in lines if line[1] != 200])
    (found,) = ruled_tables(find_rulings(page, SCALE).drawn)
    assert len(found.rows) == 9
    assert len(found.cells) == 48


@needs_scan
def test_a_page_without_rulings_has_no_table() -> None:
    assert find_rulings(page_of([]), SCALE).drawn == ()
    strokes = [(60 + 12 * n, 50 + 20 * k, 60 + 12 * n, 58 + 20 * k) for n in range(20) for k in range(5)]
    assert ruled_tables(find_rulings(page_of(strokes), SCALE).drawn) == []


@needs_scan
@pytest.mark.parametrize("borders", ["solid", "dashed", "double", "hairline"])
def test_the_rulings_of_a_scan_are_those_of_its_print(borders: str, tmp_path: Path) -> None:
    draft = draw_draft(random.Random(1))
    layout = Layout("pdf", borders=borders, page_break_after="unable_not_held")  # type: ignore[arg-type]
    born = write(draft, layout, tmp_path / "report.pdf")
    how = Scan(dpi=200, skew=0.7, noise=6, blur=0.5, quality=70, uneven=0.15)
    sheets = picture_sheets(scan(born, tmp_path / "scan.png", how, random.Random(5)))
    pages = [straightened(sheet, even(sheet), 0) for sheet in sheets]
    with pypdfium2.PdfDocument(born) as document:
        truth = [ruled_tables(look_at(page, n).rulings) for n, page in enumerate(document, 1)]
    found = [ruled_tables(find_rulings(page.grey, page.scale).drawn) for page in pages]
    assert [[printed_cells(t) for t in page] for page in found] == [[printed_cells(t) for t in page] for page in truth]


@needs_scan
def test_a_scan_is_read_and_nothing_is_silently_wrong(tmp_path: Path) -> None:
    path, draft, layout = make_scan(ScanCase(200, "dashed", 101), tmp_path)
    count = compare(expected_of(draft, layout, load()), read(path).cell_records)
    assert count.silent == 0, count.examples
    assert count.right >= 0.98 * count.cells, count.examples


def test_styles_of_strokes() -> None:
    dashes = np.tile(np.repeat(np.array([200, 0], np.uint8), 8), 12)
    assert style_of(dashes, 200 / 72) == pytest.approx(Style(200, 2.88, 2.88), abs=0.01)
    text = np.tile(np.repeat(np.array([200, 0, 200, 0], np.uint8), [3, 9, 25, 2]), 6)
    assert style_of(text, 200 / 72) is None
    whole, dashed = Style(200, 0, 0), Style(180, 3, 3)
    assert styles_of([whole] * 9 + [dashed] * 6) == [whole, dashed]
    assert styles_of([whole] * 30 + [dashed] * 2) == [whole]
    assert styles_of([]) == []


@pytest.mark.parametrize(
    ("marks", "like"),
    [
        ("#" * 40, True),
        ("#" * 20 + "." * 3 + "#" * 20, True),  # a speck of white
        ("." * 6 + "#" * 28 + "." * 6, False),  # a stroke of a character between paddings
        ("#" * 20 + "." * 10 + "#" * 20, False),
    ],
)
def test_a_whole_ruling_goes_from_end_to_end(marks: str, like: bool) -> None:
    seen = np.array([mark == "#" for mark in marks])
    assert (likeness(seen, Style(200, 0, 0), 200 / 72) > 0.7) == like


def test_without_the_extra_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    born = write(draw_draft(random.Random(1)), Layout("pdf"), tmp_path / "report.pdf")
    picture = scan(born, tmp_path / "scan.png", Scan(dpi=72), random.Random(1))
    monkeypatch.setattr("govdisclose.readers.scan.is_installed", lambda: False)
    assert cli.main(["read", str(picture)]) == 2
    line = capsys.readouterr().err.strip()
    assert "scan.png" in line and "govdisclose[scan]" in line and "\n" not in line


def test_a_born_digital_report_loads_no_recogniser(tmp_path: Path) -> None:
    draft = draw_draft(random.Random(1))
    paths = [write(draft, Layout(kind), tmp_path / f"report.{kind}") for kind in ("pdf", "html", "docx")]
    code = (
        "import sys; from govdisclose.report import read; [read(path) for path in sys.argv[1:]]; "
        "print(sorted({'onnxruntime', 'rapidocr', 'cv2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *map(str, paths)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
