"""Stata files (`.dta`, format 118, Stata 14 and later), written row by row.

pandas writes them too, but holds the whole table, knows one kind of missing only, and stamps the clock. The format is
that of Stata's own description (`help dta`).
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

import numpy as np

Kind = str
"""`double`, `long`, `byte`, `strL`, or `str1` to `str2045` (bytes of UTF-8)."""

_NUMBERS = {"double": (65526, "<f8", "%10.0g"), "long": (65528, "<i4", "%12.0g"), "byte": (65530, "i1", "%8.0g")}
_SYSTEM_MISSING = {"double": 0x7FE0000000000000, "long": 2147483621, "byte": 101}
_STRL = 32768
_MAP = ("variable_types", "varnames", "sortlist", "formats", "value_label_names", "variable_labels", "characteristics",
        "data", "strls", "value_labels")  # fmt: skip

Values = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class StataVariable:
    """A variable: name (32 letters at most), kind, label, the set of value labels, and notes."""

    name: str
    kind: Kind
    label: str = ""
    labels: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StataFile:
    """What stands in a file beside its rows; `value_labels` by the name of the set."""

    variables: Sequence[StataVariable]
    label: str = ""
    notes: tuple[str, ...] = ()
    value_labels: Mapping[str, Mapping[int, str]] = field(default_factory=dict)


def missing(kind: Kind, letter: str = "") -> Any:
    """The value Stata reads as `.`, or as `.a` to `.z`.

    >>> missing("byte"), missing("long", "b")
    (101, 2147483623)
    """
    place = ord(letter) - ord("a") + 1 if letter else 0
    if kind == "double":
        return struct.unpack("<d", struct.pack("<Q", _SYSTEM_MISSING[kind] + (place << 40)))[0]
    return _SYSTEM_MISSING[kind] + place


def bytes_per_row(file: StataFile) -> int:
    """Bytes that a row takes, long strings apart."""
    return _dtype(file.variables).itemsize


def write_dta(path: Path, file: StataFile, n_rows: int, chunks: Iterable[Sequence[Any]]) -> None:
    """Write a file; the same rows give the same bytes.

    Parameters
    ----------
    path
        The file to write.
    file
        Its variables, labels and notes.
    n_rows
        How many rows `chunks` bring in all.
    chunks
        For each chunk one sequence of values per variable: numbers of the variable's kind (missing ones as `missing`
        gives them), or text as UTF-8 bytes.

    Raises
    ------
    ValueError
        `chunks` bring another number of rows.
    """
    variables = file.variables
    with path.open("wb") as out, tempfile.TemporaryFile() as long_strings:
        offsets = [0]
        out.write(_header(file, n_rows))
        offsets.append(out.tell())
        map_at = out.tell() + len(b"<map>")
        out.write(b"<map>" + bytes(8 * 14) + b"</map>")
        parts = _parts(file)
        for tag in _MAP[:-3]:
            offsets.append(out.tell())
            _tagged(out, tag, parts[tag])
        offsets.append(out.tell())
        out.write(b"<data>")
        seen = 0
        for chunk in chunks:
            seen += _rows(out, long_strings, variables, chunk, seen)
        out.write(b"</data>")
        if seen != n_rows:
            raise ValueError(f"{path.name}: {seen} rows came, {n_rows} were announced")
        offsets.append(out.tell())
        out.write(b"<strls>")
        long_strings.seek(0)
        while block := long_strings.read(1 << 20):
            out.write(block)
        out.write(b"</strls>")
        offsets.append(out.tell())
        _tagged(out, "value_labels", b"".join(_label_set(*each) for each in file.value_labels.items()))
        offsets.append(out.tell())
        out.write(b"</stata_dta>")
        offsets.append(out.tell())
        out.seek(map_at)
        out.write(struct.pack("<14Q", *offsets))


def _tagged(out: IO[bytes], tag: str, content: bytes) -> None:
    out.write(b"<%b>%b</%b>" % (tag.encode(), content, tag.encode()))


def _header(file: StataFile, n_rows: int) -> bytes:
    label = _cut(file.label, 80, 320)
    return (
        b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder>"
        + b"<K>%b</K><N>%b</N>" % (struct.pack("<H", len(file.variables)), struct.pack("<Q", n_rows))
        + b"<label>%b%b</label><timestamp>\0</timestamp></header>" % (struct.pack("<H", len(label)), label)
    )


def _parts(file: StataFile) -> dict[str, bytes]:
    variables = file.variables
    notes = [("_dta", file.notes), *((v.name, v.notes) for v in variables)]
    return {
        "variable_types": b"".join(struct.pack("<H", _type(v.kind)) for v in variables),
        "varnames": b"".join(_fixed(v.name, 32, 129) for v in variables),
        "sortlist": bytes(2 * (len(variables) + 1)),
        "formats": b"".join(_fixed(_format(v.kind), 56, 57) for v in variables),
        "value_label_names": b"".join(_fixed(v.labels, 32, 129) for v in variables),
        "variable_labels": b"".join(_fixed(v.label, 80, 321) for v in variables),
        "characteristics": b"".join(_notes(name, texts) for name, texts in notes),
    }


def _type(kind: Kind) -> int:
    if kind == "strL":
        return _STRL
    return _NUMBERS[kind][0] if kind in _NUMBERS else int(kind.removeprefix("str"))


def _format(kind: Kind) -> str:
    if kind == "strL":
        return "%9s"
    return _NUMBERS[kind][2] if kind in _NUMBERS else f"%-{min(40, max(9, _type(kind)))}s"


def _dtype(variables: Sequence[StataVariable]) -> np.dtype[Any]:
    def one(kind: Kind) -> str:
        if kind == "strL":
            return "<u8"
        return _NUMBERS[kind][1] if kind in _NUMBERS else f"S{_type(kind)}"

    return np.dtype([(f"v{i}", one(v.kind)) for i, v in enumerate(variables)])


def _cut(text: str, letters: int, size: int) -> bytes:
    """UTF-8 of at most so many letters and bytes, never cut within a letter."""
    return text[:letters].encode()[:size].decode(errors="ignore").encode()


def _fixed(text: str, letters: int, size: int) -> bytes:
    return _cut(text, letters, size - 1).ljust(size, b"\0")


def _notes(name: str, texts: Sequence[str]) -> bytes:
    """Notes are characteristics note1, note2 …, and note0 says how many."""
    numbered = [("note0", str(len(texts))), *((f"note{i}", text) for i, text in enumerate(texts, 1))]
    out = b""
    for key, text in numbered if texts else ():
        content = _fixed(name, 32, 129) + _fixed(key, 32, 129) + text.encode() + b"\0"
        out += b"<ch>%b%b</ch>" % (struct.pack("<I", len(content)), content)
    return out


def _rows(
    out: IO[bytes], long_strings: IO[bytes], variables: Sequence[StataVariable], chunk: Sequence[Any], before: int
) -> int:
    rows = np.zeros(len(chunk[0]), _dtype(variables))
    for i, (variable, values) in enumerate(zip(variables, chunk, strict=True)):
        if variable.kind == "strL":
            rows[f"v{i}"] = _long(long_strings, i + 1, values, before)
        else:
            rows[f"v{i}"] = values
    out.write(rows.tobytes())
    return len(rows)


def _long(out: IO[bytes], variable: int, values: Sequence[bytes], before: int) -> list[int]:
    """Long strings stand apart, each under the numbers of its variable and row; an empty one is not written."""
    places = []
    for row, value in enumerate(values, before + 1):
        places.append(variable | row << 16 if value else 0)
        if value:
            out.write(b"GSO" + struct.pack("<IQBI", variable, row, 130, len(value) + 1) + value + b"\0")
    return places


def _label_set(name: str, labels: Mapping[int, str]) -> bytes:
    values = sorted(labels)
    texts = [labels[value].encode() + b"\0" for value in values]
    starts = list(accumulate(map(len, texts), initial=0))[:-1]
    table = struct.pack(f"<II{len(values)}I", len(values), sum(map(len, texts)), *starts)
    table += struct.pack(f"<{len(values)}i", *values) + b"".join(texts)
    return b"<lbl>%b%b\0\0\0%b</lbl>" % (struct.pack("<I", len(table)), _fixed(name, 32, 129), table)
