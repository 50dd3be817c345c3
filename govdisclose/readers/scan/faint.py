"""Print fainter than ink: what a cell holds that is neither white paper nor dark enough to be ink."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.scan.pieces import pieces
from govdisclose.readers.scan.sheets import Pixels

_GREY = 215
"""Smoothed paper, its grain and its stains are brighter than this."""
_BLACK = 90
"""No grey print is as dark as this anywhere."""
_SMOOTH = 0.3
"""Points over which grain is smoothed."""
_LEAST, _AREA = 2.0, 1.2
"""Points that a character is high or wide, and square points that it fills, at least."""
_EDGE = 1.4
"""What comes no further than this into a cell, in points, is of its ruling."""
_RIM, _ALONG = 0.6, 0.3
"""The rim of a cell, in points, and beside it rows of which so much is grey, are blur of a ruling."""
_OUTSIDE = 1.2
"""A stroke that goes on so many points beyond the ink is no blur of it."""


def faint_marks(
    picture: Pixels, scale: float, ink: tuple[int, int, int, int] | None = None
) -> NDArray[np.bool_] | None:
    """Where something of a character's size is printed that is not ink, or goes on beyond the ink.

    Parameters
    ----------
    picture : array of uint8
        A cell without its rulings, paper 255.
    scale : float
        Pixels per point.
    ink : tuple of int, optional
        The rectangle around what is ink.

    Returns
    -------
    array of bool or None
        As large as the picture; None where there is nothing.

    Examples
    --------
    >>> cell = np.full((30, 60), 255, np.uint8)
    >>> faint_marks(cell, 2.0) is None
    True
    >>> cell[8:22, 30:36] = 180
    >>> int(faint_marks(cell, 2.0).sum()) > 60, faint_marks(cell, 2.0, (30, 8, 36, 22)) is None
    (True, True)
    """
    import cv2

    if int(picture.min(initial=255)) > _GREY:
        return None
    mask = cv2.GaussianBlur(picture, (0, 0), _SMOOTH * scale) < _GREY
    _clear_sides(mask, scale)
    _clear_sides(mask.T, scale)
    labels, found = pieces(mask)
    chosen = [
        label
        for label, stats in enumerate(found)
        if label and _is_mark(stats, picture.shape, scale, ink) and not _is_black(picture, stats, ink)
    ]
    return np.isin(labels, chosen) if chosen else None


def _clear_sides(mask: NDArray[np.bool_], scale: float) -> None:
    """Take out the blur of the rulings above and below a cell: its rim, and what lies along it."""
    rim, edge = round(_RIM * scale), round(_EDGE * scale)
    for side in (mask[:edge], mask[::-1][:edge]):
        side[:rim] = False
        side[side.mean(axis=1) > _ALONG] = False


def _is_mark(stats: Sequence[int], shape: tuple[int, ...], scale: float, ink: tuple[int, int, int, int] | None) -> bool:
    x, y, width, height, area = map(int, stats)
    if max(width, height) < _LEAST * scale or area < _AREA * scale**2:
        return False
    edge = _EDGE * scale
    if x + width <= edge or y + height <= edge or x >= shape[1] - edge or y >= shape[0] - edge:
        return False
    beyond = _OUTSIDE * scale
    return ink is None or (
        x < ink[0] - beyond or y < ink[1] - beyond or x + width > ink[2] + beyond or y + height > ink[3] + beyond
    )


def _is_black(picture: Pixels, stats: Sequence[int], ink: tuple[int, int, int, int] | None) -> bool:
    """Whether a mark beside the ink is as black as any: it was looked at as ink, and is none of the print."""
    x, y, width, height = map(int, stats[:4])
    is_beside = ink is None or x >= ink[2] or y >= ink[3] or x + width <= ink[0] or y + height <= ink[1]
    return is_beside and int(picture[y : y + height, x : x + width].min()) < _BLACK


def darkened(picture: Pixels, marks: NDArray[np.bool_]) -> tuple[Pixels, int]:
    """A picture in which faint marks are black, and how grey they were.

    Examples
    --------
    >>> cell = np.full((4, 4), 255, np.uint8)
    >>> cell[1:3, 1:3] = 180
    >>> dark, level = darkened(cell, cell < 255)
    >>> int(dark[1, 1]), int(dark[0, 0]), level
    (0, 255, 180)
    """
    level = int(np.percentile(picture[marks], 10))
    levels = np.clip((np.arange(256) - level) * (255.0 / (255 - level)), 0, 255).astype(np.uint8)
    dark: Pixels = levels[picture]
    return dark, level
