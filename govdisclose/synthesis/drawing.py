"""Drawn reports and panels: invented agencies, plausible numbers, every relation of the form closed.

Nothing here is real, and every report typeset from a drawn draft says so on each page. The same
seed gives the same drafts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice, product
from typing import Literal, get_args

from govdisclose import clean
from govdisclose.errors import UsageError
from govdisclose.forms import Form, Forms, Relation, Table, load
from govdisclose.model import Address, Number
from govdisclose.typeset.layout import Draft, sentences

Prints = Literal["numbers", "blank_zeros", "dash_zeros", "mixed", "blank_totals", "remarks"]
"""How numbers reach the page: all of them; zeros as blanks, as dashes, as either; the totals of the
outcome rows left blank; remarks, units and signs in the cells."""

Values = dict[Address, Number]

_LIKELY = {
    "granted": 40.0,
    "partial": 12.0,
    "unable_not_held": 22.0,
    "refused_admin_query": 3.0,
    "not_processed_petition": 3.0,
    "other_no_correction": 2.0,
    "natural_person": 90.0,
    "business": 5.0,
    "legal_service": 2.0,
    "upheld": 5.0,
    "pending": 2.0,
}
"""Weights of rows and columns that are common in practice; everything else weighs 1."""

_PREVIOUS = "previous:"


def _spread(rng: random.Random, total: int, keys: Sequence[str]) -> dict[str, int]:
    """`total` cases over `keys`, by likelihood, a little different for every agency and year."""
    out = dict.fromkeys(keys, 0)
    if keys and total:
        weights = [_LIKELY.get(k, 1.0) * rng.uniform(0.2, 1.8) for k in keys]
        for key in rng.choices(keys, weights, k=total):
            out[key] += 1
    return out


def _around(rng: random.Random, mean: float) -> int:
    """A count with this mean and a long tail."""
    return round(mean * rng.lognormvariate(0.0, 0.6) + rng.random() - 0.5) if mean > 0 else 0


def _sums(form: Form, table: Table, each: str) -> list[tuple[list[str], str]]:
    """(parts, total) of the sum relations along rows or columns, restricted to what the table has."""
    ids = {i for pair in table.addresses() for i in pair}
    return [
        ([t for t in r.left if t in ids], r.right[0])
        for r in form.relations
        if r.table == table.id and r.each == each and len(r.right) == 1 and len(r.left) > 1 and r.right[0] in ids
        if not any(_PREVIOUS in t or t.startswith("-") for t in r.left)
    ]


def _carried(form: Form, table: Table) -> list[Relation]:
    """Relations of a table to the year before."""
    return [r for r in form.relations if r.table == table.id and any(_PREVIOUS in t for t in (*r.left, *r.right))]


def _requests(rng: random.Random, form: Form, table: Table, size: float, before: Values) -> Values:
    """Requests by applicant and outcome: each column balances, rows and outcomes add up."""
    block = table.blocks[0]
    columns = [c.id for c in block.columns]
    rows = [r.id for r in block.rows]
    totals = {total: parts for parts, total in _sums(form, table, "row") if total in columns}
    outcomes = {total: parts for parts, total in _sums(form, table, "column") if total in rows}
    balance = next((r for r in form.relations if r.table == table.id and r.printed), None)
    carry = next((r for r in _carried(form, table) if r.each == "column" and len(r.left) == 1), None)
    single = [c for c in columns if c not in totals]
    fresh = _spread(rng, _around(rng, size), single)
    values: Values = {}
    for column in single:
        new = fresh[column]
        column_values: dict[str, int] = dict.fromkeys(rows, 0)
        if balance is None:
            column_values.update(_spread(rng, new, [r for r in rows if r not in outcomes]))
        else:
            received, held = balance.left[0], balance.left[-1]
            processed, left = balance.right[0], balance.right[-1]
            kept = before.get((table.id, carry.right[0].removeprefix(_PREVIOUS), column)) if carry else None
            column_values[received] = new
            column_values[held] = int(kept) if kept is not None else _around(rng, new * 0.05)
            available = column_values[received] + column_values[held]
            column_values[left] = min(available, _around(rng, available * 0.06))
            column_values[processed] = available - column_values[left]
            column_values.update(_spread(rng, column_values[processed], outcomes.get(processed, [])))
        for row, value in column_values.items():
            values[table.id, row, column] = value
    for total, parts in totals.items():
        for row in rows:
            values[table.id, row, total] = sum(values[table.id, row, p] for p in parts)
    return values


def _remedies(rng: random.Random, form: Form, table: Table, size: float) -> Values:
    """Cases by outcome, few for most agencies."""
    values: Values = {}
    for block in table.blocks:
        columns = [c.id for c in block.columns]
        totals = {total: parts for parts, total in _sums(form, table, "row") if total in columns}
        for row in block.rows:
            line = dict(_spread(rng, _around(rng, size * 0.02), [c for c in columns if c not in totals]))
            line.update({total: sum(line[p] for p in parts) for total, parts in totals.items()})
            values.update({(table.id, row.id, column): value for column, value in line.items()})
    return values


def _disclosed_row(rng: random.Random, columns: Sequence[str], scale: float) -> dict[str, Number]:
    """One row of the first statutory table, before anything is carried over."""
    usual = {
        "issued": 0.01,
        "repealed": 0.005,
        "effective": 0.05,
        "made": 0.02,
        "disclosed": 0.02,
        "total_disclosed": 0.2,
        "previous_year_items": 0.3,
        "change": 0.02,
        "decisions": 60.0,
        "items": 0.05,
    }
    line: dict[str, Number] = {c: _around(rng, scale * usual.get(c, 0.1)) for c in columns}
    for column in columns:
        if column.startswith("amount"):
            money = rng.choice([rng.lognormvariate(0, 1) * scale, 0.0]) if scale else 0.0
            line[column] = round(money, rng.choice([0, 1, 2, 4]))
            if line[column] == int(line[column]):
                line[column] = int(line[column])
    return line


def _proactive(rng: random.Random, form: Form, table: Table, size: float, before: Values) -> Values:
    """Disclosure by duty; stocks follow from the year before where a relation says so."""
    values: Values = {}
    stocks = [r for r in _carried(form, table) if r.each == "row"]
    for block in table.blocks:
        for row in block.rows:
            scale = 0.0 if row.id == "regulations" and size < 500 else size
            line = _disclosed_row(rng, [c.id for c in block.columns], scale)
            if "change" in line:
                last = [before.get((table.id, row.id, c)) for c in ("previous_year_items", "change")]
                line["change"] *= rng.choice([1, 1, -1])
                if last[0] is not None and last[1] is not None:
                    line["previous_year_items"] = last[0] + last[1]
                line["change"] = max(line["change"], -line["previous_year_items"])
            for stock in stocks:
                right = stock.right[0]
                if right in line and (not stock.rows or row.id in stock.rows):
                    _carry_stock(line, stock, right, before.get((table.id, row.id, right)))
            values.update({(table.id, row.id, column): value for column, value in line.items()})
    return values


def _carry_stock(line: dict[str, Number], stock: Relation, right: str, last: Number | None) -> None:
    """Close a stock relation in one row; no more is taken away than there is."""
    added = sum(line[t] for t in stock.left if t in line)
    away = [t.removeprefix("-") for t in stock.left if t.startswith("-")]
    held = added + (last if last is not None else line[right])
    for term in away:
        line[term] = min(line[term], held)
        held -= line[term]
    line[right] = held


def _print(rng: random.Random, number: Number, signed: bool, money: bool, row_total: bool, prints: Prints) -> str:
    words = sentences()["invented"]
    if prints == "blank_totals" and row_total:
        return ""
    if number == 0:
        zeros = {"blank_zeros": [""], "dash_zeros": ["/"], "mixed": ["0", "", *words["dashes"]]}
        return str(rng.choice(zeros.get(prints, ["0"])))
    if signed and prints == "remarks":
        return str(words["more" if number > 0 else "less"]).format(number=abs(number))
    if signed and number > 0:
        return rng.choice([f"+{number}", str(number)])
    if money and prints == "remarks":
        return f"{number}{rng.choice(words['units_of_money'])}"
    return str(number)


def _figures(rng: random.Random, form: Form, table: Table, values: Values, prints: Prints) -> dict[Address, str]:
    outcomes = {row for parts, _ in _sums(form, table, "column") for row in parts}
    totals = {total for _, total in _sums(form, table, "row")}
    out: dict[Address, str] = {}
    for block in table.blocks:
        for row in block.rows:
            for column in block.columns:
                number = values[table.id, row.id, column.id]
                total = row.id in outcomes and column.id in totals
                money = column.unit == "as_printed"
                text = _print(rng, number, column.signed, money, total, prints)
                if prints == "remarks" and column.id == "repealed" and number > 1 and rng.random() < 0.5:
                    part = rng.randrange(1, int(number))
                    text = sentences()["invented"]["remark"].format(number=text, part=part)
                out[table.id, row.id, column.id] = text
    return out


def draw_report(
    rng: random.Random,
    *,
    form: str | Mapping[str, str],
    year: int,
    agency: str,
    size: float,
    prints: Prints = "numbers",
    previous: Draft | None = None,
    forms: Forms | None = None,
) -> Draft:
    """A report with drawn numbers that close every relation of its form.

    Parameters
    ----------
    rng
        The source of chance; the same state gives the same report.
    form
        A form's id, or the form of each table (a hybrid).
    size
        Requests to expect in the year: 0 for an empty report, some thousands for a city.
    prints
        How numbers are printed. Blanks and dashes hide zeros; `blank_totals` hides sums.
    previous
        The same agency's report of the year before: what it carries out is carried in here.

    Raises
    ------
    UsageError
        When `prints` or `size` is none that can be drawn.

    Examples
    --------
    >>> draft = draw_report(random.Random(1), form="2021", year=2022, agency="样本甲市人民政府", size=100)
    >>> sum(int(draft.figures["requests", r, "total"]) for r in ("new", "carried_in"))
    166
    """
    if prints not in get_args(Prints) or size < 0:
        raise UsageError(f"draw_report: prints={prints!r}, size={size}: take one of {', '.join(get_args(Prints))}")
    known = forms or load()
    tables = dict.fromkeys(known.table_ids, form) if isinstance(form, str) else dict(form)
    before: Values = {}
    if previous is not None:
        for address, text in previous.figures.items():
            before[address] = clean.parse(text).value or 0
    figures: dict[Address, str] = {}
    for table_id, form_id in tables.items():
        of = known[form_id]
        table = of.table(table_id)
        if any(b.rows_across for b in table.blocks):
            values = _remedies(rng, of, table, size)
        elif any(r.printed for r in of.relations if r.table == table_id):
            values = _requests(rng, of, table, size, before)
        else:
            values = _proactive(rng, of, table, size, before)
        figures |= _figures(rng, of, table, values, prints)
    published = f"{year + 1}-{rng.randrange(1, 4):02d}-{rng.randrange(1, 29):02d}"
    return Draft(agency, year, tables, figures, published=published)


def invented_agencies() -> Iterator[tuple[str, float]]:
    """Names and usual sizes of agencies that do not exist, without end: a city, then its units.

    >>> list(islice(invented_agencies(), 2))
    [('样本甲市人民政府', 1200.0), ('样本甲市子区人民政府', 150.0)]
    """
    words = sentences()["invented"]
    for length in count(1):
        for letters in product(words["stems"], repeat=length):
            stem = "".join(letters)
            yield words["city"]["name"].format(stem=stem), float(words["city"]["size"])
            for branch in words["branches"]:
                for unit in words["units"]:
                    yield unit["name"].format(stem=stem, branch=branch), float(unit["size"])


def draw_panel(
    agencies: int, years: range, seed: int, *, prints: Sequence[Prints] = ("numbers",), forms: Forms | None = None
) -> list[Draft]:
    """Reports of invented agencies over years: what one carries out, the next carries in.

    The form is the one in force in each year, so a panel across 2020 and 2021 changes forms. An
    agency prints its numbers in one of the ways in `prints`, always the same.

    Raises
    ------
    UsageError
        When a year has no form, or fewer than one agency is asked for.

    Examples
    --------
    >>> first, second = draw_panel(1, range(2021, 2023), seed=7)
    >>> first.figures["requests", "carried_out", "total"] == second.figures["requests", "carried_in", "total"]
    True
    """
    known = forms or load()
    if agencies < 1:
        raise UsageError(f"draw_panel: agencies={agencies}; ask for one or more")
    out: list[Draft] = []
    for number, (agency, size) in enumerate(islice(invented_agencies(), agencies)):
        rng = random.Random(f"{seed}/{number}")
        way = prints[number % len(prints)]
        previous: Draft | None = None
        for year in years:
            form = known.for_year(year)
            if form is None:
                raise UsageError(f"draw_panel: no form for {year}; begin in {next(iter(known)).first_year} or later")
            previous = draw_report(
                rng, form=form.id, year=year, agency=agency, size=size, prints=way, previous=previous, forms=known
            )
            out.append(previous)
    return out
