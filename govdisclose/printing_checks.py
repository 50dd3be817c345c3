"""The answer of `check` as text to read, as JSON, or as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from govdisclose.checking import COLUMNS, SEVERITIES, Checked
from govdisclose.forms import Lang

SCHEMA = "govdisclose-check/1"
"""Version of the JSON object."""

_CELLS = 8
"""Cells listed with a finding, those above zero first."""
_WORDS = {
    "zh": {
        "relations": "勾稽关系：{holds} 条成立，{fails} 条不成立，{undetermined} 条不能判定（缺数字）",
        "reports": "报告 {reports} 份",
        "error": "错误",
        "warning": "警告",
        "notice": "提示",
        "corrected": "已更正",
        "nothing": "没有发现问题。",
        "clear": "没有错误。",
        "stand": "尚有 {errors} 处错误。",
        "hidden": "另有 {hidden} 条较轻的发现未列出（--severity notice）",
        "more": "……另 {more} 格",
        "blank": "空白",
        "absent": "未印",
        "unreadable": "读不确定",
    },
    "en": {
        "relations": "relations: {holds} hold, {fails} fail, {undetermined} cannot be told (numbers are missing)",
        "reports": "reports: {reports}",
        "error": "errors",
        "warning": "warnings",
        "notice": "notices",
        "corrected": "settled by corrections",
        "nothing": "Nothing found.",
        "clear": "No errors.",
        "stand": "{errors} errors stand.",
        "hidden": "{hidden} lesser findings are not shown (--severity notice)",
        "more": "… and {more} more cells",
        "blank": "blank",
        "absent": "absent",
        "unreadable": "unreadable",
    },
}


def text(checked: Checked, lang: Lang, severity: str) -> str:
    """A summary to read: what holds in one line, then what stands, the gravest first, with its cells.

    Parameters
    ----------
    checked
    lang
        `zh` or `en`.
    severity
        The least grave to show.
    """
    words = _WORDS[lang]
    shown = checked.findings[checked.findings["severity"].astype(str).isin(_from(severity))]
    lines = [checked.path]
    if checked.is_dataset:
        lines.append(words["reports"].format(reports=checked.reports))
    lines.append(words["relations"].format(**checked.relations))
    for (file, agency, year), rows in shown.groupby(
        ["file", "agency", "year"], sort=False, dropna=False, observed=True
    ):
        head = " · ".join(f"{v:.0f}" if isinstance(v, float) else str(v) for v in (agency, year) if not _is_missing(v))
        lines += ["", f"{file}  {head}".rstrip() if checked.is_dataset else head]
        lines += _grouped(checked, rows.to_dict("records"), words, lang)
    hidden = len(checked.findings) - len(shown)
    lines += ["", words["hidden"].format(hidden=hidden)] if hidden else []
    end = "stand" if checked.errors else "clear" if len(checked.findings) else "nothing"
    return "\n".join([*lines, "", words[end].format(errors=checked.errors)]) + "\n"


def _from(severity: str) -> tuple[str, ...]:
    return SEVERITIES[: SEVERITIES.index(severity) + 1]


def _grouped(checked: Checked, rows: Sequence[dict[Any, Any]], words: dict[str, str], lang: Lang) -> list[str]:
    lines = []
    for name in (*SEVERITIES, "corrected"):
        here = [r for r in rows if ("corrected" if r["corrected"] else r["severity"]) == name]
        if here:
            lines.append(f"{words[name]} {len(here)}")
        for number, row in enumerate(here, 1):
            lines.append(f"  {number}. {row[f'message_{lang}']}")
            if row["severity"] != "notice":
                lines += _cells(checked, row, words, lang)
    return lines


def _cells(checked: Checked, row: dict[Any, Any], words: dict[str, str], lang: Lang) -> list[str]:
    """Each cell a line: its names, what is printed, and where. Zeros come last."""
    found = [
        (cell, checked.printed[row["file"], cell]) for cell in row["cells"] if (row["file"], cell) in checked.printed
    ]
    found.sort(key=lambda f: f[1][0] == "0")
    lines = []
    for cell, (printed, place) in found[:_CELLS]:
        _, row_id, column_id = cell.split(".")
        names = checked.forms.item("row", row_id).name(lang), checked.forms.item("column", column_id).name(lang)
        shown = words.get(printed, printed) if printed in ("blank", "absent", "unreadable") else printed
        lines.append(f"       {' / '.join(names)}: {shown}{f'  ({place})' if place else ''}")
    more = len(found) - _CELLS
    return [*lines, f"       {words['more'].format(more=more)}"] if more > 0 else lines


def as_json(answers: Sequence[Checked], severity: str) -> str:
    """One object: `schema`, and for each path what holds and its findings."""
    checked = [
        {
            "path": answer.path,
            "reports": answer.reports,
            "errors": answer.errors,
            "relations": dict(answer.relations),
            "findings": _plain(answer, severity),
        }
        for answer in answers
    ]
    return json.dumps({"schema": SCHEMA, "checked": checked}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def as_csv(answers: Sequence[Checked], severity: str) -> str:
    """A line a finding; several cells are separated by spaces."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["path", *COLUMNS])
    for answer in answers:
        for row in _plain(answer, severity):
            writer.writerow([answer.path, *({**row, "cells": " ".join(row["cells"])}[name] for name in COLUMNS)])
    return out.getvalue()


def _plain(answer: Checked, severity: str) -> list[dict[str, Any]]:
    """Findings as plain values, None where nothing stands."""
    rows = []
    for row in answer.findings.to_dict("records"):
        if row["severity"] not in _from(severity):
            continue
        plain: dict[str, Any] = {str(k): v if k == "cells" or not _is_missing(v) else None for k, v in row.items()}
        year = plain["year"]
        rows.append(plain | {"cells": list(plain["cells"]), "year": None if year is None else int(year)})
    return rows


def _is_missing(value: Any) -> bool:
    import pandas as pd

    return bool(pd.isna(value))
