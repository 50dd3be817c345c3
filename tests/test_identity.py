"""Who reports on which year: every way of saying it that we know, and what must not be taken for it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govdisclose.forms import load
from govdisclose.identity import identify
from govdisclose.identity.dates import find_date, find_period, find_running_year, is_date, year_in_name
from govdisclose.identity.pages import looks_like_error_page, looks_like_list_page, report_starts
from govdisclose.identity.sections import split_sections
from govdisclose.identity.titles import is_agency, parse_title, same_agency
from govdisclose.model import Document, Grid, GridCell, Identity, Paragraph
from govdisclose.readers import read_document
from govdisclose.vocabulary import twin

FORMS = load()
TITLES = [section.labels[0] for section in FORMS["2021"].sections]
END = [TITLES[0], "我局做了许多工作。", *TITLES[1:], "无。"]


def page(*lines: str, reader: str = "text", grids: tuple[Grid, ...] = (), **metadata: str) -> Document:
    blocks = (*grids, *(Paragraph(line) for line in lines))
    return Document(blocks, reader, "lines", metadata)


def who(*lines: str, file_name: str = "", **options: Any) -> Identity:
    return identify(page(*lines, **options), FORMS, file_name=file_name)


# --- titles


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("甲县教育局2022年政府信息公开工作年度报告", "甲县教育局", 2022),
        ("2022年甲县教育局政府信息公开工作年度报告", "甲县教育局", 2022),
        ("2022年度甲镇政府信息公开年报", "甲镇", 2022),
        ("甲镇政府2022年信息公开工作年度报告", "甲镇政府", 2022),
        ("甲县人民政府信息公开工作年度报告（2022年）", "甲县人民政府", 2022),
        ("甲县人民政府政府信息公开工作年度报告(2022年度)", "甲县人民政府", 2022),
        ("甲县人民政府 2022 年 政府信息公开工作年度报告", "甲县人民政府", 2022),
        ("甲部2022年政府信息公开工作报告", "甲部", 2022),
        ("甲局2022年度政府信息公开工作年度报告", "甲局", 2022),
        ("甲市乙局2022年政务信息公开年度报告", "甲市乙局", 2022),
        ("甲市政务公开办公室2022年政务公开工作年度报告", "甲市政务公开办公室", 2022),
        ("甲海关关区2022年政府信息公开年报", "甲海关关区", 2022),
        ("甲总署(本级机关)2022年政府信息公开工作年度报告-推广广告", "甲总署(本级机关)", 2022),
        ("甲总署（本级机关）2022年政府信息公开工作年度报告", "甲总署（本级机关）", 2022),
        ("２０２２年甲县教育局政府信息公开工作年度报告", "甲县教育局", 2022),
        ("二〇二二年甲县教育局政府信息公开工作年度报告", "甲县教育局", 2022),
        ("二○二二年度甲县教育局政府信息公开工作年度报告", "甲县教育局", 2022),
        ("甲縣統計局2022年度政府信息公開工作報告", "甲縣統計局", 2022),
        ("甲县教育局关于2022年度政府信息公开工作的年度报告", "甲县教育局", 2022),
        ("关于甲县教育局2022年政府信息公开工作年度报告", "甲县教育局", 2022),
        ("2022年政府信息公开工作年度报告（甲镇）", "甲镇", 2022),
        ("2022年政府信息公开工作年度报告-甲县教育局", "甲县教育局", 2022),
        ("甲市机构编制委员会办公室2022年政府信息公开工作年度报告", "甲市机构编制委员会办公室", 2022),
        ("（图解）甲市公安局乙区分局2022年政府信息公开工作年度报告", "甲市公安局乙区分局", 2022),
        ("首页 > 信息公开 > 政府信息公开年报 > 甲县教育局2022年政府信息公开年度报告", "甲县教育局", 2022),
        ("标题：甲县教育局2022年政府信息公开年度报告", "甲县教育局", 2022),
        ("《甲县教育局2022年政府信息公开年度报告》", "甲县教育局", 2022),
        ("# 甲县教育局 2022 年政府信息公开工作年度报告", "甲县教育局", 2022),
        ("甲街街道办事处2022年政府信息公开工作年度报告", "甲街街道办事处", 2022),
        ("甲市乙区人民政府丙路街道办事处2022年政府信息公开年度报告", "甲市乙区人民政府丙路街道办事处", 2022),
        ("甲街道政府信息公开工作年度报告", "甲街道", None),
        ("甲市大数据管理局2022年政府信息公开工作年度报告", "甲市大数据管理局", 2022),
        ("甲市委社会工作部2022年政府信息公开工作年度报告", "甲市委社会工作部", 2022),
        ("甲县公布局2022年政府信息公开工作年度报告", "甲县公布局", 2022),
        ("甲局2022年政府信息公开年报甲局2022年政府信息公开年报", "甲局", 2022),
        ("甲县教育局关于报送2022年政府信息公开工作年度报告的报告", "甲县教育局", 2022),
        ("甲县教育局2022年政府信息公开工作年度报告公示", "甲县教育局", 2022),
        ("甲县教育局2022年政府信息公开工作年度报告.pdf", "甲县教育局", 2022),
        ("甲县教育局2022年法治政府建设及政府信息公开工作报告", "甲县教育局", 2022),
        ("2022年甲县政府信息与政务公开工作年度报告", "甲县", 2022),
        ("甲大学2022-2023学年信息公开工作年度报告", "甲大学", 2022),
        ("国家税务总局甲县税务局2022年政府信息公开工作年度报告", "国家税务总局甲县税务局", 2022),
        ("关于公布甲县2022年政府信息公开工作年度报告的公告", "甲县", 2022),
        ("本溪某区教育局2022年政府信息公开工作年度报告", "本溪某区教育局", 2022),
        ("各单位2022年政府信息公开工作年度报告", "", 2022),
        ("2022年政府信息公开工作年度报告", "", 2022),
    ],
)
def test_titles(title: str, agency: str, year: int | None) -> None:
    for line in (title, f"  {title}　"):
        found = parse_title(line)
        assert found is not None
        assert (found.agency, found.year) == (agency, year)
    identity = who(title, *END)
    assert (identity.agency.value or "", identity.year.value) == (agency, year)
    if agency:
        assert identity.agency.origin == "title"


@pytest.mark.parametrize(
    "line",
    [
        "政府信息公开指南",
        "甲县办公室关于做好2022年政府信息公开工作年度报告编制发布工作的通知",
        "政府信息公开",
        "",
        "甲县2022年政府工作报告",
        "国家某办公室关于政府信息公开工作年度报告有关事项的通知",
    ],
)
def test_no_titles(line: str) -> None:
    assert parse_title(line) is None


@pytest.mark.parametrize(
    ("lines", "agency", "title"),
    [
        (
            ["甲市人民政府", "2022 年政府信息公开工作年度报告"],
            "甲市人民政府",
            "甲市人民政府2022 年政府信息公开工作年度报告",
        ),
        (["- 1 -", "甲市", "2022年政府信息公开工作年度报告"], "甲市", "甲市2022年政府信息公开工作年度报告"),
        (
            ["甲市人民政府2022年", "政府信息公开工作年度报告"],
            "甲市人民政府",
            "甲市人民政府2022年政府信息公开工作年度报告",
        ),
        (["2022年政府信息公开工作年度报告", "甲市人民政府"], "甲市人民政府", "2022年政府信息公开工作年度报告"),
        (
            ["2022年政府信息公开工作年度报告", "甲市人民政府（2023年1月5日）"],
            "甲市人民政府",
            "2022年政府信息公开工作年度报告",
        ),
        (["甲乡2022年政府信息公开年度工作", "报 告"], "甲乡", "甲乡2022年政府信息公开年度工作报 告"),
        (["甲县", "2022年政府信息公开", "工作年度报告"], "甲县", "甲县2022年政府信息公开工作年度报告"),
        (
            ["甲县人民", "政府2022年政府信息公开工作年度报告"],
            "甲县人民政府",
            "甲县人民政府2022年政府信息公开工作年度报告",
        ),
        (
            ["甲州住房和城市", "建设局2022年政府信息公开工作年度报告"],
            "甲州住房和城市建设局",
            "甲州住房和城市建设局2022年政府信息公开工作年度报告",
        ),
        (
            ["甲州住房和", "建设局2022年政府信息公开工作年度报告"],
            "甲州住房和建设局",
            "甲州住房和建设局2022年政府信息公开工作年度报告",
        ),
    ],
)
def test_titles_broken_over_lines(lines: list[str], agency: str, title: str) -> None:
    identity = who(*lines, *END, agency, "2023年1月9日", reader="pdf")
    assert (identity.agency.value, identity.agency.origin, identity.year.value) == (agency, "title", 2022)
    assert identity.title == title
    assert identity.findings == ()


def test_a_line_before_the_title_is_not_always_its_beginning() -> None:
    title = "建设局2022年政府信息公开工作年度报告"
    assert who("甲州住房和", title, *END, reader="pdf").agency.value == "甲州住房和建设局"
    assert who("正文内容", title, *END, reader="html").agency.value == "建设局"
    assert who("甲州住房和", title, *END, "甲州住房和建设局", reader="html").agency.value == "甲州住房和建设局"
    assert who("乙市人民政府", "甲局2022年政府信息公开工作年度报告", *END, reader="pdf").agency.value == "甲局"


def test_the_words_of_the_page_are_no_part_of_the_title() -> None:
    identity = who("甲县教育局2022年政府信息公开年报 发布时间：2023-01-05 来源：乙县政府网", *END, reader="html")
    assert identity.title == "甲县教育局2022年政府信息公开年报"
    assert (identity.agency.origin, identity.published.value) == ("title", "2023-01-05")


def test_navigation_before_the_title() -> None:
    lines = [
        "乙市人民政府",
        "首页",
        "政府信息公开年报",
        "2023年5月6日 星期六",
        "正文",
        "甲局2022年政府信息公开年度报告",
    ]
    assert who(*lines, *END, reader="html").agency.value == "甲局"
    assert who("热线：乙路1号乙公司", "甲海关2022年政府信息公开年度报告", *END, reader="html").agency.value == "甲海关"


def test_the_title_nearest_the_report_wins() -> None:
    lines = ["丙局2020年政府信息公开年报", "丁局2021年政府信息公开年报", "甲局2022年政府信息公开年报"]
    identity = who(*lines, *END)
    assert (identity.agency.value, identity.year.value) == ("甲局", 2022)


# --- other places


@pytest.mark.parametrize(
    ("sentence", "agency", "year"),
    [
        ("根据有关规定，现公布区水利局2022年政府信息公开工作年度报告。", "区水利局", 2022),
        ("现向社会公布2022年甲市水利局政府信息公开工作年度报告。本报告由六个部分组成。", "甲市水利局", 2022),
        ("现将甲县人民政府2022年政府信息公开年度报告向社会公布。", "甲县人民政府", 2022),
        ("根据要求，编制《甲镇政府2022年度政府信息公开工作年度报告》。", "甲镇政府", 2022),
        ("根据有关要求，甲县教育局编制了2022年政府信息公开工作年度报告。", "甲县教育局", 2022),
        ("本报告由甲市人民政府办公室根据有关规定编制，统计期限为2022年1月1日至12月31日。", "甲市人民政府办公室", 2022),
        (
            "本报告由甲市人民政府信息公开工作领导小组办公室根据规定编制。时限自2022年1月1日至2022年12月31日。",
            "甲市人民政府",
            2022,
        ),
        (
            "本年度报告根据规定，综合2022年度甲市各县（市、区）政府和市级各部门的政府信息公开年度工作报告编制而成。",
            "甲市",
            2022,
        ),
    ],
)
def test_the_preamble(sentence: str, agency: str, year: int) -> None:
    identity = who(sentence, *END)
    assert (identity.agency.value, identity.agency.origin, identity.year.value) == (agency, "text", year)
    half = len(sentence) // 2
    assert (
        who("前面一段话写得足够长，以便看作断开的一行，不多也不少" + sentence[:half], sentence[half:], *END).year.value
        == year
    )


def test_signature_metadata_and_file_name() -> None:
    bare = "政府信息公开工作年度报告"
    assert who(bare, *END, "甲县教育局", "2023年1月9日").agency.origin == "signature"
    assert who(bare, *END, "甲县教育局", "2023年1月9日", "版权所有：乙公司", "丙局").agency.value == "甲县教育局"
    assert who(bare, *END, "乙省人民政府", "丙市人民政府", reader="html").agency.value is None
    assert who(bare, *END, "甲县教育局", reader="docx").agency.value == "甲县教育局"
    assert who("发文机关: 甲乡", "文 号:", bare, *END).agency.value == "甲乡"
    assert who("发布机构", "甲县教育局", bare, *END).agency.value == "甲县教育局"
    assert who("单位：甲县教育局", bare, *END).agency.origin == "metadata"
    assert who("来源:1", "信息来源：原创", bare, *END).agency.value is None
    grid = Grid(
        (GridCell(0, 0, "索引号"), GridCell(0, 1, "1/2"), GridCell(1, 0, "发布机构"), GridCell(1, 1, "甲县教育局"))
    )
    assert who(bare, *END, grids=(grid,)).agency.value == "甲县教育局"
    assert who(*END, title="甲县教育局2022年政府信息公开年报_乙县人民政府").agency.value == "甲县教育局"
    site = who(*END, title="2022年政府信息公开年报_乙县人民政府门户网站")
    assert (site.agency.value, site.agency.origin, site.year.value) == ("乙县人民政府", "metadata", 2022)
    assert who(*END, contentsource="甲县教育局").agency.value == "甲县教育局"
    assert who(*END, author="王某某").agency.value is None


@pytest.mark.parametrize(
    ("name", "agency", "year"),
    [
        ("甲区人民政府.pdf", "甲区人民政府", None),
        ("2022/甲区人民政府.pdf", "甲区人民政府", 2022),
        ("甲县发展和改革局2022年政府信息公开年度报告-甲县发改局_2025-12-30.html", "甲县发展和改革局", 2022),
        ("甲县教育局_2022.docx", "甲县教育局", 2022),
        ("some-education-2020.txt", None, 2020),
        ("20230117.pdf", None, None),
        ("附件.pdf", None, None),
        ("报告.docx", None, None),
        ("甲县.pdf", None, None),
        ("", None, None),
    ],
)
def test_file_names(name: str, agency: str | None, year: int | None) -> None:
    identity = who(*END, file_name=name)
    assert (identity.agency.value, identity.year.value) == (agency, year)
    assert identity.agency.origin == ("file_name" if agency else "")


def test_agency_words() -> None:
    assert is_agency("甲县教育局", strict=True)
    assert is_agency("甲自治县")
    assert not is_agency("甲自治县", strict=True)
    for text in ("", "局", "本局", "我县", "一、概述", "政府信息公开", "2022年", "甲" * 50 + "局", "有限责任", "ABC局"):
        assert not is_agency(text), text
    assert same_agency("甲市乙区人民政府", "乙区人民政府办公室")
    assert same_agency("甲縣發改局", "甲县发展和改革局")
    assert not same_agency("甲县教育局", "甲县财政局")
    assert not same_agency("沐阳县人民政府", "沭阳县人民政府")


def test_conflicts_become_findings() -> None:
    lines = [
        "甲县教育局2022年政府信息公开工作年度报告",
        "统计期限为2021年1月1日至12月31日。",
        *END,
        "甲县财政局",
        "2023年1月9日",
    ]
    identity = who(*lines, file_name="甲县教育局2022年年报.txt")
    assert (identity.agency.value, identity.year.value) == ("甲县教育局", 2022)
    assert [(f.relation, f.severity, f.expected, f.actual) for f in identity.findings] == [
        ("identity_agency", "warning", "甲县教育局", "甲县财政局"),
        ("identity_year", "warning", 2022, 2021),
    ]
    assert all(f.message_zh and f.message_en for f in identity.findings)
    lines = ["发布机构：甲县人民政府", "乙镇人民政府2022年政府信息公开工作年度报告", *END]
    assert who(*lines).findings == ()
    lines[0] = "发布机构：丙县财政局"
    assert [f.place for f in who(*lines).findings] == ["metadata"]
    lines = [
        "乙区人民政府2022年政府信息公开工作年度报告",
        "本报告由甲市乙区人民政府办公室根据规定编制。",
        *END,
        "甲市乙区人民政府",
    ]
    assert who(*lines, file_name="乙区.pdf").findings == ()


def test_a_title_with_the_year_of_publication_gives_way_to_the_period() -> None:
    lines = ["甲局2023年政府信息公开工作年度报告", "统计期限为2022年1月1日至12月31日。", *END]
    assert who(*lines).year.value == 2023
    dated = who("发布日期：2023-01-12", *lines)
    assert (dated.year.value, dated.year.origin, dated.published.value) == (2022, "text", "2023-01-12")
    assert [f.relation for f in dated.findings] == ["identity_year"]


# --- years and dates


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("本报告统计期限为2022年1月1日至12月31日", 2022),
        ("所列数据的统计时限自2022年1月1日起至2022年12月31日止", 2022),
        ("统计数据时限为2022年11日至2022年1231日", 2022),
        ("数据统计期限从2022年1月1日至2022年12月31日止", 2022),
        ("2022年通过网站公开信息", None),
        ("根据2019年5月15日起施行的条例", None),
    ],
)
def test_periods(text: str, year: int | None) -> None:
    assert find_period(text) == year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2019年,我乡做了工作。", 2019),
        ("按照2019年修订的条例，2022年我局公开了信息。", None),
        ("按照要求，2022年我局公开信息。2023年，我们将继续。2022年度收到申请。", 2022),
        ("落实《2021年工作要点》,2022年,公开了信息", 2022),
        ("根据通知〔2019〕60号，截至2022年12月31日，公开信息", 2022),
        ("没有年份", None),
    ],
)
def test_running_years(text: str, year: int | None) -> None:
    found = find_running_year(twin(text)[1])
    assert found == (2022 if year is None and "2022" in text else year)


def test_year_of_publication_is_not_the_report_year() -> None:
    identity = who("发布日期：2018-02-28", "现公布甲市人民政府2017年政府信息公开工作年度报告。", *END)
    assert (identity.year.value, identity.published.value) == (2017, "2018-02-28")
    assert who("甲局政府信息公开工作年度报告", "发布日期：2018-02-28", *END).year.value is None


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("发布日期：2023-01-31", "2023-01-31"),
        ("来源:原创     发布时间:2023-01-31 13:24    浏览次数:次", "2023-01-31"),
        ("来源:区人民政府办公室 时间:2023-01-12 10:01", "2023-01-12"),
        ("成文日期: 2023年1月5日", "2023-01-05"),
        ("发布 日期 ： 2023 年 1 月 5 日", "2023-01-05"),
        ("【发布时间：2023/1/5】【字体：大 中 小】", "2023-01-05"),
        ("发布时间 2023-1-5 9:30", "2023-01-05"),
        ("会议时间：2023-02-02", None),
        ("信息发布时间：2023-02-02", "2023-02-02"),
        ("采集时间：2025-12-30T21:37:37", None),
        ("页面生成时间 2024-05-28 15:46:43", None),
        ("2025年12月30日 星期二", None),
        ("发布日期：2021-01-31", None),
        ("发布日期：2023-13-45", None),
        ("统计时间：2022年12月31日", None),
    ],
)
def test_published(line: str, date: str | None) -> None:
    identity = who(line, "甲局2022年政府信息公开工作年度报告", *END)
    assert identity.published.value == date


def test_published_elsewhere() -> None:
    title = "甲局2022年政府信息公开工作年度报告"
    grid = Grid((GridCell(0, 0, "公开日期"), GridCell(0, 1, "2023-01-17")))
    assert who(title, *END, grids=(grid,)).published.value == "2023-01-17"
    assert who("公开日期", "2023-01-17", title, *END).published.value == "2023-01-17"
    assert who(title, *END, pubdate="2023-01-17 08:00").published.origin == "metadata"
    assert who(title, *END, "甲局", "二〇二三年一月十日").published.value == "2023-01-10"
    assert who(title, "甲局", "（2023年1月10日）", "正文。", *END).published.origin == "signature"
    assert who(title, "甲局 2023年3月", *END).published.value == "2023-03"
    assert who("发布日期：2022-06-01", title, *END, "2023年1月10日").published.value == "2023-01-10"


def test_dates() -> None:
    assert find_date("20230117") == "2023-01-17"
    assert find_date("2023年1月") == "2023-01"
    assert is_date("2023年1月9日")
    assert not is_date("2023年")
    assert year_in_name("甲局2022年年报2023-01-05.pdf") == 2022


# --- scope


@pytest.mark.parametrize(
    ("sentence", "scope"),
    [
        ("本报告数据涵盖全区各部门、各乡镇（街道）。", "consolidated"),
        ("全县共受理政府信息公开申请12件。", "consolidated"),
        ("2022年全市新收政府信息公开申请12件。", "consolidated"),
        ("本报告数据仅为局机关本级数据。", "own_office"),
        ("本报告所列数据不含下属单位。", "own_office"),
        ("我局收到政府信息公开申请3件。", "unknown"),
        ("全年共受理政府信息公开申请12件。", "unknown"),
        ("建成大数据平台，涵盖各部门信息。", "unknown"),
        ("全镇共受理政府信息公开申请12件。", "unknown"),
        ("本报告数据不包括各乡镇数据，全县共受理政府信息公开申请9件。", "unknown"),
    ],
)
def test_scope(sentence: str, scope: str) -> None:
    assert who("甲局2022年政府信息公开工作年度报告", sentence, *END).scope.value == scope


def test_scope_in_the_title() -> None:
    assert who("甲总署（本级机关）2022年政府信息公开工作年度报告", *END).scope.origin == "title"
    assert who("全国甲系统2022年政府信息公开工作年度报告", *END).scope.value == "consolidated"


# --- pages that are no reports


@pytest.mark.parametrize(
    "lines",
    [
        ["404 Not Found", "nginx"],
        ["您访问的页面不存在或已被删除"],
        ["安全验证", "请完成验证后继续访问"],
        ["403 Forbidden"],
        ["抱歉，您要访问的页面找不到了，5秒后返回"],
    ],
)
def test_error_pages(lines: list[str]) -> None:
    assert looks_like_error_page(page(*lines))


def test_no_error_pages() -> None:
    assert not looks_like_error_page(page("甲局2022年政府信息公开工作年度报告", *END))
    assert not looks_like_error_page(page("全年公开信息404条。"))
    assert not looks_like_error_page(page("404 Not Found", "正文" * 400))
    assert looks_like_error_page(Document((), "html", "page", {"title": "404"}))


def test_list_pages() -> None:
    lines = [
        "首页",
        "信息公开年报",
        "甲市2022年政府信息公开工作年度报告 2023-03-01",
        "乙市办公室2022年政府信息公开年报 2023-01-20",
        "召开新闻发布会 2023-01-02",
        "下一页",
    ]
    assert looks_like_list_page(page(*lines))
    same = [f"甲局{year}年政府信息公开年报" for year in range(2018, 2023)]
    assert looks_like_list_page(page(*same), FORMS)
    assert not looks_like_list_page(page(*same, "甲局2022年政府信息公开年报", *END))
    assert not looks_like_list_page(page("甲局2022年政府信息公开年报", "甲局2022年政府信息公开年报"))


def test_two_reports_in_one_file() -> None:
    one, other = ["甲局2021年政府信息公开年报", *END, "2022年1月9日"], ["目录", "甲局2022年政府信息公开年报", *END]
    assert report_starts(page(*one), FORMS) == (0,)
    assert report_starts(page(*one, *other), FORMS) == (0, len(one) + 1)
    assert report_starts(page(*END, *END), FORMS) == (0, len(END))


# --- real titles and real reports

YEAR = re.compile(r"(?:19|20)\d\d")


def real_titles() -> list[dict[str, Any]]:
    import os

    default = Path(__file__).resolve().parents[2] / "shared" / "reports"
    path = Path(os.environ.get("GOVDISCLOSE_REPORTS", default)) / "titles.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def lines_of(entry: dict[str, Any]) -> list[str]:
    title = (entry["title"] or "").replace(" / ", "\n")
    return [*title.split("\n"), *([entry["first"]] if entry.get("first") else [])]


@pytest.mark.parametrize("reader", ["html", "text"])
@pytest.mark.parametrize("entry", real_titles(), ids=lambda e: e["agency"])
def test_real_titles(entry: dict[str, Any], reader: str) -> None:
    """The agency as printed contains the entry's or is contained in it, scripts folded; year and date exactly.

    The entries give some agencies fuller than their page prints them (a town with its county), or
    shorter. A fact that the entry's own text does not hold (a title without a year, an elided title, a
    date known from the address alone) must stay unknown.
    """
    lines = [line for line in lines_of(entry) if line]
    text = "".join(lines)
    listed, elided = "list page" in text, "…" in (entry["title"] or "")
    identity = who(*lines, *END, reader=reader)
    if elided:
        assert identity.agency.value is None
        return
    if not listed:
        printed = str(identity.agency.value or "")
        expected = entry["agency"].split("（")[0]
        assert printed and same_agency(printed, expected)
        assert twin(printed)[0] in twin(text)[0]
    assert identity.year.value == (entry["year"] if YEAR.search(text) else None)
    published = entry.get("published", "")
    dates = {found for line in lines for word in line.split() if (found := find_date(word))}
    assert identity.published.value == (published if published in dates else None)


def test_a_real_list_page() -> None:
    entries = real_titles()
    if not entries:
        pytest.skip("no folder of real reports (set GOVDISCLOSE_REPORTS)")
    titles = [line for entry in entries for line in [(entry["title"] or "").replace("\n", "")] if line]
    assert looks_like_list_page(page(*titles), FORMS)


def test_real_reports(reports_dir: Path) -> None:
    paths = sorted(reports_dir.glob("**/*.truth.json"))
    assert len(paths) >= 15
    for path in paths:
        truth = json.loads(path.read_text(encoding="utf-8"))
        stem = path.name.removesuffix(".truth.json")
        source = next(p for p in path.parent.glob(stem + ".*") if p.suffix != ".json")
        document = read_document(source)
        identity = identify(document, FORMS, file_name=source.name)
        assert identity.agency.value == truth["agency_printed"], source.name
        assert identity.year.value == truth["year"], source.name
        if "published" in truth:
            assert identity.published.value == truth["published"], source.name
        assert identity.findings == (), source.name
        assert not looks_like_list_page(document, FORMS)
        assert not looks_like_error_page(document)


def test_it_is_fast(reports_dir: Path) -> None:
    documents = [read_document(p) for p in sorted(reports_dir.iterdir()) if p.suffix in (".txt", ".html")]
    costs = []
    for document in documents:
        start = time.perf_counter()
        identify(document, FORMS)
        split_sections(document, FORMS)
        costs.append(time.perf_counter() - start)
    assert sorted(costs)[len(costs) // 2] < 0.05


PIECES = st.sampled_from(
    [
        "甲县教育局",
        "2022年",
        "政府信息公开",
        "工作年度报告",
        "人民",
        "政府",
        "（",
        "）",
        "发布日期：",
        "2023-01-05",
        "本报告由",
        "根据",
        "编制",
        "现公布",
        "统计期限为",
        "二〇二三年十十月一日",
        "1月1日至12月31日",
        "\n",
        " ",
        "-",
        "、",
        "。",
        *TITLES,
    ]
)
LINES = st.lists(st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=8).map("".join)), max_size=20)


@settings(max_examples=200, deadline=None)
@given(
    LINES,
    st.text(max_size=30),
    st.dictionaries(st.sampled_from(["title", "pubdate", "author", "sitename"]), st.text(max_size=30)),
)
def test_any_document_is_identified(lines: list[str], name: str, metadata: dict[str, str]) -> None:
    cells = tuple(GridCell(i, j % 2, line) for i, line in enumerate(lines[:4]) for j in (0, 1))
    blocks = (Grid(cells), *map(Paragraph, lines))
    document = Document(blocks, "html", "page", metadata)
    identity = identify(document, FORMS, file_name=name)
    assert identity.scope.value in ("own_office", "consolidated", "unknown")
    assert identity.year.value is None or isinstance(identity.year.value, int)
    looks_like_list_page(document, FORMS)
    looks_like_error_page(document)


def test_the_section_of_a_site_behind_the_title_is_no_notice() -> None:
    title = parse_title("清水县水利局2023年政府信息公开工作年度报告_通知公告_清水县人民政府")
    assert title is not None and (title.agency, title.year) == ("清水县水利局", 2023)
    assert parse_title("关于做好2023年政府信息公开工作年度报告编制工作的通知") is None
