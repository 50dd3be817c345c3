"""Table four turned on its side: one line an outcome, with its row beside it, above it or over it.

The rows' labels stand in a column (once, repeated, or spanning their lines), on a line of their own
before each group of outcomes, or over one column of figures each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from govdisclose.alignment.across import AcrossLine, rows_named
from govdisclose.alignment.columns import Placed
from govdisclose.alignment.lines import Line, Piece
from govdisclose.forms import Block

_NEAR = 12
"""Lines that may lie between two lines of one table."""
_ENOUGH = 3
"""A row is read this way only where so many of its outcomes are printed one below the other."""


def _pairs(line: Line, table: str) -> list[tuple[str, list[Piece]]]:
    """Column labels with the values that follow each."""
    out: list[tuple[str, list[Piece]]] = []
    for piece, matches in zip(line.pieces, line.matches, strict=True):
        if piece.is_text:
            hit = next((m.id for m in matches if m.kind == "column" and m.table == table and m.score >= 0.9), "")
            out.append((hit, []))
        elif out:
            out[-1][1].append(piece)
    found = [(column, values) for column, values in out if column and values]
    is_header = len(found) >= _ENOUGH and all(v.is_blank for _, values in found for v in values)
    return [] if is_header else found


def _one(values: Sequence[Piece]) -> Piece | None:
    """The one value of a label, beside cells left empty by lost spans."""
    filled = [v for v in values if not v.is_blank]
    return None if len(filled) > 1 else (filled or list(values))[0]


def _under(line: Line, values: list[Piece], heads: Sequence[tuple[Piece, str]]) -> list[tuple[str, Piece]]:
    """Values below several row labels, by their columns or, where there are as many, by their order."""
    if line.geometry:
        placed = [(row, [v for v in values if v.overlaps(head)]) for head, row in heads]
        if all(len(found) == 1 for _, found in placed):
            return [(row, found[0]) for row, found in placed]
    if line.blanks and len(values) == len(heads):
        return [(row, v) for (_, row), v in zip(heads, values, strict=True)]
    return []


_Found = tuple[int, Line, str, str, Piece, str]
"""Line number, line, row, column, value, how the column of labels was matched."""


def _cells(lines: Sequence[Line], table: str, block: Block, taken: set[int]) -> Iterator[_Found]:
    row, heads, last = "", list[tuple[Piece, str]](), -_NEAR
    for number, line in enumerate(lines):
        if number in taken:
            continue
        if number - last > _NEAR:
            row, heads = "", []
        named, pairs = rows_named(line, table, block), _pairs(line, table)
        if len({r for _, r in named}) > 1 and not pairs:
            row, heads, last = "", named, number
        elif named:
            row, heads, last = named[-1][1], [], number
        for column, values in pairs:
            last = number
            if heads:
                for named_row, piece in _under(line, values, heads):
                    yield number, line, named_row, column, piece, "header"
            elif row and (one := _one(values)) is not None:
                yield number, line, row, column, one, "header"


def find_down(lines: Sequence[Line], table: str, block: Block, taken: set[int]) -> list[AcrossLine]:
    """Rows of which at least three outcomes stand one below the other. `taken`: lines of other tables."""
    by_row: defaultdict[str, list[_Found]] = defaultdict(list)
    for found in _cells(lines, table, block, taken):
        by_row[found[2]].append(found)
    entries = {c.id: c for c in block.columns}
    out: list[AcrossLine] = []
    for row, cells in by_row.items():
        if len({column for _, _, _, column, _, _ in cells}) < _ENOUGH or len({n for n, *_ in cells}) < 2:
            continue
        for number, _, _, column, piece, how in cells:
            label = entries[column].label
            out.append(AcrossLine(number, (row,), (Placed(entries[column], piece, how, label),)))
    return sorted(out, key=lambda a: a.line)
