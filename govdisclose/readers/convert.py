"""DOC, WPS, RTF and ODT through LibreOffice, where it is installed."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from govdisclose.errors import UnreadableFile, UnsupportedFormat
from govdisclose.model import Document, Note
from govdisclose.readers.doc_repair import State, with_final_paragraph

TIMEOUT = 120.0
"""Seconds one conversion may take."""


def office() -> str | None:
    """The LibreOffice program on the path, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@contextmanager
def convert_to_docx(path: Path, *, label: str = "the file") -> Iterator[Path]:
    """Convert a document with LibreOffice; the result lives as long as the context.

    Parameters
    ----------
    path : Path
        A DOC, WPS, RTF or ODT file.
    label : str
        What the file is, for messages.

    Yields
    ------
    Path
        The converted DOCX.

    Raises
    ------
    UnsupportedFormat
        LibreOffice is not installed.
    UnreadableFile
        LibreOffice cannot open the file, or takes longer than `TIMEOUT` seconds.
    """
    with _converted(path, label) as (target, _):
        yield target


def read_converted(path: Path, label: str) -> Document:
    """Read a document that only LibreOffice opens.

    Raises
    ------
    UnsupportedFormat, UnreadableFile
        As `convert_to_docx`.
    """
    from govdisclose.readers.docx import read_docx

    with _converted(path, label) as (target, state):
        document = read_docx(target, name=str(path))
    notes = [Note("converted", f"{label}经LibreOffice转换后读取", f"{label}, converted by LibreOffice")]
    if state == "lost":
        notes.append(
            Note(
                "table_at_end",
                "文档以表格结尾,LibreOffice转换时会丢失该表格;请在表格后加一个空行,另存为.docx后再读取",
                "the document ends with a table, which LibreOffice loses; add an empty line after it and save as .docx",
                "warning",
            )
        )
    return dataclasses.replace(document, rung="converted", notes=(*notes, *document.notes))


def read_through_html(path: Path) -> Document | None:
    """A Word file as LibreOffice understands it, by way of a web page: a reading of its own.

    None where LibreOffice is not installed.

    Raises
    ------
    UnreadableFile
        LibreOffice cannot open the file, or takes longer than `TIMEOUT` seconds.
    """
    from govdisclose.readers.html import read_html

    program = office()
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="govdisclose-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        source = work / f"source{path.suffix.lower() or '.docx'}"
        source.write_bytes(path.read_bytes())
        _run(program, work, source, path, "the file", to="html")
        target = work / "source.html"
        if not target.is_file() or not target.stat().st_size:
            raise UnreadableFile(f"{path}: LibreOffice cannot open the file; save it as .docx in Word or WPS")
        return dataclasses.replace(read_html(target.read_bytes(), name=str(path)), rung="libreoffice")


@contextmanager
def _converted(path: Path, label: str) -> Iterator[tuple[Path, State]]:
    program = office()
    if program is None:
        raise UnsupportedFormat(f"{path}: {label} needs LibreOffice to be read; install it, or save the file as .docx")
    try:
        data, state = with_final_paragraph(path.read_bytes())
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be opened ({error.strerror}); check the permissions") from error
    with tempfile.TemporaryDirectory(prefix="govdisclose-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        # a plain name, since an extension that lies chooses the wrong import filter
        source = work / f"source{_suffix(label)}"
        source.write_bytes(data)
        _run(program, work, source, path, label)
        target = work / "source.docx"
        if not target.is_file() or not target.stat().st_size:
            raise UnreadableFile(f"{path}: LibreOffice cannot open {label}; save it as .docx in Word or WPS")
        yield target, state


def _suffix(label: str) -> str:
    return {"RTF": ".rtf", "ODT": ".odt"}.get(label, ".doc")


def _run(program: str, work: Path, source: Path, path: Path, label: str, *, to: str = "docx") -> None:
    profile = (work / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nolockcheck"]
    command += ["--convert-to", to, "--outdir", str(work), str(source)]
    # a group of its own, since soffice is a script whose child would outlive it
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=os.name == "posix"
    ) as process:
        try:
            process.wait(TIMEOUT)
        except subprocess.TimeoutExpired as error:
            _stop(process)
            raise UnreadableFile(
                f"{path}: LibreOffice did not convert {label} within {TIMEOUT:.0f} s; save it as .docx"
            ) from error
        except BaseException:
            _stop(process)
            raise


def _stop(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
