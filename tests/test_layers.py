"""Imports go one way, heavy libraries wait until they are used, and every library used is declared."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "govdisclose"

LAYERS = (
    "version",
    "errors",
    "model",
    "clean",
    "safe",
    "script",
    "forms",
    "vocabulary",
    "readers",
    "frames",
    "provenance",
    "alignment",
    "ladder",
    "identity",
    "second",
    "claims",
    "relations",
    "blanks",
    "localization",
    "checks",
    "settling",
    "typeset",
    "display",
    "report",
    "corrections",
    "printing",
    "store",
    "describe",
    "regions",
    "versions",
    "years",
    "checking",
    "printing_checks",
    "corpus",
    "fonts",
    "synthesis",
    "quality",
    "quality_figures",
    "indicators",
    "figures",
    "new_year",
    "package",
    "review",
    "publish",
    "__init__",
    "cli",
    "__main__",
)
"""A module may import those before it. A folder is one layer; within it imports are free."""

FORBIDDEN = {("readers", "forms")}
"""Further pairs (importer, imported): a reader knows nothing of the statutory form."""

HEAVY = {
    "IPython", "PIL", "camelot", "cv2", "docx", "matplotlib", "nbclient", "nbconvert", "nbformat", "scipy", "typst",
}  # fmt: skip
DEFERRED = HEAVY | {"typer", "onnxruntime"}
"""What `import govdisclose` must not load."""

DISTRIBUTIONS = {
    "PIL": "pillow",
    "camelot": "camelot-py",
    "cv2": "opencv-python-headless",
    "docx": "python-docx",
    "pypandoc": "pypandoc-binary",
}
"""Import names that differ from the name of the package to install."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(tree: ast.AST, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The dotted names a piece of code imports, relative ones resolved; `from a import b` gives a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base += tuple((node.module or "").split(".")) if node.module else ()
            yield from ((*base, alias.name) for alias in node.names)


def package_of(path: Path) -> tuple[str, ...]:
    return path.relative_to(ROOT).parent.parts


def imported_layers(path: Path) -> set[str]:
    """The layers a module imports, function by function included; the package itself is `__init__`."""
    names = {layer_of(p) for p in MODULES}
    found = set()
    for dotted in imports(ast.parse(path.read_text(encoding="utf-8")), package_of(path)):
        if dotted[0] == "govdisclose":
            found.add(dotted[1] if len(dotted) > 1 and dotted[1] in names else "__init__")
    return found


def at_import(tree: ast.Module) -> ast.Module:
    """The part of a module that runs when it is imported, but for what only a type checker sees."""
    body = [
        node
        for node in tree.body
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    ]
    return ast.Module(body, [])


def requirement_names(lines: list[str]) -> set[str]:
    return {re.split(r"[\s\[<>=!~;]", line)[0].lower() for line in lines}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    layer = layer_of(path)
    assert layer in LAYERS, "add it to LAYERS, after all that it imports"
    above = set(LAYERS[LAYERS.index(layer) :]) - {layer}
    imported = imported_layers(path)
    assert not imported & above, f"{layer} comes before what it imports: {', '.join(sorted(imported & above))}"
    assert not {(layer, other) for other in imported} & FORBIDDEN


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_libraries_are_imported_where_they_are_used(path: Path) -> None:
    tree = at_import(ast.parse(path.read_text(encoding="utf-8")))
    heavy = {dotted[0] for dotted in imports(tree, package_of(path))} & HEAVY
    assert not heavy, f"move into the function that uses it: {', '.join(sorted(heavy))}"


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, govdisclose; print(*sorted({DEFERRED!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


def test_every_library_used_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for_users = [requirement for name, extra in extras.items() if name != "dev" for requirement in extra]
    declared = requirement_names(project["dependencies"] + for_users)
    used = {
        dotted[0]
        for path in MODULES
        for dotted in imports(ast.parse(path.read_text(encoding="utf-8")), package_of(path))
    }
    outside = used - set(sys.stdlib_module_names) - {"govdisclose"}
    missing = {DISTRIBUTIONS.get(name, name.lower()) for name in outside} - declared - {"ipython"}
    assert not missing, f"declare in pyproject.toml: {', '.join(sorted(missing))}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from govdisclose.forms import load", {("govdisclose", "forms", "load")}),
        ("def f():\n    from . import html", {("govdisclose", "readers", "html")}),
        ("from ..forms import load", {("govdisclose", "forms", "load")}),
        ("import lxml.html", {("lxml", "html")}),
    ],
)
def test_imports_are_seen(source: str, expected: set[tuple[str, ...]]) -> None:
    assert set(imports(ast.parse(source), ("govdisclose", "readers"))) == expected
