"""Header rows printed white on dark, and what looks like them."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from govdisclose.readers.scan.negatives import without_negatives

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("cv2") is None, reason="needs the scan extra: pip install 'govdisclose[scan]'"
)
SCALE = 200 / 72


def page(ground: int | None, print_: int = 245) -> np.ndarray:
    """A page with a header band, strokes printed in it, black rulings, and strokes in black below it."""
    sheet = Image.new("L", (1654, 2339), 245)
    draw = ImageDraw.Draw(sheet)
    if ground is not None:
        draw.rectangle((200, 300, 1450, 380), fill=ground)
    for x in range(240, 1400, 60):
        draw.rectangle((x, 325, x + 5, 355), fill=print_)
        draw.rectangle((x, 335, x + 30, 339), fill=print_)
        draw.rectangle((x, 425, x + 5, 455), fill=20)
    for y in (300, 380, 480):
        draw.line((200, y, 1450, y), fill=0, width=2)
    return np.asarray(sheet.filter(ImageFilter.GaussianBlur(0.8)))


@pytest.mark.parametrize("ground", [0, 70, 120])
def test_white_print_on_dark_becomes_dark_on_white(ground: int) -> None:
    clean = without_negatives(page(ground), SCALE)
    assert clean[337, 242:268].mean() < 80  # a stroke of the print
    assert clean[312:318, 220:1430].min() > 200  # the ground
    assert np.array_equal(clean[400:], page(ground)[400:])


@pytest.mark.parametrize(
    "grey",
    [page(None, 20), page(150, 20), page(200, 20), page(100, 100)],
    ids=["black on white", "black on grey", "black on light grey", "a bar"],
)
def test_what_is_not_printed_white_on_dark_stays(grey: np.ndarray) -> None:
    assert without_negatives(grey, SCALE) is grey
