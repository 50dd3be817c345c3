"""The figure of normative documents: what is in force, and what comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govdisclose.figures import style
from govdisclose.figures.drawing import Data, drawn, estimates
from govdisclose.forms import Lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_IDS = ("normative_made", "normative_issued", "normative_repealed", "normative_effective")


def normative(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """Normative documents in force at year end, of them issued in the year, and those repealed, below zero.

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
        Sums over reports. What the 2019 form counts is of another definition: it stands apart behind a dotted line.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = {"indicator": ["normative_effective", "normative_issued"], "estimate": [20, 3], "year": 2022}
    >>> len(normative(pd.DataFrame(frame), lang="en").patches)
    2
    """

    def body(ax: Axes, numbers: pd.DataFrame) -> None:
        wide = numbers.pivot_table(index="year", columns="indicator", values="estimate").reindex(columns=list(_IDS))
        years = [int(year) for year in wide.index]
        shades = style.colours(6)
        made = wide["normative_made"].dropna()
        stocks = wide.loc[
            wide["normative_effective"].notna() | wide["normative_issued"].notna(), list(_IDS[1:])
        ].fillna(0)
        side = 0.17 if set(made.index) & set(stocks.index) else 0.0  # reports in both forms in one year
        width = 0.3 if side else 0.6
        issued, stock = stocks["normative_issued"], stocks["normative_effective"]
        at = [int(year) + side for year in stocks.index]
        line: dict[str, Any] = {"edgecolor": style.INK, "linewidth": 0.4}
        where = [int(year) - side for year in made.index]
        if len(made):
            ax.bar(where, made, width, color="white", hatch="xxxx", label=style.word("made", lang), **line)
        if len(stocks):
            older = (stock - issued).clip(lower=0)
            ax.bar(at, older, width, color=shades[1], label=style.word("stock", lang))
            ax.bar(
                at, issued, width, bottom=older, color=shades[3], hatch="////", label=style.word("issued", lang), **line
            )
            if stocks["normative_repealed"].any():
                away = -stocks["normative_repealed"]
                ax.bar(at, away, width, color=shades[5], hatch="....", label=style.word("repealed", lang), **line)
        tops = list(zip(where, made.astype(float), strict=True))
        tops += [(x, float(max(s, i))) for x, s, i in zip(at, stock, issued, strict=True)]
        for x, height in tops:
            ax.annotate(f"{height:,.0f}", (x, height), (0, 2), textcoords="offset points", ha="center", fontsize=6)
        top = max([height for _, height in tops], default=1.0) or 1.0
        ax.axhline(0, color=style.INK, linewidth=0.6)
        style.year_axis(ax, years, room=0.6)
        ax.set_ylim(min(-float(stocks["normative_repealed"].max() if len(stocks) else 0) * 1.15, 0), top * 1.22)
        style.count_axis(ax)
        ax.set_ylabel(style.word("documents", lang))
        if len(made) and len(stocks) and not side:
            style.break_line(ax, int(stocks.index.min()), style.word("not_comparable", lang))
        style.legend_above(ax, 2)

    return drawn("normative", data, estimates(data, _IDS), body, lang=lang, ax=ax, size=(style.SINGLE, 76 * style.MM))
