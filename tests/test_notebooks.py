"""Every notebook is thin, holds no outputs, and runs in the folder it stands in."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from govdisclose.publish import execute

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
FIRST = next(path for path in NOTEBOOKS if path.name.startswith("01-"))


def load(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def code(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in load(path)["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_cells_are_short_and_define_nothing(path: Path) -> None:
    for cell in code(path):
        source = "".join(cell["source"])
        assert len(source.splitlines()) <= 5, source
        kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        assert not any(isinstance(node, kinds) for node in ast.walk(ast.parse(source))), source
        assert cell["outputs"] == [] and cell["execution_count"] is None, source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_parameters_come_first_and_are_plain_values(path: Path) -> None:
    first, *others = code(path)
    assert first["metadata"]["tags"] == ["parameters"]
    assert not any("parameters" in cell["metadata"].get("tags", []) for cell in others)
    for node in ast.parse("".join(first["source"])).body:
        assert isinstance(node, ast.Assign)
        ast.literal_eval(node.value)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_what_a_version_control_compares_is_fixed(path: Path) -> None:
    notebook = load(path)
    assert notebook["metadata"]["kernelspec"] == {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert "widgets" not in notebook["metadata"]
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(name.replace("-", "").isalpha() for name in ids), "ids are words, not drawn at random"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_prose_stands_between_the_cells(path: Path) -> None:
    kinds = [cell["cell_type"] for cell in load(path)["cells"]]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") * 2 >= len(kinds)


@pytest.mark.parametrize(
    "parameters", [{}, {"path": "../data/raw/2023/洪泽区人民政府.docx", "lang": "en"}], ids=["default", "docx-en"]
)
def test_one_report_runs_on_a_file_with_and_without_pages(parameters: dict[str, str], tmp_path: Path) -> None:
    page = execute(FIRST, tmp_path, parameters).page.read_text(encoding="utf-8")
    assert 'class="gdr"' in page
    assert ("<img " in page) == (not parameters)
    assert ("no page to draw: " in page) == bool(parameters)
