"""What reading has to say beside the numbers, as findings with one plain sentence in zh and en."""

from __future__ import annotations

import re
from collections.abc import Sequence

from govdisclose.forms import Form
from govdisclose.model import Address, Fault, Finding, Severity, TableForm


def _finding(
    relation: str,
    severity: Severity,
    zh: str,
    en: str,
    cells: tuple[Address, ...] = (),
    *,
    expected: str | None = None,
    actual: str | None = None,
    fault: Fault = "undecided",
    place: str = "",
) -> Finding:
    return Finding(relation, severity, zh, en, cells, expected, actual, fault, place)


def second_table(table: str, place: str, rows: int, differ: tuple[Address, ...]) -> Finding:
    """The same statutory table printed again with other content: another report in this file, or a slip."""
    return _finding(
        "second_table",
        "error",
        f"同一文件中再次出现表 {table}（{rows} 行，{place}），内容不同，可能含有另一份报告；只读取了第一次出现的",
        f"table {table} is printed again with other content ({rows} rows, {place}): "
        "the file may hold another report; only the first was read",
        differ,
        place=place,
    )


def printed_again(table: str, place: str, rows: int) -> Finding:
    """The same statutory table printed again, saying the same."""
    return _finding(
        "printed_again",
        "notice",
        f"同一文件中再次出现表 {table}（{rows} 行，{place}），内容相同",
        f"table {table} is printed again ({rows} rows, {place}) with the same content",
        place=place,
    )


def second_report(place: str, text: str) -> Finding:
    """Another report begins in the same file. `text`: the line it begins with."""
    return _finding(
        "second_report",
        "error",
        f"同一文件中有另一份报告（{place}，“{text}”），只读取了第一份；请分开保存",
        f"another report begins in this file ({place}: {text!r}); only the first was read, save them apart",
        actual=text,
        place=place,
    )


def columns_out_of_order(table: str, place: str) -> Finding:
    """The header names the form's columns in another order; the header was followed."""
    return _finding(
        "columns_out_of_order",
        "warning",
        f"表 {table} 的列次序与格式不同（{place}），按表头读取",
        f"the columns of table {table} are not in the form's order ({place}); the printed header was followed",
        place=place,
        fault="source",
    )


def row_out_of_order(table: str, row: str, place: str) -> Finding:
    """A row stands elsewhere than in the form; its label is exact."""
    return _finding(
        "row_out_of_order",
        "warning",
        f"表 {table} 的行 {row} 不在格式规定的位置（{place}），按行名读取",
        f"row {row} of table {table} is not where the form has it ({place}); its label was followed",
        place=place,
        fault="source",
    )


def group_with_values(table: str, label: str) -> Finding:
    """Numbers printed in the line of a group, which holds none in the form."""
    return _finding(
        "group_with_values",
        "notice",
        f"表 {table} 的类别行“{label}”印有数字（可能是小计），未读取",
        f"the group line {label!r} of table {table} prints numbers (a subtotal?); they were not read",
        actual=label,
    )


def label_differs(table: str, labels: Sequence[tuple[str, str, str]]) -> Finding:
    """Labels that are not the form's, yet close enough to be told. `labels`: (row, printed, form's)."""
    zh = "；".join(f"“{printed}”（{row}，格式为“{label}”）" for row, printed, label in labels)
    en = "; ".join(f"{printed!r} for {row} ({label!r})" for row, printed, label in labels)
    return _finding(
        "label_differs",
        "notice",
        f"表 {table} 的行名与格式不同：{zh}",
        f"table {table} prints row labels that are not the form's: {en}",
        expected=labels[0][2] if len(labels) == 1 else None,
        actual="; ".join(printed for _, printed, _ in labels),
        fault="source",
    )


def unknown_column(table: str, header: str, printed: list[tuple[str, str, str]]) -> Finding:
    """A column that no form knows. `printed`: (row, text, place) of what stands in it."""
    listed = "; ".join(f"{row}: {text}" for row, text, _ in printed)
    place = printed[0][2]
    return _finding(
        "unknown_column",
        "warning",
        f"表 {table}：列“{header}”不在任何格式中，其内容未读取（{place}）：{listed}",
        f"table {table}: column {header!r} is in no form; its content was not read ({place}): {listed}",
        actual=header,
        place=place,
    )


def unknown_row(table: str, text: str, place: str) -> Finding:
    """A line with numbers inside a table whose label no form knows."""
    return _finding(
        "unknown_row",
        "warning",
        f"表 {table} 中有一行未能识别：“{text}”（{place}）",
        f"a line of table {table} was not understood: {text!r} ({place})",
        actual=text,
        place=place,
    )


def printed_twice(table: str, found: Sequence[tuple[Address, str, str, str]]) -> Finding:
    """Cells with two different prints. `found`: (cell, first, second, place)."""
    zh = "；".join(f"{row}.{column}：“{first}”、“{second}”" for (_, row, column), first, second, _ in found)
    en = "; ".join(f"{row}.{column}: {first!r}, {second!r}" for (_, row, column), first, second, _ in found)
    place = found[0][3]
    return _finding(
        "printed_twice",
        "error",
        f"表 {table} 有单元格印了两次且内容不同（{place}）：{zh}",
        f"table {table} prints cells twice with different content ({place}): {en}",
        tuple(address for address, *_ in found),
        place=place,
    )


_DOUBTS = {
    "merged with the row above": "与上一行合并",
    "one printed cell over several columns": "一个单元格跨多列",
    "neither the header's order nor its columns fit this row": "表头的列与本行对不上",
    "no cell is printed": "本行没有单元格",
    "the header lacks columns, and empty cells leave no trace": "表头缺列，且空单元格不留痕迹",
    "the label is not exact, and no ruling holds it": "行名不完全一致，且无表格线",
    "a line of values without a label stands beside this row": "旁边有一行没有行名的数字",
    "no header is printed, and two forms would fit": "没有表头，两种格式都说得通",
    "the printed header names other columns": "表头所列与格式不同",
    "the header's levels and its columns disagree": "表头的层次与列对不上",
    "the row has fewer cells than its header": "本行的单元格少于表头",
    "a number with something else": "数字夹有其他字符",
    "a number does not begin with 0": "数字以 0 开头",
    "two lines of digits in one cell": "一个单元格内有两行数字",
    "spaces between digits, and an empty cell beside them": "数字间有空格，旁边是空单元格",
    "a count is not negative": "件数为负",
    "a count has no decimals": "件数带小数",
    "a count has no unit of money": "件数带金额单位",
}


def _doubt_zh(doubt: str) -> str:
    counted = re.fullmatch(r"(\d+) (?:cells|values) for (\d+) columns", doubt)
    if counted:
        return f"{counted[1]} 个数对 {counted[2]} 列"
    return _DOUBTS.get(doubt, doubt)


def doubtful_cells(table: str, doubt: str, found: Sequence[tuple[Address, str, str]]) -> Finding:
    """Cells that cannot be told for certain. `found`: (cell, text of the line, place)."""
    cells = tuple(dict.fromkeys(address for address, _, _ in found))
    rows = ", ".join(dict.fromkeys(row for _, row, _ in cells))
    _, text, place = found[0]
    return _finding(
        "doubtful_row",
        "error",
        f"表 {table} 的行 {rows}：无法确定（{_doubt_zh(doubt)}；{place}）：{text}",
        f"table {table}, {rows}: not certain ({doubt}; {place}): {text}",
        cells,
        actual=text,
        fault="reading",
        place=place,
    )


def not_recoverable() -> Finding:
    """Repeated lines were dropped from this text before it came here."""
    return _finding(
        "not_recoverable",
        "error",
        "文本中重复的行已被删除，表中数字无法恢复；请使用原网页或原文件",
        "repeated lines were dropped from this text, so its numbers cannot be recovered; use the original page or file",
        fault="reading",
    )


def form_findings(table: str, form: TableForm, expected: Form | None, found: bool) -> list[Finding]:
    """A missing table, a table in another form than the year's, rows or columns off the form."""
    if not found:
        return [
            _finding(
                "table_missing",
                "warning",
                f"未找到表 {table}",
                f"table {table} was not found in this document",
                fault="undecided",
            )
        ]
    out = []
    if expected and form.form != expected.id:
        out.append(
            _finding(
                "form_differs",
                "notice",
                f"表 {table} 采用 {form.form} 年格式，而该年度应采用 {expected.id} 年格式",
                f"table {table} is printed in the {form.form} form; the form of that year is {expected.id}",
                expected=expected.id,
                actual=form.form,
                fault="source",
            )
        )
    for kind, items, zh, en in (
        ("rows_missing", form.missing, "缺少", "lacks"),
        ("rows_extra", form.extra, "多出", "has in addition"),
    ):
        if items:
            listed = ", ".join(items)
            out.append(
                _finding(
                    kind,
                    "warning",
                    f"表 {table} 与 {form.form} 年格式相比{zh}：{listed}",
                    f"table {table} {en}, against the {form.form} form: {listed}",
                    actual=listed,
                )
            )
    return out
