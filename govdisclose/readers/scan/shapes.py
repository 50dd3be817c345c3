"""What a lone mark in a cell is, told from its shape: a dash, a slash, or something to be read."""

from __future__ import annotations

from typing import Literal

import numpy as np

from govdisclose.readers.scan.ink import INK
from govdisclose.readers.scan.sheets import Pixels

Shape = Literal["dash", "slash", "slant", "other"]

_FLAT, _THIN = 0.55, 0.3
"""A dash is at most this high against its width; digits grown together are higher than this, and not as full."""
_COARSE, _LONG = 4, 1.4
"""Pixels that a hyphen of a coarse scan is high at most, and how much longer it is; no digit is as low."""
_WHOLE = 0.85
"""Share of its length that a level stroke fills in every row but its edges."""
_LEANS, LEANS = 0.24, 0.13
"""How far a bar goes aside against its height: a slash, or what may be one (a slanted 1)."""
_NARROW = 0.8
"""A stroke is no wider than this, against its height."""
_HOLES = 0.1
"""Share of a bar's rows that may miss a pixel."""
_EVEN = 0.2
"""The middles of a bar's rows lie nearer to one line than this, against its height."""


def shape_of(picture: Pixels) -> Shape:
    """The shape of one blot.

    Parameters
    ----------
    picture : array of uint8, shape (height, width)
        Cut close to the ink.

    Returns
    -------
    {"dash", "slash", "slant", "other"}
        `slant` is a bar that leans too little to be surely a slash.

    Examples
    --------
    >>> slash = 255 - np.eye(20, dtype=np.uint8)[:, ::-1].repeat(2, axis=0) * 255
    >>> shape_of(slash), shape_of(np.zeros((3, 20), np.uint8)), shape_of(np.zeros((20, 3), np.uint8))
    ('slash', 'dash', 'other')
    """
    ink = picture < INK
    rows = np.nonzero(ink.any(axis=1))[0]
    columns = np.nonzero(ink.any(axis=0))[0]
    if not rows.size:
        return "other"
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = ink.shape
    filled = float(ink.mean())
    if height <= _COARSE and width > _LONG * height and _is_stroke(ink):
        return "dash"
    if height <= _FLAT * width:
        return "dash" if filled > (0.7 if height < _THIN * width else 0.8) or _is_stroke(ink) else "other"
    return _bar(ink) if height > width * 0.8 else "other"


def _is_stroke(ink: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> bool:
    """Whether a level stroke fills its rows; its edge may lie within a row, and fill that in part."""
    inked = ink.mean(axis=1)
    inner = inked[1:-1] if len(inked) > 2 else [inked.max()]
    return float(np.min(inner)) > _WHOLE


def lean_of(picture: Pixels) -> float:
    """How far a narrow blot goes to the right from its foot to its head, against its height; 0 of a wide one.

    Examples
    --------
    >>> lean_of(255 - np.eye(20, dtype=np.uint8)[:, 5::-1].repeat(2, axis=1) * 255)
    0.0
    """
    ink = picture < INK
    rows = np.flatnonzero(ink.any(axis=1))
    if len(rows) < 3 or ink.shape[1] > _NARROW * len(rows):
        return 0.0
    middles = [float(np.flatnonzero(ink[row]).mean()) for row in rows]
    return max(0.0, -float(np.polyfit(rows, middles, 1)[0]))


def _bar(ink: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Shape:
    """Whether the ink is one straight stroke that leans to the right."""
    height, _ = ink.shape
    xs = np.arange(ink.shape[1])
    widths = ink.sum(axis=1)
    if (widths == 0).any():
        return "other"
    middles = (ink * xs).sum(axis=1) / widths
    ys = np.arange(height)
    lean, start = np.polyfit(ys, middles, 1)
    off = np.abs(middles - (lean * ys + start)).max()
    inner = widths[height // 6 : height - height // 6] if height > 6 else widths
    one_stroke = off < max(_EVEN * height / 2, 1.2) and inner.max() <= 2.2 * max(1.0, float(np.median(inner)))
    gaps = [int(np.diff(np.nonzero(row)[0]).max(initial=1)) for row in ink]
    solid = max(gaps) <= 2 and sum(gap > 1 for gap in gaps) <= _HOLES * height  # a pixel of noise is no hole
    if not one_stroke or not solid or lean > -LEANS:
        return "other"
    return "slash" if lean < -_LEANS else "slant"
