"""HTML and saved web pages (MHTML): what a browser would show, in order, as paragraphs and grids."""

from __future__ import annotations

import email
import re
from collections.abc import Iterable

from lxml import etree

from govdisclose.errors import UnreadableFile
from govdisclose.model import Block, Document, Note, Paragraph
from govdisclose.readers import html_tables as tables
from govdisclose.readers.html_grids import grid_blocks
from govdisclose.readers.html_tables import Element
from govdisclose.readers.rows import regroup
from govdisclose.readers.text import decode, text_blocks
from govdisclose.readers.unfold import struck_note

MAX_HTML_BYTES = 64 << 20
MAX_MARKUP = 16 << 20
"""Characters left to parse once embedded images and scripts are taken out."""
_MAX_ELEMENTS = 1_000_000
_END = 200_000
"""Bytes at the end of a page that tell whether it is whole."""

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z][\w.:-]{1,30})""", re.I)
_BOUNDARY = re.compile(rb"""boundary\s*=\s*"?([^"\r\n;]{1,100})""", re.I)
_XML_START = re.compile(r"^\s*<\?xml[^>]*\?>")
_SELF_CLOSED = re.compile(r"<(script|style|title|textarea|iframe|noscript|td|th|p|div|span|a|b|i)\b([^<>]*)/>", re.I)
_PAGE_END = re.compile(rb"</(?:html|body)\s*>", re.I)
_EMBEDDED = re.compile(r"data:[\w/+.-]{3,60};base64,[A-Za-z0-9+/=\s%]+")
_CHROME = re.compile(r"\b\w*(?:nav|menu|foot|header|crumb|toolbar|sidebar|friend)\w*", re.I)
_INLINE = """
a abbr acronym b bdi bdo big br cite code data del dfn em font i img input ins kbd label mark meter output picture
progress q ruby s samp small source span strike strong sub sup textarea time tt u var wbr nobr marquee
"""
_KNOWN_TAGS = tables.SKIPPED | tables.BLOCKS | frozenset(_INLINE.split())


def read_html(data: bytes | str, *, name: str = "page") -> Document:
    """Read an HTML page, or the page inside an MHTML file.

    Parameters
    ----------
    data : bytes or str
        Bytes are decoded as what they strictly are, whatever the page claims.
    name : str
        What messages call the file.

    Returns
    -------
    Document
        Paragraphs, and one grid with geometry a data table; tables that only arrange the page are
        unfolded, nested tables follow the one they stand in. `metadata` holds `title`, every
        `<meta>`, and short elements of the site's own making (`<publishtime>`).

    Raises
    ------
    UnreadableFile
        The page is empty, too large, or nested too deep to be one.
    UnsupportedFormat
        The bytes are no text.

    Examples
    --------
    >>> page = "<title>页</title><p><b>1</b><b>2</b> 件</p><table><tr><td>甲<td><td>3</table>"
    >>> document = read_html(page)
    >>> document.metadata["title"], document.blocks[0].text, [c.text for c in document.blocks[1].cells]
    ('页', '12 件', ['甲', '', '3'])
    """
    if not data:
        raise UnreadableFile(f"{name}: the file is empty (0 bytes); fetch it again")
    if len(data) > MAX_HTML_BYTES:
        raise _too_large(name, len(data), MAX_HTML_BYTES)
    notes: tuple[Note, ...] = ()
    metadata: dict[str, str] = {}
    if isinstance(data, bytes):
        data, declared = _page_of(data, name)
        text, metadata["encoding"], notes = decode(data, declared=declared, name=name)
    else:
        text = data
    text = _prepare(text)
    if len(text) > MAX_MARKUP:
        raise _too_large(name, len(text), MAX_MARKUP)
    markup = text.encode("utf-8", errors="replace")  # lxml refuses str that declares an encoding
    root = _parse(markup, name)
    if root is None:
        return Document((), "html", "dom", metadata, (*notes, _empty_note()))
    _collect_metadata(root, metadata)
    blocks = regroup(_walk(root, name))
    if not blocks:
        notes += (_empty_note(),)
    lower = markup.lower()
    may_strike = b"line-through" in lower or next(root.iter(*tables.CROSSED_OUT), None) is not None
    if may_strike and any(tables.struck(e) and tables.text_of(e).strip() for e in root.iter(etree.Element)):
        notes += (struck_note(),)
    if _is_cut(lower[-_END:]):
        notes += (_cut_note(),)
    return Document(tuple(blocks), "html", "dom", metadata, notes)


def page_text(data: bytes, name: str) -> str:
    """The markup of a page, or of the page inside an MHTML file, decoded and without embedded pictures."""
    page, declared = _page_of(data, name)
    return _prepare(decode(page, declared=declared, name=name)[0])


def _too_large(name: str, size: int, limit: int) -> UnreadableFile:
    return UnreadableFile(
        f"{name}: {size >> 20} MiB is too large for one page (limit {limit >> 20} MiB); save the report alone"
    )


def _empty_note() -> Note:
    return Note(
        "empty_page",
        "网页中没有文字(可能是框架页,或内容由脚本载入)",
        "the page holds no text (a frameset, or filled in by scripts)",
        "warning",
    )


def _cut_note() -> Note:
    return Note(
        "truncated",
        "网页在表格中间中断,文件可能不完整",
        "the page ends inside a table; the file may be incomplete",
        "warning",
    )


def _is_cut(end: bytes) -> bool:
    return b"</html" not in end and b"</body" not in end and end.rfind(b"<table") > end.rfind(b"</table")


def _page_of(data: bytes, name: str) -> tuple[bytes, str]:
    """The HTML itself and the encoding it claims; the page is taken out of an MHTML container."""
    head = data[:8192]
    if b"mime-version:" in head.lower() and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        message = email.message_from_bytes(_first_page(data, name))
        for part in message.walk():
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                payload = part.get_payload(decode=True)
                if isinstance(payload, bytes) and payload.strip():
                    return payload, str(part.get_content_charset() or "") or _declared(payload)
        raise UnreadableFile(f"{name}: a saved web page (MHTML) without a page in it; save the page again as HTML")
    return data, _declared(data)


def _first_page(data: bytes, name: str) -> bytes:
    """An MHTML container cut behind its page: the pictures after it can be large and are not needed."""
    boundary = _BOUNDARY.search(data[:8192])
    start = data.find(b"text/html") if boundary else -1
    if boundary and start >= 0:
        end = data.find(b"\n--" + boundary[1], start)
        data = data if end < 0 else data[:end]
    if len(data) > MAX_MARKUP:
        raise _too_large(name, len(data), MAX_MARKUP)
    return data


def _declared(data: bytes) -> str:
    match = _CHARSET.search(data[:8192])
    return match[1].decode("ascii") if match else ""


def _prepare(text: str) -> str:
    text = text.replace("\0", "").removeprefix("\ufeff")
    if "base64," in text:
        text = _EMBEDDED.sub("data:,", text)
    if _XML_START.match(text) or "www.w3.org/1999/xhtml" in text[:2000]:
        # the HTML parser knows no self-closing tags: <title/> would swallow the page
        text = _SELF_CLOSED.sub(r"<\1\2></\1>", _XML_START.sub("", text))
    return text


def _parse(markup: bytes, name: str) -> Element | None:
    # without the end of the page: the parser drops what follows it, a browser shows it
    data = _PAGE_END.sub(b"", markup)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "depth" in str(error).lower():
            raise _too_deep(name) from error
        if "empty" in str(error).lower():
            return None
        raise UnreadableFile(f"{name}: no page can be made of the content ({error}); save it again") from error
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise _too_deep(name)
    return root


def _too_deep(name: str) -> UnreadableFile:
    return UnreadableFile(f"{name}: elements are nested too deep for a page; open it in a browser and save it again")


def _collect_metadata(root: Element, metadata: dict[str, str]) -> None:
    for element in root.iter(etree.Element):
        tag = element.tag
        if tag == "meta":
            key = element.get("name") or element.get("property") or element.get("http-equiv")
            value = tables.collapse(element.get("content") or "")
        elif tag == "title" or (tag not in _KNOWN_TAGS and ":" not in tag):
            key = tag
            value = tables.collapse(element.text or "") if len(element) == 0 else ""
        else:
            continue
        if key and value and len(value) <= 1000:
            metadata.setdefault(key.strip().lower(), value)


class _Flow:
    """Blocks made so far, and the inline text of the paragraph being read."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.heading = 0
        self.line: int | None = None

    def flush(self) -> None:
        if self.pieces:
            text = tables.collapse("".join(self.pieces))
            self.pieces.clear()
            if text:
                self.blocks.append(Paragraph(text, line=self.line, heading=self.heading))


def _walk(root: Element, name: str) -> list[Block]:
    """Every visible block in document order, without recursion."""
    flow = _Flow()
    stack: list[Element | str | tuple[int]] = [root]
    budget = _MAX_ELEMENTS
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            flow.pieces.append(item)
            continue
        if isinstance(item, tuple):
            flow.flush()
            flow.heading = item[0]
            continue
        tag = item.tag
        if not isinstance(tag, str) or tag in tables.SKIPPED or tag == "textarea" or tables.hidden(item):
            continue
        budget -= 1
        if budget < 0:
            raise UnreadableFile(
                f"{name}: more than {_MAX_ELEMENTS} elements are too many for one page; save the report alone"
            )
        if tag == "table":
            flow.flush()
            _table(item, flow, stack)
        elif tag == "br":
            flow.flush()
        elif tag == "pre":
            flow.flush()
            flow.blocks.extend(text_blocks(tables.text_of(item), name=name))
        elif digits := tables.raised(item):
            flow.pieces.append(tables.raised_text(item, digits))
        elif tag in tables.BLOCKS:
            flow.flush()
            if _is_link_list(item, tag):
                continue
            flow.line = _source_line(item)
            stack.append((flow.heading,))
            flow.heading = tables.HEADINGS.get(tag, flow.heading)
            _push(stack, item)
        else:
            _push(stack, item)
    flow.flush()
    return flow.blocks


def _source_line(element: Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None


def _push(stack: list[Element | str | tuple[int]], element: Element) -> None:
    for child in reversed(element):
        if child.tail:
            stack.append(child.tail)
        stack.append(child)
    if element.text:
        stack.append(element.text)


def _table(element: Element, flow: _Flow, stack: list[Element | str | tuple[int]]) -> None:
    table = tables.take_apart(element)
    if not tables.is_layout(table):
        flow.blocks.extend(grid_blocks(table))
        inner: Iterable[Element] = [t for content in table.contents.values() for t in content.nested]
        stack.extend(reversed([*table.nested, *inner]))
        return
    flow.blocks.extend(Paragraph(text) for text in (*table.stray, *table.caption.split("\n")) if text)
    for nested in reversed(table.nested):
        stack.append(nested)
    for row in reversed(table.rows):
        for cell in reversed(row.cells):
            if table.contents[cell].blotted:
                continue
            stack.append((flow.heading,))
            _push(stack, cell)
            stack.append((flow.heading,))


def _is_link_list(element: Element, tag: str) -> bool:
    """A menu: page furniture by its tag or class, short links and next to nothing else in it."""
    if tag not in ("nav", "ul", "ol", "footer", "header"):
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if tag != "div" or not _CHROME.search(names):
            return False
    links = list(element.iter("a"))
    if len(links) < 3 or len(links) > 500:
        return False
    if next(element.iter("table", "h1", "h2", "ucaptitle"), None) is not None:
        return False
    linked = sum(len("".join(tables.text_of(link).split())) for link in links)
    return linked <= 16 * len(links) and linked >= 0.85 * len("".join(tables.text_of(element).split()))
