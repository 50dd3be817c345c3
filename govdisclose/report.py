"""One report, read: `read` takes a file through readers, alignment and identity to a `Report`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from govdisclose import forms as form_files
from govdisclose.alignment import Aligned, align
from govdisclose.alignment.notices import second_report
from govdisclose.checks import Result, examine
from govdisclose.claims import extract_claims
from govdisclose.claims.checks import check_claims
from govdisclose.errors import NotAReport, UsageError
from govdisclose.forms import Forms, Lang
from govdisclose.frames import frame
from govdisclose.identity import identify
from govdisclose.identity.pages import looks_like_error_page, looks_like_list_page, report_starts
from govdisclose.identity.sections import Heading, heading_positions, split_sections
from govdisclose.ladder import Rungs, filled, is_full, is_recognised, may_climb, mistrusted, no_rungs, rungs_of
from govdisclose.model import Cell, Claim, Document, Finding, Identity, Scope, Section, Source, TableForm
from govdisclose.readers import document_from_text, opened, read_opened
from govdisclose.second import Opinion, second_opinion
from govdisclose.settling import settled

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = "govdisclose-report/1"
"""Version of the JSON object of `Report.to_dict`; docs/output.md describes it."""
DOUBTFUL = {"broken_character_map", "ocr_text_layer", "damaged_text", "recognised_characters"}
"""Notes of a reader after which the characters themselves are not beyond doubt."""


@dataclass(frozen=True, slots=True)
class Report:
    """One agency's report for one year, as printed, with where everything stands.

    In a notebook it shows itself as the statutory tables. `cells`, `claims`, `findings` and `sections` are
    data frames (columns: docs/output.md); the `*_records` hold the same as typed objects.
    """

    source: Source
    identity: Identity
    form: dict[str, TableForm]
    cell_records: tuple[Cell, ...]
    finding_records: tuple[Finding, ...]
    section_records: tuple[Section, ...]
    forms: Forms
    claim_records: tuple[Claim, ...] = ()
    relation_records: tuple[Result, ...] = ()

    @property
    def agency(self) -> str | None:
        """The agency as printed, or None where the file does not state it."""
        value = self.identity.agency.value
        return None if value is None else str(value)

    @property
    def year(self) -> int | None:
        """The year reported on (统计年度), or None."""
        return _year(self.identity)

    @property
    def published(self) -> str | None:
        """Publication date, ISO (`2023-01-31`, `2023-01`), or None."""
        value = self.identity.published.value
        return None if value is None else str(value)

    @property
    def scope(self) -> str:
        """`own_office`, `consolidated` or `unknown`."""
        return str(self.identity.scope.value or "unknown")

    @property
    def title(self) -> str:
        """The printed title."""
        return self.identity.title

    @property
    def cells(self) -> pd.DataFrame:
        """One line a cell: address, value, state, evidence, raw text, page and box."""
        columns: dict[str, Sequence[Any]] = dict.fromkeys((*CELL_COLUMNS, *Cell._fields), ())
        columns.update(zip(Cell._fields, zip(*self.cell_records, strict=True), strict=False))
        edges = [box[1:] if box else (None,) * 4 for box in columns["box"]]
        columns.update(zip(("x0", "y0", "x1", "y1"), zip(*edges, strict=True), strict=False))
        columns["candidates"] = list(map(list, columns["candidates"]))
        return frame({name: columns[name] for name in CELL_COLUMNS})

    @property
    def claims(self) -> pd.DataFrame:
        """One line a quantity stated in the prose: what it counts, value, unit, words and place."""
        return _frame([f.name for f in fields(Claim)], self.claim_records)

    @property
    def relations(self) -> pd.DataFrame:
        """One line a relation at each row or column: holds, fails or undetermined, and both sums."""
        return _frame(Result._fields, self.relation_records)

    @property
    def findings(self) -> pd.DataFrame:
        """One line a finding: relation, severity, fault, cells, sentence in zh and en."""
        columns = {name: [getattr(f, name) for f in self.finding_records] for name in FINDING_COLUMNS}
        columns["cells"] = [list(map(list, cells)) for cells in columns["cells"]]
        return frame(columns)

    @property
    def sections(self) -> pd.DataFrame:
        """The statutory sections: number, title as printed, running text."""
        return pd.DataFrame([asdict(s) for s in self.section_records], columns=["number", "title", "text"])

    def table(self, name: str, *, lang: Lang = "zh") -> pd.DataFrame:
        """A statutory table, wide, as printed: rows and columns in the form's order.

        Parameters
        ----------
        name : str
            `proactive`, `requests` or `remedies`.
        lang : {"zh", "en"}
            Language of the row and column names.

        Returns
        -------
        pandas.DataFrame
            Strings as printed; "" where blank, `None` where the cell is absent.
        """
        from govdisclose.display import wide

        return wide(self, name, lang=lang)

    def to_dict(self) -> dict[str, Any]:
        """The report as one JSON-ready object; its shape is versioned (`schema`) and documented."""
        return {
            "schema": SCHEMA,
            "agency": self.agency,
            "year": self.year,
            "published": self.published,
            "title": self.title,
            "scope": self.scope,
            "origins": {k: getattr(self.identity, k).origin for k in ("agency", "year", "published", "scope")},
            "form": {table: _form_row(form) for table, form in self.form.items()},
            "cells": [_cell_json(c) for c in self.cell_records],
            "claims": [asdict(c) for c in self.claim_records],
            "findings": [_plain(f) for f in self.finding_records],
            "sections": [asdict(s) for s in self.section_records],
            "source": asdict(self.source),
        }

    def _repr_html_(self) -> str:
        from govdisclose.display import report_html

        return report_html(self)

    def __repr__(self) -> str:
        numbers = sum(c.state == "number" for c in self.cell_records)
        doubtful = sum(c.state == "unreadable" for c in self.cell_records)
        who = f"{self.agency or '?'} {self.year or '?'}"
        return f"<Report {who}: {numbers} numbers, {doubtful} unreadable, {len(self.finding_records)} findings>"


FINDING_COLUMNS = [f.name for f in fields(Finding)]
CELL_COLUMNS = [
    "table",
    "row",
    "column",
    "value",
    "adjusted",
    "state",
    "evidence",
    "raw",
    "unit",
    "page",
    "x0",
    "y0",
    "x1",
    "y1",
    "place",
    "address",
    "candidates",
]


def cell_row(cell: Cell) -> list[Any]:
    """A cell as one line of the tidy table, in the order of `CELL_COLUMNS`."""
    box = (cell.box.x0, cell.box.y0, cell.box.x1, cell.box.y1) if cell.box else (None,) * 4
    return [
        cell.table,
        cell.row,
        cell.column,
        cell.value,
        cell.adjusted,
        cell.state,
        cell.evidence,
        cell.raw,
        cell.unit,
        cell.page,
        *box,
        cell.place,
        cell.address,
        list(cell.candidates),
    ]


def _frame(names: Sequence[str], records: Sequence[Claim | Result]) -> pd.DataFrame:
    """One line a record, its fields the columns."""
    return frame({name: [getattr(record, name) for record in records] for name in names})


def _plain(finding: Finding) -> dict[str, Any]:
    out = {name: getattr(finding, name) for name in FINDING_COLUMNS}
    out["cells"] = [list(c) for c in finding.cells]
    return out


def _form_row(form: TableForm) -> dict[str, Any]:
    out = asdict(form)
    return {
        k: [list(i) if isinstance(i, tuple) else i for i in v] if isinstance(v, tuple) else v for k, v in out.items()
    }


def _cell_json(cell: Cell) -> dict[str, Any]:
    out = cell._asdict()
    out["box"] = [cell.box.x0, cell.box.y0, cell.box.x1, cell.box.y1] if cell.box else None
    out["candidates"] = list(cell.candidates)
    return out


def read(
    path: str | Path, *, forms: str | Path | None = None, password: str | None = None, second: bool = False
) -> Report:
    """Read one report from a file of any supported format.

    Parameters
    ----------
    path : str or Path
        A web page, PDF, Word or text file.
    forms : str or Path, optional
        A folder with further form files (`*.toml`), see docs/forms.md.
    password : str, optional
        For an encrypted PDF.
    second : bool
        Read the file again with another engine. Cells in which both agree are `agreed`, unless `proved`;
        those in which they differ are in `conflict`.

    Returns
    -------
    Report

    Raises
    ------
    UnreadableFile, UnsupportedFormat
        The file cannot be opened; the message says what to do.
    NotAReport
        It opens, but holds no annual report.
    UsageError
        `path` is no path, or empty.
    """
    if not isinstance(path, str | PathLike) or not str(path):
        raise UsageError(f"read({path!r}): not a path; give the file of a report")
    path = Path(path)
    known = form_files.load(forms)
    kind, data = opened(path)
    document = read_opened(path, kind, data, password=password)
    again = _second(path, password) if second else None
    return _report(document, path.name, hashlib.sha256(data).hexdigest(), known, rungs_of(path, password), again)


def read_text(text: str, *, forms: str | Path | None = None) -> Report:
    """Read one report from pasted text (tabs, bars, one cell a line, Markdown).

    >>> read_text("某县2022年政府信息公开工作年度报告\\n一、总体情况\\n略").year
    2022
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    return _report(document_from_text(text), "", digest, form_files.load(forms), no_rungs)


def _second(path: Path, password: str | None) -> Callable[[Document], Iterator[Document]]:
    from govdisclose.readers.second import other_readings

    return lambda first: other_readings(path, first, password=password)


def _report(
    document: Document,
    name: str,
    sha256: str,
    forms: Forms,
    rungs: Rungs,
    second: Callable[[Document], Iterator[Document]] | None = None,
) -> Report:
    document, headings, others = _first_report(document, forms)
    identity = identify(document, forms, file_name=name, headings=headings)
    year = _year(identity)
    aligned = align(document, forms, year=year)
    if may_climb(document, aligned):
        for other in rungs(document):
            other, found, _ = _first_report(other, forms)
            told = identify(other, forms, file_name=name, headings=found)
            again = align(other, forms, year=_year(told))
            if filled(again) > filled(aligned) or other.blocks == document.blocks:  # the same, and a note
                document, headings, aligned = other, found, again
                if not identity.title:  # what the first reading says of itself stays
                    identity, year = told, _year(told)
            if is_full(aligned):
                break
    sections = split_sections(document, forms, headings)
    _refuse(document, identity, aligned, sections, name)
    sure = not DOUBTFUL & {n.code for n in document.notes}
    opinion = Opinion(aligned.cells, ())
    if second is not None:
        readings = (_first_report(other, forms)[0] for other in second(document))
        opinion = second_opinion(aligned, readings, forms, year=year, sure=sure)
    examined = examine(opinion.cells, aligned.form, forms, beyond_doubt=sure)
    if document.again:
        read_again = settled(opinion.cells, examined.results, document.again)
        examined = examine(read_again, aligned.form, forms, beyond_doubt=sure)
    cells = mistrusted(examined.cells) if is_recognised(document) else examined.cells
    claims = extract_claims(sections, _scope(identity))
    prose = check_claims(cells, claims, sections, identity, forms)
    notes = tuple(Finding(n.code, n.severity, n.message_zh, n.message_en) for n in document.notes)
    return Report(
        source=Source(name, sha256, document.reader, document.rung),
        identity=identity,
        form=aligned.form,
        cell_records=cells,
        finding_records=(
            *notes,
            *others,
            *identity.findings,
            *aligned.findings,
            *opinion.findings,
            *examined.findings,
            *prose,
        ),
        section_records=sections,
        forms=forms,
        claim_records=claims,
        relation_records=examined.results,
    )


def _year(identity: Identity) -> int | None:
    return None if identity.year.value is None else int(identity.year.value)


def _scope(identity: Identity) -> Scope:
    said = identity.scope.value
    return "own_office" if said == "own_office" else "consolidated" if said == "consolidated" else "unknown"


def _first_report(document: Document, forms: Forms) -> tuple[Document, tuple[Heading, ...], tuple[Finding, ...]]:
    """The first report of a file that holds several, its headings, and a finding for each of the others."""
    headings = heading_positions(document, forms)
    starts = report_starts(document, forms, headings)
    if len(starts) == 1:
        return document, headings, ()
    found = tuple(
        second_report(f"block {start + 1}", getattr(document.blocks[start], "text", "")[:60]) for start in starts[1:]
    )
    first = replace(document, blocks=document.blocks[: starts[1]])
    return first, heading_positions(first, forms), found


def _refuse(document: Document, identity: Identity, aligned: Aligned, sections: Sequence[Section], name: str) -> None:
    """Raise `NotAReport` for what holds neither a statutory table nor a titled report."""
    if any(form.form for form in aligned.form.values()):
        return
    where = name or "this text"
    if not document.blocks:
        why = "is blank or too faint" if "scan" in document.rung else "is blank, or loads its content by script"
        raise NotAReport(f"{where}: the file holds no text; open it and look whether it {why}")
    if looks_like_error_page(document):
        raise NotAReport(f"{where}: an error page, not a report; fetch the page again")
    if looks_like_list_page(document):
        raise NotAReport(f"{where}: a list of reports, not a report; open the link of the report you want")
    if sum(1 for s in sections if s.number) < 2 and not identity.title:
        raise NotAReport(
            f"{where}: no statutory table, title or section of an annual report found; is it the right file?"
        )
