"""Who an agency is: codes, levels, kinds and parents by printed name and year."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govdisclose.errors import UsageError
from govdisclose.regions import attach, columns, resolve, unresolved
from govdisclose.regions.divisions import Division, by_code, divisions, in_year, level_of, parent_of, within
from govdisclose.regions.extract import FIELDS, FIRST_YEAR, read_years, source
from govdisclose.regions.extract import divisions as extracted
from govdisclose.regions.identifying import identify
from govdisclose.regions.names import read
from govdisclose.regions.overrides import Agencies
from govdisclose.synthesis import invented_agencies

ROOT = Path(__file__).resolve().parents[1]
YEAR = 2023
LISTED = by_code(YEAR)


def full_name(code: str, year: int = YEAR) -> str:
    above = parent_of(code, year)
    return (full_name(above, year) if above else "") + by_code(year)[code].name


def told(name: str, year: int = YEAR) -> dict[str, object]:
    """The fields of one agency, without a frame around them."""
    return dict.fromkeys(("agency_id", "place", "reason", "code")) | identify(name or None, year, (), Agencies())


def one(name: str, year: int = YEAR, hint: str = "") -> dict[str, object]:
    """The row of one agency; None where a field is missing."""
    found = resolve([name], year, hints=[hint])
    return {str(k): None if pd.isna(v) else v for k, v in found.iloc[0].items()}


# --- the list of divisions --------------------------------------------------------------------------------------------


def test_the_list_is_what_the_source_gives() -> None:
    path = ROOT / "govdisclose" / "regions" / "divisions.csv"
    rows = [",".join(FIELDS), *(",".join(row) for row in extracted(read_years(source())))]
    assert path.read_text(encoding="utf-8").splitlines() == rows


def test_numbers_of_divisions_are_the_official_ones() -> None:
    counts = {year: Counter(level_of(code) for code in by_code(year)) for year in (2007, 2015, 2024)}
    assert counts[2007] == {"province": 34, "prefecture": 333, "county": 2859}
    assert counts[2015] == {"province": 34, "prefecture": 334, "county": 2850}
    assert counts[2024] == {"province": 34, "prefecture": 333, "county": 2846}


def test_a_place_is_one_division_a_year_and_its_years_do_not_overlap() -> None:
    for year in range(FIRST_YEAR, 2025):
        places = Counter(d.place for d in by_code(year).values())
        assert max(places.values()) == 1, [place for place, n in places.items() if n > 1]
    spans: defaultdict[str, list[Division]] = defaultdict(list)
    for d in divisions():
        spans[d.place].append(d)
    for chain in spans.values():
        years = [year for d in chain for year in range(d.first, d.last + 1)]
        assert sorted(years) == list(range(min(years), max(years) + 1)), chain


@pytest.mark.parametrize(
    ("old", "before", "new", "after"),
    [
        ("320829", 2015, "320813", 2016),  # 洪泽县 → 洪泽区
        ("420600", 2009, "420600", 2010),  # 襄樊市 → 襄阳市
        ("341421", 2010, "340124", 2011),  # 庐江县, from 巢湖 to 合肥
        ("522200", 2010, "520600", 2011),  # 铜仁地区 → 铜仁市
        ("360721", 2015, "360704", 2016),  # 赣县 → 赣县区
        ("130502", 2019, "130502", 2020),  # 桥东区 → 襄都区
        ("632121", 2012, "630203", 2015),  # 平安县 → 平安区, by way of 630221
    ],
)
def test_a_place_goes_on_under_another_code_or_name(old: str, before: int, new: str, after: int) -> None:
    assert by_code(before)[old].place == by_code(after)[new].place


@pytest.mark.parametrize(
    ("olds", "before", "new", "after"),
    [
        (["320802", "320811"], 2015, "320812", 2016),  # 清河区, 清浦区 → 清江浦区
        (["500111", "500225"], 2010, "500111", 2011),  # 双桥区, 大足县 → 大足区: the code was taken over
        (["320502", "320503", "320504"], 2011, "320508", 2012),  # three → 姑苏区
    ],
)
def test_a_merger_makes_a_new_place(olds: list[str], before: int, new: str, after: int) -> None:
    assert by_code(after)[new].place not in {by_code(before)[old].place for old in olds}


def test_a_code_says_what_a_division_lies_in() -> None:
    for code in LISTED:
        above = parent_of(code, YEAR)
        assert above is None or within(code, above)
    assert [parent_of(c, YEAR) for c in ("659001", "320583", "110105")] == ["650000", "320500", "110000"]


# --- governments ------------------------------------------------------------------------------------------------------


def test_every_division_printed_in_full_is_itself() -> None:
    found = resolve([full_name(code) + "人民政府" for code in LISTED], YEAR)
    assert found["code"].tolist() == list(LISTED)
    assert found["agency_id"].tolist() == [d.place for d in LISTED.values()]
    assert set(found["kind"]) == {"government"}
    assert found["level"].tolist() == [level_of(code) for code in LISTED]


def test_every_division_printed_in_full_is_itself_in_other_years_too() -> None:
    for year, shared in ((2008, set()), (2014, {"540200"}), (2019, set())):  # 日喀则市 was a county's name until 2014
        listed = by_code(year)
        found = resolve([full_name(c, year) + "政府" for c in listed], year)
        assert {c for c, code in zip(listed, found["code"].fillna(""), strict=True) if code != c} == shared
        assert set(found["reason"].dropna()) == ({"ambiguous"} if shared else set())


def test_a_name_that_only_one_place_has_needs_no_more() -> None:
    window = {(d.name, d.place) for d in divisions() if d.first - 1 <= YEAR <= d.last + 1}
    places = Counter(name for name, _ in window)
    single = [d for d in LISTED.values() if places[d.name] == 1]
    shared = [d for d in LISTED.values() if places[d.name] > 1]
    assert resolve([f"{d.name}人民政府" for d in single], YEAR)["code"].tolist() == [d.code for d in single]
    found = resolve([f"{d.name}人民政府" for d in shared], YEAR)
    assert set(found["reason"]) == {"ambiguous"} and found["agency_id"].isna().all()
    for d, candidates in zip(shared, found["candidates"], strict=True):
        assert d.code in candidates
    assert len(shared) == 66


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(LISTED)),
    st.sampled_from(["人民政府", "政府", "", "教育局", "人民政府办公室", "发展和改革委员会", "统计局"]),
    st.booleans(),
    st.booleans(),
)
def test_spelling_makes_no_other_agency(code: str, organ: str, spaced: bool, province: bool) -> None:
    above = parent_of(code, YEAR)
    name = (full_name(code) if province or not above else by_code(YEAR)[above].name + LISTED[code].name) + organ
    printed = "　".join(name) if spaced else name
    plain, shown = told(full_name(code) + organ), told(printed)
    if shown["reason"] is None:  # a prefecture's name alone may be ambiguous with another's
        assert shown["agency_id"] == plain["agency_id"]
    assert plain["code"] == code


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="市县区镇乡局委省州朝阳鼓楼人民政府淮安洪泽教育(),0办街道", max_size=14), st.integers(2008, 2030)
)
def test_no_text_breaks_it_and_an_id_comes_with_a_place(name: str, year: int) -> None:
    found = told(name, year)
    assert (found["agency_id"] is None) == (found["reason"] is not None)
    assert (found["agency_id"] is None) == (found["place"] is None)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(LISTED)), st.sampled_from(sorted(LISTED)), st.sampled_from(["人民政府", "教育局", ""]))
def test_a_region_printed_above_another_is_never_overlooked(above: str, below: str, organ: str) -> None:
    found = read(LISTED[above].name + LISTED[below].name + organ, YEAR)
    if not within(below, above):
        assert LISTED[below].place not in {d.place for d in found.candidates}
    elif above != below:
        assert found.candidates == (LISTED[below],)


# --- names through the years ------------------------------------------------------------------------------------------


def test_one_agency_keeps_its_id_through_years_and_spellings() -> None:
    names = [("洪泽县人民政府", 2014), ("淮安市洪泽县人民政府", 2016), ("洪泽区人民政府", 2016), ("洪泽区", 2024)]
    found = resolve(pd.DataFrame(names, columns=["agency", "year"]))
    assert set(found["agency_id"]) == {"P320829"}
    assert found["code"].tolist() == ["320829", "320813", "320813", "320813"]


def test_a_report_after_the_last_list_says_which_list_it_is_read_with() -> None:
    found = one("淮安市洪泽区人民政府", 2031)
    assert (found["code"], found["code_year"]) == ("320813", 2024)


def test_a_name_of_other_years_is_read_and_marked() -> None:
    found = one("开封县人民政府", 2020)
    assert (found["code"], found["region"], found["basis"]) == ("410212", "祥符区", "name_of_other_year")


def test_a_region_that_is_no_more_keeps_its_last_code() -> None:
    found = one("上海市卢湾区人民政府", 2013)
    assert (found["code"], found["code_year"], found["region"]) == ("310103", 2010, "卢湾区")


def test_a_name_that_changed_hands_is_ambiguous_while_both_may_be_meant() -> None:
    reasons = [one("清河区人民政府", year)["reason"] for year in (2015, 2016, 2017, 2018)]
    assert reasons == ["ambiguous", "ambiguous", None, None]  # 2016: 淮安 gave its 清河区 up, 铁岭 has one


# --- departments and others -------------------------------------------------------------------------------------------

CASES = [
    ("江苏省教育厅", "320000", "province", "department", "P320000:教育厅", "P320000"),
    ("淮安市发改委", "320800", "prefecture", "department", "P320800:发展和改革委员会", "P320800"),
    ("淮安市发展和改革委员会", "320800", "prefecture", "department", "P320800:发展和改革委员会", "P320800"),
    ("淮安市政府办", "320800", "prefecture", "department", "P320800:人民政府办公室", "P320800"),
    ("上海市人民政府办公厅", "310000", "province", "department", "P310000:人民政府办公室", "P310000"),
    ("淮安市人民政府国有资产监督管理委员会", "320800", "prefecture", "department",
     "P320800:国有资产监督管理委员会", "P320800"),
    ("舒兰市市场监督管理局", "220283", "county", "department", "P220283:市场监督管理局", "P220283"),
    ("淮安市城市管理局", "320800", "prefecture", "department", "P320800:城市管理局", "P320800"),
    ("淮安市第一人民医院", "320800", "prefecture", "other", "P320800:第一人民医院", "P320800"),
    ("温州市公安局鹿城区分局", "330302", "county", "department", "P330302:公安局分局", "P330300:公安局"),
    ("上海市公安局浦东新区分局", "310115", "county", "department", "P310115:公安局分局", "P310000:公安局"),
    ("成都市公安局高新区分局", "510100", "prefecture", "department", "P510100:公安局高新区分局", "P510100:公安局"),
    ("杭州市公安局交通分局", "330100", "prefecture", "department", "P330100:公安局交通分局", "P330100:公安局"),
    ("北京市规划和自然资源委员会东城分局", "110101", "county", "department", "P110101:规划和自然资源委员会分局",
     "P110000:规划和自然资源委员会"),
    ("南京市住建局鼓楼分局", "320106", "county", "department", "P320106:住房和城乡建设局分局",
     "P320100:住房和城乡建设局"),
    ("北京市教委", "110000", "province", "department", "P110000:教育委员会", "P110000"),
    ("上海市科委", "310000", "province", "department", "P310000:科学技术委员会", "P310000"),
    ("喀什地区行政公署", "653100", "prefecture", "government", "P653100", "P650000"),
    ("延边州人民政府", "222400", "prefecture", "government", "P222400", "P220000"),
    ("内蒙古阿拉善左旗人民政府", "152921", "county", "government", "P152921", "P152900"),
    ("济源市人民政府", "419001", "county", "government", "P419001", "P410000"),
    ("洪泽区朱坝街道办事处", "320813", "township", "government", "P320829:朱坝街道", "P320829"),
    ("南京市鼓楼区人民政府华侨路街道办事处", "320106", "township", "government", "P320106:华侨路街道", "P320106"),
    ("临洮县新添镇", "621124", "township", "government", "P621124:新添镇", "P621124"),
    ("上海市浦东新区川沙新镇人民政府", "310115", "township", "government", "P310115:川沙新镇", "P310115"),
    ("北京市朝阳区太阳宫地区办事处", "110105", "township", "government", "P110105:太阳宫地区", "P110105"),
    ("东莞市长安镇人民政府", "441900", "township", "government", "P441900:长安镇", "P441900"),
    ("中山市东区街道办事处", "442000", "township", "government", "P442000:东区街道", "P442000"),
    ("洪泽区新城街道办事处", "320813", "township", "government", "P320829:新城街道", "P320829"),
    ("国家税务总局淮安市洪泽区税务局", "320813", "county", "vertical", "P320829:税务局", "CN:国家税务总局"),
    ("洪泽区税务局", "320813", "county", "vertical", "P320829:税务局", "CN:国家税务总局"),
    ("中华人民共和国南京海关", "320100", "prefecture", "vertical", "P320100:海关", "CN:海关总署"),
    ("国家统计局苏州调查队", "320500", "prefecture", "vertical", "P320500:调查队", "CN:国家统计局"),
    ("财政部江苏监管局", "320000", "province", "vertical", "P320000:财政部监管局", "CN:财政部"),
    ("合肥高新区管委会", "340100", "prefecture", "zone", "P340100:高新区", "P340100"),
    ("苏州工业园区管理委员会", "320500", "prefecture", "zone", "P320500:工业园区", "P320500"),
    ("昆山开发区管委会", "320583", "county", "zone", "P320583:开发区", "P320583"),
    ("成都市高新区桂溪街道办事处", "510100", "township", "zone", "P510100:高新区/桂溪街道", "P510100:高新区"),
    ("國家稅務總局", None, "national", "department", "CN:国家税务总局", "CN:国务院"),
    ("海关总署(本级机关)", None, "national", "department", "CN:海关总署", "CN:国务院"),
    ("自然资源部北海局", None, "national", "other", "CN:自然资源部北海局", "CN:自然资源部"),
    ("国务院", None, "national", "department", "CN:国务院", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code", "level", "kind", "agency", "parent"), CASES, ids=[c[0] for c in CASES])
def test_what_a_name_tells(name: str, code: str | None, level: str, kind: str, agency: str, parent: str | None) -> None:
    found = one(name)
    assert [found[k] for k in ("code", "level", "kind", "agency_id", "parent")] == [code, level, kind, agency, parent]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("鼓楼区教育局", "ambiguous"),
        ("通州区人民政府", "ambiguous"),
        ("国家金融监督管理总局吉林监管局", "ambiguous"),  # the province or its city
        ("黄山风景区管委会", "ambiguous"),  # the city or its district
        ("淮安市淮安经济技术开发区管委会", "ambiguous"),  # the city's zone, or its district's
        ("太平镇人民政府", "no_place"),
        ("县教育局", "no_place"),
        ("市场监督管理局", "no_place"),
        ("湛江市太平镇人民政府", "no_county"),
        ("徐州市洪泽区人民政府", "unknown"),
        ("徐州市洪泽区教育局", "unknown"),
        ("淮安市某区财政局", "unknown"),
        ("淮安市某县太平镇人民政府", "unknown"),
        ("沐阳县人民政府", "unknown"),
        ("广州市黄埔区人民政府、广州开发区管委会", "unknown"),  # a report of two
        ("洪泽", "unknown"),
        ("2022年洪泽区", "unknown"),
        ("", "no_name"),
    ],
)
def test_what_is_not_certain_is_not_guessed(name: str, reason: str) -> None:
    found = one(name)
    assert (found["agency_id"], found["code"], found["reason"]) == (None, None, reason)


def test_the_candidates_are_named() -> None:
    assert one("通州区人民政府")["candidates"] == "110112 北京市通州区; 320612 江苏省南通市通州区"


@pytest.mark.parametrize(
    ("name", "hint", "agency"),
    [
        ("鼓楼区教育局", "江苏省/南京市/a.html", "P320106:教育局"),
        ("鼓楼区教育局", "2022/江苏/徐州/a.html", "P320302:教育局"),
        ("鼓楼区教育局", "福建省", "P350102:教育局"),
        ("太平镇人民政府", "沈阳市于洪区", "P210114:太平镇"),
        ("市教育局", "江苏省/淮安市/洪泽区/a.pdf", "P320800:教育局"),
        ("县财政局", "江苏省宿迁市沭阳县", "P321322:财政局"),
        ("教育局", "淮安市洪泽区", "P320829:教育局"),
        ("迎宾路街道办事处（沈阳于洪）", "", "P210114:迎宾路街道"),
        ("湛江市太平镇人民政府", "", None),
        ("教育局", "江苏省淮安市", None),  # the city's, or one of its counties'
        ("鼓楼区教育局", "江苏省", None),  # 南京 and 徐州 have one
        ("鼓楼区教育局", "南京市/徐州市", None),
        ("洪泽区教育局", "南京市鼓楼区", "P320829:教育局"),  # a hint contradicts no name
        ("市教育局", "江苏省苏州市昆山市", None),  # 苏州市 and 昆山市 are both a 市
    ],
)  # fmt: skip
def test_hints_decide_and_never_contradict(name: str, hint: str, agency: str | None) -> None:
    assert one(name, hint=hint)["agency_id"] == agency


def test_provinces_are_named_in_both_languages() -> None:
    found = one("洪泽区教育局")
    assert (found["province"], found["province_zh"], found["province_en"]) == ("320000", "江苏", "Jiangsu")
    provinces = resolve([d.name for d in LISTED.values() if level_of(d.code) == "province"], YEAR)
    assert len(provinces) == 34 and provinces["province_en"].notna().all()


def test_invented_agencies_stay_unresolved() -> None:
    names = [name for name, _ in islice(invented_agencies(), 400)]
    assert resolve(names, 2022)["agency_id"].isna().all()


ORGANS = [
    "教育局", "财政局", "公安局", "司法局", "民政局", "人力资源和社会保障局", "自然资源和规划局", "生态环境局",
    "住房和城乡建设局", "交通运输局", "水利局", "农业农村局", "商务局", "文化广电和旅游局", "卫生健康委员会",
    "退役军人事务局", "应急管理局", "审计局", "市场监督管理局", "统计局", "医疗保障局", "林业和草原局",
    "城市管理局", "城市管理综合行政执法局", "行政审批服务局", "政务服务数据管理局", "信访局", "机关事务管理局",
    "人民防空办公室", "外事办公室", "粮食和物资储备局", "市政管理局", "市容环境卫生管理局", "园林绿化局",
    "库区移民局", "公共资源交易中心", "住房公积金管理中心", "地方志办公室", "社区建设办公室", "区域合作局",
    "人民政府驻北京办事处", "发展研究中心",
]  # fmt: skip


@pytest.mark.parametrize("region", ["江苏省", "淮安市", "洪泽区", "北京市朝阳区", "延边朝鲜族自治州"])
def test_usual_departments_are_departments(region: str) -> None:
    found = resolve([region + organ for organ in ORGANS], YEAR)
    assert set(found["kind"]) == {"department"}
    assert found["unit"].tolist() == [organ.removeprefix("人民政府") for organ in ORGANS]


def test_the_document_lists_every_column() -> None:
    document = (ROOT / "docs" / "regions.md").read_text(encoding="utf-8")
    for c in columns():
        assert f"| `{c['name']}` | {c['type']} | {c['zh']} | {c['en']} |" in document


def test_agencies_of_real_titles(reports_dir: Path) -> None:
    titles = json.loads((reports_dir / "titles.json").read_text(encoding="utf-8"))
    found = resolve(pd.DataFrame([{"agency": t["agency"], "year": t["year"]} for t in titles]))
    assert found["agency_id"].notna().mean() >= 0.9  # 37 of 41
    assert set(found["reason"].dropna()) == {"no_place"}  # townships without their county


# --- tables -----------------------------------------------------------------------------------------------------------


def test_a_frame_keeps_its_rows_and_index() -> None:
    frame = pd.DataFrame({"agency": ["洪泽区教育局", None, "鼓楼区"], "year": pd.array([2020, 2020, None], "Int32")})
    frame.index = pd.Index([7, 3, 5])
    found = resolve(frame)
    assert found.index.tolist() == [7, 3, 5]
    assert found["reason"].fillna("").tolist() == ["", "no_name", "no_year"]
    assert list(found) == [c["name"] for c in columns() if c["table"] == "agencies"]
    assert list(attach(frame)) == [*frame, *list(found)[2:]]


def test_the_unresolved_are_listed_once() -> None:
    frame = pd.DataFrame({"agency": ["鼓楼区", "鼓楼区", "洪泽区"], "year": [2020, 2022, 2022]})
    listed = unresolved(resolve(frame))
    assert listed[["agency", "from_year", "to_year", "reports"]].values.tolist() == [["鼓楼区", 2020, 2022, 2]]


def test_what_is_missing_is_said() -> None:
    with pytest.raises(UsageError, match="no year"):
        resolve(["洪泽区"])
    with pytest.raises(UsageError, match="no column year"):
        resolve(pd.DataFrame({"agency": ["洪泽区"]}))
    with pytest.raises(UsageError, match="no column folder"):
        resolve(pd.DataFrame({"agency": ["洪泽区"], "year": [2020]}), hints="folder")
    with pytest.raises(UsageError, match="one text for each"):
        resolve(["洪泽区", "鼓楼区"], 2020, hints=["江苏省"])


def test_invented_offices_of_every_division_find_their_region() -> None:
    names = [f"{d.name}{chr(0x4E00 + i) * 2}局" for d in LISTED.values() for i in range(6)]
    found = resolve(names, 2021)
    assert found["code"].notna().mean() > 0.9


def test_a_place_lives_in_the_nearest_year_where_it_is_listed() -> None:
    assert in_year("P310103", 2020)[1] == 2010
