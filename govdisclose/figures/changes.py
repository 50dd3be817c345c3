"""The figure of what changed since the year before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from govdisclose import indicators
from govdisclose.errors import UsageError
from govdisclose.figures import style
from govdisclose.figures.drawing import Data, drawn, known
from govdisclose.forms import Lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

RATES = (
    "grant_rate",
    "full_grant_rate",
    "refusal_share",
    "outcome_unable",
    "outcome_not_processed",
    "backlog",
    "review_corrected_rate",
    "dispute_rate",
)
"""Shares shown unless others are asked for."""


def changes(
    data: Data, ids: Sequence[str] = RATES, *, year: int | None = None, lang: Lang = "zh", ax: Axes | None = None
) -> Axes:
    """Rates of a year against the year before, in percentage points, among the agencies that reported in both.

    Parameters
    ----------
    data
        The panel of `load`, a dataset folder, an `indicators.Wide`, or what `indicators.series` gave.
    ids
        Ids of shares (docs/indicators.md).
    year
        The later of the two years; default the last for which there is a change.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        A line a rate: its change with the interval, and among how many agencies; filled where the interval leaves out
        zero.

    Raises
    ------
    UsageError
        A computed frame holds no changes.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"indicator": "backlog", "year": 2022, "change": -2.0, "change_low": -3.0, "change_high": -1.0}
    >>> frame = pd.DataFrame([row | {"change_unit": "percentage_points", "estimate": 0.05}])
    >>> [text.get_text() for text in changes(frame, lang="en").texts]
    ['−2.0']
    """
    found = _series(data, ids)
    latest = int(found["year"].max()) if year is None and len(found) else year
    found = found[found["year"] == latest]

    def body(ax: Axes, numbers: pd.DataFrame) -> None:
        dark = style.colours(6)[1]
        ax.axvline(0, color=style.FAINT, linewidth=0.7)
        for place, row in enumerate(numbers.to_dict("records")):
            low, high = row["change_low"], row["change_high"]
            told = low == low and high == high
            if told:
                ax.plot([low, high], [place, place], color=dark, linewidth=1.4)
            clear = told and (low > 0 or high < 0)
            ax.plot(row["change"], place, marker="o", color=dark, markerfacecolor=dark if clear else "white")
            if "change_agencies" in row:
                ax.text(
                    1.01,
                    place,
                    style.word("agencies_n", lang, n=row["change_agencies"]),
                    transform=ax.get_yaxis_transform(),
                    va="center",
                    fontsize=5.8,
                    color=style.FAINT,
                )
            ax.annotate(
                f"{row['change']:+.1f}".replace("-", "−"),
                (row["change"], place),
                (0, 4),
                textcoords="offset points",
                ha="center",
                fontsize=6,
            )
        ax.set_yticks(range(len(numbers)), [indicators.name(str(i), lang) for i in numbers["indicator"]])
        ax.set_ylim(len(numbers) - 0.4, -0.8)
        ax.set_xlabel(style.word("points_axis", lang))
        reach = max(float(numbers[["change", "change_low", "change_high"]].abs().max().max()), 0.5) * 1.12
        ax.set_xlim(-reach, reach)

    height = (26 + 7 * max(len(found), 3)) * style.MM
    return drawn(
        "changes",
        data,
        found,
        body,
        lang=lang,
        ax=ax,
        size=(style.SINGLE * 1.4, height),
        values={"year": _year(latest, lang)},
    )


def _year(year: int | None, lang: Lang) -> str:
    return style.word("latest_year", lang) if year is None else style.word("in_year", lang, year=year)


def _series(data: Data, ids: Sequence[str]) -> pd.DataFrame:
    """Changes in percentage points, in the order of `ids`, without the estimates; rows without one left out."""
    import pandas as pd

    if isinstance(data, pd.DataFrame) and {"indicator", "estimate"} <= set(data.columns):
        if "change" not in data:
            raise UsageError("the frame has no column change; compute it with indicators.series")
        found = data[data["indicator"].isin(list(ids))]
    else:
        found = indicators.series(known(data), list(ids))
    found = found[found["change"].notna() & (found["change_unit"] == "percentage_points")]
    order = {name: i for i, name in enumerate(ids)}
    kept = ["indicator", "year", "segment", "synthetic", *(name for name in found if str(name).startswith("change"))]
    found = found[[name for name in kept if name in found]]
    return found.sort_values("indicator", key=lambda c: c.map(order), kind="stable")
