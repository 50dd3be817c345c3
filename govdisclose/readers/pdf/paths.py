"""What is drawn on a PDF page: rulings, filled areas, how many shapes and pictures.

A ruling is a stroked straight segment, a bar filled so thinly that nothing fits into it, or one
side of a frame. The edge of a filled area is none: word processors shade cells and paragraphs so.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, repeat
from typing import Any, NamedTuple

from govdisclose.readers.pdf.text import Rectangle, View

MAX_SHAPES = 100_000
"""Drawn objects on one page that are looked at: a dotted ruling is some hundred."""

_THICKEST = 5.0
"""A shape up to this thin, in points, is a ruling. pdfium adds the width of the pen on either side."""
_DOT = 2.5
"""A spot up to this wide and high, in points, may be one of a dotted ruling."""
_DOTS = 4
"""A ruling of nothing but dots has at least so many."""
_LONG = 2.5
"""A bar is at least this many times longer than thick; what is stouter may be a letter drawn as a shape."""
_SLANT = 1.5
"""A segment may rise this much, in points, and still be level."""
_SHORTEST = 6.0
"""A ruling is at least this long, in points, after its pieces are joined."""
_GAP = 3.0
"""Pieces on one line with gaps up to this, in points, are one ruling."""
_DASH = 12.0
"""Pieces up to this long, in points, are dashes, and may stand twice as far apart."""
_LINE = 0.75
"""Pieces up to this far beside each other, in points, stand on one line."""
_DEPTH = 6
"""How deep form objects are followed into one another."""

_Matrix = tuple[float, float, float, float, float, float]
_UNIT: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_FLOATS, _FLAGS, _POINT, _SIX = (struct.Struct(kind) for kind in ("4f", "2i", "2f", "6f"))


class Drawing(NamedTuple):
    """What is drawn on a page, in user space.

    `thin` are pieces of rulings, `areas` filled shapes; `shapes` counts drawn objects, `pictures`
    images. `order` are the numbers of the text objects as they are printed.
    """

    thin: tuple[Rectangle, ...]
    areas: tuple[Rectangle, ...]
    shapes: int
    pictures: int
    order: tuple[int, ...]

    def rulings(self, view: View) -> tuple[Rectangle, ...]:
        """Whole rulings on the page as it reads: pieces and dashes are joined, each is thin in one direction."""
        return tuple(joined([view.area(box) for box in self.thin]))


class _Quick(NamedTuple):
    """pdfium's calls that are made for every object, without the checks that cost more than they do."""

    page_object: Any
    form_object: Any
    kind: Any
    bounds: Any
    draw_mode: Any
    segments: Any
    matrix: Any
    segment: Any
    clip: Any
    clips: Any
    clip_segments: Any
    clip_segment: Any
    point: Any
    turn: Any
    close: Any


@lru_cache(maxsize=1)
def _quick() -> _Quick:
    import pypdfium2.raw as raw

    def bound(function: Any, result: Any, *arguments: Any) -> Any:
        address = ctypes.cast(function, ctypes.c_void_p).value
        return ctypes.PYFUNCTYPE(result, *arguments)(address or 0)

    handle, number = ctypes.c_void_p, ctypes.c_int
    return _Quick(
        bound(raw.FPDFPage_GetObject, handle, handle, number),
        bound(raw.FPDFFormObj_GetObject, handle, handle, ctypes.c_ulong),
        bound(raw.FPDFPageObj_GetType, number, handle),
        bound(raw.FPDFPageObj_GetBounds, number, handle, handle, handle, handle, handle),
        bound(raw.FPDFPath_GetDrawMode, number, handle, handle, handle),
        bound(raw.FPDFPath_CountSegments, number, handle),
        bound(raw.FPDFPageObj_GetMatrix, number, handle, handle),
        bound(raw.FPDFPath_GetPathSegment, handle, handle, number),
        bound(raw.FPDFPageObj_GetClipPath, handle, handle),
        bound(raw.FPDFClipPath_CountPaths, number, handle),
        bound(raw.FPDFClipPath_CountPathSegments, number, handle, number),
        bound(raw.FPDFClipPath_GetPathSegment, handle, handle, number, number),
        bound(raw.FPDFPathSegment_GetPoint, number, handle, handle, handle),
        bound(raw.FPDFPathSegment_GetType, number, handle),
        bound(raw.FPDFPathSegment_GetClose, number, handle),
    )


def drawing(page: Any, texts: Mapping[int, int]) -> Drawing:
    """What is drawn on a pdfium page, form objects included.

    Parameters
    ----------
    page : pypdfium2.PdfPage
    texts : mapping of int to int
        The numbers of its text objects, by their addresses.
    """
    pen = _Pen(texts)
    pen.follow(page.raw, _UNIT, 0)
    return Drawing(tuple(pen.thin), tuple(pen.areas), pen.shapes, pen.pictures, tuple(pen.order))


class _Pen:
    """Collects what a page draws; the buffers that pdfium writes into are made once."""

    def __init__(self, texts: Mapping[int, int]) -> None:
        import pypdfium2.raw as raw

        self.raw, self.quick, self.texts = raw, _quick(), texts
        self.order: list[int] = []
        self.thin: list[Rectangle] = []
        self.areas: list[Rectangle] = []
        self.shapes = self.pictures = 0
        self.memory = bytearray(24)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self.places = tuple(start + 4 * i for i in range(4))

    def follow(self, container: Any, matrix: _Matrix, depth: int) -> None:
        """All objects of a page (depth 0) or form object."""
        raw, quick = self.raw, self.quick
        handle = ctypes.cast(container, ctypes.c_void_p).value
        count = raw.FPDFFormObj_CountObjects(container) if depth else raw.FPDFPage_CountObjects(container)
        order, texts = self.order, self.texts
        for thing in list(map(quick.form_object if depth else quick.page_object, repeat(handle), range(count))):
            if thing in texts:
                order.append(texts[thing])
                continue
            kind = quick.kind(thing)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                continue
            if kind == raw.FPDF_PAGEOBJ_FORM:
                if depth < _DEPTH:
                    form = ctypes.cast(thing, raw.FPDF_PAGEOBJECT)
                    self.follow(form, _after(self.matrix(thing), matrix), depth + 1)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self.pictures += 1
            else:
                self.shapes += 1
                if kind == raw.FPDF_PAGEOBJ_PATH and self.shapes <= MAX_SHAPES:
                    self.path(thing, matrix)

    def matrix(self, thing: int) -> _Matrix:
        self.quick.matrix(thing, self.places[0])
        found: _Matrix = _SIX.unpack(self.memory)
        return found

    def path(self, thing: int, matrix: _Matrix) -> None:
        quick, (a, b, c, d) = self.quick, self.places
        if not quick.bounds(thing, a, b, c, d):
            return
        left, bottom, right, top = _FLOATS.unpack_from(self.memory)
        if right - left <= _THICKEST or top - bottom <= _THICKEST:
            self.add(self.thin, (left, bottom, right, top), thing, matrix)
            return
        quick.draw_mode(thing, a, b)
        filled, stroked = _FLAGS.unpack_from(self.memory)
        if not stroked:
            if quick.segments(thing) < 8:
                self.add(self.areas, (left, bottom, right, top), thing, matrix)
                return
            boxes = [_around(points) for points in self.outlines(thing)]
            for box in _bars(boxes):
                self.add(self.thin if _is_thin(box) else self.areas, box, thing, matrix)
            return
        for points in self.outlines(thing):
            for (x0, y0), (x1, y1) in pairwise(points):
                box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
                if min(box[2] - box[0], box[3] - box[1]) <= _SLANT:
                    self.add(self.thin, box, thing, matrix)
            if filled:
                self.add(self.areas, _around(points), thing, matrix)

    def add(self, to: list[Rectangle], box: Rectangle, thing: int, matrix: _Matrix) -> None:
        """Keep a box of the object's space, cut to what its clip path shows."""
        clip = self.quick.clip(thing)
        for index in range(self.quick.clips(clip)):
            shown = self.clip_box(clip, index)
            if shown is not None:
                box = (max(box[0], shown[0]), max(box[1], shown[1]), min(box[2], shown[2]), min(box[3], shown[3]))
                if box[2] < box[0] or box[3] < box[1]:
                    return
        if matrix is not _UNIT:
            box = _around([_moved(x, y, matrix) for x in (box[0], box[2]) for y in (box[1], box[3])])
        to.append(box)

    def clip_box(self, clip: int, index: int) -> Rectangle | None:
        """The rectangle that part of a clip path is, or None where it is something else."""
        if self.quick.clip_segments(clip, index) not in (4, 5):
            return None
        x0, y0 = self.point(self.quick.clip_segment(clip, index, 0))
        x1, y1 = self.point(self.quick.clip_segment(clip, index, 2))
        return (x0 if x0 < x1 else x1), (y0 if y0 < y1 else y1), (x1 if x0 < x1 else x0), (y1 if y0 < y1 else y0)

    def point(self, segment: int) -> tuple[float, float]:
        self.quick.point(segment, self.places[0], self.places[1])
        found: tuple[float, float] = _POINT.unpack_from(self.memory)
        return found

    def outlines(self, thing: int) -> Iterator[list[tuple[float, float]]]:
        """The corners of each part of a path, the first again at the end where it is closed; curves are gaps."""
        raw, quick = self.raw, self.quick
        matrix = self.matrix(thing)
        points: list[tuple[float, float]] = []
        start = (0.0, 0.0)
        for index in range(quick.segments(thing)):
            segment = quick.segment(thing, index)
            point = _moved(*self.point(segment), matrix)
            kind = quick.turn(segment)
            if kind != raw.FPDF_SEGMENT_LINETO:
                if len(points) > 1:
                    yield points
                points = []
            points.append(point)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                start = point
            if quick.close(segment):
                points.append(start)
        if len(points) > 1:
            yield points


def _moved(x: float, y: float, matrix: _Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _after(first: _Matrix, then: _Matrix) -> _Matrix:
    """One matrix that does what two do one after the other.

    >>> _after((2, 0, 0, 2, 1, 0), (1, 0, 0, 1, 10, 20))
    (2, 0, 0, 2, 11, 20)
    """
    (a, b), (c, d) = (
        (first[i] * then[0] + first[i + 1] * then[2], first[i] * then[1] + first[i + 1] * then[3]) for i in (0, 2)
    )
    return (a, b, c, d, *_moved(first[4], first[5], then))


def _around(points: Sequence[tuple[float, float]]) -> Rectangle:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _is_thin(box: Rectangle) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) <= _THICKEST


def _bars(boxes: Sequence[Rectangle]) -> Iterator[Rectangle]:
    """The parts of a filled path, each frame (a box in a box, little larger) as its four sides.

    >>> list(_bars([(0, 0, 50, 20), (1, 1, 49, 19)]))
    [(0, 0, 1, 20), (49, 0, 50, 20), (0, 0, 50, 1), (0, 19, 50, 20)]
    """
    used: set[int] = set()
    for i, outer in enumerate(boxes):
        for j, inner in enumerate(boxes):
            rims = [inner[0] - outer[0], inner[1] - outer[1], outer[2] - inner[2], outer[3] - inner[3]]
            if i != j and j not in used and all(0 <= rim <= _THICKEST for rim in rims) and not _is_thin(inner):
                used |= {i, j}
                yield (outer[0], outer[1], inner[0], outer[3])
                yield (inner[2], outer[1], outer[2], outer[3])
                yield (outer[0], outer[1], outer[2], inner[1])
                yield (outer[0], inner[3], outer[2], outer[3])
    yield from (box for i, box in enumerate(boxes) if i not in used)


def joined(thin: Sequence[Rectangle]) -> Iterator[Rectangle]:
    """Whole rulings from their pieces: neighbours on one line with small gaps are one, specks are none.

    >>> list(joined([(0, 10, 30, 10.5), (31, 10, 60, 10.5), (70, 10, 71, 11), (20, 0, 20.5, 40)]))
    [(0, 10, 60, 10.5), (20, 0, 20.5, 40)]
    """
    level, standing = [], []
    for x0, y0, x1, y1 in thin:
        width, height = x1 - x0, y1 - y0
        dot = width <= _DOT and height <= _DOT
        if dot or width >= _LONG * height:
            level.append((y0, y1, x0, x1))
        if dot or height >= _LONG * width:
            standing.append((x0, x1, y0, y1))
    for low, high, start, end in _joined(level):
        yield (start, low, end, high)
    for low, high, start, end in _joined(standing):
        yield (low, start, high, end)


def _joined(pieces: list[Rectangle]) -> Iterator[Rectangle]:
    """Pieces as (low, high, start, end): across their line, and along it."""
    pieces.sort(key=lambda piece: piece[0] + piece[1])
    line: list[Rectangle] = []
    for piece in pieces:
        if line and piece[0] + piece[1] - line[0][0] - line[0][1] > 2 * _LINE:
            yield from _whole(line)
            line = []
        line.append(piece)
    yield from _whole(line)


def _whole(line: list[Rectangle]) -> Iterator[Rectangle]:
    """The rulings that pieces on one line make."""
    line.sort(key=lambda piece: piece[2])
    low = high = start = end = longest = 0.0
    count = 0
    for piece in line:
        gap, length = piece[2] - end, piece[3] - piece[2]
        if count and (gap <= _GAP or (gap <= 2 * _GAP and max(longest, length) <= _DASH)):
            low, high, end = min(low, piece[0]), max(high, piece[1]), max(end, piece[3])
            longest = max(longest, length)
            count += 1
            continue
        if _is_ruling(end - start, longest, count):
            yield (low, high, start, end)
        low, high, start, end, longest, count = *piece, length, 1
    if _is_ruling(end - start, longest, count):
        yield (low, high, start, end)


def _is_ruling(length: float, longest: float, pieces: int) -> bool:
    """Whether pieces make a ruling: dots of several dotted lines, one below the other, make none."""
    return length >= _SHORTEST and (longest > _DOT or pieces >= _DOTS)
