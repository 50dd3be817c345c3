"""The samples in data/raw come from figures.csv, and figures.csv from the published reports."""

from __future__ import annotations

import csv
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from truth import all_truths

from govdisclose import clean

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples_make", ROOT / "samples" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_samples_are_made_again_byte_for_byte(make: ModuleType, tmp_path: Path) -> None:
    raw = ROOT / "data" / "raw"
    made = {p.relative_to(tmp_path): p.read_bytes() for p in make.make(tmp_path)}
    differing = [str(p) for p, data in made.items() if not (raw / p).exists() or (raw / p).read_bytes() != data]
    assert differing == [], "run `python samples/make.py` with the pinned versions of constraints.txt"


def test_manifest_names_every_sample(make: ModuleType) -> None:
    with (ROOT / "data" / "raw" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["file"] for line in lines} == {entry["file"] for entry, _, _ in make.samples()}
    assert all(line["source"] and line["note"] for line in lines)
    assert {int(line["year"]) for line in lines} == set(range(2019, 2026))
    assert {line["file"].rsplit(".", 1)[1] for line in lines} == {"pdf", "docx", "html", "md", "txt"}


def test_figures_are_those_of_the_published_reports(make: ModuleType, reports_dir: Path) -> None:
    truths = {(t.agency, t.year): t for t in all_truths(reports_dir)}
    misread = {"沐阳县人民政府": "沭阳县人民政府"}
    truths = {(misread.get(a or "", a), y): t for (a, y), t in truths.items()}
    for _, draft, _ in make.samples():
        truth = truths[draft.agency, draft.year]
        printed = {address: clean.parse(text) for address, text in draft.figures.items()}
        assert {a: (p.value, p.state) for a, p in printed.items()} == truth.cells
        units = {a: truth.units[a] for a in truth.units if a[2] == "amount"}
        assert {a: printed[a].unit for a in units} == units


def test_samples_hold_no_sentence_of_the_published_reports(make: ModuleType, reports_dir: Path) -> None:
    published = "".join(
        clean.fold(p.read_text(encoding="utf-8"))
        for p in sorted(reports_dir.rglob("*"))
        if p.suffix in (".txt", ".html")
    )
    for _, draft, _ in make.samples():
        for said in draft.paragraphs.values():
            for sentence in re.split("[。；]", "".join(said)):
                assert not sentence or clean.fold(sentence) not in published
