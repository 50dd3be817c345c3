"""A lattice and the characters inside it become a `Grid`; each cell tells why it may be wrong.

A character belongs to the cell that holds its centre. Where that splits what was printed in one
go, one cell gets it all, and each cell it touches says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from govdisclose.clean import parse
from govdisclose.model import Grid, GridCell
from govdisclose.readers.pdf.lattice import CellBox, Lattice, crossed
from govdisclose.readers.pdf.text import WORD_GAP, Char, Line, Rectangle, View, lines

OVERFLOW = "text runs over a border"
NUMBERS_SIDE_BY_SIDE = "several numbers side by side"
NUMBERS_STACKED = "several numbers one above the other"
RULING_INSIDE = "a ruling runs through it"
NO_RECTANGLE = "its borders enclose no rectangle"
NO_CODE = "a character without a code"
DOUBTS_ZH = {
    OVERFLOW: "文字越过边框",
    NUMBERS_SIDE_BY_SIDE: "一行内有多个数字",
    NUMBERS_STACKED: "上下有多个数字",
    RULING_INSIDE: "有线条穿过",
    NO_RECTANGLE: "边框不成矩形",
    NO_CODE: "有字符没有编码",
}

_WITHIN = 0.2
"""Characters of one text object nearer than this, in em, were printed in one go."""
_TOUCHING = 0.03
"""Those of two text objects were when nearer than this: numbers in neighbouring cells stand apart
by the cells' padding."""
_OF_NUMBERS = frozenset("0123456789０１２３４５６７８９.,．，")
_APART = 1.0
"""Numbers further apart than this, in em, were not meant as one."""
_PADDING = 14.0
"""The most that both paddings of a cell take, in points, when its text fills it."""


def grid_from_cells(
    lattice: Lattice, pieces: Iterable[Sequence[Char]], view: View, rulings: Sequence[Rectangle] = ()
) -> Grid:
    """The grid that a lattice and its characters make.

    Parameters
    ----------
    lattice : Lattice
    pieces : iterable of sequences of Char
        What was printed in one go (see `runs`) and stands inside the outer border, in any order.
    view : View
        The page, for the boxes.
    rulings : sequence of Rectangle
        What else is known to be drawn on the page; none should run through a cell.

    Returns
    -------
    Grid
        One `GridCell` for each printed cell, blank ones included, with its box.
    """
    owners = lattice.owners()
    mine: list[list[Sequence[Char]]] = [[] for _ in lattice.cells]
    doubts: list[list[str]] = [[] if cell.whole else [NO_RECTANGLE] for cell in lattice.cells]
    for index in crossed(lattice, rulings) if lattice.ruled else ():
        doubts[index].append(RULING_INSIDE)
    torn: list[Sequence[Char]] = []
    rows, columns = lattice.rows, lattice.columns
    height, width = len(rows) - 1, len(columns) - 1
    for run in pieces:
        _, x0, y0, x1, y1, *_ = run[0]
        row, col = bisect_right(rows, (y0 + y1) / 2) - 1, bisect_right(columns, (x0 + x1) / 2) - 1
        is_within = 0 <= row < height and 0 <= col < width
        last = run[-1]
        if is_within and (
            last is run[0]
            or (
                rows[row] <= (last[2] + last[4]) / 2 < rows[row + 1]
                and columns[col] <= (last[1] + last[3]) / 2 < columns[col + 1]
            )
            or owners[row][col] == _owner(last, lattice, owners)
        ):
            mine[owners[row][col]].append(run)
        else:
            torn.append(run)
    for run in torn:
        places = [lattice.mesh(char.x, char.y) for char in run]
        holders = Counter(owners[row][col] for row, col in places)
        mine[_holder(run, holders, lattice.cells, mine)].append(run)
        for index in holders:
            doubts[index].append(OVERFLOW)
    cells = []
    for cell, inside, doubt in zip(lattice.cells, mine, doubts, strict=True):
        text = _one_line(inside)
        if text is None:
            found = lines([char for run in inside for char in run])
            is_number = len(found) > 1 and all(line.text.isdecimal() for line in found)
            is_broken = is_number and lattice.ruled and cell.rowspan == 1 and _has_no_room(found, cell, lattice, mine)
            text = ("" if is_broken else "\n").join([line.text for line in found])
            doubt.extend(_doubts(cell, found))
        elif "\ufffd" in text:
            doubt.append(NO_CODE)
        reason = "; ".join(dict.fromkeys(doubt)) if doubt else ""
        cells.append(GridCell(cell.row, cell.col, text, cell.rowspan, cell.colspan, view.box(cell.area), reason))
    return Grid(tuple(cells), geometry=lattice.ruled, page=view.number)


def _owner(char: Char, lattice: Lattice, owners: Sequence[Sequence[int]]) -> int:
    """The printed cell that holds the middle of a character; -1 beyond the outer border."""
    row = bisect_right(lattice.rows, (char[2] + char[4]) / 2) - 1
    col = bisect_right(lattice.columns, (char[1] + char[3]) / 2) - 1
    return owners[row][col] if 0 <= row < len(owners) and 0 <= col < len(owners[row]) else -1


def _one_line(pieces: Sequence[Sequence[Char]]) -> str | None:
    """The text of pieces on one baseline, which come in order; None where there are more or they stand apart."""
    if not pieces:
        return ""
    base, end = pieces[0][0][5], pieces[0][0][1]
    text = ""
    for run in pieces:
        for char in run:
            if char[5] != base or char[7] or char[1] - end > WORD_GAP * char[6] or char[0].isspace():
                return None
            text += char[0]
            end = char[3]
    return text


def _has_no_room(
    found: Sequence[Line], cell: CellBox, lattice: Lattice, mine: Sequence[Sequence[Sequence[Char]]]
) -> bool:
    """Whether each line of a cell was broken for want of room: not one more character would have fitted."""
    edges = [
        min(run[0][1] - other.area[0], other.area[2] - run[-1][3])
        for other, runs in zip(lattice.cells, mine, strict=True)
        for run in runs
    ]
    # How near text comes to its border anywhere is the padding; of short texts in wide cells it tells nothing.
    room = cell.area[2] - cell.area[0] - 2 * max(0.0, min(*edges, _PADDING / 2))
    return all(
        line.box[2] - line.box[0] + following.chars[0][3] - following.chars[0][1] > room
        for line, following in pairwise(found)
    )


def _holder(run: Sequence[Char], holders: Counter[int], cells: Sequence[CellBox], taken: Sequence[object]) -> int:
    """The cell that text running over a border was set in: an empty one where there is one, centred or flush left."""
    order = sorted(holders, key=lambda index: cells[index].area[0])
    free = [index for index in order if not taken[index]] or order
    start, end = run[0].x0, run[-1].x1
    for index in free:
        if abs(start + end - cells[index].area[0] - cells[index].area[2]) < 2:
            return index
    if free[0] == order[0] and start - cells[free[0]].area[0] < _PADDING / 2:
        return free[0]
    return max(free, key=lambda index: holders[index])


def runs(line: Line) -> list[list[Char]]:
    """A line's characters in the pieces they were printed in; turned ones stand alone."""
    if line.chars[0].angle != 0:
        return [[char] for char in line.chars]
    return _parted(line.chars)


def _parted(chars: Sequence[Char]) -> list[list[Char]]:
    """A line's characters in the pieces they were printed in."""
    pieces: list[list[Char]] = []
    objects: set[int] = set()
    last = chars[0]
    for char in chars:
        run = char[8]
        if pieces and run == last[8]:
            if char[1] - last[3] <= _WITHIN * char[6]:
                pieces[-1].append(char)
                last = char
                continue
        elif run in objects:  # text objects run through one another: each has its own pieces
            return _by_object(chars)
        elif pieces and char[0] in _OF_NUMBERS and _one_number(last, char):
            objects.add(run)
            pieces[-1].append(char)
            last = char
            continue
        objects.add(run)
        pieces.append([char])
        last = char
    return pieces


def _by_object(chars: Sequence[Char]) -> list[list[Char]]:
    by_object: dict[int, list[list[Char]]] = {}
    for char in chars:
        pieces = by_object.setdefault(char.run, [])
        if pieces and char.x0 - pieces[-1][-1].x1 <= _WITHIN * char.size:
            pieces[-1].append(char)
        else:
            pieces.append([char])
    whole: list[list[Char]] = []
    for piece in sorted((piece for pieces in by_object.values() for piece in pieces), key=lambda piece: piece[0].x0):
        if whole and _one_number(whole[-1][-1], piece[0]):
            whole[-1].extend(piece)
        else:
            whole.append(piece)
    return whole


def _one_number(last: Char, char: Char) -> bool:
    """Whether two characters are parts of one number although two text objects print them, as glyph by glyph."""
    if char.run != last.run + 1 or abs(char.x0 - last.x1) > _TOUCHING * char.size:
        return False
    return last.text in _OF_NUMBERS and char.text in _OF_NUMBERS


def _doubts(cell: CellBox, found: Sequence[Line]) -> Iterator[str]:
    """What in a cell's own text speaks of a border not found."""
    if any(len(line.chars) > 1 and value_pieces(line) > 1 for line in found):
        yield NUMBERS_SIDE_BY_SIDE
    if len(found) > 1 and all(parse(line.text).state in ("number", "dash") for line in found):
        first = found[0]
        room = cell.area[2] - cell.area[0] - (first.box[2] - first.box[0])
        if room > _PADDING + first.size / 2:  # the number was not broken for want of room
            yield NUMBERS_STACKED
    if any("\ufffd" in line.text for line in found):
        yield NO_CODE


def _pieces(line: Line) -> list[str]:
    """A line cut at its wide gaps."""
    chars = line.chars
    cuts = [i for i in range(1, len(chars)) if chars[i][1] - chars[i - 1][3] > _APART * chars[i][6]]
    if not cuts:
        return [line.text]
    return ["".join([char[0] for char in chars[a:b]]) for a, b in pairwise([0, *cuts, len(chars)])]


def value_pieces(line: Line) -> int:
    """How many numbers or dashes stand apart in a line.

    >>> digits = [Char(str(i), 40.0 * i, 0, 40.0 * i + 5, 10, base=8, size=10) for i in range(4)]
    >>> value_pieces(lines(digits)[0])
    4
    """
    if " " not in line.text:  # nothing in it stands apart
        return int(parse(line.text).state in ("number", "dash"))
    return sum(parse(piece).state in ("number", "dash") for piece in _pieces(line))
