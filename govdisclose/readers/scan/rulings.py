"""The rulings of a straight page, be they whole, dashed, double, faint or broken.

Along a ruling the average over a few millimetres is dark, and just beside it is not: that holds for
dashes and dots too, and averages away the noise of a faint hairline. Strokes of characters have
others beside them, or are short.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from govdisclose.readers.pdf.paths import joined
from govdisclose.readers.pdf.text import Rectangle
from govdisclose.readers.scan.sheets import Pixels

_FINEST = 200.0 / 72.0
"""Pixels per point at which rulings are sought; more would only cost time."""
_AVERAGE = 6.5
"""Points over which a ruling is averaged: about as much as a dash with its gap."""
_EVEN = 0.5
"""A ruling is nowhere paler than this share of its darkest average nearby; digits one below the other are."""
_LEVEL, _STANDING = 20.0, 10.0
"""The shortest level and standing rulings, in points; strokes of letters and digits are shorter."""
_FREE_LEVEL, _FREE_STANDING = 100.0, 45.0
"""Shorter ones than this must end at rulings across them."""
_REACH = 4.0
"""Points within which an end meets a ruling."""
_THICK = 2.6
"""Points; what is thicker is no ruling."""
_FAINT = 20
"""How much darker (of 255) than beside it the average along a ruling is, at least."""
_BESIDE = 0.35
"""And beside it there is no more than this share of its darkness."""
_DOUBLE = 5.0
"""Points; level rulings nearer than this are the two of a double one."""
_HALF = 0.7
"""Points that a ruling reaches to either side of its middle."""
_UNLIKE = 0.15
"""Solid rulings of one page differ by less in the share of their length that is inked."""
_SOLID = 0.85
_DIFFERS = 1.3
"""The dashes and gaps of a page differ in length by less than this factor, and a little."""
_HEAVIER, _LIGHTER = 3.5, 5.0
"""Nor is one so many times heavier or lighter than most."""
_INKED = 40.0
"""Ink is at least so dark (of 255)."""
_CROWD, _DOUBLED = 0.25, 0.8
"""Text stands beside a stroke along this share of its length or more; beside a double ruling, its like all along."""
_BESIDE_TO = 1.9
"""Points beside a ruling that are white; paddings are not smaller."""
_LOWEST = 7.0
"""Points; no cell is lower or narrower."""
_IN_LINE = 1.5
"""Rulings less than this apart, in points, are in one line."""
_PIECE = 60.0
"""Points; a ruling that is not quite straight is taken in such pieces."""


def find_rulings(grey: Pixels, scale: float) -> list[Rectangle]:
    """Rulings as rectangles in points, each thin in one direction, pieces joined.

    Parameters
    ----------
    grey : array of uint8, shape (height, width)
        A straight page, paper white.
    scale : float
        Pixels per point.
    """
    import cv2

    factor = min(1.0, _FINEST / scale)
    if factor < 1:
        grey = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    scale *= factor
    ink = np.asarray(255 - grey, dtype=np.uint8)
    level = list(joined(list(_level(ink, scale, _LEVEL))))
    down = np.ascontiguousarray(_without(level, ink, scale).T)
    upright = list(joined(list(_level(down, scale, _STANDING))))  # level, of the page laid on its side
    across, along = _usual(upright, down, scale, _FREE_STANDING), _usual(level, ink, scale, _FREE_LEVEL)
    if across is None or along is None:
        return []
    for _ in range(3):
        before = len(level) + len(upright)
        upright = list(joined(list(_held(upright, list(map(_turned, level)), down, scale, across, _FREE_STANDING))))
        level = list(joined(list(_held(level, list(map(_turned, upright)), ink, scale, along, _FREE_LEVEL))))
        if len(level) + len(upright) == before:
            break
    upright += _completed(upright, list(map(_turned, level)), down, scale, across, _FREE_STANDING)
    level += _completed(level, list(map(_turned, upright)), ink, scale, along, _FREE_LEVEL)
    return list(joined([*level, *map(_turned, upright)]))


def _turned(area: Rectangle) -> Rectangle:
    return area[1], area[0], area[3], area[2]


def _without(level: Sequence[Rectangle], ink: Pixels, scale: float) -> Pixels:
    """The ink without the long level rulings; what stands across them goes on through."""
    ink = ink.copy()
    bands: list[list[float]] = []
    for x0, y0, x1, y1 in sorted(level, key=lambda ruling: ruling[1]):
        if x1 - x0 < _FREE_LEVEL:
            continue
        if bands and y0 - bands[-1][3] < _DOUBLE and x0 < bands[-1][2] and bands[-1][0] < x1:
            bands[-1] = [min(x0, bands[-1][0]), bands[-1][1], max(x1, bands[-1][2]), y1]
        else:
            bands.append([x0, y0, x1, y1])
    for x0, y0, x1, y1 in bands:
        top, foot = round((y0 - _HALF) * scale), round((y1 + _HALF) * scale) + 1
        part = slice(max(0, round(x0 * scale)), round(x1 * scale))
        if top >= 0 and foot < ink.shape[0]:
            ink[top:foot, part] = np.minimum(ink[top - 1, part], ink[foot, part])
    return ink


class _Style(NamedTuple):
    """How rulings are drawn: the share of their length that is inked, and the ink of a pixel of it.

    `gap` and `longest` are the usual white between dashes and the longest dash, in points. `crowd` is the share of
    the length with other ink close beside, `clear` that on the emptier side, `twin` that of a ruling that runs along.
    """

    length: float
    share: float
    weight: float
    gap: float
    crowd: float
    clear: float
    twin: float
    longest: float

    def has(self, other: _Style, in_line: bool = False) -> bool:
        """Whether a ruling drawn otherwise may be one of these; less is asked of one in line with others."""
        if not self.weight / _LIGHTER < other.weight < _HEAVIER * self.weight:
            return False
        if self.share > _SOLID:
            return other.share > self.share - _UNLIKE
        if in_line and other.length < 2.5 * (self.gap + self.longest):  # too short for all of a dash and a gap to show
            return abs(other.share - self.share) < 2 * _UNLIKE and other.longest < _DIFFERS * self.longest + 0.4
        return (
            abs(other.share - self.share) < _UNLIKE
            and self.longest / _DIFFERS - 0.4 < other.longest < _DIFFERS * self.longest + 0.4
            and self.gap / _DIFFERS - 0.4 < other.gap < _DIFFERS * self.gap + 0.4
        )

    def is_plain(self, other: _Style) -> bool:
        """Whether one that goes on nowhere may be a ruling and no stroke of a character."""
        return other.crowd < _CROWD and (self.twin < _DOUBLED or other.twin > _DOUBLED / 4)


def _usual(level: Sequence[Rectangle], ink: Pixels, scale: float, free: float) -> _Style | None:
    """The style of the long ones among level rulings; None where there is none."""
    long = [_drawn(ruling, ink, scale) for ruling in level if ruling[2] - ruling[0] >= free]
    return _Style(*map(float, np.median(long, axis=0))) if long else None


def _held(
    level: Sequence[Rectangle], across: Sequence[Rectangle], ink: Pixels, scale: float, usual: _Style, free: float
) -> Iterator[Rectangle]:
    """Level rulings without the short ones that do not reach from ruling to ruling: strokes of characters."""
    for ruling in level:
        if usual.share < _SOLID:
            whole = _drawn(ruling, ink, scale) if ruling[2] - ruling[0] > free else None
            if whole and usual.has(whole) and usual.is_plain(whole):
                yield ruling
            else:
                yield from _dashed(ruling, across, ink, scale, usual)
            continue
        start, end = ruling[0], ruling[2]
        if end - start < 2 * free:
            at = _nearest(start, ruling[1], across), _nearest(end, ruling[1], across)
            if at[0] is not None and at[1] is not None:
                start, end = at[0], at[1]
            elif end - start < free:
                continue
            style = _drawn((start + _HALF, ruling[1], end - _HALF, ruling[3]), ink, scale)
            if not usual.has(style) or (not _in_line(ruling, level) and not usual.is_plain(style)):
                continue
        yield ruling


def _dashed(
    ruling: Rectangle, across: Sequence[Rectangle], ink: Pixels, scale: float, usual: _Style
) -> Iterator[Rectangle]:
    """The pieces of a level ruling, between neighbouring ones across, that are dashed as usual."""
    y, start, end = ruling[1], ruling[0], ruling[2]
    stops = sorted({(a + c) / 2 for a, b, c, d in across if b - _REACH < y < d + _REACH})
    stops = [stop for stop in stops if start - _REACH < stop < end + _REACH]
    for a, b in pairwise(stops):
        if b - a < _LOWEST:
            continue
        style = _drawn((a + _HALF, y, b - _HALF, ruling[3]), ink, scale)
        if usual.has(style) and usual.is_plain(style):
            yield a, y, b, ruling[3]


def _in_line(ruling: Rectangle, others: Sequence[Rectangle]) -> bool:
    """Whether a ruling goes on where another ends, or further on."""
    return any(
        abs(other[1] - ruling[1]) < _IN_LINE and (other[2] < ruling[0] + _REACH or other[0] > ruling[2] - _REACH)
        for other in others
    )


def _completed(
    level: Sequence[Rectangle], across: Sequence[Rectangle], ink: Pixels, scale: float, usual: _Style, free: float
) -> list[Rectangle]:
    """Pieces of level rulings between neighbouring ones across, in line with a ruling found, that were missed."""
    lines: list[list[Rectangle]] = []
    for ruling in sorted(level, key=lambda ruling: ruling[1]):
        if lines and ruling[1] - lines[-1][-1][1] < _IN_LINE:
            lines[-1].append(ruling)
        else:
            lines.append([ruling])
    missed: dict[tuple[float, float], dict[int, Rectangle]] = {}
    for number, line in enumerate(lines):
        if sum(ruling[2] - ruling[0] for ruling in line) < free:
            continue
        y = float(np.median([(ruling[1] + ruling[3]) / 2 for ruling in line]))
        stops = sorted({(a + c) / 2 for a, b, c, d in across if b - _REACH < y < d + _REACH})
        for start, end in pairwise(stops):
            if end - start < _LOWEST or _runs_at(line, (start + end) / 2):
                continue
            style = _drawn((start + _HALF, y - 0.3, end - _HALF, y + 0.3), ink, scale)
            if usual.has(style, in_line=True) and style.clear < _CROWD:
                missed.setdefault((start, end), {})[number] = (start, y - 0.3, end, y + 0.3)
    found: list[Rectangle] = []
    for (start, end), pieces in missed.items():
        # Outside a table, nothing runs along its borders.
        near = [n for n, line in enumerate(lines) if _runs_at(line, start - _REACH) or _runs_at(line, end + _REACH)]
        here = [n for n in near if n in pieces or _runs_at(lines[n], (start + end) / 2)]
        if len(set(here) - pieces.keys()) > 1 or (here and here[0] == near[0] and here[-1] == near[-1]):
            found += pieces.values()
    return found


def _runs_at(line: Sequence[Rectangle], x: float) -> bool:
    return any(ruling[0] < x < ruling[2] for ruling in line)


def _nearest(end: float, place: float, across: Sequence[Rectangle]) -> float | None:
    """Where the nearest of the rulings across stands that a ruling may end at."""
    near = [
        (x0 + x1) / 2
        for x0, y0, x1, y1 in across
        if y0 - _REACH < place < y1 + _REACH and abs((x0 + x1) / 2 - end) < _REACH
    ]
    return min(near, key=lambda x: abs(x - end), default=None)


def _drawn(ruling: Rectangle, ink: Pixels, scale: float) -> _Style:
    """How a level ruling is drawn."""
    x0, x1 = round(ruling[0] * scale), round(ruling[2] * scale)
    y = round((ruling[1] + ruling[3]) / 2 * scale)
    near, far = 2, round(_BESIDE_TO * scale) + 1
    strip = ink[max(0, y - near) : y + near + 1, x0:x1]
    if not strip.size:
        return _Style(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    darkest = strip.max(axis=0)
    level = max(0.4 * float(np.percentile(darkest, 90)), _INKED)
    dark = darkest > level
    edges = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(np.int8)))
    runs, gaps = edges[1::2] - edges[::2], edges[2::2] - edges[1:-1:2]
    sides = [ink[max(0, y - far) : max(0, y - near - 1), x0:x1], ink[y + near + 2 : y + far + 1, x0:x1]]
    crowds = [float((side > level).any(axis=0).mean()) for side in sides if side.size]
    return _Style(
        ruling[2] - ruling[0],
        float(dark.mean()),
        float(strip.sum(axis=0, dtype=np.int64).mean()),
        float(np.median(gaps)) / scale if gaps.size else 0.0,
        max((crowd for crowd in crowds if crowd < _DOUBLED), default=0.0),
        min(crowds, default=0.0),
        max(crowds, default=0.0),
        float(runs.max()) / scale if runs.size else 0.0,
    )


def _level(ink: Pixels, scale: float, shortest: float) -> Iterator[Rectangle]:
    """Level rulings, in pieces."""
    import cv2

    length = round(_AVERAGE * scale)
    average = cv2.blur(ink, (length, 1))
    average = cv2.subtract(average, float(np.median(average[::4, ::4])))  # the noise of the paper
    thick = 2 * round(_THICK * scale / 2) + 3
    beside = cv2.morphologyEx(average, cv2.MORPH_OPEN, np.ones((thick, 1), np.uint8))
    near = cv2.dilate(average, np.ones((3, 2 * length + 1), np.uint8))
    lone = cv2.subtract(average, cv2.convertScaleAbs(beside, alpha=1 / _BESIDE)) > 0
    even = cv2.subtract(average, cv2.convertScaleAbs(near, alpha=_EVEN)) > 0
    dark = ((cv2.subtract(average, beside) > _FAINT) & lone & even).astype(np.uint8)
    # A ruling that goes down by a pixel is still one.
    dark = cv2.dilate(dark, np.ones((2, 1), np.uint8))
    long = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, round(shortest * scale)), np.uint8)).astype(np.uint8)
    _, labels, found, _ = cv2.connectedComponentsWithStats(long, connectivity=8)
    for label, (x, y, width, height, _) in enumerate(found[1:], 1):
        step = round(_PIECE * scale) if height > thick + 2 else width
        part = labels[y : y + height, x : x + width] == label
        for at in range(0, width, step):
            rows = np.nonzero(part[:, at : at + step].any(axis=1))[0]
            middle = (y + (rows[0] + rows[-1]) / 2) / scale
            yield ((x + at) / scale, middle - 0.3, (x + min(width, at + step)) / scale, middle + 0.3)
