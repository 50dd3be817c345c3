"""An executed notebook as a PDF: nbconvert's plain HTML, through pandoc and typst. No browser, no system package."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from govdisclose.errors import UsageError

_HEAD = """\
#set document(title: {title}, date: none)
#set page(paper: "a4", margin: (x: 18mm, y: 20mm), footer: context align(center, text(7pt)[#counter(page).display()]))
#set text(font: "Noto Sans SC", size: 8.5pt, lang: "zh")
#set par(leading: 0.65em)
#show heading: set block(above: 1.4em, below: 0.8em)
#show raw: set text(font: "Noto Sans SC", size: 7pt)
#show raw.where(block: true): block.with(fill: luma(245), inset: 5pt, width: 100%, sticky: true)
#show table: set text(6.2pt)
#show figure: set block(breakable: true)
#set table(inset: 2.5pt, stroke: 0.3pt + luma(160))
#let horizontalrule = line(length: 100%, stroke: 0.3pt)
"""
_DROPPED = ("style", "script")
_BLOCKS = {"div", "pre", "p", "table", "ul", "ol", "hr", *(f"h{level}" for level in range(1, 7))}


def missing() -> str | None:
    """Why no PDF can be made here; None where it can."""
    absent = [name for name in ("pypandoc", "typst", "zhplot") if find_spec(name) is None]
    return f"{', '.join(absent)} not installed; pip install 'govdisclose[pdf]'" if absent else None


def write_pdf(notebook: Any, target: Path, title: str) -> Path:
    """Write an executed notebook as a PDF; the same notebook gives the same bytes.

    Raises
    ------
    UsageError
        What it needs is not installed, or the notebook shows what cannot be set.
    """
    reason = missing()
    if reason:
        raise UsageError(f"{target}: {reason}")
    import pypandoc
    import typst

    from govdisclose.typeset.typst import fonts, quoted

    with tempfile.TemporaryDirectory() as folder:
        media = Path(folder) / "media"
        body = pypandoc.convert_text(
            _plain(notebook), "typst", format="html", extra_args=[f"--extract-media={media.name}"], cworkdir=folder
        )
        source = Path(folder) / "notebook.typ"
        source.write_text(_HEAD.format(title=quoted(title)) + body, encoding="utf-8")
        try:
            made = typst.compile(str(source), font_paths=fonts(), timestamp=0)
        except RuntimeError as error:
            reason = str(error).partition("\n")[0]
            raise UsageError(f"{target}: cannot be set ({reason}); take the HTML page instead") from error
    if not isinstance(made, bytes):
        raise UsageError(f"{target}: set as several files; take the HTML page instead")
    target.write_bytes(made)
    return target


def _plain(notebook: Any) -> str:
    """The notebook's HTML without styles, scripts and prompts."""
    from lxml import html
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(template_name="basic", embed_images=True)
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    page, _ = exporter.from_notebook_node(notebook)
    tree = html.fromstring(f"<div>{page}</div>")
    for element in [*tree.iter(*_DROPPED), *tree.iterfind(".//a[@class='anchor-link']")]:
        element.drop_tree()  # type: ignore[attr-defined]
    for box in [*tree.iterdescendants("div")]:  # in a block of its own, code would not stay with its figure
        texts = [box.text, *(child.tail for child in box)]
        if all(child.tag in _BLOCKS for child in box) and not any(text and text.strip() for text in texts):
            box.drop_tag()  # type: ignore[attr-defined]
    for cell in tree.iter("td", "th"):  # column widths of a web page mean nothing on paper
        cell.attrib.pop("style", "")
    return str(html.tostring(tree, encoding="unicode"))
