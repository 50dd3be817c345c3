"""`run` and `publish`: notebooks as pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govdisclose.cli.base import app, show

NotebooksArgument = Annotated[list[Path] | None, typer.Argument(help="Notebooks; default all in notebooks/.")]
PagesOption = Annotated[Path, typer.Option("-o", "--output", help="The folder for the pages.")]
YearOption = Annotated[int | None, typer.Option(help="Value of the parameter year.")]
ProcessedOption = Annotated[Path | None, typer.Option(help="The dataset to run on: value of the parameter processed.")]
ParameterOption = Annotated[
    list[str] | None, typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Value of any other parameter.")
]


@app.command()
def run(
    notebook: Annotated[Path, typer.Argument(help="The notebook to run.")],
    output: PagesOption = Path("reports"),
    year: YearOption = None,
    processed: ProcessedOption = None,
    parameter: ParameterOption = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write a PDF as well.")] = False,
) -> None:
    """Run one notebook with parameters and render it to one offline page; the notebook stays as it is."""
    from govdisclose.publish import execute
    from govdisclose.publish.running import given

    made = execute(notebook, output, given(parameter, year, processed, notebook.parent), pdf=pdf)
    show("".join(f"{path}\n" for path in (made.page, made.pdf) if path), None)


@app.command()
def publish(
    notebooks: NotebooksArgument = None,
    output: PagesOption = Path("reports"),
    year: YearOption = None,
    processed: ProcessedOption = None,
    parameter: ParameterOption = None,
    pdf: Annotated[
        bool | None, typer.Option("--pdf/--no-pdf", help="Write PDFs as well; default where it can be done.")
    ] = None,
    gallery: Annotated[
        Path | None, typer.Option(help="A dataset to draw every figure of, as pages of their own.")
    ] = None,
    agencies: Annotated[Path | None, typer.Option(help="Who its agencies are, for --gallery.")] = None,
) -> None:
    """Run notebooks, render each to one offline page, and write an index with their figures."""
    from govdisclose.publish import publish as published
    from govdisclose.publish.galleries import write_galleries
    from govdisclose.publish.running import given

    chosen = notebooks or sorted(Path("notebooks").glob("*.ipynb"))
    folder = chosen[0].parent if chosen else Path()
    entries = write_galleries(gallery, output, agencies) if gallery else []
    values = given(parameter, year, processed, folder)
    show(f"{published(chosen, output, values, pdf=pdf, entries=entries)}\n", None)
