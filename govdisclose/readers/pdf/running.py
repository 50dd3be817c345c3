"""Running heads and feet: what the pages of a document print at one place, whatever stands next to it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from govdisclose.readers.pdf.text import Line

_MARGIN = 0.12
"""Running heads and feet stand in this share of the page's height, above and below."""
_PLACE = 1.0
"""Those of two pages are at one height but for this, in points."""


def running_lines(pages: Sequence[tuple[Sequence[Line], float]]) -> set[int]:
    """Running heads and feet, by `id`.

    An outermost line in the margin is one where another page prints the same, numbers aside, at the
    same place, but something else next to it: a table's header that is repeated has the same below it.

    Parameters
    ----------
    pages : sequence of (sequence of Line, float)
        The lines of each page from the top, and its height in points.

    Examples
    --------
    >>> from govdisclose.readers.pdf.text import lines, Char
    >>> def page(*texts):
    ...     return lines(Char(t, 9, 20 * i + 10, 20, 20 * i + 20, 20 * i + 18, 10) for i, t in enumerate(texts))
    >>> first, second = page("首", "甲", "乙"), page("首", "丙", "丁")
    >>> [[id(line) in running_lines([(first, 800.0), (second, 800.0)]) for line in found] for found in (first, second)]
    [[True, False, False], [True, False, False]]
    """
    if len(pages) < 2:
        return set()
    heads = _outermost([(list(found), height) for found, height in pages])
    feet = _outermost([([*reversed(found)], height) for found, height in pages])
    return heads | feet


def _outermost(pages: Sequence[tuple[list[Line], float]]) -> set[int]:
    """Those at the end that the lines of each page begin with."""
    found: set[int] = set()
    while True:
        places: defaultdict[tuple[str, float], list[tuple[Line, str]]] = defaultdict(list)
        for own, height in pages:
            if own and (own[0].box[3] < _MARGIN * height or own[0].box[1] > (1 - _MARGIN) * height):
                places[(re.sub(r"\d+", "#", own[0].text), height)].append((own[0], own[1].text if len(own) > 1 else ""))
        more = {
            id(line)
            for alike in places.values()
            for line, after in alike
            if any(abs(line.box[1] - other.box[1]) < _PLACE and after != beside for other, beside in alike)
        }
        if not more:
            return found
        found |= more
        for own, _ in pages:
            if own and id(own[0]) in more:
                del own[0]
