"""The figure of prose that is reused from year to year."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from govdisclose.figures import style
from govdisclose.figures.drawing import Labels, dataset_folder, drawn
from govdisclose.forms import Lang
from govdisclose.regions import attach
from govdisclose.store import load_table
from govdisclose.vocabulary import twin

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COPIED = 0.9
"""Similarity from which a section counts as copied, as for the finding `section_copied`."""

_LONG = 40  # letters below which a section is too short to compare


def reuse(
    data: str | Path, section: int = 5, *, agency: str | None = None, lang: Lang = "zh", ax: Axes | None = None
) -> Axes:
    """How alike a section is to that of the year before; for one agency, of every year to every other.

    Parameters
    ----------
    data
        The dataset folder that `build` wrote.
    section
        Number of the statutory section: five is on problems and plans.
    agency
        One agency: its years against each other as a matrix, instead of all agencies against their year before.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        A point is a report, a bar the median of the year; above each year how many count as copied.

    Raises
    ------
    UsageError
        `data` is no path.
    DatasetError
        It is no dataset.

    Examples
    --------
    >>> reuse("no-such-folder")
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    folder = dataset_folder(data, "reuse")
    found = similarities(folder, section, agency=agency)

    def strip(ax: Axes, numbers: pd.DataFrame) -> Labels:
        years = sorted({int(year) for year in numbers["year"]})
        for year in years:
            mine = numbers[numbers["year"] == year].sort_values("agency")
            alike = mine["similarity"].to_numpy(float)
            # spread by a fixed sequence, so that the same data give the same picture
            x = year + 0.5 * ((mine.reset_index(drop=True).index.to_numpy() * 0.618034) % 1 - 0.5)
            same = alike >= COPIED
            ax.scatter(x[~same], alike[~same], s=7, color=style.colours(6)[2], alpha=0.6, linewidths=0)
            ax.scatter(x[same], alike[same], s=18, marker="D", facecolor="white", edgecolor=style.ALERT, linewidths=0.9)
            middle = float(mine["similarity"].median())
            ax.plot([year - 0.3, year + 0.3], [middle, middle], color=style.INK, linewidth=1.6)
            said = style.word("copied_n", lang, k=int(same.sum()), n=len(mine))
            ax.annotate(said, (year, 1.07), ha="center", va="bottom", fontsize=6)
        ax.axhline(COPIED, color=style.FAINT, linewidth=0.8, linestyle=(0, (4, 2)))
        style.year_axis(ax, years, room=0.6)
        ax.set_ylim(0, 1.16)
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
        ax.set_ylabel(style.word("agrees_with_year", lang))
        return lambda: style.end_labels(ax, [(COPIED, style.word("copied", lang), style.FAINT)], years[-1] + 0.6)

    def matrix(ax: Axes, numbers: pd.DataFrame) -> None:
        years = sorted({int(year) for year in (*numbers["year"], *numbers["other_year"])})
        for row in numbers.to_dict("records"):
            x, y = years.index(int(row["other_year"])), years.index(int(row["year"]))
            style.tile(ax, x, y, row["similarity"], 1.0, f"{row['similarity']:.0%}")
        ax.set_xticks(range(len(years)), [str(year) for year in years])
        ax.set_yticks(range(len(years)), [str(year) for year in years])
        ax.set_xlim(-0.5, len(years) - 0.5)
        ax.set_ylim(len(years) - 0.5, -0.5)
        style.bare(ax)

    body: Callable[[Axes, pd.DataFrame], Labels | None] = strip if agency is None else matrix
    return drawn(
        "reuse",
        folder,
        found,
        body,
        lang=lang,
        ax=ax,
        size=(style.SINGLE * 1.1, 66 * style.MM),
        values={"number": section},
    )


def similarities(processed: str | Path, section: int = 5, *, agency: str | None = None) -> pd.DataFrame:
    """How alike the texts of a section are, numbers and punctuation left aside.

    Returns
    -------
    pandas.DataFrame
        `agency`, `year`, `other_year`, `similarity` (0 to 1): each report against that of the year before, or, with
        `agency`, against every earlier one. Sections shorter than 40 letters are left out.
    """
    import pandas as pd
    from rapidfuzz import fuzz

    reports = load_table(processed, "reports")
    reports = attach(reports[reports["preferred"] & reports["agency"].notna() & reports["year"].notna()])
    if agency is not None:
        reports = reports[reports["agency"] == agency]
    sections = load_table(processed, "sections")
    sections = sections[sections["number"] == section]
    texts = sections.assign(report_id=sections["report_id"].astype(str)).groupby("report_id")["text"].agg("".join)
    reports = reports.assign(text=reports["report_id"].astype(str).map(texts).fillna("").map(_letters))
    rows = []
    reports["who"] = reports["agency_id"].fillna(reports["agency"])
    for _, mine in reports.groupby(["who", "scope"], observed=True, sort=True):
        name = mine.sort_values("year", kind="stable")["agency"].iloc[-1]
        by_year = {int(year): text for year, text in zip(mine["year"], mine["text"], strict=True) if len(text) >= _LONG}
        for year in sorted(by_year):
            others = [year - 1] if agency is None else [other for other in by_year if other < year]
            rows += [
                (str(name), year, other, fuzz.ratio(by_year[year], by_year[other]) / 100)
                for other in sorted(others)
                if other in by_year
            ]
    return pd.DataFrame(rows, columns=["agency", "year", "other_year", "similarity"])


def _letters(text: str) -> str:
    return re.sub(r"[\d.,%]+|[^\w]", "", twin(text)[1])
