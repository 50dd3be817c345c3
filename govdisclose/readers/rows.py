"""Lines → paragraphs and grids: which lines are rows of a table, and where their cells end.

Rows are told from prose by marks alone (tabs, bars, runs of spaces, values at the end), never by
what they say. Columns are not: a grid made here has `geometry=False`, its rows may be ragged.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from govdisclose.clean import is_value, parse
from govdisclose.model import Block, Grid, GridCell, Paragraph
from govdisclose.readers.fixed_width import fixed_width_grid


class Line(NamedTuple):
    """A line of text, its number in the source, and the heading level it declares (or 0)."""

    text: str
    number: int | None = None
    heading: int = 0


_BARS = str.maketrans("｜│┃║", "||||")
_FRAME = re.compile(r"^[\s+\-=|:─━┄┅┈┉═┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝│┃║]+$")
_CORNERS = re.compile(r"[+┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝─━═]")
_SEPARATOR = re.compile(r"^\|?(?:\s*:?-{2,}:?\s*\|)*\s*:?-{2,}:?\s*\|?$")
_ONE_CELL = re.compile(r"[^|]*\||\|+")
_GAP = re.compile(r"[ \xa0]{2,}|[ \xa0]*\u3000{2,}[ \xa0]*")
_IDEOGRAPHIC_GAP = re.compile(r"[ \xa0\u3000]{2,}|\u3000")
_PAGE_NUMBER = re.compile(r"^[-—–―─·•]+\s*\d{1,4}\s*[-—–―─·•]+$")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_SENTENCE_END = "。；！？;"
_MAX_LABEL = 90
_MAX_SPACED = 2000
MAX_ROW = 20_000
"""Characters above which a line is neither a row nor Markdown."""


def blocks_from_lines(lines: Sequence[Line]) -> list[Block]:
    """Sort lines into paragraphs and grids, in order.

    Parameters
    ----------
    lines : sequence of Line

    Returns
    -------
    list of Paragraph or Grid
        Grids have `geometry=False`; those whose cells were separated by spaces alone have
        `blanks=False`.

    Examples
    --------
    >>> grid, text = blocks_from_lines([Line("甲 | 1 | |"), Line("乙 | 2 | 3 |"), Line("完")])
    >>> [cell.text for cell in grid.cells], text.text
    (['甲', '1', '', '乙', '2', '3'], '完')
    """
    kinds = [_kind(line) for line in lines]
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        kind = kinds[at]
        end, grid = _aligned_run(lines, kinds, at) if kind in ("text", "space") else (at, None)
        if grid is not None:
            blocks.append(grid)
            at = end
            continue
        if kind in ("", "frame"):
            at += 1
        elif kind == "text":
            blocks.extend(_paragraphs(lines[at]))
            at += 1
        else:
            end = _run_end(kinds, at, _FAMILIES[kind])
            taken, made = _READERS[kind](lines, kinds, at, end)
            if kind == "space" and made and isinstance(made[0], Grid):
                made[0] = _with_header(blocks, lines[at].number, made[0])
            blocks.extend(made)
            at = taken
    return blocks


def _kind(line: Line) -> str:
    text = line.text
    if line.heading or len(text) > MAX_ROW:
        return "text"
    if not text or text.isspace():
        return ""
    stripped = text.strip().translate(_BARS)
    if _FRAME.match(stripped) and _CORNERS.search(stripped) and len(stripped) > 2:
        return "frame"
    if "|" in stripped.replace("\\|", ""):
        return "bar"
    if "\t" in text.strip(" \r"):
        cells = [cell for cell in text.split("\t") if cell.strip()]
        if len(cells) == 1 and text.startswith("\t") and _is_prose(cells[0]):
            return "text"
        return "tab"
    if len(_spaced(text)) > 1:
        return "space"
    if _comma_cells(text):
        return "comma"
    return "text"


_FAMILIES: dict[str, frozenset[str]] = {
    "bar": frozenset({"bar", "", "frame"}),
    "tab": frozenset({"tab", "", "frame"}),
    "space": frozenset({"space"}),
    "comma": frozenset({"comma"}),
}


def _run_end(kinds: Sequence[str], start: int, family: frozenset[str]) -> int:
    end = start
    while end < len(kinds) and kinds[end] in family:
        end += 1
    while kinds[end - 1] in ("", "frame"):
        end -= 1
    return end


def _paragraphs(line: Line, text: str | None = None) -> list[Block]:
    pieces = (piece.strip() for piece in (line.text if text is None else text).split("\n"))
    return [Paragraph(piece, line=line.number, heading=line.heading) for piece in pieces if piece]


def _is_prose(text: str) -> bool:
    return len(text) > _MAX_LABEL or text.rstrip().endswith(tuple(_SENTENCE_END))


def regroup(blocks: Sequence[Block]) -> list[Block]:
    """Find rows among paragraphs that a page or document holds instead of a table.

    >>> made = regroup([Paragraph("甲 | 1 | 2 |"), Paragraph("乙 | 3 | 4 |"), Paragraph("完")])
    >>> [type(block).__name__ for block in made]
    ['Grid', 'Paragraph']
    """
    result: list[Block] = []
    run: list[Paragraph] = []
    for block in [*blocks, None]:
        if isinstance(block, Paragraph) and not block.heading:
            run.append(block)
            continue
        lines = [Line(paragraph.text) for paragraph in run]
        made = blocks_from_lines(lines)
        # nothing but paragraphs: keep the first ones, which know their place
        result.extend(made if any(isinstance(b, Grid) for b in made) else run)
        run = []
        if block is not None:
            result.append(block)
    return result


def grid_of(rows: Iterable[Sequence[str]], *, blanks: bool = True) -> Grid:
    """A grid of ragged rows: a cell's column is its place in the row.

    >>> [(cell.row, cell.col, cell.text) for cell in grid_of([["甲", "1"], ["2"]]).cells]
    [(0, 0, '甲'), (0, 1, '1'), (1, 0, '2')]
    """
    cells = (GridCell(r, c, _cell(text)) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Grid(tuple(cells), geometry=False, blanks=blanks)


def _cell(text: str) -> str:
    return text.replace("\\|", "|").strip()


# Bars


def _bar_run(lines: Sequence[Line], kinds: Sequence[str], start: int, end: int) -> tuple[int, list[Block]]:
    rows = [lines[at].text.translate(_BARS).strip() for at in range(start, end) if kinds[at] == "bar"]
    single = sum(1 for row in rows if _ONE_CELL.fullmatch(row.replace("\\|", "")))
    if len(rows) >= 4 and single >= 0.8 * len(rows):
        cells = [cell for row in rows for cell in _terminated(row)]
        # the last cell of a table has no bar after it: nothing follows within its row
        if end < len(lines) and kinds[end] == "text" and not lines[end].heading and is_value(lines[end].text):
            cells.append(lines[end].text)
            end += 1
        return end, [grid_of([cell] for cell in cells)]
    if not any(map(_is_row, rows)):
        return end, [block for at in range(start, end) if kinds[at] == "bar" for block in _paragraphs(lines[at])]
    return end, [_bar_grid(part) for part in _split_at_headers(lines, kinds, start, end)]


def _is_row(row: str) -> bool:
    """Whether a line with bars is by itself a row, not a breadcrumb or a title."""
    cells = _split(row)
    return row.startswith("|") or row.endswith("|") or len(cells) > 3 or any(c.strip() and is_value(c) for c in cells)


def _split(row: str) -> list[str]:
    return re.split(r"(?<!\\)\|", row)


def _terminated(row: str) -> list[str]:
    cells = _split(row)
    return cells[:-1] if len(cells) > 1 and not cells[-1].strip() else cells


def _split_at_headers(lines: Sequence[Line], kinds: Sequence[str], start: int, end: int) -> list[list[str]]:
    """Cut a run before each row that a Markdown separator row declares a header."""
    parts: list[list[str]] = [[]]
    declared = False
    for at in range(start, end):
        if kinds[at] != "bar":
            continue
        row = lines[at].text.translate(_BARS).strip()
        part = parts[-1]
        if _SEPARATOR.match(row) and ("---" in row or (len(part) == 1 and not declared)):
            if len(part) > 1 and (declared or kinds[at - 2] == ""):
                parts.append([part.pop()])
            declared = True
            continue
        part.append(row)
    return [part for part in parts if part]


def _bar_grid(rows: Sequence[str]) -> Grid:
    worded = [row for row in rows if row.strip("| ")] or rows
    leading = 2 * sum(row.startswith("|") for row in worded) >= len(worded)
    trailing = 2 * sum(row.endswith("|") for row in worded) >= len(worded)
    split = []
    for row in rows:
        cells = _split(row)
        if leading and len(cells) > 1 and not cells[0].strip():
            del cells[0]
        if trailing and len(cells) > 1 and not cells[-1].strip():
            del cells[-1]
        split.append(cells)
    return grid_of(split)


# Tabs


def _tab_run(lines: Sequence[Line], kinds: Sequence[str], start: int, end: int) -> tuple[int, list[Block]]:
    rows = [(lines[at], lines[at].text.rstrip(" \r").split("\t")) for at in range(start, end) if kinds[at] == "tab"]
    before: list[Block] = []
    after: list[Block] = []
    while rows and _is_indented(rows[0][1]):
        line, _ = rows.pop(0)
        before.extend(_paragraphs(line))
    while rows and _is_indented(rows[-1][1]):
        line, _ = rows.pop()
        after[:0] = _paragraphs(line)
    if len(rows) == 1:
        line, cells = rows[0]
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) < 3 and len(cells) < 4 and not any(is_value(cell) for cell in filled):
            return end, [*before, *_paragraphs(line, line.text.replace("\t", " ")), *after]
    return end, [*before, *([grid_of(cells for _, cells in rows)] if rows else []), *after]


def _is_indented(cells: Sequence[str]) -> bool:
    """A lone text after tabs, at the edge of a run: an indented paragraph rather than a row."""
    return len(cells) > 1 and bool(cells[-1].strip()) and not any(cell.strip() for cell in cells[:-1])


# Spaces


def _spaced(text: str) -> list[str]:
    """The cells of a line whose columns only spaces separate, or one cell where it is no such line."""
    text = text.strip()
    if not 2 < len(text) <= _MAX_SPACED or text[-1] in _SENTENCE_END or _PAGE_NUMBER.match(text):
        return [text]
    if not any(space in text for space in " \xa0\u3000"):
        return [text]
    tokens = text.split()
    values = 0
    while values < len(tokens) and is_value(tokens[-1 - values]):
        values += 1
    wide = [piece.strip() for piece in _GAP.split(text)]
    if len(wide) == 1:
        wide = [piece.strip() for piece in _IDEOGRAPHIC_GAP.split(text)]
        if min(map(len, wide)) < 2 and not any(is_value(piece) for piece in wide):
            wide = [text]
    if values < 2 or (len(wide) > values and len(wide[-1].split()) == 1):
        return wide if all(len(piece) <= _MAX_LABEL for piece in wide) else [text]
    if values == len(tokens):
        return tokens if values > 2 else [text]
    label = text
    for token in reversed(tokens[-values:]):
        label = label.rstrip().removesuffix(token)
    label = label.rstrip()
    if len(label) > _MAX_LABEL or label[-1] in "::：" or any(c in label for c in _SENTENCE_END):
        return [text]
    return [*(piece for piece in _GAP.split(label) if piece.strip()), *tokens[-values:]]


def _space_run(lines: Sequence[Line], kinds: Sequence[str], start: int, end: int) -> tuple[int, list[Block]]:
    rows = [_spaced(lines[at].text) for at in range(start, end)]
    counts = [sum(map(is_value, row)) for row in rows]
    if max(counts) > 1 or (len(rows) > 1 and any(counts)):
        while end < len(lines) and kinds[end] == "text" and (pair := _label_and_value(lines[end])):
            rows.append(pair)
            end += 1
        return end, [grid_of(rows, blanks=False)]
    return end, _paragraphs(lines[start])


def _aligned_run(lines: Sequence[Line], kinds: Sequence[str], start: int) -> tuple[int, Grid | None]:
    """Neighbouring lines from here on whose columns are held by spaces, as one grid."""
    if start and kinds[start - 1] in ("text", "space"):
        return start, None
    end = start
    while end < len(lines) and kinds[end] in ("text", "space") and not lines[end].heading:
        if len(lines[end].text) > _MAX_SPACED or lines[end].text.rstrip()[-1:] in _SENTENCE_END:
            return start, None
        end += 1
    if sum(kind == "space" for kind in kinds[start:end]) < 3:
        return start, None
    return end, fixed_width_grid([line.text for line in lines[start:end]])


def _label_and_value(line: Line) -> list[str]:
    """Two cells of a line "label 12" beside a row, or nothing."""
    tokens = line.text.split()
    if len(tokens) != 2 or line.heading or _YEAR.match(tokens[1]) or tokens[0][-1] in ":：":
        return []
    return tokens if parse(tokens[1]).state == "number" and not is_value(tokens[0]) else []


def _with_header(blocks: list[Block], number: int | None, grid: Grid) -> Grid:
    """Move up to three short lines of several words that stand right above a grid into it."""
    header: list[list[str]] = []
    while number is not None and blocks and len(header) < 3:
        last = blocks[-1]
        number -= 1
        if not isinstance(last, Paragraph) or last.heading or last.line != number:
            break
        tokens = last.text.split()
        pair = _label_and_value(Line(last.text))
        words = all(1 < len(t) <= 14 and not any(c in t for c in "。，；、：:,;") for t in tokens)
        if not pair and (len(tokens) < 2 or not words or _PAGE_NUMBER.match(last.text)):
            break
        header.insert(0, tokens)
        blocks.pop()
    if not header:
        return grid
    moved = (GridCell(c.row + len(header), c.col, c.text) for c in grid.cells)
    return Grid((*grid_of(header).cells, *moved), geometry=False, blanks=False)


# Commas


def _comma_cells(text: str) -> list[str]:
    if text.count(",") < 3 or _is_prose(text):
        return []
    try:
        cells = next(csv.reader([text.strip()]))
    except (csv.Error, StopIteration):
        return []
    return cells if len(cells) > 3 and all(len(cell) <= _MAX_LABEL for cell in cells) else []


def _comma_run(lines: Sequence[Line], kinds: Sequence[str], start: int, end: int) -> tuple[int, list[Block]]:
    rows = [_comma_cells(lines[at].text) for at in range(start, end)]
    widths = {len(row) for row in rows}
    numeric = sum(1 for row in rows if sum(1 for cell in row if cell.strip() and is_value(cell)) > 1)
    if len(rows) > 2 and len(widths) == 1 and 2 * numeric >= len(rows):
        return end, [grid_of(rows)]
    return end, [block for at in range(start, end) for block in _paragraphs(lines[at])]


_Reader = Callable[[Sequence[Line], Sequence[str], int, int], tuple[int, list[Block]]]
_READERS: dict[str, _Reader] = {"bar": _bar_run, "tab": _tab_run, "space": _space_run, "comma": _comma_run}
