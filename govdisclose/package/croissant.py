"""`croissant.json`: the package in MLCommons Croissant 1.0 (JSON-LD), over its Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from govdisclose.package.about import NAME, About, in_lang, keywords, words
from govdisclose.package.descriptor import sha256, table_files
from govdisclose.store import columns

_OWN = (
    "citeAs column equivalentProperty extract field fileObject fileProperty fileSet format includes isLiveDataset"
    " jsonPath key md5 parentField path recordSet references regex repeated replace samplingRate separator source"
    " subField transform"
)
"""Words of Croissant itself; the context of every description is this one."""

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{word: f"cr:{word}" for word in _OWN.split()},
}
_TYPES = {"int32": "sc:Integer", "float64": "sc:Float", "bool": "sc:Boolean", "list<double>": "sc:Float"}
_KEYS = {"reports": ["report_id"], "cells": ["report_id", "table", "row", "column"]}


def croissant(folder: Path, files: Sequence[str], about: About) -> dict[str, Any]:
    """The description of a package whose `files` lie in `folder`."""
    tables = table_files(files, "parquet")
    found: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": NAME,
        "alternateName": about.headline("en"),
        "description": about.description("en"),
        "version": about.version,
        "inLanguage": ["zh", "en"],
        "keywords": keywords(about),
        "creator": [{"@type": "sc:Organization", "name": author} for author in about.authors],
        "citeAs": f"{', '.join(about.authors)}: {about.headline('en')}. Version {about.version}.",
        "isLiveDataset": False,
        "distribution": [_file(folder, name) for _, name in tables],
        "recordSet": [_records(table, name) for table, name in tables],
    }
    if about.licence:
        found["license"] = about.licence
    if about.summary.latest:
        found["datePublished"] = about.summary.latest
    return found


def _file(folder: Path, name: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{(folder / name).stat().st_size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": sha256(folder / name),
    }


def _records(table: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": in_lang(words()["tables"][table], "en"),
        "field": [
            _field(table, column.name, column.type, column.en, name) for column in columns() if column.file == table
        ],
    }
    if table in _KEYS:
        found["key"] = [{"@id": f"{table}/{column}"} for column in _KEYS[table]]
    return found


def _field(table: str, column: str, kind: str, text: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table}/{column}",
        "name": column,
        "description": text,
        "dataType": _TYPES.get(kind, "sc:Text"),
        "source": {"fileObject": {"@id": name}, "extract": {"column": column}},
    }
    if kind.startswith("list"):
        found["repeated"] = True
    if column == "report_id" and table != "reports":
        found["references"] = {"field": {"@id": "reports/report_id"}}
    return found
