"""Which side of a sheet is up: pages, wide tables above all, are often scanned sideways, some upside down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.scan.ink import INK
from govdisclose.readers.scan.pieces import pieces
from govdisclose.readers.scan.recognition import read_lines
from govdisclose.readers.scan.sheets import Pixels, coarsened

_WORKED = 1.5
"""Pixels per point in which words are sought."""
_LARGEST, _THINNEST, _SHORTEST = 40.0, 1.6, 3.5
"""Points; what is larger in one direction is no character; what is thinner, or shorter, may be of a ruling."""
_JOINED = 2.4
"""Points between characters of a word, at most; lines stand further apart."""
_LONG, _LONGEST = 3.0, 8.0
"""So many times as long as high are words of several characters; longer ones take longer to read."""
_SAMPLE, _FEWEST = 4, 3
"""Words that are read to tell which way is up; and at least."""
_READ, _SURER = 0.85, 0.1
"""How sure the recogniser is of words that stand upright, at least; and so much surer than of those that do not."""


def quarter_turns(grey: Pixels, scale: float) -> int:
    """Clockwise quarter turns that make the text of an even sheet read from left to right.

    Its words tell how its lines lie, and the recogniser which end they begin at. A sheet with few words stays.

    Parameters
    ----------
    grey : array of uint8, shape (height, width)
    scale : float
        Pixels per point.
    """
    words = _words(grey, scale)
    across, down = _long(words, 2, 3), _long(words, 3, 2)
    lie = across[:, 2:].prod(axis=1).sum() >= down[:, 2:].prod(axis=1).sum()
    sample, ways = (_sample(across), (0, 2)) if lie else (_sample(down), (1, 3))
    if len(sample) < _FEWEST:
        return 0
    first = _sureness(grey, sample, ways[0])
    if first > _READ:
        return ways[0]
    second = _sureness(grey, sample, ways[1])
    return ways[1] if second > max(_READ, first + _SURER) else 0


def _words(grey: Pixels, scale: float) -> NDArray[np.intp]:
    """Where words stand, in pixels: left, top, width and height of each."""
    import cv2

    small, points = coarsened(grey, scale, _WORKED)
    labels, found = pieces(small < INK)
    sides = np.sort(found[:, 2:4], axis=1) / points
    kept = (sides[:, 0] > _THINNEST) & (sides[:, 1] > _SHORTEST) & (sides[:, 1] < _LARGEST)
    kept[0] = False
    side = round(_JOINED * points) | 1
    joined = cv2.dilate(kept[labels].astype(np.uint8), np.ones((side, side), np.uint8))
    _, found = pieces(np.asarray(joined, dtype=np.uint8))
    words: NDArray[np.intp] = np.round(found[1:, :4] / (points / scale)).astype(np.intp)
    return words


def _long(words: NDArray[np.intp], along: int, across: int) -> NDArray[np.intp]:
    """Those that are long in one direction."""
    long: NDArray[np.intp] = words[words[:, along] > _LONG * words[:, across]]
    return long


def _sample(words: NDArray[np.intp]) -> NDArray[np.intp]:
    """The longest words but for those that are too long."""
    lengths = words[:, 2:].max(axis=1) / words[:, 2:].min(axis=1)
    order = np.argsort(-lengths[lengths < _LONGEST], kind="stable")
    sample: NDArray[np.intp] = words[lengths < _LONGEST][order[:_SAMPLE]]
    return sample


def _sureness(grey: Pixels, words: NDArray[np.intp], turn: int) -> float:
    """The median, over words, of how sure the recogniser is of one when it is turned."""
    pictures: Sequence[Pixels] = [
        np.ascontiguousarray(np.rot90(grey[y : y + height, x : x + width], -turn))
        for x, y, width, height in words.tolist()
    ]
    return float(np.median([np.mean(reading.chances or (0.0,)) for reading in read_lines(pictures)]))
