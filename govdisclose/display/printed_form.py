"""The form a table was printed in, with what the report printed beyond it: the layout to show it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from govdisclose.errors import UsageError
from govdisclose.forms import Block, Entry, Form, Forms, Table
from govdisclose.model import Cell, TableForm


def nearest_form(forms: Forms, table_id: str, found: Mapping[str, TableForm], year: int | None) -> Form:
    """The form a table was printed in; else the one in force in `year`; else the newest that has the table.

    Raises
    ------
    UsageError
        No form has such a table.

    Examples
    --------
    >>> from govdisclose.forms import load
    >>> nearest_form(load(), "requests", {}, 2020).id
    '2019'
    """
    having = [form for form in forms if any(t.id == table_id for t in form.tables)]
    if not having:
        raise UsageError(f"table {table_id!r}: no form has it; choose from {', '.join(forms.table_ids)}")
    printed = found[table_id].form if table_id in found else ""
    current = forms.for_year(year) if year is not None else None
    wanted = [printed, current.id if current else ""]
    return next((form for name in wanted for form in having if form.id == name), having[-1])


def extended_table(base: Form, table_id: str, cells: Iterable[Cell], forms: Forms) -> Table:
    """A form's table with the rows, columns and blocks that `cells` have beyond it, where their own form has them.

    Examples
    --------
    >>> from govdisclose.forms import load
    >>> forms = load()
    >>> single = Cell("requests", "other_single", "total", 0, "number")
    >>> table = extended_table(forms["2021"], "requests", [single], forms)
    >>> [row.id for row in table.blocks[0].rows][19:22]
    ['not_processed_reissue', 'other_single', 'other_no_correction']
    """
    table = base.table(table_id)
    others = [t for form in reversed(tuple(forms)) for t in form.tables if t.id == table_id]
    for cell in cells:
        if cell.table == table_id and cell.state != "absent":
            table = _with_row(table, cell.row, others)
            table = _with_column(table, cell.row, cell.column, others)
    return table


def _block_of(table: Table, row: str) -> Block | None:
    return next((b for b in table.blocks if any(r.id == row for r in b.rows)), None)


def _with_row(table: Table, row: str, others: Sequence[Table]) -> Table:
    if _block_of(table, row):
        return table
    for other in others:
        home = _block_of(other, row)
        if home is None:
            continue
        entry = next(r for r in home.rows if r.id == row)
        table = _with_groups(table, other, entry)
        own = next((b for b in table.blocks if b.id == home.id), None)
        if own is None:
            order = [b.id for b in other.blocks]
            at = _place([b.id for b in table.blocks], home.id, order)
            new = replace(home, rows=(entry,), columns=(), extra_columns=())  # columns follow as they are met
            blocks = (*table.blocks[:at], new, *table.blocks[at:])
            return replace(table, blocks=blocks)
        return _replaced(table, replace(own, rows=_inserted(own.rows, entry, home.rows)))
    return table


def _with_column(table: Table, row: str, column: str, others: Sequence[Table]) -> Table:
    own = _block_of(table, row)
    if own is None or any(c.id == column for c in (*own.columns, *own.extra_columns)):
        return table
    for other in others:
        home = _block_of(other, row)
        entry = next((c for c in (*home.columns, *home.extra_columns) if c.id == column), None) if home else None
        if home is not None and entry is not None:
            table = _with_groups(table, other, entry)
            return _replaced(table, replace(own, columns=_inserted(own.columns, entry, home.columns)))
    return table


def _with_groups(table: Table, other: Table, entry: Entry) -> Table:
    known = {g.id for g in table.groups}
    return replace(table, groups=(*table.groups, *(g for g in other.path(entry) if g.id not in known)))


def _replaced(table: Table, block: Block) -> Table:
    return replace(table, blocks=tuple(block if b.id == block.id else b for b in table.blocks))


def _inserted(entries: Sequence[Entry], entry: Entry, model: Sequence[Entry]) -> tuple[Entry, ...]:
    at = _place([e.id for e in entries], entry.id, [e.id for e in model])
    return (*entries[:at], entry, *entries[at:])


def _place(ids: Sequence[str], new: str, order: Sequence[str]) -> int:
    """Where `new` goes among `ids`: behind the last that stands before it in `order`.

    >>> _place(["a", "c"], "b", ["a", "b", "c"])
    1
    """
    before = set(order[: order.index(new)]) if new in order else set(ids)
    return max((i for i, known in enumerate(ids) if known in before), default=-1) + 1
