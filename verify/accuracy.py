"""Count what is read right, flagged and silently wrong, and write docs/accuracy.md.

Every number in that document comes from this run: `make verify`. It prints no times, so that the
same code gives the same document on every machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import bad_input  # noqa: E402
import claims  # noqa: E402
import clean_reports  # noqa: E402
import relations  # noqa: E402
import round_trips  # noqa: E402
import scans  # noqa: E402
from rounds import Count, compare  # noqa: E402
from truth import all_truths  # noqa: E402

from govdisclose.report import read  # noqa: E402

HEAD = (
    "| file | agency | year | cells | right | wrong, flagged | **silently wrong** | false alarms | state wrong |\n"
    "|---|:-:|:-:|--:|--:|--:|--:|--:|--:|"
)


def _row(name: str, agency: str, year: str, count: Count) -> str:
    return (
        f"| {name} | {agency} | {year} | {count.cells} | {count.right} | {count.flagged} | {count.silent} "
        f"| {count.false_alarms} | {count.state_wrong} |"
    )


def real_reports(folder: Path) -> Iterator[str]:
    """One line a real report, and their sum."""
    yield HEAD
    total = Count()
    for truth in all_truths(folder):
        report = read(truth.report)
        cells = tuple(c for c in report.cell_records if c.key in truth.cells)
        count = compare(truth.cells, cells)
        count.silent += sum(c.table in truth.no_values_in and c.value is not None for c in report.cell_records)
        total.add(count)
        agency = "right" if report.agency == truth.agency else "WRONG"
        year = "right" if report.year == truth.year else "WRONG"
        yield _row(truth.report.name, agency, year, count)
    yield _row("**all**", "", "", total)
    yield (
        f"\nSilently wrong: {round_trips.at_most(total.silent, total.cells)} of {total.cells} cells, "
        f"false alarms: {round_trips.at_most(total.false_alarms, total.cells)}."
    )


TEXT = """# Accuracy

Written by `make verify`; every number is counted in that run, none is typed in.

*right*: the value read is the value printed. *wrong, flagged*: not read or read wrong, and the cell says so
(`unreadable`, `conflict`, or reported `absent`). *silently wrong*: wrong, and nothing says so. *false alarm*: right,
but flagged. *state wrong*: no number printed, but blank, dash and text confused.

In brackets stands one end of an exact 95 % interval (Clopper and Pearson): a share of cells is at most, a share of
reports at least, what it says. Cells of one report share its layout, so an interval of cells is narrower than what is
known; that of whole reports is not.

## Real reports

{real}

## Round trips

Drawn reports of the form of 2019, that of 2021 and hybrids of both are typeset in drawn layouts and read again
(verify/round_trips.py). All are to be exact, but where the print itself leaves a choice (text that drops empty cells;
eight columns under headers that say nothing): there what is not exact has to be flagged.

{drawn}

## Scans

{scanned}

## Relations

What the arithmetic of the requests table notices, and whom it blames (verify/relations.py). A number is `proved` only
where a relation through it closes without a missing cell, so that no single misreading of it could hide.

{relations}

{clean}

## Claims

Quantities found in the prose of the real reports, against labels made by hand (tests/data/claim_labels.csv).

{claims}

## Bad input

What `govdisclose read` says of files that are no report, or more than one (verify/bad_input.py). Each ends within ten
seconds, with one line and no traceback.

{refused}
"""


def _body(document: str, heading: str) -> str:
    """The text of a section as it stands in the document."""
    _, _, after = document.partition(f"\n## {heading}\n")
    return after.split("\n## ")[0].strip() or "(not measured)"


def _kept(document: str, heading: str) -> str:
    """The table of a section as it stands in the document."""
    lines = [line for line in _body(document, heading).splitlines() if line.startswith("|")]
    return "\n".join(lines) or "(not measured)"


def main() -> int:
    """Measure, write, and fail where born-digital print is silently wrong, or inexact without a reason in it."""
    reports = Path(os.environ.get("GOVDISCLOSE_REPORTS", ROOT.parent / "shared" / "reports"))
    path = ROOT / "docs" / "accuracy.md"
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    drawn, failed = round_trips.table()
    if reports.is_dir():
        real, said = "\n".join(real_reports(reports)), claims.table().strip()
    else:
        print(f"{reports}: no real reports here; their tables are kept as they were")
        real, said = _kept(old, "Real reports"), _kept(old, "Claims")
    refused, slow = bad_input.table()
    if (read_scans := scans.table()) is None:
        print(f"{scans.SKIPPED} Its tables are kept as they were")
    scanned, misread = read_scans or (_body(old, "Scans"), [])
    clean, errors = clean_reports.table()
    path.write_text(
        TEXT.format(
            real=real,
            drawn=drawn,
            scanned=scanned,
            clean=clean,
            relations=relations.table(),
            claims=said,
            refused=refused,
        ),
        encoding="utf-8",
    )
    print(f"wrote {path.relative_to(ROOT)}")
    failed += [*slow, *errors[:20]]
    # What a scan hides is counted in the document, which has to be current: a new silent error changes it.
    for line in (*failed[:60], *misread):
        print(line)
    return 1 if failed or "WRONG" in real else 0


if __name__ == "__main__":
    sys.exit(main())
