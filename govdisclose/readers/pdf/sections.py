"""A table that draws no columns is cut into sections: each a header with the rows below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from govdisclose.readers.pdf.blocks import SLACK, Block, levels, rightmost

_NEAR_ROWS = 1.0
"""Rows of a table are no further apart than the others, but for this, in points."""
_APART = 1.2
"""Lines of a header are no further apart than this, in em."""
HEADER = 3
"""A line with as many cells may be a header without a single value below it."""


@dataclass(frozen=True)
class Section:
    """Blocks of a header over the values (`heads`) and over the labels (`corners`), row labels, and rows of values."""

    heads: tuple[Block, ...]
    corners: tuple[Block, ...]
    labels: tuple[Block, ...]
    rows: tuple[tuple[Block, ...], ...]
    flush: bool = False
    """Numbers may stand right of their headers."""
    begin: float = -1.0e9
    """Where its part on this page begins; what is above stands on the page before."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All of them."""
        return (*self.heads, *self.corners, *self.labels, *(block for row in self.rows for block in row))


def sections(found: Sequence[Block], beyond: float | None, flush: bool = False) -> Iterator[Section]:
    """A table's blocks as headers with the rows below them.

    Parameters
    ----------
    found : sequence of Block
    beyond : float or None
        Where the columns begin of the table that this one may continue.
    flush : bool
        Numbers may stand right of their headers, so that a column begins with its header.
    """
    values = [block for block in found if block.is_value]
    texts = [block for block in found if not block.is_value]
    edge = min((block.x0 for block in values), default=_edge_of_labels(texts, beyond))
    if edge is None:
        return
    if edge < 0:
        texts = _header(texts)
    rows = levels(values)
    if flush:
        edge = _edge_of_heads(texts, rows, edge)
    if rows and not any(block.x1 <= row[0].x0 and block.beside(row[0]) for block in texts for row in rows):
        edge = -1.0e9  # no row of numbers has a label: what stands left of them heads columns without numbers
    heads = [block for block in texts if block.x1 > edge + SLACK * block.size]
    labels = [block for block in texts if block.x1 <= edge + SLACK * block.size]
    labels = [part for label in labels for part in _parted(label, labels, rows)]
    titles = _titles(labels, texts, rows)
    heads, labels = [*heads, *titles], [label for label in labels if label not in titles]
    leaves = rightmost(labels)
    corners = [block for block in labels if any(block.beside(head) for head in heads)]
    plain = [leaf for leaf in leaves if leaf not in corners and not any(_on(leaf, row) for row in rows)]
    items: list[tuple[float, str, list[Block]]] = [(row[0].mid, "values", row) for row in rows]
    items += [(leaf.mid, "blank", [leaf]) for leaf in plain]
    items += [(head.mid, "head", [head]) for head in heads]
    items.sort(key=lambda item: item[0])
    parts: list[list[tuple[float, str, list[Block]]]] = [[]]
    for item in items:
        if item[1] == "head" and any(other[1] != "head" for other in parts[-1]):
            parts.append([])
        parts[-1].append(item)
    trailing = _trailing(parts[-1], leaves, labels)
    labels = [label for label in labels if label not in trailing]
    bounds = [-1.0e9]
    for above, below in pairwise(parts):
        bottom = max(block.bottom for _, _, row in above for block in row)
        top = min(block.top for _, _, row in below for block in row)
        bounds.append((bottom + top) / 2)
    bounds.append(1.0e9)
    for part, (low, high) in zip(parts, pairwise(bounds), strict=True):
        inside = [block for block in labels if low < block.mid < high]
        beside = [block for block in inside if block not in corners]
        # What stands in the header, right of all labels below, heads a column without a number, unless it
        # is in the middle of a column of labels that ends before the next column.
        border = max((block.x1 for block in beside), default=-1e9)
        settled = bool(beside) or any(kind == "values" for _, kind, _ in part)
        over = _blank_columns(part, [b for b in inside if b in corners], beside, border) if settled else []
        yield Section(
            tuple([block for _, kind, row in part if kind == "head" for block in row] + over),
            tuple(block for block in inside if block in corners and block not in over),
            tuple(beside),
            tuple(tuple(row) for _, kind, row in part if kind == "values"),
            flush,
        )


def _trailing(
    part: Sequence[tuple[float, str, list[Block]]], leaves: Sequence[Block], labels: Sequence[Block]
) -> list[Block]:
    """Labels below the last row of numbers that stand further apart than rows do: what follows the table.

    A label over several rows parts none of them, but what follows it stands apart from it as well.
    """
    rows = [[*row, *(b for b in leaves if b not in row and _on(b, row))] for _, kind, row in part if kind != "head"]
    last = max((i for i, row in enumerate(rows) if any(b.is_value for b in row)), default=len(rows))
    gaps = [(max(b.bottom for b in above), min(b.top for b in below)) for above, below in pairwise(rows)]
    if last == len(rows) and len(gaps) > 1:
        last = len(gaps) - 1  # not a number: what ends it stands apart from the last label
    apart = [_apart(start, end, labels) for start, end in gaps]
    plain = [gap for gap in apart[:last] if gap is not None] or [end - start for start, end in gaps[:last]]
    for (_, end), gap in zip(gaps[last:], apart[last:], strict=True):
        if plain and gap is not None and gap > max(plain) + _NEAR_ROWS:
            return [label for label in labels if label.bottom > end]
    return []


def _apart(start: float, end: float, labels: Sequence[Block]) -> float | None:
    """How much of a gap between two rows their labels leave white; None where one stands in it or goes over it."""
    if any((label.top < start) == (label.bottom > end) for label in labels):
        return None
    above = max([start, *(label.bottom for label in labels if label.top < start)])
    return min([end, *(label.top for label in labels if label.bottom > end)]) - above


def _titles(labels: Sequence[Block], texts: Sequence[Block], rows: Sequence[Sequence[Block]]) -> list[Block]:
    """Texts alone at their height that begin right of all labels of rows of numbers, above a header: they head it."""
    border = max((label.x1 for label in labels if any(_on(label, row) for row in rows)), default=1e9)
    beyond = [label for label in labels if label.x0 > border]
    alone = [label for label in beyond if not any(other.beside(label) for other in texts if other.text != label.text)]
    lines = levels(texts)
    nexts = [next((line for line in lines if line[0].top > label.mid), ()) for label in alone]
    return [
        label for label, line in zip(alone, nexts, strict=True) if any(2 * b.x0 > label.x0 + label.x1 for b in line)
    ]


def _blank_columns(
    part: Sequence[tuple[float, str, list[Block]]], corners: Sequence[Block], labels: Sequence[Block], border: float
) -> list[Block]:
    """Those header cells left of all values that head columns without a number, not the labels."""
    left = min((block.x0 for block in (*corners, *labels)), default=0.0)
    first = min(((b.x0 + b.x1) / 2 for _, kind, row in part if kind == "head" for b in row), default=0.0)
    found: list[Block] = []
    for block in sorted(corners, key=lambda block: -block.x0):
        middle = (block.x0 + block.x1) / 2
        if block.x0 > border - SLACK * block.size and (not labels or 2 * middle - left > first):
            found.append(block)
            first = middle
    return found


def _edge_of_labels(texts: Sequence[Block], beyond: float | None) -> float | None:
    """Where the columns begin in a table without a single value: left of the second cell of its widest header.

    The first stands over the labels; where it does not, its middle tells. A header with nothing below
    it has no labels.
    """
    leaves = max(levels(texts), key=len, default=[])
    if beyond is not None and all(block.x1 < beyond for block in texts):
        return beyond
    if len(leaves) < HEADER:
        return None
    header = sorted((block for block in texts if any(block.beside(leaf) for leaf in leaves)), key=lambda b: b.x0)
    edge = min(block.x0 for block in header if block.x0 > header[0].x1) - SLACK * leaves[0].size
    bottom = max(block.bottom for block in header)
    below = levels([block for block in texts if block.top > bottom])
    if not below:
        return -1.0e9
    blank = sum(block.x1 <= edge for row in below for block in row if len(row) == 1)
    return edge if blank and blank >= sum(len(row) > 1 for row in below) else None


def _edge_of_heads(texts: Sequence[Block], rows: Sequence[Sequence[Block]], edge: float) -> float:
    """Where the leftmost header begins, beside another, right of all labels of rows."""
    border = max((t.x1 for t in texts if t.x1 < edge and any(_on(t, row) for row in rows)), default=edge)
    beyond = [t for t in texts if t.x0 > border and any(o is not t and o.beside(t) for o in texts)]
    return min((t.x0 for t in beyond), default=edge)


def _header(texts: Sequence[Block]) -> list[Block]:
    """The lines of a header that nothing stands below, without what stands apart above it."""
    lines = levels(texts)
    for i in range(len(lines) - 1, 0, -1):
        gap = min(block.top for block in lines[i]) - max(block.bottom for block in lines[i - 1])
        if gap > _APART * lines[i][0].size:
            return [block for line in lines[i:] for block in line]
    return list(texts)


def _parted(label: Block, labels: Sequence[Block], rows: Sequence[Sequence[Block]]) -> Iterator[Block]:
    """A label cut where it runs on over several rows, each of which stands in the middle of its own lines."""
    pieces = list(label.pieces)
    beside = [other for other in labels if other.x0 >= label.x1 - 2 * SLACK * label.size and other.beside(label)]
    mids = [row[0].mid for row in rows if label.top < row[0].mid < label.bottom]
    if len(pieces) < 2 or beside or len(mids) < 2:
        yield label
        return
    pitch = (pieces[-1].mid - pieces[0].mid) / (len(pieces) - 1)
    parts: list[Block] = []
    for mid in reversed(mids):
        count = round(2 * (pieces[-1].mid - mid) / pitch) + 1 if pieces else 0
        part = pieces[-count:] if 0 < count <= len(pieces) else []
        if not part or abs(part[0].mid + part[-1].mid - 2 * mid) > 0.3 * pitch:
            yield label
            return
        pieces = pieces[:-count]
        parts.append(Block(tuple(part)))
    yield from ([Block(tuple(pieces))] if pieces else [])
    yield from reversed(parts)


def _on(block: Block, row: Sequence[Block]) -> bool:
    """Whether a label stands at the height of a row of numbers, by its middle or its first line."""
    near = 0.35 * block.pieces[0].size
    return min(abs(block.mid - row[0].mid), abs(block.pieces[0].mid - row[0].mid)) < near
