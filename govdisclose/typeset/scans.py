"""A typeset PDF as a scanner would give it back: pictures of its pages, skewed, blurred, noisy, badly lit.

What is printed is known, so what is read from a scan can be counted. The steps follow the light: ink and seal on
paper, the paper askew on the glass, lens, lamp, dust, sensor, file. The same PDF, options and seed give the same bytes.
"""

from __future__ import annotations

import io
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

import numpy as np

from govdisclose.errors import UnreadableFile, UsageError

if TYPE_CHECKING:
    from PIL.Image import Image

Array = np.ndarray[Any, np.dtype[np.float32]]

_ENDINGS = {"png": (".png",), "jpg": (".jpg", ".jpeg"), "tiff": (".tif", ".tiff"), "pdf": (".pdf",)}
_MODES = {"colour": "RGB", "grey": "L", "bilevel": "L"}
_RANGES = {
    "dpi": (50, 1200),
    "skew": (-45.0, 45.0),
    "noise": (0.0, 100.0),
    "blur": (0.0, 10.0),
    "quality": (1, 100),
    "uneven": (0.0, 0.9),
    "faded": (0.0, 0.9),
    "specks": (0.0, 100.0),
    "edge": (0.0, 2.0),
}
_PAPER = np.asarray((0.99, 0.98, 0.95), dtype=np.float32)
"""Share of red, green and blue light that white office paper sends back."""
_SEAL = (205, 28, 34)
_EPOCH = time.gmtime(0)


@dataclass(frozen=True, slots=True)
class Scan:
    """How a page was scanned. Without options it is a clean grey picture at 200 dpi.

    Examples
    --------
    >>> Scan(dpi=150, skew=0.8, noise=12).format
    'png'
    >>> Scan(quality=0)
    Traceback (most recent call last):
    govdisclose.errors.UsageError: scan: quality=0 is not within 1 and 100
    """

    dpi: int = 200
    """Pixels an inch."""
    skew: float = 0.0
    """Degrees by which the first page lies askew, anticlockwise; every further page lies anew within ± this."""
    noise: float = 0.0
    """Standard deviation of the sensor's noise, in grey levels of 255."""
    blur: float = 0.0
    """Standard deviation of the lens's blur, in pixels."""
    quality: int | None = None
    """Quality of the JPEG compression the picture went through, whatever its format now; None for none."""
    uneven: float = 0.0
    """Share of the light lost where the lamp is weakest."""
    faded: float = 0.0
    """Share of the ink lost."""
    specks: float = 0.0
    """Specks of dust a square inch, some of them white."""
    edge: float = 0.0
    """Width in inches of the shadow along one long edge; with it, the glass beside a skewed page is dark."""
    format: Literal["png", "jpg", "tiff", "pdf"] = "png"
    """`tiff` and `pdf` hold one picture a page; `png` and `jpg` hold all pages in one, joined top to bottom."""
    mode: Literal["grey", "colour", "bilevel"] = "grey"
    seal: bool = False
    """A red seal on the lower right of the last page."""

    def __post_init__(self) -> None:
        """Refuse a value that means nothing."""
        for name, (least, most) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise UsageError(f"scan: {name}={value!r} is not within {least} and {most}")
        for name in ("format", "mode"):
            choices = get_args(get_type_hints(Scan)[name])
            if getattr(self, name) not in choices:
                raise UsageError(f"scan: {name}={getattr(self, name)!r} is not one of {', '.join(choices)}")


def draw_scan(rng: random.Random, **fixed: Any) -> Scan:
    """A scan with every option drawn from what offices' scanners do, but for those in `fixed`.

    Skew within 2°, noise to 12 grey levels, blur to 0.9 pixels, JPEG quality 50 to 90, a quarter of the light lost
    at most. A bilevel scan has even light and no noise to speak of, as its scanner has already cleaned it.

    Examples
    --------
    >>> draw_scan(random.Random(3), dpi=300) == draw_scan(random.Random(3), dpi=300)
    True
    """
    mode = fixed.get("mode", rng.choice(("grey", "grey", "grey", "colour", "colour", "bilevel")))
    clean = mode == "bilevel"
    drawn = {
        "dpi": rng.choice((150, 200, 300)),
        "skew": round(rng.choice((0.0, rng.uniform(-0.6, 0.6), rng.uniform(-2.0, 2.0))), 2),
        "noise": round(rng.choice((0.0, rng.uniform(2, 6), rng.uniform(6, 12))) * (0.3 if clean else 1.0), 1),
        "blur": round(rng.choice((0.0, rng.uniform(0.3, 0.6), rng.uniform(0.6, 0.9))), 2),
        "quality": None if clean else rng.randrange(50, 91),  # a black and white picture is never stored as JPEG
        "uneven": round(rng.choice((0.0, rng.uniform(0.05, 0.25))) * (0.2 if clean else 1.0), 2),
        "faded": round(rng.choice((0.0, 0.0, rng.uniform(0.1, 0.35))), 2),
        "specks": round(rng.choice((0.0, rng.uniform(0.1, 1.0))), 2),
        "edge": round(rng.choice((0.0, 0.0, rng.uniform(0.1, 0.4))), 2),
        "format": rng.choice(("png", "jpg", "tiff", "pdf", "pdf")),
        "mode": mode,
        "seal": rng.random() < 0.2,
    }
    unknown = fixed.keys() - {f.name for f in fields(Scan)}
    if unknown:
        raise UsageError(f"draw_scan: no option {', '.join(sorted(unknown))}; a scan has {', '.join(drawn)}")
    return Scan(**(drawn | fixed))


def scan(pdf: str | Path, path: str | Path, how: Scan, rng: random.Random) -> Path:
    """Write the pages of a PDF to `path` as scanned pictures, making its folder where it is missing.

    Parameters
    ----------
    pdf
        A PDF, typeset or any other without password.
    path
        Where to; its ending is that of `how.format`.
    how
        What the scanner does to a page.
    rng
        Draws noise, light, dust and where the seal lands.

    Raises
    ------
    UsageError
        When the file's ending is not that of the format.
    UnreadableFile
        When the PDF cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> from govdisclose.typeset import Draft, Layout, write
    >>> draft = Draft("样本市人民政府", 2022, {"remedies": "2021"}, {("remedies", "review", "total"): "3"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pdf = write(draft, Layout("pdf"), f"{folder}/report.pdf")
    ...     scan(pdf, f"{folder}/report.png", Scan(dpi=72), random.Random(1)).name
    'report.png'
    """
    path = Path(path)
    if path.suffix.lower() not in _ENDINGS[how.format]:
        raise UsageError(
            f"{path}: a {how.format} file ends in {_ENDINGS[how.format][0]}; change the name or scan.format"
        )
    pages = _rendered(Path(pdf), how)
    pictures = [
        _scanned(page, how, how.skew if not n else round(rng.uniform(-1, 1) * how.skew, 2), n == len(pages) - 1, rng)
        for n, page in enumerate(pages)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    _save(pictures, path, how)
    return path


def _rendered(pdf: Path, how: Scan) -> list[Image]:
    """The pages, one RGB picture each, as a printer would put ink on white paper."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except (pypdfium2.PdfiumError, FileNotFoundError) as error:
        raise UnreadableFile(f"{pdf}: cannot be opened as a PDF ({error}); check the file") from error
    try:
        return [page.render(scale=how.dpi / 72).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def _scanned(page: Image, how: Scan, skew: float, last: bool, rng: random.Random) -> Image:
    """One page after paper, glass, lens, lamp, dust and sensor."""
    from PIL import Image, ImageFilter

    if how.seal and last:
        page = _sealed(page, how, rng)
    page = page.convert(_MODES[how.mode])
    if how.faded:
        page = page.point(lambda level: round(255 - (255 - level) * (1 - how.faded)))
    if skew:
        beside = 70 if how.edge else 255
        page = page.rotate(skew, Image.Resampling.BICUBIC, fillcolor=(beside,) * len(page.getbands()))
    if how.blur:
        page = page.filter(ImageFilter.GaussianBlur(how.blur))
    light = _light(page.height, page.width, how, rng)
    reflected = light[..., None] * _PAPER if how.mode == "colour" else light * _PAPER[1]
    levels = _dusty(np.asarray(page, dtype=np.float32) * reflected, how, rng)
    if how.noise:
        grain = np.random.default_rng(rng.getrandbits(64))
        levels = levels + how.noise * grain.standard_normal(levels.shape, dtype=np.float32)
    out = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
    if how.mode == "bilevel":
        return out.point(lambda level: 255 * (level > 150)).convert("1", dither=Image.Dither.NONE)
    if how.quality is not None and how.format == "png":  # the others are compressed when they are saved
        with io.BytesIO() as file:
            out.save(file, "JPEG", quality=how.quality)
            out = Image.open(io.BytesIO(file.getvalue()))
            out.load()
    return out


def _light(height: int, width: int, how: Scan, rng: random.Random) -> Array:
    """The light that reaches each pixel, 1 where it is full: weaker to one side, and in the shadow of an edge."""
    angle, bend, right = rng.uniform(0, 2 * math.pi), rng.uniform(0.25, 0.5), rng.random() < 0.5
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
    down, along = ((1 - bend) * t * part + bend * t * t for t, part in ((y, math.sin(angle)), (x, math.cos(angle))))
    down, along = down - down.min(), along - along.min()
    scale = how.uneven / float(down.max() + along.max())
    light = (1 - scale * down).astype(np.float32) - (scale * along).astype(np.float32)
    if how.edge:
        inches = np.arange(width)[None, :: -1 if right else 1] / how.dpi
        light = light * (1 - 0.7 * np.exp(-((inches / (how.edge / 2)) ** 2))).astype(np.float32)
    return np.asarray(light)


def _dusty(levels: Array, how: Scan, rng: random.Random) -> Array:
    """The page with specks on it of a third of a millimetre at most, dark ones and fewer white ones."""
    height, width = levels.shape[:2]
    for _ in range(round(how.specks * height * width / how.dpi**2)):
        radius = max(0.5, rng.uniform(0.002, 0.007) * how.dpi)
        top, left = rng.uniform(0, height), rng.uniform(0, width)
        level = rng.uniform(30, 120) if rng.random() < 0.75 else 250.0
        rows = slice(max(0, round(top - radius)), round(top + radius) + 1)
        columns = slice(max(0, round(left - radius)), round(left + radius) + 1)
        part = levels[rows, columns]
        y, x = np.mgrid[rows.start : rows.start + part.shape[0], columns.start : columns.start + part.shape[1]]
        part[(y - top) ** 2 + (x - left) ** 2 <= radius**2] = level
    return levels


def _sealed(page: Image, how: Scan, rng: random.Random) -> Image:
    """The page with a seal of 42 mm, ring and star, its ink thin in places and letting the print through."""
    from PIL import Image, ImageChops, ImageDraw

    side = round(42 / 25.4 * how.dpi)
    stamp = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(stamp)
    draw.ellipse((1, 1, side - 2, side - 2), outline=_SEAL, width=max(1, round(1.2 / 25.4 * how.dpi)))
    middle, points = side / 2, []
    for n in range(10):
        reach = side * (0.17 if n % 2 == 0 else 0.066)
        points.append((middle + reach * math.sin(n * math.pi / 5), middle - reach * math.cos(n * math.pi / 5)))
    draw.polygon(points, fill=_SEAL)
    grain = np.random.default_rng(rng.getrandbits(64)).random((side // 4 + 1, side // 4 + 1))
    thin = Image.fromarray((150 + 105 * grain).astype(np.uint8)).resize((side, side), Image.Resampling.BILINEAR)
    inked = Image.composite(stamp, Image.new("RGB", (side, side), "white"), thin)
    inked = inked.rotate(rng.uniform(-20, 20), Image.Resampling.BICUBIC, fillcolor="white")
    sheet = Image.new("RGB", page.size, "white")
    left = round(rng.uniform(0.5, 0.9) * (page.width - side))
    sheet.paste(inked, (left, round(rng.uniform(0.55, 0.9) * (page.height - side))))
    return ImageChops.multiply(page, sheet)


def _save(pictures: Sequence[Image], path: Path, how: Scan) -> None:
    first, *more = pictures
    pages = {"save_all": True, "append_images": more}
    resolution = (how.dpi, how.dpi)
    lossy = {} if how.mode == "bilevel" else {"quality": 95 if how.quality is None else how.quality}
    match how.format:
        case "tiff" if how.mode == "bilevel":
            first.save(path, "TIFF", dpi=resolution, compression="group4", **pages)
        case "tiff" if how.quality is None:
            first.save(path, "TIFF", dpi=resolution, compression="tiff_lzw", **pages)
        case "tiff":
            first.save(path, "TIFF", dpi=resolution, compression="jpeg", **lossy, **pages)
        case "pdf":
            first.save(path, "PDF", resolution=float(how.dpi), creationDate=_EPOCH, modDate=_EPOCH, **lossy, **pages)
        case "png":
            _joined(pictures).save(path, "PNG", dpi=resolution)
        case "jpg":
            _joined(pictures).convert(_MODES[how.mode]).save(path, "JPEG", dpi=resolution, **(lossy or {"quality": 95}))


def _joined(pictures: Sequence[Image]) -> Image:
    """The pages in one picture, top to bottom, each at the left edge."""
    from PIL import Image

    if len(pictures) == 1:
        return pictures[0]
    size = (max(p.width for p in pictures), sum(p.height for p in pictures))
    sheet = Image.new(pictures[0].mode, size, "white" if pictures[0].mode == "RGB" else 255)
    top = 0
    for picture in pictures:
        sheet.paste(picture, (0, top))
        top += picture.height
    return sheet
