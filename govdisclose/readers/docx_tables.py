"""Tables of a Word file taken apart: their rows, their cells, and the text of those that hold nothing else."""

from __future__ import annotations

from typing import NamedTuple

from govdisclose.readers.docx_styles import Element, child, is_on, local, unqualified

_LEFT_OUT = "del moveFrom pPr rPr instrText delText delInstrText rt sdtPr sdtEndPr"
DROPPED = frozenset(_LEFT_OUT.split())
"""Elements that print nothing."""
_UNLIKE = """
tbl fldChar pStyle numPr outlineLvl rStyle vanish strike dstrike vertAlign del tab ptab br cr noBreakHyphen sym drawing
pict object txbxContent AlternateContent tcPrChange
"""
_ODD = tuple("{*}" + name for name in _UNLIKE.split())
"""What makes a cell print more or less than the text of its runs, or print it otherwise."""
_SPANS = ("gridSpan", "vMerge", "hMerge")


class PlainCells(NamedTuple):
    """Cells that hold nothing but paragraphs of text: what each prints, and what those say that span others."""

    texts: dict[Element, list[str]]
    spans: dict[Element, dict[str, Element]]


def choice(element: Element) -> Element:
    """The first choice of a drawing stored in several ways; the fallback repeats the same text."""
    chosen = child(element, "Choice")
    if chosen is None:
        chosen = child(element, "Fallback")
    return element if chosen is None else chosen


def rows_of(table: Element) -> list[tuple[Element, Element | None]]:
    """Rows of a table and their properties, also inside content controls; those a tracked change deletes left out."""
    found: list[tuple[Element, Element | None]] = []
    stack = list(reversed(table))
    while stack:
        element = stack.pop()
        tag = local(element)
        if tag == "tr":
            properties = child(element, "trPr")
            if properties is None or (child(properties, "del") is None and not is_on(properties, "hidden")):
                found.append((element, properties))
        elif tag == "AlternateContent":
            stack.extend(reversed(choice(element)))
        elif tag not in ("tblPr", "tblGrid", *DROPPED):
            stack.extend(reversed(element))
    return found


def cells_of(row: Element) -> list[Element]:
    """Cells of a row, also inside content controls."""
    found = [element for element in row if unqualified(element.tag) not in ("trPr", "tblPrEx")]
    if {unqualified(element.tag) for element in found} == {"tc"}:  # as in most
        return found
    found = []
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


def plain_cells(table: Element) -> PlainCells:
    """The cells of a table that hold nothing but paragraphs of text in its own look, as most do, in one pass."""
    space = str(table.tag).removesuffix("tbl")
    is_cell, is_paragraph, is_run, is_text = (f"{space}{name}" for name in ("tc", "p", "r", "t"))
    others = {other for odd in table.iter(*_ODD) for other in odd.iterancestors(is_cell)}
    spans: dict[Element, dict[str, Element]] = {}
    found: dict[Element, list[str]] = {}
    cell = paragraph = run = table
    row: Element | None = None
    texts: list[str] = []
    for element in table.iter(is_cell, "{*}p", "{*}r", "{*}t", *(f"{{*}}{name}" for name in _SPANS)):
        tag = element.tag
        if tag == is_text:
            # text anywhere else than in a run of a paragraph of the cell is not always printed
            if element.getparent() is run and run.getparent() is paragraph and paragraph.getparent() is cell:
                texts[-1] += element.text or ""
            else:
                others.add(cell)
        elif tag == is_run:
            run = element
        elif tag == is_paragraph:
            paragraph = element
            texts.append("")
        elif tag == is_cell:
            cell = element
            texts = found[cell] = []
            parent = cell.getparent()
            if parent is not row:  # a cell in a cell is what that one holds
                row = parent
                if next(cell.iterancestors(is_cell, table.tag), table) is not table:
                    others.update(cell.iterancestors(is_cell))
        elif local(element) in _SPANS and element.getparent() is cell[0] and local(cell[0]) == "tcPr":
            spans.setdefault(cell, {}).setdefault(local(element), element)
        else:
            others.add(cell)
    for other in others:
        found.pop(other, None)
    return PlainCells(found, spans)
