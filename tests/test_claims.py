"""Quantities in the prose: numbers, what they count, whose they are, and where they stand."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govdisclose import read, read_text
from govdisclose.claims import extract_claims
from govdisclose.claims.numbers import fold_text, han_number, mentions
from govdisclose.claims.vocabulary import load_vocabulary
from govdisclose.forms import load
from govdisclose.model import Claim, Section

ROOT = Path(__file__).resolve().parents[1]


def claims(text: str) -> list[Claim]:
    return list(extract_claims([Section(1, "", text)]))


def told(text: str) -> list[tuple[str, float, str]]:
    return [(c.quantity, c.value, c.unit) for c in claims(text)]


def measure() -> ModuleType:
    """verify/claims.py, which is no package."""
    spec = importlib.util.spec_from_file_location("verify_claims", ROOT / "verify" / "claims.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify_claims"] = module
    spec.loader.exec_module(module)
    return module


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("12件", 12, "件"),
        ("１２ 件", 12, "件"),
        ("1,717件", 1717, "件"),
        ("1，717件", 1717, "件"),
        ("1.2万件", 12000, "件"),
        ("十二件", 12, "件"),
        ("一百零五件", 105, "件"),
        ("1\u200b2件", 12, "件"),
        ("12\n件", 12, "件"),
    ],
)
def test_numbers_are_understood_however_they_are_printed(printed: str, value: float, unit: str) -> None:
    assert told(f"全年受理政府信息公开申请{printed}。") == [("requests_received", value, unit)]


def test_multipliers_are_worked_out_and_money_keeps_its_unit() -> None:
    assert told("网站访问量3.5亿次。") == [("website_visits", 350_000_000, "次")]
    assert told("收取信息处理费1.5万元。") == [("processing_fee", 1.5, "万元")]


@pytest.mark.parametrize("printed", ["二十余次", "20余次", "近20次", "约20次", "20多次", "20次以上", "超过20次"])
def test_numbers_said_to_be_about_right_are_marked(printed: str) -> None:
    (claim,) = claims(f"组织业务培训{printed}。")
    assert (claim.quantity, claim.value, claim.approximate) == ("trainings", 20, True)


@pytest.mark.parametrize(
    "text",
    [
        "2022年1月1日至2022年12月31日",
        "根据《条例》第二十条、第49条的规定",
        "（国办公开办函〔2021〕30号）",
        "国令第711号",
        "邮编：100000，电话：0100-1234567",
        "地址：样本路90号",
        "一是加强组织领导；二是强化培训",
        "实行24小时监测",
        "在20个工作日内办理，每季度开展1次检查",
        "下一步将组织培训2次",
        "落实三审三校制度，坚持一事一审",
        "印发《2022年任务分工12条》",
        "召开第3次会议",
        "政务公开工作连续3年获奖",
        "0\n0\n0",
    ],
)
def test_what_counts_nothing_is_no_claim(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "value"), [("十", 10), ("二十三", 23), ("两千零五", 2005), ("一二", None), ("", None)]
)
def test_han_numbers(text: str, value: int | None) -> None:
    assert han_number(text) == value


# --- what is counted --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "新收申请56件，上年结转3件；答复55件，结转下年度4件。",
            [("requests_new", 56), ("requests_carried_in", 3), ("requests_concluded", 55), ("carried_out", 4)],
        ),
        (
            "受理政府信息公开申请20件，按时办结20件，予以公开9件、部分公开3件、不予公开2件、无法提供4件、"
            "不予处理1件、其他处理1件。",
            [
                ("requests_received", 20),
                ("requests_on_time", 20),
                ("granted", 9),
                ("partial", 3),
                ("refused", 2),
                ("unable", 4),
                ("not_processed", 1),
                ("other_processed", 1),
            ],
        ),
        ("收到依申请8件，公开3件，答复5件。", [("requests_received", 8), ("granted", 3), ("requests_concluded", 5)]),
        ("收到3件政府信息公开申请。", [("requests_received", 3)]),
        ("予以公开和部分公开14件。", [("granted_or_partial", 14)]),
        ("收到申请5件，其中涉及第三方合法权益1件。", [("requests_received", 5), ("refused_third_party", 1)]),
        (
            "收到申请9件，其中网络申请6件、信函申请3件。",
            [("requests_received", 9), ("requests_received_by_channel", 6), ("requests_received_by_channel", 3)],
        ),
        (
            "收到申请9件，其中自然人8件，法人或其他组织1件。",
            [
                ("requests_received", 9),
                ("requests_received_by_natural_person", 8),
                ("requests_received_by_organisation", 1),
            ],
        ),
        (
            "行政复议7件，其中维持4件，纠正2件，其他结果1件；行政诉讼2件，尚未审结2件。",
            [
                ("review_cases", 7),
                ("review_cases_upheld", 4),
                ("review_cases_corrected", 2),
                ("review_cases_other", 1),
                ("litigation_cases", 2),
                ("litigation_cases_pending", 2),
            ],
        ),
        ("行政复议、行政诉讼案件共5件。", [("remedy_cases", 5)]),
        (
            "未经复议直接起诉3件，复议后起诉1件。",
            [("litigation_cases_direct", 3), ("litigation_cases_after_review", 1)],
        ),
        (
            "主动公开信息100条，其中概况类10条，动态类60条，其他信息30条。",
            [("information_published", 100), *[("information_published_by_kind", v) for v in (10, 60, 30)]],
        ),
        (
            "网站公开信息80条，微信公众号发布信息20条。",
            [("information_published", 80), ("information_published_by_channel", 20)],
        ),
        (
            "制发规范性文件3件，年末有效30件。",
            [("normative_documents_issued", 3), ("normative_documents_effective", 30)],
        ),
        (
            "发布政策解读13件，开展6次民意征集，召开新闻发布会2场，编发政府公报4期。",
            [("interpretations", 13), ("consultations", 6), ("press_conferences", 2), ("gazette_issues", 4)],
        ),
        (
            "组织培训3次，培训200人次，开展检查4次。",
            [("trainings", 3), ("other", 200), ("inspections", 4)],
        ),
        (
            "政务新媒体共16个，微信公众号10个，微博6个。",
            [("media_accounts", 16), ("media_accounts_wechat", 10), ("media_accounts_weibo", 6)],
        ),
        ("办理网民留言92条。", [("other", 92)]),
    ],
)
def test_what_numbers_count(text: str, expected: list[tuple[str, float]]) -> None:
    assert [(q, v) for q, v, _ in told(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("未收到依申请公开。", ["requests_received"]),
        ("全年没有收到政府信息公开申请。", ["requests_received"]),
        ("未发生行政复议、行政诉讼。", ["review_cases", "litigation_cases"]),
        ("无行政复议和行政诉讼案件。", ["review_cases", "litigation_cases"]),
        ("无行政复议案件。", ["review_cases"]),
        ("本年度未收取信息处理费。", ["processing_fee"]),
        ("无上年度结转申请。", ["requests_carried_in"]),
    ],
)
def test_words_for_none_are_claims_of_zero(text: str, expected: list[str]) -> None:
    assert told(text) == [(quantity, 0, "") for quantity in expected]


@pytest.mark.parametrize(
    "text", ["无法提供有关信息。", "申请人无正当理由逾期不补正。", "没有现成信息的申请按规定答复。"]
)
def test_other_words_with_no_are_no_zeros(text: str) -> None:
    assert told(text) == []


def test_a_printed_zero_is_not_told_twice() -> None:
    assert told("收到申请0件，未收取信息处理费0元。") == [("requests_received", 0, "件"), ("processing_fee", 0, "元")]


def test_percentages_belong_to_what_they_are_a_share_of() -> None:
    found = claims("收到政府信息公开申请50件，同比增长12.5%；其中予以公开20件，占40%；申请量较上年下降3%。")
    assert [(c.quantity, c.value, c.kind) for c in found if c.unit == "%"] == [
        ("requests_received", 12.5, "growth"),
        ("granted", 40, "share"),
        ("requests_received", 3, "decline"),
    ]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("全市共受理申请9件。", "consolidated"),
        ("我局受理申请9件。", "own_office"),
        ("市政府办公室受理申请9件。", "own_office"),
        ("受理申请9件。", "unknown"),
        ("因本机关不掌握等原因无法提供9件。", "unknown"),
        ("印发《全市工作要点》，受理申请9件。", "unknown"),
    ],
)
def test_scope_is_told_by_the_sentence(text: str, scope: str) -> None:
    assert [c.scope for c in claims(text)] == [scope]


def test_scope_falls_back_to_the_report() -> None:
    (claim,) = extract_claims([Section(1, "", "受理申请9件。")], "consolidated")
    assert claim.scope == "consolidated"


# --- places -----------------------------------------------------------------------------------------------------------


def test_places_lead_back_to_the_print() -> None:
    text = "（一）概述\n全年 受理政府信息公开申请 １，７１７ 件。"
    (claim,) = claims(text)
    assert text[claim.at :].startswith("１，７１７")
    assert text[claim.start : claim.end].endswith("件") and claim.text in text
    assert claim.place == f"section 1, character {claim.at}"


def test_a_section_printed_twice_is_told_apart() -> None:
    found = extract_claims([Section(1, "", "受理申请1件。"), Section(1, "", "受理申请2件。")])
    assert [(c.value, c.nth, c.place.split(",")[0]) for c in found] == [(1, 0, "section 1"), (2, 1, "section 1 (2)")]


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        alphabet=" \n\t,，。；：（）《》“”0123456789０９.%万亿件条次元年月第十二余申请公开复议诉讼未无收到信息\u200b",
        max_size=80,
    )
)
def test_any_text_is_read_and_every_place_is_within_it(text: str) -> None:
    known = set(load_vocabulary().ids())
    for claim in claims(text):
        assert 0 <= claim.start <= claim.at < claim.end <= len(text)
        assert load_vocabulary().base(claim.quantity) in known and claim.value >= 0


def test_traditional_script_counts_too() -> None:
    assert told("全年受理政府信息公開申請12件，予以公開9件。") == [
        ("requests_received", 12, "件"),
        ("granted", 9, "件"),
    ]


def test_numbers_beyond_counting_are_left_alone() -> None:
    assert mentions(fold_text("9" * 5000 + "件")) == []


# --- the report -------------------------------------------------------------------------------------------------------


def test_a_report_holds_its_claims() -> None:
    first = load()["2021"].sections[0].labels[0]
    report = read_text(f"样本县2022年政府信息公开工作年度报告\n{first}\n全年受理政府信息公开申请12件。")
    assert report.claims[["quantity", "value", "unit", "section"]].to_numpy().tolist() == [
        ["requests_received", 12, "件", 1]
    ]
    (claim,) = json.loads(json.dumps(report.to_dict()))["claims"]
    assert (claim["quantity"], claim["value"], claim["place"]) == ("requests_received", 12, "section 1, character 12")


def test_real_reports_precision_and_recall(reports_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counted = measure()
    score = counted.total(counted.scores(reports_dir))
    precision, recall = score.right / score.claims, score.right / score.labels
    with capsys.disabled():
        print(f"\nclaims: precision {precision:.3f}, recall {recall:.3f} of {score.labels} labels")
    assert score.labels > 90
    assert precision >= 0.95, score.wrong
    assert recall >= 0.90, score.missed


def test_the_first_sample_report_has_its_claims(reports_dir: Path) -> None:
    truth = json.loads((reports_dir / "weibin-district-2022.truth.json").read_text(encoding="utf-8"))["claims"]
    found = [(c.value, c.unit) for c in read(reports_dir / "weibin-district-2022.txt").claim_records]
    right = 0
    for _, value, unit in truth:
        if (value, unit) in found:
            found.remove((value, unit))
            right += 1
    assert right >= 16


# --- vocabulary -------------------------------------------------------------------------------------------------------


def test_the_document_lists_the_vocabulary() -> None:
    document = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    assert measure().vocabulary() in document, "python verify/claims.py --vocabulary prints the table"


def test_every_formula_names_cells_of_a_form() -> None:
    addresses = {(t.id, r, c) for form in load() for t in form.tables for r, c in t.addresses()}
    for quantity in load_vocabulary().quantities:
        for term in (t for formula in quantity.cells for t in formula.split(" + ")):
            table, row, column = term.split(".")
            pattern = re.compile(re.escape(row).replace(r"\*", ".*"))
            assert any(a[0] == table and pattern.fullmatch(a[1]) and a[2] == column for a in addresses), term


def test_labels_use_the_vocabulary_and_hold_no_sentence() -> None:
    known = set(load_vocabulary().ids())
    for labels in measure().labels().values():
        for label in labels:
            assert label.quantity in known
            assert len(label.unit) <= 4
