"""Traditional script folded to simplified, for comparing; what is printed is never changed by it."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    text = resources.files("govdisclose").joinpath("forms", "traditional.csv").read_text(encoding="utf-8")
    return {ord(line["traditional"]): line["simplified"] for line in csv.DictReader(text.splitlines())}


@lru_cache(maxsize=16384)
def simplify(text: str) -> str:
    """The same text in simplified characters, one for one: positions stay what they were.

    Only characters that have no other use in simplified text are mapped (`forms/traditional.csv`), so
    that text in simplified script comes back unchanged.

    >>> simplify("縣統計局"), simplify("县统计局")
    ('县统计局', '县统计局')
    """
    return text if text.isascii() else text.translate(_table())
