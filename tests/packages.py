"""A small dataset for tests of the data package: every state, every kind of text that a spreadsheet may run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from govdisclose import store

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "'=1+1",
    "''=1+1",
    " =1+1",
    "\u3000=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "x;=1+1",
    "x;'=1+1",
    "x\t=1+1",
    "x\n=1+1",
    'x","=1+1',
    '";=1+1;"',
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","x")',
    "-3",
    "+2",
    "#N/A",
    "'",
    "'quoted'",
    "1-2",
    "007",
    "1e5",
    "TRUE",
    "",
    " ",
    'a "quoted" text, with commas',
    "行\n二",
)
"""Printed texts; the last ones are harmless and must come through as they are."""

CELL = {"evidence": "read", "unit": "", "place": "", "address": "", "candidates": [], "raw": ""}
Cell = Mapping[str, Any]


def number(table: str, row: str, column: str, value: float, **more: Any) -> dict[str, Any]:
    """A cell that prints a number."""
    about = {"table": table, "row": row, "column": column, "value": value, "adjusted": value, "state": "number"}
    return CELL | about | {"raw": f"{value:g}"} | more


def nothing(table: str, row: str, column: str, state: str, **more: Any) -> dict[str, Any]:
    """A cell that prints no number."""
    return CELL | {"table": table, "row": row, "column": column, "state": state} | more


def hash_of(text: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def report(name: str, cells: Sequence[Cell] = (), **more: Any) -> dict[str, Any]:
    """A report and its cells."""
    about = {
        "report_id": hash_of(name)[:16],
        "file": name,
        "sha256": hash_of(name),
        "agency": "样例县教育局",
        "year": 2022,
        "published": "2023-01-20",
        "scope": "unknown",
        "title": "年度报告",
        "form_proactive": "2021",
        "form_requests": "2021",
        "form_remedies": "2021",
        "form_detail": "{}",
        "reader": "html",
        "relation": "only",
        "preferred": True,
        "error_type": "",
        "error": "",
        "cells": cells,
    }
    return about | more


def write_dataset(
    folder: Path,
    reports: Iterable[Mapping[str, Any]],
    *,
    sections: Iterable[Sequence[Any]] = (),
    corrections: Iterable[Mapping[str, Any]] = (),
    group: int = 200_000,
) -> Path:
    """Write a dataset as `build` would; what is not given is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, list[str]] = {}
    for column in store.columns():
        names.setdefault(column.file, []).append(column.name)
    with store.Writer(folder, "test") as out:
        for each in reports:
            cells = each.get("cells", ())
            counts = {name: 0 for name in names["reports"] if name.startswith("n_")} | {"n_cells": len(cells)}
            out.add("reports", [[(counts | dict(each)).get(name) for name in names["reports"]]])
            rows = [[(dict(c) | {"report_id": each["report_id"]}).get(n) for n in names["cells"]] for c in cells]
            out.add("cells", rows, group=group)
        out.add("sections", list(sections))
        out.add("corrections", [[row.get(name) for name in names["corrections"]] for row in corrections])
    return folder


def nasty(folder: Path) -> Path:
    """A dataset with every state, corrections, several files of one agency and year, and texts like formulas."""
    rows = ("granted", "partial", "refused_law", "unable_not_held")
    columns = ("natural_person", "business", "research", "public_interest", "legal_service", "other_org", "total")
    addresses = [(row, column) for row in (*rows, "new", "carried_in") for column in columns]
    texts = [
        nothing("requests", *address, "text", raw=text) for address, text in zip(addresses, FORMULAS, strict=False)
    ]
    first = report(
        "2022/甲.pdf",
        [
            number("proactive", "licences", "decisions", 1717, raw="1,717"),
            number(
                "proactive", "fees", "amount_10k_yuan", 1276.5534, unit="10k_yuan", page=2, x0=1.5, y0=2, x1=3, y1=4
            ),
            number("requests", "new", "total", 10, evidence="proved"),
            number("requests", "granted", "total", 2, adjusted=3.0, evidence="proved"),
            number("requests", "partial", "total", 9, adjusted=None),
            nothing("requests", "carried_in", "total", "blank"),
            nothing("requests", "carried_out", "total", "dash", raw="-"),
            nothing("requests", "refused_law", "total", "absent"),
            nothing("requests", "unable_unclear", "total", "unreadable", evidence="conflict", candidates=[1.0, 7.5]),
            nothing("requests", "processed", "total", "text", raw="无"),
        ],
    )
    second = report("2022/乙.html", texts, title="=1+1", agency="+甲", year=None, published=None, scope="own_office")
    third = report("2021/丙.html", [number("proactive", "licences", "change", -3, raw="-3")], year=2021, agency="")
    copy = report("2022/甲.docx", [number("requests", "new", "total", 10)], preferred=False, relation="attachment")
    failed = report("2022/丁.txt", preferred=False, error_type="NotAReport", error="x" * 300, year=None)
    extra = report("2020/戊.html", [number("requests", "unheard_of", "total", 4)], form_requests="2019", year=2020)
    empty = report("2023/己.html", form_requests="", year=2023)
    sections = [
        [first["report_id"], 1, "一、总体情况", "第一行\n=1+1\n- 2 -；;-x"],
        [first["report_id"], 2, "", ""],
        [second["report_id"], 1, None, "长" * 40_000],
    ]
    corrections = [
        {"report_id": first["report_id"], "file": "2022/甲.pdf", "table": "requests", "row": "granted"}
        | {"column": "total", "kind": "misprint", "was": "2", "now": "3", "reason": "=1", "evidence": "@x", "by": "-"}
        | {"date": "2024-01-01", "line": "c.csv:2", "status": "applied"},
        {"file": "gone.pdf", "table": "requests", "row": "new", "column": "total", "kind": "misread", "was": "1"}
        | {"now": "missing", "line": "c.csv:3", "status": "no_report"},
    ]
    reports = [third, second, first, copy, failed, extra, empty]
    return write_dataset(folder, reports, sections=sections, corrections=corrections, group=7)
