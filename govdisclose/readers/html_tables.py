"""HTML tables → grids: cells placed as a browser places them, layout tables told from data.

Nothing here recurses: pages nest tables as deep as they like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from govdisclose.model import Block, GridCell, Paragraph
from govdisclose.readers import unfold

Element = etree._Element

_UNSEEN = """
script style noscript template iframe object embed svg canvas audio video map head title meta link base
select option datalist button noframes rp rt colgroup col area param track
"""
_APART = """
address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary ul table tbody thead tfoot
tr td th caption optgroup frameset
"""
SKIPPED = frozenset(_UNSEEN.split())
"""Elements whose text a page does not print."""
BLOCKS = frozenset(_APART.split())
"""Elements that begin and end a paragraph."""
_WRAPPERS = frozenset({"p", "span", "div", "font", "strong", "b", "center"})
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_STRUCTURE = frozenset([*HEADINGS, "ul", "ol", "dl", "pre"])
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)", re.I)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_DIGITS = re.compile(r"\s*\+?(\d{1,6})")
_MAX_COLSPAN = 1000
_MAX_WORK = 1_000_000


def hidden(element: Element) -> bool:
    """Whether the page declares an element invisible, in the element itself."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and _HIDDEN.search(style) is not None


def collapse(text: str) -> str:
    """White space as a browser shows it; no-break and ideographic spaces stay inside.

    >>> collapse(" 12\\n  件 ")
    '12 件'
    """
    return _SPACE.sub(" ", text).strip()


def text_of(element: Element) -> str:
    """All text within an element, as it stands in the source."""
    return "".join(str(piece) for piece in element.itertext())


@dataclass(slots=True)
class Content:
    """What a cell holds: its text, tables inside it, and whether it has the structure of a page."""

    text: str
    nested: list[Element]
    structured: bool


@dataclass(slots=True)
class _Row:
    group: int
    rank: int
    cells: list[Element] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A `<table>` taken apart. `stray` is text between rows, where HTML allows none."""

    rows: list[_Row]
    contents: dict[Element, Content]
    nested: list[Element]
    stray: list[str]
    caption: str


def take_apart(table: Element) -> Table:
    """Rows in the order a browser shows them (head, bodies, foot), and the content of their cells."""
    rows: list[_Row] = []
    nested: list[Element] = []
    stray: list[str] = []
    caption = ""
    group, rank, groups, heads = 0, 1, 0, 0
    stack: list[Element | str | tuple[int, int]] = [*reversed(_children(table))]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            group, rank = item
            continue
        if isinstance(item, str):
            if item.strip():
                stray.append(collapse(item))
            continue
        tag = item.tag
        if not isinstance(tag, str) or tag in SKIPPED or hidden(item):
            continue
        if tag == "table":
            nested.append(item)
        elif tag == "caption":
            caption = cell_content(item).text
        elif tag in ("td", "th"):
            parent = item.getparent()
            first = parent is not None and parent.tag != "tr" and item.getprevious() is None
            if not rows or rows[-1].group != group or first:
                rows.append(_Row(group, rank))
            rows[-1].cells.append(item)
        else:
            if tag in ("thead", "tbody", "tfoot"):
                stack.append((group, rank))
                groups += 1
                heads += tag == "thead"
                group, rank = groups, {"thead": 0 if heads == 1 else 1, "tfoot": 2}.get(tag, 1)
            elif tag == "tr":
                rows.append(_Row(group, rank))
            stack.extend(reversed(_children(item)))
    rows.sort(key=lambda row: row.rank)
    contents = {cell: cell_content(cell) for row in rows for cell in row.cells}
    return Table(rows, contents, nested, stray, caption)


def _children(element: Element) -> list[Element | str]:
    found: list[Element | str] = [element.text] if element.text else []
    for child in element:
        found.append(child)
        if child.tail:
            found.append(child.tail)
    return found


def _simple_text(cell: Element) -> str | None:
    """The text of a cell like `<td><p><span>0</span></p></td>`, as most are; None for any other."""
    element = cell
    while len(element) == 1 and not (element.text and element.text.strip()):
        element = element[0]
        tag = element.tag
        if tag not in _WRAPPERS or hidden(element) or (element.tail and element.tail.strip()):
            return None
    return None if len(element) else collapse(element.text or "")


def cell_content(cell: Element) -> Content:
    """Text of a cell, one line a paragraph or `<br>`; inline pieces join without a space."""
    simple = _simple_text(cell)
    if simple is not None:
        return Content(simple, [], False)
    pieces: list[str] = []
    nested: list[Element] = []
    structured = False
    stack: list[Element | str] = [*reversed(_children(cell))]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        tag = item.tag
        if not isinstance(tag, str) or tag in SKIPPED or hidden(item):
            continue
        if tag == "table":
            nested.append(item)
            pieces.append("\v")
        elif tag == "br":
            pieces.append("\v")
        elif tag == "input":
            if item.get("type", "text").lower() in ("text", "number", "tel"):
                pieces.append(item.get("value", ""))
        elif tag in BLOCKS:
            structured = structured or tag in _STRUCTURE
            pieces.append("\v")
            stack.append("\v")
            stack.extend(reversed(_children(item)))
        else:
            stack.extend(reversed(_children(item)))
    lines = (collapse(line) for line in "".join(pieces).split("\v"))
    return Content("\n".join(line for line in lines if line), nested, structured)


def is_layout(table: Table) -> bool:
    """Whether a table only arranges a page: its cells are then read as blocks, not as a grid."""
    return unfold.is_layout((c.text, bool(c.nested) or c.structured) for c in table.contents.values())


def place(table: Table) -> tuple[list[GridCell], int, int]:
    """Put every cell where a browser puts it.

    Spans are cut where the table (or its row group) ends and at 1000 columns; a `rowspan` of 0
    runs to the end of the group.

    Returns
    -------
    tuple of (list of GridCell, int, int)
        Cells in reading order, number of rows, number of columns.
    """
    ends = _group_ends([row.group for row in table.rows])
    cells: list[GridCell] = []
    busy: dict[int, int] = {}
    work = width = 0
    for r, row in enumerate(table.rows):
        col = 0
        placed: list[GridCell] = []
        for cell in row.cells:
            while busy.get(col, 0) > r:
                col += 1
                work += 1
            colspan = min(max(_span(cell, "colspan", 1), 1), _MAX_COLSPAN)
            rowspan = _span(cell, "rowspan", 1)
            left = ends[r] - r
            rowspan = left if rowspan == 0 else min(rowspan, left)
            work += colspan
            if work > _MAX_WORK:  # no table of a report: spend no more time on its spans
                busy.clear()
                colspan = rowspan = 1
            for covered in range(col, col + colspan):
                busy[covered] = max(busy.get(covered, 0), r + rowspan)
            placed.append(GridCell(r, col, table.contents[cell].text, rowspan, colspan))
            col += colspan
        width = max(width, col)
        cells.extend(placed)
    return cells, len(table.rows), width


def _group_ends(groups: list[int]) -> list[int]:
    ends = [0] * len(groups)
    end = len(groups)
    for r in range(len(groups) - 1, -1, -1):
        if r + 1 < len(groups) and groups[r + 1] != groups[r]:
            end = r + 1
        ends[r] = end
    return ends


def _span(cell: Element, name: str, default: int) -> int:
    match = _DIGITS.match(cell.get(name, ""))
    return int(match[1]) if match else default


def grid_blocks(table: Table) -> Iterator[Block]:
    """A data table as a grid, and what else stands in it as paragraphs."""
    yield from (Paragraph(text) for text in table.stray)
    cells, height, width = place(table)
    yield from unfold.grid_blocks(cells, height, width, caption=table.caption)
