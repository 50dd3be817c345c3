"""An agency's printed name, read from the left: region by region, then the organ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from govdisclose.regions.divisions import (
    Division,
    Names,
    by_code,
    in_year,
    level_of,
    listed,
    names,
    within,
)
from govdisclose.regions.organs import Unit, national, national_begins, table, unit_of, word, words
from govdisclose.vocabulary import twin

Basis = Literal["name", "name_of_other_year", "hint"]
Reason = Literal["ambiguous", "no_place", "no_county", "unknown"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a printed name can mean.

    `candidates`: one where it is resolved; several where the name does not tell; none where it names no region.
    `national`: the organ of the State Council that it is or belongs to. `branch_of`: place and name of the
    department it is a branch of. `own`: the word for its own region ("市教育局").
    """

    candidates: tuple[Division, ...] = ()
    unit: Unit | None = None
    basis: Basis = "name"
    reason: Reason | None = None
    national: str = ""
    branch_of: tuple[str, str] | None = None
    own: str = ""


Way = tuple[int, Division, bool]
"""Where the name of a region ends, the region, and whether it is named in full."""


def walk(
    text: str, known: Names, above: Division | None = None, start: int = 0
) -> Iterator[tuple[int, Division, bool]]:
    """Every way to read regions from the left, each within the one before."""
    for length in range(min(known.longest, len(text) - start), 1, -1):
        piece = text[start : start + length]
        for divisions, full in ((known.full.get(piece, ()), True), (known.short.get(piece, ()), False)):
            for d in divisions:
                if above is None or (d.code != above.code and within(d.code, above.code)):
                    yield from walk(text, known, d, start + length)
                    yield start + length, d, full


def _places(found: Iterable[Division], year: int) -> tuple[Division, ...]:
    """One division a place, as the year's list has it."""
    return tuple(sorted({in_year(d.place, year)[0] for d in found}, key=lambda d: d.code))


@lru_cache(maxsize=262144)
def read(name: str, year: int, hints: tuple[str, ...] = ()) -> Reading:
    """What an agency's printed name means in a report on a year.

    Parameters
    ----------
    name
        As printed.
    year
        The year reported on.
    hints
        Other texts that name the region: folders, the printed name of the agency above.

    Examples
    --------
    >>> [d.code for d in read("淮安市洪泽区教育局", 2020).candidates], read("鼓楼区教育局", 2020).reason
    (['320813'], 'ambiguous')
    >>> [d.code for d in read("鼓楼区教育局", 2020, ("江苏省/南京市",)).candidates]
    ['320106']
    """
    text, brackets = _bare(twin(name)[1])
    year, hints = listed(year), (*hints, *brackets)
    begins = national_begins().match(text)
    if begins:
        organ = begins[0]
        found = _of_all_years(text[len(organ) :], year, branch=True) if organ != text else Reading()
        if not found.candidates:  # the organ itself, or an office of its own
            of_own = Unit("department") if organ == text else Unit("other", text[len(organ) :])
            return Reading(unit=of_own, national=national()[organ])
        found = replace(found, national=national()[organ])
    else:
        found = _of_all_years(text, year, branch=False)
    return _finished(_placed(found, regions_in(hints, year) if hints else (), year), year)


@lru_cache(maxsize=65536)
def namesake(name: str, year: int, context: str) -> str:
    """The place that a path gives an agency whose name alone does not tell it; "" where it does, or nothing does.

    >>> namesake("鼓楼区人民政府", 2024, "2024/江苏省/徐州市/a.pdf"), namesake("洪泽区人民政府", 2024, "徐州市/a.pdf")
    ('P320302', '')
    """
    if len(read(name, year).candidates) == 1:
        return ""
    found = read(name, year, (context,)).candidates
    return found[0].place if len(found) == 1 else ""


def _bare(text: str) -> tuple[str, tuple[str, ...]]:
    """The name without what stands in brackets behind it, which is a hint unless it tells the scope."""
    inside = []
    while (found := re.search(r"(?<=.)\(([^()]*)\)$", text)) is not None:
        if not words("scope_marks").fullmatch(found[1]):
            inside.append(found[1])
        text = text[: found.start()]
    return text.removeprefix(word("state")), tuple(inside)


def _of_all_years(text: str, year: int, branch: bool) -> Reading:
    """Read by the names about the year; where that gives nothing, by those of all years."""
    found = _by_names(text, year, names(year), branch)
    if found.candidates:
        return found
    other = _by_names(text, year, names(None), branch)
    if other.candidates:
        return replace(other, basis="name_of_other_year")
    return _without_region(text) or Reading(reason="unknown")


def _by_names(text: str, year: int, known: Names, branch: bool) -> Reading:
    """The longest chain of regions behind which an organ stands."""
    fits: dict[Way, Unit] = {}
    for way in sorted(set(walk(text, known)), key=lambda way: (-way[0], way[1].code)):
        found = unit_of(text[way[0] :]) or (Unit("vertical", text[way[0] :]) if branch else None)
        if found is not None and (way[2] or _short_will_do(found, text[way[0] :], branch)):
            fits[way] = found
    if not fits:
        return Reading()
    end = next(iter(fits))[0]
    in_short = all(not full for e, _, full in fits if e == end)
    # A short name may as well be a word in the organ's own name: the region before it stays a candidate.
    places = _places((d for e, d, full in fits if e == end or (in_short and full)), year)
    first = next(unit for way, unit in fits.items() if way[0] == end)
    return Reading(places, first, reason="ambiguous" if len(places) > 1 else None)


def _short_will_do(found: Unit, rest: str, branch: bool) -> bool:
    """Whether the short name of a region may stand before it: the customs of Nanjing, a zone of Hefei."""
    if branch:
        return words("organ", "national_branch").search(rest) is not None
    return found.kind in ("zone", "vertical")


def _without_region(text: str) -> Reading | None:
    """A name that leaves its region to the context: "县教育局", "某镇人民政府"."""
    generic = {} if words("generic_not").match(text) else table("generic")
    own = next((word for word in generic if text.startswith(word) and unit_of(text[len(word) :])), "")
    found = unit_of(text[len(own) :])
    if found is None or (found == Unit("government") and not own):
        return None
    return Reading(unit=found, reason="no_place", own=own)


# --- what stands around the name ----------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def regions_in(hints: tuple[str, ...], year: int) -> tuple[Division, ...]:
    """The lowest regions that hints name; none where they name none or contradict each other.

    >>> [d.name for d in regions_in(("江苏/南京", "2020/鼓楼区教育局.pdf"), 2020)]
    ['鼓楼区']
    """
    found: tuple[Division, ...] = ()
    for piece in words("between_hints").split(twin("/".join(hints))[1]):
        ways = [(e, d) for e, d, full in walk(piece, names(year)) if full or e == len(piece)] if piece else []
        here = _places((d for e, d in ways if e == max(end for end, _ in ways)), year)
        if here and found:
            here = tuple({a if within(a.code, b.code) else b for a in found for b in here if _in_line(a, b)})
            if not here:
                return ()
        found = here or found
    return tuple(sorted(found, key=lambda d: d.code))


def _in_line(one: Division, other: Division) -> bool:
    return within(one.code, other.code) or within(other.code, one.code)


def _placed(found: Reading, about: tuple[Division, ...], year: int) -> Reading:
    """The reading with what the context tells: which of several places, or the place that the name leaves out."""
    if len(found.candidates) == 1 or not about or found.unit is None:
        return found
    if found.candidates:
        fits = tuple(d for d in found.candidates if any(_in_line(d, a) for a in about))
    elif found.own:
        fits = tuple({d for a in about for d in _own_regions(a, found.own, year)})
    else:
        fits = tuple(d for d in about if _holds_townships(d, year))
    if len(fits) == 1:
        return replace(found, candidates=fits, basis="hint", reason=None)
    return replace(found, candidates=fits, reason="ambiguous") if fits else found


def _own_regions(region: Division, own: str, year: int) -> Iterator[Division]:
    """The region, and those above it, that an agency in it would call by this word."""
    for code in {region.code, region.code[:4] + "00", region.code[:2] + "0000"}:
        d = by_code(year).get(code)
        if d is not None and d.name.endswith(own) and level_of(code) in table("generic")[own].split():
            yield d


@lru_cache(maxsize=16384)
def _holds_townships(d: Division, year: int) -> bool:
    """A county, or a prefecture without counties (东莞市)."""
    if level_of(d.code) != "prefecture":
        return level_of(d.code) == "county"
    return not any(within(code, d.code) for code in by_code(year) if code != d.code)


def _finished(found: Reading, year: int) -> Reading:
    """A township's county, and a branch's district, must be known as well."""
    if len(found.candidates) != 1 or found.unit is None:
        return found
    region = found.candidates[0]
    if found.unit.township and not found.unit.zone and not _holds_townships(region, year):
        return replace(found, reason="no_county")
    branch = words("organ", "branch").fullmatch(found.unit.name)
    if branch is None:
        return found
    organ = unit_of(branch["organ"])
    above = organ.name if organ else branch["organ"]
    ways = list(walk(branch["place"], names(year), region))
    districts = _places((d for end, d, _ in ways if end == len(branch["place"])), year)
    told = len(districts) == 1
    of = replace(found.unit, name=above + ("" if told else branch["place"]) + branch["end"])
    return replace(found, candidates=districts if told else found.candidates, unit=of, branch_of=(region.place, above))
