"""What a report has to say and in which order: missing sections and content, wrong years, powers, copies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rapidfuzz import fuzz

from govdisclose.claims.sums import Cells
from govdisclose.claims.vocabulary import load_vocabulary
from govdisclose.model import Address, Claim, Finding, Identity, Section, Severity
from govdisclose.vocabulary import twin

ALL = (1, 2, 3, 4, 5, 6)
_PROBLEMS, _OTHERS = 5, 6
_COPIED = 0.9
_LONG = 40
"""Characters below which two sections are alike by chance."""
_ARTICLE_ZH, _ARTICLE_EN = "《政府信息公开条例》第五十条", "Regulations on Open Government Information, art. 50"


def _finding(
    relation: str,
    severity: Severity,
    zh: str,
    en: str,
    *,
    cells: tuple[Address, ...] = (),
    expected: str | None = None,
    actual: str | int | None = None,
    place: str = "",
) -> Finding:
    return Finding(relation, severity, zh, en, cells, expected, actual, "source", place)


def check_sections(
    sections: Sequence[Section], claims: Sequence[Claim], identity: Identity, cells: Cells
) -> tuple[Finding, ...]:
    """Findings about the structure and the statutory content of a report, each with its ground.

    Examples
    --------
    >>> from govdisclose.forms import load
    >>> from govdisclose.model import Stated
    >>> who = Identity(*[Stated(None)] * 4)
    >>> sections = [Section(n, "", "略" if n != 5 else "无。") for n in (1, 2, 3, 4, 5, 6)]
    >>> [f.relation for f in check_sections(sections, (), who, Cells((), load()))]
    ['section_empty']
    """
    words = load_vocabulary().sections
    return (
        *_structure(sections),
        *_problems(sections, words),
        *_content(sections, identity, words),
        *_powers(identity, cells, words),
        *_years(sections, claims, identity, words),
    )


def _structure(sections: Sequence[Section]) -> list[Finding]:
    numbers = [s.number for s in sections if s.number]
    out: list[Finding] = []
    missing = [n for n in ALL if n not in numbers]
    if missing:
        listed = "、".join(map(str, missing))
        out.append(
            _finding(
                "section_missing",
                "warning",
                f"缺少规定的第 {listed} 部分（{_ARTICLE_ZH}及年度报告格式）",
                f"missing of the format's sections: {listed.replace('、', ', ')} ({_ARTICLE_EN}, and the format)",
                actual=listed.replace("、", ", "),
            )
        )
    for number, times in sorted(Counter(numbers).items()):
        if times > 1:
            out.append(
                _finding(
                    "section_doubled",
                    "warning",
                    f"第 {number} 部分出现了 {times} 次",
                    f"section {number} is printed {times} times",
                    actual=number,
                )
            )
    once = list(dict.fromkeys(numbers))
    if once != sorted(once):
        listed = ", ".join(map(str, once))
        out.append(
            _finding(
                "section_order",
                "warning",
                f"各部分的次序与格式不同：{listed}",
                f"the sections are not in the order of the format: {listed}",
                actual=listed,
            )
        )
    return out


def _problems(sections: Sequence[Section], words: dict[str, Any]) -> list[Finding]:
    """Section five says nothing."""
    nothing = re.compile(words["nothing"])
    out = []
    for section in sections:
        if section.number != _PROBLEMS:
            continue
        body = re.sub(r"[^\w]", "", twin(section.text)[1])
        if not body or nothing.fullmatch(body):
            out.append(
                _finding(
                    "section_empty",
                    "warning",
                    f"第 5 部分没有内容（{_ARTICLE_ZH}第（四）项要求报告存在的问题及改进情况）",
                    f"section 5 says nothing ({_ARTICLE_EN} (4) wants the problems and how they are met)",
                    actual=body or None,
                )
            )
    return out


def _content(sections: Sequence[Section], identity: Identity, words: dict[str, Any]) -> list[Finding]:
    out = []
    year = identity.year.value
    sixth = [s for s in sections if s.number == _OTHERS]
    if sixth and year is not None and int(year) >= words["fee_from"]:
        text = "".join(twin(s.text)[1] for s in sixth)
        if not re.search(words["fee"], text):
            out.append(
                _finding(
                    "fee_missing",
                    "notice",
                    "第 6 部分没有报告收取信息处理费的情况（国办公开办函〔2021〕30号格式要求在此处报告）",
                    "section 6 does not report the information processing fee, which the format of 2021 wants there",
                )
            )
    agency = twin(str(identity.agency.value or ""))[1]
    if re.search(words["government"], agency) and any(s.text for s in sections):
        whole = "".join(twin(s.text)[1] for s in sections)
        missing = [c for c in words["government_content"] if not re.search(c["told"], whole)]
        if missing:
            listed, named = ("、".join(c["zh"] for c in missing)), ", ".join(c["en"] for c in missing)
            out.append(
                _finding(
                    "content_missing",
                    "notice",
                    f"政府的年度报告应包括{listed}的结果（{_ARTICLE_ZH}第（四）项），正文没有提到",
                    f"a government's report has to tell of {named} ({_ARTICLE_EN} (4)); the prose does not",
                    actual=named,
                )
            )
    return out


def _powers(identity: Identity, cells: Cells, words: dict[str, Any]) -> list[Finding]:
    """Rules made or in force at an agency that cannot make any."""
    agency = twin(str(identity.agency.value or ""))[1]
    if not re.search(words["without_rules"], agency):
        return []
    row = cells.rows.get(("proactive", "regulations"), {})
    printed = tuple(c for c in row.values() if c.state == "number" and (c.value or 0) > 0)
    if not printed:
        return []
    return [
        _finding(
            "beyond_powers",
            "warning",
            f"{agency}没有制定规章的权力（{words['rules_ground_zh']}），表二却填有 "
            + "、".join(str(c.value) for c in printed),
            f"{agency} has no power to make rules ({words['rules_ground_en']}), yet the table prints "
            + ", ".join(str(c.value) for c in printed),
            cells=tuple(c.key for c in printed),
            actual=printed[0].raw or str(printed[0].value),
        )
    ]


def _years(
    sections: Sequence[Section], claims: Sequence[Claim], identity: Identity, words: dict[str, Any]
) -> list[Finding]:
    """Sentences that begin with an earlier year and report, as a report taken over from that year has them.

    Comparisons with other years are normal, and so are plans for the next; what is told here names
    one of the two years before, compares nothing, and counts something or stands in a section that
    does not name the report's year.
    """
    if identity.year.value is None:
        return []
    year = int(identity.year.value)
    begins, comparison = re.compile(words["year"]), re.compile(words["comparison"])
    out = []
    for section in sections:
        if section.number not in (1, _PROBLEMS, _OTHERS):
            continue
        text = "".join(_line(line) for line in section.text.split("\n"))
        names_year = str(year) in text
        for match in begins.finditer(text):
            said = int(match[1])
            sentence = re.split(r"[。;\n]", text[match.start(1) :], maxsplit=1)[0]
            if said not in (year - 1, year - 2) or comparison.search(sentence):
                continue
            counts = re.search(r"\d+(?:\.\d+)?(?:件|条|次|个|元|期|场|份|篇)", sentence[4:])
            if counts or not names_year:
                out.append(
                    _finding(
                        "year_in_prose",
                        "warning" if counts else "notice",
                        f"第 {section.number} 部分有一句以 {said} 年开头，而报告年度为 {year} 年",
                        f"section {section.number} has a sentence that begins with {said}; the report is for {year}",
                        expected=str(year),
                        actual=str(said),
                        place=f"section {section.number}",
                    )
                )
                break
    return out


def _line(line: str) -> str:
    """A line as compared; one that ends a sentence or is a heading keeps its break."""
    compared = twin(line)[1]
    return compared if len(compared) >= 20 and compared[-1] not in "。;:!?" else compared + "\n"


def copied_sections(
    these: Iterable[Section], previous: Iterable[Section], *, numbers: Sequence[int] = (_PROBLEMS,)
) -> tuple[Finding, ...]:
    """Sections that repeat last year's, numbers and years left aside.

    Parameters
    ----------
    these, previous
        The sections of a report and of the same agency's report of the year before.
    numbers
        The sections to compare.

    Returns
    -------
    tuple of Finding
        A warning for each section at least 90 % alike (the similarity is `actual`, in percent).

    Examples
    --------
    >>> text = "公开内容还不够细，解读形式单一；下一步将逐项完善目录，加强培训，2021年起每季度检查3次，提高公开质量。"
    >>> now = [Section(5, "", text.replace("2021", "2022"))]
    >>> [f.relation for f in copied_sections(now, [Section(5, "", text)])]
    ['section_copied']
    """
    before: dict[int, str] = {}
    for section in previous:
        before[section.number] = before.get(section.number, "") + _without_numbers(section.text)
    out = []
    now: dict[int, str] = {}
    for section in these:
        now[section.number] = now.get(section.number, "") + _without_numbers(section.text)
    for number in numbers:
        first, second = now.get(number, ""), before.get(number, "")
        if min(len(first), len(second)) < _LONG:
            continue
        alike = fuzz.ratio(first, second) / 100
        if alike >= _COPIED:
            out.append(
                _finding(
                    "section_copied",
                    "warning",
                    f"第 {number} 部分与上一年度的文字有 {alike:.0%} 相同（不计数字与年份）",
                    f"section {number} is {alike:.0%} the same as the year before, numbers and years left aside",
                    actual=round(100 * alike),
                    place=f"section {number}",
                )
            )
    return tuple(out)


def _without_numbers(text: str) -> str:
    return re.sub(r"[\d.,%]+|[^\w]", "", twin(text)[1])
