"""How far a dataset can be trusted: relation by year, whose faults, evidence, and what each blank policy does.

Every function takes a dataset folder that `build` wrote and gives a plain frame, whose column `synthetic` tells whether
any of the data are invented. The preferred file of each agency, year and scope counts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from govdisclose.blanks import POLICIES, with_blanks
from govdisclose.forms import Forms, Lang, load
from govdisclose.model import Evidence, Fault, RelationState
from govdisclose.store import load as load_panel
from govdisclose.store import load_table
from govdisclose.synthesis import is_synthetic

if TYPE_CHECKING:
    import pandas as pd

Years = Iterable[int] | None
STATES: tuple[RelationState, ...] = get_args(RelationState)
_GRAVE = ("error", "warning")


@lru_cache(maxsize=1)
def _names() -> dict[tuple[str, str], tuple[str, str]]:
    text = resources.files("govdisclose").joinpath("names.csv").read_text(encoding="utf-8")
    return {(line["kind"], line["id"]): (line["zh"], line["en"]) for line in csv.DictReader(text.splitlines())}


def short_name(kind: str, name: str, lang: Lang = "zh") -> str:
    """A short name for a figure, from `names.csv`; the id itself where there is none.

    >>> short_name("evidence", "proved", "en"), short_name("relation", "own_relation", "en")
    ('proved', 'own_relation')
    """
    zh, en = _names().get((kind, name), (name, name))
    return zh if lang == "zh" else en


def _reports(processed: str | Path, years: Years) -> pd.DataFrame:
    reports = load_table(processed, "reports")
    kept = reports[reports["preferred"]]
    return kept if years is None else kept[kept["year"].isin(list(years))]


def relation_years(processed: str | Path, *, years: Years = None) -> pd.DataFrame:
    """For every relation and year, how often it holds, cannot be told, or fails on the printed numbers.

    Returns
    -------
    pandas.DataFrame
        Index `relation`, `year`; columns `holds`, `undetermined`, `fails` (shares of the rows or columns it
        was judged at) and `n`.
    """
    import pandas as pd

    years_of = _reports(processed, years).set_index("report_id")["year"]
    relations = load_table(processed, "relations")
    relations = relations[relations["report_id"].isin(years_of.index)]
    year = relations["report_id"].astype(str).map(years_of)
    keys = [relations["relation"].astype(str), year.rename("year")]
    counts = pd.crosstab(keys, relations["state"].astype(str)).reindex(columns=list(STATES), fill_value=0)
    n = counts.sum(axis=1)
    out = counts.div(n, axis=0).assign(n=n)
    order = {name: i for i, (kind, name) in enumerate(_names()) if kind == "relation"}
    out.columns.name = None
    out["synthetic"] = is_synthetic(processed)
    return out.sort_index(level="relation", key=lambda ids: ids.map(order) if ids.name == "relation" else ids)


def faults(processed: str | Path, *, years: Years = None) -> pd.DataFrame:
    """Errors and warnings by kind, and whose fault they are.

    Returns
    -------
    pandas.DataFrame
        Index `severity`, `relation`; columns `source`, `reading`, `undecided` (findings), `corrected` (of
        them, settled by a correction) and `reports`.
    """
    import pandas as pd

    findings = load_table(processed, "findings")
    findings = findings[findings["severity"].isin(_GRAVE)]
    findings = findings[findings["report_id"].isin(_reports(processed, years)["report_id"])]
    keys = [findings["severity"].astype(str), findings["relation"].astype(str)]
    out = pd.crosstab(keys, findings["fault"].astype(str)).reindex(columns=list(get_args(Fault)), fill_value=0)
    grouped = findings.groupby(keys)
    out["corrected"] = grouped["corrected"].sum().astype(int)
    out["reports"] = grouped["report_id"].nunique()
    out.columns.name = None
    out["synthetic"] = is_synthetic(processed)
    return out.sort_values(["severity", "reports"], ascending=[True, False])


def look_first(processed: str | Path, *, years: Years = None, n: int = 20, lang: Lang = "zh") -> pd.DataFrame:
    """The reports to look at first, and why.

    What could not be read comes first, then what has most standing errors, then most numbers in doubt, then
    most warnings. What a correction settles does not count.

    Returns
    -------
    pandas.DataFrame
        At most `n` rows: `file`, `agency`, `year`, `errors`, `in_doubt` (cells in conflict or unreadable),
        `warnings`, `why`.
    """
    import pandas as pd

    every = load_table(processed, "reports")
    unread = every[every["error_type"] != ""]
    reports = pd.concat([unread, _reports(processed, years)]).set_index("report_id")
    findings = load_table(processed, "findings")
    standing = findings[~findings["corrected"]]
    cells = load_table(processed, "cells")
    doubted = cells.loc[cells["evidence"] == "conflict", "report_id"].astype(str).value_counts()
    counts = {
        f"{name}s": standing.loc[standing["severity"] == name, "report_id"].astype(str).value_counts()
        for name in _GRAVE
    }
    out = reports[["file", "agency", "year"]].copy()
    for name, found in {"errors": counts["errors"], "in_doubt": doubted, "warnings": counts["warnings"]}.items():
        out[name] = found.reindex(out.index.astype(str), fill_value=0).to_numpy()
    out["unread"] = out.index.isin(unread["report_id"])
    counts_of = out[["unread", "errors", "in_doubt", "warnings"]].itertuples(index=False, name=None)
    kinds = standing[standing["severity"] == "error"].groupby("report_id", observed=True)["relation"].unique()
    named = [tuple(map(str, kinds.get(report, ()))) for report in out.index]
    out["why"] = [
        _why(bool(u), [int(c) for c in counts], names, lang)
        for (u, *counts), names in zip(counts_of, named, strict=True)
    ]
    order = ["unread", "errors", "in_doubt", "warnings"]
    out = out.sort_values(order, ascending=False, kind="stable").drop(columns="unread")
    out["synthetic"] = is_synthetic(processed)
    return out[out["why"] != ""].head(n).reset_index(drop=True)


def _why(unread: bool, counts: Sequence[int], kinds: Sequence[str], lang: Lang) -> str:
    if unread:
        return short_name("reason", "unread", lang)
    gap, comma, left, right = ("", "，", "（", "）") if lang == "zh" else (" ", ", ", " (", ")")
    named = zip(counts, ("errors", "conflict", "warnings"), strict=True)
    said = [f"{count}{gap}{short_name('reason', name, lang)}" for count, name in named if count]
    if kinds:
        said[0] += left + comma.join(short_name("relation", kind, lang) for kind in kinds) + right
    return comma.join(said)


def evidence_shares(processed: str | Path, *, years: Years = None) -> pd.DataFrame:
    """What the numbers of each table rest on, by format of the file.

    Returns
    -------
    pandas.DataFrame
        Index `table`, `reader`; columns `proved`, `agreed`, `read`, `conflict` (shares of the cells that are
        printed) and `n`.
    """
    import pandas as pd

    reader = _reports(processed, years).set_index("report_id")["reader"].astype(str)
    cells = load_table(processed, "cells")
    cells = cells[cells["report_id"].isin(reader.index) & (cells["state"] != "absent")]
    keys = [cells["table"].astype(str), cells["report_id"].astype(str).map(reader).rename("reader")]
    counts = pd.crosstab(keys, cells["evidence"].astype(str)).reindex(columns=list(get_args(Evidence)), fill_value=0)
    n = counts.sum(axis=1)
    out = counts.div(n, axis=0).assign(n=n)
    out.columns.name = None
    out["synthetic"] = is_synthetic(processed)
    order = {table: i for i, table in enumerate(load().table_ids)}
    return out.sort_index(level="table", key=lambda ids: ids.map(order) if ids.name == "table" else ids)


def blank_policies(
    processed: str | Path, *, years: Years = None, tables: str | Iterable[str] = "requests", forms: Forms | None = None
) -> pd.DataFrame:
    """What an analysis gains and loses by each policy for blanks.

    Returns
    -------
    pandas.DataFrame
        One row a policy: `numbers` (cells with a number), `filled` (of them blanks and dashes counted as
        zero), `complete` (tables in which every printed cell has a number), `tables` (all), and of the
        relations then judged `hold`, `fail`, `open`. A relation that fails under `as_zero` and not under
        `as_missing` is a blank that was no zero.
    """
    import pandas as pd

    from govdisclose.blanks import judged_panel

    panel = load_panel(processed, years=None if years is None else list(years), tables=tables)
    panel = panel[panel["state"] != "absent"]
    keys = [panel["report_id"].astype(str), panel["table"].astype(str)]
    rows = []
    for policy in POLICIES:
        numbers = with_blanks(panel, policy, forms=forms)
        complete = numbers.notna().groupby(keys).all()
        judged = judged_panel(panel, numbers, forms=forms)
        rows.append(
            {
                "policy": policy,
                "numbers": int(numbers.notna().sum()),
                "filled": int((numbers.notna() & panel["adjusted"].isna()).sum()),
                "complete": int(complete.sum()),
                "tables": len(complete),
                "hold": judged["holds"],
                "fail": judged["fails"],
                "open": judged["undetermined"],
            }
        )
    return pd.DataFrame(rows).set_index("policy").assign(synthetic=is_synthetic(processed))
