"""What is not believed of recognised cells."""

from __future__ import annotations

import pytest

from govdisclose.ladder import mistrusted
from govdisclose.model import Cell, Evidence

WHOLE = "row=exact;column=header"


def cell(address: str = WHOLE, *, raw: str = "7", state: str = "number", evidence: Evidence = "read") -> Cell:
    value = 7 if state == "number" else None
    return Cell("requests", "granted", "total", value, state, raw=raw, evidence=evidence, address=address)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "doubt"),
    [
        (cell(), ""),
        (cell(raw="/", state="dash"), ""),
        (cell("row=exact;column=order"), "recognised under no header"),
        (cell("row=exact;column=order", evidence="proved"), ""),
        (cell(raw="和国呆", state="text"), "recognised as words"),
        (cell(raw="日", state="text", evidence="agreed"), "recognised as words"),
    ],
)
def test_what_a_place_alone_or_words_give_is_in_conflict(known: Cell, doubt: str) -> None:
    (found,) = mistrusted([known])
    assert found.raw == known.raw and found.value == known.value
    assert (found.evidence == "conflict", found.address.partition("doubt=")[2]) == (bool(doubt), doubt)


def test_beside_a_group_that_is_missing_no_group_is_sure() -> None:
    absent = cell(raw="", state="absent")
    group = cell("row=header;column=header", evidence="proved")
    assert [c.evidence for c in mistrusted([absent, group])] == ["read", "conflict"]
    assert mistrusted([group]) == (group,)
