"""Seals taken off a page: a red one by its colour, one copied without colour by its ring and its tone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.scan.pieces import pieces
from govdisclose.readers.scan.sheets import Pixels, coarsened, in_cells, square

_SIZE = (50.0, 200.0)
"""Diameters of seals, in points."""
_RED = 45
"""What is redder than it is green or blue by so much is printed in red."""
_TONES = (25, 225)
"""Grey levels of a seal without colour: ink is about 0, paper 255."""
_WORKED = 2.0
"""Pixels per point in which a grey seal is sought."""
_STROKE, _STAR = 2.0, 5.0
"""Points; its ring is wider than the one, the star in it wider than the other, and no stroke of a character is."""
_VOTES = 25
"""Pixels of edge that speak for a circle, at least."""
_RING, _CLOSED = 3.0, 0.55
"""Points about its circle in which its ring lies, and along which share of it at least."""
_AROUND, _CLEAR = 6.0, 0.4
"""So many points further out less of a circle is drawn: twice that share taken off, so much is left at least."""
_OVAL = 1.0
"""Points by which it may be nearer or farther."""
_TURNS, _STEP, _FILLED = 72, 0.5, 0.7
"""Parts of a circle that are looked at by themselves; points, across it, that are; and how much of one is ink."""
_RIM = 1.2
"""Points about its strokes in which its ink runs out."""
_GRAIN = 0.6
"""Its ink is no more uneven than this."""


def without_red(pixels: Pixels, scale: float) -> Pixels:
    """A sheet in grey, where a red seal is looked at through red glass: what is printed black under it stays.

    Parameters
    ----------
    pixels : array of uint8, shape (height, width, 3)
    scale : float
        Pixels per point.
    """
    import cv2

    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    cells, side = in_cells(pixels, scale)
    tiny = cells.astype(np.int16)
    red = (tiny[..., 0] - tiny[..., 1:].max(axis=2) > _RED // 2).astype(np.uint8)
    if not red.any():
        return grey
    red = cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)).astype(np.uint8)
    points = side / scale
    _, found = pieces(red)
    for x, y, width, height, _ in found[1:]:
        if _SIZE[0] < max(width, height) * points < _SIZE[1] and 0.6 < width / height < 1.7:
            part = slice(y * side, (y + height) * side), slice(x * side, (x + width) * side)
            colours = pixels[part].astype(np.int16)
            reddish = colours[..., 0] - colours[..., 1:].max(axis=2) > _RED // 3
            grey[part] = np.where(reddish, pixels[part][..., 0], grey[part])
    return grey


def without_grey(grey: Pixels, scale: float) -> Pixels:
    """An even page without the strokes of round grey seals, which darken paper and print alike.

    Parameters
    ----------
    grey : array of uint8, shape (height, width)
        Paper is 255, ink about 0.
    scale : float
        Pixels per point.
    """
    import cv2

    small, points = coarsened(grey, scale, _WORKED)
    toned = cv2.inRange(small, np.asarray(_TONES[0]), np.asarray(_TONES[1]))
    strokes = np.asarray(cv2.morphologyEx(toned, cv2.MORPH_OPEN, square(_STROKE * points)), dtype=np.uint8)
    clean = grey
    for circle in _circles(strokes, points):
        mask = cv2.dilate(_drawn(strokes, circle, points), square(2 * _RIM * points))
        whole = cv2.resize(mask, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST) > 0
        ys, xs = np.nonzero(whole)
        part = slice(ys.min(), ys.max() + 1), slice(xs.min(), xs.max() + 1)
        tone = cv2.morphologyEx(grey[part], cv2.MORPH_CLOSE, square(_STROKE * scale))
        clean = clean.copy()
        clean[part] = np.where(whole[part], cv2.divide(grey[part], tone, scale=255 / _GRAIN), clean[part])
    return clean


def _circles(strokes: Pixels, scale: float) -> list[tuple[float, float, float]]:
    """The middles and radii, in pixels, of rings that are drawn nearly all the way."""
    import cv2

    half = cv2.resize(strokes, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    least, most = (round(size * scale / 4) for size in _SIZE)
    found = cv2.HoughCircles(
        half, cv2.HOUGH_GRADIENT, 1, 2 * least, param1=100, param2=_VOTES, minRadius=least, maxRadius=most
    )
    circles = []
    for x, y, radius in [] if found is None else (2 * found[0]).tolist():
        right, down, away = _from(strokes, (x, y))
        near = np.abs(away - radius) < 2 * _RING * scale
        inked = near & (strokes > 0)
        radius = float(np.median(away[inked])) if inked.any() else radius
        near = np.abs(away - radius) < (_AROUND + _RING) * scale
        angle, beyond = np.arctan2(down[near], right[near]), (away[near] - radius) / scale
        drawn, around = (_closed(angle, beyond - shift, strokes[near] > 0) for shift in (0.0, _AROUND))
        if drawn > _CLOSED and drawn - 2 * around > _CLEAR:
            circles.append((x, y, radius))
    return circles


def _closed(angle: NDArray[Any], beyond: NDArray[Any], inked: NDArray[np.bool_]) -> float:
    """Along which share of a circle a ring is drawn; rulings lie across it, and fill little of any part.

    Parameters
    ----------
    angle, beyond : array of float, shape (pixels,)
        Where pixels near the circle lie: radians along it, points beyond it.
    inked : array of bool, shape (pixels,)
    """
    turns = ((angle / (2 * np.pi) + 0.5) * _TURNS).astype(np.intp) % _TURNS
    fullest = np.zeros(_TURNS)
    for shift in np.arange(-_OVAL, _OVAL + _STEP, _STEP):
        band = np.abs(beyond - shift) < _STROKE / 2
        every = np.bincount(turns[band], minlength=_TURNS)
        drawn = np.bincount(turns[band], inked[band], _TURNS)
        fullest = np.maximum(fullest, drawn / np.maximum(every, 1))
    return float((fullest > _FILLED).mean())


def _drawn(strokes: Pixels, circle: tuple[float, float, float], scale: float) -> Pixels:
    """The ring of a seal, and what stands in it that is larger than strokes of characters."""
    import cv2

    away = _from(strokes, circle[:2])[2]
    ring = np.abs(away - circle[2]) < _RING * scale
    within = np.where((away < circle[2]) & ~ring, strokes, 0).astype(np.uint8)
    labels, _ = pieces(within)
    stars = np.unique(labels[cv2.morphologyEx(within, cv2.MORPH_OPEN, square(_STAR * scale)) > 0])
    drawn = (ring & (strokes > 0)) | np.isin(labels, stars[stars > 0])
    return np.asarray(drawn, dtype=np.uint8)


def _from(picture: Pixels, middle: tuple[float, float]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """How far each pixel is to the right of a place, below it, and away from it."""
    x, y = np.meshgrid(np.arange(picture.shape[1]) - middle[0], np.arange(picture.shape[0]) - middle[1])
    return x, y, np.hypot(x, y)
