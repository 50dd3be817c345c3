"""One agency-year in several files: grouped, related, and exactly one of them preferred."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import figures, make_report

import govdisclose as gd
from govdisclose.versions import Numbers, Version, standings
from govdisclose.years import consecutive

BASE = Version("a.html", "1", "样本县教育局", 2022, "unknown", None, "", "html", 3, 2)
FULL: Numbers = {("remedies", "review", "upheld"): 1, ("remedies", "review", "total"): 1}
OTHER: Numbers = FULL | {("remedies", "review", "total"): 2}
PART: Numbers = {("remedies", "review", "upheld"): 1}


def told(*files: tuple[Version, Numbers]) -> list[str]:
    """The relation of every file."""
    found = standings([f for f, _ in files], lambda i: files[i][1])
    for group in {s.same_agency_year for s in found}:
        members = [s for s in found if s.same_agency_year == group]
        assert sum(s.preferred for s in members) == 1
        assert all(s.n_versions == len(members) for s in members)
    assert all(s.preferred == (s.relation in ("only", "preferred")) for s in found)
    return [s.relation for s in found]


def version(file: str, **changes: object) -> Version:
    reader = {"docx": "docx", "pdf": "pdf", "txt": "text"}.get(file.rpartition(".")[2], "html")
    return replace(BASE, **{"file": file, "sha256": file, "reader": reader, **changes})  # type: ignore[arg-type]


def test_a_page_and_its_attachment() -> None:
    assert told((version("a.html"), FULL), (version("x/b.pdf"), FULL)) == ["preferred", "attachment"]
    assert told((version("a.html", certain=0, tables=0), {}), (version("b.pdf"), FULL)) == ["attachment", "preferred"]
    assert told((version("a.txt"), FULL), (version("a.docx"), FULL)) == ["attachment", "preferred"]


def test_copies_and_parts() -> None:
    assert told((version("a.html"), FULL), (version("b.html"), FULL)) == ["preferred", "duplicate"]
    assert told((version("a.html", certain=1), PART), (version("b.html"), FULL)) == ["partial", "preferred"]
    same = replace(version("b.pdf"), sha256="a.html")
    assert told((version("a.html"), FULL), (same, FULL)) == ["preferred", "duplicate"]


def test_a_correction_comes_before_its_original() -> None:
    corrected = version("b.pdf", title="样本县教育局2022年政府信息公开工作年度报告（更正版）")
    assert told((version("a.html"), FULL), (corrected, OTHER)) == ["corrected", "preferred"]
    assert told((version("a.html"), FULL), (version("2022/年报(修訂).txt", certain=1), OTHER)) == [
        "corrected",
        "preferred",
    ]
    # but not where it prints one table alone
    assert told((version("a.html"), FULL), (replace(corrected, tables=1), OTHER)) == ["preferred", "corrected"]
    # and a folder's name says nothing
    assert told((version("a.html"), FULL), (version("更正/b.pdf"), OTHER)) == ["preferred", "conflict"]


def test_the_later_publication_comes_first_where_numbers_differ() -> None:
    early, late = {"published": "2023-01-20"}, {"published": "2023-03-01"}
    assert told((version("a.html", **early), FULL), (version("b.pdf", **late), OTHER)) == ["corrected", "preferred"]
    assert told((version("a.html", **early), FULL), (version("b.pdf", **late), FULL)) == ["preferred", "attachment"]
    month = {"published": "2023-01"}
    assert told((version("a.html", **early), FULL), (version("b.pdf", **month), OTHER)) == ["preferred", "conflict"]
    assert told((version("a.html"), FULL), (version("b.pdf", **late), OTHER)) == ["preferred", "conflict"]


def test_scopes_are_not_versions_of_each_other() -> None:
    own, all_, silent = (version(f"{s}.html", scope=s) for s in ("own_office", "consolidated", "unknown"))
    assert told((own, FULL), (all_, OTHER)) == ["only", "only"]
    assert told((own, FULL), (all_, OTHER), (silent, OTHER)) == ["only", "preferred", "duplicate"]
    assert told((own, FULL), (silent, FULL)) == ["preferred", "duplicate"]
    assert told((own, FULL), (silent, OTHER)) == ["preferred", "conflict"]
    third: Numbers = {("remedies", "review", "total"): 9}
    assert told((own, FULL), (all_, OTHER), (silent, third)) == ["only", "only", "only"]


def test_names_are_compared_as_printed_but_for_script_and_space() -> None:
    assert told((version("a.html"), FULL), (version("b.html", agency="樣本縣　教育局"), FULL)) == [
        "preferred",
        "duplicate",
    ]
    assert told((version("a.html"), FULL), (version("b.html", agency="样本县财政局"), FULL)) == ["only", "only"]
    assert told((version("a.html"), FULL), (version("b.html", year=2021), FULL)) == ["only", "only"]
    longer = version("b.pdf", agency="样本市样本县教育局")
    assert told((version("a.html"), FULL), (longer, FULL)) == ["only", "only"]


def test_agencies_of_one_name_in_several_places_are_no_versions_of_each_other() -> None:
    cities = ("江苏省/南京市", "江苏省/徐州市", "福建省/福州市")
    named = [version(f"2022/{city}/鼓楼区人民政府.md", agency="鼓楼区人民政府") for city in cities]
    assert told(*((one, FULL) for one in named)) == ["only"] * 3
    nowhere = version("2022/a.md", agency="鼓楼区人民政府")
    assert told((named[0], FULL), (nowhere, FULL)) == ["duplicate", "preferred"]  # it can be no other's
    assert told(*((one, FULL) for one in (*named, nowhere))) == ["only"] * 4
    again = version("old/徐州市/b.html", agency="鼓楼区人民政府")
    assert told(*((one, FULL) for one in (*named, again))) == ["only", "preferred", "only", "duplicate"]
    # a name that tells its place is the same agency's in whatever folder
    own = [version(f"{city}/a.md", agency="洪泽区人民政府") for city in cities]
    assert told(*((one, FULL) for one in own)) == ["preferred", "duplicate", "duplicate"]


def test_agencies_of_one_name_are_compared_with_their_own_year_before() -> None:
    about = {"agency": "鼓楼区人民政府", "scope": "unknown", "preferred": True}
    rows = [about | {"year": y, "file": f"{y}/{c}/a.md"} for c in ("南京市", "徐州市") for y in (2021, 2022)]
    assert sorted(consecutive(rows)) == [(1, 0), (3, 2)]


def test_files_side_by_side_belong_together() -> None:
    assert told((version("x/a.html"), FULL), (version("x/a.pdf", agency=None), FULL)) == ["preferred", "attachment"]
    longer = version("x/a.pdf", agency="样本市样本县教育局")
    assert told((version("x/a.html"), FULL), (longer, FULL)) == ["preferred", "attachment"]
    assert told((version("x/a.html"), FULL), (version("y/a.pdf", agency=None), FULL)) == ["only", "only"]
    assert told((version("x/a.html"), FULL), (version("x/a.pdf", agency="样本县财政局"), FULL)) == ["only", "only"]
    assert told((version("x/a.html"), FULL), (version("x/a.pdf", year=2021), FULL)) == ["only", "only"]


def test_the_group_keeps_its_id_when_a_file_joins() -> None:
    page, attached = version("x/a.html"), version("x/a.pdf", agency=None)
    alone = standings([page], [FULL].__getitem__)
    both = standings([page, attached], [FULL, FULL].__getitem__)
    assert {s.same_agency_year for s in both} == {alone[0].same_agency_year}


def test_copies_of_a_file_that_names_nobody_count_once() -> None:
    nobody = {"agency": None, "sha256": "same"}
    assert told((version("x.html", **nobody), FULL), (version("y.html", **nobody), FULL)) == ["preferred", "duplicate"]
    assert told((version("x.html", agency=None), FULL), (version("y.html", agency=None), FULL)) == ["only", "only"]


@given(st.permutations(range(6)))
def test_the_order_of_the_files_does_not_matter(order: list[int]) -> None:
    files = [
        (version("a.html"), FULL),
        (version("b.pdf", published="2023-01-20"), OTHER),
        (version("c.txt", title="（更正）"), PART),
        (version("d.docx", scope="own_office"), OTHER),
        (version("e.html", agency=None), FULL),
        (version("a.pdf", agency=None), FULL),
    ]
    expected = dict(
        zip((f.file for f, _ in files), standings([f for f, _ in files], lambda i: files[i][1]), strict=True)
    )
    shuffled = [files[i] for i in order]
    found = standings([f for f, _ in shuffled], lambda i: shuffled[i][1])
    assert dict(zip((f.file for f, _ in shuffled), found, strict=True)) == expected


@pytest.mark.parametrize("workers", [1])
def test_from_files_to_the_panel(tmp_path: Path, workers: int) -> None:
    raw = tmp_path / "raw"
    make_report(raw / "2022/page.html", published="2023-01-20")
    make_report(raw / "2022/attachment.docx", published="2023-01-20")
    corrected = figures() | {("remedies", "review", "upheld"): "99"}
    make_report(raw / "2022/更正.html", numbers=corrected, published="2023-05-04")
    make_report(raw / "2021/page.html", year=2021)
    result = gd.build(raw, tmp_path / "out", workers=workers)
    assert (result.reports, result.preferred) == (4, 2)
    reports = gd.load_table(tmp_path / "out", "reports").set_index("file")
    assert reports["relation"].astype(str).to_dict() == {
        "2021/page.html": "only",
        "2022/attachment.docx": "corrected",
        "2022/page.html": "corrected",
        "2022/更正.html": "preferred",
    }
    panel = gd.load(tmp_path / "out", years=2022).set_index(["table", "row", "column"])
    assert panel.loc[("remedies", "review", "upheld"), "value"] == 99 and panel.index.is_unique
