"""Groups of reports: pooled estimates, their intervals, and how many reports were left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from govdisclose.errors import UsageError
from govdisclose.indicators import intervals
from govdisclose.indicators.definitions import Indicator, load
from govdisclose.indicators.evaluate import REASONS, Evaluated

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Scale = Literal["share", "points", "open"]
"""Within 0 and 1; a difference of shares; or a sum or ratio of sums, of which few agencies tell nothing."""

Mask = NDArray[np.bool_]
Interval = Literal["auto", "none", "wilson", "clopper_pearson", "bootstrap"]


@dataclass(frozen=True, slots=True)
class Ask:
    """How intervals are made."""

    interval: Interval = "auto"
    level: float = 0.95
    replicates: int = 1000
    seed: int = 0
    bounds: bool = False


@dataclass(slots=True, eq=False)
class Table:
    """Rows of the answer for one indicator, and what their bootstrap needs."""

    key: Codes
    columns: dict[str, Any]
    tasks: list[tuple[int, Floats]]


def checked(ask: Ask) -> Ask:
    """The same, once the words are known."""
    if ask.interval not in get_args(Interval):
        raise UsageError(f"interval={ask.interval!r}: choose one of {', '.join(get_args(Interval))}")
    if not isinstance(ask.level, float) or not 0 < ask.level < 1:
        raise UsageError(f"level={ask.level!r}: give a share between 0 and 1, such as 0.95")
    return ask


def grouped(reports: pd.DataFrame, by: Sequence[str]) -> tuple[Codes, pd.DataFrame]:
    """The group of each report, -1 where a column it is made of is not known, and the groups in order."""
    missing = [name for name in by if name not in reports]
    if missing:
        raise UsageError(f"by={missing[0]!r}: the panel has no such column")
    if not by:
        return np.zeros(len(reports), dtype=np.intp), reports.iloc[:1][[]].reset_index(drop=True)
    groups = reports.groupby(list(by), sort=True, observed=True, dropna=True)
    codes = groups.ngroup().to_numpy(dtype=np.float64, na_value=-1).astype(np.intp)
    first = np.full(codes.max(initial=-1) + 1, 0)
    first[codes[codes >= 0][::-1]] = np.flatnonzero(codes >= 0)[::-1]
    return codes, reports[list(by)].iloc[first].reset_index(drop=True)


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The agencies of each group that have a report which stands: what the bootstrap draws from.

    `of` is the unit of each report (-1: none), `group` the group of each unit; units `start[g]` to
    `start[g + 1]` are those of group g. They do not depend on the indicator, so that all share their draws.
    """

    of: Codes
    group: Codes
    start: Codes

    def sums(self, side: Floats, used: Codes, segment: Codes, kinds: int) -> Floats:
        """Sums of a column over the reports `used`, shape (units, segments)."""
        cell = self.of[used] * kinds + segment[used]
        total = np.bincount(cell, weights=side[used], minlength=len(self.group) * kinds)
        return total.astype(np.float64).reshape(-1, kinds)

    def count(self, holds: Mask, groups: int) -> Codes:
        """In how many units of each group something holds, shape (groups, segments)."""
        return np.stack([np.bincount(self.group[column], minlength=groups) for column in holds.T], axis=1)


def units(group: Codes, groups: int, who: Codes, stands: Codes) -> Units:
    """The units of the groups; `stands` is 0 for reports that are not left out whatever the indicator."""
    inside = (group >= 0) & (stands == 0)
    width = int(who.max(initial=0)) + 1
    pairs, found = np.unique(group[inside] * width + who[inside], return_inverse=True)
    of = np.full(len(group), -1)
    of[inside] = found
    return Units(of, pairs // width, np.searchsorted(pairs // width, np.arange(groups + 1)))


def pooled(found: Evaluated, group: Codes, groups: int, unit: Units, ask: Ask) -> Table:
    """One indicator, pooled over the reports of each group and segment.

    Parameters
    ----------
    group
        Of each report; reports with -1 are in none.
    groups
        How many there are.
    """
    kinds = len(found.segments)
    cell = np.where(group >= 0, group * kinds + found.segment, -1)
    key = np.flatnonzero(np.bincount(cell[cell >= 0], minlength=groups * kinds))
    place = np.full(groups * kinds + 1, -1)  # the last one stands for reports in no group
    place[key] = np.arange(len(key))
    row = place[cell]
    used = np.flatnonzero((row >= 0) & (found.reason == 0))
    size = len(key)
    at = row[used]
    reports = np.bincount(at, minlength=size)
    there = unit.sums(np.ones(len(group)), used, found.segment, kinds) > 0
    sides = [unit.sums(side, used, found.segment, kinds) for side in (found.numerator, found.denominator)]
    numerator = np.bincount(at, found.numerator[used], size).astype(np.float64)
    denominator = np.bincount(at, found.denominator[used], size).astype(np.float64)
    agencies = unit.count(there, groups).ravel()[key]
    estimate = np.full(size, np.nan)
    summed = found.indicator.kind == "count"
    if summed:
        estimate[reports > 0] = numerator[reports > 0]
        sides = [sides[0] * unit.count(there, groups)[unit.group], there.astype(np.float64)]
    else:
        np.divide(numerator, denominator, out=estimate, where=denominator != 0)
    columns: dict[str, Any] = {"estimate": estimate, "low": np.full(size, np.nan), "high": np.full(size, np.nan)}
    columns |= {"n": reports.astype(np.float64) if summed else denominator, "numerator": numerator}
    columns |= {"reports": reports, "agencies": agencies, "method": np.full(size, "none", dtype=object)}
    tasks: list[tuple[int, Floats]] = []
    if found.indicator.kind == "days":
        _medians(columns, found.numerator[used], at, ask)
    else:
        _binomial(columns, found, denominator, ask)
        weighty = unit.count(sides[1] != 0, groups).ravel()[key]
        wanted = _to_draw(columns, found, weighty, ask)
        for i in np.flatnonzero(wanted):
            of_group, kind = divmod(int(key[i]), kinds)
            here = slice(unit.start[of_group], unit.start[of_group + 1])
            tasks.append((int(i), np.stack([side[here, kind] for side in sides], axis=1)))
    left = (row >= 0) & (found.reason != 0)
    columns["left_out"] = np.bincount(row[left], minlength=size)
    columns["reasons"] = _said(row[left], found.reason[left], size)
    if ask.bounds:
        columns |= _bounded(found, row, size)
    return Table(key, columns, tasks)


def _binomial(columns: dict[str, Any], found: Evaluated, denominator: Floats, ask: Ask) -> None:
    """The interval of a proportion where its cases are taken for independent draws."""
    if found.indicator.kind not in ("share", "rate") or ask.interval in ("none", "bootstrap"):
        return
    name = found.indicator.interval if ask.interval == "auto" else ask.interval
    made = intervals.wilson if name == "wilson" else intervals.clopper_pearson
    low, high = made(columns["numerator"], denominator, ask.level)
    columns["low"], columns["high"] = low, high
    columns["method"][~np.isnan(low)] = name


def _to_draw(columns: dict[str, Any], found: Evaluated, weighty: Codes, ask: Ask) -> Mask:
    """Rows whose interval comes from their agencies: of several, and of a share only where events are not few.

    `weighty` counts the agencies that have cases at all.
    """
    several: Mask = (weighty >= 2) & ~np.isnan(columns["estimate"])
    if ask.interval == "bootstrap":
        return several
    if ask.interval != "auto":
        return np.zeros(len(several), dtype=bool)
    if found.indicator.kind not in ("share", "rate"):
        return several
    few, events = load().settings["few"], columns["numerator"]
    many = np.minimum(events, columns["n"] - events) >= few
    exact = several & ~many & (columns["method"] != "none")
    low, high = intervals.clopper_pearson(events, columns["n"], ask.level)
    for name, limit in (("low", low), ("high", high), ("method", "clopper_pearson")):
        columns[name] = np.where(exact, limit, columns[name])
    return np.asarray(several & ~exact, dtype=np.bool_)


def _medians(columns: dict[str, Any], values: Floats, at: Codes, ask: Ask) -> None:
    order = np.argsort(at, kind="stable")
    edges = np.flatnonzero(np.r_[True, np.diff(at[order]) != 0, True]) if len(at) else np.array([0])
    for begin, end in pairwise(edges):
        row, here = at[order[begin]], values[order[begin:end]]
        columns["estimate"][row] = np.median(here)
        if ask.interval != "none":
            columns["low"][row], columns["high"][row] = intervals.order_statistics(here, ask.level)
    columns["method"][~np.isnan(columns["low"])] = "order_statistics"
    columns["numerator"] = np.full(len(columns["n"]), np.nan)


def _said(row: Codes, reason: Codes, size: int) -> list[str]:
    """The reasons of each row in words, in the order of `REASONS`."""
    counts = np.bincount(row * len(REASONS) + reason, minlength=size * len(REASONS)).reshape(size, len(REASONS))
    out: list[list[str]] = [[] for _ in range(size)]
    for i, code in np.argwhere(counts):
        out[i].append(f"{REASONS[code]} {counts[i, code]}")
    return ["; ".join(words) for words in out]


def _bounded(found: Evaluated, row: Codes, size: int) -> dict[str, Floats]:
    """What undecided blanks could make of a share."""
    inside = np.flatnonzero(row >= 0)
    low, high, base = (
        np.bincount(row[inside], side[inside], size) for side in (found.low, found.high, found.bounded_by)
    )
    fine = (base > 0) & (found.indicator.kind == "share")
    out = {"bound_low": np.full(size, np.nan), "bound_high": np.full(size, np.nan)}
    for name, side in zip(out, (low, high), strict=True):
        np.divide(side, base, out=out[name], where=fine)
    return out


def drawn(tables: Iterable[tuple[Indicator, Table]], ask: Ask) -> None:
    """Fill in the intervals that come from the agencies of a group, all at once."""
    every = [(indicator, table.columns, row, task) for indicator, table in tables for row, task in table.tasks]
    scales: list[Scale] = ["share" if indicator.kind in ("share", "rate") else "open" for indicator, *_ in every]
    found = of_agencies([task for *_, task in every], scales, ask)
    for (_, columns, row, _), (low, high, method) in zip(every, found, strict=True):
        if method == "linearised":  # never narrower than if cases were independent
            low, high = np.fmin(low, columns["low"][row]), np.fmax(high, columns["high"][row])
        columns["low"][row], columns["high"][row], columns["method"][row] = low, high, method


def of_agencies(tasks: Sequence[Floats], scales: Sequence[Scale], ask: Ask) -> list[tuple[float, float, str]]:
    """Interval and method of each task: agencies are drawn anew where they are not few."""
    few = 2 if ask.interval == "bootstrap" else load().settings["agencies"]
    many = [i for i, task in enumerate(tasks) if np.count_nonzero(task.any(axis=1)) >= few]
    low, high = intervals.bootstrap_many(
        [tasks[i] for i in many], level=ask.level, replicates=ask.replicates, seed=ask.seed
    )
    out = [(float("nan"), float("nan"), "none")] * len(tasks)
    for i, scale in enumerate(scales):
        if scale != "open":
            out[i] = (*intervals.linearised(tasks[i], ask.level, bounded=scale == "share"), "linearised")
    for i, least, most in zip(many, low, high, strict=True):
        out[i] = (float(least), float(most), "bootstrap")
    return out
