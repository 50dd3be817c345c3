"""Count what is read right, flagged and silently wrong on typeset scans of known content.

`python verify/scans.py` prints the tables; `verify/accuracy.py` writes them into docs/accuracy.md.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from rounds import Count, compare, expected_of  # noqa: E402
from scan_cases import ScanCase, draw_case, make_scan  # noqa: E402
from tqdm import tqdm  # noqa: E402

from govdisclose.errors import GovdiscloseError  # noqa: E402
from govdisclose.forms import load  # noqa: E402
from govdisclose.indicators.intervals import wilson  # noqa: E402
from govdisclose.model import Cell  # noqa: E402
from govdisclose.report import read  # noqa: E402

RESOLUTIONS = (150, 200, 300)
BORDERS = ("solid", "dashed", "double", "hairline")
EACH = 10
WORKERS = 2
SKIPPED = "Not measured: reading scans needs the scan extra (pip install 'govdisclose[scan]')."


Kind = Callable[[ScanCase], str]


class Measured(NamedTuple):
    """One scan, read: what was counted, table by table."""

    case: ScanCase
    counts: dict[str, Count]


def cases() -> list[ScanCase]:
    """All drawn scans, in the order of the document."""
    return [ScanCase(d, b, seed) for d in RESOLUTIONS for b in BORDERS for seed in range(EACH)]


def measure(case: ScanCase) -> Measured:
    """Typeset, scan, read and compare one report."""
    known = load()
    with tempfile.TemporaryDirectory() as folder:
        path, draft, layout = make_scan(case, Path(folder))
        cells: tuple[Cell, ...] = ()
        refused = ""
        try:
            cells = read(path).cell_records
        except GovdiscloseError as error:
            refused = f"{type(error).__name__}: {error}".replace(folder, "")
    expected = expected_of(draft, layout, known)
    counts = {}
    for table in draft.tables:
        printed = {address: figure for address, figure in expected.items() if address[0] == table}
        counts[table] = compare(printed, [c for c in cells if c.table == table])
        if refused:
            counts[table].examples = [refused]
    return Measured(case, counts)


HEAD = (
    "| {} | scans | cells | right | right, 95 % interval | wrong, flagged | **silently wrong** | false alarms "
    "| blank against dash |\n|---|--:|--:|--:|:-:|--:|--:|--:|--:|"
)


def _row(name: str, scans: int, count: Count) -> str:
    low, high = (float(bound) for bound in wilson(count.right, count.cells))
    return (
        f"| {name} | {scans} | {count.cells} | {count.right} | {100 * low:.2f}–{100 * high:.2f} % | {count.flagged} "
        f"| {count.silent} | {count.false_alarms} ({100 * count.false_alarms / count.cells:.1f} %) "
        f"| {count.state_wrong} |"
    )


def _grouped(results: Sequence[Measured], heading: str, tables: Sequence[str], kind: Kind | None = None) -> str:
    """Counts of some tables per resolution, and per resolution and kind of scan."""
    totals: defaultdict[str, Count] = defaultdict(Count)
    scans: defaultdict[str, int] = defaultdict(int)
    for case, counts in results:
        names = [f"{case.dpi} dpi, {kind(case)}"] if kind else []
        for name in (*names, f"**{case.dpi} dpi**", "**all**"):
            scans[name] += any(t in counts for t in tables)
            for table in tables:
                if table in counts:
                    totals[name].add(counts[table])
    kinds = sorted(totals, key=lambda name: name.startswith("**"))  # the sum after its parts
    order = [name for dpi in RESOLUTIONS for name in kinds if f"{dpi} dpi" in name] + ["**all**"]
    return "\n".join([HEAD.format(heading), *(_row(name, scans[name], totals[name]) for name in order)])


def _borders(case: ScanCase) -> str:
    return case.borders


def _colours(case: ScanCase) -> str:
    return "black and white" if draw_case(case)[2].mode == "bilevel" else "grey and colour"


def _failures(results: Sequence[Measured]) -> list[str]:
    """What is silently wrong, each with its seed."""
    return [
        f"scan {case.dpi} dpi, {case.borders}, seed {case.seed}: {example}"
        for case, counts in results
        for count in counts.values()
        for example in count.examples
        if count.silent and example.startswith(("SILENT", "extra"))
    ]


def table() -> tuple[str, list[str]] | None:
    """The counts as Markdown and what is silently wrong; None where the scan extra is not installed."""
    if importlib.util.find_spec("rapidocr") is None:
        return None
    todo = cases()
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        results = list(tqdm(pool.map(measure, todo), total=len(todo), desc="scans"))
    modes: defaultdict[str, int] = defaultdict(int)
    for case in todo:
        how = draw_case(case)[2]
        modes[how.mode] += 1
        modes["skewed"] += how.skew != 0
    drawn = ", ".join(f"{modes[mode]} {mode}" for mode in ("grey", "colour", "bilevel", "skewed"))
    parts = [
        "Typeset reports, scanned and read again. A blank read as a dash, or the other way round, has its value (none) "
        "right and is counted apart.",
        f"{len(todo)} scans ({drawn}), drawn with fixed seeds by tests/scan_cases.py: skew to 2°, noise to 12 grey "
        "levels of 255, blur to 0.9 pixels, JPEG quality 50 to 90, uneven light, dust, shadow of an edge, seal.",
        _grouped(results, "requests and remedies", ("requests", "remedies"), _borders),
        "Black and white scans, which lose what is thin, apart from the others:",
        _grouped(results, "requests and remedies", ("requests", "remedies"), _colours),
        "No relation guards the proactive table; by itself:",
        _grouped(results, "proactive", ("proactive",), _colours),
    ]
    return "\n\n".join(parts), _failures(results)


def main() -> int:
    """Print the tables and what is silently wrong."""
    measured = table()
    if measured is None:
        print(SKIPPED)
        return 0
    text, failures = measured
    print(text, *failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
