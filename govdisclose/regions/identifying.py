"""One agency: what its name or the user's file tells, as the fields of a row."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NoReturn, cast

from govdisclose.regions.divisions import (
    Division,
    by_code,
    divisions,
    in_year,
    level_of,
    listed,
    parent_of,
    place_of,
    provinces,
)
from govdisclose.regions.lines import AgencyError
from govdisclose.regions.names import Reading, read
from govdisclose.regions.organs import Kind, Unit, cabinet, table, unit_of
from govdisclose.regions.overrides import INVENTED, Agencies, Override, folded

NATION = "CN"
"""The place of the organs of the State Council."""

Fields = dict[str, str | int | None]


def identify(name: str | None, year: int | None, hints: tuple[str, ...], own: Agencies) -> Fields:
    """The fields of a row; `agency_id` is among them only where the agency is known for certain."""
    asked: Fields = {"agency": name, "year": year}
    if name is None or year is None:
        return asked | {"reason": "no_name" if name is None else "no_year"}
    line = own.find(name, year)
    return asked | (_told(read(name, year, hints), year) if line is None else _overridden(line, year, own))


def _told(reading: Reading, year: int) -> Fields:
    unit = reading.unit
    if unit is None or reading.reason or not (reading.candidates or reading.national):
        return {"reason": reading.reason, "candidates": "; ".join(map(_described, reading.candidates)) or None}
    if not reading.candidates:
        above = reading.national if unit.name else cabinet() if reading.national != cabinet() else ""
        return {
            "agency_id": f"{NATION}:{reading.national}{unit.name}", "place": NATION, "level": "national",
            "kind": unit.kind, "unit": reading.national + unit.name, "parent": f"{NATION}:{above}" if above else None,
            "basis": reading.basis,
        }  # fmt: skip
    region = reading.candidates[0]
    organ = _of_system(unit, reading.national)
    parent = agency_id(*reading.branch_of) if reading.branch_of else _above(region, organ, year)
    return _in_region(region, organ, year) | {"parent": parent, "basis": reading.basis}


def _of_system(unit: Unit, national: str) -> Unit:
    """An organ that prints the name of its national system before its own."""
    if not national:
        return unit
    name = unit.name if unit.system == national else national + unit.name
    return Unit("vertical", name, system=national)


def agency_id(place: str, unit: str) -> str:
    """The id of an agency: its place, and the organ where it is not the government.

    >>> agency_id("P320829", ""), agency_id("P320829", "教育局")
    ('P320829', 'P320829:教育局')
    """
    return f"{place}:{unit}" if unit else place


def _in_region(region: Division, unit: Unit, year: int) -> Fields:
    return {
        "agency_id": agency_id(region.place, unit.name),
        "place": region.place,
        "code": region.code,
        "code_year": min(max(year, region.first), region.last),
        "region": region.name,
        "level": "township" if unit.township else level_of(region.code),
        "kind": unit.kind,
        "unit": unit.name or None,
        **_province(region.code),
    }


def _province(code: str) -> Fields:
    top = code[:2] + "0000"
    zh, en = provinces().get(top, (None, None))
    return {"province": top, "province_zh": zh, "province_en": en}


def _above(region: Division, unit: Unit, year: int) -> str:
    """What an agency belongs to: its zone, its national system, its region, or the region above."""
    if unit.kind == "vertical":
        return f"{NATION}:{unit.system}" if unit.system else place_of(region.code[:2] + "0000", year)
    if unit.zone and unit.name != unit.zone:
        return agency_id(region.place, unit.zone)
    if unit.name:
        return region.place
    above = parent_of(region.code, year)
    return place_of(above, year) if above else f"{NATION}:{cabinet()}"


def _described(d: Division) -> str:
    known = by_code(d.last)
    above = [known[c].name for c in (d.code[:2] + "0000", d.code[:4] + "00") if c in known and c != d.code]
    return f"{d.code} {''.join(above)}{d.name}"


# --- by the user's file -----------------------------------------------------------------------------------------------


def _overridden(line: Override, year: int, own: Agencies) -> Fields:
    found = _by_line(line, year, own)
    if line.parent and not line.same_as:
        found["parent"] = _id(line.parent, year, own) or _unknown(line, "parent", line.parent, year)
        if found["parent"] == found["agency_id"]:
            raise AgencyError(f"{line.line}: {line.agency} would be its own parent; name another")
    return found | {"basis": "file"}


def _by_line(line: Override, year: int, own: Agencies) -> Fields:
    """What a line tells, with the parent that its code gives."""
    if not line.same_as:
        region, unit = _meant(line, year, own)
        return _in_region(region, unit, year) | {"parent": _parent(region, unit, year, own)}
    meant = own.find(line.same_as, year)
    if meant is not None and meant.same_as:
        remedy = f"name {meant.same_as}"
        if folded(meant.same_as) == folded(line.agency):
            remedy = "give one of the two a code"
        raise AgencyError(f"{line.line}: {line.same_as} is the same as another itself; {remedy}")
    found = _overridden(meant, year, own) if meant else _told(read(line.same_as, year), year)
    return found if "agency_id" in found else _unknown(line, "same_as", line.same_as, year)


def _unknown(line: Override, column: str, name: str, year: int) -> NoReturn:
    raise AgencyError(f"{line.line}: {column} {name!r} is not known in {year}; add a line for it")


def _id(name: str, year: int, own: Agencies) -> str | None:
    """The id that a name has, or is."""
    if re.fullmatch(rf"(?:P\d{{6}}(?:-\d{{4}})?|{NATION})(?::.+)?", name):
        return name
    line = own.find(name, year)
    found = _by_line(line, year, own) if line else _told(read(name, year), year)
    return cast(str | None, found.get("agency_id"))


def _parent(region: Division, unit: Unit, year: int, own: Agencies) -> str | None:
    if not region.code.startswith(INVENTED):
        return _above(region, unit, year)
    city = region.code[:4] + "00"
    return region.place if unit.name else f"P{city}" if city != region.code else None


def _meant(line: Override, year: int, own: Agencies) -> tuple[Division, Unit]:
    """The region of a line's code and the organ that its name tells; the kind is the line's."""
    kind = cast(Kind, line.kind)
    if line.code.startswith(INVENTED):
        name = own.regions.get(line.code, line.code)
        region = Division(line.code, name, name, f"P{line.code}", year, year)
        rest = folded(line.agency)
        told = unit_of(rest.removeprefix(name)) if rest.startswith(name) else None
    else:
        region = min((d for d in divisions() if d.code == line.code), key=lambda d: _distance(d, listed(year)))
        region = in_year(region.place, listed(year))[0]
        reading = read(line.agency, year)
        elsewhere = reading.candidates and region.place not in {d.place for d in reading.candidates}
        told = reading.unit if reading.unit and (reading.unit.name or not elsewhere) else None
    if told is None:  # the code says where it is, not that it is the region's government: same_as would
        return region, Unit(kind, folded(line.agency), township=_is_township(line.agency))
    return region, replace(told, kind=kind)


def _is_township(name: str) -> bool:
    """Whether a name ends like a township's government behind a place that no list knows."""
    text, places = folded(name), tuple(table("generic"))
    rests = (text[end:] for end in range(2, len(text)) if text[:end].endswith(places))
    return any(organ.township for rest in rests if (organ := unit_of(rest)))


def _distance(d: Division, year: int) -> int:
    return max(d.first - year, year - d.last, 0)
