"""Where characters stand on a page: no ruling runs through them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from govdisclose.readers.scan.pieces import pieces
from govdisclose.readers.scan.sheets import Pixels

_DARK = 105
"""Ink (of 255) of a character, at least."""
_LONG = 16.0
"""Strokes longer than this, in points, are rulings."""
_THICK = 2.2
"""Points; what is larger in both directions is no ruling, nor a piece of one."""
_DASH = 5.0
"""No dash of a ruling is longer, in points."""
_BESIDE = 3.0
"""A thin stroke this near to a character, in points, is of it: `1`, `(`."""
_RULING = 1.0
"""Points to either side of the middle of a ruling that are cleared of it."""
_WITHIN = 2.0, 0.7
"""Characters this near to one another are one area: along a line of text, and across, in points."""


def without_long(ink: Pixels, scale: float) -> Pixels:
    """The dark strokes of a page, as a picture (1 is dark), without those too long for characters.

    Parameters
    ----------
    ink : array of uint8, shape (height, width)
        255 is black.
    scale : float
        Pixels per point.
    """
    import cv2

    dark = (ink > _DARK).astype(np.uint8)
    length = round(_LONG * scale)
    rulings = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    rulings |= cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    dark[rulings > 0] = 0
    return dark


def text_areas(
    strokes: Pixels, scale: float, level: Sequence[float] = (), standing: Sequence[float] = (), spread: float = 0.0
) -> Pixels:
    """Rectangles around characters, as a picture: 1 is inside.

    Parameters
    ----------
    strokes : array of uint8, shape (height, width)
        What `without_long` gave.
    scale : float
        Pixels per point.
    level, standing : sequence of float
        Where rulings are known to lie and stand, in points; corners of dashes look like characters.
    spread : float
        Points from one to the other of double rulings; 0 if they are single.

    Returns
    -------
    array of uint8, shape (height, width)
    """
    import cv2

    dark = strokes.copy()
    reach = _RULING + spread
    bands = [_band(place, reach, scale, len(dark)) for place in level]
    gaps = [_band(place, reach, scale, dark.shape[1]) for place in standing]
    for first, last in gaps:
        dark[:, first:last] = 0
    through = _through(dark, bands, scale) if standing else []
    for first, last in bands:
        dark[first:last] = 0
    _, found = pieces(dark)
    blots = found[1:, :4]
    thick = blots[:, 2:].min(axis=1) > _THICK * scale
    areas = np.zeros_like(dark)
    for x, y, width, height in blots[thick].tolist():
        areas[y : y + height, x : x + width] = 1
    for first, last in bands:  # what stands both above and below goes through
        areas[first:last] |= areas[first - 1] & areas[last]
    for first, last in gaps:
        areas[:, first:last] |= areas[:, first - 1 : first] & areas[:, last : last + 1]
    for x, y, width, height in through:
        areas[y : y + height, x : x + width] = 1
    near = cv2.dilate(areas, np.ones((1, 2 * round(_BESIDE * scale) + 1), np.uint8))
    upright = ~thick & (blots[:, 3] > _DASH * scale) & (blots[:, 3] > blots[:, 2])
    tops = {row for first, _ in bands for row in (first - 1, first, first + 1)}
    feet = {row for _, last in bands for row in (last - 1, last, last + 1)}
    for x, y, width, height in blots[upright].tolist():
        if y in feet and y + height in tops:  # from ruling to ruling
            continue
        if near[y : y + height, x : x + width].any(axis=1).mean() > 0.7:
            areas[y : y + height, max(0, x - 2) : x + width + 2] = 1
    along, across = (max(1, round(reach * scale)) for reach in _WITHIN)
    closed = cv2.morphologyEx(
        cv2.copyMakeBorder(areas, along, along, along, along, cv2.BORDER_CONSTANT, value=0),
        cv2.MORPH_CLOSE,
        np.ones((across, along), np.uint8),
    )
    return np.ascontiguousarray(closed[along:-along, along:-along], dtype=np.uint8)


def _through(dark: Pixels, bands: Sequence[tuple[int, int]], scale: float) -> list[list[int]]:
    """Characters that go on above and below where a level ruling would lie; corners of rulings are cleared before."""
    _, found = pieces(dark)
    beyond = _RULING * scale
    out = []
    for x, y, width, height in found[1:, :4].tolist():
        if min(width, height) > _THICK * scale and any(y < a - beyond and y + height > b + beyond for a, b in bands):
            out.append([x, y, width, height])
    return out


def _band(place: float, reach: float, scale: float, length: int) -> tuple[int, int]:
    """The first pixel of a ruling, and the one behind its last, with one more at least on either side."""
    first = min(max(round((place - reach) * scale), 1), length - 3)
    return first, min(max(round((place + reach) * scale) + 1, first + 1), length - 1)
