"""The pieces that ink is in: of a picture, and of one line of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.scan.sheets import Pixels

_MOST = 60_000
"""Pieces that short labels can tell apart, with room to spare."""


def pieces(ink: Pixels | NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """Ink in connected pieces; pixels that touch at a corner are connected.

    Parameters
    ----------
    ink : array of uint8 or bool, shape (height, width)
        Not 0 where there is ink.

    Returns
    -------
    labels : array of integers, shape (height, width)
        The piece of each pixel, from 1; 0 is no ink.
    found : array, shape (pieces + 1, 5)
        Left, top, width, height and number of pixels of each, that of no ink first.

    Examples
    --------
    >>> labels, found = pieces(np.array([[1, 0, 0, 1], [0, 1, 0, 1]], np.uint8))
    >>> labels.tolist(), found[1:].tolist()
    ([[1, 0, 0, 2], [0, 1, 0, 2]], [[0, 0, 2, 2, 2], [3, 0, 1, 2, 2]])
    """
    import cv2

    ink = ink.view(np.uint8)
    # Short labels are three times as fast. While it works, it needs one for each pixel that has none before it.
    width = cv2.CV_16U if _beginnings(ink) < _MOST else cv2.CV_32S
    _, labels, found, _ = cv2.connectedComponentsWithStatsWithAlgorithm(ink, 8, width, cv2.CCL_SPAGHETTI)
    return labels, found.astype(np.int32, copy=False)


def _beginnings(ink: Pixels) -> int:
    """How many pixels of ink have none to the left and none above."""
    import cv2

    if ink.size < _MOST:
        return 0
    above = cv2.dilate(ink[:-1], np.ones((1, 3), np.uint8))
    above[:, 1:] |= ink[1:, :-1]
    return int(np.count_nonzero(ink[1:] > above)) + int(np.count_nonzero(ink[0]))


def stretches(flags: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the stretches of ink along a line begin, and the places behind their ends.

    >>> [ends.tolist() for ends in stretches(np.array([True, True, False, True]))]
    [[0, 3], [2, 4]]
    """
    padded = np.zeros(len(flags) + 2, dtype=bool)
    padded[1:-1] = flags
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return edges[::2], edges[1::2]
