"""A scanned file as pictures of its pages: PDF pages rendered, frames of PNG, JPEG and TIFF files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from govdisclose.errors import UnreadableFile

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]
"""Grey (height, width) or RGB (height, width, 3), 0 is black."""

MAX_PAGES = 60
"""Pictures in one file; a report has a dozen."""
_MAX_PIXELS = 120_000_000
_LEAST_PIXELS, _LEAST_DPI = 100, 50.0
"""No page, and no table of one, is as narrow or as low, and nothing can be read that is as coarse."""
_COARSEST, _FINEST = 150.0, 300.0
"""Pixels per inch to work at; finer scans are reduced, coarser PDF pages are rendered larger."""
SOUGHT = 200.0 / 72.0
"""Pixels per point at which rulings are sought; more would only cost time."""
_CELL = 2.0
"""Points along the side of a cell of a sheet that is looked at as a whole."""
_STATED = (100.0, 1200.0)
"""A file's own resolution is believed in this range: 72 and 96 are what programs write that know of none."""
_A4 = 8.27, 11.69
_POINTS = 72.0
_TALLEST, _LONGEST = 1.75, 14.5
"""No page is so many times as high as wide, or so many inches high (legal paper is 14)."""
_WIDEST = 9.5
"""Inches; wider pages lie across."""
_UPRIGHT, _ACROSS = (11.69 / 8.27, 11 / 8.5), (8.27 / 11.69, 8.5 / 11)
_BAND = 40.0
"""Points of white between the print of two pages."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as a picture, with how many pixels make a point."""

    number: int
    pixels: Pixels
    scale: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        return self.pixels.shape[1] / self.scale, self.pixels.shape[0] / self.scale


def picture_sheets(path: Path) -> Iterator[Sheet]:
    """The pages in a PNG, JPEG or TIFF file: its frames, a tall one taken apart where pages were joined in it.

    The resolution is what the file states. Where it states none, or one that no scanner has, the
    picture is taken for a sheet of A4: boxes are then in points of such a sheet.

    Raises
    ------
    UnreadableFile
        The file is damaged or cut off, or has too many or too large pictures.
    """
    from PIL import Image, ImageOps, ImageSequence

    try:
        with Image.open(path) as file:
            count = getattr(file, "n_frames", 1)
            if count > MAX_PAGES:
                raise UnreadableFile(f"{path}: {count} pictures, at most {MAX_PAGES} are read; save the report alone")
            number = 0
            for frame in ImageSequence.Iterator(file):
                stated = float(frame.info.get("dpi", (0.0, 0.0))[0])
                if min(frame.size) < _LEAST_PIXELS or _dpi(frame, stated) < _LEAST_DPI:
                    raise UnreadableFile(
                        f"{path}: a picture of {frame.width} × {frame.height} pixels is no page; scan it at 300 dpi"
                    )
                if frame.width * frame.height > _MAX_PIXELS:
                    raise UnreadableFile(f"{path}: a picture of {frame.width} × {frame.height}; scan at 300 dpi")
                image = ImageOps.exif_transpose(frame)
                for page in _apart(reduced(image, _dpi(image, stated))):
                    number += 1
                    yield replace(page, number=number)
    except Image.DecompressionBombError:
        raise UnreadableFile(f"{path}: the picture is too large; scan it at 300 dpi") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadableFile(
            f"{path}: the picture is damaged or cut off ({type(error).__name__}); fetch it again"
        ) from None


def _dpi(image: Image, stated: float) -> float:
    """Pixels per inch: as stated, or those of an A4 sheet.

    >>> from PIL import Image
    >>> round(_dpi(Image.new("L", (1240, 1754)), 72)), _dpi(Image.new("L", (1240, 1754)), 200)
    (150, 200)
    """
    if _STATED[0] <= stated <= _STATED[1]:
        return stated
    width, height = image.size
    return width / (_A4[0] if width < height else _A4[1])


def _apart(sheet: Sheet) -> Iterator[Sheet]:
    """The pages that were joined, one below the other, in a picture taller than any page.

    They are as high as pages of their width are; else they end where the picture is white from side to side.
    """
    height, width = sheet.pixels.shape[:2]
    inches = width / sheet.scale / _POINTS
    if height < _TALLEST * width and height / sheet.scale / _POINTS < _LONGEST:
        yield sheet
        return
    ratios = _UPRIGHT if inches < _WIDEST else _ACROSS
    counts = [(abs(height / (ratio * width) - round(height / (ratio * width))), ratio) for ratio in ratios]
    off, ratio = min(counts)
    count = round(height / (ratio * width))
    cuts = [round(n * height / count) for n in range(count + 1)] if off < 0.02 * count else _white_bands(sheet)
    for top, foot in pairwise(cuts):
        yield replace(sheet, pixels=np.ascontiguousarray(sheet.pixels[top:foot]))


def _white_bands(sheet: Sheet) -> list[int]:
    """Top and foot of a tall picture, and the middles of what is white from side to side for long enough."""
    grey = sheet.pixels if sheet.pixels.ndim == 2 else sheet.pixels.min(axis=2)
    margin = grey.shape[1] // 20
    inner = grey[:, margin:-margin]
    rows = np.percentile(inner, 1, axis=1) < 0.7 * float(np.median(inner))
    inked = np.concatenate([[0], np.flatnonzero(rows), [len(rows)]])
    gaps = [(a + b) // 2 for a, b in pairwise(inked.tolist()) if b - a > _BAND * sheet.scale and 0 < a < b < len(rows)]
    return [0, *gaps, len(rows)]


def reduced(image: Image, dpi: float) -> Sheet:
    """A picture in grey or RGB, at a resolution to work at."""
    if image.mode in ("RGBA", "LA", "PA", "P"):
        from PIL import Image as images

        image = image.convert("RGBA")
        image = images.alpha_composite(images.new("RGBA", image.size, "white"), image)
    if image.mode.startswith("I;16"):
        image = image.point(lambda level: level / 256).convert("L")
    image = image.convert("L" if image.mode in ("1", "L") else "RGB")
    factor = 1.0
    if dpi > 1.1 * _FINEST:
        factor = _FINEST / dpi
        image = image.resize((round(image.width * factor), round(image.height * factor)), resample=3, reducing_gap=2.0)
    return Sheet(1, np.array(image), dpi * factor / _POINTS)


def coarsened(grey: Pixels, scale: float, finest: float = SOUGHT) -> tuple[Pixels, float]:
    """A page in grey of no more pixels per point than `finest`, and how many it has."""
    import cv2

    factor = min(1.0, finest / scale)
    if factor == 1:
        return grey, scale
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), scale * factor


def in_cells(pixels: Pixels, scale: float) -> tuple[Pixels, int]:
    """A sheet in cells of about two points, each the mean of its pixels; and how many pixels a cell is wide."""
    import cv2

    side = max(1, round(_CELL * scale))
    shape = (max(1, pixels.shape[1] // side), max(1, pixels.shape[0] // side))
    return np.asarray(cv2.resize(pixels, shape, interpolation=cv2.INTER_AREA), dtype=np.uint8), side


def square(side: float) -> Pixels:
    """A square of an odd number of pixels, for morphology."""
    return np.ones((round(side) | 1,) * 2, np.uint8)


def rendered(page: Any, number: int) -> Sheet:
    """A pdfium page, rendered as finely as the largest picture on it was scanned."""
    import pypdfium2.raw as raw

    dpi, largest = _FINEST, 0.0
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = thing.get_bounds()
        area = (right - left) * (top - bottom)
        if area > largest:
            width, height = thing.get_px_size()
            largest = area
            # The picture may be turned on the page; the longer sides belong together.
            dpi = max(width, height) / max(right - left, top - bottom, 1.0) * _POINTS
    scale = min(max(dpi, _COARSEST), _FINEST) / _POINTS
    bitmap = page.render(scale=scale, rev_byteorder=True)
    pixels: Pixels = np.ascontiguousarray(bitmap.to_numpy()[..., :3])
    return Sheet(number, pixels, scale)
