"""Header lines -> the value columns of the rows below them, in printed order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz

from govdisclose.alignment.labels import FUZZY, Match, key, similarity
from govdisclose.alignment.lines import Line, Piece
from govdisclose.forms import Block, Entry

_CUT_SHORT = 0.6
"""Score of a header cut short (本年新 for 本年新……): its neighbours must carry it."""
_ALIKE = 50
"""Ratio (of 100) of a label misread (H然人 for 自然人): its neighbours must be known."""


@dataclass(frozen=True, slots=True)
class Header:
    """The value columns in printed order. `entries[i]` None: a printed column that no form knows.

    `pieces` are the header cells, where their columns mean something. `how`: `header` when every
    label was recognised, `counted` when some column is known by its place only, `position` when
    nothing is printed and the form's own order stands in. `complete`: all columns of one form are
    there. `doubt`: why even the columns are not certain.
    """

    entries: tuple[Entry | None, ...]
    texts: tuple[str, ...]
    how: str
    pieces: tuple[Piece, ...] = ()
    end: int = 0
    """The column behind the header's last cell, blank cells of its last line included."""
    in_order: bool = True
    complete: bool = True
    doubt: str = ""
    places: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    """Column and width of each piece; none where they run into one another, or something stands behind the last."""

    def __post_init__(self) -> None:
        places = tuple([(p.col, p.colspan) for p in self.pieces])
        clear = places and sum(places[-1]) == self.end and all(sum(a) <= b[0] for a, b in pairwise(places))
        object.__setattr__(self, "places", places if clear else ())


def position_header(columns: Sequence[Entry], doubt: str = "") -> Header:
    """The form's own columns, where no header is printed."""
    return Header(tuple(columns), ("",) * len(columns), "position", doubt=doubt)


@lru_cache(maxsize=8192)
def _score(text: str, entry: Entry) -> float:
    printed = key(text)
    best = max(similarity(printed, key(label)) for label in entry.labels)
    if best < FUZZY and len(printed.full) >= 3 and any(key(la).full.startswith(printed.full) for la in entry.labels):
        best = _CUT_SHORT
    return best if best >= _CUT_SHORT else 0.0


def is_like(text: str, entry: Entry) -> bool:
    """Whether a text has half of a label's characters or more, which counts where the neighbours are known."""
    printed = key(text).full
    return any(fuzz.ratio(printed, key(label).full) >= _ALIKE for label in entry.labels)


def _in_sequence(texts: Sequence[str], entries: Sequence[Entry]) -> tuple[float, list[Entry | None]]:
    """The best order-keeping assignment of header texts to entries, and its total score."""
    n, m = len(texts), len(entries)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    scores = [[_score(t, e) for e in entries] for t in texts]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            take = best[i - 1][j - 1] + scores[i - 1][j - 1] if scores[i - 1][j - 1] else 0.0
            best[i][j] = max(best[i - 1][j], best[i][j - 1], take)
    out: list[Entry | None] = [None] * n
    i, j = n, m
    while i and j:
        s = scores[i - 1][j - 1]
        if s and best[i][j] == best[i - 1][j - 1] + s:
            out[i - 1] = entries[j - 1]
            i, j = i - 1, j - 1
        elif best[i][j] == best[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return best[n][m], out


class _Named(NamedTuple):
    entries: tuple[Entry | None, ...]
    how: str
    in_order: bool


def _exactly_named(texts: Sequence[str], blocks: Sequence[Block]) -> _Named | None:
    """Every text is the label of one column, and no column stands twice; else None."""
    found: list[Entry] = []
    for text in texts:
        hits = {e.id: e for b in blocks for e in (*b.columns, *b.extra_columns) if _score(text, e) >= 0.98}
        if len(hits) != 1:
            return None
        found += hits.values()
    ids = [e.id for e in found]
    if len(set(ids)) != len(ids):
        return None
    orders = [[e.id for e in b.columns] for b in blocks]
    in_order = any([i for i in order if i in ids] == [i for i in ids if i in order] for order in orders)
    return _Named((*found,), "header", in_order)


def name_columns(texts: Sequence[str], blocks: Sequence[Block]) -> _Named:
    """Printed header texts -> the columns they name, how, and whether in the form's order.

    Every block is one form's way of printing these rows; the one that fits best answers.
    """
    return _name_columns(tuple(texts), tuple(blocks))


@lru_cache(maxsize=1024)
def _name_columns(texts: tuple[str, ...], blocks: tuple[Block, ...]) -> _Named:
    exact = _exactly_named(texts, blocks)
    if exact:
        return exact
    best, entries = 0.0, list[Entry | None]([None] * len(texts))
    for block in blocks:
        total, named = _in_sequence(texts, block.columns)
        total -= 0.2 * abs(len(block.columns) - len(texts))
        if total > best:
            best, entries = total, named
    entries = _with_extra(texts, entries, blocks)
    # Unknowns among known columns of the right number stand at the missing ones' places.
    for block in blocks:
        own = {column.id for column in block.columns}
        places = [i for i, entry in enumerate(entries) if entry is None or entry.id in own]
        if len(block.columns) != len(places) or all(entries):
            continue
        if all(entries[i] in (None, column) for i, column in zip(places, block.columns, strict=True)):
            unknown = [(i, column) for i, column in zip(places, block.columns, strict=True) if entries[i] is None]
            for i, column in unknown:
                entries[i] = column
            is_sure = 2 * len(unknown) < len(places) and all(is_like(texts[i], column) for i, column in unknown)
            return _Named(tuple(entries), "header" if is_sure else "counted", True)
    return _Named(tuple(entries), "header" if all(entries) else "counted", True)


def _with_extra(texts: Sequence[str], entries: Sequence[Entry | None], blocks: Sequence[Block]) -> list[Entry | None]:
    """The columns named, and those that no form has but some reports print (a subtotal)."""
    out = [*entries]
    for i, text in enumerate(texts):
        if out[i] is None:
            named = {e.id: e for block in blocks for e in block.extra_columns if _score(text, e) >= 0.98}
            if len(named) == 1 and not any(e and e.id in named for e in out):
                out[i] = next(iter(named.values()))
    return out


def _is_not_column(line: Line, at: int, table: str) -> bool:
    kinds = {m.kind for m in line.matches[at] if m.table == table}
    return not line.pieces[at].is_text or bool(kinds & {"note", "key", "block", "heading"})


def _leaves(header_lines: Sequence[Line], table: str) -> list[Piece]:
    """Header cells with nothing printed below them, left to right; notes and keys left out."""
    cells = [
        (number, piece)
        for number, line in enumerate(header_lines)
        for i, piece in enumerate(line.pieces)
        if not _is_not_column(line, i, table)
    ]
    out = [c for n, c in cells if not any(number > n and other.overlaps(c) for number, other in cells)]
    named = {id(p) for line in header_lines for p, ms in zip(line.pieces, line.matches, strict=True) if _is_named(ms)}
    leaves: list[Piece] = []
    for piece in sorted(out, key=lambda p: p.col):
        last = leaves[-1] if leaves else None
        if last and id(piece) in named and last.col + last.colspan == piece.col and _is_again(last, piece):
            leaves[-1] = last._replace(colspan=last.colspan + piece.colspan)
        else:
            leaves.append(piece)
    return leaves


def _is_named(matches: Sequence[Match]) -> bool:
    return any(m.kind == "column" for m in matches)


def _is_again(piece: Piece, other: Piece) -> bool:
    """Whether one merged cell stands written out in two cells it covered: no two columns share a whole label."""
    return piece.row == other.row and key(piece.text).full == key(other.text).full


class _Token(NamedTuple):
    id: str
    is_group: bool
    text: str
    line: int


def _tokens(header_lines: Sequence[Line], table: str) -> list[_Token]:
    """The labels of header rows in printed order, whatever their columns.

    What no form knows counts as a column only beside others in one row, and not at the row's
    beginning, where the label column has its own heading.
    """
    out: list[_Token] = []
    for number, line in enumerate(header_lines):
        for at, (piece, matches) in enumerate(zip(line.pieces, line.matches, strict=True)):
            if _is_not_column(line, at, table):
                continue
            best = next((m for m in matches if m.table == table and m.kind in ("column", "span")), None)
            if best is None and (line.stream or piece is line.texts[0]):
                continue
            if at and not line.stream and _is_named(matches) and _is_again(line.pieces[at - 1], piece):
                continue
            is_group = best is not None and best.kind == "span"
            out.append(_Token(best.id if best else "", is_group, piece.text, 0 if line.stream else number))
    return out


def _unfold(tokens: Sequence[_Token], parents: dict[str, str], order: Sequence[str]) -> list[str]:
    """Column labels left to right: what a group spans is put in the group's place.

    Labels of one level printed on several lines have no order of their own; the form's (`order`)
    stands in.
    """
    groups = {t.id for t in tokens if t.is_group}

    def above(token: _Token) -> str | None:
        """The nearest group over a label that is printed."""
        up = parents.get(token.id)
        while up and up not in groups:
            up = parents.get(up)
        return up or None

    def first(token: _Token) -> int:
        below = [t.id for t in tokens if above(t) == token.id] if token.is_group else [token.id]
        return min((order.index(i) for i in below if i in order), default=len(order))

    def leaves(parent: str | None) -> Iterator[str]:
        level = [t for t in tokens if above(t) == parent]
        if len({t.line for t in level}) > 1 and all(t.id for t in level):
            level.sort(key=first)
        for token in level:
            if token.is_group:
                yield from leaves(token.id)
            else:
                yield token.text

    return list(leaves(None))


def _covers(entries: Sequence[Entry | None], blocks: Sequence[Block]) -> bool:
    ids = {e.id for e in entries if e}
    return any({c.id for c in b.columns} <= ids for b in blocks)


def _by_place(lines: Sequence[Line], table: str, blocks: Sequence[Block]) -> Header | None:
    """The header read by the columns its cells stand in; None where the cells' places cannot be right."""
    leaves = _leaves(lines, table)
    texts = tuple(p.text for p in leaves)
    named, how, in_order = name_columns(texts, blocks)
    printed = {m.id for line in lines for ms in line.matches for m in ms[:1] if m.kind == "column"}
    if printed - {e.id for e in named if e}:
        return None  # spans were lost: a label that is printed stands over no column of its own
    known = sum(e is not None for e in named)
    if not leaves or 2 * known < len(leaves):
        return None
    end = max(p.col + p.colspan for p in (*leaves, *lines[-1].pieces))
    return Header(named, texts, how, tuple(leaves), end, in_order, _covers(named, blocks))


def _by_level(lines: Sequence[Line], table: str, blocks: Sequence[Block], parents: dict[str, str]) -> Header | None:
    """The header read by the groups its labels belong to, without any columns."""
    texts = tuple(_unfold(_tokens(lines, table), parents, [c.id for c in blocks[-1].columns]))
    if not texts:
        return None
    named, how, in_order = name_columns(texts, blocks)
    if not all(named):
        # Labels that say nothing: the form's own columns, where it has as many; else none.
        same = next((b for b in blocks if len(b.columns) == len(texts)), None)
        if same:
            named, how = same.columns, "counted"
        elif 2 * sum(e is not None for e in named) < len(named):
            return None
    return Header(named, texts, how, (), 0, in_order, _covers(named, blocks))


def are_in_step(line: Line, other: Line) -> bool:
    """Whether one column index means one printed column in both: one grid, or grids of one row each."""
    if not (line.geometry and other.geometry):
        return False
    return line.block == other.block or (line.grid_shape == other.grid_shape and line.grid_shape[0] == 1)


def read_header(lines: Sequence[Line], table: str, blocks: Sequence[Block], parents: dict[str, str]) -> Header:
    """The header above some rows as columns. `parents`: column or group id -> id of its group.

    With no header line the form's own order stands in (`position`).
    """
    if lines and all(are_in_step(line, lines[0]) for line in lines):
        placed = _by_place(lines, table, blocks)
        if placed and not placed.in_order and len(lines) > 1:
            # Wrong spans push a label of one level behind those of another: then the levels are right.
            levels = _by_level(lines, table, blocks, parents)
            if levels and levels.how == "header" and levels.entries != placed.entries:
                doubt = "" if levels.in_order else "the header's levels and its columns disagree"
                return replace(levels, doubt=doubt)
        if placed:
            return placed
    levels = _by_level(lines, table, blocks, parents)
    if levels:
        return levels
    named_otherwise = any(m.kind == "column" and m.table == table for line in lines for ms in line.matches for m in ms)
    return position_header(blocks[-1].columns, "the printed header names other columns" if named_otherwise else "")
