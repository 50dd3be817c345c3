"""Drawn scans of drawn reports, for the tests of scans, the accuracy count and the benchmark."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, NamedTuple

from drawing import draw_layout
from rounds import draw_draft

from govdisclose.typeset import Draft, Layout, write
from govdisclose.typeset.scans import Scan, draw_scan, scan

ENDINGS = {"png": "png", "jpg": "jpg", "tiff": "tif", "pdf": "pdf"}
"""Ending of the file by format."""


class ScanCase(NamedTuple):
    """One drawn report, how its tables are ruled, and the resolution it is scanned at."""

    dpi: int
    borders: str
    seed: int


def draw_case(case: ScanCase, **fixed: Any) -> tuple[Draft, Layout, Scan, random.Random]:
    """The report, layout and scan of a case, and the generator that is left; `fixed` are options of the scan.

    Full-width digits and separators in numbers are drawn as rarely as offices print them; everything else about the
    layout is drawn evenly.
    """
    rng = random.Random(f"{case.dpi} {case.borders} {case.seed}")
    draft = draw_draft(rng)
    layout = draw_layout(
        rng,
        format="pdf",
        borders=case.borders,
        digits=rng.choice(("half",) * 9 + ("full",)),
        thousands=rng.choice(("none",) * 8 + ("half", "full")),
    )
    return draft, layout, draw_scan(rng, dpi=case.dpi, **fixed), rng


def make_scan(case: ScanCase, folder: Path, **fixed: Any) -> tuple[Path, Draft, Layout]:
    """Typeset and scan a case into `folder`: the scan's file, what it prints and how."""
    draft, layout, how, rng = draw_case(case, **fixed)
    born = write(draft, layout, folder / "born" / "report.pdf")
    return scan(born, folder / f"scan.{ENDINGS[how.format]}", how, rng), draft, layout
