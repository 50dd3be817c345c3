"""Small figures of how far a dataset can be trusted. Each takes a frame of `quality` and returns its Axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from govdisclose.fonts import figure_style
from govdisclose.forms import Lang, load
from govdisclose.model import Evidence
from govdisclose.quality import STATES, short_name
from govdisclose.synthesis import draw_mark, is_synthetic

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# Blue, grey and red of different lightness: told apart by the colour-blind, and in grey.
_OF_STATE = {"holds": "#8fc1e3", "undetermined": "#ececec", "fails": "#9c1c1c"}
_OF_EVIDENCE = {"proved": "#2c7fb8", "agreed": "#8fc1e3", "read": "#ececec", "conflict": "#9c1c1c"}


def relation_matrix(shares: pd.DataFrame, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """Relation by year: in each field the shares that hold, cannot be told, and fail, the first in figures.

    Below it stands how many were judged, and the share that fails.

    Parameters
    ----------
    shares
        What `quality.relation_years` gives.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.
    """
    relations = list(dict.fromkeys(shares.index.get_level_values("relation")))
    years = sorted(set(shares.index.get_level_values("year")))
    with figure_style(lang):
        ax = ax or _axes(2.9 + 0.85 * len(years), 0.75 + 0.52 * len(relations))
        for (relation, year), row in zip(shares.index, shares.to_dict("records"), strict=True):
            x, y = years.index(year), relations.index(relation)
            left = x - 0.45
            for state in STATES:
                width = 0.9 * row[state]
                ax.barh(y, width, left=left, height=0.5, color=_OF_STATE[state], linewidth=0)
                left += width
            ax.text(x, y, _percent(row["holds"]), ha="center", va="center", fontsize=8)
            below = f"n={row['n']:.0f}" + (f" ({_percent(row['fails'])} ×)" if row["fails"] else "")
            small = 5.8 if row["fails"] else 6.5
            ax.text(x, y + 0.38, below, ha="center", va="center", fontsize=small, color="#555555")
        ax.set_xticks(range(len(years)), [str(year) for year in years])
        ax.set_yticks(range(len(relations)), [short_name("relation", r, lang) for r in relations])
        ax.set_xlim(-0.55, len(years) - 0.45)
        ax.set_ylim(len(relations) - 0.4, -0.6)
        _bare(ax)
        _legend(ax, _OF_STATE, "relation_state", STATES, lang)
        _mark(ax, shares)
    return ax


def evidence_bars(shares: pd.DataFrame, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """What the numbers of each table rest on, by format of the file.

    Parameters
    ----------
    shares
        What `quality.evidence_shares` gives.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.
    """
    kinds = get_args(Evidence)
    forms = load()
    with figure_style(lang):
        ax = ax or _axes(6.2, 0.8 + 0.27 * len(shares))
        for y, (_, row) in enumerate(shares.iterrows()):
            left = 0.0
            for kind in kinds:
                ax.barh(y, row[kind], left=left, height=0.7, color=_OF_EVIDENCE[kind], linewidth=0)
                left += row[kind]
            ax.text(1.01, y, f"n={row['n']:.0f}", va="center", fontsize=7, color="#555555")
        names = [
            f"{forms.item('table', table).name(lang) if table in forms.table_ids else table} · {reader}"
            for table, reader in shares.index
        ]
        ax.set_yticks(range(len(names)), names)
        ax.set_xticks([0, 0.5, 1], ["0", "50%", "100%"])
        ax.set_xlim(0, 1)
        ax.set_ylim(len(names) - 0.4, -0.6)
        _bare(ax)
        _legend(ax, _OF_EVIDENCE, "evidence", kinds, lang)
        _mark(ax, shares)
    return ax


def policy_bars(policies: pd.DataFrame, *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """Relations that hold, cannot be told and fail under each policy for blanks, and the tables made complete.

    Parameters
    ----------
    policies
        What `quality.blank_policies` gives.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.
    """
    columns = {"holds": "hold", "undetermined": "open", "fails": "fail"}
    with figure_style(lang):
        ax = ax or _axes(6.2, 0.8 + 0.36 * len(policies))
        for y, (_, row) in enumerate(policies.iterrows()):
            n = max(sum(row[c] for c in columns.values()), 1)
            left = 0.0
            for state in STATES:
                width = row[columns[state]] / n
                ax.barh(y, width, left=left, height=0.7, color=_OF_STATE[state], linewidth=0)
                left += width
            fails = f" · {row['fail']:.0f} ×" if row["fail"] else ""
            said = f"{row['complete']:.0f}/{row['tables']:.0f} {short_name('axis', 'complete', lang)}{fails}"
            ax.text(1.01, y, said, va="center", fontsize=8)
        ax.set_yticks(range(len(policies)), [short_name("policy", str(p), lang) for p in policies.index])
        ax.set_xticks([0, 0.5, 1], ["0", "50%", "100%"])
        ax.set_xlim(0, 1)
        ax.set_ylim(len(policies) - 0.4, -0.6)
        _bare(ax)
        _legend(ax, _OF_STATE, "relation_state", STATES, lang)
        _mark(ax, policies)
    return ax


def _percent(share: float) -> str:
    """All and nothing are said of all and nothing alone.

    >>> _percent(1.0), _percent(0.999), _percent(0.667)
    ('100%', '99.9%', '66.7%')
    """
    return f"{share:.0%}" if share in (0, 1) else f"{share:.1%}"


def _axes(width: float, height: float) -> Axes:
    from matplotlib import pyplot

    _, ax = pyplot.subplots(figsize=(width, height), dpi=150, layout="constrained")
    return ax


def _bare(ax: Axes) -> None:
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _mark(ax: Axes, shown: pd.DataFrame) -> None:
    """The mark of invented data, above the legend."""
    if is_synthetic(shown):
        draw_mark(ax, 20)


def _legend(ax: Axes, colours: dict[str, str], kind: str, ids: Sequence[str], lang: Lang) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(color=colours[i], label=short_name(kind, i, lang)) for i in ids]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=len(ids),
        frameon=False,
        fontsize=8,
        handlelength=1,
        handleheight=0.9,
        columnspacing=1.2,
        borderaxespad=0.2,
    )
