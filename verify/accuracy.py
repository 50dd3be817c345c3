"""Count what is read right, flagged and silently wrong, and write docs/accuracy.md.

Every number in that document comes from this run: `make verify`. It prints no times, so that the
same code gives the same document on every machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import bad_input  # noqa: E402
import claims  # noqa: E402
import clean_reports  # noqa: E402
import relations  # noqa: E402
from rounds import BORDERS, Count, compare, draw_case, expected_of, is_decidable, round_trip  # noqa: E402
from tqdm import tqdm  # noqa: E402
from truth import all_truths  # noqa: E402

from govdisclose.forms import load  # noqa: E402
from govdisclose.report import read  # noqa: E402

TEXTUAL = ("html", "docx", "md", "txt")
PER_FORMAT = 80
PER_BORDER = 12


class Case(NamedTuple):
    """One drawn report to typeset and read."""

    format: str
    borders: str
    seed: int


def cases() -> list[Case]:
    """All drawn reports, in the order of the document."""
    out = [Case(f, "solid", s) for f in (*TEXTUAL, "pdf") for s in range(PER_FORMAT)]
    return out + [Case("pdf", b, 1000 + s) for b in BORDERS[1:] for s in range(PER_BORDER)]


def measure(case: Case) -> tuple[str, str, Count]:
    """(group, form, count) of one case."""
    draft, layout = draw_case(case.seed, case.format, (case.borders,))
    with tempfile.TemporaryDirectory() as folder:
        count, _ = round_trip(draft, layout, Path(folder))
    forms = sorted(set(draft.tables.values()))
    form = forms[0] if len(forms) == 1 else "hybrid"
    group = (
        case.format.upper()
        if case.format in ("html", "docx", "pdf")
        else {"md": "Markdown", "txt": "text"}[case.format]
    )
    if case.format == "pdf":
        group += f", {case.borders} borders"
    elif not is_decidable(layout, expected_of(draft, layout, load())):
        group += ", print leaves a choice"
    return group, form, count


def _row(name: str, reports: int, exact: int, count: Count) -> str:
    return (
        f"| {name} | {reports} | {exact} | {count.cells} | {count.right} | {count.flagged} | {count.silent} "
        f"| {count.false_alarms} | {count.state_wrong} |"
    )


HEAD = (
    "| {} | reports | all exact | cells | right | wrong, flagged | **silently wrong** | false alarms | state wrong |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def _tables(results: Sequence[tuple[str, str, Count]]) -> Iterator[str]:
    totals: defaultdict[tuple[str, str], Count] = defaultdict(Count)
    exact: defaultdict[tuple[str, str], int] = defaultdict(int)
    reports: defaultdict[tuple[str, str], int] = defaultdict(int)
    for group, form, count in results:
        for key in ((group, form), (group, "all")):
            totals[key].add(count)
            exact[key] += count.exact
            reports[key] += 1
    yield HEAD.format("format and form")
    for group in dict.fromkeys(g for g, _, _ in results):
        for form in ("2019", "2021", "hybrid", "all"):
            key = (group, form)
            if key in totals:
                name = (
                    f"**{group}**"
                    if form == "all"
                    else f"{group}, {form} form"
                    if form != "hybrid"
                    else f"{group}, hybrid"
                )
                yield _row(name, reports[key], exact[key], totals[key])
    whole = Count()
    for group in dict.fromkeys(g for g, _, _ in results):
        whole.add(totals[group, "all"])
    yield _row("**all**", len(results), sum(c.exact for _, _, c in results), whole)


def real_reports(folder: Path) -> Iterator[str]:
    """One line a real report, and their sum."""
    yield HEAD.format("file").replace("reports | all exact |", "agency | year |")
    total = Count()
    truths = all_truths(folder)
    for truth in truths:
        report = read(truth.report)
        cells = tuple(c for c in report.cell_records if c.key in truth.cells)
        count = compare(truth.cells, cells)
        withheld = [c for c in report.cell_records if c.table in truth.no_values_in and c.value is not None]
        count.silent += len(withheld)
        total.add(count)
        agency = "right" if report.agency == truth.agency else "WRONG"
        year = "right" if report.year == truth.year else "WRONG"
        row = _row(truth.report.name, 0, 0, count)
        yield row.replace("| 0 | 0 |", f"| {agency} | {year} |", 1)
    yield _row("**all**", len(truths), len(truths), total).replace(f"| {len(truths)} | {len(truths)} |", "| | |", 1)


TEXT = """# Accuracy

Written by `make verify`; every number is counted in that run, none is typed in.

*right*: the value read is the value printed. *wrong, flagged*: not read or read wrong, and the cell says so
(`unreadable`, `conflict`, or reported `absent`). *silently wrong*: wrong, and nothing says so. *false alarm*: right,
but flagged. *state wrong*: no number printed, but blank, dash and text confused.

## Real reports

{real}

## Round trips

Drawn reports are typeset in drawn layouts (tests/rounds.py) and read again. HTML, DOCX, Markdown, text and PDF with
full solid rulings are to be exact. Where the print itself leaves a choice (text that drops empty cells; eight columns
under headers that say nothing) and in PDFs with other borders, what is not exact has to be flagged.

{drawn}

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


def _kept(document: str, heading: str) -> str:
    """The table of a section as it stands in the document."""
    _, found, after = document.partition(f"## {heading}\n")
    lines = [line for line in after.split("\n## ")[0].splitlines() if line.startswith("|")]
    return "\n".join(lines) if found and lines else "(not measured)"


def main() -> int:
    """Measure, write, and fail where something is silently wrong."""
    reports = Path(os.environ.get("GOVDISCLOSE_REPORTS", ROOT.parent / "shared" / "reports"))
    path = ROOT / "docs" / "accuracy.md"
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    todo = cases()
    with ProcessPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        results = list(tqdm(pool.map(measure, todo, chunksize=4), total=len(todo), desc="round trips"))
    if reports.is_dir():
        real, said = "\n".join(real_reports(reports)), claims.table().strip()
    else:
        print(f"{reports}: no real reports here; their tables are kept as they were")
        real, said = _kept(old, "Real reports"), _kept(old, "Claims")
    refused, failed = bad_input.table()
    clean, errors = clean_reports.table()
    failed += errors[:20]
    path.write_text(
        TEXT.format(
            real=real,
            clean=clean,
            drawn="\n".join(_tables(results)),
            relations=relations.table(),
            claims=said,
            refused=refused,
        ),
        encoding="utf-8",
    )
    print(f"wrote {path.relative_to(ROOT)}")
    silent = [e for _, _, c in results for e in c.examples if e.startswith(("SILENT", "extra"))]
    must = [c for g, _, c in results if "," not in g or g == "PDF, solid borders"]
    inexact = [e for c in must if not c.exact for e in c.examples[:2]]
    for line in (*silent[:20], *inexact[:20], *failed):
        print(line)
    return 1 if silent or inexact or failed or "WRONG" in real else 0


if __name__ == "__main__":
    sys.exit(main())
