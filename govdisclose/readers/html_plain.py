"""A second way to read a web page: another parser, another table model, nothing shared but the encoding.

It is plainer than `html` and meant to be: where both give the same cell, neither the HTML library nor
the placing of cells has gone wrong.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from govdisclose.errors import UnreadableFile
from govdisclose.model import Block, Document, Grid, GridCell, Paragraph
from govdisclose.readers.html import MAX_MARKUP, page_text

_BLOCKS = """
address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr html
li main nav ol p pre section ul br
"""
_NOT_SHOWN = "script style noscript template iframe object svg canvas head title select option"
_EMPTY = "area base br col embed hr img input link meta param source track wbr"
_APART = frozenset(_BLOCKS.split())
_UNSEEN = frozenset(_NOT_SHOWN.split())
_VOID = frozenset(_EMPTY.split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)
_MOST = 1000
"""The widest span that is believed."""

Part = str | Block


class _Cell:
    def __init__(self, attributes: dict[str, str | None]) -> None:
        self.rowspan = _span(attributes.get("rowspan"))
        self.colspan = _span(attributes.get("colspan"))
        self.parts: list[Part] = []


class _Table:
    def __init__(self) -> None:
        self.rows: list[list[_Cell]] = []
        self.open: _Cell | None = None


class _Page(HTMLParser):
    """Collects paragraphs and grids; a stack of the tables that are open takes the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Part] = []
        self.tables: list[_Table] = []
        self.unseen = ""
        self.depth = 0

    def _here(self) -> list[Part]:
        for table in reversed(self.tables):
            if table.open is not None:
                return table.open.parts
        return self.parts

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if self.unseen:
            self.depth += tag == self.unseen
            return
        hidden = "hidden" in attributes or _HIDDEN.search(attributes.get("style") or "")
        if (tag in _UNSEEN or hidden) and tag not in _VOID:
            self.unseen, self.depth = tag, 1
        elif tag == "table":
            self.tables.append(_Table())
        elif tag == "tr" and self.tables:
            self.tables[-1].rows.append([])
            self.tables[-1].open = None
        elif tag in ("td", "th") and self.tables:
            table = self.tables[-1]
            table.open = _Cell(attributes)
            if not table.rows:
                table.rows.append([])
            table.rows[-1].append(table.open)
        elif tag in _APART:
            self._here().append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.unseen:
            self.depth -= tag == self.unseen
            self.unseen = self.unseen if self.depth else ""
        elif tag == "table" and self.tables:
            done = self.tables.pop()
            self._here().extend(["\n", *_closed(done), "\n"])
        elif tag in ("td", "th", "tr") and self.tables:
            self.tables[-1].open = None
        elif tag in _APART:
            self._here().append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self._here().append(data)


def _span(value: str | None) -> int:
    digits = re.match(r"\s*(\d{1,4})", value or "")
    return min(max(int(digits[1]), 1), _MOST) if digits else 1


def _text(parts: list[Part]) -> str:
    return re.sub(r"[ \t\n\r\f]+", " ", "".join(p for p in parts if isinstance(p, str))).strip()


def _closed(table: _Table) -> list[Part]:
    """A table of data as a grid; one that holds tables only arranges them, and is taken apart."""
    if any(not isinstance(part, str) for row in table.rows for cell in row for part in cell.parts):
        return [part for row in table.rows for cell in row for part in ("\n", *cell.parts, "\n")]
    taken: set[tuple[int, int]] = set()
    cells = []
    for row, line in enumerate(table.rows):
        col = 0
        for cell in line:
            while (row, col) in taken:
                col += 1
            height = min(cell.rowspan, len(table.rows) - row)
            cells.append(GridCell(row, col, _text(cell.parts), height, cell.colspan))
            taken |= {(row + down, col + right) for down in range(height) for right in range(cell.colspan)}
            col += cell.colspan
    return [Grid(tuple(cells))] if cells else []


def read_html_plainly(data: bytes, *, name: str = "page") -> Document:
    """Read an HTML page with the parser of the standard library.

    Parameters
    ----------
    data : bytes
        A page, or an MHTML file.
    name : str
        What messages call the file.

    Raises
    ------
    UnreadableFile, UnsupportedFormat
        As `read_html`.

    Examples
    --------
    >>> document = read_html_plainly("<p>甲<table><tr><td rowspan=2>乙<td>1<tr><td>2</table>".encode())
    >>> [(c.row, c.col, c.text) for c in document.blocks[1].cells]
    [(0, 0, '乙'), (0, 1, '1'), (1, 1, '2')]
    """
    page = _Page()
    try:
        page.feed(page_text(data, name)[:MAX_MARKUP])
        page.close()
    except AssertionError as error:  # how the standard parser refuses a declaration it does not know
        raise UnreadableFile(
            f"{name}: markup the plain parser does not know ({error}); save the page again in a browser"
        ) from error
    while page.tables:
        page.handle_endtag("table")
    blocks: list[Block] = []
    line: list[str] = []
    for part in [*page.parts, "\n"]:
        if isinstance(part, str) and part != "\n":
            line.append(part)
            continue
        text = _text(list(line))
        line.clear()
        if text:
            blocks.append(Paragraph(text))
        if not isinstance(part, str):
            blocks.append(part)
    return Document(tuple(blocks), "html", "plain")
