"""What every figure shares: the numbers it is made from, its title, the mark of synthetic data, series and stacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govdisclose import indicators
from govdisclose.errors import UsageError
from govdisclose.figures import style
from govdisclose.forms import Lang, checked_lang
from govdisclose.synthesis import draw_mark, is_synthetic

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Data = Any
"""What a figure takes: the panel of `load`, a dataset folder, an `indicators.Wide`, or a frame of `indicators`."""


Labels = Callable[[], None]
"""Places labels."""


@dataclass(frozen=True, slots=True)
class Plotted:
    """What a figure was made from; it stays with its axes.

    `numbers` is what is drawn; `values` fill the places in the title and the definition.
    """

    figure: str
    lang: Lang
    numbers: pd.DataFrame
    synthetic: bool
    values: Mapping[str, object] = field(default_factory=dict)


def plotted(ax: Axes) -> Plotted:
    """What the axes of a figure were made from.

    Raises
    ------
    UsageError
        No figure of this package was drawn on them.

    Examples
    --------
    >>> import pandas as pd
    >>> from govdisclose import figures
    >>> ax = figures.outcomes(pd.DataFrame({"indicator": [], "estimate": [], "year": []}), lang="en")
    >>> plotted(ax).figure, len(plotted(ax).numbers)
    ('outcomes', 0)
    """
    found = vars(ax).get("_govdisclose")
    if not isinstance(found, Plotted):
        raise UsageError("no figure of govdisclose was drawn on these axes; give what a function of figures returned")
    return found


def synthetic(data: Data) -> bool:
    """Whether a figure of these data carries the mark."""
    if isinstance(data, indicators.Wide):
        return is_synthetic(data.reports)
    return is_synthetic(data)


def drawn(
    figure: str,
    data: Data,
    numbers: pd.DataFrame,
    body: Callable[[Axes, pd.DataFrame], Labels | None],
    *,
    lang: Lang,
    ax: Axes | None,
    size: tuple[float, float],
    values: Mapping[str, object] | None = None,
) -> Axes:
    """Draw one figure: new axes where none are given, the body, the title, and the mark where the data ask for it.

    Parameters
    ----------
    figure
        Its id in `figures.csv`.
    data
        What the caller was given; decides on the mark.
    numbers
        What is plotted. Where there is nothing, the figure says so.
    body
        Draws `numbers` on the axes. What it returns is called once the title stands: labels that keep clear of each
        other need axes of their final height.
    size
        Width and height in inches of new axes.
    """
    values = values or {}
    checked_lang(lang)
    invented = synthetic(data) or synthetic(numbers)
    with style.style(lang):
        if ax is None:
            from matplotlib import pyplot

            sheet, ax = pyplot.subplots(figsize=size, dpi=150, layout="constrained")
            sheet.get_layout_engine().set(w_pad=0.05, h_pad=0.06)  # type: ignore[union-attr, call-arg]
        else:
            style.adopt(ax)
        labels = None
        if len(numbers):
            labels = body(ax, numbers)
        else:
            style.bare(ax)
            ax.set_xticks([])
            ax.set_yticks([])
            ax.text(0.5, 0.5, style.word("no_data", lang), transform=ax.transAxes, ha="center", color=style.FAINT)
        _head(ax, style.title(figure, lang, **values), invented)
        if labels is not None:
            labels()
    vars(ax)["_govdisclose"] = Plotted(figure, lang, numbers.reset_index(drop=True), invented, values)
    return ax


def _head(ax: Axes, title: str, invented: bool) -> None:
    """The title, and above it the mark, over whatever stands above the axes."""
    style.extent(ax)  # ticks are made now, in this font
    root = ax.get_figure(root=True)
    above = 4.0
    legend = ax.get_legend()
    if legend is not None and root is not None:
        box, own = legend.get_window_extent(), ax.get_window_extent()
        if box.y0 >= own.y1 - 1:
            above = (box.y1 - own.y1) * 72 / root.dpi + 4
    ax.set_title(title, loc="left", pad=above, fontfamily=style.family(), fontsize=8)
    if invented:
        draw_mark(ax, above + 14)


# --- numbers ----------------------------------------------------------------------------------------------------------


def estimates(data: Data, ids: Sequence[str], by: Sequence[str] = ("year",)) -> pd.DataFrame:
    """The estimates a figure needs: computed, or taken from a frame that `indicators.compute` gave.

    Rows without an estimate are left out; those that remain are sorted by the order of `ids`, then by `by`.
    """
    import pandas as pd

    if isinstance(data, pd.DataFrame) and {"indicator", "estimate"} <= set(data.columns):
        missing = [name for name in by if name not in data]
        if missing:
            raise UsageError(f"the frame has no column {', '.join(missing)}; compute it with by={list(by)}")
        found = data[data["indicator"].isin(list(ids))].copy()
        if "segment" not in found:
            found["segment"] = ""
    else:
        found = indicators.compute(known(data), list(ids), by=by)
    for name in by:
        found = found[found[name].notna()]
    found = found[found["estimate"].notna()]
    order = {name: i for i, name in enumerate(ids)}
    return found.sort_values(
        ["indicator", *by, "segment"], key=lambda c: c.map(order) if c.name == "indicator" else c, kind="stable"
    ).reset_index(drop=True)


def known(data: Data) -> Data:
    """The data with who each agency is (`indicators.with_agencies`); a frame of estimates is given back as it is."""
    import pandas as pd

    return data if isinstance(data, pd.DataFrame) and "estimate" in data else indicators.with_agencies(data)


def one_name(data: Data) -> Data:
    """The data with one name for each agency throughout: the latest, and its region where another has that name too.

    What `indicators.compute` gave is given back as it is.
    """
    data = known(data)
    if not isinstance(data, indicators.Wide) or "agency_id" not in data.reports:
        return data
    told = data.reports.dropna(subset=["agency", "agency_id", "year"]).sort_values("year", kind="stable")
    latest = told.astype({"agency": str, "agency_id": str}).groupby("agency_id")["agency"].last()
    codes = latest.index.astype(str).str.removeprefix("P").str.replace(":.*", "", regex=True)
    latest = latest.where(~latest.duplicated(keep=False), latest + " (" + codes + ")")
    named = data.reports["agency_id"].map(latest).astype(object).fillna(data.reports["agency"].astype(object))
    return replace(data, reports=data.reports.assign(agency=named))


def runs(series: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The pieces of a series that may be joined by a line: one definition, one year after the other.

    >>> import pandas as pd
    >>> years = pd.DataFrame({"year": [2019, 2020, 2021, 2023], "segment": ["2019", "2019", "2021", "2021"]})
    >>> [list(piece["year"]) for piece in runs(years)]
    [[2019, 2020], [2021], [2023]]
    """
    ordered = series.sort_values("year", kind="stable")
    step = ordered["year"].astype(int).diff().ne(1) | ordered["segment"].ne(ordered["segment"].shift())
    for _, piece in ordered.groupby(step.cumsum(), sort=True):
        yield piece


def reach(rows: pd.DataFrame) -> Any:
    """Lengths of the intervals below and above the estimates, shape (2, rows); 0 where there is none."""
    import numpy as np

    below = (rows["estimate"] - rows["low"]).to_numpy(dtype=float, na_value=0.0)
    above = (rows["high"] - rows["estimate"]).to_numpy(dtype=float, na_value=0.0)
    return np.clip(np.nan_to_num(np.vstack([below, above])), 0, None)


# --- series and stacks ------------------------------------------------------------------------------------------------


def series_lines(ax: Axes, numbers: pd.DataFrame, names: Mapping[str, str], lang: Lang, *, hollow: int = 0) -> Labels:
    """Series by year with intervals and labels at their ends; the last `hollow` of them in the background."""
    ids = [name for name in names if (numbers["indicator"] == name).any()]
    looks = style.lines(len(names))
    ends: list[tuple[float, str, str]] = []
    last = float(numbers["year"].max())
    for place, (name, look) in enumerate(zip(names, looks, strict=True)):
        if name not in ids:
            continue
        mine = numbers[numbers["indicator"] == name]
        shift = 0.06 * (place - (len(names) - 1) / 2)
        faint = place >= len(names) - hollow
        for piece in runs(mine):
            ax.errorbar(
                piece["year"].astype(float) + shift,
                piece["estimate"],
                yerr=reach(piece),
                capsize=1.5,
                elinewidth=0.7,
                markerfacecolor="white" if faint else look["color"],
                **look,
            )
        end = mine[mine["year"] == mine["year"].max()].iloc[-1]
        ends.append((float(end["estimate"]), names[name], look["color"]))
    style.year_axis(ax, [int(year) for year in numbers["year"]])
    ax.set_ylim(0, min(float(numbers[["estimate", "high"]].max().max()) * 1.08 or 1.0, 1.04))
    style.percent_axis(ax)
    mark_breaks(ax, numbers, lang)
    return lambda: style.end_labels(ax, ends, last + 0.06 * (len(names) - 1) / 2)


def mark_breaks(ax: Axes, numbers: pd.DataFrame, lang: Lang) -> None:
    """A dotted line where a series changes its definition, and what it means."""
    years = {
        int(piece["year"].iloc[0])
        for _, mine in numbers.groupby("indicator", sort=False)
        for piece, before in zip(list(runs(mine))[1:], runs(mine), strict=False)
        if piece["segment"].iloc[0] != before["segment"].iloc[-1]
    }
    for year in sorted(years):
        style.break_line(ax, year, style.word("not_comparable", lang))


def stacks(ax: Axes, numbers: pd.DataFrame, names: Mapping[str, str]) -> Labels:
    """Shares by year as stacked columns, named at the right with the last year's value."""
    years = sorted({int(year) for year in numbers["year"]})
    shades = style.colours(len(names))
    base = dict.fromkeys(years, 0.0)
    ends: list[tuple[float, str, str]] = []
    for place, (name, label) in enumerate(names.items()):
        mine = numbers[numbers["indicator"] == name].set_index("year")["estimate"]
        if not len(mine):
            continue
        heights = [float(mine.get(year, 0.0)) for year in years]
        ax.bar(
            years,
            heights,
            bottom=[base[year] for year in years],
            width=0.72,
            color=shades[place],
            edgecolor="white",
            linewidth=0.5,
            hatch=style.HATCHES[place % len(style.HATCHES)],
        )
        ends.append((base[years[-1]] + heights[-1] / 2, f"{label} {heights[-1]:.1%}", style.FAINT))
        for year, height in zip(years, heights, strict=True):
            base[year] += height
    style.year_axis(ax, years, room=0.5)
    ax.set_ylim(0, 1)
    style.percent_axis(ax)
    return lambda: style.end_labels(ax, ends, years[-1] + 0.36)


def dataset_folder(data: Data, what: str) -> Path:
    """The dataset folder a figure reads further tables from.

    Raises
    ------
    UsageError
        `data` is no path.
    """
    if not isinstance(data, str | Path):
        raise UsageError(f"{what} reads tables of the dataset; give the folder that build wrote")
    return Path(data)
