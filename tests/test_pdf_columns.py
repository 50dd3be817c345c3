"""Tables that draw no columns: exact, or not taken for tables at all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from drawing import draw_layout
from pdfs import Placed, shown, table, typeset, written
from rounds import draw_case, draw_draft, round_trip

from govdisclose.model import Document, Grid, Paragraph
from govdisclose.readers.pdf import read_pdf
from govdisclose.synthesis import draw_report, invented_agencies

STYLES = ["stroke: none", "stroke: (x: none, y: 0.5pt)", "stroke: none, fill: (_, y) => if calc.odd(y) { luma(230) }"]

HEADED: list[Placed] = [
    (0, 0, 2, 2, "项目"),
    (0, 2, 1, 3, "数量"),
    *[(1, 2 + j, 1, 1, name) for j, name in enumerate(("甲类", "乙类", "合计"))],
    (2, 0, 3, 1, "（一）大类"),
    (2, 1, 1, 1, "1.小类"),
    (3, 1, 1, 1, "2.名称很长所以要分成两行的小类"),
    (4, 1, 1, 1, "3.其他"),
    (5, 0, 1, 2, "（二）总数"),
]
VALUES = {(2, 2): "12", (2, 4): "12", (3, 2): "3,456", (3, 3): "/", (3, 4): "3,456", (5, 2): "3,468", (5, 4): "3,468"}


def filled(values: dict[tuple[int, int], str]) -> list[Placed]:
    """The table with some cells filled, the others blank."""
    return [*HEADED, *((r, c, 1, 1, values.get((r, c), "")) for r in range(2, 6) for c in range(2, 5))]


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def placed(grid: Grid) -> list[Placed]:
    return sorted((c.row, c.col, c.rowspan, c.colspan, c.text.replace("\n", "")) for c in grid.cells)


def sheet(folder: Path, cells: list[Placed], style: str) -> Document:
    body = "前言。\n\n" + table(cells, "40pt, 90pt, 1fr, 1fr, 1fr", style + ", align: center + horizon") + "\n后记。"
    return read_pdf(typeset(folder, body, size=10))


@pytest.mark.parametrize("style", STYLES)
def test_spans_wrapped_labels_and_blanks(tmp_path: Path, style: str) -> None:
    document = sheet(tmp_path, filled(VALUES), style)
    (grid,) = grids(document)
    assert placed(grid) == sorted(filled(VALUES))
    assert (grid.geometry, document.rung, document.notes) == (True, "text-grid", ())
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["前言。", "后记。"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("column", [2, 3, 4])
def test_a_column_without_a_single_value_keeps_its_place(tmp_path: Path, style: str, column: int) -> None:
    values = {place: text for place, text in VALUES.items() if place[1] != column}
    (grid,) = grids(sheet(tmp_path, filled(values), style))
    assert placed(grid) == sorted(filled(values))


@pytest.mark.parametrize("style", STYLES[:1])
def test_dashes_around_a_zero_are_no_page_number(tmp_path: Path, style: str) -> None:
    values = VALUES | {(5, 2): "-", (5, 3): "0", (5, 4): "-"}
    assert placed(grids(sheet(tmp_path, filled(values), style))[0]) == sorted(filled(values))


BLANK: list[Placed] = [(r, c, 1, 1, "") for r in range(2, 6) for c in range(2, 5)]


@pytest.mark.parametrize("style", STYLES)
def test_a_table_without_a_single_value_is_blank(tmp_path: Path, style: str) -> None:
    (grid,) = grids(sheet(tmp_path, [*HEADED, *BLANK], style))
    assert placed(grid) == sorted([*HEADED, *BLANK])


@pytest.mark.parametrize("style", STYLES)
def test_a_header_alone_has_a_row_left_blank(tmp_path: Path, style: str) -> None:
    names = [(0, j, 1, 1, name) for j, name in enumerate(("甲类", "乙类", "丙类", "丁类", "戊类", "合计"))]
    body = table([*names, *((1, j, 1, 1, "") for j in range(6))], "1fr, " * 6, style + ", align: center")
    (grid,) = grids(read_pdf(typeset(tmp_path, f"前言。\n\n{body}\n后记。", size=10)))
    assert placed(grid) == sorted([*names, *((1, j, 1, 1, "") for j in range(6))])


def test_numbers_far_below_their_header_are_not_a_row_left_blank(tmp_path: Path) -> None:
    names = ["first", "second", "third", "fourth", "fifth", "sixth"]
    lines = "".join(f"60 {y} 420 0.5 re f " for y in (715, 695, 600))
    numbers = cells([["1", "2", "3", "4", "5", "6"]], y=620)
    for contents in ([cells([names]) + lines + numbers], [cells([names], y=100) + lines, numbers]):
        document = read_pdf(written(tmp_path / "far.pdf", contents))
        assert not any(cell.text == "" for grid in grids(document) for cell in grid.cells)


@pytest.mark.parametrize("style", STYLES)
def test_a_page_of_labels_alone_goes_on_with_the_table(tmp_path: Path, style: str) -> None:
    rows = [(r, 0, 1, 1, f"{r}.第{r}类") for r in range(1, 7)]
    head = [(0, 0, 1, 1, "项目"), *((0, j, 1, 1, name) for j, name in enumerate(("甲类", "乙类", "合计"), 1))]
    values = [(r, j, 1, 1, str(r + j) if r < 3 else "") for r in range(1, 7) for j in (1, 2, 3)]
    body = table([*head, *rows, *values], "90pt, 1fr, 1fr, 1fr", style + ", align: center")
    document = read_pdf(typeset(tmp_path, f"#v(27pt)\n{body}\n#text(size: 14pt)[后记。]", size=10, height=210))
    first, second = grids(document)
    assert [c.text for c in second.cells if c.col == 0] == [f"{r}.第{r}类" for r in range(3, 7)]
    assert (first.geometry, second.geometry, max(c.col for c in second.cells)) == (True, True, 3)
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["后记。"]


@pytest.mark.parametrize("style", STYLES)
def test_a_word_for_none_in_the_first_column_is_a_value(tmp_path: Path, style: str) -> None:
    values = VALUES | {(2, 2): "无", (3, 2): "无", (5, 2): "无"}
    (grid,) = grids(sheet(tmp_path, filled(values), style))
    assert placed(grid) == sorted(filled(values))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("group", "filled_row"),
    [("大类", 2), ("大类", 3), ("（一）大类", 2), ("（一）大类", 3), ("大类名称很长要分成四行", 3)],
)
def test_blank_rows_below_the_last_number_are_rows(tmp_path: Path, style: str, group: str, filled_row: int) -> None:
    """Also below a label over several rows that is level with one of them and as high as all."""
    head = [(0, 0, 1, 2, "项目"), *((0, j, 1, 1, name) for j, name in enumerate(("甲类", "乙类", "合计"), 2))]
    labels = [(1, 0, 2, 1, group), (1, 1, 1, 1, "1.小类"), (2, 1, 1, 1, "2.其他"), (3, 0, 1, 2, "（二）总数")]
    labels.append((4, 0, 1, 2, "（三）结转"))
    values = [(r, j, 1, 1, str(r + j) if r == filled_row else "") for r in range(1, 5) for j in (2, 3, 4)]
    table_of = [*head, *labels, *values]
    document = sheet(tmp_path, table_of, style)
    (grid,) = grids(document)
    assert placed(grid) == sorted(table_of)
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["前言。", "后记。"]


def cells(rows: list[list[str]], x: float = 60, y: float = 700) -> str:
    """Content of rows of texts, 70 points apart."""
    return "".join(
        shown(x + 70 * j, y - 20 * i, text) for i, row in enumerate(rows) for j, text in enumerate(row) if text
    )


HEADER = ["label", "first", "second", "third"]


def test_a_line_that_finds_no_place_leaves_no_table(tmp_path: Path) -> None:
    good = [HEADER, ["alpha", "1", "2", "3"], ["beta", "4", "5", "6"], ["gamma", "7", "8", "9"]]
    (grid,) = grids(read_pdf(written(tmp_path / "good.pdf", [cells(good)])))
    assert [c.text for c in grid.cells] == [text for row in good for text in row]
    for extra in (shown(165, 680, "99"), shown(150, 690, "77"), shown(130, 655, "5"), shown(140, 672, "word")):
        document = read_pdf(written(tmp_path / "bad.pdf", [cells(good) + extra]))
        assert grids(document) == []
        assert "unruled_table" in {note.code for note in document.notes}


def test_columns_without_a_header_claim_nothing(tmp_path: Path) -> None:
    rows = [["alpha", "1", "2", "3"], ["beta", "4", "", "6"], ["gamma", "7", "8", "9"]]
    (grid,) = grids(read_pdf(written(tmp_path / "bare.pdf", [cells(rows)])))
    assert not grid.geometry


def test_a_table_goes_on_with_its_columns(tmp_path: Path) -> None:
    first = [HEADER, ["alpha", "1", "", "3"], ["beta", "4", "", "6"]]
    second = [["gamma", "7", "", "9"], ["delta", "", "", "3"]]
    content = [cells(first, y=100), cells(second, y=780)]
    before, after = grids(read_pdf(written(tmp_path / "cut.pdf", content)))
    assert (before.geometry, after.geometry) == (True, True)
    assert [c.text for c in after.cells] == [text for row in second for text in row]


@pytest.mark.parametrize(
    "line",
    [
        ["In 2023", "12 reports", "and 3 letters"],
        ["phone", "5551", "post", "1234"],
        ["-", "4", "-"],
        ["1.", "first", "2.", "second"],
    ],
)
def test_running_text_is_no_table(tmp_path: Path, line: list[str]) -> None:
    document = read_pdf(written(tmp_path / "prose.pdf", [cells([line, ["some words"], ["more words"]])]))
    assert grids(document) == []


@pytest.mark.parametrize("borders", ["none", "horizontal", "shaded"])
@pytest.mark.parametrize("seed", [0, 2, 5, 9, 19, 30, 36, 154])
def test_unruled_reports_are_exact(borders: str, seed: int, tmp_path: Path) -> None:
    draft, layout = draw_case(seed, "pdf", (borders,))
    count, report = round_trip(draft, layout, tmp_path)
    assert report is not None
    assert count.exact, count.examples
    assert report.source.rung == "text-grid"


@pytest.mark.parametrize("font", ["sans", "serif", "mono"])
@pytest.mark.parametrize("borders", ["none", "horizontal", "shaded"])
def test_digits_in_another_font_than_the_chinese(borders: str, font: str, tmp_path: Path) -> None:
    rng = random.Random(f"{borders} {font}")
    draft = draw_draft(rng)
    layout = draw_layout(rng, format="pdf", borders=borders, font=font, label_noise=5, page_break_after="processed")
    count, _ = round_trip(draft, layout, tmp_path)
    assert count.exact, count.examples


@pytest.mark.parametrize("borders", ["none", "horizontal", "shaded"])
@pytest.mark.parametrize("seed", [1, 60, 123])
def test_reports_that_leave_a_choice_are_flagged(borders: str, seed: int, tmp_path: Path) -> None:
    draft, layout = draw_case(seed, "pdf", (borders,))
    count, _ = round_trip(draft, layout, tmp_path)
    assert not count.silent, count.examples
    assert not count.false_alarms


@pytest.mark.parametrize("borders", ["none", "horizontal", "shaded"])
@pytest.mark.parametrize("after", ["refused_law", "unable_not_held", "processed"])
def test_requests_without_a_number_are_read_as_blank(borders: str, after: str, tmp_path: Path) -> None:
    """Rows left blank at the distance of lines, on pages without a number, and 无 as a line of a label."""
    rng = random.Random(f"{borders} {after}")
    agency, _ = next(iter(invented_agencies()))
    for widths, form in (("narrow", "2019"), ("wide", "2021")):
        draft = draw_report(rng, form=form, year=2022, agency=agency, size=0.0, prints="blank_zeros")
        layout = draw_layout(
            rng, format="pdf", borders=borders, page_break_after=after, widths=widths, font_size=12.0, blank_as=""
        )
        count, report = round_trip(draft, layout, tmp_path)
        assert report is not None
        assert not count.silent, count.examples
        # The last row of a table, all blank, leaves nothing on the page that it falls on.
        assert not [example for example in count.examples if "'requests'" in example], (layout, count.examples)
