"""What changed between two builds: everything that did, nothing that did not, and why."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from made import make_report
from packages import hash_of, nasty, nothing, number, report, write_dataset

import govdisclose as gd
from govdisclose.package import changes_text, compare, content, export

GRANTED = ("requests", "granted", "total")
NEW = ("requests", "new", "total")


def pair(
    tmp_path: Path, old: list[Mapping[str, Any]], new: list[Mapping[str, Any]], **corrections: Any
) -> list[tuple[str, ...]]:
    """The changes between two datasets, without agency and year."""
    before = write_dataset(tmp_path / "old", old)
    after = write_dataset(tmp_path / "new", new, **corrections)
    return [
        (c.what, c.file, ".".join(filter(None, (c.table, c.row, c.column, c.field))), c.old, c.new, c.why)
        for c in compare(before, after)
    ]


def test_the_same_data_have_no_changes(tmp_path: Path) -> None:
    made = nasty(tmp_path / "a"), nasty(tmp_path / "b")
    assert list(compare(*made)) == []
    assert "Nothing changed." in changes_text(*made, lang="en") and "没有变化" in changes_text(*made, lang="zh")


def test_reports_that_come_and_go(tmp_path: Path) -> None:
    a, b, c = (report(f"{name}.html", [number(*NEW, 1)]) for name in "abc")
    assert pair(tmp_path, [a, b], [b, c]) == [
        ("disappeared", "a.html", "", "", "", ""),
        ("appeared", "c.html", "", "", "", ""),
    ]


def test_a_report_that_moved_is_the_same_report(tmp_path: Path) -> None:
    old, new = report("2022/a.html", [number(*NEW, 1)]), report("z/a.html", [number(*NEW, 2)])
    new["sha256"] = old["sha256"]
    assert pair(tmp_path, [old, report("m.html")], [report("m.html"), new]) == [
        ("moved", "z/a.html", "file", "2022/a.html", "z/a.html", ""),
        ("cell", "z/a.html", "requests.new.total.value", "1", "2", "software"),
    ]


def test_another_file_at_the_same_path(tmp_path: Path) -> None:
    old, new = report("a.html", [number(*NEW, 1), number(*GRANTED, 3)]), report("a.html", [number(*NEW, 2)])
    new |= {"sha256": hash_of("other"), "report_id": hash_of("other")[:16], "published": "2023-02-01"}
    assert pair(tmp_path, [old], [new]) == [
        ("new_file", "a.html", "sha256", old["sha256"], new["sha256"], ""),
        ("report", "a.html", "published", "2023-01-20", "2023-02-01", "new_file"),
        ("cell", "a.html", "requests.new.total.value", "1", "2", "new_file"),
        ("cell", "a.html", "requests.granted.total.value", "3", "", "new_file"),
        ("cell", "a.html", "requests.granted.total.state", "number", "", "new_file"),
        ("cell", "a.html", "requests.granted.total.evidence", "read", "", "new_file"),
    ]


def test_the_same_file_read_in_another_way(tmp_path: Path) -> None:
    old = report("a.html", [nothing(*NEW, "unreadable", evidence="conflict"), number(*GRANTED, 3)])
    new = report(
        "a.html", [number(*NEW, 4), number(*GRANTED, 3, evidence="proved")], agency="另一个县教育局", preferred=False
    )
    assert pair(tmp_path, [old], [new]) == [
        ("report", "a.html", "agency", "样例县教育局", "另一个县教育局", "software"),
        ("report", "a.html", "preferred", "true", "false", ""),
        ("cell", "a.html", "requests.new.total.value", "", "4", "software"),
        ("cell", "a.html", "requests.new.total.state", "unreadable", "number", "software"),
        ("cell", "a.html", "requests.new.total.evidence", "conflict", "read", "software"),
        ("cell", "a.html", "requests.granted.total.evidence", "read", "proved", "software"),
    ]


def test_a_correction_is_named_as_the_reason(tmp_path: Path) -> None:
    old = report("a.html", [number(*NEW, 4), number(*GRANTED, 3)])
    new = report("a.html", [number(*NEW, 5), number(*GRANTED, 3, adjusted=2.0)])
    decided = {
        "report_id": new["report_id"],
        "file": "a.html",
        "table": "requests",
        "row": "granted",
        "column": "total",
    }
    decided |= {"kind": "misprint", "was": "3", "now": "2", "status": "applied"}
    assert pair(tmp_path, [old], [new], corrections=[decided]) == [
        ("cell", "a.html", "requests.new.total.value", "4", "5", "software"),
        ("cell", "a.html", "requests.granted.total.adjusted", "3", "2", "correction"),
    ]


def test_the_order_of_the_reports_and_of_their_pieces_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "BATCH", 2)
    reports = [report(f"{i}.html", [number(*NEW, i), number(*GRANTED, i)]) for i in range(9)]
    changed = [dict(r, cells=[number(*NEW, 99)]) if r["file"] == "4.html" else r for r in reports]
    assert [c[:5] for c in pair(tmp_path, reports, changed[::-1])] == [
        ("cell", "4.html", "requests.new.total.value", "4", "99"),
        ("cell", "4.html", "requests.granted.total.value", "4", ""),
        ("cell", "4.html", "requests.granted.total.state", "number", ""),
        ("cell", "4.html", "requests.granted.total.evidence", "read", ""),
    ]


def test_reports_whose_cells_all_went(tmp_path: Path) -> None:
    full, bare = report("a.html", [number(*NEW, 1)]), report("a.html")
    assert [c[2:5] for c in pair(tmp_path, [full], [bare])] == [
        ("requests.new.total.value", "1", ""),
        ("requests.new.total.state", "number", ""),
        ("requests.new.total.evidence", "read", ""),
    ]
    assert next(c[2:5] for c in pair(tmp_path / "x", [bare], [full])) == ("requests.new.total.value", "", "1")


def test_a_real_build_and_the_next_one(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    make_report(raw / "甲.html", agency="甲县教育局")
    make_report(raw / "乙.html", agency="乙县教育局")
    gd.build(raw, tmp_path / "old", workers=1, progress=False)
    make_report(raw / "甲.html", agency="甲县教育局", start=2)
    (raw / "乙.html").unlink()
    make_report(raw / "丙.html", agency="丙县教育局")
    gd.build(raw, tmp_path / "new", workers=1, progress=False)
    listed = list(compare(tmp_path / "old", tmp_path / "new"))
    assert [(c.what, c.agency) for c in listed if c.what != "cell"] == [
        ("appeared", "丙县教育局"),
        ("disappeared", "乙县教育局"),
        ("new_file", "甲县教育局"),
    ]
    values = [c for c in listed if c.field == "value"]
    assert len(values) == 15 and all(int(c.new) - int(c.old) == 1 and c.why == "new_file" for c in values)
    done = export(tmp_path / "new", tmp_path / "p", formats=["parquet"], previous=tmp_path / "old")
    with (done.folder / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [tuple(row.values()) for row in csv.DictReader(file)] == [astuple(change) for change in listed]
    text = (done.folder / "changes.md").read_text(encoding="utf-8")
    assert "| Cells | `value` | another file | 15 |" in text and "甲县教育局 2022, `甲.html`: remedies." in text
    assert changes_text(tmp_path / "old", tmp_path / "new", fmt="csv").count("\n") == len(listed) + 1
