"""Text and Markdown: bytes → characters → lines → paragraphs and grids."""

from __future__ import annotations

import codecs
import html as entities
import re

from govdisclose.errors import UnreadableFile, UnsupportedFormat
from govdisclose.model import Block, Document, Note
from govdisclose.readers.rows import MAX_ROW, Line, blocks_from_lines

MAX_TEXT_BYTES = 8 << 20
MAX_LINES = 200_000
_MAX_DAMAGE = 0.01
"""Share of undecodable characters above which bytes are taken for something else than text."""

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "utf8": "utf-8",
    "unicode": "utf-8",
    "big5-hkscs": "big5hkscs",
}
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\u0085\u2028\u2029]")
_TABLE_TAG = re.compile(r"<table\b|</table\s*>", re.I)
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t\u3000\xa0]+|(?=[^\s#\d|!]))(?P<text>.*?)[ \t]*#*\s*$")
_RULE = re.compile(r"^\s*(?:(?:-\s?){3,}|(?:\*\s?){3,}|(?:_\s?){3,}|={3,}|`{3,}\w*|~{3,})\s*$")
_BREAK = re.compile(r"<br\s*/?>", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d?);")
_BOLD = re.compile(r"(\*\*|__)(?=[^\s*_])(.{1,500}?)(?<=[^\s*_])\1")
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\((?:[a-z]{1,9}:|[/.#])[^)\s]{0,2000}\)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")


def read_text(data: bytes | str, *, name: str = "text") -> Document:
    """Read text or Markdown.

    Parameters
    ----------
    data : bytes or str
        The content. Bytes are decoded as what they strictly are: UTF-8, UTF-16 with a byte order
        mark, GB 18030, or Big5.
    name : str
        What messages call the file.

    Returns
    -------
    Document
        Paragraphs with source lines, and grids without geometry, in order.

    Raises
    ------
    UnreadableFile
        The content is empty or too large to be one report.
    UnsupportedFormat
        The bytes are no text.

    Examples
    --------
    >>> document = read_text("甲\\t1\\t\\n乙\\t2\\t3".encode("gb18030"))
    >>> [(c.row, c.col, c.text) for c in document.blocks[0].cells][:3]
    [(0, 0, '甲'), (0, 1, '1'), (0, 2, '')]
    """
    size = len(data)
    if not size:
        raise UnreadableFile(f"{name}: the file is empty (0 bytes); fetch it again")
    if size > MAX_TEXT_BYTES:
        raise UnreadableFile(
            f"{name}: {size >> 20} MiB of text is too large for one report (limit {MAX_TEXT_BYTES >> 20} MiB);"
            " give the report alone"
        )
    notes: tuple[Note, ...] = ()
    if isinstance(data, bytes):
        text, encoding, notes = decode(data, name=name)
        metadata = {"encoding": encoding}
    else:
        text, metadata = data, {}
    return Document(tuple(text_blocks(text, name=name)), "text", "lines", metadata, notes)


def document_from_text(text: str) -> Document:
    """Make a document of pasted text.

    Examples
    --------
    >>> document_from_text("## 标题\\n**正文**").blocks[1].text
    '正文'
    """
    return read_text(text, name="pasted text")


def text_blocks(text: str, *, name: str = "text") -> list[Block]:
    """Paragraphs and grids of text; HTML tables within Markdown are read as HTML.

    Raises
    ------
    UnreadableFile
        There are more than `MAX_LINES` lines.
    """
    lines = _LINE_END.split(text.removeprefix("\ufeff").replace("\0", ""))
    if len(lines) > MAX_LINES:
        raise UnreadableFile(f"{name}: {len(lines)} lines are too many for one report (limit {MAX_LINES})")
    tables = _table_spans(text)
    if not tables:
        return blocks_from_lines([_line(number, line) for number, line in enumerate(lines, 1)])
    from govdisclose.readers.html import read_html

    blocks: list[Block] = []
    at = number = 0
    for start, end in [*tables, (len(text), len(text))]:
        between = _LINE_END.split(text[at:start])
        blocks += blocks_from_lines([_line(n, line) for n, line in enumerate(between, number + 1)])
        if start < end:
            blocks += read_html(text[start:end], name=name).blocks
        number += len(between) + len(_LINE_END.split(text[start:end])) - 2
        at = end
    return blocks


def _table_spans(text: str) -> list[tuple[int, int]]:
    """Where Markdown holds a table as HTML, as converters of scans and documents write it."""
    spans: list[tuple[int, int]] = []
    depth = start = 0
    for tag in _TABLE_TAG.finditer(text):
        if not tag[0].startswith("</"):
            start = start if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                spans.append((start, tag.end()))
    return spans


def decode(data: bytes, *, declared: str = "", name: str = "text") -> tuple[str, str, tuple[Note, ...]]:
    """Decode bytes as what they strictly are, whatever they claim to be.

    Parameters
    ----------
    data : bytes
    declared : str
        The encoding the file claims, tried after UTF-8 (which cannot be matched by chance).
    name : str
        What messages call the file.

    Returns
    -------
    tuple of (str, str, tuple of Note)
        Text, encoding used, and notes on a false claim or on damaged characters.

    Raises
    ------
    UnsupportedFormat
        More than 1 % of the characters fit no encoding: the bytes are no text.

    Examples
    --------
    >>> text, encoding, notes = decode("公开".encode("gb18030"), declared="utf-8")
    >>> text, encoding, notes[0].code
    ('公开', 'gb18030', 'wrong_encoding')
    """
    claim = _ALIASES.get(declared.lower(), declared.lower())
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _tolerant(data, [encoding], name)
    candidates = ["utf-8", *([claim] if _known(claim) else []), "gb18030", "big5hkscs"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if claim and _known(claim) and claim != encoding and not text.isascii():
            return text, encoding, (_wrong_encoding(declared, encoding),)
        return text, encoding, ()
    return _tolerant(data, candidates, name)


def _known(encoding: str) -> bool:
    # Latin-1 decodes anything, so a claim of it proves nothing
    if not encoding or encoding in ("iso-8859-1", "latin-1", "latin1", "windows-1252", "us-ascii", "ascii"):
        return False
    try:
        return codecs.lookup(encoding)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _tolerant(data: bytes, encodings: list[str], name: str) -> tuple[str, str, tuple[Note, ...]]:
    trials = [(data.decode(encoding, "replace"), encoding) for encoding in encodings]
    text, encoding = min(trials, key=lambda trial: trial[0].count("\ufffd"))
    damaged = text.count("\ufffd")
    if damaged > max(2, len(text) * _MAX_DAMAGE):
        raise UnsupportedFormat(f"{name}: no text in any known encoding; give a PDF, DOCX, HTML or text file")
    if not damaged:
        return text, encoding, ()
    note = Note(
        "damaged_text",
        f"有{damaged}处字符无法解码({encoding}),已用“\ufffd”代替",
        f"{damaged} characters cannot be decoded as {encoding} and stand as \ufffd",
        "warning",
    )
    return text, encoding, (note,)


def _wrong_encoding(declared: str, encoding: str) -> Note:
    return Note(
        "wrong_encoding",
        f"文件声明编码为{declared},实际为{encoding},已按实际编码读取",
        f"the file claims {declared} and is {encoding}; read as what it is",
    )


def _line(number: int, text: str) -> Line:
    heading = 0
    if "#" in text and "\t" not in text and (match := _HEADING.match(text)) and "|" not in text:
        heading, text = len(match[1]), match["text"]
    elif _RULE.match(text):
        text = ""
    return Line(plain(text), number, heading)


def plain(text: str) -> str:
    """Drop Markdown emphasis, links and escapes; turn `<br>` and entities into characters.

    `\\|` stays as it is, for the splitting of rows.

    >>> plain("**甲项** &lt;1&gt;<br>2\\\\.")
    '甲项 <1>\\n2.'
    """
    if len(text) > MAX_ROW:
        return text
    if "<" in text:
        text = _BREAK.sub("\n", text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: entities.unescape(match[0]), text)
    if "*" in text or "__" in text:
        text = _BOLD.sub(r"\2", text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "\\" in text:
        text = _ESCAPE.sub(lambda match: match[0] if match[1] == "|" else match[1], text)
    return text
