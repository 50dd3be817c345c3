"""Tables that draw no columns: numbers that stand below one another, and labels beside them.

A stretch of a page with rows of numbers is cut into blocks (one a cell) and these into sections,
each a header with the rows below it. A section becomes a grid only where every block found its
place without contradiction; else its lines stay where they were, outside every table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from govdisclose.model import Grid
from govdisclose.readers.pdf.blocks import Piece, blocks, line_pitch, pieces
from govdisclose.readers.pdf.pages import Page, Tables
from govdisclose.readers.pdf.prose import is_page_number
from govdisclose.readers.pdf.section_grid import section_grid
from govdisclose.readers.pdf.sections import sections
from govdisclose.readers.pdf.spans import Column
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
    searched = []
    for page in pages:
        rows = [] if page.is_too_complex else _rows(page, found[page.number].outside)
        marks = _marks(page) if rows else []
        level = [box for box in page.rulings if box[2] - box[0] > box[3] - box[1]] if rows else []
        found_here = [
            [row for row in region if not _is_outside(row, level)] for region in _regions(rows, page.text.view.size[0])
        ]
        regions = [_with_labels(region) for region in found_here if _is_table(region, rows, page)]
        searched.append((page, rows, marks, regions))
    pitches = [
        line_pitch([piece for _, own in region for piece in own], marks)
        for _, _, marks, regions in searched
        for region in regions
    ]
    pitch = min((pitch for pitch in pitches if pitch is not None), default=None)
    made = {}
    columns: tuple[Column, ...] = ()
    for page, rows, marks, regions in searched:
        made[page.number], columns = _with_grids(page, found[page.number], rows, regions, marks, pitch, columns)
    return made


def _with_grids(
    page: Page,
    tables: Tables,
    rows: Sequence[_Row],
    regions: Sequence[Sequence[_Row]],
    marks: Sequence[Rectangle],
    pitch: float | None,
    before: tuple[Column, ...],
) -> tuple[Tables, tuple[Column, ...]]:
    """A page's tables, and the columns of the one that it ends with; `before`: those of the page before."""
    made: list[tuple[Rectangle, Grid]] = []
    used: set[int] = set()
    columns: tuple[Column, ...] = ()
    for region in regions:
        columns = before if not made and _begins_page(region[0], rows, page) else ()
        parts = [piece for _, found in region for piece in found]
        for section in sections(blocks(parts, marks, pitch)):
            answer = section_grid(section, page.text.view, columns, page.rulings)
            if answer is None:
                columns = ()
                continue
            grid, frame, columns = answer
            made.append((frame, grid))
            texts = {id(piece) for block in section.blocks for piece in block.pieces}
            used |= {id(line) for line, own in region if all(id(piece) in texts for piece in own)}
    left = [line for line in tables.outside if id(line) not in used]
    if any(_holds(frame, line) for frame, _ in made for line in left):
        return tables, ()  # a line found no place: nothing here is certain
    if not made:
        return tables, ()
    placed = sorted([*tables.placed, *made], key=lambda entry: (entry[0][1], entry[0][0]))
    foot = (1 - _MARGIN) * page.text.view.size[1]
    below = [line for line, _ in rows if line.box[1] > made[-1][0][3]]
    ends = len(below) <= _HEADS and all(line.box[1] > foot for line in below)
    found = replace(tables, rungs=(*tables.rungs, "text-grid"), placed=tuple(placed), outside=tuple(left))
    return found, columns if ends else ()


def _holds(frame: Rectangle, line: Line) -> bool:
    """Whether the middle of a line stands in a frame."""
    x0, y0, x1, y1 = line.box
    return frame[0] < (x0 + x1) / 2 < frame[2] and frame[1] < (y0 + y1) / 2 < frame[3]


def _rows(page: Page, outside: Sequence[Line]) -> list[_Row]:
    """Lines from the top with their pieces, where any line has gaps; turned ones and page numbers are none."""
    if not any(_is_gapped(line) for line in outside):
        return []
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
        replace(line, chars=tuple(char._replace(run=numbers.get(char.run, 0)) for char in line.chars)) for line in found
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
    if len(seeds) > 1 or sum(piece.is_value for piece in seeds[0][1]) >= _SEED:
        return True
    if any(all(piece.is_value for piece in own) for _, own in region):  # under a header
        return True
    return any(piece.is_value for piece in seeds[0][1]) and _begins_page(region[0], rows, page)


def _with_labels(region: Sequence[_Row]) -> list[_Row]:
    """A stretch of lines in which words left of all numbers are parts of labels, whatever they mean elsewhere."""
    edge = min((p.x0 for _, own in region for p in own if p.is_value and not p.text[0].isalpha()), default=0.0)
    return [
        (line, tuple(replace(p, label=True) if p.is_value and p.text[0].isalpha() and p.x1 < edge else p for p in own))
        for line, own in region
    ]


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
    if size and abs(mine.size - size) > 0.05 * size:
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
