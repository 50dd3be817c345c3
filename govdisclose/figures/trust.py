"""Figures of the data themselves: which reports there are, whether they add up, and how their digits fall."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from govdisclose import indicators, quality
from govdisclose.figures import style
from govdisclose.figures.drawing import Data, dataset_folder, drawn, known, one_name
from govdisclose.forms import Lang
from govdisclose.quality_figures import relation_matrix

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_NAMED = 30  # agencies that are named one by one; beyond it those alike share a line
_PATTERNS = 16
_FEW_COUNTS = 50  # five a digit: below it the chi-square distribution does not hold
_DRAWS = 100_000
_COUNTED = 100
"""Counts from here on are looked at: the last of three digits says nothing of the size."""


# --- coverage ---------------------------------------------------------------------------------------------------------


def coverage(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """Which agency reported in which year.

    Parameters
    ----------
    data
        The panel of `load`, a dataset folder, or an `indicators.Wide`; an agency that was renamed is one line
        (`indicators.with_agencies`).
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        A line an agency, or, beyond 30, a line for all that reported in the same years; below each year how many of
        all agencies did. Hatched: a statutory table is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"report_id": "a", "agency": "甲", "year": 2022, "table": "requests", "row": "new", "column": "total"}
    >>> ax = coverage(pd.DataFrame([cell | {"state": "number", "value": 1.0, "adjusted": 1.0}]), lang="en")
    >>> [label.get_text() for label in (*ax.get_yticklabels(), *ax.get_xticklabels())]
    ['甲', '2022\\n1/1']
    """
    found = reported(data)

    def body(ax: Axes, numbers: pd.DataFrame) -> None:
        from matplotlib.patches import Rectangle

        table = numbers.pivot_table(index="agency", columns="year", values="status", aggfunc="first", observed=True)
        years = list(range(int(numbers["year"].min()), int(numbers["year"].max()) + 1))
        table = table.reindex(columns=years, fill_value="missing").fillna("missing")
        looks: dict[str, dict[str, Any]] = {
            "reported": {"facecolor": style.colours(6)[1], "linewidth": 0},
            "incomplete": {"facecolor": style.colours(6)[4], "hatch": "////", "edgecolor": style.INK, "linewidth": 0},
            "missing": {"facecolor": "white", "edgecolor": style.PALE, "linewidth": 0.8},
        }
        lines = _lines(table, lang)
        for y, (_, states) in enumerate(lines):
            for x, state in enumerate(states):
                ax.add_patch(Rectangle((x - 0.46, y - 0.4), 0.92, 0.8, **looks[state]))
        there = (table != "missing").sum()
        ax.set_xticks(range(len(years)), [f"{year}\n{there[year]}/{len(table)}" for year in years])
        ax.set_yticks(range(len(lines)), [said for said, _ in lines])
        ax.set_xlim(-0.5, len(years) - 0.5)
        ax.set_ylim(len(lines) - 0.5, -0.5)
        style.bare(ax)
        names = {"reported": "reported", "incomplete": "incomplete", "missing": "not_reported"}
        shown = [state for state in looks if (table == state).any(axis=None)]
        handles = [Rectangle((0, 0), 1, 1, label=style.word(names[state], lang), **looks[state]) for state in shown]
        style.legend_above(ax, 3, handles=handles)

    agencies = found["agency"].nunique()
    rows = agencies if agencies <= _NAMED else _PATTERNS
    size = (style.SINGLE * 1.2, (26 + 4.4 * max(rows, 3)) * style.MM)
    return drawn("coverage", data, found, body, lang=lang, ax=ax, size=size)


def reported(data: Data) -> pd.DataFrame:
    """Agency and year of every report, and whether all statutory tables are in it.

    Returns
    -------
    pandas.DataFrame
        `agency`, `year`, `status`: `reported` or `incomplete`; one line an agency and year.
    """
    import numpy as np

    from govdisclose.indicators.matrix import ABSENT

    matrix = one_name(data)
    tables = np.array([address[0] for address in matrix.addresses])
    printed = matrix.states > ABSENT
    whole = np.all([printed[:, tables == table].any(axis=1) for table in dict.fromkeys(tables)], axis=0)
    reports = matrix.reports.assign(status=np.where(whole, "reported", "incomplete"))
    reports = reports[indicators.standing(matrix, by_scope=True) == 0].dropna(subset=["agency", "year"])
    out: pd.DataFrame = reports[["agency", "year", "status"]].astype({"agency": str, "year": int})
    out = out.sort_values(["agency", "year", "status"])
    return out.drop_duplicates(["agency", "year"], keep="last")


def _lines(table: pd.DataFrame, lang: Lang) -> list[tuple[str, tuple[str, ...]]]:
    """What each line of the figure is called and shows."""
    if len(table) <= _NAMED:
        return [(str(agency), tuple(states)) for agency, states in zip(table.index, table.to_numpy(), strict=True)]
    alike = table.groupby(list(table.columns), sort=False).size().sort_values(ascending=False, kind="stable")
    keys = [key if isinstance(key, tuple) else (key,) for key in alike.index]
    said = [style.word("one_like_this" if n == 1 else "like_this", lang, n=n) for n in alike]
    lines = list(zip(said, keys, strict=True))
    if len(lines) > _PATTERNS:
        rest = int(alike.iloc[_PATTERNS - 1 :].sum())
        lines = [*lines[: _PATTERNS - 1], (style.word("others", lang, n=rest), ())]
    return lines


# --- relations --------------------------------------------------------------------------------------------------------


def data_quality(data: str | Path, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """How often each relation of the form holds on the numbers as printed, by year.

    Parameters
    ----------
    data
        The dataset folder that `build` wrote.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        As `quality_figures.relation_matrix`.

    Raises
    ------
    UsageError
        `data` is no path.
    DatasetError
        It is no dataset.

    Examples
    --------
    >>> data_quality("no-such-folder")
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    folder = dataset_folder(data, "data_quality")
    found = quality.relation_years(folder).reset_index()
    years, relations = found["year"].nunique(), found["relation"].nunique()

    def body(ax: Axes, numbers: pd.DataFrame) -> None:
        relation_matrix(numbers.drop(columns="synthetic").set_index(["relation", "year"]), lang=lang, ax=ax)

    size = ((62 + 17 * max(years, 2)) * style.MM, (26 + 11.5 * max(relations, 3)) * style.MM)
    return drawn("data_quality", folder, found, body, lang=lang, ax=ax, size=size)


# --- digits -----------------------------------------------------------------------------------------------------------


def digits(data: Data, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """The last digits of the counts of decisions, against a uniform distribution, with the test and its power.

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
        Columns are shares of digits; the band holds 95 % of the shares that chance would give a digit. What the test
        says, and which excess of 0 and 5 it would find with 80 % power, stands above.

    Notes
    -----
    Pearson's chi-square with nine degrees of freedom; power by the noncentral distribution, Cohen (1988), Statistical
    power analysis for the behavioral sciences, 2nd ed., chapter 7. Last digits as a test of invented numbers: Beber
    and Scacco (2012), What the numbers say, Political Analysis 20, 211-234.

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"report_id": "a", "agency": "甲", "year": 2022, "table": "proactive", "row": "licences"}
    >>> row = cell | {"column": "decisions", "state": "number", "value": 120.0, "adjusted": 120.0}
    >>> len(digits(pd.DataFrame([row]), lang="en").patches)
    11
    """
    found = last_digits(data)

    def body(ax: Axes, numbers: pd.DataFrame) -> None:
        from scipy.stats import binom

        n = int(numbers["count"].sum())
        low, high = (float(binom.ppf(p, n, 0.1)) / n for p in (0.025, 0.975))
        ax.axhspan(low, high, color=style.PALE, linewidth=0, label=style.word("within", lang))
        many = numbers["share"] > high
        shades = [style.colours(6)[0] if is_many else style.colours(6)[3] for is_many in many]
        ax.bar(numbers["digit"], numbers["share"], width=0.62, color=shades)
        ax.axhline(0.1, color=style.INK, linewidth=0.8, linestyle=(0, (4, 2)), label=style.word("expected", lang))
        ax.set_xticks(range(10), [str(digit) for digit in range(10)])
        ax.set_ylim(0, max(float(numbers["share"].max()), high) * 1.3)
        style.percent_axis(ax)
        ax.set_xlabel(style.word("last_digit", lang))
        ax.set_ylabel(style.word("share_of_digits", lang))
        chi2, value = uniform_digits(numbers["count"])
        p = f"= {value:.3f}" if value >= 0.001 else "< 0.001"
        said = style.word("digits_said", lang, chi2=chi2, p=p, n=n)
        power = style.word("digits_power", lang, excess=detectable(n))
        ax.text(0.98, 0.98, f"{said}\n{power}", transform=ax.transAxes, ha="right", va="top", fontsize=6)
        style.legend_above(ax, 2)

    return drawn("digits", data, found, body, lang=lang, ax=ax, size=(style.SINGLE, 66 * style.MM))


def last_digits(data: Data) -> pd.DataFrame:
    """Last digits of the counts of decisions of three digits and more.

    Returns
    -------
    pandas.DataFrame
        `digit` 0 to 9, `count`, `share`; no line where there is no such count.
    """
    import numpy as np
    import pandas as pd

    matrix = known(data)
    kept = indicators.standing(matrix, by_scope=True) == 0
    columns = [i for i, address in enumerate(matrix.addresses) if address[2] == "decisions"]
    counts = matrix.values[kept][:, columns].ravel()
    counts = counts[np.isfinite(counts) & (counts >= _COUNTED) & (counts == np.floor(counts))]
    seen = np.bincount((counts % 10).astype(int), minlength=10)
    out = pd.DataFrame({"digit": range(10), "count": seen, "share": seen / max(len(counts), 1)})
    return out if len(counts) else out.iloc[:0]


def uniform_digits(counts: ArrayLike) -> tuple[float, float]:
    """Pearson's chi-square of ten counts against a uniform distribution, and its p-value.

    Below 50 counts in all, where the chi-square distribution is off, p is the share of 100,000 draws (always the same)
    with a statistic at least as large.

    >>> chi2, p = uniform_digits([3, 0, 0, 0, 0, 0, 0, 0, 0, 0])  # three digits alike: 1 in 100
    >>> round(chi2, 6), round(p, 2)
    (27.0, 0.01)
    """
    import numpy as np
    from scipy.stats import chisquare

    test = chisquare(counts)
    n = int(np.sum(counts))
    if n >= _FEW_COUNTS:
        return float(test.statistic), float(test.pvalue)
    draws = np.random.default_rng(0).multinomial(n, np.full(10, 0.1), size=_DRAWS)
    statistics = ((draws - n / 10) ** 2).sum(axis=1) / (n / 10)
    return float(test.statistic), float((1 + (statistics >= test.statistic - 1e-9).sum()) / (1 + _DRAWS))


def detectable(n: int, power: float = 0.8, level: float = 0.05) -> float:
    """The excess of 0 and 5 together that the chi-square test finds with this power among `n` last digits.

    The excess `e` is taken from the other digits alike, so that the effect size is w² = 6.25 e².

    >>> round(detectable(1000), 3)
    0.05
    """
    from scipy.optimize import brentq
    from scipy.stats import chi2, ncx2

    limit = chi2.ppf(1 - level, 9)
    shift = brentq(lambda moved: ncx2.sf(limit, 9, moved) - power, 0.01, 1000)
    return float(min((shift / (6.25 * n)) ** 0.5, 0.8))
