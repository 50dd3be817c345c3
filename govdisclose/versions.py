"""One agency-year in several files: which belong together, which one stands for all, and how the others relate.

The rule is written out in docs/dataset.md. Nothing is dropped; every file keeps its row and its cells.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from govdisclose.identity.titles import same_agency
from govdisclose.model import Address, Number
from govdisclose.regions.names import namesake
from govdisclose.vocabulary import pattern, twin

Relation = Literal["only", "preferred", "duplicate", "attachment", "partial", "corrected", "conflict"]
Numbers = Mapping[Address, Number | None]
"""The cells of a file that were read for certain; None where no number is printed."""

_FORMATS = ("docx", "html", "pdf", "text")
"""The surest structure first: cells declared, cells declared by a page, cells drawn, cells separated."""


@dataclass(frozen=True, slots=True)
class Version:
    """What is compared of one file. `tables`: how many statutory tables it holds."""

    file: str
    sha256: str
    agency: str | None
    year: int | None
    scope: str
    published: str | None
    title: str
    reader: str
    tables: int
    certain: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a file stands among the files of its agency, year and scope."""

    same_agency_year: str
    n_versions: int
    relation: Relation
    preferred: bool


def standings(versions: Sequence[Version], numbers: Callable[[int], Numbers]) -> list[Standing]:
    """Group files by agency, year and scope, and choose one of each group.

    Parameters
    ----------
    versions
        The files that hold a report.
    numbers
        The numbers of the file at an index; asked only where a group has several files.

    Returns
    -------
    list of Standing
        One for each file, in the same order; exactly one of each group is preferred.

    Examples
    --------
    >>> page = Version("a.html", "1", "某县教育局", 2022, "unknown", None, "", "html", 0, 0)
    >>> attached = Version("a.pdf", "2", "某县教育局", 2022, "unknown", None, "", "pdf", 3, 1)
    >>> cells = [{}, {("requests", "new", "total"): 5}]
    >>> [standing.relation for standing in standings([page, attached], cells.__getitem__)]
    ['attachment', 'preferred']
    """
    out: dict[int, Standing] = {}
    for key, members in _groups(versions, numbers).items():
        group = hashlib.sha256("\0".join(key).encode()).hexdigest()[:16]
        if len(members) == 1:
            out[members[0]] = Standing(group, 1, "only", True)
            continue
        read = {i: numbers(i) for i in members}
        best = _preferred(members, versions, read)
        for i in members:
            relation: Relation = "preferred" if i == best else _relation(i, best, versions, read)
            out[i] = Standing(group, len(members), relation, i == best)
    return [out[i] for i in range(len(versions))]


def _groups(versions: Sequence[Version], numbers: Callable[[int], Numbers]) -> dict[tuple[str, ...], list[int]]:
    """Files of one agency-year and scope; a file that states no scope joins the one it fits."""
    groups: dict[tuple[str, ...], list[int]] = {}
    known = _named(versions)
    for members in _units(versions, known):
        named = [unit for i in members if (unit := known[i])]
        unit = min(named, default=("", min(versions[i].sha256 for i in members)))
        stated = sorted({versions[i].scope for i in members} - {"unknown"})
        by_scope: defaultdict[str, list[int]] = defaultdict(list)
        for i in members:
            by_scope[versions[i].scope].append(i)
        silent = by_scope.pop("unknown", [])
        for i in silent:
            by_scope[_scope_of(i, stated, by_scope, versions, numbers)].append(i)
        for scope, found in by_scope.items():
            groups[(*unit, scope)] = sorted(found)
    return groups


def _named(versions: Sequence[Version]) -> list[tuple[str, str] | None]:
    """Agency and year of each file; None where it does not state both."""
    who = agency_keys((version.agency, version.year, version.file) for version in versions)
    return [(key, str(version.year)) if key else None for key, version in zip(who, versions, strict=True)]


def agency_key(name: str) -> str:
    """The same text for an agency's printed name, whatever its script, width and spaces."""
    return twin(name)[1].casefold()


def agency_keys(files: Iterable[tuple[str | None, int | None, str]]) -> list[str]:
    """The same text for all files of one agency, of which name, year and path are given; "" without name or year.

    It is the folded name and, where several places have an agency of that name, the place that the path tells. A file
    whose path tells none goes with the others of its name while these are all of one place.

    >>> keys = agency_keys(("鼓楼区人民政府", 2024, f"{city}/a.pdf") for city in ("南京市", "徐州市", "南京市"))
    >>> keys[0] == keys[2], keys[0] == keys[1]
    (True, False)
    """
    told = [
        (agency_key(name), namesake(name, int(year), file)) if name and year is not None else ("", "")
        for name, year, file in files
    ]
    places: defaultdict[str, set[str]] = defaultdict(set)
    for key, place in told:
        places[key] |= {place} - {""}
    only = {key: next(iter(found)) for key, found in places.items() if len(found) == 1}
    return ["\0".join(filter(None, (key, place or only.get(key)))) for key, place in told]


def _units(versions: Sequence[Version], known: Sequence[tuple[str, str] | None]) -> list[list[int]]:
    """Files of one agency-year: the same agency and year, the same bytes, or a page beside its attachment.

    A page and its attachment differ in nothing but the extension of their path; then neither year
    may contradict the other, nor the agency beyond what an abbreviation explains.
    """
    leader = list(range(len(versions)))

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    first: dict[tuple[str, ...], int] = {}
    beside: defaultdict[str, list[int]] = defaultdict(list)
    for i, version in enumerate(versions):
        unit = known[i]
        for key in [("sha256", version.sha256), *([("unit", *unit)] if unit else [])]:
            leader[find(i)] = find(first.setdefault(key, i))
        for j in beside[stem := version.file.rpartition(".")[0] or version.file]:
            if _may_be_one(version, versions[j]):
                leader[find(i)] = find(j)
        beside[stem].append(i)
    units: defaultdict[int, list[int]] = defaultdict(list)
    for i in range(len(versions)):
        units[find(i)].append(i)
    return list(units.values())


def _may_be_one(one: Version, other: Version) -> bool:
    years = {one.year, other.year} - {None}
    return len(years) < 2 and same_agency(one.agency or "", other.agency or "")


def _scope_of(
    silent: int,
    stated: Sequence[str],
    by_scope: Mapping[str, Sequence[int]],
    versions: Sequence[Version],
    numbers: Callable[[int], Numbers],
) -> str:
    if len(stated) < 2:
        return stated[0] if stated else "unknown"
    own = numbers(silent)
    fits = [
        scope
        for scope in stated
        if any(
            versions[i].sha256 == versions[silent].sha256 or (own and not _differing(own, numbers(i)))
            for i in by_scope[scope]
            if versions[i].scope == scope
        )
    ]
    return fits[0] if len(fits) == 1 else "unknown"


def _differing(one: Numbers, other: Numbers) -> int:
    return sum(one[address] != other[address] for address in one.keys() & other.keys())


def says_corrected(version: Version) -> bool:
    """Whether title or file name call the file a corrected version."""
    name = version.file.rpartition("/")[2]
    return any(pattern("versions", "corrected").search(twin(text)[1]) for text in (version.title, name))


def _preferred(members: Sequence[int], versions: Sequence[Version], read: Mapping[int, Numbers]) -> int:
    most = max(versions[i].tables for i in members)
    left = [i for i in members if versions[i].tables == most]
    if any(_differing(read[i], read[j]) for i, j in combinations(left, 2)):
        # Which numbers hold is at stake: the correction before its original, the later before the earlier.
        left = [i for i in left if says_corrected(versions[i])] or left
        left = _latest(left, versions)

    def order(i: int) -> tuple[int, int, str]:
        version = versions[i]
        rank = _FORMATS.index(version.reader) if version.reader in _FORMATS else len(_FORMATS)
        return (-version.certain, rank, version.file)

    return min(left, key=order)


def _latest(members: list[int], versions: Sequence[Version]) -> list[int]:
    """Those published last, where the dates say so; a month does not come before or after its days."""
    dated = [i for i in members if versions[i].published]
    if not dated:
        return members
    last = max(str(versions[i].published) for i in dated)
    latest = [i for i in dated if last.startswith(str(versions[i].published))]
    return latest if len(latest) < len(dated) else members


def _relation(i: int, best: int, versions: Sequence[Version], read: Mapping[int, Numbers]) -> Relation:
    one, other = versions[i], versions[best]
    if one.sha256 == other.sha256:
        return "duplicate"
    if not _differing(read[i], read[best]):
        if one.reader != other.reader:
            return "attachment"
        return "duplicate" if read[i] and read[i].keys() == read[best].keys() else "partial"
    pair = [i, best]
    told = says_corrected(one) != says_corrected(other) or len(_latest(pair, versions)) == 1
    return "corrected" if told else "conflict"
