"""The house around the package: nothing untrue in the documents, nothing of this machine in the files."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

import govdisclose
from govdisclose import forms
from govdisclose.cli import app

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "govdisclose"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SESSION_REPORT = "data/raw/2022/卫滨区人民政府.pdf"

PUBLIC = {
    "BuildResult",
    "Report",
    "__version__",
    "build",
    "errors",
    "figures",
    "forms",
    "indicators",
    "load",
    "load_table",
    "read",
    "read_text",
    "regions",
    "show_box",
}
"""What a user may rely on. A name goes only with a new major version."""

# Each pattern is written so that it does not match itself.
MACHINE = re.compile(r"(?<![\w.~])/(?:[w]ork|[t]mp|[r]oot|[h]ome|[o]pt|[U]sers)/")
REGISTRY = re.compile(r"[h]osted\.org|/[s]imple\b|[i]ndex-url|[f]ind-links|anaconda\.[o]rg|[n]pmjs|[p]ypi\.org")
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X|raise NotImplemented[E]rror|mark\.x[f]ail)\b")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def files() -> list[Path]:
    """The files of the project: what git tracks or would track."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [path for name in sorted(set(listed.split("\0")) - {""}) if (path := ROOT / name).is_file()]


def readable(paths: list[Path]) -> dict[str, str]:
    """Texts by name; files that are no text are left out."""
    found = {}
    for path in paths:
        raw = path.read_bytes()
        if b"\0" not in raw:
            found[str(path.relative_to(ROOT))] = raw.decode("utf-8", errors="replace")
    return found


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRY, UNFINISHED], ids=["machine", "registry", "unfinished"])
def test_no_file_speaks_of_a_machine_a_registry_or_unfinished_work(pattern: re.Pattern[str]) -> None:
    hits = [
        f"{name}:{number}: {match[0]}"
        for name, content in readable(files()).items()
        for number, line in enumerate(content.splitlines(), 1)
        if (match := pattern.search(line))
    ]
    assert hits == []


def test_no_file_is_over_two_megabytes() -> None:
    assert [p.name for p in files() if p.stat().st_size > 2_000_000] == []


def test_no_module_is_over_400_lines() -> None:
    lengths = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in PACKAGE.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def statutory_labels() -> set[str]:
    """Labels of at least three Chinese characters that a form prints for a row, column, group, block or section."""
    labels: set[str] = set()
    for form in forms.load():
        labels.update(label for section in form.sections for label in section.labels)
        for table in form.tables:
            labels.update(table.headings)
            labels.update(label for group in table.groups for label in group.labels)
            for block in table.blocks:
                entries = (*block.rows, *block.columns, *block.extra_columns)
                labels.update(block.labels, *(entry.labels for entry in entries))
    return {label for label in labels if len(re.findall(r"[\u4e00-\u9fff]", label)) >= 3}


def working_strings(path: Path) -> Iterator[ast.Constant]:
    """The strings a module works with; docstrings and their examples are for the reader."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    described = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            yield node


def test_no_statutory_label_stands_in_the_code() -> None:
    labels = statutory_labels()
    assert len(labels) > 50
    hits = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {label}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in working_strings(path)
        for label in labels
        if label in str(node.value)
    ]
    assert hits == [], "labels belong in forms/*.toml"


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.name)
def test_notebooks_are_thin_and_hold_no_outputs(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    for cell in (c for c in notebook["cells"] if c["cell_type"] == "code"):
        source = "".join(cell["source"])
        assert not cell["outputs"] and cell["execution_count"] is None, source
        assert "def " not in source and "class " not in source, source
        assert len(source.splitlines()) <= 5, source


# --- dependencies -----------------------------------------------------------------------------------------------------


def canonical(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;]", requirement.strip())[0].lower().replace("_", "-").replace(".", "-")


def test_constraints_pin_every_dependency_and_name_no_address() -> None:
    lines = text("constraints.txt").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; [\w.'<>=!() -]+)?", line)] == []
    wanted = [*PROJECT["dependencies"], *(r for extra in PROJECT["optional-dependencies"].values() for r in extra)]
    assert {canonical(r) for r in wanted} - {canonical(line) for line in lines} == set()


def test_conda_environment_is_the_same_as_pyproject() -> None:
    environment = yaml.safe_load(text("environment.yml"))
    *conda, pip = environment["dependencies"]
    assert environment["name"] == PROJECT["name"]
    assert environment["channels"] == ["conda-forge"]
    assert conda == [f"python{PROJECT['requires-python']}", "pip"]
    apart = {"bench", "dev", "scan"}  # of scan, the file says how
    extras = ",".join(sorted(set(PROJECT["optional-dependencies"]) - apart))
    assert pip == {"pip": [f"-e .[{extras}]"]}


def test_the_public_names_are_these() -> None:
    assert len(govdisclose.__all__) == len(PUBLIC) and set(govdisclose.__all__) == PUBLIC == set(dir(govdisclose))
    assert [name for name in PUBLIC if not hasattr(govdisclose, name)] == []
    with pytest.raises(AttributeError, match="no attribute 'reed'"):
        govdisclose.reed  # noqa: B018


def test_the_version_is_the_same_everywhere() -> None:
    assert govdisclose.__version__ == PROJECT["version"]
    assert yaml.safe_load(text("CITATION.cff"))["version"] == PROJECT["version"]
    assert re.search(r"^## (\S+)", text("CHANGELOG.md"), re.M)[1] == PROJECT["version"]  # type: ignore[index]


def test_hooks_are_local() -> None:
    assert {repo["repo"] for repo in yaml.safe_load(text(".pre-commit-config.yaml"))["repos"]} == {"local"}


# --- documents --------------------------------------------------------------------------------------------------------

DOCUMENTS = ("README.md", "README.zh.md", "CONTRIBUTING.md")


def code_blocks(document: str) -> list[tuple[str, str]]:
    """(language, code) of every fenced block."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", document, re.M | re.S)


def commands(document: str) -> list[list[str]]:
    """The command lines of the shell blocks, comments off, split at `&&`."""
    lines = [line for lang, code in code_blocks(document) if lang == "bash" for line in code.splitlines()]
    return [part.split() for line in lines for part in line.split(" #")[0].split("&&") if part.strip()]


def cli_commands() -> dict[str, Any]:
    return dict(get_command(app).commands)  # type: ignore[attr-defined]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", text("Makefile"), re.M))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_command_in_the_documents_exists(name: str) -> None:
    used = {word for line in commands(text(name)) if line[0] == "make" for word in line[1:] if "=" not in word}
    used |= set(re.findall(r"`make ([a-z]+)`", text(name)))
    assert used and used <= make_targets()


def test_every_make_target_is_explained() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.M)[1]  # type: ignore[index]
    assert set(phony.split()) == make_targets()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_line_in_the_documents_exists(name: str) -> None:
    known = cli_commands()
    for line in commands(text(name)):
        if line[0] != "govdisclose":
            continue
        assert line[1] in known, " ".join(line)
        options = {option for parameter in known[line[1]].params for option in parameter.opts}
        assert {word.partition("=")[0] for word in line if word.startswith("--")} <= options, " ".join(line)


def test_every_command_is_in_the_readme() -> None:
    shown = {line[1] for line in commands(text("README.md")) if line[0] == "govdisclose"}
    assert shown == set(cli_commands())


@pytest.mark.parametrize("name", [*DOCUMENTS, "CHANGELOG.md", "docs/dataset.md", "docs/output.md"])
def test_every_file_a_document_links_to_exists(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", text(name))
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_the_two_readmes_keep_in_step() -> None:
    english, chinese = text("README.md"), text("README.zh.md")

    def shape(document: str) -> list[str]:
        prose = re.sub(r"^```.*?^```$", "", document, flags=re.M | re.S)
        return re.findall(r"^(#+) ", prose, re.M)

    def code(document: str) -> list[tuple[str, list[str]]]:
        """Code without its comments, which each file has in its language."""
        return [
            (lang, [re.sub(r"\s*#.*", "", line) for line in block.splitlines()])
            for lang, block in code_blocks(document)
        ]

    assert shape(english) == shape(chinese)
    assert code(english) == code(chinese)


def test_the_session_in_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As printed, on a folder that holds the one report it names."""
    session = next(code for lang, code in code_blocks(text("README.md")) if lang == "python")
    assert SESSION_REPORT in session
    copy = tmp_path / SESSION_REPORT
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / SESSION_REPORT, copy)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(session, "<session in README.md>", "exec"), names)
    assert len(names["panel"]) > 0
