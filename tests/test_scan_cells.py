"""The ink of cells in scans: what is dust, what is a rest of a ruling, and what may be read as a number."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

if importlib.util.find_spec("cv2") is None:
    pytest.skip("needs the scan extra: pip install 'govdisclose[scan]'", allow_module_level=True)

from govdisclose.readers.scan.dust import without_dust
from govdisclose.readers.scan.ink import CellInk, cell_ink
from govdisclose.readers.scan.numbers import FAINTLY_READ, lone_mark, printed, settled
from govdisclose.readers.scan.recognition import Reading, likelihood

SCALE = 200 / 72


def sheet(*strokes: tuple[int, int, int, int, int]) -> np.ndarray:
    """A cell of 40 × 20 points in the middle of a page; strokes are left, top, right, foot and grey, in pixels."""
    page = np.full((200, 300), 255, np.uint8)
    for left, top, right, foot, level in strokes:
        page[top:foot, left:right] = level
    return page


def ink_of(page: np.ndarray) -> CellInk:
    area = (100 / SCALE, 70 / SCALE, 210 / SCALE, 125 / SCALE)
    return cell_ink(page, SCALE, area, ())


def slash(left: int = 150) -> list[tuple[int, int, int, int, int]]:
    return [(left + (110 - y) // 3, y, left + (110 - y) // 3 + 3, y + 1, 0) for y in range(85, 110)]


def one(text: str = "1", chance: float = 0.99) -> list[Reading]:
    return [Reading(text, (chance,) * len(text), (0.5,) * len(text), text, chance)]


def test_a_slash_with_a_speck_beside_it_is_a_slash() -> None:
    ink = ink_of(sheet(*slash(), (130, 100, 132, 102, 0)))
    assert lone_mark(without_dust(ink)) == "/"


def test_what_leans_is_no_one_however_sure_the_reading() -> None:
    ink = ink_of(sheet(*slash(), (150, 96, 164, 98, 0)))  # a bar that no slash has
    assert lone_mark(ink) == ""
    assert printed(ink, one(), one()).doubt == FAINTLY_READ


def test_a_stroke_with_something_beside_it_is_no_sure_one() -> None:
    upright = (160, 85, 164, 110, 0)
    assert printed(ink_of(sheet(upright)), one(), one()).doubt == ""
    beside = ink_of(sheet(upright, (154, 98, 157, 101, 0)))
    assert printed(beside, one(), one()).doubt == FAINTLY_READ


def test_dust_far_from_a_number_goes_and_faint_strokes_stay() -> None:
    zero = [(150, 85, 153, 110, 0), (162, 85, 165, 110, 0), (150, 85, 165, 88, 0), (150, 107, 165, 110, 0)]
    dusty = without_dust(ink_of(sheet(*zero, (190, 88, 192, 90, 0))))
    assert [len(line) for line in dusty.lines] == [1]
    joined = sheet(*zero, (165, 96, 172, 98, 200), (172, 96, 174, 98, 0))  # grey leads to it
    assert [len(line) for line in without_dust(ink_of(joined)).lines] == [2]


def test_the_second_of_a_double_ruling_is_outside_the_cell() -> None:
    page = sheet((105, 0, 107, 200, 0), (150, 85, 154, 110, 0))
    (line,) = ink_of(page).lines
    assert len(line) == 1


def test_a_stroke_at_the_edge_of_one_cell_alone_is_marked() -> None:
    ink = ink_of(sheet((101, 88, 105, 108, 0), (150, 85, 154, 110, 0)))
    assert ink.cut


def test_the_step_between_two_marks_is_no_doubt() -> None:
    steps = np.array([[0.0, 1.0, 0.0], [0.5, 0.25, 0.25], [0.0, 0.0, 1.0]])
    assert likelihood(steps, [1, 2]) == pytest.approx(1.0)
    assert likelihood(steps, [1]) == 0.0


def test_a_slash_that_every_reading_takes_for_a_two_is_in_doubt() -> None:
    ink = ink_of(sheet(*slash()))
    assert settled(ink, one("2") * 5) is None
    found = settled(ink, one("1") * 5)
    assert found is not None and (found.text, found.doubt) == ("/", "")
