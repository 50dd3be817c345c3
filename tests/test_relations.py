"""The system of relations, judged with three values, and the blame when it fails."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import numpy as np
import pytest
from truth import load_truth

from govdisclose.clean import parse
from govdisclose.forms import load
from govdisclose.localization import locate, misreading_cost
from govdisclose.model import Address, Number
from govdisclose.relations import FAILS, HOLDS, STATES, UNDETERMINED, Matrix, System, judge, system, verdicts
from govdisclose.synthesis import draw_report

FORMS = load()
REQUESTS = system(FORMS["2021"], "requests")
REMEDIES = system(FORMS["2021"], "remedies")


def drawn(seed: int, size: float = 3000, form: str = "2021") -> dict[Address, Number | None]:
    draft = draw_report(random.Random(seed), form=form, year=2023, agency="某机关", size=size)
    return {address: parse(text).value for address, text in draft.figures.items()}


def review(*numbers: float | None) -> Matrix:
    columns = ("upheld", "corrected", "other", "pending", "total")
    return REMEDIES.vector({("remedies", "review", c): n for c, n in zip(columns, numbers, strict=True)})  # type: ignore[misc]


def first(values: Matrix) -> str:
    return STATES[judge(REMEDIES, values).state[0][0]]


def test_the_requests_table_is_a_code_of_distance_four() -> None:
    matrix = REQUESTS.matrix
    assert matrix.shape == (39, 175) and np.linalg.matrix_rank(matrix) == 37
    columns = {tuple(matrix[:, j]) for j in range(175)}
    assert len(columns) == 175  # no two cells can err and cancel out
    negated = {tuple(-np.array(c)) for c in columns}
    assert not columns & negated
    assert np.abs(matrix).sum(axis=0).min() >= 2


@pytest.mark.parametrize(
    ("numbers", "state"),
    [
        ((10, 1, 0, 0, 11), "holds"),
        ((10, 1, 0, 0, 0), "fails"),
        ((10, None, None, None, 10), "holds"),  # the blanks can only be zero
        ((10, None, None, None, 12), "undetermined"),  # the blanks make two
        ((10, None, 0, 0, 12), "holds"),  # and here there is only one
        ((10, None, None, None, 9), "fails"),  # no blank is negative
        ((10, 1, 0, 0, None), "holds"),  # a total that follows from its parts
        ((10, None, 0, 0, None), "undetermined"),
        ((None, None, None, None, None), "undetermined"),
        ((None, None, None, None, 0), "holds"),
    ],
)
def test_three_values(numbers: tuple[float | None, ...], state: str) -> None:
    assert first(review(*numbers)) == state


@pytest.mark.parametrize("relations", [REQUESTS, REMEDIES])
def test_one_report_is_judged_as_many_are(relations: System) -> None:
    rng = np.random.default_rng(4)
    found = set()
    for seed in range(300):
        noise = rng.integers(0, 4, len(relations.cells)) / 4
        values: Matrix = relations.vector(drawn(seed, size=3)) if seed % 3 else noise
        values = np.where(rng.random(len(values)) < (seed % 7) / 7, np.nan, values)
        states = judge(relations, values).state[0].tolist()
        assert verdicts(relations, values.tolist()) == states
        found |= set(states)
    assert len(found) == 3


def test_many_reports_are_judged_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    rows = np.stack([REQUESTS.vector(drawn(seed, size=40)) for seed in range(30)])
    rows[rng.random(rows.shape) < 0.05] = np.nan
    rows[rng.random(rows.shape) < 0.02] += 1
    together = judge(REQUESTS, rows)
    for i, row in enumerate(rows):
        assert (judge(REQUESTS, row).state[0] == together.state[i]).all()
    assert {HOLDS, UNDETERMINED, FAILS} == set(np.unique(together.state))


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_drawn_reports_close(form: str) -> None:
    for table, seed in itertools.product(("requests", "remedies"), range(20)):
        relations = system(FORMS[form], table)
        state = judge(relations, relations.vector(drawn(seed, form=form))).state
        assert (state == HOLDS).all()


def test_across_years_the_terms_are_those_of_the_year_before() -> None:
    carry = system(FORMS["2021"], "requests", across_years=True)
    assert ("previous:requests", "carried_out", "total") in carry.cells and len(carry.instances) == 7
    stock = system(FORMS["2021"], "proactive", across_years=True)
    assert {i.at for i in stock.instances} == {"regulations", "normative_documents"}
    assert not system(FORMS["2019"], "proactive", across_years=True).instances


# --- blame ------------------------------------------------------------------------------------


def misreadings(rng: random.Random, value: float) -> list[float]:
    """Five other numbers: a digit confused, lost, doubled or added, and any."""
    text = str(int(value))
    at = rng.randrange(len(text))
    options = [
        text[:at] + rng.choice("0123456789") + text[at + 1 :],
        text[:at] + text[at + 1 :] or "7",
        text[: at + 1] + text[at:],
        text + rng.choice("0123456789"),
        str(int(value) + rng.randrange(1, 60)),
        str(rng.randrange(10_000)),
    ]
    numbers = [float(o) for o in dict.fromkeys(options) if float(o) != value]
    while len(numbers) < 5:
        numbers.append(max([value, *numbers]) + rng.randrange(1, 9))
    return numbers[:5]


def tables(reports_dir: Path) -> list[Matrix]:
    truth = load_truth(reports_dir / "weibin-district-2022.truth.json")
    sample = REQUESTS.vector({address: value for address, (value, _) in truth.cells.items()})
    return [sample, REQUESTS.vector(drawn(1)), REQUESTS.vector(drawn(2))]


def test_every_single_misreading_is_found_located_and_put_right(reports_dir: Path) -> None:
    rng = random.Random(0)
    for values in tables(reports_dir):
        assert not (judge(REQUESTS, values).state == FAILS).any()
        for cell in range(175):
            for other in misreadings(rng, values[cell]):
                spoilt = values.copy()
                spoilt[cell] = other
                blame = locate(REQUESTS, spoilt)
                assert blame.unique
                (change,) = blame.explanations[0].changes
                assert change.cell == REQUESTS.cells[cell] and change.needed == values[cell]


@pytest.mark.parametrize("wrong", [2, 3])
def test_two_and_three_misreadings_are_always_noticed(wrong: int) -> None:
    rng = random.Random(wrong)
    values = REQUESTS.vector(drawn(5))
    spoilt = np.tile(values, (2500, 1))
    for row in spoilt:
        for cell in rng.sample(range(175), wrong):
            row[cell] = rng.choice(misreadings(rng, values[cell]))
    assert (judge(REQUESTS, spoilt).state == FAILS).any(axis=1).all()


def test_ties_are_listed_and_never_called_unique() -> None:
    values = REQUESTS.vector(drawn(5))
    index = REQUESTS.index()
    spoilt = values.copy()
    for row, column, by in (("granted", "business", 3), ("granted", "research", -3)):
        at = index["requests", row, column]
        spoilt[at] = max(0, values[at] + 3) + by if by < 0 else values[at] + by
    spoilt[index["requests", "granted", "research"]] = values[index["requests", "granted", "research"]] + 3
    spoilt[index["requests", "partial", "business"]] = values[index["requests", "partial", "business"]] + 3
    blame = locate(REQUESTS, spoilt)
    assert blame.explanations
    sizes = {len(e.changes) for e in blame.explanations}
    assert len(sizes) == 1
    assert blame.unique == (len(blame.explanations) == 1)


def test_four_wrong_cells_are_explained_by_the_integer_program() -> None:
    values = REQUESTS.vector(drawn(8))
    spoilt = values.copy()
    index = REQUESTS.index()
    for row, column in (
        ("granted", "business"),
        ("partial", "total"),
        ("carried_out", "other_org"),
        ("new", "research"),
    ):
        spoilt[index["requests", row, column]] += 11
    blame = locate(REQUESTS, spoilt)
    assert blame.explanations and not blame.complete
    mended = spoilt.copy()
    for change in blame.explanations[0].changes:
        mended[index[change.cell]] = change.needed
    assert not (judge(REQUESTS, mended).state == FAILS).any()
    assert len(blame.explanations[0].changes) <= 4


def test_a_lost_number_is_found_where_its_row_is_printed() -> None:
    values = REQUESTS.vector(drawn(4))
    at = REQUESTS.index()["requests", "granted", "total"]
    spoilt = values.copy()
    spoilt[at] = np.nan
    judged = judge(REQUESTS, spoilt)
    assert (judged.state == HOLDS).all()  # the others leave it no choice
    gaps = np.abs(judged.difference[0])[judged.missing[0] > 0]
    assert set(gaps) == {values[at]} and len(gaps) == 2


def test_usual_misreadings_cost_less() -> None:
    assert misreading_cost(13, 18) < misreading_cost(14, 18) <= misreading_cost(None, 18) < misreading_cost(9, 2745)


def test_a_clean_table_has_nobody_to_blame() -> None:
    assert locate(REQUESTS, REQUESTS.vector(drawn(6))).explanations == ()


def test_a_system_belongs_to_a_form() -> None:
    old: System = system(FORMS["2019"], "requests")
    assert ("requests", "other_single", "total") in old.cells and old.matrix.shape == (7 + 7 + 23, 161)
