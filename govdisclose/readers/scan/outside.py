"""Lines of running text outside the tables of a straight page."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np

from govdisclose.readers.pdf.text import Char, Line, Rectangle
from govdisclose.readers.scan.ink import INK
from govdisclose.readers.scan.pieces import pieces
from govdisclose.readers.scan.recognition import Reading
from govdisclose.readers.scan.sheets import Pixels, coarsened

_WORD_GAP = 9.0
"""Points of white that a line may have between its characters."""
_LOWEST, _HIGHEST = 3.0, 60.0
"""Heights of lines, in points."""
_SEEN = 150.0 / 72.0
"""Pixels per point in which lines are sought."""
_SPECK = 1.0
_ALIKE = 0.2
"""Sizes that differ by no more than this are one: ink differs in height with the characters of a line."""
_WIDE = 0x2E80
"""Characters from here on are as wide as high."""


Area = tuple[int, int, int, int]


def line_areas(grey: Pixels, scale: float, frames: Sequence[Rectangle]) -> list[Area]:
    """Where lines of text stand, in pixels, from the top; `frames` of tables (in points) hold none."""
    return _level(piece_areas(grey, scale, frames))


def piece_areas(grey: Pixels, scale: float, frames: Sequence[Rectangle]) -> list[Area]:
    """The pieces of these lines, which white wider than that between characters parts."""
    import cv2

    fine, (grey, scale) = scale, coarsened(grey, scale, _SEEN)
    ink = (grey < INK).astype(np.uint8)
    for x0, y0, x1, y1 in frames:
        rim = 2.0
        top, left = max(0, round((y0 - rim) * scale)), max(0, round((x0 - rim) * scale))
        ink[top : round((y1 + rim) * scale), left : round((x1 + rim) * scale)] = 0
    labels, found = pieces(ink)
    speck = _SPECK * scale
    small = (found[:, 2] < speck) & (found[:, 3] < speck)
    high = found[:, 3] > _HIGHEST * scale
    keep = ~(small | high)
    keep[0] = False
    ink = keep[labels].astype(np.uint8)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, round(_WORD_GAP * scale)), np.uint8)).astype(np.uint8)
    joined = cv2.dilate(joined, np.ones((max(1, round(0.8 * scale)), 1), np.uint8)).astype(np.uint8)
    _, found = pieces(joined)
    areas: list[Area] = []
    finer = fine / scale
    for x, y, width, height, _ in found[1:]:
        if _LOWEST * scale < height < _HIGHEST * scale and width > _LOWEST * scale:
            area = x * finer, y * finer, (x + width) * finer, (y + height) * finer
            areas.append((floor(area[0]), floor(area[1]), ceil(area[2]), ceil(area[3])))
    return areas


def _level(areas: Sequence[Area]) -> list[Area]:
    """Areas of one line that white parts, or that lie within one another, as one."""
    out: list[list[int]] = []
    for area in sorted(areas):
        for other in out:
            overlap = min(other[3], area[3]) - max(other[1], area[1])
            heights = other[3] - other[1], area[3] - area[1]
            if overlap > 0.5 * min(heights) and area[0] - other[2] < 2.5 * max(heights):
                other[:] = [other[0], min(other[1], area[1]), max(other[2], area[2]), max(other[3], area[3])]
                break
        else:
            out.append(list(area))
    return sorted(((a, b, c, d) for a, b, c, d in out), key=lambda area: (area[1], area[0]))


def spelled_lines(areas: Sequence[Area], readings: Sequence[Reading], scale: float) -> list[Line]:
    """Lines with their characters, each where the recogniser saw it, in points."""
    sizes = _sizes([(area[3] - area[1]) / scale for area in areas])
    out = []
    for area, reading, size in zip(areas, readings, sizes, strict=True):
        x0, y0, x1, y1 = (edge / scale for edge in area)
        chars = []
        for glyph, place in zip(reading.text, reading.places, strict=True):
            if glyph.isspace():
                continue
            half = size / 2 if ord(glyph) >= _WIDE else size / 4
            x = x0 + min(max(place, 0.0), 1.0) * (x1 - x0)
            chars.append(Char(glyph, max(x0, x - half), y0, min(x1, x + half), y1, base=y1, size=size))
        if chars:
            out.append(Line(reading.text.strip(), tuple(chars), (x0, y0, x1, y1), size))
    return out


def _sizes(heights: Sequence[float]) -> list[float]:
    """Sizes of lines: those that differ little are one, that of the most of them.

    >>> _sizes([10.0, 10.5, 9.6, 20.0])
    [9.6, 9.6, 9.6, 20.0]
    """
    left = sorted(heights)
    known: list[float] = []
    while left:
        best = max(left, key=lambda size: sum(abs(other - size) <= _ALIKE * size for other in left))
        known.append(best)
        left = [size for size in left if abs(size - best) > _ALIKE * best]
    return [min(known, key=lambda size: abs(size - height)) for height in heights]
