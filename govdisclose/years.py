"""A report against the same agency's report of the year before, and which reports of a dataset are such a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from govdisclose.checks import Result, compare_years
from govdisclose.claims.section_checks import copied_sections
from govdisclose.corrections import adjusted_cells
from govdisclose.errors import UsageError
from govdisclose.model import Finding
from govdisclose.report import Report
from govdisclose.versions import agency_keys


def compare_reports(this: Report, last: Report) -> tuple[tuple[Result, ...], tuple[Finding, ...]]:
    """Relations between a report and the one of the year before, and prose that repeats last year's.

    Parameters
    ----------
    this, last
        Reports of one agency for consecutive years; `this` brings the forms.

    Returns
    -------
    results, findings
        Judged on the printed numbers; findings that the adjusted ones do not give are marked `corrected`.

    Raises
    ------
    UsageError
        `last` states a year that is not the year before.
    """
    if this.year is not None and last.year is not None and last.year != this.year - 1:
        shown = last.source.file or "the report to compare with"
        raise UsageError(f"{shown}: reports on {last.year}, not on {this.year - 1}; give the report of the year before")
    copied = copied_sections(this.section_records, last.section_records)
    results, findings = compare_years(this.cell_records, last.cell_records, this.form, last.form, this.forms)
    if all(c.adjusted == c.value for c in (*this.cell_records, *last.cell_records)):
        return results, (*findings, *copied)
    adjusted, left = compare_years(
        adjusted_cells(this.cell_records), adjusted_cells(last.cell_records), this.form, last.form, this.forms
    )
    standing = {(f.relation, f.cells) for f in left}
    return (
        tuple(r._replace(adjusted=a.state) for r, a in zip(results, adjusted, strict=True)),
        (*(replace(f, corrected=(f.relation, f.cells) not in standing) for f in findings), *copied),
    )


def consecutive(reports: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    """Pairs (this year, year before) of preferred reports of one agency and scope, as indices, by agency and year.

    >>> about = {"agency": "某县教育局", "file": "a.html", "scope": "unknown", "preferred": True}
    >>> list(consecutive([about | {"year": year} for year in (2021, 2023, 2022)]))
    [(2, 0), (1, 2)]
    """
    who = agency_keys((row["agency"], row["year"], row["file"]) for row in reports)
    at: dict[tuple[str, str, int], int] = {}
    for i, (row, key) in enumerate(zip(reports, who, strict=True)):
        if row["preferred"] and key:
            at[key, row["scope"], int(row["year"])] = i
    for (key, scope, year), i in sorted(at.items()):
        before = at.get((key, scope, year - 1))
        if before is not None:
            yield i, before
