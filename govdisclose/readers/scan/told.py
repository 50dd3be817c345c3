"""Tables told from traces of rulings and from the white between words, where too few rulings are left to see them.

Every edge that no word stands in the way of is taken for drawn, unless the rest of its line is seen and it is not: a
merged cell then comes in parts, the others blank, as it often does. What depends on a guess is flagged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from govdisclose.readers.pdf.lattice import CellBox, Lattice, divided
from govdisclose.readers.pdf.text import Rectangle
from govdisclose.readers.scan.marks import Flags, Marks, Word, are_one, is_figure, is_short, typical_height
from govdisclose.readers.scan.sheets import Pixels
from govdisclose.readers.scan.traces import TRACE, are_one_text, columns_of, seen_up, shares, tables_of, words_between
from govdisclose.readers.scan.white import columns_between, header_end, label_columns, rows_between

UNSURE_ROW = "the rows of label and number differ"
INK_UNREAD = "ink that was not read"
DOUBTS_ZH = {UNSURE_ROW: "标题与数字的行不一致", INK_UNREAD: "有未识读的墨迹"}

_DRAWN, _LOST = 0.08, 0.03
"""Share of an edge that is seen if it is drawn; if it may not be."""
_WIDE, _WIDER = (25.0, 0.25), (40.0, 0.15)
"""So wide, in points, an edge would be seen, if it was drawn, in a line of which so much is."""
_RIM = 2.0
"""Points at the ends of an edge that tell nothing."""
_OUT = 2.0
"""Words reach out of a table by no more than this, in points."""
_OVER = 0.5
"""Or out of their cell."""
_DIGITS = 6.0
"""Points of white between the digits of a number, at most."""
_MARK = 2.0
"""Points; what is larger is no dust."""
_THROUGH = 3
"""A ruling runs through fewer numbers."""
_STEM = 3.5, 10.5
"""A lone stroke so many points high may be a 1."""


@dataclass(frozen=True, slots=True)
class Told:
    """A table told, and for cells that depend on a guess, by their place in the lattice, why."""

    lattice: Lattice
    doubts: dict[int, str]


def tell(marks: Marks) -> list[Told]:
    """The tables of a page, from the top.

    Parameters
    ----------
    marks : Marks
    """
    return [told for rows in tables_of(marks) if (told := _table(marks, rows))]


def _table(marks: Marks, rows: Sequence[float]) -> Told | None:
    scale = marks.scale
    columns = columns_of(marks, rows)
    if len(columns) < 2:
        return None
    out = _OUT * scale
    words = [
        word
        for word in words_between(marks.words, rows[0], rows[-1])
        if columns[0] - out < word[0] and word[2] < columns[-1] + out
    ]
    if not words:
        return None
    rows = rows_between(words, rows, scale)
    inner = [x for x in columns[1:-1] if not _runs_through_numbers(marks, x, words, rows)]
    columns = columns_between(words, rows, [columns[0], *inner, columns[-1]], scale)
    rows = rows_between(words, rows, scale)
    columns = label_columns(words, columns, scale)
    edges = _edges(marks, words, rows, columns)
    points = [x / scale for x in columns], [y / scale for y in rows]
    lattice = divided(*points, [(a / scale, b / scale, c / scale, d / scale) for a, b, c, d in edges])
    if lattice is None:
        return None
    return Told(lattice, _doubts(marks, lattice, words))


def _runs_through_numbers(marks: Marks, x: float, words: Sequence[Word], rows: Sequence[float]) -> bool:
    """Whether a ruling is seen in fewer rows than numbers stand in its way: digits one above the other make it up."""
    half = 0.5 * marks.scale
    crossed = sum(is_short(word, marks.scale) and word[0] - half < x < word[2] + half for word in words)
    if crossed < _THROUGH:
        return False
    return crossed > sum(seen_up(marks, x, top, foot) > 0.3 for top, foot in pairwise(rows))


def _edges(marks: Marks, words: Sequence[Word], rows: Sequence[float], columns: Sequence[float]) -> list[Rectangle]:
    """The edges that are taken for drawn, each as a thin rectangle in pixels."""
    inside = np.array(
        [
            [
                any(x0 < (w[0] + w[2]) / 2 < x1 and w[1] < y1 - 1 and w[3] > y0 + 1 for w in words)
                for x0, x1 in pairwise(columns)
            ]
            for y0, y1 in pairwise(rows)
        ]
    )
    upright = _upright(marks, words, rows, columns, inside)
    level = _level(marks, words, rows, columns, inside, upright)
    drawn = [
        (x - 0.5, y0, x + 0.5, y1)
        for n, x in enumerate(columns)
        for k, (y0, y1) in enumerate(pairwise(rows))
        if upright[n, k]
    ]
    drawn += [
        (x0, y - 0.5, x1, y + 0.5)
        for n, y in enumerate(rows)
        for k, (x0, x1) in enumerate(pairwise(columns))
        if level[n, k]
    ]
    return drawn


def _upright(
    marks: Marks, words: Sequence[Word], rows: Sequence[float], columns: Sequence[float], inside: Flags
) -> Flags:
    """Of each standing line and each strip, whether it is drawn: seen, or between two words, or in line with such."""
    drawn = np.zeros((len(columns), len(rows) - 1), dtype=bool)
    drawn[[0, -1]] = True
    open_ones = np.ones_like(drawn)
    for k, (top, foot) in enumerate(pairwise(rows)):
        here = [word for word in words if word[1] < foot - 1 and word[3] > top + 1]
        lone = are_one_text(words_between(words, top, foot))
        for n, x in enumerate(columns[1:-1], 1):
            crossed = any(word[0] + 1 < x < word[2] - 1 for word in here)
            seen = not crossed and seen_up(marks, x, top, foot) > _DRAWN
            drawn[n, k] = seen or (not crossed and inside[k, n - 1] and inside[k, n])
            open_ones[n, k] = not crossed and (drawn[n, k] or not lone)
    for strips in (range(1, len(rows) - 1), range(len(rows) - 3, -1, -1)):
        step = 1 if strips.step > 0 else -1
        for k in strips:
            drawn[:, k] |= drawn[:, k - step] & open_ones[:, k]
    return drawn


def _level(
    marks: Marks,
    words: Sequence[Word],
    rows: Sequence[float],
    columns: Sequence[float],
    inside: Flags,
    upright: Flags,
) -> Flags:
    """Of each level line and each interval, whether it is drawn: no word is in the way, and it is not seen missing.

    Along a cell it is drawn all the way or not at all.
    """
    widths = np.diff(columns) / marks.scale
    seen = shares(marks, rows, columns, _RIM * marks.scale)
    free = np.array(
        [
            [
                not any(w[1] + 1 < y < w[3] - 1 and w[0] < x1 - 2 and w[2] > x0 + 2 for w in words)
                for x0, x1 in pairwise(columns)
            ]
            for y in rows
        ]
    )
    header = header_end(words, rows, marks.scale)
    labels = _labels(words, rows[header:], columns, marks.scale)
    drawn = np.ones_like(free)
    for n in range(1, len(rows) - 1):
        share = float((seen[n] * widths)[free[n]].sum() / max(widths[free[n]].sum(), 1.0))
        missing = np.zeros(len(widths), dtype=bool)
        for wide, least in (_WIDE, _WIDER):
            missing |= (widths >= wide) & (share >= least) & (seen[n] < _LOST)
        if n == header:
            missing[:] = False
        elif n > header:  # two words in a column of the body are of two rows
            missing &= ~(inside[n - 1] & inside[n])
        drawn[n] = free[n] & ~missing
        joined = ~upright[1:-1, n - 1] | ~upright[1:-1, n]
        for steps in (range(len(joined)), range(len(joined) - 1, -1, -1)):
            for k in steps:
                if joined[k] and drawn[n, k] != drawn[n, k + 1]:
                    drawn[n, k : k + 2] |= free[n, k : k + 2]
    drawn[1 : max(header, 1), labels] = False  # over the labels the header is one cell
    return drawn


def _labels(words: Sequence[Word], rows: Sequence[float], columns: Sequence[float], scale: float) -> Flags:
    """Which columns hold more texts than numbers."""
    typical = typical_height(words, scale)
    here = words_between(words, rows[0], rows[-1])
    texts = np.zeros(len(columns) - 1, dtype=bool)
    for n, (start, end) in enumerate(pairwise(columns)):
        mine = [is_figure(word, scale, typical) for word in here if 2 * start < word[0] + word[2] < 2 * end]
        texts[n] = 2 * sum(mine) < len(mine)
    return texts


def _doubts(marks: Marks, lattice: Lattice, words: Sequence[Word]) -> dict[int, str]:
    """Numbers beside a label of more rows, or fewer; and cells beside a ruling that may be a 1."""
    scale = marks.scale
    typical = typical_height(words, scale)
    holds: dict[int, list[Word]] = {}
    for word in words:
        if (cell := _home(lattice, word, scale)) is not None:
            holds.setdefault(cell, []).append(word)
    numbers = {cell for cell, mine in holds.items() if all(is_figure(word, scale, typical) for word in mine)}
    labels = [cell for cell in holds if cell not in numbers]
    doubts: dict[int, str] = {}
    for cell in numbers:
        box = lattice.cells[cell]
        beside = [
            lattice.cells[n] for n in labels if lattice.cells[n].col < box.col and _are_level(lattice.cells[n], box)
        ]
        nearest = max((label.col for label in beside), default=-1)
        rows = {(label.row, label.rowspan) for label in beside if label.col == nearest}
        if rows and rows != {(box.row, box.rowspan)}:
            doubts[cell] = UNSURE_ROW
    for n, box in enumerate(lattice.cells):
        if n not in holds and _may_hold_a_stem(marks, box):
            doubts[n] = INK_UNREAD
    return doubts


def _are_level(one: CellBox, other: CellBox) -> bool:
    return one.row < other.row + other.rowspan and other.row < one.row + one.rowspan


def _may_hold_a_stem(marks: Marks, box: CellBox) -> bool:
    """Whether a stroke as high as a digit, and no higher, stands at a side of a blank cell."""
    scale = marks.scale
    x0, y0, x1, y1 = (round(edge * scale) for edge in box.area)
    reach = round(TRACE * scale)
    for x in (x0, x1):
        seen = np.flatnonzero(marks.standing[y0:y1, max(0, x - reach) : x + reach + 1].any(axis=1))
        runs = np.split(seen, np.flatnonzero(np.diff(seen) > 2) + 1)
        rim = round(scale)
        is_stem = len(runs) == 1 and _STEM[0] * scale <= runs[0].size <= _STEM[1] * scale
        if is_stem and runs[0][0] > rim and runs[0][-1] < y1 - y0 - rim:
            return True
    return False


def _home(lattice: Lattice, word: Word, scale: float) -> int | None:
    """The cell that holds the middle of a word; None outside the table."""
    x, y = (word[0] + word[2]) / 2 / scale, (word[1] + word[3]) / 2 / scale
    for n, cell in enumerate(lattice.cells):
        if cell.area[0] <= x < cell.area[2] and cell.area[1] <= y < cell.area[3]:
            return n
    return None


def without_traces(grey: Pixels, scale: float, marks: Marks, told: Sequence[Told]) -> Pixels:
    """A page without what is left of the rulings of its tables, double ones included.

    Parameters
    ----------
    grey : array of uint8, shape (height, width)
    scale : float
        Pixels per point.
    marks : Marks
        Its marks, at any scale.
    told : sequence of Told
        Its tables.
    """
    import cv2

    mask = np.zeros(marks.level.shape, np.uint8)
    for table in told:
        x0, y0, x1, y1 = (round(edge * marks.scale) for edge in table.lattice.frame)
        reach = round(TRACE * marks.scale)
        inside = slice(max(0, y0 - reach), y1 + reach), slice(max(0, x0 - reach), x1 + reach)
        for places, seen, turned in (
            (table.lattice.rows, marks.level, False),
            (table.lattice.columns, marks.standing, True),
        ):
            near = np.zeros(mask.shape[1 if turned else 0], dtype=bool)
            for place in places:
                at = round(place * marks.scale)
                near[max(0, at - reach) : at + reach + 1] = True
            near = near[inside[1] if turned else inside[0]]
            mask[inside] |= seen[inside] & (near[None, :] if turned else near[:, None])
    mask = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    whole = cv2.resize(mask, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST) > 0
    clean = grey.copy()
    clean[whole] = 255
    return clean


def unread(told: Told, blank: Flags, words: Sequence[Word], scale: float) -> dict[int, str]:
    """Cells in which a word stands although nothing is found in them to read.

    Parameters
    ----------
    told : Told
    blank : array of bool
        Of each cell of the lattice, whether nothing was found in it.
    words : sequence of Word
        Those of the page.
    scale : float
        Pixels per point.
    """
    found = {}
    for word in words:
        cell = _home(told.lattice, word, scale)
        if cell is not None and blank[cell] and max(word[2] - word[0], word[3] - word[1]) > _MARK * scale:
            found[cell] = INK_UNREAD
    return found


def homeless(lattices: Sequence[Lattice], words: Sequence[Word], scale: float) -> float:
    """The share of a page's numbers that have no cell of their own.

    Parameters
    ----------
    lattices : sequence of Lattice
        The tables of a page, in points.
    words : sequence of Word
        Its words, in pixels.
    scale : float
        Pixels per point.
    """
    typical = typical_height(words, scale)
    homes: dict[tuple[int, int], list[Word]] = {}
    count = 0
    for word in words:
        count += is_figure(word, scale, typical)
        found = ((n, _home(lattice, word, scale)) for n, lattice in enumerate(lattices))
        n, cell = next(((n, cell) for n, cell in found if cell is not None), (0, None))
        if cell is None:
            continue
        box = lattices[n].cells[cell]
        if box.whole and word[0] / scale > box.area[0] - _OVER and word[2] / scale < box.area[2] + _OVER:
            homes.setdefault((n, cell), []).append(word)
    at_home = (mine for mine in homes.values() if are_one(mine, _DIGITS * scale))
    return 1 - sum(is_figure(word, scale, typical) for mine in at_home for word in mine) / max(count, 1)
