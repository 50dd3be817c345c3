"""What a cell prints, from two readings of it and the shape of its ink: sure, or in doubt.

A value counts only where two readings at different sizes give the same. What is left in doubt keeps both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from govdisclose.clean import fold, parse
from govdisclose.readers.scan.ink import CellInk, frame
from govdisclose.readers.scan.points import AMBIGUOUS, pointed
from govdisclose.readers.scan.recognition import Reading
from govdisclose.readers.scan.shapes import LEANS, lean_of, shape_of

READINGS_DIFFER = "two readings of the picture differ"
FAINTLY_READ = "the picture is not clear enough"
UNKNOWN_MARK = "a mark that is no character"
POINT_OR_COMMA = "a point or a comma"
AT_THE_EDGE = "ink at the edge of the cell"
DOUBTS_ZH = {
    READINGS_DIFFER: "两次识读不一致",
    FAINTLY_READ: "图像不够清晰",
    UNKNOWN_MARK: "有无法识别的墨迹",
    POINT_OR_COMMA: "小数点或千分位逗号无法分辨",
    AT_THE_EDGE: "单元格边缘有墨迹",
}
UNSURE = (READINGS_DIFFER, FAINTLY_READ, UNKNOWN_MARK)
"""Doubts that another reading may clear."""
UNREAD = "?"
"""Stands for ink that no reading makes anything of."""

_SURE = 0.6
"""A mark read with less probability than this is in doubt."""
CERTAIN = 0.8
"""One read with more is beyond doubt."""
_READABLE = 0.3
"""One read with less is no number at all."""
_WORD = re.compile(r"[\u2e80-\u9fff]")
_DIGITS = re.compile(r"[\d.,，．]+")
_SHORT = 8
_UPRIGHT = 1.1
"""A digit is at least so many times as high as wide."""
_DASH_BETWEEN, _DASH_WIDEST = (0.25, 0.75), 0.7
"""Where in the height of its cell a dash lies, and how much of the width it fills at most."""
_DOTTED = "日"
"""What a zero with a dot or a stroke in it looks like."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a cell prints: its text, what each reading gave, and why it is in doubt, if it is."""

    text: str
    readings: tuple[str, ...] = ()
    doubt: str = ""


def lone_mark(ink: CellInk) -> str:
    """The dash or slash that a cell holds, as its shape shows; "" where the ink must be read."""
    if len(ink.lines) != 1 or len(ink.lines[0]) != 1:
        return ""
    shape = shape_of(ink.line_picture(ink.lines[0], 0))
    blot = ink.lines[0][0]
    if shape == "dash":
        height, width = ink.picture.shape
        middle = (blot.y + blot.foot) / 2 / height
        if not _DASH_BETWEEN[0] < middle < _DASH_BETWEEN[1] or blot.width > _DASH_WIDEST * width:
            return ""  # it may be left of a ruling
        return "—" if blot.width > 6 * blot.height else "-"
    return "/" if shape == "slash" else ""


def as_number(reading: Reading) -> str:
    """The number that a line prints, or "": letters that look like digits are read as these.

    >>> as_number(Reading("O", (0.9,), (0.5,), "0", 0.99)), as_number(Reading("其他", (0.9, 0.9), (0.2, 0.7), "1", 0.0))
    ('0', '')
    """
    if _DOTTED in reading.text and len(reading.text) > 1:  # a zero with a dot, or a day
        return ""
    if reading.number_chance >= _READABLE and parse(reading.number).state == "number":
        return reading.number
    text = fold(reading.text)
    return text if parse(text).state == "number" else ""


def sureness(reading: Reading) -> float:
    """The least probability of a mark of the number that a line prints."""
    if as_number(reading) == reading.number:
        return reading.number_chance
    marks = [chance for char, chance in zip(reading.text, reading.chances, strict=True) if _DIGITS.match(char)]
    return min(marks, default=0.0)


def is_numeric(lines: Sequence[Reading]) -> bool:
    """Whether a cell must be read a second time: it may print a number."""
    if len(lines) != 1:
        return all(as_number(line) for line in lines) and bool(lines)
    return bool(as_number(lines[0])) or _is_strange(lines[0])


def _is_strange(reading: Reading) -> bool:
    """Short and neither word nor number: perhaps a number not recognised."""
    text = fold(reading.text)
    return len(text) <= _SHORT and (not _WORD.search(text) or (len(text) == 1 and parse(text).state == "text"))


def printed(ink: CellInk, first: Sequence[Reading], second: Sequence[Reading]) -> Printed:
    """What a cell prints; in doubt, too, where something may have been cut off with its ruling.

    Parameters
    ----------
    ink : CellInk
    first : sequence of Reading
        One a line.
    second : sequence of Reading
        The same at another size, where the cell may hold a number; else none.
    """
    found = _printed(ink, first, second)
    is_word = not ink.cut or parse(found.text).state == "text"
    return found if found.doubt or is_word else replace(found, doubt=AT_THE_EDGE)


def _printed(ink: CellInk, first: Sequence[Reading], second: Sequence[Reading]) -> Printed:
    if not ink.lines:
        return Printed("")
    if mark := lone_mark(ink):
        return _marked(mark, first, second)
    words = "\n".join(reading.text for reading in first)
    if not second:
        return Printed(words if words.strip() else UNREAD, (), "" if words.strip() else UNKNOWN_MARK)
    one, two = (tuple(map(as_number, readings)) for readings in (first, second))
    texts = ("\n".join(one) if all(one) else _text(first), "\n".join(two) if all(two) else _text(second))
    if len(ink.lines) == 1 and any(AMBIGUOUS.search(text) for text in texts):
        settled = (pointed(texts[0], ink.lines[0], ink.picture), pointed(texts[1], ink.lines[0], ink.picture))
        if not all(settled):
            return Printed(texts[0], (*texts, *(AMBIGUOUS.sub("", text) for text in texts)), POINT_OR_COMMA)
        texts = settled
    if parse(texts[0]) != parse(texts[1]):
        return Printed(texts[0], texts, READINGS_DIFFER)
    if not all(one):
        return Printed(texts[0], texts, UNKNOWN_MARK)
    if (
        min(sureness(reading) for reading in (*first, *second)) < _SURE
        or _is_flat(ink, texts[0])
        or is_no_one(ink, texts[0])
    ):
        return Printed(texts[0], texts, FAINTLY_READ)
    return Printed(texts[0], texts)


def is_plain(reading: Reading) -> bool:
    """Whether a line prints digits and nothing else."""
    return as_number(reading).isdecimal()


def is_no_one(ink: CellInk, text: str) -> bool:
    """Whether what is read as 1 leans as a slash does, or has something beside it, as what is left of a faint 4."""
    if text != "1":
        return False
    blot = max(ink.lines[0], key=lambda blot: blot.height)
    return len(ink.lines[0]) > 1 or lean_of(ink.line_picture([blot], 0)) > LEANS


def _is_flat(ink: CellInk, text: str) -> bool:
    """Whether one digit was read where the ink is not higher than wide: a short dash is read as 0."""
    x0, y0, x1, y1 = frame(ink.lines[0])
    return len(text) == 1 and y1 - y0 < _UPRIGHT * (x1 - x0)


def _text(lines: Sequence[Reading]) -> str:
    return "\n".join(line.text for line in lines).strip() or UNREAD


def _marked(mark: str, first: Sequence[Reading], second: Sequence[Reading]) -> Printed:
    """A mark by its shape, unless both readings see a digit that does not look like it."""
    digits = {as_number(reading) for reading in (*first, *second)}
    if mark == "/" and digits - {"", "1"} and all(sureness(reading) > _SURE for reading in (*first, *second)):
        return Printed(mark, (mark, *sorted(digits - {""})), READINGS_DIFFER)
    return Printed(mark, (mark, mark))
