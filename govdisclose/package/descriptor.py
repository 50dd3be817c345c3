"""`datapackage.json`: the package as a Frictionless Data Package (v1), every table with its schema."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from govdisclose.forms import Forms
from govdisclose.package.about import NAME, About, in_lang, keywords, words
from govdisclose.package.content import batches
from govdisclose.package.stata_tables import vocabulary
from govdisclose.package.wide import ABOUT, COUNTED, MISSING, Panel, Variable
from govdisclose.store import FILES, Column, FileName, columns

_TYPES = {
    "string": "string",
    "category": "string",
    "int32": "integer",
    "float64": "number",
    "bool": "boolean",
    "list<double>": "array",
    "list<string>": "array",
}
_KEYS: dict[str, list[str]] = {"reports": ["report_id"], "cells": ["report_id", "table", "row", "column"]}
_MEDIA = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "dta": "application/x-stata-dta",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown",
    "cff": "application/yaml",
}


def datapackage(folder: Path, files: Sequence[str], about: About, panel: Panel, forms: Forms) -> dict[str, Any]:
    """The descriptor of a package whose `files` lie in `folder`."""
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": NAME,
        "id": f"sha256:{about.summary.version}",
        "title": about.headline("en"),
        "title_zh": about.headline("zh"),
        "description": about.description("en"),
        "description_zh": about.description("zh"),
        "version": about.version,
        "synthetic": bool(about.summary.synthetic),
        "keywords": keywords(about),
        "contributors": [{"title": author, "role": "author"} for author in about.authors],
        "sources": [{"title": words()["source"]["en"], "title_zh": words()["source"]["zh"]}],
        "resources": [_resource(folder, name, about, panel, forms) for name in files],
    }
    if about.licence:
        package["licenses"] = [{"name": about.licence}]
    if about.summary.latest:
        package["created"] = f"{about.summary.latest}T00:00:00Z"
    return package


def _resource(folder: Path, name: str, about: About, panel: Panel, forms: Forms) -> dict[str, Any]:
    ending = name.rpartition(".")[2]
    found: dict[str, Any] = {
        "name": name.replace("/", "-").replace(".", "-").lower(),
        "path": name,
        "type": "table" if name.startswith("csv/") else "file",
        "format": ending,
        "mediatype": _MEDIA[ending],
        "bytes": (folder / name).stat().st_size,
        "hash": f"sha256:{sha256(folder / name)}",
    }
    stem = name.rpartition("/")[2].partition(".")[0]
    if not name.startswith("csv/"):
        return found
    described = words()["tables"][stem]
    found |= {
        "profile": "tabular-data-resource",
        "title": in_lang(described, "en"),
        "title_zh": in_lang(described, "zh"),
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n"},
        "schema": _wide_schema(panel.variables) if stem == "wide" else _schema(stem, panel.dataset, forms),  # type: ignore[arg-type]
    }
    return found


def _schema(table: FileName, dataset: Path, forms: Forms) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(c, dataset, forms) for c in columns() if c.file == table],
        "missingValues": [""],
    }
    if table in _KEYS:
        schema["primaryKey"] = _KEYS[table]
    if table != "reports":
        refers = {"resource": "csv-reports-csv", "fields": "report_id"}
        schema["foreignKeys"] = [{"fields": "report_id", "reference": refers}]
    return schema


def _field(column: Column, dataset: Path, forms: Forms) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.type],
        "description": column.en,
        "description_zh": column.zh,
    }
    if column.unit:
        found["unit"] = column.unit
    if column.type == "bool":
        found |= {"trueValues": ["true"], "falseValues": ["false"]}
    constraints: dict[str, Any] = {}
    if column.name in _KEYS.get(column.file, ()):
        constraints["required"] = True
    if column.name == "report_id" and column.file == "reports":
        constraints |= {"unique": True, "pattern": "[0-9a-f]{16}"}
    if column.name.startswith("n_") or column.name == "page":
        constraints["minimum"] = 0
    codes = vocabulary(column, forms) if column.type == "category" else ()
    if codes:
        constraints["enum"] = _enum(codes, column, dataset)
    return found | ({"constraints": constraints} if constraints else {})


def _enum(codes: Sequence[str], column: Column, dataset: Path) -> list[str]:
    """The codes of the dictionary, and what else the data hold (an item of a form that somebody added)."""
    found: set[str] = set()
    for table in batches(dataset, column.file, [column.name]):  # type: ignore[arg-type]
        found |= set(table[column.name].unique().to_pylist())
    return [*codes, *sorted(found - set(codes) - {None, ""})]


def _wide_schema(known: Sequence[Variable]) -> dict[str, Any]:
    reports = {c.name: c for c in columns() if c.file == "reports"}
    fields: list[dict[str, Any]] = []
    for name in ABOUT:
        column = reports[name]
        fields.append(
            {"name": name, "type": _TYPES[column.type], "description": column.en, "description_zh": column.zh}
        )
    for name in COUNTED:
        zh, en = words()["wide"][name]
        fields.append({"name": name, "type": "integer", "description": en, "description_zh": zh})
    for variable in known:
        field = {"name": variable.id, "type": "number", "description": variable.en, "description_zh": variable.zh}
        fields.append(field | ({"unit": variable.unit} if variable.unit else {}))
    return {
        "fields": fields,
        "missingValues": ["", *MISSING],
        "primaryKey": ["report_id"],
        "foreignKeys": [
            {"fields": "report_id", "reference": {"resource": "csv-reports-csv", "fields": "report_id"}},
        ],
    }


def sha256(path: Path) -> str:
    """The hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def table_files(files: Sequence[str], ending: str) -> list[tuple[FileName, str]]:
    """(table, path) of those `files` of one format that hold a table of the dataset."""
    found = ((name.rpartition("/")[2].partition(".")[0], name) for name in files if name.endswith(f".{ending}"))
    return [(stem, name) for stem, name in found if stem in FILES]
