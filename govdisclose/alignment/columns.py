"""Which value of a row stands in which column: by the header, by the order, or not for certain.

Where more than one reading is possible none is taken: the cells come back doubtful.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from govdisclose.alignment.headers import Header
from govdisclose.alignment.lines import Line, Piece
from govdisclose.clean import parse
from govdisclose.forms import Entry

_new = tuple.__new__  # as in `lines`
Ends = Literal["even", "trimmed", "uneven"]
"""Ragged rows: all equally long, without the blank cells at their ends, or any length."""


class Placed(NamedTuple):
    """One value in its column. `doubt` says why it may not be what it seems."""

    entry: Entry | None
    piece: Piece
    how: str
    header_text: str = ""
    doubt: str = ""


def blank_like(piece: Piece) -> Piece:
    """A blank cell that is not printed, where `piece` stands."""
    return Piece("", parse(""), piece.row, piece.col, 1, None, "", True)


def _by_overlap(line: Line, values: Sequence[Piece], header: Header) -> list[Placed] | None:
    """Every column with the one cell below its header; None where some column has not exactly one."""
    if not (header.pieces and line.geometry):
        return None
    if _are_in_columns(line, values, header):
        how = header.how
        return [_new(Placed, (e, p, how, t, "")) for e, p, t in zip(header.entries, values, header.texts, strict=True)]
    out: list[Placed] = []
    used: set[int] = set()
    places = [(p.col, p.col + p.colspan, p) for p in values]
    for entry, text, head in zip(header.entries, header.texts, header.pieces, strict=True):
        low, high = head.col, head.col + head.colspan
        here = [p for start, end, p in places if start < high and low < end]
        used.update(map(id, here))
        carried = [p for p in line.above if p.overlaps(head)] if line.above else []
        if len(here) > 1:
            filled = [p for p in here if not p.is_blank]
            if len(filled) == 1:
                here = filled
            elif len({p.text.strip() for p in here}) == 1 and not carried:
                here = here[:1]  # one merged cell, written out into every cell it covered
        if len(here) + len(carried) != 1:
            return None
        piece = (here or carried)[0]
        if piece.colspan > 1 and sum(piece.overlaps(h) for h in header.pieces) > 1:
            return None
        doubt = "merged with the row above" if carried and not piece.is_blank else ""
        out.append(Placed(entry, piece, header.how, text, doubt))
    return None if _is_out_of_step(values, line.above, used, header) else out


def _are_in_columns(line: Line, values: Sequence[Piece], header: Header) -> bool:
    """Whether every value stands under the header of its turn, exactly, as in most rows."""
    if not header.places or header.places != tuple([(p.col, p.colspan) for p in values]):
        return False
    return not line.above or _right(line.above) <= header.places[0][0]


def _right(pieces: Sequence[Piece]) -> int:
    """The column behind the last piece."""
    return max((p.col + p.colspan for p in pieces), default=0)


def _is_out_of_step(values: Sequence[Piece], above: Sequence[Piece], used: set[int], header: Header) -> bool:
    """Whether cells stand under no header in a way that only a shifted row or header explains."""
    loose = [p for p in values if id(p) not in used]
    if any(not p.is_blank for p in loose) or _right([*values, *above]) != header.end:
        return True
    return bool(loose) and not header.complete


def _merged_cells(line: Line, values: Sequence[Piece], header: Header) -> list[Placed] | None:
    """Cells that span several value columns: a blank or dash holds for all, a number for none."""
    if not (header.pieces and line.geometry):
        return None
    out = []
    used: set[int] = set()
    for entry, text, head in zip(header.entries, header.texts, header.pieces, strict=True):
        here = [p for p in values if p.overlaps(head)]
        if len(here) != 1:
            return None
        used.add(id(here[0]))
        spans = sum(here[0].overlaps(h) for h in header.pieces) > 1
        doubt = "one printed cell over several columns" if spans and here[0].parsed.state in ("number", "text") else ""
        out.append(Placed(entry, here[0], header.how, text, doubt))
    return None if _is_out_of_step(values, line.above, used, header) else out


def _in_order(values: Sequence[Piece], header: Header) -> list[Placed]:
    how = "order" if header.how == "header" else header.how
    return [
        Placed(entry, piece, how, text) for entry, text, piece in zip(header.entries, header.texts, values, strict=True)
    ]


def windows(values: Sequence[Piece], width: int, *, pad: bool) -> list[int]:
    """Every start at which `width` neighbouring cells hold all that is printed in `values`.

    `pad`: cells trimmed at the end of the row count as blank.
    """
    filled = [i for i, p in enumerate(values) if not p.is_blank]
    if not filled:
        return [0]
    first, last = filled[0], filled[-1]
    end = len(values) if not pad else len(values) + width
    return [s for s in range(max(0, last - width + 1), first + 1) if s + width <= end]


def place_values(
    line: Line,
    values: Sequence[Piece],
    header: Header,
    *,
    anchor: int | None = None,
    fillers: int = 0,
    ends: Ends = "uneven",
) -> list[Placed]:
    """Every column of the header with the piece that stands in it.

    `fillers`: empty cells that rows of this depth have between label and values because a span was
    written out. `anchor`: the same for ragged rows, known from rows that leave no choice.
    `ends`: where the rows of a ragged grid end. Where the place of a value is not certain each
    column gets its possible piece (or a blank one) with a `doubt`.
    """
    found = _by_overlap(line, values, header)
    placed = found or []
    if found is None:
        # A heading over the label column (序号, 项目) is no value column.
        leading = next((i for i, e in enumerate(header.entries) if e), 0)
        for skipped in range(leading + 1):
            placed = _without_places(line, values, _after(header, skipped), anchor, fillers, ends)
            if not any(p.doubt for p in placed):
                break
    if _is_short_for_certain(values, placed):
        placed = [p._replace(doubt=p.doubt or "no blank cell, but fewer values than columns") for p in placed]
    if header.doubt and any(not p.piece.is_blank for p in placed):
        placed = [p._replace(doubt=p.doubt or header.doubt) for p in placed]
    return placed


def _is_short_for_certain(values: Sequence[Piece], placed: Sequence[Placed]) -> bool:
    """Whether the last columns are filled up behind values without a gap: two of these may be run together."""
    if not any(p.piece.made for p in placed):
        return False
    filled = sum(not p.is_blank for p in values)
    first = next((i for i, p in enumerate(values) if not p.is_blank), 0)
    printed = [p for p in values[first:] if not p.made]
    return 2 * filled > len(placed) > filled == len(printed)


def _after(header: Header, start: int) -> Header:
    if not start:
        return header
    return replace(header, entries=header.entries[start:], texts=header.texts[start:], pieces=header.pieces[start:])


def _without_places(
    line: Line, values: Sequence[Piece], header: Header, anchor: int | None, fillers: int, ends: Ends
) -> list[Placed]:
    """Values in the order they are printed, or doubtful."""
    placed = _by_overlap(line, values, header)
    if placed is not None:
        return placed
    if not header.in_order:
        return doubtful(line, values, header, "neither the header's order nor its columns fit this row")
    if not line.blanks:
        return _packed(line, values, header)
    width = len(header.entries)
    if all(p.is_blank for p in values):
        if values or not line.geometry:
            return _in_order([*values, *[blank_like(line.pieces[0])] * width][:width], header)
        return doubtful(line, values, header, "no cell is printed")
    if not line.geometry:
        return _ragged(line, values, header, anchor, fillers, ends)
    if header.pieces and _right(values) < header.end > _right(header.pieces):
        return doubtful(line, values, header, "the row has fewer cells than its header")
    fillers = fillers if header.complete else 0
    if len(values) == width + fillers and all(p.is_blank for p in values[:fillers]):
        return _in_order(values[fillers:], header)
    merged = _merged_cells(line, values, header)
    return merged or doubtful(line, values, header, f"{len(values)} cells for {width} columns")


def _packed(line: Line, values: Sequence[Piece], header: Header) -> list[Placed]:
    """Values of a line in which empty cells leave no trace."""
    width = len(header.entries)
    filled = [p for p in values if not p.is_blank]
    if line.inferred and (header.how != "header" or len(filled) != width):
        return doubtful(line, filled, header, f"{len(filled)} values without rulings")
    if not filled:
        return _in_order([blank_like(line.pieces[0])] * width, header)
    if not header.complete:
        return doubtful(line, filled, header, "the header lacks columns, and empty cells leave no trace")
    if len(filled) == width:
        return _in_order(filled, header)
    return doubtful(line, filled, header, f"{len(filled)} values for {width} columns")


def _ragged(
    line: Line, values: Sequence[Piece], header: Header, anchor: int | None, fillers: int, ends: Ends
) -> list[Placed]:
    """Values of a row whose cells are separated but stand in no columns.

    Where not all edges are filled, what is more than the columns must be the fillers that rows of
    this shape or depth have; what is less is blank only where the ends of rows were trimmed.
    """
    width = len(header.entries)
    sure = anchor in (None, 0) or all(not p.is_blank for p in values)
    if len(values) == width and sure and (header.complete or ends != "trimmed"):
        return _in_order(values, header)
    if not header.complete or header.how == "position":
        return doubtful(line, values, header, f"{len(values)} cells for {width} columns")
    filled = [i for i, p in enumerate(values) if not p.is_blank]
    is_last = filled[-1] == len(values) - 1
    if filled[-1] - filled[0] == width - 1 and (is_last or len(filled) == width or ends == "uneven"):
        return _in_order(values[filled[0] : filled[-1] + 1], header)
    if ends == "uneven" and filled[0] == 0 and filled[-1] == len(filled) - 1 < width < len(values):
        return _in_order(values[:width], header)  # without a gap: whatever follows is blank
    start = fillers if anchor is None else anchor
    lacking = width + start - len(values)
    fits = start in windows(values, width, pad=True) and (anchor is not None or start > 0)
    known = anchor is not None
    # Where rows have any length, blank cells may also follow the values.
    if fits and (lacking == 0 or (known and (ends == "trimmed" if lacking > 0 else line.stream or ends == "uneven"))):
        padded = [*values, *[blank_like(line.pieces[0])] * width]
        return _in_order(padded[start : start + width], header)
    return doubtful(line, values, header, f"{len(values)} cells for {width} columns")


def doubtful(line: Line, values: Sequence[Piece], header: Header, doubt: str) -> list[Placed]:
    """Every column with the value that may be its own, marked."""
    padded = [*values, *[blank_like(line.pieces[0])] * len(header.entries)]
    return [
        Placed(entry, padded[i], "order", text, doubt)
        for i, (entry, text) in enumerate(zip(header.entries, header.texts, strict=True))
    ]
