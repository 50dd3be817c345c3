"""Every class of layout: what leaves no choice is read exactly, all else is flagged, nothing silently wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest
from layout_cases import (
    EXACT,
    FLAGGED,
    NOT_STATUTORY,
    OUTCOMES,
    Case,
    requests_cut_into_left_and_right,
    texts,
    torn,
)
from layouts import (
    FILLS,
    HEADINGS,
    Sheet,
    describe,
    expected,
    fill,
    page,
    read_html,
    read_page,
    read_plain,
    rows_html,
    sheet,
    sheets,
    text_page,
)
from mutations import mutate
from rounds import compare

from govdisclose.alignment import Aligned, align
from govdisclose.forms import load
from govdisclose.model import Address, Box, Cell, Document, Grid, GridCell, Paragraph

YEARS = {"2021": 2022, "2019": 2020}
STYLES = ("distinct", "sparse")


def relations(aligned: Aligned) -> Counter[str]:
    return Counter(f.relation for f in aligned.findings)


@pytest.mark.parametrize("form", YEARS)
@pytest.mark.parametrize("case", EXACT.values(), ids=EXACT)
def test_layouts_that_leave_no_choice_are_exact(case: Case, form: str) -> None:
    for style in STYLES:
        html, parts = case(form, style)
        aligned = read_page(html, YEARS[form])
        count = compare(expected(*parts.values()), aligned.cells)
        assert count.exact, (style, count.examples[:5], describe(aligned))


@pytest.mark.parametrize("form", YEARS)
@pytest.mark.parametrize("case", FLAGGED.values(), ids=FLAGGED)
def test_layouts_that_leave_a_choice_are_flagged(case: Case, form: str) -> None:
    for style in STYLES:
        html, parts = case(form, style)
        aligned = read_page(html, YEARS[form])
        count = compare(expected(*parts.values()), aligned.cells)
        assert not count.silent and not count.state_wrong and not count.false_alarms, (style, count.examples[:5])
        assert count.flagged <= 22, (style, count.examples[:5], describe(aligned))


@pytest.mark.parametrize("corner", ["信息内容", ""])
@pytest.mark.parametrize(
    ("header", "doubtful"),
    [
        ("本年收费金额（单位：万元）", False),
        ("收费情况", False),
        ("金额", False),
        ("（单位：万元）", False),
        ("", False),
        (None, False),
        ("备注", True),
        ("办理人数", True),
        ("数量", True),
        ("处理决定数量", True),
    ],
)
def test_a_lone_column_under_a_header_that_no_form_knows_is_doubtful(
    header: str | None, doubtful: bool, corner: str
) -> None:
    block = texts(*([] if header is None else [(corner, header)]), ("行政事业性收费", "12"))
    (cell,) = [c for c in read_page(page(f"<p>{HEADINGS['proactive']}</p>{block}")).cells if c.row == "fees"]
    assert (cell.state, cell.value) == (("unreadable", None) if doubtful else ("number", 12)), cell.address


@pytest.mark.parametrize("html", NOT_STATUTORY.values(), ids=NOT_STATUTORY)
def test_what_is_no_statutory_table_gives_no_numbers(html: str) -> None:
    aligned = read_page(page(html))
    assert [c for c in aligned.cells if c.value is not None] == []
    assert relations(aligned)["table_missing"] >= 2


@pytest.mark.parametrize(
    ("case", "relation"),
    [
        ("unknown_row", "unknown_row"),
        ("unknown_row_in_the_middle", "unknown_row"),
        ("grand_total_row", "unknown_row"),
        ("unknown_column", "unknown_column"),
        ("remarks_column", "unknown_column"),
        ("group_lines_with_numbers", "unknown_row"),
        ("subtotal_rows", "unknown_row"),
        ("remedies_litigation_not_told_apart", "rows_missing"),
        ("typos", "label_differs"),
        ("another_report_after_it", "second_table"),
        ("printed_twice_the_same", "printed_again"),
        ("a_column_is_missing", "rows_missing"),
        ("a_block_is_missing", "rows_missing"),
    ],
)
def test_what_deviates_is_said(case: str, relation: str) -> None:
    html, _ = EXACT[case]("2021", "distinct")
    assert relations(read_page(html))[relation] >= 1


def test_the_form_as_printed_needs_no_word() -> None:
    html, _ = EXACT["as_the_form_prints_it"]("2021", "distinct")
    assert read_page(html).findings == ()
    html, _ = EXACT["printed_twice_the_same"]("2021", "distinct")
    assert {f.severity for f in read_page(html).findings} == {"notice"}


@pytest.mark.parametrize(
    ("printed", "count", "money", "change"),
    [
        ("1,717", 1717, 1717, 1717),
        ("１，７１７", 1717, 1717, 1717),
        ("1 717", 1717, 1717, 1717),
        ("０", 0, 0, 0),
        ("零", 0, 0, 0),
        ("无", "dash", "dash", "dash"),
        ("—— ——", "dash", "dash", "dash"),
        ("\\", "dash", "dash", "dash"),
        ("N/A", "dash", "dash", "dash"),
        ("22（其中修订16件）", 22, 22, 22),
        ("3件", 3, 3, 3),
        ("增10", 10, 10, 10),
        ("+10", 10, 10, 10),
        ("减2", "unreadable", "unreadable", -2),
        ("-3", "unreadable", "unreadable", -3),
        ("12.0", 12, 12.0, 12),
        ("1.5", "unreadable", 1.5, "unreadable"),
        ("251000元", "unreadable", 251000, "unreadable"),
        ("1276.5534万元", "unreadable", 1276.5534, "unreadable"),
        ("5600.00万", 56000000, 5600.0, 56000000),
        ("007", "unreadable", "unreadable", "unreadable"),
        ("O", "unreadable", "unreadable", "unreadable"),
        ("12*", "unreadable", "unreadable", "unreadable"),
        ("约12", "unreadable", "unreadable", "unreadable"),
        ("12.", "unreadable", "unreadable", "unreadable"),
        ("12\n3", "unreadable", "unreadable", "unreadable"),
        ("12 13", "unreadable", "unreadable", "unreadable"),
        ("2 0", "unreadable", "unreadable", "unreadable"),
        ("12 345 678", 12345678, 12345678, 12345678),
        ("1 717 20", "unreadable", "unreadable", "unreadable"),
        ("12件，其中3件新增", "unreadable", "unreadable", "unreadable"),
        ("12.5元/万元", "unreadable", "unreadable", "unreadable"),
        ("10（减）", "unreadable", "unreadable", -10),
        ("（减）10", "unreadable", "unreadable", -10),
        ("10减", "unreadable", "unreadable", -10),
        ("↓10", "unreadable", "unreadable", -10),
        ("10（增）", 10, 10, 10),
        ("10（比上年减少）", 10, 10, "unreadable"),
        ("-10（减）", "unreadable", "unreadable", "unreadable"),
        ("12②", 12, 12, 12),
        ("12²", 12, 12, 12),
        ("②", "unreadable", "unreadable", "unreadable"),
        ("见附件", "text", "text", "text"),
        ("一", "text", "text", "text"),
    ],
)
def test_values(printed: str, count: object, money: object, change: object) -> None:
    places: list[tuple[str, Address, object]] = [
        ("2021", ("requests", "granted", "business"), count),
        ("2021", ("proactive", "fees", "amount_10k_yuan"), money),
        ("2019", ("proactive", "licences", "change"), change),
    ]
    for form, address, wanted in places:
        figures = fill(address[0], form, "distinct") | {address: printed}
        aligned = read_page(page(sheet(address[0], form, figures=figures)), YEARS[form])
        cell = next(c for c in aligned.cells if c.key == address)
        assert (cell.value if cell.state == "number" else cell.state) == wanted
        assert cell.raw == printed
        told = any(address in f.cells for f in aligned.findings)
        assert told == (cell.state == "unreadable"), describe(aligned)


def test_units_of_money() -> None:
    address = ("proactive", "fees", "amount_10k_yuan")
    for header, text, unit in (
        ("本年收费金额（单位：万元）", "12", "10k_yuan"),
        ("本年收费金额（单位：元）", "12", "yuan"),
        ("本年收费金额", "251000元", "yuan"),
        ("本年收费金额（单位：万元）", "251000元", "yuan"),
        ("本年收费金额", "12万", "10k_yuan"),
    ):
        part = sheet("proactive", figures=fill("proactive", "2021", "distinct") | {address: text})
        part.find("本年收费金额").text = header
        cell = next(c for c in read_page(page(part)).cells if c.key == address)
        assert cell.unit == unit


def row(part: Sheet, name: str) -> tuple[int, list[int]]:
    at = part.row_of(name)
    return at, [j for j, b in enumerate(part.rows[at]) if b.key]


def cell_of(aligned: Aligned, address: Address) -> Cell:
    return next(c for c in aligned.cells if c.key == address)


def test_a_number_torn_over_two_cells_is_flagged() -> None:
    part = sheet("requests")
    at, values = row(part, "granted")
    first = part.rows[at][values[2]]
    first.text = "2"
    part.rows[at].insert(values[3], type(first)("0"))
    aligned = read_page(page(part))
    assert {c.state for c in aligned.cells if c.row == "granted"} == {"unreadable"}
    assert {c.state for c in aligned.cells if c.row == "partial"} == {"number"}


def test_two_numbers_in_one_cell_are_flagged() -> None:
    part = sheet("requests")
    at, values = row(part, "granted")
    a, b = (part.rows[at][values[i]] for i in (2, 3))
    a.text, b.text = f"{a.text} {b.text}", ""
    cell = cell_of(read_page(page(part)), ("requests", "granted", "research"))
    assert cell.state == "unreadable" and int(a.text.split()[0]) in cell.candidates


@pytest.mark.parametrize("form", YEARS)
def test_the_right_half_of_a_table_goes_on_with_the_left(form: str) -> None:
    html, parts = requests_cut_into_left_and_right(form, "distinct")
    count = compare(expected(*parts.values()), read_page(html, YEARS[form]).cells)
    assert count.exact, count.examples
    html, parts = requests_cut_into_left_and_right(form, "sparse")
    count = compare(expected(*parts.values()), read_page(html, YEARS[form]).cells)
    assert not count.silent, count.examples


@pytest.mark.parametrize("row_id", ["refused_law", "refused_process", "not_processed_publication"])
@pytest.mark.parametrize("at", [2, 5])
@pytest.mark.parametrize("repeat", [None, False, True])
def test_a_row_torn_in_two_keeps_its_numbers(row_id: str, at: int, repeat: bool | None) -> None:
    html, parts = torn("2021", "distinct", row_id, at, repeat=repeat)
    count = compare(expected(*parts.values()), read_page(html).cells)
    assert count.exact, count.examples


@pytest.mark.parametrize(
    ("row", "at", "lost", "stray"),
    [("refused_law", 4, "某某某某", ""), ("refused_law", 4, "某某某某", "★"), ("new", 2, "一、", "")],
)
def test_no_blank_is_sure_where_numbers_without_a_row_end_the_grid_before(
    row: str, at: int, lost: str, stray: str
) -> None:
    html, _ = torn("2021", "distinct", row, at, repeat=False, lost=lost, stray=stray)
    states = {c.state for c in read_page(html).cells if c.row == row and not c.raw}
    assert states == {"unreadable"}


def test_a_cell_that_holds_something_but_no_text_is_not_blank() -> None:
    document = read_html(page(sheet("requests", figures=fill("requests", "2021", "sparse"))))
    blocks = [
        replace(b, cells=tuple(c if c.text else c._replace(doubt="a picture stands in it") for c in b.cells))
        if isinstance(b, Grid)
        else b
        for b in document.blocks
    ]
    aligned = align(replace(document, blocks=tuple(blocks)), load(), year=2022)
    assert not {c.state for c in aligned.cells if c.table == "requests"} & {"blank"}


@pytest.mark.parametrize("text", ["", "7"])
def test_a_cell_over_two_columns_holds_only_where_it_is_blank(text: str) -> None:
    part = sheet("requests")
    at, values = row(part, "granted")
    part.rows[at][values[2]].colspan, part.rows[at][values[2]].text = 2, text
    del part.rows[at][values[3]]
    aligned = read_page(page(part))
    got = [cell_of(aligned, ("requests", "granted", c)).state for c in ("research", "public_interest", "business")]
    assert got == (["unreadable", "unreadable", "number"] if text else ["blank", "blank", "number"])


def test_a_cell_over_two_rows_is_flagged_below() -> None:
    html, _ = FLAGGED["a_value_over_two_rows"]("2021", "distinct")
    aligned = read_page(html)
    assert cell_of(aligned, ("requests", "granted", "natural_person")).state == "number"
    assert cell_of(aligned, ("requests", "partial", "natural_person")).state == "unreadable"


def test_an_address_says_what_it_rests_on() -> None:
    part = sheet("requests")
    assert cell_of(read_page(page(part)), ("requests", "granted", "total")).address == "row=exact+number;column=header"
    part.rows = [r for r in part.rows if any(b.key for b in r)]
    assert (
        cell_of(read_page(page(part)), ("requests", "granted", "total")).address == "row=exact+number;column=position"
    )
    html, _ = EXACT["no_spans_declared"]("2021", "distinct")
    assert cell_of(read_page(html), ("requests", "granted", "total")).address == "row=exact+number;column=order"
    html, _ = EXACT["typos"]("2021", "distinct")
    assert cell_of(read_page(html), ("requests", "refused_law", "total")).address.startswith("row=fuzzy:")


@pytest.mark.parametrize(("shift", "how"), [(0.0, "header"), (3.0, "header"), (30.0, "order")])
def test_a_last_row_alone_on_a_page_stands_below_the_header_of_the_page_before(shift: float, how: str) -> None:
    document = read_html(page(sheet("requests", figures=fill("requests", "2021", "sparse"))))
    (grid,) = (b for b in document.blocks if isinstance(b, Grid))
    last = grid.cells[-1].row

    def boxed(cell: GridCell) -> GridCell:
        number, off = (2, shift) if cell.row == last else (1, 0.0)
        x0, x1 = 50.0 * cell.col + off, 50.0 * (cell.col + cell.colspan) + off
        return cell._replace(box=Box(number, x0, 20.0 * cell.row, x1, 20.0 * (cell.row + cell.rowspan)))

    cells = [boxed(cell) for cell in grid.cells]
    label, *values = [cell._replace(row=0) for cell in cells if cell.row == last]
    rest = (label._replace(colspan=1), *(c._replace(col=n) for n, c in enumerate(values, 1)))
    parts = (Grid(tuple(c for c in cells if c.row < last), page=1), Grid(rest, page=2))
    blocks = tuple(part for b in document.blocks for part in (parts if b is grid else (b,)))
    aligned = align(replace(document, blocks=blocks), load(), year=2022)
    got = cell_of(aligned, ("requests", "carried_out", "research"))
    assert got.address.endswith(f"column={how}") and got.state == "number"


def test_a_row_moved_is_read_by_its_label() -> None:
    part = sheet("requests")
    part.rows = part.flat()
    want = expected(part)
    part.rows.insert(part.row_of("granted"), part.rows.pop(part.row_of("carried_out")))
    aligned = read_page(page(part))
    assert compare(want, aligned.cells).silent == 0
    assert relations(aligned)["row_out_of_order"] == 1


def test_columns_in_another_order_are_read_by_their_header() -> None:
    part = sheet("requests")
    want = expected(part)
    header = part.rows[part.headers - 1]
    header[0], header[3] = header[3], header[0]
    for line in part.rows[part.headers :]:
        values = [i for i, b in enumerate(line) if b.key]
        line[values[1]], line[values[4]] = line[values[4]], line[values[1]]
    aligned = read_page(page(part))
    assert compare(want, aligned.cells).exact
    assert relations(aligned)["columns_out_of_order"] == 1


def test_a_form_left_blank_before_the_one_filled_in_says_nothing() -> None:
    blank, filled = sheets("2021"), sheets("2021")
    for part in blank.values():
        for box in part.boxes():
            box.text = "" if box.key else box.text
    aligned = read_page(page(*blank.values(), *filled.values()))
    assert compare(expected(filled["requests"]), [c for c in aligned.cells if c.table == "requests"]).exact


def test_two_lines_of_numbers_under_one_header_contest_each_cell() -> None:
    html, _ = FLAGGED["remedies_two_years"]("2021", "distinct")
    aligned = read_page(html)
    cells = [c for c in aligned.cells if c.table == "remedies"]
    assert {c.state for c in cells} == {"unreadable"} and all(len(c.candidates) == 2 for c in cells)
    assert relations(aligned)["printed_twice"] == 1


def test_the_form_before_2019_gives_no_cells() -> None:
    rows = [
        ("序号", "统计指标", "单位", "统计数"),
        ("1", "一、主动公开情况", "", ""),
        ("2", "其中：主动公开规范性文件数", "条", "12"),
        ("3", "制发规范性文件总数", "件", "13"),
        ("4", "三、依申请公开情况", "", ""),
        ("5", "（一）收到申请数", "件", "44"),
        ("6", "2.同意公开答复数", "件", "20"),
        ("7", "3.同意部分公开答复数", "件", "5"),
        ("8", "其中：1.涉及国家秘密", "件", "1"),
        ("9", "四、行政复议数量", "件", "2"),
        ("10", "（一）维持具体行政行为数", "件", "1"),
        ("11", "（二）被依法纠错数", "件", "1"),
        ("12", "（三）其他情形数", "件", "0"),
        ("13", "五、行政诉讼数量", "件", "3"),
    ]
    for html in (texts(*rows), texts(*(r[1:] for r in rows)), "".join(f"<p>{' '.join(r)}</p>" for r in rows)):
        assert [c for c in read_page(page(html), 2018).cells if c.value is not None] == []


def test_text_with_its_repetitions_dropped_is_withdrawn() -> None:
    blocks = ("第二十条第（一）项", "第二十条第（五）项", "第二十条第（六）项", "第二十条第（八）项")
    lines = [
        *(blocks[0], "信息内容", "本年制发件数", "本年废止件数", "现行有效件数", "规章", "0", "行政规范性文件"),
        *(blocks[1], "本年处理决定数量", "行政许可", "12", blocks[2], "行政处罚", "行政强制"),
        *(blocks[3], "本年收费金额（单位：万元）", "行政事业性收费"),
    ]
    document = Document(tuple(Paragraph(t) for t in lines), "text", "lines")
    aligned = align(document, load(), year=2022)
    assert relations(aligned)["not_recoverable"] == 1
    assert {c.state for c in aligned.cells} <= {"unreadable", "absent"}
    repeated = (*lines[:9], "信息内容", *lines[9:12], blocks[2], "信息内容", *lines[13:])
    again = align(Document(tuple(Paragraph(t) for t in repeated), "text", "lines"), load(), year=2022)
    assert relations(again)["not_recoverable"] == 0


def test_a_table_in_pasted_text_needs_no_grid() -> None:
    lines = ["四、政府信息公开行政复议、行政诉讼情况", "行政复议", *OUTCOMES, *["1", "2", "3", "4", "10"]]
    aligned = read_plain("\n".join(lines))
    got = {c.column: c.value for c in aligned.cells if c.row == "review"}
    assert got == {"upheld": 1, "corrected": 2, "other": 3, "pending": 4, "total": 10}


def test_an_empty_document_has_no_tables() -> None:
    aligned = align(Document((), "html", "dom"), load())
    assert aligned.span == {} and relations(aligned) == {"table_missing": 3}
    assert {c.state for c in aligned.cells} == {"absent"}


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_no_mutation_of_a_table_makes_a_silent_error(start: int) -> None:
    for seed in range(start, start + 50):
        mutated = mutate(seed)
        cells = read_page(mutated.html, YEARS[mutated.form]).cells
        assert mutated.silent(cells) == [], (seed, mutated.name)


@pytest.mark.parametrize("way", ["tabs", "bars", "ragged_tabs", "spaces", "lines"])
def test_no_mutation_of_pasted_text_makes_a_silent_error(way: str) -> None:
    for seed in range(60):
        mutated = mutate(seed, partial(text_page, way))
        cells = read_plain(mutated.html, YEARS[mutated.form]).cells
        assert mutated.silent(cells) == [], (seed, mutated.name)


def test_fills_differ() -> None:
    assert len({tuple(fill("requests", "2021", style).values()) for style in FILLS}) == len(FILLS)
    assert rows_html([]) == "<table></table>"
