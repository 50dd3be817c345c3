"""One printing of a table with one line a row, and the header that stands over each of its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from govdisclose.alignment.cells import header_unit
from govdisclose.alignment.chains import Candidate, is_header
from govdisclose.alignment.columns import Ends, blank_like
from govdisclose.alignment.headers import Header, are_in_step, is_like, position_header, read_header
from govdisclose.alignment.labels import Vocabulary
from govdisclose.alignment.lines import Line, Piece
from govdisclose.forms import Block, Entry

ABOVE = 24
"""Lines above the first row in which its header may stand: a stream has one line a label."""
_NAMES_OTHERS = "the printed header names other columns"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One printing of a table: its rows in order, and the header above each."""

    lines: Sequence[Line]
    table: str
    words: Vocabulary
    links: tuple[Candidate, ...]

    def row(self, link: Candidate) -> str:
        """The row of the form that a line prints."""
        return self.words.rows[self.table][link.row]

    def line(self, link: Candidate) -> Line:
        """The line itself."""
        return self.lines[link.line]

    def depth(self, link: Candidate) -> int:
        """How many groups stand over the row."""
        return self.words.depth(self.table, self.row(link))


def _header_lines(sheet: Sheet, start: int, link: Candidate) -> list[int]:
    """The numbers of the header lines that belong to a row: from the last break on, also one a grid."""
    found = [i for i in range(start, link.line) if is_header(sheet.lines[i], sheet.table)]
    if not found:
        return []
    taken = [found[-1]]
    for i in reversed(found[:-1]):
        line = sheet.lines[i]
        if line.grid_number != sheet.lines[taken[0]].grid_number:
            beside = i + 1 == taken[0] and not line.stream
            if not beside or _named(line, sheet.table) & _named_by(sheet, taken):
                break  # an earlier printing of the header belongs to rows already read
        taken.insert(0, i)
    return taken


def _named(line: Line, table: str) -> set[str]:
    return {m.id for ms in line.matches for m in ms[:1] if m.table == table and m.kind in ("column", "span")}


def _named_by(sheet: Sheet, numbers: Sequence[int]) -> set[str]:
    return {i for n in numbers for i in _named(sheet.lines[n], sheet.table)}


def _within(line: Line, bounds: tuple[int, int]) -> Line:
    """The part of a header line over one half of a table printed in two halves side by side."""
    kept = [(p, m) for p, m in zip(line.pieces, line.matches, strict=True) if bounds[0] <= p.col < bounds[1]]
    return replace(line, pieces=[p for p, _ in kept], matches=[m for _, m in kept])


def row_headers(sheet: Sheet, header_lines: set[int]) -> list[Header]:
    """The header of every row; `header_lines` takes the numbers of the lines they stand on."""
    return _columns_from_rows(sheet, _decide_form(sheet, _printed_headers(sheet, header_lines)))


def _printed_headers(sheet: Sheet, header_lines: set[int]) -> list[Header]:
    """The header printed over each row, or the form's columns where none is."""
    parents = sheet.words.column_parents(sheet.table)
    out: list[Header] = []
    current: Header | None = None
    owner = ""
    start = max(0, sheet.links[0].line - ABOVE)
    header_line: Line | None = None
    stray: defaultdict[tuple[int, Header], list[int]] = defaultdict(list)
    for link in sheet.links:
        blocks = sheet.words.blocks(sheet.table, sheet.row(link))
        numbers, bounds = _header_lines(sheet, start, link), sheet.line(link).bounds
        header_lines.update(numbers)
        between = [_within(sheet.lines[i], bounds) if bounds else sheet.lines[i] for i in numbers]
        if between:
            current, owner = read_header(between, sheet.table, blocks, parents), blocks[-1].id
            is_lone = current.how == "counted" and len(current.entries) == 1
            if is_lone and _is_strange(current.texts[0], current.entries):
                current = replace(current, doubt=current.doubt or _NAMES_OTHERS)
            header_line = between[-1]
        elif current is None or owner != blocks[-1].id:
            doubt = _NAMES_OTHERS if _has_strange_header(sheet, link) else ""
            current, owner = position_header(blocks[-1].columns, doubt), blocks[-1].id
        in_step = header_line is not None and are_in_step(sheet.line(link), header_line)
        out.append(current)
        if not in_step:
            stray[sheet.line(link).block, current].append(len(out) - 1)
        start = link.line + 1 if sheet.line(link).bounds is None else start
    for rows in stray.values():
        for n in rows:
            is_lone = len(rows) == 1 and sheet.line(sheet.links[n]).geometry
            out[n] = _carried_over(out[n], sheet.links[n].values if is_lone else ())
    return out


def _carried_over(header: Header, values: Sequence[Piece]) -> Header:
    """The header of another grid over the only row of this below it: over its cells, if these stand below the header's.

    So a table's last row goes on, on the next page, under a header that is not printed again; the columns of more
    rows than one are known from one another.
    """
    if len(values) != len(header.pieces) or not values:
        return replace(header, pieces=())
    for value, head in zip(values, header.pieces, strict=True):
        if value.box is None or head.box is None or not head.box.x0 < (value.box.x0 + value.box.x1) / 2 < head.box.x1:
            return replace(header, pieces=())
    return replace(header, pieces=tuple(values), end=values[-1].col + values[-1].colspan)


def _has_strange_header(sheet: Sheet, link: Candidate) -> bool:
    """Whether the line above a row, in its grid, prints labels of which the form knows none."""
    above = sheet.lines[link.line - 1] if link.line else None
    if above is None or above.stream or above.grid_number != sheet.line(link).grid_number:
        return False
    if any(m.table == sheet.table for ms in above.matches for m in ms):
        return False
    if not all(p.is_text or p.is_blank for p in above.pieces):
        return False
    if len(above.texts) != 1:
        return len(above.texts) > 1
    (text,) = above.texts
    if text.overlaps(link.label) or len(link.values) != 1 or not text.overlaps(link.values[0]):
        return False
    lone = [b.columns[0] for b in sheet.words.blocks(sheet.table, sheet.row(link)) if len(b.columns) == 1]
    return are_in_step(above, sheet.line(link)) and bool(lone) and _is_strange(text.text, lone)


def _is_strange(text: str, columns: Sequence[Entry | None]) -> bool:
    """Whether the header of a lone column is not like one of these: that there is one column proves nothing."""
    unit = header_unit(text)
    return bool(text.strip()) and not any(c and ((unit and unit == c.unit) or is_like(text, c)) for c in columns)


def _columns_from_rows(sheet: Sheet, headers: list[Header]) -> list[Header]:
    """Ruled grids without a header of their own: where most rows have their values, all have them."""
    votes: defaultdict[tuple[int, Header], Counter[tuple[int, ...]]] = defaultdict(Counter)
    pieces: dict[tuple[int, ...], tuple[Piece, ...]] = {}
    for link, header in zip(sheet.links, headers, strict=True):
        if header.pieces:
            continue
        columns = tuple(v.col for v in link.values)
        plain = sheet.line(link).geometry and all(v.colspan == 1 for v in link.values)
        if plain and len(columns) == len(header.entries) > 1:
            votes[sheet.line(link).block, header][columns] += 1
            pieces[columns] = link.values
    if not votes:
        return headers
    out = []
    for link, header in zip(sheet.links, headers, strict=True):
        found = votes.get((sheet.line(link).block, header)) if sheet.line(link).geometry else None
        if found:
            columns, times = found.most_common(1)[0]
            if times > 1 and 2 * times > found.total():
                header = replace(header, pieces=pieces[columns], end=columns[-1] + 1)
        out.append(header)
    return out


def _decide_form(sheet: Sheet, headers: list[Header]) -> list[Header]:
    """Where rows have no header, the columns of the one form that the rest of the table speaks for."""
    if all(h.how != "position" for h in headers):
        return headers
    fitting = fitting_forms(sheet, headers)
    return [
        form_header(sheet, sheet.row(link), fitting) if header.how == "position" and not header.doubt else header
        for link, header in zip(sheet.links, headers, strict=True)
    ]


def form_header(sheet: Sheet, row: str, fitting: Sequence[str]) -> Header:
    """The columns that the fitting forms give a row; doubtful where they differ."""
    found = [b for form_id in fitting if (b := _block(sheet, form_id, row))] or sheet.words.blocks(sheet.table, row)
    ways = {tuple(c.id for c in b.columns) for b in found}
    return position_header(found[-1].columns, "no header is printed, and two forms would fit" if len(ways) > 1 else "")


def fitting_forms(sheet: Sheet, headers: Sequence[Header]) -> list[str]:
    """The forms that contradict least of what is printed, and leave least of it empty."""
    named = Counter(e.id for h in headers if h.how == "header" for e in h.entries if e)
    bare = [link for link, h in zip(sheet.links, headers, strict=True) if h.how == "position"]
    scores: dict[str, tuple[int, int]] = {}
    for form in sheet.words.forms:
        table = next((t for t in form.tables if t.id == sheet.table), None)
        if table is None:
            continue
        blocks = {r.id: b for b in table.blocks for r in b.rows}
        columns = {c.id for b in table.blocks for c in (*b.columns, *b.extra_columns)}
        against = sum(n for i, n in named.items() if i not in columns)
        against += sum(sheet.row(link) not in blocks for link in sheet.links)
        lacking = 0
        for link in bare:
            block = blocks.get(sheet.row(link))
            filled = sum(not v.is_blank for v in link.values)
            if block and filled:
                against += filled > len(block.columns)
                lacking += filled < len(block.columns)
        scores[form.id] = (against, lacking)
    return [form_id for form_id, score in scores.items() if score == min(scores.values())]


def _block(sheet: Sheet, form_id: str, row: str) -> Block | None:
    table = sheet.words.forms[form_id].table(sheet.table)
    return next((b for b in table.blocks if any(r.id == row for r in b.rows)), None)


def row_ends(sheet: Sheet, block: int) -> Ends:
    """Where the rows of a grid end.

    They were trimmed where none ends in a blank and more than one is shorter than others of its
    shape (a single one may have lost a cell); they are even where most have one length.
    """
    links = [link for link in sheet.links if sheet.line(link).block == block and link.values]
    longest: defaultdict[int, int] = defaultdict(int)
    for link in links:
        longest[link.label.col] = max(longest[link.label.col], len(link.values))
    short = sum(len(link.values) < longest[link.label.col] for link in links)
    if short > 1 and not any(link.values[-1].is_blank for link in links):
        return "trimmed"
    lengths = Counter(link.values[-1].col for link in links)
    return "even" if lengths and 5 * lengths.most_common(1)[0][1] > 4 * len(links) else "uneven"


def straighten(sheet: Sheet) -> Sheet:
    """Separated cells taken as columns, grid by grid, where header and rows bear it out.

    Tabs or bars that write every span out as empty cells do give columns. That is so where each
    label of a complete header has a place of its own and no value of any row stands beside them.
    """
    blocks = {line.block for link in sheet.links if not (line := sheet.line(link)).geometry}
    for block in sorted(blocks):
        taken = [link for link in sheet.links if sheet.line(link).block == block]
        if any(sheet.line(link).stream or not sheet.line(link).blanks for link in taken):
            continue
        trial = _as_columns(sheet, block)
        pairs = [
            (link, header)
            for link, header in zip(trial.links, _printed_headers(trial, set()), strict=True)
            if trial.line(link).block == block
        ]
        if all(_bears_out(link, header) for link, header in pairs) and sum(_is_filled(link) for link, _ in pairs) > 1:
            sheet = trial
    return sheet


def _is_filled(link: Candidate) -> bool:
    return any(not v.is_blank for v in link.values)


def _bears_out(link: Candidate, header: Header) -> bool:
    if not (header.pieces and header.complete and header.in_order and header.how == "header"):
        return False
    return all(v.is_blank or any(v.overlaps(h) for h in header.pieces) for v in link.values)


def _as_columns(sheet: Sheet, block: int) -> Sheet:
    """The sheet with one ragged grid taken as columns; trimmed rows are filled up."""
    width = max(p.col + p.colspan for line in sheet.lines if line.block == block for p in line.pieces)
    trimmed = row_ends(sheet, block) == "trimmed"
    lines = list(sheet.lines)
    for number, line in enumerate(lines):
        end = max((p.col + p.colspan for p in line.pieces), default=0)
        if line.block == block and (trimmed or end == width):
            more = [blank_like(line.pieces[-1])._replace(col=c) for c in range(end, width)] if trimmed else []
            pieces, matches = [*line.pieces, *more], [*line.matches, *[()] * len(more)]
            lines[number] = replace(line, pieces=pieces, matches=matches, geometry=True)
    links = []
    for link in sheet.links:
        old, new = sheet.lines[link.line], lines[link.line]
        links.append(link._replace(values=(*link.values, *new.pieces[len(old.pieces) :])))
    return Sheet(lines, sheet.table, sheet.words, tuple(links))
