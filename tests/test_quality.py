"""How far a dataset can be trusted: the tables, the figures, and the notebook that shows them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from made import make_report
from matplotlib import pyplot

import govdisclose as gd
from govdisclose import quality, quality_figures
from govdisclose.blanks import POLICIES
from govdisclose.model import Evidence
from govdisclose.publish import execute

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, one report whose parts and totals disagree everywhere, and a file that is none."""
    folder = tmp_path_factory.mktemp("data")
    raw = folder / "raw"
    for path in (ROOT / "data/raw").glob("20*/*"):
        copied = raw / path.relative_to(ROOT / "data/raw")
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(path.read_bytes())
    make_report(raw / "2022/wrong.html")
    (raw / "2022/none.txt").write_text("今天天气好", encoding="utf-8")
    gd.build(raw, folder / "processed", workers=2)
    return folder / "processed"


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    pyplot.close("all")


def test_everything_shown_has_a_short_name() -> None:
    relations = {r.id for form in gd.forms.load() for r in form.relations}
    kinds = {
        "relation": relations,
        "evidence": get_args(Evidence),
        "relation_state": quality.STATES,
        "policy": POLICIES,
    }
    missing = {(k, i) for k, ids in kinds.items() for i in ids if quality.short_name(k, i) == i}
    assert missing == set()


def test_relations_by_year(processed: Path) -> None:
    shares = quality.relation_years(processed)
    assert (shares[["holds", "undetermined", "fails"]].sum(axis=1) - 1).abs().max() < 1e-9
    assert shares.loc[("remedies_total", 2023), "fails"] == pytest.approx(2 / 6)
    assert shares.index[0][0] == "requests_total"
    assert set(quality.relation_years(processed, years=[2022]).index.get_level_values("year")) == {2022}


def test_whose_faults(processed: Path) -> None:
    found = quality.faults(processed)
    assert found.loc[("error", "remedies_total"), "source"] == 5  # two of the sample, three of our own
    assert found.loc[("error", "remedies_total"), "reports"] == 2
    assert set(found.index.get_level_values("severity")) == {"error", "warning"}


def test_what_to_look_at_first(processed: Path) -> None:
    first = quality.look_first(processed, lang="en")
    assert first["why"].iloc[0] == "could not be read" and first["file"].iloc[0] == "2022/none.txt"
    assert first["why"].iloc[1].startswith("3 errors (Remedies: outcomes = total)")
    assert first["errors"].iloc[1:].is_monotonic_decreasing
    assert len(quality.look_first(processed, n=2)) == 2


def test_what_numbers_rest_on(processed: Path) -> None:
    shares = quality.evidence_shares(processed)
    assert (shares[["proved", "agreed", "read", "conflict"]].sum(axis=1) - 1).abs().max() < 1e-9
    assert shares.loc[("requests", "pdf"), "proved"] == 1


def test_what_blank_policies_do(processed: Path) -> None:
    made = quality.blank_policies(processed)
    assert made.loc["as_missing", "numbers"] < made.loc["as_zero_if_proved", "numbers"] < made.loc["as_zero", "numbers"]
    assert made.loc["as_zero", "fail"] > made.loc["as_zero_if_proved", "fail"] == made.loc["as_missing", "fail"] == 0
    assert made.loc["as_missing", "complete"] < made.loc["as_zero", "complete"] == made.loc["as_zero", "tables"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_figures_have_every_glyph_and_touch_no_settings(processed: Path, lang: gd.forms.Lang, tmp_path: Path) -> None:
    before = dict(pyplot.rcParams)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i, ax in enumerate(
            (
                quality_figures.relation_matrix(quality.relation_years(processed), lang=lang),
                quality_figures.evidence_bars(quality.evidence_shares(processed), lang=lang),
                quality_figures.policy_bars(quality.blank_policies(processed), lang=lang),
            )
        ):
            ax.figure.savefig(tmp_path / f"{i}.svg")
    assert dict(pyplot.rcParams) == before
    text = (tmp_path / "0.svg").read_text(encoding="utf-8")
    assert ("勾" not in text) and ("不能判定" in text) == (lang == "zh")


def test_a_field_says_what_holds_and_below_it_what_fails(processed: Path) -> None:
    ax = quality_figures.relation_matrix(quality.relation_years(processed, years=[2023]).loc[["remedies_total"]])
    assert [text.get_text() for text in ax.texts[:2]] == ["66.7%", "n=6 (33.3% ×)"]


def test_figures_go_where_they_are_asked_to(processed: Path) -> None:
    _, ax = pyplot.subplots()
    assert quality_figures.policy_bars(quality.blank_policies(processed), ax=ax) is ax


def test_nothing_to_show_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/none.txt").write_text("今天天气好", encoding="utf-8")
    gd.build(tmp_path / "raw", tmp_path / "out", workers=1)
    assert quality.relation_years(tmp_path / "out").empty
    assert quality.faults(tmp_path / "out").empty
    assert quality.look_first(tmp_path / "out")["why"].tolist() == ["文件未能读取"]
    assert quality.evidence_shares(tmp_path / "out").empty
    assert isinstance(quality.blank_policies(tmp_path / "out"), pd.DataFrame)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_notebook_shows_three_figures(processed: Path, lang: str, tmp_path: Path) -> None:
    notebook = ROOT / "notebooks/02-data-quality.ipynb"
    page = execute(notebook, tmp_path, {"processed": str(processed), "lang": lang}).page.read_text(encoding="utf-8")
    assert page.count("<img ") == 3
    assert "Warning" not in page
