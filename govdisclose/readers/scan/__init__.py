"""Scans: pictures of pages → `Document`. The rung of the ladder for what has no text.

A page is made even and straight, its rulings found, its cells read one by one. Needs the extra `scan`
(rapidocr and onnxruntime); nothing of it is imported before a picture is to be read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from govdisclose.model import Document
from govdisclose.readers.pdf.pages import Page, Tables
from govdisclose.readers.pdf.paths import Drawing
from govdisclose.readers.pdf.text import PageText
from govdisclose.readers.scan.cleaning import even, straightened
from govdisclose.readers.scan.recognition import is_installed, missing, model
from govdisclose.readers.scan.sheets import Sheet, picture_sheets
from govdisclose.readers.scan.streaks import without_streaks
from govdisclose.readers.scan.tables import read_tables
from govdisclose.readers.scan.turning import quarter_turns

__all__ = ["is_installed", "missing", "read_picture", "scanned"]

_AT_ONCE = 2
"""Pages that are in hand together; more would only cost memory."""


def read_picture(path: str | Path) -> Document:
    """Read a report scanned into a PNG, JPEG or TIFF file, of one page or several.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Document
        As `read_pdf` gives it. Boxes are in points: of the resolution the file states, or, where it states
        none that a scanner has, of a sheet of A4.

    Raises
    ------
    UnsupportedFormat
        The extra `scan` is not installed.
    UnreadableFile
        The picture is damaged or too large.
    """
    from govdisclose.readers.pdf.assembly import assembled

    path = Path(path)
    if not is_installed():
        raise missing(str(path), "a picture")
    read = list(scanned(picture_sheets(path)))
    tables = {page.number: found for page, found in read}
    return assembled([page for page, _ in read], tables, [], {}, reader="image")


def scanned(sheets: Iterable[Sheet]) -> Iterator[tuple[Page, Tables]]:
    """Pages read from their pictures, with their tables and the lines outside them.

    While the characters of one page are recognised, the next one is looked at.
    """
    import cv2

    cv2.setNumThreads(1)
    model()  # once, before two pages ask for it
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        begun: deque[Future[tuple[Page, Tables]]] = deque()
        for sheet in sheets:
            begun.append(pool.submit(_scanned, sheet))
            if len(begun) > _AT_ONCE:
                yield begun.popleft().result()
        for page in begun:
            yield page.result()


def _scanned(sheet: Sheet) -> tuple[Page, Tables]:
    sheet, streaks = without_streaks(sheet)
    grey = even(sheet)
    straight = straightened(sheet, grey, quarter_turns(grey, sheet.scale), streaks)
    return Page(PageText(straight.view, ()), Drawing((), (), 0, 1, ()), True), read_tables(straight)
