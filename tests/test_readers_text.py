"""Text and Markdown: encodings, rows and their cells, prose left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from govdisclose.errors import UnreadableFile, UnsupportedFormat
from govdisclose.model import Block, Grid, Paragraph
from govdisclose.readers import document_from_text, read_document, read_text


def rows(block: Block) -> list[list[str]]:
    assert isinstance(block, Grid)
    found: dict[int, list[str]] = {}
    for cell in block.cells:
        row = found.setdefault(cell.row, [])
        assert cell.col == len(row)
        row.append(cell.text)
    return list(found.values())


def blocks(text: str) -> tuple[Block, ...]:
    return document_from_text(text).blocks


def texts(text: str) -> list[str]:
    return [block.text for block in blocks(text) if isinstance(block, Paragraph)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be", "utf-32"])
def test_encodings(encoding: str) -> None:
    text = "某某局2023年度报告\n一、总体情况\n"
    data = text.encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    assert [b.text for b in read_text(data).blocks if isinstance(b, Paragraph)] == text.split()


def test_damaged_characters_are_noted() -> None:
    data = "政府信息公开".encode() * 200
    document = read_text(data[:300] + b"\xff\xff" + data[300:])
    assert [(note.code, note.severity) for note in document.notes] == [("damaged_text", "warning")]


def test_cut_in_a_character() -> None:
    assert read_text("公开年度报告".encode()[:-1]).notes[0].code == "damaged_text"


def test_markdown_marks_are_dropped() -> None:
    first, second, third = blocks(
        "# 某局 **2023** 年报\n\n##二、情况 ##\n正文\\.[链接](http://example.org) &lt;甲&gt;&nbsp;\n---\n"
    )
    assert isinstance(first, Paragraph) and (first.text, first.heading, first.line) == ("某局 2023 年报", 1, 1)
    assert isinstance(second, Paragraph) and (second.text, second.heading) == ("二、情况", 2)
    assert isinstance(third, Paragraph) and (third.text, third.heading, third.line) == ("正文.链接 <甲>", 0, 4)


def test_tabs_keep_empty_cells_at_both_ends() -> None:
    (grid,) = blocks("项\t\t\t\n规章\t0\t0\t3\n\t\t许可\t5\t\n")
    assert rows(grid) == [["项", "", "", ""], ["规章", "0", "0", "3"], ["", "", "许可", "5", ""]]
    assert isinstance(grid, Grid) and not grid.geometry and grid.blanks


def test_blank_line_does_not_end_a_tab_grid() -> None:
    (grid,) = blocks("甲\t1\n\n\n乙\t2\n")
    assert rows(grid) == [["甲", "1"], ["乙", "2"]]


def test_a_line_between_ends_it() -> None:
    assert [type(b) for b in blocks("甲\t1\n说明\n乙\t2\n")] == [Grid, Paragraph, Grid]


def test_indented_paragraphs_are_no_rows() -> None:
    made = blocks("\t一、总体情况\n甲\t1\t2\n乙\t1\t2\n\t落款单位\n\t全年共收到申请0件。\n甲\t1\t2")
    assert [type(b).__name__ for b in made] == ["Paragraph", "Grid", "Paragraph", "Paragraph", "Grid"]


def test_page_of_one_tabbed_line_is_text() -> None:
    assert texts("某某局\t政府信息公开年度报告") == ["某某局 政府信息公开年度报告"]


def test_markdown_table() -> None:
    (grid,) = blocks("| 甲 | 乙 |\n|:---|---:|\n| a\\|b | **1,717** |\n| 两<br>行 |  |\n")
    assert rows(grid) == [["甲", "乙"], ["a|b", "1,717"], ["两\n行", ""]]


def test_two_markdown_tables_are_two_grids() -> None:
    made = blocks("| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n| 丙 | 丁 |\n|---|---|\n| 3 | 4 |\n| - | - |\n")
    assert [rows(b) for b in made] == [[["甲", "乙"], ["1", "2"]], [["丙", "丁"], ["3", "4"], ["-", "-"]]]


def test_dashes_are_values_below_the_header() -> None:
    (grid,) = blocks("| 甲 | 乙 |\n|--|--|\n| -- | -- |\n")
    assert rows(grid) == [["甲", "乙"], ["--", "--"]]


def test_bars_only_behind_cells() -> None:
    (grid,) = blocks("第（一）项 | ||||\n规章 | 0 | 0 | 0 | |\n收费 | 0 | 0 | ||\n采购 | 6 | 251000元 |\n")
    assert rows(grid) == [
        ["第（一）项", "", "", "", ""],
        ["规章", "0", "0", "0", ""],
        ["收费", "0", "0", "", ""],
        ["采购", "6", "251000元"],
    ]


def test_empty_first_cell_where_bars_only_follow() -> None:
    (grid,) = blocks("甲 | 1 | 2 |\n| 3 | 4 |\n乙 | 5 | 6 |\n")
    assert rows(grid)[1] == ["", "3", "4"]


def test_bars_around_cells() -> None:
    (grid,) = blocks("| 第 (一)项 | |||\n| 规章 |       0 |  | /  |\n")
    assert rows(grid) == [["第 (一)项", "", "", ""], ["规章", "0", "", "/"]]


def test_one_cell_a_line() -> None:
    grid, paragraph = blocks("第(一)项 |\n|||\n内容 |\n件数 |\n||\n许可 |\n|\n处罚 |\n0\n三、其他\n")
    assert rows(grid) == [[c] for c in ["第(一)项", "", "", "", "内容", "件数", "", "", "许可", "", "处罚", "0"]]
    assert isinstance(grid, Grid) and grid.blanks and not grid.geometry
    assert isinstance(paragraph, Paragraph) and paragraph.text == "三、其他"


def test_breadcrumbs_and_titles_with_bars_are_text() -> None:
    assert texts("首页 | 公开 | 年报\n某局2023年报 | 某某网\n") == ["首页 | 公开 | 年报", "某局2023年报 | 某某网"]


def test_frames_of_characters() -> None:
    (grid,) = blocks("┌───┬───┐\n│ 甲 │ 1 │\n├───┼───┤\n│ 乙 │ 2 │\n└───┴───┘\n")
    assert rows(grid) == [["甲", "1"], ["乙", "2"]]


def test_values_after_spaces() -> None:
    text = "自然人 商业企业 总计\n1.属于国家秘密 0 0 1,717 / — 0 0\n（三）不予公开  8. 其他 事项 0 0 12 0 0 0 12\n"
    (grid,) = blocks(text)
    assert rows(grid) == [
        ["自然人", "商业企业", "总计"],
        ["1.属于国家秘密", "0", "0", "1,717", "/", "—", "0", "0"],
        ["（三）不予公开", "8. 其他 事项", "0", "0", "12", "0", "0", "0", "12"],
    ]
    assert isinstance(grid, Grid) and not grid.blanks


def test_columns_of_spaces() -> None:
    (grid,) = blocks("复议　　结果 维持    总计\n甲 项        10    5\n许可 20\n")
    assert rows(grid) == [["复议", "结果 维持", "总计"], ["甲 项", "10", "5"], ["许可", "20"]]


@pytest.mark.parametrize(
    "line",
    [
        "- 4 -",
        "— 12 —",
        "来源：某局    发布时间：2023-01-31 13:24    浏览次数：次",
        "某某市人民政府 2022 年政府信息公开工作年度报告",
        "全年共受理 12 件，办结 12 件。",
        "行　政　复　议",
        "发布日期： 2024 01 17",
        "0",
        "2023,2024,其他,说明",
    ],
)
def test_lines_that_are_no_rows(line: str) -> None:
    assert texts(line) == [line]


def test_one_cell_a_line_without_marks_stays_text() -> None:
    assert texts("规章\n\n0\n\n0\n\n/\n") == ["规章", "0", "0", "/"]


def test_commas() -> None:
    (grid,) = blocks('项目,自然人,企业,总计\n甲,"1,717",0,1717\n乙,3,,3\n')
    assert rows(grid) == [["项目", "自然人", "企业", "总计"], ["甲", "1,717", "0", "1717"], ["乙", "3", "", "3"]]


def test_html_table_in_markdown() -> None:
    made = blocks("# 题\n<table><tr><td>甲</td><td>1</td></tr>\n<tr><td colspan=2>乙</td></tr></table>\n尾\n")
    assert [type(b) for b in made] == [Paragraph, Grid, Paragraph]
    assert isinstance(made[1], Grid) and made[1].geometry and made[1].cells[2].colspan == 2
    assert isinstance(made[2], Paragraph) and made[2].line == 4


def test_pasted_text_is_read_as_a_file_is(tmp_path: Path) -> None:
    text = "# 题\n甲\t1\t2\n"
    file = tmp_path / "a.md"
    file.write_text(text, encoding="gb18030")
    assert read_document(file).blocks == document_from_text(text).blocks


def test_limits() -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        read_text(b"")
    with pytest.raises(UnreadableFile, match="too large"):
        read_text(b"a" * (9 << 20))
    with pytest.raises(UnreadableFile, match="lines"):
        read_text("a\n" * 200_001)
    with pytest.raises(UnsupportedFormat, match="encoding"):
        read_text(bytes(range(128, 256)) * 10)


def test_figures_of_a_real_page(reports_dir: Path) -> None:
    document = read_document(reports_dir / "weibin-district-2022.txt")
    grids = [rows(block) for block in document.blocks if isinstance(block, Grid)]
    assert [len(grid) for grid in grids] == [14, 28, 4]
    assert grids[1][3][2:] == ["12", "0", "0", "0", "0", "0", "12", ""]
