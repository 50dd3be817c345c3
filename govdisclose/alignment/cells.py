"""One placed piece -> one `Cell`: state, value, unit, and whether the print leaves a doubt."""

from __future__ import annotations

import re
from functools import lru_cache

from govdisclose.alignment.columns import Placed
from govdisclose.alignment.lines import Line, Piece
from govdisclose.clean import fold, parse, to_number
from govdisclose.forms import Entry
from govdisclose.model import Cell, Evidence, Number

_PRINTED_UNIT = re.compile(r"(?:[（(:]|单位:?)(?:单位)?:?(亿元|万元|元)[）)]?$")
_UNITS = {"元": "yuan", "万元": "10k_yuan", "亿元": "100m_yuan"}
_SHORT_OF_MONEY = {"万": (10_000, "10k_yuan"), "亿": (100_000_000, "100m_yuan")}
_TAKEN_FOR_DIGITS = str.maketrans("OoQDlI|", "0000111")
_PARTED_DIGITS = re.compile(r"\d\s\d")
_THOUSANDS = re.compile(r"\D*\d{1,3}(?:\s\d{3})+(?:\.\d+)?\D*")
_UP_OR_DOWN = re.compile("[增减升降↑↓+\\-−–]")
_PLAIN = re.compile("0|[1-9][0-9]*")
_MOSTLY_NUMBER = 4
"""Text with digits and at most so many other characters was meant as a number."""


def header_unit(text: str) -> str:
    """The unit of money a column header prints, or "".

    >>> header_unit("采购总金额（单位：万元）"), header_unit("采购总金额")
    ('10k_yuan', '')
    """
    match = _PRINTED_UNIT.search(fold(text))
    return _UNITS[match[1]] if match else ""


def _amount(entry: Entry, placed: Placed) -> tuple[Number | None, str]:
    """Value and unit of money, or of a count."""
    parsed = placed.piece.parsed
    value = parsed.value
    if not entry.unit or value is None:
        return int(value) if isinstance(value, float) and value.is_integer() and not entry.unit else value, ""
    tail = re.sub(r"[（(\[【〔].*", "", fold(placed.piece.text))[-1:]
    if tail in _SHORT_OF_MONEY:  # 万 for 万元
        factor, unit = _SHORT_OF_MONEY[tail]
        return value / factor, unit
    default = "" if entry.unit == "as_printed" else entry.unit
    return value, parsed.unit or header_unit(placed.header_text) or default


@lru_cache(maxsize=65536)
def is_plain(text: str) -> bool:
    """Whether what is printed is a whole number and nothing else, or nothing at all: no doubt can be about it.

    >>> [is_plain(text) for text in ("0", "12", "", "012", "1,717")]
    [True, True, True, False, False]
    """
    return not text or _PLAIN.fullmatch(text) is not None


def doubt_about(entry: Entry, piece: Piece, line: Line) -> str:
    """Why what is printed in a cell may not be what it says, or ""."""
    parsed = piece.parsed
    if parsed.state in ("blank", "dash"):
        return ""
    folded = fold(piece.text)
    if parsed.state == "text":
        digits = folded.translate(_TAKEN_FOR_DIGITS)
        others = sum(not c.isdecimal() for c in digits)
        is_meant = others < len(digits) and others <= _MOSTLY_NUMBER
        return "a number with something else" if is_meant or any(c.isdecimal() for c in folded) else ""
    digits = re.sub(r"\D.*", "", folded)
    if len(digits) > 1 and digits.startswith("0"):
        return "a number does not begin with 0"
    spaced = re.sub(r"[（(\[【〔].*", "", " ".join(parsed.pieces))
    if _PARTED_DIGITS.search(spaced):
        if "\n" in piece.text.strip():
            return "two lines of digits in one cell"
        if not _THOUSANDS.fullmatch(spaced):
            return "spaces between digits that part no thousands"
        at = next((i for i, other in enumerate(line.pieces) if other is piece), None)
        if at is not None and any(n.is_blank for n in line.pieces[max(0, at - 1) : at + 2]):
            return "spaces between digits, and an empty cell beside them"
    if entry.signed and _UP_OR_DOWN.search(parsed.remark):
        return "a remark about more or less, and no sign"
    if not entry.signed and parsed.value is not None and parsed.value < 0:
        return "a count is not negative"
    if not entry.unit and isinstance(parsed.value, float) and not parsed.value.is_integer():
        return "a count has no decimals"
    return "a count has no unit of money" if parsed.unit and not entry.unit else ""


def _candidates(piece: Piece) -> tuple[Number, ...]:
    """What the print of a doubtful cell may mean."""
    parsed = piece.parsed
    found = [] if parsed.value is None else [parsed.value]
    for text in (*(parsed.pieces or (fold(piece.text).translate(_TAKEN_FOR_DIGITS),)), *piece.readings):
        found += [to_number(t) for t in re.findall(r"\d[\d,]*(?:\.\d+)?", fold(text).rstrip(",."))]
    return tuple(dict.fromkeys(found))


def _is_agreed(piece: Piece) -> bool:
    """Whether several readings of the print gave the same."""
    return len(piece.readings) > 1 and len({parse(text).value for text in piece.readings}) == 1


def make_cell(table: str, row: str, placed: Placed, line: Line, row_how: str, doubt: str = "") -> Cell:
    """The cell at (table, row, column of `placed`).

    A `doubt` makes it `unreadable`, with what it may be as `candidates`.
    """
    entry = placed.entry
    if entry is None:
        raise ValueError("a column that no form knows makes no cell")
    piece = placed.piece
    state, value, unit = piece.parsed.state, piece.parsed.value, ""
    if entry.unit or type(value) is float:
        value, unit = _amount(entry, placed)
    candidates: tuple[Number, ...] = ()
    if doubt:
        candidates, state, value, unit = _candidates(piece), "unreadable", None, ""
    evidence: Evidence = "conflict" if doubt else "agreed" if piece.readings and _is_agreed(piece) else "read"
    page = piece.box.page if piece.box else None
    place = line.place(None if piece.made else piece)
    address = f"row={row_how};column={placed.how};doubt={doubt}" if doubt else f"row={row_how};column={placed.how}"
    raw, unit = piece.text.strip(), unit if state == "number" else ""
    # By position: a named tuple made by names takes several times as long, and there are hundreds.
    known = (table, row, entry.id, value, state, raw, unit, evidence, value, page)
    return tuple.__new__(Cell, (*known, piece.box, place, address, candidates))
