"""Tables that draw no columns: numbers that stand below one another, and labels beside them.

A stretch of a page with rows of numbers is cut into blocks (one a cell) and these into sections,
each a header with the rows below it. A section becomes a grid only where every block found its
place without contradiction; else its lines stay where they were, outside every table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from govdisclose.model import Grid
from govdisclose.readers.pdf.blocks import Block, Pitch, blocks, line_pitch
from govdisclose.readers.pdf.pages import Page, Tables
from govdisclose.readers.pdf.pieces import Piece
from govdisclose.readers.pdf.section_grid import section_grid
from govdisclose.readers.pdf.sections import Section, sections
from govdisclose.readers.pdf.spans import NEAR, Column
from govdisclose.readers.pdf.stretches import (
    FAR,
    HEADS,
    PROSE,
    SAME_SIZE,
    CutLine,
    begins_page,
    closed_up,
    far_apart,
    is_gapped,
    is_head,
    is_table,
    marks_of,
    regions_of,
    rows_of,
    running_of,
    type_size,
    with_labels,
    without_outside,
)
from govdisclose.readers.pdf.text import Line, Rectangle

_ROW = 0.6
"""A row left blank is this high, in em, at least."""


def text_grids(pages: Sequence[Page], found: Mapping[int, Tables]) -> dict[int, Tables]:
    """The tables of each page with those that its drawing does not hold.

    Parameters
    ----------
    pages : sequence of Page
    found : mapping of int to Tables
        By page number, those that were found already; only the lines outside are looked at.
    """
    searched: list[tuple[Page, list[CutLine], list[Rectangle], list[list[CutLine]]]] = []
    running: set[int] | None = None
    far = FAR
    for page in pages:
        outside = () if page.is_too_complex else found[page.number].outside
        goes_on = any(regions for *_, regions in searched[-HEADS:])
        rows: list[CutLine] = []
        if goes_on or any(is_gapped(line) for line in outside):
            running = running_of(pages, found) if running is None else running
            rows = rows_of(page, [line for line in outside if id(line) not in running])
        marks = marks_of(page) if rows else []
        level = [box for box in page.rulings if box[2] - box[0] > box[3] - box[1]] if rows else []
        far = max(far, far_apart(rows))
        found_here = [without_outside(region, level) for region in regions_of(rows, page.text.view.size[0], far)]
        regions = [with_labels(region) for region in found_here if is_table(region, rows, page)]
        searched.append((page, rows, marks, regions))
    pitch = line_pitch(
        [
            ([piece for _, own in region for piece in own], marks)
            for *_, marks, regions in searched
            for region in regions
        ]
    )
    made = {}
    before = _NOTHING
    for i, (page, rows, marks, regions) in enumerate(searched):
        after = searched[i + 1][1][: HEADS + 1] if i + 1 < len(searched) else []
        made[page.number], last = _with_grids(page, found[page.number], rows, after, regions, marks, pitch, before)
        before = last if last.columns else replace(last, tail=_tail(rows, regions, page))
    return made


@dataclass(frozen=True)
class _Before:
    """The table that the page before ends with: its columns, the size of its type, and where its labels stand."""

    columns: tuple[Column, ...] = ()
    size: float = 0.0
    places: tuple[tuple[float, float], ...] = ()
    """Left edge and middle of each line of a label."""

    tail: tuple[Piece, ...] = ()
    """Texts that the page before ends with, outside its tables: of a header, where a table begins there."""

    def goes_on(self, row: CutLine) -> bool:
        """Whether all of a line stands where labels or numbers of the table do."""
        return all(self._has_value(p) if p.x1 > self.columns[0].x0 else self._has_label(p) for p in row[1])

    def holds(self, row: CutLine) -> bool:
        """Whether all of a line stands where labels may: a group may begin further right than those before."""
        left = min((x0 for x0, _ in self.places), default=self.columns[0].x0)
        return all(
            not p.is_value
            and abs(p.size - self.size) < SAME_SIZE * self.size
            and left - NEAR < p.x0
            and p.x1 < self.columns[0].x0
            for p in row[1]
        )

    def as_label(self, piece: Piece) -> Piece:
        """A word that may mean none, as part of a label where it stands among those."""
        among = piece.is_value and piece.text[0].isalpha() and piece.x1 < self.columns[0].x0
        return replace(piece, label=True) if among else piece

    def _has_value(self, piece: Piece) -> bool:
        return piece.is_value and sum(column.x0 < piece.x1 and piece.x0 < column.x1 for column in self.columns) == 1

    def _has_label(self, piece: Piece) -> bool:
        if piece.is_value or abs(piece.size - self.size) > SAME_SIZE * self.size:
            return False
        return any(min(abs(piece.x0 - x0), abs(piece.x0 + piece.x1 - 2 * mid) / 2) < NEAR for x0, mid in self.places)


_NOTHING = _Before()


def _with_grids(
    page: Page,
    tables: Tables,
    rows: Sequence[CutLine],
    after: Sequence[CutLine],
    regions: Sequence[Sequence[CutLine]],
    marks: Sequence[Rectangle],
    pitch: Pitch | None,
    before: _Before,
) -> tuple[Tables, _Before]:
    """A page's tables, and the one that it ends with; `before`: that of the page before, `after`: lines of the next."""
    first = _continued(rows, regions, before) if before.columns else []
    if not first and not regions:
        is_empty = len(rows) <= 2 * HEADS and all(is_head(line, page) for line, _ in rows)
        return tables, before if is_empty else _NOTHING
    made: list[tuple[Rectangle, Grid]] = []
    used: list[set[int]] = []
    last = _NOTHING
    for region in [first, *regions] if first else regions:
        begins = not made and (region is first or begins_page(region[0], rows, page))
        last = before if begins else _NOTHING
        closed = _is_closed(region, rows, after, marks, page)
        answer = _best(region, marks, pitch, last, before.tail if begins else (), closed, page)
        made += answer.made
        used += answer.used
        last = answer.last
    lines = {id(line): line for line in tables.outside}
    if any(_holds(frame, lines[n]) for (frame, _), own in zip(made, used, strict=True) for n in lines.keys() - own):
        return tables, _NOTHING  # a line found no place: nothing here is certain
    left = [line for line in tables.outside if not any(id(line) in own for own in used)]
    if not made:
        return tables, _NOTHING
    placed = sorted([*tables.placed, *made], key=lambda entry: (entry[0][1], entry[0][0]))
    below = [line for line, _ in rows if line.box[1] > made[-1][0][3]]
    ends = len(below) <= HEADS and all(is_head(line, page) for line in below)
    found_here = replace(tables, rungs=(*tables.rungs, "text-grid"), placed=tuple(placed), outside=tuple(left))
    return found_here, last if ends else _NOTHING


@dataclass(frozen=True)
class _Answer:
    """The grids of a stretch of lines with their frames, the lines of each, and what the next page may go on with."""

    made: tuple[tuple[Rectangle, Grid], ...]
    used: tuple[set[int], ...]
    last: _Before
    failed: int
    """Sections that became no grid, or one whose columns are not certain."""


def _best(
    region: Sequence[CutLine],
    marks: Sequence[Rectangle],
    pitch: Pitch | None,
    before: _Before,
    tail: Sequence[Piece],
    closed: bool,
    page: Page,
) -> _Answer:
    """The first way to see a stretch of lines that leaves the least uncertain."""
    best: _Answer | None = None
    for lines, found in _ways(region, marks, pitch, before, tail):
        answer = _answer(lines, found, before, closed, page)
        if best is None or answer.failed < best.failed:
            best = answer
        if not best.failed:
            break
    return best or _Answer((), (), _NOTHING, 0)


def _ways(
    region: Sequence[CutLine],
    marks: Sequence[Rectangle],
    pitch: Pitch | None,
    before: _Before,
    tail: Sequence[Piece],
) -> Iterator[tuple[Sequence[CutLine], list[Section]]]:
    """Ways to see a stretch of lines, the plainest first; each as its lines and their sections.

    Its header may begin on the page before; what is set a blank apart may be of one cell; numbers
    may be flush with the side of their cells that their headers are not.
    """
    beyond = before.columns[0].x0 if before.columns else None
    joined = closed_up(region)
    for lines in (region, joined) if joined else (region,):
        whole = blocks([piece for _, own in lines for piece in own], marks, pitch)
        for flush in (False, True):
            if tail and whole:
                yield lines, _with_header(whole, tail, pitch, flush)
            yield lines, list(sections(whole, beyond, flush))


def _with_header(whole: Sequence[Block], tail: Sequence[Piece], pitch: Pitch | None, flush: bool) -> list[Section]:
    """The sections of a page whose first header begins on the page before."""
    begin = min(block.top for block in whole)
    # Its last line stands well apart from what is here: no cell goes over both, as far as can be told.
    shift = begin - FAR * max(piece.size for piece in tail) - max(piece.mid for piece in tail)
    above = blocks([replace(piece, mid=piece.mid + shift) for piece in tail], (), pitch)
    return [replace(section, begin=begin) for section in sections([*above, *whole], None, flush)]


def _answer(region: Sequence[CutLine], found: Sequence[Section], before: _Before, closed: bool, page: Page) -> _Answer:
    """The grids of a stretch of lines under one way to see it."""
    made: list[tuple[Rectangle, Grid]] = []
    used: list[set[int]] = []
    last, failed = before, int(not found)
    for section in found:
        answer = section_grid(section, page.text.view, last.columns, page.rulings, closed and section is found[-1])
        if answer is None:
            last = _NOTHING
            failed += bool(section.heads or section.rows)
            continue
        grid, frame, columns = answer
        failed += not grid.geometry
        made.append((frame, grid))
        places = {(p.x0, (p.x0 + p.x1) / 2) for block in section.labels for p in block.pieces}
        known = () if section.heads else last.places
        last = _Before(columns, type_size(region), (*known, *places))
        texts = {id(piece) for block in section.blocks for piece in block.pieces}
        used.append({id(line) for line, own in region if all(id(piece) in texts for piece in own)})
    return _Answer(tuple(made), tuple(used), last, failed)


def _tail(rows: Sequence[CutLine], regions: Sequence[Sequence[CutLine]], page: Page) -> tuple[Piece, ...]:
    """The texts that a page ends with, outside its tables, in cells of one size of type."""
    taken = {id(line) for region in regions for line, _ in region}
    kept: list[CutLine] = []
    for row in reversed(rows):
        own = row[1]
        if not kept and is_head(row[0], page) and len(own) == 1:
            continue
        size = kept[-1][1][0].size if kept else own[0].size
        apart = kept[-1][1][0].mid - own[0].mid if kept else 0.0
        if id(row[0]) in taken or any(piece.is_value for piece in own) or apart > FAR * size:
            break
        is_prose = len(own) == 1 and own[0].x1 - own[0].x0 > PROSE * page.text.view.size[0]
        if is_prose or abs(own[0].size - size) > SAME_SIZE * size:
            break
        kept.append(row)
    return tuple(piece for _, own in kept for piece in own) if any(len(own) > 1 for _, own in kept) else ()


def _continued(rows: Sequence[CutLine], regions: Sequence[Sequence[CutLine]], before: _Before) -> list[CutLine]:
    """The lines that a page begins with where they are of the table before, and none looks like a row by itself.

    What goes on at their distance in the same type is running text.
    """
    taken = {id(line) for region in regions for line, _ in region}
    rows = [(line, tuple(before.as_label(piece) for piece in own)) for line, own in rows]
    start = next((i for i, row in enumerate(rows[: HEADS + 1]) if before.goes_on(row)), len(rows))
    if rows and before.holds(rows[0]):
        start = 0
    found: list[CutLine] = []
    for row in rows[start:]:
        if found and row[1][0].mid - found[-1][1][0].mid > FAR * before.size:
            break
        if id(row[0]) in taken or not (before.goes_on(row) or before.holds(row)):
            goes_on = abs(row[1][0].size - before.size) < SAME_SIZE * before.size
            return [] if goes_on else found
        found.append(row)
    return found


def _is_closed(
    region: Sequence[CutLine], rows: Sequence[CutLine], after: Sequence[CutLine], marks: Sequence[Rectangle], page: Page
) -> bool:
    """Whether what follows is not a number and tells that a table ends, or else a line drawn below another does."""
    index = next(i for i, row in enumerate(rows) if row[0] is region[-1][0])
    below = [row for row in rows[index + 1 : index + 2 + HEADS] if not is_head(row[0], page)]
    if any(piece.is_value for _, own in below or after for piece in own):
        return False
    last = region[-1][1][0]
    drawn = sorted(mark[1] for mark in marks if mark[1] > last.mid)
    return bool(below) or any(b - a > _ROW * last.size for a, b in pairwise(drawn))


def _holds(frame: Rectangle, line: Line) -> bool:
    """Whether the middle of a line stands in a frame."""
    x0, y0, x1, y1 = line.box
    return frame[0] < (x0 + x1) / 2 < frame[2] and frame[1] < (y0 + y1) / 2 < frame[3]
