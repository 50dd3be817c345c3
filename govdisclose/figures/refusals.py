"""Figures of refusals: on which grounds, and statutory against operational."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govdisclose import indicators
from govdisclose.figures import style
from govdisclose.figures.drawing import Data, Labels, drawn, estimates, series_lines
from govdisclose.forms import Lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_GROUNDS = ("state_secret", "law", "safety", "third_party", "internal", "process", "enforcement_file", "admin_query")
_KINDS = ("refusal_share", "operational_refusal_share")


def refusal_grounds(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """The eight statutory grounds by year: each one's share in all refusals, dark where it is high.

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
        Rows are grounds, columns years; below the years the number of refusals.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"indicator": ["ground_law"], "estimate": [0.25], "year": [2022], "n": [40]})
    >>> [text.get_text() for text in refusal_grounds(frame, lang="en").texts]
    ['25%']
    """
    names = {f"ground_{ground}": indicators.name(f"ground_{ground}", lang) for ground in _GROUNDS}

    def body(ax: Axes, numbers: pd.DataFrame) -> None:
        years = sorted({int(year) for year in numbers["year"]})
        rows = list(names)
        highest = max(float(numbers["estimate"].max()), 1e-9)
        cases = dict.fromkeys(years, 0.0)
        for row in numbers.to_dict("records"):
            x, y = years.index(int(row["year"])), rows.index(row["indicator"])
            style.tile(ax, x, y, row["estimate"], highest, f"{row['estimate']:.0%}")
            cases[int(row["year"])] = float(row.get("n", 0))
        ax.set_xticks(range(len(years)), [f"{year}\nn={cases[year]:,.0f}" for year in years])
        ax.set_yticks(range(len(rows)), [names[name] for name in rows])
        ax.set_xlim(-0.5, len(years) - 0.5)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        style.bare(ax)

    found = estimates(data, tuple(names))
    years = max(found["year"].nunique(), 3)
    size = (style.SINGLE * 0.52 + 13 * style.MM * years, 68 * style.MM)
    return drawn("refusal_grounds", data, found, body, lang=lang, ax=ax, size=size)


def refusal_kinds(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """Statutory against operational refusal: shares of requests processed, by year, with intervals.

    Parameters and return as for `refusal_grounds`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"indicator": ["refusal_share"], "estimate": [0.1], "low": [0.05], "high": [0.2]})
    >>> [text.get_text() for text in refusal_kinds(frame.assign(year=2022), lang="en").texts]
    ['Statutory refusal']
    """
    names = {name: style.word(name, lang) for name in _KINDS}

    def body(ax: Axes, numbers: pd.DataFrame) -> Labels:
        ax.set_ylabel(style.word("share_of_processed", lang))
        return series_lines(ax, numbers, names, lang)

    found = estimates(data, _KINDS)
    return drawn("refusal_kinds", data, found, body, lang=lang, ax=ax, size=(style.SINGLE, 60 * style.MM))
