"""Pages of a PDF turned: shown sideways or upside down, or drawn sideways on a sheet that is turned back."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pypdfium2

TURNS = ("upright", "shown at 90°", "shown at 180°", "shown at 270°", "drawn sideways, turned back")


def turn(path: Path, how: str) -> None:
    """Turn every page of a file in place."""
    place = TURNS.index(how)
    with contextlib.closing(pypdfium2.PdfDocument(path.read_bytes())) as document:
        if place == len(TURNS) - 1:
            with contextlib.closing(_drawn_sideways(document)) as other:
                other.save(path)
            return
        for page in document:
            page.set_rotation(90 * place)
        document.save(path)


def _drawn_sideways(document: pypdfium2.PdfDocument) -> pypdfium2.PdfDocument:
    """Each page as one form object turned by 90° on a sheet that is shown at 90°: to look at, as before."""
    out = pypdfium2.PdfDocument.new()
    for index, page in enumerate(document):
        width, height = page.get_size()
        sheet = out.new_page(height, width)
        drawing = document.page_as_xobject(index, out).as_pageobject()
        drawing.set_matrix(pypdfium2.PdfMatrix().rotate(90, ccw=True).translate(height, 0))
        sheet.insert_obj(drawing)
        sheet.gen_content()
        sheet.set_rotation(90)
    return out
