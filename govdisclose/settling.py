"""Recognised cells in doubt, or in a sum that fails, read once more: confirmed, settled, or left in doubt.

Only what a reading gave is ever taken. A sum chooses between readings; it never makes a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from govdisclose.checks import CONFIRMED, Result, is_certain
from govdisclose.clean import parse
from govdisclose.model import Address, Again, Cell, Number
from govdisclose.relations import plain

_PLACED = "column=header"
"""In the address of a cell that stands under its header."""


def settled(cells: Sequence[Cell], results: Sequence[Result], again: Again) -> tuple[Cell, ...]:
    """Read again what the relations point at, and choose between readings where only one adds up.

    Parameters
    ----------
    cells : sequence of Cell
    results : sequence of Result
        The relations, judged for these cells.
    again : callable
        Reads the cell in a box once more, in several ways.

    Returns
    -------
    tuple of Cell
        In the same order. The address of a cell in one failing relation ends in `confirmed=again` where every further
        reading gave the same; where one gave another number, it is in conflict, with its candidates. A cell that was
        not read for certain has for its value the candidate that all relations ask for which lack nothing else; its
        address then ends in `settled=sum`.
    """
    known = {cell.key: cell for cell in cells}
    failing = Counter(address for result in results if result.state == "fails" for address in result.cells)
    for address, count in failing.items():
        if count == 1:  # where two fail at one cell it was misread, however often it reads the same
            known[address] = _read_again(known[address], again)
    for address, value in _asked_for(known, results):
        place, _, _ = known[address].address.partition(";doubt=")
        known[address] = known[address]._replace(
            value=value, adjusted=value, state="number", evidence="read", address=f"{place};settled=sum", candidates=()
        )
    return tuple(known[cell.key] for cell in cells)


def _read_again(cell: Cell, again: Again) -> Cell:
    if cell.state != "number" or cell.evidence == "conflict" or cell.box is None or not is_certain(cell):
        return cell
    values = [parse(text).value for text in again(cell.box)]
    found = tuple(dict.fromkeys(value for value in (cell.value, *values) if value is not None))
    if len(found) > 1:
        return cell._replace(
            evidence="conflict", candidates=found, address=f"{cell.address};doubt=read differently again"
        )
    is_confirmed = values and None not in values
    return cell._replace(address=cell.address + CONFIRMED) if is_confirmed else cell


def _asked_for(known: Mapping[Address, Cell], results: Sequence[Result]) -> Iterator[tuple[Address, Number]]:
    """Cells not read for certain, each with the one of its candidates that the relations ask for."""
    asked: dict[Address, set[Number]] = {}
    for result in results:
        if len(result.missing) == 1:
            (address,) = result.missing
            gap = result.left - result.right
            asked.setdefault(address, set()).add(plain(gap if address in result.totals else -gap))
    for address, values in asked.items():
        cell, value = known[address], next(iter(values))
        in_doubt = cell.state == "unreadable" and _PLACED in cell.address and value in cell.candidates
        if in_doubt and len(values) == 1 and value:  # a sum knows no difference between a zero and a blank
            yield address, value
