"""The characters of a PDF page, as pdfium gives them, and the lines they stand in.

Every coordinate here is in points from the top left corner of the page *as its text reads*: the
`/Rotate` entry and the offset of the page box are undone, and a page whose text runs up or down
the sheet is turned until it reads from left to right (`View.turn`, undone in `View.box`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import nan
from operator import itemgetter
from typing import NamedTuple

from govdisclose.model import Box

Rectangle = tuple[float, float, float, float]
"""x0, y0, x1, y1 with y downwards."""

_SAME_LINE = 0.4
"""Baselines nearer than this, in em, are one line: it holds raised marks, not the next line."""
_OVERPRINT = 0.15
"""Two equal glyphs nearer than this, in em, are one glyph printed twice to look bold. The
narrowest digits advance by a quarter of an em."""
_OVERLAP = 0.08
"""Equal glyphs that reach into one another further than this, in em, may be such twins."""
WORD_GAP = 0.3
"""A gap wider than this, in em, is a space although the source prints none."""


class Char(NamedTuple):
    """One printed character. `size` is one em in points, `angle` the direction it runs, in quarter turns.

    The box is the glyph's advance box. `run` tells which text object of the page printed it.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    size: float
    angle: int = 0
    run: int = 0

    @property
    def x(self) -> float:
        """Centre, across."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """Centre, down."""
        return (self.y0 + self.y1) / 2


class Line(NamedTuple):
    """Characters on one baseline, from left to right, and the text they spell."""

    text: str
    chars: tuple[Char, ...]
    box: Rectangle
    size: float


@dataclass(frozen=True, slots=True)
class View:
    """How user space maps to the page as its text reads.

    `rotation` is the page's own `/Rotate` in clockwise quarter turns, `turn` what is added to
    make the text read from left to right, `bounds` the visible page box in user space.
    """

    number: int
    bounds: tuple[float, float, float, float]
    rotation: int = 0
    turn: int = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as the text reads."""
        left, bottom, right, top = self.bounds
        width, height = right - left, top - bottom
        return (height, width) if (self.rotation + self.turn) % 2 else (width, height)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of user space (y upwards) on the page as it reads (y downwards).

        >>> View(1, (0, 0, 600, 800), rotation=1).place(0, 0)
        (0, 0)
        """
        left, bottom, right, top = self.bounds
        return _turned(x - left, top - y, right - left, top - bottom, self.rotation + self.turn)

    def area(self, bounds: tuple[float, float, float, float]) -> Rectangle:
        """A rectangle of user space (left, bottom, right, top) on the page as it reads."""
        ax, ay = self.place(bounds[0], bounds[1])
        bx, by = self.place(bounds[2], bounds[3])
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)

    def box(self, area: Rectangle) -> Box:
        """A rectangle of the page as it reads, as a box on the page as it is shown.

        >>> View(1, (0, 0, 600, 800), turn=1).box((10, 20, 30, 50))
        Box(page=1, x0=20, y0=770, x1=50, y1=790)
        """
        if not self.turn:
            return Box(self.number, round(area[0], 2), round(area[1], 2), round(area[2], 2), round(area[3], 2))
        width, height = self.size
        ax, ay = _turned(area[0], area[1], width, height, -self.turn)
        bx, by = _turned(area[2], area[3], width, height, -self.turn)
        edges = (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
        return Box(self.number, *(round(edge, 2) for edge in edges))


def _turned(x: float, y: float, width: float, height: float, quarters: int) -> tuple[float, float]:
    """A point of a width × height sheet after clockwise quarter turns of the sheet."""
    for _ in range(quarters % 4):
        x, y = height - y, x
        width, height = height, width
    return x, y


@dataclass(frozen=True, slots=True)
class PageText:
    """What pdfium reads on one page. `unmapped` counts characters without a usable code."""

    view: View
    chars: tuple[Char, ...]
    unmapped: int = 0
    hidden_layer: bool = False
    """Whether the text is an invisible layer (of a recognition program) over a picture."""
    objects: Mapping[int, int] = field(default_factory=dict)
    """The number of each text object (`Char.run`), by its address in pdfium's memory."""


_X0, _Y0, _X1, _Y1 = map(itemgetter, range(1, 5))


def lines(chars: Iterable[Char]) -> list[Line]:
    """Characters gathered into lines, from the top, each from left to right.

    A line's text has a space where the source prints one, or where the gap is wider than 0.3 em.
    A glyph overprinted to look bold is there once.
    Text that runs another way (a label written up the side) makes lines of its own, at the end.

    >>> a = Char("1", 10, 10, 15, 20, base=18, size=10)
    >>> b = Char("2", 15, 10, 20, 20, base=18, size=10)
    >>> c = Char("3", 10, 30, 15, 40, base=38, size=10)
    >>> [line.text for line in lines([c, b, a])]
    ['12', '3']
    """
    by_angle: dict[int, list[Char]] = {}
    for char in chars:
        angle = char[7]
        if angle in by_angle:
            by_angle[angle].append(char)
        else:
            by_angle[angle] = [char]
    return [line for angle in sorted(by_angle) for line in _lines(by_angle[angle], angle)]


def _lines(chars: list[Char], angle: int) -> Iterator[Line]:
    # Here and below `char[5]` is its base and `char[6]` its size: there are thousands, and names are slower.
    ordered = sorted(chars, key=itemgetter(5) if angle == 0 else partial(_base, angle=angle))
    first, top, size = 0, nan, 0.0
    for at, char in enumerate(ordered):
        base = char[5] if angle == 0 else _base(char, angle)
        if base == top:  # as most are
            continue
        em = char[6]
        if base - top < _SAME_LINE * (em if em < size else size):
            continue
        yield from _line(ordered[first:at], angle)
        first, top, size = at, base, em
    yield from _line(ordered[first:], angle)


def _base(char: Char, angle: int) -> float:
    """How far down its line stands, seen along the direction the text runs."""
    return (char.base, -char.x, -char.y, char.x)[angle]


def _along(char: Char, angle: int) -> tuple[float, float]:
    """Start and end of a character along the direction the text runs."""
    return ((char.x0, char.x1), (char.y0, char.y1), (-char.x1, -char.x0), (-char.y1, -char.y0))[angle]


def _middle(char: Char) -> float:
    """Twice the centre, across."""
    return char[1] + char[3]


def _middle_along(char: Char, angle: int) -> float:
    return sum(_along(char, angle))


def _line(chars: list[Char], angle: int) -> Iterator[Line]:
    """The line that characters on one baseline make; none where all are blank."""
    text = ""
    end: float | None = None
    inked: list[Char] = []
    for char in sorted(chars, key=_middle if angle == 0 else partial(_middle_along, angle=angle)):
        glyph = char[0]
        if glyph.isspace():
            text += " "
            continue
        start, stop = (char[1], char[3]) if angle == 0 else _along(char, angle)
        if end is not None:
            gap, em = start - end, char[6]
            if gap > WORD_GAP * em:
                text += " "
            # What overprints a character follows it, or what overprints its neighbours does.
            elif gap < -_OVERLAP * em and any(_is_twin(other, char) for other in inked[-3:]):
                continue
        text += glyph
        end = stop
        inked.append(char)
    if inked:
        if " " in text:
            text = " ".join([part for part in text.split(" ") if part])
        yield Line(text, tuple(inked), bounding(inked), max([char[6] for char in inked]))


def _is_twin(other: Char, char: Char) -> bool:
    if other[0] != char[0]:
        return False
    near = _OVERPRINT * max(char[6], 1.0)
    return abs(other.x - char.x) < near and abs(other.y - char.y) < near


def bounding(chars: Iterable[Char]) -> Rectangle:
    """The smallest rectangle around characters; all zero around none."""
    some = chars if isinstance(chars, list) else list(chars)
    if not some:
        return (0.0, 0.0, 0.0, 0.0)
    return (min(map(_X0, some)), min(map(_Y0, some)), max(map(_X1, some)), max(map(_Y1, some)))
