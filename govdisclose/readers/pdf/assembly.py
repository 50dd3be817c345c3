"""Pages and their tables, put together in reading order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from govdisclose.model import Again, Block, Box, Document, Note
from govdisclose.readers.pdf.notes import document_notes
from govdisclose.readers.pdf.pages import Page, Tables
from govdisclose.readers.pdf.prose import paragraphs, without_furniture

RUNGS = ("rulings", "text-grid", "camelot-lattice", "camelot-hybrid", "camelot-network", "scan")
"""Ways to find the tables of a page, the quickest and surest first; the last reads its picture."""


def assembled(
    pages: Sequence[Page],
    tables: Mapping[int, Tables],
    notes: Sequence[Note],
    metadata: dict[str, str],
    reader: str = "pdf",
) -> Document:
    """A document of pages whose tables are found.

    Parameters
    ----------
    pages : sequence of Page
    tables : mapping of int to Tables
        By page number, in reading order.
    notes : sequence of Note
        What the search for tables has to say.
    metadata : dict of str to str
    reader : str
        The format of the file.
    """
    views = {page.number: page.text.view for page in pages}
    prose = without_furniture({views[number]: page.outside for number, page in tables.items()})
    placed: list[tuple[int, float, Block]] = []
    breaks = [(number, frame[1]) for number, page in tables.items() for frame, _ in page.placed]
    for number, top, paragraph in paragraphs(prose, breaks):
        placed.append((number, top, paragraph))
    for number, page in tables.items():
        placed.extend((number, frame[1], grid) for frame, grid in page.placed)
    placed.sort(key=lambda entry: entry[:2])
    answered = {rung for page in tables.values() for rung in page.rungs}
    rung = "+".join(rung for rung in RUNGS if rung in answered) or "pdfium"
    blocks = tuple(block for _, _, block in placed)
    said = (*notes, *document_notes(pages, tables))
    return Document(blocks, reader, rung, metadata, said, len(pages), _again(tables))


def _again(tables: Mapping[int, Tables]) -> Again | None:
    """What reads cells once more, if any page is a scan."""
    pages = {number: page.again for number, page in tables.items() if page.again}

    def again(box: Box) -> tuple[str, ...]:
        read = pages.get(box.page)
        return read(box) if read else ()

    return again if pages else None
