"""Drawn reports, typeset and read again: exact where the print leaves no choice, else flagged.

A fixed sample; `make verify` draws several hundred more.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rounds import BORDERS, draw_case, expected_of, is_decidable, round_trip

from govdisclose.forms import load

SEEDS = {"html": range(24), "docx": range(24), "md": range(24), "txt": range(30), "pdf": range(10)}


@pytest.mark.parametrize(("format", "seed"), [(f, s) for f, seeds in SEEDS.items() for s in seeds])
def test_what_is_printed_is_read(format: str, seed: int, tmp_path: Path) -> None:
    draft, layout = draw_case(seed, format)
    count, report = round_trip(draft, layout, tmp_path)
    assert report is not None
    assert count.silent == 0, count.examples
    assert count.false_alarms == 0, count.examples
    if is_decidable(layout, expected_of(draft, layout, load())):
        assert count.exact, count.examples
    assert report.year == draft.year
    if layout.title_style != "no_agency":
        assert report.agency == draft.agency


@pytest.mark.parametrize("borders", BORDERS[1:])
def test_no_border_style_of_a_pdf_makes_a_silent_error(borders: str, tmp_path: Path) -> None:
    draft, layout = draw_case(7, "pdf", (borders,))
    count, _ = round_trip(draft, layout, tmp_path)
    assert count.cells > 180
    assert count.silent == 0, count.examples


def test_drawn_cases_cover_what_they_should() -> None:
    layouts = [draw_case(s, f)[1] for f, seeds in SEEDS.items() for s in seeds]
    assert {la.text_style for la in layouts if la.format == "txt"} >= {"tabs", "bar_rows", "cell_per_line_bar"}
    assert {la.md_style for la in layouts if la.format == "md"} >= {"tables", "per_row_tables"}
    assert {la.span_style for la in layouts if la.format == "html"} == {"proper", "empty", "ragged"}
    assert sum(la.page_break_after is not None for la in layouts if la.format == "pdf") >= 5
