"""Input that is no readable report: a typed error with a remedy, quickly, and never anything else."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from test_readers_docx import NUMBERING, docx, num, p, tbl, tc

import govdisclose
from govdisclose.corpus.raw_files import find
from govdisclose.errors import GovdiscloseError, UnreadableFile, UnsupportedFormat, UsageError
from govdisclose.model import Document, Grid, Paragraph
from govdisclose.readers import read_document, read_text
from govdisclose.readers.docx import read_docx
from govdisclose.readers.html import read_html


def ole(*streams: str, flags: int = 0) -> bytes:
    """A compound file of four sectors: header, allocation table, directory, and one stream's start."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    directory = b""
    for name in ("Root Entry", *streams):
        entry = bytearray(128)
        raw = name.encode("utf-16-le") + b"\0\0"
        entry[: len(raw)] = raw
        struct.pack_into("<HI", entry, 64, len(raw), 0)
        struct.pack_into("<II", entry, 116, 2, 4096)
        directory += bytes(entry)
    stream = bytearray(512)
    struct.pack_into("<HHIHH", stream, 0, 0xA5EC, 0xC1, 0, 0, flags)
    return bytes(header) + bytes(512) + directory.ljust(512, b"\0") + bytes(stream) * 4


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return path


ERRORS: dict[str, tuple[str, bytes, type[GovdiscloseError], str]] = {
    "zero bytes": ("a.txt", b"", UnreadableFile, "empty"),
    "image PNG": ("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(50), UnreadableFile, "picture is damaged"),
    "image JPEG": ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(50), UnreadableFile, "picture is damaged"),
    "image TIFF": ("a.tif", b"II*\x00" + bytes(50), UnreadableFile, "picture is damaged"),
    "image GIF": ("a.gif", b"GIF89a" + bytes(50), UnreadableFile, "picture is damaged"),
    "image BMP": (
        "a.bmp",
        b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0" + bytes(50),
        UnreadableFile,
        "picture is damaged",
    ),
    "gzip": ("a.html", b"\x1f\x8b\x08" + bytes(50), UnsupportedFormat, "gzip"),
    "RAR": ("a.docx", b"Rar!\x1a\x07" + bytes(50), UnsupportedFormat, "RAR"),
    "NULs": ("a.txt", bytes(1000), UnsupportedFormat, "binary"),
    "random bytes": ("a.docx", random.Random(1).randbytes(5000), UnsupportedFormat, "binary"),
    "truncated zip": ("a.docx", docx(p("甲"))[:300], UnreadableFile, "cut short or damaged"),
    "encrypted OOXML": ("a.docx", ole("EncryptionInfo", "EncryptedPackage"), UnreadableFile, "password"),
    "encrypted DOC": ("a.doc", ole("WordDocument", flags=0x100), UnreadableFile, "password"),
    "XLS": ("a.doc", ole("Workbook"), UnsupportedFormat, "Excel"),
    "PPT": ("a.ppt", ole("PowerPoint Document"), UnsupportedFormat, "PowerPoint"),
    "other OLE": ("a.msi", ole("Something"), UnsupportedFormat, "unknown kind"),
    "short OLE": ("a.doc", ole()[:600], UnreadableFile, "cut short"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_typed_error(case: str, tmp_path: Path) -> None:
    name, data, kind, words = ERRORS[case]
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(kind, match=words) as caught:
        read_document(file)
    message = str(caught.value)
    assert message.startswith(str(file)) and "\n" not in message and ";" in message


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"OFD_dot_xml": b"<a/>", "Doc_0__Document_dot_xml": b""}, r"OFD.*export it as PDF"),
        ({"xl__workbook_dot_xml": b""}, "spreadsheet"),
        ({"ppt__presentation_dot_xml": b""}, "presentation"),
        ({"mimetype": b"application/epub+zip"}, "EPUB"),
        ({"a_dot_txt": b"1"}, "a zip archive"),
    ],
)
def test_other_zips(members: dict[str, bytes], words: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match=words):
        read_document(archive(tmp_path / "a.docx", **members))


def test_paths(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no such file"):
        read_document(tmp_path / "none.html")
    with pytest.raises(UnreadableFile, match="folder"):
        read_document(tmp_path)
    with pytest.raises(UnreadableFile, match=r"cannot be opened|no such file"):
        read_document("a\0b.txt")
    with pytest.raises(UnreadableFile, match=r"cannot be opened|no such file"):
        read_document(tmp_path / ("x" * 5000))
    with pytest.raises(UnreadableFile, match="empty path"):
        read_document("")
    for nothing in (None, "", b"a.html"):
        with pytest.raises(UsageError, match="not a path"):
            govdisclose.read(nothing)  # type: ignore[arg-type]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(UnreadableFile, match="regular file"):
            read_document(tmp_path / "pipe")


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    loop, lost = tmp_path / "loop.html", tmp_path / "lost.html"
    try:
        loop.symlink_to(loop)
        lost.symlink_to(tmp_path / "gone.html")
    except OSError:
        pytest.skip("no symbolic links here")
    for link in (loop, lost):
        with pytest.raises(UnreadableFile, match=r"a link that leads to no file|cannot be opened"):
            read_document(link)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipes_in_a_folder_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>1</p>")
    os.mkfifo(tmp_path / "b.html")
    found, skipped = find(tmp_path, tmp_path / "processed")
    assert [file.name for file in found] == ["a.html"] and skipped == ("b.html",)


@pytest.mark.parametrize(
    ("name", "data", "reader", "noted"),
    [
        ("a.doc", "<html><p>甲</p></html>".encode(), "html", True),
        ("a.docx", "一、总体情况\n甲\t1\t2\n".encode(), "text", True),
        ("a.pdf", "一、总体情况\n".encode("gb18030"), "text", True),
        ("a.html", docx(p("甲")), "docx", True),
        ("a.wps", docx(p("甲")), "docx", True),
        ("a.txt", b"\xef\xbb\xbf<!DOCTYPE html><p>1", "html", True),
        ("a.html", "<p>甲</p>".encode("utf-16"), "html", False),
        ("a.html", b"<!-- saved --><?xml version='1.0'?>\n<div>1</div>", "html", False),
        ("a", b"<table><tr><td>1</table>", "html", False),
        ("a.2023", b"text", "text", False),
        ("a.md", "# 题 <br>".encode(), "text", False),
        ("a.mht", b"MIME-Version: 1.0\nContent-Type: text/html\n\n<p>1</p>", "html", False),
        ("a.html", b"From: x\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>1</p>", "html", False),
    ],
)
def test_content_decides(name: str, data: bytes, reader: str, noted: bool, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    document = read_document(file)
    assert document.reader == reader and document.blocks
    assert ("wrong_extension" in [note.code for note in document.notes]) == noted


def test_pdf_not_at_the_first_byte(tmp_path: Path) -> None:
    from govdisclose.readers import sniff

    file = tmp_path / "a.html"
    file.write_bytes(b"\r\n\xef\xbb\xbf junk\n%PDF-1.4\n")
    assert sniff(file).name == "pdf"
    file.write_bytes(b"about %PDF files")
    assert sniff(file).name == "text"


NONSENSE: dict[str, Callable[[], bytes]] = {
    "random": lambda: random.Random(2).randbytes(50 << 20),
    "letters": lambda: b"abcdefghi " * (5 << 20),
    "lines": lambda: b"1 2 3 4 5\n" * (5 << 20),
    "ideographs": lambda: "政府 1 ".encode("gb18030") * (7 << 20),
    "html of text": lambda: b"<html>" + b"a b c d e " * (5 << 20),
    "html of tags": lambda: b"<html>" + b"<p>1<td>" * (6 << 20),
    "mime": lambda: b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + b"abcdefghi\n" * (5 << 20),
    "utf-16": lambda: b"\xff\xfe" + random.Random(3).randbytes(50 << 20),
}


@pytest.mark.parametrize("case", NONSENSE)
def test_fifty_megabytes_of_nonsense(case: str, tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_bytes(NONSENSE[case]())
    with pytest.raises(GovdiscloseError):
        read_document(file)


HARD_TEXT: dict[str, str] = {
    "one long line of values": "1 " * 3_000_000,
    "brackets": "[" * 1_000_000 + "](",
    "stars": "**a" * 500_000,
    "bars": "|" * 2_000_000,
    "tabs": "\t" * 2_000_000,
    "table tags": "<table" * 500_000,
    "opened tables": "<table>" * 500_000 + "</table>",
    "dashes": "|--" * 500_000 + "x",
    "white space": " " * 3_000_000 + "x",
    "comments": "<!--" * 500_000,
    "hashes": "#" * 1_000_000,
    "quotes": '",' * 1_000_000,
    "entities": "&#" * 1_000_000,
    "frames": "+-" * 500_000 + "x",
}


@pytest.mark.parametrize("case", HARD_TEXT)
@pytest.mark.parametrize("read", [read_text, read_html])
def test_nothing_takes_quadratic_time(case: str, read: Callable[[str], Document]) -> None:
    try:
        read(HARD_TEXT[case])
    except GovdiscloseError as error:
        assert len(str(error)) < 500


SEEDS: dict[str, bytes] = {
    "a.txt": "# 题\n规章\t0\t1,717\n甲 | 1 | 2 |\n| - |\n\n1.项 0 0 0\n<table><tr><td>1</table>".encode("gb18030"),
    "a.html": (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>题</title></head><body><h1>年报</h1><table>'
        '<tr><td rowspan="2">甲<td colspan="2">1<tr><td><p>2</p><td><table><tr><td>内<td>3</table></table><pre>a\tb\tc'
        "</pre><ul><li><a href=#>1</a><li>&nbsp;</ul></body></html>"
    ).encode(),
    "a.mht": (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="X"\r\n\r\n--X\r\nContent-Type: text/html; '
        b"charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+uavqyTwvcD4=\r\n--X--\r\n"
    ),
    "a.docx": docx(
        p("题", num(1, 0))
        + tbl(
            tc("甲", '<w:vMerge w:val="restart"/>') + tc("1", '<w:gridSpan w:val="2"/>'),
            tc("", "<w:vMerge/>") + tc("2"),
        ),
        numbering=NUMBERING,
        styles='<w:style w:type="paragraph" w:styleId="a"><w:name w:val="heading 1"/></w:style>',
        core="<c><title>x</title></c>",
    ),
    "a.doc": ole("1Table", flags=0x100),
}


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A copy cut short, or with bytes changed, dropped, repeated or swapped."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(out) or 1)
        match rng.randrange(6):
            case 0:
                del out[at:]
            case 1 | 2 if out:
                out[at] = rng.randrange(256)
            case 3:
                del out[at : at + rng.randint(1, 30)]
            case 4:
                out[at:at] = out[at : at + rng.randint(1, 60)]
            case _:
                other = rng.randrange(len(out) or 1)
                out[at : at + 4], out[other : other + 4] = out[other : other + 4], out[at : at + 4]
        if not out:
            break
    return bytes(out)


@pytest.mark.parametrize("name", SEEDS)
def test_mutations(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no LibreOffice: this is about our own code
    rng = random.Random(name)
    file = tmp_path / name
    for _ in range(200):
        file.write_bytes(mutated(SEEDS[name], rng))
        try:
            document = read_document(file)
        except GovdiscloseError as error:
            assert "\n" not in str(error)
        else:
            assert isinstance(document, Document)


def test_mutated_parts_of_a_word_file() -> None:
    """Damage within the XML, behind the checksums of the container."""
    rng = random.Random(7)
    body = SEEDS["a.docx"]
    with zipfile.ZipFile(io.BytesIO(body)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    read = 0
    for _ in range(200):
        buffer = io.BytesIO()
        name = rng.choice(list(members))
        with zipfile.ZipFile(buffer, "w") as target:
            for member, content in members.items():
                target.writestr(member, _renamed(content, rng) if member == name else content)
        try:
            document = read_docx(buffer.getvalue())
        except GovdiscloseError:
            continue
        read += any(isinstance(block, Grid) for block in document.blocks)
    assert read > 50


def _renamed(xml: bytes, rng: random.Random) -> bytes:
    """Well-formed damage: another name, number or value in its place."""
    words = [b"val", b"1", b"restart", b"-5", b"999999999", b"", b"\xe7\x94\xb2", b"x", b"w:p", b"w:tc"]
    pieces = xml.split(b'"')
    for _ in range(rng.randint(1, 4)):
        pieces[rng.randrange(len(pieces) // 2) * 2 + 1 if len(pieces) > 2 else 0] = rng.choice(words)
    return b'"'.join(pieces)


def test_markup_as_deep_as_it_gets() -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 5000
    with pytest.raises(UnreadableFile, match="damaged"):
        read_docx(docx(deep))
    body = p("内")
    for _ in range(60):
        body = tbl(tc(body + p("")))
    assert read_docx(docx(body)).blocks == (Paragraph("内"),)
