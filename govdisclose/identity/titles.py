"""Titles of reports: which agency and which year a line of text names, cut out as printed.

A title is taken apart around its subject ("information disclosure") and its kind ("report"):
what stands before them, without the year, is the agency.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from govdisclose.vocabulary import pattern, patterns, twin, word, words

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:年度|年|度)?(?:[-—~至到](?:(?:19|20)\d\d)年度?)?")
_BREAKS = re.compile(r"[,。;:!?、<>《》〈〉»›|/\\\"“”‘’'…=＝→#*]")
_IN_BRACKETS = re.compile(r"^[(\[【〔][^)\]】〕]{1,12}[)\]】〕]")
_NAME = re.compile(r"[\u3400-\u9fff()·\u3007\uf900-\ufaff0-9—-]+")
_EDGES = "-—_–|·.,:;、()[]【】〔〕 "
_AFTER_TITLE = frozenset('-_|—–([【〔<>《》·.:/ …"”’=20')
_ODD_BRACKETS = re.compile(r"\([^)]*$|^[^(]*\)")


@dataclass(frozen=True, slots=True)
class Title:
    """What a title states. `agency` is as printed, "" where it names none; `start`, `end` cut the match."""

    agency: str
    year: int | None
    start: int
    end: int
    full: bool
    """Whether the line is a title and nothing else: not a title within a sentence."""


@lru_cache(maxsize=1)
def _core() -> re.Pattern[str]:
    fillers = "|".join(map(re.escape, words("title", "fillers")))
    kinds = pattern("title", "kinds").pattern
    return re.compile(rf"(?:{pattern('title', 'subjects').pattern})(?:{fillers}|(?:19|20)\d\d年度?)*(?:{kinds})")


@lru_cache(maxsize=1)
def _nothing_more() -> re.Pattern[str]:
    return re.compile(word("title", "after_title"), re.IGNORECASE)


@lru_cache(maxsize=1)
def _anywhere() -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern('title', 'lead_ins').pattern})[了的]?")


@lru_cache(maxsize=1)
def _at_start() -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern('title', 'lead_starts').pattern})[了的]?(?!局|处|委|会|办)")


@lru_cache(maxsize=1)
def _organ() -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern('agency', 'organs').pattern})(?:\([^()]{{1,12}}\))?$")


@lru_cache(maxsize=1)
def _strong_organ() -> re.Pattern[str]:
    strong = set(words("agency", "organs")) - set(words("agency", "weak_organs"))
    return re.compile(rf"(?:{'|'.join(sorted(strong, key=len, reverse=True))})(?:\([^()]{{1,12}}\))?$")


def is_agency(name: str, *, strict: bool = False) -> bool:
    """Whether a text looks like an organ's name: short, Chinese, ending in the word for an organ.

    `strict` asks for an ending that is an organ by itself (a bureau, a town, a people's
    government), not a mere place.

    >>> is_agency("某县教育局"), is_agency("一、概况"), is_agency("某县"), is_agency("某县", strict=True)
    (True, False, True, False)
    """
    compared = twin(name)[1]
    if not _names(compared) or compared[0].isdecimal() or (len(compared) < 3 and strict):
        return False
    return (_strong_organ() if strict else _organ()).search(compared) is not None


def _trim(compared: str, start: int, stop: int) -> tuple[int, int]:
    """Cut year, lead-ins, labels and stray marks from both ends of a name."""
    about = compared.find(word("title", "about"), start + 1, stop)
    if about > start + 1:
        stop = about
    while start < stop:
        piece = compared[start:stop]
        if piece[0] in _EDGES and not piece.startswith("("):
            start += 1
        elif (match := _IN_BRACKETS.match(piece)) is not None:
            start += match.end()
        elif piece[0] in "(":
            start += 1
        elif (match := _YEAR.match(piece)) is not None or (match := _at_start().match(piece)) is not None:
            start += match.end()
        elif piece[0] in "度年的":
            start += 1
        elif piece[-1] in _EDGES and not (piece[-1] == ")" and "(" in piece):
            stop -= 1
        elif piece.endswith(("年度", "的")):
            stop -= 2 if piece.endswith("年度") else 1
        elif (match := re.search(r"(?:19|20)\d\d(?:年度|年|度)?$", piece)) is not None:
            stop -= len(piece) - match.start()
        else:
            break
    return start, stop


def _years(compared: str) -> list[int]:
    return [int(y) for y in _YEAR.findall(compared)]


def _suffix_agency(compared: str, end: int) -> tuple[int, int]:
    """An agency printed after the title, behind a dash or in brackets."""
    stop = len(compared)
    if stop - end > 42:
        return end, end
    bracket = re.compile(r"[(\[【〔]([^()]{2,40})[)\]】〕]").match(compared, end)
    if bracket is not None and is_agency(bracket[1]):
        return bracket.span(1)
    start, stop = _trim(compared, end, stop)
    inner = compared[start:stop]
    for mark in ("_", "-", "—", "|"):
        if mark in inner:
            stop = start + inner.index(mark)
            break
    return (start, stop) if is_agency(compared[start:stop]) else (end, end)


def parse_title(text: str, *, suffix: bool = True) -> Title | None:
    """Agency and year of the first report title in a text, or None where it holds none.

    Parameters
    ----------
    text
        A line, or a sentence that mentions a report by its title.
    suffix
        Whether an agency may stand after the title (site names do in page titles).

    Examples
    --------
    >>> title = parse_title("某县教育局 2022 年政府信息公开工作年度报告")
    >>> title.agency, title.year, title.full
    ('某县教育局', 2022, True)
    >>> parse_title("2021年度某镇政府信息公开年报").agency
    '某镇'
    >>> parse_title("某乡政府2021年信息公开工作年度报告").agency
    '某乡政府'
    >>> parse_title("政府信息公开指南") is None
    True
    """
    printed, compared = twin(text)
    found: list[Title] = []
    before = 0
    for match in _core().finditer(compared):
        title = _read(printed, compared, before, match.start(), match.end(), suffix)
        before = match.end()
        if title is not None:
            found.append(title)
    return max(found, key=lambda t: (bool(t.agency) + (t.year is not None), bool(t.agency)), default=None)


def _read(printed: str, compared: str, before: int, subject: int, end: int, suffix: bool) -> Title | None:
    """The title around one subject and kind; `before` is where the one before it ended."""
    # Behind a separator stands the site's name or section (_通知公告_), no part of the title.
    behind = re.split(r"[_|]|-{1,2}|—{1,2}", compared[end : end + 40], maxsplit=1)[0]
    if any(p.match(behind) for p in patterns("title", "not_titles")):
        return None
    tail = word("title", "organ_tail")
    if compared[:subject].endswith(words("title", "organ_ends_with_subject")) and compared.startswith(tail, subject):
        subject += len(tail)
    start = max((m.end() for m in _BREAKS.finditer(compared, before, subject)), default=before)
    spoken = [m.end() for m in _anywhere().finditer(compared, start, subject)]
    start = spoken[-1] if spoken else start
    first, last = _trim(compared, start, subject)
    inside = _YEAR.search(compared, first, last)
    if inside is not None:
        left, right = _trim(compared, first, inside.start()), _trim(compared, inside.end(), last)
        first, last = max(left, right, key=lambda side: (is_agency(compared[slice(*side)]), side[1] - side[0]))
    years = _years(compared[start:end]) or _years(compared[end : end + 9])[:1]
    after = compared[end:]
    ends = _nothing_more().fullmatch(after) is not None or after[0] in _AFTER_TITLE or is_agency(after)
    ends = ends or _core().search(after) is not None
    full = ends and not spoken and not any(c in "。;,!?" for c in compared) and compared[start - 1 : start] != "、"
    known = _names(compared[first:last]) and (full or is_agency(compared[first:last]))
    if not known and suffix:
        first, last = _suffix_agency(compared, end)
        known = last > first
    return Title(printed[first:last] if known else "", years[0] if years else None, start, end, full)


def _names(name: str) -> bool:
    return (
        2 <= len(name) <= 40
        and _NAME.fullmatch(name) is not None
        and _ODD_BRACKETS.search(name) is None
        and name not in words("title", "not_agencies")
        and not any(p.search(name) for p in patterns("title", "not_in_agencies"))
    )


def same_agency(one: str, other: str) -> bool:
    """Whether two printed names may mean one agency: equal, contained, shortened, or its own office.

    >>> same_agency("某市某区人民政府", "某区人民政府办公室"), same_agency("某县发改局", "某县发展和改革局")
    (True, True)
    >>> same_agency("某县教育局", "某县财政局")
    False
    """
    a, b = twin(one)[1], twin(other)[1]
    if not a or not b:
        return True
    shorter, longer = sorted((a, b), key=len)
    if shorter in longer or _subsequence(shorter, longer):
        return True
    stem_a, stem_b = _stem(a), _stem(b)
    shorter, longer = sorted((stem_a, stem_b), key=len)
    return len(shorter) >= 2 and (shorter in longer or _subsequence(shorter, longer))


def governs_place(name: str) -> bool:
    """Whether a name is that of a county, a city, a province or its government, not of a lower or single organ.

    >>> governs_place("某县人民政府办公室"), governs_place("某镇人民政府"), governs_place("某县教育局")
    (True, False, False)
    """
    return _stem(twin(name)[1]).endswith(words("agency", "places"))


def _stem(compared: str) -> str:
    for tail in words("agency", "tails"):
        if compared.endswith(tail) and len(compared) > len(tail) + 1:
            return compared[: -len(tail)]
    return compared


def _subsequence(shorter: str, longer: str) -> bool:
    """Abbreviations keep the order of the characters, the first and the last."""
    rest = iter(longer)
    return shorter[-1:] == longer[-1:] and all(c in rest for c in shorter)
