"""Rows that a page break cuts through: half of the label on one page, half on the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from govdisclose.alignment.labels import HEADER_KINDS, Vocabulary, key
from govdisclose.alignment.lines import Line, Piece, matches_of
from govdisclose.clean import parse

_BETWEEN = 6
"""Lines of a header that is printed again, or of the page, between the two halves of a row."""
_HEADER = 4
"""Lines that a header has, at most, in the form or in print."""
_OFF = 3.0
"""The edges of one cell on two pages are this far off, in points, at most."""
_SURE = 0.98


def _score(text: str, vocabulary: Vocabulary) -> float:
    found = [m.score for m in vocabulary.match(text) if m.kind == "row"]
    return max(found, default=0.0)


def _only_together(top: Piece, bottom: Piece, vocabulary: Vocabulary, *, one_is_blank: bool) -> bool:
    """Whether two texts are the halves of one label.

    A half may be a label itself, and the whole score no better. Then what tells is that the form
    knows the whole, that only the upper half can have an enumerator, and that one half of the row
    has all the values.
    """
    whole = _score(top.text + bottom.text, vocabulary)
    best = max(_score(top.text, vocabulary), _score(bottom.text, vocabulary))
    if whole > best:
        return True
    return one_is_blank and whole >= max(best, _SURE) and key(bottom.text).number is None


def _halves(above: Line, below: Line, vocabulary: Vocabulary) -> Line | None:
    """One line out of two, where only together they print a label and only one value a column.

    Within one grid a line without a label is no half: its values may belong to either neighbour.
    """
    top, bottom = above.texts[-1] if above.texts else None, below.texts[-1] if below.texts else None
    upper, lower = above.values, below.values
    if above.grid_number == below.grid_number and bottom is None:
        return None
    if top is None or not upper or not lower:
        return None
    blank_above, blank_below = above.is_blank, below.is_blank
    same = len(upper) == len(lower)
    if not same and not blank_below:
        return None
    if same and any(not a.is_blank and not b.is_blank for a, b in zip(upper, lower, strict=True)):
        return None
    text = top.text + (bottom.text if bottom else "")
    if bottom is None and not _score(text, vocabulary):
        return None
    if bottom and not _only_together(top, bottom, vocabulary, one_is_blank=blank_above != blank_below):
        return None
    values = [b if a.is_blank else a for a, b in zip(upper, lower, strict=True)] if same else upper
    at = above.pieces.index(top)
    pieces = [*above.pieces[:at], top._replace(text=text, parsed=parse(text)), *values]
    return replace(above, pieces=pieces, matches=matches_of(pieces, vocabulary))


def _is_header_again(line: Line) -> bool:
    """A line of column labels, as the top of a page repeats them; some of them label rows as well."""
    if line.has_number:
        return False
    kinds = [{m.kind for m in matches} for _, _, matches in line.named]
    return any(k & HEADER_KINDS and "row" not in k for k in kinds)


def _before(out: Sequence[Line], line: Line) -> int | None:
    """Where in `out` the line stands that `line` may go on: its neighbour, or the end of the grid before."""
    for at in range(len(out) - 1, max(-1, len(out) - 1 - _BETWEEN), -1):
        other = out[at]
        if other.geometry and line.grid_number - other.grid_number == 1:
            return at
        if at == len(out) - 1 and other.geometry and other.grid_number == line.grid_number:
            if not _is_header_again(other):
                return at
        elif not (other.grid_number == line.grid_number and _is_header_again(other)):
            return None
    return None


def _goes_on_header(out: list[Line], line: Line, vocabulary: Vocabulary) -> bool:
    """Whether a grid begins with the rest of the header that the page before ends in; it is put there."""
    last = out[-1].grid_number if out else line.grid_number
    if line.grid_number != last + 1 or not out[-1].geometry:
        return False
    if not line.texts or any(p.parsed.state in ("number", "dash") for p in line.pieces):
        return False
    above = [(n, i) for n in range(max(0, len(out) - _HEADER), len(out)) for i in range(len(out[n].pieces))]
    above = [(n, i) for n, i in above if out[n].grid_number == last]
    foot = max((box.y1 for n, i in above if (box := out[n].pieces[i].box)), default=0.0)
    joined: dict[tuple[int, int], str] = {}
    for piece in line.texts:
        over = [(n, i) for n, i in above if _stands_over(out[n].pieces[i], piece, foot)]
        if len(over) != 1:
            return False
        joined[over[0]] = out[over[0][0]].pieces[over[0][1]].text + piece.text
    scores = [
        (_column_score(out[n].pieces[i].text, vocabulary), _column_score(text, vocabulary))
        for (n, i), text in joined.items()
    ]
    if any(whole < _SURE <= half for half, whole in scores) or not any(half < _SURE <= whole for half, whole in scores):
        return False
    for (n, i), text in joined.items():
        pieces = list(out[n].pieces)
        pieces[i] = pieces[i]._replace(text=text, parsed=parse(text))
        matches = list(out[n].matches)
        matches[i] = vocabulary.match(text)
        out[n] = replace(out[n], pieces=pieces, matches=matches)
    return True


def _stands_over(top: Piece, bottom: Piece, foot: float) -> bool:
    """Whether a cell at the foot of a page is as wide as one at the head of the next and stands over it."""
    if not top.is_text or top.box is None or bottom.box is None or top.box.page + 1 != bottom.box.page:
        return False
    off = abs(top.box.x0 - bottom.box.x0), abs(top.box.x1 - bottom.box.x1), abs(top.box.y1 - foot)
    return max(off) < _OFF


def _column_score(text: str, vocabulary: Vocabulary) -> float:
    return max((m.score for m in vocabulary.match(text) if m.kind in ("column", "span")), default=0.0)


def merge_cut_rows(lines: Sequence[Line], vocabulary: Vocabulary) -> list[Line]:
    """Put the halves of rows cut by a page break together again; all other lines stay as they are.

    Only neighbours are looked at: two rows of a grid, or the last row of a grid and the first of
    the next where nothing but a break, or the header again, stands between them.
    """
    out: list[Line] = []
    for line in lines:
        if line.geometry and _goes_on_header(out, line, vocabulary):
            continue
        # without values behind its label a line is no half of a row
        at = _before(out, line) if line.geometry and line.values and not _is_header_again(line) else None
        merged = _halves(out[at], line, vocabulary) if at is not None else None
        if merged is not None and at is not None:
            out[at] = merged
        else:
            out.append(line)
    return out
