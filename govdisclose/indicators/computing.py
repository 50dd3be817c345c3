"""From a panel to estimates: `compute`, and what it left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from govdisclose.errors import UsageError
from govdisclose.forms import Forms
from govdisclose.forms import load as load_forms
from govdisclose.indicators import aggregate
from govdisclose.indicators.agencies import clusters, standing, year_before
from govdisclose.indicators.definitions import Indicator, chosen
from govdisclose.indicators.evaluate import (
    CODE,
    REASONS,
    Definition,
    Evaluated,
    Sums,
    definitions,
    evaluate,
    growth,
)
from govdisclose.indicators.matrix import Blanks, Values, Wide, ready, wide
from govdisclose.synthesis import is_synthetic

if TYPE_CHECKING:
    import pandas as pd

    from govdisclose.indicators.matrix import Source


class Choices(TypedDict, total=False):
    """Which numbers of which reports count, as `compute` explains."""

    blanks: Blanks
    values: Values
    agency: str | None
    keep_conflicts: bool
    forms: Forms | None


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A matrix with its blanks counted, and what all indicators share."""

    matrix: Wide
    forms: Forms
    indicators: tuple[Indicator, ...]
    by: tuple[str, ...]
    who: NDArray[np.intp]
    stands: NDArray[np.intp]
    before: NDArray[np.intp]

    def evaluated(self) -> Iterator[Evaluated]:
        """Every indicator for every report, growth against the year before."""
        for found in evaluate(self.matrix, self.indicators, self.stands, self.forms):
            yield growth(found, self.before) if found.indicator.kind == "growth" else found


def prepared(
    source: Source,
    ids: str | Iterable[str] | None,
    by: str | Sequence[str],
    *,
    paired: bool = False,
    blanks: Blanks = "as_zero_if_proved",
    values: Values = "adjusted",
    agency: str | None = None,
    keep_conflicts: bool = False,
    forms: Forms | None = None,
) -> Prepared:
    """Everything up to the evaluation of reports. `paired`: the year before is needed for every indicator."""
    known = forms or load_forms()
    wanted = chosen(ids)
    groups = (by,) if isinstance(by, str) else tuple(by)
    if any(name in ("indicator", "segment") for name in groups):
        raise UsageError("by: indicator and segment are columns of the answer already")
    matrix = ready(wide(source, values=values, forms=known), blanks, keep_conflicts=keep_conflicts, forms=known)
    stands = standing(matrix, agency, by_scope="scope" in groups)
    before = np.full(len(stands), -1)
    if paired or any(i.kind == "growth" for i in wanted):
        before = year_before(matrix.reports, agency, stands)
    return Prepared(matrix, known, wanted, groups, clusters(matrix.reports, agency), stands, before)


def compute(
    source: Source,
    ids: str | Iterable[str] | None = None,
    *,
    by: str | Sequence[str] = ("year",),
    blanks: Blanks = "as_zero_if_proved",
    values: Values = "adjusted",
    interval: aggregate.Interval = "auto",
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    agency: str | None = None,
    keep_conflicts: bool = False,
    bounds: bool = False,
    forms: Forms | None = None,
) -> pd.DataFrame:
    """Indicators of groups of reports, each with its interval and with what was left out.

    Parameters
    ----------
    source
        The panel of `load`, a dataset folder, or what `wide` made of either.
    ids
        Indicators and groups of indicators (`catalogue()` lists them); default all.
    by
        Columns of the panel that are the same for all cells of a report: `year`, `agency`, `region` …; `()` for
        all reports together.
    blanks : {"as_zero_if_proved", "as_zero", "as_missing", "as_determined"}
        What a blank counts as (`blanks.with_blanks`); `as_determined` also takes a total from its parts.
    values : {"adjusted", "value"}
        The number analysis uses, or the one printed.
    interval : {"auto", "none", "wilson", "clopper_pearson", "bootstrap"}
        `auto`: a share of one agency has the interval its definition names; a share of several has the bootstrap
        over agencies, but the exact one where fewer than ten events happened or did not happen; sums, ratios and
        growth of five or more have the bootstrap, of fewer none; shares of two to four agencies have a linearised
        interval instead of the bootstrap; medians have order statistics.
    level, replicates, seed
        Coverage aimed at; how often agencies are drawn, and the seed of the draws.
    agency
        The column that says which reports are one agency's; default `agency_id` where the panel has it (give what
        `with_agencies` gave; the printed name where it is unresolved), else `agency`: then two names are two agencies.
    keep_conflicts
        Use also numbers whose reading is in doubt.
    bounds
        Add `bound_low` and `bound_high`: the share if every undecided blank were zero, or as large as it can be.
        NaN where nothing bounds it.

    Returns
    -------
    pandas.DataFrame
        A row for each group, indicator and segment: the columns of `by`, then `segment`, `indicator`, `estimate`,
        `low`, `high`, `n`, `numerator`, `reports`, `agencies`, `unit`, `method`, `left_out`, `reasons`, `synthetic`
        (whether any of the data are invented: it stays through merges and CSV, and figures are marked by it). Shares
        lie within 0 and 1. `n` is the denominator: cases, or reports for counts and days. `segment` is the id of the
        form whose definition a row uses where definitions differ: rows of two segments are not one series. A group
        whose reports are all left out has a row too, without estimate.

    Raises
    ------
    UsageError
        An indicator, column or policy that there is not.

    Notes
    -----
    A rate is pooled: the sum of numerators over the sum of denominators, not a mean of rates. A number in doubt,
    a blank that may be anything, a form without the item, a part larger than its whole leave the report out, for the
    indicators that need the cell, and are counted in `reasons`. One file of an agency, year and scope counts, whatever
    name it prints (the one with most numbers), and one scope of an agency and year unless scopes are kept apart by
    `by`. A parent's consolidated report is not taken apart: filter by `scope` or level where children stand in the
    panel beside it.

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"report_id": "a", "agency": "A", "year": 2022, "table": "requests", "column": "total"}
    >>> rows = {"granted": 6.0, "partial": 2.0, "processed": 10.0}
    >>> panel = pd.DataFrame([cell | {"row": r, "state": "number", "value": v, "adjusted": v} for r, v in rows.items()])
    >>> compute(panel, ["grant_rate"])[["year", "estimate", "low", "high", "n", "method"]].round(2).values.tolist()
    [[2022, 0.8, 0.49, 0.94, 10.0, 'wilson']]
    """
    ask = aggregate.checked(aggregate.Ask(interval, level, replicates, seed, bounds))
    ready_ = prepared(
        source,
        ids,
        by,
        blanks=blanks,
        values=values,
        agency=agency,
        keep_conflicts=keep_conflicts,
        forms=forms,
    )
    group, keys = aggregate.grouped(ready_.matrix.reports, ready_.by)
    unit = aggregate.units(group, len(keys), ready_.who, ready_.stands)
    found = []
    for evaluated in ready_.evaluated():
        table = aggregate.pooled(evaluated, group, len(keys), unit, ask)
        found.append((evaluated.indicator, evaluated.segments, table))
    aggregate.drawn([(indicator, table) for indicator, _, table in found], ask)
    out = _frame(found, keys)
    return out.assign(synthetic=is_synthetic(ready_.matrix.reports))  # the names that tell so are not in it


def _frame(found: Sequence[tuple[Indicator, tuple[str, ...], aggregate.Table]], keys: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    names = list(dict.fromkeys(name for _, _, table in found for name in table.columns))
    groups = np.concatenate([table.key // len(segments) for _, segments, table in found])
    out: dict[str, object] = {str(name): keys[name].take(groups).array for name in keys}
    out["segment"] = [segments[key % len(segments)] for _, segments, table in found for key in table.key]
    out["indicator"] = [indicator.id for indicator, _, table in found for _ in table.key]
    for name in names:
        if name == "method":
            out["unit"] = [indicator.unit for indicator, _, table in found for _ in table.key]
        out[name] = np.concatenate([np.asarray(table.columns[name]) for _, _, table in found])
    return pd.DataFrame(out)


def per_report(source: Source, ids: str | Iterable[str] | None = None, **choices: Unpack[Choices]) -> pd.DataFrame:
    """Numerator and denominator of every report: for funnels and scatters.

    Parameters
    ----------
    source, ids, blanks, values, agency, keep_conflicts, forms
        As for `compute`.

    Returns
    -------
    pandas.DataFrame
        A row for each report and indicator: all that the panel says of the report, `indicator`, `segment`,
        `numerator`, `denominator`, `reason` ("" where the report is used, else NaN stands beside it), `synthetic`.
    """
    import pandas as pd

    ready_ = prepared(source, ids, (), **choices)
    parts = []
    for found in ready_.evaluated():
        part = ready_.matrix.reports.copy()
        part["indicator"] = found.indicator.id
        part["segment"] = np.array(found.segments, dtype=object)[found.segment]
        part["numerator"], part["denominator"] = found.numerator, found.denominator
        part["reason"] = np.array(REASONS, dtype=object)[found.reason]
        parts.append(part)
    return pd.concat(parts, ignore_index=True).assign(synthetic=is_synthetic(ready_.matrix.reports))


def left_out(
    source: Source,
    ids: str | Iterable[str] | None = None,
    *,
    by: str | Sequence[str] = ("year",),
    **choices: Unpack[Choices],
) -> pd.DataFrame:
    """Which reports are not in the estimates of `compute`, and why.

    Parameters
    ----------
    source, ids, by, blanks, values, agency, keep_conflicts, forms
        As for `compute`.

    Returns
    -------
    pandas.DataFrame
        A row for each report and indicator: `report_id`, `file`, `agency`, `year` (those the panel has),
        `indicator`, `reason` (an id of `[reasons]` in indicators.toml) and `cells`, the addresses in the way.
        A report whose group is not known (`group_unknown`) is in no row of `compute`.
    """
    import pandas as pd

    ready_ = prepared(source, ids, by, **choices)
    reports = ready_.matrix.reports
    group, _ = aggregate.grouped(reports, ready_.by)
    words = dict.fromkeys(("report_id", "file", "agency", choices.get("agency") or "agency", "year"))
    about = [name for name in words if name in reports]
    of = {i.id: definitions(i, ready_.forms) for i in ready_.indicators}
    sums = Sums(ready_.matrix, (d for known in of.values() for d in known))
    parts = []
    for found in ready_.evaluated():
        reason = np.where((found.reason == 0) & (group < 0), CODE["group_unknown"], found.reason)
        lines = np.flatnonzero(reason)
        part = reports[about].iloc[lines].reset_index(drop=True)
        part["indicator"] = found.indicator.id
        part["reason"] = np.array(REASONS, dtype=object)[reason[lines]]
        part["cells"] = _in_the_way(sums, found, of[found.indicator.id], lines, reason)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _in_the_way(
    sums: Sums, found: Evaluated, known: Sequence[Definition], lines: NDArray[np.intp], reason: NDArray[np.intp]
) -> list[str]:
    """The cells that gave each report its reason."""
    out: dict[int, list[str]] = {int(line): [] for line in lines}
    for i, definition in enumerate(known):
        here = lines[found.segment[lines] == i]
        for term in definition.terms if not found.indicator.dated else ():
            for cells, which in sums.chosen(term, here):
                gone, codes = sums.lacking(cells, which)
                for j, k in np.argwhere(gone & (codes == reason[which][:, None])):
                    out[int(which[j])].append(".".join(cells[k]))
    return ["; ".join(dict.fromkeys(words)) for words in out.values()]
