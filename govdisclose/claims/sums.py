"""Sums of table cells that a claim is compared with: exact, from the parts of a blank total, or as a bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from govdisclose.forms import Forms
from govdisclose.model import Address, Cell, Number

TOTAL, PERSON, ORGANISATION = "total", "natural_person", "organisation"


class Sum(NamedTuple):
    """What cells add up to. `exact` is false where a blank cell may hold more: `value` is then the least.

    `derived` says that a total was blank and its row was added up. `other` is the sum of the parts
    where the printed totals contradict them, else None. `terms` are the addresses as asked for.
    """

    value: Number
    exact: bool
    derived: bool
    other: Number | None
    terms: tuple[Address, ...]
    printed: bool


@lru_cache(maxsize=1024)
def _terms(formula: str) -> tuple[tuple[str, str, str], ...]:
    """(table, row or rows, column) of what a formula adds up."""
    return tuple((table, row, column) for table, row, column in (term.split(".") for term in formula.split(" + ")))


class Cells:
    """The cells of a report by table, row and column, with what each total is the sum of.

    A class, because every claim asks the same few questions of the same index.
    """

    def __init__(self, cells: Iterable[Cell], forms: Forms) -> None:
        self.rows: dict[tuple[str, str], dict[str, Cell]] = {}
        for cell in cells:
            self.rows.setdefault((cell.table, cell.row), {})[cell.column] = cell
        self._printed: dict[str, dict[str, None]] = {}
        """The rows of each table that are printed, as keys."""
        for (table, row), printed in self.rows.items():
            if any(c.state != "absent" for c in printed.values()):
                self._printed.setdefault(table, {})[row] = None
        self._rows_of: dict[tuple[str, str], list[str]] = {}
        self._sums: dict[tuple[str, str], Sum | None] = {}
        self.parts: dict[str, tuple[str, ...]] = {}
        for form in forms:
            for relation in form.relations:
                if relation.each == "row" and relation.right == (TOTAL,):
                    self.parts.setdefault(relation.table, relation.left)

    def number(self, address: Address) -> Number | None:
        """The printed number of a cell, or None."""
        cell = self.rows.get(address[:2], {}).get(address[2])
        return cell.value if cell is not None and cell.state == "number" else None

    def matching(self, table: str, row: str) -> list[str]:
        """The printed rows that a row id, or one with `*`, names."""
        if (table, row) not in self._rows_of:
            rows = self._printed.get(table, {})
            named = [r for r in rows if fnmatchcase(r, row)] if "*" in row else [row] if row in rows else []
            self._rows_of[table, row] = named
        return self._rows_of[table, row]

    def sum(self, formula: str, column: str = "") -> Sum | None:
        """What `TABLE.ROW.COLUMN + …` comes to, or None where a row is absent or a cell cannot be read.

        Parameters
        ----------
        formula
            As in `claims.toml`.
        column
            Another column in place of the total: an applicant, `organisation` for all but natural
            persons, or an outcome.
        """
        if (formula, column) not in self._sums:
            self._sums[formula, column] = self._sum(formula, column)
        return self._sums[formula, column]

    def _sum(self, formula: str, column: str) -> Sum | None:
        value: Number = 0
        other: Number = 0
        exact, derived, contradicted, printed = True, False, False, False
        terms: list[Address] = []
        for table, pattern, own in _terms(formula):
            rows = self.matching(table, pattern)
            if not rows:
                return None
            for row in rows:
                found = self._cell((table, row), column if column and own == TOTAL else own)
                if found is None:
                    return None
                number, sure, from_parts, parts = found
                value += number
                other += parts if parts is not None else number
                exact, derived = exact and sure, derived or from_parts
                contradicted = contradicted or (parts is not None and parts != number)
                printed = printed or sure or number != 0
                asked = column if column and own == TOTAL else own
                whole = self._columns(table, asked) if asked == ORGANISATION else None
                terms += [(table, row, c) for c in whole or (asked,)]
        value, other = _plain(value), _plain(other)
        return Sum(value, exact, derived, other if contradicted else None, tuple(terms), printed)

    def _cell(self, key: tuple[str, str], column: str) -> tuple[Number, bool, bool, Number | None] | None:
        """(number or least, whether exact, whether from parts, sum of the parts where all are there)."""
        row = self.rows[key]
        columns = self._columns(key[0], column)
        if columns is None:
            cell = row.get(column)
            if cell is None or cell.state in ("absent", "unreadable"):
                return None
            return (cell.value, True, False, None) if cell.value is not None else (0, False, False, None)
        listed = [row[c] for c in columns if c in row]
        if any(c.state == "unreadable" for c in listed):
            return None
        numbers = [c.value for c in listed if c.value is not None]
        whole = len(numbers) == len(columns)
        added = sum(numbers) if numbers else 0
        total = row.get(TOTAL) if column == TOTAL else None
        if total is not None and total.state == "unreadable":
            return None
        if total is not None and total.value is not None:
            # Parts that exceed the printed total contradict it, whatever the blanks hold.
            return total.value, True, False, added if whole or added > total.value else None
        if not numbers and not listed:
            return None
        return added, whole, column == TOTAL, None

    def _columns(self, table: str, column: str) -> tuple[str, ...] | None:
        parts = self.parts.get(table, ())
        if column == TOTAL:
            return parts or None
        if column == ORGANISATION:
            return tuple(p for p in parts if p != PERSON)
        return None


def _plain(number: Number) -> Number:
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def explanations(
    value: Number, wanted: Sum, cells: Cells, others: Mapping[str, Sum]
) -> list[tuple[str, tuple[Address, ...]]]:
    """Cells and smaller sums that equal a claim which its own sum contradicts, the nearest first.

    Each is a kind (`cell`, `column`, `rows`, `quantity:ID`) with the cells. A claim of 0 is explained
    by nothing: zeros are everywhere.
    """
    if not value:
        return []
    out: list[tuple[str, tuple[Address, ...]]] = []
    keys = list(dict.fromkeys(term[:2] for term in wanted.terms))
    columns = list(dict.fromkeys(c for key in keys for c in cells.rows.get(key, {})))
    for key in keys:
        out += [("cell", ((*key, c),)) for c in columns if c != TOTAL and cells.number((*key, c)) == value]
    for column in columns if len(keys) > 1 else ():
        numbers = [((*key, column), cells.number((*key, column))) for key in keys]
        if column != TOTAL and sum(n or 0 for _, n in numbers) == value:
            out.append(("column", tuple(a for a, n in numbers if n)))
    if len(keys) > 1:
        sums = [(key, cells.sum(f"{key[0]}.{key[1]}.{TOTAL}")) for key in keys]
        worth = [(key, s.value) for key, s in sums if s is not None and s.value]
        out += [("rows", ((*key, TOTAL),)) for key, number in worth if number == value]
        for length in range(2, len(worth)):
            for start in range(len(worth) - length + 1):
                run = worth[start : start + length]
                if sum(n for _, n in run) == value:
                    out.append(("rows", tuple((*key, TOTAL) for key, _ in run)))
    out += [(f"quantity:{name}", s.terms) for name, s in others.items() if s.value == value and s.terms != wanted.terms]
    seen: set[tuple[Address, ...]] = set()
    return [e for e in out if not (e[1] in seen or seen.add(e[1]))]  # type: ignore[func-returns-value]
