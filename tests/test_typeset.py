"""Typesetting: what stands on the page is what the draft says, in every format and layout."""

from __future__ import annotations

import io
import random
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pypdfium2
import pytest
from drawing import draw_layout
from lxml import etree, html

from govdisclose import clean, forms
from govdisclose.errors import UsageError
from govdisclose.synthesis import Prints, draw_report
from govdisclose.typeset import Draft, Layout, printed_figures, render, write
from govdisclose.typeset.flow import flow
from govdisclose.typeset.layout import label
from govdisclose.typeset.table import PrintedTable, printed_table
from govdisclose.typeset.typst import split

FORMS = forms.load()
HYBRID = {"proactive": "2021", "requests": "2019", "remedies": "2021"}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
GROUPS = ("refused_law", "unable_not_held", "not_processed_repeat", "other_no_fee")


def draft(form: str | dict[str, str] = "2021", size: float = 300, seed: int = 1, **more: object) -> Draft:
    return draw_report(random.Random(seed), form=form, year=2022, agency="样本甲市人民政府", size=size, **more)  # type: ignore[arg-type]


def tables(what: Draft, layout: Layout) -> list[PrintedTable]:
    return [item.printed for item in flow(what, layout, FORMS).items if hasattr(item, "printed")]


def texts(table: PrintedTable) -> list[list[str]]:
    return [["" if c is None else c.text for c in line] for line in table.matrix()]


def html_matrix(table: etree._Element) -> list[list[str]]:
    taken: dict[tuple[int, int], str] = {}
    for r, row in enumerate(table.iter("tr")):
        c = 0
        for cell in row.iter("td"):
            while (r, c) in taken:
                c += 1
            rows, cols = int(cell.get("rowspan", 1)), int(cell.get("colspan", 1))
            for i in range(rows):
                for j in range(cols):
                    taken[r + i, c + j] = ""
            taken[r, c] = "".join(cell.itertext())
    height, width = max(r for r, _ in taken) + 1, max(c for _, c in taken) + 1
    return [[taken[r, c] for c in range(width)] for r in range(height)]


def docx_matrix(table: etree._Element) -> list[list[str]]:
    out = []
    for row in table.findall(f"{W}tr"):
        line: list[str] = []
        for cell in row.findall(f"{W}tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            line += ["".join(cell.itertext())] + [""] * (int(span.get(f"{W}val")) - 1 if span is not None else 0)
        out.append(line)
    return out


def page_texts(data: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_bounded() for page in pdf]
    finally:
        pdf.close()


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_printed_tables_are_complete_rectangles(form: str) -> None:
    for table in FORMS[form].tables:
        figures = {(table.id, r, c): f"{r}.{c}" for r, c in table.addresses()}
        sheet = printed_table(table, figures)
        assert sheet is not None
        covered = [(c.row + i, c.col + j) for c in sheet.cells for i in range(c.rowspan) for j in range(c.colspan)]
        assert len(covered) == len(set(covered)) == sheet.rows * sheet.cols
        assert sorted(c.text for c in sheet.cells if c.kind == "value") == sorted(figures.values())


def test_requests_table_is_laid_out_as_in_the_form() -> None:
    sheet = tables(draft(), Layout())[1]
    assert (sheet.rows, sheet.cols, sheet.header_rows) == (28, 10, 3)
    spans = {c.text: (c.row, c.col, c.rowspan, c.colspan) for c in sheet.cells if c.kind != "value"}
    assert spans["申请人情况"] == (0, 3, 1, 7)
    assert spans["自然人"] == (1, 3, 2, 1)
    assert spans["法人或其他组织"] == (1, 4, 1, 5)
    assert spans["三、本年度办理结果"] == (5, 0, 22, 1)
    assert spans["（三）不予公开"] == (7, 1, 8, 1)
    assert spans["（七）总计"] == (26, 1, 1, 2)
    assert spans["四、结转下年度继续办理"] == (27, 0, 1, 3)


@pytest.mark.parametrize("form", ["2019", "2021", HYBRID])
@pytest.mark.parametrize("fragmented", [False, True])
def test_html_says_what_the_draft_says(form: str, fragmented: bool) -> None:
    what, layout = draft(form), Layout("html", fragmented=fragmented)
    page = html.fromstring(render(what, layout).decode())
    found = [html_matrix(t) for t in page.xpath('//table[@class="report"]')]
    assert found == [texts(t) for t in tables(what, layout)]


@pytest.mark.parametrize("form", ["2019", "2021", HYBRID])
@pytest.mark.parametrize("layout", [Layout("docx"), Layout("docx", fragmented=True, borders="double", nested=True)])
def test_docx_says_what_the_draft_says(form: str, layout: Layout) -> None:
    what = draft(form)
    with zipfile.ZipFile(io.BytesIO(render(what, layout))) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    found = [docx_matrix(t) for t in body.iter(f"{W}tbl") if not t.findall(f".//{W}tbl")]
    assert found == [texts(t) for t in tables(what, layout)]


@pytest.mark.parametrize("style", ["tabs", "bar_rows"])
def test_text_rows_keep_every_place(style: str) -> None:
    layout = Layout("txt", text_style=style)  # type: ignore[arg-type]
    lines = render(draft(), layout).decode().splitlines()
    rows = [row for t in tables(draft(), layout) for row in texts(t)]
    shown = ["\t".join(r) if style == "tabs" else "| " + " | ".join(r) + " |" for r in rows]
    assert [line for line in lines if line in set(shown)] == shown


@pytest.mark.parametrize("style", ["ragged_tabs", "spaces", "cell_per_line", "cell_per_line_bar"])
def test_every_figure_stands_in_loose_text_in_order(style: str) -> None:
    what = replace(draft(), figures={a: str(1000 + n) for n, a in enumerate(draft().figures)}, paragraphs={1: []})
    text = render(what, Layout("txt", text_style=style)).decode()  # type: ignore[arg-type]
    body = text[text.index("第二十条") :]
    assert re.findall(r"(?<!\d)1\d{3}(?!\d)", body) == list(what.figures.values())


@pytest.mark.parametrize("style", ["tables", "per_row_tables", "per_row_tables_bare"])
def test_every_figure_stands_in_markdown_in_order(style: str) -> None:
    what = replace(draft(), figures={a: str(1000 + n) for n, a in enumerate(draft().figures)}, paragraphs={1: []})
    text = render(what, Layout("md", md_style=style)).decode()  # type: ignore[arg-type]
    body = text[text.index("第二十条") :]
    assert re.findall(r"(?<!\d)1\d{3}(?!\d)", body) == list(what.figures.values())


@pytest.mark.parametrize("borders", ["solid", "dashed", "double", "hairline", "horizontal", "none", "shaded"])
def test_pdf_prints_every_figure_whole(borders: str) -> None:
    figures = {a: str(1000 + n) for n, a in enumerate(draft().figures)}
    what = replace(draft(), figures=figures, paragraphs={1: []})
    data = render(what, Layout("pdf", borders=borders, widths="narrow"))  # type: ignore[arg-type]
    found = re.findall(r"(?<!\d)1\d{3}(?!\d)", "\n".join(page_texts(data)))
    assert sorted(found) == sorted(figures.values())


@pytest.mark.parametrize("after", GROUPS)
@pytest.mark.parametrize("cut", ["cut", "first", "repeat"])
def test_a_page_break_falls_inside_any_group(after: str, cut: str) -> None:
    layout = Layout("pdf", page_break_after=after, group_cut=cut, header_repeat=cut == "cut")  # type: ignore[arg-type]
    requests = tables(draft(), layout)[1]
    above, below = split(requests, after, layout)
    assert above.row_ids[-1] == after
    ids = requests.row_ids
    assert below.row_ids[below.header_rows :] == ids[ids.index(after) + 1 :]
    for part in (above, below):
        covered = [(c.row + i, c.col + j) for c in part.cells for i in range(c.rowspan) for j in range(c.colspan)]
        assert len(covered) == len(set(covered)) == part.rows * part.cols
    outer = "三、本年度办理结果"
    halves = [
        next(c.text for c in p.cells if c.col == 0 and c.kind == "label" and c.rowspan > 1) for p in (above, below)
    ]
    assert halves == {"first": [outer, ""], "repeat": [outer, outer]}.get(cut, halves)
    assert "".join(halves) == outer or cut == "repeat"


def test_a_page_break_makes_a_page() -> None:
    plain = page_texts(render(draft(), Layout("pdf")))
    broken = page_texts(render(draft(), Layout("pdf", page_break_after="new")))
    assert "二、上年结转" in broken[1].replace("\r\n", "")
    assert len(broken) >= len(plain)


@pytest.mark.parametrize("layout", [Layout("html"), Layout("docx"), Layout("pdf"), Layout("md"), Layout("txt")])
def test_same_draft_same_bytes(layout: Layout) -> None:
    assert render(draft(), layout) == render(draft(), layout)


def test_synthetic_reports_say_so_on_every_page() -> None:
    pages = page_texts(render(draft(), Layout("pdf", font_size=14, page="letter")))
    assert len(pages) > 2
    assert all("合成数据 / synthetic" in page for page in pages)
    for name in ("html", "md", "txt"):
        assert "合成数据 / synthetic" in render(draft(), Layout(name)).decode()  # type: ignore[arg-type]
    with zipfile.ZipFile(io.BytesIO(render(draft(), Layout("docx")))) as archive:
        assert "合成数据 / synthetic" in archive.read("word/header1.xml").decode()


def test_markup_in_a_draft_stays_text() -> None:
    evil = '<script>alert("x")</script> & #set page() $x$ \\ "quoted"'
    what = Draft(evil, 2022, {"remedies": "2021"}, {("remedies", "review", "total"): evil}, paragraphs={1: [evil]})
    page = html.fromstring(render(what, Layout("html")).decode())
    assert page.xpath("//script") == []
    assert evil in page.text_content()
    assert evil.replace(" ", "") in "".join(page_texts(render(what, Layout("pdf", font_size=5)))[0].split())
    with zipfile.ZipFile(io.BytesIO(render(what, Layout("docx")))) as archive:
        assert evil in "".join(etree.fromstring(archive.read("word/document.xml")).itertext())


def test_a_new_form_is_typeset_from_its_file_alone(tmp_path: Path) -> None:
    text = Path(forms.__file__).with_name("forms").joinpath("2021.toml").read_text(encoding="utf-8")
    text = text.replace('id = "2021"', 'id = "2031"').replace("first_year = 2021", "first_year = 2031")
    text = text.replace('label = "2.重复申请"', 'label = "2.一再提出的申请"')
    (tmp_path / "2031.toml").write_text(text, encoding="utf-8")
    more = forms.load(tmp_path)
    what = draw_report(random.Random(3), form="2031", year=2031, agency="样本乙市人民政府", size=50, forms=more)
    assert "2.一再提出的申请" in render(what, Layout("txt"), forms=more).decode()


def test_printing_changes_no_meaning() -> None:
    what = draft(size=30_000)
    for layout in (Layout(thousands="half"), Layout(thousands="full", digits="full"), Layout(digits="full")):
        shown = printed_figures(what, layout, FORMS)
        assert {a: clean.parse(t).value for a, t in shown.items()} == {
            a: clean.parse(t).value for a, t in what.figures.items()
        }
    blank = printed_figures(draft(prints="blank_zeros"), Layout(blank_as="/"), FORMS)
    assert "" not in blank.values()
    assert "/" in blank.values()


@pytest.mark.parametrize("seed", range(40))
def test_label_noise_keeps_the_words(seed: int) -> None:
    for table in FORMS["2021"].tables:
        for block in table.blocks:
            for entry in (*block.rows, *block.columns):
                noisy = clean.fold(label(entry.label, Layout(label_noise=seed)))
                bare = re.sub(r"^(\d)[.、]", r"\1.", noisy)
                assert bare == clean.fold(entry.label)


def test_extra_subtotal_column_is_the_sum_of_its_group() -> None:
    what, layout = draft(), Layout(extra_subtotal_column=True)
    shown = printed_figures(what, layout, FORMS)
    parts = ("business", "research", "public_interest", "legal_service", "other_org")
    assert int(shown["requests", "new", "organisations_subtotal"]) == sum(
        int(what.figures["requests", "new", c]) for c in parts
    )
    sheet = tables(what, layout)[1]
    assert [c.text for c in sheet.cells if c.row == 2] == [
        "商业企业",
        "科研机构",
        "社会公益组织",
        "法律服务机构",
        "其他",
        "小计",
    ]


def test_rows_without_figures_are_not_printed() -> None:
    what = draft()
    figures = {a: t for a, t in what.figures.items() if a[1] != "regulations"}
    assert "规章\t" not in render(replace(what, figures=figures), Layout("txt")).decode()


def test_titles_and_encodings() -> None:
    def lines(**options: object) -> list[str]:
        return render(draft(), Layout("txt", **options)).decode().splitlines()[2:5]  # type: ignore[arg-type]

    assert lines()[0] == "样本甲市人民政府2022年政府信息公开工作年度报告"
    assert lines(title_style="year_first")[0] == "2022年样本甲市人民政府政府信息公开工作年度报告"
    assert lines(title_style="own_line")[::2] == ["样本甲市人民政府", "2022年政府信息公开工作年度报告"]
    assert "样本甲市" not in render(draft(), Layout("html", title_style="no_agency")).decode()
    lying = render(draft(), Layout("html", encoding="gb18030-claiming-utf-8"))
    assert b'charset="utf-8"' in lying
    assert "样本甲市" in lying.decode("gb18030")


@pytest.mark.parametrize("seed", range(60))
def test_any_layout_can_be_printed(seed: int) -> None:
    rng = random.Random(seed)
    layout = draw_layout(rng)
    what = draft(rng.choice(["2019", "2021"]), rng.choice([0, 5, 200, 5000]), seed, prints=rng.choice(get_args(Prints)))
    data = render(what, layout)
    if layout.format == "pdf":
        printed = "".join("".join(page_texts(data)).split())
        missing = [a for a, t in printed_figures(what, layout, FORMS).items() if "".join(t.split()) not in printed]
        assert missing == []


def test_errors_name_the_value(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="borders='wavy'"):
        Layout(borders="wavy")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="blank_as='x'"):
        Layout(blank_as="x")
    with pytest.raises(UsageError, match=r"proactive\.nothing\.total"):
        render(replace(draft(), figures={("proactive", "nothing", "total"): "1"}), Layout())
    with pytest.raises(UsageError, match=r"ends in \.pdf"):
        write(draft(), Layout("pdf"), tmp_path / "report.docx")
