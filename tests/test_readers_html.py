"""HTML: what a browser shows, in order; spans, nesting, encodings that lie, pages around reports."""

from __future__ import annotations

import tracemalloc

import pytest

from govdisclose.clean import parse
from govdisclose.errors import UnreadableFile
from govdisclose.model import Grid, GridCell, Paragraph
from govdisclose.readers.html import read_html

Shape = list[tuple[int, int, int, int, str]]


def grids(page: str | bytes) -> list[Grid]:
    return [block for block in read_html(page).blocks if isinstance(block, Grid)]


def shape(grid: Grid) -> Shape:
    return [(c.row, c.col, c.rowspan, c.colspan, c.text) for c in grid.cells]


def texts(page: str | bytes) -> list[str]:
    return [block.text for block in read_html(page).blocks if isinstance(block, Paragraph)]


PAGE = '<html><head><meta charset="{}"><title>某局年报</title></head><body><p>政府信息公开</p></body></html>'


@pytest.mark.parametrize(
    ("claim", "truth", "codes"),
    [
        ("utf-8", "utf-8", []),
        ("gb2312", "gb18030", []),
        ("utf-8", "gb18030", ["wrong_encoding"]),
        ("gbk", "utf-8", ["wrong_encoding"]),
        ("iso-8859-1", "gb18030", []),
        ("nonsense", "utf-8", []),
        ("utf-8", "utf-16", []),
        ("big5", "big5", []),
    ],
)
def test_encodings_that_lie(claim: str, truth: str, codes: list[str]) -> None:
    page = PAGE.format(claim)
    title = "某局年报"
    if truth == "big5":
        page, title = page.replace("报", "報").replace("开", "開").replace("信息", "資訊"), "某局年報"
    document = read_html(page.encode(truth))
    assert document.metadata["title"] == title
    assert [note.code for note in document.notes] == codes


def test_a_few_bad_bytes_do_not_change_the_encoding() -> None:
    data = PAGE.format("utf-8").replace("公开", "公开" * 200).encode()
    document = read_html(data.replace("政".encode(), "政".encode()[:2]))
    assert document.metadata["encoding"] == "utf-8"
    assert [note.code for note in document.notes] == ["damaged_text"]


def test_inline_pieces_join_and_blocks_part() -> None:
    page = "<div>共<span>1</span><span><b>2</b></span>\n 件<p>甲<br>乙</p>丙</div><h2>二、<font>情况</font></h2>"
    assert texts(page) == ["共12 件", "甲", "乙", "丙", "二、情况"]
    assert read_html(page).blocks[-1] == Paragraph("二、情况", line=2, heading=2)


def test_what_is_not_shown_is_not_read() -> None:
    page = """<script>var a = "甲";</script><style>p{}</style><noscript>乙</noscript><template><p>丙</p></template>
    <p style="DISPLAY : none">丁</p><div hidden>戊</div><!-- 己 --><textarea>庚</textarea><select><option>辛</select>
    <iframe srcdoc="<p>壬</p>"></iframe><span style="mso-hide:all">癸</span>正文"""
    assert texts(page) == ["正文"]


def test_spans_take_their_places() -> None:
    page = """<table><tr><td rowspan=2>a<td colspan=2>b<td rowspan="9">c</tr>
    <tr><td>d<td><p>1</p><p>2</p></tr><tr><td colspan=0>e<td>&nbsp;</table>"""
    (grid,) = grids(page)
    assert grid.geometry and grid.blanks
    assert shape(grid) == [
        (0, 0, 2, 1, "a"),
        (0, 1, 1, 2, "b"),
        (0, 3, 3, 1, "c"),
        (1, 1, 1, 1, "d"),
        (1, 2, 1, 1, "1\n2"),
        (2, 0, 1, 1, "e"),
        (2, 1, 1, 1, ""),
    ]


def test_row_groups_bound_spans_and_order_rows() -> None:
    page = """<table><caption>题</caption><tfoot><tr><td>f<td>9</tr></tfoot><thead><tr><th rowspan=0>h<th>x</tr></thead>
    <tbody><tr><td rowspan=0>a<td>1</tr><tr><td>2</tr></tbody><tbody><tr><td>b<td>3</tr></tbody></table>"""
    (grid,) = grids(page)
    assert grid.caption == "题"
    assert [(c.row, c.col, c.rowspan, c.text) for c in grid.cells] == [
        (0, 0, 1, "h"),
        (0, 1, 1, "x"),
        (1, 0, 2, "a"),
        (1, 1, 1, "1"),
        (2, 1, 1, "2"),
        (3, 0, 1, "b"),
        (3, 1, 1, "3"),
        (4, 0, 1, "f"),
        (4, 1, 1, "9"),
    ]


def test_absurd_spans() -> None:
    (grid,) = grids("<table><tr><td colspan=99999999 rowspan=99999999>a<td colspan=x rowspan=-1>b</table>")
    assert shape(grid) == [(0, 0, 1, 1000, "a"), (0, 1000, 1, 1, "b")]


def test_cells_without_rows_and_rows_within_forms() -> None:
    assert [c.text for c in grids("<table><td>1<td>2</table>")[0].cells] == ["1", "2"]
    assert [c.text for c in grids("<table><form><tr><td>1<td>2</tr></form></table>")[0].cells] == ["1", "2"]


def test_values_in_input_fields() -> None:
    (grid,) = grids('<table><tr><td>甲<td><input value="12" readonly><td><input type="hidden" value="7"></table>')
    assert [c.text for c in grid.cells] == ["甲", "12", ""]


def test_hidden_cells_take_no_place() -> None:
    (grid,) = grids('<table><tr><td>甲<td style="display:none">0<td>1</table>')
    assert shape(grid) == [(0, 0, 1, 1, "甲"), (0, 1, 1, 1, "1")]


def test_layout_tables_are_unfolded_in_order() -> None:
    page = """<table><tr><td>左栏<td><h1>题</h1><p>一、总体情况</p><table><tr><td>规章<td>0<td>3</table>
    <p>正文</p></td></tr></table>尾"""
    made = read_html(page).blocks
    assert [b.text if isinstance(b, Paragraph) else len(b.cells) for b in made] == [
        "左栏",
        "题",
        "一、总体情况",
        3,
        "正文",
        "尾",
    ]


def test_table_in_a_cell_of_data() -> None:
    page = "<table>" + "<tr><td>甲<td>1<td>2<td>3</tr>" * 3
    page += "<tr><td>乙<td colspan=3>注<table><tr><td>内<td>9</table></tr></table>完"
    outer, inner, end = read_html(page).blocks
    assert isinstance(outer, Grid) and outer.cells[-1].text == "注"
    assert isinstance(inner, Grid) and [c.text for c in inner.cells] == ["内", "9"]
    assert isinstance(end, Paragraph)


def test_sentences_in_rows_of_a_data_table() -> None:
    prose = "本机关认真落实各项要求。" * 12
    page = f"<table><tr><td colspan=4>一、总体情况<tr><td colspan=4><p>{prose}</p><tr><td colspan=4>二、情况"
    page += "<tr><td>规章<td>0<td>1<td>2<tr><td>文件<td>3<td>4<td>5<tr><td colspan=4>三、其他</table>"
    made = read_html(page).blocks
    assert [b.text if isinstance(b, Paragraph) else (b.cells[0].row, b.cells[0].text) for b in made] == [
        "一、总体情况",
        prose,
        "二、情况",
        (0, "规章"),
    ]


def test_menus_go_and_lists_of_content_stay() -> None:
    menu = "<ul>" + "".join(f"<li><a href=#>栏目{n}</a></li>" for n in range(5)) + "</ul>"
    page = f"<div class='mainNav'>{menu}</div><h1>年报</h1><ul><li>一是加强学习<li>二是<a>附件</a></ul>"
    page += "<div class='nav'><a>1</a><a>2</a><a>3</a><table><tr><td>甲<td>1</table></div>"
    document = read_html(page)
    assert texts(page) == ["年报", "一是加强学习", "二是附件", "123"]
    assert isinstance(document.blocks[-1], Grid)


def test_metadata() -> None:
    page = """<title> 某局
    年报 </title><meta name="ArticleTitle" content="题"><meta property="og:title" content="o"><meta name=x content="">
    <body><title>站名</title><publishtime>2024-01-17</publishtime><p>甲</p>"""
    assert read_html(page).metadata == {
        "title": "某局 年报",
        "articletitle": "题",
        "og:title": "o",
        "publishtime": "2024-01-17",
    }
    assert texts(page) == ["2024-01-17", "甲"]


def test_xhtml_that_closes_itself() -> None:
    page = """<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/>
    <script src="a.js"/></head><body><p/><table><tr><td/><td>1</td></tr></table></body></html>"""
    assert [c.text for c in grids(page)[0].cells] == ["", "1"]


def test_preformatted_text_keeps_its_rows() -> None:
    (grid,) = grids("<pre>规章\t0\t0\t3\n文件\t1\t\t2\n</pre>")
    assert not grid.geometry and [c.text for c in grid.cells][4:] == ["文件", "1", "", "2"]


def test_rows_of_bars_in_paragraphs() -> None:
    (grid,) = grids("<p>甲 | 1 | 2 |</p><p>乙 | | 3 |</p>")
    assert [c.text for c in grid.cells] == ["甲", "1", "2", "乙", "", "3"]


def test_tables_of_boxes_lose_no_text() -> None:
    page = "<div style='display:table-row'><div style='display:table-cell'>甲</div><div>1</div></div>"
    assert texts(page) == ["甲", "1"]


def test_saved_page() -> None:
    page = (
        b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=XX\r\n\r\n--XX\r\n"
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"<p>=E6=94=BF=E5=BA=9C</p>\r\n--XX\r\nContent-Type: image/png\r\n\r\nxx\r\n--XX--\r\n"
    )
    assert texts(page) == ["政府"]
    with pytest.raises(UnreadableFile, match="MHTML"):
        read_html(page.replace(b"text/html", b"text/css"))


@pytest.mark.parametrize(
    "page", ["<frameset><frame src=a.html></frameset>", "<script>x</script>", "<html></html>", " "]
)
def test_pages_without_text(page: str) -> None:
    document = read_html(page)
    assert document.blocks == ()
    assert document.notes[-1].code == "empty_page"


def test_page_cut_in_a_table() -> None:
    assert read_html("<html><table><tr><td>甲<td>1<tr><td>乙<td").notes[-1].code == "truncated"


@pytest.mark.parametrize("opening", ["<table><tr><td>", "<div>", "<span><b>", "<ul><li>", "<font>"])
def test_depth(opening: str) -> None:
    for count in (100, 10_000):
        try:
            document = read_html("<body>" + opening * count + "7")
        except UnreadableFile as error:
            assert "deep" in str(error)
        else:
            assert document.blocks[-1] == Paragraph("7", line=1)


def test_many_wide_cells_do_not_exhaust_memory() -> None:
    tracemalloc.start()
    try:
        read_html("<table>" + "<tr><td colspan=1000 rowspan=60000>1" * 20_000 + "</table>")
        assert tracemalloc.get_traced_memory()[1] < 1 << 28
    finally:
        tracemalloc.stop()


def test_embedded_pictures_do_not_count() -> None:
    picture = "data:image/png;base64," + "A" * (18 << 20)
    assert texts(f'<p><img src="{picture}">甲</p>') == ["甲"]


def cell(content: str, attributes: str = "") -> GridCell:
    """The cell that follows a label, in a table of data."""
    return grids(f"<table><tr><td>甲<td {attributes}>{content}</td></tr><tr><td>乙<td>1</table>")[0].cells[1]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("12<sup>1</sup>", "12¹"),
        ("<b>12<span style='vertical-align: super'>10</span></b>", "12¹⁰"),
        ("12<sub>3</sub>", "12₃"),
        ("12<sup><a href=#n>[1]</a></sup>", "12[¹]"),
        ("12<sup><s>4</s></sup>", "12"),
    ],
)
def test_notes_are_no_digits_of_the_number(content: str, text: str) -> None:
    assert cell(content).text == text and parse(text).value == 12
    assert texts(f"<p>共{content}") == [f"共{text}"]


def test_every_raised_digit_is_a_mark() -> None:
    assert {parse(f"12{digit}").value for digit in "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"} == {12}


@pytest.mark.parametrize(
    "content",
    [
        "<s>9</s>12",
        "<del>9</del><ins>12</ins>",
        "<strike><b>9</b></strike>12",
        "<span style='text-decoration:underline line-through'>9</span>12",
        "<p style='text-decoration-line: line-through'>9</p>12",
        "<span style='text-line-through:double'>9</span>12",
    ],
)
def test_crossed_out_text_is_left_out(content: str) -> None:
    document = read_html(f"<p>{content}</p><table><tr><td>甲<td>{content}</td></tr><tr><td>乙<td>1</table>")
    paragraph, grid = document.blocks
    assert isinstance(paragraph, Paragraph) and isinstance(grid, Grid)
    assert (paragraph.text, grid.cells[1].text) == ("12", "12")
    assert [note.code for note in document.notes] == ["struck_out"]


def test_what_is_not_crossed_out_or_small() -> None:
    assert cell("<s style='text-decoration:none'>9</s>").text == "9"
    assert cell("<s></s>9").text == "9" and not read_html("<p><s> </s>9").notes
    assert cell("<span style='font-size:10pt'>9</span><i style='font-size:0.5em'>8</i>").text == "98"
    assert texts("<div style='font-size:0'><span style='font-size:14px'>9</span></div>") == ["9"]


def test_many_cells_in_a_table_without_size() -> None:
    assert not grids("<table style='font-size:0'><tr>" + "<td>1" * 20_000 + "</table>")[0].cells[0].text


def test_text_without_size_is_hidden() -> None:
    assert cell("<span style='font-size:0'>9</span>12").text == "12"
    assert cell("<span style='mso-bidi-font-size:0pt'>9</span>12").text == "912"
    assert cell("<font style='color:red;font-size: 0px'>9</font>12").text == "12"


@pytest.mark.parametrize("attributes", ["style='text-decoration:line-through'", "style='font-size:0'"])
def test_a_cell_crossed_out_keeps_its_place(attributes: str) -> None:
    assert (cell("9", attributes).text, cell("9", attributes).col) == ("", 1)
    grid = grids(f"<table><tr {attributes}><td>甲<td>9<tr><td>乙<td>1</table>")[0]
    assert [c.text for c in grid.cells] == ["", "", "乙", "1"]


@pytest.mark.parametrize(
    ("content", "doubt"),
    [
        ("<img src=x.png>", "a picture stands in this cell"),
        ("<p><span><svg><text>12</text></svg></span></p>", "a picture stands in this cell"),
        ("<object data=x></object>", "an embedded object stands in this cell"),
        ("<select><option>12</select>", "a form field stands in this cell"),
        ("12<img src=x.png>", ""),
        ("<img src=x.gif width=1 height=12>", ""),
        ("<img src=x.gif style='width:1px'>", ""),
        ("<img src=x.gif style='display:none'>", ""),
        ("&nbsp;", ""),
    ],
)
def test_a_cell_that_holds_something_else_is_not_blank(content: str, doubt: str) -> None:
    assert cell(content).doubt == doubt


def test_a_cell_that_holds_a_table_is_not_blank() -> None:
    rows = "".join(f"<tr><td>行<td>{n}" for n in range(6))
    inner = "<table><tr><td>{}</table>"
    found = grids(f"<table>{rows}<tr><td>甲<td>{inner.format(7)}<tr><td>乙<td>{inner.format('')}</table>")[0].cells
    assert [c.doubt for c in found if c.row >= 6] == ["", "a table stands in this cell", "", ""]


@pytest.mark.parametrize("between", ["", "\n<!-- 2 -->\n<!DOCTYPE html>"])
def test_what_follows_the_end_of_the_page_is_read(between: str) -> None:
    page = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>文</p></body></html>"
    document = read_html(page.format("甲") + between + page.format("乙"))
    assert [(b.text, b.heading) for b in document.blocks if isinstance(b, Paragraph)] == [
        ("甲", 1),
        ("文", 0),
        ("乙", 1),
        ("文", 0),
    ]
    assert document.metadata["title"] == "甲" and not document.notes
    assert texts("<html><body><p>甲</p></body></html><p>乙</p>") == ["甲", "乙"]
