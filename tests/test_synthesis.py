"""Drawn reports close every relation of their form, alone and from year to year."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import islice, pairwise
from typing import get_args

import pytest

from govdisclose import clean, forms
from govdisclose.errors import UsageError
from govdisclose.model import Number
from govdisclose.synthesis import Prints, draw_panel, draw_report, invented_agencies
from govdisclose.typeset import Draft

FORMS = forms.load()
PREVIOUS = "previous:"


def draw(seed: int, form: str | dict[str, str] = "2021", size: float = 200, **more: object) -> Draft:
    return draw_report(random.Random(seed), form=form, year=2022, agency="样本甲市人民政府", size=size, **more)  # type: ignore[arg-type]


def broken(draft: Draft, previous: Draft | None = None) -> list[str]:
    """The relations that fail, with every cell a number or absent."""

    def value(of: Draft, table: str, row: str, column: str) -> Number | None:
        text = of.figures.get((table, row, column))
        return None if text is None else clean.parse(text).value

    def term(relation: forms.Relation, name: str, other: str) -> Number | None:
        of: Draft | None = draft
        if PREVIOUS in name:
            of, name = previous, name.replace(PREVIOUS, "")
        sign = -1 if name.startswith("-") else 1
        name = name.removeprefix("-")
        pair = (other, name) if relation.each == "row" else (name, other)
        found = value(of, relation.table, *pair) if of is not None else None
        return None if found is None else sign * found

    out = []
    for table_id, form_id in draft.tables.items():
        block_rows = FORMS[form_id].table(table_id).blocks
        for relation in (r for r in FORMS[form_id].relations if r.table == table_id):
            others = [e.id for b in block_rows for e in (b.rows if relation.each == "row" else b.columns)]
            for other in dict.fromkeys(others):
                if relation.rows and other not in relation.rows:
                    continue
                left = [term(relation, t, other) for t in relation.left]
                right = [term(relation, t, other) for t in relation.right]
                if None in left or None in right:
                    continue
                if sum(left) != sum(right):  # type: ignore[arg-type]
                    out.append(f"{relation.id} {other}: {left} {right}")
    return out


@pytest.mark.parametrize("form", ["2019", "2021", {"proactive": "2021", "requests": "2019", "remedies": "2021"}])
@pytest.mark.parametrize("size", [0, 1, 40, 4000])
def test_every_relation_closes(form: str, size: float) -> None:
    for seed in range(5):
        draft = draw(seed, form, size)
        assert broken(draft) == []
        assert all(clean.parse(t).state == "number" for t in draft.figures.values())


def test_the_check_above_sees_any_single_wrong_cell() -> None:
    draft = draw(1)
    for address in draft.figures:
        if address[0] != "proactive":
            wrong = replace(draft, figures={**draft.figures, address: str(int(draft.figures[address]) + 1)})
            assert broken(wrong) != []


def test_an_empty_report_is_all_zeros() -> None:
    assert set(draw(1, size=0).figures.values()) == {"0"}


def test_a_city_has_thousands() -> None:
    assert max(int(draw(s, size=4000).figures["requests", "new", "total"]) for s in range(5)) > 2000


@pytest.mark.parametrize("prints", get_args(Prints))
def test_ways_of_printing(prints: Prints) -> None:
    states = {clean.parse(t).state for s in range(3) for t in draw(s, "2019", prints=prints).figures.values()}
    expected = {
        "blank_zeros": {"number", "blank"},
        "dash_zeros": {"number", "dash"},
        "mixed": {"number", "blank", "dash"},
        "blank_totals": {"number", "blank"},
    }
    assert states == expected.get(prints, {"number"})


def test_remarks_keep_their_number() -> None:
    texts = [t for s in range(40) for t in draw(s, size=2000, prints="remarks").figures.values()]
    assert any("其中" in t for t in texts)
    assert all(clean.parse(t).state == "number" for t in texts)


def test_a_panel_carries_over_across_the_change_of_forms() -> None:
    panel = draw_panel(7, range(2019, 2025), seed=11)
    assert len(panel) == 42
    by_agency: dict[str, list[Draft]] = {}
    for draft in panel:
        by_agency.setdefault(draft.agency, []).append(draft)
    for reports in by_agency.values():
        assert [d.tables["requests"] for d in reports] == ["2019"] * 2 + ["2021"] * 4
        for before, after in pairwise(reports):
            assert broken(after, before) == []


def test_the_seed_decides() -> None:
    assert draw_panel(3, range(2020, 2023), seed=1) == draw_panel(3, range(2020, 2023), seed=1)
    assert draw_panel(3, range(2020, 2023), seed=1) != draw_panel(3, range(2020, 2023), seed=2)


def test_more_agencies_leave_the_first_as_they_are() -> None:
    assert draw_panel(5, range(2021, 2023), seed=1)[:4] == draw_panel(2, range(2021, 2023), seed=1)


def test_invented_names_differ_and_say_that_they_are_samples() -> None:
    names = [name for name, _ in islice(invented_agencies(), 3000)]
    assert len(set(names)) == 3000
    assert all(name.startswith("样本") for name in names)


def test_errors_name_the_value() -> None:
    with pytest.raises(UsageError, match="2018"):
        draw_panel(1, range(2018, 2020), seed=1)
    with pytest.raises(UsageError, match="agencies=0"):
        draw_panel(0, range(2021, 2022), seed=1)
    with pytest.raises(UsageError, match="size=-1"):
        draw(1, size=-1)
