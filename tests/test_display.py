"""A report shows itself: wide tables and HTML as printed, deviations marked, everything escaped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from govdisclose import forms
from govdisclose.display import report_html, wide
from govdisclose.errors import UsageError
from govdisclose.forms import Forms, Lang
from govdisclose.model import Box, Cell, Finding, Section, State, Stated, TableForm
from govdisclose.provenance import show_box
from govdisclose.report import Report, read, read_text
from govdisclose.typeset import Draft, Layout, render, write

FORMS = forms.load()
EVIL = "<script>alert('1')</script>\"' onmouseover=\"x\" &amp; <img src=x>"


def draft(form: str = "2021", **tables: str) -> Draft:
    """Every cell a different number."""
    named = {table: tables.get(table, form) for table in FORMS.table_ids}
    addresses = [(t, r, c) for t, f in named.items() for r, c in FORMS[f].table(t).addresses()]
    return Draft("样本市人民政府", 2022, named, {a: str(n) for n, a in enumerate(addresses, 100)})


def quiet(report: Report) -> Report:
    """Without what the checks say: numbers that only count up do not add up."""
    cells = tuple(c._replace(evidence="read") if c.evidence == "proved" else c for c in report.cell_records)
    return replace(report, cell_records=cells, finding_records=())


@pytest.fixture(scope="module")
def full() -> Report:
    return quiet(read_text(render(draft(), Layout("txt")).decode()))


def changed(report: Report, key: tuple[str, str, str], **fields: object) -> Report:
    cells = tuple(c._replace(**fields) if c.key == key else c for c in report.cell_records)
    return replace(report, cell_records=cells)


def cell_of(report: Report, key: tuple[str, str, str]) -> Cell:
    return next(c for c in report.cell_records if c.key == key)


def page(report: Report) -> html.HtmlElement:
    return html.fragment_fromstring(report_html(report))


def printed(report: Report) -> list[html.HtmlElement]:
    """The tables of a page, without that of the findings."""
    return page(report).xpath(".//table[not(contains(@class, 'findings'))]")


def titled(report: Report, key: tuple[str, str, str]) -> html.HtmlElement:
    """The printed cell of an address."""
    (found,) = page(report).xpath(f".//td[contains(concat(@title, '\n'), '{'.'.join(key)}\n')]")
    return found


# --- wide -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_wide_holds_every_cell_in_the_order_of_the_form(form: str, lang: Lang) -> None:
    made = draft(form)
    report = quiet(read_text(render(made, Layout("txt")).decode()))
    for name in FORMS.table_ids:
        table = FORMS[form].table(name)
        frame = wide(report, name, lang=lang)
        rows = [r.id for b in table.blocks for r in b.rows]
        columns = list(dict.fromkeys(c.id for b in table.blocks for c in b.columns))
        expected = [[made.figures.get((name, r, c)) for c in columns] for r in rows]
        assert frame.to_numpy().tolist() == expected
        assert frame.index.is_unique and frame.columns.is_unique
        if lang == "en":
            assert list(frame.columns) == [FORMS.item("column", c).en for c in columns]


def test_wide_names_a_row_after_its_group(full: Report) -> None:
    frame = wide(full, "requests")
    assert "（三）不予公开 / 1.属于国家秘密" in frame.index
    assert list(frame.columns) == ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    assert list(wide(full, "remedies").index) == ["行政复议", "行政诉讼 / 未经复议直接起诉", "行政诉讼 / 复议后起诉"]
    assert wide(full, "remedies").shape == (3, 5)
    assert full.table("requests", lang="en").index[4] == "Refused: state secret"


@pytest.mark.parametrize(("state", "raw", "shown"), [("blank", "", ""), ("dash", "—", "—"), ("absent", "", None)])
def test_wide_tells_blank_dash_and_absent_apart(full: Report, state: State, raw: str, shown: str | None) -> None:
    report = changed(full, ("requests", "new", "total"), state=state, raw=raw, value=None, adjusted=None)
    assert wide(report, "requests").iloc[0, 6] == shown


def test_wide_has_what_the_report_prints_beyond_its_form(full: Report) -> None:
    more = (
        Cell("requests", "other_single", "total", 4, "number", "4", adjusted=4),
        Cell("requests", "new", "organisations_subtotal", 5, "number", "5", adjusted=5),
        Cell("proactive", "procurement", "amount", 6, "number", "6万元", adjusted=6),
        Cell("proactive", "licences", "change", -7, "number", "减7", adjusted=-7),
    )
    report = replace(full, cell_records=(*full.cell_records, *more))
    requests, proactive = wide(report, "requests", lang="en"), wide(report, "proactive", lang="en")
    assert requests.loc["Otherwise processed (one row)", "Total"] == "4"
    at = list(requests.index).index("Otherwise processed (one row)")
    assert requests.index[at - 1] == "Not processed: asks to confirm or reissue"
    assert list(requests.columns).index("Organisations, subtotal") == 6
    assert requests.loc["Requests newly received", "Organisations, subtotal"] == "5"
    assert proactive.loc["Centralised procurement", "Procurement amount"] == "6万元"
    assert proactive.loc["Administrative licences", "Change in items"] == "减7"
    marked = [th.text_content() for table in printed(report) for th in table.xpath(".//th") if "+" in th.text_content()]
    assert marked == ["本年增/减+", "采购总金额+", "政府集中采购+", "小计+", "（六）其他处理+"]


def test_wide_refuses_what_it_does_not_know(full: Report) -> None:
    with pytest.raises(UsageError, match="'request': choose from proactive, requests, remedies"):
        wide(full, "request")
    with pytest.raises(UsageError, match="'fr'"):
        wide(full, "requests", lang="fr")  # type: ignore[arg-type]


def test_a_table_that_was_not_found_has_the_rows_of_the_years_form() -> None:
    report = read_text("样本县2019年政府信息公开工作年度报告\n一、总体情况\n略\n二、主动公开政府信息情况\n略\n")
    assert wide(report, "requests").shape == (23, 7)
    assert wide(report, "requests").isna().all(axis=None)
    assert printed(report) == []
    assert report_html(report).count("this table was not found") == 3


# --- HTML -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_html_prints_every_number_in_the_form_s_layout(form: str) -> None:
    made = draft(form)
    tables = printed(quiet(read_text(render(made, Layout("txt")).decode())))
    numbers = [td.text_content() for table in tables for td in table.xpath(".//td")]
    assert numbers == list(made.figures.values())
    for table in tables:
        area = [int(c.get("rowspan", 1)) * int(c.get("colspan", 1)) for c in table.xpath(".//td | .//th")]
        width = sum(int(c.get("colspan", 1)) for c in table.xpath("(.//tr)[1]/*"))
        assert sum(area) == width * len(table.xpath(".//tr")), "spans leave no hole and do not overlap"


def test_html_follows_each_table_s_own_form() -> None:
    report = read_text(render(draft("2021", requests="2019"), Layout("txt")).decode())
    captions = [t.find("caption").text_content() for t in printed(report)]
    assert [c.rsplit(maxsplit=1)[-1] for c in captions] == ["2021", "2019", "2021"]


def test_tooltip_says_what_is_printed_where_and_how_it_was_matched(full: Report) -> None:
    key = ("requests", "granted", "total")
    report = changed(full, key, box=Box(3, 10, 20, 30, 40), place="page 3, table 2, row 4", raw="1,717", value=1717)
    title = titled(report, key).get("title")
    for part in ("'1,717' = 1717", "page 3, table 2, row 4", "box 10 20 30 40", "row=exact", "evidence: read"):
        assert part in title


def test_states_carry_a_sign_and_a_tooltip_not_a_colour_alone(full: Report) -> None:
    key = ("requests", "granted", "total")

    def shown(**fields: object) -> tuple[str, str, str]:
        td = titled(changed(full, key, value=None, adjusted=None, **fields), key)
        return td.text_content(), td.get("class"), td.get("title").partition("\n")[0]

    assert shown(state="blank", raw="") == ("", "gdr-n", "原文为空，不是零 printed empty, which is not zero")
    assert shown(state="dash", raw="/")[0] == "/"
    assert "not zero" in shown(state="dash", raw="/")[2]
    assert shown(state="text", raw="见附件")[:2] == ("见附件※", "gdr-n gdr-text")
    text, css, title = shown(state="unreadable", raw="2 0", candidates=(20, 2, 0))
    assert (text, css) == ("2 0 [20 | 2 | 0]?", "gdr-n gdr-unreadable")
    assert "20 | 2 | 0" in title
    assert shown(state="unreadable", raw="")[0] == "?"
    absent = page(changed(full, key, state="absent", raw="", value=None)).xpath(".//td[contains(@class, 'absent')]")
    assert [td.text_content() for td in absent] == ["×"]


def test_a_conflict_and_a_correction_are_marked(full: Report) -> None:
    key = ("remedies", "review", "upheld")
    assert titled(changed(full, key, evidence="conflict"), key).text_content().endswith("?")
    assert titled(changed(full, key, raw="7", value=7, adjusted=8), key).text_content() == "7 → 8"
    assert titled(changed(full, key, raw="7", value=7, adjusted=None), key).text_content() == "7 → ∅"


def test_missing_and_renamed_rows_are_marked(full: Report) -> None:
    report = full
    for c in full.cell_records:
        if c.row == "refused_law":
            report = changed(report, c.key, state="absent", raw="", value=None, adjusted=None)
    form = TableForm("2021", ("refused_law",), (), (("refused_safety", "3.危及三安全"),))
    report = replace(report, form={**full.form, "requests": form})
    heads = {th.text_content(): th for th in page(report).xpath(".//th")}
    assert "2.其他法律行政法规禁止公开×" in heads
    assert "格式 form: 3.危及“三安全一稳定”" in heads["3.危及三安全≠"].get("title")
    legend = report_html(report)
    assert "not printed in this table" in legend and "label differs" in legend
    assert "label differs" not in report_html(full)


def test_findings_stand_below_by_severity_and_at_their_cells(full: Report) -> None:
    key = ("requests", "granted", "total")
    findings = (
        Finding("slight", "notice", "小事", "a small thing"),
        Finding("grave", "error", "大事", "a grave thing", (key,), fault="source", place="page 2"),
    )
    report = replace(full, finding_records=findings)
    rows = [tr.text_content() for tr in page(report).xpath(".//table[@class='gdr-findings']//tr")]
    assert "error" in rows[0] and "大事" in rows[0] and "a grave thing" in rows[0] and "page 2" in rows[0]
    assert "notice" in rows[1]
    assert titled(report, key).text_content().endswith("!")
    assert "a grave thing" in titled(report, key).get("title")
    many = replace(full, finding_records=findings * 40)
    assert len(page(many).xpath(".//details//table//tr")) == 60


def test_sections_fold_and_a_very_long_one_is_cut(full: Report) -> None:
    report = replace(full, section_records=(Section(0, "", ""), Section(1, "一、总体情况", "字" * 30_000)))
    (section,) = page(report).xpath(".//details")
    assert section.get("open") is None
    assert section.find("summary").text_content().startswith("一、总体情况 30000")
    assert section.text_content().count("字") < 20_100
    assert "10000 more characters" in section.text_content()


def strange_forms() -> Forms:
    """Form files, too, may come from somebody else."""
    made = []
    for form in FORMS:
        tables = [replace(table, headings=(EVIL,), notes=(EVIL,)) for table in form.tables]
        made.append(replace(form, tables=tuple(tables)))
    return Forms(tuple(made), tuple(replace(item, en=EVIL) for item in FORMS.items))


def test_whatever_comes_from_a_report_is_escaped(full: Report) -> None:
    identity = replace(
        full.identity,
        agency=Stated(EVIL, EVIL),
        published=Stated(EVIL, EVIL),
        scope=Stated(EVIL, EVIL),
        title=EVIL,
    )
    cells = tuple(c._replace(raw=EVIL, place=EVIL, address=EVIL, state="text", value=None) for c in full.cell_records)
    findings = (Finding(EVIL, "error", EVIL, EVIL, (("requests", "granted", "total"),), place=EVIL),)
    renamed = TableForm("2021", (), (), (("refused_law", EVIL),))
    report = replace(
        full,
        identity=identity,
        source=replace(full.source, file=EVIL, rung=EVIL, reader=EVIL, sha256=EVIL),
        cell_records=cells,
        finding_records=findings,
        form={**full.form, "requests": renamed},
        section_records=(Section(1, EVIL, EVIL),),
        forms=strange_forms(),
    )
    tree = page(report)
    assert not tree.xpath("//script | //img | //@onmouseover")
    tables, text = (
        {"table", "caption", "tbody", "tr", "td", "th"},
        {"p", "b", "br", "span", "sup", "details", "summary"},
    )
    assert {e.tag for e in tree.iter()} <= {"div", "style"} | tables | text
    assert {name for e in tree.iter() for name in e.attrib} <= {"class", "title", "rowspan", "colspan"}
    assert tree.xpath("string(.//b)").startswith(EVIL)
    assert "<script" not in report_html(report)
    assert "<script" not in report_html(replace(report, cell_records=(), form={}))


def test_html_stands_alone(full: Report) -> None:
    text = report_html(full)
    assert not any(word in text for word in ("<script", "http", "url(", "@import", "src=", "style="))
    selectors = [rule for rule in html.fragment_fromstring(text).xpath("string(./style)").split("}") if rule.strip()]
    assert all(s.strip().startswith(".gdr.gdr") for rule in selectors for s in rule.split("{")[0].split(","))


def test_a_long_print_is_cut_and_kept_in_the_tooltip(full: Report) -> None:
    key = ("requests", "granted", "total")
    td = titled(changed(full, key, raw="长" * 500, state="text", value=None, adjusted=None), key)
    assert td.text_content().count("长") == 60
    assert td.get("title").count("长") == 500


# --- the box on the page ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    pytest.importorskip("typst")
    path = write(draft(), Layout("pdf"), tmp_path_factory.mktemp("box") / "report.pdf")
    return path, read(path)


@pytest.fixture
def axes() -> Callable[[], object]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    def new() -> object:
        figure = Figure()
        FigureCanvasAgg(figure)
        return figure.add_subplot()

    return new


@pytest.mark.parametrize("margin", [60, None, 0, 5000])
def test_the_box_is_drawn_round_the_digits(pdf: tuple[Path, Report], axes: Callable[[], object], margin: float) -> None:
    import numpy as np

    path, report = pdf
    cell = cell_of(report, ("requests", "carried_out", "total"))
    assert cell.box is not None
    ax = show_box(path, cell, ax=axes(), margin=margin)  # type: ignore[arg-type]
    (patch,) = ax.patches
    assert patch.get_bbox().extents == pytest.approx((cell.box.x0, cell.box.y0, cell.box.x1, cell.box.y1))
    (image,) = ax.images
    left, right, bottom, top = image.get_extent()
    assert left == 0 and top <= cell.box.y0 < cell.box.y1 <= bottom
    pixels = np.asarray(image.get_array())[..., :3]
    per_point = pixels.shape[1] / right
    rows = slice(int((cell.box.y0 - top + 2) * per_point), int((cell.box.y1 - top - 2) * per_point))
    inside = pixels[rows, int((cell.box.x0 + 2) * per_point) : int((cell.box.x1 - 2) * per_point)]
    assert inside.min() < 100, "there is ink in the box"
    assert ax.get_xlabel() == f"page {cell.box.page}"


def test_a_line_of_the_cells_frame_will_do(pdf: tuple[Path, Report], axes: Callable[[], object]) -> None:
    path, report = pdf
    line = report.cells.iloc[5]
    ax = show_box(path, line, ax=axes())  # type: ignore[arg-type]
    assert ax.patches[0].get_bbox().x0 == pytest.approx(line["x0"])


def test_a_cell_without_a_box_says_where_it_stands(full: Report, pdf: tuple[Path, Report]) -> None:
    cell = cell_of(full, ("requests", "granted", "total"))
    for form in (cell, full.cells[full.cells["row"] == "granted"].iloc[-1]):
        with pytest.raises(UsageError, match=r"r\.txt: requests\.granted\.total has no box to draw; it stands at "):
            show_box("r.txt", form)
    with pytest.raises(UsageError, match="absent from this report"):
        show_box(pdf[0], cell._replace(state="absent"))
    with pytest.raises(UsageError, match=r"not a line of Report\.cells: table"):
        show_box("r.txt", full.cells["raw"])
    with pytest.raises(UsageError, match="margin -1"):
        show_box(pdf[0], pdf[1].cell_records[0], margin=-1)
