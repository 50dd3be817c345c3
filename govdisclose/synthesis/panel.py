"""A folder of invented reports over years, with agencies missing, one renamed, faults and an effect planted.

What was planted is written beside them (`truth.csv`), so that a check, an estimate or a comparison of years can be
held against it.
"""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from importlib import resources
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from govdisclose.errors import UsageError
from govdisclose.forms import Forms, load
from govdisclose.regions import divisions
from govdisclose.regions.overrides import COLUMNS
from govdisclose.synthesis.drawing import draw_report, invented_agencies
from govdisclose.synthesis.marks import MARK
from govdisclose.synthesis.planting import FAULTS, Planted, change_rates, heap, plant
from govdisclose.typeset import Draft, Layout, render
from govdisclose.typeset.layout import sentences

YEARS = range(2019, 2025)
"""Years of the panel unless others are asked for: they cross the change of the statutory form."""

_LISTED = 2024  # the last year of the list of divisions
_MISSING = 0.02
"""Share of the reports before the last year that are missing; in the last year it is twice that, two at least."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What `write_panel` wrote: the folder to build from, the files, and what was planted."""

    raw: Path
    truth: Path
    agencies: Path
    files: tuple[Path, ...] = field(repr=False)
    planted: tuple[Planted, ...] = field(repr=False)


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return tomllib.loads(resources.files("govdisclose").joinpath("synthesis", "words.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _Unit:
    """An agency of the panel: where it is, how many requests to expect, whether the effect is on it."""

    agency: str
    size: float
    place: int
    treated: bool
    heaped: bool
    renamed: str = ""


def _units(agencies: int) -> list[_Unit]:
    """A city and one of its units for each place, alternately; every other place is treated, every fourth rounds."""
    words = sentences()["invented"]
    per_city = 1 + len(words["branches"]) * len(words["units"])
    places = (agencies + 1) // 2
    every = list(islice(invented_agencies(), places * per_city))
    out = []
    for number in range(agencies):
        place = number // 2
        inside = 1 + place % (per_city - 1) if number % 2 else 0
        agency, size = every[place * per_city + inside]
        out.append(_Unit(agency, size, place, place % 2 == 0, place % 4 == 3))
    old, new = _words()["panel"]["renamed_from"], _words()["panel"]["renamed_to"]
    first = next((i for i, unit in enumerate(out) if old in unit.agency), None)
    if first is not None:
        out[first] = replace(out[first], renamed=out[first].agency.replace(old, new))
    return out


def _prose(rng: random.Random) -> list[str]:
    """Section five, other sentences in every report."""
    words = _words()["prose"]
    said = [
        *rng.sample(words["problems"], 3),
        *rng.sample(words["reasons"], 2),
        *rng.sample(words["plans"], 3),
        *rng.sample(words["others"], 2),
    ]
    return ["；".join(said) + "。"]


def _plan(units: Sequence[_Unit], years: Sequence[int], rng: random.Random) -> dict[tuple[str, int], str]:
    """What happens to which report, by (agency, year): a fault, `missing`, `unknown_label` or `copied`.

    Each agency has one thing happen to it at most, so that what is found can be told apart. Faults need numbers to be
    faults of, so they go to the largest agencies.
    """
    plain = [u for u in units if not u.renamed]
    large = sorted(plain, key=lambda u: -u.size)[: 2 * len(FAULTS)]
    rng.shuffle(large)
    later = [y for y in years[1:] if y != years[-1]] or list(years[1:])
    out: dict[tuple[str, int], str] = {}
    for kind, unit in zip(FAULTS if later else (), large, strict=False):
        first = load()["2021"].first_year + 1
        out[unit.agency, rng.choice([y for y in later if y >= first] or later)] = kind
    used = {agency for agency, _ in out}
    rest = [u.agency for u in plain if u.agency not in used]
    rng.shuffle(rest)
    few = max(2, round(2 * _MISSING * len(units)))
    happens = [("missing", years[-1])] * few if len(years) > 1 else []
    happens += [("missing", y) for y in years[:-1] for _ in range(round(_MISSING * len(units)))]
    happens += [("unknown_label", years[-1])] * 2 + [("copied", y) for y in later[-2:]] * 2
    for agency, (kind, year) in zip(rest, happens, strict=False):
        out[agency, year] = kind
    return out


def _drafts(
    unit: _Unit, years: Sequence[int], seed: int, plan: dict[tuple[str, int], str], forms: Forms
) -> Iterator[tuple[Draft, tuple[Draft, Draft], list[Planted]]]:
    """Every report of an agency: as printed; before faults, with the effect and without; and what was planted."""
    rng = random.Random(f"{seed}/{unit.agency}")
    previous: Draft | None = None
    middle = years[len(years) // 2]
    for year in years:
        form = forms.for_year(year)
        if form is None:
            raise UsageError(f"write_panel: no form for {year}; begin in {next(iter(forms)).first_year} or later")
        agency = unit.renamed if unit.renamed and year == years[-1] else unit.agency
        drawn = draw_report(rng, form=form.id, year=year, agency=agency, size=unit.size, previous=previous, forms=forms)
        kind = plan.get((unit.agency, year), "")
        prose = previous.paragraphs[5] if previous is not None and kind == "copied" else _prose(rng)
        drawn = replace(drawn, paragraphs={5: prose})
        changed = change_rates(drawn) if unit.treated and year >= middle else drawn
        draft, planted = plant(heap(changed) if unit.heaped else changed, kind, rng, _words()["panel"])
        if unit.treated and year == middle:
            planted.append(Planted("treated", agency, year))
        if unit.heaped and year == years[0]:
            planted.append(Planted("heaped", agency, year, "proactive", "", "decisions"))
        if agency != unit.agency:
            planted.append(Planted("renamed", agency, year, was=unit.agency, now=agency))
        yield draft, (changed, drawn), planted
        previous = draft


def _effect(pairs: Sequence[tuple[Draft, Draft]]) -> list[Planted]:
    """The planted effect as it came out: granted of processed in the treated reports, with it and without."""
    changed = [(with_it, without) for with_it, without in pairs if with_it.figures != without.figures]
    if not changed:
        return []

    def pooled(drafts: Sequence[Draft]) -> float:
        def total(rows: Sequence[str]) -> int:
            return sum(int(d.figures["requests", row, "total"]) for d in drafts for row in rows)

        return total(["granted", "partial"]) / total(["processed"])

    with_it, without = pooled([a for a, _ in changed]), pooled([b for _, b in changed])
    first = min(d.year for d, _ in changed)
    note = "grant rate D1 pooled over the agencies of kind treated, from this year on: without the effect and with it"
    return [Planted("effect", "", first, "requests", "granted", "", f"{without:.4f}", f"{with_it:.4f}", "", note)]


def write_panel(
    folder: str | Path, seed: int = 1, *, agencies: int = 62, years: Sequence[int] = YEARS, forms: Forms | None = None
) -> Panel:
    """Write a synthetic panel: reports as web pages, and what was planted in them.

    Parameters
    ----------
    folder
        Where to write: `raw/<year>/<agency>.html` for `build`, `truth.csv` (what was planted, one line each) and
        `agencies.csv` (for `regions.attach`: in which province each invented agency is put).
    seed
        The same seed gives the same bytes.
    agencies
        How many; a city and one of its units for each of the 31 provinces make 62.
    years
        Report years, one after another.

    Returns
    -------
    Panel

    Raises
    ------
    UsageError
        Fewer than one agency is asked for, no year, years that are not consecutive, or a year before the first form.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     panel = write_panel(folder, agencies=2, years=[2022, 2023])
    ...     sorted(path.name for path in panel.files if path.parent.name == "2022")
    ['样本甲市人民政府.html', '样本甲市子区人民政府.html']
    """
    if agencies < 1 or not years or list(years) != list(range(years[0], years[0] + len(years))):
        raise UsageError(f"write_panel: agencies={agencies}, years={years}; ask for one or more, years in a row")
    folder, known = Path(folder), forms or load()
    raw = folder / "raw"
    units = _units(agencies)
    plan = _plan(units, list(years), random.Random(seed))
    files: list[Path] = []
    planted: list[Planted] = []
    pairs: list[tuple[Draft, Draft]] = []
    for unit in units:
        for number, (draft, pair, here) in enumerate(_drafts(unit, list(years), seed, plan, known)):
            planted += here
            if any(p.kind == "missing" for p in here):
                continue
            if unit.treated and draft.year >= years[len(years) // 2]:
                pairs.append(pair)
            path = raw / str(draft.year) / f"{draft.agency}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            page = render(draft, Layout("html", chrome=number % 3 == 1), forms=known)
            path.write_bytes(_mislabelled(page, here))
            files.append(path)
    planted += _effect(pairs) + _breaks(list(years), known)
    _write_csv(folder / "truth.csv", [f.name for f in fields(Planted)], [p.line() for p in planted])
    _write_csv(folder / "agencies.csv", COLUMNS, _agencies(units, list(years)))
    return Panel(raw, folder / "truth.csv", folder / "agencies.csv", tuple(files), tuple(planted))


def _mislabelled(page: bytes, planted: Sequence[Planted]) -> bytes:
    for one in planted:
        if one.kind == "unknown_label":
            page = page.replace(one.was.encode(), one.now.encode())
    return page


def _breaks(years: Sequence[int], forms: Forms) -> list[Planted]:
    """Years in which the statutory form changes: series of changed meaning must not be joined across them."""
    changed = [f for f in forms if years[0] < f.first_year <= years[-1]]
    note = "the statutory form changes: normative documents before and after are counted by other definitions"
    return [
        Planted("break", "", f.first_year, "proactive", "normative_documents", now=f.id, note=note) for f in changed
    ]


def _agencies(units: Sequence[_Unit], years: Sequence[int]) -> list[list[str]]:
    """Lines for `regions.load_agencies`: each place of the panel in a province of its own, cities above their units."""
    standing = [d.code for d in divisions() if d.first <= years[0] and d.last >= min(years[-1], _LISTED)]
    provinces = [code for code, next_one in pairwise(standing) if code.endswith("0000") and code[:2] == next_one[:2]]
    words, out = _words()["panel"], []
    for number, unit in enumerate(units):
        province = provinces[unit.place % len(provinces)][:2]
        inside = [code for code in standing if code[:2] == province and not code.endswith("0000")]
        cities = [code for code in inside if code.endswith("00")] or inside[1:]
        city = cities[unit.place // len(provinces) % len(cities)]
        below = [code for code in inside if code[:4] == city[:4] and code not in cities] or inside
        kind = "government" if unit.agency.endswith(words["government"]) else "department"
        code = below[0] if number % 2 else city
        out.append([unit.agency, "", "", code, kind, "", "", MARK])
        if unit.renamed:
            out.append([unit.renamed, "", "", "", "", "", unit.agency, MARK])
    return out


def _write_csv(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerows([head, *rows])
