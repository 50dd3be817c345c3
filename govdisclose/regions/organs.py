"""What the rest of an agency's name tells, once its region is cut off: the words are in `words.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from govdisclose.regions.divisions import names, rows

Kind = Literal["government", "department", "vertical", "zone", "other"]


@dataclass(frozen=True, slots=True)
class Unit:
    """An organ within a region.

    `name` is "" for the government and the same for every spelling of an organ; `township`: whether it is the
    government of a township; `zone`: the zone it belongs to; `system`: the national organ that leads it.
    """

    kind: Kind
    name: str = ""
    township: bool = False
    zone: str = ""
    system: str = ""


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def table(*keys: str) -> dict[str, str]:
    """A table of the file, such as `full`."""
    found: Any = _data()
    for key in keys:
        found = found[key]
    return dict(found)


def word(*keys: str) -> str:
    """A single word of the file."""
    found: Any = _data()
    for key in keys:
        found = found[key]
    return str(found)


def words_of(name: str) -> tuple[str, ...]:
    """A list of the file."""
    return tuple(_data()[name])


@lru_cache(maxsize=32)
def words(*keys: str) -> re.Pattern[str]:
    """An expression of the file, compiled."""
    return re.compile(word(*keys))


@lru_cache(maxsize=1)
def _vertical() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"(?:{line['pattern']})$"), line["system"]) for line in rows("vertical.csv"))


@lru_cache(maxsize=1)
def national() -> dict[str, str]:
    """The organs of the State Council: every name and short name, and the full name it stands for."""
    known = {line["name"]: line["name"] for line in rows("national.csv")}
    for line in rows("national.csv"):
        known |= dict.fromkeys(filter(None, line["aliases"].split(";")), line["name"])
    return known


@lru_cache(maxsize=1)
def national_begins() -> re.Pattern[str]:
    """Any of these names, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(national(), key=len, reverse=True))))


def cabinet() -> str:
    """The State Council's name."""
    return next(iter(national()))


@lru_cache(maxsize=65536)
def unit_of(rest: str) -> Unit | None:
    """The organ that the rest of a name tells; None where it is none, or names a place of its own.

    Examples
    --------
    >>> unit_of("人民政府"), unit_of("发改局").name, unit_of("税务局").system
    (Unit(kind='government', name='', township=False, zone='', system=''), '发展和改革局', '国家税务总局')
    >>> unit_of("某街道办事处").name, unit_of("经济技术开发区管委会").kind, unit_of("某县教育局") is None
    ('某街道', 'zone', True)
    """
    rest = words("government_before").sub("", rest, count=1) if words("government_before").match(rest) else rest
    if not rest or words("government").fullmatch(rest):
        return Unit("government")
    if words("organ", "no_name").search(rest) or _lower_place(rest):
        return None
    for pattern, system in _vertical():
        if pattern.search(rest):
            return Unit("vertical", rest, system=system)
    if words("organ", "branch").fullmatch(rest):
        return _organ(rest)  # 公安局高新区分局 is in the zone, and the city's all the same
    return _zone(rest) or _township(rest) or _organ(rest)


def _lower_place(rest: str) -> bool:
    """Whether the rest begins with another place: one of a list, or one no list knows."""
    known = names(None)
    for length in range(min(known.longest, len(rest)), 1, -1):
        if rest[:length] in known.full:
            return not _is_office(rest[length:])  # 东区街道 is no 东区
    return words("organ", "lower").match(rest) is not None and words("organ", "not_lower").match(rest) is None


def _is_office(text: str) -> bool:
    """Whether a text is the word for a township's office and nothing more."""
    office = words("township", "pattern").fullmatch("·" + text)
    return office is not None and office["name"] == "·"


def _zone(rest: str) -> Unit | None:
    found = words("zone", "pattern").fullmatch(rest)
    if found is None or _is_office(found["rest"]):  # 新城街道办事处 is the street office 新城, no zone
        return None
    if not found["rest"]:
        return Unit("zone", found["name"])
    inner = _township(found["rest"]) or _organ(found["rest"])
    return inner and Unit("zone", f"{found['name']}/{inner.name}", inner.township, found["name"])


def _township(rest: str) -> Unit | None:
    found = words("township", "pattern").fullmatch(rest)
    if found is None or words("township", "not").search(found["name"] + found["type"]):
        return None
    return Unit("government", found["name"] + table("township", "same_type").get(found["type"], found["type"]), True)


@lru_cache(maxsize=1)
def _full() -> re.Pattern[str]:
    longest = sorted(table("full"), key=len, reverse=True)
    return re.compile(rf"^({'|'.join(map(re.escape, longest))})(?=(?:{word('organ', 'ends')})$)")


def _organ(rest: str) -> Unit | None:
    ends = re.search(rf"(?:{word('organ', 'ends')})$", rest)
    if ends is None:
        return None
    name = _full().sub(lambda m: table("full")[m[0]], rest)
    name = re.sub(word("organ", "office"), word("organ", "office_is"), name)
    committee = ends[0] in word("organ", "committees").split("|")
    if committee:
        name = name.removesuffix(ends[0]) + "委员会"
    other = not committee and re.search(rf"(?:{word('organ', 'other')})$", rest)
    return Unit("other" if other else "department", name)
