"""PDF → `Document`: what is drawn tells where the cells are, pdfium which characters stand in them.

The rungs of the ladder, the quickest and surest first: rulings from the page's own drawing; columns
from numbers that stand below one another, where nothing is drawn between them; camelot, which
looks at a picture of the page as well; and where a page is a picture, its characters recognised.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govdisclose.errors import UnreadableFile, UsageError
from govdisclose.model import Document, Note
from govdisclose.readers.pdf.assembly import RUNGS, assembled
from govdisclose.readers.pdf.columns import text_grids
from govdisclose.readers.pdf.pages import Page, Tables, look_at, placed_tables
from govdisclose.readers.pdf.rulings import ruled_tables

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["RUNGS", "read_pdf", "render_page"]

MAX_PAGES = 500

_LOCK = threading.RLock()
"""pdfium is not made for several threads, and warnings filters belong to the process."""


def read_pdf(
    path: str | Path,
    *,
    data: bytes | None = None,
    password: str | None = None,
    rungs: Sequence[str] = ("rulings", "text-grid", "scan"),
) -> Document:
    """Read a PDF. Pages that are pictures without text are read as such where the extra `scan` is installed.

    Parameters
    ----------
    path : str or Path
    data : bytes, optional
        The content of the file, where it is known; it is read else.
    password : str, optional
        Opens an encrypted file.
    rungs : sequence of str
        Ways to find the tables, from `RUNGS`, in their order. A later one is tried on the pages
        where the earlier ones leave rows of numbers outside every table, or cells in doubt, and
        taken where it leaves fewer. `scan` is for pages that are pictures or whose characters have
        no usable codes; alone, it reads every page as a picture.

    Returns
    -------
    Document
        Paragraphs and grids by page and height. Grid cells carry their box, and in `doubt` why
        they may be wrong. `rung` names the ways that answered, such as `rulings+text-grid`;
        `pdfium` where the file has no table.
        Notes: `suspicious_cell`, `unruled_table` (numbers in columns outside every grid),
        `table_leaves_page`, `broken_character_map`, `ocr_text_layer`, `picture_pages`,
        `page_too_complex`, `table_search_failed`.

    Raises
    ------
    UnreadableFile
        Missing, damaged, encrypted, without pages or with too many.
    UnsupportedFormat
        It is made of pictures alone, and the extra `scan` is not installed.
    UsageError
        A rung that is not in `RUNGS`.

    Examples
    --------
    >>> import tempfile, pypdfium2
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "empty.pdf"
    ...     pdf = pypdfium2.PdfDocument.new()
    ...     _ = pdf.new_page(595, 842)
    ...     pdf.save(file)
    ...     read_pdf(file)
    Traceback (most recent call last):
    ...
    govdisclose.errors.UnreadableFile: ...empty.pdf: the PDF's pages are empty; fetch it again
    """
    path = Path(path)
    if not rungs or any(rung not in RUNGS for rung in rungs):
        raise UsageError(f"rungs {list(rungs)}: choose from {', '.join(RUNGS)}")
    with _LOCK, _opened(path, password, data) as document:
        pages = _pages(path, document, "scan" in rungs)
        tables, notes = _tables(document, pages, rungs)
        if "scan" in rungs:
            pages = _scanned(document, pages, tables, rungs)
        metadata = {key.lower(): value for key, value in document.get_metadata_dict(skip_empty=True).items()}
    return assembled(pages, tables, notes, metadata)


def render_page(path: str | Path, page: int, scale: float = 2.0, *, password: str | None = None) -> Image:
    """A picture of a page as it is shown, to draw boxes on.

    Parameters
    ----------
    path : str or Path
    page : int
        From 1.
    scale : float
        Pixels per point; a `Box` times `scale` gives pixels.

    Raises
    ------
    UnreadableFile
        As `read_pdf`.
    UsageError
        The file has no such page.

    Examples
    --------
    >>> import tempfile, pypdfium2
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "empty.pdf"
    ...     pdf = pypdfium2.PdfDocument.new()
    ...     _ = pdf.new_page(595, 842)
    ...     pdf.save(file)
    ...     render_page(file, 1, scale=0.5).size
    (298, 421)
    """
    with _LOCK, _opened(Path(path), password) as document:
        if not 1 <= page <= len(document):
            raise UsageError(f"{path}: page {page} asked for, the file has {len(document)}")
        image: Image = document[page - 1].render(scale=scale).to_pil()
        return image


@contextmanager
def _opened(path: Path, password: str | None, data: bytes | None = None) -> Iterator[Any]:
    import pypdfium2
    import pypdfium2.raw as raw

    try:
        document = pypdfium2.PdfDocument(data or path, password=password)
    except FileNotFoundError:
        raise UnreadableFile(f"{path}: no such file") from None
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            remedy = (
                "the password given does not open it"
                if password
                else "save it without a password, or give its own (--password)"
            )
            raise UnreadableFile(f"{path}: the PDF is encrypted; {remedy}") from None
        raise UnreadableFile(f"{path}: the PDF is damaged or cut off; fetch it again or save it anew") from None
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile(f"{path}: the PDF is damaged ({error}); fetch it again or save it anew") from None
    finally:
        document.close()


def _pages(path: Path, document: Any, scans: bool) -> list[Page]:
    if len(document) == 0:
        raise UnreadableFile(f"{path}: the PDF has no pages; fetch it again")
    if len(document) > MAX_PAGES:
        raise UnreadableFile(f"{path}: {len(document)} pages, at most {MAX_PAGES} are read; save the report alone")
    pages = []
    for index in range(len(document)):
        page = document[index]
        try:
            pages.append(look_at(page, index + 1))
        finally:
            page.close()
    if not any(char.text.strip() for page in pages for char in page.text.chars):
        if any(page.drawing.pictures or page.drawing.shapes for page in pages):
            from govdisclose.readers.scan import is_installed, missing

            if scans and is_installed():
                return pages
            raise missing(str(path), "a scanned report, its pages are pictures without text")
        raise UnreadableFile(f"{path}: the PDF's pages are empty; fetch it again")
    return pages


def _tables(document: Any, pages: Sequence[Page], rungs: Sequence[str]) -> tuple[dict[int, Tables], list[Note]]:
    """The tables of each page, by page number."""
    found = {}
    for page in pages:
        rulings = page.rulings if "rulings" in rungs and not page.is_too_complex else ()
        found[page.number] = placed_tables(page, ruled_tables(rulings), "rulings")
    if "text-grid" in rungs:
        found |= text_grids(pages, found)
    notes: list[Note] = []
    flavors = [rung.removeprefix("camelot-") for rung in RUNGS[2:-1] if rung in rungs]
    doubtful = [page for page in pages if not found[page.number].placed or found[page.number].misgivings]
    if flavors and doubtful:
        from govdisclose.readers.pdf.camelot import camelot_tables

        others, notes = camelot_tables(document, doubtful, flavors)
        found |= {number: tables for number, tables in others.items() if tables.better_than(found[number])}
    return found, notes


def _scanned(document: Any, pages: list[Page], tables: dict[int, Tables], rungs: Sequence[str]) -> list[Page]:
    """The pages, those that are pictures read as such where that is installed; their `tables` are put in place."""
    pictured = [page for page in pages if page.is_picture or len(rungs) == 1]
    if not pictured:
        return pages
    from govdisclose.readers.scan import is_installed, scanned
    from govdisclose.readers.scan.sheets import rendered

    if not is_installed():
        return pages
    sheets = (rendered(document[page.number - 1], page.number) for page in pictured)
    read = {page.number: (page, found) for page, found in scanned(sheets)}
    tables |= {number: found for number, (_, found) in read.items()}
    return [read[page.number][0] if page.number in read else page for page in pages]
