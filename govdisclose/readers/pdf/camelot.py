"""Tables of PDF pages as camelot finds them; the reading to fall back on, and a second opinion.

camelot answers with a mesh of rows and columns and the rulings it found. No text is taken from it.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from govdisclose.model import Note
from govdisclose.readers.pdf.lattice import Lattice, divided, undivided
from govdisclose.readers.pdf.pages import Page, Tables, placed_tables, rows_of_values
from govdisclose.readers.pdf.text import Rectangle, View

MAX_SIDE = 1_700
"""In points (A2). camelot pictures a page at 300 dots an inch; a larger sheet would not fit in memory."""
FLAVORS = ("lattice", "hybrid", "network")
"""camelot's methods, the one that rests on drawn rulings first."""

ATTEMPTS: dict[str, tuple[Mapping[str, Any], ...]] = {
    "lattice": (
        {"engine": "vector"},
        {"engine": "combined"},
        {"engine": "combined", "line_scale": 60},
        {"engine": "combined", "process_background": True},
    ),
    "hybrid": ({"engine": "vector"}, {"engine": "combined"}),
    "network": ({},),
}
"""For each flavor, camelot's options to try one after the other on a page that leaves doubts.

`vector` takes rulings from the page's own drawing. `combined`, ten times slower, adds those seen in
a picture of the page: first those over 56 points, then those of narrow and low cells as well, then
the gaps between shaded cells.
"""


def camelot_tables(
    document: Any, pages: Sequence[Page], flavors: Sequence[str]
) -> tuple[dict[int, Tables], list[Note]]:
    """The tables of each page that has any, by page number."""
    found: dict[int, Tables] = {}
    notes: list[Note] = []
    for flavor in flavors:
        wanted = [page for page in pages if page.number not in found and _may_hold_table(page, flavor)]
        best: dict[int, Tables] = {}
        for options in ATTEMPTS[flavor]:
            doubtful = [page for page in wanted if _worth_trying(page, best.get(page.number), options)]
            tried, failed = _read_tables(document, doubtful, flavor, options)
            for number, tables in tried.items():
                if number not in best or tables.better_than(best[number]):
                    best[number] = tables
            wanted = [page for page in wanted if page.number not in failed]
            notes += [_failure(number, flavor, error) for number, error in failed.items()]
        found |= {number: tables for number, tables in best.items() if tables.placed}
    return found, notes


def _failure(page: int, flavor: str, error: Exception) -> Note:
    name = type(error).__name__
    return Note(
        "table_search_failed",
        f"第{page}页的表格查找失败（{flavor}：{name}）",
        f"page {page}: the search for tables failed ({flavor}: {name}: {error})",
        "error",
    )


def _may_hold_table(page: Page, flavor: str) -> bool:
    """Rulings both ways, or numbers in columns; level rulings alone are no lattice."""
    if not page.text.chars or page.is_too_complex:
        return False
    level, upright_ones = page.directions
    drawn = level >= 2 and (upright_ones >= 2 or flavor != "lattice")
    return drawn or len(rows_of_values(page.lines)) >= 2


def _worth_a_picture(page: Page) -> bool:
    """Whether a picture of the page could show more than the drawing tells: other shapes than level rulings."""
    return page.drawing.pictures > 0 or page.drawing.shapes - page.directions[0] >= 2


def _worth_trying(page: Page, tables: Tables | None, options: Mapping[str, Any]) -> bool:
    """Whether what was found so far, if anything was tried, leaves room for another look."""
    if options.get("engine") == "combined" and (max(page.text.view.size) > MAX_SIDE or not _worth_a_picture(page)):
        return False
    if tables is None:
        return True
    if tables.placed:
        return tables.misgivings > 0
    return tables.misgivings >= 2 or min(page.directions) >= 3


def _read_tables(
    document: Any, pages: Sequence[Page], flavor: str, options: Mapping[str, Any]
) -> tuple[dict[int, Tables], dict[int, Exception]]:
    """The tables of pages by number, and what went wrong on the others."""
    if not pages:
        return {}, {}
    views = [page.text.view for page in pages]
    try:
        found = lattices(upright(document, views), views, [page.rulings for page in pages], flavor, options)
    except Exception as error:  # camelot and what it stands on raise whatever they like on odd files
        if len(pages) == 1:
            return {}, {pages[0].number: error}
        alone = [_read_tables(document, [page], flavor, options) for page in pages]
        return (
            {number: tables for tried, _ in alone for number, tables in tried.items()},
            {number: error for _, failed in alone for number, error in failed.items()},
        )
    tables = (placed_tables(page, lattice, f"camelot-{flavor}") for page, lattice in zip(pages, found, strict=True))
    return {page.number: tables for page, tables in zip(pages, tables, strict=True)}, {}


def upright(document: Any, views: Sequence[View]) -> bytes:
    """A copy of some pages that stand upright and uncropped, so that every program sees them alike.

    Page boxes, encryption and damage are left behind: camelot then reads what pdfium read.

    Parameters
    ----------
    document : pypdfium2.PdfDocument
    views : sequence of View
        The pages wanted.
    """
    import pypdfium2

    copy = pypdfium2.PdfDocument.new()
    try:
        copy.import_pages(document, [view.number - 1 for view in views])
        for page, view in zip(copy, views, strict=True):
            page.set_rotation((view.rotation + view.turn) % 4 * 90)
            page.set_mediabox(*view.bounds)
            page.set_cropbox(*view.bounds)
            page.close()
        buffer = io.BytesIO()
        copy.save(buffer)
    finally:
        copy.close()
    return buffer.getvalue()


def lattices(
    pdf: bytes,
    views: Sequence[View],
    rulings: Sequence[Sequence[Rectangle]],
    flavor: str,
    options: Mapping[str, Any],
) -> list[list[Lattice]]:
    """The tables of each page of an upright copy, from the top.

    Parameters
    ----------
    pdf : bytes
        A copy made by `upright`.
    views : sequence of View
        Its pages.
    rulings : sequence of sequences of Rectangle
        What pdfium sees drawn on each page: camelot passes over rulings thicker than 1.5 points.
    flavor : str
        One of `FLAVORS`.
    options : mapping
        One of its `ATTEMPTS`.
    """
    import camelot

    found: list[list[Lattice]] = [[] for _ in views]
    with _quiet():
        tables = camelot.read_pdf(io.BytesIO(pdf), pages="all", flavor=flavor, suppress_stdout=True, **options)
    for table in tables:
        index = table.page - 1
        lattice = _lattice(table, views[index].size[1], rulings[index])
        if lattice is not None:
            found[index].append(lattice)
    for page in found:
        page.sort(key=lambda lattice: (lattice.frame[1], lattice.frame[0]))
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """Neither camelot's warnings (of pages without tables) nor the log of its parser (of every fault in the file)."""
    loggers = [logging.getLogger(name) for name in ("playa", "camelot")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _lattice(table: Any, height: float, rulings: Sequence[Rectangle]) -> Lattice | None:
    """A camelot table as a lattice; None where it is a mere frame.

    The edges are set anew from the rulings camelot found: its own flags run a ruling on to the end
    of the table where its end meets no other ruling. A ruling that pdfium sees reaching across a
    cell divides it.
    """
    columns = [table.cols[0][0], *(col[1] for col in table.cols)]
    rows = [height - table.rows[0][0], *(height - row[1] for row in table.rows)]
    segments = getattr(table, "_segments", None)
    if segments is None:
        return undivided(columns, rows)
    drawn = [(x, height - max(y0, y1), x, height - min(y0, y1)) for x, y0, _, y1 in segments[0]]
    drawn += [(min(x0, x1), height - y, max(x0, x1), height - y) for x0, y, x1, _ in segments[1]]
    lattice = divided(columns, rows, drawn, rulings)
    upright_ones = sum(x1 - x0 < y1 - y0 for x0, y0, x1, y1 in (*drawn, *rulings))
    if lattice is not None and upright_ones < 2:  # its columns are a guess from the text
        return replace(lattice, ruled=False)
    return lattice
