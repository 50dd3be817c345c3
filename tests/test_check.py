"""`check`: what stands against a report or a dataset, for people and for programs."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
import typer

import govdisclose as gd
from govdisclose import checking, errors
from govdisclose.checking import SEVERITIES, check
from govdisclose.cli import app, main
from govdisclose.corrections import COLUMNS
from govdisclose.forms import load
from govdisclose.model import Address
from govdisclose.synthesis import draw_report
from govdisclose.typeset import Draft, Layout, write

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "data/raw"
WRONG = RAW / "2023/洪泽区人民政府.docx"
RIGHT = RAW / "2024/洪泽区人民政府.html"
FORMS = load()


def requests_table(new: int, carried_in: int, carried_out: int) -> dict[Address, str]:
    """Table three in which natural persons alone ask, and all is granted."""
    table = FORMS["2021"].table("requests")
    figures = {("requests", *address): "0" for address in table.addresses()}
    done = new + carried_in - carried_out
    rows = {"new": new, "carried_in": carried_in, "granted": done, "processed": done, "carried_out": carried_out}
    return figures | {("requests", r, c): str(n) for r, n in rows.items() for c in ("natural_person", "total")}


def asked(path: Path, year: int, *numbers: int, agency: str = "样本县教育局") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = Draft(agency, year, {"requests": "2021"}, requests_table(*numbers), paragraphs={1: ["略"]}, synthetic=False)
    return write(draft, Layout("html"), path)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three years of one agency; the carry into 2022 holds, that into 2023 does not. And a correction of nothing."""
    folder = tmp_path_factory.mktemp("data")
    asked(folder / "raw/2021/a.html", 2021, 10, 0, 3)
    asked(folder / "raw/2022/a.html", 2022, 10, 3, 2)
    asked(folder / "raw/2022/b.html", 2022, 10, 4, 2, agency="另一县教育局")
    asked(folder / "raw/2023/a.html", 2023, 10, 5, 0)
    corrections = folder / "corrections"
    corrections.mkdir()
    lines = [",".join(COLUMNS), "2020/a.html,requests,new,total,misprint,1,2,why,seen,me,2024-05-31"]
    (corrections / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    gd.build(folder / "raw", folder / "processed", workers=1)
    return folder


# --- a report ---------------------------------------------------------------------------------------------------------


def test_a_report_that_does_not_add_up() -> None:
    found = check(WRONG)
    assert (found.errors, found.relations["fails"], found.relations["holds"]) == (2, 2, 38)
    assert list(found.findings.columns) == list(checking.COLUMNS)
    order = [SEVERITIES.index(s) for s in found.findings["severity"]]
    assert order == sorted(order)
    assert found.printed[WRONG.name, "remedies.review.upheld"][0] == "10"


def test_a_correction_settles_an_error(tmp_path: Path) -> None:
    lines = [f"{WRONG.name},remedies,{row},total,misprint,0,{n},why,seen,me,2024-05-31" for row, n in
             (("review", 11), ("litigation_after_review", 5))]  # fmt: skip
    (tmp_path / "a.csv").write_text("\n".join([",".join(COLUMNS), *lines]), encoding="utf-8")
    found = check(WRONG, corrections=tmp_path)
    assert found.errors == 0 and found.relations["fails"] == 0
    assert found.findings["corrected"].sum() == 3  # two sums, and who was to blame for them
    assert found.findings["corrected"].tolist() == sorted(found.findings["corrected"])


def test_the_year_before(tmp_path: Path) -> None:
    last = asked(tmp_path / "2021.html", 2021, 10, 0, 3)
    right, wrong = asked(tmp_path / "2022.html", 2022, 10, 3, 2), asked(tmp_path / "x.html", 2022, 10, 5, 2)
    assert check(right, previous=last).errors == 0
    assert check(right, previous=last).relations["holds"] == check(right).relations["holds"] + 7
    found = check(wrong, previous=last)
    assert found.errors == 2 and set(found.findings.query("severity == 'error'")["relation"]) == {"requests_carry"}
    with pytest.raises(errors.UsageError, match=r"x\.html: reports on 2022, not on 2021; give the report of the year"):
        check(right, previous=wrong)
    other = asked(tmp_path / "other.html", 2021, 10, 0, 3, agency="另一市公安局")
    assert "previous_agency" in set(check(right, previous=other).findings["relation"])


def test_the_carry_of_the_samples_holds() -> None:
    found = check(RIGHT, previous=WRONG)
    assert found.errors == 0 and found.relations["fails"] == 0
    assert "previous_agency" not in set(found.findings["relation"])


def test_a_report_without_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = draw_report(random.Random(3), form="2021", year=2022, agency="某县教育局", size=50)
    path = write(draft, Layout("html"), tmp_path / "a.html")
    assert check(path).findings.empty and check(path).errors == 0
    assert run(capsys, "check", path, "--lang", "en") == (0, check_text(path), "")
    assert json.loads(run(capsys, "check", path, "--format", "json")[1])["checked"][0]["findings"] == []
    assert run(capsys, "check", path, "--format", "csv")[1].count("\n") == 1


def check_text(path: Path) -> str:
    return f"{path}\nrelations: 42 hold, 0 fail, 0 cannot be told (numbers are missing)\n\nNothing found.\n"


# --- a dataset --------------------------------------------------------------------------------------------------------


def test_a_build_compares_consecutive_years(dataset: Path) -> None:
    processed = dataset / "processed"
    relations = gd.load_table(processed, "relations")
    carried = relations[relations["previous"].notna()]
    reports = gd.load_table(processed, "reports").set_index("report_id")
    seen = {(reports.file[r], reports.file[p], s) for r, p, s in carried[["report_id", "previous", "state"]].to_numpy()}
    assert seen == {
        ("2022/a.html", "2021/a.html", "holds"),
        ("2023/a.html", "2022/a.html", "holds"),
        ("2023/a.html", "2022/a.html", "fails"),
    }
    found = gd.load_table(processed, "findings").query("relation == 'requests_carry'")
    assert set(found["report_id"].map(reports["file"].to_dict())) == {"2023/a.html"}
    told = gd.load_table(processed, "findings")["report_id"].astype(str).value_counts()
    assert reports["n_findings"].to_dict() == told.reindex(reports.index, fill_value=0).to_dict()


def test_a_dataset_is_checked_as_it_was_built(dataset: Path) -> None:
    found = check(dataset / "processed")
    wrong = found.findings.query("severity == 'error'")
    assert set(zip(wrong["file"], wrong["relation"], strict=True)) == {
        ("2020/a.html", "correction_stale"),
        ("2023/a.html", "requests_carry"),
    }
    assert found.is_dataset and found.reports == 4
    with pytest.raises(errors.UsageError, match="previous go with a report, not with a dataset"):
        check(dataset / "processed", previous=WRONG)
    with pytest.raises(errors.UsageError, match="no dataset in it; give a report file, or a folder"):
        check(dataset / "raw")


# --- the command ------------------------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(a) for a in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_exit_codes(capsys: pytest.CaptureFixture[str], dataset: Path, tmp_path: Path) -> None:
    assert run(capsys, "check", RIGHT)[0] == 0
    assert run(capsys, "check", WRONG)[0] == 1
    assert run(capsys, "check", WRONG, "--severity", "error")[0] == 1
    assert run(capsys, "check", dataset / "processed")[0] == 1
    code, out, err = run(capsys, "check", RIGHT, tmp_path / "none.pdf")
    assert code == 2 and RIGHT.name in out and err.count("\n") == 1 and "none.pdf: no such file" in err
    assert run(capsys, "check", RIGHT, WRONG, "--previous", WRONG)[0] == 2
    assert run(capsys, "check", WRONG, "--severity", "grave")[0] == 2


def test_text_tells_the_cells_and_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "check", WRONG)[1]
    assert "38 条成立，2 条不成立" in out and "错误 2" in out and "尚有 2 处错误。" in out
    assert "行政复议 / 结果维持: 10  (table 3, row 4, column 1)" in out
    out = run(capsys, "check", WRONG, "--lang", "en")[1]
    assert "relations: 38 hold, 2 fail, 0 cannot be told" in out and "2 errors stand." in out
    assert "Administrative review / Upheld: 10  (" in out
    out = run(capsys, "check", WRONG, "--lang", "en", "--severity", "error")[1]
    assert "notices" not in out and "lesser findings are not shown" in out
    assert run(capsys, "check", RIGHT, "--lang", "en")[1].endswith("No errors.\n")


def test_a_dataset_as_text_names_its_reports(capsys: pytest.CaptureFixture[str], dataset: Path) -> None:
    out = run(capsys, "check", dataset / "processed", "--lang", "en")[1]
    assert "reports: 4" in out and "\n2023/a.html  样本县教育局 · 2023\nerrors 2\n" in out
    assert "correction not applied: no report 2020/a.html; review a.csv, line 2" in out


def test_json_and_csv(capsys: pytest.CaptureFixture[str], dataset: Path) -> None:
    for path in (WRONG, dataset / "processed"):
        said = json.loads(run(capsys, "check", path, "--format", "json")[1])
        (answer,) = said["checked"]
        assert said["schema"] == "govdisclose-check/1" and answer["errors"] >= 2
        rows: list[dict[str, Any]] = answer["findings"]
        assert all(set(row) == set(checking.COLUMNS) and isinstance(row["cells"], list) for row in rows)
        lines = list(csv.DictReader(io.StringIO(run(capsys, "check", path, "--format", "csv")[1])))
        assert [line["relation"] for line in lines] == [row["relation"] for row in rows]
        fewer = json.loads(run(capsys, "check", path, "--format", "json", "--severity", "error")[1])
        assert len(fewer["checked"][0]["findings"]) < len(rows)


def test_every_option_is_documented() -> None:
    text = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
    options = [o for p in typer.main.get_command(app).commands["check"].params for o in p.opts if o.startswith("-")]  # type: ignore[attr-defined]
    assert len(options) >= 10
    assert [o for o in options if f"`{o}" not in text and o != "--output"] == []
