"""Series over years that break where a definition does, and the change from year to year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from govdisclose.errors import UsageError
from govdisclose.indicators import aggregate
from govdisclose.indicators.computing import Choices, Prepared, compute, prepared
from govdisclose.indicators.evaluate import Evaluated
from govdisclose.indicators.matrix import wide

if TYPE_CHECKING:
    import pandas as pd

    from govdisclose.indicators.matrix import Source

Floats = NDArray[np.float64]
_COLUMNS = ("change", "change_low", "change_high", "change_unit", "change_agencies", "change_method", "change_reason")


def series(
    source: Source,
    ids: str | Iterable[str] | None = None,
    *,
    by: str | Sequence[str] = (),
    interval: aggregate.Interval = "auto",
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    bounds: bool = False,
    **choices: Unpack[Choices],
) -> pd.DataFrame:
    """Indicators year by year, with the change against the year before among agencies that reported in both.

    Parameters
    ----------
    by
        What makes a series, besides the year.
    source, ids, interval, level, replicates, seed, bounds, blanks, values, agency, keep_conflicts, forms
        As for `compute`.

    Returns
    -------
    pandas.DataFrame
        What `compute` gives by `by` and `year`, in the order of indicator, `by`, segment and year, and:
        `change`; `change_low`, `change_high` (over agencies, each with both its years); `change_unit`
        (`percentage_points` for shares and rates, `percent` for counts and ratios; days and growth have none);
        `change_agencies`, how many it is among: those with a report in both years, for shares and rates those with
        cases in both; `change_method` of its interval (`bootstrap`, or `linearised` where agencies are few, or
        `none`); `change_reason`, why there is no change: `first_year`, `gap` (no report for the year before),
        `definition_changed`, `nothing_to_compare`.

    Notes
    -----
    The change is among the same agencies and need not be the difference of two estimates, each of which is over
    all agencies of its year. Across a change of definition there is none: join the rows of one segment only.
    """
    groups = (by,) if isinstance(by, str) else tuple(by)
    if "year" in groups:
        raise UsageError("by: a series runs over the years already; leave year out")
    given: dict[str, Any] = {name: choices[name] for name in ("values", "forms") if name in choices}
    matrix = wide(source, **given)
    over = (*groups, "year")
    ask = aggregate.checked(aggregate.Ask(interval, level, replicates, seed, bounds))
    out = compute(
        matrix,
        ids,
        by=over,
        interval=interval,
        level=level,
        replicates=replicates,
        seed=seed,
        bounds=bounds,
        **choices,
    )
    ready = prepared(matrix, ids, over, paired=True, **choices)
    columns: dict[str, Any] = {name: np.full(len(out), np.nan) for name in _COLUMNS[:3]}
    columns |= {name: np.full(len(out), "", dtype=object) for name in _COLUMNS[3:]}
    columns["change_agencies"] = np.zeros(len(out), dtype=np.int64)
    tasks: list[Floats] = []
    rows: list[int] = []
    columns["change_method"][:] = "none"
    for row, unit, agencies, task in _pairs(ready, out):
        columns["change_unit"][row] = unit
        columns["change_agencies"][row] = agencies
        columns["change"][row] = _change(task, unit)
        rows.append(row)
        tasks.append(task)
    if interval != "none":
        points = columns["change_unit"][rows] == "percentage_points"
        scales: list[aggregate.Scale] = ["points" if one else "open" for one in points]
        found = aggregate.of_agencies(tasks, scales, ask)
        for row, (low, high, method) in zip(rows, found, strict=True):
            columns["change_low"][row], columns["change_high"][row] = 100 * low, 100 * high
            columns["change_method"][row] = "none" if np.isnan(low) else method
    columns["change_reason"] = _why(out, groups, columns["change"])
    order = {indicator.id: i for i, indicator in enumerate(ready.indicators)}
    out = out.assign(**columns)
    place = out["indicator"].map(order)
    return (
        out.assign(_place=place)
        .sort_values(["_place", *groups, "segment", "year"])
        .drop(columns="_place")
        .reset_index(drop=True)
    )


def _change(task: Floats, unit: str) -> float:
    now, base, *last = task.sum(axis=0)
    if unit == "percent":
        return float(100 * now / base) if base else float("nan")
    return float(100 * (now / base - last[0] / last[1])) if base and last[1] else float("nan")


def _pairs(ready: Prepared, out: pd.DataFrame) -> Iterator[tuple[int, str, int, Floats]]:
    """For each row of the answer with a year before: how many agencies, and the sums of each in both years."""
    group, keys = aggregate.grouped(ready.matrix.reports, ready.by)
    unit = aggregate.units(group, len(keys), ready.who, ready.stands)
    rows = out.groupby("indicator", sort=False).size()
    start = 0
    for found in ready.evaluated():
        if found.indicator.kind not in ("days", "growth"):
            kinds = len(found.segments)
            cells = np.unique(group[group >= 0] * kinds + found.segment[group >= 0])
            for cell, words, agencies, task in _of_indicator(found, ready.before, unit, kinds):
                yield start + int(np.searchsorted(cells, cell)), words, agencies, task
        start += int(rows.get(found.indicator.id, 0))


def _of_indicator(
    found: Evaluated, before: NDArray[np.intp], unit: aggregate.Units, kinds: int
) -> Iterator[tuple[int, str, int, Floats]]:
    both = (before >= 0) & (found.reason == 0) & (found.reason[before] == 0) & (unit.of >= 0)
    both &= found.segment == found.segment[before]
    now, base, last, last_base = found.numerator, found.denominator, found.numerator[before], found.denominator[before]
    points = found.indicator.kind in ("share", "rate")
    # without cases in a year an agency has no rate that could have changed
    used = np.flatnonzero(both & (base > 0) & (last_base > 0) if points else both)
    columns = [now, base, last, last_base] if points else [now - last, last]
    sides = [unit.sums(column, used, found.segment, kinds) for column in columns]
    there = unit.sums(np.ones(len(before)), used, found.segment, kinds) > 0
    for group, kind in np.argwhere(unit.count(there, len(unit.start) - 1)):
        here = slice(unit.start[group], unit.start[group + 1])
        task = np.stack([side[here, kind] for side in sides], axis=1)
        agencies = int(there[here, kind].sum())
        yield int(group * kinds + kind), "percentage_points" if points else "percent", agencies, task


def _why(out: pd.DataFrame, groups: Sequence[str], change: Floats) -> list[str]:
    """Why a row has no change."""
    years: dict[tuple[Any, ...], set[tuple[int, str]]] = {}
    keys = list(zip(*(out[name] for name in (*groups, "indicator")), strict=True))
    for key, year, segment in zip(keys, out["year"], out["segment"], strict=True):
        years.setdefault(key, set()).add((int(year), segment))
    reasons = []
    for key, year, segment, value in zip(keys, out["year"], out["segment"], change, strict=True):
        seen = years[key]
        before = {s for y, s in seen if y == int(year) - 1}
        if not np.isnan(value):
            reasons.append("")
        elif not any(y < int(year) for y, _ in seen):
            reasons.append("first_year")
        elif not before:
            reasons.append("gap")
        elif segment not in before:
            reasons.append("definition_changed")
        else:
            reasons.append("nothing_to_compare")
    return reasons
