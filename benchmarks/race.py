"""Several readers side by side on the same files: each in its own process, one after the other in turn."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tqdm import tqdm

from benchmarks import ROOT
from benchmarks.files import File
from benchmarks.readers import READERS
from benchmarks.rule import TABLES, Tally, cells_of, tally
from govdisclose.forms import load

ROUNDS = 5
"""Timed runs of each reader on each file, after one that is not timed."""


@dataclass
class Raced:
    """What one reader made of all files: seconds by file (the fastest run), cells by file, and the most memory in MiB.

    `every` counts all three tables, for the reader that knows them.
    """

    seconds: list[float] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    every: list[Tally] = field(default_factory=list)
    peak: float = 0.0


@contextlib.contextmanager
def _process(name: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.readers", name]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            if process.stdin:
                process.stdin.close()


def _ask(process: subprocess.Popen[str], line: str) -> dict[str, Any]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the reader's process has no pipes")
    print(line, file=process.stdin, flush=True)
    answered = process.stdout.readline()
    if not answered:
        raise RuntimeError(f"{' '.join(map(str, process.args))} ended on {line}")  # type: ignore[arg-type]
    answer: dict[str, Any] = json.loads(answered)
    return answer


def _counted(result: Raced, file: File, answer: dict[str, Any]) -> None:
    """Add what was read of a file to a reader's tallies."""
    if "tables" in answer:
        result.tallies.append(tally(file.printed, cells_of(answer["tables"], load())))
    elif answer["cells"]:
        sure = {(table, row, column): value for table, row, column, value, flagged in answer["cells"] if not flagged}
        result.tallies.append(tally(file.printed, sure))
        result.every.append(tally(file.printed, sure, (*TABLES, "proactive")))


def race(names: Sequence[str], files: Sequence[File], rounds: int = ROUNDS) -> dict[str, Raced]:
    """Time and count each reader on each file."""
    raced = {name: Raced() for name in names}
    with contextlib.ExitStack() as stack:
        running = {name: stack.enter_context(_process(name)) for name in names}
        for file in tqdm(files, desc=READERS[names[-1]].format):
            for name, process in running.items():
                _counted(raced[name], file, _ask(process, f"?{file.path}"))
            taken: dict[str, list[float]] = {name: [] for name in names}
            for _ in range(rounds):
                for name, process in running.items():
                    answer = _ask(process, str(file.path))
                    taken[name].append(answer["seconds"])
                    raced[name].peak = answer["peak"]
            for name, times in taken.items():
                raced[name].seconds.append(min(times))  # whatever else the machine does only adds
    return raced
