"""Pictures in web pages and Word files, for reports whose tables were pasted as pictures."""

from __future__ import annotations

import base64
import binascii
import email
import io
import posixpath
import re
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from govdisclose.errors import UnreadableFile
from govdisclose.model import Document, Note
from govdisclose.readers.docx_package import Package
from govdisclose.readers.docx_styles import attribute, children, local
from govdisclose.readers.scan.sheets import Sheet, reduced
from govdisclose.readers.sniff import sniff

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PICTURES = 40
"""As many are looked at; a report pasted as pictures has a dozen pages."""
_MAX_BYTES = 64 << 20
"""Of one picture, and of a file beside a page."""
_LEAST = 400, 60
"""Pixels across and down; what is smaller is an icon, a logo or a code to scan, and no table."""
_TEXT_WIDTH, _PAGE_WIDTH, _UPRIGHT = 6.3, 8.27, 1.3
"""Inches across a table pasted into a page of text, and across a whole page, which is upright."""

_IMG = re.compile(rb"<img\b[^>]{1,33554432}>", re.I)
_SRC = re.compile(rb"""\b(data-original|data-src|src)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.I)
_DATA = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.I | re.S)


def with_pictures(path: Path, document: Document) -> Document | None:
    """A web page or Word file with what stands in its pictures after its own text.

    Parameters
    ----------
    path : Path
        The file; of other kinds than HTML, MHTML and DOCX no pictures are looked at.
    document : Document
        What its text was read as.

    Returns
    -------
    Document or None
        The pictures are read as scans are, each a page: boxes are in points of such a page. Without the extra `scan`
        a note says that they were not read. None where no picture may show a table.

    Raises
    ------
    UnreadableFile
        A picture in a Word file is damaged.
    """
    from govdisclose.readers.pdf.assembly import assembled
    from govdisclose.readers.scan import is_installed, scanned

    sheets = sheets_within(path, sniff(path).name)
    if (first := next(sheets, None)) is None:
        return None
    if not is_installed():
        return replace(document, notes=(*document.notes, _not_read()))
    read = list(scanned(chain((first,), sheets)))
    found = assembled([page for page, _ in read], {page.number: tables for page, tables in read}, [], {})
    return replace(
        document,
        blocks=(*document.blocks, *found.blocks),
        rung=f"{document.rung}+{found.rung}",
        notes=(*(note for note in document.notes if note.code != "pictures"), *found.notes),
        pages=found.pages,
    )


def _not_read() -> Note:
    return Note(
        "pictures_not_read",
        '文件中有可能含表格的图片,没有读取;请安装扩展:pip install "govdisclose[scan]"',
        'pictures that may show tables were not read; to read them: pip install "govdisclose[scan]"',
        "warning",
    )


def sheets_within(path: Path, kind: str) -> Iterator[Sheet]:
    """The pictures of a file that may show tables, each as the sheet of a scan.

    A picture in a page of text rarely knows how large it was. Upright ones are taken to be as wide as a page,
    others as wide as the text on one; so boxes are in points of such a page.

    Parameters
    ----------
    path : Path
        A web page (with files beside it), an MHTML or a DOCX file.
    kind : str
        `html`, `mhtml` or `docx`; other kinds hold none that are looked at.

    Raises
    ------
    UnreadableFile
        A Word file is damaged.
    """
    for number, picture in enumerate(_large(_stored(path, kind)), 1):
        across = _PAGE_WIDTH if picture.height > _UPRIGHT * picture.width else _TEXT_WIDTH
        yield replace(reduced(picture, picture.width / across), number=number)


def _stored(path: Path, kind: str) -> Iterator[bytes]:
    """The pictures a file holds or shows, in order, as stored."""
    match kind:
        case "html":
            yield from _shown(path)
        case "mhtml":
            message = email.message_from_bytes(path.read_bytes())
            for part in message.walk():
                payload = part.get_payload(decode=True) if part.get_content_maintype() == "image" else None
                if isinstance(payload, bytes):
                    yield payload
        case "docx":
            yield from _placed(path)


def _shown(path: Path) -> Iterator[bytes]:
    """Pictures embedded in a web page, and those in files beside it or in folders below."""
    home = path.parent.resolve()
    for tag in _IMG.findall(path.read_bytes()):
        named = {n.lower(): (a or b or c) for n, a, b, c in _SRC.findall(tag)}
        # Pages that load pictures as they are scrolled to show a blank one in `src` meanwhile.
        for name in (b"data-original", b"data-src", b"src"):
            source = unescape(named.get(name, b"").decode("latin-1"))
            if embedded := _DATA.match(source):
                try:
                    yield base64.b64decode(urllib.parse.unquote_to_bytes(embedded[1]))
                except binascii.Error:
                    continue
                break
            if data := _beside(home, source):
                yield data
                break


def _beside(home: Path, source: str) -> bytes | None:
    """A file that a page names by a relative path and that lies in its folder or below, or None."""
    parts = urllib.parse.urlsplit(source.encode("latin-1").decode("utf-8", errors="replace"))
    if parts.scheme or parts.netloc or not parts.path:
        return None
    try:
        file = (home / urllib.parse.unquote(parts.path).lstrip("/")).resolve()
        if file.is_relative_to(home) and file.is_file() and file.stat().st_size <= _MAX_BYTES:
            return file.read_bytes()
    except (OSError, ValueError):  # a name too long, or with a NUL in it
        pass
    return None


def _placed(path: Path) -> Iterator[bytes]:
    """Pictures placed in the text of a Word file, in its order."""
    try:
        with zipfile.ZipFile(path) as archive:
            package = Package(archive, str(path))
            main = package.main_path()
            root = package.optional(main)
            folder, name = posixpath.split(main)
            relations = package.optional(f"{folder}/_rels/{name}.rels")
            files = {
                attribute(relation, "Id"): posixpath.normpath(posixpath.join(folder, attribute(relation, "Target")))
                for relation in children(relations, "Relationship")
            }
            for element in root.iter() if root is not None else ():
                key = {"blip": "embed", "imagedata": "id"}.get(local(element))
                file = files.get(attribute(element, key), "") if key else ""
                if file in archive.NameToInfo and archive.getinfo(file).file_size <= _MAX_BYTES:
                    yield archive.read(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise UnreadableFile(f"{path}: a picture in the file is damaged ({error}); save it again in Word") from error


def _large(stored: Iterator[bytes]) -> Iterator[Image]:
    """Those large enough to show a table, each once."""
    from PIL import Image

    seen: set[bytes] = set()
    for data in stored:
        if data in seen or len(seen) == MAX_PICTURES:
            continue
        seen.add(data)
        try:
            with Image.open(io.BytesIO(data)) as picture:
                if picture.width >= _LEAST[0] and picture.height >= _LEAST[1]:
                    picture.load()
                    yield picture
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            continue  # a drawing in another format, or a damaged picture: the text around it is still read
