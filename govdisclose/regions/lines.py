"""CSV files that a user keeps: read line by line, and refused with the line and the remedy."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from govdisclose.errors import GovdiscloseError

ALWAYS = (0, 9999)


class AgencyError(GovdiscloseError):
    """A file of agencies has a line that cannot be understood."""


def lines(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Where each line stands ("agencies.csv, line 2") and its fields, stripped.

    Raises
    ------
    AgencyError
        The file cannot be read, or has other columns.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise AgencyError(f"{path}: cannot be opened ({error.strerror}); give a file that can") from error
    except UnicodeDecodeError as error:
        raise AgencyError(f"{path}: not UTF-8; save it as “CSV UTF-8”") from error
    reader = csv.DictReader(text.splitlines(keepends=True))
    if set(reader.fieldnames or ()) != set(columns):
        wrong = sorted(set(reader.fieldnames or ()) ^ set(columns))
        raise AgencyError(f"{path.name}, line 1: columns {', '.join(wrong)}; they must be {','.join(columns)}")
    for line in reader:
        where = f"{path.name}, line {reader.line_num}"
        if None in line or None in line.values():
            raise AgencyError(f"{where}: not {len(columns)} fields; quote a field that holds a comma")
        fields = {name: value.strip() for name, value in line.items()}
        if any(fields.values()):
            yield where, fields


def years_of(where: str, fields: dict[str, str]) -> tuple[int, int]:
    """First and last year of a line; an empty one is open."""
    found = []
    for name, empty in zip(("from_year", "to_year"), ALWAYS, strict=True):
        text = fields[name]
        if text and not (text.isdecimal() and len(text) == 4):
            raise AgencyError(f"{where}: {name} is {text!r}; write a year in four digits, or leave it empty")
        found.append(int(text) if text else empty)
    if found[0] > found[1]:
        raise AgencyError(f"{where}: from_year {found[0]} is after to_year {found[1]}; exchange them")
    return found[0], found[1]


def one_of(where: str, name: str, value: str, known: Sequence[str]) -> str:
    """The value, if it is one that is known."""
    if value not in known:
        raise AgencyError(f"{where}: {name} is {value!r}; choose from: {', '.join(known)}")
    return value
