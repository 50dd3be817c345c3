"""Word 97–2003 files whose last table has no paragraph after it, which LibreOffice then loses.

Word always writes that paragraph; other programs do not. LibreOffice imports such a table as its
texts glued together, so that the mark is added before the file is converted. Offsets are those of
the file information block in Microsoft's [MS-DOC]; the container is [MS-CFB].
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Literal

State = Literal["fine", "repaired", "lost"]

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LAST_SECTOR = 0xFFFFFFFA
_SMALL = 4096
"""Streams below this size live in the mini stream."""
_CELL_MARK = 7
_PAGE = 512
_CCP_TEXT, _CB_MAC, _SECTIONS, _PAPX, _CLX = 0x4C, 0x40, 0xCA, 0x102, 0x1A2


def with_final_paragraph(data: bytes) -> tuple[bytes, State]:
    """Add the paragraph mark that is missing after a last table.

    Parameters
    ----------
    data : bytes
        A Word 97–2003 file.

    Returns
    -------
    tuple of (bytes, str)
        The file, and `fine` (nothing to do, or no such file), `repaired`, or `lost` (the table ends
        the text, and the mark could not be added).

    Examples
    --------
    >>> with_final_paragraph(b"something else")
    (b'something else', 'fine')
    """
    try:
        parts = streams(data)
        main = parts["WordDocument"]
        table_name = "1Table" if _u16(main, 0x0A) & 0x0200 else "0Table"
        table = parts[table_name]
        if _u16(main, 2) < 0xC1 or not _ends_in_cell(main, table):
            return data, "fine"
    except (KeyError, IndexError, ValueError, struct.error):
        return data, "fine"
    try:
        parts["WordDocument"], parts[table_name] = _appended(bytearray(main), bytearray(table))
        return container(parts), "repaired"
    except (IndexError, ValueError, struct.error):
        return data, "lost"


def _u16(data: bytes | bytearray, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0])


def _u32(data: bytes | bytearray, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _pieces(main: bytes | bytearray, table: bytes | bytearray) -> tuple[int, list[int], list[bytes]]:
    """Where the piece table begins, its character positions, and its 8-byte descriptors."""
    start, size = _u32(main, _CLX), _u32(main, _CLX + 4)
    at = start
    while table[at] == 1:
        at += 3 + _u16(table, at + 1)
    if table[at] != 2 or at >= start + size:
        raise ValueError("no piece table")
    count = (_u32(table, at + 1) - 4) // 12
    positions = list(struct.unpack_from(f"<{count + 1}I", table, at + 5))
    first = at + 5 + 4 * (count + 1)
    return at, positions, [bytes(table[first + 8 * n : first + 8 * n + 8]) for n in range(count)]


def _ends_in_cell(main: bytes, table: bytes) -> bool:
    """Whether the last character of the main text is the mark that ends a cell or row."""
    last = _u32(main, _CCP_TEXT) - 1
    _, positions, descriptors = _pieces(main, table)
    for n, descriptor in enumerate(descriptors):
        if positions[n] <= last < positions[n + 1]:
            place = _u32(descriptor, 2)
            if place & 0x40000000:  # one byte a character
                return main[(place & 0x3FFFFFFF) // 2 + last - positions[n]] == _CELL_MARK
            return _u16(main, place + 2 * (last - positions[n])) == _CELL_MARK
    return False


def _appended(main: bytearray, table: bytearray) -> tuple[bytes, bytes]:
    """Both streams with a paragraph mark at the end of the main text, described where Word looks."""
    end = _u32(main, _CCP_TEXT)
    start, positions, descriptors = _pieces(main, table)
    # the mark goes to a page of its own behind everything, its properties (none) to the next one
    main.extend(bytes(-len(main) % _PAGE))
    place = len(main)
    main.extend(b"\r\0".ljust(_PAGE, b"\0"))
    properties = len(main) // _PAGE
    main.extend((struct.pack("<II", place, place + 2) + bytes(13)).ljust(_PAGE - 1, b"\0") + b"\x01")

    at = next(n for n, position in enumerate(positions) if position >= end)
    if positions[at] == end:
        cut_positions, cut = positions[: at + 1], descriptors[:at]
        rest_positions, rest = positions[at + 1 :], descriptors[at:]
    else:  # footnotes or headers go on in the same piece
        held = descriptors[at - 1]
        word = _u32(held, 2)
        unit = 1 if word & 0x40000000 else 2
        offset = (end - positions[at - 1]) * unit
        moved = word + 2 * offset if unit == 1 else word + offset
        cut_positions, cut = [*positions[:at], end], descriptors[:at]
        rest_positions = positions[at:]
        rest = [held[:2] + struct.pack("<I", moved) + held[6:], *descriptors[at:]]
    new_positions = [*cut_positions, *(position + 1 for position in [end, *rest_positions])]
    new_descriptors = [*cut, b"\0\0" + struct.pack("<I", place) + b"\0\0", *rest]
    pieces = struct.pack(f"<{len(new_positions)}I", *new_positions) + b"".join(new_descriptors)
    before = bytes(table[_u32(main, _CLX) : start])
    _replace(main, table, _CLX, before + b"\x02" + struct.pack("<I", len(pieces)) + pieces)

    papx, size = _u32(main, _PAPX), _u32(main, _PAPX + 4)
    count = (size - 4) // 8
    limits = list(struct.unpack_from(f"<{count + 1}I", table, papx))
    pages = list(struct.unpack_from(f"<{count}I", table, papx + 4 * (count + 1)))
    # what lies between the last described character and the new one has no text
    limits, pages = [*limits[:-1], place, place + 2], [*pages, properties]
    _replace(main, table, _PAPX, struct.pack(f"<{len(limits) + len(pages)}I", *limits, *pages))

    sections = (_u32(main, _SECTIONS + 4) - 4) // 16
    struct.pack_into("<I", table, _u32(main, _SECTIONS) + 4 * sections, end + 1)
    struct.pack_into("<I", main, _CCP_TEXT, end + 1)
    struct.pack_into("<I", main, _CB_MAC, len(main))
    return bytes(main), bytes(table)


def _replace(main: bytearray, table: bytearray, pointer: int, content: bytes) -> None:
    """Put a structure at the end of the table stream, and point to it there."""
    struct.pack_into("<II", main, pointer, len(table), len(content))
    table.extend(content)


def streams(data: bytes) -> dict[str, bytes]:
    """The streams of a compound file by name; of several alike (in sub-storages) the first.

    Raises
    ------
    ValueError, IndexError, struct.error
        It is no compound file, or a damaged one.
    """
    if not data.startswith(_MAGIC[:4]):
        raise ValueError("not a compound file")
    shift = _u16(data, 30)
    if shift not in (9, 12):
        raise ValueError("odd sector size")
    size = 1 << shift

    def sector(n: int) -> bytes:
        return data[(n + 1) * size : (n + 2) * size]

    tables = [n for n in struct.unpack_from("<109I", data, 76) if n < _LAST_SECTOR]
    more = _u32(data, 68)
    while more < _LAST_SECTOR and len(tables) < len(data) // size:
        numbers = struct.unpack(f"<{size // 4}I", sector(more))
        tables += [n for n in numbers[:-1] if n < _LAST_SECTOR]
        more = numbers[-1]
    fat = [n for table in tables for n in struct.unpack(f"<{size // 4}I", sector(table))]
    directory = _chained(_u32(data, 48), fat, sector)
    entries: dict[str, tuple[int, int]] = {}
    for at in range(0, len(directory) - 127, 128):
        length = _u16(directory, at + 64)
        if 2 < length <= 64 and directory[at + 66] in (2, 5):
            name = directory[at : at + length - 2].decode("utf-16-le", "replace")
            entries.setdefault(name, (_u32(directory, at + 116), _u32(directory, at + 120)))
    root = _chained(entries.pop("Root Entry", (_END, 0))[0], fat, sector)
    mini = _chained(_u32(data, 60), fat, sector)
    mini_fat = list(struct.unpack(f"<{len(mini) // 4}I", mini[: len(mini) // 4 * 4]))

    def mini_sector(n: int) -> bytes:
        return root[n * 64 : n * 64 + 64]

    return {
        name: (_chained(at, mini_fat, mini_sector) if length < _SMALL else _chained(at, fat, sector))[:length]
        for name, (at, length) in entries.items()
    }


def _chained(start: int, fat: list[int], sector: Callable[[int], bytes]) -> bytes:
    found: list[bytes] = []
    while start < _LAST_SECTOR:
        if len(found) > len(fat):
            raise ValueError("a chain of sectors that bites its tail")
        found.append(sector(start))
        start = fat[start]
    return b"".join(found)


def container(parts: dict[str, bytes]) -> bytes:
    """A compound file of streams, without sub-storages; `streams` reads them back.

    Streams are padded to the size from which they need no mini stream.

    >>> made = container({"b": b"2" * 5000, "a": b"1"})
    >>> {name: content[:2] for name, content in sorted(streams(made).items())}
    {'a': b'1\\x00', 'b': b'22'}
    """
    # the order of a compound file's directory: shorter names first
    names = sorted(parts, key=lambda name: (len(name), name.upper()))
    contents = [parts[name].ljust(_SMALL, b"\0") for name in names]
    fat: list[int] = []
    starts = []
    for content in contents:
        starts.append(len(fat))
        count = -(-len(content) // _PAGE)
        fat += [*range(len(fat) + 1, len(fat) + count), _END]
    directory = _entry("Root Entry", 5, _END, 0, child=0 if not names else 1)
    for n, (name, start, content) in enumerate(zip(names, starts, contents, strict=True), 1):
        directory += _entry(name, 2, start, len(content), right=n + 1 if n < len(names) else _FREE)
    directory += b"".join(_entry("", 0, 0, 0) for _ in range(-(len(directory) // 128) % 4))
    directory_start = len(fat)
    count = len(directory) // _PAGE
    fat += [*range(len(fat) + 1, len(fat) + count), _END]
    tables = 1
    while len(fat) + tables > tables * 128:
        tables += 1
    if tables > 109:
        raise ValueError("too large for a simple container")
    fat_start = len(fat)
    fat += [_FAT] * tables
    fat += [_FREE] * (tables * 128 - len(fat))
    header = _MAGIC + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIII", 0, tables, directory_start, 0, _SMALL) + struct.pack("<IIII", _END, 0, _END, 0)
    header += struct.pack("<109I", *range(fat_start, fat_start + tables), *[_FREE] * (109 - tables))
    body = b"".join(content + bytes(-len(content) % _PAGE) for content in contents)
    return header + body + directory + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, start: int, size: int, *, right: int = _FREE, child: int = _FREE) -> bytes:
    raw = name.encode("utf-16-le")
    length = len(raw) + 2 if name else 0
    links = struct.pack("<III", _FREE, right, child)
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBB", length, kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
