"""The rulings of a straight page, be they whole, dashed, double, faint or broken.

Level rulings are long, and show by themselves that they are none of the text. Between two of them, a standing one
goes all the way from the upper to the lower, which no stroke of a character does. Where they cross makes a mesh;
each of its edges is then looked at by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from govdisclose.readers.pdf.text import Rectangle
from govdisclose.readers.scan.corridors import DARK, between_numbers, is_number
from govdisclose.readers.scan.level import LIKE, Level, crests_of, look_along
from govdisclose.readers.scan.lost import Cells, Edges, lost, stems
from govdisclose.readers.scan.sheets import Pixels, coarsened
from govdisclose.readers.scan.strokes import Style
from govdisclose.readers.scan.text_areas import text_areas, without_long

_HALF = 0.3
"""Points from the middle of a thin ruling to its edge, and a little:"""
_CLEAR = 0.6
_SAME = 0.9
"""Rulings nearer than this, in points, are one."""
_BOTH = 0.75
"""The weaker one of a double ruling is seen along this share of the other; a column of digits is not."""
_TWINS, _NEXT = 3.4, 4.0
"""Rulings nearer than these, in points, are the two of a double one; or the weaker one is none."""
_DOUBLE = 0.9
"""A line that reaches this far to either side, in points, is a double or thick one."""
_BEGUN = 14.0
"""Points of a level ruling that begins beside no standing one, at least."""
_STRAY = 0.2
"""Share of what is before it that may be inked."""
_LOWEST = 7.0
"""Points; no row is lower."""
_DRAWN, _PERHAPS = 0.7, 0.4
"""An edge of the mesh looks so much like a ruling if it is one; if it may be one."""
_SURE, _MANY = 0.95, 5
"""A dashed ruling seen in one row only looks so much like one, at least; and a table of so many rows has none."""
_NEAR_BY, _REACHED = 7.0, 0.08
"""Points from a standing ruling in which a level one is seen, and along which share of them."""
_STEPS = 10.0, 2.0
"""Points in which a ruling is followed beyond the mesh, first in long steps, then in short ones."""


_RIM, _DIGIT = 0.8, 3.0
"""Points beside a ruling that may be of it; or of the digit that was taken for it."""


@dataclass(frozen=True, slots=True)
class Rulings:
    """The rulings of a page as rectangles in points, each thin in one direction, and what may be further ones."""

    drawn: tuple[Rectangle, ...] = ()
    perhaps: tuple[Rectangle, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """Where a ruling lies or stands, how far it reaches to either side of it, and along how many points it was seen.

    One that is `lost` is known by what stands beside it.
    """

    place: float
    half: float = _HALF
    seen: float = 0.0
    clear: float = _CLEAR
    lost: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """A standing ruling seen between two neighbouring level ones, which are `height` apart."""

    place: float
    height: float
    likeness: float


def find_rulings(grey: Pixels, scale: float) -> Rulings:
    """The rulings of all tables on a page.

    Parameters
    ----------
    grey : array of uint8, shape (height, width)
        A straight page, paper white.
    scale : float
        Pixels per point.
    """
    grey, scale = coarsened(grey, scale)
    ink = np.asarray(255 - grey, dtype=np.uint8)
    strokes = without_long(ink, scale)
    text = text_areas(strokes, scale)
    flat, side = look_along(ink, text, scale), look_along(_turned(ink), _turned(text), scale)
    flat, side = replace(flat, styles=flat.styles or side.styles), replace(side, styles=_plausible(side, flat))
    rows = _apart(flat, flat.lines())
    if len(rows) < 2:
        return Rulings()
    level = [row.place for row in rows]
    spread = _spread(rows)
    side = side.with_text(_turned(text_areas(strokes, scale, level, spread=spread)))
    seen = [_standing(side, *pair, spread) for pair in pairwise(rows)]
    seen = [_reached(flat, *pair, strip) for pair, strip in zip(pairwise(rows), seen, strict=True)]
    columns = {found.place for strip in seen for found in strip}
    flat = flat.with_text(text_areas(strokes, scale, level, sorted(columns), spread))
    meshes = [_Mesh.of(flat, side, rows[a : b + 1], seen[a:b]) for a, b in _tables(side, rows, seen)]
    drawn = [ruling for mesh in meshes for ruling in mesh.rulings()]
    return Rulings(tuple(drawn), tuple(ruling for mesh in meshes for ruling in mesh.doubtful()))


def _plausible(side: Level, flat: Level) -> tuple[Style, ...]:
    """How standing rulings are drawn: zeros in a column look like dashes, and level ones tell."""
    whole = tuple(style for style in side.styles if not style.dash)
    if whole and flat.styles and not any(style.dash for style in flat.styles):
        return whole
    return side.styles or flat.styles


def _apart(level: Level, found: Sequence[tuple[float, float]], spread: float = 0.0) -> list[_Line]:
    """Lines from where they were seen, in order, the two of a double one as one.

    `spread` is how far apart the two of double rulings of this page stand; where one of them is not seen, what runs
    across may end that far from the other.
    """
    places, weights = np.array(sorted(found), dtype=float).reshape(-1, 2).T
    strongest: list[_Line] = []
    while len(places):
        sums = [float(weights[np.abs(places - place) < _SAME].sum()) for place in places]
        near = np.abs(places - places[int(np.argmax(sums))]) < _SAME
        middle = float(np.average(places[near], weights=weights[near]))
        strongest.append(_Line(middle, _HALF, float(weights[near].sum())))
        places, weights = places[~near], weights[~near]
    lines: list[_Line] = []
    for line in strongest:
        other = next((n for n, known in enumerate(lines) if abs(known.place - line.place) < _NEXT), None)
        if other is None:
            lines.append(replace(line, half=max(_HALF, level.thickness(line.place) / 2)))
        elif line.seen > _BOTH * lines[other].seen and abs(lines[other].place - line.place) < _TWINS:
            known = lines[other]
            half = abs(known.place - line.place) / 2 + _HALF
            lines[other] = _Line((known.place + line.place) / 2, half, known.seen)
    spread = spread or _spread(lines)
    clears = [line.half - _HALF if line.half > _DOUBLE else max(line.half - _HALF, spread) for line in lines]
    made = [replace(line, clear=clear + _CLEAR) for line, clear in zip(lines, clears, strict=True)]
    return sorted(made, key=lambda line: line.place)


def _spread(lines: Sequence[_Line]) -> float:
    """How far apart the two of double rulings stand; 0 on a page of single ones."""
    twins = [2 * (line.half - _HALF) for line in lines if line.half > _DOUBLE]
    return float(np.median(twins)) if len(twins) > 0.3 * len(lines) else 0.0


def _reached(flat: Level, above: _Line, below: _Line, seen: Sequence[_Seen]) -> list[_Seen]:
    """Those that a level ruling comes near to; the edge of the sheet and its shadow stand alone."""
    near = round(_NEAR_BY * flat.scale)
    places = [flat.place(row.place) for row in (above, below)]
    marks = [flat.line[max(place - 1, 0) : place + 2].max(axis=0) > flat.threshold for place in places]
    out = []
    for one in seen:
        x = round(one.place * flat.scale)
        if max(float(row[max(x - near, 0) : x + near + 1].mean()) for row in marks) > _REACHED:
            out.append(one)
    return out


def _standing(side: Level, above: _Line, below: _Line, spread: float) -> list[_Seen]:
    """The standing rulings between two neighbouring level ones; the two of a double one are `spread` apart."""
    height = below.place - above.place
    first, last = side.pixel(above.place + above.clear), side.pixel(below.place - below.clear)
    if height < _LOWEST or last <= first:
        return []
    share = (side.line[:, first:last] > side.threshold).mean(axis=1)
    share[side.text[:, first:last].mean(axis=1) > 0.5] = 0
    crests = crests_of(share, 0.25)
    away = spread / 2 * side.scale  # between the two of a double one there may be nothing
    around = (0.0, -away, away) if away else (0.0,)
    seen = [
        _Seen(
            x / side.scale,
            height,
            max(side.at(min(max(round(x + step), 0), len(share) - 1), first, last) for step in around),
        )
        for x in crests
    ]
    return [one for one in seen if one.likeness > LIKE]


def _tables(side: Level, rows: Sequence[_Line], seen: Sequence[Sequence[_Seen]]) -> Iterator[tuple[int, int]]:
    """The first and last row line of each table: strips in which two standing rulings or more were seen.

    One in which they were missed, between two that have the same outer ones, is of the table if one of these shows.
    """
    outer = [(strip[0].place, strip[-1].place) if len(strip) > 1 else None for strip in seen]
    for k in range(1, len(outer) - 1):
        before, after = outer[k - 1], outer[k + 1]
        if outer[k] is None and before and after and max(abs(a - b) for a, b in zip(before, after, strict=True)) < 2:
            start, end = rows[k].place + rows[k].clear, rows[k + 1].place - rows[k + 1].clear
            if max(side.likeness(place, start, end) for place in before) > 0.5:
                outer[k] = before
    strips = groupby(range(len(outer)), key=lambda k: outer[k] is not None)
    for ruled, group in strips:
        if ruled:
            numbers = list(group)
            yield numbers[0], numbers[-1] + 1


@dataclass(frozen=True, slots=True)
class _Mesh:
    """A table's lines, and how much each edge between their crossings looks like a ruling.

    `upright` has a row a column line and a column a strip; `level` a row a row line and a column between columns.
    """

    flat: Level
    side: Level
    rows: Sequence[_Line]
    columns: Sequence[_Line]
    upright: NDArray[np.float64]
    level: NDArray[np.float64]

    @classmethod
    def of(cls, flat: Level, side: Level, rows: Sequence[_Line], seen: Sequence[Sequence[_Seen]]) -> _Mesh:
        """The mesh of the rows and of the columns seen between them."""
        found = [one for strip in seen for one in strip]
        if all(style.dash for style in side.styles):  # text one row high may look like dashes
            few = len(seen) < _MANY
            found = [o for o in found if (few and o.likeness > _SURE) or _seen_at(o.place, found) > 1.6 * o.height]
        columns = _apart(side, [(one.place, one.height) for one in found], _spread(rows))
        strips, intervals = list(_between(side, rows)), list(_between(flat, columns))
        more = [*_begun(flat, rows, columns), *between_numbers(flat.ink, strips, intervals, flat.scale)]
        columns = sorted([*columns, *(_Line(place, lost=True) for place in more)], key=lambda line: line.place)
        upright = _edges(side, columns, rows)
        for strip, places in enumerate(seen):
            for n, column in enumerate(columns):
                if any(abs(one.place - column.place) < column.half + _SAME for one in places):
                    upright[n, strip] = max(upright[n, strip], LIKE)
        return cls(flat, side, rows, columns, upright, _edges(flat, rows, columns))._with_lost()

    def _with_lost(self) -> _Mesh:
        """The same with the edges that the scanner lost, and without those that are digits."""
        free = Edges(_free(self.side, self.columns, self.rows), _free(self.flat, self.rows, self.columns))
        uprights = np.where(stems(self.upright > _DRAWN, free.upright, self._bare()), 0.0, self.upright)
        drawn = Edges(uprights > _DRAWN, self.level > _DRAWN)
        found = lost(drawn, free, self._cells(), np.array([line.lost for line in self.columns], dtype=bool))
        upright, level = np.where(found.upright, 1.0, uprights), np.where(found.level, 1.0, self.level)
        return replace(self, upright=upright, level=level)

    def _spans(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The pixels between neighbouring row lines, and between column lines."""
        return list(_between(self.side, self.rows)), list(_between(self.flat, self.columns))

    def _cells(self) -> Cells:
        """In which cells of the mesh characters stand, and in which of them one short line."""
        inked = np.zeros((max(len(self.rows) - 1, 0), max(len(self.columns) - 1, 0)), dtype=bool)
        numbers = inked.copy()
        strips, intervals = self._spans()
        for strip, (y0, y1) in enumerate(strips):
            for n, (x0, x1) in enumerate(intervals):
                dark = self.flat.ink[y0:y1, x0:x1] > DARK
                inked[strip, n], numbers[strip, n] = dark.any(), is_number(dark, self.flat.scale)
        return Cells(inked, numbers)

    def _bare(self) -> NDArray[np.bool_]:
        """In which cells of the mesh nothing stands but right beside their rulings."""
        beside = round(_DIGIT * self.flat.scale)
        strips, intervals = self._spans()
        within = [(x0 + beside, x1 - beside) for x0, x1 in intervals]
        return np.array(
            [[x0 < x1 and not (self.flat.ink[y0:y1, x0:x1] > DARK).any() for x0, x1 in within] for y0, y1 in strips],
            dtype=bool,
        ).reshape(len(strips), len(within))

    def rulings(self) -> Iterator[Rectangle]:
        """What is drawn, in whole pieces."""
        for line, start, end in _pieces(self.flat, self.rows, self.columns, self.level > _DRAWN):
            yield start, line.place - line.half, end, line.place + line.half
        for line, start, end in _pieces(self.side, self.columns, self.rows, self.upright > _DRAWN):
            yield line.place - line.half, start, line.place + line.half, end

    def doubtful(self) -> Iterator[Rectangle]:
        """Edges that may be drawn or not."""
        for n, k in np.argwhere((self.level > _PERHAPS) & (self.level <= _DRAWN)).tolist():
            y = self.rows[n].place
            yield self.columns[k].place, y, self.columns[k + 1].place, y
        for n, k in np.argwhere((self.upright > _PERHAPS) & (self.upright <= _DRAWN)).tolist():
            x = self.columns[n].place
            yield x, self.rows[k].place, x, self.rows[k + 1].place


def _begun(flat: Level, rows: Sequence[_Line], columns: Sequence[_Line]) -> list[float]:
    """Where several level rulings begin or end beside no standing one: that one was lost."""
    places: list[float] = []
    for row in rows:
        middle = flat.place(row.place)
        marks = flat.line[max(middle - 1, 0) : middle + 2].max(axis=0) > flat.threshold
        for before, after in pairwise(columns):
            first, last = flat.pixel(before.place + before.clear), flat.pixel(after.place - after.clear)
            places += [(first + place) / flat.scale for place in _ends(marks[first:last], flat.scale)]
    begun: list[float] = []
    for place in places:
        near = [other for other in places if abs(other - place) < _SAME]
        if len(near) > 2 and all(abs(place - known) > _NEXT for known in begun):
            begun.append(float(np.median(near)))
    return begun


def _ends(marks: NDArray[np.bool_], scale: float) -> Iterator[int]:
    """Where a ruling begins that goes on to the right, or ends that comes from the left."""
    for stretch, way in ((marks, 1), (marks[::-1], -1)):
        blank = np.flatnonzero(~stretch)
        if not blank.size:
            continue
        last = int(blank[-1])
        if len(stretch) - last > _BEGUN * scale and last > _LOWEST * scale and stretch[:last].mean() < _STRAY:
            yield last if way > 0 else len(stretch) - 1 - last


def _edges(level: Level, lines: Sequence[_Line], across: Sequence[_Line]) -> NDArray[np.float64]:
    """How much each stretch of each line, between neighbouring ones across, looks like a ruling."""
    found = np.zeros((len(lines), max(len(across) - 1, 0)))
    for n, line in enumerate(lines):
        twin = max(line.half - _HALF, line.clear - _CLEAR)
        places = (line.place - twin, line.place, line.place + twin) if twin > _HALF else (line.place,)
        for k, (before, after) in enumerate(pairwise(across)):
            stretch = before.place + before.clear, after.place - after.clear
            found[n, k] = max(level.likeness(place, *stretch, known=True) for place in places)
    return found


def _between(level: Level, lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """The pixels between neighbouring lines, clear of these."""
    for before, after in pairwise(lines):
        yield level.pixel(before.place + before.clear + _RIM), level.pixel(after.place - after.clear - _RIM)


def _free(level: Level, lines: Sequence[_Line], across: Sequence[_Line]) -> NDArray[np.bool_]:
    """Whether no character stands in the way of each stretch of each line."""
    found = np.zeros((len(lines), max(len(across) - 1, 0)), dtype=bool)
    for n, line in enumerate(lines):
        row = level.place(line.place)
        through = np.asarray(level.text[max(row - 2, 0) : row + 3 : 2] > 0).min(axis=0)
        for k, (before, after) in enumerate(pairwise(across)):
            stretch = through[level.pixel(before.place + before.clear) : level.pixel(after.place - after.clear)]
            found[n, k] = not stretch.any()
    return found


def _seen_at(place: float, found: Sequence[_Seen]) -> float:
    return sum(other.height for other in found if abs(other.place - place) < 1.0)


def _pieces(
    level: Level, lines: Sequence[_Line], across: Sequence[_Line], drawn: NDArray[np.bool_]
) -> Iterator[tuple[_Line, float, float]]:
    """The lines in pieces, each from where it begins to where it ends, also beyond the mesh."""
    for line, edges in zip(lines, drawn, strict=True):
        for there, group in groupby(range(len(edges)), key=edges.__getitem__):
            if not there:
                continue
            numbers = list(group)
            start, end = across[numbers[0]].place, across[numbers[-1] + 1].place
            if numbers[0] == 0:
                start = _followed(level, line.place, start, -1)
            if numbers[-1] == len(edges) - 1:
                end = _followed(level, line.place, end, 1)
            yield line, start, end


def _followed(level: Level, place: float, end: float, way: int) -> float:
    """How far a ruling goes on beyond the mesh, up (-1) or down."""
    for step in _STEPS:
        while 0 < end + way * step < level.line.shape[1] / level.scale:
            stretch = sorted((end + way * _CLEAR, end + way * (step + _CLEAR)))
            if level.likeness(place, stretch[0], stretch[1], known=True) <= LIKE:
                break
            end += way * step
    return end


def _turned(picture: Pixels) -> Pixels:
    return np.ascontiguousarray(picture.T)
