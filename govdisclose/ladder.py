"""The ladder: further ways to read a file, tried one after the other where the first does not fill the form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from govdisclose.alignment import Aligned
from govdisclose.model import Cell, Document

_BY_PLACE = {"column=counted", "column=order", "column=position"}
_GROUP = "row=header"
"""The address of a cell whose row is a group of columns."""
Rungs = Callable[[Document], Iterator[Document]]
"""Further readings of the file that a document was read from."""


def rungs_of(path: Path, password: str | None) -> Rungs:
    """The further readings of a file, each made when it is asked for.

    Of a PDF the rungs after the quick ones; of a web page or Word file one that has its pictures read as well.
    """

    def rungs(first: Document) -> Iterator[Document]:
        if first.reader == "pdf":
            from govdisclose.readers.pdf import RUNGS, read_pdf

            for rung in RUNGS[2:-1]:
                yield read_pdf(path, password=password, rungs=(rung,))
        else:
            from govdisclose.readers.pictures import with_pictures

            pictured = with_pictures(path, first)
            yield from (pictured,) if pictured else ()

    return rungs


def no_rungs(_: Document) -> Iterator[Document]:
    """For pasted text, which can be read in no other way."""
    return iter(())


def may_climb(document: Document, aligned: Aligned) -> bool:
    """Whether another rung may read more: of a PDF where anything is missing, of a page or Word file where a table is.

    A table that is missing there may have been pasted as a picture.
    """
    if document.reader == "pdf":
        return "scan" not in document.rung and not is_full(aligned)
    return document.reader in ("html", "docx") and not all(form.form for form in aligned.form.values())


def filled(aligned: Aligned) -> tuple[int, int]:
    """How much of the form a reading fills: cells read for certain, then tables found."""
    sure = sum(c.state not in ("absent", "unreadable") for c in aligned.cells)
    return sure, sum(bool(f.form) for f in aligned.form.values())


def is_full(aligned: Aligned) -> bool:
    """Whether every table of the form is there, whole and readable."""
    return all(f.form and not f.missing for f in aligned.form.values()) and not any(
        c.state == "unreadable" for c in aligned.cells
    )


def is_recognised(document: Document) -> bool:
    """Whether the text of a document was recognised from pictures."""
    return "scan" in document.rung


def mistrusted(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Recognised cells; those of a column that is known by its place alone, and that no relation proves, in conflict.

    A ruling missed or invented in a picture shifts or cuts what stands beside it. A header that was read tells,
    and so does a sum; a place alone does not. Where a whole group of columns is missing, the next may have been taken
    for it, header and sum and all. And where words are read in place of a number, a seal or a stroke may lie over it.
    """
    torn = {cell.table for cell in cells if cell.state == "absent"}
    return tuple(_mistrusted(cell, cell.table in torn) for cell in cells)


def _mistrusted(cell: Cell, torn: bool) -> Cell:
    how = set(cell.address.split(";"))
    if cell.evidence in ("read", "agreed") and _BY_PLACE & how:
        reason = "recognised under no header"
    elif cell.evidence != "conflict" and cell.state == "text":
        reason = "recognised as words"
    elif cell.evidence != "conflict" and torn and _GROUP in how:
        reason = "recognised beside a group that is missing"
    else:
        return cell
    candidates = cell.candidates or (() if cell.value is None else (cell.value,))
    return cell._replace(evidence="conflict", address=f"{cell.address};doubt={reason}", candidates=candidates)
