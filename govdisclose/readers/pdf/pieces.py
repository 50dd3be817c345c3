"""Characters of a page as pieces: one line of one cell in a table that draws no cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from govdisclose.clean import parse
from govdisclose.readers.pdf.text import Char, Line

_TEXT_GAP = 0.3
"""Characters of a label up to this far apart, in em, are one piece."""
_NUMBER_GAP = 0.06
"""A digit stands this near to the one before it, in em, to be of the same number."""
_FILLED = 0.45
"""A printed blank that leaves no more than this, in em, on either side holds a label's parts together."""
_LOOSE = 0.5
"""The same within one text object, where the type is set loosely."""
_SPACING = 0.25
"""Typesetters put as much, in em, between Chinese and Latin letters or digits."""
_KERNED = 0.2
"""Word processors put as much."""
_OPENING = "(（[【〔《“"
_NARROW = ")]"
_AFTER = 0.4
"""Word processors put as much, in em, behind a narrow bracket that ends."""
_CLOSING = ")）]】〕》”"
_HAIR = 0.02
"""Characters of one piece differ less than this, in em, in their baselines."""
_IN_LINE = 0.6
"""Left edges or middles that differ by less than this, in points, stand in line."""
_IN_MIDDLE = 0.45
"""The same, in em, beside one that does: marks at the ends of lines are set narrower, and wide text overflows."""
_BAND = 20.0
_ORDINAL = re.compile(r"\d{1,2}[.．、)）]?|[一二三四五六七八九十]、")
_BEGINS = re.compile(r"[（(\d]|[一二三四五六七八九十]、")
_POINTS = ".．、"
_DASHES = "/-—－–"
WIDEST_PITCH = 2.2
"""Lines further apart than this, in em, are not of one cell."""


@dataclass(frozen=True)
class Piece:
    """A line of a cell. `mid` is the height of its middle, which does not depend on the size of its type."""

    text: str
    x0: float
    x1: float
    mid: float
    size: float
    chars: tuple[Char, ...]
    joint: str | None = None
    """What would join it to the piece before it on its line, where they touch."""

    label: bool = False
    """Stands left of all numbers, so that a word that may mean none (as a part of a label) does not."""

    @cached_property
    def is_value(self) -> bool:
        """A number or a dash."""
        return not self.label and parse(self.text).state in ("number", "dash")

    def overlaps(self, other: Piece) -> bool:
        """Whether the two stand one above the other; text wider than its cell reaches a little over the next."""
        overlap = min(self.x1, other.x1) - max(self.x0, other.x0)
        return overlap > 0.4 * min(self.x1 - self.x0, other.x1 - other.x0)


def pieces(found: Sequence[Line], blanks: Sequence[Char]) -> list[list[Piece]]:
    """Lines cut where their cells may end: the pieces of each, from the left.

    What differs in its baseline, be it by a hair, is of two cells: their text is set to different
    heights. What touches is of one, unless text objects meet that each stand in line with others.

    Parameters
    ----------
    found : sequence of Line
    blanks : sequence of Char
        The blank characters printed on the page.
    """
    chars = [char for line in found for char in line.chars]
    whole = len(chars) > 1.5 * len({char.run for char in chars})
    parts = []
    for line in found:
        near = [blank for blank in blanks if abs(blank.base - line.chars[0].base) < 0.4 * line.size]
        parts.append([part for level in _heights(line.chars) for part in _parts(level, near, whole)])
    places = _Places([piece for line in parts for piece in line]) if whole else None
    made = []
    for pieces_of_line in parts:
        joined: list[Piece] = []
        for piece in pieces_of_line:
            last = joined[-1] if joined else None
            if last is not None and piece.joint is not None and not (places and places.meet(last, piece)):
                text = last.text + piece.joint + piece.text
                joined[-1] = _piece(text, (*last.chars, *piece.chars), last.joint)
            else:
                joined.append(piece)
        made.append(sorted(joined, key=lambda piece: piece.x0))
    return made


def _heights(chars: Sequence[Char]) -> list[list[Char]]:
    """The characters of a line by their baselines, each from the left."""
    made: list[list[Char]] = []
    for char in sorted(chars, key=lambda char: char.base):
        if made and char.base - made[-1][-1].base < _HAIR * char.size:
            made[-1].append(char)
        else:
            made.append([char])
    return [sorted(level, key=lambda char: char.x) for level in made]


def _parts(chars: Sequence[Char], blanks: Sequence[Char], whole: bool) -> Iterator[Piece]:
    """Characters of one height in pieces; `whole`: where a text object ends as well, with what joins it on."""
    gathered: list[Char] = []
    text, joint = "", None
    for char, after in zip(chars, [*chars[1:], None], strict=True):
        if gathered:
            between = _joint(text, gathered[-1], char, blanks, _begins_figure(char, after))
            ends = whole and char.run != gathered[-1].run and not (_is_figure(char) and _is_figure(gathered[-1]))
            if between is None or ends:
                yield _piece(text, gathered, joint)
                gathered, text, joint = [], "", between
            else:
                text += between
        gathered.append(char)
        text += char.text
    yield _piece(text, gathered, joint)


class _Places:
    """Where text objects stand, to tell which stand in line with those of neighbouring lines."""

    def __init__(self, found: Sequence[Piece]) -> None:
        self.rows: dict[int, list[Piece]] = {}
        for piece in found:
            self.rows.setdefault(int(piece.mid // _BAND), []).append(piece)

    def meet(self, left: Piece, right: Piece) -> bool:
        """Whether two pieces that touch are of two cells: both stand in line with others, and an item begins."""
        if _ORDINAL.fullmatch(left.text):
            return False
        if not _BEGINS.match(right.text):
            return False
        off, other = sorted((self._off_line(left), self._off_line(right)))
        return off < _IN_LINE and other < _IN_MIDDLE * right.size

    def _off_line(self, piece: Piece) -> float:
        """How far a piece is off the left edge or the middle of one on a line near by."""
        band, reach = int(piece.mid // _BAND), WIDEST_PITCH * piece.size
        steps = int(reach // _BAND) + 1
        others = (other for at in range(band - steps, band + steps + 1) for other in self.rows.get(at, ()))
        return min(
            (
                min(abs(other.x0 - piece.x0), abs(other.x0 + other.x1 - piece.x0 - piece.x1) / 2)
                for other in others
                if other.joint is None and 0.5 * piece.size < abs(other.mid - piece.mid) < reach
            ),
            default=float("inf"),
        )


def _piece(text: str, chars: Sequence[Char], joint: str | None = None) -> Piece:
    # Half way up the digits: numbers and labels of different sizes are set on one middle.
    mids = sorted(char.base - 0.36 * char.size for char in chars)
    return Piece(text, chars[0].x0, chars[-1].x1, mids[len(mids) // 2], max(c.size for c in chars), tuple(chars), joint)


def _joint(text: str, last: Char, char: Char, blanks: Sequence[Char], begins_figure: bool) -> str | None:
    """What stands between two characters of one piece that spells `text` so far, or None where they are of two."""
    if not 0 <= char.run - last.run <= 1:  # what is of one cell is printed one after the other
        return None
    em = max(last.size, char.size)
    gap = char.x0 - last.x1
    digits = last.text.isdecimal() and char.text.isdecimal()
    digits = digits or (last.run != char.run and _is_figure(last) and _is_figure(char))
    if _meets_latin(last, char) and abs(gap - _SPACING * em) < _HAIR * em:
        return ""
    if _meets_latin(last, char) and abs(gap - _KERNED * em) < _HAIR * em and (last.text.isascii() or _is_open(text)):
        return ""
    if last.text in _NARROW and not begins_figure and _TEXT_GAP * em < gap <= _AFTER * em:
        return ""
    if (last.text in _OPENING or (char.text in _CLOSING and _is_open(text))) and gap <= _LOOSE * em:
        return ""
    if gap <= (_NUMBER_GAP if digits else _TEXT_GAP / 2 if last.run != char.run else _TEXT_GAP) * em:
        return ""
    if last.text.isdecimal() and char.text in _POINTS and gap <= _TEXT_GAP * em:
        return ""
    if digits or (begins_figure and last.run != char.run):
        return None
    inside = (blank for blank in blanks if last.x < blank.x < char.x and last.run <= blank.run <= char.run)
    held = sorted(inside, key=lambda blank: blank.x0)
    edges = [last.x1, *(edge for blank in held for edge in (blank.x0, blank.x1)), char.x0]
    loosest = _LOOSE if last.run == char.run else _FILLED
    if held and all(edges[i + 1] - edges[i] <= loosest * em for i in range(0, len(edges), 2)):
        return " "
    return "" if gap <= _TEXT_GAP * em else None


def _meets_latin(last: Char, char: Char) -> bool:
    """Whether Chinese meets a digit or a Latin letter, which typesetters space."""
    before, after = last.text, char.text
    return before.isalnum() and after.isalnum() and before.isascii() != after.isascii()


def _is_open(text: str) -> bool:
    """Whether a bracket is open at the end of a text: what follows at a typesetter's distance is no number of its own.

    >>> [_is_open(text) for text in ("70（其中修订", "（一）", "")]
    [True, False, False]
    """
    return sum(text.count(mark) for mark in _OPENING) > sum(text.count(mark) for mark in _CLOSING)


def _is_figure(char: Char) -> bool:
    return char.text.isdecimal() or char.text in ".,，．" + _DASHES


def _begins_figure(char: Char, after: Char | None) -> bool:
    """Whether a number or a dash begins here, not a word after a slash (增 /减), nor a comma that ends one."""
    if char.text not in _DASHES or after is None or after.run != char.run:
        return char.text.isdecimal() or char.text in _DASHES
    return not after.text.isalpha() or after.x0 - char.x1 > _TEXT_GAP * char.size
