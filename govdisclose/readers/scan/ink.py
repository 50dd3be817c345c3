"""Where there is ink in a cell: its components, the lines they make, and what is only dust."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.pdf.text import Rectangle
from govdisclose.readers.scan.edges import RIM, ruled, window
from govdisclose.readers.scan.faint import darkened, faint_marks
from govdisclose.readers.scan.sheets import Pixels

INK = 150
"""Grey levels below this are ink, where paper is 255 and ink about 0."""
_ALONG = 2.6
"""Ink nearer than this to the edge of a cell, in points, all of it, is a rest of the ruling."""
_TWIN, _ALL_ALONG = 3.5, 0.92
"""So near to the edge of a cell, in points, ink along this share of it is the second of a double ruling."""
_DIGIT = 4.6
"""No dash of a ruling is as high as a digit, in points."""
_DUST = 1.3
"""Points; what is smaller in both directions is no character when it stands alone."""
_LOW = 2.5
"""Points; no character is as low as this and narrow, too."""
_SPECKS, _SPECK = 2, 1.6
"""So many specks, each smaller than this in points, are dust where there is nothing else: no hyphen is as short."""
_GROWS, _OPEN = 0.9, 0.3
"""Points by which a cell is taken larger for characters that reach its edge, over rows with less ink than this,"""
_CORE, _BARE = 110.0, 85
"""and over columns whose paper is brighter than this grey: they stand beside the ruling. In so many of a hundred
rows, or fewer, something is printed."""
_BESIDE = 4.0
"""Points from a character to its minus."""
_GAP = 0.6
"""Points of white between lines."""


@dataclass(frozen=True, slots=True)
class Blot:
    """A connected piece of ink, in pixels of its cell."""

    x: int
    y: int
    width: int
    height: int
    area: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def foot(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class CellInk:
    """The ink of one cell.

    `picture` is the cell without its rulings; `corner` its place on the page, in pixels, of which `scale` make a
    point; `lines` the blots of each line, from the top, each from left to right. `cut` tells that ink as high as a
    digit lies at the edge, and is no ruling. `faint` is how grey the print is where some of it is too faint for
    ink: it is black in `picture`; 0 where all is ink.
    """

    picture: Pixels
    corner: tuple[int, int]
    scale: float
    lines: tuple[tuple[Blot, ...], ...]
    cut: bool = False
    faint: int = 0

    @property
    def blots(self) -> list[Blot]:
        """Those of all its lines."""
        return [blot for line in self.lines for blot in line]

    def line_picture(self, line: Sequence[Blot], margin: int = 1) -> Pixels:
        """The part of the picture that a line fills, with a little white around it."""
        x0, y0, x1, y1 = frame(line)
        height, width = self.picture.shape
        return self.picture[
            max(0, y0 - margin) : min(height, y1 + margin), max(0, x0 - margin) : min(width, x1 + margin)
        ]


def frame(blots: Sequence[Blot]) -> tuple[int, int, int, int]:
    """The smallest rectangle around blots."""
    return (
        min(blot.x for blot in blots),
        min(blot.y for blot in blots),
        max(blot.right for blot in blots),
        max(blot.foot for blot in blots),
    )


def cell_ink(grey: Pixels, scale: float, area: Rectangle, rulings: Sequence[Rectangle]) -> CellInk:
    """The ink of one cell of a straight page.

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
    within = window(grey, scale, area, rulings)
    ink = _window_ink(grey, scale, within)
    if (whole := _whole(grey, scale, ink, within)) != within:
        ink = _window_ink(grey, scale, whole)
    printed = ink.blots
    marks = faint_marks(ink.picture, scale, frame(printed) if printed else None)
    if marks is None:
        return ink
    picture, level = darkened(ink.picture, marks)
    return replace(ink, picture=picture, lines=tuple(_lines(blots_of(picture)[0], scale)), faint=level)


def _window_ink(grey: Pixels, scale: float, within: tuple[int, int, int, int]) -> CellInk:
    x0, y0, x1, y1 = within
    picture = _flat(grey[y0:y1, x0:x1].copy(), scale)
    blots, labels = blots_of(picture)
    along, twin = (_ALONG - RIM) * scale, _TWIN * scale
    kept, cut = [], False
    for label, blot in enumerate(blots, 1):
        sides = (blot.x == 0) + (blot.right == x1 - x0) + (blot.y == 0)
        if _is_rest(blot, picture.shape, along) or _is_twin(blot, picture.shape, twin):
            picture[labels == label] = 255
            is_high = blot.height > _DIGIT * scale
            cut |= is_high and not any(ruled(grey, scale, (y0, y1), (x0 + blot.x, x0 + blot.right)))
        else:
            kept.append(blot)
            cut |= sides > 0 and max(blot.width, blot.height) > _DIGIT * scale
    lines = () if _is_dust(kept, scale) else tuple(_lines(kept, scale))
    return CellInk(picture, (x0, y0), scale, lines, cut)


def _whole(grey: Pixels, scale: float, ink: CellInk, within: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """A window that takes in all of the characters at its edge, up to the ruling."""
    x0, top, x1, foot = within
    height, width = ink.picture.shape
    grows = round(_GROWS * scale)
    blots = [blot for blot in ink.blots if blot.height < height]  # else a ruling that goes through
    if any(blot.y == 0 for blot in blots):
        top -= _before((grey[max(0, top - grows) : top, x0:x1] < INK).mean(axis=1)[::-1] > _OPEN)
    if any(blot.foot == height for blot in blots):
        foot += _before((grey[foot : foot + grows, x0:x1] < INK).mean(axis=1) > _OPEN)
    if any(blot.x == 0 for blot in blots):
        x0 -= _before(_paper(grey[top:foot, max(0, x0 - grows) : x0])[::-1] < _CORE)
    if any(blot.right == width for blot in blots):
        x1 += _before(_paper(grey[top:foot, x1 : x1 + grows]) < _CORE)
    return x0, top, x1, foot


def _before(closed: NDArray[np.bool_]) -> int:
    """How many rows or columns lie before the first that is a ruling's."""
    return int(closed.argmax()) if closed.any() else len(closed)


def _paper(columns: Pixels) -> NDArray[np.floating[Any]]:
    """How bright each column is where nothing is printed in it: beside a ruling less than white."""
    return np.percentile(columns, _BARE, axis=0)


def _flat(picture: Pixels, scale: float) -> Pixels:
    """A cell without the grey that blurred rulings leave along its sides."""
    side = min(round(_GROWS * scale), picture.shape[1] // 2)
    for columns in (picture[:, :side], picture[:, picture.shape[1] - side :]):
        paper = _paper(columns)
        paper[paper < _CORE] = 255.0
        columns[:] = np.minimum(columns * (255.0 / paper), 255.0)
    return picture


def _is_dust(blots: Sequence[Blot], scale: float) -> bool:
    """Whether a cell holds nothing but a speck or two."""
    return len(blots) <= _SPECKS and all(max(blot.width, blot.height) < _SPECK * scale for blot in blots)


def blots_of(picture: Pixels) -> tuple[list[Blot], NDArray[np.int32]]:
    """The connected pieces of ink, and for each pixel the number of its own, from 1."""
    import cv2

    _, labels, found, _ = cv2.connectedComponentsWithStats((picture < INK).astype(np.uint8), connectivity=8)
    return [Blot(*map(int, row)) for row in found[1:]], np.asarray(labels, dtype=np.int32)


def _is_rest(blot: Blot, shape: tuple[int, ...], along: float) -> bool:
    """Whether ink at the edge of a cell is what is left of its ruling."""
    height, width = shape[0], shape[1]
    touches = blot.x == 0 or blot.y == 0 or blot.right == width or blot.foot == height
    return touches and (
        blot.foot <= along or blot.y >= height - along or blot.right <= along or blot.x >= width - along
    )


def _is_twin(blot: Blot, shape: tuple[int, ...], within: float) -> bool:
    """Whether ink near the edge of a cell runs along all of it, as the second of a double ruling does."""
    height, width = shape[0], shape[1]
    upright = blot.height > _ALL_ALONG * height and blot.width < within / 2
    level = blot.width > _ALL_ALONG * width and blot.height < within / 2
    return (upright and (blot.right < within or blot.x > width - within)) or (
        level and (blot.foot < within or blot.y > height - within)
    )


def _lines(blots: Sequence[Blot], scale: float) -> list[tuple[Blot, ...]]:
    """Blots that share a height are one line; specks alone are none."""
    dust = _DUST * scale
    solid: list[Blot] = []
    specks: list[Blot] = []
    for blot in blots:
        is_long = blot.width >= dust or blot.height >= _LOW * scale
        is_solid = is_long and blot.area >= 0.35 * dust * dust
        (solid if is_solid else specks).append(blot)
    if not solid:
        return []
    bands: list[list[float]] = []
    for blot in sorted(solid, key=lambda blot: blot.y):
        if bands and blot.y < bands[-1][1] + _GAP * scale:
            bands[-1][1] = max(bands[-1][1], blot.foot)
        else:
            bands.append([blot.y, blot.foot])
    bands = _merged(bands, scale)
    out = []
    for top, foot in bands:
        line = [blot for blot in solid if top <= (blot.y + blot.foot) / 2 <= foot]
        out.append(tuple(sorted([*line, *_small(specks, line, _BESIDE * scale)], key=lambda blot: blot.x)))
    return [line for line in out if line]


def _small(specks: Sequence[Blot], line: Sequence[Blot], near: float) -> Iterator[Blot]:
    """Specks beside characters, no lower and no higher: a minus or a point may leave no more than that."""
    x0, y0, x1, y1 = frame(line) if line else (0, 0, 0, 0)
    for speck in specks:
        if speck.y >= y0 and speck.foot <= y1 and speck.right > x0 - near and speck.x < x1 + near:
            yield speck


def _merged(bands: list[list[float]], scale: float) -> list[list[float]]:
    """Bands with those that are only parts of characters (of 二, of 三) joined to their neighbours."""
    while len(bands) > 1:
        tallest = max(foot - top for top, foot in bands)
        flat = [i for i, (top, foot) in enumerate(bands) if foot - top < 0.45 * tallest]
        gaps = [
            (bands[max(i, j)][0] - bands[min(i, j)][1], i, j)
            for i in flat
            for j in (i - 1, i + 1)
            if 0 <= j < len(bands)
        ]
        gap, i, j = min(gaps, default=(np.inf, 0, 0))
        if gap > 3 * scale:
            break
        low, high = sorted((i, j))
        bands[low : high + 1] = [[bands[low][0], bands[high][1]]]
    return bands
