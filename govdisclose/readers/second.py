"""Further readings of a file, each by another engine than the one that answered first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from govdisclose.model import Document

_PDF_ORDER = ("camelot-lattice", "camelot-hybrid", "rulings", "text-grid", "camelot-network")
"""The other way to find ruled tables first: what rests on rulings is best compared with what sees them elsewhere."""


def other_readings(path: Path, first: Document, *, password: str | None = None) -> Iterator[Document]:
    """The same file read in other ways, the likeliest to succeed first.

    A PDF by the other rungs of its ladder, a web page by another parser, a Word file by LibreOffice where it
    is installed; pasted text can be read in one way only. All readings of a PDF take its characters from one
    text layer, and those of a page share its encoding: they check where a number stands, not what its
    characters are.

    Parameters
    ----------
    path : Path
    first : Document
        The reading that answered.
    password : str, optional
        Opens an encrypted PDF.
    """
    if first.reader == "pdf":
        from govdisclose.readers.pdf import read_pdf

        for rung in _PDF_ORDER:
            if rung not in first.rung.split("+"):
                yield read_pdf(path, password=password, rungs=(rung,))
    elif first.reader == "html":
        from govdisclose.readers.html_plain import read_html_plainly

        yield read_html_plainly(path.read_bytes(), name=str(path))
    elif first.reader == "docx":
        from govdisclose.readers.convert import read_through_html

        document = read_through_html(path)
        if document is not None:
            yield document
