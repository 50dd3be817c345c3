"""A revision of the form is a data file: an invented one is typeset and read without any new code."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import pytest
from rounds import compare

from govdisclose.clean import parse
from govdisclose.forms import load
from govdisclose.model import Address, Number, State
from govdisclose.report import Report, read
from govdisclose.typeset import Draft, Layout, write

TABLES = ("proactive", "requests", "remedies")
NEW_ROW, LOST_ROW, RENAMED_ROW = "refused_algorithm", "refused_admin_query", "not_processed_repeat"
RENAMED = "2.同一事由多次提出"
NEW_LABEL = "8.属于自动化决策模型参数"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the form of 2031: one row renamed, one new, one gone."""
    out = tmp_path_factory.mktemp("forms")
    text = resources.files("govdisclose").joinpath("forms", "2021.toml").read_text(encoding="utf-8")
    edits = {
        'id = "2021"\n': 'id = "2031"\n',
        "first_year = 2021": "first_year = 2031",
        'label = "2.重复申请"': f'label = "{RENAMED}"',
        '{ id = "refused_admin_query", label = "8.属于行政查询事项"': f'{{ id = "{NEW_ROW}", label = "{NEW_LABEL}"',
        ', variants = ["行政查询事项"] }': " }",
        '"refused_admin_query"': f'"{NEW_ROW}"',
    }
    for old, new in edits.items():
        assert old in text, old
        text = text.replace(old, new)
    (out / "2031.toml").write_text(text, encoding="utf-8")
    own = resources.files("govdisclose").joinpath("forms", "items.csv").read_text(encoding="utf-8")
    line = (
        f"row,{NEW_ROW},自动化决策模型参数,Refused: model parameters,,no,自动化决策模型的参数,Parameters of a model\n"
    )
    (out / "items.csv").write_text(own.splitlines()[0] + "\n" + line, encoding="utf-8")
    return out


@pytest.fixture(scope="module")
def figures(folder: Path) -> dict[Address, str]:
    form = load(folder)["2031"]
    addresses = [(t, *a) for t in TABLES for a in form.table(t).addresses()]
    return {address: str(i + 11) for i, address in enumerate(addresses)}


def report_in(ending: str, folder: Path, figures: Mapping[Address, str], where: Path, known: Path | None) -> Report:
    draft = Draft("样本市人民政府", 2031, dict.fromkeys(TABLES, "2031"), figures)
    layout = Layout(ending)  # type: ignore[arg-type]
    path = write(draft, layout, where / f"report.{ending}", forms=load(folder))
    return read(path, forms=known)


def expected(figures: Mapping[Address, str]) -> dict[Address, tuple[Number | None, State]]:
    return {address: (parse(text).value, parse(text).state) for address, text in figures.items()}


@pytest.mark.parametrize("ending", ["html", "docx", "pdf", "txt"])
def test_a_new_form_is_read_without_new_code(
    ending: str, folder: Path, figures: dict[Address, str], tmp_path: Path
) -> None:
    report = report_in(ending, folder, figures, tmp_path, folder)
    count = compare(expected(figures), report.cell_records)
    assert count.exact, count.examples
    assert report.year == 2031
    assert {f.form for f in report.form.values()} == {"2031"}
    assert report.form["requests"].missing == report.form["requests"].extra == ()


@pytest.mark.parametrize("ending", ["html", "txt"])
def test_without_its_form_a_new_row_is_reported_never_guessed(
    ending: str, folder: Path, figures: dict[Address, str], tmp_path: Path
) -> None:
    report = report_in(ending, folder, figures, tmp_path, None)
    cells = {c.key: c for c in report.cell_records}
    told = " ".join(f.message_en for f in report.finding_records)
    for label in (NEW_LABEL, RENAMED):
        assert label in told
    for row in (LOST_ROW, RENAMED_ROW):
        assert {c.state for k, c in cells.items() if k[1] == row} <= {"absent", "unreadable"}
    assert report.form["requests"].form == "2021"
    assert set(report.form["requests"].missing) == {LOST_ROW, RENAMED_ROW}
    others = {k: v for k, v in expected(figures).items() if k[1] not in (NEW_ROW, RENAMED_ROW)}
    count = compare(others, [c for c in report.cell_records if c.row not in (LOST_ROW, RENAMED_ROW)])
    assert count.right == count.cells and not count.silent, count.examples
