"""A picture of a page made even: seals and shadows gone, straight, black text on white."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govdisclose.model import Box
from govdisclose.readers.pdf.text import Rectangle, View
from govdisclose.readers.scan.negatives import without_negatives
from govdisclose.readers.scan.pieces import pieces
from govdisclose.readers.scan.seals import without_grey, without_red
from govdisclose.readers.scan.sheets import Pixels, Sheet, coarsened, in_cells

_STEEPEST = 3.5
"""Degrees that a sheet may lie askew."""
_SHADOW = 6.0
"""Points across which paper is equally bright; strokes and rulings are thinner than twice this."""
_SMOOTH = 0.2
"""Share of that reach over which its brightness is smoothed."""
_DIM, _DARKEST = 0.55, 0.3
"""Share of the sheet's brightness below which paper at its edge tells nothing; and that it has at least."""
_PAPER, _NOISY, _SOFT = 180, 7, 0.3
"""Grey levels of paper; by how much its neighbouring pixels differ where it is noisy, half of them; and how far, in
points, it is blurred then."""
_FINE, _FAINT = 2.8, 60
"""Pixels per point in which a hairline is still seen, and how much darker than paper it is there."""
_SEARCH = ((20_000, _STEEPEST, 0.25), (30_000, 0.25, 0.05), (100_000, 0.06, 0.01))
"""Pixels that are asked how askew a sheet lies, about what was found before, and in which steps, in degrees."""
_STRAIGHT = 0.032
"""Degrees; a sheet that lies no more askew is left as it is: turning it would only blur it."""
_RIM = 0.06
"""Share of a sheet's width and height, at each edge, that tells nothing of how its print lies."""


@dataclass(frozen=True, slots=True)
class Askew(View):
    """How a straightened page lies on its sheet: turned counter-clockwise by `angle` degrees to become straight."""

    angle: float = 0.0

    def box(self, area: Rectangle) -> Box:
        """An area of the straight page as a box on the sheet: as large, about the middle that it has there.

        >>> Askew(1, (0, 0, 600, 800), angle=1.0).box((290, 90, 310, 110))
        Box(page=1, x0=295.24, y0=90.05, x1=315.24, y1=110.05)
        """
        width, height = self.size
        x, y = (area[0] + area[2] - width) / 2, (area[1] + area[3] - height) / 2
        turn = np.radians(self.angle)
        dx = x * float(np.cos(turn)) - y * float(np.sin(turn)) - x
        dy = x * float(np.sin(turn)) + y * float(np.cos(turn)) - y
        return View.box(self, (area[0] + dx, area[1] + dy, area[2] + dx, area[3] + dy))


@dataclass(frozen=True, slots=True)
class Straight:
    """A page in grey, turned and straightened: paper is 255, ink about 0. `scale` is pixels per point.

    `streaks` is 255 where streaks of the scanner were taken off, None if there were none.
    """

    grey: Pixels
    scale: float
    view: Askew
    streaks: Pixels | None = None


def even(sheet: Sheet) -> Pixels:
    """The sheet in grey, its paper white everywhere, without seals and black rims.

    Parameters
    ----------
    sheet : Sheet

    Returns
    -------
    array of uint8, shape (height, width)
    """
    import cv2

    grey = without_red(sheet.pixels, sheet.scale) if sheet.pixels.ndim == 3 else sheet.pixels
    grey = without_negatives(grey, sheet.scale)
    paper, side = in_cells(grey, sheet.scale)
    reach = 2 * round(_SHADOW * sheet.scale / side) + 1
    # As if the sheet went on beyond its edge: a shadow deepens right up to it.
    paper = cv2.copyMakeBorder(paper, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    paper = cv2.morphologyEx(paper, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), _SMOOTH * reach)[reach:-reach, reach:-reach]
    typical = float(np.median(paper))
    dim = paper < _DIM * typical
    # What is much darker than the sheet is a rim or a bar, and no paper.
    paper = np.maximum(paper, np.uint8(_DARKEST * typical))
    whole = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    flat = _quiet(np.asarray(cv2.divide(grey, whole, scale=255.0), dtype=np.uint8), sheet.scale)
    contrasted = _contrasted(_without_rims(flat, dim, sheet.scale))
    return without_grey(contrasted, sheet.scale)


def _quiet(flat: Pixels, scale: float) -> Pixels:
    """A sheet blurred a little where its paper is so noisy that grains of it look like print, as dark scans are."""
    import cv2

    sample = flat[::4].astype(np.int16)
    steps = np.abs(np.diff(sample, axis=1))[sample[:, 1:] > _PAPER]
    if not steps.size or float(np.median(steps)) <= _NOISY:
        return flat
    return np.asarray(cv2.GaussianBlur(flat, (0, 0), _SOFT * scale), dtype=np.uint8)


def _without_rims(flat: Pixels, dim: NDArray[np.bool_], scale: float) -> Pixels:
    """Dark areas that come in from the edge of the sheet are made white, and with them the deepest shadow."""
    import cv2

    dark = (in_cells(flat, scale)[0] < 110).astype(np.uint8)
    dark = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8) | dim.astype(np.uint8)
    if not (dark[0].any() or dark[-1].any() or dark[:, 0].any() or dark[:, -1].any()):
        return flat
    labels, found = pieces(dark)
    for label, (x, y, width, height, _) in enumerate(found[1:], 1):
        if x == 0 or y == 0 or x + width == dark.shape[1] or y + height == dark.shape[0]:
            mask = cv2.dilate((labels == label).astype(np.uint8), np.ones((5, 5), np.uint8))
            flat[cv2.resize(mask, (flat.shape[1], flat.shape[0]), interpolation=cv2.INTER_NEAREST) > 0] = 255
    return flat


def _contrasted(flat: Pixels) -> Pixels:
    """Grey stretched so that ink is black, however faint the print."""
    sample = flat[::3, ::3]
    inked = sample[sample < 200]
    if inked.size < 100:
        inked = sample[sample < 235]
    if inked.size < 100:
        return flat
    ink = float(np.percentile(inked, 20))
    levels = np.clip((np.arange(256) - ink) / (245.0 - ink) * 255.0, 0, 255)
    stretched: Pixels = levels.astype(np.uint8)[flat]
    return stretched


def skew(grey: Pixels, scale: float) -> float:
    """Degrees by which the lines of a page go down to the right, from -3.5 to 3.5.

    Rows and rulings are sharpest in the profile of the page when it is straight.
    """
    small, _ = coarsened(grey, scale, _FINE)
    # The rims of the sheet, the glass beside it and their shadows are straighter than any print.
    across, down = (round(_RIM * side) for side in (small.shape[1], small.shape[0]))
    ink = 255 - small[down : small.shape[0] - down, across : small.shape[1] - across]
    ys, xs = np.nonzero(ink > _FAINT)
    if ys.size < 200:
        return 0.0
    best = 0.0
    for count, width, step in _SEARCH:
        chosen = np.linspace(0, ys.size - 1, min(count, ys.size)).astype(np.intp)
        weights = ink[ys[chosen], xs[chosen]].astype(np.float64)
        # Somewhere within its pixel: on the pixels' own grid, no turn at all would always look the sharpest.
        within = np.random.default_rng(0).random((2, chosen.size))
        x, y = xs[chosen] + within[0] - ink.shape[1] / 2.0, ys[chosen] + within[1] - ink.shape[0] / 2.0
        angles = np.arange(best - width, best + width + step / 2, step)
        best = float(angles[int(np.argmax([_sharpness(x, y, weights, angle) for angle in angles]))])
    return best if abs(best) > _STRAIGHT else 0.0


def _sharpness(x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64], angle: float) -> float:
    turn = np.radians(angle)
    total = 0.0
    for along in (y * np.cos(turn) - x * np.sin(turn), x * np.cos(turn) + y * np.sin(turn)):
        profile = np.bincount((along - along.min()).astype(np.intp), weights)
        total += float(np.square(profile).sum())
    return total


def straightened(sheet: Sheet, grey: Pixels, turn: int, streaks: Pixels | None = None) -> Straight:
    """An even sheet turned by clockwise quarters, and made straight.

    Parameters
    ----------
    sheet : Sheet
    grey : array of uint8
        What `even` made of it.
    turn : int
        Quarter turns that make the text read from left to right.
    streaks : array of uint8, optional
        Where streaks were on the sheet.
    """
    turned = np.ascontiguousarray(np.rot90(grey, -turn))
    angle = skew(turned, sheet.scale)
    width, height = sheet.size
    view = Askew(sheet.number, (0.0, 0.0, width, height), turn=turn, angle=angle)
    ran = None if streaks is None else _rotated(np.ascontiguousarray(np.rot90(streaks, -turn)), angle, 0)
    return Straight(_rotated(turned, angle, 255), sheet.scale, view, ran)


def _rotated(picture: Pixels, angle: float, paper: int) -> Pixels:
    """A picture turned by some degrees about its middle."""
    import cv2

    if abs(angle) <= 0.005:
        return picture
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    turned = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=paper)
    return np.asarray(turned, dtype=np.uint8)
