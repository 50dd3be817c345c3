"""The running text of a PDF: page numbers and running heads left out, wrapped lines joined."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from govdisclose.clean import fold
from govdisclose.model import Paragraph
from govdisclose.readers.pdf.text import Line, View

_MARGIN = 0.12
"""Page numbers and running heads stand in this share of the page's height, above and below."""
_MARK = r"[-—–―─~·•.|()\[\]\s]*"
_PAGE_NUMBER = re.compile(
    rf"{_MARK}(?:第|page)?\s*\d{{1,4}}\s*页?(?:\s*[/,]?\s*(?:共|of|/)\s*\d{{1,4}}\s*页?)?{_MARK}", re.I
)
_REPEATS = 3
_NUMERAL = "[一二三四五六七八九十百]{1,4}"
_ENUMERATOR = re.compile(rf"{_NUMERAL}、|[（(]{_NUMERAL}[)）](?![项款目])|第{_NUMERAL}(?:[、，,：:章节]|部分)")
"""Begins a heading or an item; what a law is quoted by (第二十条第（一）项) begins none."""
_SENTENCE_END = "。！？!?"
_CLAUSE_END = _SENTENCE_END + "；：;:…”’」』）)》"
_WELL_BEFORE = 5.0
"""A line that ends this far from the right margin, in em, is the last of its paragraph."""
_WORD = re.compile(r"[!-~]*")
"""Letters and digits that no line ends in the middle of."""


def without_furniture(pages: Mapping[View, Sequence[Line]]) -> dict[View, list[Line]]:
    """The lines of each page without page numbers and without running heads and feet.

    They are peeled off from the outside: in the margin, with no other line beyond. A running head
    is the same text, numbers aside, at the same height on three pages or more.
    """
    places = Counter(
        place for view, found in pages.items() for place in {_place(line) for line in found if _in_margin(line, view)}
    )
    return {view: _peeled(found, view, places) for view, found in pages.items()}


def _peeled(found: Sequence[Line], view: View, places: Counter[tuple[str, int]]) -> list[Line]:
    def furniture(line: Line) -> bool:
        return _in_margin(line, view) and (is_page_number(line.text) or _repeated(line, places) >= _REPEATS)

    kept = [line for line in found if line.chars[0].angle == 0 or not furniture(line)]
    middle = view.size[1] / 2
    while kept and kept[0].box[1] < middle and furniture(kept[0]):
        kept.pop(0)
    while kept and kept[-1].box[1] > middle and furniture(kept[-1]):
        kept.pop()
    return kept


def is_page_number(text: str) -> bool:
    """Whether a line is a page number, with or without a total and ornaments.

    >>> [is_page_number(text) for text in ("- 4 -", "— 5 —", "第 3 页 共 6 页", "3/6", "12", "1 2 3", "1. 2024")]
    [True, True, True, True, True, False, False]
    """
    return _PAGE_NUMBER.fullmatch(unicodedata.normalize("NFKC", text)) is not None


def _in_margin(line: Line, view: View) -> bool:
    width, height = view.size
    if line.box[3] < _MARGIN * height or line.box[1] > (1 - _MARGIN) * height:
        return True
    aside = line.box[2] < _MARGIN * width or line.box[0] > (1 - _MARGIN) * width
    return aside and line.chars[0].angle != 0  # the foot of a sheet that was turned to be read


def _place(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", fold(line.text)), round(line.box[1] / 4)


def _repeated(line: Line, places: Counter[tuple[str, int]]) -> int:
    text, height = _place(line)
    return sum(places[(text, height + step)] for step in (-1, 0, 1))


def paragraphs(
    pages: Mapping[View, Sequence[Line]], breaks: Sequence[tuple[int, float]]
) -> Iterator[tuple[int, float, Paragraph]]:
    """Paragraphs with page number and height of their first line.

    A line continues the one before where that one reaches the right margin, this one starts at
    the left margin in the same size, and no table stands between them; the next page's first line
    may continue a page's last. What begins with an enumerator begins a paragraph, and so does what
    comes after a full stop with room left behind it. The box is that of the part on the first page.

    Parameters
    ----------
    pages : mapping of View to sequence of Line
        In reading order.
    breaks : sequence of (int, float)
        Page number and top of each table.
    """
    widths = {view: round(view.size[0]) for view in pages}
    by_width = {
        width: _margins([line for view, found in pages.items() if widths[view] == width for line in found])
        for width in set(widths.values())
    }
    margins = {view: by_width[width] for view, width in widths.items()}
    text, last, start = "", None, None
    area = (0.0, 0.0, 0.0, 0.0)
    for view, found in pages.items():
        for line in found:
            if last is not None and start is not None and _continues(last, line, view, margins, breaks):
                text = _joined(text, line.text)
                if view == start[0]:
                    area = (
                        min(area[0], line.box[0]),
                        min(area[1], line.box[1]),
                        max(area[2], line.box[2]),
                        max(area[3], line.box[3]),
                    )
            else:
                if start is not None:
                    yield start[0].number, start[1], Paragraph(text, start[0].box(area))
                text, area, start = line.text, line.box, (view, line.box[1])
            last = (view, line)
    if start is not None:
        yield start[0].number, start[1], Paragraph(text, start[0].box(area))


class _Margins(NamedTuple):
    """Of the running text: where most of its longer lines begin and end, and where the longest end."""

    left: float
    right: float
    widest: float


def _margins(found: Sequence[Line]) -> _Margins:
    longer = [line for line in found if len(line.text) >= 15]
    if not longer:
        return _Margins(float("inf"), float("inf"), float("inf"))
    left = sorted(line.box[0] for line in longer)[len(longer) // 10]
    ends = sorted(line.box[2] for line in longer)
    return _Margins(left, ends[(len(ends) - 1) * 6 // 10], ends[(len(ends) - 1) * 9 // 10])


def _continues(
    last: tuple[View, Line],
    line: Line,
    view: View,
    margins: Mapping[View, _Margins],
    breaks: Sequence[tuple[int, float]],
) -> bool:
    before_view, before = last
    em = max(before.size, 1.0)
    left = margins[view].left
    if abs(before.size - line.size) > 0.15 * em or before.box[2] < margins[before_view].right - 1.5 * em:
        return False
    if not left - em <= line.box[0] <= left + 0.6 * em:
        return False
    if _begins(before, line, margins[before_view].widest, margins[view].widest):
        return False
    if view == before_view:
        between = any(number == view.number and before.box[1] < top < line.box[1] for number, top in breaks)
        return not between and line.box[1] - before.box[3] < 2 * em
    if view.number != before_view.number + 1:
        return False
    return not any(
        (number == before_view.number and top > before.box[1]) or (number == view.number and top < line.box[1])
        for number, top in breaks
    )


def _begins(before: Line, line: Line, room: float, width: float) -> bool:
    """Whether a line's words, or the room left before them, say that it begins a paragraph.

    Parameters
    ----------
    before, line : Line
        Neighbours, that margins alone would join.
    room, width : float
        Where the longest lines end, on the page of the one and of the other.
    """
    em = max(before.size, 1.0)
    # A last line has its full stop; so a short one without is a heading.
    heading = line.box[2] < width - _WELL_BEFORE * em and line.text[-1] not in _CLAUSE_END
    if _ENUMERATOR.match(line.text):
        # 统一、 cut by the end of the line is no enumerator.
        return heading or before.text[-1] in _CLAUSE_END
    if before.text[-1] not in _SENTENCE_END:
        return False
    word = _WORD.match(line.text)
    chars = line.chars[: max(word.end() if word else 0, 1)]
    fits = before.box[2] + chars[-1].x1 - chars[0].x0 < room - 1.5 * em
    return fits or heading


def _joined(text: str, more: str) -> str:
    """Two lines as one; letters and digits of either do not run together.

    >>> _joined("本年收到", "12件"), _joined("open", "data")
    ('本年收到12件', 'open data')
    """
    apart = text[-1].isascii() and text[-1].isalnum() and more[0].isascii() and more[0].isalnum()
    return f"{text} {more}" if apart else text + more
