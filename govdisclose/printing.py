"""One report as JSON, CSV or text, for the command line."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from govdisclose.forms import Lang
from govdisclose.report import CELL_COLUMNS, Report, cell_row

if TYPE_CHECKING:
    import pandas as pd

_WORDS = {
    "zh": ("机关", "年度", "发布", "口径", "未说明", "未找到", "发现的问题", "缺"),
    "en": ("agency", "year", "published", "scope", "not stated", "not found", "findings", "absent"),
}


def as_json(report: Report) -> str:
    """The object of docs/output.md."""
    return json.dumps(report.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def as_csv(report: Report) -> str:
    """The cells, one a line, after agency and year; several candidates are separated by spaces."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["agency", "year", *CELL_COLUMNS])
    for cell in report.cell_records:
        *values, candidates = cell_row(cell)
        writer.writerow([report.agency, report.year, *values, " ".join(map(str, candidates))])
    return out.getvalue()


def as_text(report: Report, lang: Lang) -> str:
    """What a person wants to see at once: who, when, the tables as printed, and what is odd."""
    agency, year, published, scope, unstated, missing, findings, absent = _WORDS[lang]
    lines = [report.title] if report.title else []
    for label, value in (
        (agency, report.agency),
        (year, report.year),
        (published, report.published),
        (scope, None if report.scope == "unknown" else report.scope),
    ):
        lines.append(f"{label}: {unstated if value is None else value}")
    for table in report.forms.table_ids:
        name = report.forms.item("table", table).name(lang)
        lines += ["", name]
        form = report.form.get(table)
        lines += _grid(report.table(table, lang=lang), absent) if form and form.form else [f"  ({missing})"]
    if report.finding_records:
        lines += ["", f"{findings}:"]
        for finding in report.finding_records:
            message = finding.message_zh if lang == "zh" else finding.message_en
            lines.append(f"  [{finding.severity}] {message}")
    return "\n".join(lines) + "\n"


def width(text: str) -> int:
    """Columns a text takes in a terminal: Chinese characters take two.

    >>> width("总计 12")
    7
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))


def _pad(text: str, size: int, *, left: bool) -> str:
    room = " " * max(0, size - width(text))
    return text + room if left else room + text


def _grid(frame: pd.DataFrame, absent: str) -> list[str]:
    """A wide table in columns; `·` where the form has no such cell or the report does not print it."""

    def shown(value: object) -> str:
        return " ".join(value.split()) if isinstance(value, str) else "·"

    def label(value: object) -> str:
        parts = value if isinstance(value, tuple) else (value,)
        return " ".join(str(part) for part in parts if part)

    rows: list[Sequence[str]] = [["", *map(label, frame.columns)]]
    for name, values in zip(frame.index, frame.to_numpy(), strict=True):
        rows.append([label(name), *map(shown, values)])
    sizes = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  " + "  ".join(_pad(text, size, left=i == 0) for i, (text, size) in enumerate(zip(row, sizes, strict=True)))
        for row in rows
    ]
