"""Strokes of digits that look like rulings: taken for none, or flagged, and never a blank."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from scan_cases import ScanCase, make_scan

from govdisclose.model import Grid
from govdisclose.readers.pdf.lattice import Lattice, divided
from govdisclose.readers.pdf.pages import look_at
from govdisclose.readers.pdf.rulings import ruled_tables
from govdisclose.readers.scan.cleaning import Askew, Straight, even, straightened
from govdisclose.readers.scan.finding import beside_strokes
from govdisclose.readers.scan.ink import Blot, CellInk
from govdisclose.readers.scan.rulings import find_rulings
from govdisclose.readers.scan.sheets import rendered

needs_scan = pytest.mark.skipif(
    importlib.util.find_spec("cv2") is None or importlib.util.find_spec("rapidocr") is None,
    reason="needs the scan extra: pip install 'govdisclose[scan]'",
)
SCALE = 200 / 72
COLUMNS, ROWS = [0.0, 80.0, 120.0, 140.0, 160.0], [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
NUMBER, TEXT = (12.0, 8.0), (70.0, 9.0)


def lattice(stray: set[int]) -> Lattice:
    """Five rows of a label and two numbers; in rows `stray` a line stands in the middle of the last column."""
    edges = [(x - 0.5, y0, x + 0.5, y1) for x in COLUMNS if x != 140 for y0, y1 in [(ROWS[0], ROWS[-1])]]
    edges += [(COLUMNS[0], y - 0.5, COLUMNS[-1], y + 0.5) for y in ROWS]
    edges += [(139.5, ROWS[n], 140.5, ROWS[n + 1]) for n in stray]
    found = divided(COLUMNS, ROWS, edges)
    assert found is not None
    return found


def inks(table: Lattice, blank: set[tuple[int, int]]) -> list[CellInk]:
    """A number in the middle of each cell but for the blank ones, a label in the first of each row."""
    out = []
    for cell in table.cells:
        x0, y0, x1, y1 = cell.area
        width, height = TEXT if cell.col == 0 else NUMBER
        left, top = (x1 - x0 - width) / 2, (y1 - y0 - height) / 2
        blot = Blot(*(round(value * SCALE) for value in (left, top, width, height)), area=100)
        picture = np.full((round((y1 - y0) * SCALE), round((x1 - x0) * SCALE)), 255, np.uint8)
        lines = () if (cell.row, cell.col) in blank else ((blot,),)
        out.append(CellInk(picture, (round(x0 * SCALE), round(y0 * SCALE)), SCALE, lines))
    return out


def places(table: Lattice, found: set[int]) -> set[tuple[int, int]]:
    return {(table.cells[n].row, table.cells[n].col) for n in found}


def test_cells_beside_a_line_along_one_row_are_known() -> None:
    table = lattice({2})
    lone, crossed = beside_strokes(table, inks(table, {(2, 2), (2, 3)}))
    assert places(table, lone) == {(2, 2), (2, 3)}
    assert places(table, crossed) == {(2, 2), (2, 3)}  # it goes on through the numbers above and below


def test_a_column_of_the_table_is_no_stroke() -> None:
    table = lattice(set())
    assert beside_strokes(table, inks(table, {(n, 2) for n in range(5)})) == (set(), set())


def test_a_column_divided_in_a_part_of_the_table_below_a_text_is_no_stroke() -> None:
    table = lattice({0, 1})
    drawn = inks(table, set())
    at = next(n for n, cell in enumerate(table.cells) if (cell.row, cell.col) == (2, 2))
    wide = Blot(2, 10, round(36 * SCALE), round(16 * SCALE), 900)
    drawn[at] = CellInk(drawn[at].picture, drawn[at].corner, SCALE, ((wide,),))
    assert beside_strokes(table, drawn) == (set(), set())


@needs_scan
@pytest.mark.parametrize("seed", [402, 404])
def test_zeros_one_above_the_other_are_no_dashes(seed: int, tmp_path: Path) -> None:
    path, _, _ = make_scan(ScanCase(200, "solid", seed), tmp_path)
    with pypdfium2.PdfDocument(path) as scan, pypdfium2.PdfDocument(tmp_path / "born" / "report.pdf") as born:
        for number in range(len(scan)):
            sheet = rendered(scan[number], number + 1)
            page = straightened(sheet, even(sheet), 0)
            printed = ruled_tables(look_at(born[number], number + 1).rulings)
            found = ruled_tables(find_rulings(page.grey, page.scale).drawn)
            assert [len(table.cells) for table in found] == [len(table.cells) for table in printed]


@needs_scan
def test_a_blank_beside_a_stroke_is_not_read_as_blank() -> None:
    from govdisclose.readers.scan.tables import read_tables

    page = np.full((round(140 * SCALE), round(200 * SCALE)), 255, np.uint8)
    for y in (20, 50, 80, 110):
        page[round(y * SCALE) : round(y * SCALE) + 2, round(20 * SCALE) : round(180 * SCALE)] = 0
    for x, y0, y1 in ((20, 20, 110), (100, 20, 110), (180, 20, 110), (140, 50, 80)):
        page[round(y0 * SCALE) : round(y1 * SCALE), round(x * SCALE) : round(x * SCALE) + 2] = 0
    page[round(30 * SCALE) : round(38 * SCALE), round(55 * SCALE) : round(57 * SCALE)] = 0
    straight = Straight(page, SCALE, Askew(1, (0.0, 0.0, 200.0, 140.0)))
    (grid,) = (grid for _, grid in read_tables(straight).placed if isinstance(grid, Grid))
    beside = [cell for cell in grid.cells if cell.row == 1 and cell.col in (1, 2)]
    assert len(beside) == 2 and all(cell.text == "?" and cell.doubt for cell in beside)
    assert all(not cell.doubt for cell in grid.cells if cell.row == 2)
