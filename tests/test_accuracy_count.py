"""The accuracy count itself: its cases, its intervals, and pages that are turned."""

from __future__ import annotations

import doctest
import sys
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "verify"))

import round_trips  # noqa: E402
from drawing import BREAKS  # noqa: E402
from round_trips import Case, Outcome, cases, drawn, failures, measure, tables  # noqa: E402
from rounds import BORDERS, Count, draw_case  # noqa: E402
from turning import TURNS, turn  # noqa: E402

from govdisclose.readers.pdf import render_page  # noqa: E402
from govdisclose.typeset import Layout, write  # noqa: E402


def test_every_border_meets_every_page_break_and_every_turn() -> None:
    pdfs = [case for case in cases() if case.format == "pdf"]
    assert len(pdfs) >= 500
    met = Counter(tuple(value for _, value in case.fixed) for case in pdfs)
    assert met.keys() == {(b, a) for b in BORDERS for a in (None, *BREAKS)}
    assert {(dict(c.fixed)["borders"], c.turned) for c in pdfs} == {(b, t) for b in BORDERS for t in TURNS}
    assert len(set(cases())) == len(list(cases()))


@pytest.mark.parametrize("after", ["other_single", "other_no_correction", "licences"])
def test_a_report_prints_the_row_after_which_it_breaks(after: str) -> None:
    case = Case("pdf", (("borders", "solid"), ("page_break_after", after)), 3)
    draft, layout = drawn(case)
    assert after in {row for _, row, _ in draft.figures}
    assert (layout.borders, layout.page_break_after) == ("solid", after)
    assert drawn(case) == (draft, layout)


def test_a_sheet_drawn_sideways_and_turned_back_looks_as_before(tmp_path: Path) -> None:
    draft, _ = draw_case(3, "pdf")
    path = write(draft, Layout("pdf"), tmp_path / "a.pdf")
    before = render_page(path, 1, 0.5).convert("L")
    turn(path, TURNS[-1])
    after = render_page(path, 1, 0.5).convert("L")
    assert after.size == before.size
    differing = sum(abs(a - b) > 96 for a, b in zip(after.tobytes(), before.tobytes(), strict=True))
    assert differing < 0.01 * after.width * after.height
    with pypdfium2.PdfDocument(path) as document:
        assert document[0].get_rotation() == 90


@pytest.mark.parametrize("how", TURNS[1:])
def test_turned_pages_are_read_exactly(how: str) -> None:
    outcome = measure(Case("pdf", (("borders", "solid"), ("page_break_after", None)), 1, how))
    assert outcome.count.exact, outcome.count.examples
    assert outcome.rung == "rulings"


def test_what_is_silent_or_inexact_fails_the_count() -> None:
    case = Case("txt", (("text_style", "tabs"),), 1)
    exact = Outcome(case, "2021", Layout("txt"), True, "lines", Count(cells=9, right=9))
    flagged = exact._replace(count=Count(cells=9, right=8, flagged=1, examples=["flagged"]))
    silent = exact._replace(decidable=False, count=Count(cells=9, right=8, silent=1, examples=["SILENT"]))
    assert failures([exact, flagged]) == []  # text may leave a choice that nobody foresaw
    declared = Case("html", (("span_style", "proper"),), 1)
    page = flagged._replace(case=declared, layout=Layout("html"))
    assert failures([page, page._replace(decidable=False), silent]) == [f"{declared}: flagged", f"{case}: SILENT"]
    written = "\n".join(tables([exact, flagged, silent]))
    assert "| **all Plain text** | 3 | 1 (≥ 0.8 %) | 27 | 25 | 1 | 1 (≤ " in written
    assert "`tabs`, print leaves a choice, 2021 form" in written


def test_intervals_as_documented() -> None:
    assert doctest.testmod(round_trips).failed == 0
    assert round_trips.at_most(0, 93_000) == "0 (≤ 0.004 %)"
    assert round_trips.at_most(0, 0) == "0"
    assert round_trips.at_least(0, 3) == "0 (≥ 0 %)"
