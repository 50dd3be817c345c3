"""What is kept of one file: its rows for the dataset as plain values, read once and kept under a key.

A key holds everything a reading depends on: the file's bytes and name, the forms, and the code.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from govdisclose.checks import Result
from govdisclose.errors import GovdiscloseError, NotAReport, UnreadableFile
from govdisclose.forms import Forms
from govdisclose.model import Box, Cell, Claim, Finding, Identity, Number, Section, Source, Stated, TableForm
from govdisclose.report import CELL_COLUMNS, Report, cell_row, read
from govdisclose.store import SCHEMA, json_line

Record = dict[str, Any]
"""`report` (column → value), `cells`, `sections`, `findings`, `relations` (rows without report_id) and `claims`, or
`error_type`, `error`."""

FIXED = (NotAReport, UnreadableFile)
"""Errors that the same bytes give again; others (a program not installed, say) are tried again."""

EXACT = 2**53
"""Whole numbers beyond this are not exact in the dataset, and no count: such a print is not understood."""

STATE = CELL_COLUMNS.index("state")
_LIBRARIES = ("camelot-py", "lxml", "pypdfium2", "python-docx", "rapidfuzz")


@lru_cache(maxsize=1)
def code_version() -> str:
    """A hash over the package's own files and the versions of the libraries that read for it."""
    digest = hashlib.sha256(SCHEMA.encode())
    root = Path(str(resources.files("govdisclose")))
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".toml", ".csv")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for library in _LIBRARIES:
        try:
            digest.update(f"{library} {importlib.metadata.version(library)}\0".encode())
        except importlib.metadata.PackageNotFoundError:
            digest.update(f"{library} -\0".encode())
    return digest.hexdigest()


def forms_version(folder: str | Path | None) -> str:
    """A hash over a folder of further form files, or "" for none."""
    if folder is None:
        return ""
    digest = hashlib.sha256()
    for path in sorted(p for p in Path(folder).iterdir() if p.suffix in (".toml", ".csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def key(sha256: str, name: str, version: str) -> str:
    """Under which a reading is kept; `name` counts because a file's name may state agency and year."""
    return hashlib.sha256("\0".join((sha256, name, version)).encode("utf-8", "surrogatepass")).hexdigest()


def text(value: Any) -> Any:
    """Strings that UTF-8 can hold: a lone surrogate becomes its escape.

    >>> text("a\\udc80")
    'a\\\\udc80'
    """
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _storable(cell: Cell) -> Cell:
    """The cell, unreadable where its number would not be stored exactly."""

    def exact(number: Number | None) -> bool:
        return number is None or -EXACT <= number <= EXACT

    if all(map(exact, (cell.value, cell.adjusted, *cell.candidates))):
        return cell
    kept = tuple(filter(exact, cell.candidates))
    return cell._replace(value=None, adjusted=None, state="unreadable", evidence="conflict", unit="", candidates=kept)


def record(report: Report) -> Record:
    """A report as rows of the dataset."""
    identity = report.identity
    cells = [[text(value) for value in cell_row(_storable(cell))] for cell in report.cell_records]
    states = [cell[STATE] for cell in cells]
    forms = {table: asdict(form) for table, form in report.form.items()}
    row = {
        "agency": report.agency,
        "agency_origin": identity.agency.origin,
        "year": report.year,
        "year_origin": identity.year.origin,
        "published": report.published,
        "published_origin": identity.published.origin,
        "scope": report.scope,
        "scope_origin": identity.scope.origin,
        "title": report.title,
        **{f"form_{table}": form["form"] for table, form in forms.items()},
        "form_detail": json_line(forms),
        "reader": report.source.reader,
        "rung": report.source.rung,
        "n_cells": len(states),
        "n_numbers": states.count("number"),
        "n_unreadable": states.count("unreadable"),
        "n_absent": states.count("absent"),
        "n_findings": len(report.finding_records),
    }
    return {
        "report": {name: text(value) for name, value in row.items()},
        "cells": cells,
        "sections": [[s.number, text(s.title), text(s.text)] for s in report.section_records],
        "findings": list(map(finding_row, report.finding_records)),
        "relations": list(map(relation_row, report.relation_records)),
        "claims": [[text(value) for value in astuple(claim)] for claim in report.claim_records],
        "file": text(report.source.file),
    }


def finding_row(finding: Finding) -> list[Any]:
    """A finding as a row of the dataset."""
    return [
        finding.relation,
        finding.severity,
        finding.fault,
        [".".join(address) for address in finding.cells],
        *(None if value is None else text(str(value)) for value in (finding.expected, finding.actual)),
        *(text(value) for value in (finding.place, finding.message_zh, finding.message_en)),
        finding.corrected,
    ]


def relation_row(result: Result, previous: str | None = None) -> list[Any]:
    """A relation's result as a row of the dataset; `previous` is the id of the report of the year before."""
    return [
        result.relation,
        result.table,
        result.at,
        result.state,
        result.adjusted,
        float(result.left),
        float(result.right),
        len(result.missing),
        previous,
    ]


def report_of(kept: Record, forms: Forms) -> Report:
    """The report a record was made of, but for the results of its relations.

    Findings name what they expected and found as text.
    """
    row = kept["report"]
    agency, year, published, scope = (
        Stated(row[name], row[f"{name}_origin"]) for name in ("agency", "year", "published", "scope")
    )
    details = json.loads(row["form_detail"])
    return Report(
        source=Source(kept["file"], "", row["reader"], row["rung"]),
        identity=Identity(agency, year, published, scope, row["title"]),
        form={table: TableForm(**{k: _tuples(v) for k, v in detail.items()}) for table, detail in details.items()},
        cell_records=tuple(map(_cell, kept["cells"])),
        finding_records=tuple(map(_finding, kept["findings"])),
        section_records=tuple(Section(*values) for values in kept["sections"]),
        forms=forms,
        claim_records=tuple(Claim(*values) for values in kept["claims"]),
    )


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _cell(values: Sequence[Any]) -> Cell:
    table, row, column, value, adjusted, state, evidence, raw, unit, page, *box, place, address, candidates = values
    return Cell(
        table,
        row,
        column,
        value,
        state,
        raw,
        unit,
        evidence,
        adjusted,
        page,
        None if box[0] is None else Box(page, *box),
        place,
        address,
        tuple(candidates),
    )


def _finding(values: Sequence[Any]) -> Finding:
    relation, severity, fault, cells, expected, actual, place, zh, en, corrected = values
    addresses: tuple[Any, ...] = tuple(tuple(cell.split(".")) for cell in cells)
    return Finding(relation, severity, zh, en, addresses, expected, actual, fault, place, corrected)


def failure(error: BaseException, path: Path) -> Record:
    """An error as a row: its type, and one line that names the file and not the machine."""
    line = (str(error).splitlines() or [""])[0].replace(str(path), path.name)
    if isinstance(error, GovdiscloseError):
        return {"error_type": type(error).__name__, "error": text(line)}
    return {
        "error_type": "Defect",
        "error": text(f"{path.name}: {type(error).__name__}: {line[:200]}; a defect: please report it with the file"),
    }


def read_record(job: Mapping[str, Any]) -> Record | None:
    """Read one file and keep what it gives.

    Parameters
    ----------
    job
        `path`, `forms` (a folder or None), `second` and `part`, the file to write.

    Returns
    -------
    dict or None
        None where `part` was written; else the error, which is not to be kept. An `error_type` of
        "" means that `part` cannot be written.
    """
    path = Path(job["path"])
    try:
        made = record(read(path, forms=job["forms"], second=job["second"]))
        line = json_line(made)
    except FIXED as error:
        line = json_line(failure(error, path))
    except Exception as error:  # whatever a file does to a reader, the next file is read
        return failure(error, path)
    try:
        keep(line, Path(job["part"]))
    except OSError as error:
        return {"error_type": "", "error": f"{Path(job['part']).parent}: cannot be written ({error.strerror})"}
    return None


def keep(line: str, part: Path) -> None:
    """Write a record so that it is there whole or not at all."""
    part.parent.mkdir(parents=True, exist_ok=True)
    temporary = part.with_name(f".{part.name}.{os.getpid()}")
    temporary.write_bytes(gzip.compress(line.encode(), 3, mtime=0))
    temporary.replace(part)


def kept(part: Path) -> Record | None:
    """The record in a file, or None where there is none or it is damaged."""
    data = _unpacked(part)
    if data is None:
        return None
    found: Record = json.loads(data)
    return found


def is_whole(part: Path) -> bool:
    """Whether a record is there, its checksum included."""
    return _unpacked(part) is not None


def _unpacked(part: Path) -> bytes | None:
    try:
        return gzip.decompress(part.read_bytes())
    except (OSError, EOFError, zlib.error):
        return None
