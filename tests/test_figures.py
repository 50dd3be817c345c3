"""Every figure, in both languages: readable, marked where the data are invented, honest where there are none."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import pytest
from drawn_texts import Texts, cut_off, overlaps, texts_of
from matplotlib import pyplot
from matplotlib.axes import Axes

from govdisclose import figures, indicators, quality, quality_figures
from govdisclose.corpus import build
from govdisclose.errors import UsageError
from govdisclose.figures import style
from govdisclose.figures.agencies import carried
from govdisclose.figures.drawing import runs
from govdisclose.figures.trust import detectable, last_digits
from govdisclose.forms import Lang
from govdisclose.store import load
from govdisclose.synthesis import MARK, Panel, is_synthetic

ROOT = Path(__file__).resolve().parents[1]
CELL = {
    "report_id": "a", "agency": "某局", "year": 2022, "table": "requests", "row": "new", "column": "total",
    "state": "number", "value": 1.0, "adjusted": 1.0,
}  # fmt: skip
OF_FOLDERS = {"data_quality", "reuse"}


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of the sample reports: ten reports of nine agencies in seven years."""
    folder = tmp_path_factory.mktemp("samples")
    build(ROOT / "data" / "raw", folder, progress=False, workers=1)
    return folder


@pytest.fixture(scope="session")
def matrices(panel: Panel, dataset: Path, samples: Path) -> dict[str, Any]:
    """Panel and samples with the provinces of their agencies, and one report alone."""
    whole = indicators.with_agencies(dataset, panel.agencies)
    mine = whole.reports["agency"] == "样本甲市人民政府"
    alone = whole.only(mine & (mine.cumsum() == 1))
    return {"panel": whole, "samples": indicators.with_agencies(samples), "alone": alone}


def draw(name: str, data: Any, folder: Path, lang: Lang) -> Axes:
    return figures.FIGURES[name](folder if name in OF_FOLDERS else data, lang=lang)


def written(ax: Axes) -> Texts:
    return texts_of(ax.get_figure(root=True))  # type: ignore[arg-type]


def said(ax: Axes) -> str:
    return "\n".join(text for text, _ in written(ax))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", figures.FIGURES)
def test_every_figure_of_the_panel_is_readable_and_marked(
    name: str, lang: Lang, matrices: dict[str, Any], dataset: Path
) -> None:
    ax = draw(name, matrices["panel"], dataset, lang)
    texts = written(ax)
    assert overlaps(texts) == []
    assert cut_off(texts, ax.figure.bbox) == []
    words = [text for text, _ in texts]
    assert words.count(MARK) == 1
    assert style.word("no_data", lang) not in words
    legend = ax.get_legend()
    assert legend is None or legend.get_window_extent().y0 >= ax.get_window_extent().y1 - 1


@pytest.mark.parametrize("name", figures.FIGURES)
def test_figures_of_published_numbers_bear_no_mark(name: str, matrices: dict[str, Any], samples: Path) -> None:
    ax = draw(name, matrices["samples"], samples, "zh")
    texts = written(ax)
    assert MARK not in [text for text, _ in texts]
    assert overlaps(texts) == [] and cut_off(texts, ax.figure.bbox) == []


@pytest.mark.parametrize("name", [name for name in figures.FIGURES if name not in OF_FOLDERS])
def test_one_report_is_enough_to_draw_or_to_say_that_there_is_nothing(name: str, matrices: dict[str, Any]) -> None:
    ax = draw(name, matrices["alone"], Path(), "en")
    words = [text.get_text() for text in ax.texts]
    assert MARK in words
    assert (style.word("no_data", "en") in words) == (name in ("carry", "changes"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_data_a_figure_says_so(lang: Lang) -> None:
    ax = figures.outcomes(pd.DataFrame({"indicator": [], "estimate": [], "year": []}), lang=lang)
    assert style.word("no_data", lang) in said(ax)
    assert ax.get_title(loc="left") == style.title("outcomes", lang)


def test_the_mark_stays_when_only_estimates_are_given(matrices: dict[str, Any]) -> None:
    frame = indicators.compute(matrices["panel"], ["outcomes"])
    for way in (frame.assign(synthetic=True), frame.assign(agency="样本甲市人民政府")):
        assert figures.plotted(figures.outcomes(way)).synthetic
    frame.attrs["synthetic"] = True
    assert MARK in [text.get_text() for text in figures.outcomes(frame).texts]


def test_a_frame_of_estimates_draws_the_same(matrices: dict[str, Any]) -> None:
    frame = indicators.compute(matrices["panel"], ["grant_rates"])
    ours, theirs = figures.grant_rates(matrices["panel"]), figures.grant_rates(frame)
    pd.testing.assert_frame_equal(figures.plotted(ours).numbers, figures.plotted(theirs).numbers)


# --- axes of the user -------------------------------------------------------------------------------------------------


def test_axes_are_taken_and_given_back_and_settings_stay() -> None:
    before = dict(matplotlib.rcParams)
    sheet, (left, right) = pyplot.subplots(1, 2)
    frame = pd.DataFrame({"indicator": ["outcome_granted"], "estimate": [1.0], "year": [2022]})
    assert figures.outcomes(frame, ax=left) is left
    assert not right.has_data() and len(sheet.axes) == 2
    assert dict(matplotlib.rcParams) == before


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    frame = pd.DataFrame({"indicator": ["outcome_granted"], "estimate": [1.0], "year": [2022]})
    with pytest.raises(UsageError, match="lang 'fr'"):
        figures.outcomes(frame, lang="fr")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no column agency"):
        figures.funnel(frame)
    with pytest.raises(UsageError, match=r"indicators\.series"):
        figures.changes(frame)
    with pytest.raises(UsageError, match="folder that build wrote"):
        figures.reuse(frame)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no figure of govdisclose"):
        figures.plotted(pyplot.subplots()[1])
    with pytest.raises(UsageError, match="no indicator"):
        figures.tiles(frame.assign(province="110000"), "grant_rat")


@pytest.mark.parametrize("name", figures.FIGURES)
def test_a_language_that_there_is_not_is_named(name: str, matrices: dict[str, Any], samples: Path) -> None:
    with pytest.raises(UsageError, match="lang 'fr': choose zh or en"):
        draw(name, matrices["samples"], samples, "fr")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(set(figures.FIGURES) - OF_FOLDERS))
def test_what_is_no_data_is_named(name: str) -> None:
    with pytest.raises(UsageError, match="3: no data; give the panel"):
        draw(name, 3, Path(), "zh")


# --- colours ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(2, 7))
def test_colours_differ_in_grey(n: int) -> None:
    shades = [style.lightness(colour) for colour in style.colours(n)]
    assert shades == sorted(shades)
    assert min(b - a for a, b in pairwise(shades)) > 9


@pytest.mark.parametrize("n", range(2, 5))
def test_lines_differ_in_grey_and_in_shape_and_stand_out_from_white(n: int) -> None:
    looks = style.lines(n)
    shades = [style.lightness(look["color"]) for look in looks]
    assert min(b - a for a, b in pairwise(shades)) > 9
    assert max(shades) < 72
    assert len({look["marker"] for look in looks}) == len({str(look["linestyle"]) for look in looks}) == n


@pytest.mark.parametrize("palette", [quality_figures._OF_STATE, quality_figures._OF_EVIDENCE])
def test_states_differ_in_grey(palette: dict[str, str]) -> None:
    shades = sorted(style.lightness(colour) for colour in palette.values())
    assert min(b - a for a, b in pairwise(shades)) > 9


@pytest.mark.parametrize("colour", [*style.colours(16), "#ffffff", "#000000"])
def test_ink_can_be_read_on_every_colour(colour: str) -> None:
    """At least 4.5 to 1, as WCAG 2 asks for small text."""

    def luminance(shade: str) -> float:
        lightness = style.lightness(shade)
        return ((lightness + 16) / 116) ** 3 if lightness > 8 else lightness / 903.3

    dark, light = sorted((luminance(colour), luminance("#ffffff" if style.ink_on(colour) == "white" else "#000000")))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


# --- what is drawn ----------------------------------------------------------------------------------------------------


def test_a_series_is_not_joined_where_its_definition_changes_or_a_year_is_missing() -> None:
    years = [2019, 2020, 2021, 2022, 2024]
    frame = pd.DataFrame({"indicator": "grant_rate", "year": years, "estimate": 0.5, "low": 0.4, "high": 0.6})
    frame["segment"] = ["2019", "2019", "2021", "2021", "2021"]
    assert [list(piece["year"]) for piece in runs(frame)] == [[2019, 2020], [2021, 2022], [2024]]
    ax = figures.grant_rates(frame, lang="en")
    drawn = [line for line in ax.lines if len(line.get_xdata()) and line.get_marker() == "o"]  # type: ignore[arg-type]
    assert [len(line.get_xdata()) for line in drawn] == [2, 2, 1]  # type: ignore[arg-type]
    assert said(ax).count("definition changes, not joined") == 1


def test_the_change_of_form_is_marked_for_normative_documents(matrices: dict[str, Any]) -> None:
    ax = figures.normative(matrices["panel"], lang="en")
    assert "definition changes, not joined" in said(ax)
    numbers = figures.plotted(ax).numbers
    assert set(numbers.loc[numbers["indicator"] == "normative_made", "year"]) == {2019, 2020}
    assert set(numbers.loc[numbers["indicator"] == "normative_effective", "year"]) == {2021, 2022, 2023, 2024}


def test_rates_have_their_intervals(matrices: dict[str, Any]) -> None:
    for figure in (figures.grant_rates, figures.refusal_kinds, figures.remedies):
        ax = figure(matrices["panel"])
        bars = [line for container in ax.containers for line in container.lines[2]]  # type: ignore[attr-defined]
        assert bars, figure.__name__


def test_the_planted_break_in_the_carry_over_is_the_one_off_the_line(panel: Panel, matrices: dict[str, Any]) -> None:
    pairs = carried(matrices["panel"])
    off = pairs[pairs["carried_in"] != pairs["carried_out_before"]]
    planted = [(p.agency, p.year) for p in panel.planted if p.kind == "carry"]
    assert list(zip(off["agency"], off["year"], strict=True)) == planted
    assert f"{planted[0][0]} {planted[0][1]}" in said(figures.carry(matrices["panel"]))


def test_a_funnel_marks_who_is_outside() -> None:
    frame = pd.DataFrame({"indicator": "grant_rate", "agency": list("甲乙丙丁戊己庚辛壬癸"), "n": 400})
    frame["estimate"] = [0.5, 0.51, 0.49, 0.52, 0.48, 0.5, 0.53, 0.47, 0.5, 0.95]
    ax = figures.funnel(frame, lang="en")
    outside = ax.collections[1].get_offsets()
    assert outside.tolist() == [[400, 0.95]] and "癸" in said(ax)


@pytest.mark.parametrize("n", [5, 400])
def test_the_limits_of_a_funnel_are_seen_on_both_sides(n: int) -> None:
    frame = pd.DataFrame({"indicator": "grant_rate", "agency": list("甲乙丙"), "n": [n, 2 * n, 900]})
    ax = figures.funnel(frame.assign(estimate=[0.9, 0.88, 0.86]), lang="en")
    low, high = ax.get_ylim()
    ends = [float(line.get_ydata()[line.get_xdata() >= n][0]) for line in ax.lines if len(line.get_xdata()) > 2]  # type: ignore[arg-type, call-overload, index]
    assert len(ends) == 4 and low <= min(ends) and max(ends) <= high


def test_a_share_above_one_is_refused_where_agencies_are_compared() -> None:
    frame = pd.DataFrame({"indicator": "grant_rate", "agency": ["甲", "乙"], "n": [50, 40], "estimate": [1.4, 0.5]})
    for figure in (figures.funnel, figures.caterpillar):
        with pytest.raises(UsageError, match=r"甲: grant_rate is 1\.40; a share lies within 0 and 1"):
            figure(frame)


def test_ranks_are_given_with_their_intervals() -> None:
    frame = pd.DataFrame(
        {"indicator": "grant_rate", "agency": list("甲乙丙"), "n": [5, 5, 5000], "estimate": [0.6, 0.4, 0.9]}
    )
    ranks = figures.plotted(figures.caterpillar(frame)).numbers.set_index("agency")
    assert ranks.loc[["丙", "甲", "乙"], "rank"].tolist() == [1, 2, 3]
    assert (ranks["rank_low"] <= ranks["rank"]).all() and (ranks["rank"] <= ranks["rank_high"]).all()
    assert ranks.loc["甲", "rank_high"] - ranks.loc["甲", "rank_low"] >= 1
    two = figures.caterpillar(frame, most=2, lang="en")
    assert figures.plotted(two).numbers["n"].tolist() == [5000, 5]
    assert "among the 2 agencies with the largest denominators, of 3" in figures.caption(two)
    alike = figures.caterpillar(frame.assign(n=100, estimate=0.5))
    assert figures.plotted(alike).numbers["rank"].tolist() == [1, 1, 1]
    assert figures.caterpillar(frame).get_xlim() == (0.5, 3.5)  # no rank 0


def test_a_caption_speaks_of_the_changes_that_are_drawn() -> None:
    row = {"indicator": "backlog", "year": 2022, "change_unit": "percentage_points", "estimate": 0.05, "n": 3248}
    row |= {"change": -2.0, "change_low": float("nan"), "change_high": float("nan"), "change_method": "none"}
    ax = figures.changes(pd.DataFrame([row | {"reports": 2, "method": "linearised", "change_agencies": 1}]), lang="en")
    assert "n: agencies 1. Source" in figures.caption(ax) and "agencies 1" in said(ax)
    told = pd.DataFrame(
        [row | {"change_low": -3, "change_high": -1, "change_method": "bootstrap", "change_agencies": 9}]
    )
    assert "n: agencies 9. Intervals: bootstrap over agencies 95%." in figures.caption(figures.changes(told, lang="en"))


def test_heaped_digits_are_found_and_the_power_is_told(matrices: dict[str, Any]) -> None:
    seen = last_digits(matrices["panel"]).set_index("digit")["share"]
    assert seen[0] > 0.15 > seen[1:].max()
    assert "p < 0.001" in said(figures.digits(matrices["panel"]))
    assert detectable(100) > detectable(1000) > detectable(10000) > 0


def test_the_power_is_what_is_claimed() -> None:
    import numpy as np
    from scipy.stats import chisquare

    excess, rng = detectable(500), np.random.default_rng(3)
    shares = np.full(10, 0.1 - excess / 8)
    shares[[0, 5]] = 0.1 + excess / 2
    found = [chisquare(rng.multinomial(500, shares)).pvalue < 0.05 for _ in range(600)]
    assert 0.75 < np.mean(found) < 0.85


def test_copied_prose_stands_above_the_line(panel: Panel, dataset: Path) -> None:
    ax = figures.reuse(dataset)
    numbers = figures.plotted(ax).numbers
    copied = numbers[numbers["similarity"] >= 0.9]
    planted = {(p.agency, p.year) for p in panel.planted if p.kind == "copied"}
    assert planted and set(zip(copied["agency"], copied["year"], strict=True)) == planted
    matrix = figures.plotted(figures.reuse(dataset, agency="样本甲市人民政府")).numbers
    assert len(matrix) >= 10 and (matrix["other_year"] < matrix["year"]).all()


def test_many_agencies_share_lines_and_few_have_their_own() -> None:
    cell = {"table": "requests", "row": "new", "column": "total", "state": "number", "value": 1.0, "adjusted": 1.0}
    pairs = [(f"机关{i}", year) for i in range(40) for year in (2021, 2022) if not (i == 7 and year == 2022)]
    panel = pd.DataFrame([cell | {"report_id": f"{a}{y}", "agency": a, "year": y} for a, y in pairs])
    many = figures.coverage(panel, lang="en")
    assert [label.get_text() for label in many.get_yticklabels()] == ["39 agencies", "1 agency"]
    assert [label.get_text() for label in many.get_xticklabels()] == ["2021\n40/40", "2022\n39/40"]
    few = figures.coverage(panel[panel["agency"].isin(["机关1", "机关7"])], lang="en")
    assert [label.get_text() for label in few.get_yticklabels()] == ["机关1", "机关7"]


def test_a_renamed_agency_is_one_line_once_it_is_known(panel: Panel, matrices: dict[str, Any]) -> None:
    new = next(p for p in panel.planted if p.kind == "renamed")
    names = [label.get_text() for label in figures.coverage(matrices["panel"]).get_yticklabels()]
    assert new.now in names and new.was not in names


def coverage_lines(*reports: tuple[str, int, str]) -> list[str]:
    cell = {"table": "requests", "row": "new", "column": "total", "state": "number", "value": 1.0, "adjusted": 1.0}
    names = ("agency", "year", "file")
    rows = [
        cell | {"report_id": str(i), "preferred": True} | dict(zip(names, r, strict=True))
        for i, r in enumerate(reports)
    ]
    return [label.get_text() for label in figures.coverage(pd.DataFrame(rows), lang="en").get_yticklabels()]


def test_a_figure_tells_agencies_by_who_they_are() -> None:
    assert coverage_lines(("洪泽县人民政府", 2015, "a"), ("淮安市洪泽区人民政府", 2017, "b")) == [
        "淮安市洪泽区人民政府"
    ]
    same = "鼓楼区人民政府"
    assert coverage_lines((same, 2022, "南京市/a"), (same, 2022, "徐州市/a")) == [
        f"{same} (320106)",
        f"{same} (320302)",
    ]
    assert coverage_lines(("某局", 2022, "a"), ("某委", 2022, "b")) == ["某委", "某局"]  # none is known


def test_a_folder_gives_the_figure_that_the_gallery_gives(samples: Path, matrices: dict[str, Any]) -> None:
    for name in ("funnel", "coverage", "changes"):
        alone, of_gallery = (
            figures.plotted(draw(name, data, samples, "zh")) for data in (samples, matrices["samples"])
        )
        pd.testing.assert_frame_equal(alone.numbers, of_gallery.numbers)
    assert set(figures.plotted(figures.funnel(samples)).numbers["agency"]).isdisjoint({"洪泽区人民政府"})


def test_provinces_lie_where_the_layout_puts_them(matrices: dict[str, Any]) -> None:
    from govdisclose.figures.places import _rows

    places = _rows("figures", "tiles.csv")
    assert set(places) == set(_rows("regions", "provinces.csv"))
    assert len({(p["row"], p["column"]) for p in places.values()}) == len(places)
    assert len(figures.plotted(figures.tiles(matrices["panel"])).numbers) == 10


def test_the_mark_stays_on_what_is_drawn_from_estimates_alone(dataset: Path) -> None:
    estimates = indicators.compute(load(dataset), ["outcomes"])
    assert "agency" not in estimates and figures.plotted(figures.outcomes(estimates, lang="en")).synthetic
    for frame in (estimates, indicators.series(load(dataset), ["grant_rate"])):
        merged = frame.merge(pd.DataFrame({"year": [2022, 2023]}))
        real = frame.drop(columns="synthetic").assign(note="of another panel")
        for kept in (merged, pd.concat([real, frame.iloc[:3]]), pd.read_csv(io.StringIO(frame.to_csv(index=False)))):
            assert is_synthetic(kept)
    assert not indicators.compute(pd.DataFrame([CELL]), ["grant_rate"])["synthetic"].any()


def test_figures_of_quality_carry_the_mark(dataset: Path, samples: Path) -> None:
    for figure, frame in (
        (quality_figures.relation_matrix, quality.relation_years),
        (quality_figures.evidence_bars, quality.evidence_shares),
        (quality_figures.policy_bars, quality.blank_policies),
    ):
        for lang in ("zh", "en"):
            assert MARK in said(figure(frame(dataset), lang=lang)) and MARK not in said(
                figure(frame(samples), lang=lang)
            )
    assert quality.faults(dataset)["synthetic"].all() and quality.look_first(dataset)["synthetic"].all()
    assert said(figures.data_quality(dataset)).count(MARK) == 1
