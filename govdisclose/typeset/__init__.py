"""A report's numbers, typeset anew: HTML, DOCX, PDF, Markdown and plain text, in any form.

Serves samples, round trips (what is printed is known) and benchmarks. All labels come from the
forms, so a new form is typeset without new code. The same draft and layout give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from govdisclose.errors import UsageError
from govdisclose.forms import Forms, load
from govdisclose.typeset.docx import render_docx
from govdisclose.typeset.flow import flow
from govdisclose.typeset.html import render_html
from govdisclose.typeset.layout import Draft, Layout, printed_figures
from govdisclose.typeset.text import render_md, render_text
from govdisclose.typeset.typst import render_pdf

__all__ = ["Draft", "Layout", "printed_figures", "render", "write"]


def render(draft: Draft, layout: Layout, *, forms: Forms | None = None) -> bytes:
    """A typeset report as bytes.

    Parameters
    ----------
    draft
        What the report prints.
    layout
        How; `layout.format` names the format.
    forms
        The forms to take labels from; the package's own without it.

    Raises
    ------
    UsageError
        When a figure has an address that no form named in the draft knows.
    UnsupportedFormat
        When a PDF is asked for and typst or its font is not installed.

    Examples
    --------
    >>> draft = Draft("样本市人民政府", 2022, {"remedies": "2021"}, {("remedies", "review", "total"): "3"})
    >>> "样本市人民政府2022年" in render(draft, Layout("txt")).decode()
    True
    """
    pages = flow(draft, layout, forms or load())
    match layout.format:
        case "html":
            return render_html(draft, pages, layout)
        case "docx":
            return render_docx(pages, layout)
        case "pdf":
            return render_pdf(pages, layout)
        case "md":
            return render_md(pages, layout)
        case _:
            return render_text(pages, layout)


def write(draft: Draft, layout: Layout, path: str | Path, *, forms: Forms | None = None) -> Path:
    """Write a typeset report to `path`, making its folder where it is missing.

    Raises
    ------
    UsageError
        When the file's ending is not that of the layout's format; else as `render`.

    Examples
    --------
    >>> import tempfile
    >>> draft = Draft("样本市人民政府", 2022, {"remedies": "2021"}, {("remedies", "review", "total"): "3"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(draft, Layout("md"), f"{folder}/2022/report.md").name
    'report.md'
    """
    path = Path(path)
    endings = {"html": (".html", ".htm")}.get(layout.format, (f".{layout.format}",))
    if path.suffix.lower() not in endings:
        raise UsageError(f"{path}: a {layout.format} file ends in {endings[0]}; change the name or layout.format")
    data = render(draft, layout, forms=forms)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
