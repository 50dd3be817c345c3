"""`python -m benchmarks [SECTION ...]`: measure, and write docs/benchmarks.md with its picture.

Without arguments every section is measured in one run; sections that are not named are kept as they were.
"""

from __future__ import annotations

import os
import platform
import sys

from benchmarks import ROOT, checks, formats, indicators, plot, scans

DOCUMENT = ROOT / "docs" / "benchmarks.md"
PICTURE = DOCUMENT.with_suffix(".svg")

TEXT = """# Benchmarks

Written by `make benchmark` (`python -m benchmarks`). Times depend on the machine and on what else runs on it: compare
the ratios. The last run: {machine}. Neither the tests nor `make verify` depend on this page.

Each reader runs in a process of its own, so that its memory is its own, and they take turns file by file and run by
run, so that a busy moment meets all alike; of the runs the fastest counts. Each has read the file once before it is
timed. *Ours* is everything: `govdisclose.read` (tables, alignment to the form, relations, claims, identity, findings)
and the frames of cells, claims and findings. The others only extract tables.

Tools that know nothing of the form are counted with a rule on top (benchmarks/rule.py): a printed row belongs to the
next row of the form whose label resembles the last text before its last seven cells, which are its values; the remedies
are the first row after them with fifteen numbers, blanks or dashes. The rule knows every label of the forms, and tables
count as if pages had no end. *Silently wrong*: another value than printed, and nothing says so.

The pdfium floor is what any reader through pdfium has to pay: every page's character boxes, unicode values and path
bounds, fetched through the raw API in a plain loop and thrown away (`floor` in benchmarks/readers.py).

Real reports are read where `GOVDISCLOSE_REPORTS` names their folder; typeset ones hold drawn figures (合成数据).
"""


def pdf() -> str:
    """The section on PDFs, with its picture."""
    text, raced, read = formats.measured("pdf")
    plot.draw(raced, read, PICTURE)
    return f"![milliseconds a file and outcome of cells, by reader]({PICTURE.name})\n\n{text}"


SECTIONS = {
    "PDF": pdf,
    "HTML": lambda: formats.measured("html")[0],
    "DOCX": lambda: formats.measured("docx")[0],
    "Scans": scans.table,
    "Checks": checks.table,
    "Indicators": indicators.table,
}


def machine() -> str:
    """The machine in general terms."""
    return f"{os.cpu_count()} cores, {platform.system()}, Python {'.'.join(platform.python_version_tuple()[:2])}"


def kept(document: str) -> dict[str, str]:
    """The sections of a document by title."""
    parts = [part.partition("\n") for part in document.split("\n## ")[1:]]
    return {title.strip(): body.strip() for title, _, body in parts}


def main(names: list[str]) -> int:
    """Measure the named sections, or all, and write the document."""
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        print(f"{', '.join(unknown)}: no such section; choose from {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    before = kept(DOCUMENT.read_text(encoding="utf-8")) if DOCUMENT.exists() else {}
    parts = [TEXT.format(machine=machine())]
    for name, measure in SECTIONS.items():
        body = measure() if not names or name in names else before.get(name, "(not measured)")
        parts.append(f"## {name}\n\n{body.strip()}\n")
    DOCUMENT.write_text("\n".join(parts), encoding="utf-8")
    print(f"wrote {DOCUMENT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
