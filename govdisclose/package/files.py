"""The files of a package, format by format."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from govdisclose.describe import describe, dictionary
from govdisclose.forms import Forms, Lang
from govdisclose.package import stata_tables, tables, wide, workbook
from govdisclose.package.about import About, citation, in_lang, readme, words
from govdisclose.package.changes import write_changes
from govdisclose.package.croissant import croissant
from govdisclose.package.descriptor import datapackage
from govdisclose.store import FILES


def write_files(
    panel: wide.Panel,
    out: Path,
    formats: Sequence[str],
    lang: Lang,
    previous: str | Path | None,
    forms: Forms,
    about: About,
) -> dict[str, str]:
    """Write all files of a package into a new folder; returns what was left out, and why."""
    (out / "parquet").mkdir()
    for name in FILES:
        shutil.copyfile(panel.dataset / f"{name}.parquet", out / "parquet" / f"{name}.parquet")
    left_out: dict[str, str] = {}
    if "csv" in formats:
        _csv(panel, out / "csv", about.bom)
    if "stata" in formats:
        left_out |= _stata(panel, out / "stata", forms, about, lang)
    if "xlsx" in formats:
        left_out |= _xlsx(panel, out / "xlsx", about, lang)
    _dictionary(out, forms, panel.variables, about)
    if previous is not None:
        write_changes(previous, panel.dataset, out, bom=about.bom)
    _text(out / "CITATION.cff", citation(about))
    readmes: dict[str, Lang] = {"README.md": "en", "README.zh.md": "zh"}
    data = _listed(out)
    for readme_name, which in readmes.items():
        _text(out / readme_name, readme(about, data, left_out, which))
    files = _listed(out)
    _json(out / "datapackage.json", datapackage(out, files, about, panel, forms))
    _json(out / "croissant.json", croissant(out, files, about))
    return left_out


def _listed(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def _csv(panel: wide.Panel, out: Path, bom: bool) -> None:
    out.mkdir()
    for name in FILES:
        tables.write_csv(panel.dataset, name, out / f"{name}.csv", bom=bom)
    tables.write_wide_csv(panel, out / "wide.csv", bom=bom)


def _stata(panel: wide.Panel, out: Path, forms: Forms, about: About, lang: Lang) -> dict[str, str]:
    out.mkdir()
    # The warning stands first: a label is cut at 80 characters.
    label = " ".join(part for part in (about.mark, f"govdisclose {about.summary.version[:16]}, {about.years}") if part)
    notes = [about.description(lang), f"sha256:{about.summary.version}"]
    notes += [
        f".{'abcdef'[i]} = {name}: {in_lang(words()['missing'][name], lang)}" for i, name in enumerate(wide.MISSING)
    ]
    labels = stata_tables.Labels(label, tuple(notes), lang)
    reasons: dict[str, str] = {"stata/wide.dta": stata_tables.write_wide(panel, out / "wide.dta", labels)}
    for table in stata_tables.TABLES:
        path = out / f"{table}.dta"
        reasons[f"stata/{path.name}"] = stata_tables.write_table(panel.dataset, table, path, forms, labels)
    return {name: reason for name, reason in reasons.items() if reason}


def _xlsx(panel: wide.Panel, out: Path, about: About, lang: Lang) -> dict[str, str]:
    out.mkdir()
    sheets = workbook.dataset_sheets(panel)
    reasons = {f"xlsx/govdisclose.xlsx, sheet {sheet.name}": sheet.too_large for sheet in sheets if sheet.too_large}
    listed: list[list[Any]] = [["", about.warning(each)] for each in ("zh", "en") if about.warning(each)]
    listed += [
        ["title", about.headline(lang)],
        ["description", about.description(lang)],
        ["data version", about.summary.version],
        *([f"sheet {sheet.name}", in_lang(words()["tables"][sheet.name], lang)] for sheet in sheets),
        *(["left out", f"{name}: {reason}"] for name, reason in reasons.items()),
    ]
    names = (about.mark or "govdisclose", "")
    first = workbook.Sheet("about", names, listed, len(listed))
    codebook = _codebook(panel.variables)
    last = workbook.Sheet("variables", codebook[0], codebook[1], len(codebook[1]))
    written = [first, *(sheet for sheet in sheets if not sheet.too_large), last]
    workbook.write_xlsx(
        out / "govdisclose.xlsx", written, title=about.headline(lang), warn=bool(about.summary.synthetic)
    )
    return reasons


def _dictionary(out: Path, forms: Forms, known: Sequence[wide.Variable], about: About) -> None:
    for lang in get_args(Lang):
        warning = about.warning(lang)
        text = describe(forms, fmt="md", lang=lang)
        _text(out / f"dictionary.{lang}.md", f"**{warning}**\n\n{text}" if warning else text)
    entries = dictionary(forms)
    tables.write_rows(out / "dictionary.csv", list(entries[0]), [list(e.values()) for e in entries], bom=about.bom)
    tables.write_rows(out / "variables.csv", *_codebook(known), bom=about.bom)


def _codebook(known: Sequence[wide.Variable]) -> tuple[Sequence[str], list[list[str]]]:
    """The cells of the wide table: their names in Stata, their addresses, and what they count."""
    header = ("variable", "id", "table", "row", "column", "name_zh", "name_en", "unit")
    return header, [[v.name, v.id, *v.address, v.zh, v.en, v.unit] for v in known]


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _json(path: Path, data: object) -> None:
    _text(path, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
