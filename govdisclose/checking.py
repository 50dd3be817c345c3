"""What stands against a report or a dataset, in one answer: `check`, for an office before it publishes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govdisclose import forms as form_files
from govdisclose.checks import Result
from govdisclose.corrections import correct, for_file, load_corrections
from govdisclose.errors import UsageError
from govdisclose.forms import Forms
from govdisclose.identity.titles import same_agency
from govdisclose.model import Cell, Finding
from govdisclose.report import Report, read
from govdisclose.store import load_table
from govdisclose.years import compare_reports

if TYPE_CHECKING:
    import pandas as pd

SEVERITIES = ("error", "warning", "notice")
COLUMNS = (
    "file",
    "agency",
    "year",
    "severity",
    "relation",
    "fault",
    "corrected",
    "cells",
    "expected",
    "actual",
    "place",
    "message_zh",
    "message_en",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked and what stands against it.

    `findings` has one row a finding, gravest first; `relations` counts relations by what they say of
    the adjusted numbers; `printed` tells for (file, cell) what is printed there and where.
    """

    path: str
    is_dataset: bool
    reports: int
    findings: pd.DataFrame = field(repr=False)
    relations: Mapping[str, int]
    forms: Forms = field(repr=False)
    printed: Mapping[tuple[str, str], tuple[str, str]] = field(repr=False)

    @property
    def errors(self) -> int:
        """Findings of severity error that no correction settles."""
        return int(((self.findings["severity"] == "error") & ~self.findings["corrected"].astype(bool)).sum())


def check(
    path: str | Path,
    *,
    previous: str | Path | None = None,
    forms: str | Path | None = None,
    corrections: str | Path | None = None,
    second: bool = False,
    password: str | None = None,
) -> Checked:
    """Check a report file, or a dataset that `build` wrote.

    Parameters
    ----------
    path
        A report of any supported format, or a folder with a dataset. In a dataset the preferred file of each
        agency, year and scope counts; it was checked, against the year before as well, when it was built.
    previous
        The same agency's report of the year before; what it carries out is to be carried in here.
    forms
        A folder with further form files.
    corrections
        A folder with reviewed changes. A dataset has them applied already.
    second
        Read the file with a second engine as well.
    password
        Opens an encrypted PDF.

    Returns
    -------
    Checked

    Raises
    ------
    UsageError
        An option does not go with a dataset, or `previous` is not of the year before.
    DatasetError, UnreadableFile, UnsupportedFormat, NotAReport, CorrectionError
        As `load_table`, `read` and `load_corrections`.

    Examples
    --------
    >>> check("no-such-file.pdf")
    Traceback (most recent call last):
        ...
    govdisclose.errors.UnreadableFile: no-such-file.pdf: no such file...
    """
    path = Path(path)
    if path.is_dir():
        given = {"previous": previous, "corrections": corrections, "second": second or None, "password": password}
        wrong = [name for name, value in given.items() if value is not None]
        if wrong:
            raise UsageError(f"{path}: {', '.join(wrong)} go with a report, not with a dataset; give them to build")
        return _dataset(path, form_files.load(forms))
    report = read(path, forms=forms, password=password, second=second)
    decided = load_corrections(corrections, report.forms)
    report, _ = correct(report, for_file(decided, path.resolve().as_posix(), report.source.sha256, loosely=True))
    results: tuple[Result, ...] = report.relation_records
    more: tuple[Finding, ...] = ()
    if previous is not None:
        last = read(previous, forms=forms)
        across, more = compare_reports(report, last)
        results = (*results, *across)
        if report.agency and last.agency and not same_agency(report.agency, last.agency):
            more = (*more, _another_agency(report, last))
    return _one(path, report, results, (*report.finding_records, *more))


def _another_agency(this: Report, last: Report) -> Finding:
    return Finding(
        "previous_agency",
        "warning",
        f"上年报告的机关是“{last.agency}”，与“{this.agency}”不同；请确认是同一机关",
        f"the report of the year before is by {last.agency}, this one by {this.agency}; is it the same agency?",
        expected=this.agency,
        actual=last.agency,
    )


def _one(path: Path, report: Report, results: Iterable[Result], findings: Iterable[Finding]) -> Checked:
    counts = dict.fromkeys(("holds", "undetermined", "fails"), 0)
    for result in results:
        counts[result.adjusted] += 1
    rows = [
        [
            path.name,
            report.agency,
            report.year,
            f.severity,
            f.relation,
            f.fault,
            f.corrected,
            [".".join(a) for a in f.cells],
            f.expected,
            f.actual,
            f.place,
            f.message_zh,
            f.message_en,
        ]
        for f in findings
    ]
    printed = {(path.name, ".".join(c.key)): (_shown(c), c.place) for c in report.cell_records}
    return Checked(str(path), False, 1, _sorted(rows), counts, report.forms, printed)


def _shown(cell: Cell) -> str:
    return cell.raw if cell.state in ("number", "dash", "text") else cell.state


def _sorted(rows: list[list[Any]]) -> pd.DataFrame:
    """The findings as a frame: within a file those that stand before the corrected, and the gravest first."""
    import pandas as pd

    at = {name: COLUMNS.index(name) for name in ("file", "severity", "corrected")}
    rows = sorted(
        rows, key=lambda row: (row[at["file"]], bool(row[at["corrected"]]), SEVERITIES.index(row[at["severity"]]))
    )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"corrected": bool})


def _dataset(folder: Path, forms: Forms) -> Checked:
    if not (folder / "reports.parquet").is_file():
        raise UsageError(f"{folder}: no dataset in it; give a report file, or a folder that build wrote")
    reports = load_table(folder, "reports")
    reports = reports[reports["preferred"]]
    about = reports.set_index("report_id")[["file", "agency", "year"]]
    findings = load_table(folder, "findings")
    findings = findings[findings["report_id"].isin(about.index)]
    joined = findings.join(about, on="report_id")
    rows = [list(values) for values in joined[list(COLUMNS)].astype(object).itertuples(index=False)]
    rows += [_no_report(correction) for correction in _unmatched(folder)]
    relations = load_table(folder, "relations")
    kept = relations[relations["report_id"].isin(about.index)]
    counts = {state: int((kept["adjusted"] == state).sum()) for state in ("holds", "undetermined", "fails")}
    return Checked(str(folder), True, len(reports), _sorted(rows), counts, forms, _places(folder, joined))


def _unmatched(folder: Path) -> list[Any]:
    made = load_table(folder, "corrections")
    return list(made[made["status"] == "no_report"].itertuples(index=False))


def _no_report(correction: Any) -> list[Any]:
    cell = f"{correction.table}.{correction.row}.{correction.column}"
    return [
        correction.file,
        None,
        None,
        "error",
        "correction_stale",
        "undecided",
        False,
        [cell],
        correction.was,
        None,
        correction.line,
        f"更正未采用：没有报告 {correction.file}；请复核 {correction.line}",
        f"correction not applied: no report {correction.file}; review {correction.line}",
    ]


def _places(folder: Path, findings: pd.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """What is printed in the cells that findings other than notices speak of."""
    grave = findings[findings["severity"] != "notice"]
    wanted = {(r, cell) for r, cells in zip(grave["report_id"], grave["cells"], strict=True) for cell in cells}
    if not wanted:
        return {}
    files = dict(zip(grave["report_id"], grave["file"], strict=True))
    cells = load_table(folder, "cells")
    cells = cells[cells["report_id"].isin({report for report, _ in wanted})]
    out = {}
    for c in cells.itertuples(index=False):
        key = (c.report_id, f"{c.table}.{c.row}.{c.column}")
        if key in wanted:
            shown = c.raw if c.state in ("number", "dash", "text") else c.state
            out[files[c.report_id], key[1]] = (str(shown), str(c.place))
    return out
