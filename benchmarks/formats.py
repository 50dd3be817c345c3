"""PDF, HTML and DOCX: the figures of a race as Markdown."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.files import File, files
from benchmarks.race import ROUNDS, Raced, race
from benchmarks.readers import READERS, readers_of
from benchmarks.rule import added

DISTRIBUTIONS = {"camelot": "camelot-py", "docx": "python-docx"}
"""Names of packages that differ from what is imported."""


def _cells(raced: Raced) -> str:
    if not raced.tallies:
        return "– | – | –"
    total = added(raced.tallies)
    return f"{100 * total.right / total.cells:.1f} % | {total.missed} | {total.silent}"


def _all_readers(raced: Mapping[str, Raced], here: Sequence[int]) -> Iterator[str]:
    """A line a reader: cells and time over some of the files."""
    yield "| reader | cells right | not found or flagged | silently wrong | ms a file, median | peak MiB |"
    yield "|---|--:|--:|--:|--:|--:|"
    for name, result in raced.items():
        some = Raced(tallies=[result.tallies[i] for i in here if result.tallies])
        middle = 1000 * statistics.median(result.seconds[i] for i in here)
        yield f"| {READERS[name].title} | {_cells(some)} | {middle:.1f} | {result.peak:.0f} |"


def _ratio(raced: Mapping[str, Raced], name: str, file: int) -> float:
    """How many times as long ours takes as a yardstick, or another reader as ours."""
    ratio = raced[name].seconds[file] / raced["ours"].seconds[file]
    return 1 / ratio if READERS[name].yardstick else ratio


def _all_files(raced: Mapping[str, Raced], read: Sequence[File]) -> Iterator[str]:
    """A line a file: ours in milliseconds, and ratios."""
    others = [name for name in raced if name != "ours"]
    titles = [READERS[name].title.partition(",")[0] for name in others]
    heads = [f"ours / {t}" if READERS[n].yardstick else f"{t} / ours" for n, t in zip(others, titles, strict=True)]
    yield "| file | ours, ms | " + " | ".join(heads) + " |"
    yield "|---|--:|" + "--:|" * len(others)
    for i, file in enumerate(read):
        ratios = " | ".join(f"{_ratio(raced, name, i):.1f}" for name in others)
        yield f"| {file.label} | {1000 * raced['ours'].seconds[i]:.1f} | {ratios} |"


def _told(raced: Mapping[str, Raced], read: Sequence[File], said: Sequence[str]) -> Iterator[str]:
    every = added(raced["ours"].every)
    cells = added(raced["ours"].tallies).cells
    needs = dict.fromkeys(READERS[name].needs for name in raced if name != "ours")
    versions = ", ".join(f"{DISTRIBUTIONS.get(n, n)} {version(DISTRIBUTIONS.get(n, n))}" for n in needs)
    real = sum(file.label.startswith("real") for file in read)
    yield (
        f"{real} real and {len(read) - real} typeset reports, {cells} cells of the requests and remedies tables; "
        f"{ROUNDS} runs of each on each, the fastest taken; {versions}.\n\nWith the proactive table, which the rule "
        f"for the others leaves out, ours has {every.right} of {every.cells} cells right, {every.missed} not found or "
        f"flagged, {every.silent} silently wrong."
    )
    yield from (f"\n{line}" for line in said)


def measured(format: str) -> tuple[str, dict[str, Raced], list[File]]:
    """The section of a format as Markdown, and what it rests on."""
    names, said = readers_of(format)
    with tempfile.TemporaryDirectory() as folder:
        read = files(format, Path(folder))
        raced = race(names, read)
    lines = [*_told(raced, read, said), ""]
    for label in ("real", "typeset"):
        here = [i for i, file in enumerate(read) if file.label.startswith(label)]
        if here:
            lines += [f"{label.capitalize()} reports ({len(here)}):\n", *_all_readers(raced, here), ""]
    lines += ["Time, file by file:\n", *_all_files(raced, read)]
    return "\n".join(lines), raced, read
