"""Tables that draw no columns: numbers that stand below one another, and labels beside them.

A stretch of a page with rows of numbers is cut into blocks (one a cell) and these into sections,
each a header with the rows below it. A section becomes a grid only where every block found its
place without contradiction; else its lines stay where they were, outside every table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from govdisclose.model import Grid
from govdisclose.readers.pdf.blocks import Pitch, blocks, line_pitch
from govdisclose.readers.pdf.pages import Page, Tables
from govdisclose.readers.pdf.pieces import Piece, pieces
from govdisclose.readers.pdf.prose import is_page_number
from govdisclose.readers.pdf.section_grid import section_grid
from govdisclose.readers.pdf.sections import sections
from govdisclose.readers.pdf.spans import NEAR, Column
from govdisclose.readers.pdf.text import Line, Rectangle

MAX_PIECES = 2_000
"""Texts of one table on a page; a statutory table prints some 300."""
_SEED = 3
"""A line with as many pieces is a row of a table."""
_FAR = 3.2
"""Lines of a table are no further apart than this, in em."""
_BESIDE = 0.6
"""Cells of a row stand this far apart, in em, where they are told from loosely set running text."""
_ALONE = 1.5
"""A page number stands this far from the next line, in em."""
_APART = 1.0
"""A number stands this far from its label, in em, at least."""
_PROSE = 0.5
"""One piece of text over more than this share of the page's width is running text."""

_ROW = 0.6
"""A row left blank is this high, in em, at least."""
_SAME_SIZE = 0.05
_MARGIN = 0.12
"""Running heads and feet stand in this share of the page's height, above and below."""
_HEADS = 2

_Row = tuple[Line, tuple[Piece, ...]]


def text_grids(pages: Sequence[Page], found: Mapping[int, Tables]) -> dict[int, Tables]:
    """The tables of each page with those that its drawing does not hold.

    Parameters
    ----------
    pages : sequence of Page
    found : mapping of int to Tables
        By page number, those that were found already; only the lines outside are looked at.
    """
    searched: list[tuple[Page, list[_Row], list[Rectangle], list[list[_Row]]]] = []
    for page in pages:
        outside = () if page.is_too_complex else found[page.number].outside
        goes_on = any(regions for *_, regions in searched[-_HEADS:])
        rows = _rows(page, outside) if goes_on or any(_is_gapped(line) for line in outside) else []
        marks = _marks(page) if rows else []
        level = [box for box in page.rulings if box[2] - box[0] > box[3] - box[1]] if rows else []
        found_here = [
            [row for row in region if not _is_outside(row, level)] for region in _regions(rows, page.text.view.size[0])
        ]
        regions = [_with_labels(region) for region in found_here if _is_table(region, rows, page)]
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
        after = searched[i + 1][1][: _HEADS + 1] if i + 1 < len(searched) else []
        made[page.number], before = _with_grids(page, found[page.number], rows, after, regions, marks, pitch, before)
    return made


@dataclass(frozen=True)
class _Before:
    """The table that the page before ends with: its columns, the size of its type, and where its labels stand."""

    columns: tuple[Column, ...] = ()
    size: float = 0.0
    places: tuple[tuple[float, float], ...] = ()
    """Left edge and middle of each line of a label."""

    def goes_on(self, row: _Row) -> bool:
        """Whether all of a line stands where labels or numbers of the table do."""
        return all(self._has_value(p) if p.x1 > self.columns[0].x0 else self._has_label(p) for p in row[1])

    def _has_value(self, piece: Piece) -> bool:
        return piece.is_value and sum(column.x0 < piece.x1 and piece.x0 < column.x1 for column in self.columns) == 1

    def _has_label(self, piece: Piece) -> bool:
        if piece.is_value or abs(piece.size - self.size) > _SAME_SIZE * self.size:
            return False
        return any(min(abs(piece.x0 - x0), abs(piece.x0 + piece.x1 - 2 * mid) / 2) < NEAR for x0, mid in self.places)


_NOTHING = _Before()


def _with_grids(
    page: Page,
    tables: Tables,
    rows: Sequence[_Row],
    after: Sequence[_Row],
    regions: Sequence[Sequence[_Row]],
    marks: Sequence[Rectangle],
    pitch: Pitch | None,
    before: _Before,
) -> tuple[Tables, _Before]:
    """A page's tables, and the one that it ends with; `before`: that of the page before, `after`: lines of the next."""
    first = _continued(rows, regions, before) if before.columns else []
    if not first and not regions:
        is_empty = len(rows) <= 2 * _HEADS and all(_is_head(line, page) for line, _ in rows)
        return tables, before if is_empty else _NOTHING
    made: list[tuple[Rectangle, Grid]] = []
    used: list[set[int]] = []
    last = _NOTHING
    for region in [first, *regions] if first else regions:
        begins = not made and (region is first or _begins_page(region[0], rows, page))
        last = before if begins else _NOTHING
        parts = [piece for _, found in region for piece in found]
        beyond = last.columns[0].x0 if last.columns else None
        found = list(sections(blocks(parts, marks, pitch), beyond))
        for section in found:
            closed = section is found[-1] and _is_closed(region, rows, after, marks, page)
            answer = section_grid(section, page.text.view, last.columns, page.rulings, closed)
            if answer is None:
                last = _NOTHING
                continue
            grid, frame, columns = answer
            made.append((frame, grid))
            places = {(p.x0, (p.x0 + p.x1) / 2) for block in section.labels for p in block.pieces}
            known = () if section.heads else last.places
            last = _Before(columns, _type_size(region), (*known, *places))
            texts = {id(piece) for block in section.blocks for piece in block.pieces}
            used.append({id(line) for line, own in region if all(id(piece) in texts for piece in own)})
    lines = {id(line): line for line in tables.outside}
    if any(_holds(frame, lines[n]) for (frame, _), own in zip(made, used, strict=True) for n in lines.keys() - own):
        return tables, _NOTHING  # a line found no place: nothing here is certain
    left = [line for line in tables.outside if not any(id(line) in own for own in used)]
    if not made:
        return tables, _NOTHING
    placed = sorted([*tables.placed, *made], key=lambda entry: (entry[0][1], entry[0][0]))
    below = [line for line, _ in rows if line.box[1] > made[-1][0][3]]
    ends = len(below) <= _HEADS and all(_is_head(line, page) for line in below)
    found_here = replace(tables, rungs=(*tables.rungs, "text-grid"), placed=tuple(placed), outside=tuple(left))
    return found_here, last if ends else _NOTHING


def _is_head(line: Line, page: Page) -> bool:
    """Whether a line stands where running heads and feet do."""
    height = page.text.view.size[1]
    return line.box[3] < _MARGIN * height or line.box[1] > (1 - _MARGIN) * height


def _continued(rows: Sequence[_Row], regions: Sequence[Sequence[_Row]], before: _Before) -> list[_Row]:
    """The lines that a page begins with where they are of the table before, and none looks like a row by itself.

    What goes on at their distance in the same type is running text.
    """
    taken = {id(line) for region in regions for line, _ in region}
    start = next((i for i, row in enumerate(rows[: _HEADS + 1]) if before.goes_on(row)), len(rows))
    found: list[_Row] = []
    for row in rows[start:]:
        if found and row[1][0].mid - found[-1][1][0].mid > _FAR * before.size:
            break
        if id(row[0]) in taken or not before.goes_on(row):
            goes_on = abs(row[1][0].size - before.size) < _SAME_SIZE * before.size
            return [] if goes_on else found
        found.append(row)
    return found


def _is_closed(
    region: Sequence[_Row], rows: Sequence[_Row], after: Sequence[_Row], marks: Sequence[Rectangle], page: Page
) -> bool:
    """Whether what follows is not a number and tells that a table ends, or else a line drawn below another does."""
    index = next(i for i, row in enumerate(rows) if row[0] is region[-1][0])
    below = [row for row in rows[index + 1 : index + 2 + _HEADS] if not _is_head(row[0], page)]
    if any(piece.is_value for _, own in below or after for piece in own):
        return False
    last = region[-1][1][0]
    drawn = sorted(mark[1] for mark in marks if mark[1] > last.mid)
    return bool(below) or any(b - a > _ROW * last.size for a, b in pairwise(drawn))


def _holds(frame: Rectangle, line: Line) -> bool:
    """Whether the middle of a line stands in a frame."""
    x0, y0, x1, y1 = line.box
    return frame[0] < (x0 + x1) / 2 < frame[2] and frame[1] < (y0 + y1) / 2 < frame[3]


def _rows(page: Page, outside: Sequence[Line]) -> list[_Row]:
    """Lines from the top with their pieces; turned ones and page numbers are none."""
    found = [line for line in outside if line.chars[0].angle == 0]
    found = [line for line in found if not _is_page_number(line, found)]
    # Text objects are numbered anew as they are printed; what prints only blanks is of the one before.
    inked = {char.run for line in page.lines for char in line.chars}
    numbers = dict(zip(page.drawing.order, accumulate(run in inked for run in page.drawing.order), strict=True))
    spaces = [
        char._replace(run=numbers.get(char.run, 0))
        for char in page.text.chars
        if char.text.isspace() and char.angle == 0
    ]
    numbered = [
        line._replace(chars=tuple(char._replace(run=numbers.get(char.run, 0)) for char in line.chars)) for line in found
    ]
    return [(line, tuple(own)) for line, own in zip(found, pieces(numbered, spaces), strict=True)]


def _is_page_number(line: Line, found: Sequence[Line]) -> bool:
    """Whether an outermost line with none near it says no more than a number."""
    if line not in (found[0], found[-1]) or not is_page_number(line.text):
        return False
    apart = (abs(line.chars[0].base - other.chars[0].base) for other in found if other is not line)
    return min(apart, default=_FAR * line.size) > _ALONE * line.size


def _is_gapped(line: Line) -> bool:
    return " " in line.text and any(b[1] - a[3] > _BESIDE * b[6] for a, b in pairwise(line.chars))


def _begins_page(row: _Row, rows: Sequence[_Row], page: Page) -> bool:
    """Whether nothing but a running head stands above a line."""
    above = [other for other in rows if other[0].box[3] <= row[0].box[1]]
    return len(above) <= _HEADS and all(line.box[3] < _MARGIN * page.text.view.size[1] for line, _ in above)


def _is_row(row: _Row) -> bool:
    """Whether a line holds numbers apart from a label, or several cells that are all numbers or all labels."""
    _, found = row
    values = [piece.is_value for piece in found]
    cells = 1 + sum(b.x0 - a.x1 > _BESIDE * b.size for a, b in pairwise(found))
    if not any(values):
        return cells >= _SEED
    first = values.index(True)
    if not all(values[first:]):  # running text goes on after a number
        return False
    if cells >= _SEED:
        return True
    return first > 0 and found[first].x0 - found[first - 1].x1 > _APART * found[0].size


def _regions(rows: Sequence[_Row], width: float) -> Iterator[list[_Row]]:
    """Stretches of lines that may be tables."""
    index = behind = 0
    while index < len(rows):
        if not _is_row(rows[index]):
            index += 1
            continue
        start = end = index
        size = _type_size(rows[behind : index + 1])
        while start > behind and _goes_with(rows[start - 1], rows[start], size, width):
            start -= 1
        while end + 1 < len(rows) and _goes_with(rows[end + 1], rows[end], size, width):
            end += 1
        region = list(rows[start : end + 1])
        yield region
        index = behind = end + 1


def _is_table(region: Sequence[_Row], rows: Sequence[_Row], page: Page) -> bool:
    """Whether a stretch has a row of several numbers, two rows of cells, or one with numbers at a page's top."""
    seeds = [row for row in region if _is_row(row)]
    if sum(len(own) for _, own in region) > MAX_PIECES:
        return False
    if len(seeds) > 1 or sum(piece.is_value for piece in seeds[0][1]) >= _SEED or len(seeds[0][1]) >= 2 * _SEED:
        return True
    if any(all(piece.is_value for piece in own) for _, own in region):  # under a header
        return True
    if not any(char.text.isdecimal() for char in seeds[0][0].chars):
        labels = [own for line, own in region if line.box[1] > seeds[0][0].box[3] and len(own) == 1]
        if sum(own[0].x1 < seeds[0][1][1].x0 for own in labels) > 1:
            return True  # labels below a header, and not a number
    return any(piece.is_value for piece in seeds[0][1]) and _begins_page(region[0], rows, page)


def _with_labels(region: Sequence[_Row]) -> list[_Row]:
    """A stretch of lines in which words left of all numbers are parts of labels, whatever they mean elsewhere."""
    edge = min((p.x0 for _, own in region for p in own if p.is_value and not p.text[0].isalpha()), default=0.0)

    def is_part(piece: Piece, own: Sequence[Piece]) -> bool:
        if not (piece.is_value and piece.text[0].isalpha() and piece.x1 < edge):
            return False
        index = own.index(piece)
        values = [other.is_value for other in own[index:]]
        return not all(values) or len(values) < (2 if index else _SEED)  # in the first column of numbers

    return [(line, tuple(replace(p, label=True) if is_part(p, own) else p for p in own)) for line, own in region]


def _type_size(rows: Sequence[_Row]) -> float:
    """The size of the text in the last line that has any."""
    for _, found in reversed(rows):
        for piece in found:
            if not piece.is_value:
                return piece.size
    return 0.0


def _goes_with(row: _Row, neighbour: _Row, size: float, width: float) -> bool:
    """Whether a line next to one of a table is of the table as well."""
    _, found = row
    mine, other = found[0], neighbour[1][0]
    if abs(mine.mid - other.mid) > _FAR * max(mine.size, other.size):
        return False
    if _is_row(row):
        return True
    if size and abs(mine.size - size) > _SAME_SIZE * size and not all(piece.is_value for piece in found):
        return False
    return len(found) > 1 or mine.x1 - mine.x0 < _PROSE * width


def _marks(page: Page) -> list[Rectangle]:
    """Level lines that part rows: rulings, and the upper and lower edges of shades."""
    level = [box for box in page.rulings if box[2] - box[0] > box[3] - box[1]]
    width, height = page.text.view.size
    for x0, y0, x1, y1 in page.areas:
        if y1 - y0 < height / 2 and x1 - x0 < 0.98 * width:
            level += [(x0, y0, x1, y0), (x0, y1, x1, y1)]
    return level


def _is_outside(row: _Row, level: Sequence[Rectangle]) -> bool:
    """Whether rulings are drawn around the table, and this line is beyond them."""
    mid = row[1][0].mid
    if len(level) < 3 or _is_row(row):
        return False
    return mid < min(box[1] for box in level) or mid > max(box[3] for box in level)
