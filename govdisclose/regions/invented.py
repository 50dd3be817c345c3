"""Codes for agencies that do not exist, so that synthetic data can be grouped by region as real ones are."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from govdisclose.errors import UsageError
from govdisclose.regions.organs import unit_of, word, words
from govdisclose.regions.overrides import COLUMNS, INVENTED

_CITIES = 99  # of an invented province; there are ten of these


def write_invented(names: Iterable[str], path: str | Path) -> Path:
    """Write a file of agencies for invented names: each city and county gets a code that begins with 9.

    Parameters
    ----------
    names
        Such as `synthesis.draw_panel` uses: a city, a county or district of it, and an organ.
    path
        The file to write, for the argument `overrides` of `resolve`.

    Raises
    ------
    UsageError
        A name has no city in it, or there are more cities or counties than codes.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from govdisclose.regions import resolve
    >>> names = ["样本甲市人民政府", "样本甲市子区教育局"]
    >>> with TemporaryDirectory() as folder:
    ...     resolve(names, 2022, overrides=write_invented(names, f"{folder}/agencies.csv"))["agency_id"].tolist()
    ['P900100', 'P900101:教育局']
    """
    rows = []
    counties: dict[str, dict[str, int]] = {}
    for name in dict.fromkeys(names):
        found = words("invented").fullmatch(name)
        if found is None:
            raise UsageError(f"write_invented: {name!r} names no city; give names as draw_panel has them")
        own = counties.setdefault(found["city"], {})
        county = own.setdefault(found["county"], len(own) + 1) if found["county"] else 0
        province, city = divmod(list(counties).index(found["city"]), _CITIES)
        if province > 9 or county > 99:
            raise UsageError(f"write_invented: no code is left for {name!r}; give fewer cities or counties")
        told = unit_of(found["organ"])
        code = f"{INVENTED}{province}{city + 1:02d}{county:02d}"
        rows.append(
            {"agency": name, "code": code, "kind": told.kind if told else "other", "note": word("invented_note")}
        )
    with Path(path).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return Path(path)
