"""How rulings are drawn, whole or dashed, and how much a stretch of a page looks like one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.scan.pieces import stretches

_WHOLE = 0.93
"""Share of a whole ruling's length that is inked, at least."""
_LOST = 2.2
"""Points of a whole ruling that may be lost in one place; and of its end, where the next begins:"""
_END = 0.5
_STEADY = 1.2
"""The dashes of a ruling, and its gaps, differ by no more than this, in points."""
_DASHES = 6.0, 7.0
"""The longest dash and gap, in points."""
_FEWEST = 5
"""Dashes that show how a ruling is drawn."""


class Style(NamedTuple):
    """How rulings of a page are drawn: the ink of their marks (of 255), their dashes and gaps in points, 0 if whole."""

    dark: float
    dash: float
    gap: float


def style_of(ink: NDArray[np.uint8], scale: float) -> Style | None:
    """The style of a long stretch; None where it is no ruling's.

    Parameters
    ----------
    ink : array of uint8, shape (length,)
        The ink along it.
    scale : float
        Pixels per point.

    Examples
    --------
    >>> dashes = np.tile(np.repeat(np.array([200, 0], np.uint8), 6), 10)
    >>> style_of(dashes, 2.0)
    Style(dark=200.0, dash=3.0, gap=3.0)
    >>> style_of(np.full(120, 180, np.uint8), 2.0)
    Style(dark=180.0, dash=0.0, gap=0.0)
    """
    (dark,) = _percentiles(ink, 85)
    marks = ink > 0.4 * dark
    runs, gaps, _, _ = _runs(marks)
    if marks.mean() > _WHOLE and gaps.max(initial=0) < _LOST * scale:
        return Style(float(np.median(ink)), 0.0, 0.0)
    if len(runs) < _FEWEST:
        return None
    lengths = runs[1:-1] / scale, gaps / scale
    for found, longest in zip(lengths, _DASHES, strict=True):
        low, high = _percentiles(found, 10, 90)
        if high - low > _STEADY or high > longest:
            return None
    return Style(dark, *(float(np.median(found)) for found in lengths))


def _percentiles(values: NDArray[Any], *shares: float) -> list[float]:
    """As `np.percentile`, which takes ten times as long for so few.

    >>> _percentiles(np.array([1, 5, 2, 3]), 50, 90)
    [2.5, 4.4]
    """
    ordered = np.sort(values).tolist()
    out = []
    for share in shares:
        at = (len(ordered) - 1) * share / 100
        low, high = ordered[int(at)], ordered[min(int(at) + 1, len(ordered) - 1)]
        out.append(low + (high - low) * (at - int(at)))
    return out


def styles_of(found: Sequence[Style]) -> list[Style]:
    """The styles of a page, whole and dashed, of all its long stretches; what is seen in few is chance."""
    kinds = [[style for style in found if bool(style.dash) == dashed] for dashed in (False, True)]
    return [
        Style(*map(float, np.median(np.array(kind), axis=0)))
        for kind in kinds
        if len(kind) > 1 and len(kind) > len(found) / 10
    ]


def likeness(marks: NDArray[np.bool_], style: Style, scale: float) -> float:
    """How much a stretch looks like a ruling from end to end, from 0 to 1.

    Parameters
    ----------
    marks : array of bool, shape (length,)
        Where it is inked.
    style : Style
    scale : float
        Pixels per point.

    Examples
    --------
    >>> dashes = np.tile(np.repeat(np.array([True, False]), 6), 4)
    >>> likeness(dashes, Style(200, 3, 3), 2.0), likeness(dashes, Style(200, 0, 0), 2.0)
    (1.0, 0.0)
    """
    if not marks.any():
        return 0.0
    runs, gaps, before, after = _runs(marks)
    if not style.dash:
        if max(gaps.max(initial=0), before, after) > _LOST * scale or max(before, after) > _END * scale:
            return 0.0
        lost = float(np.clip(np.array([*gaps, before, after]) - 0.5 * scale, 0, None).sum())
        return 1.0 - 4.0 * lost / len(marks)
    dash, gap = style.dash * scale, style.gap * scale
    long = runs > 1.35 * dash + 0.6 * scale
    short = runs < 0.5 * dash - 0.3 * scale
    short[:1] &= before > 0  # a dash may be cut by either end
    short[-1:] &= after > 0
    uneven = (gaps > 1.4 * gap + 0.7 * scale) | (gaps < 0.55 * gap - 0.5 * scale)
    ends = np.array([before, after])
    bad = runs[long | short].sum() + gaps[uneven].sum() + ends[ends > 1.3 * gap + 0.7 * scale].sum()
    return max(0.0, 1.0 - float(bad) / len(marks))


def _runs(marks: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp], int, int]:
    """Lengths of the marks, of the gaps between them, and of what is blank before and after."""
    starts, ends = stretches(marks)
    if not len(starts):
        return starts, starts, len(marks), len(marks)
    return ends - starts, starts[1:] - ends[:-1], int(starts[0]), int(len(marks) - ends[-1])
