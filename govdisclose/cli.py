"""The command line: `govdisclose read`, `check`, `build`, `new-year` and so on.

It ends with 0, or with 2 and one line on standard error; `check` with 1 where errors stand. What is printed is
UTF-8 everywhere.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from govdisclose.errors import GovdiscloseError, UsageError

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Read Chinese annual reports on open government information, and make a dataset of them.",
)
_CLICK_ERROR: Any = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")


class ReadFormat(StrEnum):
    """How `read` prints a report."""

    json = "json"
    text = "text"
    csv = "csv"


class DescribeFormat(StrEnum):
    """How `describe` prints the dictionary."""

    text = "text"
    md = "md"
    csv = "csv"
    json = "json"


class Severity(StrEnum):
    """How grave a finding is."""

    error = "error"
    warning = "warning"
    notice = "notice"


class Language(StrEnum):
    """The language of names and sentences."""

    zh = "zh"
    en = "en"


FormsOption = Annotated[Path | None, typer.Option("--forms", help="A folder with further form files (*.toml).")]
CorrectionsOption = Annotated[Path | None, typer.Option("--corrections", help="A folder with corrections (*.csv).")]
SecondOption = Annotated[bool, typer.Option("--second", help="Read with a second engine as well, and compare.")]
OutOption = Annotated[Path | None, typer.Option("-o", "--output", help="Write here instead of standard output.")]


def _version(asked: bool) -> None:
    if asked:
        from govdisclose import __version__

        _print(f"govdisclose {__version__}\n", None)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error arose.")] = False,
) -> None:
    """Read Chinese annual reports on open government information, and make a dataset of them."""


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
        _print(printing.as_json(report), output)
    elif fmt is ReadFormat.csv:
        _print(printing.as_csv(report), output)
    else:
        _print(printing.as_text(report, lang.value), output)


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
            failed = _fail(str(error))
    least = None if severity is None else severity.value
    if fmt is ReadFormat.json:
        _print(printing_checks.as_json(answers, least or "notice"), output)
    elif fmt is ReadFormat.csv:
        _print(printing_checks.as_csv(answers, least or "notice"), output)
    else:
        texts = [printing_checks.text(a, lang.value, least or ("error" if a.is_dataset else "notice")) for a in answers]
        _print("\n".join(texts), output)
    raise typer.Exit(failed or int(any(answer.errors for answer in answers)))


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
    _print(f"{result}\n", None)


@app.command("new-year")
def new_year(
    year: Annotated[int, typer.Argument(help="The report year (统计年度) that came in.")],
    raw: Annotated[Path, typer.Option(help="The folder of reports, one folder a year.")] = Path("data/raw"),
    processed: Annotated[Path, typer.Option(help="The dataset.")] = Path("data/processed"),
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
    _print(text(compared(processed, year), lang.value), output)


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
    _print(described(known, fmt=fmt.value, lang=None if lang is None else lang.value), output)


def _print(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        output.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror}); choose another place") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0 when done; 1 where `check` leaves errors standing; 2, with one line on standard error, when not done; 130
        when interrupted.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    try:
        with nullcontext() if debug else _quiet():
            # Not through main(): it has exit codes of its own for interruptions and closed pipes.
            command = typer.main.get_command(app)
            with command.make_context("govdisclose", arguments or ["--help"]) as context:
                command.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    except BrokenPipeError:
        # Whoever read the output has enough; what is left in the buffer must not raise at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted; what was read so far is kept", 130)
    except Exception as error:
        if debug:
            raise
        return _fail(_line(error, arguments))
    return 0


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what libraries warn and log: standard error is for one line."""
    level = logging.root.manager.disable
    logging.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)


def _names() -> set[str]:
    """The commands there are."""
    return {c.name or str(getattr(c.callback, "__name__", "")) for c in app.registered_commands}


def _line(error: Exception, arguments: Sequence[str]) -> str:
    """One line that says what is wrong and what to do."""
    if isinstance(error, GovdiscloseError):
        return str(error)
    if isinstance(error, _CLICK_ERROR):
        command = next((a for a in arguments if a in _names()), "")
        return f"{error.format_message().rstrip('.')}; see govdisclose {f'{command} ' if command else ''}--help"
    if isinstance(error, OSError):
        return f"{error.filename or 'output'}: {error.strerror or error}; check the place and its permissions"
    shown = " ".join(arguments)
    return (
        f"{shown}: {type(error).__name__}: {error}; this is a defect of govdisclose: please report it"
        " with the file, and with what `govdisclose --debug …` prints"
    )


def _fail(message: str, code: int = 2) -> int:
    sys.stderr.write(f"govdisclose: {' '.join(message.split())}\n")
    return code
