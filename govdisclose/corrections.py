"""Reviewed changes, kept in CSV files beside the raw data and applied to what was read.

A `misread` says that our reading was wrong, and mends it. A `misprint` says that the agency's number is
wrong: `value` stays as printed, only `adjusted` changes. `was` guards both: where the reading is another
than the reviewer saw, nothing is changed and a finding says so.
"""

from __future__ import annotations

import csv
import datetime
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from govdisclose.checks import Result, examine
from govdisclose.claims.checks import check_claims
from govdisclose.clean import parse
from govdisclose.errors import CorrectionError
from govdisclose.forms import Forms
from govdisclose.model import Address, Cell, Evidence, Finding, Number, State
from govdisclose.relations import plain
from govdisclose.report import DOUBTFUL, Report

Kind = Literal["misread", "misprint"]
Status = Literal["applied", "stale", "no_report"]
COLUMNS = ("file", "table", "row", "column", "kind", "was", "now", "reason", "evidence", "by", "date")
"""The columns of a file of corrections, in any order; none may be empty."""

MISSING = "missing"
"""What a misprint is corrected to where nobody knows the right number."""
_WORDS = tuple(state for state in get_args(State) if state != "number")
_SHA256 = re.compile(r"[0-9a-f]{12,64}")


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of a file of corrections.

    `was` and `now` are a number or a state (`blank`, `dash`, `text`, `absent`, `unreadable`); `now` of a
    misprint may be `missing`. `line` tells where the correction stands: `2023.csv, line 2`.
    """

    file: str
    table: str
    row: str
    column: str
    kind: Kind
    was: Number | str
    now: Number | str
    reason: str
    evidence: str
    by: str
    date: str
    line: str

    @property
    def key(self) -> Address:
        """(table, row, column)."""
        return (self.table, self.row, self.column)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a correction: applied, or not because `found` is not what it was made for."""

    correction: Correction
    status: Status
    found: Number | str | None = None


# --- the files --------------------------------------------------------------------------------------------------------


def load_corrections(folder: str | Path | None, forms: Forms) -> tuple[Correction, ...]:
    """Every correction in the CSV files of a folder.

    Parameters
    ----------
    folder
        None gives none.
    forms
        The forms whose tables, rows and columns may be corrected.

    Raises
    ------
    CorrectionError
        There is no such folder, or a line cannot be understood; the message names file, line, value and remedy.

    Examples
    --------
    >>> from govdisclose.forms import load
    >>> load_corrections("no-such-folder", load())
    Traceback (most recent call last):
        ...
    govdisclose.errors.CorrectionError: no-such-folder: no such folder; give the folder of corrections (*.csv)
    """
    if folder is None:
        return ()
    folder = Path(folder)
    if not folder.is_dir():
        raise CorrectionError(f"{folder}: no such folder; give the folder of corrections (*.csv)")
    known = _addresses(forms)
    seen: dict[tuple[str, ...], str] = {}
    out = []
    for path in sorted(p for p in folder.glob("*.csv") if not p.name.startswith((".", "~$"))):
        for correction in _lines(path, known):
            mark = (correction.file, *correction.key, correction.kind)
            if mark in seen:
                where = ".".join(correction.key)
                raise CorrectionError(f"{correction.line}: {where} is corrected in {seen[mark]} too; keep one of them")
            seen[mark] = correction.line
            out.append(correction)
    return tuple(out)


def _addresses(forms: Forms) -> set[Address]:
    out: set[Address] = set()
    for form in forms:
        for table in form.tables:
            for block in table.blocks:
                columns = [c.id for c in (*block.columns, *block.extra_columns)]
                out |= {(table.id, row.id, column) for row in block.rows for column in columns}
    return out


def _lines(path: Path, known: set[Address]) -> Iterator[Correction]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CorrectionError(f"{path.name}: cannot be opened ({error.strerror}); check the permissions") from error
    except UnicodeDecodeError as error:
        raise CorrectionError(f"{path.name}: not UTF-8; save it as “CSV UTF-8”") from error
    reader = csv.DictReader(text.splitlines(keepends=True))
    if set(reader.fieldnames or ()) != set(COLUMNS):
        wrong = sorted(set(reader.fieldnames or ()) ^ set(COLUMNS))
        raise CorrectionError(f"{path.name}, line 1: columns {', '.join(wrong)}; they must be {','.join(COLUMNS)}")
    for line in reader:
        where = f"{path.name}, line {reader.line_num}"
        if None in line or None in line.values():
            raise CorrectionError(f"{where}: not {len(COLUMNS)} values; put quotes around values that hold commas")
        values = {name: value.strip() for name, value in line.items()}
        if any(values.values()):
            yield _correction(values, where, known)


def _correction(values: dict[str, str], where: str, known: set[Address]) -> Correction:
    for name in COLUMNS:
        if not values[name]:
            raise CorrectionError(f"{where}: {name} is empty; a correction needs all of {', '.join(COLUMNS)}")
    kind = values["kind"]
    if kind not in ("misread", "misprint"):
        raise CorrectionError(f"{where}: kind {kind!r}; write misread (our error) or misprint (the agency's)")
    address = (values["table"], values["row"], values["column"])
    if address not in known:
        raise CorrectionError(f"{where}: no cell {'.'.join(address)} in any form; see govdisclose describe")
    try:
        datetime.date.fromisoformat(values["date"])
    except ValueError:
        raise CorrectionError(f"{where}: date {values['date']!r}; write it as 2024-03-31") from None
    was = _content(values["was"], _WORDS, "was", where)
    now = _content(values["now"], _WORDS if kind == "misread" else (MISSING,), "now", where)
    if was == now:
        raise CorrectionError(f"{where}: was and now are both {was}; drop the line")
    file = unicodedata.normalize("NFC", values["file"].replace("\\", "/"))
    return Correction(
        file.removeprefix("./"), *address, kind, was, now,  # type: ignore[arg-type]
        values["reason"], values["evidence"], values["by"], values["date"], where,
    )  # fmt: skip


def _content(text: str, words: Sequence[str], name: str, where: str) -> Number | str:
    if text in words:
        return text
    parsed = parse(text)
    if parsed.state != "number" or parsed.value is None or parsed.unit:
        raise CorrectionError(f"{where}: {name} {text!r}; write a number, or {' or '.join(words)}")
    return plain(parsed.value)


def for_file(
    corrections: Iterable[Correction], name: str, sha256: str | None, *, loosely: bool = False
) -> list[Correction]:
    """The corrections of one file, by its path within the raw folder or by the start of its SHA-256.

    Parameters
    ----------
    loosely
        `name` may be any path to the file: it is enough that it ends in the path of the correction.
    """
    shown = unicodedata.normalize("NFC", name)

    def meant(file: str) -> bool:
        if shown == file or (loosely and shown.endswith(f"/{file}")):
            return True
        return bool(sha256 and _SHA256.fullmatch(file) and sha256.startswith(file))

    return [c for c in corrections if meant(c.file)]


# --- applying ---------------------------------------------------------------------------------------------------------


def correct(report: Report, corrections: Sequence[Correction]) -> tuple[Report, tuple[Outcome, ...]]:
    """A report with corrections applied, and what became of each of them.

    Where a misread is mended, relations and prose are judged again on the printed values. Findings about
    printed values that the adjusted ones do not give stay, and are marked `corrected`. A mended reading
    proves nothing: a relation through it raises no evidence.

    Parameters
    ----------
    report
    corrections
        Those of this file: see `for_file`.

    Raises
    ------
    CorrectionError
        Two corrections of the same kind are meant for one cell.
    """
    if not corrections:
        return report, ()
    cells = {c.key: c for c in report.cell_records}
    outcomes: list[Outcome] = []
    done: dict[tuple[Address, Kind], Correction] = {}
    mended: set[Address] = set()
    for correction in sorted(corrections, key=lambda c: c.kind == "misprint"):
        before = done.setdefault((correction.key, correction.kind), correction)
        if before is not correction:
            where = ".".join(correction.key)
            raise CorrectionError(f"{correction.line}: {where} is corrected in {before.line} too; keep one of them")
        cell = cells.get(correction.key)
        found = _printed(cell)
        if cell is None or found != correction.was:
            outcomes.append(Outcome(correction, "stale", found))
            continue
        cells[cell.key] = _mended(cell, correction) if correction.kind == "misread" else _adjusted(cell, correction)
        mended |= {cell.key} if correction.kind == "misread" else set()
        outcomes.append(Outcome(correction, "applied", found))
    stale = tuple(_stale(o) for o in outcomes if o.status == "stale")
    if len(stale) == len(outcomes):
        return replace(report, finding_records=(*report.finding_records, *stale)), tuple(outcomes)
    again = _judged_again(report, tuple(cells.values()), mended)
    return replace(again, finding_records=(*again.finding_records, *stale)), tuple(outcomes)


def _printed(cell: Cell | None) -> Number | str | None:
    if cell is None:
        return None
    return cell.value if cell.state == "number" else cell.state


def _mended(cell: Cell, correction: Correction) -> Cell:
    value = None if isinstance(correction.now, str) else correction.now
    first = () if cell.value is None else (cell.value,)
    return cell._replace(
        value=value,
        adjusted=value,
        state="number" if value is not None else correction.now,  # type: ignore[arg-type]
        evidence="conflict" if correction.now == "unreadable" else "read",
        address=f"{cell.address};correction=misread",
        candidates=tuple(dict.fromkeys((*first, *cell.candidates))),
    )


def _adjusted(cell: Cell, correction: Correction) -> Cell:
    adjusted = None if isinstance(correction.now, str) else correction.now
    return cell._replace(adjusted=adjusted, address=f"{cell.address};correction=misprint")


def adjusted_cells(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """The cells as if the adjusted numbers were printed."""

    def one(cell: Cell) -> Cell:
        if cell.adjusted == cell.value:
            return cell
        if cell.adjusted is None:
            return cell._replace(value=None, state="unreadable")
        return cell._replace(value=cell.adjusted, state="number")

    return tuple(map(one, cells))


def base_evidence(cell: Cell) -> Evidence:
    """What a reading earned by itself, before relations were judged."""
    if cell.state == "unreadable" or ";second=differs" in cell.address:
        return "conflict"
    return "agreed" if ";second=agrees" in cell.address else "read"


def _judged(report: Report, cells: Sequence[Cell]) -> tuple[tuple[Cell, ...], tuple[Result, ...], list[Finding]]:
    based = [c._replace(evidence=base_evidence(c)) for c in cells]
    sure = not DOUBTFUL & {f.relation for f in report.finding_records}
    examined = examine(based, report.form, report.forms, beyond_doubt=sure)
    prose = check_claims(examined.cells, report.claim_records, report.section_records, report.identity, report.forms)
    return examined.cells, examined.results, [*examined.findings, *prose]


def _mark(finding: Finding) -> tuple[object, ...]:
    """Tells one finding of a judgement from another, whether it comes from a file or is new."""
    return (finding.relation, finding.cells, str(finding.expected), str(finding.actual), finding.message_en)


def _subject(finding: Finding) -> tuple[object, ...]:
    """What a finding is about, whatever it says: one on adjusted values meets that on printed ones."""
    if finding.relation == "blame":
        return ("blame", finding.cells[0][0] if finding.cells else finding.message_en)
    return (finding.relation, finding.cells, finding.place)


def _judged_again(report: Report, cells: tuple[Cell, ...], mended: set[Address]) -> Report:
    judged_before = {_mark(f) for f in _judged(report, report.cell_records)[2]}
    others = [f for f in report.finding_records if _mark(f) not in judged_before]
    now, results, findings = _judged(report, cells)
    _, adjusted, left = _judged(report, adjusted_cells(cells))
    subjects = {_subject(f) for f in left}
    marked = [replace(f, corrected=_subject(f) not in subjects) for f in findings]
    return replace(
        report,
        cell_records=_unproved(now, results, mended),
        relation_records=tuple(r._replace(adjusted=a.state) for r, a in zip(results, adjusted, strict=True)),
        finding_records=(*others, *marked),
    )


def _unproved(cells: Iterable[Cell], results: Iterable[Result], mended: set[Address]) -> tuple[Cell, ...]:
    """What is proved by relations through mended cells alone falls back to what its reading earned."""
    proved = {a for r in results if r.closed and not mended & set(r.cells) for a in r.cells}
    return tuple(
        c._replace(evidence=base_evidence(c)) if c.evidence == "proved" and c.key not in proved else c for c in cells
    )


def _stale(outcome: Outcome) -> Finding:
    correction, found = outcome.correction, outcome.found
    shown = "no such cell" if found is None else found
    where = ".".join(correction.key)
    return Finding(
        "correction_stale",
        "error",
        f"更正未采用：{where} 应原为 {correction.was}，现读作 {'（无此单元格）' if found is None else found}；"
        f"请复核 {correction.line}",
        f"correction not applied: {where} was {correction.was}, is {shown}; review {correction.line}",
        (correction.key,),
        expected=correction.was,
        actual=None if found is None else found,
        place=correction.line,
    )
