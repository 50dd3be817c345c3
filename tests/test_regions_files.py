"""What the user keeps beside the reports: who an agency is (agencies.csv) and who should report (expected.csv)."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pandas as pd
import pytest

from govdisclose.errors import GovdiscloseError, UsageError
from govdisclose.regions import (
    AgencyError,
    columns,
    divisions,
    expected_coverage,
    load_agencies,
    load_expected,
    resolve,
    write_invented,
)
from govdisclose.synthesis import invented_agencies

ROOT = Path(__file__).resolve().parents[1]
HEADER = "agency,from_year,to_year,code,kind,parent,same_as,note"
EXPECTED = "agency,from_year,to_year,scope,note"


def write(folder: Path, *lines: str, header: str = HEADER, name: str = "agencies.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


# --- agencies.csv -----------------------------------------------------------------------------------------------------


def test_the_files_in_data_are_headers_only() -> None:
    assert (ROOT / "data" / "agencies.csv").read_text(encoding="utf-8") == HEADER + "\n"
    assert (ROOT / "data" / "expected.csv").read_text(encoding="utf-8") == EXPECTED + "\n"
    assert load_agencies(ROOT / "data" / "agencies.csv").by_name == {}
    assert load_expected(ROOT / "data" / "expected.csv").empty


def test_a_line_comes_before_the_name_and_holds_in_its_years(tmp_path: Path) -> None:
    path = write(tmp_path, "鼓楼区教育局,2021,2022,320106,department,,,南京")
    found = resolve(pd.DataFrame({"agency": ["鼓楼区教育局"] * 3, "year": [2020, 2021, 2022]}), overrides=path)
    assert found["agency_id"].fillna("").tolist() == ["", "P320106:教育局", "P320106:教育局"]
    assert found["basis"].fillna("").tolist() == ["", "file", "file"]


def test_a_township_is_told_its_county(tmp_path: Path) -> None:
    path = write(tmp_path, "太平镇人民政府,,,320829,government,,,")
    found = resolve(["太平镇人民政府"], 2022, overrides=path).iloc[0]
    assert found[["agency_id", "code", "level", "parent"]].tolist() == [
        "P320829:太平镇", "320813", "township", "P320829",
    ]  # fmt: skip


def test_an_organ_that_changed_its_name_stays_one_agency(tmp_path: Path) -> None:
    path = write(tmp_path, "洪泽区发展和改革局,,,,,,洪泽区发展和改革委员会,更名")
    found = resolve(["洪泽区发展和改革局", "淮安市洪泽区发展和改革委员会"], 2022, overrides=path)
    assert found["agency_id"].nunique() == 1


def test_a_misprinted_name_is_put_right(tmp_path: Path) -> None:
    path = write(tmp_path, "沐阳县人民政府,,,,,,沭阳县人民政府,照印")
    found = resolve(["沐阳县人民政府"], 2025, overrides=path).iloc[0]
    assert (found["agency"], found["agency_id"], found["code"]) == ("沐阳县人民政府", "P321322", "321322")


def test_a_parent_may_be_a_name_or_an_id(tmp_path: Path) -> None:
    lines = ["甲中心,,,320800,other,淮安市财政局,,", "乙中心,,,320800,other,P320800:教育局,,"]
    found = resolve(["甲中心", "乙中心"], 2022, overrides=write(tmp_path, *lines))
    assert found["parent"].tolist() == ["P320800:财政局", "P320800:教育局"]
    assert found["agency_id"].tolist() == ["P320800:甲中心", "P320800:乙中心"]


def test_names_that_tell_nothing_are_agencies_of_their_own(tmp_path: Path) -> None:
    names = ["样本甲市人民政府", "样本甲市子县子阳镇人民政府", "样本乙市人民政府"]
    lines = [f"{name},,,320106,government,,,合成数据" for name in names]
    found = resolve([*names, "南京市鼓楼区人民政府"], 2022, overrides=write(tmp_path, *lines))
    assert found["agency_id"].is_unique and set(found["code"]) == {"320106"}


def test_a_place_that_no_list_knows_makes_no_other_level_and_no_other_agency(tmp_path: Path) -> None:
    names = {"沐阳县马厂镇人民政府": "321322", "沐阳县人民政府": "321322", "太平区人民政府": "210100"}
    lines = [f"{name},,,{code},government,,," for name, code in names.items()]
    found = resolve([*names], 2022, overrides=write(tmp_path, *lines))
    assert found["level"].tolist() == ["township", "county", "prefecture"]
    assert found["agency_id"].tolist() == [f"P{code}:{name}" for name, code in names.items()]  # 太平区 is no 沈阳市


def test_two_agencies_may_be_each_others_parent_in_the_file_without_harm(tmp_path: Path) -> None:
    lines = ["甲局,,,320800,department,乙局,,", "乙局,,,320800,department,甲局,,"]
    found = resolve(["甲局", "乙局"], 2022, overrides=write(tmp_path, *lines))
    assert found["parent"].tolist() == ["P320800:乙局", "P320800:甲局"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("甲局,20,,320800,department,,,", "line 2: from_year is '20'; write a year in four digits"),
        ("甲局,2022,2020,320800,department,,,", "line 2: from_year 2022 is after to_year 2020"),
        ("甲局,,,320899,department,,,", "line 2: no division ever had the code '320899'"),
        ("甲局,,,320800,bureau,,,", "line 2: kind is 'bureau'; choose from: government, department"),
        ("甲局,,,,,,,", "line 2: 甲局 needs a code or same_as"),
        ("甲局,,,320800,department,,乙局,", "line 2: 甲局 needs a code or same_as"),
        ("甲局,,,,,,甲局,", "line 2: 甲局 is the same as itself"),
        (",,,320800,department,,,", "line 2: no agency"),
        ("甲局,,,320800", "line 2: not 8 fields"),
        ("甲局,,,320800,department,,,,,", "line 2: not 8 fields"),
        ("甲局,,,320800,department,,,\n甲局,2020,,320800,department,,,", "line 3: 甲局 stands in .*line 2 too"),
    ],
)
def test_a_wrong_line_is_named_with_its_remedy(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(AgencyError, match=message):
        load_agencies(write(tmp_path, line))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("甲局,,,,,,乙局,", "line 2: same_as '乙局' is not known in 2022"),
        ("甲局,,,320800,department,某处,,", "line 2: parent '某处' is not known in 2022"),
        ("甲局,,,,,,乙局,\n乙局,,,,,,洪泽区教育局,", "line 2: 乙局 is the same as another itself; name 洪泽区教育局"),
        ("甲局,,,,,,乙局,\n乙局,,,,,,甲局,", "line 2: 乙局 is the same as another itself; give one of the two a code"),
        ("甲局,,,320800,department,甲局,,", "line 2: 甲局 would be its own parent; name another"),
    ],
)
def test_a_line_that_points_nowhere_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(AgencyError, match=message):
        resolve(["甲局"], 2022, overrides=write(tmp_path, line))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    assert issubclass(AgencyError, GovdiscloseError)
    with pytest.raises(AgencyError, match=r"line 1: columns name, note; they must be agency,from_year"):
        load_agencies(write(tmp_path, header=HEADER.replace("note", "name")))
    (tmp_path / "gbk.csv").write_bytes("机关,x\n".encode("gbk"))
    with pytest.raises(AgencyError, match="not UTF-8"):
        load_agencies(tmp_path / "gbk.csv")


def test_invented_agencies_have_codes_that_no_division_has(tmp_path: Path) -> None:
    names = [name for name, _ in islice(invented_agencies(), 300)]
    found = resolve(names, 2022, overrides=write_invented(names, tmp_path / "agencies.csv"))
    assert found["agency_id"].notna().all() and found["agency_id"].is_unique
    assert not set(found["code"]) & {d.code for d in divisions()} and found["province_zh"].isna().all()
    rows = found.set_index("agency")
    assert rows.loc["样本甲市人民政府", ["agency_id", "level"]].tolist() == ["P900100", "prefecture"]
    assert rows.loc["样本甲市子区人民政府", ["level", "parent"]].tolist() == ["county", "P900100"]
    assert rows.loc["样本甲市子区教育局", "agency_id"] == rows.loc["样本甲市子区人民政府", "agency_id"] + ":教育局"
    towns = found[found["level"] == "township"]
    assert len(towns) and towns["agency"].str.endswith("镇人民政府").all()
    assert towns["parent"].tolist() == towns["place"].tolist()


def test_codes_for_invented_agencies_run_out_with_a_word(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no city"):
        write_invented(["某局"], tmp_path / "agencies.csv")
    with pytest.raises(UsageError, match="no code is left"):
        write_invented([f"样本{i}市人民政府" for i in range(1000)], tmp_path / "agencies.csv")


# --- expected.csv -----------------------------------------------------------------------------------------------------

REPORTS = pd.DataFrame(
    [
        {"report_id": "a", "agency": "洪泽区人民政府", "year": 2021, "scope": "own_office"},
        {"report_id": "b", "agency": "淮安市洪泽区教育局", "year": 2021, "scope": "unknown"},
        {"report_id": "c", "agency": "鼓楼区教育局", "year": 2022, "scope": "unknown"},
        {"report_id": "d", "agency": None, "year": None, "scope": None, "error_type": "UnreadableFile",
         "file": "2022/洪泽区教育局.pdf"},
        {"report_id": "e", "agency": "金湖县财政局", "year": 2022, "scope": "unknown"},
    ]
)  # fmt: skip
LINES = (
    "淮安市洪泽区人民政府,2021,,consolidated,",
    "洪泽区人民政府,,2021,own_office,",
    "洪泽区教育局,,,,",
    "鼓楼区教育局,,,,名称不能确定",
)


def test_silence_is_seen(tmp_path: Path) -> None:
    expected = load_expected(write(tmp_path, *LINES, header=EXPECTED, name="expected.csv"))
    found = expected_coverage(REPORTS, expected)
    assert list(found) == [c["name"] for c in columns() if c["table"] == "coverage"]
    rows = {(r.agency, r.year, r.scope if isinstance(r.scope, str) else ""): r for r in found.itertuples()}
    assert {key: row.status for key, row in rows.items()} == {
        ("淮安市洪泽区人民政府", 2021, "consolidated"): "missing",
        ("淮安市洪泽区人民政府", 2022, "consolidated"): "missing",
        ("洪泽区人民政府", 2021, "own_office"): "reported",
        ("洪泽区教育局", 2021, ""): "reported",
        ("洪泽区教育局", 2022, ""): "unreadable",
        ("鼓楼区教育局", 2021, ""): "missing",
        ("鼓楼区教育局", 2022, ""): "reported",
        ("金湖县财政局", 2022, ""): "not_expected",
    }
    assert rows["淮安市洪泽区人民政府", 2021, "consolidated"].found_scopes == "own_office"
    assert rows["洪泽区教育局", 2022, ""].report_id == "d"
    assert rows["鼓楼区教育局", 2022, ""].agency_id == "name:鼓楼区教育局"


def test_lines_that_overlap_ask_once(tmp_path: Path) -> None:
    lines = ("洪泽区人民政府,,2022,,", "洪泽区人民政府,2020,,,", "淮安市洪泽区人民政府,,,,")
    path = write(tmp_path, *lines, header=EXPECTED, name="expected.csv")
    found = expected_coverage(REPORTS.iloc[:1], path, years=range(2019, 2024))
    assert found["status"].tolist() == ["missing", "missing", "reported", "missing", "missing"]


def test_the_folder_of_a_file_tells_who_reported(tmp_path: Path) -> None:
    path = write(tmp_path, "南京市鼓楼区教育局,,,,", header=EXPECTED, name="expected.csv")
    for city, status in (("南京市", ["reported"]), ("徐州市", ["missing", "not_expected"])):
        found = expected_coverage(REPORTS.iloc[[2]].assign(file=f"2022/{city}/a.pdf"), path, years=[2022])
        assert sorted(found["status"]) == status


def test_years_may_be_chosen(tmp_path: Path) -> None:
    expected = load_expected(write(tmp_path, *LINES, header=EXPECTED, name="expected.csv"))
    assert set(expected_coverage(REPORTS, expected, years=range(2019, 2021))["status"]) == {"missing"}
    assert expected_coverage(REPORTS.iloc[:0], expected).empty


def test_a_wrong_line_of_the_list_is_named(tmp_path: Path) -> None:
    for line, message in ((",,,,", None), ("甲局,,,both,", "scope is 'both'"), (",2020,,,", "line 2: no agency")):
        path = write(tmp_path, line, header=EXPECTED, name="expected.csv")
        if message is None:
            assert load_expected(path).empty
            continue
        with pytest.raises(AgencyError, match=message):
            load_expected(path)
