"""White between numbers, where a ruling must have been: two numbers never share a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.scan.pieces import stretches

Flags = NDArray[np.bool_]
Span = tuple[int, int]

DARK = 105
"""Ink (of 255) of a character, at least."""
_SHORT, _DIGIT = 4.0, 5.0
"""No number is so many times as long as high, or as a digit is, which is so many points high."""
_SPECK = 2.0
"""Points; dust is smaller."""
_REST = 0.8
"""Points to either side of a ruling in which something may be left of it."""
_WIDE = 8.0
"""Points of white between two numbers, at least."""
_TWICE = 0.15
"""How far from two usual intervals one may be that is as wide as two, in usual ones."""
_FEW, _MOST = 3, 0.8
"""Rows that show a corridor, at least, and which share of those with ink."""


def extent(dark: Flags) -> tuple[int, int, int, int] | None:
    """The first and last row and column with ink; None where there is none."""
    ys, xs = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return (int(ys[0]), int(ys[-1]), int(xs[0]), int(xs[-1])) if ys.size else None


def _is_print(dark: Flags, scale: float) -> bool:
    """Whether there is more than a speck, and not only at the left edge, where it may be a rest of the ruling."""
    found = extent(dark)
    speck = _SPECK * scale
    return found is not None and found[3] >= speck and max(found[1] - found[0], found[3] - found[2]) >= speck


def is_number(dark: Flags, scale: float) -> bool:
    """Whether ink in a cell is one short line.

    >>> cell = np.zeros((20, 40), dtype=bool)
    >>> cell[5:15, 10:30] = True
    >>> is_number(cell, 2.0), is_number(np.repeat(cell, 3, axis=1), 2.0)
    (True, False)
    """
    found = extent(dark)
    if found is None:
        return False
    top, foot, left, right = found
    high = foot - top + 1
    return right - left < _SHORT * max(high, _DIGIT * scale) and bool(dark[top : foot + 1].any(axis=1).all())


def between_numbers(
    ink: NDArray[np.uint8], strips: Sequence[Span], intervals: Sequence[Span], scale: float
) -> list[float]:
    """Where standing rulings were lost between numbers, or between labels and numbers, in points.

    Parameters
    ----------
    ink : array of uint8, shape (height, width)
        255 is black.
    strips, intervals : sequence of tuple of int
        The pixels between neighbouring row lines and column lines, clear of these.
    scale : float
        Pixels per point.
    """
    usual = float(np.median([x1 - x0 for x0, x1 in intervals])) if intervals else 0.0
    found: list[float] = []
    for x0, x1 in intervals:
        places = list(_parted(ink, strips, (x0, x1), scale))
        if not places and len(intervals) > _FEW and abs(x1 - x0 - 2 * usual) < _TWICE * usual:
            places = _halved(ink, strips, (x0, x1), scale)
        found += places
    return found


def _halved(ink: NDArray[np.uint8], strips: Sequence[Span], interval: Span, scale: float) -> list[float]:
    """The middle of an interval as wide as two, where two numbers stand to either side of it."""
    x0, x1 = interval
    half, reach, rest = (x1 - x0) // 2, round(_WIDE / 2 * scale), round(_REST * scale)
    for y0, y1 in strips:
        dark = ink[y0:y1, x0:x1] > DARK
        dark[:, half - rest : half + rest + 1] = False  # what is left of the ruling
        left, right = dark[:, :half], dark[:, half:]
        clear = not dark[:, half - reach : half + reach].any()
        if clear and all(is_number(part, scale) and _is_print(part, scale) for part in (left, right[:, ::-1])):
            return [(x0 + half) / scale]
    return []


def _parted(ink: NDArray[np.uint8], strips: Sequence[Span], interval: Span, scale: float) -> Iterator[float]:
    x0, x1 = interval
    inked = [dark for dark in (ink[y0:y1, x0:x1] > DARK for y0, y1 in strips) if dark.any()]
    if len(inked) < _FEW:
        return
    taken = np.array([dark.any(axis=0) for dark in inked])
    white = taken.mean(axis=0) <= 1 - _MOST
    end = x1 - x0
    for first, last in reversed(list(zip(*(ends.tolist() for ends in stretches(white)), strict=True))):
        if first == 0 or last >= x1 - x0 or last - first < _WIDE * scale:
            continue
        beside = [(dark[:, :first], dark[:, last:end]) for dark in inked if not dark[:, first:last].any()]
        parted = sum(
            _is_print(left, scale) and _is_print(right[:, ::-1], scale) and is_number(right, scale)
            for left, right in beside
        )
        if parted >= max(_FEW, _MOST * len(inked)):
            yield (x0 + (first + last) / 2) / scale
            end = first
