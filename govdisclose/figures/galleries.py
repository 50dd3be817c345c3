"""All figures of a dataset in one folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govdisclose import indicators
from govdisclose.figures.agencies import carry, caterpillar, funnel
from govdisclose.figures.changes import changes
from govdisclose.figures.documents import normative
from govdisclose.figures.drawing import plotted
from govdisclose.figures.places import tiles
from govdisclose.figures.prose import reuse
from govdisclose.figures.refusals import refusal_grounds, refusal_kinds
from govdisclose.figures.remedies import disputes, remedies
from govdisclose.figures.requests import applicants, grant_rates, outcomes, volume
from govdisclose.figures.saving import caption, save
from govdisclose.figures.trust import coverage, data_quality, digits
from govdisclose.forms import Lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIGURES: dict[str, Callable[..., Axes]] = {
    figure.__name__: figure
    for figure in (
        coverage,
        data_quality,
        volume,
        applicants,
        outcomes,
        grant_rates,
        refusal_grounds,
        refusal_kinds,
        funnel,
        caterpillar,
        carry,
        remedies,
        disputes,
        normative,
        tiles,
        changes,
        digits,
        reuse,
    )
}
"""Every figure by its id, in the order of a gallery."""

_OF_FOLDERS = {"data_quality", "reuse"}  # these read further tables of the dataset


def gallery(
    processed: str | Path,
    out: str | Path,
    *,
    lang: Lang = "zh",
    figures: Sequence[str] | None = None,
    agencies: str | Path | None = None,
    formats: Sequence[str] = ("png", "svg", "pdf"),
    dpi: int = 200,
) -> list[dict[str, Any]]:
    """Draw every figure of a dataset, with numbers and captions, and a list of them.

    Parameters
    ----------
    processed
        The dataset folder that `build` wrote.
    out
        Folder to write: `<figure>-<lang>.png` and so on, and `gallery-<lang>.json`.
    lang
        `zh` or `en`.
    figures
        Ids of `FIGURES`; default all.
    agencies
        The file of what you know of agencies, as for `indicators.with_agencies`.
    formats, dpi
        As for `save`.

    Returns
    -------
    list of dict
        For each figure `id`, `title`, `caption`, `synthetic` and `files` (names in `out`); also in the JSON file.

    Raises
    ------
    DatasetError
        `processed` is no dataset.

    Examples
    --------
    >>> gallery("no-such-folder", "out")
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    from matplotlib import pyplot

    matrix = indicators.with_agencies(processed, agencies)
    out = Path(out)
    shown: list[dict[str, Any]] = []
    for name in figures or FIGURES:
        ax = FIGURES[name](processed if name in _OF_FOLDERS else matrix, lang=lang)
        paths = save(ax, out / f"{name}-{lang}", formats, dpi=dpi)
        shown.append(
            {
                "id": name,
                "title": ax.get_title(loc="left"),
                "caption": caption(ax),
                "synthetic": plotted(ax).synthetic,
                "files": [path.name for path in paths],
            }
        )
        pyplot.close(ax.get_figure(root=True))
    text = json.dumps(shown, ensure_ascii=False, indent=1) + "\n"
    (out / f"gallery-{lang}.json").write_text(text, encoding="utf-8", newline="\n")
    return shown
