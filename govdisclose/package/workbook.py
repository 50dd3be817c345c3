"""The tables as one XLSX workbook: numbers are numbers, every text is text, and no cell is a formula.

The same data give the same bytes: the clock is kept out of the archive.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govdisclose import safe
from govdisclose.package import wide
from govdisclose.package.content import batches, count
from govdisclose.package.tables import as_text
from govdisclose.store import FileName, columns

MAX_ROWS = 1_048_576
"""Rows of a sheet, its header included: the limit of the format."""

MAX_CELLS = 3_000_000
"""Cells of a sheet that a spreadsheet still opens in reasonable time and memory."""

MAX_TEXT = 32_767
"""Characters of a cell: the limit of the format."""

TABLES: tuple[FileName, ...] = ("reports", "cells", "findings", "relations", "corrections")
"""What goes into the workbook beside `wide`; sections are running text, longer than a cell may be."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_CLOCK = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(<)")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to write: its name, header and rows of text, numbers, truth values and None."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    n_rows: int

    @property
    def too_large(self) -> str:
        """Why it cannot be written, or ""."""
        if self.n_rows + 1 > MAX_ROWS:
            return f"its {self.n_rows} rows are more than the {MAX_ROWS} of a sheet"
        cells = self.n_rows * len(self.header)
        return (
            f"its {cells} cells are more than the {MAX_CELLS} that open in reasonable time" if cells > MAX_CELLS else ""
        )


def dataset_sheets(panel: wide.Panel) -> tuple[Sheet, ...]:
    """The wide table and the tables of a dataset as sheets, in the order of the workbook."""
    header = (*wide.ABOUT, *wide.COUNTED, *(variable.id for variable in panel.variables))
    first = Sheet("wide", header, _wide_rows(panel), len(wide.preferred(panel)))
    return (first, *(_table_sheet(panel.dataset, name) for name in TABLES))


def _table_sheet(dataset: Path, name: FileName) -> Sheet:
    names = [c.name for c in columns() if c.file == name]
    rows = (
        row
        for table in batches(dataset, name, names)
        for row in zip(*(as_text(column).to_pylist() for column in table.columns), strict=True)
    )
    return Sheet(name, names, rows, count(dataset, name))


def _wide_rows(panel: wide.Panel) -> Iterator[list[Any]]:
    words = ("", *wide.MISSING)
    for part in wide.rows(panel):
        about = zip(*part.about.values(), strict=True)
        for first, numbers, kinds in zip(about, part.numbers.tolist(), part.missing.tolist(), strict=True):
            cells = (
                number if kind == 0 else None if kind < 0 else words[kind]
                for number, kind in zip(numbers, kinds, strict=True)
            )
            yield [*first, *cells]


def write_xlsx(path: Path, sheets: Sequence[Sheet], *, title: str, warn: bool = False) -> None:
    """Write a workbook with a frozen, filterable header on every sheet.

    A text longer than a cell may hold is cut, and says so at its end. Control characters, which the format does not
    know, become `\ufffd`. With `warn` every tab is red.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = title, "govdisclose"
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "B2"
        if warn:
            page.sheet_properties.tabColor = "FFD55E00"
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.header))}{sheet.n_rows + 1}"
        for i, name in enumerate(sheet.header, 1):
            page.column_dimensions[get_column_letter(i)].width = min(30, max(18, len(name) + 2))
        header = [_text(page, WriteOnlyCell, name) for name in sheet.header]
        for cell in header:
            cell.font = Font(bold=True)
        page.append(header)
        for row in sheet.rows:
            page.append([_cell(page, WriteOnlyCell, value) for value in row])
    unsettled = path.with_suffix(".tmp")
    book.save(unsettled)
    _without_clock(unsettled, path)
    unsettled.unlink()


def _cell(page: Any, make: Any, value: Any) -> Any:
    """The value, as a cell of its own where the library would take a text for something else."""
    if not isinstance(value, str):
        return value
    value = _storable(value)
    return _text(page, make, value) if safe.is_risky(value) else value or None


def _text(page: Any, make: Any, value: str) -> Any:
    cell = make(page, value=value)
    cell.data_type = "s"
    if safe.is_risky(value):
        cell.quotePrefix = True  # stays text when somebody edits the cell
    return cell


def _storable(text: str) -> str:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    if len(text) <= MAX_TEXT:
        return text
    note = f" … [{len(text)} characters, cut]"
    return text[: MAX_TEXT - len(note)] + note


def _without_clock(source: Path, path: Path) -> None:
    """Copy an archive with one time for all its members and none in its properties."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            info = zipfile.ZipInfo(member, _EPOCH)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            with old.open(member) as data, new.open(info, "w", force_zip64=True) as out:
                if member == "docProps/core.xml":
                    out.write(_CLOCK.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", data.read()))
                    continue
                while block := data.read(1 << 20):
                    out.write(block)
