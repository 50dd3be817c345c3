"""A statutory table as it is printed: a matrix of cells with spans, made from the form alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from govdisclose.forms import Block, Entry, Group, Table
from govdisclose.model import Address

Kind = Literal["title", "header", "label", "value"]


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed cell. `kind`: a block's title, a column label, a row label or a figure."""

    row: int
    col: int
    text: str
    kind: Kind
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table of `rows` × `cols` printed cells in reading order.

    `row_ids` names the item of each printed row ("" for headers), `header_rows` counts the rows
    at the top that a writer may repeat on the next page, `label_cols` the columns of row labels.
    """

    id: str
    cells: tuple[Printed, ...]
    rows: int
    cols: int
    header_rows: int
    label_cols: int
    row_ids: tuple[str, ...]

    def matrix(self) -> list[list[Printed | None]]:
        """Rows × columns; each cell stands at its top left place, None where a span covers."""
        out: list[list[Printed | None]] = [[None] * self.cols for _ in range(self.rows)]
        for cell in self.cells:
            out[cell.row][cell.col] = cell
        return out


@dataclass(frozen=True, slots=True)
class _Node:
    """A label over the entries `start` to `start + span - 1`, at a depth of its tree."""

    text: str
    depth: int
    start: int
    span: int
    leaf: bool


def _tree(table: Table, entries: Sequence[Entry]) -> tuple[list[_Node], int]:
    """Labels of entries and of the groups above them, neighbours of one group merged; and the depth."""
    nodes: list[_Node] = []
    open_groups: dict[int, tuple[Group, int]] = {}
    for index, entry in enumerate(entries):
        path = table.path(entry)
        same = True
        for depth, group in enumerate(path):
            held = open_groups.get(depth)
            same = same and held is not None and held[0].id == group.id
            if same and held is not None:
                place = held[1]
                nodes[place] = replace(nodes[place], span=nodes[place].span + 1)
            else:
                open_groups[depth] = (group, len(nodes))
                nodes.append(_Node(group.label, depth, index, 1, leaf=False))
        open_groups = {d: g for d, g in open_groups.items() if d < len(path)}
        nodes.append(_Node(entry.label, len(path), index, 1, leaf=True))
    return nodes, 1 + max((n.depth for n in nodes), default=0)


def printed_columns(table: Table, block: Block, rows: Sequence[Entry], figures: Mapping[Address, str]) -> list[Entry]:
    """The columns of a block, each extra column after the last of its group where it has figures."""
    columns = list(block.columns)
    for extra in block.extra_columns:
        if any((table.id, r.id, extra.id) in figures for r in rows):
            last = max((i for i, c in enumerate(columns) if c.group == extra.group), default=len(columns) - 1)
            columns.insert(last + 1, extra)
    return columns


class _Sheet:
    """Collects printed cells block by block."""

    def __init__(self, table: Table, figures: Mapping[Address, str], label: Callable[[str], str]) -> None:
        self.table, self.figures, self.label = table, figures, label
        self.cells: list[Printed] = []
        self.row_ids: list[str] = []
        self.header_rows = 0
        self.label_cols = 1

    def put(self, row: int, col: int, text: str, kind: Kind, rowspan: int = 1, colspan: int = 1) -> None:
        shown = text if kind == "value" else self.label(text)
        self.cells.append(Printed(row, col, shown, kind, rowspan, colspan))

    def value(self, row: Entry, column: Entry) -> str:
        return self.figures.get((self.table.id, row.id, column.id), "")

    def down(self, block: Block, rows: Sequence[Entry], width: int) -> None:
        """A block whose rows stand below one another. The last column takes what is left of the width."""
        columns = printed_columns(self.table, block, rows, self.figures)
        heads, head_depth = _tree(self.table, columns)
        sides, side_depth = _tree(self.table, rows)
        self.label_cols = max(self.label_cols, side_depth)
        top = len(self.row_ids)
        if block.labels:
            self.put(top, 0, block.labels[0], "title", 1, width)
            self.row_ids.append("")
            top += 1
        corner = block.key[0] if block.key else self.table.notes[0] if self.table.notes else ""
        self.put(top, 0, corner, "header", head_depth, side_depth)
        spare = width - side_depth - len(columns)

        def wide(start: int, span: int) -> int:
            return span + (spare if start + span == len(columns) else 0)

        for n in heads:
            down = head_depth - n.depth if n.leaf else 1
            self.put(top + n.depth, side_depth + n.start, n.text, "header", down, wide(n.start, n.span))
        self.row_ids += [""] * head_depth
        if not block.labels:
            self.header_rows = len(self.row_ids)
        first = top + head_depth
        for n in sides:
            self.put(first + n.start, n.depth, n.text, "label", n.span, side_depth - n.depth if n.leaf else 1)
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                self.put(first + i, side_depth + j, self.value(row, column), "value", 1, wide(j, 1))
            self.row_ids.append(row.id)

    def across(self, block: Block, rows: Sequence[Entry]) -> None:
        """A block whose rows stand side by side, each with its columns, under one line of figures."""
        columns = printed_columns(self.table, block, rows, self.figures)
        width = len(columns)
        heads, depth = _tree(self.table, rows)
        top = len(self.row_ids)
        for n in heads:
            self.put(top + n.depth, n.start * width, n.text, "header", 1, n.span * width)
            if not n.leaf:
                continue
            for j, column in enumerate(columns):
                self.put(top + n.depth + 1, n.start * width + j, column.label, "header", depth - n.depth)
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                self.put(top + depth + 1, i * width + j, self.value(row, column), "value")
        self.row_ids += [""] * (depth + 1) + [rows[0].id]
        self.header_rows = top + depth + 1
        self.label_cols = 0


def _rows(table: Table, block: Block, figures: Mapping[Address, str]) -> list[Entry]:
    return [r for r in block.rows if any((table.id, r.id, c.id) in figures for c in block.columns)]


def printed_table(
    table: Table, figures: Mapping[Address, str], label: Callable[[str], str] = lambda text: text
) -> PrintedTable | None:
    """The table as the form lays it out, with `figures` in it; None where it has no row to print.

    Parameters
    ----------
    table
        A table of a form.
    figures
        Printed text by (table, row, column). A row without any figure is left out.
    label
        Changes each label on its way to the page.

    Examples
    --------
    >>> from govdisclose import forms
    >>> table = forms.load()["2021"].table("remedies")
    >>> figures = {("remedies", r, c): "0" for r, c in table.addresses()}
    >>> sheet = printed_table(table, figures)
    >>> sheet.rows, sheet.cols, sheet.header_rows
    (4, 15, 3)
    """
    blocks = [(b, rows) for b in table.blocks if (rows := _rows(table, b, figures))]
    if not blocks:
        return None
    width = 0
    for block, rows in blocks:
        columns = len(printed_columns(table, block, rows, figures))
        width = max(width, columns * len(rows) if block.rows_across else columns + _tree(table, rows)[1])
    sheet = _Sheet(table, figures, label)
    for block, rows in blocks:
        if block.rows_across:
            sheet.across(block, rows)
        else:
            sheet.down(block, rows, width)
    cells = tuple(sorted(sheet.cells, key=lambda c: (c.row, c.col)))
    return PrintedTable(
        table.id, cells, len(sheet.row_ids), width, sheet.header_rows, sheet.label_cols, tuple(sheet.row_ids)
    )
