"""A typeset PDF scanned: what the options do to the picture, and that the same seed gives the same bytes."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageSequence

from govdisclose.errors import UnreadableFile, UsageError
from govdisclose.typeset import Draft, Layout, write
from govdisclose.typeset.scans import Scan, draw_scan, scan

ENDINGS = {"png": "png", "jpg": "jpg", "tiff": "tif", "pdf": "pdf"}
PLAIN = Scan(dpi=100)


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two pages."""
    rows = ("new", "carried_in", "granted", "partial")
    draft = Draft(
        "样本市人民政府",
        2022,
        {"requests": "2021"},
        {("requests", row, column): "0" for row in rows for column in ("natural_person", "total")},
    )
    layout = Layout("pdf", page_break_after="carried_in")
    return write(draft, layout, tmp_path_factory.mktemp("scan") / "report.pdf")


def pictures(path: Path) -> list[Image.Image]:
    """The pictures a scan holds."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return [next(iter(page.get_objects())).get_bitmap().to_pil() for page in document]
    with Image.open(path) as file:
        return [frame.copy() for frame in ImageSequence.Iterator(file)]


def scanned(pdf: Path, folder: Path, how: Scan, seed: int = 1) -> list[Image.Image]:
    return pictures(scan(pdf, folder / f"scan.{ENDINGS[how.format]}", how, random.Random(seed)))


def levels(picture: Image.Image) -> np.ndarray[Any, Any]:
    return np.asarray(picture.convert("L"), dtype=float)


@pytest.mark.parametrize("mode", ["grey", "colour", "bilevel"])
@pytest.mark.parametrize("format", ENDINGS)
def test_a_scan_holds_every_page_and_is_the_same_again(pdf: Path, tmp_path: Path, format: str, mode: str) -> None:
    how = Scan(100, 0.7, 5, 0.5, 70, 0.2, 0.1, 0.5, 0.2, format=format, mode=mode, seal=True)  # type: ignore[arg-type]
    first, again = (
        scan(pdf, tmp_path / str(n) / f"scan.{ENDINGS[format]}", how, random.Random(5)).read_bytes() for n in (0, 1)
    )
    assert first == again
    found = pictures(tmp_path / "0" / f"scan.{ENDINGS[format]}")
    size = found[0].size
    if format in ("png", "jpg"):
        assert len(found) == 1 and abs(size[1] - 2 * 1169) <= 2
    else:
        assert len(found) == 2 and abs(size[1] - 1169) <= 1
    assert abs(size[0] - 827) <= 1
    dark = [float((levels(page) < 128).mean()) for page in found]
    assert all(0.0005 < share < 0.2 for share in dark)


def test_colours_are_as_asked(pdf: Path, tmp_path: Path) -> None:
    modes = {mode: scanned(pdf, tmp_path, replace(PLAIN, mode=mode))[0] for mode in ("grey", "colour", "bilevel")}
    assert {mode: picture.mode for mode, picture in modes.items()} == {"grey": "L", "colour": "RGB", "bilevel": "1"}
    assert set(np.unique(levels(modes["bilevel"]))) == {0, 255}


def test_the_page_lies_askew(pdf: Path, tmp_path: Path) -> None:
    """A ruling across the page rises by the tangent of the angle."""
    straight, askew = (scanned(pdf, tmp_path, replace(PLAIN, skew=s, format="tiff"))[0] for s in (0.0, 2.0))

    def rise(picture: Image.Image) -> int:
        dark = levels(picture) < 170
        lowest = [int(np.flatnonzero(dark[:, x - 3 : x + 4].any(axis=1))[-1]) for x in (150, 650)]
        return lowest[0] - lowest[1]

    page_number_apart = [p.crop((0, 0, p.width, 1000)) for p in (straight, askew)]
    assert rise(page_number_apart[0]) == 0
    assert abs(rise(page_number_apart[1]) - 500 * np.tan(np.radians(2))) <= 3


def test_light_noise_blur_dust_and_ink_show(pdf: Path, tmp_path: Path) -> None:
    plain = levels(scanned(pdf, tmp_path, PLAIN)[0])
    white = plain > 240
    uneven = levels(scanned(pdf, tmp_path, replace(PLAIN, uneven=0.3))[0])
    assert 0.68 < uneven[white].min() / plain[white].min() < 0.75 and uneven[white].max() > 230
    noisy = levels(scanned(pdf, tmp_path, replace(PLAIN, noise=10))[0])
    assert 5 < float(np.std(noisy[white])) < 10  # half of it is clipped at white
    blurred = levels(scanned(pdf, tmp_path, replace(PLAIN, blur=1.0))[0])
    assert np.abs(np.diff(blurred)).max() < np.abs(np.diff(plain)).max() * 0.8
    faded = levels(scanned(pdf, tmp_path, replace(PLAIN, faded=0.5))[0])
    assert plain.min() < 20 and faded.min() > 110
    dusty = levels(scanned(pdf, tmp_path, replace(PLAIN, specks=2))[0])
    assert 50 < (dusty[white] < 200).sum() < 5000
    shadow = levels(scanned(pdf, tmp_path, replace(PLAIN, edge=0.4))[0])
    assert min(shadow[:, 0].max(), shadow[:, -1].max()) < 100 and shadow[:, 400].max() > 240
    compressed = levels(scanned(pdf, tmp_path, replace(PLAIN, quality=30))[0])
    assert 0 < np.abs(compressed - plain).max() < 128


def test_the_seal_is_red_and_on_the_last_page(pdf: Path, tmp_path: Path) -> None:
    how = Scan(dpi=100, mode="colour", format="tiff", seal=True)
    red = [
        int(((page[..., 0] > 150) & (page[..., 1] < 120)).sum())
        for page in (np.asarray(p, dtype=int) for p in scanned(pdf, tmp_path, how))
    ]
    assert red[0] == 0 and red[1] > 500


def test_drawn_scans_vary_and_stay_within_bounds() -> None:
    drawn = [draw_scan(random.Random(seed)) for seed in range(200)]
    assert {s.dpi for s in drawn} == {150, 200, 300} and {s.format for s in drawn} == set(ENDINGS)
    assert max(abs(s.skew) for s in drawn) <= 2 and max(s.noise for s in drawn) <= 12
    assert all(s.quality is None if s.mode == "bilevel" else 50 <= (s.quality or 0) <= 90 for s in drawn)
    assert draw_scan(random.Random(1), dpi=300, skew=1.0).skew == 1.0
    with pytest.raises(UsageError, match="no option colour"):
        draw_scan(random.Random(1), colour=True)


def test_what_means_nothing_is_refused(pdf: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mode='sepia' is not one of grey, colour, bilevel"):
        Scan(mode="sepia")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"a tiff file ends in \.tif"):
        scan(pdf, tmp_path / "scan.png", Scan(format="tiff"), random.Random(1))
    with pytest.raises(UnreadableFile, match=r"missing\.pdf: cannot be opened"):
        scan(tmp_path / "missing.pdf", tmp_path / "scan.png", Scan(), random.Random(1))
