"""The data package: a dataset as files that others can open, cite and check, each described and hashed.

`export` writes it; `data_hash` names a dataset's content; `compare` and `changes_text` say what changed between two
builds; `read_csv` gives a table back from its CSV, exactly.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from govdisclose.errors import UsageError
from govdisclose.forms import Lang, checked_lang
from govdisclose.package.about import NAME, About
from govdisclose.package.changes import Change, changes_text, compare
from govdisclose.package.content import data_hash, summary, synthetic_reports
from govdisclose.package.tables import read_csv
from govdisclose.store import _checked as checked

__all__ = [
    "FORMATS",
    "Change",
    "Exported",
    "Format",
    "changes_text",
    "compare",
    "data_hash",
    "export",
    "read_csv",
    "synthetic_reports",
]

Format = Literal["csv", "parquet", "stata", "xlsx"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Exported:
    """What `export` wrote: the files within `folder`, the data hash, and what was left out with the reason."""

    folder: Path
    files: tuple[str, ...]
    data_hash: str
    synthetic: int
    left_out: dict[str, str]

    def __str__(self) -> str:
        lines = [f"{self.folder}: {len(self.files)} files, data version {self.data_hash[:16]}"]
        if self.synthetic:
            lines.append(f"SYNTHETIC: {self.synthetic} reports are invented; every file says so")
        lines += [f"left out: {name}: {reason}" for name, reason in self.left_out.items()]
        return "\n".join(lines)


def export(
    dataset: str | Path,
    out: str | Path,
    *,
    formats: Sequence[Format] = FORMATS,
    lang: Lang = "en",
    previous: str | Path | None = None,
    forms: str | Path | None = None,
    bom: bool = True,
    title: str = "",
    licence: str = "",
    authors: Sequence[str] = ("govdisclose contributors",),
    synthetic: bool = False,
) -> Exported:
    """Write a dataset as a data package; the same dataset gives the same bytes.

    Parameters
    ----------
    dataset
        The folder that `build` wrote.
    out
        The folder to write. It must be missing, empty, or a package that this function wrote, which is replaced.
    formats
        Of `csv`, `parquet`, `stata`, `xlsx`. Parquet is always there: it is what Croissant describes.
    lang
        Language of the labels in Stata files.
    previous
        The dataset of an earlier build, for a changelog.
    forms
        The folder of further forms that the dataset was built with.
    bom
        Whether CSV files begin with a byte order mark, without which Excel takes Chinese for another encoding.
    title, licence, authors
        For the citation: a title of your own, an SPDX id, names.
    synthetic
        Mark the package as synthetic even where no report is recognised as invented. A package with an invented
        report is always marked.

    Returns
    -------
    Exported

    Raises
    ------
    DatasetError
        `dataset` or `previous` is missing, incomplete, or of another version.
    UsageError
        A format is unknown, the licence is no id or an author has no name, or `out` holds other files.

    Examples
    --------
    >>> export("no-such-folder", "package")
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    from govdisclose import forms as form_files
    from govdisclose.package.files import write_files
    from govdisclose.package.wide import Panel, variables

    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise UsageError(f"format {', '.join(unknown)}: choose from {', '.join(FORMATS)}")
    checked_lang(lang)
    if not re.fullmatch(r"[A-Za-z0-9.+-]*", licence):
        raise UsageError(f"licence {licence!r}: give an SPDX id, such as CC-BY-4.0")
    if not authors or not all(name.strip() for name in authors):
        raise UsageError("author: a name is empty; give the names of those who made the dataset")
    known = form_files.load(forms)
    source, target = Path(dataset), Path(out)
    if previous is not None:
        checked(previous)
    held = summary(source)
    invented = None if synthetic else frozenset(synthetic_reports(source))
    if synthetic:
        held = replace(held, synthetic=held.reports)
    about = About(held, title, licence, tuple(authors), bom)
    panel = Panel(source, variables(source, known), invented)
    _check_target(source, target)
    work = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        work.mkdir(parents=True)
        left_out = write_files(panel, work, formats, lang, previous, known, about)
        files = tuple(sorted(path.relative_to(work).as_posix() for path in work.rglob("*") if path.is_file()))
        shutil.rmtree(target, ignore_errors=True)
        work.rename(target)
    except OSError as error:
        raise UsageError(
            f"{target}: cannot be written ({error.strerror}); make room, or choose another folder"
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Exported(target, files, held.version, held.synthetic, left_out)


def _check_target(dataset: Path, out: Path) -> None:
    here, there = dataset.resolve(), out.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise UsageError(f"{out}: the package and the dataset would lie in one another; choose another folder")
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    try:
        ours = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))["name"] == NAME
    except (OSError, ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        raise UsageError(f"{out}: holds files that are no data package of ours; choose an empty or a new folder")
