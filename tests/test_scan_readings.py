"""What cells of scans read: beside dust, rests of rulings, cut digits and grey print; the doubtful read again."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from govdisclose.readers.scan.dust import without_dust
from govdisclose.readers.scan.ink import Blot, CellInk, cell_ink
from govdisclose.readers.scan.numbers import FAINT_INK, FAINTLY_READ, UNKNOWN_MARK, lone_mark, printed, settled
from govdisclose.readers.scan.recognition import Reading
from govdisclose.readers.scan.shapes import shape_of
from govdisclose.readers.scan.tables import read_cells

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("cv2") is None or importlib.util.find_spec("rapidocr") is None,
    reason="needs the scan extra: pip install 'govdisclose[scan]'",
)
SCALE = 200 / 72
LEFT, TOP, RIGHT, FOOT = AREA = (40.0, 40.0, 100.0, 65.0)
"""A cell in the middle of a page, in points."""
RULINGS = ((20.0, TOP, 120.0, TOP), (20.0, FOOT, 120.0, FOOT), (LEFT, 20.0, LEFT, 85.0), (RIGHT, 20.0, RIGHT, 85.0))


def page_with(text: str = "", at: tuple[float, float] = (65.0, 57.0)) -> np.ndarray:
    """A page with the cell's rulings, and digits drawn in the cell from `at`, their left foot, in points."""
    import cv2

    page = np.full((round(105 * SCALE), round(140 * SCALE)), 255, np.uint8)
    for x0, y0, x1, y1 in RULINGS:
        page[round(y0 * SCALE) - 1 : round(y1 * SCALE) + 1, round(x0 * SCALE) - 1 : round(x1 * SCALE) + 1] = 0
    place = round(at[0] * SCALE), round(at[1] * SCALE)
    cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.95, 0, 2, cv2.LINE_AA)
    return page


def speck(page: np.ndarray, x: float, y: float, wide: int = 2, high: int = 2) -> np.ndarray:
    page[round(y * SCALE) : round(y * SCALE) + high, round(x * SCALE) : round(x * SCALE) + wide] = 30
    return page


def ink_of(page: np.ndarray) -> CellInk:
    return cell_ink(page, SCALE, AREA, RULINGS)


def said(text: str, chance: float = 1.0, number: str | None = None) -> Reading:
    return Reading(text, (chance,) * len(text), (0.5,) * len(text), text if number is None else number, chance)


@pytest.mark.parametrize(("x", "y"), [(80.0, 51.0), (80.0, 56.0), (57.0, 46.0), (67.0, 44.0)])
def test_a_speck_beside_a_number_changes_nothing(x: float, y: float) -> None:
    for number in ("0", "24"):
        (found,) = read_cells([ink_of(speck(page_with(number), x + 9 * (number == "24" and x > 70), y))])
        assert (found.text, found.doubt) == (number, "")


def test_what_may_be_a_point_or_a_minus_is_no_dust() -> None:
    for page in (speck(page_with("3 5"), 74.0, 56.0), speck(page_with("5"), 61.0, 53.0, wide=4)):
        ink = ink_of(page)
        assert without_dust(ink) is ink


def test_a_speck_alone_is_no_print_and_a_hyphen_is() -> None:
    assert ink_of(speck(page_with(), 70.0, 50.0, 3, 2)).lines == ()
    assert lone_mark(ink_of(speck(page_with(), 70.0, 50.0, 8, 3))) == "-"


@pytest.mark.parametrize(("y", "mark"), [(6.5, "—"), (50.0, "—"), (93.0, "—"), (2.0, ""), (97.5, "")])
def test_a_dash_stands_where_print_does_in_a_high_cell_too(y: float, mark: str) -> None:
    picture = np.full((round(100 * SCALE), round(40 * SCALE)), 255, np.uint8)
    top, left, wide = round(y * SCALE), round(12 * SCALE), round(14 * SCALE)
    picture[top : top + 3, left : left + wide] = 0
    assert lone_mark(CellInk(picture, (0, 0), SCALE, ((Blot(left, top, wide, 3, 3 * wide),),))) == mark


@pytest.mark.parametrize("where", [None, (60.0, 55.0), (75.0, 55.0), (66.0, 46.0)])
def test_a_slash_is_none_of_the_digits_whatever_dust_lies_beside_it(where: tuple[float, float] | None) -> None:
    import cv2

    page = page_with()
    cv2.line(page, (185, 158), (197, 125), 0, 2, cv2.LINE_AA)
    (found,) = read_cells([ink_of(speck(page, *where) if where else page)])
    assert (found.text, found.doubt) == ("/", "")
    page[142:144, 186:188] = 30  # hardly apart: it may be the rest of a thin stroke
    (found,) = read_cells([ink_of(page)])
    assert found.text == "/" or found.doubt


def test_shapes_of_coarse_and_noisy_marks() -> None:
    hyphen = np.array([[1, 1, 1, 1, 0], [1, 1, 1, 1, 1], [0, 1, 1, 1, 1]]) == 0
    soft = np.array([[0, 0, 1, 0, 0, 1, 1, 0], [1] * 8, [0, 1, 0, 0, 0, 0, 1, 0]]) == 0
    assert [shape_of(mark.astype(np.uint8) * 255) for mark in (hyphen, soft)] == ["dash", "dash"]
    assert shape_of(np.zeros((4, 6), np.uint8)) == "dash"  # as blurred as a coarse scan makes it
    assert shape_of(np.zeros((8, 12), np.uint8)) == "other"  # two digits grown together, in as few pixels
    slash = 255 - np.eye(20, dtype=np.uint8)[:, ::-1].repeat(3, axis=0).repeat(3, axis=1) * 255
    slash[4, 55:58] = (0, 255, 0)  # a pixel of noise
    assert shape_of(slash) == "slash"


@pytest.mark.parametrize("dashes", [False, True])
def test_the_second_of_a_double_ruling_is_neither_a_digit_nor_a_doubt(dashes: bool) -> None:
    page = page_with("7")
    for x in (LEFT + 1.6, RIGHT - 1.6):
        page[round(25 * SCALE) : round(80 * SCALE), round(x * SCALE)] = 0
        if dashes:  # thin strokes of a bilevel scan are broken
            page[round(25 * SCALE) : round(80 * SCALE) : 9, round(x * SCALE)] = 255
    ink = ink_of(page)
    assert not ink.cut
    (found,) = read_cells([ink])
    assert (found.text, found.doubt) == ("7", "")


@pytest.mark.parametrize(
    "at", [(89.0, 57.0), (38.0, 57.0), (65.0, 47.0), (65.0, 68.0)], ids=["right", "left", "top", "foot"]
)
def test_a_digit_cut_by_a_ruling_stays_in_doubt(at: tuple[float, float]) -> None:
    (found,) = read_cells([ink_of(page_with("28", at))])
    assert found.doubt


def test_characters_near_a_ruling_are_taken_whole() -> None:
    page = page_with("240", (60.0, 63.6))
    ink = ink_of(page)
    assert not ink.cut
    assert max(blot.foot for blot in ink.lines[0]) < ink.picture.shape[0]


def test_a_doubtful_cell_is_settled_only_where_all_readings_agree() -> None:
    ink = ink_of(page_with("8"))
    sure = [said("8")] * 5
    found = settled(ink, sure)
    assert found is not None and (found.text, found.doubt, len(found.readings)) == ("8", "", 5)
    assert settled(ink, [*sure[:4], said("8", 0.7)]) is not None
    assert settled(ink, [*sure[:3], said("8", 0.7), said("8", 0.7)]) is None
    assert settled(ink, [*sure[:4], said("8", 0.5)]) is None
    assert settled(ink, [*sure[:4], said("3")]) is None
    assert settled(ink, [*sure[:4], said("B", number="")]) is None
    one = ink_of(page_with("1"))
    assert settled(CellInk(one.picture, one.corner, one.scale, one.lines, cut=True), [said("1")] * 5) is None


def test_the_stem_of_a_broken_4_is_not_sure_to_be_1() -> None:
    import cv2

    page = page_with()
    cv2.line(page, (195, 130), (195, 155), 0, 3)
    ink = ink_of(page)
    assert printed(ink, [said("1")], [said("1")]).doubt == ""
    ink = ink_of(speck(page, 68.0, 51.0))
    assert printed(ink, [said("1")], [said("1")]).doubt == FAINTLY_READ
    assert settled(ink, [said("1")] * 5) is None


def test_ink_that_comes_in_from_the_side_is_a_doubt() -> None:
    page = page_with("5")
    page[round(43 * SCALE) : round(62 * SCALE), round(95 * SCALE) : round(RIGHT * SCALE)] = 90  # a seal in grey
    ink = ink_of(page)
    assert ink.cut
    assert printed(ink, [said("5")], [said("5")]).doubt


def grey(page: np.ndarray, level: int) -> np.ndarray:
    """The page with its print in grey; its rulings stay black."""
    inside = page[round(42 * SCALE) : round(63 * SCALE), round(42 * SCALE) : round(98 * SCALE)]
    inside[:] = np.maximum(inside, level)
    return page


@pytest.mark.parametrize("level", [140, 165, 195])
def test_grey_print_alone_is_no_certain_blank_and_no_certain_number(level: int) -> None:
    ink = ink_of(grey(page_with("37"), level))
    first, *_ = read_cells([ink, ink_of(page_with("5")), ink_of(page_with("8"))])
    assert (first.text, first.doubt) == ("37", "" if level < 150 else FAINT_INK)


def test_a_table_printed_in_grey_is_read() -> None:
    numbers = ["0", "37", "4", "128"]
    found = read_cells([ink_of(grey(page_with(number), 165)) for number in numbers] + [ink_of(page_with())])
    assert [(cell.text, cell.doubt) for cell in found] == [*((number, "") for number in numbers), ("", "")]


def test_what_shows_through_the_paper_is_no_number_of_its_own() -> None:
    found = read_cells([ink_of(grey(page_with(number), 208)) for number in ("0", "8", "1")])
    assert all(cell.doubt == FAINT_INK for cell in found)
    (blank,) = read_cells([ink_of(grey(page_with("0"), 235))])
    assert (blank.text, blank.doubt) == ("", "")


def test_print_of_which_part_is_grey_is_in_doubt() -> None:
    page = page_with("1700", (55.0, 57.0))
    left = page[round(42 * SCALE) : round(63 * SCALE), round(50 * SCALE) : round(60 * SCALE)]
    left[:] = np.maximum(left, 170)
    found, *_ = read_cells([ink_of(page), ink_of(page_with("5")), ink_of(page_with("8"))])
    assert found.doubt == FAINT_INK


@pytest.mark.parametrize("gap", [1.0, 1.6, 2.4])
def test_digits_that_stand_on_each_other_beside_a_ruling_are_no_ruling(gap: float) -> None:
    import cv2

    page = page_with()
    for foot in (36.0, 47.0, 58.0, 69.0):  # rows as low as print allows
        place = round((LEFT + gap) * SCALE), round(foot * SCALE)
        cv2.putText(page, "1", place, cv2.FONT_HERSHEY_SIMPLEX, 0.95, 0, 2, cv2.LINE_AA)
        cv2.putText(page, "68", (place[0] + 20, place[1]), cv2.FONT_HERSHEY_SIMPLEX, 0.95, 0, 2, cv2.LINE_AA)
    area = (LEFT, 48.5, RIGHT, 59.5)
    rulings = (*RULINGS[2:], (20.0, 48.5, 120.0, 48.5), (20.0, 59.5, 120.0, 59.5))
    (found,) = read_cells([cell_ink(page, SCALE, area, rulings)])
    assert found.text == "168" or found.doubt


def test_bold_digits_grown_together_are_no_dash() -> None:
    page = page_with()
    page[round(49 * SCALE) : round(55 * SCALE), round(58 * SCALE) : round(82 * SCALE)] = 0
    assert lone_mark(ink_of(page)) == ""


def test_marks_in_several_lines_are_no_words() -> None:
    ink = ink_of(page_with("8"))
    for texts in (("日", "", "日"), ("日", "1"), ("人", "", "")):
        assert printed(ink, [said(text, number="") for text in texts], []).doubt == UNKNOWN_MARK
    assert printed(ink, [said(text, number="") for text in ("总", "计")], []).doubt == ""
