"""The words by which reports name themselves, as data (`vocabulary.toml`), loaded once."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Any

from govdisclose.clean import strip_invisible
from govdisclose.script import simplify


@lru_cache(maxsize=1)
def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files("govdisclose").joinpath("vocabulary.toml").read_text(encoding="utf-8"))


def words(section: str, name: str) -> tuple[str, ...]:
    """A list of the vocabulary file.

    >>> words("title", "kinds")[:2]
    ('报告', '年报')
    """
    return tuple(_data()[section][name])


def word(section: str, name: str) -> str:
    """A single word of the vocabulary file."""
    return str(_data()[section][name])


@lru_cache(maxsize=64)
def pattern(section: str, name: str) -> re.Pattern[str]:
    """Any of a list of plain words, longest first, as one compiled expression."""
    return re.compile("|".join(re.escape(w) for w in sorted(words(section, name), key=len, reverse=True)))


@lru_cache(maxsize=64)
def patterns(section: str, name: str) -> tuple[re.Pattern[str], ...]:
    """A list of the vocabulary file that holds regular expressions, compiled."""
    return tuple(re.compile(w) for w in words(section, name))


@lru_cache(maxsize=256)
def _one(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


_YEAR_IN_NUMERALS = re.compile("[一二三四五六七八九〇零○ＯOo0О]{4}(?=年)")
_DIGITS = str.maketrans("一二三四五六七八九〇零○ＯOoО", "1234567890000000")


def aligned(text: str) -> tuple[str, str]:
    """The text as printed and as compared, white space kept, position by position the same."""
    return _short(text) if len(text) <= 500 else _aligned(text)


def _aligned(text: str) -> tuple[str, str]:
    # White space apart, what cannot be printed is rare: most text need not be searched for it.
    printed = text if text.isprintable() else strip_invisible(text)
    if printed.isascii():
        return printed, printed
    compared = simplify("".join(map(_one, printed)))
    return printed, _YEAR_IN_NUMERALS.sub(lambda m: m[0].translate(_DIGITS), compared)


_short = lru_cache(maxsize=16384)(_aligned)


def twin(text: str) -> tuple[str, str]:
    """The text without white space, as printed and as compared, position by position the same.

    What is found in the second can be cut, unchanged, from the first. A year in numerals is
    compared in digits.

    >>> twin("縣 統計局（二〇二三年）")
    ('縣統計局（二〇二三年）', '县统计局(2023年)')
    """
    return aligned("".join(text.split()))
