"""Text of a page as blocks: what stands in one cell of a table that draws no cells.

Characters make pieces (one line of one cell), pieces one below the other make a block. They belong
together where nothing is drawn between them and the distance is that of lines within a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from govdisclose.clean import parse
from govdisclose.readers.pdf.text import Char, Line, Rectangle

_TEXT_GAP = 0.3
"""Characters of a label up to this far apart, in em, are one piece."""
_CELLWISE = 0.3
"""Where as large a share of the lines that may be of one cell are printed one after the other, all such lines are."""
_NUMBER_GAP = 0.06
"""A digit stands this near to the one before it, in em, to be of the same number."""
_FILLED = 0.45
"""A printed blank that leaves no more than this, in em, on either side holds a label's parts together."""
_LOOSE = 0.5
"""The same within one text object, where the type is set loosely."""
_HAIR = 0.02
"""Characters of one piece differ less than this, in em, in their baselines."""
SLACK = 0.25
"""Text set in the middle of a narrow cell reaches this far out of it, in em, or further."""
_IN_LINE = 0.6
"""Left edges or middles that differ by less than this, in points, stand in line."""
_IN_MIDDLE = 0.45
"""The same, in em, beside one that does: marks at the ends of lines are set narrower, and wide text overflows."""
_FLUSH = 0.55
"""Lines of one cell differ less than this, in em, in an edge or their middle: brackets at the ends are set narrower."""
_BAND = 20.0
_ORDINAL = re.compile(r"\d{1,2}[.．、)）]?|[一二三四五六七八九十]、")
_BEGINS = re.compile(r"[（(\d]|[一二三四五六七八九十]、")
_ITEM = re.compile(r"\d{1,2}\s?[.．、]|[（(][一二三四五六七八九十]{1,2}\s?[)）]|[一二三四五六七八九十]{1,2}、")
"""What begins so begins a cell."""
_SAME_SIZE = 0.08
_SAME_PITCH = 0.012
"""Distances between lines that differ by less than this, in em, are one and the same."""
_WIDEST_PITCH = 2.2
"""Lines further apart than this, in em, are not of one cell."""
_LEVEL = 0.3
"""What stands at one height differs by less than this, in em."""


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

    def overlaps(self, other: Piece | Block) -> bool:
        """Whether the two stand one above the other."""
        overlap = min(self.x1, other.x1) - max(self.x0, other.x0)
        return overlap > min(0.25 * self.size, 0.4 * (self.x1 - self.x0), 0.4 * (other.x1 - other.x0))


@dataclass(frozen=True)
class Block:
    """The text of one cell."""

    pieces: tuple[Piece, ...]

    @cached_property
    def x0(self) -> float:
        return min(piece.x0 for piece in self.pieces)

    @cached_property
    def x1(self) -> float:
        return max(piece.x1 for piece in self.pieces)

    @cached_property
    def mid(self) -> float:
        """The height of the middle."""
        return (self.pieces[0].mid + self.pieces[-1].mid) / 2

    @cached_property
    def top(self) -> float:
        return self.pieces[0].mid - self.pieces[0].size / 2

    @cached_property
    def bottom(self) -> float:
        return self.pieces[-1].mid + self.pieces[-1].size / 2

    @property
    def size(self) -> float:
        return self.pieces[0].size

    def is_gap(self, x: float) -> bool:
        """Whether a place is white in a line that stands on both sides of it, and printed in two goes."""
        for piece in self.pieces:
            before = max((char for char in piece.chars if char.x1 <= x), key=lambda char: char.x1, default=None)
            after = min((char for char in piece.chars if char.x0 >= x), key=lambda char: char.x0, default=None)
            if before is None or after is None or before.run == after.run:
                continue
            held = any(char.x0 < x < char.x1 for char in piece.chars)
            if not held and after.x0 - before.x1 > SLACK * piece.size:
                return True
        return False

    @cached_property
    def text(self) -> str:
        return "\n".join(piece.text for piece in self.pieces)

    @cached_property
    def is_value(self) -> bool:
        """A number or a dash."""
        return not self.pieces[0].label and parse(self.text).state in ("number", "dash")

    def beside(self, other: Block) -> bool:
        """Whether the two share a height."""
        return self.top < other.bottom and other.top < self.bottom


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
    for char in chars:
        if gathered:
            between = _joint(gathered[-1], char, blanks)
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
        band, reach = int(piece.mid // _BAND), _WIDEST_PITCH * piece.size
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


def _joint(last: Char, char: Char, blanks: Sequence[Char]) -> str | None:
    """What stands between two characters of one piece, or None where they are of two."""
    if not 0 <= char.run - last.run <= 1:  # what is of one cell is printed one after the other
        return None
    em = max(last.size, char.size)
    gap = char.x0 - last.x1
    digits = last.text.isdecimal() and char.text.isdecimal()
    digits = digits or (last.run != char.run and _is_figure(last) and _is_figure(char))
    if gap <= (_NUMBER_GAP if digits else _TEXT_GAP / 2 if last.run != char.run else _TEXT_GAP) * em:
        return ""
    if digits or (_is_figure(char) and last.run != char.run):
        return None
    inside = (blank for blank in blanks if last.x < blank.x < char.x and last.run <= blank.run <= char.run)
    held = sorted(inside, key=lambda blank: blank.x0)
    edges = [last.x1, *(edge for blank in held for edge in (blank.x0, blank.x1)), char.x0]
    loosest = _LOOSE if last.run == char.run else _FILLED
    if held and all(edges[i + 1] - edges[i] <= loosest * em for i in range(0, len(edges), 2)):
        return " "
    return "" if gap <= _TEXT_GAP * em else None


def _is_figure(char: Char) -> bool:
    return char.text.isdecimal() or char.text in ".,，．/-—－–"


def blocks(found: Sequence[Piece], rulings: Sequence[Rectangle], pitch: float | None) -> list[Block]:
    """Pieces as blocks, from the top.

    Parameters
    ----------
    found : sequence of Piece
    rulings : sequence of Rectangle
        Level lines that part cells: drawn ones, and edges of shades.
    pitch : float or None
        How far apart lines of one cell are, in em, where no lines part the cells (see `line_pitch`).
    """
    order = sorted(found, key=lambda piece: (piece.mid, piece.x0))
    pairs = list(_neighbours(order))
    parted = [any(_between(a, b, ruling) for ruling in rulings) for a, b in pairs]
    pitches = [(b.mid - a.mid) / a.size for a, b in pairs]
    follows: dict[int, Piece] = {}
    led: set[int] = set()
    likely = []
    for (a, b), cut, distance in zip(pairs, parted, pitches, strict=True):
        near = distance <= _WIDEST_PITCH if any(parted) else pitch is not None and abs(distance - pitch) < _SAME_PITCH
        if not cut and near and _of_one_cell(a, b):
            likely.append((a, b, b.chars[0].run == a.chars[-1].run + 1))
    cellwise = sum(after for _, _, after in likely) > _CELLWISE * len(likely)
    for a, b, after in likely:
        if (after or not cellwise) and id(a) not in follows and id(b) not in led:
            follows[id(a)] = b
            led.add(id(b))
    made = []
    for piece in order:
        if id(piece) not in led:
            chain = [piece]
            while id(chain[-1]) in follows:
                chain.append(follows[id(chain[-1])])
            made.append(Block(tuple(chain)))
    return made


def _neighbours(order: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Pieces with those that stand next below them."""
    for index, above in enumerate(order):
        reach: float | None = None
        for below in order[index + 1 :]:
            if below.mid - above.mid < 0.5 * min(above.size, below.size) or not above.overlaps(below):
                continue
            if reach is not None and below.mid > reach + _LEVEL * below.size:
                break
            reach = below.mid if reach is None else reach
            yield above, below


def _between(above: Piece, below: Piece, ruling: Rectangle) -> bool:
    x0, y0, x1, y1 = ruling
    return above.mid < (y0 + y1) / 2 < below.mid and x0 < min(above.x1, below.x1) and x1 > max(above.x0, below.x0)


def _of_one_cell(above: Piece, below: Piece) -> bool:
    if above.text[-1] in ",，" and below.text[0].isdecimal():
        return True  # a number broken at a separator
    if abs(above.size - below.size) > _SAME_SIZE * above.size or below.is_value or _ITEM.match(below.text):
        return False
    if above.is_value and below.text[:1] not in "（([【〔":
        return False
    edges = (above.x0 - below.x0, above.x1 - below.x1, (above.x0 + above.x1 - below.x0 - below.x1) / 2)
    return min(map(abs, edges)) < _FLUSH * above.size


def line_pitch(found: Sequence[Piece], rulings: Sequence[Rectangle]) -> float | None:
    """The distance of lines within a cell, in em, as far as these pieces tell; None where each cell has one line.

    It is the smallest there is, unless lines that far apart have numbers of their own.
    """
    order = sorted(found, key=lambda piece: (piece.mid, piece.x0))
    texts = [
        ((b.mid - a.mid) / a.size, a, b)
        for a, b in _neighbours(order)
        if not a.is_value and _of_one_cell(a, b) and not any(_between(a, b, ruling) for ruling in rulings)
    ]
    if not texts:
        return None
    least = min(pitch for pitch, _, _ in texts)

    def has_values(piece: Piece) -> bool:
        level = [p for p in order if p.x0 > piece.x1 - SLACK and abs(p.mid - piece.mid) < _LEVEL / 2 * piece.size]
        return bool(level) and min(level, key=lambda p: p.x0).is_value

    nearest = [(a, b) for pitch, a, b in texts if pitch < least + _SAME_PITCH]
    if least > _WIDEST_PITCH or any(has_values(a) and has_values(b) for a, b in nearest):
        return None
    return least


def clusters(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches that overlap, taken together, from the left.

    >>> clusters([(10, 15), (40, 50), (12, 20), (49, 60)])
    [(10, 20), (40, 60)]
    """
    made: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if made and low < made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], high))
        else:
            made.append((low, high))
    return made


def rightmost(labels: Sequence[Block]) -> list[Block]:
    """Labels with no other label to their right: those of single rows."""
    return [
        block
        for block in labels
        if not any(other.x0 >= block.x1 - SLACK * block.size and other.beside(block) for other in labels)
    ]


def levels(found: Sequence[Block]) -> list[list[Block]]:
    """Blocks whose middles stand at one height, from the top."""
    made: list[list[Block]] = []
    for block in sorted(found, key=lambda block: block.mid):
        if made and block.mid - made[-1][-1].mid < _LEVEL * block.pieces[0].size:
            made[-1].append(block)
        else:
            made.append([block])
    return made
