"""Notebooks run from top to bottom and rendered: each to one page that needs no network, with an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govdisclose.errors import UsageError
from govdisclose.publish.index import Entry, entry_of, write_index
from govdisclose.publish.pdf import missing, write_pdf
from govdisclose.publish.running import load, number_cells, run, set_parameters
from govdisclose.publish.stamp import stamp

__all__ = ["Published", "execute", "publish"]

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


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one notebook: its page, its PDF (None where none was made), and its line of the index."""

    page: Path
    pdf: Path | None
    entry: Entry


def execute(
    path: str | Path, out_dir: str | Path, parameters: Mapping[str, Any] | None = None, *, pdf: bool = False
) -> Published:
    """Run a notebook in its own folder and write `out_dir`/<name>.html; the notebook itself stays as it is.

    The page holds its styles and images and asks the network for nothing. It ends with a stamp: version,
    parameters, and a hash of the data. Two runs on the same data give the same bytes.

    Parameters
    ----------
    path
        The notebook (`.ipynb`).
    out_dir
        Where the page goes; made if missing.
    parameters
        Values for names that the cell tagged `parameters` assigns: numbers, strings, lists, dicts, None.
    pdf
        Also write `out_dir`/<name>.pdf (extra `pdf`).

    Returns
    -------
    Published

    Raises
    ------
    UsageError
        There is no such notebook, it has no such parameter, or a PDF is asked for and cannot be made.
    NotebookFailed
        A cell raised, or the kernel died.

    Examples
    --------
    >>> execute("no-such.ipynb", "reports")
    Traceback (most recent call last):
        ...
    govdisclose.errors.UsageError: no-such.ipynb: no such notebook; give the path of an .ipynb file
    """
    import nbformat

    path, out_dir = Path(path), Path(out_dir)
    notebook = load(path)
    known = set_parameters(notebook, parameters or {}, path)
    mark = stamp(known, path.resolve().parent)
    number_cells(notebook)
    run(notebook, path)
    notebook.cells.append(nbformat.v4.new_markdown_cell(f"---\n\n{mark}", id="stamp"))
    out_dir.mkdir(parents=True, exist_ok=True)
    page = out_dir / f"{path.stem}.html"
    page.write_text(_render(notebook, path), encoding="utf-8", newline="\n")
    links = [("HTML", page.name)]
    if pdf:
        links.append(("PDF", write_pdf(notebook, page.with_suffix(".pdf"), path.stem).name))
    return Published(page, page.with_suffix(".pdf") if pdf else None, entry_of(notebook, links, mark))


def publish(
    notebooks: Sequence[str | Path],
    out_dir: str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    pdf: bool | None = None,
    entries: Sequence[Entry] = (),
    progress: bool = True,
) -> Path:
    """Run notebooks, render each, and write an index with thumbnails of their figures.

    Parameters
    ----------
    notebooks
        The notebooks, in the order of the index.
    out_dir
        Where the pages go.
    parameters
        Values of parameters; each notebook takes those that it has. One that no notebook has is an error.
    pdf
        Whether to write PDFs as well; default wherever the extra `pdf` is installed.
    entries
        Further entries of the index, behind the notebooks'.
    progress
        Whether to show a progress bar (only where somebody sees it).

    Returns
    -------
    Path
        The index.

    Raises
    ------
    UsageError, NotebookFailed
        As for `execute`; a parameter is in none of the notebooks; no notebook is given.
    """
    from tqdm import tqdm

    paths = [Path(path) for path in notebooks]
    if not paths:
        raise UsageError("no notebook to publish; name one or more .ipynb files")
    given = dict(parameters or {})
    has = {path: set(set_parameters(load(path), {}, path)) for path in paths}
    unknown = sorted(name for name in given if not any(name in names for names in has.values()))
    if unknown:
        known = sorted(set().union(*has.values()))
        raise UsageError(f"no notebook has a parameter {', '.join(unknown)}; they have: {', '.join(known)}")
    wanted = missing() is None if pdf is None else pdf
    made = []
    for path in tqdm(paths, desc="notebooks", unit="notebook", disable=None if progress else True):
        own = {name: value for name, value in given.items() if name in has[path]}
        made.append(execute(path, out_dir, own, pdf=wanted).entry)
    return write_index([*made, *entries], Path(out_dir))


def _render(notebook: Any, path: Path) -> str:
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(raw_template=_TEMPLATE, embed_images=True, language_code="zh")
    resources = {"metadata": {"name": path.stem, "path": str(path.resolve().parent)}}
    page, _ = exporter.from_notebook_node(notebook, resources=resources)
    return str(page)
