"""Areas printed white on dark, as header rows often are, made dark on white."""

from __future__ import annotations

import numpy as np

from govdisclose.readers.scan.pieces import pieces
from govdisclose.readers.scan.sheets import Pixels, coarsened, square

_WORKED = 2.0
"""Pixels per point in which such areas are sought."""
_STROKE, _TEXT = 3.2, 9.0
"""Points; no dark stroke is as thick as the one, no white character leaves a gap as wide as the other."""
_DARK = 0.72
"""Of the sheet's brightness, a dark ground has less."""
_LEAST = 90.0, 9.0
"""Points that such an area is wide and high, at least."""
_FILLED = 0.5
"""Share of the rectangle around it that it fills, at least."""
_WHITE = 0.01, 0.45
"""Share of it that white print takes."""
_RIM = 0.5
"""Points at its edge that stay as they are, and make a ruling."""


def without_negatives(grey: Pixels, scale: float) -> Pixels:
    """A sheet with areas that are printed white on dark turned into dark on white.

    Parameters
    ----------
    grey : array of uint8, shape (height, width)
        As scanned.
    scale : float
        Pixels per point.

    Returns
    -------
    array of uint8, shape (height, width)
        The same one where there is no such area. A dark ground without white print stays.
    """
    import cv2

    small, points = coarsened(grey, scale, _WORKED)
    typical = float(np.median(small))
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, square(_STROKE * points)) < _DARK * typical
    if not ground.any():
        return grey
    ground = ground.astype(np.uint8)
    whole = np.asarray(cv2.morphologyEx(ground, cv2.MORPH_CLOSE, square(_TEXT * points)), dtype=np.uint8)
    labels, found = pieces(whole)
    height, width = small.shape
    clean = grey
    grounds = np.bincount(labels[ground > 0], minlength=len(found))
    for label, (x, y, across, down, _) in enumerate(found.tolist()):
        at_edge = x == 0 or y == 0 or x + across == width or y + down == height
        low = across < _LEAST[0] * points or down < _LEAST[1] * points
        if not label or at_edge or low or grounds[label] < _FILLED * across * down:
            continue
        inside = labels == label
        shade = float(np.median(small[inside & (ground > 0)]))
        white = float((small[inside] > (shade + typical) / 2).mean())
        if _WHITE[0] < white < _WHITE[1]:
            clean = clean.copy() if clean is grey else clean
            _turn(clean, cv2.erode(inside.astype(np.uint8), square(2 * _RIM * points)), shade, typical)
    return clean


def _turn(grey: Pixels, area: object, shade: float, typical: float) -> None:
    """Make the dark ground of an area paper, what is white in it ink, and leave what is darker so."""
    import cv2

    mask = cv2.resize(np.asarray(area, np.uint8), grey.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    levels = np.arange(256, dtype=float)
    lighter = typical * (1 - (levels - shade) / max(typical - shade, 1.0))
    turned = np.where(levels > shade, lighter, typical * (levels + 1) / (shade + 1))
    grey[mask] = np.clip(np.round(turned), 0, 255).astype(np.uint8)[grey[mask]]
