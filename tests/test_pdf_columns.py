"""Tables that draw no columns: exact, or not taken for tables at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdfs import Placed, shown, table, typeset, written
from rounds import draw_case, round_trip

from govdisclose.model import Document, Grid, Paragraph
from govdisclose.readers.pdf import read_pdf

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


@pytest.mark.parametrize("borders", ["none", "horizontal", "shaded"])
@pytest.mark.parametrize("seed", [1, 60, 123])
def test_reports_that_leave_a_choice_are_flagged(borders: str, seed: int, tmp_path: Path) -> None:
    draft, layout = draw_case(seed, "pdf", (borders,))
    count, _ = round_trip(draft, layout, tmp_path)
    assert not count.silent, count.examples
    assert not count.false_alarms
