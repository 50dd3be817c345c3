"""Whether data are invented, told from the data themselves, and the mark of figures of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from govdisclose.errors import UsageError
from govdisclose.fonts import chinese_font
from govdisclose.store import load_table
from govdisclose.typeset.layout import sentences

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MARK: str = sentences()["mark"]
"""What stands on every page of an invented report and on every figure made from one."""

_RED = "#9c1c1c"


def is_synthetic(data: pd.DataFrame | str | Path) -> bool:
    """Whether any of the data are invented.

    Parameters
    ----------
    data
        A dataset folder that `build` wrote, or a frame: a panel, a table of the dataset, or what was computed from
        one.

    Returns
    -------
    bool
        True where the text of a report carries `MARK`, where an agency bears a name of those that are invented here,
        or where the frame says so itself: in a column `synthetic`, which frames of estimates have, or in
        `attrs["synthetic"]`.

    Examples
    --------
    >>> import pandas as pd
    >>> is_synthetic(pd.DataFrame({"agency": ["样本甲市人民政府"], "year": [2022]}))
    True
    >>> is_synthetic(pd.DataFrame({"agency": ["某县教育局"]}))
    False
    """
    if isinstance(data, str | Path):
        return any(is_synthetic(load_table(data, name)) for name in ("reports", "sections"))
    if data.attrs.get("synthetic") or ("synthetic" in data and bool(data["synthetic"].any())):
        return True
    begins = sentences()["invented"]["city"]["name"].partition("{")[0]
    told = {"agency": begins, "title": MARK, "text": MARK}
    return any(_any_with(data[name], word, start=word == begins) for name, word in told.items() if name in data)


def draw_mark(ax: Axes, above: float = 0.0) -> None:
    """Write the mark over axes, so many points above what stands on them."""
    said = MARK
    font: dict[str, Any] = {}
    try:
        font = {"fontfamily": chinese_font()}
    except UsageError:
        said = MARK.rpartition("/")[2].strip()
    ax.annotate(
        said,
        xy=(0, 1),
        xycoords="axes fraction",
        xytext=(0, above),
        textcoords="offset points",
        fontsize=6.5,
        color=_RED,
        bbox={"boxstyle": "square,pad=0.25", "facecolor": "white", "edgecolor": _RED, "linewidth": 0.7},
        annotation_clip=False,
        gid="synthetic-mark",
        zorder=10,
        **font,
    )


def _any_with(texts: pd.Series, word: str, *, start: bool) -> bool:
    """Whether a text begins with a word, or holds it; each distinct text is looked at once."""
    distinct = (str(text) for text in texts.dropna().unique())
    return any(text.startswith(word) if start else word in text for text in distinct)
