"""Streaks taken off a sheet: lines that dirt on a scanner's glass draws from its head to its foot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.pdf.lattice import Lattice
from govdisclose.readers.scan.ink import CellInk, frame
from govdisclose.readers.scan.marks import is_short
from govdisclose.readers.scan.pieces import stretches
from govdisclose.readers.scan.sheets import Pixels, Sheet

STREAK = "a streak of the scanner"
DOUBTS_ZH = {STREAK: "扫描仪划痕经过"}

_LEAST = 350.0
"""Points of a sheet's shorter side; less is a picture cut out of one."""
_THICKEST = 2.5
"""Points; what is thicker is no streak."""
_ROWS = 4
"""Rows of pixels that are looked at as one."""
_DARKER, _SHARE = 25, (0.6, 0.85)
"""How much darker than beside it a streak is (of 255), and along how much of either end and of the whole of it."""
_BLUR = 0.35
"""Points at either side in which it runs out."""
_END, _BLANK = 0.025, 0.004
"""Share of the sheet at either end that is otherwise blank, or nearly: in a picture cut out along the edges of a table,
rulings go from end to end, too."""
_EDGE = 100
"""Part of the sheet, at either side, where a line is its own edge."""
_MOST = 3
"""Streaks on one sheet."""
_NEAR = 5.0
"""Points beside a streak in which it may hide a digit of a number."""


def without_streaks(sheet: Sheet) -> tuple[Sheet, Pixels | None]:
    """A sheet without its streaks: in their place is what lies beside them.

    Parameters
    ----------
    sheet : Sheet

    Returns
    -------
    sheet : Sheet
        The same one where there are none.
    mask : array of uint8, shape (height, width), or None
        255 where they ran.
    """
    mask: Pixels | None = None
    for turned in (False, True) if min(sheet.size) > _LEAST else ():
        pixels = sheet.pixels.swapaxes(0, 1) if turned else sheet.pixels
        found = list(_streaks(pixels, sheet.scale))
        if not 0 < len(found) <= _MOST:
            continue
        pixels = pixels.copy()
        mask = np.zeros(sheet.pixels.shape[:2], np.uint8) if mask is None else mask
        for first, last in found:
            _bridge(pixels, first, last)
            (mask.T if turned else mask)[:, first:last] = 255
        sheet = replace(sheet, pixels=np.ascontiguousarray(pixels.swapaxes(0, 1) if turned else pixels))
    return sheet, mask


def _streaks(pixels: Pixels, scale: float) -> Iterator[tuple[int, int]]:
    """The columns of pixels of each streak that stands: the first, and the one behind the last."""
    end = max(_ROWS, round(_END * len(pixels)))
    inner = np.ones(pixels.shape[1], dtype=bool)
    inner[: len(inner) // _EDGE] = inner[-(len(inner) // _EDGE) :] = False
    drawn = inner.copy()
    for part in (slice(None, end), slice(-end, None)):  # most sheets are done with after the first
        darker = _darker(pixels[part], scale)
        drawn &= darker.mean(axis=0) > _SHARE[0]
        if not drawn.any() or darker[:, inner & ~drawn].mean() > _BLANK:
            return
    drawn &= _darker(pixels, scale).mean(axis=0) > _SHARE[1]
    rim = max(1, round(_BLUR * scale))
    wide = np.convolve(drawn, np.ones(2 * rim + 1, dtype=np.intp), mode="same") > 0
    yield from zip(*(ends.tolist() for ends in stretches(wide)), strict=True)


def _darker(pixels: Pixels, scale: float) -> NDArray[np.bool_]:
    """Where rows, some taken together, are darker than beside, as thin strokes are."""
    import cv2

    shape = pixels.shape[1], max(1, len(pixels) // _ROWS)
    rows = np.asarray(cv2.resize(pixels, shape, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    rows = rows if rows.ndim == 2 else rows.min(axis=2)
    across = np.ones((1, round(2 * _THICKEST * scale) | 1), np.uint8)
    return np.asarray(cv2.morphologyEx(rows, cv2.MORPH_BLACKHAT, across)) > _DARKER


def _bridge(pixels: Pixels, first: int, last: int) -> None:
    """Put, in place of some columns, what leads over from the one before to the one behind."""
    before, behind = max(first - 1, 0), min(last, pixels.shape[1] - 1)
    share = np.linspace(0, 1, last - first + 2)[1:-1].reshape(-1, *[1] * (pixels.ndim - 2))
    left, right = pixels[:, before : before + 1].astype(float), pixels[:, behind : behind + 1].astype(float)
    pixels[:, first:last] = np.round(left + (right - left) * share)


def crossed_by(mask: Pixels, lattice: Lattice, inks: Sequence[CellInk]) -> set[int]:
    """The cells in which a streak may hide a digit: blank ones that it crosses, and numbers close to it.

    Parameters
    ----------
    mask : array of uint8, shape (height, width)
        Where streaks ran, on the straight page.
    lattice : Lattice
    inks : sequence of CellInk
        Those of its cells.
    """
    found = set()
    for n, (cell, ink) in enumerate(zip(lattice.cells, inks, strict=True)):
        x0, y0, x1, y1 = (round(edge * ink.scale) for edge in cell.area)
        if not mask[max(y0, 0) : y1, max(x0, 0) : x1].any():
            continue
        if not ink.lines:
            found.add(n)
            continue
        left, top = ink.corner
        near = round(_NEAR * ink.scale)
        for word in map(frame, ink.lines):
            x, y, right, foot = word[0] + left, word[1] + top, word[2] + left, word[3] + top
            if is_short(word, ink.scale) and mask[max(y, 0) : foot, max(x - near, 0) : right + near].any():
                found.add(n)
    return found
