"""Where the inside of a cell begins: behind all that is drawn of its rulings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from govdisclose.readers.pdf.text import Rectangle
from govdisclose.readers.scan.sheets import Pixels

RIM = 0.7
"""Points beside the middle of a ruling that are part of it."""
_BEYOND = 0.4
"""And beside the edge of one, as far as it was seen to reach."""
_DEEP = 2.0
"""Points into the cell where the second of a double ruling, or the rest of a thick one, is looked for."""
_GREY, _COVERED = 200, 0.9
"""Ink of a ruling is darker than this, and along a cell and its neighbours it fills so much of its way. Digits
above each other leave more white between them."""
_THIN, _WHITE, _AROUND = 0.6, 0.15, 1.0
"""A stroke that fills this share of its way is a ruling, too, where it is thin: within so many points on either side
there is next to no ink. No digit is as thin as that all along."""
_FURTHER = 8.0
"""Points beyond the cell, to one side at least, where a ruling goes on."""


def window(grey: Pixels, scale: float, area: Rectangle, rulings: Sequence[Rectangle]) -> tuple[int, int, int, int]:
    """A cell without its borders, which may be double, in pixels: left, top, right and foot.

    Parameters
    ----------
    grey : array of uint8
    scale : float
        Pixels per point.
    area : Rectangle
        The cell, from the middle of one ruling to that of the next, in points.
    rulings : sequence of Rectangle
        Those found on the page, in points.
    """
    x0, y0, x1, y1 = (round(edge * scale) for edge in _within(area, rulings))
    x0, y0 = max(0, x0), max(0, y0)
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    deep = round(_DEEP * scale)
    if x1 - x0 > 4 * deep:
        x0 += _last(ruled(grey, scale, (y0, y1), (x0, x0 + deep)))
        x1 -= _last(ruled(grey, scale, (y0, y1), (x1 - deep, x1))[::-1])
    if y1 - y0 > 4 * deep:
        y0 += _last(ruled(grey.T, scale, (x0, x1), (y0, y0 + deep)))
        y1 -= _last(ruled(grey.T, scale, (x0, x1), (y1 - deep, y1))[::-1])
    return x0, y0, x1, y1


def ruled(grey: Pixels, scale: float, along: tuple[int, int], across: tuple[int, int]) -> list[bool]:
    """Where at the edge of a cell ink goes on along it and beyond it, as a ruling does and a digit does not.

    Parameters
    ----------
    grey : array of uint8
        The page, turned for a ruling that lies.
    scale : float
        Pixels per point.
    along, across : tuple of int
        The rows of the cell, and the columns that are looked at.

    Returns
    -------
    list of bool
        One for each of the columns.
    """
    further, around = round(_FURTHER * scale), round(_AROUND * scale)
    before, after = max(0, along[0] - further), along[1] + further
    first = max(0, across[0] - around)
    dark = grey[before:after, first : across[1] + around + 1] < _GREY
    # Rulings are not straight to a pixel. In the first and the last cell of a table they go on to one side only.
    both = dark[:, :-1] | dark[:, 1:]
    ways = [part for part in (slice(along[0] - before, None), slice(None, along[1] - before)) if dark[part].size]
    whole = np.max([both[part].mean(axis=0) for part in ways], axis=0)
    single = np.max([dark[part].mean(axis=0) for part in ways], axis=0)
    out = []
    for column in range(across[0] - first, min(across[1] - first, len(whole))):
        is_thin = whole[column] > _THIN and all(
            float(side.min(initial=1.0)) < _WHITE
            for side in (single[max(0, column - around) : column], single[column + 2 : column + 2 + around])
        )
        out.append(bool(whole[column] > _COVERED or is_thin))
    return out


def _last(seen: Sequence[bool]) -> int:
    """Up to where something is seen: 0 for nowhere.

    >>> _last([False, True, False]), _last([False, False])
    (2, 0)
    """
    return max((place for place, is_there in enumerate(seen, 1) if is_there), default=0)


def _within(area: Rectangle, rulings: Sequence[Rectangle]) -> Rectangle:
    x0, y0, x1, y1 = area
    edges = [x0 + RIM, y0 + RIM, x1 - RIM, y1 - RIM]
    for a, b, c, d in rulings:
        if c - a > d - b:
            if a < x1 - 3 and c > x0 + 3:
                if abs((b + d) / 2 - y0) < 3:
                    edges[1] = max(edges[1], d + _BEYOND)
                elif abs((b + d) / 2 - y1) < 3:
                    edges[3] = min(edges[3], b - _BEYOND)
        elif b < y1 - 3 and d > y0 + 3:
            if abs((a + c) / 2 - x0) < 3:
                edges[0] = max(edges[0], c + _BEYOND)
            elif abs((a + c) / 2 - x1) < 3:
                edges[2] = min(edges[2], a - _BEYOND)
    return edges[0], edges[1], edges[2], edges[3]
