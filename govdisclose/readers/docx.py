"""DOCX: the text and tables a Word file prints, tracked changes accepted, hidden text left out."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from govdisclose.clean import parse
from govdisclose.errors import UnreadableFile
from govdisclose.model import Block, Document, GridCell, Note, Paragraph
from govdisclose.readers.docx_package import Package, metadata
from govdisclose.readers.docx_styles import (
    Element,
    Numbering,
    Styles,
    attribute,
    character,
    child,
    children,
    heading_level,
    is_on,
    local,
    looks,
    looks_of,
    number,
    parts,
    printed_number,
    read_numbering,
    read_styles,
    unqualified,
    value,
)
from govdisclose.readers.docx_tables import DROPPED, cells_of, choice, plain_cells, rows_of
from govdisclose.readers.rows import regroup
from govdisclose.readers.unfold import SUBSCRIPT, SUPERSCRIPT, grid_blocks, is_layout, struck_note

_MAX_SPAN = 1000
_FOREIGN = (zipfile.BadZipFile, zlib.error, struct.error, LookupError, EOFError, OSError, RuntimeError, ValueError)
"""What zipfile and lxml raise on damaged input."""
_WITHIN = "hyperlink ins moveTo smartTag sdt sdtContent customXml dir bdo fldSimple rubyBase ruby oMath oMathPara r"
_THROUGH = frozenset(_WITHIN.split())
_NO_PARTS: dict[str, Element] = {}
_PICTURES = ("blip", "imagedata", "chart", "relIds")


def read_docx(source: Path | bytes, *, name: str = "") -> Document:
    """Read a DOCX, DOCM or DOTX file.

    Parameters
    ----------
    source : Path or bytes
        The file, or its content.
    name : str
        What messages call the file; the path where there is one.

    Returns
    -------
    Document
        Paragraphs (automatic numbers printed, text boxes after the paragraph that holds them) and
        grids with geometry (merged cells as spans, tables within cells after the outer table).

    Raises
    ------
    UnreadableFile
        The container or its XML is damaged, truncated, encrypted or unreasonably large.

    Examples
    --------
    >>> read_docx(b"PK")
    Traceback (most recent call last):
    govdisclose.errors.UnreadableFile: document: not a readable Word file (File is not a zip file); ...
    """
    name = name or (str(source) if isinstance(source, Path) else "document")
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            return _read(Package(archive, name))
    except _FOREIGN as error:
        # zipfile raises RuntimeError for encrypted members and one of its kinds for rare compressions
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UnreadableFile(f"{name}: not a readable Word file ({reason}); save it again in Word") from error


def _read(package: Package) -> Document:
    path = package.main_path()
    root = package.part(path)
    body = child(root, "body")
    if root is None or body is None:
        raise UnreadableFile(f"{package.name}: the Word file has no text part ({path}); save it again in Word")
    folder = path.rpartition("/")[0]
    reader = _Reader(
        read_styles(package.optional(f"{folder}/styles.xml")),
        read_numbering(package.optional(f"{folder}/numbering.xml")),
    )
    blocks = regroup(reader.blocks(body))
    return Document(tuple(blocks), "docx", "xml", metadata(package), tuple(reader.notes()))


@dataclass(slots=True)
class _Reader:
    """Walks the body; keeps what carries over from one paragraph to the next."""

    styles: Styles
    numbering: Numbering
    fields: list[bool] = field(default_factory=list)
    """Open fields, innermost last: whether each still is in its code."""
    carried: str = ""
    """Text of a paragraph whose end mark a tracked change deleted: it joins the next one."""
    objects: int = 0
    pictures: int = 0
    struck: bool = False
    """Whether text that is crossed out was left out."""
    style: str = ""
    """Style of the paragraph being read."""

    def notes(self) -> list[Note]:
        """What the file shows and this reader cannot read."""
        notes = []
        if self.objects:
            notes.append(
                Note(
                    "embedded_object",
                    f"文档中有{self.objects}个嵌入对象(如电子表格),其中的文字没有读取",
                    f"{self.objects} embedded objects (spreadsheets and the like) were not read",
                    "warning",
                )
            )
        if self.pictures:
            notes.append(
                Note("pictures", f"文档中有{self.pictures}张图片,没有读取", f"{self.pictures} pictures were not read")
            )
        return [*notes, struck_note()] if self.struck else notes

    def blocks(self, parent: Element) -> list[Block]:
        """Paragraphs and grids of a body, a text box or content control, in order."""
        found: list[Block] = []
        for element in parent:
            tag = local(element)
            if tag == "p":
                text, heading, boxes = self.paragraph(element)
                found.extend(Paragraph(line, heading=heading) for line in _lines(text))
                found.extend(boxes)
            elif tag == "tbl":
                found.extend(self.table(element))
            elif tag == "AlternateContent":
                found.extend(self.blocks(choice(element)))
            elif tag not in DROPPED and len(element):
                found.extend(self.blocks(element))
        return found

    def paragraph(self, element: Element) -> tuple[str, int, list[Block]]:
        """Text as printed, heading level, and the blocks of text boxes anchored in it."""
        properties = parts(child(element, "pPr"))
        pieces: list[str] = []
        boxes: list[Block] = []
        style = (attribute(properties["pStyle"], "val") if "pStyle" in properties else "") or self.styles.default
        outer, self.style = self.style, style
        self._run(element, pieces, boxes)
        self.style = outer
        # a code without an end in its own paragraph is a damaged field: do not let it eat the text
        if self.fields:
            self.fields = [code for code in self.fields if not code]
        text = self.carried + "".join(pieces)
        self.carried = ""
        mark = properties.get("rPr")
        if mark is not None and child(mark, "del") is not None:
            self.carried = text
            return "", 0, boxes
        label = ""
        own, inherited = properties.get("numPr"), self.styles.numbering.get(style)
        if (own is not None or inherited is not None) and (text or not is_on(mark, "vanish")):
            label = printed_number(own, inherited, self.numbering)
        # a value keeps clear of an automatic number: "1." before "0" would read as 1.0
        if label and parse(text).state not in ("number", "dash"):
            text = f"{label} {text}".rstrip() if text.strip() else label
        return text, heading_level(properties, style, self.styles), boxes

    def _inline(self, element: Element, pieces: list[str], boxes: list[Block]) -> None:
        if local(element) == "r" and (look := looks_of(child(element, "rPr"), self.style, self.styles)):
            if looks(look, "vanish", "strike", "dstrike"):
                for mark in children(element, "fldChar"):
                    self._field(mark)
                shown = not looks(look, "vanish") and not any(self.fields)
                self.struck = self.struck or (shown and any((t.text or "").strip() for t in children(element, "t")))
                return
            digits = {"superscript": SUPERSCRIPT, "subscript": SUBSCRIPT}.get(look.get("vertAlign", ""))
            if digits:
                start = len(pieces)
                self._run(element, pieces, boxes)
                pieces[start:] = [piece.translate(digits) for piece in pieces[start:]]
                return
        self._run(element, pieces, boxes)

    def _run(self, element: Element, pieces: list[str], boxes: list[Block]) -> None:
        for node in element:
            tag = unqualified(node.tag)
            if tag in DROPPED:
                continue
            elif tag == "t":
                if not any(self.fields):
                    pieces.append(node.text or "")
            elif tag == "fldChar":
                self._field(node)
            elif tag == "AlternateContent":
                self._inline(choice(node), pieces, boxes)
            elif tag in _THROUGH:
                self._inline(node, pieces, boxes)
            elif tag in ("drawing", "pict", "object", "txbxContent"):
                self._drawing(node, tag, boxes)
            elif not any(self.fields):
                pieces.append(character(node, tag))

    def _field(self, mark: Element) -> None:
        match attribute(mark, "fldCharType"):
            case "begin":
                self.fields.append(True)
            case "separate" if self.fields:
                self.fields[-1] = False
            case "end" if self.fields:
                self.fields.pop()

    def _drawing(self, element: Element, tag: str, boxes: list[Block]) -> None:
        contents = [element]
        if tag != "txbxContent":
            contents = [e for e in element.iter(etree.Element) if _is_outer_box(e, element)]
        for content in contents:
            boxes.extend(self.blocks(content))
        if tag == "object":
            self.objects += 1
        elif not contents and any(local(e) in _PICTURES for e in element.iter(etree.Element)):
            self.pictures += 1

    def table(self, element: Element) -> list[Block]:
        """The grid of a table, then tables and text boxes within its cells; or a page it arranges."""
        cells: list[GridCell] = []
        contents: list[_Content] = []
        open_merges: dict[int, int] = {}
        height = width = 0
        plain, spans = plain_cells(element) if self.styles.is_plain(self.styles.default) else ({}, {})
        for r, (row, row_properties) in enumerate(rows_of(element)):
            col = 0 if row_properties is None else _clipped(value(row_properties, "gridBefore"), 0)
            still_open: dict[int, int] = {}
            for cell in cells_of(row):
                texts = plain.get(cell) if not (self.carried or self.fields) else None
                if texts is None:
                    content, properties = self._cell(cell), parts(child(cell, "tcPr"))
                else:
                    content = _plain_content(texts[0] if len(texts) == 1 else "\n".join(texts))
                    properties = spans.get(cell, _NO_PARTS)
                contents.append(content)
                span = max(_clipped(attribute(properties["gridSpan"], "val"), 1), 1) if "gridSpan" in properties else 1
                merge = properties.get("vMerge")
                if _continues(properties.get("hMerge")):
                    _widen(cells, r, span)
                elif _continues(merge) and col in open_merges:
                    at = open_merges[col]
                    cells[at] = cells[at]._replace(rowspan=r - cells[at].row + 1)
                    still_open[col] = at
                else:
                    if merge is not None:
                        still_open[col] = len(cells)
                    cells.append(GridCell(r, col, content.text, 1, span, None, content.doubt))
                col += span
            open_merges = still_open
            height, width = r + 1, max(width, col)
        if is_layout((content.text, content.structured) for content in contents):
            return [block for content in contents for block in content.blocks or map(Paragraph, content.lines)]
        return [*grid_blocks(cells, height, width), *(block for content in contents for block in content.others)]

    def _cell(self, cell: Element) -> _Content:
        printed: list[str] = []
        blocks: list[Block] = []
        others: list[Block] = []
        structured, holds = False, ""
        pictures, objects = self.pictures, self.objects
        stack = list(reversed(cell))
        while stack:
            element = stack.pop()
            tag = unqualified(element.tag)
            if tag == "p":
                text, heading, boxes = self.paragraph(element)
                lines = _lines(text)
                printed += lines
                blocks += [Paragraph(line, None, None, heading) for line in lines]
                if boxes:
                    blocks += boxes
                    others += boxes
                    holds = holds or "a text box"
                structured = structured or (heading > 0 and bool(lines))
            elif tag == "tbl":
                made = self.table(element)
                blocks += made
                others += made
                holds = holds or ("a table" if _has_text(made) else "")
                structured = True
            elif tag == "AlternateContent":
                stack.extend(reversed(choice(element)))
            elif tag != "tcPr" and tag not in DROPPED:
                stack.extend(reversed(element))
        if self.pictures > pictures or self.objects > objects:
            holds = holds or ("a picture" if self.pictures > pictures else "an embedded object")
        doubt = f"{holds} stands in this cell" if holds and not printed else ""
        return _Content("\n".join(printed), doubt, structured, tuple(printed), tuple(blocks), tuple(others))


class _Content(NamedTuple):
    """What a cell holds: its text as printed, a line a paragraph, every block in order, and those that are not text.

    Without `blocks` the lines are all there is. `doubt` says what stands in the cell in place of text.
    """

    text: str
    doubt: str = ""
    structured: bool = False
    lines: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    others: tuple[Block, ...] = ()


@lru_cache(maxsize=4096)
def _plain_content(text: str) -> _Content:
    """What a cell holds that prints text and nothing else; most print what others print, too."""
    lines = _lines(text)
    return _Content("\n".join(lines), lines=tuple(lines))


def _continues(merge: Element | None) -> bool:
    """Whether a cell belongs to the one above (vMerge) or before it (hMerge)."""
    return merge is not None and attribute(merge, "val", "continue") == "continue"


def _has_text(blocks: list[Block]) -> bool:
    return any(block.text if isinstance(block, Paragraph) else any(c.text for c in block.cells) for block in blocks)


def _lines(text: str) -> list[str]:
    if "\n" not in text:
        return [text.strip(" \r")] if text.strip() else []
    return [line.strip(" \r") for line in text.split("\n") if line.strip()]


def _clipped(text: str, default: int) -> int:
    return min(number(text, default), _MAX_SPAN)


def _is_outer_box(element: Element, root: Element) -> bool:
    if local(element) != "txbxContent":
        return False
    for ancestor in element.iterancestors():
        if ancestor is root:
            return True
        if local(ancestor) in ("txbxContent", "Fallback"):
            return False
    return True


def _widen(cells: list[GridCell], row: int, span: int) -> None:
    if cells and cells[-1].row == row:
        cells[-1] = cells[-1]._replace(colspan=min(cells[-1].colspan + span, _MAX_SPAN))
