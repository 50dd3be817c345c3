"""A second opinion: what another reading of the same file says of each cell. Neither wins silently.

Where both read the same, the cell is `agreed`. Where they differ it is in `conflict`: the first reading
keeps its place, the other stands among the `candidates`, and a finding of severity error names the cells.
A cell that the second reading did not find, or could not read for certain, has no second opinion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from govdisclose.alignment import Aligned, align
from govdisclose.errors import GovdiscloseError
from govdisclose.forms import Forms
from govdisclose.model import Address, Cell, Document, Finding

_SHOWN = 4
"""Differences named in a sentence."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The first reading's cells with what a second one says of them."""

    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]


def second_opinion(
    aligned: Aligned, others: Iterable[Document], forms: Forms, *, year: int | None, sure: bool = True
) -> Opinion:
    """Compare a reading with the one of the others that fills its tables best.

    Parameters
    ----------
    aligned
        The first reading.
    others
        Further readings; they are asked for one by one, until one fills all tables the first one has.
    forms, year
        As for `align`.
    sure
        Whether the characters are beyond doubt. Readings that share characters which are not (those of a
        broken text layer) agree on nothing.
    """
    tables = [table for table, form in aligned.form.items() if form.form]
    best: tuple[int, Document, dict[Address, Cell]] | None = None
    for document in _readable(others):
        found = {c.key: c for c in align(document, forms, year=year).cells if c.state not in ("absent", "unreadable")}
        filled = sum(c.key in found for c in aligned.cells)
        if best is None or filled > best[0]:
            best = (filled, document, found)
        if all(c.key in found for c in aligned.cells if c.state != "absent"):
            break
    if best is None:
        return Opinion(aligned.cells, (_none(),))
    _, document, found = best
    findings = [_not_found(table, document) for table in tables if not any(key[0] == table for key in found)]
    cells = tuple(_compared(cell, found.get(cell.key), sure) for cell in aligned.cells)
    for table in tables:
        differing = [c for c in cells if c.table == table and ";second=differs" in c.address]
        if differing:
            findings.append(_differs(table, differing, found, document, forms))
    return Opinion(cells, tuple(findings))


def _readable(documents: Iterable[Document]) -> Iterator[Document]:
    """Those that can be made; a second reading that fails takes nothing from the first."""
    steps = iter(documents)
    while True:
        try:
            yield next(steps)
        except StopIteration:
            return
        except GovdiscloseError:
            return


def _compared(cell: Cell, other: Cell | None, sure: bool) -> Cell:
    if other is None:
        return cell
    if (cell.state, cell.value) == (other.state, other.value):
        if not sure or cell.state == "absent":
            return cell
        return cell._replace(evidence="agreed", address=f"{cell.address};second=agrees")
    both = [v for v in (*cell.candidates, cell.value, other.value) if v is not None]
    return cell._replace(
        evidence="conflict",
        candidates=tuple(dict.fromkeys(both)),
        address=f"{cell.address};second=differs",
    )


def _shown(cell: Cell) -> str:
    return str(cell.value) if cell.state == "number" else cell.state


def _differs(
    table: str, cells: Sequence[Cell], others: Mapping[Address, Cell], document: Document, forms: Forms
) -> Finding:
    zh, en = [], []
    for cell in cells[:_SHOWN]:
        row, column = forms.item("row", cell.row), forms.item("column", cell.column)
        pair = f"{_shown(cell)} ≠ {_shown(others[cell.key])}"
        zh.append(f"{row.zh}·{column.zh} {pair}")
        en.append(f"{row.en} / {column.en} {pair}")
    more = "…" if len(cells) > _SHOWN else ""
    one = len(cells) == 1
    return Finding(
        "second_differs",
        "error",
        f"表 {table}：另一次读取（{document.rung}）有 {len(cells)} 格不同：{'；'.join(zh)}{more}",
        f"table {table}: another reading ({document.rung}) differs in {len(cells)} cells: {'; '.join(en)}{more}",
        tuple(c.key for c in cells),
        expected=_shown(others[cells[0].key]) if one else None,
        actual=_shown(cells[0]) if one else None,
    )


def _not_found(table: str, document: Document) -> Finding:
    return Finding(
        "second_missing",
        "notice",
        f"表 {table}：另一次读取（{document.rung}）没有找到该表",
        f"table {table}: another reading ({document.rung}) did not find it",
    )


def _none() -> Finding:
    return Finding(
        "second_missing",
        "notice",
        "没有另一种读取方法可用（纯文本，或缺少 LibreOffice）",
        "there is no other way to read this file (pasted text, or LibreOffice is not installed)",
    )
