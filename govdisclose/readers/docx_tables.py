"""Tables of a Word file taken apart: their rows, their cells, and the text of those that hold nothing else."""

from __future__ import annotations

from govdisclose.readers.docx_styles import Element, child, is_on, local

_LEFT_OUT = "del moveFrom pPr rPr instrText delText delInstrText rt sdtPr sdtEndPr"
DROPPED = frozenset(_LEFT_OUT.split())
"""Elements that print nothing."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BARE = """
tc tcPr tcW vAlign gridSpan vMerge tcBorders tcMar top left bottom right start end shd noWrap hideMark p pPr jc spacing
ind snapToGrid widowControl keepNext keepLines adjustRightInd autoSpaceDE autoSpaceDN textAlignment topLinePunct
wordWrap overflowPunct kinsoku r rPr rFonts b bCs i iCs sz szCs color kern lang highlight u w position t
"""
_PLAIN = frozenset(_W + name for name in _BARE.split())
"""What most cells are made of: no more than text in its own look, and where the cell stands."""
_SPANS = frozenset({f"{_W}gridSpan", f"{_W}vMerge"})
_PARAGRAPH, _TEXT = f"{_W}p", f"{_W}t"


def choice(element: Element) -> Element:
    """The first choice of a drawing stored in several ways; the fallback repeats the same text."""
    chosen = child(element, "Choice")
    if chosen is None:
        chosen = child(element, "Fallback")
    return element if chosen is None else chosen


def rows_of(table: Element) -> list[Element]:
    """Rows of a table, also inside content controls; those a tracked change deletes left out."""
    found: list[Element] = []
    stack = list(reversed(table))
    while stack:
        element = stack.pop()
        tag = local(element)
        if tag == "tr":
            properties = child(element, "trPr")
            if child(properties, "del") is None and not is_on(properties, "hidden"):
                found.append(element)
        elif tag == "AlternateContent":
            stack.extend(reversed(choice(element)))
        elif tag not in ("tblPr", "tblGrid", *DROPPED):
            stack.extend(reversed(element))
    return found


def cells_of(row: Element) -> list[Element]:
    """Cells of a row, also inside content controls."""
    found: list[Element] = []
    stack = list(reversed(row))
    while stack:
        element = stack.pop()
        tag = local(element)
        if tag == "tc":
            found.append(element)
        elif tag == "AlternateContent":
            stack.extend(reversed(choice(element)))
        elif tag not in ("trPr", "tblPrEx", *DROPPED):
            stack.extend(reversed(element))
    return found


def plain_text(cell: Element) -> tuple[str, bool] | None:
    """The text of a cell with one paragraph of plain text, as most are, and whether it spans nothing; else None."""
    inside = list(cell.iter())
    tags = [element.tag for element in inside]
    if not _PLAIN.issuperset(tags) or tags.count(_PARAGRAPH) != 1:
        return None
    text = "".join([e.text or "" for e, tag in zip(inside, tags, strict=True) if tag == _TEXT])
    return text, _SPANS.isdisjoint(tags)
