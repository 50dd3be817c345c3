"""Figures on disk: text that can be searched, the same bytes each time, numbers and captions beside them."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pypdfium2
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes

from govdisclose import figures
from govdisclose.errors import UsageError
from govdisclose.figures import style
from govdisclose.synthesis import MARK, Panel

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


def shares(**more: object) -> pd.DataFrame:
    names = ["outcome_granted", "outcome_partial", "outcome_refused"]
    frame = pd.DataFrame({"indicator": names, "estimate": [0.5, 0.3, 0.2], "year": 2022, "n": 40.0})
    return frame.assign(low=0.1, high=0.6, reports=3, unit="share", method="wilson", left_out=1, **more)


@pytest.fixture
def ax() -> Axes:
    return figures.outcomes(shares(agency="样本甲市人民政府"))


def pdf_text(path: Path) -> str:
    """What a reader of the PDF can select: by pdftotext where it is installed, else by PDFium."""
    if shutil.which("pdftotext"):
        return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode()
    with pypdfium2.PdfDocument(path) as document:
        return str(document[0].get_textpage().get_text_range())


def test_text_can_be_found_in_the_vector_formats(ax: Axes, tmp_path: Path) -> None:
    pdf, svg, *_ = figures.save(ax, tmp_path / "outcomes", ["pdf", "svg"])
    for text in (pdf_text(pdf), svg.read_text(encoding="utf-8")):
        for word in ("办理结果构成", "予以公开", "部分公开", "50.0%", "2022", MARK):
            assert word in text
    assert "Type3" not in pdf.read_bytes().decode("latin-1")


def test_the_same_figure_gives_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for folder in ("one", "two"):
        ax = figures.outcomes(shares(), lang="en")
        written.append(figures.save(ax, tmp_path / folder / "f"))
        pyplot.close("all")
    assert [path.name for path in written[0]] == ["f.pdf", "f.svg", "f.png", "f.csv", "f.txt"]
    for first, second in zip(*written, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_numbers_stand_beside_the_figure(ax: Axes, tmp_path: Path) -> None:
    *_, numbers, text = figures.save(ax, tmp_path / "outcomes", ["svg"])
    lines = list(csv.DictReader(numbers.read_text(encoding="utf-8-sig").splitlines()))
    assert [float(line["estimate"]) for line in lines] == [0.5, 0.3, 0.2]
    assert {line["synthetic"] for line in lines} == {"True"}
    assert text.read_text(encoding="utf-8") == figures.caption(ax) + "\n"


def test_no_text_becomes_a_formula(tmp_path: Path) -> None:
    for text, written in (("=1+1", "'=1+1"), (" =1", "' =1"), ("a;=1+1", "a;'=1+1"), ("＝1+1", "'＝1+1")):
        *_, numbers, _ = figures.save(figures.outcomes(shares(agency=text)), tmp_path / "f", ["svg"])
        lines = csv.DictReader(numbers.read_text("utf-8-sig").splitlines())
        assert {line["agency"] for line in lines} == {written}


def test_own_numbers_and_words_and_several_axes(tmp_path: Path) -> None:
    sheet, axes = pyplot.subplots(1, 3)
    figures.outcomes(shares(), ax=axes[0], lang="en")
    figures.grant_rates(shares(), ax=axes[1], lang="en")
    *_, numbers, text = figures.save(sheet, tmp_path / "two", ["svg"])
    assert numbers.read_text("utf-8-sig").count("outcome_granted") == 1
    assert [line.partition(".")[0] for line in text.read_text().splitlines()] == [
        style.title("outcomes", "en"),
        style.title("grant_rates", "en"),
    ]
    own = pd.DataFrame({"a": [1]})
    *_, numbers, text = figures.save(axes[0], tmp_path / "own", ["svg"], data=own, caption="Mine")
    assert (numbers.read_text("utf-8-sig"), text.read_text()) == ("a\n1\n", "Mine\n")
    figures.outcomes(shares(synthetic=True), ax=axes[2], lang="en")
    *_, numbers, text = figures.save(axes[2], tmp_path / "marked", ["svg"], data=own, caption="Mine")
    assert numbers.read_text("utf-8-sig") == "a,synthetic\n1,True\n" and "invented" in text.read_text()


def test_what_cannot_be_saved_is_named(ax: Axes, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no eps"):
        figures.save(ax, tmp_path / "f", ["eps"])
    with pytest.raises(UsageError, match="nothing of govdisclose"):
        figures.save(pyplot.figure(), tmp_path / "f")


def test_a_caption_says_what_a_reader_must_know(ax: Axes) -> None:
    real = figures.caption(figures.outcomes(shares(), lang="en"), source="Reports of Huai'an")
    for part in ("Outcomes of requests.", "(D1)", "reports 3; denominators 40", "Wilson 95%", "left out: 1", "Huai'an"):
        assert part in real
    assert re.search(r"sha256 [0-9a-f]{12}, govdisclose \d", real)
    assert real != figures.caption(figures.outcomes(shares(n=41.0), lang="en"), source="Reports of Huai'an")
    for lang in ("zh", "en"):
        assert style.word("synthetic_source", lang) in figures.caption(ax, lang=lang, source="Published reports")


def test_a_gallery_is_written(panel: Panel, dataset: Path, tmp_path: Path) -> None:
    names = ["carry", "outcomes", "tiles", "digits"]
    shown = figures.gallery(
        dataset, tmp_path, lang="en", figures=names, agencies=panel.agencies, formats=["png"], dpi=60
    )
    assert [one["id"] for one in shown] == names and all(one["synthetic"] for one in shown)
    assert json.loads((tmp_path / "gallery-en.json").read_text(encoding="utf-8")) == shown
    assert all((tmp_path / name).stat().st_size > 0 for one in shown for name in one["files"])
    assert pyplot.get_fignums() == []


def test_every_figure_is_listed_and_documented() -> None:
    assert tuple(figures.FIGURES) == style.figure_ids()
    text = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    for name in figures.FIGURES:
        assert f"| `{name}` | {style.title(name, 'en', rate='a rate')} |" in text


def test_words_have_both_languages_and_no_line_is_idle() -> None:
    sources = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "govdisclose" / "figures").glob("*.py"))
    methods = {"wilson", "clopper_pearson", "bootstrap", "linearised", "order_statistics"}
    lines = list(csv.DictReader((ROOT / "govdisclose" / "figures" / "words.csv").read_text("utf-8").splitlines()))
    assert all(line["zh"] and line["en"] for line in lines)
    assert len({line["id"] for line in lines}) == len(lines)
    assert [line["id"] for line in lines if f'"{line["id"]}"' not in sources and line["id"] not in methods] == []
