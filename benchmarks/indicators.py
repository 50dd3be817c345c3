"""Time and memory of every indicator on synthetic datasets (合成数据) of growing size.

`python benchmarks/indicators.py [REPORTS ...]` writes each dataset to a temporary folder, measures in a process of
its own, and prints a Markdown table; another says how often the intervals hold the truth.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from govdisclose import forms, indicators, store

SIZES = (1_000, 10_000, 100_000)
YEARS = range(2019, 2025)
_LINES = 2_000  # reports written at a time
_COMMON = {"granted": 8.0, "partial": 2.5, "unable_not_held": 4.5, "natural_person": 6.0}


def generate(folder: Path, reports: int, *, seed: int = 1) -> None:
    """Write a dataset of invented reports, their relations closed, some of their zeros printed as blanks."""
    rng = np.random.default_rng(seed)
    about = _reports(reports, rng)
    marks = {"govdisclose.schema": store.SCHEMA, "govdisclose.build": f"synthetic {reports}"}
    for file in store.FILES:
        types = store.schema(file).with_metadata(marks)
        with pq.ParquetWriter(folder / f"{file}.parquet", types, compression="zstd") as writer:
            if file == "reports":
                writer.write_table(_table(about, types))
            elif file == "cells":
                for table in _cells(about, rng):
                    writer.write_table(_table(table, types))
            else:
                writer.write_table(types.empty_table())


def _reports(reports: int, rng: np.random.Generator) -> dict[str, Any]:
    number = np.arange(reports)
    agency, year = number // len(YEARS), YEARS.start + number % len(YEARS)
    day = rng.integers(1, 29, reports)
    return {
        "report_id": [f"{i:016x}" for i in number],
        "file": [f"{y}/{a:06d}.html" for a, y in zip(agency, year, strict=True)],
        "agency": [f"合成数据机关{a:06d}" for a in agency],
        "year": year,
        "published": [
            f"{y + 1}-{m:02d}-{d:02d}" for y, m, d in zip(year, rng.integers(1, 5, reports), day, strict=True)
        ],
        "scope": np.where(rng.random(reports) < 0.1, "unknown", "own_office"),
        "title": ["合成数据 synthetic"] * reports,
        "error_type": [""] * reports,
        "error": [""] * reports,
        "preferred": rng.random(reports) < 0.98,
    }


def _cells(about: dict[str, Any], rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    known = forms.load()
    form_of = np.array([known.for_year(int(year)).id for year in about["year"]])  # type: ignore[union-attr]
    ids = np.array(about["report_id"])
    for form in known:
        addresses = [(t.id, *pair) for t in form.tables for pair in t.addresses()]
        mine = np.flatnonzero(form_of == form.id)
        for start in range(0, len(mine), _LINES):
            lines = mine[start : start + _LINES]
            values = np.column_stack([_drawn(form, table.id, len(lines), rng) for table in form.tables])
            yield _long(ids[lines], addresses, values, rng)


def _drawn(form: forms.Form, table: str, reports: int, rng: np.random.Generator) -> np.ndarray:
    """One table of many reports: sums along rows and columns follow from their parts."""
    pairs = list(form.table(table).addresses())
    size = rng.lognormal(0.0, 1.2, reports)[:, None]
    weights = np.array([0.25 * _COMMON.get(row, 0.25) * _COMMON.get(column, 0.5) for row, column in pairs])
    out = rng.poisson(size * weights).astype(np.float64)
    at = {pair: i for i, pair in enumerate(pairs)}
    sums = [r for r in form.relations if r.table == table and len(r.left) > 2 and len(r.right) == 1]
    for relation in sorted(sums, key=lambda r: r.each):  # outcomes first, then totals of every row
        for place in {pair[relation.each == "column"] for pair in pairs}:
            cells = [(place, t) if relation.each == "row" else (t, place) for t in (*relation.left, *relation.right)]
            if all(cell in at for cell in cells):
                out[:, at[cells[-1]]] = out[:, [at[cell] for cell in cells[:-1]]].sum(axis=1)
        if relation.each == "column":
            _balanced(form, table, at, out)
    return out


def _balanced(form: forms.Form, table: str, at: dict[tuple[str, str], int], out: np.ndarray) -> None:
    for relation in form.relations:
        if relation.table == table and relation.printed:
            for column in {pair[1] for pair in at}:
                new, held, processed, left = (at[row, column] for row in (*relation.left, *relation.right))
                whole = out[:, processed] + out[:, left]
                out[:, held] = np.minimum(out[:, held], whole)
                out[:, new] = whole - out[:, held]


def _long(
    ids: np.ndarray, addresses: list[tuple[str, str, str]], values: np.ndarray, rng: np.random.Generator
) -> dict[str, Any]:
    blank_report, blank_totals = rng.random(len(ids)) < 0.15, rng.random(len(ids)) < 0.03
    total = np.array([column == "total" for _, _, column in addresses])
    blank = ((values == 0) & blank_report[:, None]) | (total & blank_totals[:, None])
    doubted = rng.random(values.shape) < 0.002
    number = np.where(blank, np.nan, values).ravel()
    n, width = values.shape
    words = [pd.Categorical([address[i] for address in addresses]) for i in range(3)]
    printed = pd.Series(number).map("{:.0f}".format, na_action="ignore").fillna("")
    coded = {
        name: pd.Categorical.from_codes(np.tile(w.codes, n), w.categories)
        for name, w in zip(("table", "row", "column"), words, strict=True)
    }
    return {
        "report_id": pd.Categorical.from_codes(np.repeat(np.arange(n), width), ids),
        **coded,
        "value": number,
        "adjusted": number,
        "state": pd.Categorical.from_codes(blank.ravel().astype(int), ["number", "blank"]),
        "evidence": pd.Categorical.from_codes((doubted & ~blank).ravel().astype(int), ["proved", "conflict"]),
        "raw": printed,
    }


def _table(columns: dict[str, Any], types: pa.Schema) -> pa.Table:
    size = len(next(iter(columns.values())))
    arrays = [
        pa.array(columns[t.name], from_pandas=True).cast(t.type) if t.name in columns else pa.nulls(size, t.type)
        for t in types
    ]
    return pa.Table.from_arrays(arrays, schema=types)


# --- measured ---------------------------------------------------------------------------------------------------------

_MEASURED = """
import json, resource, sys, time
from govdisclose import indicators
start, worked = time.perf_counter(), time.process_time()
answer = indicators.compute(sys.argv[1], by="year", interval=sys.argv[2])
seconds, worked = time.perf_counter() - start, time.process_time() - worked
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps([seconds, worked, peak, answer["indicator"].nunique()]))
"""


def measure(folder: Path, interval: str) -> tuple[float, float, float, int]:
    """Seconds, CPU seconds, peak memory in GiB and number of indicators by year, in a process of its own."""
    command = [sys.executable, "-c", _MEASURED, str(folder), interval]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, worked, peak, known = json.loads(done.stdout)
    return seconds, worked, peak, known


def table(sizes: Sequence[int] = SIZES) -> str:
    """The measurements as a Markdown table."""
    lines = [
        "| reports | cells | indicators | estimates, s | CPU s | GiB | with intervals, s | CPU s | GiB |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for reports in sizes:
        with tempfile.TemporaryDirectory() as folder:
            generate(Path(folder), reports)
            cells = pq.read_metadata(Path(folder) / "cells.parquet").num_rows
            measured = [measure(Path(folder), interval) for interval in ("none", "auto")]
        figures = " | ".join(f"{figure:.1f}" for one in measured for figure in one[:3])
        lines.append(f"| {reports:,} | {cells:,} | {measured[0][3]} | {figures} |")
    return "\n".join(lines)


def coverage(simulations: int = 2_000, share: float = 0.6) -> str:
    """How often a 95 % interval over agencies of very unequal size and differing rates holds the true share."""
    rng = np.random.default_rng(0)
    lines = ["| agencies | interval | covered | mean width |", "|---:|---|---:|---:|"]
    for agencies in (2, 3, 4, 5, 10, 30, 100):
        n = rng.lognormal(4, 1, (simulations, agencies)).astype(int) + 1
        k = rng.binomial(n, rng.beta(10 * share, 10 * (1 - share), n.shape))
        cells = {"granted": k, "partial": np.zeros_like(k), "processed": n}
        part = {"table": "requests", "column": "total", "state": "number"}
        report = np.arange(n.size)
        panel = pd.concat(
            pd.DataFrame(part | {"report_id": report, "agency": report, "row": row, "value": 1.0 * number.ravel()})
            for row, number in cells.items()
        )
        panel["year"] = panel["report_id"] // agencies  # one simulation a group
        made = indicators.compute(panel.assign(adjusted=panel["value"]), ["grant_rate"], by="year")
        held, width = (made["low"] <= share) & (made["high"] >= share), made["high"] - made["low"]
        lines.append(f"| {agencies} | {made['method'].mode()[0]} | {held.mean():.3f} | {width.mean():.3f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table([int(size) for size in sys.argv[1:]] or SIZES), coverage(), sep="\n\n")
