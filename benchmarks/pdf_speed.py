"""How long a born-digital PDF takes: a whole report, against the extractors alone and against pdfium's floor.

`python benchmarks/pdf_speed.py [FILE ...]` prints one table for one run on this machine. Without
files it takes the PDFs in the folder that GOVDISCLOSE_REPORTS names (default: `../shared/reports`
beside the repository), or typesets three. `ours` is `govdisclose.read`, everything included. The
others only extract tables. pdfplumber is left out where it is not installed.

The floor is what any reader through pdfium has to pay: every page's character boxes, unicode
values and path bounds, fetched through the raw API in a plain loop and thrown away.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pypdfium2  # noqa: F401  (initialises pdfium)
import pypdfium2.raw as raw

from govdisclose.report import read

TIMES = 9
"""Runs of ours and of the floor, one after the other in turn; the others, 30 times slower, get three."""


def floor(path: Path) -> None:
    """Characters and path bounds of all pages, in a plain loop."""
    document = raw.FPDF_LoadDocument(str(path).encode(), None)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    bounds = [ctypes.c_float() for _ in range(4)]
    for number in range(raw.FPDF_GetPageCount(document)):
        page = raw.FPDF_LoadPage(document, number)
        text = raw.FPDFText_LoadPage(page)
        for i in range(raw.FPDFText_CountChars(text)):
            raw.FPDFText_GetCharBox(text, i, left, right, bottom, top)
            raw.FPDFText_GetUnicode(text, i)
        for i in range(raw.FPDFPage_CountObjects(page)):
            thing = raw.FPDFPage_GetObject(page, i)
            if raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_PATH:
                raw.FPDFPageObj_GetBounds(thing, *bounds)
        raw.FPDFText_ClosePage(text)
        raw.FPDF_ClosePage(page)
    raw.FPDF_CloseDocument(document)


def camelot_lattice(path: Path) -> None:
    """camelot's tables, alone."""
    import camelot

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        camelot.read_pdf(str(path), flavor="lattice", pages="all", suppress_stdout=True)


def plumber(path: Path) -> None:
    """pdfplumber's tables, alone."""
    import pdfplumber  # type: ignore[import-not-found, unused-ignore]

    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_tables()


def seconds(call: Callable[[Path], object], path: Path) -> float:
    """One run."""
    start = time.perf_counter()
    call(path)
    return time.perf_counter() - start


def measured(path: Path) -> dict[str, float]:
    """Median seconds of each way to read a file."""
    others: dict[str, Callable[[Path], object]] = {"camelot": camelot_lattice}
    if importlib.util.find_spec("pdfplumber"):
        others["pdfplumber"] = plumber
    taken: dict[str, list[float]] = {}
    for call in (read, floor, *others.values()):
        call(path)  # whatever is imported or kept is so for all
    for _ in range(TIMES):
        taken.setdefault("ours", []).append(seconds(read, path))
        taken.setdefault("floor", []).append(seconds(floor, path))
    for name, call in others.items():
        taken[name] = [seconds(call, path) for _ in range(3)]
    return {name: statistics.median(times) for name, times in taken.items()}


def files(folder: Path) -> list[Path]:
    """The PDFs to read: those named, those of the reports' folder, or typeset ones."""
    if sys.argv[1:]:
        return [Path(name) for name in sys.argv[1:]]
    home = Path(__file__).parent.parent / ".." / "shared" / "reports"
    found = sorted(Path(os.environ.get("GOVDISCLOSE_REPORTS", home)).glob("*.pdf"))
    if found:
        return found
    import random

    from govdisclose.synthesis import draw_report
    from govdisclose.typeset import Layout, write

    made = []
    for number, year in enumerate((2020, 2022, 2024)):
        form = "2019" if year < 2021 else "2021"
        draft = draw_report(random.Random(number), form=form, year=year, agency="样本甲市人民政府", size=20.0)
        made.append(write(draft, Layout("pdf"), folder / f"{year}.pdf"))
    return made


def table(paths: list[Path]) -> str:
    """The figures as Markdown: milliseconds, and how many times as long as ours the others take."""
    lines = ["| file | ours, ms | floor, ms | ours / floor | camelot / ours | pdfplumber / ours |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for path in paths:
        taken = measured(path)
        ours, low = taken["ours"], taken["floor"]
        plumbed = f"{taken['pdfplumber'] / ours:.1f}" if "pdfplumber" in taken else "not installed"
        lines.append(
            f"| {path.name} | {1000 * ours:.0f} | {1000 * low:.0f} | {ours / low:.2f} "
            f"| {taken['camelot'] / ours:.1f} | {plumbed} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name, contextlib.suppress(BrokenPipeError):
        print(table(files(Path(name))))
