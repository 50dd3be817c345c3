"""Columns held by spaces alone: a value's place says its column, or nothing is made of it."""

from __future__ import annotations

import pytest

from govdisclose.model import Grid
from govdisclose.readers import document_from_text
from govdisclose.readers.fixed_width import fixed_width_grid

LEFT = ["项目  数量甲  数量乙", "一    12", "二            3", "三    4       5,000"]
RIGHT = ["项目  数量甲  数量乙", "一        12", "二                 3", "三         4   5,000"]
CENTRED = ["项目  数量甲  数量乙", "一      12", "二              3", "三      4     5,000"]


def rows(grid: Grid | None) -> list[list[str]]:
    assert grid is not None and grid.geometry and grid.blanks
    out: dict[int, list[str]] = {}
    for cell in grid.cells:
        out.setdefault(cell.row, []).append(cell.text)
    return [out[r] for r in sorted(out)]


@pytest.mark.parametrize("lines", [LEFT, RIGHT, CENTRED])
def test_a_gap_is_a_blank_cell(lines: list[str]) -> None:
    assert rows(fixed_width_grid(lines))[1:] == [["一", "12", ""], ["二", "", "3"], ["三", "4", "5,000"]]


def test_a_column_without_any_value_is_kept() -> None:
    grid = fixed_width_grid(
        ["项目  甲方  乙方  丙方", "一    1           3", "二    4           6", "三    7           9"]
    )
    assert rows(grid)[1] == ["一", "1", "", "3"]


def test_a_group_header_spans_its_columns() -> None:
    grid = fixed_width_grid(
        ["项目  单位合计        个人", "      企业    机构", "一    1       2       3", "二    4       5       6"]
    )
    assert grid is not None
    assert [c.colspan for c in grid.cells if c.text == "单位合计"] == [1]
    assert [c.col for c in grid.cells if c.text in ("3", "6", "个人")] == [3, 3, 3]


def test_contradicting_places_make_no_grid() -> None:
    assert fixed_width_grid(["一  100000  2", "二  1  20000", "三  1  2"]) is None
    assert fixed_width_grid(["一  1  件  2", "二  3  件  4"]) is None
    assert fixed_width_grid(["只有  文字", "没有  数字"]) is None


def test_prose_with_gaps_stays_prose() -> None:
    text = "关于  某事\n全年办结 12 件。\n其中公开  3 件，答复  4 件。"
    assert not [b for b in document_from_text(text).blocks if isinstance(b, Grid) and b.geometry]
