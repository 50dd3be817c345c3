"""What checking costs: beside reading, for many reports at once, and for finding who is to blame.

`python -m benchmarks.checks` prints one table; the figures are medians of one run on this machine.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from govdisclose.checks import examine
from govdisclose.clean import parse
from govdisclose.forms import load
from govdisclose.localization import locate
from govdisclose.relations import FAILS, judge, system
from govdisclose.report import read
from govdisclose.synthesis import draw_report
from govdisclose.typeset import Layout, write

FORMS = load()


def median(call: Callable[[], object], times: int) -> float:
    """Median seconds of a call."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def blame(wrong: int, times: int) -> tuple[float, float]:
    """Median and greatest seconds to locate `wrong` cells in a drawn requests table."""
    relations = system(FORMS["2021"], "requests")
    draft = draw_report(random.Random(1), form="2021", year=2023, agency="某机关", size=3000)
    clean = relations.vector({a: parse(t).value for a, t in draft.figures.items()})
    rng = random.Random(wrong)
    taken = []
    for _ in range(times):
        values = clean.copy()
        for cell in rng.sample(range(len(clean)), wrong):
            values[cell] += rng.randrange(1, 99)
        start = time.perf_counter()
        locate(relations, values)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), max(taken)


def table() -> str:
    """Measure, and write the figures as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        draft = draw_report(random.Random(2), form="2021", year=2023, agency="样本市人民政府", size=3000)
        rows = []
        for format in ("html", "docx"):
            path = write(draft, Layout(format), Path(folder) / f"report.{format}")  # type: ignore[arg-type]
            report = read(path)
            reading = median(lambda p=path: read(p), 15)  # type: ignore[misc]
            checking = median(lambda r=report: examine(r.cell_records, r.form, FORMS), 15)  # type: ignore[misc]
            rows.append(
                (
                    f"checking against reading ({format}, all holds)",
                    f"{checking / reading:.3f}",
                    f"{1000 * checking:.1f} ms",
                )
            )
    for wrong, times in ((1, 200), (2, 100), (3, 100), (5, 10)):
        middle, worst = blame(wrong, times)
        rows.append((f"locating {wrong} wrong cell(s)", f"{1000 * middle:.1f} ms", f"at most {1000 * worst:.1f} ms"))
    systems = [system(FORMS["2021"], t) for t in ("requests", "remedies")]
    rng = np.random.default_rng(1)
    vectors = []
    for relations in systems:
        numbers = {a: parse(t).value for a, t in draft.figures.items()}
        vectors.append(np.tile(relations.vector(numbers), (10_000, 1)) * rng.integers(1, 9, (10_000, 1)))

    def many() -> None:
        for relations, values in zip(systems, vectors, strict=True):
            if (judge(relations, values).state == FAILS).any():
                raise SystemExit("a clean report fails")

    rows.append(("10,000 clean reports", f"{median(many, 5):.2f} s", "both tables"))
    return "\n".join(["| what | figure | |", "|---|--:|---|", *(f"| {' | '.join(row)} |" for row in rows)])


if __name__ == "__main__":
    print(table())
