"""Pieces of text as blocks: what stands in one cell of a table that draws no cells.

Pieces one below the other make a block. They belong together where nothing is drawn between them
and the distance is that of lines within a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from govdisclose.clean import parse
from govdisclose.readers.pdf.pieces import WIDEST_PITCH, Piece
from govdisclose.readers.pdf.text import Rectangle

_CELLWISE = 0.3
"""Where as large a share of the lines that may be of one cell are printed one after the other, all such lines are."""
SLACK = 0.25
"""Text set in the middle of a narrow cell reaches this far out of it, in em, or further."""
_FLUSH = 0.55
"""Lines of one cell differ less than this, in em, in an edge or their middle: brackets at the ends are set narrower."""
_ORDINAL_ALONE = 1.0
_UNBROKEN = 2.5
"""A line is broken where less than this, in em, is left: Chinese breaks anywhere but before a mark or two."""
ITEM = re.compile(r"\d{1,2}\s?[.．、]|[（(][一二三四五六七八九十]{1,2}\s?[)）]|[一二三四五六七八九十]{1,2}、")
"""What begins so begins a cell."""
_SAME_SIZE = 0.08
_EXACTLY = 0.1
"""Text set flush left begins at one place but for this, in em."""
_SAME_PITCH = 0.012
"""Distances between lines that differ by less than this, in em, are one and the same."""
_ROWS = 0.25
"""Where a larger share of lines some distance apart have numbers of their own, rows are that far apart."""
_LEVEL = 0.3
"""What stands at one height differs by less than this, in em."""


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


class Pitch(NamedTuple):
    """The distance of lines within a cell, in em, and whether rows may be as near to each other."""

    em: float
    is_of_rows: bool


def blocks(found: Sequence[Piece], rulings: Sequence[Rectangle], pitch: Pitch | None) -> list[Block]:
    """Pieces as blocks, from the top.

    Parameters
    ----------
    found : sequence of Piece
    rulings : sequence of Rectangle
        Level lines that part cells: drawn ones, and edges of shades.
    pitch : Pitch or None
        How far apart lines of one cell are, where no lines part the cells (see `line_pitch`).
    """
    order = sorted(found, key=lambda piece: (piece.mid, piece.x0))
    pairs = list(_neighbours(order))
    parted = [_is_parted(a, b, rulings) for a, b in pairs]
    pitches = [(b.mid - a.mid) / a.size for a, b in pairs]
    full = [True] * len(pairs)
    if pitch and pitch.is_of_rows and not any(parted):
        room = _room(order)
        full = [_is_full(a, b, order, room) for a, b in pairs]
    follows: dict[int, Piece] = {}
    led: set[int] = set()
    likely = []
    for (a, b), cut, distance, wraps in zip(pairs, parted, pitches, full, strict=True):
        near = distance <= WIDEST_PITCH if any(parted) else pitch and abs(distance - pitch.em) < _SAME_PITCH
        if not cut and near and wraps and _of_one_cell(a, b):
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


def _room(found: Sequence[Piece]) -> float:
    """How wide the column at the left edge is at least, as its header tells that stands in the middle of it."""
    texts = [piece for piece in found if not piece.is_value]
    edge = min((piece.x0 for piece in texts), default=0.0)
    reach = max(piece.x1 for piece in texts if piece.x0 - edge < _EXACTLY * piece.size) if texts else edge
    widths = [0.0]
    for piece in (piece for piece in texts if piece.size < piece.x0 - edge < reach - edge):
        level = [other for other in texts if abs(other.mid - piece.mid) < _LEVEL * piece.size]
        if len(level) > 2 and piece is min(level, key=lambda p: p.x0):
            widths.append(piece.x0 + piece.x1 - 2 * edge)
    return min(widths[1:], default=0.0)


def _is_full(above: Piece, below: Piece, found: Sequence[Piece], room: float) -> bool:
    """Whether a line at the left edge, with no label beside it, has no room for the next line as well."""
    edge = min(piece.x0 for piece in found)
    flush = [piece for piece in found if piece.x0 - edge < _EXACTLY * piece.size]
    beside = [piece for piece in found if piece not in flush and not piece.is_value]
    if any(abs(other.mid - piece.mid) < piece.size for piece in (above, below) for other in beside):
        return True
    widest = max(room, max(piece.x1 for piece in flush) - edge)
    left = widest - (above.x1 - above.x0)
    return above not in flush or below not in flush or left < min(below.x1 - below.x0, _UNBROKEN * above.size)


def _neighbours(order: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Pieces with those that stand next below them."""
    for index, above in enumerate(order):
        reach: float | None = None
        for below in order[index + 1 :]:
            if below.x0 >= above.x1 or below.x1 <= above.x0:  # as most, and told soonest
                continue
            if below.mid - above.mid < 0.5 * min(above.size, below.size) or not above.overlaps(below):
                continue
            if reach is not None and below.mid > reach + _LEVEL * below.size:
                break
            reach = below.mid if reach is None else reach
            yield above, below


def _is_parted(above: Piece, below: Piece, rulings: Sequence[Rectangle]) -> bool:
    """Whether a level line is drawn between two pieces."""
    # Text wider than its cell reaches over the lines beside it.
    middle = (max(above.x0, below.x0) + min(above.x1, below.x1)) / 2
    top, foot = 2 * above.mid, 2 * below.mid
    return any(top < y0 + y1 < foot and x0 < middle < x1 for x0, y0, x1, y1 in rulings)


def _of_one_cell(above: Piece, below: Piece) -> bool:
    if above.text[-1] in ",，" and below.text[0].isdecimal():
        return True  # a number broken at a separator
    if abs(above.size - below.size) > _SAME_SIZE * above.size or below.is_value or ITEM.match(below.text):
        return False
    if above.is_value and below.text[:1] not in "（([【〔":
        return False
    edges = (above.x0 - below.x0, above.x1 - below.x1, (above.x0 + above.x1 - below.x0 - below.x1) / 2)
    # An ordinal alone is no label; a blank at its end moves it off the middle.
    return min(map(abs, edges)) < (_ORDINAL_ALONE if ITEM.fullmatch(above.text) else _FLUSH) * above.size


def line_pitch(tables: Sequence[tuple[Sequence[Piece], Sequence[Rectangle]]]) -> Pitch | None:
    """The distance of lines within a cell, as far as the tables tell; None where each cell has one line.

    It is the smallest there is, unless lines that far apart have numbers of their own: those are rows.

    Parameters
    ----------
    tables : sequence of (sequence of Piece, sequence of Rectangle)
        The pieces of each, and the level lines that part its cells.
    """
    pitches = sorted(pitch for found, rulings in tables for pitch in _pitches(found, rulings))
    least = pitches[0][0] if pitches else WIDEST_PITCH + 1
    near = [rows for pitch, rows in pitches if pitch < least + _SAME_PITCH]
    if least > WIDEST_PITCH or sum(near) > _ROWS * len(near):
        return None
    return Pitch(least, any(near) or not any(rows for _, rows in pitches))


def _pitches(found: Sequence[Piece], rulings: Sequence[Rectangle]) -> Iterator[tuple[float, bool]]:
    """How far apart texts are that may be of one cell, in em, and whether both have numbers of their own."""
    order = sorted(found, key=lambda piece: (piece.mid, piece.x0))

    def has_values(piece: Piece) -> bool:
        level = [p for p in order if p.x0 > piece.x1 - SLACK and abs(p.mid - piece.mid) < _LEVEL / 2 * piece.size]
        return bool(level) and min(level, key=lambda p: p.x0).is_value

    for a, b in _neighbours(order):
        if not a.is_value and _of_one_cell(a, b) and not _is_parted(a, b, rulings):
            yield (b.mid - a.mid) / a.size, has_values(a) and has_values(b)


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

    def right(other: Block, block: Block) -> bool:
        # Text wider than its cell reaches into the next.
        reaches = other.x0 > (block.x0 + block.x1) / 2 and other.x1 > block.x1
        return (reaches or other.x0 >= block.x1 - SLACK * block.size) and other.beside(block)

    return [block for block in labels if not any(right(other, block) for other in labels)]


def levels(found: Sequence[Block]) -> list[list[Block]]:
    """Blocks whose middles stand at one height, from the top."""
    made: list[list[Block]] = []
    for block in sorted(found, key=lambda block: block.mid):
        if made and block.mid - made[-1][-1].mid < _LEVEL * block.pieces[0].size:
            made[-1].append(block)
        else:
            made.append([block])
    return made
