"""Stretches of a page that may be tables without rulings: lines in pieces, from a row of cells up and down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from govdisclose.readers.pdf.blocks import ITEM
from govdisclose.readers.pdf.pages import Page, Tables
from govdisclose.readers.pdf.pieces import Piece, pieces
from govdisclose.readers.pdf.prose import is_page_number
from govdisclose.readers.pdf.running import running_lines
from govdisclose.readers.pdf.text import Line, Rectangle

MAX_PIECES = 2_000
"""Texts of one table on a page; a statutory table prints some 300."""
_SEED = 3
"""A line with as many pieces is a row of a table."""
FAR = 3.2
"""Lines of a table are no further apart than this, in em, unless its rows are."""
_FARTHEST = 7.0
_SPREAD = 1.3
"""Lines of a table set wide apart are no further apart than its rows, but for this factor."""
_BESIDE = 0.6
"""Cells of a row stand this far apart, in em, where they are told from loosely set running text."""
_ALONE = 1.5
"""A page number stands this far from the next line, in em."""
_APART = 1.0
"""A number stands this far from its label, in em, at least."""
PROSE = 0.5
"""One piece of text over more than this share of the page's width is running text."""
SAME_SIZE = 0.05
_BLANK = 0.6
"""A blank is at most so wide, in em, where it is none of Chinese type."""
_CLEARLY = 1.5
_EM = 0.12
"""A blank of a whole em is so wide but for this, in em: the boxes of characters differ a little from their widths."""
_MARGIN = 0.12
"""Running heads and feet stand in this share of the page's height, above and below."""
HEADS = 2

CutLine = tuple[Line, tuple[Piece, ...]]
"""A line, and its texts cell by cell."""


def rows_of(page: Page, outside: Sequence[Line]) -> list[CutLine]:
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


def running_of(pages: Sequence[Page], found: Mapping[int, Tables]) -> set[int]:
    """Running heads and feet of all pages."""
    upright = [[line for line in found[page.number].outside if line.chars[0].angle == 0] for page in pages]
    numbered = [[line for line in own if not _is_page_number(line, own)] for own in upright]
    return running_lines([(own, page.text.view.size[1]) for own, page in zip(numbered, pages, strict=True)])


def _is_page_number(line: Line, found: Sequence[Line]) -> bool:
    """Whether an outermost line with none near it says no more than a number."""
    if line not in (found[0], found[-1]) or not is_page_number(line.text):
        return False
    apart = (abs(line.chars[0].base - other.chars[0].base) for other in found if other is not line)
    return min(apart, default=FAR * line.size) > _ALONE * line.size


def is_gapped(line: Line) -> bool:
    return " " in line.text and any(b[1] - a[3] > _BESIDE * b[6] for a, b in pairwise(line.chars))


def begins_page(row: CutLine, rows: Sequence[CutLine], page: Page) -> bool:
    """Whether nothing but a running head stands above a line."""
    above = [other for other in rows if other[0].box[3] <= row[0].box[1]]
    return len(above) <= HEADS and all(line.box[3] < _MARGIN * page.text.view.size[1] for line, _ in above)


def is_head(line: Line, page: Page) -> bool:
    """Whether a line stands where running heads and feet do."""
    height = page.text.view.size[1]
    return line.box[3] < _MARGIN * height or line.box[1] > (1 - _MARGIN) * height


def _is_row(row: CutLine) -> bool:
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


def regions_of(rows: Sequence[CutLine], width: float, far: float) -> Iterator[list[CutLine]]:
    """Stretches of lines that may be tables; `far`: how far apart those of a table are at most, in em."""
    index = behind = 0
    while index < len(rows):
        if not _is_row(rows[index]):
            index += 1
            continue
        start = end = index
        # A line of numbers alone, small enough to be a line of its own, has its label on the next.
        size = type_size(rows[behind : index + 1]) or type_size(rows[index : index + 2])
        while start > behind and _goes_with(rows[start - 1], rows[start], size, width, far):
            start -= 1
        while end + 1 < len(rows) and _goes_with(rows[end + 1], rows[end], size, width, far):
            end += 1
        region = list(rows[start : end + 1])
        yield region
        index = behind = end + 1


def is_table(region: Sequence[CutLine], rows: Sequence[CutLine], page: Page) -> bool:
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
        below = sum(own[0].x1 < seeds[0][1][1].x0 for own in labels)
        # A header of several lines may have but one label below it before the page ends.
        several = sum(len(own) for _, own in region if len(own) > 1) > len(seeds[0][1]) > _SEED
        last = next((line for line, _ in reversed(rows) if not is_head(line, page)), None)
        if below > 1 or (below and several and region[-1][0] is last):
            return True  # labels below a header, and not a number
    return any(piece.is_value for piece in seeds[0][1]) and begins_page(region[0], rows, page)


def with_labels(region: Sequence[CutLine]) -> list[CutLine]:
    """A stretch of lines in which words left of all numbers are parts of labels, whatever they mean elsewhere."""
    edge = min((p.x0 for _, own in region for p in own if p.is_value and not p.text[0].isalpha()), default=0.0)

    def is_part(piece: Piece, own: Sequence[Piece]) -> bool:
        if not (piece.is_value and piece.text[0].isalpha() and piece.x1 < edge):
            return False
        index = own.index(piece)
        values = [other.is_value for other in own[index:]]
        return not all(values) or len(values) < (2 if index else _SEED)  # in the first column of numbers

    return [(line, tuple(replace(p, label=True) if is_part(p, own) else p for p in own)) for line, own in region]


def closed_up(region: Sequence[CutLine]) -> list[CutLine]:
    """The lines with labels joined that were printed in one go but for the gap of a blank; none where there is none.

    Some programs print a blank as nothing at all. It may be the gap between two cells, too.
    """
    made = [(line, _closed_up(own)) for line, own in region]
    return made if any(len(a[1]) != len(b[1]) for a, b in zip(made, region, strict=True)) else []


def _closed_up(own: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The texts of a line, those joined that are a blank apart; as they are unless the others are clearly further."""
    parts: list[Piece] = []
    joined, apart = 0.0, 1.0e9
    for piece in own:
        last = parts[-1] if parts else None
        gap = piece.x0 - last.x1 if last else 1.0e9
        if last is not None and _goes_on(last, piece):
            parts[-1] = replace(last, text=f"{last.text} {piece.text}", x1=piece.x1, chars=last.chars + piece.chars)
            joined = max(joined, gap)
        else:
            parts.append(piece)
            apart = min(apart, gap)
    certain = 2 * len(parts) >= len(own) and apart > _CLEARLY * joined
    return tuple(parts) if certain else own


def _goes_on(last: Piece, piece: Piece) -> bool:
    """Whether two texts are a blank apart and printed one after the other, and none begins a cell."""
    follows = piece.chars[0].run - last.chars[-1].run == 1 and piece.size == last.size
    apart = (piece.x0 - last.x1) / piece.size
    if not follows or last.is_value or piece.is_value or ITEM.match(piece.text):
        return False
    return 0 < apart < _BLANK or abs(apart - 1) < _EM


def type_size(rows: Sequence[CutLine]) -> float:
    """The size of the text in the last line that has any."""
    for _, found in reversed(rows):
        for piece in found:
            if not piece.is_value:
                return piece.size
    return 0.0


def far_apart(rows: Sequence[CutLine]) -> float:
    """How far apart lines of a table are at most, in em: the rows nearest to one another tell."""
    mids = [(row[1][0].mid, row[1][0].size) for row in rows if _is_row(row) and row[1][-1].is_value]
    steps = sorted((below - above) / size for (above, size), (below, _) in pairwise(mids))
    return max(FAR, min(_FARTHEST, _SPREAD * steps[len(steps) // 4])) if len(steps) > 1 else FAR


def _goes_with(row: CutLine, neighbour: CutLine, size: float, width: float, far: float) -> bool:
    """Whether a line next to one of a table is of the table as well."""
    _, found = row
    mine, other = found[0], neighbour[1][0]
    if abs(mine.mid - other.mid) > far * max(mine.size, other.size):
        return False
    if _is_row(row):
        return True
    if size and abs(mine.size - size) > SAME_SIZE * size and not all(piece.is_value for piece in found):
        return False
    return len(found) > 1 or mine.x1 - mine.x0 < PROSE * width


def marks_of(page: Page) -> list[Rectangle]:
    """Level lines that part rows: rulings, and the upper and lower edges of shades."""
    level = [box for box in page.rulings if box[2] - box[0] > box[3] - box[1]]
    width, height = page.text.view.size
    for x0, y0, x1, y1 in page.areas:
        if y1 - y0 < height / 2 and x1 - x0 < 0.98 * width:
            level += [(x0, y0, x1, y0), (x0, y1, x1, y1)]
    return level


def without_outside(region: Sequence[CutLine], level: Sequence[Rectangle]) -> list[CutLine]:
    """Lines without those beyond the rulings that are drawn around the table.

    Where a row of cells is beyond them as well, the border stands on another page.
    """
    seeds = [row[1][0].mid for row in region if _is_row(row)]
    if len(level) < 3 or not seeds:
        return list(region)
    low, high = min(box[1] for box in level), max(box[3] for box in level)
    return [
        row
        for row in region
        if low <= row[1][0].mid <= high
        or _is_row(row)
        or (row[1][0].mid < low and min(seeds) < low)
        or (row[1][0].mid > high and max(seeds) > high)
    ]
