"""Placed values -> the cells of a table, and what is to be said about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from govdisclose.alignment import notices
from govdisclose.alignment.cells import doubt_about, is_plain, make_cell
from govdisclose.alignment.columns import Placed
from govdisclose.alignment.labels import Vocabulary
from govdisclose.alignment.lines import Line
from govdisclose.model import Address, Cell, Finding


@dataclass(slots=True)
class TableRead:
    """What one table gave: cells, findings, and which lines hold its rows and headers. `renamed`: (row, label)."""

    cells: list[Cell] = field(default_factory=list)
    index: dict[Address, int] = field(default_factory=dict)
    """Where in `cells` each cell is."""
    findings: list[Finding] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    header_lines: set[int] = field(default_factory=set)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unknown: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    """Header text of a column no form knows -> (row, text, place) of what is printed there."""
    doubts: defaultdict[str, list[tuple[Address, str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Reason -> (cell, text of the line, place) of what could not be told for certain."""
    twice: list[tuple[Address, str, str, str]] = field(default_factory=list)
    """(cell, first print, second print, place) of cells with two different prints."""

    def go_on(self, other: TableRead) -> None:
        """Take in what the same rows print further right, in a table of its own."""
        for cell in other.cells:
            self.index[cell.key] = len(self.cells)
            self.cells.append(cell)
        self.findings += other.findings
        self.used |= other.used
        self.header_lines |= other.header_lines
        self.renamed += other.renamed

    @property
    def first(self) -> int:
        """The first line used."""
        return min(self.used)

    @property
    def last(self) -> int:
        """The last line used."""
        return max(self.used)

    @property
    def rows(self) -> set[str]:
        """The rows read."""
        return {c.row for c in self.cells}


def take(placed: Sequence[Placed], table: str, row: str, line: Line, how: str, read: TableRead) -> None:
    """Make the cells of one row and note what cannot be told for certain."""
    for p in placed:
        entry, piece, _, header_text, doubt = p
        if entry is None:
            if not piece.is_blank:
                read.unknown.setdefault(header_text, []).append((row, piece.text.strip(), line.place(piece)))
            continue
        if not doubt and not is_plain(piece.text):
            doubt = doubt_about(entry, piece, line)
        # On a page it is text that a doubt is about; elsewhere a cell without text may hold a picture.
        if not doubt and piece.doubt and not (piece.is_blank and piece.box):
            doubt = piece.doubt
        cell = make_cell(table, row, p, line, how, doubt)
        key = (table, row, entry.id)
        if doubt:
            read.doubts[doubt].append((key, line.text, line.place()))
        known = read.index.setdefault(key, len(read.cells))
        if known == len(read.cells):
            read.cells.append(cell)
            continue
        old = read.cells[known]
        if (old.state, old.value) != (cell.state, cell.value):
            read.cells[known] = _contested(old, cell)
            read.twice.append((key, old.raw, cell.raw, cell.place))


def _contested(old: Cell, new: Cell) -> Cell:
    values = [v for v in (*old.candidates, old.value, new.value, *new.candidates) if v is not None]
    return old._replace(
        value=None, adjusted=None, state="unreadable", evidence="conflict", candidates=tuple(dict.fromkeys(values))
    )


def finish(read: TableRead, table: str, words: Vocabulary) -> None:
    """Say what the rows have shown, one finding a fact."""
    if read.renamed:
        labels = [(row, printed, words.entry(table, row).label) for row, printed in read.renamed]
        read.findings.append(notices.label_differs(table, labels))
    read.findings += [notices.doubtful_cells(table, doubt, found) for doubt, found in read.doubts.items()]
    if read.twice:
        read.findings.append(notices.printed_twice(table, read.twice))
    read.findings += [notices.unknown_column(table, header, rows) for header, rows in read.unknown.items()]


def compare_printings(main: TableRead, other: TableRead, table: str, place: str) -> None:
    """The same table printed again: harmless where it says the same, else another report or a slip."""
    first = {c.key: (c.state, c.value) for c in main.cells}
    differ = [c.key for c in other.cells if first.get(c.key, (c.state, c.value)) != (c.state, c.value)]
    main.used |= other.used
    main.header_lines |= other.header_lines
    if differ:
        main.findings.append(notices.second_table(table, place, len(other.rows), tuple(differ)))
    else:
        main.findings.append(notices.printed_again(table, place, len(other.rows)))
