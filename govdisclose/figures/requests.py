"""Figures of requests: how many, from whom, with what outcome, and the grant rate under four denominators."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from govdisclose import indicators
from govdisclose.figures import style
from govdisclose.figures.drawing import Data, Labels, drawn, estimates, series_lines, stacks
from govdisclose.forms import Lang, load

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_APPLICANTS = ("natural_person", "business", "research", "public_interest", "legal_service", "other_org")
_OUTCOMES = ("granted", "partial", "refused", "unable", "not_processed", "other")
_RATES = ("grant_rate", "grant_rate_d2", "grant_rate_d3", "grant_rate_d4")
_VOLUME = ("requests_new", "requests_processed", "requests_carried_out", "backlog")


def volume(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """Requests processed and carried out by year, what was newly received, and the backlog with its interval.

    Parameters
    ----------
    data
        The panel of `load`, a dataset folder, an `indicators.Wide`, or what `indicators.compute` gave by year.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Columns are requests: processed and carried out together are what there was to decide.

    Raises
    ------
    UsageError
        A computed frame lacks the column `year`; `lang` is neither.

    Examples
    --------
    >>> import pandas as pd
    >>> from govdisclose.figures import plotted
    >>> ax = volume(pd.DataFrame({"indicator": ["backlog"], "estimate": [0.05], "year": [2022]}), lang="en")
    >>> ax.get_title(loc="left"), plotted(ax).numbers["estimate"].tolist()
    ('Volume and backlog of requests', [0.05])
    """

    def body(ax: Axes, numbers: pd.DataFrame) -> None:
        wide = numbers.pivot_table(index="year", columns="indicator", values="estimate").reindex(columns=list(_VOLUME))
        years = [int(year) for year in wide.index]
        processed, left = wide["requests_processed"].fillna(0), wide["requests_carried_out"].fillna(0)
        dark, light = style.colours(6)[1], style.colours(6)[4]
        ax.bar(years, processed, width=0.66, color=dark, label=style.word("processed", lang))
        ax.bar(
            years,
            left,
            bottom=processed,
            width=0.66,
            color=light,
            hatch="////",
            edgecolor=style.INK,
            linewidth=0.4,
            label=style.word("carried_out", lang),
        )
        ax.plot(
            years,
            wide["requests_new"],
            linestyle="none",
            marker="D",
            markersize=4,
            markerfacecolor="white",
            markeredgecolor=style.INK,
            label=style.word("new", lang),
        )
        top = (processed + left).combine(wide["requests_new"].fillna(0), max)
        rates = {int(r["year"]): r for r in numbers[numbers["indicator"] == "backlog"].to_dict("records")}
        for year, height in zip(years, top, strict=True):
            if year in rates:
                ax.annotate(
                    _interval(rates[year]),
                    xy=(year, height),
                    xytext=(0, 4),
                    textcoords="offset points",
                    ha="center",
                    va="bottom",
                    fontsize=5.5,
                    linespacing=1.1,
                )
        style.year_axis(ax, years, room=0.55)
        ax.set_ylim(0, (float(top.max()) or 1.0) * 1.18)
        style.count_axis(ax)
        ax.set_ylabel(style.word("requests", lang))
        ax.set_xlabel(style.word("backlog_above", lang))
        style.legend_above(ax, 3)

    return drawn("volume", data, estimates(data, _VOLUME), body, lang=lang, ax=ax, size=(style.SINGLE, 68 * style.MM))


def _interval(row: Mapping[Hashable, Any]) -> str:
    """A rate, and below it its interval where it has one."""
    low, high = row.get("low"), row.get("high")
    if low is None or high is None or low != low or high != high:
        return f"{row['estimate']:.1%}"
    return f"{row['estimate']:.1%}\n{100 * low:.1f}–{100 * high:.1f}"


def applicants(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """Who applies: shares of applicants in requests newly received, by year.

    Parameters, return and errors as for `volume`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = {"indicator": ["applicant_natural_person", "applicant_business"], "estimate": [0.9, 0.1], "year": 2022}
    >>> [text.get_text() for text in applicants(pd.DataFrame(frame), lang="en").texts][:2]
    ['Natural persons 90.0%', 'Businesses 10.0%']
    """
    names = {f"applicant_{column}": load().item("column", column).name(lang) for column in _APPLICANTS}

    def body(ax: Axes, numbers: pd.DataFrame) -> Labels:
        ax.set_ylabel(style.word("share_of_new", lang))
        return stacks(ax, numbers, names)

    found = estimates(data, tuple(names))
    return drawn("applicants", data, found, body, lang=lang, ax=ax, size=(style.SINGLE * 1.25, 62 * style.MM))


def outcomes(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """What became of requests: shares of outcomes in those processed, by year.

    Parameters, return and errors as for `volume`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = {"indicator": ["outcome_granted", "outcome_refused"], "estimate": [0.75, 0.25], "year": 2022}
    >>> [text.get_text() for text in outcomes(pd.DataFrame(frame), lang="en").texts][:2]
    ['Granted 75.0%', 'Refused 25.0%']
    """
    names = {f"outcome_{outcome}": indicators.name(f"outcome_{outcome}", lang) for outcome in _OUTCOMES}

    def body(ax: Axes, numbers: pd.DataFrame) -> Labels:
        ax.set_ylabel(style.word("share_of_processed", lang))
        return stacks(ax, numbers, names)

    found = estimates(data, tuple(names))
    return drawn("outcomes", data, found, body, lang=lang, ax=ax, size=(style.SINGLE * 1.25, 66 * style.MM))


def grant_rates(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """The grant rate under denominators D1 to D4, by year, with intervals.

    Parameters, return and errors as for `volume`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"indicator": ["grant_rate", "grant_rate_d3"], "estimate": [0.5, 0.9], "year": 2022})
    >>> ax = grant_rates(frame.assign(low=[0.4, 0.8], high=[0.6, 0.95]), lang="en")
    >>> [text.get_text() for text in ax.texts]
    ['D1 all processed', 'D3 on the merits']
    """
    names = {name: style.word(name, lang) for name in _RATES}

    def body(ax: Axes, numbers: pd.DataFrame) -> Labels:
        ax.set_ylabel(style.word("rate", lang))
        return series_lines(ax, numbers, names, lang)

    found = estimates(data, _RATES)
    return drawn("grant_rates", data, found, body, lang=lang, ax=ax, size=(style.SINGLE * 1.25, 66 * style.MM))
