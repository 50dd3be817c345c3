"""A notebook run from top to bottom, with parameters; the file itself stays as it is."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from govdisclose.errors import NotebookFailed, UsageError

_WIDGET = "application/vnd.jupyter.widget-view+json"


def load(path: Path) -> Any:
    """A notebook as nbformat reads it.

    Raises
    ------
    UsageError
        There is no such notebook.
    """
    import nbformat

    if path.suffix != ".ipynb" or not path.is_file():
        raise UsageError(f"{path}: no such notebook; give the path of an .ipynb file")
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises whatever its JSON and schema libraries raise
        reason = str(error).partition("\n")[0]
        raise UsageError(f"{path}: not a Jupyter notebook ({reason}); open and save it in JupyterLab") from error
    return notebook


def set_parameters(notebook: Any, parameters: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Insert a cell that assigns `parameters` after the one tagged so, and return all parameters and their values.

    Raises
    ------
    UsageError
        The notebook has no such parameter.
    """
    import nbformat

    tagged = [i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ())]
    known = {name: value for i in tagged for name, value in assigned(notebook.cells[i].source).items()}
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise UsageError(f"{path}: no parameter {', '.join(unknown)}; it has: {', '.join(known) or 'none'}")
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in parameters.items()}
    if plain:
        source = "\n".join(f"{name} = {value!r}" for name, value in plain.items())
        notebook.cells.insert(tagged[-1] + 1, nbformat.v4.new_code_cell(source))
    return {**known, **plain}


def assigned(source: str) -> dict[str, Any]:
    """The names a cell assigns at its top level, with their values; None where a value is computed.

    >>> assigned("lang = 'zh'\\nyear: int = 2024")
    {'lang': 'zh', 'year': 2024}
    """
    found: dict[str, Any] = {}
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                try:
                    found[target.id] = ast.literal_eval(node.value) if node.value else None
                except ValueError:
                    found[target.id] = None
    return found


def given(pairs: Sequence[str] | None, year: int | None, processed: Path | None, folder: Path) -> dict[str, Any]:
    """Parameters as a command line gives them; paths become relative to the notebooks' `folder`.

    >>> given(["lang=en", "years=[2023, 2024]"], 2024, None, Path("notebooks"))
    {'year': 2024, 'lang': 'en', 'years': [2023, 2024]}

    Raises
    ------
    UsageError
        A pair is not NAME=VALUE.
    """
    found: dict[str, Any] = {} if year is None else {"year": year}
    if processed is not None:
        found["processed"] = Path(os.path.relpath(processed, folder)).as_posix()
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"-p {pair}: not NAME=VALUE; write for example -p lang=en")
        try:
            found[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            found[name] = value
    return found


def number_cells(notebook: Any) -> None:
    """Ids are anchors in the page; drawn at random they would differ between runs."""
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"


def run(notebook: Any, path: Path) -> None:
    """Execute every cell in the notebook's own folder; what only a live kernel can show is dropped.

    Raises
    ------
    NotebookFailed
        A cell raised, or the kernel died.
    """
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
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(_WIDGET, None)
