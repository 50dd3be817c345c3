"""Text and number folding. Knows how people print numbers and labels; knows no form.

`fold` makes two prints of the same label equal; `parse` says what a cell holds.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from govdisclose.model import Number, State

_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)]
)
_DASHES = frozenset("-–—―─━_/\\－／﹣−‐‑‒|｜~～*＊")
_NO_VALUE_WORDS = frozenset({"无", "無", "空", "不涉及", "不适用", "未涉及", "n/a", "na", "nil", "none"})

_MULTIPLIERS: dict[str, tuple[str, int]] = {"万": ("", 10_000), "亿": ("", 100_000_000)}
_SIGNS = {"增加": 1, "增": 1, "新增": 1, "↑": 1, "+": 1}
_SIGNS |= dict.fromkeys(("减少", "减", "↓", "-", "−", "－", "–"), -1)
_SIGN_WORD = r"增加|新增|增|减少|减|[↑↓]"
_REMARK = r"(?P<remark>[（(\[【〔][^）)\]】〕]*[）)\]】〕])?"
_BRACKETS = "（(【[〔）)】]〕"
_NUMBER = re.compile(
    rf"(?P<sign>{_SIGN_WORD}|\((?:{_SIGN_WORD}|[+\-−–])\)|[+\-−–])?"
    r"(?P<digits>\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?P<unit>万元|亿元|元|万|件|条|项|个|宗|起|份|人次|次|部|人)?"
    rf"(?P<behind>{_SIGN_WORD})?" + _REMARK
)
_UNITS = {"元": "yuan", "万元": "10k_yuan", "亿元": "100m_yuan"}


_MARKS = re.compile(r"\s*[⁰¹²³⁴-⁹₀-₉\u2460-\u24ff\u2776-\u2793]+\s*$")
"""Footnote marks. As compatibility forms they would fold to digits, and 12² to 122."""
_ZERO_WORDS = frozenset("零〇")


def strip_invisible(text: str) -> str:
    """Remove zero-width and direction characters; nothing visible changes.

    >>> strip_invisible("1\\u200b2")
    '12'
    """
    return text.translate(_INVISIBLE)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Fold width and compatibility forms and drop all white space, so that prints compare equal.

    >>> fold("商业 企业（１）")
    '商业企业(1)'
    """
    text = unicodedata.normalize("NFKC", strip_invisible(text))
    return "".join(text.split())


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one cell's text holds. `unit` is `yuan`, `10k_yuan`, `100m_yuan` or "".

    `pieces` has more than one entry where white space separates digits that may or may not belong
    together ("1 717", "2 0"); `value` is then their join, to be taken only where the cell is known
    to hold one number.
    """

    state: State
    value: Number | None = None
    unit: str = ""
    remark: str = ""
    pieces: tuple[str, ...] = ()


def to_number(digits: str) -> Number:
    """Digits with optional separators and decimals, as int where the print has no decimals.

    >>> to_number("1,717"), to_number("104.133")
    (1717, 104.133)
    """
    plain = digits.replace(",", "").replace("，", "")
    return float(plain) if "." in plain else int(plain)


_LONGEST = 40
"""Digits and marks of the longest number; what is longer is none, and Python refuses thousands of digits."""


@lru_cache(maxsize=65536)
def parse(text: str) -> Parsed:
    """What a table cell prints: a number, a blank, a dash, or text.

    Full-width digits, thousands separators, spaces inside numbers, signs in words (增10), units
    (251000元) and remarks (22（其中修订16件）) are understood; the remark is kept apart.

    >>> parse("１，７１７").value, parse("增10").value, parse("-3").value, parse("10（减）").value
    (1717, 10, -3, -10)
    >>> parse("1276.5534万元")
    Parsed(state='number', value=1276.5534, unit='10k_yuan', remark='', pieces=('1276.5534万元',))
    >>> parse("22（其中修订16件）").remark
    '(其中修订16件)'
    >>> parse("12²").value, parse("零").value
    (12, 0)
    >>> [parse(t).state for t in ("", "/", "无", "见附件")]
    ['blank', 'dash', 'dash', 'text']
    """
    shown = strip_invisible(text).strip()
    mark = _MARKS.search(shown)
    if mark and not mark.start():
        return Parsed("text")
    visible = unicodedata.normalize("NFKC", shown[: mark.start()] if mark else shown).strip()
    if not visible:
        return Parsed("blank")
    if visible in _ZERO_WORDS:
        return Parsed("number", 0, pieces=(visible,))
    compact = "".join(visible.split())
    if all(c in _DASHES for c in compact) or compact.lower() in _NO_VALUE_WORDS:
        return Parsed("dash")
    match = _NUMBER.fullmatch(compact)
    if match is None or len(match["digits"]) > _LONGEST:
        return Parsed("text")
    remark = match["remark"] or ""
    signs = [s for s in (match["sign"], match["behind"], remark) if s and s.strip(_BRACKETS) in _SIGNS]
    if len(signs) > 1:
        return Parsed("text")  # -10(减) is less by ten, or the fall of a fall
    value = to_number(match["digits"]) * (_SIGNS[signs[0].strip(_BRACKETS)] if signs else 1)
    unit = match["unit"] or ""
    if unit in _MULTIPLIERS:
        value *= _MULTIPLIERS[unit][1]
        unit = ""
    return Parsed(
        "number",
        value,
        _UNITS.get(unit, ""),
        ("" if remark in signs else remark) or (mark[0].strip() if mark else ""),
        tuple(visible.split()),
    )


def is_value(text: str) -> bool:
    """Whether a cell could be a value of a table: a number, a dash, or nothing.

    >>> [is_value(t) for t in ("12", "/", "", "其他")]
    [True, True, True, False]
    """
    return parse(text).state in ("number", "dash", "blank")


def numeral(text: str) -> int | None:
    """A number below 100 in Chinese numerals or digits.

    >>> numeral("十二"), numeral("7"), numeral("甲")
    (12, 7, None)
    """
    text = fold(text)
    if text.isdecimal():
        return int(text)
    digits = "零一二三四五六七八九"
    if not text or any(c not in digits + "十〇" for c in text):
        return None
    text = text.replace("〇", "零")
    if "十" not in text:
        return int("".join(str(digits.index(c)) for c in text))
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        return None
    return (digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0)
