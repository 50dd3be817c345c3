"""Cells of pictures, read once more where relations point at them."""

from __future__ import annotations

from typing import Any

import pytest

from govdisclose.checks import examine
from govdisclose.forms import load
from govdisclose.model import Box, Cell, TableForm
from govdisclose.settling import settled

FORMS = load()
FORM = {"remedies": TableForm("2021")}
BOX = Box(1, 0, 0, 10, 10)
REVIEW = {"upheld": 3, "corrected": 1, "other": 0, "pending": 2, "total": 6}


def cell(column: str, value: int | None, **more: Any) -> Cell:
    made = Cell("remedies", "review", column, value, "number" if value is not None else "unreadable", str(value))
    return made._replace(adjusted=value, box=BOX, address="row=header;column=header")._replace(**more)


def review(**changed: Cell) -> list[Cell]:
    return [changed.get(column, cell(column, value)) for column, value in REVIEW.items()]


def others() -> list[Cell]:
    left_blank = (a for a in FORMS["2021"].table("remedies").addresses() if a[-2] != "review")
    return [
        Cell("remedies", *address[-2:], None, "blank", address="row=header;column=header") for address in left_blank
    ]


def examined(cells: list[Cell], *texts: str) -> dict[str, Cell]:
    cells = cells + others()
    before = examine(cells, FORM, FORMS, beyond_doubt=False)
    better = settled(cells, before.results, lambda _: texts)
    return {c.column: c for c in examine(better, FORM, FORMS, beyond_doubt=False).cells if c.row == "review"}


def test_a_sum_that_fails_is_the_sources_where_every_further_reading_confirms_its_numbers() -> None:
    cells = [c._replace(value=4, adjusted=4) for c in review()]
    after = examined(cells, "4", "4", "4")
    assert {c.evidence for c in after.values()} == {"read"}
    assert all(c.value == 4 and c.address.endswith(";confirmed=again") for c in after.values())


@pytest.mark.parametrize("texts", [(), ("4", "?", "4")])
def test_what_cannot_be_read_again_for_certain_stays_in_conflict(texts: tuple[str, ...]) -> None:
    cells = [c._replace(value=4, adjusted=4) for c in review()]
    assert {c.evidence for c in examined(cells, *texts).values()} == {"conflict"}


def test_what_is_read_differently_keeps_both_numbers() -> None:
    cells = [c._replace(value=4, adjusted=4) for c in review()]
    after = examined(cells, "4", "4", "9")
    assert {(c.evidence, c.candidates) for c in after.values()} == {("conflict", (4, 9))}


def test_the_one_reading_that_adds_up_is_taken() -> None:
    doubtful = cell("upheld", None, candidates=(8, 3), address="row=header;column=header;doubt=two readings differ")
    after = examined(review(upheld=doubtful))["upheld"]
    assert (after.value, after.state, after.evidence) == (3, "number", "proved")
    assert after.address == "row=header;column=header;settled=sum"


def test_a_number_that_no_reading_gave_is_never_made() -> None:
    doubtful = cell("upheld", None, candidates=(8, 5), address="row=header;column=header;doubt=two readings differ")
    assert examined(review(upheld=doubtful))["upheld"] == doubtful


def test_a_zero_is_not_taken_for_its_sum() -> None:
    doubtful = cell("other", None, candidates=(0, 6), address="row=header;column=header;doubt=two readings differ")
    assert examined(review(other=doubtful))["other"] == doubtful
