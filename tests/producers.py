"""The same reports as other programs print them: LibreOffice from DOCX, Chromium from web pages."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rounds import Count, compare, draw_case, expected_of

from govdisclose.errors import GovdiscloseError
from govdisclose.forms import load
from govdisclose.report import read
from govdisclose.typeset import write

STYLES = {
    "collapsed": "table{border-collapse:collapse} td,th{border:1px solid #000}",
    "separate": "td,th{border:1px solid #444}",
    "shaded": "table{border-collapse:collapse} td,th{border:1px solid #fff;background:#e8eef8}",
    "dashed": "table{border-collapse:collapse} td,th{border:0.5px dashed #000}",
    "dotted": "table{border-collapse:collapse} td,th{border:1px dotted #000}",
    "double": "table{border-collapse:collapse} td,th{border:3px double #000}",
    "striped": "table{border-collapse:collapse} td,th{border:1px solid #888} tr:nth-child(odd){background:#eee}",
    "rows": "table{border-collapse:collapse} td,th{border-bottom:1px solid #000}",
    "none": "table{border-collapse:collapse} td,th{padding:3px}",
    "zebra": "table{border-collapse:collapse} td{text-align:center} tr:nth-child(even){background:#e8eef8}",
    "book": "table{border-collapse:collapse;border-top:2px solid;border-bottom:2px solid} td{text-align:center}",
    "spread": "table{border-collapse:collapse} td{text-align:center;height:4em}",
    "lined": "table{border-collapse:collapse} td{text-align:center;border-top:1px solid;line-height:1.8}",
}
UNRULED = ("rows", "none", "zebra", "book", "spread", "lined")
RULED = tuple(style for style in STYLES if style not in UNRULED)
"""Styles under which anything less than exact is a defect."""


def has(program: str) -> bool:
    """Whether a program is installed."""
    return shutil.which(program) is not None


def libreoffice(seeds: Iterable[int], folder: Path, borders: Sequence[str] = ("solid",)) -> Iterator[tuple[str, Count]]:
    """Drawn reports as DOCX, converted in one go, read and compared."""
    cases = {}
    for seed in seeds:
        draft, layout = draw_case(seed, "docx", borders)
        layout = replace(layout, span_style="proper", nested=False)
        cases[write(draft, layout, folder / f"case-{seed}.docx")] = (draft, layout)
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, cases)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    for path, (draft, layout) in cases.items():
        yield path.stem, _judged(path.with_suffix(".pdf"), expected_of(draft, layout, load()))


def chromium(seeds: Iterable[int], styles: tuple[str, ...], folder: Path) -> Iterator[tuple[str, Count]]:
    """Drawn reports as web pages, one in each style, printed, read and compared."""
    for seed, style in ((seed, style) for seed in seeds for style in styles):
        draft, layout = draw_case(seed, "html")
        layout = replace(layout, span_style="proper", nested=False, chrome=False, encoding="utf-8")
        page = write(draft, layout, folder / f"case-{seed}-{style}.html")
        size = random.Random(seed).choice([10, 12, 14])
        css = f"<style>{STYLES[style]} td,th{{padding:3px}} body{{font:{size}px sans-serif}}</style></head>"
        source = re.sub(r"<style>.*?</style>", "", page.read_text(encoding="utf-8"), flags=re.S)
        page.write_text(source.replace("</head>", css, 1), encoding="utf-8")
        target = page.with_suffix(".pdf")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={target}"]
        subprocess.run(["chromium", *flags, page.as_uri()], check=True, capture_output=True, timeout=120)
        yield f"{seed}-{style}", _judged(target, expected_of(draft, layout, load()))


def _judged(path: Path, expected: dict[tuple[str, str, str], object]) -> Count:
    try:
        return compare(expected, read(path).cell_records)  # type: ignore[arg-type]
    except GovdiscloseError as error:
        return Count(cells=len(expected), flagged=len(expected), examples=[f"{type(error).__name__}: {error}"])
