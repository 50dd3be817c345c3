"""Tables whose rows are printed side by side (table four): one line of numbers under three headers.

Also read: the same table as one small table a row, or with one line a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from govdisclose.alignment.columns import Placed, place_values
from govdisclose.alignment.headers import Header, is_like
from govdisclose.alignment.labels import Match, key
from govdisclose.alignment.lines import Line, Piece
from govdisclose.forms import Block

_NEAR = 30
"""Lines between a header and its numbers: a stream has one line a label."""


@dataclass(frozen=True, slots=True)
class AcrossLine:
    """A line of numbers: for every value its row and column."""

    line: int
    rows: tuple[str, ...]
    placed: tuple[Placed, ...]
    head: int = -1
    """The last line of its header; lines with one header claim the same cells."""


@dataclass(slots=True)
class _Head:
    """Header lines gathered so far."""

    lines: list[Line]
    rows: list[tuple[Piece, str]]
    columns: set[str]
    last: int

    def is_enough(self) -> bool:
        return len(self.columns) >= 3 and bool(self.rows)


def _no_head() -> _Head:
    return _Head([], [], set(), -_NEAR)


def parts(lines: Sequence[Line]) -> Iterator[tuple[int, Line]]:
    """Lines, with the values of a stream's label put on a line of their own."""
    for number, line in enumerate(lines):
        cut = len(line.pieces) - len(line.values) if line.stream else 0
        if 0 < cut < len(line.pieces):
            yield number, replace(line, pieces=line.pieces[:cut], matches=line.matches[:cut])
            yield number, replace(line, pieces=line.pieces[cut:], matches=line.matches[cut:])
        else:
            yield number, line


@lru_cache(maxsize=8192)
def _row_within(text: str, block: Block) -> str:
    """The one row of which some text holds a label, or ""."""
    printed = key(text).full
    inside = [r for r in block.rows if r.group and any(key(la).full in printed for la in r.labels)]
    return inside[0].id if len(inside) == 1 else ""


def rows_named(line: Line, table: str, block: Block) -> list[tuple[Piece, str]]:
    """Row labels a line prints, also inside a longer caption (行政诉讼（…）)."""
    out: list[tuple[Piece, str]] = []
    matches = {i: found for i, _, found in line.named}
    for at, piece in enumerate(line.pieces if line.texts else ()):
        found = matches.get(at, ())
        if found and any(m.kind == "heading" and m.score >= 0.9 for m in found):
            continue
        hit = next((m.id for m in found if m.kind == "row" and m.table == table and m.score >= 0.9), "")
        if not hit and piece.is_text and len(piece.text) <= 40:
            hit = _row_within(piece.text, block)
        if hit:
            out.append((piece, hit))
    return out


def _leaves(header: Sequence[Line], table: str) -> list[tuple[Piece, Match]]:
    out = []
    for line in header:
        for _, piece, matches in line.named:
            hit = next((m for m in matches if m.kind == "column" and m.table == table and m.score >= 0.9), None)
            if hit:
                out.append((piece, hit))
    return out


def _by_columns(head: _Head, table: str, block: Block) -> tuple[list[str], Header] | None:
    """Leaves in column order, each with its row label; None where they cannot be told apart."""
    leaves = sorted(_with_misread(_leaves(head.lines, table), head.lines, table, block), key=lambda c: c[0].col)
    if not leaves or len({p.col for p, _ in leaves}) != len(leaves):
        return None
    named = _rows_in_turn(leaves, head.rows, len(block.columns)) or [_row_over(p, head.rows) for p, _ in leaves]
    if not all(named):
        # Under a group with leaves that have no label it is not certain whose the others are.
        grouped = {r.id for r in block.rows if r.group}
        named = ["" if row in grouped else row for row in named]
    claimed = [(row, m.id) for row, (_, m) in zip(named, leaves, strict=True) if row]
    if not claimed or len(set(claimed)) != len(claimed):
        return None
    entries = {c.id: c for c in block.columns}
    end = max(p.col + p.colspan for p in (*(p for p, _ in leaves), *head.lines[-1].pieces))
    columns = tuple(entries[m.id] if row else None for (_, m), row in zip(leaves, named, strict=True))
    cells = tuple(piece for piece, _ in leaves)
    complete = len(claimed) == len(block.columns) * len({row for _, row in head.rows})
    return named, Header(columns, tuple(p.text for p in cells), "header", cells, end, complete=complete)


def _with_misread(
    leaves: Sequence[tuple[Piece, Match]], lines: Sequence[Line], table: str, block: Block
) -> list[tuple[Piece, Match]]:
    """Leaves, and those that resemble the label expected in their place, where each set is whole with them."""
    taken = {id(piece) for piece, _ in leaves}
    strangers = [
        piece
        for line in lines
        for piece, matches in zip(line.pieces, line.matches, strict=True)
        if piece.is_text and id(piece) not in taken and all(m.table != table or m.kind == "column" for m in matches)
    ]
    known = {piece.col: match for piece, match in leaves}
    both = sorted([*(piece for piece, _ in leaves), *strangers], key=lambda piece: piece.col)
    expected = [*block.columns] * (len(both) // len(block.columns))
    if not strangers or len(expected) != len(both) or len({piece.col for piece in both}) != len(both):
        return [*leaves]
    out = []
    for piece, entry in zip(both, expected, strict=True):
        match = known.get(piece.col)
        if match is None and is_like(piece.text, entry):
            match = Match("column", table, entry.id, 0.0)
        if match is None or match.id != entry.id:
            return [*leaves]
        out.append((piece, match))
    return out


def _rows_in_turn(leaves: Sequence[tuple[Piece, Match]], rows: Sequence[tuple[Piece, str]], width: int) -> list[str]:
    """As many whole sets of leaves as row labels: they belong together in order, whatever the spans say."""
    in_turn = list(dict.fromkeys(row for _, row in sorted(rows, key=lambda r: r[0].col)))
    sets = [{m.id for _, m in leaves[at : at + width]} for at in range(0, len(leaves), width)]
    if len(sets) != len(in_turn) or any(len(s) != width for s in sets):
        return []
    return [row for row in in_turn for _ in range(width)]


def _row_over(piece: Piece, rows: Sequence[tuple[Piece, str]]) -> str:
    above = [row for label, row in rows if label.overlaps(piece) and label.row < piece.row]
    return above[0] if len(above) == 1 else ""


def _by_order(head: _Head, table: str, block: Block) -> tuple[list[str], Header]:
    """Rows and columns in the order in which their labels were printed."""
    leaves = [m.id for _, m in _leaves(head.lines, table)]
    rows = list(dict.fromkeys(row for _, row in head.rows))
    width = len(block.columns)
    order = list(block.columns)
    first = leaves[:width]
    if sorted(first) == sorted(c.id for c in order) and first * (len(leaves) // width) == leaves:
        by_id = {c.id: c for c in order}
        order = [by_id[i] for i in first]
    named = [row for row in rows for _ in order]
    how = "header" if len(leaves) == len(named) or len(leaves) == width else "counted"
    return named, Header(tuple(order) * len(rows), tuple(c.label for c in order) * len(rows), how)


def _read(number: int, line: Line, values: list[Piece], head: _Head, table: str, block: Block) -> AcrossLine:
    same = line.geometry and all(h.geometry and h.block == line.block for h in head.lines)
    found = _by_columns(head, table, block) if same else None
    rows, header = found or _by_order(head, table, block)
    # Where header and values have no label before them, both begin with their first cell.
    bare = not line.geometry and len(values) == len(line.pieces) and head.lines[0].pieces[0].is_text
    # Where one cell follows another line by line, fillers of the header may run into blanks of the row.
    bare = bare and not (line.stream and values[0].is_blank and len(values) > len(header.entries))
    placed = place_values(line, values, header, anchor=0 if bare else None, ends="uneven" if bare else "even")
    # A heading over no value column is left out at the front.
    return AcrossLine(number, tuple(rows[len(rows) - len(placed) :]), tuple(placed), head.last)


def _goes_on(above: Line, below: Line, lines_between: int) -> bool:
    """Whether a line of numbers belongs to the table of the one above."""
    return lines_between <= 2 if above.stream or below.stream else above.block == below.block


@dataclass(slots=True)
class _Search:
    """What has been seen on the way down: the header gathered, and a blank line that may be the numbers."""

    head: _Head
    done: _Head
    blank: tuple[int, Line, list[Piece]] | None = None


def find_across(lines: Sequence[Line], table: str, block: Block, taken: set[int]) -> list[AcrossLine]:
    """Every line of numbers that stands under labels of this table. `taken`: lines of other tables."""
    out: list[AcrossLine] = []
    seen = _Search(_no_head(), _no_head())

    def take(number: int, line: Line, values: list[Piece], head: _Head) -> None:
        out.append(_read(number, line, values, head, table, block))

    def settle() -> None:
        """A blank line with no numbers after it was the line of numbers, left blank."""
        if seen.blank:
            take(*seen.blank, seen.head)
            seen.head, seen.done, seen.blank = _no_head(), seen.head, None

    for number, line in parts(lines):
        if number in taken:
            continue
        if number - seen.head.last > _NEAR:
            settle()
            seen.head = _no_head()
        named = rows_named(line, table, block)
        columns = {m.id for _, m in _leaves([line], table)}
        values, printed = line.values, not line.is_blank
        left_blank = len(named) == 1 and not columns and not seen.head.rows and len(seen.head.columns) >= 3
        if left_blank and line.blanks and len(values) >= len(block.columns):
            printed = True  # one line a row, and this one prints no number
        if (named or columns) and not printed:
            if seen.blank and (not columns or seen.blank[1].block != line.block):
                settle()
            seen.blank = None
            if seen.head.is_enough() and not columns and out and out[-1].line > seen.head.last:
                seen.head = _no_head()
            head = seen.head
            seen.head = _Head([*head.lines, line], [*head.rows, *named], head.columns | columns, number)
        elif named and printed and len(seen.head.columns) >= 3:
            # one line a row: the label stands before its numbers
            take(number, line, values, replace(seen.head, rows=named))
            seen.head.last = number
        elif out and printed and not seen.head.lines and _goes_on(lines[out[-1].line], line, number - out[-1].line):
            # a second line of numbers under one header: which of the two is meant is not certain
            drops_blanks = not line.blanks and not lines[out[-1].line].geometry
            if 2 * len(values) > len(out[-1].rows) or drops_blanks:
                take(number, line, values, seen.done)
        elif seen.head.is_enough() and values and printed:
            if seen.blank and seen.blank[1].block != line.block:
                settle()
                continue
            take(number, line, values, seen.head)
            seen.head, seen.done, seen.blank = _no_head(), seen.head, None
        elif seen.head.is_enough() and values and not line.texts and not seen.blank:
            wide = len(values) if line.stream else sum(p.colspan for p in values)
            is_filler = wide < len(block.columns) * (len(seen.head.rows) if line.stream else 1)
            seen.blank = None if is_filler else (number, line, values)
    settle()
    head = seen.head
    below = lines[head.last + 1 : head.last + 3] if head.is_enough() else []
    numbers = any(p.parsed.state == "number" for line in below for p in line.pieces)
    if not out and head.is_enough() and not head.lines[-1].geometry and not numbers:
        # pasted text drops empty cells and lines: labels without any number are a table left blank
        take(head.last, head.lines[-1], [], head)
    return out
