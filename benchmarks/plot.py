"""The picture beside docs/benchmarks.md: how long a PDF takes each reader, and what becomes of its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.files import File
from benchmarks.race import Raced
from benchmarks.readers import READERS
from benchmarks.rule import added
from govdisclose.fonts import figure_style

OUTCOMES = (("right", "#0072b2", ""), ("missed", "#e0e0e0", ""), ("silent", "#d55e00", "////"))
"""Part of a tally, colour, hatching: told apart in grey as well."""
NAMES = {"missed": "not found or flagged", "silent": "silently wrong"}


def _times(ax: Any, raced: Mapping[str, Raced], read: Sequence[File]) -> None:
    """A mark for each file, filled for real reports, on a line for each reader."""
    for kind, face in (("real", "#0072b2"), ("typeset", "white")):
        here = [i for i, file in enumerate(read) if file.label.startswith(kind)]
        points = [(1000 * raced[name].seconds[i], place) for place, name in enumerate(raced) for i in here]
        if points:
            x, y = zip(*points, strict=True)
            ax.scatter(x, y, s=26, facecolor=face, edgecolor="#0072b2", label=f"{kind} reports", zorder=3)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set_xlabel("milliseconds a file (logarithmic)")
    ax.set_yticks(range(len(raced)), [READERS[name].title.replace(", ", ",\n") for name in raced])
    ax.invert_yaxis()
    ax.grid(axis="x", which="major", color="#dddddd", zorder=0)
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)


def _outcomes(ax: Any, raced: Mapping[str, Raced]) -> None:
    """Shares of the cells by outcome."""
    for place, result in enumerate(raced.values()):
        if not result.tallies:
            ax.text(1, place, "reads no cells", va="center", color="#555555")
            continue
        total, left = added(result.tallies), 0.0
        for part, colour, hatch in OUTCOMES:
            share = 100 * getattr(total, part) / total.cells
            label = NAMES.get(part, part) if place == 0 else None
            ax.barh(place, share, left=left, height=0.6, color=colour, hatch=hatch, edgecolor="white", label=label)
            left += share
    ax.set_xlim(0, 100)
    ax.set_xlabel("% of the cells of the requests and remedies tables")
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)


def draw(raced: Mapping[str, Raced], read: Sequence[File], path: Path) -> None:
    """Write the picture of a race of PDF readers."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    with figure_style("en"), matplotlib.rc_context({"svg.hashsalt": "benchmarks", "hatch.linewidth": 0.6}):
        figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.4), sharey=True, layout="constrained")
        _times(left, raced, read)
        _outcomes(right, raced)
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
        plt.close(figure)
