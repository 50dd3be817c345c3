"""Scans: govdisclose against img2table with rapidocr, on the same typeset scans in one run.

`python -m benchmarks.scans` prints one table. img2table pulls another OpenCV than ours, so it runs in an environment
of its own, made once in the cache folder (`XDG_CACHE_HOME`, else `~/.cache`), in a process of its own.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rounds import Count, compare, expected_of
from scan_cases import ScanCase, make_scan

from benchmarks import ROOT
from govdisclose.alignment import align
from govdisclose.checks import examine
from govdisclose.errors import GovdiscloseError
from govdisclose.forms import load
from govdisclose.model import Address, Cell, Document, Grid, GridCell, Number, State
from govdisclose.report import read

METHOD = """{reports} typeset reports, {pages} pages; {requirements}, in an environment of its own.

Both get the same pixels: ours the scanned PDF, img2table the picture of each page, with and without its own correction
of skew. img2table knows no form, so its tables go through our alignment and relations as if we had read them: a cell is
right where that finds its value at its address, silently wrong where neither alignment nor a relation objects. One run
each; imports and the loading of models are not timed, and each has read one page before. A page on which img2table
finds no table costs it next to nothing, as it then reads no character: such pages are left out of its times.
"""
FORMS = load()
CASES = tuple(
    ScanCase(dpi, borders, 5000)
    for dpi, borders in itertools.product((150, 200, 300), ("solid", "dashed", "double", "hairline"))
)
REQUIREMENTS = ("img2table==2.0.0", "rapidocr==3.10.0", "onnxruntime==1.32.0")
OPENCV = ("opencv-python", "opencv-python-headless", "opencv-contrib-python")
ONE_OPENCV = "opencv-contrib-python-headless==5.0.0.93"
"""img2table and rapidocr each pull an OpenCV; installed over one another, neither is whole. This one serves both."""
Printed = dict[Address, tuple[Number | None, State]]


@dataclass(frozen=True)
class Made:
    """A typeset report and its scan."""

    pdf: Path
    pages: tuple[Path, ...]
    printed: Printed
    year: int


@dataclass
class Result:
    """What one way of reading made of all scans: cells, time on the pages it read, and the most memory in MiB."""

    count: Count = field(default_factory=Count)
    pages: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0


def make(case: ScanCase, folder: Path) -> Made:
    """Typeset and scan one report, and take its pages out as PNG."""
    import pypdfium2

    folder = folder / f"{case.dpi}-{case.borders}"
    pdf, draft, layout = make_scan(case, folder, format="pdf")
    pages = []
    with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        for number, page in enumerate(document):
            picture = next(iter(page.get_objects())).get_bitmap().to_pil()
            pages.append(folder / f"{number}.png")
            picture.save(pages[-1])
    return Made(pdf, tuple(pages), expected_of(draft, layout, FORMS), draft.year)


def environment() -> Path | None:
    """The Python of img2table's own environment, made where it is missing; None where that fails."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "govdisclose" / "img2table"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    mark, wanted = folder / "requirements.txt", "\n".join((*REQUIREMENTS, ONE_OPENCV))
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return python
    pip = [str(python), "-m", "pip"]
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [*pip, "install", "--quiet", *REQUIREMENTS],
        [*pip, "uninstall", "--quiet", "--yes", *OPENCV],
        [*pip, "install", "--quiet", "--no-deps", ONE_OPENCV],
    )
    for step in steps:
        if subprocess.run(step, check=False).returncode:
            print(f"img2table is left out, as this failed: {' '.join(step)}", file=sys.stderr)
            return None
    mark.write_text(wanted, encoding="utf-8")
    return python


def ours(made: Sequence[Made]) -> Result:
    """Our reading, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.scans", "ours", *(str(m.pdf) for m in made)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    answer = pickle.loads(done.stdout)
    result = Result(peak=answer["peak"])
    for one, (seconds, cpu, cells) in zip(made, answer["reports"], strict=True):
        result.count.add(compare(one.printed, cells))
        result.pages += len(one.pages)
        result.seconds, result.cpu = result.seconds + seconds, result.cpu + cpu
    return result


def read_ours(paths: Sequence[str]) -> None:
    """Read scans and write cells and times to standard output; the first is read once before."""
    with contextlib.suppress(GovdiscloseError):
        read(paths[0])
    reports = []
    for path in paths:
        start, worked = time.perf_counter(), time.process_time()
        cells: tuple[Cell, ...] = ()
        with contextlib.suppress(GovdiscloseError):
            cells = read(path).cell_records
        reports.append((time.perf_counter() - start, time.process_time() - worked, cells))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.buffer.write(pickle.dumps({"reports": reports, "peak": peak}))


def theirs(made: Sequence[Made], python: Path, rotate: bool) -> Result:
    """img2table's reading, aligned and checked as ours."""
    asked = json.dumps({"rotate": rotate, "reports": [[str(p) for p in m.pages] for m in made]})
    script = str(Path(__file__).with_name("scan_img2table.py"))
    done = subprocess.run([str(python), script], input=asked, text=True, capture_output=True, check=True)
    answer = json.loads(done.stdout)
    result = Result(peak=answer["peak"])
    for one, pages in zip(made, answer["reports"], strict=True):
        tables = [table for page in pages for table in page["tables"]]
        result.count.add(compare(one.printed, aligned(tables, one.year)))
        for page in pages:
            if page["tables"]:  # where it finds none, it reads nothing
                result.pages += 1
                result.seconds, result.cpu = result.seconds + page["seconds"], result.cpu + page["cpu"]
    return result


def aligned(tables: Sequence[Sequence[Sequence[Any]]], year: int) -> tuple[Cell, ...]:
    """The cells of the form that alignment finds in tables, and relations have looked at."""
    grids = tuple(Grid(tuple(GridCell(r, c, str(text), rs, cs) for r, c, rs, cs, text in sorted(t))) for t in tables)
    found = align(Document(grids, "img2table", "ocr"), FORMS, year=year)
    return examine(found.cells, found.form, FORMS, beyond_doubt=False).cells


def _row(name: str, result: Result) -> str:
    count, pages = result.count, max(1, result.pages)
    return (
        f"| {name} | {count.cells} | {100 * count.right / count.cells:.1f} % | {count.flagged} | {count.silent} "
        f"| {count.false_alarms} | {result.pages} | {result.seconds / pages:.2f} | {result.cpu / pages:.2f} "
        f"| {result.peak:.0f} |"
    )


def table() -> str:
    """Measure, and write the figures as Markdown."""
    if importlib.util.find_spec("rapidocr") is None:
        return "Not measured: scans need the scan extra (pip install 'govdisclose[scan]')."
    with tempfile.TemporaryDirectory() as name:
        made = [make(case, Path(name)) for case in CASES]
        pages = sum(len(m.pages) for m in made)
        rows = [("govdisclose", ours(made))]
        if python := environment():
            rows.append(("img2table + rapidocr", theirs(made, python, rotate=False)))
            rows.append(("img2table + rapidocr, skew corrected", theirs(made, python, rotate=True)))
    lines = [
        METHOD.format(reports=len(made), pages=pages, requirements=", ".join(REQUIREMENTS)),
        "| reader | cells | right | flagged | silently wrong | false alarms | pages read | s a page | CPU s a page "
        "| peak MiB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        *(_row(name, result) for name, result in rows),
    ]
    ours_a_page = rows[0][1].cpu / rows[0][1].pages
    slower = [result.cpu / result.pages / ours_a_page for _, result in rows[1:] if result.pages]
    if slower:
        lines.append(f"\nA page that it reads costs img2table at least {min(slower):.1f} times our processor time.")
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["ours"]:
        read_ours(sys.argv[2:])
    else:
        print(table())
