"""A folder of reports becomes a dataset: every file read once, in parallel, and only what changed again."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from govdisclose import versions
from govdisclose.corpus import records
from govdisclose.corpus.raw_files import KINDS, File, find, identify, report_id
from govdisclose.corpus.records import Record
from govdisclose.corpus.workers import in_processes
from govdisclose.corrections import Correction, Outcome, correct, for_file, load_corrections
from govdisclose.errors import DatasetError, UsageError
from govdisclose.forms import Forms
from govdisclose.report import Report
from govdisclose.store import SCHEMA, Writer, columns
from govdisclose.years import compare_reports, consecutive

__all__ = ["BuildResult", "Failed", "build", "find", "report_id"]

TIME_LIMIT = 300.0
"""Seconds one file may take, more than a conversion of an old Word file may; beyond it, `TimeLimit` is recorded."""

_ROW = tuple(c.name for c in columns() if c.file == "reports")


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be read: its path within the raw folder, the kind of error, the message."""

    file: str
    error_type: str
    error: str


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What `build` did: how many files there are, were read now, and failed; and where the dataset is.

    `skipped` are files of unknown kind that were not tried. `corrected` counts the corrections applied;
    `unapplied` names those that were not, each with the reason.
    """

    processed: Path
    files: int
    read: int
    reports: int
    preferred: int
    cells: int
    failed: tuple[Failed, ...] = field(repr=False)
    skipped: tuple[str, ...] = field(repr=False)
    corrected: int = 0
    unapplied: tuple[str, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        lines = [
            f"reports: {self.reports} of {self.files} files ({self.read} read now), {self.preferred} preferred;"
            f" {self.cells} cells in {self.processed}"
        ]
        if self.corrected:
            lines.append(f"corrections applied: {self.corrected}")
        if self.unapplied:
            lines.append(f"CORRECTIONS NOT APPLIED: {len(self.unapplied)}; review them")
            lines += [f"  {line}" for line in self.unapplied]
        if self.failed:
            lines.append(f"could not be read: {len(self.failed)} (why: column error of reports.parquet)")
            lines += [f"  {f.file}: {f.error_type}" for f in self.failed[:10]]
            lines += [f"  … and {len(self.failed) - 10} more"] if len(self.failed) > 10 else []
        if self.skipped:
            more = ", …" if len(self.skipped) > 5 else ""
            lines.append(f"of unknown kind, left out: {len(self.skipped)} ({', '.join(self.skipped[:5])}{more})")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<BuildResult: {self}>"


def build(
    raw: str | Path,
    processed: str | Path,
    *,
    forms: str | Path | None = None,
    corrections: str | Path | None = None,
    second: bool = False,
    workers: int | None = None,
    progress: bool = True,
    time_limit: float = TIME_LIMIT,
) -> BuildResult:
    """Read every report in a folder and write the dataset.

    What was read before is not read again unless the file, the forms or the program changed. A
    file that cannot be read becomes a row with its error, and the rest goes on. The same input
    gives the same files, whether built at once or step by step.

    Parameters
    ----------
    raw
        Folder of reports, searched with its subfolders.
    processed
        Folder to write: the Parquet files of docs/dataset.md, and `.cache` with what was read.
    forms
        A folder with further form files.
    corrections
        A folder with reviewed changes (`*.csv`); default the folder `corrections` beside `raw`, if there is one.
        They are applied to what was read: a change there reads no file again.
    second
        Read every file with a second engine as well, which takes some times longer.
    workers
        Processes to read with; default one a core. With 1 the files are read in this process,
        where neither the time limit nor a crash can be caught.
    progress
        Whether to show a progress bar (only where somebody sees it: a terminal or a notebook).
    time_limit
        Seconds one file may take.

    Returns
    -------
    BuildResult

    Raises
    ------
    UsageError
        `raw` is missing or holds no file to read, or `processed` cannot be written.
    FormError, CorrectionError
        A form file or a file of corrections is wrong.

    Examples
    --------
    >>> build("no-such-folder", "processed")
    Traceback (most recent call last):
        ...
    govdisclose.errors.UsageError: no-such-folder: no such folder; give the folder that holds the reports
    """
    from govdisclose import forms as form_files

    form_files.load.cache_clear()  # in a session the files may have been edited since they were loaded
    known = form_files.load(forms)  # a wrong form file fails here, once, and not in every report
    raw, processed = Path(raw), Path(processed)
    found, skipped = find(raw, processed)
    if not found:
        raise UsageError(f"{raw}: no report files in it ({', '.join(sorted(KINDS)[:3])} …); put the reports there")
    decisions = load_corrections(corrections if corrections is not None else _beside(raw), known)
    cache = processed / ".cache"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{processed}: cannot be written ({error.strerror}); choose another folder") from error
    count = workers if workers is not None else os.cpu_count() or 1
    if count < 1:
        raise UsageError(f"workers={workers}: at least one is needed")
    version = records.code_version() + records.forms_version(forms) + ("second" if second else "")
    identify(found, cache, version)
    todo = _not_kept(found)
    _read(todo, forms, second, count, progress, time_limit)
    result = _write(_Source(found, decisions, known), processed, len(todo), skipped, progress)
    _prune(cache, {file.part for file in found if file.part})
    return result


def _beside(raw: Path) -> Path | None:
    folder = raw.resolve().parent / "corrections"
    return folder if folder.is_dir() else None


# --- reading ----------------------------------------------------------------------------------------------------------


def _not_kept(files: Sequence[File]) -> list[File]:
    """One file for every record that is not there yet; copies are read once."""
    first: dict[Path, File] = {}
    for file in files:
        if file.part is not None and not file.kept:
            first.setdefault(file.part, file)
    return list(first.values())


def _read(
    todo: Sequence[File], forms: str | Path | None, second: bool, workers: int, progress: bool, limit: float
) -> None:
    same = {"forms": None if forms is None else str(Path(forms).resolve()), "second": second}
    jobs = [same | {"path": str(f.path.resolve()), "part": str(f.part and f.part.resolve())} for f in todo]
    with _bar("reading", len(jobs), progress) as bar:
        for index, error in _outcomes(jobs, workers, limit):
            if error is not None:
                if not error["error_type"]:
                    raise DatasetError(f"{error['error']}; make room, or choose another folder")
                todo[index].error = error
            bar.update()


def _outcomes(jobs: Sequence[dict[str, Any]], workers: int, limit: float) -> Iterator[tuple[int, Record | None]]:
    if workers == 1:
        yield from ((index, records.read_record(job)) for index, job in enumerate(jobs))
        return
    for index, (how, answer) in in_processes(
        "govdisclose.corpus.records:read_record", jobs, workers=workers, limit=limit
    ):
        name = Path(jobs[index]["path"]).name
        if how == "crash":
            reason = f"{name}: the process that read it died (exit code {answer}); please report it with the file"
            yield index, {"error_type": "Crash", "error": reason}
        elif how == "time_limit":
            reason = f"{name}: not read within {answer:g} s; split the file, or save it in another format"
            yield index, {"error_type": "TimeLimit", "error": reason}
        else:
            yield index, answer


def _bar(what: str, total: int, progress: bool, *, delay: float = 0) -> Any:
    """A bar on standard error where a person looks on; a widget in a notebook that can show one."""
    from importlib.util import find_spec

    notebook = "ipykernel" in sys.modules
    if notebook and find_spec("ipywidgets"):
        from tqdm.auto import tqdm
    else:
        from tqdm import tqdm
    seen = progress and total > 0 and (notebook or sys.stderr.isatty())
    return tqdm(total=total, desc=what, unit="file", disable=not seen, delay=delay)


# --- writing ----------------------------------------------------------------------------------------------------------


class _Source:
    """What was read of the files, with corrections applied."""

    def __init__(self, files: Sequence[File], corrections: Sequence[Correction], forms: Forms) -> None:
        self.files, self.corrections, self.forms = files, corrections, forms
        self.errors = {file.part: file.error for file in files if file.part and file.error}
        self.outcomes: dict[int, tuple[Outcome, ...]] = {}
        self.mine = {i: mine for i, f in enumerate(files) if (mine := for_file(corrections, f.name, f.sha256))}

    def __getitem__(self, index: int) -> Record:
        found = self._as_read(self.files[index])
        mine = self.mine.get(index)
        if not mine or "report" not in found:
            return found
        report, self.outcomes[index] = correct(records.report_of(found, self.forms), mine)
        again = records.record(report)
        if not report.relation_records:  # nothing was applied, so they stand
            again["relations"] = found["relations"]
        return again

    def _as_read(self, file: File) -> Record:
        if file.error is not None:
            return file.error
        found = None if file.part is None else self.errors.get(file.part) or records.kept(file.part)
        if found is None:
            return {"error_type": "Defect", "error": f"{file.path.name}: its record was lost; build again"}
        return found


def _write(source: _Source, processed: Path, read: int, skipped: tuple[str, ...], progress: bool) -> BuildResult:
    files = source.files
    rows: list[dict[str, Any]] = []
    with Writer(processed, _mark(source)) as out, _bar("writing", len(files), progress, delay=2) as bar:
        for i, file in enumerate(files):
            bar.update()
            made = source[i]
            rows.append(_row(file, made))
            for name in ("cells", "sections", "findings", "relations"):
                out.add(name, [[rows[-1]["report_id"], *values] for values in made.get(name, ())])
        good = [i for i, row in enumerate(rows) if not row["error_type"]]
        standings = versions.standings(
            [_version(rows[i]) for i in good], lambda position: _numbers(source[good[position]])
        )
        for i, standing in zip(good, standings, strict=True):
            rows[i] |= asdict(standing)
        _write_years(source, [rows[i] for i in good], good, out)
        out.add("reports", [[row.get(name, _missing(name)) for name in _ROW] for row in rows])
        decided = list(_decided(source, rows))
        out.add("corrections", [row for row, _ in decided])
    failed = tuple(Failed(r["file"], r["error_type"], r["error"]) for r in rows if r["error_type"])
    return BuildResult(
        processed=processed,
        files=len(files),
        read=read,
        reports=len(good),
        preferred=sum(standing.preferred for standing in standings),
        cells=sum(row.get("n_cells", 0) for row in rows),
        failed=failed,
        skipped=skipped,
        corrected=sum(not said for _, said in decided),
        unapplied=tuple(said for _, said in decided if said),
    )


def _write_years(source: _Source, rows: Sequence[dict[str, Any]], at: Sequence[int], out: Writer) -> None:
    """What consecutive years of one agency say of each other, after what each says by itself."""
    recent: dict[int, Report] = {}
    for this, last in consecutive(rows):
        # Years of an agency follow one another, so the later of one pair is the earlier of the next.
        recent = {i: recent.get(i) or records.report_of(source[at[i]], source.forms) for i in (this, last)}
        results, findings = compare_reports(recent[this], recent[last])
        row = rows[this]
        row["n_findings"] += len(findings)
        before = rows[last]["report_id"]
        out.add("relations", [[row["report_id"], *records.relation_row(r, before)] for r in results])
        out.add("findings", [[row["report_id"], *records.finding_row(f)] for f in findings])


def _decided(source: _Source, rows: Sequence[dict[str, Any]]) -> Iterator[tuple[list[Any], str]]:
    """A row for each correction and report it was meant for, and why it was not applied ("" where it was)."""
    by_line: dict[str, list[tuple[str, Outcome]]] = {}
    for i, outcomes in source.outcomes.items():
        for outcome in outcomes:
            by_line.setdefault(outcome.correction.line, []).append((rows[i]["report_id"], outcome))
    for correction in source.corrections:
        for report, outcome in by_line.get(correction.line, [(None, Outcome(correction, "no_report"))]):
            said = ""
            if outcome.status == "no_report":
                said = f"{correction.line}: no report {correction.file}"
            elif outcome.status == "stale":
                found = "no such cell" if outcome.found is None else outcome.found
                said = f"{correction.line}: {'.'.join(correction.key)} was {correction.was}, is {found}"
            values = [str(correction.was), str(correction.now)]
            about = [correction.reason, correction.evidence, correction.by, correction.date, correction.line]
            instead = None if not said or outcome.found is None else str(outcome.found)
            row = [report, correction.file, *correction.key, correction.kind, *values, *about, outcome.status, instead]
            yield row, said


def _mark(source: _Source) -> str:
    """A hash over what a build is made of; its files carry it, so that they cannot be mixed with another's."""
    digest = hashlib.sha256(SCHEMA.encode() + "".join(map(repr, source.corrections)).encode())
    for file in source.files:
        error = file.error["error_type"] if file.error else ""
        digest.update(f"{file.name}\0{file.part and file.part.name}\0{error}\0".encode())
    return digest.hexdigest()


def _row(file: File, made: Record) -> dict[str, Any]:
    row = {"report_id": report_id(file.name, file.sha256), "file": file.name, "sha256": file.sha256}
    row |= made.get("report", {}) | {name: made.get(name, "") for name in ("error_type", "error")}
    return row | {"certain": len(_numbers(made))}


def _numbers(made: Record) -> versions.Numbers:
    sure = (c for c in made.get("cells", ()) if c[records.STATE] not in ("absent", "unreadable"))
    return {(c[0], c[1], c[2]): c[3] for c in sure}


def _missing(name: str) -> object:
    """What stands in the row of a file that gave no report."""
    if name.startswith("n_"):
        return 0
    return False if name == "preferred" else None


def _version(row: dict[str, Any]) -> versions.Version:
    return versions.Version(
        row["file"],
        row["sha256"],
        row["agency"],
        row["year"],
        row["scope"],
        row["published"],
        row["title"],
        row["reader"],
        sum(bool(value) for name, value in row.items() if name.startswith("form_") and name != "form_detail"),
        row["certain"],
    )


def _prune(cache: Path, used: set[Path]) -> None:
    """Drop records of files that are gone or changed."""
    for part in cache.glob("*/*"):
        if part not in used:
            part.unlink(missing_ok=True)
