"""Reviewed changes: guarded, kept apart from what is printed, and loud when they no longer fit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made import make_report

import govdisclose as gd
from govdisclose import errors
from govdisclose.corpus import records
from govdisclose.corrections import COLUMNS, MISSING, Correction, correct, for_file, load_corrections
from govdisclose.forms import load
from govdisclose.model import Address, Number

ROOT = Path(__file__).resolve().parents[1]
FORMS = load()
HEADER = ",".join(COLUMNS)
LINE = "2022/a.txt,remedies,review,total,misprint,0,11,parts,seen,me,2024-05-31"
OUTCOMES = ("upheld", "corrected", "other", "pending", "total")
TOTAL = ("remedies", "review", "total")


def table_four(*review: int) -> dict[Address, str]:
    zeros = {("remedies", *a): "0" for a in FORMS["2021"].table("remedies").addresses()}
    return zeros | {("remedies", "review", c): str(n) for c, n in zip(OUTCOMES, review, strict=True)}


def decision(column: str, kind: str, was: Number | str, now: Number | str, line: str = "a.csv, line 2") -> Correction:
    return Correction("a.txt", "remedies", "review", column, kind, was, now, "why", "seen", "me", "2024-05-31", line)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> gd.Report:
    """A total printed as 0 over 10 and 1."""
    path = tmp_path_factory.mktemp("made") / "a.html"
    return gd.read(make_report(path, numbers=table_four(10, 1, 0, 0, 0), says="发生行政复议0件。"))


def cell(report: gd.Report, column: str) -> gd.report.Cell:  # type: ignore[name-defined]
    return next(c for c in report.cell_records if c.key == ("remedies", "review", column))


def failing(report: gd.Report) -> list[tuple[str, bool]]:
    return [(f.relation, f.corrected) for f in report.finding_records if f.severity == "error"]


# --- the files --------------------------------------------------------------------------------------------------------


def written(folder: Path, *lines: str, header: str = HEADER) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "a.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8-sig")
    return folder


def test_a_file_of_corrections_is_read(tmp_path: Path) -> None:
    (found,) = load_corrections(written(tmp_path, LINE, "", ",,,,,,,,,,"), FORMS)
    assert (found.key, found.was, found.now, found.line) == (TOTAL, 0, 11, "a.csv, line 2")
    assert load_corrections(None, FORMS) == ()
    (tmp_path / "README.md").write_text("no corrections", encoding="utf-8")
    assert len(load_corrections(tmp_path, FORMS)) == 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([LINE.replace("misprint", "typo")], "line 2: kind 'typo'; write misread"),
        ([LINE.replace("review", "revue")], "line 2: no cell remedies.revue.total in any form; see"),
        ([LINE.replace("parts", " ")], "line 2: reason is empty"),
        ([LINE.replace("2024-05-31", "31.5.24")], "line 2: date '31.5.24'; write it as"),
        ([LINE.replace(",0,11,", ",0,eleven,")], "line 2: now 'eleven'; write a number, or missing"),
        ([LINE.replace(",0,11,", ",0,blank,")], "line 2: now 'blank'; write a number, or missing"),
        ([LINE.replace(",0,11,", ",nil,11,")], "line 2: was 'nil'; write a number, or blank or dash"),
        ([LINE.replace(",0,11,", ",11,11,")], "line 2: was and now are both 11"),
        ([LINE, LINE.replace(",0,11,", ",0,12,")], "line 3: remedies.review.total is corrected in a.csv, line 2 too"),
        ([LINE + ",more"], "line 2: not 11 values; put quotes"),
        (["a.txt,remedies"], "line 2: not 11 values"),
    ],
)
def test_a_wrong_line_is_told_with_its_remedy(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(errors.CorrectionError, match=re.escape(f"a.csv, {said}")):
        load_corrections(written(tmp_path, *lines), FORMS)


def test_a_wrong_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(errors.CorrectionError, match="line 1: columns by, who; they must be"):
        load_corrections(written(tmp_path, LINE, header=HEADER.replace(",by,", ",who,")), FORMS)
    (tmp_path / "a.csv").write_bytes(f"{HEADER}\n{LINE}".replace("parts", "合计").encode("gb18030"))
    with pytest.raises(errors.CorrectionError, match=r"a\.csv: not UTF-8; save it as"):
        load_corrections(tmp_path, FORMS)
    with pytest.raises(errors.CorrectionError, match="no such folder"):
        load_corrections(tmp_path / "none", FORMS)


def test_a_correction_names_its_file_by_path_or_hash() -> None:
    by_path = decision("total", "misprint", 0, 11)
    by_hash = Correction(**{f: getattr(by_path, f) for f in Correction.__slots__} | {"file": "0123456789ab"})
    assert for_file([by_path], "a.txt", None) == [by_path]
    assert for_file([by_path], "2022/a.txt", None) == []
    assert for_file([by_path], "raw/2022/a.txt", None, loosely=True) == [by_path]
    assert for_file([by_path], "raw/ba.txt", None, loosely=True) == []
    assert for_file([by_hash], "b.txt", "0123456789abcdef") == [by_hash]
    assert for_file([by_hash], "b.txt", "1123456789abcdef") == []


def test_the_example_in_the_folder_fits_the_sample() -> None:
    text = (ROOT / "data/corrections/README.md").read_text(encoding="utf-8")
    example = text.partition("```csv\n")[2].partition("```")[0]
    header, line = example.splitlines()
    assert header == HEADER
    file = line.split(",")[0]
    read = gd.read(ROOT / "data/raw" / file)
    (outcome,) = correct(read, [decision("total", "misprint", 0, 11)])[1]
    assert outcome.status == "applied" and f"{file},remedies,review,total,misprint,0,11," in line


# --- applying ---------------------------------------------------------------------------------------------------------


def test_a_misprint_changes_what_analysis_uses_and_nothing_that_is_printed(report: gd.Report) -> None:
    before = cell(report, "total")
    again, (outcome,) = correct(report, [decision("total", "misprint", 0, 11)])
    after = cell(again, "total")
    assert outcome.status == "applied"
    assert (after.value, after.adjusted, after.state, after.raw) == (before.value, 11, "number", before.raw)
    assert after.evidence == before.evidence
    assert "correction=misprint" in after.address
    assert failing(report) == [("remedies_total", False)] and failing(again) == [("remedies_total", True)]
    states = {(r.at, r.state, r.adjusted) for r in again.relation_records if r.at == "review"}
    assert states == {("review", "fails", "holds")}
    blamed = [f.corrected for f in again.finding_records if f.relation == "blame"]
    assert blamed == [True]


def test_a_misprint_reaches_the_prose(report: gd.Report) -> None:
    again, _ = correct(report, [decision("total", "misprint", 0, 11)])
    said = {f.relation: f.corrected for f in report.finding_records if f.relation.startswith("claim")}
    assert "claim_contradicts" not in said  # 0 in the prose, 0 in the table
    assert {f.relation for f in again.finding_records} == {f.relation for f in report.finding_records}


def test_a_wrong_number_without_a_right_one(report: gd.Report) -> None:
    again, _ = correct(report, [decision("total", "misprint", 0, MISSING)])
    assert (cell(again, "total").value, cell(again, "total").adjusted) == (0, None)
    assert failing(again) == [("remedies_total", True)]


def test_a_misread_is_mended_and_keeps_the_first_reading(report: gd.Report) -> None:
    again, _ = correct(report, [decision("total", "misread", 0, 11)])
    mended = cell(again, "total")
    assert (mended.value, mended.adjusted, mended.candidates, mended.raw) == (11, 11, (0,), "0")
    assert mended.evidence == "read" and mended.address.endswith(";correction=misread")
    assert failing(again) == [] and not [f for f in again.finding_records if f.relation == "blame"]


def test_a_mended_reading_proves_nothing(report: gd.Report) -> None:
    again, _ = correct(report, [decision("total", "misread", 0, 11)])
    assert [cell(again, c).evidence for c in OUTCOMES] == ["read"] * 5
    whole = [c.evidence for c in again.cell_records if c.row == "litigation_direct"]
    assert whole == ["proved"] * 5


def test_a_misread_may_be_a_blank(report: gd.Report) -> None:
    again, _ = correct(report, [decision("total", "misread", 0, "blank")])
    assert (cell(again, "total").value, cell(again, "total").state) == (None, "blank")
    assert failing(again) == []


def test_both_kinds_on_one_cell(report: gd.Report) -> None:
    decided = [decision("total", "misprint", 12, 11, "a.csv, line 3"), decision("total", "misread", 0, 12)]
    again, outcomes = correct(report, decided)
    assert [o.status for o in outcomes] == ["applied", "applied"]
    assert (cell(again, "total").value, cell(again, "total").adjusted) == (12, 11)
    assert failing(again) == [("remedies_total", True)]


def test_another_reading_than_the_reviewer_saw_changes_nothing(report: gd.Report) -> None:
    again, (outcome,) = correct(report, [decision("total", "misprint", 1, 11)])
    assert (outcome.status, outcome.found) == ("stale", 0)
    assert again.cell_records == report.cell_records
    (finding,) = [f for f in again.finding_records if f.relation == "correction_stale"]
    assert finding.severity == "error" and "was 1, is 0; review a.csv, line 2" in finding.message_en
    assert "原为 1，现读作 0" in finding.message_zh


def test_two_corrections_of_one_cell_by_path_and_by_hash(report: gd.Report) -> None:
    twice = [decision("total", "misprint", 0, 11), decision("total", "misprint", 0, 12, "a.csv, line 3")]
    with pytest.raises(errors.CorrectionError, match=r"a\.csv, line 3: .* is corrected in a\.csv, line 2 too"):
        correct(report, twice)


def test_a_record_gives_its_report_back(report: gd.Report) -> None:
    for one in (report, gd.read(ROOT / "data/raw/2022/卫滨区人民政府.pdf")):
        made = records.record(one)
        back = records.record(records.report_of(made, FORMS))
        assert {k: v for k, v in back.items() if k != "relations"} == {
            k: v for k, v in made.items() if k != "relations"
        }
        assert records.report_of(made, FORMS).cell_records == one.cell_records


# --- in a build -------------------------------------------------------------------------------------------------------


def test_a_build_applies_what_lies_beside_the_raw_files(tmp_path: Path) -> None:
    for year in (2021, 2022):
        make_report(tmp_path / f"raw/{year}/a.txt", year=year, numbers=table_four(10, 1, 0, 0, 0))
    raw, out = tmp_path / "raw", tmp_path / "out"
    first = gd.build(raw, out, workers=1)
    assert (first.read, first.corrected, first.unapplied) == (2, 0, ())
    plain = gd.load(out)
    written(
        tmp_path / "corrections",
        LINE,
        LINE.replace("2022/", "2020/"),
        LINE.replace("2022/", "2021/").replace(",0,", ",7,"),
    )
    second = gd.build(raw, out, workers=1)
    assert (second.read, second.corrected) == (0, 1)
    assert second.unapplied == (
        "a.csv, line 3: no report 2020/a.txt",
        "a.csv, line 4: remedies.review.total was 7, is 0",
    )
    assert "CORRECTIONS NOT APPLIED: 2; review them\n  a.csv, line 3: no report" in str(second)
    panel = gd.load(out)
    changed = panel[(panel["adjusted"] != plain["adjusted"]) & panel["adjusted"].notna()]
    assert changed[["year", "row", "column", "value", "adjusted"]].to_numpy().tolist() == [
        [2022, "review", "total", 0, 11]
    ]
    decided = gd.load_table(out, "corrections")
    assert decided["status"].tolist() == ["applied", "no_report", "stale"]
    relations = gd.load_table(out, "relations").query("state != adjusted")
    assert relations[["relation", "at", "state", "adjusted"]].to_numpy().tolist() == [
        ["remedies_total", "review", "fails", "holds"]
    ]
    (tmp_path / "corrections/a.csv").unlink()
    assert gd.build(raw, out, workers=1).read == 0
    assert gd.load(out).equals(plain)


def test_a_wrong_correction_stops_a_build_before_it_reads(tmp_path: Path) -> None:
    make_report(tmp_path / "raw/a.txt")
    written(tmp_path / "own", LINE.replace("misprint", "typo"))
    with pytest.raises(errors.CorrectionError):
        gd.build(tmp_path / "raw", tmp_path / "out", corrections=tmp_path / "own", workers=1)
    assert not (tmp_path / "out").exists()
