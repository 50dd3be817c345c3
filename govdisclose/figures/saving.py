"""A figure on disk: vector and picture, the plotted numbers beside it, and what to print under it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govdisclose.errors import UsageError
from govdisclose.figures import style
from govdisclose.figures.drawing import Plotted, plotted
from govdisclose.forms import Lang
from govdisclose.safe import escape
from govdisclose.version import VERSION

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = ("pdf", "svg", "png")
_NOTHING: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": "govdisclose", "Producer": None},
    "svg": {"Date": None, "Creator": "govdisclose"},
    "png": {"Software": None},
}
"""What each format would say of the hour and the machine, left out: the same numbers give the same bytes."""

_ON_ITS_OWN = {"caterpillar": "simulation", "funnel": "funnel"}  # intervals that a figure makes itself


def save(
    figure: Axes | Figure,
    stem: str | Path,
    formats: Sequence[str] = FORMATS,
    *,
    data: pd.DataFrame | None = None,
    caption: str | None = None,
    dpi: int = 300,
) -> list[Path]:
    """Write a figure, the numbers it shows and its caption.

    Parameters
    ----------
    figure
        The axes that a function of this package returned, or the figure they are on.
    stem
        Path without ending: `out/outcomes` gives `out/outcomes.pdf` and so on.
    formats
        Of `pdf`, `svg` (both with text that can be selected and searched) and `png`.
    data
        Numbers for the CSV; default those plotted.
    caption
        Text for the `.txt`; default that of `caption`.
    dpi
        Resolution of the PNG.

    Returns
    -------
    list of pathlib.Path
        What was written; the same figure gives the same bytes.

    Raises
    ------
    UsageError
        A format is unknown, or nothing of this package is on the axes.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from govdisclose import figures
    >>> frame = {"indicator": ["outcome_granted", "outcome_refused"], "estimate": [0.75, 0.25], "year": 2022}
    >>> ax = figures.outcomes(pd.DataFrame(frame), lang="en")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save(ax, f"{folder}/outcomes", ["svg"])]
    ['outcomes.svg', 'outcomes.csv', 'outcomes.txt']
    """
    import matplotlib

    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise UsageError(f"formats={list(formats)}: no {unknown[0]}; choose from {', '.join(FORMATS)}")
    drawn, sheet = _parts(figure)
    stem = Path(stem)
    stem.parent.mkdir(parents=True, exist_ok=True)
    paths = [stem.with_name(f"{stem.name}.{name}") for name in (*formats, "csv", "txt")]
    with style.style(drawn[0].lang), matplotlib.rc_context({"svg.hashsalt": "govdisclose"}):
        for name, path in zip(formats, paths, strict=False):
            sheet.savefig(path, format=name, dpi=dpi, metadata=_NOTHING[name], facecolor="white")
    invented = any(one.synthetic for one in drawn)
    own = data.assign(synthetic=True) if data is not None and invented else data
    numbers = "".join(_csv(one) for one in drawn) if own is None else _safe(own).to_csv(index=False)
    texts = [_caption(one) for one in drawn] if caption is None else [caption]
    if caption is not None and invented:
        texts.append(style.word("synthetic_source", drawn[0].lang))
    paths[-2].write_text(numbers, encoding="utf-8-sig", newline="\n")
    paths[-1].write_text("\n".join(texts) + "\n", encoding="utf-8", newline="\n")
    return paths


def _parts(figure: Axes | Figure) -> tuple[list[Plotted], Figure]:
    """What is drawn, and the sheet it is on."""
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    sheet = figure.get_figure(root=True)
    axes = [figure] if isinstance(figure, Axes) else [ax for ax in figure.axes if "_govdisclose" in vars(ax)]
    if not axes or not isinstance(sheet, Figure):
        raise UsageError("nothing of govdisclose is drawn there; give what a function of figures returned")
    return [plotted(ax) for ax in axes], sheet


def caption(ax: Axes, *, lang: Lang | None = None, source: str | None = None) -> str:
    """What to print under a figure: title, definition, n, intervals, what was left out, source, hash of the numbers.

    Parameters
    ----------
    ax
        What a function of this package returned.
    lang
        `zh` or `en`; default the language of the figure.
    source
        Where the reports are from; default that they are annual reports. Invented data always say so.

    Raises
    ------
    UsageError
        Nothing of this package is on the axes.

    Examples
    --------
    >>> import pandas as pd
    >>> from govdisclose import figures
    >>> frame = {"indicator": ["outcome_granted", "outcome_refused"], "estimate": [0.75, 0.25], "year": 2022, "n": 40}
    >>> print(caption(figures.outcomes(pd.DataFrame(frame), lang="en")))
    Outcomes of requests. Shares of outcomes in all requests processed (D1). n: denominators 40. Source: ...
    """
    return _caption(plotted(ax), lang, source)


def _caption(drawn: Plotted, lang: Lang | None = None, source: str | None = None) -> str:
    lang = lang or drawn.lang
    stop, gap = ("。", "") if lang == "zh" else (".", " ")
    colon = "：" if lang == "zh" else ": "
    source = source or style.word("source", lang)
    if drawn.synthetic:
        source = style.word("synthetic_source", lang)
    digest = hashlib.sha256(_csv(drawn).encode()).hexdigest()[:12]
    facts = {
        "caption_n": _counts(drawn, lang),
        "caption_interval": _intervals(drawn, lang),
        "caption_left_out": _range(drawn.numbers, "left_out"),
        "caption_source": source,
        "caption_data": f"sha256 {digest}, govdisclose {VERSION}",
    }
    said = [
        style.title(drawn.figure, lang, **drawn.values) + stop,
        style.definition(drawn.figure, lang, **drawn.values),
        *(f"{style.word(name, lang)}{colon}{fact}{stop}" for name, fact in facts.items() if fact),
    ]
    return gap.join(said)


def _counts(drawn: Plotted, lang: Lang) -> str:
    """How much the figure rests on: reports and denominators, or the lines plotted."""
    numbers = drawn.numbers
    shares = numbers[numbers["unit"] == "share"] if "unit" in numbers else numbers
    reports, cases = _range(numbers, "reports"), _range(shares, "n")
    said = []
    if "agency" in numbers:
        said.append(style.word("agencies_n", lang, n=numbers["agency"].nunique()))
    if "change_agencies" in numbers:
        said.append(style.word("agencies_n", lang, n=_range(numbers, "change_agencies")))
    if "count" in numbers:
        said.append(style.word("counts_n", lang, n=int(numbers["count"].sum())))
    said += [style.word("reports_n", lang, n=reports)] if reports else []
    said += [style.word("cases_n", lang, n=cases)] if cases else []
    return ("；" if lang == "zh" else "; ").join(said) or str(len(numbers))


def _range(numbers: pd.DataFrame, name: str) -> str:
    if name not in numbers or not numbers[name].notna().any():
        return ""
    low, high = int(numbers[name].min()), int(numbers[name].max())
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def _intervals(drawn: Plotted, lang: Lang) -> str:
    if drawn.figure in _ON_ITS_OWN:
        return style.word(_ON_ITS_OWN[drawn.figure], lang)
    names = [name for name in ("method", "change_method") if name in drawn.numbers]
    methods = list(dict.fromkeys(method for name in names for method in drawn.numbers[name]))
    named = [style.word(str(method), lang) for method in methods if method not in ("none", "")]
    return ("、" if lang == "zh" else ", ").join(named)


def _csv(drawn: Plotted) -> str:
    """The numbers as text; invented ones say so on every line."""
    numbers = drawn.numbers.drop(columns="synthetic", errors="ignore")
    numbers = numbers.assign(synthetic=True) if drawn.synthetic else numbers
    return _safe(numbers).to_csv(index=False, lineterminator="\n")


def _safe(numbers: pd.DataFrame) -> pd.DataFrame:
    """No text that a spreadsheet would take for a formula, by the rule of the data package."""

    def quoted(value: object) -> object:
        return escape(value) if isinstance(value, str) else value

    texts = numbers.select_dtypes(exclude=["number", "bool"]).columns
    return numbers.assign(**{str(name): numbers[name].astype(object).map(quoted) for name in texts})
