"""How every figure looks: widths of a journal's columns, colours in order of lightness, text that does not overlap."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from govdisclose.errors import UsageError
from govdisclose.fonts import chinese_font, figure_style
from govdisclose.forms import Lang, checked_lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MM = 1 / 25.4
SINGLE = 89 * MM
"""Width of one column of a journal, in inches."""
DOUBLE = 183 * MM
"""Width of two columns, in inches."""

INK, FAINT, PALE, ALERT = "#222222", "#767676", "#dddddd", "#9c1c1c"
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))
HATCHES = ("", "////", "", "....", "", "xxxx")

_SETTINGS: dict[str, Any] = {
    "font.size": 7,
    "axes.titlesize": 8,
    "axes.labelsize": 7,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 6.5,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.6,
    "hatch.linewidth": 0.5,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def style(lang: Lang) -> Iterator[None]:
    """Settings for a figure, for a `with` block: one font for both languages, sizes of a printed column."""
    import matplotlib

    try:
        chinese_font()
        font = "zh"  # in English as well: names of agencies stay Chinese
    except UsageError:
        if lang == "zh":
            raise
        font = "en"
    with figure_style(font):
        matplotlib.rcParams.update(_SETTINGS)  # type: ignore[arg-type]
        yield


@lru_cache(maxsize=16)
def colours(n: int) -> tuple[str, ...]:
    """`n` colours from dark to light, told apart by the colour-blind and in grey (cividis).

    Source: Nuñez, Anderton and Renslow (2018), doi:10.1371/journal.pone.0199239.

    >>> colours(2)
    ('#00224e', '#ead34c')
    """
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    steps = [0.92 * i / max(n - 1, 1) for i in range(n)]
    return tuple(to_hex(colormaps["cividis"](step)) for step in steps)


def lines(n: int) -> list[dict[str, Any]]:
    """How to draw `n` series: colour, marker and dash differ, and none is too light for a line on white."""
    dark = [0.0, 0.62] if n == 2 else [0.72 * i / max(n - 1, 1) for i in range(n)]
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [
        {
            "color": to_hex(colormaps["cividis"](shade)),
            "marker": MARKERS[i % len(MARKERS)],
            "linestyle": DASHES[i % len(DASHES)],
        }
        for i, shade in enumerate(dark)
    ]


def lightness(colour: str) -> float:
    """CIE L* of a colour, 0 (black) to 100 (white): what is left of it in grey.

    >>> round(lightness("#ffffff")), round(lightness("#777777"))
    (100, 50)
    """
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    y = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return float(116 * y ** (1 / 3) - 16) if y > 0.008856 else float(903.3 * y)


def ink_on(colour: str) -> str:
    """Black or white, whichever contrasts more with a colour: by WCAG 2, 4.5 to 1 at least."""
    return "black" if lightness(colour) > 49.4 else "white"


# --- words ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _lines_of(file: str) -> dict[str, dict[str, str]]:
    text = resources.files("govdisclose").joinpath("figures", file).read_text(encoding="utf-8")
    return {line["id"]: line for line in csv.DictReader(text.splitlines())}


def word(name: str, lang: Lang, **values: object) -> str:
    """A word of `words.csv`.

    >>> word("like_this", "en", n=3)
    '3 agencies'
    """
    return _lines_of("words.csv")[name][checked_lang(lang)].format(**values)


def title(figure: str, lang: Lang, **values: object) -> str:
    """The title of a figure, from `figures.csv`."""
    return _lines_of("figures.csv")[figure][f"title_{lang}"].format(**values)


def definition(figure: str, lang: Lang, **values: object) -> str:
    """What a figure shows and how it is counted, from `figures.csv`."""
    return _lines_of("figures.csv")[figure][f"definition_{lang}"].format(**values)


def figure_ids() -> tuple[str, ...]:
    """The ids of all figures, in the order of `figures.csv`."""
    return tuple(_lines_of("figures.csv"))


# --- axes -------------------------------------------------------------------------------------------------------------


def family() -> list[str]:
    """The fonts in force."""
    import matplotlib

    return list(matplotlib.rcParams["font.family"])


def adopt(ax: Axes) -> None:
    """Fonts and sizes of these figures for axes that were made elsewhere."""
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set_fontfamily(family())
        axis.label.set_fontsize(7)
        axis.set_tick_params(labelfontfamily=family(), labelsize=6.5)


def bare(ax: Axes) -> None:
    """No frame and no ticks: for fields of tiles."""
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def year_axis(ax: Axes, years: Sequence[int], room: float = 0.35) -> None:
    """Every year that the data span as a tick; those without data stand there too."""
    span = list(range(min(years), max(years) + 1))
    step = max(1, len(span) // 12 + (len(span) % 12 > 0) * (len(span) > 12))
    ax.set_xticks(span[::step], [str(year) for year in span[::step]])
    ax.set_xlim(span[0] - room, span[-1] + room)


def percent_axis(ax: Axes, axis: str = "y") -> None:
    """Shares as percentages."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    of = ax.yaxis if axis == "y" else ax.xaxis
    of.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    of.set_major_formatter(FuncFormatter(lambda value, _: f"{round(100 * value, 6):g}%"))


def count_axis(ax: Axes, axis: str = "y") -> None:
    """Counts with separators, whole numbers alone."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    of = ax.yaxis if axis == "y" else ax.xaxis
    of.set_major_locator(MaxNLocator(nbins=6, integer=True))
    of.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def log_counts(ax: Axes, axis: str, *, zero: bool = False) -> None:
    """Counts on a logarithmic axis; with `zero` it begins at nil."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    scale = ax.set_xscale if axis == "x" else ax.set_yscale
    if zero:
        scale("symlog", linthresh=1)
    else:
        scale("log")
    of = ax.xaxis if axis == "x" else ax.yaxis
    of.set_major_locator(FixedLocator([0] * zero + [10**power for power in range(9)]))
    of.set_minor_locator(NullLocator())
    of.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def legend_above(ax: Axes, columns: int, **more: Any) -> None:
    """A legend in lines above the axes."""
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=columns,
        frameon=False,
        handlelength=1.8,
        handleheight=0.9,
        columnspacing=1.2,
        borderaxespad=0.1,
        borderpad=0.1,
        **more,
    )


def tile(ax: Axes, x: float, y: float, value: float, highest: float, text: str, *, size: float = 6.5) -> None:
    """One field of a heat map: darker for more, with its number in ink that can be read on it."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex
    from matplotlib.patches import Rectangle

    colour = to_hex(colormaps["cividis_r"](0.04 + 0.9 * min(value / highest, 1.0)))
    ax.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, facecolor=colour, linewidth=0))
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color=ink_on(colour), linespacing=1.05)


def break_line(ax: Axes, year: int, said: str) -> None:
    """A dotted line before a year, and beside it what it means."""
    ax.axvline(year - 0.5, color=FAINT, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.annotate(
        said,
        xy=(year - 0.5, 1),
        xycoords=("data", "axes fraction"),
        xytext=(3, -3),
        textcoords="offset points",
        va="top",
        fontsize=6,
        color=FAINT,
    )


def extent(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes in points, once the layout has settled."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise UsageError("these axes belong to no figure; give axes of one")
    figure.draw_without_rendering()
    box = ax.get_window_extent()
    return box.width * 72 / figure.dpi, box.height * 72 / figure.dpi


def end_labels(ax: Axes, labels: Sequence[tuple[float, str, str]], x: float) -> None:
    """Labels at the right end of series or segments, pushed apart where they would overlap.

    Parameters
    ----------
    labels
        (height in data, text, colour) of each.
    x
        Where the series end, in data.
    """
    if not labels:
        return
    width, points = extent(ax)
    low, high = ax.get_ylim()
    scale = points / (high - low)
    size = 6.5
    order = sorted(range(len(labels)), key=lambda i: labels[i][0])
    wanted = [(labels[i][0] - low) * scale for i in order]
    placed = _apart(wanted, size * 1.35, points)
    for i, at in zip(order, placed, strict=True):
        y, text, colour = labels[i]
        ax.annotate(
            text,
            xy=(x, y),
            xycoords="data",
            xytext=(1 + 12 / width, at / points),
            textcoords="axes fraction",
            fontsize=size,
            color=INK,
            va="center",
            ha="left",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "linewidth": 0.7,
                "shrinkA": 1,
                "shrinkB": 1,
                "relpos": (0, 0.5),
            },
        )


def point_labels(ax: Axes, points: Sequence[tuple[float, float, str]]) -> None:
    """Name points, the first of them first; a name that would lie over another, or outside, is left out."""
    from matplotlib.transforms import Bbox

    extent(ax)
    root = ax.get_figure(root=True)
    inside = ax.get_window_extent()
    taken: list[Bbox] = [text.get_window_extent() for text in ax.texts]
    for x, y, text in points:
        for right, up in ((4, 3), (4, -8), (-4, 3), (-4, -8)):
            said = ax.annotate(
                text,
                xy=(x, y),
                xytext=(right, up),
                textcoords="offset points",
                ha="left" if right > 0 else "right",
                fontsize=5.5,
            )
            box = said.get_window_extent(root.canvas.get_renderer())  # type: ignore[union-attr]
            fits = inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1
            if fits and not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
            said.remove()


def _apart(wanted: Sequence[float], gap: float, top: float) -> list[float]:
    """Heights in ascending order, `gap` apart at least, as near as can be to those wanted, within 0 and `top`.

    >>> _apart([10, 11, 50], 8, 60)
    [6.5, 14.5, 50.0]
    """
    groups: list[tuple[float, int]] = []  # centre and number of labels that touch
    for height in wanted:
        groups.append((float(height), 1))
        while len(groups) > 1 and groups[-1][0] - groups[-2][0] < gap * (groups[-1][1] + groups[-2][1]) / 2:
            (a, n), (b, m) = groups[-2:]
            groups[-2:] = [((a * n + b * m) / (n + m), n + m)]
    out = []
    for centre, n in groups:
        half = gap * (n - 1) / 2
        centre = min(max(centre, half), max(top - half, half))
        out += [centre - half + gap * i for i in range(n)]
    for i in range(1, len(out)):  # groups moved away from an edge
        out[i] = max(out[i], out[i - 1] + gap)
    return out
