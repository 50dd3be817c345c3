"""How a report shows itself: wide data frames, and the statutory tables as printed, as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Protocol

from govdisclose.display.printed_form import extended_table, nearest_form
from govdisclose.display.table import MARKS, table_html
from govdisclose.errors import UsageError
from govdisclose.forms import Block, Entry, Forms, Lang, Table, checked_lang
from govdisclose.model import Cell, Finding, Identity, Section, Severity, Source, Stated, TableForm
from govdisclose.typeset.table import printed_columns

if TYPE_CHECKING:
    import pandas as pd

LONGEST_SECTION = 20_000
"""Characters of a section that are shown; the whole text is in `Report.sections`."""
OPEN_FINDINGS = 20
"""Findings shown at once; the rest is folded."""


class Showable(Protocol):
    """What is needed of a `Report` to show it."""

    @property
    def source(self) -> Source: ...
    @property
    def identity(self) -> Identity: ...
    @property
    def form(self) -> dict[str, TableForm]: ...
    @property
    def cell_records(self) -> tuple[Cell, ...]: ...
    @property
    def finding_records(self) -> tuple[Finding, ...]: ...
    @property
    def section_records(self) -> tuple[Section, ...]: ...
    @property
    def forms(self) -> Forms: ...
    @property
    def year(self) -> int | None: ...


def wide(report: Showable, name: str, *, lang: Lang = "zh") -> pd.DataFrame:
    """A statutory table of a report, as printed.

    Parameters
    ----------
    report : Report
    name : str
        `requests`, `remedies`, `proactive`, or another table that a form defines.
    lang : {"zh", "en"}
        `zh`: the form's labels, in rows after the label of their group; `en`: the names of the items.

    Returns
    -------
    pandas.DataFrame
        Rows × columns in the order of the form the table was printed in, with what it has beyond
        the form where its own form has it. Strings as printed; "" where the cell is blank, None
        where it is absent or the form has no such cell.

    Raises
    ------
    UsageError
        No form has a table of this name; an unknown language.

    Examples
    --------
    >>> from govdisclose.report import read_text
    >>> rows = ["某县2022年政府信息公开工作年度报告", "一、本年新收申请数量\\t3\\t\\t0\\t0\\t/\\t0\\t3"]
    >>> rows += ["二、上年结转申请数量" + "\\t0" * 7, "（一）予以公开" + "\\t1" * 7]
    >>> table = wide(read_text("\\n".join(rows)), "requests", lang="en")
    >>> table.loc["Requests newly received"].tolist()
    ['3', '', '0', '0', '/', '0', '3']
    >>> table.loc["Granted in part", "Total"] is None
    True
    """
    import pandas as pd

    if name not in report.forms.table_ids:
        raise UsageError(f"table {name!r}: choose from {', '.join(report.forms.table_ids)}")
    checked_lang(lang)
    cells = {(c.row, c.column): c for c in report.cell_records if c.table == name}
    table = _layout(report, name)
    rows = [row for block in table.blocks for row in block.rows]
    columns = {c.id: c for block in table.blocks for c in _columns(table, block, report)}
    data = [[_text(cells.get((row.id, column))) for column in columns] for row in rows]
    if lang == "en":
        index = [report.forms.item("row", row.id).en for row in rows]
        heads = [report.forms.item("column", column).en for column in columns]
    else:
        index = [" / ".join([*(g.label for g in table.path(row)[-1:]), row.label]) for row in rows]
        heads = [column.label for column in columns.values()]
    return pd.DataFrame(data, index=index, columns=heads, dtype=object)


def _layout(report: Showable, name: str) -> Table:
    base = nearest_form(report.forms, name, report.form, report.year)
    return extended_table(base, name, report.cell_records, report.forms)


def _columns(table: Table, block: Block, report: Showable) -> list[Entry]:
    figures = {c.key: c.raw for c in report.cell_records if c.state != "absent"}
    return printed_columns(table, block, block.rows, figures)


def _text(cell: Cell | None) -> str | None:
    return None if cell is None or cell.state == "absent" else cell.raw


# --- HTML ---------------------------------------------------------------------------------------

# Colours are translucent, so that they lie as well on a dark page as on a white one. The class is
# doubled because JupyterLab styles tables with strong selectors of its own.
_STYLE = """
.gdr.gdr{font-size:12px;line-height:1.45;color:inherit;max-width:78em;overflow-x:auto}
.gdr.gdr .gdr-head{margin:.2em 0}.gdr.gdr .gdr-head b{font-size:16px}
.gdr.gdr .gdr-small{opacity:.8}
.gdr.gdr table{border-collapse:collapse;margin:.3em 0 1.1em;font-size:12px;table-layout:auto;width:auto;color:inherit}
.gdr.gdr caption{caption-side:top;text-align:left;font-weight:bold;font-size:13px;padding:.4em 0;color:inherit;
white-space:nowrap}
.gdr.gdr caption span{font-weight:normal;opacity:.8}
.gdr.gdr tr,.gdr.gdr tr:hover{background:transparent!important}
.gdr.gdr td,.gdr.gdr th{border:1px solid rgba(128,128,128,.6);padding:.2em .45em;text-align:center;height:1.5em;
vertical-align:middle;font-weight:normal;white-space:normal;max-width:24em;color:inherit;background:transparent}
.gdr.gdr th{background:rgba(128,128,128,.13)}.gdr.gdr th.gdr-l{text-align:left}
.gdr.gdr td.gdr-n{text-align:right;font-variant-numeric:tabular-nums;min-width:2.2em;overflow-wrap:anywhere}
.gdr.gdr .gdr-unreadable{background:rgba(213,94,0,.28);outline:1px dashed rgb(213,94,0);outline-offset:-2px}
.gdr.gdr .gdr-text{background:rgba(86,180,233,.25)}
.gdr.gdr .gdr-off{background:rgba(128,128,128,.08)}
.gdr.gdr .gdr-absent{background:repeating-linear-gradient(135deg,transparent 0 4px,rgba(128,128,128,.3) 4px 5px)}
.gdr.gdr .gdr-differs{text-decoration:underline wavy rgba(0,114,178,.9)}
.gdr.gdr sup{font-size:.8em;font-weight:bold;padding-left:.15em;line-height:0}
.gdr.gdr sup::before{content:"\\2060"}
.gdr.gdr .gdr-findings td{text-align:left;vertical-align:top;max-width:52em;overflow-wrap:anywhere}
.gdr.gdr .gdr-findings td:first-child{white-space:nowrap}
.gdr.gdr details{margin:.2em 0}.gdr.gdr summary{cursor:pointer}
.gdr.gdr .gdr-prose{white-space:pre-wrap;max-width:60em;padding:.3em 1em;overflow-wrap:anywhere}
"""

_SEVERITIES: dict[Severity, str] = {"error": "■ 错误 error", "warning": "▲ 警告 warning", "notice": "● 提示 notice"}
_FAULTS = {"source": "原文 source", "reading": "读取 reading", "undecided": "未定 undecided"}
_SCOPES = {"own_office": "本级 own office", "consolidated": "汇总 consolidated"}
_UNKNOWN = "未载明 not stated"


def report_html(report: Showable) -> str:
    """A report as HTML: who and when, the tables as printed, findings, sections.

    The tables stand in the layout of the form they were printed in; what deviates carries a mark
    (explained below the tables) and a tooltip. A number's tooltip says where it was printed and how
    its row and column were told. There is no script, and whatever comes from the report is escaped.

    Examples
    --------
    >>> from govdisclose.report import read_text
    >>> text = "某<b>县2022年政府信息公开工作年度报告\\n行政许可\\t3\\n行政处罚\\t\\n行政强制\\t0"
    >>> page = report_html(read_text(text))
    >>> "2022" in page, "<b>县" in page
    (True, False)
    """
    used: set[str] = set()
    tables = [_table(report, name, used) for name in report.forms.table_ids]
    parts = [_header(report), *tables, _legend(used), _findings(report.finding_records), _sections(report)]
    return f'<div class="gdr"><style>{_STYLE}</style>{"".join(parts)}</div>'


def _stated(fact: Stated, shown: str | None = None) -> str:
    if fact.value is None or fact.value == "unknown":
        return f'<span title="not stated in the file">{_UNKNOWN}</span>'
    origin = f"from: {fact.origin.replace('_', ' ')}" if fact.origin else ""
    return f'<span title="{escape(origin)}">{escape(shown or str(fact.value))}</span>'


def _header(report: Showable) -> str:
    who, source = report.identity, report.source
    reader = f"{source.reader} ({source.rung})"
    scope = _SCOPES.get(str(who.scope.value), str(who.scope.value))
    facts = [
        f"公布 published: {_stated(who.published)}",
        f"口径 scope: {_stated(who.scope, scope)}",
        f"文件 file: {escape(source.file or 'text')}",
        f'<span title="sha256 {escape(source.sha256)}">读取 read as: {escape(reader)}</span>',
    ]
    title = f'<div class="gdr-head gdr-small">{escape(who.title)}</div>' if who.title else ""
    return (
        f'<div class="gdr-head"><b>{_stated(who.agency)} · {_stated(who.year)}</b></div>{title}'
        f'<div class="gdr-head gdr-small">{" · ".join(facts)}</div>'
    )


def _table(report: Showable, name: str, used: set[str]) -> str:
    found = report.form.get(name, TableForm(""))
    form = nearest_form(report.forms, name, report.form, report.year)
    heading = form.table(name).headings[0]
    cells = {c.key: c for c in report.cell_records if c.table == name}
    english = report.forms.item("table", name).en
    if not any(c.state != "absent" for c in cells.values()):
        return (
            f'<p><b>{escape(heading)}</b> <span class="gdr-small">{escape(english)}</span><br>'
            "× 文件中未找到此表 this table was not found in the file</p>"
        )
    caption = f"{escape(heading)} <span>{escape(english)} · 格式 form {escape(found.form or form.id)}</span>"
    findings = [f for f in report.finding_records if any(address[0] == name for address in f.cells)]
    return table_html(_layout(report, name), form, found, cells, findings, report.forms, caption, used)


def _legend(used: set[str]) -> str:
    shown = [f"<b>{mark}</b> {zh} {en}" for mark, (zh, en) in MARKS.items() if mark in used]
    note = "标记 marks: " + " · ".join(shown) + "<br>" if shown else ""
    return (
        f'<p class="gdr-small">{note}空格和横线照原文，不是零；鼠标停在数字上可见出处。 '
        "Empty cells and dashes stand as printed and are not zero; hold the pointer over a number to see where it was "
        "printed.</p>"
    )


def _findings(findings: tuple[Finding, ...]) -> str:
    if not findings:
        return "<p><b>发现 findings</b>: 无 none</p>"
    order = list(_SEVERITIES)
    rows = [_finding(f) for f in sorted(findings, key=lambda f: order.index(f.severity))]
    counts = ", ".join(
        f"{word} {n}" for s, word in _SEVERITIES.items() if (n := sum(f.severity == s for f in findings))
    )
    shown = f"<p><b>发现 findings</b> ({counts})</p>{_finding_table(rows[:OPEN_FINDINGS])}"
    if rest := rows[OPEN_FINDINGS:]:
        shown += f"<details><summary>其余 {len(rest)} 条 · {len(rest)} more</summary>{_finding_table(rest)}</details>"
    return shown


def _finding_table(rows: list[str]) -> str:
    return f'<table class="gdr-findings"><tbody>{"".join(rows)}</tbody></table>'


def _finding(finding: Finding) -> str:
    place = [f"位置 place: {finding.place}"] if finding.place else []
    about = " · ".join([finding.relation, f"责任 fault: {_FAULTS[finding.fault]}", *place])
    return (
        f"<tr><td>{_SEVERITIES[finding.severity]}</td><td>{escape(finding.message_zh)}<br>{escape(finding.message_en)}"
        f'<br><span class="gdr-small">{escape(about)}</span></td></tr>'
    )


def _sections(report: Showable) -> str:
    return "".join(_section(s) for s in report.section_records if s.number or s.text)


def _section(section: Section) -> str:
    text = section.text[:LONGEST_SECTION]
    left = len(section.text) - len(text)
    more = f"\n… 另有 {left} 字，见 {left} more characters in report.sections" if left else ""
    title = section.title or "（正文之前 before the first section）"
    length = f"{len(section.text)} 字 characters"
    return (
        f'<details><summary>{escape(title)} <span class="gdr-small">{length}</span></summary>'
        f'<div class="gdr-prose">{escape(text + more)}</div></details>'
    )
