"""Relations → results, findings and evidence: does a table add up, and what may be trusted for it?

`examine` looks at one report, `compare_years` at two of the same agency. Nothing here changes a
value: a relation never replaces a reading.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from govdisclose.forms import Forms
from govdisclose.localization import Blame, locate
from govdisclose.model import Address, Cell, Evidence, Fault, Finding, Number, RelationState, Severity, TableForm
from govdisclose.relations import FAILS, HOLDS, PREVIOUS, STATES, Matrix, System, plain, sides, system, verdicts

_SURE_ROWS = ("exact", "remark", "header")
_SURE_COLUMNS = ("header", "order")
_EVIDENCE = Cell._fields.index("evidence")
CONFIRMED = ";confirmed=again"
"""At the end of the address of a cell of a picture that further readings confirmed."""


class Result(NamedTuple):
    """One relation at one row or column.

    `left` and `right` are the sums of what is printed, `cells` all terms, `totals` those on the right;
    `missing` are the cells without a number, which account for the difference where it is `undetermined`.
    """

    relation: str
    table: str
    at: str
    state: RelationState
    left: Number
    right: Number
    cells: tuple[Address, ...]
    totals: tuple[Address, ...]
    missing: tuple[Address, ...]
    adjusted: RelationState
    """`state` for the adjusted values: differs only where a correction stands."""

    @property
    def closed(self) -> bool:
        """It holds, and every term is a number: no single misreading of one of them could hide."""
        return self.state == "holds" and not self.missing


@dataclass(frozen=True, slots=True)
class Examined:
    """Cells with their evidence, the results of all relations, findings, and who is to blame, by table."""

    cells: tuple[Cell, ...]
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    blame: dict[str, Blame]


def is_certain(cell: Cell) -> bool:
    """Whether the cell's place in the form rests on its printed labels.

    Row label and column header must both have been recognised. Relations are blind to exchanged
    columns: a place known only by counting proves nothing.
    """
    return _rests_on_labels(cell.address)


@lru_cache(maxsize=4096)
def _rests_on_labels(address: str) -> bool:
    facts = dict(part.split("=", 1) for part in address.split(";") if "=" in part)
    row = facts.get("row", "").split("+")[0]
    return row in _SURE_ROWS and facts.get("column") in _SURE_COLUMNS and "doubt" not in facts


def results(relations: System, values: Matrix) -> list[Result]:
    """The judgement of one report as typed rows."""
    out = []
    printed: list[float] = values.tolist()
    states = verdicts(relations, printed)
    gone = {j for j, number in enumerate(printed) if math.isnan(number)}
    for i, instance in enumerate(relations.instances):
        left, right = sides(instance, printed)
        cells = instance.cells
        missing = tuple([c for j, c in zip(instance.terms, cells, strict=True) if j in gone]) if gone else ()
        state: RelationState = STATES[states[i]]  # type: ignore[assignment]
        out.append(
            Result(
                instance.relation.id,
                relations.table,
                instance.at,
                state,
                plain(left),
                plain(right),
                cells,
                cells[len(instance.left) :],
                missing,
                state,
            )
        )
    return out


def examine(
    cells: Sequence[Cell], form: Mapping[str, TableForm], forms: Forms, *, beyond_doubt: bool = True
) -> Examined:
    """Judge every table of one report.

    Parameters
    ----------
    cells : sequence of Cell
    form : mapping
        Which form each table was printed in.
    forms : Forms
    beyond_doubt : bool
        The characters themselves are certain (text of a file, not of a picture); else those
        of cells alone whose address says `confirmed`.

    Returns
    -------
    Examined
        A number in a relation that holds without a missing cell is `proved`, where its place in
        the form is certain. A failing relation is the source's fault where every reading in it is
        beyond doubt, and then leaves the evidence as it was; else its cells are in `conflict`.
    """
    keys: list[Address] = [c[:3] for c in cells]
    by_address = dict(zip(keys, cells, strict=True))
    numbers = {key: c.value for key, c in zip(keys, cells, strict=True) if c.state == "number"}
    closed: set[Address] = set()
    conflict: set[Address] = set()
    all_results: list[Result] = []
    findings: list[Finding] = []
    blame: dict[str, Blame] = {}
    for table, table_form in form.items():
        if not table_form.form:
            continue
        relations = system(forms[table_form.form], table)
        values = relations.vector(numbers)
        here = results(relations, values)
        all_results += here
        failing = [r for r in here if r.state == "fails"]
        blame[table] = locate(relations, values) if failing else Blame(())
        closed.update(chain.from_iterable([r.cells for r in here if r.closed]))
        for result in failing:
            sure = beyond_doubt or all(CONFIRMED in by_address[a].address for a in result.cells if a in numbers)
            fault = _fault(result, by_address, blame[table], sure)
            findings.append(_failure(result, fault, forms, "error"))
            if fault != "source":
                conflict |= set(result.cells)
        if failing:
            findings.append(_blamed(table, blame[table], forms))
        findings += _about_blanks(table, here, by_address, forms)
    conflict &= numbers.keys()
    marked = tuple([_with_evidence(c, key, closed, conflict) for c, key in zip(cells, keys, strict=True)])
    return Examined(marked, tuple(all_results), tuple(findings), blame)


def _with_evidence(cell: Cell, key: Address, closed: set[Address], conflict: set[Address]) -> Cell:
    if conflict and key in conflict:
        return cell._replace(evidence="conflict")
    if cell.evidence == "conflict":
        return cell
    is_proved = key in closed and _rests_on_labels(cell.address)
    evidence: Evidence = "proved" if is_proved else "agreed" if cell.evidence == "agreed" else "read"
    return cell if cell.evidence == evidence else Cell._make((*cell[:_EVIDENCE], evidence, *cell[_EVIDENCE + 1 :]))


def _fault(result: Result, cells: Mapping[Address, Cell], blame: Blame, beyond_doubt: bool) -> Fault:
    doubtful = {a for a in result.cells if cells[a].evidence == "conflict" or not is_certain(cells[a])}
    if beyond_doubt and not doubtful:
        return "source"
    if blame.unique and set(blame.explanations[0].cells) <= doubtful:
        return "reading"
    return "undecided"


# --- sentences --------------------------------------------------------------------------------


def _where(result: Result, forms: Forms) -> tuple[str, str]:
    first = result.cells[0]
    kind = "row" if all(a[1] == first[1] for a in result.cells) else "column"
    item = forms.item(kind, result.at)
    return item.zh, item.en


def _failure(result: Result, fault: Fault, forms: Forms, severity: Severity) -> Finding:
    zh, en = _where(result, forms)
    faults = {
        "source": ("原文如此", "as printed in the source"),
        "reading": ("可能是识读错误", "our reading may be wrong"),
        "undecided": ("尚不能断定是原文还是识读之误", "source or reading, undecided"),
    }[fault]
    return Finding(
        relation=result.relation,
        severity=severity,
        message_zh=f"表 {result.table}“{zh}”：分项之和为 {result.left}，印作 {result.right}（{faults[0]}）",
        message_en=f"table {result.table}, {en}: the parts add up to {result.left}, "
        f"printed is {result.right} ({faults[1]})",
        cells=result.cells,
        expected=result.left,
        actual=result.right,
        fault=fault,
    )


def _name(address: Address, forms: Forms) -> tuple[str, str]:
    row, column = forms.item("row", address[1]), forms.item("column", address[2])
    return f"{row.zh}·{column.zh}", f"{row.en} / {column.en}"


def _blamed(table: str, blame: Blame, forms: Forms) -> Finding:
    if not blame.explanations:
        return Finding(
            "blame",
            "notice",
            f"表 {table}：未能找到可以解释全部矛盾的少数单元格",
            f"table {table}: no small set of cells explains what does not add up",
        )
    best = blame.explanations[0]
    zh = "；".join(
        f"{_name(c.cell, forms)[0]} {c.read if c.read is not None else '空'}→{c.needed}" for c in best.changes
    )
    en = "; ".join(
        f"{_name(c.cell, forms)[1]} {c.read if c.read is not None else 'blank'} → {c.needed}" for c in best.changes
    )
    others = len(blame.explanations) - 1
    more = "" if blame.complete else "+"
    return Finding(
        "blame",
        "notice",
        f"表 {table}：改动最少即可平衡的是 {zh}"
        + ("（唯一）" if blame.unique else f"（另有 {others}{more} 种同样少的改法）"),
        f"table {table}: the fewest changes that make it add up: {en}"
        + (" (the only such set)" if blame.unique else f" ({others}{more} other sets are as small)"),
        cells=best.cells,
    )


def _about_blanks(table: str, here: Sequence[Result], cells: Mapping[Address, Cell], forms: Forms) -> list[Finding]:
    """Blanks that cannot all be zero, and blanks that stand alone among numbers."""
    out = []
    alone: dict[Address, Number] = {}
    for result in here:
        missing = result.missing
        if not missing or any(cells[a].state not in ("blank", "dash") for a in missing):
            continue
        gap = plain(result.right - result.left)
        if len(missing) == 1 and len(result.cells) >= 4:
            alone.setdefault(missing[0], abs(gap))
        elif result.state == "undetermined" and gap > 0 and not set(missing) & set(result.totals):
            zh, en = _where(result, forms)
            out.append(
                Finding(
                    "blank_not_zero",
                    "warning",
                    f"表 {table}“{zh}”：空白单元格合计应为 {gap}，并非零",
                    f"table {table}, {en}: the blank cells must add up to {gap}; they are not all zero",
                    missing,
                    expected=gap,
                )
            )
    if alone:
        listed = [(_name(a, forms), n) for a, n in alone.items()]
        out.append(
            Finding(
                "lone_blank",
                "notice",
                f"表 {table}：数字之中有空格，由其余数字推得 " + "；".join(f"{zh} 为 {n}" for (zh, _), n in listed),
                f"table {table}: blanks among numbers, which by the others would be "
                + "; ".join(f"{en}: {n}" for (_, en), n in listed),
                tuple(alone),
            )
        )
    return out


# --- across years -----------------------------------------------------------------------------


def compare_years(
    this: Sequence[Cell],
    last: Sequence[Cell],
    form: Mapping[str, TableForm],
    last_form: Mapping[str, TableForm],
    forms: Forms,
) -> tuple[tuple[Result, ...], tuple[Finding, ...]]:
    """Relations between a report and the same agency's report of the year before.

    A relation of a form is judged where both years print the table in a form that has its cells.
    A remark on a figure (22（其中修订16件）) makes a miss a notice: what it counts is not what the form counts.
    """
    values: dict[Address, Number | None] = {c.key: c.value for c in this if c.state == "number"}
    values |= {(PREVIOUS + c.table, c.row, c.column): c.value for c in last if c.state == "number"}
    plain_print = str.maketrans("", "", ",，. ")
    remarks = {c.key for c in this if c.state == "number" and not c.raw.translate(plain_print).isdecimal()}
    all_results: list[Result] = []
    findings: list[Finding] = []
    for table, table_form in form.items():
        before = last_form.get(table)
        if not table_form.form or before is None or not before.form:
            continue
        relations = system(forms[table_form.form], table, across_years=True)
        if not relations.instances:
            continue
        vector = relations.vector(values)
        printed_before = {(PREVIOUS + table, *a) for a in forms[before.form].table(table).addresses()}
        here = [
            r
            for r in results(relations, vector)
            if all(a in printed_before for a in r.cells if a[0].startswith(PREVIOUS))
        ]
        all_results += here
        severity = {i.relation.id: i.relation.severity for i in relations.instances}
        for result in here:
            if result.state == "fails":
                soft = bool(remarks & set(result.cells))
                level: Severity = "notice" if soft else severity[result.relation]
                finding = _failure(result, "undecided", forms, level)
                zh, en = _where(result, forms)
                findings.append(
                    replace(
                        finding,
                        message_zh=f"与上年衔接，表 {table}“{zh}”：本年 {result.left}，上年推得 {result.right}"
                        if result.relation.endswith("carry")
                        else f"与上年衔接，表 {table}“{zh}”：由上年推得 {result.left}，本年印作 {result.right}",
                        message_en=f"against the year before, table {table}, {en}: "
                        f"{result.left} and {result.right} differ",
                    )
                )
    return tuple(all_results), tuple(findings)


__all__ = ["FAILS", "HOLDS", "Examined", "Result", "compare_years", "examine", "is_certain", "results"]
