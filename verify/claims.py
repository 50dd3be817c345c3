"""Count how many hand-labelled claims of the real reports are found, value and quantity both right.

`table()` is the part of docs/accuracy.md on claims. The labels (tests/data/claim_labels.csv) were
written from the reports' text and not from what is extracted; they hold no sentence.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from govdisclose.claims import extract_claims
from govdisclose.claims.vocabulary import load_vocabulary
from govdisclose.model import Claim, Scope
from govdisclose.report import read

ROOT = Path(__file__).resolve().parents[1]
LABELS = ROOT / "tests" / "data" / "claim_labels.csv"


class Label(NamedTuple):
    """One claim as labelled by hand. `position` is that of the number in the section's text."""

    report: str
    section: int
    position: int
    value: float
    unit: str
    quantity: str


class Score(NamedTuple):
    """Labels, claims, and the pairs of both in which place, value and quantity agree; `missed` and `wrong` by name."""

    labels: int
    claims: int
    right: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]


def labels() -> dict[str, list[Label]]:
    """The committed labels by report."""
    out: dict[str, list[Label]] = {}
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            label = Label(
                row["report"],
                int(row["section"]),
                int(row["position"]),
                float(row["value"]),
                row["unit"],
                row["quantity"],
            )
            out.setdefault(label.report, []).append(label)
    return out


def score(labelled: Iterable[Label], claims: Iterable[Claim]) -> Score:
    """Compare claims with labels: the same place, value and quantity, each used once."""
    wanted = Counter((x.section, x.position, x.value, x.quantity) for x in labelled)
    found = Counter((c.section, c.at, float(c.value), c.quantity) for c in claims)
    right = wanted & found

    def names(left: Counter[tuple[int, int, float, str]]) -> tuple[str, ...]:
        return tuple(f"section {s}, character {p}: {v:g} {q}" for s, p, v, q in sorted(left.elements()))

    return Score(wanted.total(), found.total(), right.total(), names(wanted - found), names(found - wanted))


def scores(folder: Path) -> dict[str, Score]:
    """The score of every real report in a folder, excerpts included; reports without a label have none."""
    known = labels()
    out: dict[str, Score] = {}
    for truth in sorted(folder.rglob("*.truth.json")):
        stem = truth.name.removesuffix(".truth.json")
        path = next(p for p in sorted(truth.parent.glob(f"{stem}.*")) if p != truth)
        report = read(path)
        scope: Scope = report.identity.scope.value or "unknown"  # type: ignore[assignment]
        out[stem] = score(known.get(stem, []), extract_claims(report.section_records, scope))
    return out


def total(by_report: dict[str, Score]) -> Score:
    """The sum over reports."""
    each = by_report.values()
    return Score(
        sum(s.labels for s in each),
        sum(s.claims for s in each),
        sum(s.right for s in each),
        tuple(f"{name}: {m}" for name, s in by_report.items() for m in s.missed),
        tuple(f"{name}: {w}" for name, s in by_report.items() for w in s.wrong),
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def table(folder: Path | None = None) -> str:
    """A Markdown table: labels, claims, right ones, precision and recall of each report and of all."""
    chosen = folder or Path(os.environ.get("GOVDISCLOSE_REPORTS", ROOT.parent / "shared" / "reports"))
    by_report = scores(chosen)
    lines = ["| report | labelled | claims | right | precision | recall |", "|---|--:|--:|--:|--:|--:|"]
    for name, s in [*by_report.items(), ("**all**", total(by_report))]:
        figures = (s.labels, s.claims, s.right, _share(s.right, s.claims), _share(s.right, s.labels))
        lines.append(f"| {name} | " + " | ".join(map(str, figures)) + " |")
    return "\n".join(lines)


def vocabulary() -> str:
    """The vocabulary as the Markdown table of docs/claims.md."""
    lines = ["| quantity | zh | en | meaning | compared with |", "|---|---|---|---|---|"]
    for q in load_vocabulary().by_id.values():
        also = (["by applicants"] if q.applicants else []) + (["by outcome"] if q.outcomes else [])
        name = f"`{q.id}`" + (f" ({', '.join(also)})" if also else "")
        cells = "; ".join(f"`{formula}`" for formula in q.cells) or "–"
        lines.append(f"| {name} | {q.zh} | {q.en} | {q.meaning} | {'at most ' if q.bound else ''}{cells} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write((vocabulary() if "--vocabulary" in sys.argv else table()) + "\n")
