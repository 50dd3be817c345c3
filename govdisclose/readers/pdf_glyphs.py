"""The printed characters of a PDF page, fetched from pdfium with as few calls as their number allows.

What all characters of one text object share (size, direction, visibility) is asked once an object.
"""

from __future__ import annotations

import ctypes
import math
import struct
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from govdisclose.readers.pdf_text import Char, PageText, View

_INVISIBLE_MODES = (3, 7)
_PLACE = struct.Struct("4f2d")
"""A box (left, top, right, bottom) and where the baseline begins in it (x, y)."""


_Style = tuple[int, float, int, bool]
"""What all characters of one text object share: number of the object, em in points, direction in clockwise
quarter turns, and whether it is invisible."""
_Glyph = tuple[str, tuple[float, ...], float, float, _Style]
"""A character in user space: its box (left, top, right, bottom), where its baseline begins, its style.
Plain tuples, since there are thousands."""


class _Quick(NamedTuple):
    """pdfium's calls that are made for every character, without the checks that cost more than they do.

    They take addresses as numbers and keep the interpreter's lock, which such short calls need not give away.
    """

    text_object: Any
    map_error: Any
    loose_box: Any
    origin: Any
    transparency: Any
    render_mode: Any


@lru_cache(maxsize=1)
def _quick() -> _Quick:
    import pypdfium2.raw as raw

    def bound(function: Any, result: Any, *arguments: Any) -> Any:
        address = ctypes.cast(function, ctypes.c_void_p).value
        return ctypes.PYFUNCTYPE(result, *arguments)(address)

    handle, index = ctypes.c_void_p, ctypes.c_int
    return _Quick(
        bound(raw.FPDFText_GetTextObject, ctypes.c_void_p, handle, index),
        bound(raw.FPDFText_HasUnicodeMapError, ctypes.c_int, handle, index),
        bound(raw.FPDFText_GetLooseCharBox, ctypes.c_int, handle, index, ctypes.c_void_p),
        bound(raw.FPDFText_GetCharOrigin, ctypes.c_int, handle, index, ctypes.c_void_p, ctypes.c_void_p),
        bound(raw.FPDFPageObj_HasTransparency, ctypes.c_int, handle),
        bound(raw.FPDFTextObj_GetTextRenderMode, ctypes.c_int, handle),
    )


def characters(page: Any, number: int, order: Mapping[int, int]) -> PageText:
    """The printed characters of a page, without what a reader of the print would not see.

    Left out: characters that pdfium generated, fully transparent and invisible text (unless all of
    the page's text is invisible, as over a scan). Characters beyond the edge of the page are there:
    a table may run over it.

    Parameters
    ----------
    page : pypdfium2.PdfPage
    number : int
        The page's number, from 1.
    order : mapping of int to int
        The text objects, by their addresses, in the order in which they are printed.
    """
    bounds = page.get_bbox()
    rotation = (page.get_rotation() // 90) % 4
    textpage = page.get_textpage()
    try:
        printed = list(_printed(textpage.raw, order))
    finally:
        textpage.close()
    visible = [glyph for glyph in printed if not glyph[4][3]]
    layer = len(visible) < len(printed) and all(glyph[0].isspace() for glyph in visible)
    glyphs = printed if layer else visible
    turns = Counter(glyph[4][2] for glyph in glyphs if not glyph[0].isspace())
    turn = -(turns.most_common(1)[0][0] + rotation) % 4 if turns else 0
    view = View(number, (bounds[0], bounds[1], bounds[2], bounds[3]), rotation, turn)
    chars = tuple(_placed(_numbered(glyphs), view))
    return PageText(view, chars, sum(map(_unmapped, map(itemgetter(0), chars))), layer and bool(chars))


def _numbered(glyphs: Sequence[_Glyph]) -> Iterator[_Glyph]:
    """Glyphs with their text objects numbered from 0, those that print only blanks like the one before them."""
    inked = sorted({glyph[4][0] for glyph in glyphs if not glyph[0].isspace()})
    numbers = {order: number for number, order in enumerate(inked)}
    for text, box, x, y, style in glyphs:
        number = numbers.get(style[0])
        if number is None:
            number = numbers[style[0]] = bisect_left(inked, style[0]) - 1
        yield text, box, x, y, (number, *style[1:])


def _placed(glyphs: Iterable[_Glyph], view: View) -> Iterator[Char]:
    """Glyphs of user space on the page as it reads."""
    quarters = (view.rotation + view.turn) % 4
    if quarters == 0:
        left, _, _, top = view.bounds
        for text, (x0, y0, x1, y1), _, base, (run, size, angle, _) in glyphs:
            yield Char(text, x0 - left, top - y0, x1 - left, top - y1, top - base, size, angle, run)
        return
    for text, (x0, y0, x1, y1), x, base, (run, size, angle, _) in glyphs:
        area = view.area((x0, y1, x1, y0))
        yield Char(text, *area, view.place(x, base)[1], size, (angle + quarters) % 4, run)


def _printed(textpage: Any, order: Mapping[int, int]) -> Iterator[_Glyph]:
    """The characters of a pdfium text page that stand in the source and are not transparent."""
    import pypdfium2.raw as raw

    text_object, map_error, loose_box, origin, transparency, render_mode = _quick()
    handle = ctypes.cast(textpage, ctypes.c_void_p).value
    styles: dict[int | None, _Style | None] = {}
    memory = bytearray(32)
    address = ctypes.addressof((ctypes.c_char * 32).from_buffer(memory))
    unpack = _PLACE.unpack
    lead, last = 0, (0.0,) * 6
    size, angle = 0.0, 1
    for i, code in enumerate(_codes(textpage)):
        if not (0x20 < code < 0x7F or 0xA0 < code < 0xD800 or 0xE000 <= code < 0xFFFE):
            if raw.FPDFText_IsGenerated(textpage, i) == 1:
                continue
            if 0xD800 <= code < 0xDC00:
                lead = code
                continue
            code = _odd(textpage, i, code, lead)
            lead = 0
        if map_error(handle, i) == 1 and code != 0x2D:
            code = 0xFFFD
        loose_box(handle, i, address)
        origin(handle, i, address + 16, address + 24)
        place = unpack(memory)
        left, top, right, bottom, x, y = place
        key = text_object(handle, i)
        if key not in styles:
            if transparency(key) == 1 and _is_transparent(textpage, i, key):
                styles[key] = None
            else:
                # Most files print each character by itself: what goes on along one line is alike.
                if angle or y != last[5] or bottom != last[3] or top != last[1] or x <= last[4]:
                    size, angle = _shape(textpage, i)
                styles[key] = (order.get(key, -1), size, angle, render_mode(key) in _INVISIBLE_MODES)
        style = styles[key]
        last = place
        if style is None:
            continue
        em = style[1]
        if 0 < right - left < 3 * em and 0 < top - bottom < 3 * em:
            yield chr(code), (left, top, right, bottom), x, y, style
        else:  # pdfium scales the advance boxes of vertical fonts wrongly
            yield chr(code), _tight_box(textpage, i), x, y, style


def _tight_box(textpage: Any, index: int) -> tuple[float, float, float, float]:
    import pypdfium2.raw as raw

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
    return left.value, top.value, right.value, bottom.value


def _odd(textpage: Any, index: int, code: int, lead: int) -> int:
    """The code point of a character that is a blank, a control code or the second half of a pair."""
    import pypdfium2.raw as raw

    if 0xDC00 <= code < 0xE000:
        return 0x10000 + ((lead - 0xD800) << 10) + (code - 0xDC00) if lead else 0xFFFD
    if raw.FPDFText_IsHyphen(textpage, index) == 1:
        return 0x2D  # pdfium marks a hyphen that ends a line; alone in a cell it is a dash
    if code in (0x09, 0x0A, 0x0D):
        return 0x20
    return 0xFFFD if code < 0x20 or 0x7F <= code < 0xA0 else code


def _codes(textpage: Any) -> Sequence[int]:
    """The code units of a text page's characters, one each."""
    import pypdfium2.raw as raw

    count = max(raw.FPDFText_CountChars(textpage), 0)
    units = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(textpage, 0, count, units) == count + 1:
        codes = units[:count]
        if not any(code == 0 or 0xD800 <= code < 0xE000 or code >= 0xFFFE for code in codes):
            return codes
    return [raw.FPDFText_GetUnicode(textpage, i) for i in range(count)]


def _is_transparent(textpage: Any, index: int, key: int) -> bool:
    """Whether nothing is seen of filled text."""
    import pypdfium2.raw as raw

    alpha, *others = (ctypes.c_uint(255) for _ in range(4))
    raw.FPDFText_GetFillColor(textpage, index, *others, alpha)
    return alpha.value == 0 and _quick().render_mode(key) == 0


def _shape(textpage: Any, index: int) -> tuple[float, int]:
    """Size and direction of a character's text object."""
    import pypdfium2.raw as raw

    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(textpage, index, matrix)
    size = abs(raw.FPDFText_GetFontSize(textpage, index)) * math.hypot(matrix.c, matrix.d)
    return size or 1.0, round(-math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4


def _unmapped(text: str) -> bool:
    code = ord(text)
    return code >= 0xE000 and (code == 0xFFFD or code < 0xF900 or code >= 0xF0000)
