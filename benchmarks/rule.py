"""From bare tables to cells of the form, for tools that know nothing of it: a label and the last seven cells.

A row of a table belongs to the next row of the requests table whose label (any variant, without ordinal, spaces and
punctuation) resembles the last text before the row's last seven cells by 85 of 100; those seven are its values. The
remedies are the first later row whose last fifteen cells are numbers, blanks or dashes, a number among them. Tables
are taken one after the other, as if a page had no end. Of the two forms, the one that finds more rows counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from govdisclose.clean import fold, parse
from govdisclose.forms import Form, Forms
from govdisclose.model import Address, Number, State

Rows = Sequence[Sequence[str | None]]
TABLES = ("requests", "remedies")
ALIKE = 85.0
_ORDINAL = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,2}[）)、.]+")


class Tally(NamedTuple):
    """Cells by outcome. `missed`: not found, or flagged; `silent`: another value, and nothing says so."""

    cells: int
    right: int
    missed: int
    silent: int


def _key(text: str) -> str:
    return re.sub(r"[^\w]", "", _ORDINAL.sub("", fold(text)))


def _labelled(form: Form, rows: Rows) -> Iterator[tuple[str, int]]:
    """(row of the form, index of the printed row), each in order."""
    wanted = [(row.id, [_key(label) for label in row.labels]) for row in form.table("requests").blocks[0].rows]
    place = 0
    for index, row in enumerate(rows):
        said = [text for text in row[:-7] if text and text.strip()]
        if len(row) < 8 or not said:
            continue
        label = _key(said[-1])
        for later in range(place, len(wanted)):
            if max(fuzz.ratio(label, known) for known in wanted[later][1]) >= ALIKE:
                yield wanted[later][0], index
                place = later + 1
                break


def _values(cells: Sequence[str | None]) -> list[Number | None]:
    return [parse(text or "").value for text in cells]


def _of_form(form: Form, rows: Rows) -> dict[Address, Number | None]:
    found: dict[Address, Number | None] = {}
    last = 0
    columns = [column.id for column in form.table("requests").blocks[0].columns]
    for row_id, index in _labelled(form, rows):
        last = index
        values = _values(rows[index][-7:])
        found |= {("requests", row_id, column): value for column, value in zip(columns, values, strict=True)}
    places = [("remedies", row_id, column) for row_id, column in form.table("remedies").addresses()]
    for row in rows[last + 1 :]:
        states = [parse(text or "").state for text in row[-15:]]
        if len(states) == 15 and "number" in states and set(states) <= {"number", "blank", "dash"}:
            return found | dict(zip(places, _values(row[-15:]), strict=True))
    return found


def cells_of(tables: Sequence[Rows], forms: Forms) -> dict[Address, Number | None]:
    """The values that the rule finds in the tables of one report."""
    rows = [row for table in tables for row in table]
    return max((_of_form(form, rows) for form in forms), key=len)


def tally(
    printed: Mapping[Address, tuple[Number | None, State]],
    found: Mapping[Address, Number | None],
    tables: Sequence[str] = TABLES,
) -> Tally:
    """Count what was found against what is printed in some tables."""
    wanted = {address: value for address, (value, _) in printed.items() if address[0] in tables}
    right = sum(address in found and found[address] == value for address, value in wanted.items())
    missed = len(wanted.keys() - found.keys())
    return Tally(len(wanted), right, missed, len(wanted) - right - missed)


def added(tallies: Sequence[Tally]) -> Tally:
    """The sum of several files."""
    return Tally(*(sum(parts) for parts in zip(*tallies, strict=True)))
