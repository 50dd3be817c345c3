"""Which files of a folder are reports to read, and under what id and key each is kept."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from govdisclose.corpus import records
from govdisclose.corpus.records import Record
from govdisclose.errors import UsageError

KINDS = frozenset(
    {".pdf", ".docx", ".docm", ".dotx", ".dotm", ".doc", ".dot", ".wps", ".wpt", ".odt", ".fodt", ".rtf", ".ofd"}
    | {".html", ".htm", ".shtml", ".xhtml", ".xht", ".jsp", ".jspx", ".php", ".asp", ".aspx", ".mht", ".mhtml"}
    | {".txt", ".md", ".markdown", ".text", ".csv", ".tsv", ".xls", ".xlsx"}
    | {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"}
)
"""Extensions of files that are tried; a file without extension is tried too."""

_NOT_REPORTS = ("readme", "manifest.csv", "corrections", "license", "~$")


@dataclass(slots=True)
class File:
    """A file on its way through a build."""

    path: Path
    name: str
    sha256: str | None = None
    part: Path | None = None
    kept: bool = False
    error: Record | None = None


def find(raw: Path, processed: Path) -> tuple[list[File], tuple[str, ...]]:
    """The files to read, sorted by path, and the names of those of unknown kind, pipes and devices included."""
    if not raw.is_dir():
        raise UsageError(f"{raw}: no such folder; give the folder that holds the reports")
    if processed.exists() and raw.resolve() == processed.resolve():
        raise UsageError(f"{processed}: the dataset cannot go where the reports are; choose another folder")
    found, skipped = [], []
    for folder, names, files in os.walk(raw):
        here = Path(folder)
        pages = {Path(name).stem for name in files if name.lower().endswith((".htm", ".html"))}
        names[:] = sorted(n for n in names if _enters(n, here, pages, processed))
        for name in files:
            kind = _kind(name)
            if kind is None:
                continue
            path = here / name
            shown = records.text(path.relative_to(raw).as_posix())
            if kind and _is_regular(path):
                found.append(File(path, shown))
            else:
                skipped.append(shown)
    return sorted(found, key=lambda f: (normal(f.name), f.name)), tuple(sorted(skipped))


def _enters(name: str, here: Path, pages: set[str], processed: Path) -> bool:
    """Not into hidden folders, corrections, the dataset itself, or what a browser saved beside a page."""
    if name.startswith((".", "__MACOSX")) or name.lower().startswith("corrections"):
        return False
    if name.endswith(("_files", ".files")) and name[:-6] in pages:
        return False
    return (here / name).resolve() != processed.resolve()


def _kind(name: str) -> bool | None:
    """True: to be read; False: of unknown kind; None: not meant as a report."""
    if name.startswith(".") or name.lower().startswith(_NOT_REPORTS):
        return None
    suffix = Path(name.partition("?")[0]).suffix.lower()
    return not suffix or suffix in KINDS


def _is_regular(path: Path) -> bool:
    """Not a pipe or a device, which would never end. What cannot be looked at is tried, so that its error is kept."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def normal(name: str) -> str:
    """The same text for the same name, whichever way the system composes its characters."""
    return unicodedata.normalize("NFC", name)


def report_id(name: str, sha256: str | None) -> str:
    """The id of a report: from its path within the raw folder and its bytes.

    >>> report_id("2022/a.pdf", "00")
    '4b79227eab1278c9'
    """
    return hashlib.sha256(f"{normal(name)}\0{sha256 or ''}".encode()).hexdigest()[:16]


def identify(files: Sequence[File], cache: Path, version: str) -> None:
    """Hash the files, and say for each where its record is or would be kept."""

    def one(file: File) -> None:
        try:
            with file.path.open("rb") as stream:
                file.sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            reason = f"{file.path.name}: cannot be opened ({error.strerror}); check the permissions"
            file.error = {"error_type": "UnreadableFile", "error": reason}
            return
        key = records.key(file.sha256, file.path.name, version)
        file.part = cache / key[:2] / f"{key}.json.gz"
        file.kept = records.is_whole(file.part)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, files))
