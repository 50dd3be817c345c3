"""Statutory headings in the ways they are printed, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govdisclose.forms import load
from govdisclose.identity.sections import heading_positions, page_end, split_enumerator, split_sections
from govdisclose.model import Document, Grid, GridCell, Paragraph
from govdisclose.readers import read_document

FORMS = load()
TITLES = [section.labels[0] for section in FORMS["2021"].sections]
BARE = [title.split("、", 1)[1] for title in TITLES]


def page(*lines: str) -> Document:
    return Document(tuple(Paragraph(line) for line in lines), "text", "lines")


def numbers(*lines: str) -> list[int]:
    return [h.number for h in heading_positions(page(*lines), FORMS)]


def report(titles: list[str]) -> list[str]:
    """A report's lines: a title, and under each heading a sentence of its own."""
    lines = ["某县教育局2022年政府信息公开工作年度报告"]
    for i, title in enumerate(titles):
        lines += [title, f"这是第{i + 1}处的正文，写得稍长一些，以免被当作标题。"]
    return lines


@pytest.mark.parametrize(
    "shape",
    [
        lambda n, t: f"{'一二三四五六'[n]}、{t}",
        lambda n, t: f"{'一二三四五六'[n]}、{t}、",
        lambda n, t: f"{'一二三四五六'[n]} 、 {' '.join(t)}",
        lambda n, t: f"{'一二三四五六'[n]}．{t}：",
        lambda n, t: f"{'一二三四五六'[n]}{t}",
        lambda n, t: f"（{'一二三四五六'[n]}）{t}",
        lambda n, t: f"{n + 1}.{t}",
        lambda n, t: f"{n + 1}、{t}",
        lambda n, t: f"第{'一二三四五六'[n]}部分 {t}",
        lambda n, t: t,
        lambda n, t: f"一、{t}",
        lambda n, t: f"{'#' * (1 + n % 4)} {'一二三四五六'[n]}、{t}",
        lambda n, t: f"**{'一二三四五六'[n]}、{t}**",
        lambda n, t: f"{'一二三四五六'[n]}、{t.replace('报告', '報告').replace('开', '開')}",
    ],
    ids=[
        "plain",
        "stray",
        "spaced",
        "stop",
        "bare numeral",
        "brackets",
        "digits",
        "digits 2",
        "parts",
        "none",
        "restarting",
        "markdown",
        "bold",
        "traditional",
    ],
)
def test_enumerators(shape: object) -> None:
    lines = report([shape(n, t) for n, t in enumerate(BARE)])  # type: ignore[operator]
    sections = split_sections(page(*lines), FORMS)
    assert [s.number for s in sections] == [0, 1, 2, 3, 4, 5, 6]
    assert [s.text for s in sections[1:]] == lines[2::2]


def test_every_variant_is_found() -> None:
    for form in FORMS:
        for section in form.sections:
            for label in section.labels:
                body = label.split("、", 1)[1] if label[1] == "、" else label
                mark = "一二三四五六"[section.number - 1]
                assert numbers(f"{mark}、{body}") == [section.number], label


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("五、存在问题和改进措施", 5),
        ("五、政府信息公开工作中存在的问题及改进情况", 5),
        ("四、因政府信息公开工作被申请行政复议、提起行政诉讼的情况", 4),
        ("三、收到和处理政府信息公开", 3),
        ("三、收到和处理政府信息公开申请的情况", 3),
        ("二、主动公开政府信息的情况", 2),
        ("六、其他需要报告的情况", 6),
        ("一、总体情况。", 1),
        ("六、需要报告的其他事项", 6),
        ("六、其他应当报告事项", 6),
    ],
)
def test_wordings(line: str, expected: int) -> None:
    assert numbers(line) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        f"本报告由{'、'.join(BARE)}等六部分组成。",
        "三、本年度办理结果",
        "四、结转下年度继续办理",
        "一、本年新收政府信息公开申请数量",
        "二、上年结转政府信息公开申请数量",
        "（一）予以公开",
        "一是主动公开情况",
        "主动公开",
        "行政复议",
        "政府信息公开",
        "3.其他",
        "2022年总体情况较好",
        "一、强化组织领导",
        "四、监督保障情况",
        "",
    ],
)
def test_no_heading(line: str) -> None:
    assert numbers(line) == []


def test_sub_headings_of_section_one_are_not_sections() -> None:
    lines = [
        TITLES[0],
        "（一）主动公开情况",
        "公开了三十条政府信息，内容详实。",
        "（二）依申请公开政府信息情况",
        "收到一件申请并已答复。",
        "1.主动公开情况",
        *[line for title in TITLES[1:] for line in (title, "无此类情况，特此说明如下。")],
    ]
    assert numbers(*lines) == [1, 2, 3, 4, 5, 6]


def test_sub_headings_numbered_like_headings_are_not_sections() -> None:
    lines = [
        TITLES[0],
        "一、主动公开情况",
        "公开若干。",
        "二、依申请公开政府信息情况",
        "没有申请。",
        TITLES[1],
        TITLES[2],
        TITLES[3],
        TITLES[4],
        "一、存在的主要问题",
        "人手不足。",
        "二、改进情况",
        "增加人手。",
        TITLES[5],
        "无。",
    ]
    found = heading_positions(page(*lines), FORMS)
    assert [h.number for h in found] == [1, 2, 3, 4, 5, 6]
    assert found[1].position == 5


def test_contents_are_not_headings() -> None:
    real = report(TITLES)[1:]
    for contents in (
        TITLES,
        [f"{t}……{i + 1}" for i, t in enumerate(TITLES)],
        [f"{t}......{i}" for i, t in enumerate(TITLES)],
    ):
        found = heading_positions(page("某局2022年政府信息公开年报", "目录", *contents, *real), FORMS)
        assert [(h.number, h.position) for h in found] == [(i + 1, 8 + 2 * i) for i in range(6)]
        found = heading_positions(page("目录", *contents, "某局2022年政府信息公开年报", *real), FORMS)
        assert [h.number for h in found] == [1, 2, 3, 4, 5, 6]


def test_empty_sections_are_no_contents() -> None:
    assert numbers(*TITLES) == [1, 2, 3, 4, 5, 6]


def test_doubled_missing_and_disordered_headings_stay_as_they_stand() -> None:
    lines = report([TITLES[i] for i in (0, 2, 1, 4, 4, 5)])
    assert [s.number for s in split_sections(page(*lines), FORMS)] == [0, 1, 3, 2, 5, 5, 6]


def test_two_reports_in_one_file() -> None:
    assert numbers(*report(TITLES), *report(TITLES)) == [1, 2, 3, 4, 5, 6] * 2


def test_a_heading_with_text_in_the_same_paragraph() -> None:
    sections = split_sections(page(TITLES[4] + "。本单位人手不足。", TITLES[5] + "：无。"), FORMS)
    assert [(s.number, s.title, s.text) for s in sections[1:]] == [
        (5, TITLES[4], "本单位人手不足。"),
        (6, TITLES[5], "无。"),
    ]
    assert split_sections(page(TITLES[0] + " 全年公开信息三条。"), FORMS)[1].text == "全年公开信息三条。"
    assert split_sections(page(TITLES[5] + "无"), FORMS)[1].text == "无"


def test_a_heading_broken_over_two_lines() -> None:
    for cut in (6, 12, len(TITLES[3]) - 1):
        sections = split_sections(page("前文", TITLES[3][:cut], TITLES[3][cut:], "没有复议和诉讼案件发生。"), FORMS)
        assert [(s.number, s.title, s.text) for s in sections] == [
            (0, "", "前文"),
            (4, TITLES[3], "没有复议和诉讼案件发生。"),
        ]


def test_a_heading_inside_a_table() -> None:
    grid = Grid((GridCell(0, 0, TITLES[2], colspan=3), GridCell(1, 0, "甲"), GridCell(1, 1, "1")))
    document = Document((Paragraph(TITLES[0]), Paragraph("正文一段。"), grid, Paragraph("表后说明。")), "html", "table")
    assert [(s.number, s.text) for s in split_sections(document, FORMS)] == [
        (0, ""),
        (1, "正文一段。"),
        (3, "表后说明。"),
    ]
    captioned = Document((Grid(grid.cells[1:], caption=TITLES[1]),), "html", "table")
    assert [h.number for h in heading_positions(captioned, FORMS)] == [2]


@pytest.mark.parametrize(
    "chrome",
    [
        "主办单位：某县人民政府",
        "版权所有 某县人民政府",
        "网站标识码：0000000000",
        "上一篇：关于召开会议的通知",
        "【打印本页】",
        "扫一扫在手机打开当前页",
        "Copyright © 2023",
        "某县人民政府 版权所有 某ICP备00000000号",
        "相关链接",
        "分享到：",
    ],
)
def test_the_page_after_the_report_is_left_out(chrome: str) -> None:
    sections = split_sections(page(*report(TITLES), "某县教育局", "2023年1月10日", chrome, "地址：某路1号"), FORMS)
    assert sections[-1].text.splitlines()[-1] == "2023年1月10日"


def test_page_end_needs_a_sign() -> None:
    document = page("打印店管理办法已经公布，分享会已召开。", "完。")
    assert page_end(document, 0) == 2


def test_split_enumerator() -> None:
    assert split_enumerator("十一、甲") == ("major", 11, 3)
    assert split_enumerator("2022年") == ("none", None, 0)
    assert split_enumerator("1.5万元")[0] == "none"


def test_real_reports(reports_dir: Path) -> None:
    for path in sorted(p for p in reports_dir.iterdir() if p.suffix in (".txt", ".html", ".pdf")):
        sections = split_sections(read_document(path), FORMS)
        assert [s.number for s in sections] == [0, 1, 2, 3, 4, 5, 6], path.name
    for path in sorted((reports_dir / "excerpts").glob("*.txt")):
        found = [s.number for s in split_sections(read_document(path), FORMS)]
        assert found == list(range(len(found))), path.name
        assert len(found) >= 3, path.name


TEXTS = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from([*TITLES, *BARE, "（一）主动公开情况", "一十十、", "", "—", "一、", "（", "12"]),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_any_document_splits_without_loss(lines: list[str]) -> None:
    document = page(*lines)
    sections = split_sections(document, FORMS)
    assert sections[0].number == 0
    positions = [h.position for h in heading_positions(document, FORMS)]
    assert positions == sorted(set(positions))
    assert len(sections) == len(positions) + 1
