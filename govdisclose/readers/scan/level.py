"""A page looked at along one direction: what could be level rulings, where text is in their way, how they are drawn.

Standing rulings are the level ones of the page laid on its side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.scan.sheets import Pixels
from govdisclose.readers.scan.strokes import Style, likeness, style_of, styles_of

_THICKEST = 2.6
"""Points; what is thicker is no ruling."""
_WINDOW, _HOP = 60.0, 20.0
"""Points of a stretch that shows by itself that it is a ruling; and how far apart such stretches are tried."""
_SHORT = 26.0
"""Points; a shorter stretch may be strokes of characters."""
_FAINT = 6
"""Ink (of 255) on average along a ruling, at least."""
_INKED = 12.0
_MARGIN = 4.0
"""Points at the edge of a sheet where no ruling is."""
_FLANK = 1.0, 2.0
"""From where to where beside a ruling, in points, there is little text."""
_THIN = 0.7
"""Points from the middle of a dash there is no ink beside it."""
_FAINTER, _EVEN = 0.3, 0.5
"""Of the ink of other rulings, one has at least so much: some are drawn thinner; of its own, everywhere."""
LIKE = 0.8
"""From this likeness on a stretch is taken for a ruling."""


@dataclass(frozen=True, slots=True)
class Level:
    """A page seen along its level lines. All pictures have its shape; `scale` is pixels per point.

    `ink` is the page, `line` the ink of thin level strokes, `average` the mean of it over a long stretch outside
    characters, `text` 1 where characters stand, `above` and `below` 1 where they stand close to a line.
    """

    scale: float
    ink: Pixels
    line: Pixels
    average: Pixels
    text: Pixels
    above: Pixels
    below: Pixels
    styles: tuple[Style, ...] = ()

    def place(self, place: float) -> int:
        """The row of pixels at a place in points."""
        return min(max(round(place * self.scale), 0), len(self.line) - 1)

    def pixel(self, along: float) -> int:
        """The column of pixels at a place along the lines, in points."""
        return min(max(round(along * self.scale), 0), int(self.line.shape[1]))

    @property
    def threshold(self) -> float:
        """Ink of a ruling, at least."""
        return max(_FAINTER * min((style.dark for style in self.styles), default=255.0), _INKED)

    def with_text(self, text: Pixels) -> Level:
        """The same with other knowledge of where characters stand."""
        if any(style.dash for style in self.styles):  # strokes at the edge of a character look like dashes
            text = _wider(text)
        above, below = _flanks(text, self.scale)
        return replace(self, text=text, above=above, below=below)

    def likeness(self, place: float, start: float, end: float, *, known: bool = False) -> float:
        """How much a stretch looks like a ruling, 0 to 1: the best of its styles and of the rows nearby.

        Of a line that is `known` for one from elsewhere, text close to it says little.
        """
        first, last = round(start * self.scale), round(end * self.scale)
        middle = self.place(place)
        rows = range(max(0, middle - 1), min(len(self.line), middle + 2))
        return max((self.at(row, first, last, known=known) for row in rows), default=0.0)

    def at(self, row: int, first: int, last: int, *, known: bool = False) -> float:
        """The likeness of the pixels from `first` to `last` in a row."""
        first, last = max(first, 0), max(last, 0)
        if min(last, self.line.shape[1]) <= first:
            return 0.0
        return max((self._as(style, row, first, last, known) for style in self.styles), default=0.0)

    def _is_thin(self, row: int, first: int, last: int, style: Style) -> bool:
        """Whether marks are as thin as those of a ruling: a `1`, one dash long, has a foot and a flag."""
        away = max(2, round(_THIN * self.scale))
        marks = self.line[row, first:last] > 0.45 * style.dark
        near = [self.ink[at, first:last][marks] for at in (row - away, row + away) if 0 <= at < len(self.ink)]
        return not near or float((np.max(near, axis=0) > 0.5 * style.dark).mean()) < 0.12

    def _as(self, style: Style, row: int, first: int, last: int, known: bool) -> float:
        ink = self.line[row, first:last]
        long = len(ink) > _SHORT * self.scale
        if not style.dash and ink.min() > max(_FAINTER * style.dark, _INKED, _EVEN * ink.max()):
            return 1.0  # from end to end, and evenly, as no character is
        marks = ink > max((0.33 if (long or known) and not style.dash else 0.45) * style.dark, _INKED)
        found = likeness(marks, style, self.scale)
        if found == 0 or (long and not style.dash):
            return found
        across = _share(self.text[row, first:last])
        if long:
            return found if across < (0.2 if known else 0.15) else 0.0
        if not style.dash and marks[0] and marks[-1] and _share(marks) > 0.97:
            return found
        beside = [_share(side[row, first:last]) for side in (self.above, self.below)]
        if known:
            crowded = across > 0.2 or sum(beside) > 0.9 if style.dash else across > 0.4
            return 0.0 if crowded else found
        if across > 0.08 or sum(beside) > 0.6:
            return 0.0
        if style.dash and not self._is_thin(row, first, last, style):
            return 0.0
        return min(0.6 if max(beside) > 0.25 else 0.9 if max(beside) > 0.08 else 1.0, found)

    def lines(self) -> list[tuple[float, float]]:
        """Where rulings lie that are long enough to show it, and along how many points: both in points."""
        window, hop = round(_WINDOW * self.scale), round(_HOP * self.scale)
        found = []
        for row in self._crests():
            near = range(row - 1, row + 2)
            starts = [start for start, text in self._windows(row, hop) if text < 0.5]
            drawn = sum(any(self.at(r, start, start + window) > LIKE for r in near) for start in starts)
            if drawn > 1:
                found.append((row / self.scale, drawn * _HOP))
        return found

    def thickness(self, place: float) -> float:
        """How many points thick a ruling is; 0 where it cannot be told."""
        row, reach = self.place(place), round(2.5 * self.scale)
        dark = max((style.dark for style in self.styles), default=255.0)
        at = self.line[row] > 0.5 * dark
        if not at.any() or row < reach or row + reach >= len(self.ink):
            return 0.0
        profile = self.ink[row - reach : row + reach + 1][:, at].mean(axis=1)
        over = profile - profile.min() > 0.4 * (profile.max() - profile.min())
        above = int(np.argmin(over[reach::-1])) if not over[: reach + 1].all() else reach
        below = int(np.argmin(over[reach:])) if not over[reach:].all() else reach
        return max(0, above + below - 1) / self.scale

    def _crests(self) -> Iterator[int]:
        """Rows at which the average has a maximum."""
        margin = _MARGIN * self.scale
        for row in crests_of(self.average.max(axis=1), _FAINT):
            if margin < row < len(self.average) - margin:
                yield round(row)

    def _seen_styles(self) -> Iterator[Style]:
        window = round(_WINDOW * self.scale)
        for row in self._crests():
            for start, text in self._windows(row, window // 2):
                style = None if text else style_of(self.line[row, start : start + window], self.scale)
                if style is not None and style.dark > _INKED:
                    yield style

    def _windows(self, row: int, hop: int) -> Iterator[tuple[int, float]]:
        """Where long stretches of a row begin that are inked, and the share of each that is text."""
        window = round(_WINDOW * self.scale)
        for start in range(0, self.line.shape[1] - window + 1, hop):
            if self.average[row, start + window // 2] >= _FAINT:
                yield start, _share(self.text[row, start : start + window])


def _share(flags: NDArray[Any]) -> float:
    """How much of a stretch is not 0."""
    return np.count_nonzero(flags) / len(flags)


def crests_of(profile: NDArray[Any], least: float) -> list[float]:
    """Where a profile has its maxima, each the middle of what is equally high.

    >>> crests_of(np.array([0, 5, 5, 5, 0, 2, 9, 1]), 3)
    [2.0, 6.0]
    """
    edges = np.flatnonzero(np.diff(profile.astype(float))) + 1
    starts, ends = np.concatenate([[0], edges]), np.concatenate([edges, [len(profile)]])
    heights = np.concatenate([[-np.inf], profile[starts], [-np.inf]])
    high = (heights[1:-1] > heights[:-2]) & (heights[1:-1] > heights[2:]) & (heights[1:-1] > least)
    middles: list[float] = ((starts + ends - 1) / 2)[high].tolist()
    return middles


def look_along(ink: Pixels, text: Pixels, scale: float) -> Level:
    """A page seen along its level lines.

    Parameters
    ----------
    ink : array of uint8, shape (height, width)
        255 is black.
    text : array of uint8, shape (height, width)
        1 where characters stand.
    scale : float
        Pixels per point.
    """
    import cv2

    thick = np.ones((round(_THICKEST * scale), 1), np.uint8)
    thin = cv2.subtract(ink, cv2.morphologyEx(ink, cv2.MORPH_OPEN, thick))
    clear = np.where(text > 0, 0, thin).astype(np.uint8)
    average = cv2.blur(clear, (round(_WINDOW * scale), 1))
    # A ruling that goes down by a pixel is still one; noise is averaged away along it.
    line = cv2.blur(cv2.dilate(thin, np.ones((3, 1), np.uint8)), (max(1, round(0.8 * scale)), 1))
    level = Level(scale, ink, _pixels(line), _pixels(average), text, *_flanks(text, scale))
    return replace(level, styles=tuple(styles_of(list(level._seen_styles()))))


def _flanks(text: Pixels, scale: float) -> tuple[Pixels, Pixels]:
    """1 where characters stand a little above, and a little below."""
    import cv2

    near, far = (round(reach * scale) for reach in _FLANK)
    kernel = np.ones((far - near + 1, 1), np.uint8)
    below = cv2.dilate(text, kernel, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    above = cv2.dilate(text, kernel, anchor=(0, far - near), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    down, up = np.zeros_like(text), np.zeros_like(text)
    down[:-near], up[near:] = below[near:], above[:-near]
    return up, down


def _wider(text: Pixels) -> Pixels:
    """Areas of text with a row of pixels more above and below."""
    import cv2

    return _pixels(cv2.dilate(text, np.ones((3, 1), np.uint8)))


def _pixels(picture: object) -> Pixels:
    return np.asarray(picture, dtype=np.uint8)
