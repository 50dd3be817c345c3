"""One section of a table that draws no columns (a header and the rows below it) becomes a grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from govdisclose.model import Grid, GridCell
from govdisclose.readers.pdf.blocks import SLACK, Block, clusters, rightmost
from govdisclose.readers.pdf.pieces import Piece
from govdisclose.readers.pdf.sections import HEADER, Section
from govdisclose.readers.pdf.spans import NEAR, Column, Group, Head, Row, edges_of, groups_of, heads_of
from govdisclose.readers.pdf.text import Rectangle, View

_LEVEL = 1.0
"""Lines whose middles are nearer than this, in points, are level."""

_SPACE = 1.1
"""How wide spaces in a text are, in em, at most: as wide is the gap between two cells."""
_BRACKET = 0.55
_EXACTLY = 0.04
"""How far off that, in em, a gap is at most."""

_Cell = tuple[int, int, int, int, str]
"""row, column, rowspan, colspan, text"""


def section_grid(
    section: Section, view: View, before: Sequence[Column], marks: Sequence[Rectangle], closed: bool
) -> tuple[Grid, Rectangle, tuple[Column, ...]] | None:
    """The grid of a section, its frame and its columns; None where something in it contradicts.

    Parameters
    ----------
    section : Section
    view : View
    before : sequence of Column
        The columns of the table that this one may continue; needed where it has no header.
    marks : sequence of Rectangle
        Level lines drawn on the page.
    closed : bool
        Whether the table ends here, so that a header without a row has one that is left blank.
    """
    bands = clusters([(block.x0, block.x1) for row in section.rows for block in row])
    unstacked = [part for head in section.heads for part in _unstacked(head, section.heads, bands)]
    section = replace(section, heads=tuple(part for head in unstacked for part in _off_level(head, unstacked, bands)))
    leaves = _leaves(section.heads, bands)
    if not section.rows and not section.labels and len(leaves) + len(section.corners) < HEADER:
        return None
    if leaves and _may_be_one(leaves, bands):
        return None  # one column too many would shift what is counted from the left
    certain = bool(leaves)
    columns = (_flush_columns if section.flush else _columns)(bands, leaves) if leaves else None
    if not section.heads and before:
        columns = _continued(bands, before)
        certain = columns is not None
    if columns is None:
        if section.heads or not bands:
            return None
        columns = [Column(*band) for band in bands]
    rows = _rows(section, columns)
    if rows is None:
        return None
    if closed and not rows:
        bottom = max(head.bottom for head in section.heads)
        rows = [Row(None, {}, bottom, bottom + section.heads[0].size)]
    groups = groups_of(section.labels, rows, marks)
    heads = heads_of(section.heads, leaves, columns, section.flush)
    if groups is None or heads is None:
        return None
    return _grid(section, columns, rows, groups, heads, view, certain)


def _unstacked(head: Block, heads: Sequence[Block], bands: Sequence[tuple[float, float]]) -> Iterator[Block]:
    """A header cut between lines too wide for one column and lines that are not."""
    mids = [(low + high) / 2 for low, high in bands]

    def bounded(piece: Piece) -> bool:
        """Whether texts beside it at its height stand over the columns next to its own."""
        index = min(range(len(mids)), key=lambda i: abs(mids[i] - (piece.x0 + piece.x1) / 2))
        level = [p for h in heads for p in h.pieces if p is not piece and abs(p.mid - piece.mid) < _LEVEL]
        beside = [band for i, band in enumerate(bands) if abs(i - index) == 1]
        return all(any(p.x0 < high and low < p.x1 for p in level) for low, high in beside)

    def wide(piece: Piece) -> bool:
        mine = sum(piece.x0 < high and low < piece.x1 for low, high in bands)
        near = sorted(abs(mid - (piece.x0 + piece.x1) / 2) for mid in mids)
        if mine < 2 and (len(near) < 2 or piece.x1 - piece.x0 <= near[0] + near[1] + SLACK * piece.size):
            return False
        return mine > 1 or not bounded(piece)

    run = [head.pieces[0]]
    for piece in head.pieces[1:]:
        if wide(piece) != wide(run[-1]):
            yield Block(tuple(run))
            run = []
        run.append(piece)
    yield Block(tuple(run))


def _off_level(head: Block, heads: Sequence[Block], bands: Sequence[tuple[float, float]]) -> Iterator[Block]:
    """A header of values cut above its last line where that is level with several of one line, and the first with one.

    A cell of two lines has its middle level with its neighbours, or its first line, or its last: never both.
    """
    mids = [other.pieces[0].mid for other in heads if len(other.pieces) == 1]
    first, last = (sum(abs(mid - piece.mid) < _LEVEL for mid in mids) for piece in (head.pieces[0], head.pieces[-1]))
    over = not bands or any(low < head.x1 and head.x0 < high for low, high in bands)
    if len(head.pieces) > 1 and first and last > 1 and over:
        yield Block(head.pieces[:-1])
        yield Block(head.pieces[-1:])
    else:
        yield head


def _leaves(heads: Sequence[Block], bands: Sequence[tuple[float, float]]) -> list[Block]:
    """The header cells right above the values, from the left: the lowest over each column, and those beside them."""

    def over(block: Block) -> list[int]:
        return [i for i, (low, high) in enumerate(bands) if block.x0 < high and low < block.x1]

    found: list[Block] = []
    for index in range(len(bands)):
        stack = [block for block in heads if over(block) == [index]]
        if stack:
            found.append(max(stack, key=lambda block: block.mid))
    loose = [block for block in heads if not over(block)]
    found = found or sorted(loose, key=lambda block: block.mid)[-1:]
    loose = [block for block in loose if block not in found]
    while True:
        more = [
            block
            for block in loose
            if any(block.beside(leaf) for leaf in found)
            and not any(other is not block and _below(other, block) for other in heads)
        ]
        if not more:
            return sorted(found, key=lambda block: block.x0)
        found += more
        loose = [block for block in loose if block not in more]


def _may_be_one(leaves: Sequence[Block], bands: Sequence[tuple[float, float]]) -> bool:
    """Whether a header over no value at all stands one space from the next: both may be one.

    They are not where the values stand in the middle of their header alone, or where what has none
    has some elsewhere, word for word.
    """
    over = [next((band for band in bands if band[0] < leaf.x1 and leaf.x0 < band[1]), None) for leaf in leaves]
    words = ["".join(leaf.text.split()) for leaf in leaves]
    settled = {text for text, band in zip(words, over, strict=True) if band}
    for i, j in pairwise(range(len(leaves))):
        gap = (leaves[j].x0 - leaves[i].x1) / max(leaves[i].size, leaves[j].size)
        empty, full = (j, i) if over[i] else (i, j)
        band, header = over[full], leaves[full]
        if over[empty] or not band or words[empty] in settled or gap > _SPACE:
            continue
        if abs(sum(band) - header.x0 - header.x1) / 2 > _EXACTLY * header.size:
            return True
        if abs(band[0] - header.x0) < NEAR and not _are_centred(over, leaves):
            return True  # as wide as its header, so that it is flush with it as well
    return False


def _are_centred(over: Sequence[tuple[float, float] | None], leaves: Sequence[Block]) -> bool:
    """Whether the numbers under all headers that are wider or narrower than they stand in the middle of them."""
    unlike = [(b, leaf) for b, leaf in zip(over, leaves, strict=True) if b and abs(b[0] - leaf.x0) > NEAR]
    return bool(unlike) and all(abs(sum(b) - leaf.x0 - leaf.x1) / 2 < _EXACTLY * leaf.size for b, leaf in unlike)


def _below(block: Block, other: Block) -> bool:
    return block.mid > other.bottom and block.x0 < other.x1 and other.x0 < block.x1


def _columns(bands: Sequence[tuple[float, float]], leaves: Sequence[Block]) -> list[Column] | None:
    """One column for each header cell, with the numbers below it; None where a number has none or two."""
    columns = [Column(leaf.x0, leaf.x1) for leaf in leaves]
    if any(a.x1 > b.x0 for a, b in pairwise(columns)):
        return None
    owners: dict[int, tuple[float, float]] = {}
    for band in bands:
        index = _column_of(Column(*band), columns)
        if index is None or index in owners:
            return None
        owners[index] = band
    if any(_may_be_two(band, leaves[index], len(leaves)) for index, band in owners.items()):
        return None
    wide = [
        Column(min(column.x0, owners[i][0]), max(column.x1, owners[i][1])) if i in owners else column
        for i, column in enumerate(columns)
    ]
    return None if any(a.x1 > b.x0 for a, b in pairwise(wide)) else wide


def _may_be_two(band: tuple[float, float], leaf: Block, count: int) -> bool:
    """Whether numbers are neither in the middle of their header nor flush with it: it may be two that touch."""
    low, high = band
    off = [abs(low + high - leaf.x0 - leaf.x1) / 2, abs(low - leaf.x0)]
    # Brackets at the ends of a header are set narrower than its middle is reckoned.
    return min(off if count == 1 else [*off, abs(high - leaf.x1)]) > max(NEAR, _BRACKET * leaf.size)


def _flush_columns(bands: Sequence[tuple[float, float]], leaves: Sequence[Block]) -> list[Column] | None:
    """One column from each header to the next, whose numbers all end as near to the next; None where they do not.

    The other way round, they begin as near to the header before. Where both are so, the print leaves a choice.
    """
    if any(a.x1 > b.x0 for a, b in pairwise(leaves)):
        return None
    right = _flush_right(bands, [(leaf.x0, leaf.x1) for leaf in leaves])
    mirrored = _flush_right([(-high, -low) for low, high in bands[::-1]], [(-b.x1, -b.x0) for b in leaves[::-1]])
    if right is None or mirrored is not None:
        return None
    return [Column(*span) for span in right]


def _flush_right(
    bands: Sequence[tuple[float, float]], leaves: Sequence[tuple[float, float]]
) -> list[tuple[float, float]] | None:
    """Headers with the numbers that stand right of where they begin, and as far left of the next."""
    made = list(leaves)
    gaps = []
    owners = set()
    for low, high in bands:
        index = sum(x0 <= low + NEAR for x0, _ in leaves) - 1
        if index < 0 or index in owners:
            return None
        owners.add(index)
        made[index] = (leaves[index][0], max(high, leaves[index][1]))
        if index + 1 < len(leaves):
            gaps.append(leaves[index + 1][0] - high)
    if not gaps or min(gaps) < 0 or max(gaps) - min(gaps) > NEAR:
        return None
    return made


def _column_of(band: Column, columns: Sequence[Column]) -> int | None:
    """The one column that numbers stand under: they overlap it, or stand much nearer to it than to any other."""
    over = [i for i, column in enumerate(columns) if band.x0 < column.x1 and column.x0 < band.x1]
    if len(over) == 1:
        return over[0]
    if over:
        return None
    order = sorted(range(len(columns)), key=lambda i: abs(columns[i].mid - band.mid))
    distances = [abs(columns[i].mid - band.mid) for i in order[:2]]
    return order[0] if len(order) == 1 or distances[0] < distances[1] / 3 else None


def _continued(bands: Sequence[tuple[float, float]], before: Sequence[Column]) -> list[Column] | None:
    """The columns of the page before, where all numbers stand in them."""
    owners = [_column_of(Column(*band), before) for band in bands]
    if None in owners or len(set(owners)) != len(owners):
        return None
    return list(before)


def _rows(section: Section, columns: Sequence[Column]) -> list[Row] | None:
    """The rows below the header, those without values included, each with its label."""
    leaves = rightmost(section.labels)
    matched: list[tuple[Block | None, dict[int, Block]]] = []
    free = list(leaves)
    for row in section.rows:
        values: dict[int, Block] = {}
        for block in row:
            index = _column_of(Column(block.x0, block.x1), columns)
            if index is None or index in values:
                return None
            values[index] = block
        label = _label(row[0], free)
        if label is not None:
            free.remove(label)
        matched.append((label, values))
    # In a row torn by the end of the page, label and values stand beside each other as they can.
    for index, (label, values) in enumerate(matched):
        beside = [block for block in free if all(block.beside(value) for value in values.values())]
        if label is None and len(beside) == 1:
            free.remove(beside[0])
            matched[index] = (beside[0], values)
        elif label is None and leaves:
            return None
    matched += [(label, {}) for label in free]
    matched.sort(key=lambda row: row[0].mid if row[0] else next(iter(row[1].values())).mid)
    edges = [_extent(label, values) for label, values in matched]
    if any(above[1] > below[0] + NEAR for above, below in pairwise(edges)):
        return None
    made = []
    for i, (label, values) in enumerate(matched):
        top = (edges[i - 1][1] + edges[i][0]) / 2 if i else edges[i][0] - 2
        bottom = (edges[i][1] + edges[i + 1][0]) / 2 if i + 1 < len(edges) else edges[i][1] + 2
        made.append(Row(label, values, top, bottom))
    return made


def _extent(label: Block | None, values: dict[int, Block]) -> tuple[float, float]:
    found = [*([label] if label else ()), *values.values()]
    return min(block.top for block in found), max(block.bottom for block in found)


def _label(value: Block, free: Sequence[Block]) -> Block | None:
    """The label that a row of numbers stands beside, by its middle or else by its first line; None without one."""
    near = 0.35 * value.size
    for heights in ([block.mid for block in free], [block.pieces[0].mid for block in free]):
        found = [
            block
            for block, height in zip(free, heights, strict=True)
            if abs(height - value.mid) < max(near, 0.3 * block.size)
        ]
        if len(found) == 1:
            return found[0]
    return None


def _grid(
    section: Section,
    columns: Sequence[Column],
    rows: Sequence[Row],
    groups: Sequence[Group],
    heads: Sequence[Head],
    view: View,
    certain: bool,
) -> tuple[Grid, Rectangle, tuple[Column, ...]]:
    depth = 1 + max((group.level for group in groups), default=-1)
    lead = depth + 1 if section.labels or section.corners else 0
    top = max(section.begin, min(block.top for block in section.blocks)) - 2
    left = min(block.x0 for block in section.blocks) - 2
    ranks = _ranks(heads)
    above = max(ranks, default=-1) + 1
    above = max(above, 1 if section.corners else 0)
    cells: list[_Cell] = []
    under = {rank for rank, head in zip(ranks, heads, strict=True) if head.first < 0}
    for rank, head in zip(ranks, heads, strict=True):
        first = 0 if head.first < 0 else lead + head.first
        covered = [
            r for r, h in zip(ranks, heads, strict=True) if r > rank and h.first <= head.last and h.last >= head.first
        ]
        down = 1 if covered else above - rank
        cells.append((rank, first, down, lead + head.last + 1 - first, head.block.text))
    corner_row = max((rank + 1 for rank in under), default=0)
    if lead and above > corner_row:
        text = "\n".join(block.text for block in sorted(section.corners, key=lambda block: (block.mid, block.x0)))
        cells.append((corner_row, 0, above - corner_row, lead, text))
    for group in groups:
        text = group.block.text if group.block else ""
        cells.append((above + group.first, group.level, group.last - group.first + 1, 1, text))
    taken = {(row, group.level) for group in groups for row in range(group.first, group.last + 1)}
    for i, row in enumerate(rows):
        if lead:
            start = max((level + 1 for at, level in taken if at == i), default=0)
            cells.append((above + i, start, 1, lead - start, row.label.text if row.label else ""))
        for j in range(len(columns)):
            value = row.values.get(j)
            cells.append((above + i, lead + j, 1, 1, value.text if value else ""))
    xs = _xs(columns, lead, left, list(section.labels))
    head_bottom = rows[0].top if rows else max(block.bottom for block in section.blocks)
    ys = [top + (head_bottom - top) * i / above for i in range(above)] if above else []
    ys += [row.top for row in rows] + [rows[-1].bottom if rows else head_bottom]
    made = tuple(
        GridCell(r, c, text, down, wide, view.box((xs[c], ys[r], xs[c + wide], ys[r + down])))
        for r, c, down, wide, text in sorted(cells)
    )
    frame = (xs[0], ys[0], xs[-1], ys[-1])
    return Grid(made, geometry=certain, page=view.number), frame, tuple(columns)


def _ranks(heads: Sequence[Head]) -> list[int]:
    """The header line that each header cell begins in, from 0."""
    order = sorted(range(len(heads)), key=lambda i: heads[i].block.mid)
    ranks = [0] * len(heads)
    for at, i in enumerate(order):
        over = [
            ranks[j] + 1
            for j in order[:at]
            if heads[j].first <= heads[i].last
            and heads[i].first <= heads[j].last
            and heads[j].block.bottom <= heads[i].block.top + NEAR
        ]
        ranks[i] = max(over, default=0)
    return ranks


def _xs(columns: Sequence[Column], lead: int, left: float, labels: Sequence[Block]) -> list[float]:
    edges = [edges_of(columns, i, i)[0] for i in range(len(columns))] + [edges_of(columns, 0, len(columns) - 1)[1]]
    if not lead:
        return edges
    border = max(edges[0], max((block.x1 for block in labels if block.x1 < columns[0].x0), default=edges[0]))
    steps = [left + (border - left) * i / lead for i in range(lead)]
    return [*steps, border, *edges[1:]]
