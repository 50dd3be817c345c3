"""Pages made even and straight: hairlines tell how they lie, shadows and seals go, print stays."""

from __future__ import annotations

import importlib.util
import math

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from govdisclose.readers.scan.cleaning import even, skew, straightened
from govdisclose.readers.scan.seals import without_grey
from govdisclose.readers.scan.sheets import Sheet

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("cv2") is None, reason="needs the scan extra: pip install 'govdisclose[scan]'"
)
SCALE = 200 / 72


def drawn(level: int = 90) -> Image.Image:
    """A page with a small table of hairlines near its head, a stroke in each cell, and nothing else."""
    page = Image.new("L", (1654, 2339), 255)
    draw = ImageDraw.Draw(page)
    for y in range(200, 441, 80):
        draw.line((150, y, 1500, y), fill=level)
    for n in range(11):
        x = 150 + 135 * n
        draw.line((x, 200, x, 440), fill=level)
        for y in range(200, 440, 80) if n < 10 else ():
            draw.rectangle((x + 65, y + 28, x + 68, y + 52), fill=0)
    return page


def stamped(page: Image.Image, middle: tuple[int, int], tone: int, *, seed: int = 1) -> Image.Image:
    """The page with a seal of 42 mm copied without colour: ring and star, its ink uneven."""
    stamp = Image.new("L", page.size, 255)
    draw, radius = ImageDraw.Draw(stamp), 165
    x, y = middle
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=tone, width=9)
    turns = [(165 * (0.34 if n % 2 == 0 else 0.13), n * math.pi / 5) for n in range(10)]
    draw.polygon([(x + reach * math.sin(turn), y - reach * math.cos(turn)) for reach, turn in turns], fill=tone)
    grain = np.random.default_rng(seed).normal(0, 8, (page.height, page.width))
    rough = np.where(np.asarray(stamp) < 255, np.asarray(stamp) + grain, 255)
    return Image.fromarray((np.asarray(page) * np.clip(rough, 0, 255) / 255).astype(np.uint8))


@pytest.mark.parametrize("angle", [-2.3, -0.47, -0.04, 0.0, 0.12, 0.66, 1.9])
def test_hairlines_of_a_page_with_little_on_it_tell_how_it_lies(angle: float) -> None:
    page = drawn().rotate(-angle, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.8))
    noise = np.random.default_rng(2).normal(0, 6, (page.height, page.width))
    found = skew(np.clip(np.asarray(page) + noise, 0, 255).astype(np.uint8), SCALE)
    assert found == pytest.approx(angle, abs=0.06)


def test_a_blank_page_is_straight() -> None:
    assert skew(np.full((2339, 1654), 255, np.uint8), SCALE) == 0.0


def test_the_shadow_of_the_edge_goes_however_dark() -> None:
    inches = np.arange(1654)[::-1] / 200
    light = 1 - 0.7 * np.exp(-((inches / 0.16) ** 2))
    clean = even(Sheet(1, (np.asarray(drawn()) * light).astype(np.uint8), SCALE))
    assert clean[500:, :].min() > 200
    assert clean[230:250, 215:219].max() < 60


def test_the_paper_of_a_dark_and_noisy_sheet_is_no_print() -> None:
    page = np.asarray(drawn(0).filter(ImageFilter.GaussianBlur(0.8))).astype(float) * 0.55
    noisy = np.clip(page + np.random.default_rng(3).normal(0, 12, page.shape), 0, 255).astype(np.uint8)
    clean = even(Sheet(1, noisy, SCALE))
    assert (clean[500:] < 150).mean() < 0.002
    assert clean[230:250, 215:219].max() < 150


@pytest.mark.parametrize("tone", [60, 110, 150])
@pytest.mark.parametrize("middle", [(900, 380), (1200, 240)])
def test_a_grey_seal_goes_and_what_lies_under_it_stays(tone: int, middle: tuple[int, int]) -> None:
    page = drawn(0)
    sealed = np.asarray(stamped(page, middle, tone))
    clean = even(Sheet(1, sealed, SCALE))
    printed = np.asarray(page) < 128
    around = np.asarray(page.filter(ImageFilter.MinFilter(7))) < 128
    assert (clean[~around] < 150).sum() < 0.1 * (sealed[~around] < 200).sum()
    assert (clean[printed] < 150).mean() > 0.97


def test_what_is_round_and_no_seal_stays() -> None:
    page = drawn(0)
    draw = ImageDraw.Draw(page)
    draw.ellipse((700, 900, 1030, 1230), outline=0, width=9)
    draw.arc((200, 900, 530, 1230), 20, 200, fill=110, width=9)
    grey = np.asarray(page)
    assert np.array_equal(without_grey(grey, SCALE), grey)


@pytest.mark.parametrize("high", [28, 34, 47])
def test_a_grid_of_grey_double_rulings_is_no_seal(high: int) -> None:
    page = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(page)
    for y in range(200, 1500, high):
        draw.line((100, y, 1140, y), fill=120, width=2)
        draw.line((100, y + 4, 1140, y + 4), fill=120, width=2)
    for x in range(100, 1141, 74):
        draw.line((x, 200, x, 1500), fill=120, width=2)
        draw.line((x + 4, 200, x + 4, 1500), fill=120, width=2)
    grey = np.asarray(page.filter(ImageFilter.GaussianBlur(1.2)))
    assert np.array_equal(without_grey(grey, 150 / 72), grey)


def test_an_even_sheet_is_made_straight() -> None:
    sheet = Sheet(1, np.asarray(drawn().rotate(1.1, Image.Resampling.BICUBIC, fillcolor=255)), SCALE)
    straight = straightened(sheet, even(sheet), 0)
    assert straight.view.angle == pytest.approx(-1.1, abs=0.03)
    assert abs(skew(straight.grey, SCALE)) < 0.03
