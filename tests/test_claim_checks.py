"""Claims against tables and against each other; what a report has to say. No false alarms."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from drawing import draw_layout

from govdisclose import read
from govdisclose.claims import extract_claims
from govdisclose.claims.checks import check_claims, compare_claims
from govdisclose.claims.section_checks import copied_sections
from govdisclose.claims.sums import Cells
from govdisclose.forms import load
from govdisclose.model import Cell, Finding, Identity, Number, Section, State, Stated
from govdisclose.report import Report
from govdisclose.synthesis import draw_panel
from govdisclose.typeset import write

COLUMNS = ("natural_person", "business", "research", "public_interest", "legal_service", "other_org", "total")


def who(agency: str = "样本市某局", year: int = 2022, scope: str | None = None) -> Identity:
    return Identity(Stated(agency), Stated(year), Stated(None), Stated(scope))


def row(
    name: str, values: Sequence[Number | None], table: str = "requests", columns: Sequence[str] = COLUMNS
) -> list[Cell]:
    """The cells of a row; None is blank."""

    def state(value: Number | None) -> State:
        return "number" if value is not None else "blank"

    return [
        Cell(table, name, c, v, state(v), "" if v is None else str(v)) for c, v in zip(columns, values, strict=True)
    ]


def only(name: str, total: Number) -> list[Cell]:
    """A row of requests by natural persons alone."""
    return row(name, [total, 0, 0, 0, 0, 0, total])


def remedies(name: str, values: Sequence[Number | None]) -> list[Cell]:
    return row(name, values, "remedies", ("upheld", "corrected", "other", "pending", "total"))


def sections(
    first: str, *, fifth: str = "公开内容还不够细，将逐项完善。", sixth: str = "没有收取信息处理费。"
) -> list[Section]:
    texts = {1: first, 5: fifth, 6: sixth}
    return [Section(n, str(n), texts.get(n, "")) for n in range(1, 7)]


def check(
    text: str, cells: Sequence[Cell], identity: Identity | None = None, *, confirmed: bool = False
) -> list[Finding]:
    written = sections(text)
    identity = identity or who()
    scope = identity.scope.value or "unknown"
    claims = extract_claims(written, scope)  # type: ignore[arg-type]
    return list(check_claims(cells, claims, written, identity, load(), confirmed=confirmed))


def relations(findings: Sequence[Finding]) -> list[str]:
    return [f.relation for f in findings]


# --- against the tables -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [20, 23])
def test_received_may_be_new_or_new_and_carried_in(said: int) -> None:
    (found,) = check(f"受理申请{said}件。", only("new", 20) + only("carried_in", 3), confirmed=True)
    assert (found.relation, found.severity, found.expected) == ("claim_agrees", "notice", said)


def test_a_contradiction_names_what_the_number_is_instead() -> None:
    cells = only("new", 20) + only("carried_in", 3) + only("processed", 21)
    (found,) = check("受理申请21件。", cells)
    assert (found.relation, found.severity, found.expected, found.actual) == ("claim_contradicts", "warning", 20, 21)
    assert ("requests", "processed", "total") in found.cells
    assert "21 equals Processed" in found.message_en and "21 等于" in found.message_zh and "23" in found.message_en


def test_the_first_row_alone_explains_a_group() -> None:
    cells = only("unable_not_held", 5) + only("unable_needs_creation", 2) + only("unable_unclear", 1)
    (found,) = check("收到申请，无法提供5件。", cells)
    assert found.expected == 8 and ("requests", "unable_not_held", "total") in found.cells


def test_a_column_alone_explains_a_sum() -> None:
    cells = row("granted", [6, 2, 0, 0, 0, 0, 8]) + row("partial", [1, 0, 0, 0, 0, 0, 1])
    (found,) = check("予以公开和部分公开7件。", cells)
    assert found.expected == 9
    assert {("requests", "granted", "natural_person"), ("requests", "partial", "natural_person")} <= set(found.cells)


def test_applicants_are_compared_with_their_columns() -> None:
    cells = row("new", [7, 1, 0, 0, 2, 0, 10])
    found = check("收到申请10件，其中自然人7件，法人或其他组织3件。", cells, confirmed=True)
    assert relations(found) == ["claim_agrees"] * 3 + ["claim_parts"]
    assert relations(check("收到申请10件，其中自然人6件，法人或其他组织4件。", cells)) == ["claim_contradicts"] * 2


def test_outcomes_are_compared_with_their_columns() -> None:
    cells = remedies("review", [4, 2, 1, 0, 7])
    found = check("行政复议7件，其中维持4件，纠正2件，其他结果1件。", cells, confirmed=True)
    assert relations(found) == ["claim_agrees"] * 4 + ["claim_parts"]


@pytest.mark.parametrize(("said", "expected"), [(18, []), (20, []), (21, ["claim_contradicts"])])
def test_on_time_cannot_exceed_what_was_processed(said: int, expected: list[str]) -> None:
    assert relations(check(f"申请按时办结{said}件。", only("processed", 20))) == expected


def test_a_blank_total_is_added_up_and_says_so() -> None:
    (found,) = check("予以公开8件。", row("granted", [8, 1, 0, 0, 0, 0, None]))
    assert found.expected == 9 and "added up" in found.message_en


@pytest.mark.parametrize(("said", "verdict"), [(8, "contradicts"), (9, "agrees"), (12, "open")])
def test_blanks_bound_a_sum(said: int, verdict: str) -> None:
    claims = extract_claims([Section(1, "", f"予以公开{said}件。")])
    cells = row("granted", [8, 1, None, None, None, None, None])
    (found,) = compare_claims(cells, claims, who(), load())
    assert found.verdict == verdict


@pytest.mark.parametrize("said", [0, 3])
def test_blanks_alone_confirm_and_contradict_nothing(said: int) -> None:
    assert check(f"予以公开{said}件。", row("granted", [None] * 7), confirmed=True) == []


def test_absent_and_unreadable_cells_leave_a_claim_open() -> None:
    absent = [Cell("requests", "new", c, None, "absent") for c in COLUMNS]
    unreadable = [Cell("requests", "new", c, None, "unreadable") for c in COLUMNS]
    for cells in ([], absent, unreadable):
        assert check("受理申请9件。", cells, confirmed=True) == []


def test_a_printed_total_that_its_parts_contradict_blames_no_claim() -> None:
    cells = remedies("review", [10, 1, 0, 0, 0])
    for said in (0, 11):
        assert relations(check(f"行政复议{said}件。", cells)) == []
    assert relations(check("行政复议5件。", cells)) == ["claim_contradicts"]


def test_zero_in_the_prose_against_requests_in_the_table() -> None:
    (found,) = check("全年未收到政府信息公开申请。", only("new", 5))
    assert (found.relation, found.expected, found.actual) == ("claim_contradicts", 5, 0)


def test_an_approximate_number_may_be_a_little_off() -> None:
    assert check("受理申请近100件。", only("new", 97)) == []
    assert relations(check("受理申请近100件。", only("new", 60))) == ["claim_contradicts"]


@pytest.mark.parametrize(
    ("agency", "scope", "text", "expected"),
    [
        ("样本市人民政府", None, "市政府办公室受理申请17件。", "claim_scope"),
        ("样本市人民政府", "consolidated", "市政府办公室受理申请17件。", "claim_scope"),
        ("样本市人民政府", "own_office", "市政府办公室受理申请17件。", "claim_contradicts"),
        ("样本市人民政府", None, "受理申请17件。", "claim_contradicts"),
        ("样本市人民政府办公室", None, "市政府办公室受理申请17件。", "claim_contradicts"),
        ("样本市财政局", "own_office", "全系统受理申请17件。", "claim_scope"),
        ("样本市财政局", None, "我局受理申请17件。", "claim_contradicts"),
    ],
)
def test_scope_decides_whether_different_numbers_contradict(
    agency: str, scope: str | None, text: str, expected: str
) -> None:
    found = check(text, only("new", 95), who(agency, scope=scope))
    (told,) = [f for f in found if f.relation.startswith("claim")]
    assert told.relation == expected
    assert told.severity == ("notice" if expected == "claim_scope" else "warning")


def test_administrative_fees_are_not_the_processing_fee() -> None:
    fees = [Cell("proactive", "fees", "amount_10k_yuan", 104.133, "number", "104.133", "10k_yuan")]
    assert check("全年未收取信息处理费。", fees, confirmed=True) == []


# --- within the prose -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sum_"),
    [
        ("主动公开信息100条，其中概况类10条，动态类60条，其他信息30条，政策解读5件。", "10 + 60 + 30 = 100"),
        ("政务新媒体共16个，微信公众号10个，微博6个。", "10 + 6 = 16"),
        ("办结申请12件，予以公开10件，部分公开1件，不予公开1件。", "10 + 1 + 1 = 12"),
        ("收到申请9件，其中自然人8件，法人或其他组织1件。", "8 + 1 = 9"),
    ],
)
def test_parts_that_add_up_are_confirmed(text: str, sum_: str) -> None:
    (found,) = check(text, [], confirmed=True)
    assert found.relation == "claim_parts" and sum_ in found.message_en
    assert check(text, []) == []


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("收到申请9件，其中自然人8件，法人或其他组织3件。", "warning"),
        ("行政复议7件，其中维持4件，纠正4件。", "warning"),
        (
            "答复申请20件，予以公开9件，部分公开3件，不予公开2件，无法提供4件，不予处理1件，其他处理3件。",
            "warning",
        ),
        ("主动公开信息100条，其中概况类50条，动态类60条。", "notice"),
    ],
)
def test_parts_that_contradict_their_whole(text: str, severity: str) -> None:
    (found,) = check(text, [])
    assert (found.relation, found.severity, found.fault) == ("claim_parts", severity, "source")


@pytest.mark.parametrize(
    "text",
    [
        "主动公开信息100条，其中概况类10条，动态类60条。",
        "行政复议7件，其中维持4件，纠正2件。",
        "收到申请20件，其中自然人8件。",
        "主动公开信息100余条，其中概况类50条，动态类60条。",
        "主动公开信息100条。\n微信公众号发布信息500条，微博发布信息700条。",
    ],
)
def test_parts_that_leave_a_rest_or_are_none_say_nothing(text: str) -> None:
    assert check(text, []) == []


def test_shares_name_the_denominator_that_fits() -> None:
    cells = only("granted", 10) + only("partial", 5) + only("refused_law", 5) + only("unable_not_held", 20)
    cells += only("not_processed_repeat", 10) + only("processed", 50) + only("new", 55) + only("carried_in", 5)

    def fits(percent: str) -> list[str]:
        found = check(f"申请中，予以公开10件，占{percent}%。", cells, confirmed=True)
        return [
            f.message_en.split("by ")[1][:2] for f in found if f.relation == "claim_share" and "by " in f.message_en
        ]

    assert [fits(p) for p in ("20", "25", "50", "16.7", "16.6")] == [["D1"], ["D2"], ["D3"], ["D4"], ["D4"]]
    (found,) = check("申请中，予以公开10件，占33%。", cells)
    assert (found.relation, found.severity) == ("claim_share", "notice")


# --- structure and content --------------------------------------------------------------------------------------------


def structure(
    written: list[Section], identity: Identity | None = None, cells: Sequence[Cell] = ()
) -> list[tuple[str, str]]:
    found = check_claims(cells, extract_claims(written), written, identity or who(), load())
    return [(f.relation, f.severity) for f in found]


def test_a_report_in_order_has_no_finding() -> None:
    assert structure(sections("2022年工作有序开展。")) == []


def test_sections_missing_doubled_and_out_of_order() -> None:
    written = sections("略")
    assert structure(written[:3] + written[4:]) == [("section_missing", "warning")]
    assert structure([*written[:2], written[1], *written[2:]]) == [("section_doubled", "warning")]
    assert structure([*written[:3], written[4], written[3], written[5]]) == [("section_order", "warning")]


@pytest.mark.parametrize("text", ["", "无。", " 无 ", "没有存在问题", "暂无"])
def test_section_five_that_says_nothing(text: str) -> None:
    assert structure(sections("略", fifth=text)) == [("section_empty", "warning")]


def test_section_six_without_the_fee() -> None:
    assert structure(sections("略", sixth="无。")) == [("fee_missing", "notice")]
    assert structure(sections("略", sixth="无。"), who(year=2020)) == []


def test_what_a_government_has_to_tell() -> None:
    told = "工作纳入考核，接受社会评议，没有责任追究。"
    assert structure(sections("略"), who("样本市人民政府")) == [("content_missing", "notice")]
    assert structure(sections(told), who("样本市人民政府")) == []


@pytest.mark.parametrize(
    ("agency", "expected"),
    [
        ("样本县某镇人民政府", True),
        ("样本县人民政府", True),
        ("样本市某区人民政府", True),
        ("样本市某区财政局", True),
        ("某街道办事处", True),
        ("样本市人民政府", False),
        ("样本省人民政府", False),
        ("某某自治区人民政府", False),
        ("某某自治州人民政府", False),
        ("国家某某局", False),
    ],
)
def test_rules_where_none_can_be_made(agency: str, expected: bool) -> None:
    printed = [Cell("proactive", "regulations", "effective", 2, "number", "2")]
    text = "工作纳入考核，接受社会评议，没有责任追究。"
    assert (("beyond_powers", "warning") in structure(sections(text), who(agency), printed)) is expected
    nothing = [Cell("proactive", "regulations", "effective", 0, "number", "0")]
    assert structure(sections(text), who(agency), nothing) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年，共受理申请12件。", [("year_in_prose", "warning")]),
        ("2022年工作有序。\n2021年，共受理申请12件。", [("year_in_prose", "warning")]),
        ("2021年，工作有序开展。", [("year_in_prose", "notice")]),
        ("2022年，共受理申请12件，2021年为10件。", []),
        ("与2021年相比，申请增长12%。", []),
        ("2021年以来，共开展工作3次。", []),
        ("2021年印发的方案已完成。2022年有序开展。", []),
        ("2023年，将继续努力。", []),
        ("2008年条例施行，公开工作稳步开展。", []),
    ],
)
def test_a_sentence_left_over_from_another_year(text: str, expected: list[tuple[str, str]]) -> None:
    assert structure(sections(text)) == expected


def test_a_section_copied_from_last_year() -> None:
    text = "一是公开目录还不够细，二是解读形式比较单一，三是队伍变动频繁。2021年将逐项完善公开目录，组织培训3次。"
    changed = "今年人手不足，网站迁移之后部分链接失效，查询不便；下一步将修复链接，改进检索，请公众试用并提出意见。"
    last = [Section(5, "", text)]
    (found,) = copied_sections([Section(5, "", text.replace("2021", "2022").replace("3", "5"))], last)
    assert (found.relation, found.severity, found.actual) == ("section_copied", "warning", 100)
    assert copied_sections([Section(5, "", changed)], last) == ()
    assert copied_sections([Section(5, "", "无。")], [Section(5, "", "无。")]) == ()


# --- reports ----------------------------------------------------------------------------------------------------------


def findings(report: Report, *, confirmed: bool = False) -> list[Finding]:
    return list(
        check_claims(
            report.cell_records,
            report.claim_records,
            report.section_records,
            report.identity,
            report.forms,
            confirmed=confirmed,
        )
    )


def grave(found: Sequence[Finding]) -> list[Finding]:
    return [f for f in found if f.severity != "notice"]


def test_drawn_reports_raise_no_alarm(tmp_path: Path) -> None:
    rng = random.Random(3)
    drafts = draw_panel(
        60, range(2019, 2024), seed=11, prints=("numbers", "blank_zeros", "dash_zeros", "mixed", "remarks")
    )
    assert len(drafts) == 300
    agreed = 0
    for number, draft in enumerate(drafts):
        kind = ("html", "txt", "md")[number % 3]
        report = read(write(draft, draw_layout(rng, format=kind), tmp_path / f"{number}.{kind}"))
        found = findings(report, confirmed=True)
        assert grave(found) == [], f"report {number}"
        agreed += relations(found).count("claim_agrees")
    assert agreed > 1000


def test_wrong_prose_in_a_drawn_report_is_found(tmp_path: Path) -> None:
    (draft,) = draw_panel(1, range(2022, 2023), seed=5)
    new = int(draft.figures["requests", "new", "total"])
    path = write(draft, draw_layout(random.Random(1), format="html"), tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"申请{new}件", f"申请{new + 9}件"), encoding="utf-8")
    assert [(f.relation, f.expected, f.actual) for f in grave(findings(read(path)))] == [
        ("claim_contradicts", new, new + 9)
    ]


def test_no_alarm_on_the_first_sample_report(reports_dir: Path) -> None:
    found = findings(read(reports_dir / "weibin-district-2022.txt"), confirmed=True)
    assert grave(found) == []
    said = " ".join(f.message_en for f in found if f.relation == "claim_parts")
    assert "3 + 930 + 893 + 846 = 2672" in said and "10 + 6 = 16" in said


@pytest.mark.parametrize(
    "name", ["hongze-district-2023.pdf", "huaian-city-2024.pdf", "shuyang-county-2025.txt", "shuyang-drc-2023.html"]
)
def test_reports_whose_prose_fits_have_no_alarm(reports_dir: Path, name: str) -> None:
    found = findings(read(reports_dir / name), confirmed=True)
    assert grave(found) == []
    assert Counter(relations(found))["claim_agrees"] >= 1


def test_an_offices_requests_against_its_districts(reports_dir: Path) -> None:
    found = [f for f in findings(read(reports_dir / "hongze-district-2024.pdf")) if f.relation.startswith("claim")]
    assert [(f.relation, f.severity, f.expected, f.actual) for f in found] == [("claim_scope", "notice", 95, 17)]


def test_a_report_whose_prose_contradicts_its_table(reports_dir: Path) -> None:
    found = findings(read(reports_dir / "shanghai-general-office-2019.html"))
    against = {f.actual: f for f in found if f.relation == "claim_contradicts"}
    assert {a: f.expected for a, f in against.items()} == {258: 275, 265: 337}
    assert ("requests", "granted", "natural_person") in against[258].cells
    assert "258 equals Granted [Natural persons]" in against[258].message_en
    assert "265 equals Unable: not held [Total]" in against[265].message_en
    assert [f.expected for f in found if f.relation == "claim_parts"] == [716]
    shares = [f.actual for f in found if f.relation == "claim_share"]
    assert shares == [33.9]
    assert {f.severity for f in found} <= {"warning", "notice"}


def test_sums_of_cells_know_applicants_and_groups() -> None:
    cells = Cells(row("new", [7, 1, 0, 0, 2, 0, 10]) + only("refused_law", 2) + only("refused_process", 3), load())
    sums = {c: cells.sum("requests.new.total", c) for c in ("", "natural_person", "organisation", "business")}
    assert {c: s.value for c, s in sums.items() if s} == {"": 10, "natural_person": 7, "organisation": 3, "business": 1}
    group = cells.sum("requests.refused_*.total")
    assert group is not None and (group.value, group.exact) == (5, True)
    assert cells.sum("requests.unable_*.total") is None
