"""Random damage to a good table: whatever happens, a cell is right, flagged, or the one damaged."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from layouts import FILLS, Box, Expected, Row, Sheet, expected, page, sheets

from govdisclose.model import Address, Cell

Touched = set[Address]


@dataclass(frozen=True)
class Mutated:
    """A page with one table damaged. `touched`: cells whose print itself was changed."""

    name: str
    form: str
    html: str
    expected: Expected
    touched: Touched

    def silent(self, cells: Sequence[Cell]) -> list[str]:
        """Cells that are neither right nor flagged nor touched, and numbers in cells of no row."""
        got = {c.key: c for c in cells}
        out = []
        for address, (value, _) in self.expected.items():
            cell = got.get(address)
            if address in self.touched or cell is None or cell.state in ("absent", "unreadable"):
                continue
            if cell.value != value:
                out.append(f"{address}: printed {value}, read {cell.value} ({cell.address})")
        extra = [c for k, c in got.items() if k not in self.expected and c.value is not None]
        return out + [f"{c.key}: {c.value} read, nothing printed" for c in extra]


def _keys(row: Row) -> Touched:
    return {b.key for b in row if b.key}


@dataclass
class _Damage:
    """The sheet, one of its rows with figures, and the indices of the figures in it."""

    rng: random.Random
    sheet: Sheet
    at: int
    row: Row
    values: list[int]

    def pick(self) -> int:
        return self.rng.choice(self.values)

    def header(self) -> tuple[Row, int]:
        found = [(r, i) for r in self.sheet.rows for i, b in enumerate(r) if b.kind == "header"]
        return self.rng.choice(found)

    def label(self) -> Box | None:
        return next((b for b in reversed(self.row) if b.kind == "label"), None)


def drop_a_cell(d: _Damage) -> Touched:
    box = d.row.pop(d.pick())
    return {box.key} if box.key else set()


def double_a_cell(d: _Damage) -> Touched:
    at = d.pick()
    d.row.insert(at, Box(d.row[at].text))
    return set()


def drop_a_header_cell(d: _Damage) -> Touched:
    row, at = d.header()
    del row[at]
    return set()


def insert_a_header_cell(d: _Damage) -> Touched:
    row, at = d.header()
    row.insert(at, Box("", kind="header"))
    return set()


def drop_a_header_line(d: _Damage) -> Touched:
    d.sheet.rows.remove(d.header()[0])
    return set()


def insert_a_blank_cell(d: _Damage) -> Touched:
    d.row.insert(d.rng.choice([*d.values, d.values[-1] + 1]), Box(""))
    return set()


def blank_a_label(d: _Damage) -> Touched:
    label = d.label()
    if label is None:
        return set()
    label.text = ""
    return _keys(d.row)


def drop_a_label(d: _Damage) -> Touched:
    label = d.label()
    if label is None:
        return set()
    d.row.remove(label)
    return _keys(d.row)


def merge_two_cells(d: _Damage) -> Touched:
    at = d.pick()
    pair = d.row[at : at + 2]
    if len(pair) < 2 or not pair[1].key:
        return set()
    pair[0].colspan += pair[1].colspan
    del d.row[at + 1]
    return set() if pair[0].text != pair[1].text and pair[0].text else _keys(pair)


def insert_a_row(d: _Damage) -> Touched:
    d.sheet.rows.insert(d.at, [Box("某项新的情形"), *(Box(str(d.rng.randrange(9000, 9999))) for _ in d.values)])
    return set()


def move_a_row(d: _Damage) -> Touched:
    rows = d.sheet.rows
    rows.remove(d.row)
    rows.insert(d.rng.randrange(d.sheet.headers, len(rows) + 1), d.row)
    return set()


def drop_a_row(d: _Damage) -> Touched:
    d.sheet.rows.remove(d.row)
    return _keys(d.row)


def double_a_row(d: _Damage) -> Touched:
    again = copy.deepcopy(d.row)
    for box in again:
        box.key = None
    d.sheet.rows.insert(d.at, again)
    return set()


def swap_two_columns(d: _Damage) -> Touched:
    header = d.sheet.rows[d.sheet.headers - 1]
    if d.sheet.id != "requests" or len(header) != 5:
        return set()
    a, b = d.rng.sample(range(5), 2)
    header[a], header[b] = header[b], header[a]
    for row in d.sheet.rows:
        values = [i for i, box in enumerate(row) if box.key]
        if values:
            i, j = values[a + 1], values[b + 1]
            row[i], row[j] = row[j], row[i]
    return set()


def widen_a_cell(d: _Damage) -> Touched:
    d.row[d.pick()].colspan += 1
    return set()


def deepen_a_cell(d: _Damage) -> Touched:
    d.row[d.pick()].rowspan += 1
    return set()


def deepen_a_label(d: _Damage) -> Touched:
    label = d.label()
    if label is not None:
        label.rowspan += 1
    return set()


def tear_a_number(d: _Damage) -> Touched:
    at = d.pick()
    text = d.row[at].text
    if len(text) > 1:
        d.row[at].text = text[:1]
        d.row.insert(at + 1, Box(text[1:]))
    return set()


def glue_two_numbers(d: _Damage) -> Touched:
    at = d.pick()
    pair = d.row[at : at + 2]
    if len(pair) < 2 or not (pair[1].key and pair[0].text and pair[1].text):
        return set()
    pair[0].text, pair[1].text = f"{pair[0].text} {pair[1].text}", ""
    return _keys(pair[1:])


DAMAGES: tuple[Callable[[_Damage], Touched], ...] = (
    drop_a_cell,
    double_a_cell,
    drop_a_header_cell,
    insert_a_header_cell,
    drop_a_header_line,
    insert_a_blank_cell,
    blank_a_label,
    drop_a_label,
    merge_two_cells,
    insert_a_row,
    move_a_row,
    drop_a_row,
    double_a_row,
    swap_two_columns,
    widen_a_cell,
    deepen_a_cell,
    deepen_a_label,
    tear_a_number,
    glue_two_numbers,
)


def mutate(seed: int, render: Callable[..., str] = page) -> Mutated:
    """One report, one damage. Pasted text has no spans: there a merged cell is only a blank one."""
    rng = random.Random(seed)
    form, style = rng.choice(("2021", "2019")), rng.choice(FILLS)
    parts = sheets(form, style, seed)
    want = expected(*parts.values())
    part = parts[rng.choice(list(parts))]
    if rng.random() < 0.25:
        part.rows = part.flat()
    at = rng.choice([i for i, row in enumerate(part.rows) if _keys(row)])
    row = part.rows[at]
    damage = rng.choice([d for d in DAMAGES if render is page or d is not merge_two_cells])
    touched = damage(_Damage(rng, part, at, row, [i for i, b in enumerate(row) if b.key]))
    return Mutated(damage.__name__, form, render(*parts.values()), want, touched)
