"""Figures of remedies: how often agencies are corrected, and how often refusals are disputed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govdisclose import indicators
from govdisclose.figures import style
from govdisclose.figures.drawing import Data, Labels, drawn, estimates, one_name, series_lines
from govdisclose.forms import Lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_RATES = ("review_corrected_rate", "litigation_corrected_rate", "review_pending_share", "litigation_pending_share")
_DISPUTES = ("refusal_share", "dispute_rate")
LEAST = 30
"""Requests processed below which an agency is not shown among the disputes: a rate of few cases says little."""


def remedies(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """Corrected rates of reviews and lawsuits by year, with intervals; pending cases apart, hollow.

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
        Filled: corrected over concluded. Hollow: pending over all.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"indicator": ["review_corrected_rate"], "estimate": [0.1], "low": [0.05], "high": [0.2]})
    >>> [text.get_text() for text in remedies(frame.assign(year=2022), lang="en").texts]
    ['Corrected on review']
    """
    names = {name: indicators.name(name, lang) for name in _RATES}

    def body(ax: Axes, numbers: pd.DataFrame) -> Labels:
        ax.set_ylabel(style.word("share", lang))
        return series_lines(ax, numbers, names, lang, hollow=2)

    found = estimates(data, _RATES)
    return drawn("remedies", data, found, body, lang=lang, ax=ax, size=(style.SINGLE * 1.25, 66 * style.MM))


def disputes(data: Data, *, least: int = LEAST, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """The dispute rate of agencies against the share they refuse, all years of the data pooled.

    Parameters
    ----------
    data
        The panel of `load`, a dataset folder, an `indicators.Wide`, or what `indicators.compute` gave by agency.
    least
        Requests processed below which an agency is left out.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        A point is an agency, its area proportional to the requests it processed; dotted lines are medians.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"indicator": ["refusal_share", "dispute_rate"], "estimate": [0.1, 0.02], "n": [50, 50]})
    >>> len(disputes(frame.assign(agency="甲"), lang="en").collections)
    1
    """

    def body(ax: Axes, numbers: pd.DataFrame) -> Labels:
        n = numbers["n"].to_numpy(float)
        x, y = numbers["refusal_share"].to_numpy(float), numbers["dispute_rate"].to_numpy(float)
        area = 4 + 90 * n / n.max()
        ax.scatter(x, y, s=area, color=style.colours(6)[1], alpha=0.55, edgecolor="white", linewidths=0.4)
        for value, line in (
            (numbers["refusal_share"].median(), ax.axvline),
            (numbers["dispute_rate"].median(), ax.axhline),
        ):
            line(float(value), color=style.FAINT, linewidth=0.7, linestyle=(0, (1, 2)), zorder=0)
        ax.set_xlim(0, (x.max() or 0.1) * 1.12)
        ax.set_ylim(0, (y.max() or 0.1) * 1.15)
        for axis in ("x", "y"):
            style.percent_axis(ax, axis)
        ax.set_xlabel(style.word("refusal_axis", lang))
        ax.set_ylabel(style.word("dispute_axis", lang))
        most = numbers.nlargest(5, "dispute_rate")
        points = list(zip(most["refusal_share"], most["dispute_rate"], most["agency"].astype(str), strict=True))
        return lambda: style.point_labels(ax, points)

    long = estimates(one_name(data), _DISPUTES, by=("agency",))
    found = long.pivot_table(index="agency", columns="indicator", values="estimate", observed=True)
    found = found.reindex(columns=list(_DISPUTES)).dropna()
    found["n"] = long.groupby("agency", observed=True)["n"].max().reindex(found.index)
    found = found[found["n"] >= least].reset_index()
    found.columns.name = None
    size = (style.SINGLE, 78 * style.MM)
    return drawn("disputes", data, found, body, lang=lang, ax=ax, size=size, values={"least": least})
