"""Count what the relations notice and locate: single, double and triple misreadings, and blanks.

Part of `make verify`; `table()` gives its section of docs/accuracy.md.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np

from govdisclose.clean import parse
from govdisclose.forms import load
from govdisclose.localization import locate
from govdisclose.relations import FAILS, Matrix, judge, system
from govdisclose.synthesis import Prints, draw_report

SYSTEM = system(load()["2021"], "requests")
PAIRS = 5_000
LOCATED = 500


def _table(seed: int, size: float = 3000, prints: Prints = "numbers") -> Matrix:
    draft = draw_report(random.Random(seed), form="2021", year=2023, agency="某机关", size=size, prints=prints)
    return SYSTEM.vector({address: parse(text).value for address, text in draft.figures.items()})


def misread(rng: random.Random, value: float) -> float:
    """Another number that the print could be taken for."""
    text = str(int(value))
    at = rng.randrange(len(text))
    while True:
        other = rng.choice(
            [
                text[:at] + rng.choice("0123456789") + text[at + 1 :],
                text[:at] + text[at + 1 :] or "7",
                text[: at + 1] + text[at:],
                text + rng.choice("0123456789"),
                str(int(value) + rng.randrange(1, 60)),
            ]
        )
        if float(other) != value:
            return float(other)
        at = rng.randrange(len(text))


def noticed(values: Matrix) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether some relation fails, report by report."""
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (judge(SYSTEM, values).state == FAILS).any(axis=1)
    return found


def _several(rng: random.Random, wrong: int) -> tuple[float, float]:
    """Shares of random misreadings that are noticed, and located uniquely and rightly."""
    tables = [_table(seed) for seed in range(20)]
    spoilt, truth = [], []
    for i in range(PAIRS):
        values = tables[i % len(tables)].copy()
        cells = rng.sample(range(175), wrong)
        for cell in cells:
            values[cell] = misread(rng, values[cell])
        spoilt.append(values)
        truth.append({(SYSTEM.cells[c], tables[i % len(tables)][c]) for c in cells})
    right = 0
    for values, wanted in zip(spoilt[:LOCATED], truth[:LOCATED], strict=True):
        blame = locate(SYSTEM, values)
        right += blame.unique and {(c.cell, c.needed) for c in blame.explanations[0].changes} == wanted
    return float(noticed(np.stack(spoilt)).mean()), right / LOCATED


def _lost(prints: Prints) -> tuple[int, int, int]:
    """Numbers lost one at a time: all, those that make a relation fail, those that open one with a gap."""
    lost = failing = gap = 0
    for seed in range(5):
        values = _table(seed, 300, prints)
        for cell in np.flatnonzero(~np.isnan(values)):
            if not values[cell]:
                continue
            spoilt = values.copy()
            spoilt[cell] = np.nan
            judged = judge(SYSTEM, spoilt)
            lost += 1
            fails = bool((judged.state == FAILS).any())
            failing += fails
            # What `checks` tells: a blank alone among numbers, or blanks that cannot all be zero.
            gap += not fails and bool(((judged.missing[0] > 0) & (np.abs(judged.difference[0]) > 0)).any())
    return lost, failing, gap


def _rows() -> Iterator[str]:
    rng = random.Random(2)
    for wrong, name in ((2, "two cells"), (3, "three cells")):
        share, located = _several(rng, wrong)
        yield (
            f"| {name} misread, {PAIRS} random draws | {100 * share:.1f} % noticed | "
            f"{100 * located:.1f} % of {LOCATED} located uniquely and put right |"
        )
    names: dict[Prints, str] = {
        "numbers": "every cell a number",
        "blank_zeros": "zeros left blank",
        "blank_totals": "totals left blank",
    }
    for prints, name in names.items():
        lost, failing, gap = _lost(prints)
        yield (
            f"| one number lost (not a zero), {name} | {100 * (failing + gap) / lost:.1f} % of {lost} noticed | "
            f"{100 * failing / lost:.1f} % as a failure, {100 * gap / lost:.1f} % as blanks that are not zero |"
        )


def table(progress: Callable[[str], None] = print) -> str:
    """The section on relations, as Markdown."""
    progress("relations")
    return "\n".join(("| misreading of the requests table | noticed | located |", "|---|---|---|", *_rows()))


if __name__ == "__main__":
    print(table())
