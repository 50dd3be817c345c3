"""What is printed on a page told apart: words, and what a scanner left of rulings.

For tables most of whose rulings were lost. Strokes of characters are thick, or stand beside some that are; what is
thin and stands alone is of a ruling, unless it is as short as a dash or a 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.scan.pieces import pieces
from govdisclose.readers.scan.sheets import Pixels

Flags = NDArray[np.bool_]
Word = tuple[int, int, int, int]
"""Left, top, right and foot in pixels."""

_DARK, _FAINT = 105, 60
"""Ink (of 255) of a stroke, at least, and of what is left of a thin ruling."""
_LONG = 16.0
"""Points; no stroke of a character is as long."""
_THICK, _THIN = 2.2, 1.6
"""Points; what is larger in both directions is no piece of a ruling, but where two cross; what is smaller may be."""
_DOT = 0.9
"""Points; what is smaller in both directions may be of anything."""
_ARM = 0.5
"""Half of the thickness of a ruling, in points, and a little."""
_WORD = 2.5
"""Points of white between the characters of a word, at most."""
_LEAST = 4.0
"""Points; no character is lower."""
_BESIDE, _NEAR, _TOUCHING = 0.95, 0.55, 0.2
"""Beside a word, in its heights: strokes as high as it (brackets), smaller ones, and dots are of it."""
_TALL = 12.0
"""Points; a thin stroke that is higher is of a ruling."""
_DASH, _STEM = (2.4, 14.0), (4.0, 10.0)
"""Lengths of dashes, and of 1 and the like, in points."""
_APART = 6.0
"""Points of white around a stroke that stands alone."""
_PITCH = 1.6
"""Heights of a digit from the middle of one to that of the next, at most."""
_LEVEL, _LINE = 0.8, 2
"""Points by which figures of one line differ in height, at most; and so many others show it."""
_RIM = 0.4
"""Points around words where nothing is taken for a ruling."""
_MARGIN = 4.0
"""Points at the edge of a sheet where no ruling is."""
_GROWN = 4
"""How many strokes may follow one another at the end of a word."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a straight page. `scale` is pixels per point.

    `level` and `standing` are what may be left of rulings, as pictures of the page's shape; `words` are the words, and
    dashes and strokes that stand alone.
    """

    level: Flags
    standing: Flags
    words: tuple[Word, ...]
    scale: float


@dataclass(frozen=True, slots=True)
class _Blots:
    """The connected strokes of a page, and a picture with the number of each."""

    labels: NDArray[np.int32]
    x0: NDArray[np.intp]
    y0: NDArray[np.intp]
    width: NDArray[np.intp]
    height: NDArray[np.intp]

    @property
    def x1(self) -> NDArray[np.intp]:
        return self.x0 + self.width

    @property
    def y1(self) -> NDArray[np.intp]:
        return self.y0 + self.height

    def picture(self, chosen: Flags) -> Flags:
        """Where the chosen ones are; the first stands for the paper."""
        flags = chosen.copy()
        flags[0] = False
        return np.asarray(flags[self.labels])

    def part(self, index: int) -> tuple[slice, slice]:
        return slice(self.y0[index], self.y1[index]), slice(self.x0[index], self.x1[index])


def marks_of(grey: Pixels, scale: float) -> Marks:
    """Tell words from what is left of rulings.

    Parameters
    ----------
    grey : array of uint8, shape (height, width)
        A straight page, paper white.
    scale : float
        Pixels per point.

    Examples
    --------
    >>> page = np.full((200, 300), 255, np.uint8)
    >>> page[50:52, 20:280:40] = page[51, 30:60] = 0
    >>> page[80:100, 100:114] = page[120, 140:152] = 0
    >>> found = marks_of(page, 2.0)
    >>> found.words, bool(found.level[51, 45]), bool(found.level[90, 105])
    (((100, 80, 114, 100), (140, 120, 152, 121)), True, False)
    """
    ink = 255 - grey
    dark = ink > _DARK
    long_level, long_standing = _opened(dark, 1, round(_LONG * scale)), _opened(dark, round(_LONG * scale), 1)
    blots = _blots(dark & ~long_level & ~long_standing)
    of_words = _characters(blots, scale)
    area = _boxes_drawn(blots, of_words)
    ruled = _ruled(blots, of_words, long_standing, scale)
    _grow(blots, of_words, area, ruled, scale)
    thin = np.minimum(blots.width, blots.height) <= _THICK * scale
    dots = np.maximum(blots.width, blots.height) <= _DOT * scale
    either = ~of_words & (dots | ~thin)
    flat = blots.width >= blots.height
    alone = _alone(blots, ~of_words & ~either, dark, scale)
    alone |= _in_line(blots, ~of_words & ~alone & ~flat, _boxes(_closed(area, scale)), scale)
    level = long_level | blots.picture(~of_words & ~alone & (either | flat))
    standing = long_standing | blots.picture(~of_words & ~alone & (either | ~flat))
    faint = _faint(ink, dark, blots.picture(of_words) | (area > 0), scale)
    level, standing = level | faint[0], standing | faint[1]
    parted = _closed(area, scale)
    parted[long_standing | blots.picture(ruled & ~of_words & (blots.height > blots.width))] = 0
    words = _spelled_out(_boxes(parted), long_standing, scale) + [
        (int(blots.x0[i]), int(blots.y0[i]), int(blots.x1[i]), int(blots.y1[i])) for i in np.flatnonzero(alone)
    ]
    rim, margin = round(_RIM * scale), round(_MARGIN * scale)
    for mask in (level, standing):
        for x0, y0, x1, y1 in words:
            mask[max(0, y0 - rim) : y1 + rim, max(0, x0 - rim) : x1 + rim] = False
        mask[:margin] = mask[-margin:] = mask[:, :margin] = mask[:, -margin:] = False
    return Marks(level & ~long_standing, standing & ~long_level, tuple(words), scale)


def _opened(dark: Flags, height: int, width: int) -> Flags:
    """What is at least so high and wide."""
    import cv2

    kernel = np.ones((max(1, height), max(1, width)), np.uint8)
    return np.asarray(cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0)


def _blots(mask: Flags) -> _Blots:
    labels, found = pieces(mask)
    x0, y0, width, height = (found[:, column].astype(np.intp) for column in range(4))
    return _Blots(np.asarray(labels, dtype=np.int32), x0, y0, width, height)


def _characters(blots: _Blots, scale: float) -> Flags:
    """Those too thick for a ruling, and no corner or crossing of two."""
    thick = np.minimum(blots.width, blots.height) > _THICK * scale
    thick[0] = False
    arm = max(1, round(_ARM * scale))
    for index in np.flatnonzero(thick):
        part = blots.labels[blots.part(int(index))] == index
        row, column = int(part.sum(axis=1).argmax()), int(part.sum(axis=0).argmax())
        whole = int(part.sum())
        part[max(0, row - arm) : row + arm + 1] = False
        part[:, max(0, column - arm) : column + arm + 1] = False
        thick[index] = part.sum() > 0.1 * whole
    return thick


def _boxes_drawn(blots: _Blots, chosen: Flags) -> Pixels:
    area = np.zeros(blots.labels.shape, np.uint8)
    for index in np.flatnonzero(chosen):
        area[blots.part(int(index))] = 1
    return area


def _closed(area: Pixels, scale: float) -> Pixels:
    """Characters of a word as one."""
    import cv2

    along, across = max(1, round(_WORD * scale)), max(1, round(_ARM * scale))
    padded = cv2.copyMakeBorder(area, along, along, along, along, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((across, along), np.uint8))
    return np.asarray(closed[along:-along, along:-along], dtype=np.uint8)


def _boxes(mask: Pixels) -> list[Word]:
    _, found = pieces(mask)
    return [(int(x), int(y), int(x + width), int(y + height)) for x, y, width, height, _ in found[1:]]


def _spelled_out(words: Sequence[Word], rulings: Flags, scale: float) -> list[Word]:
    """The words, digits of full width joined to numbers: each stands by itself, as far from the next as it is wide."""
    out: list[Word] = []
    ends: list[tuple[int, Word]] = []
    for word in sorted(words):
        x0, y0, x1, y1 = word
        if not (_LEAST * scale < y1 - y0 < _TALL * scale and x1 - x0 < y1 - y0):
            out.append(word)
            continue
        for n, (at, (a, b, c, d)) in enumerate(ends):
            is_next = x0 >= c and (x0 + x1 - a - c) / 2 < _PITCH * (y1 - y0)
            if is_next and max(abs(b - y0), abs(d - y1)) <= _LEVEL * scale and not rulings[y0:y1, c:x0].any():
                out[at] = out[at][0], min(b, y0), x1, max(d, y1)
                ends[n] = at, word
                break
        else:
            ends.append((len(out), word))
            out.append(word)
    return out


def _ruled(blots: _Blots, of_words: Flags, long_standing: Flags, scale: float) -> Flags:
    """Thin standing strokes where others stand that are too high for a character: they are of a ruling."""
    tall = ~of_words & (blots.height > _TALL * scale) & (blots.width <= _THICK * scale)
    seen = (long_standing | blots.picture(tall)).sum(axis=0)
    near = np.convolve(seen, np.ones(2 * max(1, round(scale)) + 1, np.intp), mode="same") > 2 * _TALL * scale
    reach = np.concatenate(([0], np.cumsum(near)))
    return np.asarray((blots.width <= _THIN * scale) & (reach[blots.x1] > reach[blots.x0]))


def _grow(blots: _Blots, of_words: Flags, area: Pixels, ruled: Flags, scale: float) -> None:
    """Take strokes beside words for parts of these: brackets, thin radicals, points."""
    most = _LONG * scale
    small = np.maximum(blots.width, blots.height) <= _DOT * scale
    for _ in range(_GROWN):
        free = np.flatnonzero(~of_words & ~ruled & (np.maximum(blots.width, blots.height) <= most))
        free = free[free > 0]
        free = free[np.argsort(blots.y0[free], kind="stable")]
        tops = blots.y0[free]
        taken: set[int] = set()
        for x0, y0, x1, y1 in _boxes(_closed(area, scale)):
            high = y1 - y0
            if high < _LEAST * scale:
                continue
            some = free[np.searchsorted(tops, y0 - scale) : np.searchsorted(tops, y1)]
            reach = np.where(small[some], _TOUCHING, np.where(blots.height[some] > 0.6 * high, _BESIDE, _NEAR)) * high
            beside = (blots.x0[some] <= x1 + reach) & (blots.x1[some] >= x0 - reach)
            taken.update(some[beside & (blots.y1[some] <= y1 + scale)].tolist())
        if not taken:
            return
        for index in taken:
            of_words[index] = True
            area[blots.part(index)] = 1


def _alone(blots: _Blots, strokes: Flags, dark: Flags, scale: float) -> Flags:
    """Dashes and stems with nothing before or behind them; what is left of rulings has neighbours in its line."""
    found = np.zeros(len(strokes), dtype=bool)
    far = round(_APART * scale)
    flat = strokes & (blots.width >= blots.height) & (blots.height <= _THIN * scale)
    flat &= (blots.width >= _DASH[0] * scale) & (blots.width <= _DASH[1] * scale)
    stems = strokes & (blots.width < blots.height)
    stems &= (blots.height >= _STEM[0] * scale) & (blots.height <= _STEM[1] * scale)
    for index in np.flatnonzero(flat | stems):
        x0, y0, x1, y1 = blots.x0[index], blots.y0[index], blots.x1[index], blots.y1[index]
        along, across = (far, 1) if flat[index] else (1, far)
        around = dark[max(0, y0 - across) : y1 + across, max(0, x0 - along) : x1 + along]
        found[index] = around.sum() <= (blots.labels[blots.part(int(index))] == index).sum()
    return found


def _in_line(blots: _Blots, strokes: Flags, words: Sequence[Word], scale: float) -> Flags:
    """Stems that begin and end as high as the figures of their line: a 1 among others."""
    tops, feet = (np.array([word[side] for word in words]) for side in (1, 3))
    found = np.zeros(len(strokes), dtype=bool)
    stems = strokes & (blots.height >= _STEM[0] * scale) & (blots.height <= _STEM[1] * scale)
    for index in np.flatnonzero(stems):
        off = np.maximum(np.abs(tops - blots.y0[index]), np.abs(feet - blots.y1[index]))
        found[index] = int((off <= _LEVEL * scale).sum()) >= _LINE
    return found


def _faint(ink: Pixels, dark: Flags, words: Flags, scale: float) -> tuple[Flags, Flags]:
    """Thin strokes too faint for others: level ones, and standing ones."""
    import cv2

    around = cv2.dilate(words.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    blots = _blots(np.asarray((ink > _FAINT) & ~dark & ~around))
    thin = np.minimum(blots.width, blots.height) <= _THIN * scale
    flat = blots.width >= blots.height
    return blots.picture(thin & flat), blots.picture(thin & ~flat)


def typical_height(words: Sequence[Word], scale: float) -> float:
    """How high most words of several characters are, in pixels."""
    high = [y1 - y0 for x0, y0, x1, y1 in words if x1 - x0 > 3 * (y1 - y0) > 3 * _LEAST * scale]
    return float(np.median(high)) if high else 9.0 * scale


def is_short(word: Word, scale: float) -> bool:
    """Whether a word may be a number by its shape: short, or a dash."""
    width, height = word[2] - word[0], word[3] - word[1]
    if height <= 2 * _DOT * scale:
        return width < _DASH[1] * scale
    return 3.5 * scale < height < 13 * scale and width < 4.2 * max(height, 5 * scale)


def is_figure(word: Word, scale: float, typical: float) -> bool:
    """Whether a word looks like a number, a slash or a dash: lower than Chinese characters, or narrow.

    >>> [is_figure(word, 2.0, 20.0) for word in ((0, 0, 30, 15), (0, 0, 8, 20), (0, 0, 12, 2), (0, 0, 40, 20))]
    [True, True, True, False]
    """
    width, height = word[2] - word[0], word[3] - word[1]
    if height <= 2 * _DOT * scale:
        return _DOT * scale < width < _DASH[1] * scale
    if height <= 3.5 * scale:
        return False
    return (height < 0.87 * typical and width < 6 * height) or (height < 1.5 * typical and width < 0.7 * height)


def are_one(words: Sequence[Any], gap: float) -> bool:
    """Whether words stand side by side in one line with no more than `gap` pixels between them."""
    order = sorted(words)
    if max(word[1] for word in order) >= min(word[3] for word in order):
        return False
    end = order[0][2]
    for word in order[1:]:
        if word[0] - end > gap:
            return False
        end = max(end, word[2])
    return True
