"""`build`, `new-year`, `describe`, `package` and `changes`: a folder of reports as data."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from govdisclose.cli.base import FormsOption, Language, OutOption, SecondOption, app, show


class DescribeFormat(StrEnum):
    """How `describe` prints the dictionary."""

    text = "text"
    md = "md"
    csv = "csv"
    json = "json"


class PackageFormat(StrEnum):
    """A format of the data package."""

    csv = "csv"
    parquet = "parquet"
    stata = "stata"
    xlsx = "xlsx"


class ChangesFormat(StrEnum):
    """How `changes` prints."""

    md = "md"
    csv = "csv"


@app.command()
def build(
    raw: Annotated[Path, typer.Argument(help="The folder of reports, searched with its subfolders.")],
    processed: Annotated[Path, typer.Argument(help="The folder to write the dataset to.")],
    workers: Annotated[int | None, typer.Option(help="Processes to read with; default one a core.")] = None,
    forms: FormsOption = None,
    corrections: Annotated[
        Path | None,
        typer.Option(help="A folder with corrections (*.csv); default the folder corrections beside RAW, if any."),
    ] = None,
    second: SecondOption = False,
    progress: Annotated[bool, typer.Option("--progress/--no-progress", help="Show a progress bar.")] = True,
) -> None:
    """Read a folder of reports into a dataset; only what changed is read again."""
    import govdisclose

    result = govdisclose.build(
        raw, processed, forms=forms, corrections=corrections, second=second, workers=workers, progress=progress
    )
    show(f"{result}\n", None)


@app.command("new-year")
def new_year(
    year: Annotated[int, typer.Argument(help="The report year (统计年度) that came in.")],
    raw: Annotated[Path, typer.Option(help="The folder of reports, one folder a year.")] = Path("data/raw"),
    processed: Annotated[Path, typer.Option(help="The dataset.")] = Path("data/processed"),
    agencies: Annotated[
        Path | None, typer.Option(help="Who an agency is, for what its name does not tell; default data/agencies.csv.")
    ] = None,
    expected: Annotated[Path | None, typer.Option(help="Who should report; default data/expected.csv.")] = None,
    forms: FormsOption = None,
    lang: Annotated[Language, typer.Option(help="Language of the words.")] = Language.zh,
    progress: Annotated[bool, typer.Option("--progress/--no-progress", help="Show a progress bar.")] = True,
    output: OutOption = None,
) -> None:
    """Build the dataset, then say what a new year brings against the year before, and what to do next."""
    import govdisclose
    from govdisclose.new_year import new_year as compared
    from govdisclose.new_year.text import text

    govdisclose.build(raw, processed, forms=forms, progress=progress)
    known, due = (
        given or (usual if usual.is_file() else None)
        for given, usual in ((agencies, Path("data/agencies.csv")), (expected, Path("data/expected.csv")))
    )
    show(text(compared(processed, year, agencies=known, expected=due), lang.value), output)


@app.command()
def describe(
    fmt: Annotated[DescribeFormat, typer.Option("--format", help="How to print it.")] = DescribeFormat.text,
    lang: Annotated[Language | None, typer.Option(help="One language; default both.")] = None,
    forms: FormsOption = None,
    output: OutOption = None,
) -> None:
    """Print the data dictionary: what every table, row and column means."""
    from govdisclose import forms as form_files
    from govdisclose.describe import describe as described

    known = form_files.load(forms)
    show(described(known, fmt=fmt.value, lang=None if lang is None else lang.value), output)


@app.command()
def package(
    dataset: Annotated[Path, typer.Argument(help="The folder that build wrote.")],
    out: Annotated[Path, typer.Argument(help="The folder to write: new, empty, or a package of before.")],
    fmt: Annotated[
        list[PackageFormat] | None, typer.Option("--format", help="Repeat for several; default all.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the labels in Stata files and in the workbook.")] = (
        Language.en
    ),
    previous: Annotated[Path | None, typer.Option(help="An earlier dataset, for a list of what changed.")] = None,
    forms: FormsOption = None,
    bom: Annotated[bool, typer.Option("--bom/--no-bom", help="Begin CSV with a byte order mark, for Excel.")] = True,
    title: Annotated[str, typer.Option(help="A title of your own.")] = "",
    licence: Annotated[str, typer.Option(help="The licence of the data, an SPDX id such as CC-BY-4.0.")] = "",
    author: Annotated[list[str] | None, typer.Option(help="Who made the dataset; repeat for several.")] = None,
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Mark all of it as invented data.")] = False,
) -> None:
    """Write a dataset as a data package: CSV, Parquet, Stata and XLSX, described, hashed and citable."""
    from govdisclose.package import FORMATS, export

    who = {"authors": author} if author else {}
    chosen = [each.value for each in fmt or ()] or FORMATS
    written = export(
        dataset,
        out,
        formats=chosen,  # type: ignore[arg-type]
        lang=lang.value,
        previous=previous,
        forms=forms,
        bom=bom,
        title=title,
        licence=licence,
        synthetic=synthetic,
        **who,
    )
    show(f"{written}\n", None)


@app.command()
def changes(
    old: Annotated[Path, typer.Argument(help="The dataset of before.")],
    new: Annotated[Path, typer.Argument(help="The dataset of now.")],
    fmt: Annotated[ChangesFormat, typer.Option("--format", help="md: to read; csv: every change.")] = ChangesFormat.md,
    lang: Annotated[Language, typer.Option(help="Language of --format md.")] = Language.zh,
    output: OutOption = None,
) -> None:
    """Say what changed in the data between two builds."""
    from govdisclose.package import changes_text

    show(changes_text(old, new, fmt=fmt.value, lang=lang.value), output)
