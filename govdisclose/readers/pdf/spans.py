"""What a label over several rows and a header cell over several columns stand for, by where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from govdisclose.readers.pdf.blocks import SLACK, Block, clusters
from govdisclose.readers.pdf.text import Rectangle

NEAR = 2.5
"""What is set in the middle of several rows or columns is off it by less than this, in points."""


@dataclass(frozen=True)
class Column:
    """A column of values: where its numbers or its header stand."""

    x0: float
    x1: float

    @property
    def mid(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True)
class Row:
    """A row below the header: its label, if any, its values by column, and its upper and lower edge."""

    label: Block | None
    values: dict[int, Block]
    top: float
    bottom: float

    @property
    def mid(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Head:
    """A header cell over columns `first` to `last`."""

    block: Block
    first: int
    last: int


@dataclass(frozen=True)
class Group:
    """A label over rows `first` to `last`, at a level (0 is leftmost); None where it stands on another page."""

    block: Block | None
    level: int
    first: int
    last: int


def groups_of(labels: Sequence[Block], rows: Sequence[Row], marks: Sequence[Rectangle]) -> list[Group] | None:
    """Labels over several rows; None where one fits nowhere."""
    leaves = {id(row.label) for row in rows}
    found = [block for block in labels if id(block) not in leaves]
    spans = clusters([(block.x0 + SLACK * block.size, block.x1 - SLACK * block.size) for block in found])
    made: list[Group] = []
    for level, (low, high) in enumerate(spans):
        mine = sorted((b for b in found if low < (b.x0 + b.x1) / 2 < high), key=lambda block: block.mid)
        # A row whose label begins further left is not of these groups.
        under = [i for i, row in enumerate(rows) if row.label is None or row.label.x0 > high - SLACK * row.label.size]
        for stretch in _stretches(under):
            inside = [b for b in mine if rows[stretch[0]].top <= b.mid <= rows[stretch[-1]].bottom]
            cuts = _cuts(stretch, rows, (low + high) / 2, marks)
            parted = _by_cuts(inside, stretch, rows, cuts) if cuts is not None else _by_middles(inside, stretch, rows)
            if parted is None:
                return None
            made += [Group(block, level, first, last) for block, first, last in parted]
    return made if sum(group.block is not None for group in made) == len(found) else None


def _cuts(stretch: Sequence[int], rows: Sequence[Row], x: float, marks: Sequence[Rectangle]) -> list[int] | None:
    """The rows after which a line is drawn at some place; None where no lines part the rows."""
    drawn = [
        [mark for mark in marks if rows[i].mid < (mark[1] + mark[3]) / 2 < rows[j].mid] for i, j in pairwise(stretch)
    ]
    if not stretch[1:] or not all(drawn):
        return None
    return [i for i, between in zip(stretch, drawn, strict=False) if any(m[0] < x < m[2] for m in between)]


def _by_cuts(
    groups: Sequence[Block], stretch: Sequence[int], rows: Sequence[Row], cuts: Sequence[int]
) -> list[tuple[Block | None, int, int]] | None:
    """The label between each two lines."""
    made: list[tuple[Block | None, int, int]] = []
    start = stretch[0]
    for end in [*cuts, stretch[-1]]:
        inside = [b for b in groups if rows[start].top - NEAR < b.mid < rows[end].bottom + NEAR]
        if len(inside) > 1:
            return None
        if inside or not made:  # without a label of the group, the row's own label takes its place
            made.append((inside[0] if inside else None, start, end))
        start = end + 1
    return made


def _by_middles(
    groups: Sequence[Block], stretch: Sequence[int], rows: Sequence[Row]
) -> list[tuple[Block | None, int, int]] | None:
    """Neighbouring rows that each label stands in the middle of.

    The first rows may have theirs on the page before, and the last ones have none. Where the labels
    fit nowhere so, the last of them may go on, with its middle, on the next page.
    """
    if not groups:
        return []
    best: tuple[float, list[tuple[Block | None, int, int]]] = (1e9, [])
    for cut in (False, True):
        for start in stretch:
            head: list[tuple[Block | None, int, int]] = [] if start == stretch[0] else [(None, stretch[0], start - 1)]
            for end in stretch if not cut else stretch[-1:]:
                off, parted = _tiled(list(groups), start, end, rows, cut)
                off += NEAR * (len(head) + (end != stretch[-1]))
                if off < best[0]:
                    best = (off, [*head, *parted])
        if best[0] <= NEAR * (len(groups) + 1):
            return best[1]
    return None


def _tiled(
    groups: list[Block], start: int, end: int, rows: Sequence[Row], cut: bool
) -> tuple[float, list[tuple[Block | None, int, int]]]:
    """All rows from `start` to `end` shared out among labels in order, and how far those are off their middles."""
    group, *others = groups
    best: tuple[float, list[tuple[Block | None, int, int]]] = (1e9, [])
    for last in range(start, end + 1) if others else [end]:
        # Where the outermost rows end is not known to the point.
        outer = (start == 0) + (last == len(rows) - 1)
        off = max(0.0, abs((rows[start].top + rows[last].bottom) / 2 - group.mid) - outer * NEAR)
        if cut and not others and rows[start].top - NEAR < group.top and group.bottom < rows[last].bottom + NEAR:
            off = min(off, NEAR)
        if off > 2 * NEAR or (others and last == end):
            continue
        more: tuple[float, list[tuple[Block | None, int, int]]] = (0.0, [])
        if others:
            more = _tiled(others, last + 1, end, rows, cut)
        if off + more[0] < best[0]:
            best = (off + more[0], [(group, start, last), *more[1]])
    return best


def _stretches(numbers: Sequence[int]) -> list[list[int]]:
    """Numbers in runs of neighbours.

    >>> _stretches([1, 2, 4])
    [[1, 2], [4]]
    """
    made: list[list[int]] = []
    for number in numbers:
        if made and number == made[-1][-1] + 1:
            made[-1].append(number)
        else:
            made.append([number])
    return made


def heads_of(
    heads: Sequence[Block], leaves: Sequence[Block], columns: Sequence[Column], flush: bool
) -> list[Head] | None:
    """Header cells with the columns they stand over; a title stands over all, the labels' included (-1).

    `flush`: they begin where the first of these does, rather than stand in the middle.
    """
    made = [Head(leaf, i, i) for i, leaf in enumerate(leaves)]
    above = [block for block in heads if not any(block is leaf for leaf in leaves)]
    for block in sorted(above, key=lambda block: -block.mid):
        alone = not any(other is not block and other.beside(block) for other in heads)
        if alone and not any(column.x0 < block.x1 and block.x0 < column.x1 for column in columns[1:]):
            made.append(Head(block, -1, len(columns) - 1))
            continue
        others = [other for other in heads if other is not block]
        span = _flush_span(block, others, columns) if flush else _span(block, others, columns, leaves)
        if span is None and alone:
            made.append(Head(block, -1, len(columns) - 1))
            continue
        if span is None:
            return None
        if any(block.is_gap((a.mid + b.mid) / 2) for a, b in pairwise(columns)):
            return None  # two cells beside each other, taken for one
        made.append(Head(block, *span))
    return made


def _span(
    block: Block, others: Sequence[Block], columns: Sequence[Column], leaves: Sequence[Block]
) -> tuple[int, int] | None:
    """The columns that a header cell stands in the middle of."""
    mid = (block.x0 + block.x1) / 2
    fits = []
    for first in range(len(columns)):
        for last in range(first, len(columns)):
            low, high = edges_of(columns, first, last)
            if not low < mid < high or abs((low + high) / 2 - mid) > max(NEAR, 0.04 * (high - low)):
                continue
            if any(other.beside(block) and other.x0 < high and low < other.x1 for other in others):
                continue
            fits.append((first, last))
    if not fits:
        return _flush_span(block, others, columns)
    even = [
        (first, last)
        for first, last in fits
        if last > first
        and max(leaf.mid for leaf in leaves[first : last + 1]) - min(leaf.mid for leaf in leaves[first : last + 1]) < 1
    ]
    return max(even or fits, key=lambda span: span[1] - span[0])


def _flush_span(block: Block, others: Sequence[Block], columns: Sequence[Column]) -> tuple[int, int] | None:
    """The columns from the one that a header cell is flush left with, up to the next cell beside it."""
    first = next((i for i, column in enumerate(columns) if abs(column.x0 - block.x0) < NEAR), None)
    if first is None:
        return None
    stop = min((other.x0 for other in others if other.x0 > block.x1 and other.beside(block)), default=float("inf"))
    last = max(i for i, column in enumerate(columns) if i == first or column.x0 < stop - NEAR)
    return (first, last) if last > first else None


def edges_of(columns: Sequence[Column], first: int, last: int) -> tuple[float, float]:
    """Left and right edge of some columns: half way between their middles and those beside."""
    mids = [column.mid for column in columns]
    step = (mids[-1] - mids[0]) / (len(mids) - 1) if len(mids) > 1 else 2 * (columns[0].x1 - columns[0].x0)
    low = (mids[first - 1] + mids[first]) / 2 if first else mids[0] - step / 2
    high = (mids[last] + mids[last + 1]) / 2 if last + 1 < len(mids) else mids[-1] + step / 2
    return low, high
