"""What changed in the data between two builds: reports that came, went or changed, and every cell that differs.

Reports are matched by path, and where a path is gone, by the bytes of the file. Both datasets are read side by side,
a report at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

from govdisclose.forms import Lang
from govdisclose.package.about import in_lang, words
from govdisclose.package.content import batches, by_report, data_hash
from govdisclose.package.tables import csv_lines, write_rows
from govdisclose.store import _checked as checked

What = Literal["appeared", "disappeared", "moved", "new_file", "report", "cell"]
Why = Literal["new_file", "correction", "software", ""]

_REPORT = ("agency", "year", "published", "scope", "title", "preferred", "relation", "error_type")
_CELL = ("report_id", "table", "row", "column", "value", "adjusted", "state", "evidence", "unit")
_COMPARED = _CELL[4:]
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `field` is the column that differs; `old` and `new` are its content as text, "" where nothing
    is there. `why`: `new_file` (the file has other bytes), `correction` (one was applied, changed or taken back),
    `software` (the same bytes are read in another way: a new version, other forms), or "" (nothing was read again)."""

    what: What
    file: str
    agency: str
    year: str
    table: str = ""
    row: str = ""
    column: str = ""
    field: str = ""
    old: str = ""
    new: str = ""
    why: Why = ""


FIELDS = tuple(f.name for f in fields(Change))
"""Columns of changes.csv."""


def compare(old: str | Path, new: str | Path) -> Iterator[Change]:
    """Every difference between two datasets, in the order of the files.

    Parameters
    ----------
    old, new
        Folders that `build` wrote.

    Yields
    ------
    Change
        First the reports, then the cells. The cells of a report that appeared or disappeared are not listed.

    Raises
    ------
    DatasetError
        A folder is missing, incomplete, or of another version.

    Examples
    --------
    >>> list(compare("no-such-folder", "processed"))
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    before, after = checked(old), checked(new)
    reports = _reports(before), _reports(after)
    pairs = _pairs(*reports)
    yield from _report_changes(*reports, pairs)
    corrected = _corrections(before), _corrections(after)
    same = {b: a for a, b in pairs.items()}
    for report_id, cells in _both(before, after, pairs):
        report = reports[1][report_id]
        changed = reports[0][same[report_id]]["sha256"] != report["sha256"]
        decided = [rows.get(i, {}) for rows, i in zip(corrected, (same[report_id], report_id), strict=True)]
        yield from _cell_changes(report, *cells, decided, changed)


def _reports(folder: Path) -> dict[str, dict[str, Any]]:
    tables = batches(folder, "reports", ("report_id", "file", "sha256", *_REPORT))
    return {row["report_id"]: row for table in tables for row in table.to_pylist()}


def _pairs(old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """Old report_id → new report_id, one to one."""
    by_file = {row["file"]: i for i, row in new.items()}
    pairs = {i: by_file[row["file"]] for i, row in old.items() if row["file"] in by_file}
    taken = set(pairs.values())
    free: dict[str, list[str]] = {}
    for i, row in new.items():
        if i not in taken and row["sha256"]:
            free.setdefault(row["sha256"], []).append(i)
    for i, row in old.items():
        if i not in pairs and free.get(row["sha256"]):
            pairs[i] = free[row["sha256"]].pop(0)
    return pairs


def _report_changes(
    old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]], pairs: Mapping[str, str]
) -> Iterator[Change]:
    same = {b: a for a, b in pairs.items()}
    rows = sorted(
        [(row["file"], i, "new") for i, row in new.items()]
        + [(row["file"], i, "old") for i, row in old.items() if i not in pairs]
    )
    for _, i, side in rows:
        if side == "old":
            yield _change("disappeared", old[i])
        elif i not in same:
            yield _change("appeared", new[i])
        else:
            yield from _one_report(old[same[i]], new[i])


def _one_report(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if old["file"] != new["file"]:
        yield _change("moved", new, field="file", old=old["file"], new=new["file"])
    changed = old["sha256"] != new["sha256"]
    if changed:
        yield _change("new_file", new, field="sha256", old=_text(old["sha256"]), new=_text(new["sha256"]))
    for name in _REPORT:
        if old[name] != new[name]:
            # `preferred` and `relation` follow from what other files there are, too.
            why: Why = "new_file" if changed else "" if name in ("preferred", "relation") else "software"
            yield _change("report", new, field=name, old=_text(old[name]), new=_text(new[name]), why=why)


def _change(what: What, report: Mapping[str, Any], **more: Any) -> Change:
    return Change(what, report["file"], _text(report["agency"]), _text(report["year"]), **more)


def _text(value: Any) -> str:
    """
    >>> _text(3.0), _text(None), _text(True), _text(0.5)
    ('3', '', 'true', '0.5')
    """
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# --- cells ------------------------------------------------------------------------------------------------------------

Rows = dict[tuple[str, str, str], tuple[Any, ...]]


def _both(before: Path, after: Path, pairs: Mapping[str, str]) -> Iterator[tuple[str, tuple[Rows, Rows]]]:
    """The cells of every report that both hold and that differ, by the new report_id."""
    wanted = set(pairs.values())
    earlier = ((pairs[i], table) for i, table in _each(before) if i in pairs)
    waiting: dict[str, Any] = {}
    empty = None
    for i, table in _each(after):
        empty = table.slice(0, 0)
        if i not in wanted:
            continue
        while i not in waiting:
            found = next(earlier, None)
            if found is None:
                waiting[i] = empty
            else:
                waiting[found[0]] = found[1]
        last = waiting.pop(i)
        if not last.equals(table):
            yield i, (_rows(last), _rows(table))
    for i, last in (*waiting.items(), *earlier):  # the cells are gone
        yield i, (_rows(last), {})


def _each(folder: Path) -> Iterator[tuple[str, Any]]:
    """The cells of one report after another, without the report_id."""
    import numpy as np
    import pyarrow as pa

    for table in by_report(folder, "cells", _CELL):
        ids = table["report_id"].combine_chunks().to_numpy(zero_copy_only=False)
        starts = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(ids)] if len(ids) else []
        rest = table.drop_columns("report_id")
        words = pa.table(
            [c.cast(pa.string()) if pa.types.is_dictionary(c.type) else c for c in rest.columns], rest.column_names
        )
        for start, stop in pairwise(starts):
            yield str(ids[start]), words.slice(start, stop - start)


def _rows(table: Any) -> Rows:
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return {row[:3]: row[3:] for row in rows}


def _corrections(folder: Path) -> dict[str, dict[tuple[str, str, str], str]]:
    """report_id → address → what the corrections applied there say."""
    found: dict[str, dict[tuple[str, str, str], str]] = {}
    for table in batches(
        folder, "corrections", ("report_id", "table", "row", "column", "was", "now", "kind", "status")
    ):
        for row in table.to_pylist():
            if row["status"] == "applied":
                address = (row["table"], row["row"], row["column"])
                cell = found.setdefault(row["report_id"], {})
                cell[address] = cell.get(address, "") + f"{row['kind']} {row['was']} {row['now']};"
    return found


def _cell_changes(
    report: Mapping[str, Any],
    old: Rows,
    new: Rows,
    decided: Sequence[Mapping[tuple[str, str, str], str]],
    changed: bool,
) -> Iterator[Change]:
    nothing = (None,) * len(_COMPARED)
    for address in dict.fromkeys((*new, *old)):
        was, now = old.get(address, nothing), new.get(address, nothing)
        if was == now:
            continue
        correction = decided[0].get(address) != decided[1].get(address)
        why: Why = "new_file" if changed else "correction" if correction else "software"
        table, row, column = address
        where = {"table": table, "row": row, "column": column}
        for name, a, b in zip(_COMPARED, was, now, strict=True):
            follows = name == "adjusted" and (a, b) == (was[0], now[0])  # says nothing that `value` does not
            before, after = _text(a), _text(b)
            if before != after and not follows:
                yield _change("cell", report, **where, field=name, old=before, new=after, why=why)


# --- written ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Digest:
    """What a text needs of a long list of changes: how many of each kind, and the first ones."""

    counts: Counter[tuple[What, str, Why]] = field(default_factory=Counter)
    first: dict[What, list[Change]] = field(default_factory=dict)

    def watch(self, listed: Iterable[Change]) -> Iterator[tuple[str, ...]]:
        """Pass the changes on as rows of text."""
        for change in listed:
            self.counts[change.what, change.field if change.what in ("report", "cell") else "", change.why] += 1
            kept = self.first.setdefault(change.what, [])
            if len(kept) < _SHOWN:
                kept.append(change)
            yield astuple(change)


def write_changes(old: str | Path, new: str | Path, folder: Path, *, bom: bool = True) -> None:
    """Write changes.csv and changes.md into a folder."""
    digest = _Digest()
    write_rows(folder / "changes.csv", FIELDS, digest.watch(compare(old, new)), bom=bom)
    text = "\n".join(_markdown(digest, data_hash(old), data_hash(new), lang) for lang in get_args(Lang))
    (folder / "changes.md").write_text(text, encoding="utf-8", newline="\n")


def changes_text(old: str | Path, new: str | Path, *, fmt: Literal["md", "csv"] = "md", lang: Lang = "zh") -> str:
    """What changed, as Markdown in one language or as CSV.

    Raises
    ------
    DatasetError
        A folder is missing, incomplete, or of another version.

    Examples
    --------
    >>> changes_text("no-such-folder", "processed")
    Traceback (most recent call last):
        ...
    govdisclose.errors.DatasetError: no-such-folder: no such folder; write it with build(raw, processed)
    """
    digest = _Digest()
    rows = digest.watch(compare(old, new))
    if fmt == "csv":
        return "".join(csv_lines(FIELDS, rows))
    for _ in rows:
        pass
    return _markdown(digest, data_hash(old), data_hash(new), lang)


def _markdown(digest: _Digest, old: str, new: str, lang: Lang) -> str:
    """The changes as a text: counts, then the first of each kind."""

    def say(key: str) -> str:
        return in_lang(words()["changes"][key], lang)

    lines = [f"# {say('title')}", "", f"`{old[:16]}` → `{new[:16]}`", ""]
    if not digest.counts:
        return "\n".join([*lines, say("none"), ""])
    lines += [f"| {say('what')} | {say('field')} | {say('why')} | n |", "|---|---|---|---|"]
    kinds: tuple[What, ...] = get_args(What)
    for (what, name, why), n in sorted(digest.counts.items(), key=lambda item: (kinds.index(item[0][0]), item[0])):
        because = in_lang(words()["changes"]["because"][why], lang) if why else ""
        lines.append(f"| {say(what)} | {f'`{name}`' if name else ''} | {because} | {n} |")
    for what in kinds:
        shown = digest.first.get(what, [])
        left = sum(n for key, n in digest.counts.items() if key[0] == what) - len(shown)
        lines += ["", f"## {say(what)}", "", *(f"- {_line(change)}" for change in shown)] if shown else []
        lines += [f"- … {left} ({say('more')})"] if left else []
    return "\n".join(lines) + "\n"


def _line(change: Change) -> str:
    """One change in one line.

    >>> _line(Change("cell", "a.pdf", "甲县", "2022", "requests", "new", "total", "value", "1", "2", "software"))
    '甲县 2022, `a.pdf`: requests.new.total value 1 → 2 (software)'
    """
    place = ".".join(part for part in (change.table, change.row, change.column) if part)
    differs = f": {' '.join(part for part in (place, change.field) if part)} {change.old or '–'} → {change.new or '–'}"
    reason = f" ({change.why})" if change.why else ""
    name = " ".join(part for part in (change.agency, change.year) if part)
    about = ", ".join(part for part in (name, f"`{change.file}`") if part)
    return " ".join(f"{about}{differs if change.field else ''}{reason}".split())
