"""Points and commas in numbers, told apart by where they stand: 1.234 is not 1,234."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from govdisclose.readers.scan.ink import Blot
from govdisclose.readers.scan.sheets import Pixels

AMBIGUOUS = re.compile(r"[.,，．](?=\d{3}(?!\d))")
"""What could part thousands or begin decimals."""
_MARK = re.compile("[.,，．]")
_SMALL = 0.62
"""A mark is lower than this share of the digits' height."""
_TALL, _ROUND = 0.095, 0.065
"""How far the ink of a comma, and of a point at most, spreads up and down, against the height of the digits."""


def pointed(text: str, line: Sequence[Blot], picture: Pixels) -> str:
    """A number with its marks as their shapes tell; "" where they do not.

    Parameters
    ----------
    text : str
        As read, with marks in their places, whichever they are.
    line : sequence of Blot
        Its ink.
    picture : array of uint8
        The cell that it stands in.

    Examples
    --------
    >>> digits = [Blot(x, 2, 8, 14, 80) for x in (0, 14, 24, 34)]
    >>> picture = np.full((24, 44), 255, np.uint8)
    >>> picture[14:20, 10:12] = 0
    >>> pointed("1.234", [*digits, Blot(10, 14, 2, 6, 12)], picture)
    '1,234'
    """
    if not line:
        return ""
    height = float(np.median([blot.height for blot in line]))
    marks = sorted((blot for blot in line if blot.height < _SMALL * height), key=lambda blot: blot.x)
    parts = _MARK.split(text)
    if len(marks) != len(parts) - 1:
        return ""
    made = parts[0]
    for mark, part in zip(marks, parts[1:], strict=True):
        separator = _separator(mark, height, picture)
        # Other than three digits follow a point only.
        if not separator and len(part) != 3:
            separator = "."
        if not separator:
            return ""
        made += separator + part
    return made


def _separator(mark: Blot, height: float, picture: Pixels) -> str:
    """`,` where a mark is tall, `.` where it is round, "" where neither is sure."""
    top = max(0, mark.y - 3)
    ink = 255.0 - picture[top : mark.foot + 4, max(0, mark.x - 1) : mark.right + 1]
    profile = ink.sum(axis=1)
    profile[profile < 0.1 * profile.max()] = 0
    ys = np.arange(len(profile))
    middle = float((profile * ys).sum() / profile.sum())
    spread = float(np.sqrt((profile * np.square(ys - middle)).sum() / profile.sum())) / height
    return "," if spread > _TALL else "." if spread < _ROUND else ""
