"""What a rendered notebook rests on, in one line at its end: program, parameters, and hashes of the data read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from govdisclose.package.content import data_hash
from govdisclose.version import VERSION

SHOWN = 16
"""Digits of a hash that are shown."""


def stamp(parameters: Mapping[str, Any], folder: Path) -> str:
    """One line of Markdown: the version, every parameter, and the hash of each dataset or file that one names.

    Parameters
    ----------
    parameters
        Names and values; a text that is a path from `folder` to a dataset or a file is hashed.
    folder
        Where the notebook stands.

    Examples
    --------
    >>> stamp({"lang": "en", "year": 2024}, Path("."))
    '`govdisclose 0.1.0` · `lang = en` · `year = 2024`'
    """
    parts = [f"govdisclose {VERSION}"]
    for name, value in parameters.items():
        digest = _digest(folder / value) if isinstance(value, str) and value else None
        parts.append(f"{name} = {value}" + (f" (sha256 {digest[:SHOWN]}…)" if digest else ""))
    return " · ".join(f"`{part}`" for part in parts)


def _digest(path: Path) -> str | None:
    """The hash of a dataset's content or of a file's bytes; None for anything else."""
    try:
        if path.is_dir():
            return data_hash(path) if (path / "reports.parquet").is_file() else None
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    except OSError:  # a text too long to be a path, or a file that may not be read: no data of the notebook's
        return None
