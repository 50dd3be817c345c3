"""Figures of agencies against each other: a funnel, ranks with their intervals, and the carry-over between years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govdisclose import indicators
from govdisclose.errors import UsageError
from govdisclose.figures import style
from govdisclose.figures.drawing import Data, Labels, drawn, estimates, one_name
from govdisclose.forms import Lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_DRAWS = 4000
_LEVELS = (0.95, 0.998)


def _of_agencies(data: Data, rate: str) -> pd.DataFrame:
    """One line an agency, all years of the data pooled: its rate, the cases it rests on, and the numerator."""
    found = estimates(one_name(data), (rate,), by=("agency",))
    if "numerator" not in found:
        found["numerator"] = found["estimate"] * found["n"]
    wrong = found[~found["estimate"].between(0, 1)]
    if len(wrong):
        row = wrong.iloc[0]
        raise UsageError(f"{row['agency']}: {rate} is {row['estimate']:.2f}; a share lies within 0 and 1")
    return found[found["n"] > 0].reset_index(drop=True)


def funnel(data: Data, rate: str = "grant_rate", *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """A rate of every agency against the cases it rests on, within limits that allow for their dispersion.

    Parameters
    ----------
    data
        The panel of `load`, a dataset folder, an `indicators.Wide`, or what `indicators.compute` gave by agency.
    rate
        Id of a share (docs/indicators.md); all years of the data are pooled.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Agencies outside the outer limits are marked, and named where there is room. The limits are of
        `indicators.intervals.funnel_limits` with the variance between agencies added.

    Notes
    -----
    Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24, 1185-1202.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"indicator": "grant_rate", "agency": ["甲", "乙"], "estimate": [0.5, 0.6], "n": [40, 90]})
    >>> funnel(frame, lang="en").get_title(loc="left")
    'Funnel: Grant rate (D1: all processed)'
    """
    name = indicators.name(rate, lang)

    def body(ax: Axes, numbers: pd.DataFrame) -> Labels:
        import numpy as np

        n, shares = numbers["n"].to_numpy(float), numbers["estimate"].to_numpy(float)
        spread = indicators.intervals.overdispersion(numbers["numerator"], n)
        ends = max(n.min(), 1) * 0.8, n.max() * 1.25
        line = np.unique(np.geomspace(*ends, 200).round().clip(1))  # limits are of whole cases
        ax.axhline(spread.target, color=style.INK, linewidth=0.7)
        for level, dash in zip(_LEVELS, ((0, (4, 2)), (0, (1, 1))), strict=True):
            low, high = indicators.intervals.funnel_limits(line, spread.target, level, tau2=spread.tau2)
            label = style.word("limits_95" if level == _LEVELS[0] else "limits_998", lang)
            ax.plot(line, low, color=style.FAINT, linestyle=dash, linewidth=0.9, label=label)
            ax.plot(line, high, color=style.FAINT, linestyle=dash, linewidth=0.9)
        least, most = min(shares.min(), low.min()), max(shares.max(), high.max())  # both limits are seen
        low, high = indicators.intervals.funnel_limits(n, spread.target, _LEVELS[1], tau2=spread.tau2)
        out = (shares < low) | (shares > high)
        dark = style.colours(6)[1]
        ax.scatter(n[~out], shares[~out], s=9, color=dark, alpha=0.75, linewidths=0)
        ax.scatter(n[out], shares[out], s=16, marker="D", facecolor="white", edgecolor=style.ALERT, linewidths=0.9)
        ax.set_xscale("log")
        ax.set_xlim(*ends)
        room = 0.04
        ax.set_ylim(max(least - room, -0.02), min(most + room, 1.02))
        style.percent_axis(ax)
        style.log_counts(ax, "x")
        ax.set_xlabel(style.word("cases_axis", lang))
        ax.text(
            1.01,
            spread.target,
            style.word("overall_is", lang, share=spread.target),
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize=6,
        )
        style.legend_above(ax, 2)
        far = np.argsort(-np.abs(spread.z))
        agencies = numbers["agency"].astype(str).to_numpy()
        return lambda: style.point_labels(ax, [(n[i], shares[i], agencies[i]) for i in far if out[i]][:8])

    values = {"rate": name, "years": _years(data, lang)}
    found = _of_agencies(data, rate)
    return drawn(
        "funnel", data, found, body, lang=lang, ax=ax, size=(style.SINGLE * 1.25, 75 * style.MM), values=values
    )


def _years(data: Data, lang: Lang) -> str:
    """The years of the data, for a definition."""
    reports = data.reports if isinstance(data, indicators.Wide) else data
    if isinstance(reports, str) or not hasattr(reports, "columns") or "year" not in reports:
        return style.word("all_years", lang)
    years = reports["year"].dropna().astype(int)
    return f"{years.min()}–{years.max()}" if len(years) else style.word("all_years", lang)


def caterpillar(
    data: Data, rate: str = "grant_rate", *, most: int = 30, lang: Lang = "zh", ax: Axes | None = None
) -> Axes:
    """Ranks of agencies by a rate, each with the interval within which its rank may lie.

    Parameters
    ----------
    data
        The panel of `load`, a dataset folder, an `indicators.Wide`, or what `indicators.compute` gave by agency.
    rate
        Id of a share (docs/indicators.md); all years of the data are pooled.
    most
        How many agencies: those with the largest denominators.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        A line an agency, the highest rate first; at the right its rate and denominator. Its rank is among the
        agencies shown.

    Notes
    -----
    Ranks are simulated: a rate for each agency from its Jeffreys posterior, Beta(k + 1/2, n - k + 1/2), as in Goldstein
    and Spiegelhalter (1996), League tables and their limitations, JRSS A 159, 385-443. The draws are always the same.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"indicator": "grant_rate", "agency": ["甲", "乙"], "estimate": [0.5, 0.9], "n": [40, 90]})
    >>> plotted_ranks = caterpillar(frame, lang="en")
    >>> [label.get_text() for label in plotted_ranks.get_yticklabels()]
    ['乙', '甲']
    """
    every = _of_agencies(data, rate)
    found = every.nlargest(most, "n", keep="first")
    found = _ranked(found.sort_values("estimate", ascending=False, kind="stable"))

    def body(ax: Axes, numbers: pd.DataFrame) -> None:
        places = range(len(numbers))
        dark = style.colours(6)[1]
        for place, row in zip(places, numbers.to_dict("records"), strict=True):
            ax.plot([row["rank_low"], row["rank_high"]], [place, place], color=dark, linewidth=1.6, alpha=0.55)
            ax.plot(row["rank"], place, marker="o", color=dark, markersize=3.6)
            ax.text(
                1.01,
                place,
                f"{row['estimate']:.1%}  n={row['n']:,.0f}",
                transform=ax.get_yaxis_transform(),
                va="center",
                fontsize=5.8,
                color=style.FAINT,
            )
        ax.set_yticks(list(places), numbers["agency"].astype(str).tolist())
        ax.set_ylim(len(numbers) - 0.4, -0.6)
        ax.set_xlim(0.5, len(numbers) + 0.5)
        style.count_axis(ax, "x")
        ax.set_xlabel(style.word("rank_axis", lang))
        ax.grid(axis="x", color=style.PALE, linewidth=0.5)
        ax.set_axisbelow(True)

    height = (24 + 3.6 * max(len(found), 4)) * style.MM
    return drawn(
        "caterpillar",
        data,
        found,
        body,
        lang=lang,
        ax=ax,
        size=(style.SINGLE * 1.4, height),
        values={"rate": indicators.name(rate, lang), "shown": len(found), "all": len(every)},
    )


def _ranked(agencies: pd.DataFrame) -> pd.DataFrame:
    """With `rank` (1 is the highest rate; equal rates share one), and `rank_low`, `rank_high` of simulated ranks."""
    import numpy as np

    rng = np.random.default_rng(0)
    events, cases = agencies["numerator"].to_numpy(float), agencies["n"].to_numpy(float)
    rates = rng.beta(events + 0.5, np.maximum(cases - events, 0) + 0.5, size=(_DRAWS, len(agencies)))
    ranks = (-rates).argsort(axis=1).argsort(axis=1) + 1
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0) if len(agencies) else np.empty((2, 0))
    rank = agencies["estimate"].rank(ascending=False, method="min")
    return agencies.assign(rank=rank, rank_low=np.minimum(low, rank), rank_high=np.maximum(high, rank))


def carry(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """What a report carries in against what the report of the year before carried out.

    Parameters
    ----------
    data
        The panel of `load`, a dataset folder, or an `indicators.Wide`.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        A point is a report; on the 45° line the two agree. Those that do not are marked, and named where there is room.

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"table": "requests", "column": "total", "state": "number", "evidence": "read", "agency": "甲"}
    >>> rows = [("a", 2021, "carried_out", 5), ("b", 2022, "carried_in", 4)]
    >>> panel = [cell | {"report_id": i, "year": y, "row": r, "value": v, "adjusted": v} for i, y, r, v in rows]
    >>> [text.get_text() for text in carry(pd.DataFrame(panel), lang="en").texts]
    ['agree 0/1: 0.0% (0.0%–79.3%)', '甲 2022']
    """
    found = carried(data)

    def body(ax: Axes, numbers: pd.DataFrame) -> Labels:
        same = (numbers["carried_in"] == numbers["carried_out_before"]).to_numpy()
        x, y = numbers["carried_out_before"].to_numpy(float), numbers["carried_in"].to_numpy(float)
        top = max(x.max(), y.max(), 1.0) * 1.6
        ax.plot([0, top], [0, top], color=style.FAINT, linewidth=0.7)
        ax.scatter(x[same], y[same], s=10, color=style.colours(6)[1], alpha=0.6, linewidths=0)
        ax.scatter(x[~same], y[~same], s=18, marker="D", facecolor="white", edgecolor=style.ALERT, linewidths=0.9)
        for axis in ("x", "y"):
            style.log_counts(ax, axis, zero=True)
        ax.set_xlim(-0.4, top)
        ax.set_ylim(-0.4, top)
        ax.set_xlabel(style.word("requests_axis_before", lang))
        ax.set_ylabel(style.word("requests_axis_now", lang))
        k, n = int(same.sum()), len(same)
        low, high = (float(bound) for bound in indicators.intervals.wilson(k, n))
        said = style.word("continuous_share", lang, k=k, n=n, share=k / n, low=low, high=high)
        ax.text(0.03, 0.97, said, transform=ax.transAxes, va="top", fontsize=6.2)
        wrong = numbers[~same].assign(gap=lambda d: (d["carried_in"] - d["carried_out_before"]).abs())
        named = wrong.sort_values("gap", ascending=False).head(8).to_dict("records")
        points = [(r["carried_out_before"], r["carried_in"], f"{r['agency']} {int(r['year'])}") for r in named]
        return lambda: style.point_labels(ax, points)

    return drawn("carry", data, found, body, lang=lang, ax=ax, size=(style.SINGLE, 92 * style.MM))


def carried(data: Data) -> pd.DataFrame:
    """Requests carried from one report into the next of the same agency and scope.

    Returns
    -------
    pandas.DataFrame
        `agency`, `year`, `carried_in`, and `carried_out_before` of the year before; pairs with both numbers.
    """
    import pandas as pd

    matrix = one_name(data)
    reports, at = matrix.reports.copy(), matrix.at()
    for row in ("carried_in", "carried_out"):
        reports[row] = matrix.values[:, at["requests", row, "total"]]
    reports = reports[indicators.standing(matrix, by_scope=True) == 0]
    keys = [name for name in ("agency", "scope", "year") if name in reports]
    reports = reports[[*keys, "carried_in", "carried_out"]].dropna(subset=["agency", "year"])
    reports = reports.assign(year=reports["year"].astype(int), agency=reports["agency"].astype(str))
    before = reports.assign(year=reports["year"] + 1).drop(columns="carried_in")
    pairs = pd.merge(reports.drop(columns="carried_out"), before, on=keys)
    pairs = pairs.rename(columns={"carried_out": "carried_out_before"})
    return pairs.dropna(subset=["carried_in", "carried_out_before"]).reset_index(drop=True)
