"""What the package promises beside its names: a light import, and documents that list every field and code."""

from __future__ import annotations

import ast
import csv
import re
import subprocess
import sys
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import get_args

from made import make_report

import govdisclose as gd
from govdisclose import errors, forms, model, store, versions
from govdisclose.corpus import records
from govdisclose.describe import documents

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "govdisclose"


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_error_is_one_of_ours() -> None:
    raised = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Exception)]
    assert all(issubclass(e, errors.GovdiscloseError) and e.__doc__ for e in raised)


def test_importing_costs_little_more_than_pandas() -> None:
    code = "import pandas, time; t = time.perf_counter(); import govdisclose; print(time.perf_counter() - t)"
    costs = []
    for _ in range(3):  # the machine may be busy: the best of three
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        costs.append(float(done.stdout))
        if costs[-1] < 0.1:
            break
    assert min(costs) < 0.1, costs


def test_importing_does_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import govdisclose; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"pandas", "numpy", "lxml", "pyarrow", "tqdm"} & set(done.stdout.split())


# --- docs -------------------------------------------------------------------------------------------------------------


def test_what_is_generated_in_the_documents_is_current() -> None:
    for path, text in documents(ROOT / "docs", gd.forms.load()).items():
        current = path.read_text(encoding="utf-8") == text
        assert current, f"{path.name} is out of date: python -m govdisclose.describe docs"


def listed(text: str) -> set[str]:
    """Every word in backticks; blocks of code left out."""
    return set(re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)))


def test_every_field_of_the_output_is_documented(tmp_path: Path) -> None:
    words = listed(document("output.md"))
    data = gd.read(make_report(tmp_path / "a.html")).to_dict()
    missing = set(data) - words
    for part in ("origins", "source"):
        missing |= set(data[part]) - words
    for part in ("cells", "sections"):
        missing |= set(data[part][0]) - words
    missing |= {field for form in data["form"].values() for field in form} - words
    missing |= {f.name for f in fields(model.Finding)} - words
    for choices in (model.State, model.Evidence, model.Scope, model.Severity, model.Fault):
        missing |= set(get_args(choices)) - words
    assert missing == set()
    assert data["schema"] in words


def emitted() -> set[str]:
    """The codes of all findings and notes in the package, found in its source."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                name = {"relation": 0, "code": 0}
                given = [*node.args[:1], *(k.value for k in node.keywords if k.arg in name)]
                if node.func.id in ("Finding", "Note", "_finding") and given:
                    found |= _constants(given[0], tree)
    return found


def _constants(node: ast.expr, tree: ast.Module) -> set[str]:
    """The strings an expression may be: itself, or what the loop it is the variable of runs over."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if not isinstance(node, ast.Name):
        return set()
    found = set()
    for loop in (n for n in ast.walk(tree) if isinstance(n, ast.For)):
        targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
        if isinstance(loop.iter, ast.Tuple) and getattr(targets[0], "id", "") == node.id:
            rows = [row.elts[0] if isinstance(row, ast.Tuple) else row for row in loop.iter.elts]
            found |= {str(first.value) for first in rows if isinstance(first, ast.Constant)}
    return found


def test_every_finding_is_documented() -> None:
    text = resources.files("govdisclose").joinpath("codes.csv").read_text(encoding="utf-8")
    lines = [line for line in csv.DictReader(text.splitlines()) if line["name"] == "finding"]
    assert {"table_missing", "rows_missing", "rows_extra", "identity_year", "wrong_extension"} <= emitted()
    relations = {relation.id for form in forms.load() for relation in form.relations}
    listed_codes = {line["code"] for line in lines}
    assert listed_codes == emitted() | relations, "list each in codes.csv; then python -m govdisclose.describe docs"
    for line in lines:
        assert f"| `{line['code']}` | {line['en']} |" in document("output.md")


def test_every_exit_code_option_and_address_word_is_documented() -> None:
    text = document("output.md")
    assert {"0", "2", "130"} <= set(re.findall(r"^\| (\d+) \|", text, re.M))
    for word in ("--format json", "--forms FOLDER", "--password WORD", "-o FILE", "--debug"):
        assert f"`{word}`" in text
    assert {"exact", "exact+number", "remark", "fuzzy:0.93", "header", "order", "counted", "position"} <= listed(text)


def test_the_dataset_is_documented() -> None:
    text = document("dataset.md")
    assert {f"{name}.parquet" for name in store.FILES} <= listed(text)
    assert set(get_args(versions.Relation)) <= listed(text)
    assert store.SCHEMA in listed(text)
    kinds = {"UnreadableFile", "UnsupportedFormat", "NotAReport", "TimeLimit", "Crash", "Defect"}
    assert kinds <= listed(document("dictionary.md"))
    assert {e.__name__ for e in records.FIXED} <= kinds
