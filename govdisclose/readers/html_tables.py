"""HTML tables taken apart: their rows, what the cells print, layout tables told from data.

Nothing here recurses: pages nest tables as deep as they like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from govdisclose.readers import unfold
from govdisclose.readers.unfold import SUBSCRIPT, SUPERSCRIPT

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
_RUNS = frozenset({"a", "b", "em", "font", "i", "o:p", "span", "strong", "u"})
_WRAPPERS = _RUNS | {"p", "div", "center"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_STRUCTURE = frozenset([*HEADINGS, "ul", "ol", "dl", "pre"])
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)", re.I)
_STRUCK = re.compile(
    r"(?<![\w-])text-decoration(?:-line)?\s*:[^;]*line-through|text-line-through\s*:\s*(?!none)\w", re.I
)
_DECORATED = re.compile(r"text-decoration(?:-line)?\s*:", re.I)
_NO_SIZE = re.compile(
    r"(?<![\w-])font(?:-size)?\s*:\s*(?:[^;]*\s)?0(?:\.0*)?(?:p[tx]|r?em|%)?\s*(?:!important\s*)?(?:;|$)", re.I
)
_RAISED = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.I)
_TINY = re.compile(r"(?<![\w-])(?:width|height)\s*:\s*[0-3](?:\.\d+)?(?:px|pt)?\s*(?:;|$)", re.I)
CROSSED_OUT = frozenset({"s", "strike", "del"})
_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "body", "html"})
"""Elements that keep their place though nothing printed stands in them."""
_OBJECTS = {
    "a picture": frozenset(["img", "svg", "canvas", "video", "image"]),
    "an embedded object": frozenset(["object", "embed", "iframe", "applet", "audio"]),
    "a form field": frozenset(["select"]),
}
_OBJECT_OF = {tag: kind for kind, tags in _OBJECTS.items() for tag in tags}
_SPACE = re.compile(r"[ \t\n\r\f]+")
DIGITS = re.compile(r"\s*\+?(\d{1,6})")
"""Begins what an attribute gives as a whole number."""


class _Look(NamedTuple):
    hidden: bool
    struck: bool
    sizeless: bool
    raised: str


_PLAIN = _Look(False, False, False, "")


@lru_cache(maxsize=1024)
def _look_of(tag: str, style: str) -> _Look:
    """What an element's name and style say of its print. A page repeats a few of them in every cell."""
    struck = _STRUCK.search(style) is not None or (tag in CROSSED_OUT and not _DECORATED.search(style))
    place = {"sup": "super", "sub": "sub"}.get(tag, "")
    if not place and tag not in _PARTS and (match := _RAISED.search(style)):
        place = match[1].lower()
    look = _Look(_HIDDEN.search(style) is not None, struck, _NO_SIZE.search(style) is not None, place)
    return _PLAIN if look == _PLAIN else look


def hidden(element: Element) -> bool:
    """Whether the page prints nothing of an element: it declares it invisible, or crosses it out.

    Parts of a table that are crossed out keep their place: see `Content`.
    """
    look = _look_of(element.tag, element.get("style", ""))
    if look is _PLAIN:
        return element.get("hidden") is not None
    if look.hidden or element.get("hidden") is not None:
        return True
    return (look.struck or look.sizeless) and element.tag not in _PARTS and _unprinted(element)


def struck(element: Element) -> bool:
    """Whether an element crosses its text out.

    >>> struck(etree.fromstring("<del>9</del>")), struck(etree.fromstring("<b>9</b>"))
    (True, False)
    """
    return _look_of(element.tag, element.get("style", "")).struck


def _unprinted(element: Element) -> bool:
    """Text that is crossed out, or of size 0.

    Pages close gaps with such a size, and give what stands within a size again.
    """
    look = _look_of(element.tag, element.get("style", ""))
    if look is _PLAIN:
        return False
    if look.struck or not look.sizeless:
        return look.struck
    inner = element.iterdescendants(etree.Element)
    return not any(e.tag == "font" or e.get("class") or "font" in e.get("style", "").lower() for e in inner)


def _is_blotted_around(cell: Element, known: dict[Element | None, bool]) -> bool:
    """Whether what is around a cell takes its text away; `known` keeps what was found of these parts."""
    element = cell.getparent()
    if element in known:
        return known[element]
    around: list[Element] = []
    while element is not None and element not in known and element.tag in _PARTS:
        around.append(element)
        element = None if element.tag == "table" else element.getparent()
    found = known.get(element, False)
    for part in reversed(around):
        found = known[part] = found or _unprinted(part)
    return found


def raised(element: Element) -> dict[int, int] | None:
    """How the digits of a superscript or subscript are written, so that 12 with a note is not read as 121."""
    place = _look_of(element.tag, element.get("style", "")).raised
    if not place or next(element.iterdescendants(*BLOCKS), None) is not None:
        return None
    return SUPERSCRIPT if place == "super" else SUBSCRIPT


def raised_text(element: Element, digits: dict[int, int]) -> str:
    """What is printed of a superscript or subscript, its digits written as such."""
    pieces: list[str] = []
    stack: list[Element | str] = [*reversed(_children(element))]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item.translate(digits))
        elif isinstance(item.tag, str) and item.tag not in SKIPPED and not hidden(item):
            stack.extend(reversed(_children(item)))
    return "".join(pieces)


def _stands(element: Element) -> str:
    """What an element shows that is no text, or "". Pictures of a few pixels only hold a place."""
    kind = _OBJECT_OF.get(element.tag, "")
    if not kind or hidden(element) or _TINY.search(element.get("style", "")):
        return ""
    tiny = any(match and int(match[1]) <= 3 for n in ("width", "height") if (match := DIGITS.match(element.get(n, ""))))
    return "" if tiny else kind


def collapse(text: str) -> str:
    """White space as a browser shows it; no-break and ideographic spaces stay inside.

    >>> collapse(" 12\\n  件 ")
    '12 件'
    """
    text = text.strip()
    return _SPACE.sub(" ", text) if _SPACE.search(text) else text


def text_of(element: Element) -> str:
    """All text within an element, as it stands in the source."""
    return etree.tostring(element, encoding="unicode", method="text", with_tail=False)


class Content(NamedTuple):
    """What a cell holds: its text, tables inside it, and whether it has the structure of a page."""

    text: str
    nested: tuple[Element, ...] = ()
    structured: bool = False
    doubt: str = ""
    """What stands in the cell in place of text."""
    blotted: bool = False
    """Crossed out as a whole, or printed without size."""


_BLOTTED = Content("", blotted=True)


@lru_cache(maxsize=4096)
def _plain_content(text: str) -> Content:
    """What a cell holds that prints text and nothing else; most print what others print, too."""
    return Content(text)


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
    odd: set[Element] = set()
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
        if not isinstance(tag, str) or tag in SKIPPED:
            continue
        if not _is_plain(item):
            if hidden(item):
                continue
            odd.add(item)
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
    known: dict[Element | None, bool] = {}
    contents = {
        c: cell_content(c, blotted=_is_blotted_around(c, known) or (c in odd and _unprinted(c)))
        for row in rows
        for c in row.cells
    }
    return Table(rows, contents, nested, stray, caption)


def _children(element: Element) -> list[Element | str]:
    found: list[Element | str] = [element.text] if element.text else []
    for child in element:
        found.append(child)
        if child.tail:
            found.append(child.tail)
    return found


def _is_plain(element: Element) -> bool:
    """Whether an element is printed as any text is."""
    return _look_of(element.tag, element.get("style", "")) is _PLAIN and element.get("hidden") is None


def _simple_text(cell: Element) -> str | None:
    """The text of a cell like `<td><p><span>1</span><span>2</span></p></td>`, as most are; None for any other."""
    element = cell
    while len(element) == 1 and not (element.text and element.text.strip()):
        element = element[0]
        tag = element.tag
        if tag not in _WRAPPERS or not _is_plain(element) or (element.tail and element.tail.strip()):
            return None
    if not len(element):
        return collapse(element.text or "")
    if not all(e.tag in _RUNS and _is_plain(e) for e in element.iterdescendants()):
        return None
    text = text_of(element)
    return None if "\v" in text else collapse(text)


def cell_content(cell: Element, *, blotted: bool = False) -> Content:
    """Text of a cell, one line a paragraph or `<br>`; inline pieces join without a space."""
    if blotted:
        return _BLOTTED
    simple = _simple_text(cell)
    if simple is not None:
        return _plain_content(simple)
    pieces: list[str] = []
    nested: list[Element] = []
    structured = False
    kinds: list[str] = []
    stack: list[Element | str] = [*reversed(_children(cell))]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        tag = item.tag
        if kind := _stands(item):
            kinds.append(kind)
        if not isinstance(tag, str) or tag in SKIPPED or hidden(item):
            continue
        if tag == "table":
            nested.append(item)
            kinds += ["a table"] if text_of(item).strip() else [k for e in item.iter(*_OBJECT_OF) if (k := _stands(e))]
            pieces.append("\v")
        elif digits := raised(item):
            pieces.append(raised_text(item, digits))
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
    text = "\n".join(line for line in lines if line)
    return Content(text, tuple(nested), structured, f"{kinds[0]} stands in this cell" if kinds and not text else "")


def is_layout(table: Table) -> bool:
    """Whether a table only arranges a page: its cells are then read as blocks, not as a grid."""
    return unfold.is_layout((c.text, bool(c.nested) or c.structured) for c in table.contents.values())
