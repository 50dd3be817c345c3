"""One statutory table as HTML: the form's layout, the report's print in it, and what deviates marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from govdisclose.forms import Block, Entry, Form, Forms, Table
from govdisclose.model import Address, Cell, Finding, TableForm
from govdisclose.typeset.table import Printed, printed_table

MARKS = {
    "?": ("读不准", "not read for certain"),
    "×": ("表中无此项", "not printed in this table"),
    "+": ("格式之外", "not in this form"),
    "≠": ("名称与格式不同", "label differs from the form"),
    "※": ("文字，非数字", "text, no number"),
    "→": ("已更正", "corrected"),
    "!": ("见下列发现", "see the findings"),
}
"""A mark, and what it says in zh and en. Marks, not colours, carry the meaning."""

LONGEST = 60
"""Characters of one cell that are shown; the tooltip has more."""


@dataclass(frozen=True, slots=True)
class _Face:
    """How one printed cell looks. Nothing in it is escaped yet."""

    text: str
    title: str = ""
    marks: tuple[str, ...] = ()
    css: str = ""


@dataclass(slots=True)
class _Faces:
    """Faces by token. The layout is made from tokens in place of texts, so each printed cell knows what it is."""

    by_token: dict[str, _Face] = field(default_factory=dict)

    def token(self, face: _Face) -> str:
        name = f"\x00{len(self.by_token)}"
        self.by_token[name] = face
        return name

    def of(self, text: str) -> _Face:
        return self.by_token.get(text) or _Face(text)


def table_html(
    table: Table,
    form: Form,
    found: TableForm,
    cells: Mapping[Address, Cell],
    findings: Sequence[Finding],
    forms: Forms,
    caption: str,
    used: set[str],
) -> str:
    """A table as HTML.

    Parameters
    ----------
    table
        The layout: `form`'s table, perhaps with more rows and columns.
    form, found
        The form it is compared with, and what alignment found to deviate.
    cells
        The report's cells of this table by address, absent ones too.
    findings
        Those that name a cell of this table.
    caption
        HTML.
    used
        The marks set are added to it.
    """
    faces = _Faces()
    said: dict[Address, list[Finding]] = {}
    for finding in findings:
        for address in finding.cells:
            said.setdefault(address, []).append(finding)
    figures = {a: faces.token(_figure(c, form, said.get(a, ()))) for a, c in cells.items()}
    layout = printed_table(_with_faces(table, form, found, cells, forms, faces), figures)
    if layout is None:
        return ""
    rows = []
    for line in layout.matrix():
        row = "".join(_cell(cell, faces.of(cell.text), used) for cell in line if cell)
        rows.append(f"<tr>{row}</tr>")
    return f"<table><caption>{caption}</caption><tbody>{''.join(rows)}</tbody></table>"


# --- labels -----------------------------------------------------------------------------------


def _with_faces(
    table: Table, form: Form, found: TableForm, cells: Mapping[Address, Cell], forms: Forms, faces: _Faces
) -> Table:
    """The same table with a token for every label of a row, column or group."""
    own = form.table(table.id)
    renamed = dict(found.renamed)
    printed = [c for c in cells.values() if c.state != "absent"]
    rows, columns = {c.row for c in printed}, {(c.row, c.column) for c in printed}

    def row(entry: Entry) -> Entry:
        known = any(r.id == entry.id for b in own.blocks for r in b.rows)
        label = renamed.get(entry.id, entry.label)
        title = [forms.item("row", entry.id).en, *([f"格式 form: {entry.label}"] if entry.id in renamed else [])]
        marks = ("+",) * (not known) + ("×",) * (entry.id not in rows) + ("≠",) * (entry.id in renamed)
        css = "gdr-differs" if entry.id in renamed else "gdr-absent" if entry.id not in rows else ""
        return _labelled(entry, faces.token(_Face(label, "\n".join(title), marks, css)))

    def column(entry: Entry, block: Block) -> Entry:
        ids = {r.id for r in block.rows}
        known = any(c.id == entry.id for b in own.blocks if ids & {r.id for r in b.rows} for c in b.columns)
        held = any((r.id, entry.id) in columns for r in block.rows)
        marks = ("+",) * (not known) + ("×",) * (not held)
        face = _Face(entry.label, forms.item("column", entry.id).en, marks, "" if held else "gdr-absent")
        return _labelled(entry, faces.token(face))

    blocks = tuple(
        replace(
            b,
            rows=tuple(row(r) for r in b.rows),
            columns=tuple(column(c, b) for c in b.columns),
            extra_columns=tuple(column(c, b) for c in b.extra_columns),
        )
        for b in table.blocks
    )
    return replace(table, blocks=blocks)


def _labelled(entry: Entry, label: str) -> Entry:
    return replace(entry, labels=(label,))


# --- figures ----------------------------------------------------------------------------------


def _figure(cell: Cell, form: Form, findings: Iterable[Finding]) -> _Face:
    title = _origin(cell)
    marks: list[str] = []
    css = ""
    text = cell.raw
    if cell.state == "absent":
        return _Face("×", "\n".join(["表中无此项 not printed in this table", *_messages(findings)]), (), "gdr-absent")
    if cell.state == "unreadable":
        marks, css = ["?"], "gdr-unreadable"
        guesses = " | ".join(map(str, cell.candidates)) or "未知 unknown"
        title.insert(0, f"读不准 not read for certain; 可能为 it may be: {guesses}")
        if cell.candidates and guesses != text:
            text += f" [{guesses}]"
    elif cell.state == "text":
        marks, css = ["※"], "gdr-text"
        title.insert(0, "文字，非数字 text, no number")
    elif cell.state == "dash":
        title.insert(0, "横线等，非零 a dash, which is not zero")
    elif cell.state == "blank":
        title.insert(0, "原文为空，不是零 printed empty, which is not zero")
    if cell.evidence == "conflict" and cell.state != "unreadable":
        marks, css = [*marks, "?"], "gdr-unreadable"
    if cell.adjusted != cell.value:
        marks.append("→")
        text += f" → {'∅' if cell.adjusted is None else cell.adjusted}"
    said = _messages(findings)
    if said:
        marks.append("!")
    return _Face(text, "\n".join([*title, *said]), tuple(marks), css)


def _messages(findings: Iterable[Finding]) -> list[str]:
    return [f"! {f.message_zh} {f.message_en}" for f in findings]


def _origin(cell: Cell) -> list[str]:
    """Lines that say what is printed, where, and how row and column were told."""
    value = "" if cell.value is None else f" = {cell.value} {cell.unit}".rstrip()
    where = [cell.place] if cell.place else []
    if cell.box is not None:
        b = cell.box
        where.append(f"page {b.page}, box {b.x0:.0f} {b.y0:.0f} {b.x1:.0f} {b.y1:.0f}")
    return [
        ".".join(cell.key),
        f"印作 printed: {cell.raw!r}{value}",
        *([f"位置 place: {'; '.join(where)}"] if where else []),
        *([f"对应 matched: {cell.address}"] if cell.address else []),
        f"依据 evidence: {cell.evidence}",
    ]


# --- HTML -------------------------------------------------------------------------------------


def _cell(cell: Printed, face: _Face, used: set[str]) -> str:
    used.update(face.marks)
    if face.css == "gdr-absent" and cell.kind == "value":
        used.add("×")
    spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    css = face.css
    if cell.kind == "value":
        css = f"gdr-n {css or ('' if face.title else 'gdr-off')}"
    elif cell.kind == "label":
        css = f"gdr-l {css}"
    shown = face.text if len(face.text) <= LONGEST else face.text[:LONGEST] + "…"
    title = f' title="{escape(face.title[:1000])}"' if face.title else ""
    name = f' class="{css.strip()}"' if css.strip() else ""
    beside = "sup" if shown else "b"
    signs = " ".join(mark for mark in face.marks if mark != "→")  # an arrow already stands before the correction
    marks = f"<{beside}>{escape(signs)}</{beside}>" if signs else ""
    tag = "td" if cell.kind == "value" else "th"
    return f"<{tag}{spans}{name}{title}>{escape(shown)}{marks}</{tag}>"
