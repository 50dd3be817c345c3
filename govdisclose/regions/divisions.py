"""The administrative divisions of every year (`divisions.csv`), looked up by name, code and place."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

Level = Literal["national", "province", "prefecture", "county", "township"]


@dataclass(frozen=True, slots=True)
class Division:
    """A division under one code and name, `first` to `last` year; `place` outlives both."""

    code: str
    name: str
    short: str
    place: str
    first: int
    last: int


def rows(file: str) -> list[dict[str, str]]:
    """A data file of this folder, by lines."""
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def divisions() -> tuple[Division, ...]:
    """Every division of every year.

    >>> [(d.code, d.name, d.place, d.first, d.last) for d in divisions() if d.place == "P320829"]
    [('320813', '洪泽区', 'P320829', 2016, 2024), ('320829', '洪泽县', 'P320829', 2007, 2015)]
    """
    return tuple(
        Division(d["code"], d["name"], d["short"], d["place"], int(d["first"]), int(d["last"]))
        for d in rows("divisions.csv")
    )


@lru_cache(maxsize=1)
def last_year() -> int:
    """The last year of the lists; later reports are read with it."""
    return max(d.last for d in divisions())


@lru_cache(maxsize=1)
def first_year() -> int:
    """The first year of the lists; earlier reports are read with it."""
    return min(d.first for d in divisions())


def listed(year: int) -> int:
    """The year whose list is used for a report year: that year, or the nearest there is.

    >>> listed(2019), listed(2031)
    (2019, 2024)
    """
    return min(max(year, first_year()), last_year())


def level_of(code: str) -> Level:
    """The level a code's zeros tell.

    >>> level_of("320000"), level_of("320800"), level_of("320813")
    ('province', 'prefecture', 'county')
    """
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"


def stem_of(code: str) -> str:
    """The digits a division shares with all below it.

    >>> stem_of("320000"), stem_of("320800"), stem_of("320813")
    ('32', '3208', '320813')
    """
    return code[: {"province": 2, "prefecture": 4}.get(level_of(code), 6)]


def within(code: str, above: str) -> bool:
    """Whether a division lies in another, or is it.

    >>> within("320813", "320800"), within("320800", "320813"), within("320813", "320813")
    (True, False, True)
    """
    return code.startswith(stem_of(above))


@lru_cache(maxsize=1)
def by_place() -> Mapping[str, tuple[Division, ...]]:
    """The codes and names a place has had, by year."""
    found: defaultdict[str, list[Division]] = defaultdict(list)
    for d in sorted(divisions(), key=lambda d: d.first):
        found[d.place].append(d)
    return {place: tuple(chain) for place, chain in found.items()}


@lru_cache(maxsize=65536)
def in_year(place: str, year: int) -> tuple[Division, int]:
    """A place as the list of a year has it, or of the nearest year that has it; and which year that is.

    >>> in_year("P320829", 2015)[0].name, in_year("P320829", 2016)[0].name, in_year("P320829", 2030)[1]
    ('洪泽县', '洪泽区', 2024)
    """

    def nearest(d: Division) -> int:
        return min(max(year, d.first), d.last)

    found = min(by_place()[place], key=lambda d: (abs(year - nearest(d)), -d.first))
    return found, nearest(found)


@lru_cache(maxsize=64)
def by_code(year: int) -> Mapping[str, Division]:
    """The list of one year."""
    return {d.code: d for d in divisions() if d.first <= year <= d.last}


def parent_of(code: str, year: int) -> str | None:
    """The code a division belongs to in a year: its prefecture, else its province; None for a province.

    >>> parent_of("320813", 2020), parent_of("659001", 2020), parent_of("320000", 2020)
    ('320800', '650000', None)
    """
    known = by_code(listed(year))
    above = (code[:4] + "00", code[:2] + "0000")
    return next((c for c in above if c in known and c != code), None)


def place_of(code: str, year: int) -> str:
    """The place a code means in a year.

    >>> place_of("320813", 2020)
    'P320829'
    """
    return by_code(listed(year))[code].place


@dataclass(frozen=True, slots=True)
class Names:
    """Divisions by full name and by short name, for some years."""

    full: Mapping[str, tuple[Division, ...]]
    short: Mapping[str, tuple[Division, ...]]
    longest: int


@lru_cache(maxsize=64)
def names(year: int | None) -> Names:
    """The names in use in a year, the one before and the one after; of all years for None.

    A report on a year in which a place was renamed may print either name, and it is published in the
    year after. A name that means two places within these years is ambiguous.
    """
    full: defaultdict[str, list[Division]] = defaultdict(list)
    short: defaultdict[str, list[Division]] = defaultdict(list)
    for d in divisions():
        if year is None or d.first - 1 <= year <= d.last + 1:
            full[d.name].append(d)
            if d.short != d.name:
                short[d.short].append(d)
    # 延边州 for 延边朝鲜族自治州: the short name and the last word, where no division is named so.
    cuts = [(d.short + d.name[-1], d) for found in short.values() for d in found if len(d.name) > len(d.short) + 2]
    for cut, d in [(cut, d) for cut, d in cuts if cut not in full]:
        full[cut].append(d)
    longest = max(map(len, (*full, *short)))
    return Names({n: tuple(f) for n, f in full.items()}, {n: tuple(f) for n, f in short.items()}, longest)


@lru_cache(maxsize=1)
def provinces() -> Mapping[str, tuple[str, str]]:
    """Short names of the provinces in zh and en, by code."""
    return {line["code"]: (line["zh"], line["en"]) for line in rows("provinces.csv")}
