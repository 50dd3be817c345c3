"""Classes of layouts that sites print, as rearrangements of the statutory tables.

`EXACT` must be read right to the last cell, `FLAGGED` may lack cells but must not get one wrong.
A case takes a form and a fill and gives the page and the sheets whose figures it prints.
"""

from __future__ import annotations

import copy
import csv
import re
from collections.abc import Callable, Sequence
from importlib import resources

from layouts import HEADINGS, Box, Row, Sheet, page, rows_html, sheets

Sheets = dict[str, Sheet]
Made = tuple[str, Sheets]
Case = Callable[[str, str], Made]
Change = Callable[[Sheet], None]

EXACT: dict[str, Case] = {}
FLAGGED: dict[str, Case] = {}
OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
REMEDIES = ("行政复议", "未经复议直接起诉", "复议后起诉")
APPLICANTS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")


def exact(case: Case) -> Case:
    """Must be read exactly."""
    EXACT[case.__name__] = case
    return case


def flagged(case: Case) -> Case:
    """Leaves a choice: nothing may be wrong without a flag."""
    FLAGGED[case.__name__] = case
    return case


def changed(*tables: str, spans: bool = True, headings: bool = True) -> Callable[[Change], Case]:
    """An exact case that changes each of these sheets (all without any) and prints all three."""

    def register(change: Change) -> Case:
        def case(form: str, style: str) -> Made:
            parts = sheets(form, style)
            for table in tables or parts:
                change(parts[table])
            return page(*parts.values(), spans=spans, headings=headings), parts

        EXACT[change.__name__] = case
        return case

    return register


def texts(*lines: Sequence[str]) -> str:
    """A table of plain cells."""
    return rows_html([[Box(t) for t in line] for line in lines])


def labels_of(row: Row) -> list[Box]:
    return [b for b in row if b.kind == "label"]


def values_of(row: Row) -> list[Box]:
    return [b for b in row if b.key]


def relabel(sheet: Sheet, pattern: str, new: str | Callable[[re.Match[str]], str], *kinds: str) -> None:
    for box in sheet.boxes():
        if box.kind in (kinds or ("label",)):
            box.text = re.sub(pattern, new, box.text)


def blanks(n: int) -> Row:
    return [Box("") for _ in range(n)]


def numbers(n: int, start: int = 9000) -> Row:
    return [Box(str(start + i)) for i in range(n)]


# 1. Tables, spans, headers ------------------------------------------------------------------------


@changed()
def as_the_form_prints_it(sheet: Sheet) -> None:
    pass


@changed(spans=False)
def no_spans_declared(sheet: Sheet) -> None:
    pass


@changed()
def empty_cells_for_spans(sheet: Sheet) -> None:
    sheet.rows = sheet.flat()


@changed()
def colspans_too_large(sheet: Sheet) -> None:
    for box in sheet.boxes():
        if box.kind in ("header", "title") and box.colspan > 1:
            box.colspan += 1


@changed()
def colspans_too_small(sheet: Sheet) -> None:
    for box in sheet.boxes():
        if box.kind == "header" and box.colspan > 1:
            box.colspan -= 1


@changed("requests")
def total_header_on_the_last_line(sheet: Sheet) -> None:
    for line in sheet.rows[: sheet.headers]:
        line[:] = [b for b in line if b.text != "总计"]
    for line in sheet.rows[1 : sheet.headers - 1]:
        line.append(Box("", kind="header"))
    sheet.rows[sheet.headers - 1].append(Box("总计", kind="header"))


@changed()
def header_cells_are_th(sheet: Sheet) -> None:
    for box in sheet.boxes():
        box.tag = "td" if box.is_value else "th"


@changed(headings=False)
def heading_is_a_row_of_the_table(sheet: Sheet) -> None:
    sheet.rows.insert(0, [Box(HEADINGS[sheet.id], 1, sheet.width)])


@changed("requests")
def header_again_in_the_middle(sheet: Sheet) -> None:
    at = sheet.row_of("granted")
    sheet.rows = [*sheet.rows[:at], *copy.deepcopy(sheet.rows[: sheet.headers]), *sheet.rows[at:]]
    sheet.rows = sheet.flat()


@changed("requests")
def header_without_its_first_line(sheet: Sheet) -> None:
    sheet.rows = sheet.flat()[1:]


@changed("requests")
def header_on_one_line(sheet: Sheet) -> None:
    sheet.rows = [[*blanks(3), *(Box(t) for t in APPLICANTS)], *sheet.flat()[sheet.headers :]]


@changed("requests")
def header_lost(sheet: Sheet) -> None:
    sheet.rows = [line for line in sheet.rows if values_of(line)]


@changed("requests")
def line_of_column_numbers_below_the_header(sheet: Sheet) -> None:
    sheet.rows = sheet.flat()
    sheet.rows.insert(sheet.headers, [Box("甲"), *blanks(2), *(Box(str(i)) for i in range(1, 8))])


@changed()
def blank_lines_between(sheet: Sheet) -> None:
    sheet.rows = [line for row in sheet.flat() for line in (row, blanks(len(row)))]


@changed()
def blank_column_at_the_end(sheet: Sheet) -> None:
    sheet.rows = [[*row, Box("")] for row in sheet.flat()]


@changed()
def blank_column_at_the_beginning(sheet: Sheet) -> None:
    sheet.rows = [[Box(""), *row] for row in sheet.flat()]


@changed()
def two_grid_columns_for_each(sheet: Sheet) -> None:
    for box in sheet.boxes():
        box.colspan *= 2


@changed("requests")
def each_value_followed_by_an_empty_cell(sheet: Sheet) -> None:
    sheet.rows = [[*row[:3], *(b for v in row[3:] for b in (v, Box("")))] for row in sheet.flat()]


@exact
def one_table_a_line(form: str, style: str) -> Made:
    parts = sheets(form, style)
    return page(*[x for s in parts.values() for x in (HEADINGS[s.id], *(rows_html([r]) for r in s.rows))]), parts


@exact
def one_table_a_line_with_empty_cells(form: str, style: str) -> Made:
    parts = sheets(form, style)
    return page(*[x for s in parts.values() for x in (HEADINGS[s.id], *(rows_html([r]) for r in s.flat()))]), parts


@exact
def all_in_one_table(form: str, style: str) -> Made:
    parts = sheets(form, style)
    width = max(s.width for s in parts.values())
    return page(rows_html([r for s in parts.values() for r in ([Box(HEADINGS[s.id], 1, width)], *s.rows)])), parts


@exact
def all_in_one_table_without_headings(form: str, style: str) -> Made:
    parts = sheets(form, style)
    return page(rows_html([r for s in parts.values() for r in s.rows])), parts


@exact
def all_in_one_table_of_empty_cells(form: str, style: str) -> Made:
    parts = sheets(form, style)
    return page(rows_html([r for s in parts.values() for r in ([Box(HEADINGS[s.id])], *s.flat())])), parts


def _split(form: str, style: str, at: str, *, repeat: bool, flat: bool) -> Made:
    parts = sheets(form, style)
    sheet = parts["requests"]
    rows, cut = (sheet.flat() if flat else sheet.rows), sheet.row_of(at)
    first, second = rows[:cut], [list(r) for r in rows[cut:]]
    reach = [(r + b.rowspan - cut, b) for r, line in enumerate(first) for b in line if r + b.rowspan > cut]
    second[0] = [*(Box("", rest) for rest, _ in reach), *second[0]]
    for rest, box in reach:
        box.rowspan -= rest
    if repeat:
        second = copy.deepcopy(rows[: sheet.headers]) + second
    tables = (rows_html(first), rows_html(second))
    return page(parts["proactive"], HEADINGS["requests"], *tables, parts["remedies"]), parts


def torn(form: str, style: str, row: str, at: int, *, repeat: bool | None, lost: str = "", stray: str = "") -> Made:
    """A row whose label goes on, without numbers, in a row of its own.

    `at`: characters of the label before the break. `repeat`: whether the header stands again behind
    it; None without a break between the two. `lost`: what stands for the label's beginning. `stray`: what stands in
    one of the cells behind its end.
    """
    parts = sheets(form, style)
    rows = parts["requests"].flat()
    cut = parts["requests"].row_of(row)
    label = next(i for i, b in enumerate(rows[cut]) if b.key) - 1
    text = rows[cut][label].text
    rest = [Box("") for _ in rows[cut]]
    rows[cut][label].text, rest[label].text = lost or text[:at], text[at:]
    rest[label + 3].text = stray
    first, second = rows[: cut + 1], [rest, *rows[cut + 1 :]]
    if repeat:
        second = copy.deepcopy(rows[: parts["requests"].headers]) + second
    tables = (rows_html([*first, *second]),) if repeat is None else (rows_html(first), rows_html(second))
    return page(parts["proactive"], HEADINGS["requests"], *tables, parts["remedies"]), parts


@exact
def split_inside_a_group(form: str, style: str) -> Made:
    return _split(form, style, "refused_internal", repeat=False, flat=False)


@exact
def split_inside_a_group_header_repeated(form: str, style: str) -> Made:
    return _split(form, style, "refused_internal", repeat=True, flat=False)


@exact
def split_with_empty_cells(form: str, style: str) -> Made:
    return _split(form, style, "unable_unclear", repeat=False, flat=True)


@exact
def split_with_empty_cells_header_repeated(form: str, style: str) -> Made:
    return _split(form, style, "not_processed_repeat", repeat=True, flat=True)


@exact
def inside_a_layout_table(form: str, style: str) -> Made:
    parts = sheets(form, style)
    html = page(*parts.values()).replace("<body>", "<body><table><tr><td>导航</td><td>")
    return html.replace("</body>", "</td></tr></table></body>"), parts


@exact
def each_table_inside_a_table(form: str, style: str) -> Made:
    parts = sheets(form, style)
    html = page(*parts.values()).replace("<table>", "<table><tr><td><table>")
    return html.replace("</table>", "</table></td></tr></table>"), parts


@exact
def paragraphs_inside_cells(form: str, style: str) -> Made:
    parts = sheets(form, style)
    return re.sub(r"<td([^>]*)>([^<]*)</td>", r"<td\1><p><span>\2</span></p></td>", page(*parts.values())), parts


@exact
def order_of_tables_changed(form: str, style: str) -> Made:
    parts = sheets(form, style)
    return page(parts["remedies"], parts["requests"], parts["proactive"]), parts


@flagged
def labels_and_values_shifted_left(form: str, style: str) -> Made:
    parts = sheets(form, style)
    sheet = parts["requests"]
    rows = sheet.flat()
    for row in rows[sheet.headers :]:
        while not row[0].text and not row[0].key:
            row.pop(0)
    sheet.rows = rows
    return page(*parts.values()), parts


# 2. Rows and columns more or less -----------------------------------------------------------------


@changed("requests")
def ordinal_column(sheet: Sheet) -> None:
    sheet.rows = [
        [Box("序号" if i == 0 else str(i - sheet.headers + 1) if i >= sheet.headers else ""), *row]
        for i, row in enumerate(sheet.flat())
    ]


@changed("requests")
def ordinal_column_with_spans(sheet: Sheet) -> None:
    for i, row in enumerate(sheet.rows):
        if i == 0:
            row.insert(0, Box("序号", sheet.headers))
        elif i >= sheet.headers:
            row.insert(0, Box(str(i)))


@changed("requests")
def remarks_column(sheet: Sheet) -> None:
    for i, row in enumerate(sheet.rows):
        if i == 0:
            row.append(Box("备注", sheet.headers))
        elif i >= sheet.headers:
            row.append(Box("其中2件为信函" if i == sheet.headers else ""))


@changed("requests")
def unknown_column(sheet: Sheet) -> None:
    rows = sheet.flat()
    for i, row in enumerate(rows):
        row.insert(8, Box("其中外国人" if i == sheet.headers - 1 else "" if i < sheet.headers else str(9000 + i)))
    sheet.rows = rows


@changed("requests")
def subtotal_rows(sheet: Sheet) -> None:
    for first in ("refused_state_secret", "unable_not_held", "not_processed_petition"):
        at = sheet.row_of(first)
        line = sheet.rows[at]
        groups = labels_of(line)[:-1]
        for box in groups:
            line.remove(box)
            box.rowspan += 1
        sheet.rows.insert(at, [*groups, Box("小计", kind="label"), *numbers(7)])
    sheet.find("三、").rowspan += 3


@changed("requests")
def group_lines_with_numbers(sheet: Sheet) -> None:
    rows: list[Row] = []
    for row in sheet.flat():
        for box in labels_of(row):
            if box.text[:3] in ("（三）", "（四）", "（五）"):
                rows.append([Box(""), Box(box.text), Box(""), *numbers(7)])
                box.text = ""
        rows.append(row)
    sheet.rows = rows


@changed("requests")
def group_lines_of_their_own(sheet: Sheet) -> None:
    sheet.rows[0][0].colspan = 1
    rows = sheet.rows[: sheet.headers]
    for row in sheet.rows[sheet.headers :]:
        *groups, label = labels_of(row)
        rows += [[Box(g.text), *blanks(7)] for g in groups]
        rows.append([Box(label.text, kind="label"), *values_of(row)])
    sheet.rows = rows


@changed("requests")
def unknown_row(sheet: Sheet) -> None:
    sheet.rows.insert(sheet.row_of("refused_admin_query") + 1, [Box("9.涉及商业秘密的信息"), *numbers(7)])
    sheet.find("三、").rowspan += 1
    sheet.find("（三）").rowspan += 1


@changed("requests")
def unknown_row_in_the_middle(sheet: Sheet) -> None:
    sheet.rows.insert(sheet.row_of("refused_internal"), [Box("5.某类新信息"), *numbers(7)])
    sheet.find("三、").rowspan += 1
    sheet.find("（三）").rowspan += 1


@changed("requests")
def grand_total_row(sheet: Sheet) -> None:
    sheet.rows.append([Box("合计", 1, 3), *numbers(7)])


@changed("requests")
def lines_of_the_year_before(sheet: Sheet) -> None:
    rows = sheet.flat()
    out = rows[: sheet.headers]
    for row in rows[sheet.headers :]:
        out += [row, [*blanks(2), Box("上年"), *numbers(7, 8000)]]
    sheet.rows = out


@changed("requests")
def a_column_is_missing(sheet: Sheet) -> None:
    for row in sheet.rows:
        row[:] = [b for b in row if b.text != "法律服务机构" and not (b.key and b.key[2] == "legal_service")]
    for box in sheet.boxes():
        if box.text in ("申请人情况", "法人或其他组织"):
            box.colspan -= 1


@changed("requests")
def only_a_total_column(sheet: Sheet) -> None:
    rows = [[Box(labels_of(r)[-1].text), values_of(r)[-1]] for r in sheet.flat()[sheet.headers :]]
    sheet.rows = [[Box("事项"), Box("总计")], *rows]


@changed("proactive")
def a_row_is_missing(sheet: Sheet) -> None:
    sheet.rows.pop(sheet.row_of("regulations"))


@changed("proactive")
def a_block_is_missing(sheet: Sheet) -> None:
    titles = [i for i, row in enumerate(sheet.rows) if row[0].kind == "title"]
    del sheet.rows[titles[2] : titles[3]]


@changed()
def all_blank(sheet: Sheet) -> None:
    for box in sheet.boxes():
        box.text = "" if box.key else box.text


@changed()
def all_dashes(sheet: Sheet) -> None:
    for box in sheet.boxes():
        box.text = "/" if box.key else box.text


@changed()
def only_totals_filled(sheet: Sheet) -> None:
    for box in sheet.boxes():
        box.text = "" if box.key and box.key[2] != "total" else box.text


# 3. Labels ----------------------------------------------------------------------------------------


@changed("requests")
def enumerators_gone(sheet: Sheet) -> None:
    relabel(sheet, r"^(（[一二三四五六七]）|[一二三四]、|\d\.)", "")


@changed("requests")
def circled_enumerators(sheet: Sheet) -> None:
    relabel(sheet, r"^(\d)\.", lambda m: "①②③④⑤⑥⑦⑧⑨"[int(m[1]) - 1])


@changed("requests")
def enumerators_in_brackets(sheet: Sheet) -> None:
    relabel(sheet, r"^(\d)\.", r"(\1) ")


@changed()
def footnote_marks(sheet: Sheet) -> None:
    relabel(sheet, r"^(.{1,18})$", lambda m: m[1] + "*①"[len(m[1]) % 2], "label", "header")


@changed("requests")
def words_added(sheet: Sheet) -> None:
    relabel(sheet, r"^(\d\..*)$", r"\1的")


@changed("requests")
def typos(sheet: Sheet) -> None:
    for old, new in {
        "其他法律行政法规禁止": "其他法律行政止",
        "不掌握相关": "不掌相关",
        "需要另行制作": "需另行制作",
        "大量反复": "大量返复",
        "下年度继续": "下年度续",
    }.items():
        relabel(sheet, old, new)


@changed()
def line_breaks_inside(sheet: Sheet) -> None:
    relabel(sheet, r"^(..)(.+)$", r"\1\n\2", "label", "header", "title")


@changed()
def spaced_letters(sheet: Sheet) -> None:
    relabel(sheet, r"(?<=.)(?=.)", "\u3000", "label", "header", "title")


@changed()
def ascii_punctuation(sheet: Sheet) -> None:
    for box in sheet.boxes():
        if not box.is_value:
            box.text = box.text.translate(str.maketrans("（）、，“”", '(),,""'))


@changed()
def traditional_script(sheet: Sheet) -> None:
    text = resources.files("govdisclose").joinpath("forms", "traditional.csv").read_text(encoding="utf-8")
    table = {ord(line["simplified"]): line["traditional"] for line in csv.DictReader(text.splitlines())}
    for box in sheet.boxes():
        box.text = box.text if box.is_value else box.text.translate(table)


@changed("requests")
def groups_and_labels_in_one_cell(sheet: Sheet) -> None:
    rows = sheet.flat()
    for row in rows[: sheet.headers]:
        del row[1:3]
    for row in rows[sheet.headers :]:
        row[:] = [Box("".join(b.text for b in labels_of(row)), kind="label"), *values_of(row)]
    sheet.rows = rows


@changed("requests")
def label_over_two_lines(sheet: Sheet) -> None:
    sheet.rows = sheet.flat()
    at = sheet.row_of("refused_law")
    row = sheet.rows[at]
    label = labels_of(row)[-1]
    rest = blanks(len(row))
    rest[row.index(label)].text, label.text = label.text[9:], label.text[:9]
    sheet.rows.insert(at + 1, rest)


@changed("requests")
def label_over_two_lines_values_on_the_second(sheet: Sheet) -> None:
    sheet.rows = sheet.flat()
    at = sheet.row_of("refused_law")
    row = sheet.rows[at]
    label = labels_of(row)[-1]
    place = row.index(label)
    second = [*blanks(place), Box(label.text[9:]), *row[place + 1 :]]
    label.text = label.text[:9]
    sheet.rows[at : at + 1] = [[*row[: place + 1], *blanks(7)], second]


# 4. Values ----------------------------------------------------------------------------------------


@changed()
def full_width_thousands(sheet: Sheet) -> None:
    for box in sheet.boxes():
        if box.key and box.text:
            box.text = f"{int(box.text):,}".translate(str.maketrans("0123456789,", "０１２３４５６７８９，"))


@flagged
def values_below_their_label(form: str, style: str) -> Made:
    return _values_apart(form, style, 1)


@flagged
def values_above_their_label(form: str, style: str) -> Made:
    return _values_apart(form, style, 0)


def _values_apart(form: str, style: str, below: int) -> Made:
    parts = sheets(form, style)
    sheet = parts["requests"]
    sheet.rows = sheet.flat()
    at = sheet.row_of("refused_process")
    row = sheet.rows[at]
    lone = [*blanks(3), *values_of(row)]
    sheet.rows[at] = [*row[:3], *blanks(7)]
    sheet.rows.insert(at + below, lone)
    return page(*parts.values()), parts


@flagged
def a_value_over_two_rows(form: str, style: str) -> Made:
    parts = sheets(form, style)
    sheet = parts["requests"]
    at = sheet.row_of("granted")
    values_of(sheet.rows[at])[0].rowspan = 2
    sheet.rows[at + 1].remove(values_of(sheet.rows[at + 1])[0])
    return page(*parts.values()), parts


# 5. Remedies --------------------------------------------------------------------------------------


def _remedies(*make: Callable[[list[Row]], str], case: str) -> None:
    """Table four from its three rows of five figures, printed in another way."""

    def made(form: str, style: str) -> Made:
        parts = sheets(form, style)
        boxes = [b for b in parts["remedies"].boxes() if b.key]
        html = "".join(m([boxes[5 * i : 5 * i + 5] for i in range(3)]) for m in make)
        return page(parts["proactive"], parts["requests"], HEADINGS["remedies"] + html), parts

    EXACT[case] = made


def _small_tables(rows: list[Row]) -> str:
    names = (REMEDIES[0], *(f"行政诉讼（{n}）" for n in REMEDIES[1:]))
    return "".join(
        rows_html([[Box(n, 1, 5)], [Box(t) for t in OUTCOMES], row]) for n, row in zip(names, rows, strict=True)
    )


def _one_line_a_row(rows: list[Row]) -> str:
    head = [Box("类别"), *(Box(t) for t in OUTCOMES)]
    return rows_html([head, *([Box(n), *row] for n, row in zip(REMEDIES, rows, strict=True))])


def _transposed(rows: list[Row]) -> str:
    head = [Box(""), *(Box(t) for t in REMEDIES)]
    return rows_html([head, *([Box(t), *(row[j] for row in rows)] for j, t in enumerate(OUTCOMES))])


def _vertical(way: str) -> Callable[[list[Row]], str]:
    def make(rows: list[Row]) -> str:
        out: list[Row] = []
        for i, (name, row) in enumerate(zip(REMEDIES, rows, strict=True)):
            for j, (outcome, value) in enumerate(zip(OUTCOMES, row, strict=True)):
                line = [Box(outcome), value]
                if way == "caption" and j == 0:
                    out.append([Box(name, 1, 2)])
                elif way == "repeated":
                    line.insert(0, Box(name))
                elif way == "once":
                    line.insert(0, Box(name if j == 0 else ""))
                elif way == "spans" and j == 0:
                    line.insert(0, Box(name, 5, 1 if i else 2))
                    if i == 1:
                        line.insert(0, Box("行政诉讼", 10))
                out.append(line)
        return rows_html(out)

    return make


_remedies(_small_tables, case="remedies_in_three_tables")
_remedies(_one_line_a_row, case="remedies_one_line_a_row")
_remedies(_transposed, case="remedies_transposed")
for _way in ("spans", "once", "repeated", "caption"):
    _remedies(_vertical(_way), case=f"remedies_vertical_{_way}")


def requests_cut_into_left_and_right(form: str, style: str) -> Made:
    """The columns of one table in two tables below each other, with the labels again."""
    parts = sheets(form, style)
    rows = [[b for b in row if b.key] for row in parts["requests"].rows]
    labels = [row[-len(values) - 1] for row, values in zip(parts["requests"].rows, rows, strict=True) if values]
    rows = [[label, *values] for label, values in zip(labels, [v for v in rows if v], strict=True)]
    heads = [[Box("项目"), *(Box(t) for t in names)] for names in (APPLICANTS[:4], APPLICANTS[4:])]
    left = [heads[0], *([Box(r[0].text), *r[1:5]] for r in rows)]
    right = [heads[1], *([Box(r[0].text), *r[5:]] for r in rows)]
    return page(parts["proactive"], HEADINGS["requests"], rows_html(left), rows_html(right), parts["remedies"]), parts


def _cut(at: int) -> Case:
    def case(form: str, style: str) -> Made:
        parts = sheets(form, style)
        rows = parts["remedies"].rows
        tables = (rows_html(rows[:at]), rows_html(rows[at:]))
        return page(parts["proactive"], parts["requests"], HEADINGS["remedies"], *tables), parts

    return case


EXACT["remedies_header_and_values_in_two_tables"] = _cut(3)
EXACT["remedies_header_in_two_tables"] = _cut(2)


@exact
def remedies_cut_into_left_and_right(form: str, style: str) -> Made:
    parts = sheets(form, style)
    rows = parts["remedies"].flat()
    halves = (rows_html([r[:10] for r in rows]), rows_html([r[10:] for r in rows]))
    return page(parts["proactive"], parts["requests"], HEADINGS["remedies"], *halves), parts


@changed("remedies")
def remedies_review_alone(sheet: Sheet) -> None:
    values = [b for b in sheet.boxes() if b.key and b.key[1] == "review"]
    sheet.rows = [[Box("行政复议", 1, 5)], [Box(t) for t in OUTCOMES], values]


@changed("remedies")
def remedies_litigation_not_told_apart(sheet: Sheet) -> None:
    values = [b for b in sheet.boxes() if b.key and b.key[1] == "review"]
    heads = [Box("行政复议", 1, 5), Box("行政诉讼", 1, 5)]
    sheet.rows = [heads, [Box(t) for t in OUTCOMES * 2], [*values, *numbers(5)]]


@changed("remedies")
def remedies_label_before_the_values(sheet: Sheet) -> None:
    sheet.rows[0].insert(0, Box("类别", 3))
    sheet.rows[3].insert(0, Box("件数"))


@changed("remedies")
def remedies_label_before_the_values_with_empty_cells(sheet: Sheet) -> None:
    sheet.rows = [[Box("数量（件）" if i == 3 else ""), *row] for i, row in enumerate(sheet.flat())]


@changed("remedies")
def remedies_labels_with_prefixes(sheet: Sheet) -> None:
    for old, new in {
        r"^行政复议$": "（一）行政复议",
        r"^行政诉讼$": "（二）行政诉讼",
        r"^未经复议直接起诉$": "行政诉讼-未经复议直接起诉",
        r"^复议后起诉$": "2.复议后起诉",
        r"^总计$": "合计",
    }.items():
        relabel(sheet, old, new, "header")


@changed("remedies")
def remedies_totals_first(sheet: Sheet) -> None:
    def turned(row: Row) -> Row:
        return [b for i in range(0, len(row), 5) for b in (row[i + 4], *row[i : i + 4])]

    sheet.rows[1][:5] = turned(sheet.rows[1][:5])
    sheet.rows[2:] = [turned(sheet.rows[2]), turned(sheet.rows[3])]


@flagged
def remedies_two_years(form: str, style: str) -> Made:
    parts = sheets(form, style)
    sheet = parts["remedies"]
    sheet.rows[0].insert(0, Box("年度", 3))
    sheet.rows[3].insert(0, Box("2022年"))
    sheet.rows.insert(3, [Box("2021年"), *numbers(15, 8000)])
    return page(*parts.values()), parts


@flagged
def remedies_as_sentences(form: str, style: str) -> Made:
    parts = sheets(form, style)
    rows = [b for b in parts["remedies"].boxes() if b.key]
    lines = "".join(
        f"<p>{name}</p>" + "".join(f"<p>{o}：{rows[5 * i + j].text}</p>" for j, o in enumerate(OUTCOMES))
        for i, name in enumerate(REMEDIES)
    )
    return page(parts["proactive"], parts["requests"], HEADINGS["remedies"], lines), parts


# 6. Proactive -------------------------------------------------------------------------------------


@changed("proactive")
def key_missing(sheet: Sheet) -> None:
    relabel(sheet, "^信息内容$", "", "header")


@changed("proactive")
def titles_missing(sheet: Sheet) -> None:
    sheet.rows = [row for row in sheet.rows if row[0].kind != "title"]


@changed("proactive")
def titles_in_a_column(sheet: Sheet) -> None:
    rows: list[Row] = []
    title = Box("")
    for row in sheet.rows:
        if row[0].kind == "title":
            title = Box(row[0].text, 0)
            continue
        rows.append([title, *row] if not title.rowspan else row)
        title.rowspan += 1
    sheet.rows = rows


@changed("proactive")
def headers_in_other_words(sheet: Sheet) -> None:
    for old, new in {
        "本年制发件数": "本年制 发 件数",
        "本年废止件数": "废止件数",
        "现行有效件数": "现行有效\n件 数",
        "本年处理决定数量": "本年处理决定数",
        "本年收费金额（单位：万元）": "本年收费金额（万元）",
    }.items():
        relabel(sheet, f"^{old}$", new, "header")


@changed("proactive")
def unit_beside_the_row(sheet: Sheet) -> None:
    relabel(sheet, "（单位：万元）", "", "header")
    relabel(sheet, "^行政事业性收费$", "行政事业性收费（单位：万元）")


@exact
def blocks_as_tables(form: str, style: str) -> Made:
    parts = sheets(form, style)
    rows = parts["proactive"].rows
    starts = [i for i, row in enumerate(rows) if row[0].kind == "title"]
    blocks = [rows_html(rows[a:b]) for a, b in zip(starts, [*starts[1:], len(rows)], strict=True)]
    return page(HEADINGS["proactive"], *blocks, parts["requests"], parts["remedies"]), parts


@flagged
def all_headers_lost(form: str, style: str) -> Made:
    parts = sheets(form, style)
    parts["proactive"].rows = [row for row in parts["proactive"].rows if values_of(row)]
    return page(*parts.values()), parts


@flagged
def two_rows_side_by_side(form: str, style: str) -> Made:
    parts = sheets("2021", style)
    sheet = parts["proactive"]
    values = {b.key[1]: b for b in sheet.boxes() if b.key}
    first = sheet.rows[: sheet.row_of("normative_documents") + 1]
    second = [Box("行政许可"), values["licences"], Box("行政事业性收费（万元）"), values["fees"]]
    third = [Box("行政处罚"), values["penalties"], Box("行政强制"), values["coercive_measures"]]
    sheet.rows = [*first, second, third]
    return page(*parts.values()), parts


@flagged
def label_and_number_in_one_cell(form: str, style: str) -> Made:
    parts = sheets("2021", style)
    html = page(*parts.values())
    for row in parts["proactive"].rows:
        if len(values_of(row)) == 1:
            label, value = row
            cell = f"<td>{label.text}：{value.text}{'件' if value.text else ''}</td>"
            html = html.replace(f'<td>{label.text}</td><td colspan="3">{value.text}</td>', cell)
    return html, parts


# 7. What is no statutory table --------------------------------------------------------------------

_YEARS = texts(
    ("项目", "2021年", "2022年"),
    *(
        (label, str(7000 + i), str(8000 + i))
        for i, label in enumerate(
            [
                "本年新收政府信息公开申请数量",
                "上年结转政府信息公开申请数量",
                "予以公开",
                "部分公开",
                "不予公开",
                "无法提供",
                "不予处理",
                "其他处理",
                "总计",
                "结转下年度继续办理",
            ]
        )
    ),
)
_QUOTES = "".join(
    f"<p>{t}</p>"
    for t in (
        "本年新收政府信息公开申请数量12件",
        "（一）予以公开12件",
        "（三）不予公开：1件",
        "1.属于国家秘密 5",
        "（七）总计：12",
        "规章：3",
        "行政许可 5",
        "行政复议结果维持3件，结果纠正2件，其他结果1件。未经复议直接起诉5件，总计11件。",
    )
)
_OTHERS = texts(
    ("单位", "收到", "其他", "合计"), ("教育局", "1", "2", "3"), ("其他", "1", "2", "3"), ("总计", "2", "4", "6")
) + texts(("事项", "数量", "同比"), ("行政许可", "5001", "3"), ("行政处罚", "5002", "3"), ("行政强制", "5003", "3"))
_CASES = texts(("年份", *OUTCOMES), ("2021", "71", "72", "73", "74", "75"), ("2022", "81", "82", "83", "84", "85"))
_BUDGET = texts(
    ("项目", "合计", "基本支出", "项目支出"),
    ("总计", "100", "50", "50"),
    *((t, "10", "6", "4") for t in ("行政许可", "行政处罚", "行政强制", "行政事业性收费", "规章", "其他")),
)
_CONTENTS = "".join(f"<p>{t}……{i}</p>" for i, t in enumerate(HEADINGS.values(), 1))

NOT_STATUTORY = {
    "comparison_of_two_years": _YEARS,
    "sentences_that_quote_labels": _QUOTES,
    "other_tables": _OTHERS,
    "cases_by_year": "<p>近两年行政复议情况如下：</p>" + _CASES,
    "budget": _BUDGET,
    "table_of_contents": _CONTENTS,
}


def _after(html: str) -> Case:
    def case(form: str, style: str) -> Made:
        parts = sheets(form, style)
        return page(html, *parts.values()), parts

    return case


EXACT |= {f"after_{name}": _after(html) for name, html in NOT_STATUTORY.items()}


# 8. More than one ---------------------------------------------------------------------------------


@exact
def printed_twice_the_same(form: str, style: str) -> Made:
    parts = sheets(form, style)
    return page(*parts.values(), *parts.values()), parts


@exact
def another_report_after_it(form: str, style: str) -> Made:
    parts = sheets(form, style)
    return page(*parts.values(), *sheets(form, style, 7).values()), parts
