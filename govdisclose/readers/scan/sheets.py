"""A scanned file as pictures of its pages: PDF pages rendered, frames of PNG, JPEG and TIFF files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
_COARSEST, _FINEST = 150.0, 300.0
"""Pixels per inch to work at; finer scans are reduced, coarser PDF pages are rendered larger."""
_STATED = (100.0, 1200.0)
"""A file's own resolution is believed in this range: 72 and 96 are what programs write that know of none."""
_A4 = 8.27, 11.69
_POINTS = 72.0


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
    """The frames of a PNG, JPEG or TIFF file.

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
            for number, frame in enumerate(ImageSequence.Iterator(file), 1):
                if frame.width * frame.height > _MAX_PIXELS:
                    raise UnreadableFile(f"{path}: a picture of {frame.width} × {frame.height}; scan at 300 dpi")
                stated = frame.info.get("dpi", (0.0, 0.0))[0]
                image = ImageOps.exif_transpose(frame)
                yield _reduced(number, image, _dpi(image, float(stated)))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
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
    short, long = sorted(image.size)
    return min(short / _A4[0], long / _A4[1]) if short * _A4[1] > long * _A4[0] else long / _A4[1]


def _reduced(number: int, image: Image, dpi: float) -> Sheet:
    """A picture in grey or RGB, at a resolution to work at."""
    if image.mode in ("RGBA", "LA", "PA", "P"):
        image = image.convert("RGBA")
        paper = type(image)()
        paper = image.copy()
        paper.paste((255, 255, 255, 255), (0, 0, *image.size))
        paper.alpha_composite(image)
        image = paper
    if image.mode.startswith("I;16"):
        image = image.point(lambda level: level / 256).convert("L")
    image = image.convert("L" if image.mode in ("1", "L") else "RGB")
    factor = 1.0
    if dpi > 1.1 * _FINEST:
        factor = _FINEST / dpi
        image = image.resize((round(image.width * factor), round(image.height * factor)), resample=3, reducing_gap=2.0)
    return Sheet(number, np.array(image), dpi * factor / _POINTS)


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
