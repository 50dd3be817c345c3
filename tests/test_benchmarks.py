"""The benchmark's own rule, count and picture. Nothing here is timed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import plot  # noqa: E402
from benchmarks.__main__ import kept, main  # noqa: E402
from benchmarks.files import File, typeset  # noqa: E402
from benchmarks.race import Raced, race  # noqa: E402
from benchmarks.readers import READERS, floor, readers_of  # noqa: E402
from benchmarks.rule import Tally, added, cells_of, tally  # noqa: E402
from govdisclose.forms import load  # noqa: E402

ROWS = [
    ["（本列数据的勾稽关系）", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"],
    ["一、本年新收政府信息公开申请数量", "3", "1", "", "/", "0", "0", "4"],
    ["（一）予以公开", "２", "1", "", "", "", "", "3"],
    ["（三）不予公开", "2.其他法律行政法规禁止公开", "0", "0", "0", "0", "0", "0", "0"],
    ["3.其他", "9", "0", "0", "0", "0", "0", "9"],
    ["1", "0", "", "", "1", *["0"] * 10],
]


def test_the_rule_takes_the_last_seven_cells_behind_a_label() -> None:
    found = cells_of([ROWS], load())
    assert [found["requests", "new", c] for c in ("natural_person", "public_interest", "total")] == [3, None, 4]
    assert found["requests", "granted", "natural_person"] == 2
    assert found["requests", "refused_law", "total"] == 0
    assert found["requests", "other_other", "total"] == 9
    assert found["remedies", "review", "upheld"] == 1
    assert found["remedies", "litigation_after_review", "total"] == 0
    assert not [a for a in found if a[1] in ("carried_in", "refused_state_secret")]


def test_a_table_may_go_on_in_another_and_rows_keep_their_order() -> None:
    assert cells_of([ROWS[:3], ROWS[3:]], load()) == cells_of([ROWS], load())
    turned_round = cells_of([[ROWS[2], ROWS[1]]], load())
    assert [a for a in turned_round if a[1] == "new"] == []


def test_a_wrong_value_is_silent_and_an_absent_one_missed() -> None:
    printed = {
        ("requests", "new", "total"): (4, "number"),
        ("requests", "new", "research"): (None, "blank"),
        ("requests", "granted", "total"): (3, "number"),
        ("remedies", "review", "total"): (1, "number"),
        ("proactive", "licences", "decisions"): (7, "number"),
    }
    found = {("requests", "new", "total"): 4, ("requests", "new", "research"): None, ("remedies", "review", "total"): 2}
    assert tally(printed, found) == Tally(cells=4, right=2, missed=1, silent=1)  # type: ignore[arg-type]
    assert added([Tally(4, 2, 1, 1), Tally(4, 4, 0, 0)]) == Tally(8, 6, 1, 1)


def test_readers_in_processes_of_their_own_read_every_cell(tmp_path: Path) -> None:
    file = next(typeset("docx", tmp_path))
    raced = race(["ours", "lxml"], [file], rounds=1)
    assert raced["ours"].tallies == [Tally(len([a for a in file.printed if a[0] != "proactive"]), 190, 0, 0)]
    assert raced["ours"].every[0].right == len(file.printed)
    assert raced["lxml"].tallies == []
    assert len(raced["ours"].seconds) == len(raced["lxml"].seconds) == 1
    assert raced["ours"].peak > 10


def test_tables_of_pandas_keep_header_and_blanks(tmp_path: Path) -> None:
    file = next(typeset("html", tmp_path))
    reader = READERS["pandas"]
    assert reader.tables is not None
    found = cells_of(reader.tables(reader.read(file.path)), load())
    assert tally(file.printed, found).silent == 0
    assert tally(file.printed, found).right > 170


def test_the_floor_reads_a_pdf_and_keeps_nothing(tmp_path: Path) -> None:
    assert floor(next(typeset("pdf", tmp_path)).path) is None


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert readers_of("docx")[0][0] == "ours"
    monkeypatch.setitem(READERS, "lxml", READERS["lxml"]._replace(needs="no_such_package"))
    names, said = readers_of("docx")
    assert "lxml" not in names
    assert said[-1] == "lxml, every cell visited is left out: no_such_package is not installed."


def test_the_picture_shows_each_reader(tmp_path: Path) -> None:
    files = [File(Path("a.pdf"), "real: a", {}), File(Path("b.pdf"), "typeset, 2021 form: plain", {})]
    raced = {
        "ours": Raced([0.04, 0.05], [Tally(10, 10, 0, 0)] * 2),
        "floor": Raced([0.02, 0.01]),
        "lattice": Raced([1.2, 2.0], [Tally(10, 6, 3, 1)] * 2),
    }
    plot.draw(raced, files, tmp_path / "plot.svg")
    drawn = (tmp_path / "plot.svg").read_text(encoding="utf-8")
    for words in ("camelot lattice", "pdfium floor", "silently wrong", "real reports"):
        assert words in drawn
    plot.draw(raced, files, tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_text(encoding="utf-8") == drawn


def test_sections_that_are_not_measured_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert kept("# Benchmarks\n\nWords.\n\n## PDF\n\n| a |\n\n## Scans\n\nnone\n") == {"PDF": "| a |", "Scans": "none"}
    assert main(["Prose"]) == 2
    assert "choose from PDF" in capsys.readouterr().err
