"""Counted numbers in running text: what is printed, what it is worth, and which clause it stands in."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from govdisclose.claims.vocabulary import Vocabulary, load_vocabulary
from govdisclose.clean import strip_invisible, to_number
from govdisclose.model import Number
from govdisclose.vocabulary import aligned

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_QUOTED = re.compile(r"《[^》\n]{0,80}》|“[^”\n]{0,80}”|〔[^〕\n]{0,12}〕|〈[^〉\n]{0,80}〉|\"[^\"\n]{0,60}\"")
_BRACKETS = re.compile(r"\([^()\n\d#]{0,40}\)|\[[^\[\]\n\d]{0,40}\]")
_STOPS = re.compile(r"[,:;。!?\n()\[\]]")
_ENDS = re.compile(r"[。!?\n]")
_PRINT = re.compile(r"\n|\S+")
"""A line break, or print without white space."""
_TORN = re.compile(
    r"(?<=\d)\s*\n\s*(?=[条件个次份篇期场名人项,，。;；%％])|(?<=[\u4e00-\u9fff])\s*\n\s*(?=\d[\d,.]*\s*[条件个次份篇期场名人项%％])"
)
"""Line breaks that tear a number from its unit or its noun."""
_ITEM = re.compile(r"\s*(?:[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．]|[一二三四五六七八九十]是)")
"""How a line begins that no line before it goes on in."""
_WRAPPED = 20
"""A line at least this long that ends without a mark goes on in the next."""
_RIGHT = 40
"""Characters behind a number, at most, in which its noun stands."""
_LONGEST = 18
"""Digits of the longest number that can be counted."""


def han_number(text: str) -> Number | None:
    """A whole number in Chinese numerals, or None.

    >>> han_number("十二"), han_number("一百零五"), han_number("两千三百"), han_number("一二")
    (12, 105, 2300, None)
    """
    total = digit = 0
    seen = False
    for char in text:
        if char in _TENS:
            total += (digit if seen else 1) * _TENS[char]
            digit, seen = 0, False
        elif char not in _DIGITS or (seen and digit):
            return None
        else:
            digit, seen = _DIGITS[char], True
    return total + digit if text else None


class Mention(NamedTuple):
    """A number with its unit: its value, and where it and its clause stand in the folded text.

    `sentence` and `paragraph` count from 0.
    """

    value: Number
    unit: str
    approximate: bool
    start: int
    end: int
    left: str
    right: str
    left_start: int
    right_end: int
    sentence: int
    paragraph: int
    han: bool
    tail: str
    """What stands between this number and the next without a mark: as a rule the next one's."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Running text as it is searched: no white space, half width, one script; `places` leads back to the print.

    In `clauses`, position by position the same, marks within quotes and bare brackets end no clause.
    `quoted` are the spans of quoted titles and names.
    """

    text: str
    clauses: str
    places: tuple[int, ...]
    quoted: tuple[tuple[int, int], ...]

    def in_quotes(self, at: int) -> bool:
        """Whether a position stands within a quoted title or name."""
        last = bisect_right(self.quoted, (at, len(self.text))) - 1
        return last >= 0 and self.quoted[last][0] <= at < self.quoted[last][1]


@lru_cache(maxsize=16)
def fold_text(printed: str) -> Folded:
    """Text to be searched for claims, position by position traceable.

    Line breaks stay where a line ends with a mark or is short; elsewhere the sentence goes on.

    >>> folded = fold_text("受理 申请 １２ 件。")
    >>> folded.text, folded.places[4]
    ('受理申请12件。', 6)
    """
    chars: list[str] = []
    places: list[int] = []
    length = 0
    torn = {p for m in _TORN.finditer(printed) for p in range(*m.span())} if "\n" in printed else set()
    for part in _PRINT.finditer(printed):
        place, end = part.span()
        if part[0] != "\n":
            chars += part[0]
            places += range(place, end)
            length += end - place
        elif place not in torn:
            ends = length < _WRAPPED or chars[-1] in "。;；:：!！?？,，、" or _ITEM.match(printed, place + 1)
            if length and ends:
                chars.append("\n")
                places.append(place)
            length = 0
    text = "".join(chars)
    if not text.isprintable() and len(strip_invisible(text)) != len(text.replace("\n", "")) + text.count("\n"):
        kept = [(c, p) for c, p in zip(chars, places, strict=True) if c == "\n" or strip_invisible(c)]
        text, places = "".join(c for c, _ in kept), [p for _, p in kept]
    folded = aligned(text)[1]
    return Folded(folded, _clauses(folded), tuple(places), tuple(m.span() for m in _QUOTED.finditer(folded)))


def _clauses(text: str) -> str:
    """The text with quoted marks and brackets without numbers hidden, so that they end no clause."""

    def hide(match: re.Match[str]) -> str:
        return _STOPS.sub("·", match[0])

    text = _QUOTED.sub(hide, text)
    return _BRACKETS.sub(lambda m: "·" * len(m[0]), text)


@lru_cache(maxsize=1)
def _number(units: tuple[str, ...]) -> re.Pattern[str]:
    listed = "|".join(re.escape(u) for u in sorted(units, key=len, reverse=True))
    return re.compile(
        r"(?:(?<![\d.])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
        r"|(?P<han>[零〇一二两三四五六七八九十百千]+))"
        r"(?P<more>余|多|几|来)?(?P<scale>[百千]?[万亿](?!元))?(?P<more2>余|多)?"
        rf"(?:(?P<unit>{listed})(?P<more3>余|多(?=[,。;]))?|(?=[,。;)]))"
    )


def mentions(folded: Folded, vocabulary: Vocabulary | None = None) -> list[Mention]:
    """The counted numbers of a text, in order. Dates, ordinals, law numbers and quoted numbers are none.

    Examples
    --------
    >>> [(m.value, m.unit) for m in mentions(fold_text("2022年受理申请1,200件，访问1.2万次，《条例》第二十条。"))]
    [(1200, '件'), (12000, '次')]
    """
    known = vocabulary or load_vocabulary()
    text, clauses, words = folded.text, folded.clauses, known.words
    found: list[tuple[re.Match[str], Number, str, bool]] = []
    for match in _number(known.units).finditer(text):
        start, end = match.span()
        unit = match["unit"] or ""
        value = _value(match, unit in known.money)
        if value is None or (not unit and not match["scale"] and not _bare(text, start, words)):
            continue
        before = text[max(0, start - 8) : start]
        if folded.in_quotes(start) or words["not_before"].search(before):
            continue
        if unit and words["not_counted"].match(unit + text[end : end + 8]):
            continue
        more = match["more"] or match["more2"] or match["more3"] or ""
        loose = bool(more or words["approximate_before"].search(before))
        loose = loose or bool(words["approximate_after"].match(text[end : end + 4]))
        found.append((match, value, unit, loose))
    stops = [m.start() for m in _STOPS.finditer(clauses)]
    sentences = [m.end() for m in _ENDS.finditer(clauses)]
    paragraphs = [m.end() for m in re.finditer("\n", text)]
    return [_placed(found, at, text, clauses, stops, sentences, paragraphs) for at in range(len(found))]


def _bare(text: str, start: int, words: dict[str, re.Pattern[str]]) -> bool:
    return bool(words["bare"].search(text[max(0, start - 6) : start]))


def _value(match: re.Match[str], money: bool) -> Number | None:
    digits, han = match["digits"], match["han"]
    if digits is not None:
        if len(digits) > _LONGEST:
            return None
        value: Number | None = to_number(digits)
    else:
        value = han_number(han)
    scale = match["scale"] or ""
    if value is None or not scale:
        return value
    factor = _SCALES[scale[-1]] * (_SCALES[scale[0]] if len(scale) > 1 else 1)
    worth = round(value * factor, 6)
    return int(worth) if worth == int(worth) else worth


def _placed(
    found: Sequence[tuple[re.Match[str], Number, str, bool]],
    at: int,
    text: str,
    clauses: str,
    stops: Sequence[int],
    sentences: Sequence[int],
    paragraphs: Sequence[int],
) -> Mention:
    match, value, unit, loose = found[at]
    start, end = match.span()
    floor = found[at - 1][0].end() if at else 0
    ceiling = found[at + 1][0].start() if at + 1 < len(found) else len(text)
    before, behind = bisect_left(stops, start), bisect_left(stops, end)
    left_start = max(floor, stops[before - 1] + 1 if before else 0)
    right_end = min(ceiling, end + _RIGHT, stops[behind] if behind < len(stops) else len(text))
    after = clauses[end:right_end].replace("·", "")
    # What stands between two numbers without a mark belongs to the second.
    right = "" if right_end == ceiling < len(text) and left_start < start else after
    left = clauses[left_start:start].replace("·", "").lstrip("、")
    return Mention(
        value,
        unit,
        loose,
        start,
        end,
        left,
        right,
        left_start,
        right_end if right else end,
        bisect_right(sentences, start),
        bisect_right(paragraphs, start),
        match["han"] is not None,
        after,
    )
