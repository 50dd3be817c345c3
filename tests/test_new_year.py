"""A year against the one before: who is missing, who took whose place, what was not understood, what newly fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import govdisclose as gd
from govdisclose.cli import main
from govdisclose.errors import UsageError
from govdisclose.new_year import NewYear, new_year
from govdisclose.new_year.details import changed_numbers, new_findings
from govdisclose.new_year.text import text
from govdisclose.synthesis import Panel, draw_panel
from govdisclose.typeset import Layout, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight agencies in two years; in the second one is gone, one has another name, one broke a sum, one a label."""
    root = tmp_path_factory.mktemp("panel")
    drafts = draw_panel(8, range(2023, 2025), seed=3)
    by_size = sorted({d.agency for d in drafts}, key=lambda a: -sum(map(_left, (d for d in drafts if d.agency == a))))
    renamed, labelled, broken, *_, gone = by_size
    for draft in drafts:
        if draft.year == 2024 and draft.agency == gone:
            continue
        path = root / "raw" / str(draft.year) / f"{draft.agency}.html"
        if draft.year == 2024 and draft.agency == renamed:
            draft = replace(draft, agency="新立示例县人民政府")
            path = path.with_name("renamed.html")
        if draft.year == 2024 and draft.agency == broken:
            draft.figures["requests", "granted", "total"] = "99999"
        path.parent.mkdir(parents=True, exist_ok=True)
        write(draft, Layout("html"), path)
        if draft.year == 2024 and draft.agency == labelled:
            page = path.read_text(encoding="utf-8")
            path.write_text(page.replace("行政规范性文件", "行政新式文件", 1), encoding="utf-8")
    (root / "raw" / "2024" / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    (root / "raw" / "2024" / "old.html").write_bytes(next((root / "raw" / "2023").iterdir()).read_bytes() + b" ")
    (root / "names.txt").write_text("\n".join((renamed, labelled, broken, gone)), encoding="utf-8")
    gd.build(root / "raw", root / "processed", progress=False)
    return root


def _left(draft: object) -> float:
    return float(draft.figures.get(("requests", "carried_out", "total"), "0") or 0)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def found(folder: Path) -> NewYear:
    return new_year(folder / "processed", 2024)


def test_every_change_is_named_and_nothing_else(folder: Path, found: NewYear) -> None:
    renamed, labelled, broken, gone = (folder / "names.txt").read_text(encoding="utf-8").split("\n")
    assert list(found.missing["agency"]) == [gone]
    assert found.renamed.to_numpy().tolist() == [["新立示例县人民政府", renamed, "carried_over"]]
    assert found.appeared.empty
    assert list(found.unreadable["file"]) == ["2024/broken.pdf"]
    assert list(found.labels["label"]) == ["行政新式文件"]
    assert list(found.labels["first_file"]) == [f"2024/{labelled}.html"]
    assert set(found.relations["agency"]) == {broken}
    assert set(found.relations["relation"]) == {"requests_total", "requests_outcomes"}
    assert len(found.came_in) == 7


def test_a_copy_of_last_years_report_in_this_years_folder_is_seen(found: NewYear) -> None:
    assert list(found.misfiled["file"]) == ["2024/old.html"]  # and another file stands for it
    assert "2024/old.html" not in set(found.came_in["file"])


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Namesakes of three places, one of them in two files that differ, and one agency under two names."""
    root = tmp_path_factory.mktemp("doubled")
    drafts = draw_panel(5, range(2024, 2025), seed=5)
    same, two = "鼓楼区人民政府", ("洪泽区人民政府", "淮安市洪泽区人民政府")
    names = {"南京市/a": same, "徐州市/a": same, "徐州市/b": same, "c": two[0], "d": two[1]}
    for draft, (stem, name) in zip(drafts, names.items(), strict=True):
        path = root / "raw" / "2024" / f"{stem}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        write(replace(draft, agency=name, published=""), Layout("html"), path)
    gd.build(root / "raw", root / "processed", progress=False, workers=1)
    return root


def test_namesakes_are_two_and_one_agency_under_two_names_is_one(doubled: Path) -> None:
    found = new_year(doubled / "processed", 2024)
    assert len(found.came_in) == 3 and len(found.appeared) == 3
    rivals = {(row.because, row.file[5:], row.instead[5:]) for row in found.rivals.itertuples()}
    ((_, left, counted),) = (one for one in rivals if one[0] == "other_name")
    assert {left, counted} == {"c.html", "d.html"}
    assert [set(one[1:]) for one in rivals if one[0] == "conflict"] == [{"徐州市/a.html", "徐州市/b.html"}]
    assert "two names of one agency" in text(found, "en") and "未说明以何者为准" in text(found)


def test_who_should_report_and_does_not_is_named(doubled: Path) -> None:
    listed = doubled / "expected.csv"
    lines = [
        "agency,from_year,to_year,scope,note",
        "淮安市洪泽区人民政府,,,,",
        "金湖县人民政府,2024,,,",
        "金湖县教育局,,2023,,",
    ]
    listed.write_text("\n".join(lines), encoding="utf-8")
    found = new_year(doubled / "processed", 2024, expected=listed)
    assert found.silent.fillna("").to_numpy().tolist() == [["金湖县人民政府", "", "missing"]]
    assert "金湖县人民政府 (no report)" in text(found, "en")
    assert new_year(doubled / "processed", 2024).silent.empty


def test_a_longer_name_of_the_same_agency_is_no_new_agency(tmp_path: Path) -> None:
    last, now = draw_panel(1, range(2023, 2025), seed=5)
    for draft in (last, replace(now, agency=f"某省{now.agency}")):
        path = tmp_path / "raw" / str(draft.year) / "report.html"
        path.parent.mkdir(parents=True)
        write(draft, Layout("html"), path)
    gd.build(tmp_path / "raw", tmp_path / "processed", progress=False)
    found = new_year(tmp_path / "processed", 2024)
    assert found.missing.empty and found.appeared.empty
    assert found.renamed.to_numpy().tolist() == [[f"某省{now.agency}", now.agency, "name"]]


def test_the_last_year_of_the_synthetic_panel_gives_up_what_was_planted_in_it(panel: Panel, dataset: Path) -> None:
    last = [planted for planted in panel.planted if planted.year == 2024]
    gone = {planted.agency for planted in last if planted.kind == "missing"}
    renamed = {planted.now: planted.was for planted in last if planted.kind == "renamed"}
    found = new_year(dataset, 2024)
    assert set(found.missing["agency"]) == gone
    assert dict(zip(found.renamed["agency"], found.renamed["was"], strict=True)) == renamed
    assert set(found.labels["label"]) == {planted.now for planted in last if planted.kind == "unknown_label"}
    assert found.relations.empty and found.unreadable.empty and found.misfiled.empty
    known = new_year(dataset, 2024, agencies=panel.agencies)  # where the rename has been written down
    assert set(known.missing["agency"]) == gone and list(known.renamed["because"]) == ["known"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_words_name_all_of_it_and_what_to_do(found: NewYear, lang: str) -> None:
    said = text(found, lang)  # type: ignore[arg-type]
    for word in ("新立示例县人民政府", "broken.pdf", "行政新式文件", "99999", "data/corrections", "CONTRIBUTING.md"):
        assert word in said
    assert text(found, "en", most=1).count("… and 1 more") == 1  # relations


def test_a_year_without_files_says_which_years_there_are(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"no report of 2031 .* it has \[2023, 2024\]"):
        new_year(folder / "processed", 2031)


def test_the_command_builds_and_tells(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, processed = str(folder / "raw"), str(folder / "processed")
    assert main(["new-year", "2024", "--raw", raw, "--processed", processed, "--lang", "en", "--no-progress"]) == 0
    assert capsys.readouterr().out.startswith("2024: reports that came in: 7 (the year before: 8)")
    assert main(["new-year", "2031", "--raw", raw, "--processed", processed, "--no-progress"]) == 2


def test_numbers_that_changed_come_with_both_years_the_largest_first(folder: Path) -> None:
    _, _, broken, _ = (folder / "names.txt").read_text(encoding="utf-8").split("\n")
    changed = changed_numbers(folder / "processed", 2024)
    assert changed["change"].abs().is_monotonic_decreasing
    assert (changed["now"] - changed["last"] == changed["change"]).all()
    row = changed[(changed["agency"] == broken) & (changed["row"] == "granted") & (changed["column"] == "total")]
    assert row["now"].item() == 99999
    assert set(changed["agency"]) <= set(new_year(folder / "processed", 2024).came_in["agency"])


def test_findings_that_are_new_are_those_of_the_broken_sum_and_the_unknown_label(folder: Path) -> None:
    _, labelled, broken, _ = (folder / "names.txt").read_text(encoding="utf-8").split("\n")
    found = new_findings(folder / "processed", 2024)
    assert set(found["agency"]) - {"新立示例县人民政府"} == {labelled, broken}  # all that a new agency has is new
    assert {"requests_total", "requests_outcomes"} <= set(found.loc[found["agency"] == broken, "relation"])
    assert not set(found.loc[found["agency"] == labelled, "relation"]) & {"requests_total", "requests_outcomes"}
