"""Rows that a page break cuts through: half of the label on one page, half on the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from govdisclose.clean import parse
from govdisclose.labels import Vocabulary
from govdisclose.lines import Line, Piece


def _label(line: Line) -> Piece | None:
    return line.texts[-1] if line.texts else None


def _values(line: Line) -> list[Piece]:
    texts = [i for i, p in enumerate(line.pieces) if p.is_text]
    return line.pieces[texts[-1] + 1 :] if texts else list(line.pieces)


def _score(text: str, vocabulary: Vocabulary) -> float:
    found = [m.score for m in vocabulary.match(text) if m.kind == "row"]
    return max(found, default=0.0)


def _halves(above: Line, below: Line, vocabulary: Vocabulary) -> Line | None:
    """One line out of two, where only together they print a label and only one value a column.

    Within one grid a line without a label is no half: its values may belong to either neighbour.
    """
    if above.grid_number == below.grid_number and not below.texts:
        return None
    top, bottom = _label(above), _label(below)
    upper, lower = _values(above), _values(below)
    if not upper or len(upper) != len(lower):
        return None
    if any(not a.is_blank and not b.is_blank for a, b in zip(upper, lower, strict=True)):
        return None
    if top is None:
        return None
    text = top.text + (bottom.text if bottom else "")
    whole = _score(text, vocabulary)
    if bottom is not None and whole <= max(_score(top.text, vocabulary), _score(bottom.text, vocabulary)):
        return None
    if bottom is None and not whole:
        return None
    values = [b if a.is_blank else a for a, b in zip(upper, lower, strict=True)]
    at = above.pieces.index(top)
    pieces = [*above.pieces[:at], replace(top, text=text, parsed=parse(text)), *values]
    merged = replace(above, pieces=pieces)
    merged.matches = [vocabulary.match(p.text) if p.is_text else () for p in pieces]
    return merged


def merge_cut_rows(lines: Sequence[Line], vocabulary: Vocabulary) -> list[Line]:
    """Put the halves of rows cut by a page break together again; all other lines stay as they are.

    Only neighbours are looked at: two rows of a grid, or the last row of a grid and the first of
    the next where nothing but a break stands between them.
    """
    out: list[Line] = []
    for line in lines:
        previous = out[-1] if out else None
        if (
            previous is not None
            and previous.geometry
            and line.geometry
            and line.grid_number - previous.grid_number in (0, 1)
        ):
            merged = _halves(previous, line, vocabulary)
            if merged is not None:
                out[-1] = merged
                continue
        out.append(line)
    return out
