"""Tables with one line a row: chains, headers and values of one statutory table put together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from govdisclose.alignment import notices
from govdisclose.alignment.chains import Candidate, Chain, find_chains
from govdisclose.alignment.columns import place_values, windows
from govdisclose.alignment.headers import Header
from govdisclose.alignment.labels import Vocabulary
from govdisclose.alignment.lines import Line, Piece
from govdisclose.alignment.row_headers import (
    ABOVE,
    Sheet,
    fitting_forms,
    form_header,
    row_ends,
    row_headers,
    straighten,
)
from govdisclose.alignment.taking import TableRead, compare_printings, finish, take


def read_rows(lines: Sequence[Line], table: str, words: Vocabulary, used: set[int]) -> TableRead:
    """Read a table whose rows are lines. `used`: lines that other tables have taken."""
    chains = [c for c in find_chains(lines, table, words) if not {link.line for link in c.links} & used]
    reads = [read for c in chains if (read := _read_chain(lines, table, words, c)).cells]
    if not reads:
        return TableRead()
    size = max(len(r.rows) for r in reads)
    whole = [r for r in reads if len(r.rows) >= 0.6 * size]
    # A form left blank before the one filled in says nothing.
    main = next((r for r in whole if any(c.state == "number" for c in r.cells)), whole[0])
    for other in reads:
        if other is main:
            continue
        if {c.column for c in other.cells}.isdisjoint(c.column for c in main.cells):
            main.go_on(other)
        else:
            compare_printings(main, other, table, lines[other.first].place())
    return main


def _read_chain(lines: Sequence[Line], table: str, words: Vocabulary, chain: Chain) -> TableRead:
    read = TableRead()
    sheet = Sheet(lines, table, words, tuple(_without_group_lines(chain, table, words, read)))
    if not sheet.links:
        return TableRead()
    sheet = straighten(sheet)
    headers = row_headers(sheet, read.header_lines)
    if not _fits(sheet, headers):
        return TableRead()
    anchors, fillers = _anchors(sheet, headers), _are_spans_written_out(sheet, headers)
    for link, header in zip(sheet.links, headers, strict=True):
        _read_line(sheet, link, header, anchors, fillers, read)
        read.used.add(link.line)
    _out_of_order(sheet, headers, anchors, fillers, read)
    _beside_orphans(sheet, read)
    _torn_apart(sheet, read)
    finish(read, table, words)
    if any(not h.in_order for h in headers):
        read.findings.append(notices.columns_out_of_order(table, lines[sheet.links[0].line].place()))
    return read


def _without_group_lines(chain: Chain, table: str, words: Vocabulary, read: TableRead) -> Iterator[Candidate]:
    """Drop a line taken as a row that turns out to be the label of the group printed below it."""
    found = {words.rows[table][link.row] for link in chain.links}
    for link in chain.links:
        if found & set(words.printed_as_group(table, words.rows[table][link.row])):
            if any(not v.is_blank for v in link.values):
                read.findings.append(notices.group_with_values(table, link.label.text))
            read.used.add(link.line)
        else:
            yield link


def _fits(sheet: Sheet, headers: Sequence[Header]) -> bool:
    """Whether the rows have the form's columns: a comparison of two years has its labels only."""
    filled = [
        (link, header)
        for link, header in zip(sheet.links, headers, strict=True)
        if any(not v.is_blank for v in link.values)
    ]
    if not filled or sheet.words.widest(sheet.table) == 1:
        return True
    is_whole = 2 * len(sheet.links) > len(sheet.words.rows[sheet.table])
    good = 0
    for link, header in filled:
        narrowest = min(len(b.columns) for b in sheet.words.blocks(sheet.table, sheet.row(link)))
        known = sum(e is not None for e in header.entries) if header.how != "position" else 0
        cells = sum(v.colspan for v in link.values)
        # The label column may have a heading of its own.
        named = header.how == "header" or (header.how == "counted" and all(header.entries[1:]))
        as_named = is_whole and named and len(link.values) == known
        good += cells >= narrowest or 2 * known > narrowest or as_named
    return 3 * good >= len(filled)


def _shape(sheet: Sheet, link: Candidate) -> tuple[int, int]:
    """Rows of one shape have their values at one place behind the label."""
    return (-1, sheet.depth(link)) if sheet.line(link).stream else (link.label.col, 0)


def _anchors(sheet: Sheet, headers: Sequence[Header]) -> dict[tuple[int, int], int]:
    """Ragged rows: how many fillers stand before the values, by shape, where rows without choice agree."""
    votes: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for link, header in zip(sheet.links, headers, strict=True):
        if sheet.line(link).geometry or not sheet.line(link).blanks:
            continue
        starts = windows(link.values, len(header.entries), pad=True)
        if len(starts) == 1 and any(not v.is_blank for v in link.values) and len(header.entries) > 1:
            votes[_shape(sheet, link)].add(starts[0])
    out = {shape: next(iter(found)) for shape, found in votes.items() if len(found) == 1}
    if _labels_without_fillers(sheet):
        shapes = {_shape(sheet, link) for link in sheet.links}
        out = {shape: out.get(shape, 0) for shape in shapes if shape not in votes or shape in out}
    return out


def _labels_without_fillers(sheet: Sheet) -> bool:
    """Whether a label that spans columns is followed at once by the next one, with no empty cells."""
    pieces: list[tuple[Piece, bool]] = []
    first = sheet.links[0].line
    for line in sheet.lines[max(0, first - ABOVE) : first]:
        if line.geometry or not line.blanks:
            continue
        for piece, matches in zip(line.pieces, line.matches, strict=True):
            spanning = any(m.kind in ("span", "note") and m.table == sheet.table for m in matches)
            pieces.append((piece, spanning))
    pairs = [(a, b) for (a, spanning), (b, _) in pairwise(pieces) if spanning and (a.row == b.row or b.col == 0)]
    return bool(pairs) and not pairs[0][1].is_blank


def _fillers(sheet: Sheet, link: Candidate) -> int:
    """Empty cells between label and values when every span over label columns is written out."""
    return sheet.words.deepest(sheet.table) - sheet.depth(link)


def _are_spans_written_out(sheet: Sheet, headers: Sequence[Header]) -> bool:
    """Tables whose spans were lost: whether rows of small depth have more cells, by majority."""
    votes: Counter[bool] = Counter()
    for link, header in zip(sheet.links, headers, strict=True):
        extra = _fillers(sheet, link)
        known = sum(e is not None for e in header.entries)
        if not sheet.line(link).stream and extra and len(link.values) in (known, known + extra):
            votes[len(link.values) == known + extra] += 1
    return votes[True] > votes[False]


def _how(link: Candidate) -> str:
    if link.match.score == 1.0:
        return "exact" + ("+number" if link.match.numbered else "")
    return "remark" if link.match.score == 0.98 else f"fuzzy:{link.match.score:.2f}"


def _read_line(
    sheet: Sheet,
    link: Candidate,
    header: Header,
    anchors: dict[tuple[int, int], int],
    written_out: bool,
    read: TableRead,
) -> None:
    line, row = sheet.line(link), sheet.row(link)
    placed = place_values(
        line,
        link.values,
        header,
        anchor=anchors.get(_shape(sheet, link)) if anchors else None,
        fillers=_fillers(sheet, link) if written_out else 0,
        ends="uneven" if line.geometry else row_ends(sheet, line.block),
    )
    if link.match.score < 0.98:
        read.renamed.append((row, link.label.text))
        if line.inferred:
            # Lines put together by distance may have taken a neighbour's words.
            placed = [p._replace(doubt=p.doubt or "the label is not exact, and no ruling holds it") for p in placed]
    take(placed, sheet.table, row, line, _how(link), read)


def _out_of_order(
    sheet: Sheet,
    headers: Sequence[Header],
    anchors: dict[tuple[int, int], int],
    written_out: bool,
    read: TableRead,
) -> None:
    """Rows of the same grids whose label is beyond doubt but which stand out of the form's order."""
    table, order = sheet.table, sheet.words.rows[sheet.table]
    found = {sheet.row(link) for link in sheet.links}
    grids = {sheet.line(link).grid_number for link in sheet.links if not sheet.line(link).stream}
    for number, line in enumerate(sheet.lines):
        if number in read.used or line.stream or line.grid_number not in grids:
            continue
        for at, (piece, matches) in enumerate(zip(line.pieces, line.matches, strict=True)):
            hits = [m for m in matches if m.kind == "row" and m.table == table and m.score >= 0.98]
            values = tuple(line.pieces[at + 1 :])
            if len(hits) != 1 or not any(v.parsed.state in ("number", "dash") for v in values):
                continue
            row = hits[0].id
            if found & set(sheet.words.printed_as_group(table, row)):
                break
            link = Candidate(number, order.index(row), piece, values, hits[0], 0.0)
            if row in found:
                read.findings.append(notices.unknown_row(table, piece.text, line.place()))
            else:
                header = _header_for(sheet, headers, row, number)
                _read_line(sheet, link, header, anchors, written_out, read)
                read.findings.append(notices.row_out_of_order(table, row, line.place()))
                found.add(row)
            read.used.add(number)
            break


def _header_for(sheet: Sheet, headers: Sequence[Header], row: str, number: int) -> Header:
    """The header of the nearest row that shares its columns with `row`."""
    block = sheet.words.blocks(sheet.table, row)[-1]
    near = sorted(zip(sheet.links, headers, strict=True), key=lambda pair: abs(pair[0].line - number))
    for link, header in near:
        if sheet.words.blocks(sheet.table, sheet.row(link))[-1].id == block.id:
            return header
    return form_header(sheet, row, fitting_forms(sheet, headers))


def _beside_orphans(sheet: Sheet, read: TableRead) -> None:
    """Values on a line without any label, between two rows that follow each other in the form.

    They may belong to the row above or below, where that is blank: no blank beside them is sure.
    """
    grids = {sheet.line(link).grid_number for link in sheet.links if not sheet.line(link).stream}
    for number, line in enumerate(sheet.lines):
        if number in read.used or line.grid_number not in grids or line.stream or line.texts:
            continue
        if not any(p.parsed.state == "number" for p in line.pieces):
            continue
        above = [link for link in sheet.links if link.line < number and _is_next(sheet, link.line, number)][-1:]
        below = [link for link in sheet.links if link.line > number and _is_next(sheet, number, link.line)][:1]
        if above and below and below[0].row - above[0].row > 1 and _may_lack_a_row(sheet, above[0], below[0]):
            continue  # a row of the form is missing here: it is reported as absent
        rows = {sheet.row(link) for link in (*above, *below)}
        _no_blank_is_sure(rows, line, "a line of values without a label stands beside this row", read)


def _no_blank_is_sure(rows: set[str], line: Line, doubt: str, read: TableRead) -> None:
    """Mark the blank cells of some rows, to which what `line` prints may belong."""
    for i, cell in enumerate(read.cells):
        if cell.row in rows and cell.state == "blank":
            read.cells[i] = cell._replace(
                state="unreadable", evidence="conflict", address=f"{cell.address};doubt={doubt}"
            )
            read.doubts[doubt].append((cell.key, line.text, line.place()))


def _torn_apart(sheet: Sheet, read: TableRead) -> None:
    """Rows without values at a break between two grids, where a line with numbers that is no row stands across it.

    The break may have cut one row in two, and the numbers stayed with the other half of its label. Where it is the
    table's first row, they stand below the header.
    """
    links = {link.line: link for link in sheet.links}
    grids = {sheet.line(link).grid_number for link in sheet.links}
    grids |= {sheet.lines[i].grid_number for i in read.header_lines if not sheet.lines[i].stream}
    inside = [
        i
        for i, line in enumerate(sheet.lines)
        if not line.stream and line.grid_number in grids and i not in read.header_lines
    ]
    for a, b in pairwise(inside):
        number, other = (a, b) if b in links else (b, a)
        line = sheet.lines[number]
        torn = sheet.lines[b].grid_number - sheet.lines[a].grid_number == 1 and other in links
        if not torn or number in read.used or not any(p.parsed.state == "number" for p in line.pieces):
            continue
        if not any(v.parsed.state in ("number", "dash") for v in links[other].values):
            _no_blank_is_sure({sheet.row(links[other])}, line, "numbers without a row stand across the break", read)


def _is_next(sheet: Sheet, first: int, second: int) -> bool:
    """Whether nothing is printed between two lines."""
    return all(p.is_blank for line in sheet.lines[first + 1 : second] for p in line.pieces)


def _may_lack_a_row(sheet: Sheet, above: Candidate, below: Candidate) -> bool:
    """Whether every form prints a row between these two."""
    between = set(sheet.words.rows[sheet.table][above.row + 1 : below.row])
    return all(between & {r.id for r in b.rows} for b in sheet.words.blocks(sheet.table, sheet.row(above)))
