"""What the commands share: the program they belong to, options, and how they print and fail."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from govdisclose.errors import UsageError

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Read Chinese annual reports on open government information, and make a dataset of them.",
)


class Language(StrEnum):
    """The language of names and sentences."""

    zh = "zh"
    en = "en"


FormsOption = Annotated[Path | None, typer.Option("--forms", help="A folder with further form files (*.toml).")]
CorrectionsOption = Annotated[Path | None, typer.Option("--corrections", help="A folder with corrections (*.csv).")]
SecondOption = Annotated[bool, typer.Option("--second", help="Read with a second engine as well, and compare.")]
OutOption = Annotated[Path | None, typer.Option("-o", "--output", help="Write here instead of standard output.")]


def show(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        output.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror}); choose another place") from error


def fail(message: str, code: int = 2) -> int:
    sys.stderr.write(f"govdisclose: {' '.join(message.split())}\n")
    return code
