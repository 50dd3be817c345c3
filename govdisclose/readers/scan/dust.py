"""Dust beside characters: specks that are no part of any, and no point, comma or minus by where they lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.scan.ink import INK, Blot, CellInk, blots_of, frame
from govdisclose.readers.scan.shapes import Shape, shape_of
from govdisclose.readers.scan.sheets import Pixels

_CORE = 0.6
"""A blot with so much of the size of the largest is a character."""
_SPECK = 0.25
"""Dust is smaller than this, against the smallest character; a hyphen is wider and a comma higher."""
_FAINT = 225
"""Grey of the faintest strokes, of 255."""
_APART = 0.12
"""What is nearer to a character than this, against its size, may be a part of it."""
_LOW = 0.25
"""Points and commas end this near to the foot of the characters, or below it."""
_MIDDLE = 0.25, 0.8
"""Between these heights, from the top of the characters, lies a minus."""
_REACH = 0.9
"""And it is nearer to the first of them than this."""
_LOWER, _TOGETHER = 0.6, 0.15
"""Digits are as high as one another; what is lower than this against the highest, and further than this from the next
one, is none."""
_STOUT = 0.5
"""A 1 is hardly wider than this, against its height."""
_BROKEN = 0.35
"""What has broken off from a stem is as near to it, against its height."""


def without_dust(ink: CellInk) -> CellInk:
    """The ink of a cell of a few characters without its dust; the same object where there is none.

    Examples
    --------
    >>> picture = np.full((24, 44), 255, np.uint8)
    >>> zero, speck, point = Blot(20, 4, 9, 14, 80), Blot(36, 6, 2, 2, 4), Blot(16, 16, 2, 2, 4)
    >>> without_dust(CellInk(picture, (0, 0), 2.0, ((zero, speck),))).lines == ((zero,),)
    True
    >>> without_dust(CellInk(picture, (0, 0), 2.0, ((point, zero),))).lines == ((point, zero),)
    True
    """
    blots = ink.blots
    if len(blots) < 2:
        return ink
    core = _core(blots)
    unit = min(map(_size, core))
    dust = {blot for blot in blots if blot not in core and _size(blot) < _SPECK * unit and _is_dust(blot, core, unit)}
    dust -= _faintly_joined(ink.picture, dust, core)
    if not dust:
        return ink
    picture = ink.picture.copy()
    for blot in dust:
        picture[max(0, blot.y - 1) : blot.foot + 1, max(0, blot.x - 1) : blot.right + 1] = 255
    lines = (tuple(blot for blot in line if blot not in dust) for line in ink.lines)
    return replace(ink, picture=picture, lines=tuple(line for line in lines if line))


def _faintly_joined(picture: Pixels, specks: Iterable[Blot], core: Sequence[Blot]) -> set[Blot]:
    """Specks that grey joins to a character: its thin strokes, which are faint."""
    import cv2

    _, labels = cv2.connectedComponents((picture < _FAINT).astype(np.uint8), connectivity=8)
    of_core = {int(label) for blot in core for label in np.unique(_part(labels, blot)) if label}
    return {speck for speck in specks if of_core & set(np.unique(_part(labels, speck)).tolist())}


def _part(labels: NDArray[Any], blot: Blot) -> NDArray[Any]:
    return labels[blot.y : blot.foot, blot.x : blot.right]


def _size(blot: Blot) -> int:
    return max(blot.width, blot.height)


def _is_dust(speck: Blot, core: Sequence[Blot], unit: float) -> bool:
    """Whether a speck is away from the characters, and not where a point, a comma or a minus may be."""
    if any(_distance(speck, blot) < max(2.0, _APART * unit) for blot in core):
        return False
    left, top, right, foot = frame(core)
    height = foot - top
    if speck.x > right or left - speck.right > _REACH * unit or speck.foot < top or speck.y > foot + _LOW * height:
        return True
    if speck.right <= left and speck.height <= speck.width:
        middle = ((speck.y + speck.foot) / 2 - top) / height
        if _MIDDLE[0] < middle < _MIDDLE[1]:
            return False
    return speck.foot < foot - _LOW * height


def _distance(one: Blot, other: Blot) -> int:
    """Pixels of white between the frames of two blots, along or across."""
    return max(one.x - other.right, other.x - one.right, one.y - other.foot, other.y - one.foot)


def lone_shape(ink: CellInk) -> tuple[Blot, Shape] | None:
    """The only blot of a cell, but for specks away from it, and its shape; None where there are others."""
    blots = ink.blots
    if not blots:
        return None
    largest = max(blots, key=_size)
    apart = max(2, round(_APART * _size(largest)))
    if any(blot is not largest and not _is_speck_apart(blot, ink, _size(largest), apart) for blot in blots):
        return None
    return largest, shape_of(picture_of(largest, ink))


def picture_of(blot: Blot, ink: CellInk) -> Pixels:
    """One blot, cut close, without what else lies within its frame."""
    picture = ink.line_picture([blot], 0).copy()
    blots, labels = blots_of(picture)
    largest = max(range(len(blots)), key=lambda index: blots[index].area)
    picture[(labels != largest + 1) & (labels > 0)] = 255
    return picture


def _is_speck_apart(speck: Blot, ink: CellInk, unit: int, apart: int) -> bool:
    """Whether a speck is small, and white all around: it may lie within the frame of a slash."""
    around = ink.picture[max(0, speck.y - apart) : speck.foot + apart, max(0, speck.x - apart) : speck.right + apart]
    return _size(speck) < _SPECK * unit and int(np.count_nonzero(around < INK)) <= speck.area


def is_broken(ink: CellInk, text: str) -> bool:
    """Whether pieces of a character lie beside what reads as 1: it may be the stem of a 4 whose thin strokes are lost.

    Examples
    --------
    >>> picture = np.full((24, 44), 255, np.uint8)
    >>> stem, piece, point = Blot(20, 4, 4, 14, 40), Blot(17, 10, 2, 2, 3), Blot(26, 16, 2, 2, 4)
    >>> inks = [CellInk(picture, (0, 0), 2.0, (line,)) for line in ((piece, stem), (stem, point))]
    >>> [is_broken(ink, "1") for ink in inks]
    [True, False]
    """
    blots = ink.blots
    core = _core(blots)
    stems = _stems(core, text)
    pieces = [blot for blot in blots if blot not in core]
    pieces = pieces[1:] if text.startswith("-") else pieces
    return any(
        _between(piece, stem) < _BROKEN * stem.height
        and _between(piece, stem) <= min(_between(piece, other) for other in core)
        and stem.y <= piece.y
        and piece.foot <= stem.foot - _LOW * stem.height
        for stem in stems
        for piece in pieces
    )


def is_stout(ink: CellInk, text: str) -> bool:
    """Whether one of the marks that read as 1 is about as wide as other digits: it may be a 4 that lost its strokes.

    Examples
    --------
    >>> picture = np.full((24, 44), 255, np.uint8)
    >>> inks = [CellInk(picture, (0, 0), 2.0, ((Blot(20, 4, width, 14, 60),),)) for width in (5, 8)]
    >>> [is_stout(ink, "1") for ink in inks]
    [False, True]
    """
    stems = _stems(_core(ink.blots), text)
    return any(stem.width > _STOUT * stem.height for stem in stems)


def _core(blots: Sequence[Blot]) -> list[Blot]:
    """The characters among the blots of a cell."""
    largest = max(map(_size, blots), default=0)
    return [blot for blot in blots if _size(blot) >= _CORE * largest]


def _stems(core: Sequence[Blot], text: str) -> list[Blot]:
    """The characters that read as 1; none where it cannot be told which they are."""
    digits = [char for char in text if char.isdigit()]
    if len(core) != len(digits):
        return []
    return [blot for blot, digit in zip(core, digits, strict=True) if digit == "1"]


def is_uneven(ink: CellInk, text: str) -> bool:
    """Whether one of the marks that read as digits is lower than these are: it may be what is left of a + or a point.

    Examples
    --------
    >>> picture = np.full((24, 44), 255, np.uint8)
    >>> low, high = Blot(10, 10, 4, 6, 20), Blot(20, 4, 8, 14, 80)
    >>> ink = CellInk(picture, (0, 0), 2.0, ((low, high),))
    >>> is_uneven(ink, "13"), is_uneven(ink, "-3")
    (True, False)
    """
    if not text.isdecimal():
        return False
    blots = sorted(ink.blots, key=lambda blot: blot.x)
    high = max(blot.height for blot in blots)
    marks: list[list[int]] = []  # right, top and foot of what stands together
    for blot in blots:
        if marks and blot.x - marks[-1][0] < _TOGETHER * high:
            marks[-1] = [max(marks[-1][0], blot.right), min(marks[-1][1], blot.y), max(marks[-1][2], blot.foot)]
        else:
            marks.append([blot.right, blot.y, blot.foot])
    return any(_SPECK * high < foot - top < _LOWER * high for _, top, foot in marks)


def _between(one: Blot, other: Blot) -> int:
    """Pixels of white between two blots along the line."""
    return max(one.x - other.right, other.x - one.right, 0)
