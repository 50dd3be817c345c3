"""The printed characters of a PDF page, fetched from pdfium with as few calls as their number allows.

What all characters of one text object share (size, direction, visibility) is asked once an object.
"""

from __future__ import annotations

import ctypes
import math
import struct
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from govdisclose.readers.pdf.text import Char, PageText, View

_INVISIBLE_MODES = (3, 7)
_WORDS = 0x2E80
"""Codes from here on are no digits."""
_SAMPLE = 200
_PRIVATE = 0xE000
"""Codes from here on may be nobody's."""
_BOX = struct.Struct("4f")
"""Left, top, right, bottom."""
_POINT = struct.Struct("2d")
_MATRIX = struct.Struct("4f8x")


_Style = tuple[int, float, int, bool]
"""What all characters of one text object share: number of the object, em in points, direction in clockwise
quarter turns, and whether it is invisible."""


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
    matrix: Any
    font_size: Any


@lru_cache(maxsize=1)
def _quick() -> _Quick:
    import pypdfium2.raw as raw

    def bound(function: Any, result: Any, *arguments: Any) -> Any:
        address = ctypes.cast(function, ctypes.c_void_p).value
        return ctypes.PYFUNCTYPE(result, *arguments)(address or 0)

    handle, index = ctypes.c_void_p, ctypes.c_int
    return _Quick(
        bound(raw.FPDFText_GetTextObject, ctypes.c_void_p, handle, index),
        bound(raw.FPDFText_HasUnicodeMapError, ctypes.c_int, handle, index),
        bound(raw.FPDFText_GetLooseCharBox, ctypes.c_int, handle, index, ctypes.c_void_p),
        bound(raw.FPDFText_GetCharOrigin, ctypes.c_int, handle, index, ctypes.c_void_p, ctypes.c_void_p),
        bound(raw.FPDFPageObj_HasTransparency, ctypes.c_int, handle),
        bound(raw.FPDFTextObj_GetTextRenderMode, ctypes.c_int, handle),
        bound(raw.FPDFText_GetMatrix, ctypes.c_int, handle, index, ctypes.c_void_p),
        bound(raw.FPDFText_GetFontSize, ctypes.c_double, handle, index),
    )


def characters(page: Any, number: int) -> PageText:
    """The printed characters of a page, without what a reader of the print would not see.

    Left out: characters that pdfium generated, fully transparent and invisible text (unless all of
    the page's text is invisible, as over a scan). Characters beyond the edge of the page are there:
    a table may run over it.

    Parameters
    ----------
    page : pypdfium2.PdfPage
    number : int
        The page's number, from 1.
    """
    bounds = page.get_bbox()
    rotation = (page.get_rotation() // 90) % 4
    textpage = page.get_textpage()
    try:
        found = _printed(textpage.raw, bounds[0], bounds[3])
    finally:
        textpage.close()
    layer = bool(found.hidden) and all(char.text.isspace() for char in found.visible)
    printed, starts = (found.hidden, found.hidden_starts) if layer else (found.visible, found.starts)
    turn = -rotation % 4
    if found.is_turned:
        turns = Counter([char[7] for char in printed if not char[0].isspace()])
        turn = -(turns.most_common(1)[0][0] + rotation) % 4 if turns else 0
    view = View(number, (bounds[0], bounds[1], bounds[2], bounds[3]), rotation, turn)
    if (rotation + turn) % 4:
        chars = tuple(_turned(char, starts.get(at, char.x0), view) for at, char in enumerate(printed))
    else:
        chars = tuple(printed)
    unmapped = sum([_is_unmapped(ord(char[0])) for char in chars]) if found.has_odd_codes else 0
    return PageText(view, chars, unmapped, layer, found.objects)


def _turned(char: Char, x: float, view: View) -> Char:
    """A character of the sheet as it lies on the page as it reads; `x`: where its baseline begins."""
    left, _, _, top = view.bounds
    area = view.area((char.x0 + left, top - char.y1, char.x1 + left, top - char.y0))
    base = view.place(x + left, top - char.base)[1]
    return Char(char.text, *area, base, char.size, (char.angle + view.rotation + view.turn) % 4, char.run)


class _Printed(NamedTuple):
    """What a text page prints: characters, and text objects by their addresses.

    `starts`: where the baselines of those begin that do not begin at the left edge of their box.
    """

    visible: list[Char]
    starts: dict[int, float]
    hidden: list[Char]
    hidden_starts: dict[int, float]
    objects: dict[int, int]
    is_turned: bool
    has_odd_codes: bool


def _printed(textpage: Any, edge: float, head: float) -> _Printed:
    """The characters of a pdfium text page, the visible and the invisible ones.

    Coordinates are those of the sheet, from its left `edge` and its `head`, y downwards. What
    pdfium made up and what is transparent is left out. Text objects are numbered as they come.
    """
    import pypdfium2.raw as raw

    text_object, map_error, loose_box, origin, transparency, render_mode, *_ = quick = _quick()
    handle = ctypes.cast(textpage, ctypes.c_void_p).value
    styles: dict[int | None, _Style | None] = {}
    unmapped = False
    memory, place, six = bytearray(_BOX.size), bytearray(_POINT.size), bytearray(_MATRIX.size)
    address, at_x, at_six = (ctypes.addressof(ctypes.c_char.from_buffer(buffer)) for buffer in (memory, place, six))
    at_y = at_x + 8
    box, point, new = _BOX.unpack, _POINT.unpack, tuple.__new__
    visible: list[Char] = []
    starts: dict[int, float] = {}
    hidden: list[Char] = []
    hidden_starts: dict[int, float] = {}
    is_turned = odd = False
    lead, size, angle = 0, 0.0, 1
    x, y, last_left, last_top, last_bottom = 0.0, 0.0, 0.0, 0.0, 0.0
    for i, code in enumerate(_codes(textpage)):
        if not (0x20 < code < 0x7F or 0xA0 < code < 0xD800 or 0xE000 <= code < 0xFFFE):
            if raw.FPDFText_IsGenerated(textpage, i) == 1:
                continue
            if 0xD800 <= code < 0xDC00:
                lead = code
                continue
            code = _odd(textpage, i, code, lead)
            lead = 0
        # A character without a code comes as its number in the font; words of a page where none does show themselves.
        if (code < _WORDS or i < _SAMPLE or unmapped) and map_error(handle, i) == 1 and code != 0x2D:
            code, unmapped = 0xFFFD, True
        loose_box(handle, i, address)
        left, top, right, bottom = box(memory)
        # Most files print each character by itself: what goes on along one line is alike.
        alike = not angle and top == last_top and bottom == last_bottom and left > last_left
        if alike:
            x = left
        else:
            origin(handle, i, at_x, at_y)
            x, y = point(place)
        key = text_object(handle, i)
        if key in styles:
            style = styles[key]
        elif transparency(key) == 1 and _is_transparent(textpage, i, key):
            style = styles[key] = None
        else:
            if not alike:
                size, angle = _shape(quick, handle, i, six, at_six)
            style = styles[key] = (len(styles), size, angle, render_mode(key) in _INVISIBLE_MODES)
        last_left, last_top, last_bottom = left, top, bottom
        if style is None:
            continue
        run, size, angle, unseen = style
        if not (0 < right - left < 3 * size and 0 < top - bottom < 3 * size):
            left, top, right, bottom = _tight_box(textpage, i)  # advance boxes of vertical fonts are scaled wrongly
        char = new(Char, (chr(code), left - edge, head - top, right - edge, head - bottom, head - y, size, angle, run))
        if angle:
            is_turned = True
        if code >= _PRIVATE and _is_unmapped(code):
            odd = True
        if x != left:
            (hidden_starts if unseen else starts)[len(hidden if unseen else visible)] = x - edge
        (hidden if unseen else visible).append(char)
    objects = {key: number for number, key in enumerate(styles) if key is not None}
    return _Printed(visible, starts, hidden, hidden_starts, objects, is_turned, odd)


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
        codes: list[int] = units[:count]
        if codes and min(codes) > 0 and not [c for c in set(codes) if c >= 0xD800 and not 0xE000 <= c < 0xFFFE]:
            return codes
    return [raw.FPDFText_GetUnicode(textpage, i) for i in range(count)]


def _is_transparent(textpage: Any, index: int, key: int) -> bool:
    """Whether nothing is seen of filled text."""
    import pypdfium2.raw as raw

    alpha, *others = (ctypes.c_uint(255) for _ in range(4))
    raw.FPDFText_GetFillColor(textpage, index, *others, alpha)
    return alpha.value == 0 and _quick().render_mode(key) == 0


def _shape(quick: _Quick, handle: int | None, index: int, memory: bytearray, address: int) -> tuple[float, int]:
    """Size and direction of a character's text object; pdfium writes into `memory`, which is at `address`."""
    quick.matrix(handle, index, address)
    a, b, c, d = _MATRIX.unpack(memory)
    size = abs(quick.font_size(handle, index)) * math.hypot(c, d)
    # most text stands upright
    return size or 1.0, 0 if b == 0 and a > 0 else round(-math.atan2(b, a) / (math.pi / 2)) % 4


def _is_unmapped(code: int) -> bool:
    return code >= 0xE000 and (code == 0xFFFD or code < 0xF900 or code >= 0xF0000)
