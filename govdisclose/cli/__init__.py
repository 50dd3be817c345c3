"""The command line: `govdisclose read`, `check`, `build`, `new-year` and so on.

It ends with 0, or with 2 and one line on standard error; `check` with 1 where errors stand. What is printed is
UTF-8 everywhere.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Annotated, Any

import typer

from govdisclose.cli import datasets, notebooks, reading
from govdisclose.cli.base import app, fail, show
from govdisclose.errors import GovdiscloseError

__all__ = ["app", "datasets", "main", "notebooks", "reading"]

_CLICK_ERROR: Any = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")


def _version(asked: bool) -> None:
    if asked:
        from govdisclose import __version__

        show(f"govdisclose {__version__}\n", None)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error arose.")] = False,
) -> None:
    """Read Chinese annual reports on open government information, and make a dataset of them."""


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
        return fail("interrupted; what was read so far is kept", 130)
    except Exception as error:
        if debug:
            raise
        return fail(_line(error, arguments))
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
        remedy = "check the place and its permissions"
        if isinstance(error, FileExistsError | NotADirectoryError):
            remedy = "a file stands where a folder is needed; choose another place"
        return f"{error.filename or 'output'}: {error.strerror or error}; {remedy}"
    shown = " ".join(arguments)
    return (
        f"{shown}: {type(error).__name__}: {error}; this is a defect of govdisclose: please report it"
        " with the file, and with what `govdisclose --debug …` prints"
    )
