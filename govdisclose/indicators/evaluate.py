"""Numerator and denominator of each indicator for each report, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govdisclose.forms import Forms
from govdisclose.indicators.definitions import DATES, Indicator, Term, expand, load
from govdisclose.indicators.matrix import (
    ABSENT,
    BLANK,
    CONFLICT,
    LINES,
    NO_VALUE,
    NONE,
    TEXT,
    UNREADABLE,
    Wide,
)
from govdisclose.indicators.timeliness import days_late
from govdisclose.model import Address

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Mask = NDArray[np.bool_]
REASONS: tuple[str, ...] = ("", *load().reasons)
"""Reasons by code; 0: the report is used."""

CODE = {reason: code for code, reason in enumerate(REASONS)}
_OF_STATE = {
    UNREADABLE: "unreadable",
    CONFLICT: "conflict",
    BLANK: "blank",
    TEXT: "text",
    NO_VALUE: "no_value",
    ABSENT: "cell_absent",
    NONE: "not_comparable",
}
_CODE_OF_STATE = np.array([CODE[_OF_STATE.get(state, "no_value")] for state in range(8)])


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """One indicator for every report. Arrays of the reports' length; NaN where the report is left out.

    `segment` is an index into `segments`, the ids of the forms whose definitions differ (`("",)` for most);
    `reason` an index into `REASONS`. `low` and `high` bound the numerator of a share where only blanks are in
    the way; else they equal it.
    """

    indicator: Indicator
    numerator: Floats
    denominator: Floats
    segments: tuple[str, ...]
    segment: Codes
    reason: Codes
    low: Floats
    high: Floats
    bounded_by: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """The numerator and denominator that hold for one form, or for all (`segment` is "")."""

    segment: str
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """All parts."""
        return (*self.numerator, *self.denominator)


def definitions(indicator: Indicator, forms: Forms) -> tuple[Definition, ...]:
    """The definitions of an indicator, oldest form first."""

    def sum_of(side: Mapping[str, str], form: str) -> tuple[Term, ...]:
        text = side.get(form, side.get("", ""))
        return expand(text, forms) if text else ()

    return tuple(
        Definition(form, sum_of(indicator.numerator, form), sum_of(indicator.denominator, form))
        for form in indicator.numerator
    )


class Sums:
    """Sums of cells over reports, each worked out once: a product of the matrix with zeros and ones."""

    def __init__(self, matrix: Wide, definitions_: Iterable[Definition]) -> None:
        needed = dict.fromkeys(cells for d in definitions_ for term in d.terms for cells in term.alternatives)
        self.place = {cells: i for i, cells in enumerate(needed)}
        at = matrix.at()
        choose = np.zeros((len(matrix.addresses), len(needed)))
        for cells, i in self.place.items():
            choose[[at[address] for address in cells], i] = 1.0
        self.matrix = matrix
        self.at = at
        self.whole = np.empty((len(needed), len(matrix.values)))
        self.known = np.empty((len(needed), len(matrix.values)))
        for start in range(0, len(matrix.values), LINES):
            here = slice(start, start + LINES)
            gone = np.isnan(matrix.values[here])
            total = (np.where(gone, 0.0, matrix.values[here]) @ choose).T
            self.known[:, here] = total
            self.whole[:, here] = np.where((gone.astype(np.float64) @ choose).T > 0, np.nan, total)

    def sum(self, terms: Sequence[Term]) -> Floats:
        """The signed sum, NaN where a part has no number."""
        out = np.zeros(len(self.matrix.values))
        for term in terms:
            value = self.whole[self.place[term.alternatives[0]]]
            for cells in term.alternatives[1:]:
                value = np.where(np.isnan(value), self.whole[self.place[cells]], value)
            out += term.sign * value
        return out

    def printed(self, terms: Sequence[Term]) -> Floats:
        """The sum of the numbers there are, the others taken for zero."""
        out = np.zeros(len(self.matrix.values))
        for term in terms:
            out += term.sign * np.max([self.known[self.place[cells]] for cells in term.alternatives], axis=0)
        return out

    def here(self, lines: Codes, cells: Iterable[Address]) -> tuple[Codes, ...]:
        """Where these reports have these cells."""
        return np.ix_(lines, np.array([self.at[address] for address in cells], dtype=np.intp))

    def chosen(self, term: Term, lines: Codes) -> Iterator[tuple[tuple[Address, ...], Codes]]:
        """For reports that lack a term, the alternative whose cells they print most of, and for which of `lines`."""
        shares = []
        for cells in term.alternatives:
            states = self.matrix.states[self.here(lines, cells)]
            shares.append((states != NONE).mean(axis=1) + (states > ABSENT).mean(axis=1))
        best = np.argmax(shares, axis=0)
        for i, cells in enumerate(term.alternatives):
            if (best == i).any():
                yield cells, lines[best == i]

    def lacking(self, cells: tuple[Address, ...], lines: Codes) -> tuple[Mask, Codes]:
        """Which of the cells have no number in which of the reports, and the reason of each, as codes."""
        here = self.here(lines, cells)
        return np.isnan(self.matrix.values[here]), _CODE_OF_STATE[self.matrix.states[here]]


def evaluate(
    matrix: Wide,
    indicators: Sequence[Indicator],
    standing: Codes,
    forms: Forms,
) -> Iterator[Evaluated]:
    """Every indicator for every report.

    Parameters
    ----------
    matrix
        With blanks already counted (`matrix.ready`).
    standing
        Reasons, as codes, why whole reports are left out; 0 for the others.
    """
    of = {i.id: definitions(i, forms) for i in indicators}
    sums = Sums(matrix, (d for i in indicators for d in of[i.id]))
    for indicator in indicators:
        if indicator.dated:
            yield _dated(matrix, indicator, standing)
        else:
            yield _counted(sums, indicator, of[indicator.id], standing, forms)


def _counted(
    sums: Sums, indicator: Indicator, known: tuple[Definition, ...], standing: Codes, forms: Forms
) -> Evaluated:
    reports = len(standing)
    both = [(sums.sum(d.numerator), sums.sum(d.denominator) if d.denominator else np.ones(reports)) for d in known]
    usable = np.array([~np.isnan(n) & ~np.isnan(d) for n, d in both])
    segment = np.where(usable.any(axis=0), usable.argmax(axis=0), _likely(sums, known, forms))
    across = np.arange(reports)
    numerator = np.array([n for n, _ in both])[segment, across]
    denominator = np.array([d for _, d in both])[segment, across]
    reason = standing.copy()
    out = ~usable.any(axis=0)
    for i, definition in enumerate(known):
        lines = np.flatnonzero(out & (standing == 0) & (segment == i))
        reason[lines] = _reasons(sums, definition, lines)
    if indicator.kind == "share":
        reason[(reason == 0) & ((numerator > denominator) | (numerator < 0))] = CODE["contradiction"]
    low, high, base = _bounds(sums, indicator, known, numerator, denominator, reason)
    gone = reason != 0
    numerator, denominator = np.where(gone, np.nan, numerator), np.where(gone, np.nan, denominator)
    segments = tuple(d.segment for d in known)
    return Evaluated(indicator, numerator, denominator, segments, segment, reason, low, high, base)


def _likely(sums: Sums, known: tuple[Definition, ...], forms: Forms) -> Codes:
    """The definition a report without usable numbers falls under: by the cells it prints, else by its year."""
    reports = sums.matrix.reports
    if len(known) == 1:
        return np.zeros(len(reports), dtype=np.intp)
    scores = []
    for definition in known:
        columns = [sums.at[a] for term in definition.terms for cells in term.alternatives for a in cells]
        scores.append((sums.matrix.states[:, columns] != NONE).mean(axis=1))
    years = (
        reports["year"].to_numpy(dtype=np.float64, na_value=np.nan) if "year" in reports else np.full(len(reports), 0)
    )
    by_year = np.zeros(len(reports), dtype=np.intp)
    for year in np.unique(years[~np.isnan(years)]):
        form = forms.for_year(int(year))
        by_year[years == year] = max((i for i, d in enumerate(known) if form and d.segment == form.id), default=0)
    return np.where(np.max(scores, axis=0) > 0, np.argmax(scores, axis=0), by_year)


def _reasons(sums: Sums, definition: Definition, lines: Codes) -> Codes:
    """Why these reports lack the definition's cells: of several reasons, the one that stands first in `REASONS`."""
    worst = np.full(len(sums.matrix.values), len(REASONS))
    absent = {
        table: _no_table(sums, table, lines) for table in {c[0][0] for t in definition.terms for c in t.alternatives}
    }
    for term in definition.terms:
        for cells, here in sums.chosen(term, lines[np.isnan(sums.sum([term])[lines])]):
            gone, codes = sums.lacking(cells, here)
            code = np.where(gone, codes, len(REASONS)).min(axis=1)
            worst[here] = np.minimum(worst[here], np.where(absent[cells[0][0]][here], CODE["table_absent"], code))
    return worst[lines]


def _no_table(sums: Sums, table: str, lines: Codes) -> Mask:
    cells = [address for address in sums.at if address[0] == table]
    out = np.zeros(len(sums.matrix.values), dtype=bool)
    out[lines] = (sums.matrix.states[sums.here(lines, cells)] <= ABSENT).all(axis=1)
    return out


def _bounds(
    sums: Sums,
    indicator: Indicator,
    known: tuple[Definition, ...],
    numerator: Floats,
    denominator: Floats,
    reason: Codes,
) -> tuple[Floats, Floats, Floats]:
    """For a share whose numerator has undecided blanks, from what is printed up to the whole denominator."""
    blank = (reason == CODE["blank"]) & (indicator.kind == "share")
    used = reason == 0
    printed, base = sums.printed(known[0].numerator), sums.sum(known[0].denominator)
    whole = np.where(used, denominator, np.where(blank, base, 0.0))
    low = np.where(used, numerator, np.where(blank, np.minimum(printed, whole), 0.0))
    return low, np.where(blank, whole, low), whole


def _dated(matrix: Wide, indicator: Indicator, standing: Codes) -> Evaluated:
    days, in_time, unknown, beyond = days_late(matrix.reports)
    wanted = indicator.numerator[""]
    value = days if wanted == DATES[1] else in_time
    reason = standing.copy()
    reason[(standing == 0) & np.isnan(value)] = CODE["date_unknown"]
    reason[(standing == 0) & unknown] = CODE["date_unknown"]
    reason[(standing == 0) & beyond] = CODE["not_applicable"]
    gone = reason != 0
    numerator, ones = np.where(gone, np.nan, value), np.where(gone, np.nan, 1.0)
    none = np.zeros(len(standing), dtype=np.intp)
    low = np.where(gone, 0.0, value)
    return Evaluated(indicator, numerator, ones, ("",), none, reason, low, low, np.where(gone, 0.0, 1.0))


def growth(evaluated: Evaluated, before: Codes) -> Evaluated:
    """Change against the year before over the year before, report by report."""
    there = before >= 0
    reason = evaluated.reason.copy()
    reason[(reason == 0) & ~there] = CODE["no_previous_year"]
    fine = (reason == 0) & there
    reason[fine] = evaluated.reason[before[fine]]
    fine = reason == 0
    reason[fine & (evaluated.segment != evaluated.segment[before])] = CODE["definition_changed"]
    last = np.where(reason == 0, evaluated.numerator[before], np.nan)
    change = evaluated.numerator - last
    return Evaluated(
        evaluated.indicator,
        change,
        last,
        evaluated.segments,
        evaluated.segment,
        reason,
        change,
        change,
        last,
    )
