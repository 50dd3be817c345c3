"""`read` and `check`: one report, or several."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from govdisclose.cli.base import CorrectionsOption, FormsOption, Language, OutOption, SecondOption, app, fail, show
from govdisclose.errors import GovdiscloseError, UsageError


class ReadFormat(StrEnum):
    """How `read` prints a report."""

    json = "json"
    text = "text"
    csv = "csv"


class Severity(StrEnum):
    """How grave a finding is."""

    error = "error"
    warning = "warning"
    notice = "notice"


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="A web page, PDF, Word or text file.")],
    fmt: Annotated[
        ReadFormat,
        typer.Option("--format", help="json: all, as in docs/output.md; csv: the cells; text: to look at."),
    ] = ReadFormat.json,
    forms: FormsOption = None,
    password: Annotated[str | None, typer.Option(help="Opens an encrypted PDF.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of --format text.")] = Language.zh,
    second: SecondOption = False,
    output: OutOption = None,
) -> None:
    """Read one report and print it."""
    import govdisclose
    from govdisclose import printing

    with redirect_stdout(io.StringIO()):  # what a library prints is no part of the output
        report = govdisclose.read(file, forms=forms, password=password, second=second)
    if fmt is ReadFormat.json:
        show(printing.as_json(report), output)
    elif fmt is ReadFormat.csv:
        show(printing.as_csv(report), output)
    else:
        show(printing.as_text(report, lang.value), output)


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Reports, or datasets that build wrote.")],
    previous: Annotated[
        Path | None, typer.Option(help="The same agency's report of the year before, for a single report.")
    ] = None,
    fmt: Annotated[ReadFormat, typer.Option("--format", help="text: to read; json, csv: for programs.")] = (
        ReadFormat.text
    ),
    lang: Annotated[Language, typer.Option(help="Language of --format text.")] = Language.zh,
    severity: Annotated[
        Severity | None,
        typer.Option(help="The least grave findings to show; default notice, and error for a dataset as text."),
    ] = None,
    forms: FormsOption = None,
    corrections: CorrectionsOption = None,
    second: SecondOption = False,
    password: Annotated[str | None, typer.Option(help="Opens an encrypted PDF.")] = None,
    output: OutOption = None,
) -> None:
    """Say what does not add up in a report before it is published, or in a dataset; ends with 1 where errors stand."""
    from govdisclose import printing_checks
    from govdisclose.checking import check as checked

    if previous is not None and len(paths) > 1:
        raise UsageError("--previous goes with one report; check the others by themselves")
    options = {"previous": previous, "forms": forms, "corrections": corrections, "second": second}
    answers, failed = [], 0
    for path in paths:
        try:
            with redirect_stdout(io.StringIO()):
                answers.append(checked(path, **options, password=password))  # type: ignore[arg-type]
        except GovdiscloseError as error:
            failed = fail(str(error))
    least = None if severity is None else severity.value
    if fmt is ReadFormat.json:
        show(printing_checks.as_json(answers, least or "notice"), output)
    elif fmt is ReadFormat.csv:
        show(printing_checks.as_csv(answers, least or "notice"), output)
    else:
        texts = [printing_checks.text(a, lang.value, least or ("error" if a.is_dataset else "notice")) for a in answers]
        show("\n".join(texts), output)
    raise typer.Exit(failed or int(any(answer.errors for answer in answers)))
