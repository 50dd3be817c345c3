"""Text whose columns are held by spaces: which column a value stands in follows from where it stands.

Values that overlap, seen from above, share a column; a column in which a line prints nothing is
blank there. Where the places contradict each other nothing is made of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from govdisclose.clean import parse
from govdisclose.model import Grid, GridCell

_CELL = re.compile(r"\S(?:\S|[ \xa0\u3000](?=\S))*")
"""A single space, wide or not, belongs to what it stands in."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    is_value: bool


def _width(text: str) -> int:
    """Columns of a terminal that the text takes: wide characters take two (and ambiguous ones, in Chinese text)."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _tokens(line: str) -> list[_Token]:
    """What is printed between gaps of two spaces or more, with its place."""
    out = []
    for match in _CELL.finditer(line.expandtabs(8)):
        start = _width(line[: match.start()])
        value = parse(match[0]).state in ("number", "dash")
        out.append(_Token(match[0], start, start + _width(match[0]), value))
    return out


def _merge(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap, made one; in order."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def _columns(rows: Sequence[Sequence[_Token]]) -> tuple[list[int], list[tuple[int, int]]] | None:
    """Starts of the label columns, and the spans of the value columns."""
    values = [t for row in rows for t in row[1:] if t.is_value]
    values += [row[0] for row in rows if row and row[0].is_value and len(row) > 1]
    if not values:
        return None
    first = min(t.start for t in values)
    # A header column without a value in it is one as well; wide labels of groups are not.
    spans = _merge([(t.start, t.end) for t in values])
    heads = [t for row in rows for t in row if not t.is_value and t.start >= first]
    alone = [(t.start, t.end) for t in heads if not any(t.start < e and s < t.end for s, e in spans)]
    narrow = [a for a in alone if not any(b != a and a[0] <= b[0] and b[1] <= a[1] for b in alone)]
    spans = sorted([*spans, *_merge(narrow)])
    labels = sorted({t.start for row in rows for t in row if t.end <= spans[0][0] and not t.is_value})
    return labels, spans


def fixed_width_grid(lines: Sequence[str]) -> Grid | None:
    """A grid with real columns from lines aligned by spaces, or None where they are not aligned.

    Parameters
    ----------
    lines : sequence of str
        Neighbouring lines, leading spaces included.

    Returns
    -------
    Grid or None
        With `geometry` and `blanks`: empty places are empty cells.

    Examples
    --------
    >>> grid = fixed_width_grid(["项目  甲   乙", "一    10", "二         3", "三    4    5"])
    >>> [(cell.row, cell.col, cell.text) for cell in grid.cells][3:9]
    [(1, 0, '一'), (1, 1, '10'), (1, 2, ''), (2, 0, '二'), (2, 1, ''), (2, 2, '3')]
    """
    rows = [_tokens(line) for line in lines]
    found = _columns(rows)
    if found is None:
        return None
    labels, spans = found
    cells: list[GridCell] = []
    for number, row in enumerate(rows):
        taken: set[int] = set()
        values = [t for t in row if t.is_value]
        if values and any(t.end > values[0].start for t in row if not t.is_value):
            return None  # words among the values: gaps inside a label, perhaps
        for token in row:
            over = [i + len(labels) for i, (s, e) in enumerate(spans) if token.start < e and s < token.end]
            if token.is_value and token is not row[0] and len(over) != 1:
                return None
            under = [i for i, s in enumerate(labels) if token.start <= s < token.end]
            here = under + over if not token.is_value else over
            if not here or taken & set(here):
                return None
            taken |= set(here)
            cells.append(GridCell(number, here[0], token.text, 1, here[-1] - here[0] + 1))
        cells += [GridCell(number, i, "") for i in range(len(labels) + len(spans)) if i not in taken]
    return Grid(tuple(sorted(cells, key=lambda c: (c.row, c.col))))
