"""What the user knows of agencies (`data/agencies.csv`): it comes before what a name tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from govdisclose.regions.divisions import divisions
from govdisclose.regions.lines import AgencyError, lines, one_of, years_of
from govdisclose.regions.organs import Kind, words
from govdisclose.vocabulary import twin

COLUMNS = ("agency", "from_year", "to_year", "code", "kind", "parent", "same_as", "note")
"""The columns of the file, in any order. `agency` must be filled, and `code` with `kind`, or `same_as`."""

INVENTED = "9"
"""No division's code begins so: these are for agencies that do not exist, as in synthetic data."""


@dataclass(frozen=True, slots=True)
class Override:
    """One line. `line` tells where it stands: `agencies.csv, line 2`."""

    agency: str
    from_year: int
    to_year: int
    code: str
    kind: str
    parent: str
    same_as: str
    note: str
    line: str


@dataclass(frozen=True, slots=True)
class Agencies:
    """The lines of a file by the folded name of the agency, and the names of invented regions by code."""

    by_name: Mapping[str, tuple[Override, ...]] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str, year: int) -> Override | None:
        """The line for an agency in a year, if there is one."""
        lines = self.by_name.get(folded(name), ()) if self.by_name else ()
        return next((line for line in lines if line.from_year <= year <= line.to_year), None)


def folded(name: str) -> str:
    """The same text for a printed name in whatever script, width and spacing."""
    return twin(name)[1].casefold()


def load_agencies(path: str | Path | None) -> Agencies:
    """The user's file of agencies.

    Parameters
    ----------
    path
        A CSV file with the columns `agency,from_year,to_year,code,kind,parent,same_as,note`; None gives no lines.

    Raises
    ------
    AgencyError
        The file or a line cannot be understood; the message names the line and the remedy.

    Examples
    --------
    >>> load_agencies("no-such-file.csv")
    Traceback (most recent call last):
        ...
    govdisclose.regions.lines.AgencyError: no-such-file.csv: cannot be opened (No such file or directory)...
    """
    if path is None:
        return Agencies()
    found: dict[str, tuple[Override, ...]] = {}
    for where, fields in lines(Path(path), COLUMNS):
        line = _checked(where, fields)
        for other in found.get(folded(line.agency), ()):
            if line.from_year <= other.to_year and other.from_year <= line.to_year:
                raise AgencyError(f"{where}: {line.agency} stands in {other.line} too; let their years not overlap")
        found[folded(line.agency)] = (*found.get(folded(line.agency), ()), line)
    return Agencies(found, _invented_regions(line for same in found.values() for line in same))


def _checked(where: str, fields: dict[str, str]) -> Override:
    first, last = years_of(where, fields)
    code, same_as, name = fields["code"], fields["same_as"], fields["agency"]
    if not name:
        raise AgencyError(f"{where}: no agency; give its name as printed")
    if bool(code) == bool(same_as):
        raise AgencyError(f"{where}: {name} needs a code or same_as; fill one of them")
    if same_as and folded(same_as) == folded(name):
        raise AgencyError(f"{where}: {name} is the same as itself; name the other agency in same_as")
    if code:
        one_of(where, "kind", fields["kind"], get_args(Kind))
        spans = [d for d in divisions() if d.code == code]
        if not spans and not re.fullmatch(INVENTED + r"\d{5}", code):
            raise AgencyError(f"{where}: no division ever had the code {code!r}; take it from the list of divisions")
    return Override(name, first, last, code, fields["kind"], fields["parent"], same_as, fields["note"], where)


def _invented_regions(lines: Iterable[Override]) -> dict[str, str]:
    """What the invented cities and counties are called, by the names of the agencies in them."""
    found: dict[str, str] = {}
    for line in lines:
        named = words("invented").fullmatch(folded(line.agency)) if line.code.startswith(INVENTED) else None
        if named is not None:
            found[line.code[:4] + "00"] = named["city"]
            if not line.code.endswith("00"):
                found[line.code] = named["city"] + (named["county"] or "")
    return found
