"""Statutory tables as rows of cells that a test may rearrange, rendered as a page and read again.

Every cell knows what it prints (`key`), so that after any rearrangement it is still known what a
right reading gives.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from govdisclose.alignment import Aligned, align
from govdisclose.clean import parse
from govdisclose.forms import Forms, load
from govdisclose.model import Address, Number, State
from govdisclose.readers import document_from_text
from govdisclose.readers.html import read_html
from govdisclose.typeset.table import printed_table

FILLS = ("distinct", "zeros", "sparse")
Expected = dict[Address, tuple[Number | None, State]]


@dataclass
class Box:
    """One printed cell. `key`: the address of a value; `kind`: title, header, label, value or extra."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    key: Address | None = None
    kind: str = "extra"
    tag: str = "td"

    @property
    def is_value(self) -> bool:
        """Whether a figure of the form stands here."""
        return self.kind == "value"


Row = list[Box]


@dataclass
class Sheet:
    """One printed table: rows of cells in reading order, as HTML writes them."""

    id: str
    rows: list[Row] = field(default_factory=list)
    headers: int = 0
    labels: int = 1

    @property
    def width(self) -> int:
        """Printed columns of the first row."""
        return sum(b.colspan for b in self.rows[0])

    def row_of(self, row: str) -> int:
        """The index of the line that prints a row of the form."""
        return next(i for i, line in enumerate(self.rows) for b in line if b.key and b.key[1] == row)

    def line(self, row: str) -> Row:
        """The line that prints a row of the form."""
        return self.rows[self.row_of(row)]

    def find(self, text: str) -> Box:
        """The one cell whose text begins so."""
        (box,) = [b for line in self.rows for b in line if b.text.startswith(text)]
        return box

    def boxes(self) -> Iterable[Box]:
        """All cells."""
        return (b for line in self.rows for b in line)

    def flat(self) -> list[list[Box]]:
        """The whole matrix, covered places as blank cells."""
        busy: dict[tuple[int, int], bool] = {}
        out: list[list[Box]] = []
        for r, line in enumerate(self.rows):
            row: list[Box] = []
            at = 0
            for box in line:
                while busy.get((r, at)):
                    row.append(Box(""))
                    at += 1
                row.append(Box(box.text, 1, 1, box.key, box.kind, box.tag))
                for down in range(box.rowspan):
                    for across in range(box.colspan):
                        busy[(r + down, at + across)] = True
                row += [Box("") for _ in range(box.colspan - 1)]
                at += box.colspan
            while busy.get((r, at)):
                row.append(Box(""))
                at += 1
            out.append(row)
        return out


def fill(table: str, form: str, style: str, seed: int = 1, forms: Forms | None = None) -> dict[Address, str]:
    """Figures for every cell of a table."""
    rng = random.Random(f"{seed}{table}{form}{style}")
    addresses = [(table, *a) for a in (forms or load())[form].table(table).addresses()]
    numbers = rng.sample(range(2, 4000), len(addresses))
    if style == "distinct":
        return {a: str(n) for a, n in zip(addresses, numbers, strict=True)}
    rest = "0" if style == "zeros" else ""
    sparse = {a: str(n) if rng.random() < 0.25 else rest for a, n in zip(addresses, numbers, strict=True)}
    return sparse | {addresses[0]: str(numbers[0])}


def sheet(
    table: str,
    form: str = "2021",
    style: str = "distinct",
    *,
    seed: int = 1,
    figures: Mapping[Address, str] | None = None,
    forms: Forms | None = None,
) -> Sheet:
    """A table as the form prints it."""
    known = forms or load()
    owner = known[form].table(table)
    values = dict(figures if figures is not None else fill(table, form, style, seed, known))
    made = printed_table(owner, values)
    assert made is not None
    out = Sheet(table, [[] for _ in range(made.rows)], made.header_rows, made.label_cols)
    addresses = iter(values) if table == "remedies" else None
    for cell in made.cells:
        box = Box(cell.text, cell.rowspan, cell.colspan, kind=cell.kind)
        out.rows[cell.row].append(box)
    if addresses is not None:
        order = [a for a in ((table, *x) for x in owner.addresses()) if a in values]
        printed = [b for line in out.rows for b in line if b.is_value]
        for box, address in zip(printed, order, strict=True):
            box.key = address
        return out
    for line, row in zip(out.rows, made.row_ids, strict=True):
        block = next((b for b in owner.blocks if any(r.id == row for r in b.rows)), None)
        if block is None:
            continue
        for box, column in zip([b for b in line if b.is_value], block.columns, strict=True):
            box.key = (table, row, column.id)
    return out


def sheets(form: str = "2021", style: str = "distinct", seed: int = 1) -> dict[str, Sheet]:
    """The three tables of a form."""
    return {t: sheet(t, form, style, seed=seed) for t in ("proactive", "requests", "remedies")}


HEADINGS = {
    "proactive": "二、主动公开政府信息情况",
    "requests": "三、收到和处理政府信息公开申请情况",
    "remedies": "四、政府信息公开行政复议、行政诉讼情况",
}


def rows_html(rows: Sequence[Row], *, spans: bool = True) -> str:
    """A `<table>`."""
    out = []
    for line in rows:
        cells = []
        for b in line:
            declared = f' rowspan="{b.rowspan}"' if spans and b.rowspan > 1 else ""
            declared += f' colspan="{b.colspan}"' if spans and b.colspan > 1 else ""
            text = "<br>".join(escape(t) for t in b.text.split("\n"))
            cells.append(f"<{b.tag}{declared}>{text}</{b.tag}>")
        out.append(f"<tr>{''.join(cells)}</tr>")
    return "<table>" + "\n".join(out) + "</table>"


def page(*parts: Sheet | str, spans: bool = True, headings: bool = True) -> str:
    """A web page: sheets under their headings, other parts as they are."""
    out = ["<h1>样本市人民政府2022年政府信息公开工作年度报告</h1>", "<p>一、总体情况</p><p>略。</p>"]
    for part in parts:
        if isinstance(part, str):
            out.append(part)
            continue
        if headings:
            out.append(f"<p>{HEADINGS[part.id]}</p>")
        out.append(rows_html(part.rows, spans=spans))
    out.append("<p>五、存在的主要问题及改进情况</p><p>略。</p>")
    return "<html><body>" + "\n".join(out) + "</body></html>"


def text_page(way: str, *parts: Sheet) -> str:
    """The same as pasted text: `tabs`, `bars`, `ragged_tabs` (spans leave nothing), `spaces`, `lines`."""
    out = ["样本市人民政府2022年政府信息公开工作年度报告", "一、总体情况", "略。"]
    for part in parts:
        out.append(HEADINGS[part.id])
        for row in part.rows if way == "ragged_tabs" else part.flat():
            texts = [b.text for b in row]
            filled = [t for t in texts if t]
            if way == "lines":
                out += filled
            elif way == "bars":
                out.append(f"| {' | '.join(texts)} |")
            else:
                out.append("  ".join(filled) if way == "spaces" else "\t".join(texts))
    return "\n".join([*out, "五、存在的主要问题及改进情况", "略。"])


def expected(*parts: Sheet) -> Expected:
    """What a right reading gives."""
    out: Expected = {}
    for part in parts:
        for box in part.boxes():
            if box.key:
                parsed = parse(box.text)
                out[box.key] = (parsed.value, parsed.state)
    return out


def read_page(html: str, year: int | None = 2022, forms: Forms | None = None) -> Aligned:
    """Align a page."""
    return align(read_html(html), forms or load(), year=year)


def read_plain(text: str, year: int | None = 2022) -> Aligned:
    """Align pasted text."""
    return align(document_from_text(text), load(), year=year)


def describe(aligned: Aligned) -> list[str]:
    """Findings in short, for messages of failing tests."""
    return [f"{f.severity} {f.relation}: {f.message_en[:160]}" for f in aligned.findings]
