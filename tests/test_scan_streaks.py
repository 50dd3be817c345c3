"""Streaks of a scanner: taken off, and what they may hide is flagged."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rounds import compare, expected_of
from scan_cases import ScanCase, draw_case

from govdisclose.forms import load
from govdisclose.readers.scan.sheets import Sheet
from govdisclose.readers.scan.streaks import without_streaks
from govdisclose.report import read
from govdisclose.typeset import write

needs_scan = pytest.mark.skipif(
    importlib.util.find_spec("cv2") is None or importlib.util.find_spec("rapidocr") is None,
    reason="needs the scan extra: pip install 'govdisclose[scan]'",
)
SCALE = 150 / 72


def page(lines: list[tuple[int, int, int]] | None = None, wide: int = 1240) -> np.ndarray:
    """A page of paper with a table of 200 to 1100 pixels down, and standing lines: column, first and last row."""
    grey = np.full((1754, wide), 240, np.uint8)
    for y in range(200, 1101, 60):
        grey[y : y + 2, 120 : wide - 120] = 30
    for x in range(120, wide - 119, 125):
        grey[200:1100, x : x + 2] = 30
    for x, first, last in lines or []:
        grey[first:last, x : x + 2] = 90
    return grey


@needs_scan
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("colour", [False, True])
def test_a_streak_goes_and_rulings_and_text_beside_it_stay(turned: bool, colour: bool) -> None:
    grey, clean = page([(600, 0, 1754)]), page()
    pixels, wanted = (np.ascontiguousarray(picture.T) if turned else picture for picture in (grey, clean))
    if colour:
        pixels = np.repeat(pixels[:, :, None], 3, axis=2)
    found, mask = without_streaks(Sheet(1, pixels, SCALE))
    assert mask is not None
    across = mask.T if turned else mask
    assert set(np.flatnonzero(across[5])) == {599, 600, 601, 602}
    assert np.array_equal(found.pixels[..., 0] if colour else found.pixels, wanted)


@needs_scan
@pytest.mark.parametrize(
    "pixels",
    [
        page(),
        page([(600, 0, 1200)]),  # a line that ends within the sheet
        page([(1, 0, 1754)]),  # the edge of the sheet
        page([(x, 0, 1754) for x in range(200, 1100, 150)]),  # more than dirt draws
        page([(600, 0, 1754)])[200:1101],  # a picture cut out along the edges of its table
    ],
    ids=["none", "short", "edge", "many", "cut out"],
)
def test_what_is_no_streak_stays(pixels: np.ndarray) -> None:
    sheet = Sheet(1, pixels, SCALE)
    found, mask = without_streaks(sheet)
    assert found is sheet and mask is None


@needs_scan
def test_a_scan_with_streaks_is_read_but_for_what_they_may_hide(tmp_path: Path) -> None:
    import pypdfium2

    draft, layout, _, _ = draw_case(ScanCase(200, "solid", 7))
    born = write(draft, layout, tmp_path / "report.pdf")
    pages = []
    for number, sheet in enumerate(pypdfium2.PdfDocument(born)):
        pixels = sheet.render(scale=200 / 72, grayscale=True).to_numpy().squeeze().copy()
        x = round((0.45, 0.77, 0.6)[number % 3] * pixels.shape[1])
        pixels[:, x : x + 2] = np.minimum(pixels[:, x : x + 2], 110)
        pages.append(Image.fromarray(pixels))
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:], dpi=(200, 200))
    cells = read(tmp_path / "scan.tif").cell_records
    count = compare(expected_of(draft, layout, load()), cells)
    assert count.silent == 0
    assert count.right > 0.8 * count.cells
    assert any("a streak of the scanner" in cell.address for cell in cells)
