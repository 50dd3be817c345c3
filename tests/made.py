"""Small reports, typeset for tests of the dataset."""

from __future__ import annotations

from pathlib import Path

from govdisclose.forms import load
from govdisclose.model import Address
from govdisclose.typeset import Draft, Layout, write

REMEDIES = load()["2021"].table("remedies")
ENDINGS = {".html": "html", ".docx": "docx", ".md": "md", ".txt": "txt", ".pdf": "pdf"}


def figures(start: int = 1) -> dict[Address, str]:
    """Table four filled with numbers that count up."""
    return {("remedies", *address): str(start + i) for i, address in enumerate(REMEDIES.addresses())}


def make_report(
    path: Path,
    *,
    agency: str = "样本县教育局",
    year: int = 2022,
    start: int = 1,
    numbers: dict[Address, str] | None = None,
    published: str = "",
    says: str = "",
) -> Path:
    """A report that holds table four alone. `says` is a sentence of its first section."""
    draft = Draft(
        agency,
        year,
        {"remedies": "2021"},
        figures(start) if numbers is None else numbers,
        published=published,
        paragraphs={1: [says]} if says else {},
        synthetic=False,
    )
    layout = Layout(ENDINGS[path.suffix])  # type: ignore[arg-type]
    return write(draft, layout, path)
