"""A new year's files against the year before: what came in, what is missing, what is new, what to do next.

Everything is read from a dataset that `build` wrote. Agencies are told by `regions`, through spellings and renames,
or else by their printed names; where a name is new, the requests that it carried in show whose successor it may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from govdisclose.clean import is_value
from govdisclose.errors import UsageError
from govdisclose.identity.titles import same_agency
from govdisclose.regions import attach, expected_coverage
from govdisclose.regions.expected import keys
from govdisclose.regions.resolving import records
from govdisclose.store import load, load_table
from govdisclose.versions import agency_key, agency_keys

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = ("unknown_row", "unknown_column")
"""Findings about a label that no form knows."""
_CARRIED_OUT = ("requests", "carried_out")
_CARRIED_IN = ("requests", "carried_in")


@dataclass(frozen=True, slots=True)
class NewYear:
    """What a year brings against the year before; each part a plain frame, empty where there is nothing.

    Attributes
    ----------
    year
        The report year looked at.
    came_in
        Preferred reports of the year: `agency`, `scope`, `file`, `n_numbers`, `n_unreadable`, `n_findings`.
    missing
        Agencies that reported the year before and are not here: `agency`, `last_file`.
    silent
        Further agencies that the list of who should report names and that are not here: `agency`, `scope`, `status`
        (`missing`, or `unreadable`: a file is there).
    renamed
        Agencies that print another name than the year before: `agency`, `was`, and `because`: `known` (regions tells
        that the two are one), `name` (they say the same, one longer), `carried_over` (the new name carries in what
        the old one carried out, and no other does: look whether it is so).
    appeared
        Agencies that are here and were not the year before: `agency`, `file`.
    unreadable
        Files in the year's folder that could not be read: `file`, `error`.
    misfiled
        Files in the year's folder that report on another year, or state none: `file`, `agency`, `year`.
    rivals
        Files of the year that hold other numbers for an agency than the file that counts: `agency`, `file`, `instead`,
        and `because`: `conflict` (nothing says which numbers hold), `other_name` (they print two names of one agency).
    labels
        Labels that no form knows: `label`, `kind` (`unknown_row`, `unknown_column`), `reports`, `first_file`.
    relations
        Relations that fail now and did not fail in the same agency's report the year before, and those between the
        two years: `agency`, `file`, `relation`, `at`, `left`, `right`.
    """

    year: int
    came_in: pd.DataFrame
    missing: pd.DataFrame
    silent: pd.DataFrame
    renamed: pd.DataFrame
    appeared: pd.DataFrame
    unreadable: pd.DataFrame
    misfiled: pd.DataFrame
    rivals: pd.DataFrame
    labels: pd.DataFrame
    relations: pd.DataFrame


def new_year(
    processed: str | Path, year: int, *, agencies: str | Path | None = None, expected: str | Path | None = None
) -> NewYear:
    """Compare one report year of a dataset with the year before.

    Parameters
    ----------
    processed
        The folder that `build` wrote.
    year
        The report year (统计年度), not the year of publication.
    agencies
        A file that says who an agency is (`data/agencies.csv`), for what its name alone does not tell.
    expected
        A file that says who should report (`data/expected.csv`).

    Returns
    -------
    NewYear

    Raises
    ------
    DatasetError
        The folder is missing, incomplete, or of another version.
    UsageError
        The dataset has neither a report nor a file of that year.

    Examples
    --------
    >>> new_year("no-such-folder", 2025)
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    reports = _reports(processed, agencies)
    now, before = _of_year(reports, year), _of_year(reports, year - 1)
    folder = reports[[str(year) in PurePosixPath(file).parts[:-1] for file in reports["file"]]]
    if now.empty and folder.empty:
        years = sorted(int(y) for y in reports["year"].dropna().unique())
        raise UsageError(
            f"{processed}: no report of {year} and no file in a folder {year}; it has {years}; put the files into"
            f" data/raw/{year} and build again"
        )
    pairs = _same(now, before)
    missing = before.drop(index=[old for _, old in pairs])
    appeared = now.drop(index=[new for new, _ in pairs])
    heirs = _heirs(processed, missing, appeared, year)
    failed = folder[folder["error"].notna() & (folder["error"] != "")]
    other = folder.drop(index=failed.index)
    misfiled = other[~(other["year"] == year).fillna(False)]
    return NewYear(
        year=year,
        came_in=_plain(now, "agency", "scope", "file", "n_numbers", "n_unreadable", "n_findings"),
        missing=_plain(missing.drop(index=[old for _, old in heirs]), "agency", "file", file="last_file"),
        silent=_silent(reports, year, missing, expected, agencies),
        renamed=_renamed(now, before, pairs, heirs),
        appeared=_plain(appeared.drop(index=[new for new, _ in heirs]), "agency", "file"),
        unreadable=_plain(failed, "file", "error"),
        misfiled=_plain(misfiled, "file", "agency", "year"),
        rivals=_rivals(reports, now, year),
        labels=_labels(processed, now),
        relations=_newly_failing(processed, now, before, pairs),
    )


def paired(
    processed: str | Path, year: int, *, alone: bool = False, agencies: str | Path | None = None
) -> pd.DataFrame:
    """The reports of a year and of the year before that are one agency's.

    Parameters
    ----------
    alone
        Whether to give reports without one of the year before as well.
    agencies
        As for `new_year`.

    Returns
    -------
    pandas.DataFrame
        `agency` (as printed in the year), `now` and `last`: ids of the two reports, `last` empty where there is none.
    """
    import pandas as pd

    reports = _reports(processed, agencies)
    now, before = _of_year(reports, year), _of_year(reports, year - 1)
    last = {new: str(before.at[old, "report_id"]) for new, old in _same(now, before)}
    chosen = [index for index in now.index if alone or index in last]
    rows = [(now.at[i, "agency"], str(now.at[i, "report_id"]), last.get(i, "")) for i in chosen]
    return pd.DataFrame(rows, columns=["agency", "now", "last"], dtype=str)


def _reports(processed: str | Path, agencies: str | Path | None) -> pd.DataFrame:
    """The reports with `who`, the same for one agency whatever it is called."""
    reports = attach(load_table(processed, "reports"), overrides=agencies)
    named = records(reports[["agency", "year", "file"]])
    names = agency_keys((row["agency"], row["year"], row["file"]) for row in named)
    return reports.assign(who=[i or name for i, name in zip(reports["agency_id"].fillna(""), names, strict=True)])


def _of_year(reports: pd.DataFrame, year: int) -> pd.DataFrame:
    """The reports of a year that count: one an agency and scope, of several names the one with most numbers."""
    chosen = reports[(reports["year"] == year).fillna(False) & reports["preferred"] & reports["agency"].notna()]
    chosen = chosen.sort_values(["n_numbers", "report_id"], ascending=[False, True])
    return chosen.drop_duplicates(["who", "scope"]).sort_values(["agency", "scope", "file"])


def _rivals(reports: pd.DataFrame, now: pd.DataFrame, year: int) -> pd.DataFrame:
    import pandas as pd

    counted = now.set_index(["who", "scope"])["file"]
    known = reports[(reports["year"] == year).fillna(False) & ~reports.index.isin(now.index)]
    rows = [
        (row["agency"], row["file"], counted.get((row["who"], row["scope"])), "conflict" if told else "other_name")
        for row in records(known)
        if (told := row["relation"] == "conflict") or row["preferred"]
    ]
    return pd.DataFrame(rows, columns=["agency", "file", "instead", "because"], dtype=str)


def _silent(
    reports: pd.DataFrame,
    year: int,
    missing: pd.DataFrame,
    expected: str | Path | None,
    agencies: str | Path | None,
) -> pd.DataFrame:
    """Who should have reported and is not named as missing already."""
    import pandas as pd

    if expected is None:
        return pd.DataFrame(columns=["agency", "scope", "status"], dtype=str)
    found = expected_coverage(reports, expected, years=[year], overrides=agencies)
    named = keys(missing, missing["agency_id"])
    return _plain(
        found[found["status"].isin(["missing", "unreadable"]) & ~found["agency_id"].isin(named)],
        "agency",
        "scope",
        "status",
    )


def _plain(frame: pd.DataFrame, *columns: str, **names: str) -> pd.DataFrame:
    return frame[list(columns)].rename(columns=names).reset_index(drop=True)


def _same(now: pd.DataFrame, before: pd.DataFrame) -> list[tuple[int, int]]:
    """Index labels (this year, year before) of one agency's reports: by the same name, then by one that says the same.

    A longer or shorter name is taken only where it fits one report each way.
    """
    pairs: list[tuple[int, int]] = []
    for names in (_exact(now, before), _alike(now, before)):
        done = {new for new, _ in pairs}, {old for _, old in pairs}
        pairs += [(new, old) for new, old in names if new not in done[0] and old not in done[1]]
    return pairs


def _exact(now: pd.DataFrame, before: pd.DataFrame) -> Iterator[tuple[int, int]]:
    at: dict[str, list[int]] = {}
    for index, who in before["who"].items():
        at.setdefault(str(who), []).append(index)  # type: ignore[arg-type]
    for index, who in now["who"].items():
        found = at.get(str(who), [])
        scope = str(now.at[index, "scope"])
        found.sort(key=lambda old: str(before.at[old, "scope"]) != scope)
        if found:
            yield index, found.pop(0)  # type: ignore[misc]


def _alike(now: pd.DataFrame, before: pd.DataFrame) -> Iterator[tuple[int, int]]:
    both = set(now["who"]) & set(before["who"])
    new, old = (frame.loc[~frame["who"].isin(both), "agency"].to_dict() for frame in (now, before))
    fits = [(i, j) for i, a in new.items() for j, b in old.items() if same_agency(a, b)]
    for i, j in fits:
        if sum(a == i for a, _ in fits) == 1 and sum(b == j for _, b in fits) == 1:
            yield i, j  # type: ignore[misc]


def _heirs(processed: str | Path, missing: pd.DataFrame, appeared: pd.DataFrame, year: int) -> list[tuple[int, int]]:
    """Index labels (this year, year before) of names that may be one agency's: what one carried out, one carries in."""
    if missing.empty or appeared.empty:
        return []
    panel = load(processed, years=[year - 1, year], tables="requests")
    left = _rows(panel, missing["report_id"], _CARRIED_OUT)
    taken = _rows(panel, appeared["report_id"], _CARRIED_IN)
    pairs = []
    for old, report in missing["report_id"].items():
        row = left.get(report)
        heirs = [new for new, other in appeared["report_id"].items() if row and taken.get(other) == row]
        if len(heirs) == 1 and sum(carried == row for carried in left.values()) == 1:
            pairs.append((heirs[0], old))
    return pairs  # type: ignore[return-value]


def _renamed(
    now: pd.DataFrame, before: pd.DataFrame, pairs: Sequence[tuple[int, int]], heirs: Sequence[tuple[int, int]]
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for new, old in (*pairs, *heirs):
        names = str(now.at[new, "agency"]), str(before.at[old, "agency"])
        if agency_key(names[0]) != agency_key(names[1]):
            same = str(now.at[new, "who"]) == str(before.at[old, "who"])
            rows.append((*names, "carried_over" if (new, old) in heirs else "known" if same else "name"))
    return pd.DataFrame(rows, columns=["agency", "was", "because"], dtype=str)


def _rows(
    panel: pd.DataFrame, reports: Sequence[str] | pd.Series[str], address: tuple[str, str]
) -> dict[str, tuple[tuple[str, float], ...]]:
    """The numbers above zero of one row, by report; reports without any are left out: zeros prove nothing."""
    wanted = panel["report_id"].isin(list(reports)) & (panel["row"] == address[1]) & (panel["value"] > 0)
    out: dict[str, list[tuple[str, float]]] = {}
    for report, column, value in panel.loc[wanted, ["report_id", "column", "value"]].itertuples(index=False):
        out.setdefault(str(report), []).append((str(column), float(value)))
    return {report: tuple(sorted(numbers)) for report, numbers in out.items()}


def _labels(processed: str | Path, now: pd.DataFrame) -> pd.DataFrame:
    findings = load_table(processed, "findings")
    files = dict(zip(now["report_id"], now["file"], strict=True))
    found = findings[findings["relation"].isin(UNKNOWN) & findings["report_id"].isin(list(files))]
    found = found.assign(file=[files[str(report)] for report in found["report_id"]])
    found = found.assign(label=[_label(str(actual)) for actual in found["actual"]], kind=found["relation"].astype(str))
    grouped = found.groupby(["label", "kind"], sort=True)
    out = grouped.agg(reports=("report_id", "nunique"), first_file=("file", "min")).reset_index()
    return out.sort_values(["reports", "label"], ascending=[False, True], ignore_index=True)


def _label(line: str) -> str:
    """The words of a line that was not understood, without its values.

    >>> _label("something new | 5 | / | 74")
    'something new'
    """
    return " ".join(part for part in line.split(" | ") if part and not is_value(part))


def _newly_failing(
    processed: str | Path, now: pd.DataFrame, before: pd.DataFrame, pairs: Sequence[tuple[int, int]]
) -> pd.DataFrame:
    judged = load_table(processed, "relations")
    failing = judged[judged["adjusted"] == "fails"]
    last = {now.at[new, "report_id"]: before.at[old, "report_id"] for new, old in pairs}
    old = {
        (str(report), str(relation), str(at))
        for report, relation, at in failing[["report_id", "relation", "at"]].itertuples(index=False)
    }
    about = now.set_index("report_id")
    here = failing[failing["report_id"].isin(list(now["report_id"]))]
    fresh = [
        (last.get(str(report)), str(relation), str(at)) not in old
        for report, relation, at in here[["report_id", "relation", "at"]].itertuples(index=False)
    ]
    here = here.iloc[[i for i, is_fresh in enumerate(fresh) if is_fresh]]
    whose = about.loc[list(here["report_id"]), ["agency", "file"]]
    here = here.assign(agency=whose["agency"].to_numpy(), file=whose["file"].to_numpy())
    here = here.sort_values(["file", "relation", "at"])
    return _plain(here, "agency", "file", "relation", "at", "left", "right")
