"""Each way to read a report, in a process of its own: `python -m benchmarks.readers NAME`.

Such a process reads paths from standard input, a line each, and answers with a line of JSON: seconds and peak memory,
or, for a line that begins with `?`, what was read. Nothing else is running in it, so its memory is that of one reader.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import resource
import sys
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Reader(NamedTuple):
    """`read` is what is timed; `tables` makes rows of strings of its result, for the rule, and is not.

    A yardstick is what ours is measured by; the others are measured by ours.
    """

    title: str
    format: str
    needs: str
    read: Callable[[Path], Any]
    tables: Callable[[Any], list[list[list[str | None]]]] | None = None
    yardstick: bool = False


def ours(path: Path) -> Any:
    """Everything: tables, alignment, relations, claims, identity, findings, and the frames."""
    import govdisclose as gd

    report = gd.read(path)
    return report, report.cells, report.claims, report.findings


def floor(path: Path) -> None:
    """What any reader through pdfium has to fetch: characters and path bounds of all pages, thrown away."""
    import pypdfium2  # noqa: F401  (initialises pdfium)
    import pypdfium2.raw as raw

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


def _camelot(flavor: str) -> Callable[[Path], Any]:
    def read(path: Path) -> Any:
        import camelot

        return camelot.read_pdf(str(path), flavor=flavor, pages="all", suppress_stdout=True)

    return read


def pdfplumber_tables(path: Path) -> list[Any]:
    """The tables of all pages."""
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        return [table for page in pdf.pages for table in page.extract_tables()]


def pandas_tables(path: Path) -> Any:
    """The tables of a page as frames."""
    import pandas

    return pandas.read_html(path)


def docx_cells(path: Path) -> list[list[list[str]]]:
    """The text of every cell."""
    import docx

    return [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(str(path)).tables]


def lxml_cells(path: Path) -> int:
    """The document parsed, and every cell element visited."""
    from lxml import etree

    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return sum(1 for _ in root.iter(f"{W}tc"))


def _frames(frames: Any) -> list[list[list[str | None]]]:
    """Frames as rows of text: header rows first, where there are any, missing values as blanks."""
    out = []
    for frame in frames:
        levels = [c if isinstance(c, tuple) else (c,) for c in frame.columns]
        heads = [] if all(isinstance(c, int) for c in frame.columns) else [*zip(*levels, strict=True)]
        body = frame.astype(object).where(frame.notna(), "").to_numpy().tolist()
        out.append([[_text(value) for value in row] for row in (*heads, *body)])
    return out


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


READERS = {
    "ours": Reader("govdisclose, everything included", "pdf html docx", "govdisclose", ours),
    "floor": Reader("pdfium floor", "pdf", "pypdfium2", floor, yardstick=True),
    "lattice": Reader(
        "camelot lattice",
        "pdf",
        "camelot",
        _camelot("lattice"),
        lambda found: [t.df.to_numpy().tolist() for t in found],
    ),
    "hybrid": Reader(
        "camelot hybrid", "pdf", "camelot", _camelot("hybrid"), lambda found: [t.df.to_numpy().tolist() for t in found]
    ),
    "pdfplumber": Reader("pdfplumber", "pdf", "pdfplumber", pdfplumber_tables, list),
    "pandas": Reader("pandas.read_html", "html", "pandas", pandas_tables, _frames, yardstick=True),
    "docx": Reader("python-docx, every cell's text", "docx", "docx", docx_cells, list),
    "lxml": Reader("lxml, every cell visited", "docx", "lxml", lxml_cells, yardstick=True),
}


def readers_of(format: str) -> tuple[list[str], list[str]]:
    """The readers of a format, and why others are left out."""
    wanted = [name for name, reader in READERS.items() if format in reader.format.split()]
    missing = [name for name in wanted if importlib.util.find_spec(READERS[name].needs) is None]
    said = [f"{READERS[name].title} is left out: {READERS[name].needs} is not installed." for name in missing]
    return [name for name in wanted if name not in missing], said


def peak() -> float:
    """The most memory this process has held, in MiB.

    Linux counts it anew for each program; the portable figure includes what the parent held when it started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(li for li in status.read_text(encoding="ascii").splitlines() if li.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1024)


def read_as(reader: Reader, path: Path) -> dict[str, Any]:
    """What was read: tables, or cells as (address, value, flagged)."""
    found = reader.read(path)
    if reader.tables:
        return {"tables": reader.tables(found)}
    cells = found[0].cell_records if reader.read is ours else ()
    flagged = ("unreadable", "absent")
    return {"cells": [(*c.key, c.value, c.state in flagged or c.evidence == "conflict") for c in cells]}


def serve(reader: Reader) -> None:
    """Answer until standard input ends. Whatever a reader prints is thrown away."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 1)
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        asked = line.rstrip("\n")
        if asked.startswith("?"):
            answer = read_as(reader, Path(asked[1:]))
        else:
            start = time.perf_counter()
            reader.read(Path(asked))
            answer = {"seconds": time.perf_counter() - start}
        print(json.dumps(answer | {"peak": peak()}), file=answers, flush=True)


if __name__ == "__main__":
    serve(READERS[sys.argv[1]])
