"""Where rulings lie of which a scanner left little: their traces stand in line, and a table has many.

Traces are looked for along the whole page or table, so that dots suffice that would tell nothing by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.scan.marks import Flags, Marks, Word, are_one, typical_height

_CREST = 1.2
"""Points to either side of a ruling in which its traces lie."""
TRACE = 2.2
"""Points from the middle of a ruling, be it double, in which its traces lie."""
_TWINS, _BOTH = 4.2, 0.5
"""Rulings nearer than this, in points, are the two of a double one, where the weaker has this share of the other."""
_SEEN = 14.0
"""Points of a level ruling that are seen, at least; the more so of a standing one:"""
_SEEN_UP, _SHARE_UP = 8.0, 0.06
_SPREAD, _PLACES, _LONG = 30.0, 4, 60.0
"""Traces are seen in so many stretches of so many points, or along so many points in all."""
_THROUGH, _BESIDE, _SURE = 0.5, 4.0, 160.0
"""What runs through more than this share of the words near it, in points, is no ruling, unless seen along so many."""
_FAR = 60.0
"""Points between level rulings of one table, at most."""
_HEADING, _COLUMNS, _LOWEST = 1.2, 40.0, 12.0
"""How many times as high as others the words of a heading are; points of white between columns; no row is lower."""
_SIDE = 3.0
"""Points at the ends of a strip that tell nothing of standing rulings."""
_RULED = 0.2
_BLANK, _REST = 14.0, 7.0
"""Points without trace that end a standing ruling; points that a table goes on beyond its last level one."""
_SAME = 3.0
_TOGETHER, _ENDS = 2.0, 0.2
"""Level rulings end together, in points, and so many of them."""


class Line(NamedTuple):
    """Where a ruling lies, in pixels, and along how many pixels it is seen."""

    place: float
    seen: float


def lines_of(mask: Flags, least: float, scale: float) -> list[Line]:
    """Level lines along which traces lie; the two of a double one as one.

    Parameters
    ----------
    mask : array of bool, shape (height, width)
    least : float
        Pixels along which a line is seen, at least.
    scale : float
        Pixels per point.

    Examples
    --------
    >>> mask = np.zeros((60, 200), dtype=bool)
    >>> mask[20, 10:150:4] = mask[40, 60:150] = mask[45, 60:150] = True
    >>> lines_of(mask, 20, 2.0)
    [Line(place=20.0, seen=35.0), Line(place=42.5, seen=90.0)]
    """
    padded = np.pad(mask, ((1, 1), (0, 0)))
    near = (padded[:-2] | padded[1:-1] | padded[2:]).sum(axis=1).astype(float)
    exact = mask.sum(axis=1).astype(float)
    reach = round(_CREST * scale)
    found: list[Line] = []
    while near.size:
        row = int(near.argmax())
        if near[row] < max(least, 1):
            break
        first, last = max(0, row - 2), min(len(near), row + 3)
        found.append(Line(float(np.average(np.arange(first, last), weights=exact[first:last])), float(near[row])))
        near[max(0, row - reach) : row + reach + 1] = 0
    return _single(sorted(found), scale)


def _single(found: Sequence[Line], scale: float) -> list[Line]:
    groups: list[tuple[float, Line]] = []  # where the first one lies, and the last
    for line in found:
        if groups and line.place - groups[-1][1].place < _TWINS * scale:
            first, last = groups[-1]
            if min(line.seen, last.seen) > _BOTH * max(line.seen, last.seen):
                groups[-1] = first, Line(line.place, max(line.seen, last.seen))
            elif line.seen > last.seen:
                groups[-1] = line.place, line
        else:
            groups.append((line.place, line))
    return [Line((first + last.place) / 2, last.seen) for first, last in groups]


def standing_lines(marks: Marks, top: float, foot: float) -> list[float]:
    """Where rulings stand between two heights."""
    first, last = max(0, int(top)), min(len(marks.standing), int(foot) + 1)
    least = max(_SEEN_UP * marks.scale, _SHARE_UP * (last - first))
    return [line.place for line in lines_of(marks.standing[first:last].T, least, marks.scale)]


def level_lines(marks: Marks) -> list[float]:
    """Where level rulings lie on the page."""
    return [
        line.place
        for line in lines_of(marks.level, _SEEN * marks.scale, marks.scale)
        if _is_spread(marks, line) and not _is_of_words(marks, line)
    ]


def _is_spread(marks: Marks, line: Line) -> bool:
    seen = np.flatnonzero(along(marks.level, line.place, marks.scale))
    places = np.unique(seen // round(_SPREAD * marks.scale))
    return len(places) >= _PLACES or len(seen) > _LONG * marks.scale


def _is_of_words(marks: Marks, line: Line) -> bool:
    """Whether a line runs through most of the words beside it."""
    beside = _BESIDE * marks.scale
    near = [word for word in marks.words if word[1] - beside < line.place < word[3] + beside]
    through = sum(word[1] < line.place < word[3] for word in near)
    return through > _THROUGH * len(near) and line.seen < _SURE * marks.scale


def along(mask: Flags, place: float, scale: float) -> Flags:
    """What of a level line is seen, pixel by pixel along it."""
    reach = TRACE * scale
    return np.asarray(mask[max(0, round(place - reach)) : round(place + reach) + 1].any(axis=0))


def tables_of(marks: Marks) -> Iterator[list[float]]:
    """The level rulings of each table of a page, from the top; its last may be the end of the page."""
    groups: list[list[float]] = []
    for place in level_lines(marks):
        if groups and place - groups[-1][-1] < _FAR * marks.scale:
            groups[-1].append(place)
        else:
            groups.append([place])
    for rows in groups:
        for part in _parts(marks, rows):
            whole = _followed(marks, part)
            if len(whole) > 1:
                yield whole


def words_between(words: Sequence[Word], top: float, foot: float) -> list[Word]:
    """The words whose middle is between two heights, from the left."""
    return sorted(word for word in words if 2 * top < word[1] + word[3] < 2 * foot)


def _lines_of_words(words: Sequence[Word]) -> list[list[Word]]:
    """Words by the lines of text they make, from the top."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word[1] + word[3]):
        if lines and word[1] + word[3] < 2 * max(other[3] for other in lines[-1]):
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _parts(marks: Marks, rows: Sequence[float]) -> list[list[float]]:
    """Rulings near to one another, parted where a heading or running text stands between them."""
    scale = marks.scale
    margin = _BLANK * scale
    columns = standing_lines(marks, rows[0] - margin, rows[-1] + margin)
    typical = typical_height(words_between(marks.words, rows[0], rows[-1]), scale)
    parts = [[rows[0]]]
    for top, foot in pairwise(rows):
        lines = _lines_of_words(words_between(marks.words, top, foot))
        heading = next((n for n, line in enumerate(lines) if _is_heading(line, typical)), None)
        if heading is not None:
            tops = [min(word[1] for word in line) for line in lines]
            feet = [max(word[3] for word in line) for line in lines]
            if heading:
                parts[-1].append((feet[heading - 1] + tops[heading]) / 2)
            parts.append([foot])
            if heading + 1 < len(lines):
                parts[-1].insert(0, (feet[heading] + tops[heading + 1]) / 2)
            continue
        apart = _COLUMNS * scale
        is_row = any(b[0] - a[2] > apart for line in lines for a, b in pairwise(sorted(line)))
        is_ruled = any(seen_up(marks, x, top, foot) > _RULED for x in columns)
        if foot - top > _LOWEST * scale and not is_row and not is_ruled:
            parts.append([foot])
        else:
            parts[-1].append(foot)
    return parts


def _is_heading(line: Sequence[Word], typical: float) -> bool:
    high = max(word[3] - word[1] for word in line)
    wide = max(word[2] for word in line) - min(word[0] for word in line)
    return high > _HEADING * typical and wide > 3 * high and not _has_gap(line, 2.0 * high)


def _has_gap(line: Sequence[Word], wide: float) -> bool:
    """Whether so much white is between two words of a line; 三 is made of three."""
    order = sorted(line)
    ends = np.maximum.accumulate([word[2] for word in order])
    return any(word[0] - end > wide for end, word in zip(ends, order[1:], strict=False))


def are_one_text(words: Sequence[Word]) -> bool:
    """Whether words are one line of text, however loosely set."""
    return len(words) < 2 or are_one(words, 2.0 * max(word[3] - word[1] for word in words))


def seen_up(marks: Marks, x: float, top: float, foot: float) -> float:
    """The share of a strip along which traces of a standing ruling are seen."""
    first, last = round(top + _SIDE * marks.scale), round(foot - _SIDE * marks.scale)
    if last <= first:
        first, last = round(top) + 1, max(round(top) + 2, round(foot) - 1)
    return float(along(marks.standing[first:last].T, x, marks.scale).mean()) if last > first else 0.0


def _followed(marks: Marks, rows: Sequence[float]) -> list[float]:
    """Level rulings of a table, with where it ends if standing ones go on beyond them."""
    out = list(rows)
    columns = standing_lines(marks, rows[0] - _SIDE * marks.scale, rows[-1] + _SIDE * marks.scale)
    if len(columns) < 2:
        return []
    for start, way in ((rows[0], -1), (rows[-1], 1)):
        ends = sorted(
            (_end(along(marks.standing.T, x, marks.scale), start, way, marks.scale) for x in columns), reverse=way > 0
        )
        if abs(ends[1] - start) > _REST * marks.scale:
            out.append(float(ends[1]))
    return sorted(out)


def _end(seen: Flags, start: float, way: int, scale: float) -> int:
    """Where traces end that go on from a height, up or down."""
    at = round(start)
    stretch = seen[at::way] if way > 0 else seen[at::-1]
    last = 0
    for place in np.flatnonzero(stretch).tolist():
        if place - last > _BLANK * scale:
            break
        last = int(place)
    return at + way * last


def columns_of(marks: Marks, rows: Sequence[float]) -> list[float]:
    """The standing rulings of a table, outer border included, where traces show them."""
    columns = standing_lines(marks, rows[0], rows[-1])
    seen = [np.flatnonzero(along(marks.level, row, marks.scale)) for row in rows]
    seen = [places for places in seen if places.size]
    left = _common([int(places[0]) for places in seen], marks.scale)
    right = _common([-int(places[-1]) for places in seen], marks.scale)
    same = _SAME * marks.scale
    if left is not None and (not columns or left < columns[0] - same):
        columns.insert(0, left)
    if right is not None and (not columns or -right > columns[-1] + same):
        columns.append(-right)
    return columns


def _common(ends: Sequence[int], scale: float) -> float | None:
    """The outermost end that several rulings share."""
    few = max(2, _ENDS * len(ends))
    for end in sorted(ends):
        if sum(abs(other - end) < _TOGETHER * scale for other in ends) >= few:
            return float(end)
    return None


def shares(marks: Marks, rows: Sequence[float], columns: Sequence[float], rim: float) -> NDArray[np.float64]:
    """Of each level line and each interval between columns, how much is seen; `rim` pixels at its ends tell nothing."""
    found = np.zeros((len(rows), max(len(columns) - 1, 0)))
    for n, row in enumerate(rows):
        seen = along(marks.level, row, marks.scale)
        for k, (start, end) in enumerate(pairwise(columns)):
            stretch = seen[round(start + rim) : round(end - rim)]
            found[n, k] = stretch.mean() if stretch.size else 0.0
    return found
