"""Document -> lines of pieces: every printed row of every grid, and running text as a stream.

A line is what alignment works on: label pieces first, value pieces after. Cells that a row span
carries down from an earlier row are kept apart (`above`), since they are not printed here again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from govdisclose.alignment.labels import Match, Vocabulary
from govdisclose.clean import Parsed, parse
from govdisclose.model import Box, Document, Grid, GridCell, Paragraph

_LABEL_AND_VALUES = re.compile(r"(?P<label>.*?[^\s\d.,])\s*[:：\s]\s*(?P<values>[\d.,/—\-]+(?:\s+[\d.,/—\-]+)*)")
_LABEL_AND_VALUE = re.compile(r"(?P<label>.*?[^\s\d.,:：])\s*[:：\s]\s*(?P<value>\S+)", re.DOTALL)
_new = tuple.__new__
"""Makes a named tuple in a third of the time that its own constructor takes."""
_BY_COLUMN = itemgetter(GridCell._fields.index("col"))
_SURE = 0.98
_JOIN = 4
"""A label printed one fragment a line is put together from at most this many lines."""


class Piece(NamedTuple):
    """One printed cell, or one token of a stream. `row` and `col` count from 0 in its grid."""

    text: str
    parsed: Parsed
    row: int = 0
    col: int = 0
    colspan: int = 1
    box: Box | None = None
    doubt: str = ""
    made: bool = False
    """Not printed: stands for a cell that pasting or trimming has dropped."""
    readings: tuple[str, ...] = ()
    """As in `model.GridCell`."""

    @property
    def is_blank(self) -> bool:
        """Nothing printed."""
        return self.parsed.state == "blank"

    @property
    def is_text(self) -> bool:
        """Neither number, dash nor blank, nor what a reader took for one."""
        return self.parsed.state == "text" and not self.readings

    def overlaps(self, other: Piece) -> bool:
        """Whether the two share a printed column."""
        return self.col < other.col + other.colspan and other.col < self.col + self.colspan


@dataclass(slots=True)
class Line:
    """One printed row. `geometry`, `blanks`: as in `model.Grid`; a stream has neither columns.

    What follows from the pieces and matches is worked out once: a changed line is another line (`replace`).
    """

    block: int
    pieces: list[Piece]
    geometry: bool = False
    blanks: bool = True
    stream: bool = False
    inferred: bool = False
    """No ruling holds the values: columns were guessed from white space on a page."""
    above: list[Piece] = field(default_factory=list)
    grid_number: int = 0
    source_line: int | None = None
    grid_shape: tuple[int, int] = (0, 0)
    """Rows and columns of the grid."""
    bounds: tuple[int, int] | None = None
    """Of one part of a printed row that holds two rows side by side: its columns (from, to)."""
    matches: list[tuple[Match, ...]] = field(default_factory=list)
    """For each piece, what it could be (empty for values)."""

    texts: list[Piece] = field(init=False, repr=False, compare=False)
    """The pieces that print text."""
    words: list[tuple[int, Piece]] = field(init=False, repr=False, compare=False)
    """The pieces that print words, each with its place in the line, whatever a reader took them for."""
    named: list[tuple[int, Piece, tuple[Match, ...]]] = field(init=False, repr=False, compare=False)
    """The pieces that could be labels, each with its place in the line and what it could be."""
    values: list[Piece] = field(init=False, repr=False, compare=False)
    """What stands behind the last text."""
    is_blank: bool = field(init=False, repr=False, compare=False)
    """Whether nothing is printed behind the last text."""
    has_number: bool = field(init=False, repr=False, compare=False)
    """Whether any piece is a number."""

    def __post_init__(self) -> None:
        states = [p.parsed.state for p in self.pieces]
        self.has_number = "number" in states
        self.words = (
            [(i, self.pieces[i]) for i, state in enumerate(states) if state == "text"] if "text" in states else []
        )
        printed = [(i, p) for i, p in self.words if not p.readings]
        self.texts = [p for _, p in printed]
        behind = printed[-1][0] + 1 if printed else 0
        self.values = self.pieces[behind:]
        self.is_blank = states[behind:].count("blank") == len(self.values)
        self.named = [(i, self.pieces[i], found) for i, found in enumerate(self.matches) if found]

    @property
    def text(self) -> str:
        """The printed cells, parted by bars."""
        return " | ".join(p.text.strip() for p in self.pieces)

    def place(self, piece: Piece | None = None) -> str:
        """Where the line, or one piece of it, stands in the source."""
        if piece is not None and piece.box is not None:
            return f"page {piece.box.page}, table {self.grid_number}, row {piece.row + 1}, column {piece.col + 1}"
        if self.grid_number and not self.stream:
            piece = piece or self.pieces[0]
            return f"table {self.grid_number}, row {piece.row + 1}, column {piece.col + 1}"
        return f"line {self.source_line}" if self.source_line else f"block {self.block + 1}"


def _piece(cell: GridCell) -> Piece:
    row, col, text, _, colspan, box, doubt, readings = cell
    return _new(Piece, (text, parse(text), row, col, colspan, box, doubt, False, readings))


def _grid_lines(grid: Grid, block: int, number: int, vocabulary: Vocabulary) -> Iterator[Line]:
    rows: dict[int, list[GridCell]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, []).append(cell)
    spanning = [(c, _piece(c)) for c in grid.cells if c.rowspan > 1]
    shape = (len(rows), max((c.col + c.colspan for c in grid.cells), default=0))
    inferred = grid.page is not None and not grid.geometry
    for row in sorted(rows):
        above = [piece for c, piece in spanning if c.row < row < c.row + c.rowspan]
        printed = [_piece(c) for c in sorted(rows[row], key=_BY_COLUMN)]
        pieces = _split_cells(printed, vocabulary)
        yield Line(
            block,
            pieces,
            grid.geometry and len(pieces) == len(printed),
            grid.blanks and not inferred,
            inferred=inferred,
            above=above,
            grid_number=number,
            grid_shape=shape,
            matches=matches_of(pieces, vocabulary),
        )


def matches_of(pieces: Sequence[Piece], vocabulary: Vocabulary) -> list[tuple[Match, ...]]:
    """For each piece, what it could be."""
    return [vocabulary.match(p.text) if p.is_text else () for p in pieces]


def _is_column_of_cells(grid: Grid) -> bool:
    return len(grid.cells) > 1 and all(c.col == 0 for c in grid.cells)


@dataclass(frozen=True, slots=True)
class _Token:
    block: int
    piece: Piece
    blanks: bool
    grid_number: int
    source_line: int | None


def _tokens(block: int, item: Paragraph | Grid, number: int, vocabulary: Vocabulary) -> Iterator[_Token]:
    if isinstance(item, Grid):
        for cell in item.cells:
            yield _Token(block, _piece(cell), True, number, None)
        return
    texts = [item.text]
    split = _LABEL_AND_VALUES.fullmatch(item.text.strip()) if len(item.text) <= 80 else None
    if split and vocabulary.match(split["label"]):
        texts = [split["label"], *split["values"].split()]
    for text in texts:
        yield _Token(block, Piece(text, parse(text), box=item.box), False, 0, item.line)


def _stream_lines(tokens: Sequence[_Token], vocabulary: Vocabulary) -> Iterator[Line]:
    """Cut a run of tokens into lines: a label, put together from fragments, and what follows it."""
    at = 0
    while at < len(tokens):
        first, start = tokens[at], tokens[at].piece
        taken = 1
        if start.is_text:
            taken, start = _longest_label(tokens, at, vocabulary)
        end = at = at + taken
        while end < len(tokens) and not tokens[end].piece.is_text:
            end += 1
        pieces = [start, *(token.piece for token in tokens[at:end])]
        yield Line(
            first.block,
            pieces,
            blanks=first.blanks and all(token.blanks for token in tokens[at:end]),
            stream=True,
            inferred=first.piece.box is not None,
            grid_number=first.grid_number,
            source_line=first.source_line,
            matches=matches_of(pieces, vocabulary),
        )
        at = end


def _longest_label(tokens: Sequence[_Token], at: int, vocabulary: Vocabulary) -> tuple[int, Piece]:
    first = tokens[at].piece
    best_score, best = (vocabulary.match(first.text) or (None,))[0], (1, first)
    score = best_score.score if best_score else 0.0
    text = first.text
    for taken in range(2, _JOIN + 1):
        if at + taken > len(tokens) or not tokens[at + taken - 1].piece.is_text or len(text) > 60:
            break
        text += tokens[at + taken - 1].piece.text
        found = vocabulary.match(text)
        if found and found[0].score >= max(score, 0.75):
            score, best = found[0].score, (taken, first._replace(text=text, parsed=parse(text)))
    return best


@lru_cache(maxsize=16384)
def _label_and_number(text: str) -> tuple[str, str] | None:
    """The label and the number that one text prints together."""
    split = _LABEL_AND_VALUE.fullmatch(text.strip()) if len(text) <= 80 else None
    return (split["label"], split["value"]) if split and parse(split["value"]).state == "number" else None


def _split_cells(pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    """Cells that print label and number together (某事项：12件) become two pieces."""
    out: list[Piece] = []
    for piece in pieces:
        split = _label_and_number(piece.text) if piece.is_text else None
        if split:
            label, value = split
            best = max((m.score for m in vocabulary.match(label) if m.kind in ("row", "column")), default=0.0)
            whole = max((m.score for m in vocabulary.match(piece.text)), default=0.0)
            if best >= _SURE > whole:
                out.append(piece._replace(text=label, parsed=parse(label)))
                out.append(piece._replace(text=value, parsed=parse(value)))
                continue
        out.append(piece)
    return out


def _halves(line: Line) -> Iterator[Line]:
    """A printed row that holds two rows of one table side by side, as two lines."""
    starts: list[tuple[int, str]] = []
    if line.stream or len(line.named) < 2:
        yield line
        return
    for i, _, matches in line.named:
        sure = [m for m in matches if m.kind == "row" and m.score >= _SURE]
        followed = sure and i + 1 < len(line.pieces) and not line.pieces[i + 1].is_text
        if sure and followed and not any(m.kind in ("group", "column") for m in matches):
            starts.append((i, sure[0].table))
    if len(starts) < 2 or len({table for _, table in starts}) > 1:
        yield line
        return
    edges = [0, *(i for i, _ in starts[1:]), len(line.pieces)]
    columns = [0, *(line.pieces[i].col for i, _ in starts[1:]), 10**6]
    for (a, b), bounds in zip(pairwise(edges), pairwise(columns), strict=True):
        yield replace(line, pieces=line.pieces[a:b], matches=line.matches[a:b], bounds=bounds)


def lines(document: Document, vocabulary: Vocabulary) -> list[Line]:
    """All lines of a document in reading order, with what each text piece could be."""
    found: list[Line] = []
    run: list[_Token] = []
    number = 0
    for index, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            number += 1
        if isinstance(block, Grid) and not _is_column_of_cells(block):
            found += _stream_lines(run, vocabulary)
            run = []
            found += _grid_lines(block, index, number, vocabulary)
        else:
            run += _tokens(index, block, number, vocabulary)
    found += _stream_lines(run, vocabulary)
    return [half for line in found for half in _halves(line)]
