"""What is planted in a drawn report: faults that break a relation of the form, and an effect that breaks none."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, replace

from govdisclose.forms import load
from govdisclose.model import Address
from govdisclose.typeset import Draft

SHIFTED = 0.4
"""Share of the granted requests that the planted effect turns into requests for what is not held."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One thing planted.

    `kind` is `missing`, `renamed`, `unknown_label`, `copied`, `treated` (the effect is on it), `heaped` (its decisions
    are rounded to tens), `effect`, `break`, or a fault; `relation` names the
    finding by which a fault shows. A blank field does not apply.
    """

    kind: str
    agency: str
    year: int
    table: str = ""
    row: str = ""
    column: str = ""
    was: str = ""
    now: str = ""
    relation: str = ""
    note: str = ""

    def line(self) -> list[str]:
        """As a line of `truth.csv`."""
        return [str(value) for value in astuple(self)]


def _moved(draft: Draft, changes: Mapping[Address, int]) -> Draft:
    """The draft with numbers changed."""
    return replace(
        draft, figures={**draft.figures, **{a: str(int(draft.figures[a]) + by) for a, by in changes.items()}}
    )


def change_rates(draft: Draft) -> Draft:
    """The draft with a share of what natural persons were granted not held instead; every relation stays closed.

    Examples
    --------
    >>> from govdisclose.synthesis import draw_report
    >>> drawn = draw_report(random.Random(1), form="2021", year=2022, agency="样本甲市人民政府", size=100)
    >>> [d.figures["requests", "granted", "total"] for d in (drawn, change_rates(drawn))]
    ['49', '33']
    """
    shift = round(SHIFTED * int(draft.figures["requests", "granted", "natural_person"]))
    columns = ("natural_person", "total")
    away = {("requests", "granted", column): -shift for column in columns}
    return _moved(draft, {**away, **{("requests", "unable_not_held", column): shift for column in columns}})


def heap(draft: Draft) -> Draft:
    """The draft with counts of decisions rounded to tens, as offices do that estimate; no relation rests on them."""
    rounded = {a: str(round(int(text), -1)) for a, text in draft.figures.items() if a[2] == "decisions"}
    return replace(draft, figures={**draft.figures, **rounded})


def _total(draft: Draft, rng: random.Random) -> tuple[Draft, Address]:
    address = ("requests", "granted", "total")
    return _moved(draft, {address: rng.choice([1, 9, 10])}), address


def _outcome(draft: Draft, rng: random.Random) -> tuple[Draft, Address]:
    address = ("requests", "partial", "natural_person")
    return _moved(draft, {address: rng.choice([1, 10])}), address


def _processed(draft: Draft, rng: random.Random) -> tuple[Draft, Address]:
    address = ("requests", "processed", "total")
    return _moved(draft, {address: rng.choice([2, 20])}), address


def _carry(draft: Draft, rng: random.Random) -> tuple[Draft, Address]:
    by = rng.randrange(2, 9)
    cells: list[Address] = [
        ("requests", r, c) for r in ("carried_in", "carried_out") for c in ("natural_person", "total")
    ]
    return _moved(draft, dict.fromkeys(cells, by)), cells[1]


def _remedies(draft: Draft, rng: random.Random) -> tuple[Draft, Address]:
    address = ("remedies", "review", "total")
    return _moved(draft, {address: rng.randrange(1, 4)}), address


def _stock(draft: Draft, rng: random.Random) -> tuple[Draft, Address]:
    address = ("proactive", "normative_documents", "effective")
    return _moved(draft, {address: rng.randrange(2, 9)}), address


def _blank(draft: Draft, rng: random.Random) -> tuple[Draft, Address]:
    address = ("requests", "processed", "natural_person")
    return replace(draft, figures={**draft.figures, address: ""}), address


_PLANT: dict[str, tuple[str, Callable[[Draft, random.Random], tuple[Draft, Address]]]] = {
    "row_total": ("requests_total", _total),
    "outcome": ("requests_outcomes", _outcome),
    "processed": ("requests_balance", _processed),
    "carry": ("requests_carry", _carry),
    "remedies": ("remedies_total", _remedies),
    "stock": ("normative_stock", _stock),
    "blank": ("lone_blank", _blank),
}
FAULTS = (*_PLANT, "claim")
"""Every kind of fault. `claim`: a sentence says another number than the table."""


def plant(draft: Draft, kind: str, rng: random.Random, words: Mapping[str, str]) -> tuple[Draft, list[Planted]]:
    """The draft with what `kind` names, and what is to be known of it; nothing for an empty kind."""
    planted = Planted(kind, draft.agency, draft.year)
    if kind in _PLANT:
        relation, change = _PLANT[kind]
        changed, cell = change(draft, rng)
        was, now = draft.figures[cell], changed.figures[cell]
        table, row, column = cell
        return changed, [replace(planted, table=table, row=row, column=column, was=was, now=now, relation=relation)]
    if kind == "claim":
        cell = ("requests", "new", "total")
        said = int(draft.figures[cell]) + rng.choice([7, 30])
        told = {**draft.paragraphs, 1: [words["claim"].format(number=said)]}
        was, now = draft.figures[cell], str(said)
        return replace(draft, paragraphs=told), [
            replace(planted, table=cell[0], row=cell[1], column=cell[2], was=was, now=now, relation="claim_contradicts")
        ]
    if kind == "unknown_label":
        rows = [
            r for r in load()[draft.tables["requests"]].table("requests").blocks[0].rows if r.group == "not_processed"
        ]
        return draft, [
            replace(
                planted,
                table="requests",
                row=rows[-1].id,
                was=rows[-1].label,
                now=words["unknown_label"],
                relation="unknown_row",
            )
        ]
    if kind == "copied":
        return draft, [replace(planted, relation="section_copied")]
    return draft, [planted] if kind else []
