"""The files that are read: real reports where they are found, and typeset ones, each with what it prints."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rounds import expected_of
from truth import all_truths

from benchmarks import ROOT
from govdisclose.forms import load
from govdisclose.model import Address, Number, State
from govdisclose.synthesis import draw_report
from govdisclose.typeset import Layout, write


class File(NamedTuple):
    """A report, what to call it, and what it prints."""

    path: Path
    label: str
    printed: Mapping[Address, tuple[Number | None, State]]


TYPESET: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "pdf": (
        ("2021", {"borders": "solid"}),
        ("2019", {"borders": "dashed", "page_break_after": "unable_not_held"}),
        ("2021", {"borders": "double", "page": "a4-landscape"}),
        ("2021", {"borders": "hairline", "page_break_after": "partial"}),
        ("2019", {"borders": "horizontal"}),
        ("2021", {"borders": "none"}),
    ),
    "html": (
        ("2021", {}),
        ("2019", {"chrome": True, "fragmented": True}),
        ("2021", {"span_style": "empty"}),
    ),
    "docx": (
        ("2021", {}),
        ("2019", {"fragmented": True}),
        ("2021", {"span_style": "empty"}),
    ),
}
"""Form and layout of the reports typeset in each format."""


def real(format: str) -> Iterator[File]:
    """The real reports of a format; none where their folder is missing."""
    folder = Path(os.environ.get("GOVDISCLOSE_REPORTS", ROOT.parent / "shared" / "reports"))
    for truth in all_truths(folder) if folder.is_dir() else ():
        if truth.report.suffix == f".{format}":
            yield File(truth.report, f"real: {truth.report.stem}", truth.cells)


def typeset(format: str, folder: Path) -> Iterator[File]:
    """Drawn reports (合成数据) in the layouts of `TYPESET`."""
    forms = load()
    for number, (form, options) in enumerate(TYPESET[format]):
        year = 2020 if form == "2019" else 2023
        draft = draw_report(random.Random(number), form=form, year=year, agency="样本甲市人民政府", size=200.0)
        layout = Layout(format, **options)  # type: ignore[arg-type]
        path = write(draft, layout, folder / f"{format}-{number}.{format}", forms=forms)
        told = ", ".join(f"{name}={value}" for name, value in options.items()) or "plain"
        yield File(path, f"typeset, {form} form: {told}", expected_of(draft, layout, forms))


def files(format: str, folder: Path) -> list[File]:
    """All reports of a format, the real ones first."""
    return [*real(format), *typeset(format, folder)]
