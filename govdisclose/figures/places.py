"""The figure of provinces as tiles of equal size."""

from __future__ import annotations

import csv
from collections.abc import Hashable, Mapping
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from govdisclose import indicators
from govdisclose.figures import style
from govdisclose.figures.drawing import Data, drawn, estimates
from govdisclose.forms import Lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@lru_cache(maxsize=2)
def _rows(folder: str, file: str) -> dict[str, dict[str, str]]:
    text = resources.files("govdisclose").joinpath(folder, file).read_text(encoding="utf-8")
    return {line["code"]: line for line in csv.DictReader(text.splitlines())}


def tiles(data: Data, rate: str = "grant_rate", *, lang: Lang = "zh", ax: Axes | None = None) -> Axes:
    """A rate by province, each a tile of the same size about where it lies.

    Parameters
    ----------
    data
        The panel of `load`, a dataset folder, an `indicators.Wide`, or what `indicators.compute` gave by `province`.
        A `province` is a code such as 130000; agencies without `agency_id` are placed by `indicators.with_agencies`.
    rate
        Id of a share (docs/indicators.md); all agencies and years of a province are pooled.
    lang
        `zh` or `en`.
    ax
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Dark is high; below each rate its interval. Tiles without data stay empty. The layout is `tiles.csv`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"indicator": "grant_rate", "estimate": [0.6], "province": ["130000"]})
    >>> [text.get_text() for text in tiles(frame, lang="en").texts if "%" in text.get_text()]
    ['Hebei\\n60%']
    """
    name = indicators.name(rate, lang)
    found = estimates(data, (rate,), by=("province",))

    def body(ax: Axes, numbers: pd.DataFrame) -> None:
        from matplotlib.patches import Rectangle

        names = _rows("regions", "provinces.csv")
        rows = {str(row["province"]): row for row in numbers.to_dict("records")}
        highest = max(float(numbers["estimate"].max()), 1e-9)
        lowest = float(numbers["estimate"].min())
        for code, place in _rows("figures", "tiles.csv").items():
            x, y = int(place["column"]), int(place["row"])
            said = names[code][lang].replace(" ", "\n") if lang == "en" else names[code][lang]
            if code in rows:
                text = f"{said}\n{rows[code]['estimate']:.0%}{_interval(rows[code])}"
                # from the lowest on: rates lie close together
                style.tile(ax, x, y, rows[code]["estimate"] - 0.9 * lowest, highest - 0.9 * lowest, text, size=5.2)
            else:
                ax.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, facecolor="none", edgecolor=style.PALE))
                ax.text(x, y, said, ha="center", va="center", fontsize=5.2, color=style.FAINT)
        ax.set_xlim(0.4, 8.6)
        ax.set_ylim(7.6, -0.6)
        ax.set_xticks([])
        ax.set_yticks([])
        style.bare(ax)

    return drawn(
        "tiles", data, found, body, lang=lang, ax=ax, size=(style.SINGLE * 1.3, 102 * style.MM), values={"rate": name}
    )


def _interval(row: Mapping[Hashable, object]) -> str:
    """The bounds of the interval as a line of its own; nothing where there is none."""
    low, high = row.get("low"), row.get("high")
    if not isinstance(low, float) or not isinstance(high, float) or low != low or high != high:
        return ""
    return f"\n{100 * low:.0f}–{100 * high:.0f}"
