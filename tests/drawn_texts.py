"""What a figure really draws: its texts, and those that lie over each other or leave the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

Texts = list[tuple[str, Bbox]]
"""What is written, and where in pixels."""


@contextmanager
def _recorded() -> Iterator[list[Text]]:
    """The texts that are drawn in a `with` block: ticks out of view are not among them."""
    seen: list[Text] = []
    draw = Text.draw

    def record(self: Text, renderer: Any, *args: Any, **kwargs: Any) -> Any:
        if self.get_visible() and self.get_text().strip():
            seen.append(self)
        return draw(self, renderer, *args, **kwargs)

    Text.draw = record  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        Text.draw = draw  # type: ignore[method-assign]


def texts_of(figure: Figure) -> Texts:
    """Text and place, in pixels, of everything written on a figure."""
    with _recorded() as seen:
        figure.draw_without_rendering()
    return [(text.get_text(), Text.get_window_extent(text)) for text in {id(text): text for text in seen}.values()]


def overlaps(texts: Texts, room: float = 0.5) -> list[tuple[str, str]]:
    """Pairs of texts that lie over each other by more than `room` pixels."""
    found = []
    for (a, one), (b, other) in combinations(texts, 2):
        width = min(one.x1, other.x1) - max(one.x0, other.x0)
        height = min(one.y1, other.y1) - max(one.y0, other.y0)
        if width > room and height > room:
            found.append((a, b))
    return found


def cut_off(texts: Texts, sheet: Bbox) -> list[str]:
    """Texts that leave the sheet."""
    return [
        text for text, box in texts if box.x0 < sheet.x0 or box.y0 < sheet.y0 or box.x1 > sheet.x1 or box.y1 > sheet.y1
    ]
