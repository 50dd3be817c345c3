"""A typeset report as a PDF, through typst with a font from a wheel: no system package, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from govdisclose.errors import UnsupportedFormat
from govdisclose.typeset.docx import column_widths
from govdisclose.typeset.flow import Flow, Head, Para
from govdisclose.typeset.layout import Layout, sentences
from govdisclose.typeset.table import Printed, PrintedTable

_PAGES = {
    "a4": ('paper: "a4"', 595.28),
    "a4-landscape": ('paper: "a4", flipped: true', 841.89),
    "letter": ('paper: "us-letter"', 612.0),
}
_MARGIN = 51.0
_GUTTER = 1.6
_STROKES = {
    "solid": "0.5pt",
    "dashed": '(thickness: 0.5pt, dash: "dashed")',
    "double": "0.4pt",
    "hairline": "0.1pt + luma(60)",
    "horizontal": "(x: none, y: 0.5pt)",
    "none": "none",
    "shaded": "none",
}

_LATIN = 'covers: regex("[0-9A-Za-z.,%+-]")'
_FONTS = {
    "sans": '"Noto Sans SC"',
    "serif": f'((name: "Libertinus Serif", {_LATIN}), "Noto Sans SC")',
    "mono": f'((name: "DejaVu Sans Mono", {_LATIN}), "Noto Sans SC")',
}
"""Fonts in the order they are looked up for each character; those before the Chinese one come with typst."""


@lru_cache(maxsize=1)
def font_folder() -> Path:
    """The folder with the font the PDFs are set in.

    Raises
    ------
    UnsupportedFormat
        When the package that carries the font is not installed.
    """
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        raise UnsupportedFormat("pdf: no Chinese font; install the typeset extra (pip install 'govdisclose[typeset]')")
    return Path(spec.origin).parent / "fonts"


@lru_cache(maxsize=1)
def fonts() -> Any:
    """The one font, opened once."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(font_folder())])


def quoted(text: str) -> str:
    """A text as a typst string: nothing in it is markup.

    >>> print(quoted('a "b" #c'))
    "a \\"b\\" #c"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _cell(cell: Printed, columns: list[float], layout: Layout) -> str:
    spans = f"rowspan: {cell.rowspan}, " if cell.rowspan > 1 else ""
    spans += f"colspan: {cell.colspan}, " if cell.colspan > 1 else ""
    align = "left + horizon" if cell.kind == "label" and cell.rowspan == 1 else "center + horizon"
    inner = f"#{quoted(cell.text)}"
    if cell.kind == "value" and cell.text:
        size = layout.font_size
        room = sum(columns[cell.col : cell.col + cell.colspan]) - 5.0
        wide = sum(1.0 if ord(c) > 0x2E80 else 0.58 for c in cell.text)
        if wide * size > room and any(c in "（(" for c in cell.text):
            inner = f"#{quoted(cell.text)}"  # a number with a remark may wrap between them
        elif wide * size > room:
            inner = f"#text(size: {max(room / wide, 3.5):.2f}pt, box({quoted(cell.text)}))"
        else:
            inner = f"#box({quoted(cell.text)})"
    return f"table.cell({spans}align: {align})[{inner}],"


def _cut(text: str, above: int, below: int) -> tuple[str, str]:
    """A merged label cut by a page break, in proportion to the rows on each side."""
    least = 1 + max(text.find(mark) + 1 for mark in ("）", ")", "、"))  # an ordinal stays whole
    place = max(least, min(len(text) - 1, round(len(text) * above / (above + below))))
    return (text[:place], text[place:]) if len(text) > 1 else (text, "")


def split(table: PrintedTable, after: str, layout: Layout) -> list[PrintedTable]:
    """The table in two at a page break after row `after`; merged labels are cut as the layout says."""
    if not after or after not in table.row_ids or table.row_ids.index(after) + 1 >= table.rows:
        return [table]
    at = table.row_ids.index(after) + 1
    first: list[Printed] = []
    second: list[Printed] = []
    shift = 0
    if layout.header_repeat and table.header_rows:
        second = [c for c in table.cells if c.row < table.header_rows]
        shift = table.header_rows
    for cell in table.cells:
        end = cell.row + cell.rowspan
        if end <= at:
            first.append(cell)
        elif cell.row >= at:
            second.append(replace(cell, row=cell.row - at + shift))
        else:
            above, below = at - cell.row, end - at
            texts = {
                "cut": _cut(cell.text, above, below),
                "first": (cell.text, ""),
                "repeat": (cell.text, cell.text),
            }[layout.group_cut]
            first.append(replace(cell, text=texts[0], rowspan=above))
            second.append(replace(cell, text=texts[1], row=shift, rowspan=below))
    ids = (("",) * shift + table.row_ids[at:]) if shift else table.row_ids[at:]
    heads = shift if shift else 0
    return [
        replace(table, cells=tuple(first), rows=at, row_ids=table.row_ids[:at]),
        replace(
            table,
            cells=tuple(sorted(second, key=lambda c: (c.row, c.col))),
            rows=table.rows - at + shift,
            header_rows=heads,
            row_ids=ids,
        ),
    ]


def _table(table: PrintedTable, layout: Layout, total: float) -> Iterator[str]:
    between = _GUTTER if layout.borders == "double" else 0.0
    widths = column_widths(table, layout, total - between * (table.cols - 1))
    columns = ", ".join(f"{w:.2f}pt" for w in widths)
    gutter = f"gutter: {between}pt, " if between else ""
    fill = "fill: (_, y) => if calc.odd(y) { luma(232) }, " if layout.borders == "shaded" else ""
    pad = 1.2 if layout.widths == "narrow" else 2.5
    yield f"#block(breakable: true)[#set text(size: {layout.font_size}pt, top-edge: 0.9em, bottom-edge: -0.14em)"
    yield f"#set par(leading: 0.2em, first-line-indent: 0pt, justify: false)\n#table(columns: ({columns}),"
    yield f"stroke: {_STROKES[layout.borders]}, {gutter}{fill}inset: (x: 2pt, y: {pad}pt),"
    heads = [_cell(c, widths, layout) for c in table.cells if c.row < table.header_rows]
    if heads:
        yield f"table.header(repeat: {str(layout.header_repeat).lower()}, {''.join(heads)}),"
    for cell in table.cells:
        if cell.row >= table.header_rows:
            yield _cell(cell, widths, layout)
    yield ")]\n"


def _source(flow: Flow, layout: Layout) -> Iterator[str]:
    paper, across = _PAGES[layout.page]
    total = across - 2 * _MARGIN
    before, _, after = sentences()["page_number"].partition("{page}")
    yield f"#set document(title: {quoted(flow.name)}, date: none)"
    header = f"align(center, text(size: 8pt, fill: luma(90), {quoted(flow.mark)}))" if flow.mark else "none"
    footer = "none"
    if layout.page_numbers:
        number = f"context text(size: 9pt, {quoted(before)} + counter(page).display() + {quoted(after)})"
        footer = f"align(center, {number})"
    yield f"#set page({paper}, margin: {_MARGIN}pt, header: {header}, footer: {footer})"
    yield f'#set text(font: {_FONTS[layout.font]}, lang: "zh", region: "cn", size: 11pt)'
    yield "#set par(leading: 0.8em, justify: true)"
    for item in flow.items:
        if isinstance(item, Head) and item.level == 1:
            yield f"#align(center, text(size: 17pt, weight: 500, {quoted(item.text)}))\n"
        elif isinstance(item, Head):
            yield f"#block(above: 1.2em, below: 0.8em, text(size: 13pt, {quoted(item.text)}))\n"
        elif isinstance(item, Para):
            yield f"#par(first-line-indent: (amount: 2em, all: true))[#{quoted(item.text)}]\n"
        else:
            parts = split(item.printed, layout.page_break_after or "", layout)
            for index, part in enumerate(parts):
                if index:
                    yield "#pagebreak()"
                yield from _table(part, layout, total)


def render_pdf(flow: Flow, layout: Layout) -> bytes:
    """The file's bytes; nothing in them depends on the time or the machine.

    Raises
    ------
    UnsupportedFormat
        When typst or the font is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise UnsupportedFormat(
            "pdf: typst is not installed; install the typeset extra (pip install 'govdisclose[typeset]')"
        ) from error
    source = "\n".join(_source(flow, layout)).encode()
    made = typst.compile(source, font_paths=fonts(), timestamp=0)
    if not isinstance(made, bytes):
        raise UnsupportedFormat("pdf: typst returned several files where one was asked for; check its version")
    return made
