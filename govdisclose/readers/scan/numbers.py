"""What a cell prints, from two readings of it and the shape of its ink: sure, or in doubt.

A value counts only where two readings at different sizes give the same. What is left in doubt keeps both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from govdisclose.clean import fold, parse
from govdisclose.readers.scan.dust import is_broken, is_stout, is_uneven, lone_shape, picture_of
from govdisclose.readers.scan.ink import CellInk, frame
from govdisclose.readers.scan.points import AMBIGUOUS, pointed
from govdisclose.readers.scan.recognition import LIKE_DIGITS, Reading
from govdisclose.readers.scan.shapes import LEANS, lean_of

READINGS_DIFFER = "two readings of the picture differ"
FAINTLY_READ = "the picture is not clear enough"
UNKNOWN_MARK = "a mark that is no character"
POINT_OR_COMMA = "a point or a comma"
AT_THE_EDGE = "ink at the edge of the cell"
FAINT_INK = "print too faint for ink"
DOUBTS_ZH = {
    READINGS_DIFFER: "两次识读不一致",
    FAINTLY_READ: "图像不够清晰",
    UNKNOWN_MARK: "有无法识别的墨迹",
    POINT_OR_COMMA: "小数点或千分位逗号无法分辨",
    AT_THE_EDGE: "单元格边缘有墨迹",
    FAINT_INK: "字迹过浅",
}
UNREAD = "?"
"""Stands for ink that no reading makes anything of."""

_SURE = 0.6
"""A mark read with less probability than this is in doubt."""
_CERTAIN = 0.8
"""One read with more is beyond doubt."""
_CLEAR = 0.9
"""Of many readings all but one give each mark with at least this."""
_READABLE = 0.3
"""One read with less is no number at all."""
_WORD = re.compile(r"[\u2e80-\u9fff]")
_DIGITS = re.compile(r"[\d.,，．]+")
_SHORT = 8
_UPRIGHT, _LOWEST = 1.1, 3.0
"""A digit is at least so many times as high as wide, and so many points high."""
_DASH_INSIDE, _DASH_WIDEST = (0.25, 4.0), 0.7
"""How far within its cell a dash lies, by the cell's height or in points (print stands at the head of a cell, too), and
how much of the width it fills at most."""
_COARSE = 6, 15
"""Pixels: marks no higher than the one are dashes, and of those lower than the other shapes alone do not tell."""
_BARS = "|丨｜"
"""What a standing ruling looks like."""
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
    blot, shape = lone_shape(ink) or (None, "other")
    if blot and shape == "dash":
        height, width = ink.picture.shape
        middle = (blot.y + blot.foot) / 2
        away = min(middle, height - middle)
        if away < min(_DASH_INSIDE[0] * height, _DASH_INSIDE[1] * ink.scale) or blot.width > _DASH_WIDEST * width:
            return ""  # it may be left of a ruling
        if blot.height >= _LOWEST * ink.scale:
            return ""  # bold digits grown together
        return "—" if blot.width > 6 * blot.height else "-"
    return "/" if shape == "slash" else ""


def is_coarse(ink: CellInk) -> bool:
    """Whether the first line of a cell is so low that a broken 2 may have the shape of a slash."""
    _, top, _, foot = frame(ink.lines[0])
    return _COARSE[0] < foot - top < _COARSE[1]


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


def _sureness(reading: Reading) -> float:
    """The least probability of a mark of the number that a line prints."""
    if as_number(reading) == reading.number:
        return reading.number_chance
    marks = [chance for char, chance in zip(reading.text, reading.chances, strict=True) if _DIGITS.match(char)]
    return min(marks, default=0.0)


def _least(ink: CellInk, text: str) -> float:
    """How sure each mark of a number must be read, at least."""
    return _CLEAR if is_stout(ink, text) else _SURE


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
    if found.doubt or not (ink.cut or ink.faint) or parse(found.text).state == "text":
        return found
    return replace(found, text=found.text or UNREAD, doubt=AT_THE_EDGE if ink.cut else FAINT_INK)


def _printed(ink: CellInk, first: Sequence[Reading], second: Sequence[Reading]) -> Printed:
    if not ink.lines:
        return Printed("")
    if mark := lone_mark(ink):
        return _marked(mark, (*first, *second))
    words = "\n".join(_unruled(reading.text) for reading in first)
    if not second:
        return Printed(words, ()) if _are_words(first) else Printed(words.strip() or UNREAD, (), UNKNOWN_MARK)
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
    if min(map(_sureness, (*first, *second))) < _least(ink, texts[0]) or not _may_be_digits(ink, texts[0]):
        return Printed(texts[0], texts, FAINTLY_READ)
    return Printed(texts[0], texts)


def _unruled(text: str) -> str:
    """Words without the rest of a ruling at either end.

    >>> _unruled("|(七)总计"), _unruled("|")
    ('(七)总计', '|')
    """
    return text.strip(_BARS) or text


def _are_words(lines: Sequence[Reading]) -> bool:
    """Whether words are read, and no number taken apart: `日`, nothing and `日` in three lines are none."""
    text = fold("".join(line.text for line in lines))
    if not text:
        return False
    has_gap = any(not line.text.strip() for line in lines) and len(text) <= _SHORT
    return not has_gap and (len(lines) == 1 or not set(text) <= LIKE_DIGITS)


def is_doubtful(text: Printed) -> bool:
    """Whether a cell may become clear when it is read again: it is in doubt, or short and no number."""
    if text.doubt:
        return text.doubt in (READINGS_DIFFER, FAINTLY_READ, UNKNOWN_MARK)
    folded = fold(text.text)
    return parse(folded).state == "text" and len(folded) <= _SHORT and not _WORD.search(folded)


def settled(ink: CellInk, readings: Sequence[Reading]) -> Printed | None:
    """What many readings of a cell, by itself and without its dust, make of it; None where they leave a doubt.

    All must give the same number, and all but one give it clearly: a cell has failed once already.

    Parameters
    ----------
    ink : CellInk
        Without dust.
    readings : sequence of Reading
        Of its only line, each at another size.
    """
    if mark := lone_mark(ink):
        found = _marked(mark, readings)
        return None if found.doubt else found
    if ink.cut or ink.faint or len(ink.lines) != 1:
        return None
    texts = tuple(map(as_number, readings))
    if len(set(texts)) > 1 or not texts[0] or AMBIGUOUS.search(texts[0]) or not _may_be_digits(ink, texts[0]):
        return None
    least, *others = sorted(map(_sureness, readings))
    return Printed(texts[0], texts) if least >= _least(ink, texts[0]) and min(others) >= _CLEAR else None


def certain_number(ink: CellInk, lines: Sequence[Reading]) -> str:
    """The number that one reading of a cell's lines gives beyond doubt; `UNREAD` where it gives none."""
    text = "\n".join(map(as_number, lines))
    sure = all(as_number(line).isdecimal() and _sureness(line) > _CERTAIN for line in lines)
    return text if sure and _may_be_digits(ink, text) else UNREAD


def _may_be_digits(ink: CellInk, text: str) -> bool:
    """Whether the ink has the shape of digits: a short dash is read as 0, a speck and the stem of a 4 as 1."""
    x0, y0, x1, y1 = frame(ink.lines[0])
    too_flat = len(text) == 1 and y1 - y0 < _UPRIGHT * (x1 - x0)
    too_low = y1 - y0 < _LOWEST * ink.scale
    cut = y1 == ink.picture.shape[0]  # a slash may come down to the ruling; a digit that does may go on behind it
    torn = is_broken(ink, text) or is_uneven(ink, text)
    return not (cut or too_flat or too_low or torn or (text == "1" and _leans(ink)))


def _leans(ink: CellInk) -> bool:
    """Whether the largest blot of a cell leans as a slash does, whatever lies beside it."""
    largest = max(ink.lines[0], key=lambda blot: blot.height)
    return lean_of(picture_of(largest, ink)) > LEANS


def _text(lines: Sequence[Reading]) -> str:
    return "\n".join(line.text for line in lines).strip() or UNREAD


def _marked(mark: str, readings: Sequence[Reading]) -> Printed:
    """A mark by its shape, unless all readings see a digit and one that does not look like it."""
    digits = {as_number(reading) for reading in readings}
    if mark == "/" and digits - {"", "1"} and all(_sureness(reading) > _SURE for reading in readings):
        return Printed(mark, (mark, *sorted(digits - {""})), READINGS_DIFFER)
    return Printed(mark, (mark, mark))
