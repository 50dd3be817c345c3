"""Tables of scans told from traces of rulings and from the white between words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rounds import compare, expected_of
from scan_cases import ScanCase, make_scan

from govdisclose.forms import load
from govdisclose.readers.pdf.lattice import Lattice, undivided
from govdisclose.readers.scan import is_installed
from govdisclose.readers.scan.marks import Marks, Word, marks_of
from govdisclose.readers.scan.told import (
    INK_UNREAD,
    UNSURE_ROW,
    Told,
    homeless,
    tell,
    unread,
    without_traces,
)
from govdisclose.report import read

SCALE = 2.0
COLUMNS, ROWS = (20, 160, 220, 280, 340), tuple(range(20, 221, 40))


def page_of(
    seen: float = 0.3, *, lost: tuple[int, ...] = (), numbers: bool = True, label: tuple[int, int] | None = None
) -> Marks:
    """A table of five rows of a label and three numbers, of whose rulings `seen` is left, and nothing of rows `lost`.

    `label`: two rows whose labels are one, over both.
    """
    rng = np.random.default_rng(3)
    level, standing = np.zeros((260, 380), dtype=bool), np.zeros((260, 380), dtype=bool)
    for n, y in enumerate(ROWS):
        if n not in lost:
            level[y, COLUMNS[0] : COLUMNS[-1]] = rng.random(COLUMNS[-1] - COLUMNS[0]) < seen
    for x in COLUMNS:
        standing[ROWS[0] : ROWS[-1], x] = rng.random(ROWS[-1] - ROWS[0]) < seen
    words: list[Word] = []
    for n, y in enumerate(ROWS[:-1]):
        if label is None or n not in label:
            words.append((30, y + 18, 140, y + 38))
        if numbers:
            words += [(x + 20, y + 20, x + 32, y + 35) for x in COLUMNS[1:-1]]
    if label is not None:
        words.append((30, ROWS[label[1]] - 11, 140, ROWS[label[1]] + 11))
    for x0, y0, x1, y1 in words:
        level[y0:y1, x0:x1] = standing[y0:y1, x0:x1] = False
    return Marks(level, standing, tuple(words), SCALE)


def shape(told: Told) -> tuple[int, int]:
    return len(told.lattice.rows) - 1, len(told.lattice.columns) - 1


def test_a_third_of_its_rulings_is_enough_to_tell_a_table() -> None:
    (told,) = tell(page_of(0.3))
    assert shape(told) == (5, 4)
    assert len(told.lattice.cells) == 20
    assert told.doubts == {}


@pytest.mark.parametrize("lost", [(1,), (2,), (2, 3)])
def test_rows_of_numbers_are_told_apart_without_any_trace(lost: tuple[int, ...]) -> None:
    (told,) = tell(page_of(0.3, lost=lost))
    assert shape(told) == (5, 4)
    assert all(cell.whole for cell in told.lattice.cells)


def test_no_row_is_made_up_where_nothing_shows_it() -> None:
    (told,) = tell(page_of(0.3, lost=(2,), numbers=False))
    assert shape(told)[0] == 4


def test_numbers_beside_a_label_of_two_rows_are_in_doubt() -> None:
    (told,) = tell(page_of(0.6, label=(1, 2)))
    rows = {told.lattice.cells[n].row for n, doubt in told.doubts.items() if doubt == UNSURE_ROW}
    assert rows == {1, 2}


def test_a_stroke_as_high_as_a_digit_at_the_side_of_a_blank_cell_is_in_doubt() -> None:
    marks = page_of(0.3)
    words = tuple(word for word in marks.words if word[:2] != (240, 80))
    standing = marks.standing.copy()
    standing[60:100, 218:223] = standing[60:100, 278:283] = False
    standing[80:95, 222] = True  # what may be a 1 beside the ruling at 220
    (told,) = tell(Marks(marks.level, standing, words, SCALE))
    assert [(told.lattice.cells[n].row, told.lattice.cells[n].col) for n in told.doubts] == [(1, 2)]
    assert set(told.doubts.values()) == {INK_UNREAD}


def test_a_word_in_a_cell_of_which_nothing_is_read_is_in_doubt() -> None:
    marks = page_of(0.3)
    (told,) = tell(marks)
    blank = np.zeros(len(told.lattice.cells), dtype=bool)
    assert unread(told, blank, marks.words, SCALE) == {}
    blank[5] = True
    assert unread(told, blank, marks.words, SCALE) == {5: INK_UNREAD}


def test_numbers_without_a_cell_of_their_own_are_counted() -> None:
    marks = page_of(0.3)

    def lattice(columns: tuple[int, ...], rows: tuple[int, ...]) -> Lattice:
        return undivided([x / SCALE for x in columns], [y / SCALE for y in rows])

    assert homeless([lattice(COLUMNS, ROWS)], marks.words, SCALE) == 0
    assert homeless([], marks.words, SCALE) == 1
    assert homeless([lattice(COLUMNS, ROWS[:2])], marks.words, SCALE) == pytest.approx(0.8)
    assert homeless([lattice((20, 160, 280, 340), ROWS)], marks.words, SCALE) == pytest.approx(2 / 3)


def test_traces_are_taken_out_of_the_picture_and_words_are_not() -> None:
    marks = page_of(0.3)
    grey = np.full(marks.level.shape, 255, np.uint8)
    grey[marks.level | marks.standing] = 0
    for x0, y0, x1, y1 in marks.words:
        grey[y0:y1, x0:x1] = 0
    clean = without_traces(grey, SCALE, marks, tell(marks))
    assert not (clean[marks.level | marks.standing] < 255).any()
    assert all((clean[y0:y1, x0:x1] == 0).all() for x0, y0, x1, y1 in marks.words)


def test_words_are_told_from_rulings_in_pieces() -> None:
    page = np.full((300, 400), 255, np.uint8)
    for x in range(30, 360, 20):
        page[60, x : x + 14] = page[200, x : x + 14] = 0  # pieces of two level rulings
    page[100:116, 100:114] = page[100:116, 118:132] = 0  # a word of two characters
    page[150, 200:220] = 0  # a dash
    marks = marks_of(page, SCALE)
    assert set(marks.words) == {(100, 100, 132, 116), (200, 150, 220, 151)}
    assert marks.level[60].sum() > 100 and not marks.level[140:160].any()


def test_digits_of_full_width_are_one_number_and_those_of_two_columns_are_not() -> None:
    page = np.full((300, 400), 255, np.uint8)
    for x in (100, 124, 148, 200):  # 12 points from one to the next, then 26
        page[100:117, x : x + 10] = 0
    assert set(marks_of(page, SCALE).words) == {(100, 100, 158, 117), (200, 100, 210, 117)}
    page[60:160, 116] = 0  # a ruling between the first two
    assert set(marks_of(page, SCALE).words) == {(100, 100, 110, 117), (124, 100, 158, 117), (200, 100, 210, 117)}


@pytest.mark.skipif(not is_installed(), reason="the extra `scan` is not installed")
@pytest.mark.parametrize(
    "case", [ScanCase(200, "double", 4), ScanCase(300, "hairline", 1), ScanCase(200, "hairline", 8)], ids=str
)
def test_black_and_white_scans_with_most_rulings_lost_are_read(case: ScanCase, tmp_path: Path) -> None:
    path, draft, layout = make_scan(case, tmp_path)
    expected = expected_of(draft, layout, load())
    requests = {address: figure for address, figure in expected.items() if address[0] == "requests"}
    cells = read(path).cell_records
    count = compare(requests, [cell for cell in cells if cell.table == "requests"])
    assert compare(expected, cells).silent == 0
    assert count.right > 0.95 * count.cells
