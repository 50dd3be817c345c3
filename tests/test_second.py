"""A second opinion: what two readings agree on, and that neither wins where they differ."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import make_report

import govdisclose as gd
from govdisclose.alignment import Aligned, align
from govdisclose.checks import examine
from govdisclose.errors import GovdiscloseError, UnreadableFile
from govdisclose.forms import load
from govdisclose.model import Document, Grid
from govdisclose.readers import read_document
from govdisclose.readers.html_plain import read_html_plainly
from govdisclose.second import Opinion, second_opinion

ROOT = Path(__file__).resolve().parents[1]
FORMS = load()


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return read_document(make_report(tmp_path_factory.mktemp("made") / "a.html"))


@pytest.fixture(scope="module")
def aligned(document: Document) -> Aligned:
    return align(document, FORMS, year=2022)


def changed(document: Document, old: str, new: str) -> Document:
    """The same reading with one cell's text exchanged."""

    def grid(block: object) -> object:
        if not isinstance(block, Grid):
            return block
        return replace(block, cells=tuple(c._replace(text=new) if c.text == old else c for c in block.cells))

    return replace(document, blocks=tuple(map(grid, document.blocks)), rung="other")  # type: ignore[arg-type]


def opinion(aligned: Aligned, *others: Document, sure: bool = True) -> Opinion:
    return second_opinion(aligned, others, FORMS, year=2022, sure=sure)


def test_what_both_read_is_agreed(aligned: Aligned, document: Document) -> None:
    said = opinion(aligned, document)
    assert said.findings == ()
    assert {c.evidence for c in said.cells if c.table == "remedies"} == {"agreed"}
    assert all(";second=agrees" in c.address for c in said.cells if c.table == "remedies")


def test_shared_characters_in_doubt_agree_on_nothing(aligned: Aligned, document: Document) -> None:
    assert opinion(aligned, document, sure=False).cells == aligned.cells


def test_neither_reading_wins(aligned: Aligned, document: Document) -> None:
    said = opinion(aligned, changed(document, "7", "1"))
    (cell,) = [c for c in said.cells if c.evidence == "conflict"]
    assert (cell.value, cell.candidates) == (7, (7, 1))
    (finding,) = said.findings
    assert (finding.relation, finding.severity, finding.expected, finding.actual) == (
        "second_differs",
        "error",
        "1",
        "7",
    )
    assert finding.cells == (cell.key,) and "(other) differs in 1 cells" in finding.message_en
    examined = {c.key: c for c in examine(said.cells, aligned.form, FORMS).cells}
    assert examined[cell.key].evidence == "conflict"


def test_a_number_where_the_other_reads_none(aligned: Aligned, document: Document) -> None:
    (cell,) = [c for c in opinion(aligned, changed(document, "7", "")).cells if c.evidence == "conflict"]
    assert (cell.value, cell.candidates) == (7, (7,))


def test_a_table_not_found_again_has_no_second_opinion(aligned: Aligned, document: Document) -> None:
    empty = replace(document, blocks=tuple(b for b in document.blocks if not isinstance(b, Grid)))
    said = opinion(aligned, empty)
    assert said.cells == aligned.cells
    assert [f.relation for f in said.findings] == ["second_missing"]


def test_the_reading_that_fills_most_is_compared(aligned: Aligned, document: Document) -> None:
    empty = replace(document, blocks=())
    assert {c.evidence for c in opinion(aligned, empty, document).cells if c.table == "remedies"} == {"agreed"}


def test_a_second_reading_that_fails_takes_nothing_away(aligned: Aligned) -> None:
    def broken():  # type: ignore[no-untyped-def]
        raise UnreadableFile("a: no")
        yield

    said = second_opinion(aligned, broken(), FORMS, year=2022)
    assert said.cells == aligned.cells and [f.relation for f in said.findings] == ["second_missing"]


@pytest.mark.parametrize(
    ("file", "numbers"),
    [
        ("2022/卫滨区人民政府.pdf", 200),
        ("2023/沭阳县发展和改革局.html", 200),
        ("2019/上海市人民政府办公厅.html", 198),
        pytest.param(
            "2021/石家庄市教育局.docx",
            10,
            marks=pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed"),
        ),
    ],
)
def test_every_format_is_read_in_another_way(file: str, numbers: int) -> None:
    cells = gd.read(ROOT / "data/raw" / file, second=True).cells
    assert cells["address"].str.contains(";second=agrees").sum() == numbers
    printed = cells[cells["state"] != "absent"]
    assert set(printed["evidence"]) <= {"proved", "agreed"}


def test_pasted_text_can_be_read_in_one_way_only() -> None:
    report = gd.read(ROOT / "data/raw/2022/太平镇人民政府.txt", second=True)
    assert [f.severity for f in report.finding_records if f.relation == "second_missing"] == ["notice"]
    assert "agreed" not in set(report.cells["evidence"])


@pytest.mark.parametrize(
    ("page", "cells"),
    [
        ("<table><tr><td colspan=2>a<td>b<tr><td>c<td>d<td>e</table>", [(0, 0), (0, 2), (1, 0), (1, 1), (1, 2)]),
        ("<table><tr><td rowspan=9>a<td>b<tr><td>c</table>", [(0, 0), (0, 1), (1, 1)]),
        ("<table><tr><td><table><tr><td>x</table>", [(0, 0)]),
        ("<table><td>a<td>b</table>", [(0, 0), (0, 1)]),
        ("<script><table><td>no</table></script><table><td hidden>h</td><td>a</table>", [(0, 0)]),
    ],
)
def test_the_plain_parser_places_cells(page: str, cells: list[tuple[int, int]]) -> None:
    (grid,) = [b for b in read_html_plainly(page.encode()).blocks if isinstance(b, Grid)]
    assert [(c.row, c.col) for c in grid.cells] == cells


def test_markup_the_plain_parser_refuses_is_an_error_of_ours() -> None:
    with pytest.raises(UnreadableFile, match="markup the plain parser does not know"):
        read_html_plainly(b"<p>a<![what is this]>b", name="a.html")
    assert read_html_plainly(b"<p>a<![if !supportEmptyParas]>b<![endif]>").blocks


@given(st.text(alphabet="<>/!-[] tabledrh=\"'&;a1\n", max_size=200))
def test_any_markup_gives_a_document_or_an_error_of_ours(page: str) -> None:
    with suppress(GovdiscloseError):
        assert read_html_plainly(page.encode() or b" ").reader == "html"
