"""A typeset report as plain text or Markdown, in the ways text is pasted from pages and documents."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator

from govdisclose.forms import Block, Entry
from govdisclose.typeset.flow import Flow, Head, Para, Sheet
from govdisclose.typeset.layout import Layout, label, sentences
from govdisclose.typeset.table import Printed, PrintedTable, printed_columns


def _full(table: PrintedTable) -> list[list[str]]:
    """Every place of the matrix; a place covered by a span is empty."""
    return [["" if c is None else c.text for c in line] for line in table.matrix()]


def _wrapped(cell: Printed, layout: Layout) -> list[str]:
    if layout.widths == "narrow" and cell.kind == "header" and 3 < len(cell.text) < 8:
        return [cell.text[:2], cell.text[2:]]
    return [cell.text]


def _ragged(table: PrintedTable, seed: int) -> list[str]:
    """Tabs as a page loses them when it is copied: labels shift left, figures stay at the end."""
    rng = random.Random(seed)
    lines = []
    for row, line in enumerate(table.matrix()):
        cells = [c for c in line if c is not None]
        labels = [c for c in cells if c.kind != "value"]
        fields = [c.text for c in cells]
        covered = next((i for i, c in enumerate(line) if c is not None), 0)
        if table.row_ids[row] and labels and table.label_cols > 1:
            lead = [""] * covered if rng.random() < 0.8 else []
            gap = [""] if labels[-1].colspan == table.label_cols else []
            fields = [*lead, *(c.text for c in labels), *gap, *(c.text for c in cells[len(labels) :])]
        elif covered:
            fields = [""] * covered + fields
        lines.append("\t".join(fields) + ("\t" if rng.random() < 0.3 else ""))
    return lines


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "FWA" else 1 for c in text)


def _spaces(table: PrintedTable) -> list[str]:
    """Columns aligned by spaces, two at least between them."""
    rows = _full(table)
    spanned = {(c.row, c.col) for c in table.cells if c.colspan > 1}
    widths = [
        max(_width(rows[r][c]) for r in range(table.rows) if (r, c) not in spanned) if table.rows else 0
        for c in range(table.cols)
    ]
    lines = []
    for row in rows:
        line, at, starts = "", 0, 0
        for c, text in enumerate(row):
            if text:
                line += " " * max(starts - at, 2 if line.strip() else 0) + text
                at = _width(line)
            starts += max(widths[c], 2) + 2
        lines.append(line)
    return lines


def _cell_lines(table: PrintedTable, layout: Layout) -> list[str]:
    lines: list[str] = []
    for row in table.matrix():
        for cell in row:
            if cell is not None:
                for piece in _wrapped(cell, layout):
                    lines += [piece, ""]
    return lines


def _cell_lines_bar(table: PrintedTable) -> list[str]:
    lines: list[str] = []
    for row in table.matrix():
        covered = sum(1 for c in row if c is None)
        lines += [f"{c.text} |" if c.text else "|" for c in row if c is not None]
        if covered:
            lines.append("|" * covered)
    return lines


def _table_lines(table: PrintedTable, layout: Layout) -> list[str]:
    match layout.text_style:
        case "tabs":
            return ["\t".join(row) for row in _full(table)]
        case "ragged_tabs":
            return _ragged(table, layout.label_noise or 0)
        case "spaces":
            return _spaces(table)
        case "cell_per_line":
            return _cell_lines(table, layout)
        case "cell_per_line_bar":
            return _cell_lines_bar(table)
        case _:
            return ["| " + " | ".join(row) + " |" for row in _full(table)]


def render_text(flow: Flow, layout: Layout) -> bytes:
    """The report as plain text, in the layout's encoding."""
    lines = [flow.mark, ""] if flow.mark else []
    for item in flow.items:
        if isinstance(item, Head | Para):
            lines += [item.text, ""]
        else:
            lines += [*_table_lines(item.printed, layout), ""]
    if flow.mark:
        lines += [flow.mark, ""]
    text = "\n".join(lines).rstrip("\n") + "\n"
    return text.encode("utf-8" if layout.encoding == "utf-8" else "gb18030")


def _md_row(fields: list[str]) -> str:
    return "| " + " | ".join(f.replace("|", "\\|") for f in fields) + " |"


def _md_table(rows: list[list[str]]) -> list[str]:
    return [_md_row(rows[0]), "|" + "---|" * len(rows[0]), *(_md_row(r) for r in rows[1:]), ""]


def _md_whole(sheet: Sheet) -> list[str]:
    """One Markdown table a block; a block's title becomes a line of its own."""
    table = sheet.printed
    matrix = table.matrix()
    titles = [r for r, line in enumerate(matrix) if line[0] is not None and line[0].kind == "title"]
    if not titles:
        return _md_table(_full(table))
    lines: list[str] = []
    for start, end in zip(titles, [*titles[1:], table.rows], strict=True):
        title = matrix[start][0]
        lines += [title.text if title else "", ""]
        shown = [[c.text for c in line if c is not None] for line in matrix[start + 1 : end]]
        lines += _md_table(shown)
    return lines


def _group_heads(sheet: Sheet, entry: Entry, told: list[str], layout: Layout) -> Iterator[str]:
    for group in sheet.table.path(entry):
        if group.id not in told:
            told.append(group.id)
            yield label(group.label, layout)


def _md_rows(sheet: Sheet, block: Block, layout: Layout) -> Iterator[str]:
    """One small table a row, the groups above it as headings."""
    columns = printed_columns(sheet.table, block, block.rows, sheet.figures)
    words = sentences()
    told: list[str] = []
    for row in block.rows:
        values = [sheet.figures.get((sheet.table.id, row.id, c.id)) for c in columns]
        if all(v is None for v in values):
            continue
        fields = [v or "" for v in values]
        heads = [label(c.label, layout) for c in columns]
        name = label(row.label, layout)
        if block.rows_across:
            for group in sheet.table.path(row):
                name = words["in_group"].format(group=label(group.label, layout), label=name)
            yield from [f"### {name}", ""]
            yield from _md_table([heads, fields])
            continue
        if layout.md_style == "per_row_tables_bare" and not block.labels:
            heads = [words["bare_columns"].format(number=i + 1) for i in range(len(columns) - 1)] + heads[-1:]
        for head in _group_heads(sheet, row, told, layout):
            yield from [f"### {head}", ""]
        key = block.key[0] if block.key else words["bare_key"]
        yield from _md_table([[key, *heads], [name, *fields]])


def render_md(flow: Flow, layout: Layout) -> bytes:
    """The report as Markdown, in the layout's encoding."""
    lines = [f"> {flow.mark}", ""] if flow.mark else []
    for item in flow.items:
        if isinstance(item, Head):
            lines += [f"{'#' * item.level} {item.text}", ""]
        elif isinstance(item, Para):
            lines += [item.text, ""]
        elif layout.md_style == "tables":
            lines += _md_whole(item)
        else:
            for block in item.table.blocks:
                small = list(_md_rows(item, block, layout))
                if small and block.labels:
                    lines += [f"### {label(block.labels[0], layout)}", ""]
                lines += small
    if flow.mark:
        lines += [f"> {flow.mark}", ""]
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8" if layout.encoding == "utf-8" else "gb18030")
