"""Readers: a file becomes a `Document`, ordered paragraphs and grids. They know nothing of forms.

`read_document` looks at what a file holds, not at its name, and hands it to one reader.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from govdisclose.errors import UnsupportedFormat
from govdisclose.model import Document, Note
from govdisclose.readers.sniff import Kind, opened, sniff
from govdisclose.readers.text import document_from_text, read_text

__all__ = ["Kind", "document_from_text", "opened", "read_document", "read_opened", "read_text", "sniff"]

_EXTENSIONS: dict[str, frozenset[str]] = {
    "pdf": frozenset({".pdf"}),
    "docx": frozenset({".docx", ".docm", ".dotx", ".dotm"}),
    "doc": frozenset({".doc", ".dot", ".wps", ".wpt"}),
    "odt": frozenset({".odt", ".fodt"}),
    "rtf": frozenset({".rtf"}),
    "html": frozenset({".html", ".htm", ".shtml", ".xhtml", ".xht", ".jsp", ".jspx", ".php", ".asp", ".aspx"}),
    "mhtml": frozenset({".mht", ".mhtml"}),
    "text": frozenset({".txt", ".md", ".markdown", ".text", ".csv", ".tsv"}),
    "image": frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp"}),
}
_KNOWN = frozenset().union(*_EXTENSIONS.values()) | {".ofd", ".xls", ".xlsx"}


def read_document(path: str | Path, *, password: str | None = None) -> Document:
    """Read a file of any supported format, going by its content and not by its extension.

    Parameters
    ----------
    path : str or Path
        A text, Markdown, HTML, MHTML, DOCX or PDF file; DOC, WPS, RTF and ODT where LibreOffice is
        installed; scans (PNG, JPEG, TIFF, pictures in a PDF) where the extra `scan` is.
    password : str, optional
        Opens an encrypted PDF.

    Returns
    -------
    Document
        Ordered paragraphs and grids. Where the extension claims another format than the content
        has, a note with code `wrong_extension` says so.

    Raises
    ------
    UnreadableFile
        The file is missing, empty, encrypted, damaged or too large.
    UnsupportedFormat
        No reader exists for the content, or the program it needs is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "report.txt"
    ...     _ = file.write_text("# Title", encoding="utf-8")
    ...     document = read_document(file)
    >>> document.reader, document.blocks[0].text
    ('text', 'Title')
    """
    path = Path(path)
    return read_opened(path, *opened(path), password=password)


def read_opened(path: Path, kind: Kind, data: bytes, *, password: str | None = None) -> Document:
    """As `read_document`, of a file that is `sniff.opened`."""
    document = _dispatch(path, kind, data, password)
    note = _extension_note(path, kind)
    return dataclasses.replace(document, notes=(note, *document.notes)) if note else document


def _dispatch(path: Path, kind: Kind, data: bytes, password: str | None) -> Document:
    if kind.name == "pdf":
        from govdisclose.readers.pdf import read_pdf

        return read_pdf(path, data=data, password=password)
    if kind.name == "image":
        from govdisclose.readers.scan import read_picture

        return read_picture(path)
    if kind.name == "docx":
        from govdisclose.readers.docx import read_docx

        return read_docx(data, name=str(path))
    if kind.name in ("html", "mhtml"):
        from govdisclose.readers.html import read_html

        return read_html(data, name=str(path))
    if kind.name in ("doc", "odt", "rtf"):
        from govdisclose.readers.convert import read_converted

        return read_converted(path, kind.label)
    if kind.name == "text":
        return read_text(data, name=str(path))
    raise UnsupportedFormat(f"{path}: {kind.label} has no reader; save the report as PDF, DOCX or HTML")


def _extension_note(path: Path, kind: Kind) -> Note | None:
    extension = path.suffix.lower()
    if extension not in _KNOWN or extension in _EXTENSIONS.get(kind.name, ()):
        return None
    if kind.name == "mhtml" and extension in _EXTENSIONS["html"]:
        return None
    return Note(
        "wrong_extension",
        f"扩展名为“{extension}”,但内容是{kind.label},已按内容读取",
        f"the extension says {extension}, the content is {kind.label}; read as what it is",
    )
