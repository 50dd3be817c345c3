"""Document x forms -> cells: the only place that sees both.

A form is recognised table by table and row by row, by printed labels, never by the year. What is
printed in a table and not understood becomes a finding, never nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from govdisclose.alignment import notices
from govdisclose.alignment.across import find_across
from govdisclose.alignment.columns import Placed
from govdisclose.alignment.cut import merge_cut_rows
from govdisclose.alignment.down import find_down
from govdisclose.alignment.labels import Vocabulary, vocabulary
from govdisclose.alignment.lines import Line
from govdisclose.alignment.lines import lines as read_lines
from govdisclose.alignment.rows import read_rows
from govdisclose.alignment.taking import TableRead, compare_printings, finish, take
from govdisclose.clean import fold
from govdisclose.forms import Block, Form, Forms
from govdisclose.model import Cell, Document, Finding, TableForm


@dataclass(frozen=True, slots=True)
class Aligned:
    """The cells of a report, the form of each table, and what was not understood.

    `span`: per table, the blocks of the document (first, last) in which it was printed.
    """

    cells: tuple[Cell, ...]
    form: dict[str, TableForm]
    findings: tuple[Finding, ...]
    span: dict[str, tuple[int, int]]


def align(document: Document, forms: Forms, *, year: int | None = None) -> Aligned:
    """Read every statutory table of a document.

    `year` only breaks ties: which form the absent cells of a missing table are counted against.
    """
    words = vocabulary(forms)
    all_lines = merge_cut_rows(read_lines(document, words), words)
    reads: dict[str, TableRead] = {}
    used: set[int] = set()
    late = []
    for table in forms.table_ids:
        block = _across_block(forms, table)
        if block is None:
            reads[table] = read_rows(all_lines, table, words, used)
            used |= reads[table].used | reads[table].header_lines
        else:
            late.append((table, block))
    for table, block in late:
        reads[table] = _read_across(all_lines, table, block, words, used)
        used |= reads[table].used
    findings = [f for t in forms.table_ids for f in reads[t].findings]
    _withdraw_deduplicated(all_lines, reads, words, findings)
    findings += _not_understood(all_lines, reads, used)
    expected = forms.for_year(year) if year else None
    cells: list[Cell] = []
    form: dict[str, TableForm] = {}
    for table in forms.table_ids:
        read = reads[table]
        nearest, table_form = _nearest(forms, table, read, expected)
        form[table] = table_form
        cells += read.cells
        cells += _absent(nearest, table, read.cells)
        findings += notices.form_findings(table, table_form, expected, bool(read.cells))
    span = {t: (all_lines[r.first].block, all_lines[r.last].block) for t, r in reads.items() if r.cells}
    return Aligned(tuple(cells), form, tuple(findings), span)


def _across_block(forms: Forms, table: str) -> Block | None:
    for form in reversed(tuple(forms)):
        for t in form.tables:
            if t.id == table and t.blocks[0].rows_across:
                return t.blocks[0]
    return None


def _read_across(lines: Sequence[Line], table: str, block: Block, words: Vocabulary, used: set[int]) -> TableRead:
    read, again = TableRead(), TableRead()
    heads: set[int] = set()
    for found in find_down(lines, table, block, used) or find_across(lines, table, block, used):
        line = lines[found.line]
        placed_by_row: dict[str, list[Placed]] = {}
        for row, placed in zip(found.rows, found.placed, strict=True):
            if row:
                placed_by_row.setdefault(row, []).append(placed)
        new = {(row, p.entry.id) for row, ps in placed_by_row.items() for p in ps if p.entry}
        claims_again = found.head >= 0 and found.head in heads
        into = again if new & {(c.row, c.column) for c in read.cells} and not claims_again else read
        heads.add(found.head)
        for row, ps in placed_by_row.items():
            take(ps, table, row, line, "header", into)
        into.used.add(found.line)
    finish(read, table, words)
    if again.cells:
        compare_printings(read, again, table, lines[again.first].place())
    return read


def _withdraw_deduplicated(
    lines: Sequence[Line], reads: dict[str, TableRead], words: Vocabulary, findings: list[Finding]
) -> None:
    """Text from which repeated lines were dropped cannot be read: a zero may stand for any zero.

    The form repeats some labels (the key of every block). A long stream in which nothing at all
    occurs twice, although blocks with that key were found, has lost its repetitions.
    """
    stream = [line for line in lines if line.stream and not line.blanks]
    first = [r.first for r in reads.values() if r.cells]
    if not first or not stream:
        return
    tokens = [fold(p.text) for line in stream for p in line.pieces if len(p.text) <= 30]
    for table, read in reads.items():
        if not all(lines[i].stream for i in read.used):
            continue
        rows = {c.row for c in read.cells}
        blocks = {b.id for r in rows for b in words.blocks(table, r) if b.key}
        seen = sum(any(m.kind == "key" and m.table == table for m in ms) for line in stream for ms in line.matches)
        if len(blocks) >= 3 and seen <= 1 and len(tokens) >= 12 and len(set(tokens)) == len(tokens):
            break
    else:
        return
    for read in reads.values():
        if not all(lines[i].stream for i in read.used):
            continue
        for i, cell in enumerate(read.cells):
            read.cells[i] = cell._replace(
                value=None,
                adjusted=None,
                state="unreadable",
                evidence="conflict",
                unit="",
                candidates=() if cell.value is None else (cell.value,),
            )
    findings.append(notices.not_recoverable())


def _not_understood(lines: Sequence[Line], reads: dict[str, TableRead], used: set[int]) -> list[Finding]:
    """Lines with numbers inside the tables that no row took."""
    grids = {lines[i].grid_number: t for t, r in reads.items() for i in sorted(r.used) if not lines[i].stream}
    spans = [(t, r.first, r.last) for t, r in reads.items() if r.cells]
    out = []
    for number, line in enumerate(lines):
        if number in used or not any(p.parsed.state == "number" for p in line.pieces):
            continue
        table = grids.get(line.grid_number, "") if not line.stream else ""
        if not table and line.stream:
            table = next((t for t, a, b in spans if a < number < b and len(line.pieces) > 1), "")
        if table:
            text = " | ".join(p.text.strip() for p in line.pieces if not p.is_blank)
            out.append(notices.unknown_row(table, text[:80], line.place()))
    return out


def _nearest(forms: Forms, table: str, read: TableRead, expected: Form | None) -> tuple[Form, TableForm]:
    having = [f for f in forms if _addresses(f, table)]
    fallback = expected if expected in having and expected else having[-1]
    if not read.cells:
        return fallback, TableForm("")
    found = {c[1:3] for c in read.cells}

    def distance(form: Form) -> tuple[int, bool, int, int]:
        # What is printed beyond a form speaks against it; what is missing may only be cut off.
        own = _own(form, table)
        return (len(found - own), form is not expected, len(own - found), -form.first_year)

    nearest = min(having, key=distance)
    own = _own(nearest, table)
    missing = _rows_of(_addresses(nearest, table), found) if own - found else ()
    extra = _rows_of([c[1:3] for c in read.cells], own) if found - own else ()
    return nearest, TableForm(nearest.id, missing, extra, tuple(read.renamed))


@lru_cache(maxsize=64)
def _addresses(form: Form, table: str) -> tuple[tuple[str, str], ...]:
    """(row, column) of every cell of a table in printed order; none where the form has no such table."""
    return tuple(dict.fromkeys(a for t in form.tables if t.id == table for a in t.addresses()))


@lru_cache(maxsize=64)
def _own(form: Form, table: str) -> frozenset[tuple[str, str]]:
    return frozenset(_addresses(form, table))


def _rows_of(addresses: Iterable[tuple[str, str]], present: Container[tuple[str, str]]) -> tuple[str, ...]:
    """What of `addresses` is not `present`, in short: whole rows, whole columns (*.column), cells."""
    addresses = list(addresses)
    gone = {a for a in addresses if a not in present}
    if not gone:
        return ()
    rows = dict.fromkeys(r for r, _ in addresses)
    whole = [r for r in rows if all(a in gone for a in addresses if a[0] == r)]
    rest = [a for a in addresses if a in gone and a[0] not in whole]
    left = [a for a in addresses if a[0] not in whole]
    columns = dict.fromkeys(c for _, c in rest)
    across = [c for c in columns if all(a in gone for a in left if a[1] == c)]
    return (*whole, *(f"*.{c}" for c in across), *(f"{r}.{c}" for r, c in rest if c not in across))


def _absent(form: Form, table: str, cells: Sequence[Cell]) -> list[Cell]:
    lacking = _own(form, table).difference(c[1:3] for c in cells)
    addresses = _addresses(form, table) if lacking else ()
    return [Cell(table, *address, None, "absent", evidence="read") for address in addresses if address in lacking]
