"""What a file holds, told from its bytes. The name of the file plays no part."""

from __future__ import annotations

import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from govdisclose.errors import UnreadableFile, UnsupportedFormat

_HEAD = 65_536
_IMAGES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
)
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"%!PS", "a PostScript file"),
)
_PDF = re.compile(rb"%PDF-[12]\.\d")
_MIME = re.compile(rb"^(?:mime-version:|snapshot-content-location:)", re.I | re.M)
_HEADER = re.compile(rb"\s*[A-Za-z][\w-]{1,60}:")
_HTML_START = re.compile(
    r"(?:<\?xml[^>]*\?>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|body|frameset|meta|title|table|div|p|span"
    r"|style|script|link|center|font|article|section|h[1-6]|br|a|ul|ol|strong|b)\b",
    re.I | re.S,
)
_HTML_LATER = re.compile(r"<(?:html|body|!doctype\s+html)\b", re.I)
_TEXT_CONTROLS = b"\t\n\r\x0b\x0c\x1a\x1b"
_ENCRYPTED = "{}: the file is protected by a password; open it, save it without one, and read it again"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: the reader's name for it, and words for a message."""

    name: str
    label: str


def sniff(path: Path) -> Kind:
    """Tell what a file holds.

    Returns
    -------
    Kind
        `name` is one of `pdf`, `docx`, `doc`, `odt`, `rtf`, `html`, `mhtml`, `image`, `text`.

    Raises
    ------
    UnreadableFile
        The path is missing, a folder, empty, not permitted, or the file is encrypted or truncated.
    UnsupportedFormat
        The content is of a kind that no reader takes; the message names it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "page.txt"
    ...     _ = file.write_text("<html><body>1</body></html>", encoding="utf-8")
    ...     sniff(file).name
    'html'
    """
    return opened(path)[0]


def opened(path: Path) -> tuple[Kind, bytes]:
    """What a file holds, as `sniff` tells it, and its bytes: a file is read once."""
    try:
        if not path.is_file():
            raise UnreadableFile(_what_it_is(path))
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if not head:
                raise UnreadableFile(f"{path}: the file is empty (0 bytes); fetch it again")
            if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
                kind = _zip_kind(path, file)
                file.seek(len(head))
                return kind, head + file.read()
            if head.startswith(b"\xd0\xcf\x11\xe0"):
                data = head + file.read()
                return _ole_kind(path, data), data
            return _plain_kind(path, head), head + file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(f"{path}: cannot be opened ({reason}); check the path and permissions") from error


def _plain_kind(path: Path, head: bytes) -> Kind:
    """The kind of a file that is no container."""
    for magic, label in _IMAGES:
        if head.startswith(magic):
            return Kind("image", label)
    if head.startswith(b"BM") and len(head) > 14 and head[6:10] == b"\0\0\0\0":
        return Kind("image", "a BMP image")
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind("image", "a WebP image")
    for magic, label in _OTHERS:
        if head.startswith(magic) and (len(magic) > 2 or is_binary(head)):
            raise UnsupportedFormat(f"{path}: the file is {label}, not a report; give the report inside it")
    if _PDF.search(head[:1024]):
        return Kind("pdf", "PDF")
    if head.lstrip().startswith(b"{\\rtf"):
        return Kind("rtf", "RTF")
    return _text_kind(path, head)


def is_binary(data: bytes) -> bool:
    """Whether bytes are no text in any encoding of use here (control characters, many NULs).

    >>> is_binary(b"\\x00\\x01\\x02\\x03"), is_binary("正文".encode("gb18030"))
    (True, False)
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = data[:_HEAD]
    controls = len(sample) - len(sample.translate(None, bytes(set(range(32)) - set(_TEXT_CONTROLS))))
    return controls > max(2, len(sample) // 200)


def _what_it_is(path: Path) -> str:
    """What a path that is no file leads to."""
    if path.is_dir():
        shown = f"{path} (the current folder, or an empty path)" if path == Path() else path
        return f"{shown}: this is a folder; give one file, or build a dataset from the folder"
    if path.exists():
        return f"{path}: not a regular file; copy the report to a file first"
    if path.is_symlink():
        return f"{path}: a link that leads to no file; check where it points"
    return f"{path}: no such file; check the path"


def _text_kind(path: Path, head: bytes) -> Kind:
    if is_binary(head):
        raise UnsupportedFormat(
            f"{path}: binary content of unknown kind (begins {head[:4].hex(' ')}); give a PDF, DOCX, HTML or text file"
        )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    else:
        start = head.decode("latin-1").removeprefix("\u00ef\u00bb\u00bf")
        if (
            _HEADER.match(head.removeprefix(b"\xef\xbb\xbf"))
            and _MIME.search(head[:4096])
            and b"content-type:" in head[:8192].lower()
        ):
            return Kind("mhtml", "a saved web page (MHTML)")
    if _HTML_START.match(start) or _HTML_LATER.search(start):
        return Kind("html", "HTML")
    return Kind("text", "plain text")


def _zip_kind(path: Path, file: BinaryIO) -> Kind:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            types = b""
            if "[Content_Types].xml" in names and archive.getinfo("[Content_Types].xml").file_size < 1 << 20:
                types = archive.read("[Content_Types].xml")
            mimetype = b""
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 1024:
                mimetype = archive.read("mimetype")
    except Exception as error:  # zipfile raises a dozen types on damaged input
        raise UnreadableFile(f"{path}: a zip container (docx, ofd …), cut short or damaged; fetch it again") from error
    lower = {name.lower() for name in names}
    if b"wordprocessingml" in types or "word/document.xml" in lower:
        return Kind("docx", "DOCX")
    if "ofd.xml" in lower:
        raise UnsupportedFormat(f"{path}: OFD cannot be read; open it in an OFD viewer and export it as PDF")
    if b"opendocument.text" in mimetype:
        return Kind("odt", "ODT")
    raise UnsupportedFormat(
        f"{path}: {_zip_label(lower, types, mimetype)} has no reader; save the report as PDF or DOCX"
    )


def _zip_label(names: set[str], types: bytes, mimetype: bytes) -> str:
    if "xl/workbook.xml" in names or b"spreadsheetml" in types or b"spreadsheet" in mimetype:
        return "a spreadsheet (XLSX, ODS)"
    if "ppt/presentation.xml" in names or b"presentationml" in types or b"presentation" in mimetype:
        return "a presentation (PPTX, ODP)"
    if b"epub" in mimetype:
        return "an EPUB book"
    return "a zip archive"


def _ole_kind(path: Path, data: bytes) -> Kind:
    if len(data) < 1024:
        raise UnreadableFile(f"{path}: an Office file cut short ({len(data)} bytes); fetch it again")
    if _stream(data, "EncryptedPackage") or _stream(data, "EncryptionInfo"):
        raise UnreadableFile(_ENCRYPTED.format(path))
    if entry := _stream(data, "WordDocument"):
        if _doc_encrypted(data, entry):
            raise UnreadableFile(_ENCRYPTED.format(path))
        return Kind("doc", "a Word 97–2003 or WPS file")
    for stream, label in (("Workbook", "an Excel 97–2003 file"), ("PowerPoint Document", "a PowerPoint 97–2003 file")):
        if _stream(data, stream):
            raise UnsupportedFormat(f"{path}: {label} has no reader; save the report as PDF or DOCX")
    if path.suffix.lower() in (".doc", ".wps", ".wpt", ".dot"):
        return Kind("doc", "a Word 97–2003 or WPS file")
    raise UnsupportedFormat(f"{path}: an Office 97–2003 container of unknown kind; save the report as PDF or DOCX")


def _stream(data: bytes, name: str) -> bytes:
    """The 128-byte directory entry of an OLE2 stream, or nothing."""
    needle = name.encode("utf-16-le") + b"\0\0"
    start = data.find(needle)
    while start >= 0:
        # directory entries lie on 128-byte borders: the name elsewhere is text of the document
        if start % 128 == 0 and len(data) >= start + 128:
            return data[start : start + 128]
        start = data.find(needle, start + 1)
    return b""


def _doc_encrypted(data: bytes, entry: bytes) -> bool:
    """The fEncrypted bit in the file information block at the head of the WordDocument stream."""
    (sector,) = struct.unpack_from("<I", entry, 116)
    (shift,) = struct.unpack_from("<H", data, 30)
    if shift > 16:
        return False
    offset = (sector + 1) << shift
    if offset + 12 > len(data) or data[offset : offset + 2] != b"\xec\xa5":
        return False
    return bool(data[offset + 11] & 1)
