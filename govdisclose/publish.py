"""Notebooks run from top to bottom and rendered, each to one page that needs no network.

python -m govdisclose.publish reports notebooks/01-read-one-report.ipynb
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from govdisclose.errors import GovdiscloseError, NotebookFailed, UsageError

# The lab template loads require.js, MathJax and Mermaid from the network. The policy is the second lock: whatever a
# notebook shows (a web page quoted as HTML, say), the page cannot fetch anything or run a script.
_TEMPLATE = """\
{%- extends 'lab/index.html.j2' -%}
{%- block html_head -%}
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:">
{{ super() }}
{%- endblock html_head -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
"""
_WIDGET = "application/vnd.jupyter.widget-view+json"


def execute(path: str | Path, out_dir: str | Path, parameters: Mapping[str, Any] | None = None) -> Path:
    """Run a notebook in its own folder and write `out_dir`/<name>.html; the notebook itself stays as it is.

    The page holds its styles and images and asks the network for nothing. Two runs of a notebook whose
    outputs are the same give the same bytes.

    Parameters
    ----------
    path
        The notebook (`.ipynb`).
    out_dir
        Where the page goes; made if missing.
    parameters
        Values for names that the cell tagged `parameters` assigns: numbers, strings, lists, dicts, None.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    UsageError
        There is no such notebook, or it has no such parameter.
    NotebookFailed
        A cell raised, or the kernel died.

    Examples
    --------
    >>> execute("no-such.ipynb", "reports")
    Traceback (most recent call last):
        ...
    govdisclose.errors.UsageError: no-such.ipynb: no such notebook; give the path of an .ipynb file
    """
    path = Path(path)
    notebook = _load(path)
    _set_parameters(notebook, parameters or {}, path)
    _number_cells(notebook)
    _run(notebook, path)
    _drop_widgets(notebook)
    page = Path(out_dir) / f"{path.stem}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(_render(notebook, path), encoding="utf-8", newline="\n")
    return page


def _load(path: Path) -> Any:
    import nbformat

    if path.suffix != ".ipynb" or not path.is_file():
        raise UsageError(f"{path}: no such notebook; give the path of an .ipynb file")
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises whatever its JSON and schema libraries raise
        reason = str(error).partition("\n")[0]
        raise UsageError(f"{path}: not a Jupyter notebook ({reason}); open and save it in JupyterLab") from error
    return notebook


def _set_parameters(notebook: Any, parameters: Mapping[str, Any], path: Path) -> None:
    """Insert a cell that assigns `parameters` after the one tagged so."""
    import nbformat

    tagged = [i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ())]
    known = [name for i in tagged for name in _assigned(notebook.cells[i].source)]
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise UsageError(f"{path}: no parameter {', '.join(unknown)}; it has: {', '.join(known) or 'none'}")
    if parameters:
        plain = {name: str(value) if isinstance(value, Path) else value for name, value in parameters.items()}
        source = "\n".join(f"{name} = {value!r}" for name, value in plain.items())
        notebook.cells.insert(tagged[-1] + 1, nbformat.v4.new_code_cell(source))


def _number_cells(notebook: Any) -> None:
    """Ids are anchors in the page; drawn at random they would differ between runs."""
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"


def _assigned(source: str) -> list[str]:
    """The names a cell assigns at its top level.

    >>> _assigned("lang = 'zh'\\nyear: int = 2024")
    ['lang', 'year']
    """
    names: list[str] = []
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def _run(notebook: Any, path: Path) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from traitlets.config import Config

    client = NotebookClient(
        notebook,
        kernel_name="python3",  # the interpreter that runs this, whatever the notebook was saved with
        timeout=None,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--HistoryManager.enabled=False"],
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        resources={"metadata": {"path": str(path.resolve().parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        count = next((c.get("execution_count") for c in reversed(notebook.cells) if c.get("execution_count")), "?")
        reason = str(error.evalue).partition("\n")[0]
        raise NotebookFailed(
            f"{path}: cell [{count}] raised {error.ename}: {reason}; run it in JupyterLab to see where"
        ) from error
    except DeadKernelError as error:
        raise NotebookFailed(f"{path}: the kernel died; the machine may lack memory") from error


def _drop_widgets(notebook: Any) -> None:
    """Remove what only a live kernel can show; the text or HTML beside it stays."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(_WIDGET, None)


def _render(notebook: Any, path: Path) -> str:
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(raw_template=_TEMPLATE, embed_images=True, language_code="zh")
    resources = {"metadata": {"name": path.stem, "path": str(path.resolve().parent)}}
    page, _ = exporter.from_notebook_node(notebook, resources=resources)
    return str(page)


def main(arguments: Sequence[str] | None = None) -> int:
    """Render the notebooks named after the output folder; print each page as it is done."""
    out_dir, *paths = sys.argv[1:] if arguments is None else arguments
    try:
        for path in paths:
            print(execute(path, out_dir), flush=True)
    except GovdiscloseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
