"""The year a report is about, and the day it was published: two things its pages mix freely."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from govdisclose.clean import numeral
from govdisclose.identity.pages import Page, pairs
from govdisclose.model import Document, Stated
from govdisclose.vocabulary import aligned, patterns, twin, word, words

_NUMBER = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_DATE = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*({_NUMBER})\s*(?:[-/.月]\s*({_NUMBER})(?!\d)\s*日?|月|(?![\d.]))"
)
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])")
_QUOTED = re.compile(r"《[^》]*》|〔[^〕]*〕|\([^)]*(?:号|修订|第\d+号)[^)]*\)")


def find_date(text: str) -> str | None:
    """The first valid date in a text as `YYYY-MM-DD`, or `YYYY-MM` where the day is not printed.

    >>> find_date("发布日期：2023 年 1 月 9 日"), find_date("二〇二三年一月十日"), find_date("2017年3月")
    ('2023-01-09', '2023-01-10', '2017-03')
    >>> find_date("2023-13-01") is None
    True
    """
    compared = aligned(text)[1]
    for match in (*_DATE.finditer(compared), *_COMPACT.finditer(compared)):
        month, day = numeral(match[2]), numeral(match[3]) if match[3] else None
        try:
            date(int(match[1]), month or 0, 1 if match[3] is None else day or 0)
        except ValueError:
            continue
        return f"{match[1]}-{month:02d}" + (f"-{day:02d}" if day else "")
    return None


def is_date(text: str) -> bool:
    """Whether a line is a date and nothing else, brackets and stray marks apart.

    >>> is_date("（2026年1月23日）"), is_date("某镇2026年1月23日")
    (True, False)
    """
    compared = twin(text)[1].strip("()[].。,")
    match = _DATE.fullmatch(compared)
    return match is not None and find_date(compared) is not None


@lru_cache(maxsize=1)
def _label() -> re.Pattern[str]:
    names = sorted((*words("published", "labels"), *words("published", "not_labels")), key=len, reverse=True)
    spaced = "|".join(r"\s*".join(map(re.escape, name)) for name in names)
    return re.compile(rf"(?<![\u4e00-\u9fff])({spaced})\s*(?:[:|】\]]|(?=\s*(?:19|20)\d\d))\s*")


def _labelled(page: Page) -> Iterator[tuple[int, str]]:
    """Rank of the label (0 is best) and date of every labelled date before the report."""
    ranks = {label: rank for rank, label in enumerate(words("published", "labels"))}
    for line in page.head:
        if len(line) > 300:
            continue
        compared = aligned(line)[1]
        for match in _label().finditer(compared):
            rank = ranks.get("".join(match[1].split()))
            found = find_date(compared[match.end() : match.end() + 24])
            if rank is not None and found:
                yield rank, found
    for label, value in pairs(page):
        if label in ranks and (found := find_date(value)):
            yield ranks[label], found


def find_published(document: Document, page: Page, year: int | None, signed: str | None) -> Stated:
    """The day of publication: labelled on the page, declared in its metadata, or in the signature.

    A date before the end of the report year is none: the search goes on. The time a page was
    fetched or generated is never taken.
    """

    def late(found: str) -> bool:
        return year is None or found[:4] > str(year) or found == f"{year}-12-31"

    labelled = sorted((rank, found) for rank, found in _labelled(page) if late(found))
    if labelled:
        return Stated(labelled[0][1], "text")
    for key in words("published", "metadata_keys"):
        found = find_date(document.metadata.get(key, ""))
        if found and late(found):
            return Stated(found, "metadata")
    if signed and late(signed) and year is not None:
        return Stated(signed, "signature")
    return Stated(None)


def find_period(text: str) -> int | None:
    """The year of the period that the figures cover, from a sentence that states it.

    >>> find_period("数据统计期限为2022年1月1日至12月31日。")
    2022
    """
    for expression in patterns("year", "periods"):
        match = expression.search(text)
        if match is not None:
            return int(match[1])
    return None


def plausible(year: int | None) -> bool:
    """Whether a report year can be one: not before the Regulations were made, nor of another century."""
    return year is not None and int(word("year", "first_plausible")) <= year < 2100


def published_before(page: Page, year: int) -> bool:
    """Whether the page's own date of publication shows that this year was not over when it appeared."""
    labelled = sorted(_labelled(page))
    return bool(labelled) and labelled[0][1] < f"{year}-12-31"


def find_running_year(text: str) -> int | None:
    """The year that running text is about: named most often, laws, notices and plans left out."""
    cleaned = _QUOTED.sub("", text)
    counts: Counter[int] = Counter()
    for expression in patterns("year", "running"):
        for match in expression.finditer(cleaned):
            after = cleaned[match.end(1) : match.end(1) + 24]
            if not any(p.search(after) for p in patterns("year", "not_after")):
                counts[int(match[1])] += 1
    named = [year for year in counts if plausible(year)]
    return max(named, key=lambda year: counts[year]) if named else None


def year_in_name(name: str) -> int | None:
    """The year in a file's name, dates left out.

    >>> year_in_name("某局2023年报告_2025-12-30.html"), year_in_name("20240117.pdf") is None
    (2023, True)
    """
    compared = twin(name)[1]
    marked = re.findall(r"(?<!\d)((?:19|20)\d\d)年(?!\d{1,2}月)", compared)
    plain = re.findall(r"(?<![\d])((?:19|20)\d\d)(?![\d]|[-_.年]\d{1,2})", compared)
    years = [int(y) for y in (marked or plain) if plausible(int(y))]
    return years[0] if len(set(years)) == 1 or (marked and years) else None
