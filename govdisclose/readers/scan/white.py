"""Rulings told from the white between words, where not even traces are left of them.

Two numbers never share a cell: white between numbers that stand side by side, or one above the other, in several rows
or columns is a ruling. Labels that begin at one place have one before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from govdisclose.readers.scan.marks import Word, are_one, is_figure, is_short, typical_height
from govdisclose.readers.scan.traces import are_one_text, words_between

_SHARE = 0.6
"""Share of the columns of numbers that show a row's end, at least."""
_TEXT = 6.0
"""What is so many times as wide as high is a text."""
_BETWEEN = 5.0
"""Points of white between columns, at least."""
_FEW = 8
"""Level rulings of a table so small that one row shows a column."""
_CROSSED = 0.8
"""Words across a column's end, against the rows that show it, at most: merged cells have some."""
_NEXT, _TIED = 8.0, 0.35
"""Points from an ordinal to its label, and in what share of the rows one may stand there."""
_BEFORE, _IN_LINE, _APART = 2.0, 1.2, 6.0
"""Points from a ruling to the label behind it; labels that begin so near to one place do so at it; and columns of
labels are further apart than this."""
_LABELS = 0.6
"""Share of the texts that stand left of the numbers."""


class _Gap(NamedTuple):
    """White between two words, and which column it is in."""

    start: int
    end: int
    within: int


def header_end(words: Sequence[Word], rows: Sequence[float], scale: float) -> int:
    """The first strip with several numbers: those before it are the header's."""
    typical = typical_height(words, scale)
    near = _BEFORE * 2 * scale
    for strip, (top, foot) in enumerate(pairwise(rows)):
        runs = _runs(words_between(words, top, foot), near)
        figures = sum(all(is_figure(word, scale, typical) for word in run) for run in runs)
        if figures > 1 and 2 * figures >= len(runs):
            return strip
    return 0


def _runs(words: Sequence[Word], near: float) -> list[list[Word]]:
    """Words that stand right beside one another, together."""
    runs: list[list[Word]] = []
    for word in sorted(words):
        mine = next((run for run in runs if are_one([run[-1], word], near)), None)
        if mine:
            mine.append(word)
        else:
            runs.append([word])
    return runs


def rows_between(words: Sequence[Word], rows: Sequence[float], scale: float) -> list[float]:
    """Level rulings with those that part numbers one above the other.

    Parameters
    ----------
    words : sequence of Word
        Those of a table.
    rows : sequence of float
        Its level rulings, in pixels.
    scale : float
        Pixels per point.

    Examples
    --------
    >>> numbers = [(x, y, x + 12, y + 15) for x in (100, 200, 300) for y in (10, 40)]
    >>> rows_between([*numbers, (0, 12, 80, 32), (0, 42, 80, 62)], [0.0, 70.0], 2.0)
    [0.0, 32.0, 70.0]
    """
    typical = typical_height(words, scale)
    made: list[float] = []
    waiting = list(pairwise(rows))[::-1]
    while waiting:
        top, foot = waiting.pop()
        here = words_between(words, top, foot)
        best, columns = _most(list(_stacked(here, scale, typical)), lambda gaps: len({gap.within for gap in gaps}))
        few = max(2.0, _SHARE * sum(1 for _ in _columns(here, scale, typical)))
        if best and columns >= few:
            start, end = max(gap.start for gap in best), min(gap.end for gap in best)
            places = range(ceil(start), max(end, ceil(start)) + 1)
            middle = (start + end) / 2
            cut = float(min(places, key=lambda y: (sum(w[1] < y < w[3] for w in here), abs(y - middle))))
            if top < cut < foot:
                waiting += [(cut, foot), (top, cut)]
                continue
        made.append(foot)
    return [*rows[:1], *made]


def _columns(words: Sequence[Word], scale: float, typical: float) -> Iterator[list[Word]]:
    """Numbers one above the other, with what stands among them; a column with texts is none."""
    spans: list[list[int]] = []
    for word in words:
        if is_figure(word, scale, typical):
            if spans and word[0] < spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], word[2])
            else:
                spans.append([word[0], word[2]])
    for start, end in spans:
        column = sorted((w for w in words if w[0] < end and w[2] > start), key=lambda w: w[1])
        if not any(w[2] - w[0] > _TEXT * max(w[3] - w[1], _BETWEEN * scale) for w in column):
            yield column


def _stacked(words: Sequence[Word], scale: float, typical: float) -> Iterator[_Gap]:
    for number, column in enumerate(_columns(words, scale, typical)):
        for above, below in pairwise(column):
            if below[1] - above[3] > scale and is_figure(below, scale, typical):
                yield _Gap(above[3], below[1], number)


def _most(gaps: Sequence[_Gap], worth: Callable[[Sequence[_Gap]], int]) -> tuple[list[_Gap], int]:
    """The gaps that share a place, of those the worthiest."""
    best: list[_Gap] = []
    most = 0
    for gap in gaps:
        place = gap.start + 0.5
        sharing = [other for other in gaps if other.start < place < other.end]
        if (found := worth(sharing)) > most:
            best, most = sharing, found
    return best, most


def columns_between(
    words: Sequence[Word], rows: Sequence[float], columns: Sequence[float], scale: float
) -> list[float]:
    """Standing rulings with those that part numbers, or labels and numbers, side by side.

    Examples
    --------
    >>> numbers = [(x, y, x + 12, y + 15) for x in (100, 200) for y in (10, 40, 70)]
    >>> columns_between(numbers, [0.0, 30.0, 60.0, 90.0], [50.0, 250.0], 2.0)
    [50.0, 156.0, 250.0]
    """
    out = list(columns)
    few = len(rows) < _FEW
    typical = typical_height(words, scale)
    strips = [words_between(words, top, foot) for top, foot in pairwise(rows)]
    header = max(0, header_end(words, rows, scale) - 1)
    across = [word for strip in strips[header:] if not are_one_text(strip) for word in strip]

    def worth(gaps: Sequence[_Gap]) -> int:
        """How many rows show a place; 0 if they are too few, or if words run across it elsewhere."""
        if len(gaps) < (1 if few else 3):
            return 0
        _, crossed = _best_place(gaps, across)
        return len(gaps) if crossed <= (0 if few else _CROSSED * len(gaps)) else 0

    while True:
        best, _ = _most([gap for strip in strips for gap in _beside(strip, out, scale, typical)], worth)
        if not best:
            return sorted(out)
        out.append(_best_place(best, across)[0])


def _best_place(gaps: Sequence[_Gap], words: Sequence[Word]) -> tuple[float, int]:
    """Where in the white that gaps share the fewest words stand in the way, near to its middle, and how many do."""
    start, end = max(gap.start for gap in gaps), min(gap.end for gap in gaps)
    middle = (start + end) / 2
    edges = {start, end, *(edge for word in words for edge in (word[0], word[2]) if start < edge < end)}
    between = [(a + b) / 2 for a, b in pairwise(sorted(edges))] or [middle]

    def crossed(place: float) -> int:
        return sum(word[0] < place < word[2] for word in words)

    place = min([middle, *between], key=lambda place: (crossed(place), abs(place - middle)))
    return place, crossed(place)


def _beside(strip: Sequence[Word], known: Sequence[float], scale: float, typical: float) -> Iterator[_Gap]:
    """White before the numbers of a row, where no ruling is known."""
    end = strip[0][2] if strip else 0
    for word in strip[1:]:
        is_free = not any(end - 1 < place < word[0] + 1 for place in known)
        if word[0] - end >= _BETWEEN * scale and is_figure(word, scale, typical) and is_free:
            yield _Gap(end, word[0], 0)
        end = max(end, word[2])


def label_columns(words: Sequence[Word], columns: Sequence[float], scale: float) -> list[float]:
    """Standing rulings with those before labels that begin at one place."""
    texts = [word for word in words if not is_short(word, scale)]
    border = next(
        (x for x in columns[1:] if sum(w[2] < x + _BEFORE * scale for w in texts) >= _LABELS * len(texts)), None
    )
    if border is None:
        return list(columns)
    labels = sorted(word for word in texts if word[2] < border + _BEFORE * scale)
    out = list(columns)
    for label in labels:
        mine = [other for other in labels if abs(other[0] - label[0]) <= _IN_LINE * scale]
        tied = sum(any(_is_ordinal(word, other, scale) for word in words) for other in mine)
        place = label[0] - _BEFORE * scale
        is_new = all(abs(place - known) > _APART * scale for known in out)
        if len(mine) > 2 and tied <= _TIED * len(mine) and is_new:
            out.append(place)
    return sorted(out)


def _is_ordinal(word: Word, label: Word, scale: float) -> bool:
    """Whether a word stands right before a label in its line."""
    level = word[1] < label[3] and label[1] < word[3]
    return level and -scale <= label[0] - word[2] < _NEXT * scale
