"""Count what the checks say of drawn reports in which everything adds up: no error may be among it.

`table()` is a line of docs/accuracy.md.
"""

from __future__ import annotations

import random
from collections import Counter

from govdisclose.report import read_text
from govdisclose.synthesis import draw_panel
from govdisclose.typeset import Layout, render

REPORTS = 1_000
WAYS = ("numbers", "blank_zeros", "dash_zeros", "mixed", "blank_totals", "remarks")


def table() -> tuple[str, list[str]]:
    """A sentence with the counts, and the errors found."""
    drafts = draw_panel(REPORTS // 6 + 1, range(2019, 2025), seed=11, prints=WAYS)[:REPORTS]
    rng = random.Random(5)
    told: Counter[str] = Counter()
    errors = []
    for draft in drafts:
        style = rng.choice(("tabs", "bar_rows"))
        report = read_text(render(draft, Layout("txt", text_style=style)).decode())  # type: ignore[arg-type]
        told.update(f.severity for f in report.finding_records)
        errors += [
            f"{draft.agency} {draft.year}: {f.message_en}" for f in report.finding_records if f.severity == "error"
        ]
    return (
        f"{len(drafts)} drawn reports in which everything adds up: {told['error']} findings of severity error, "
        f"{told['warning']} warnings, {told['notice']} notices.",
        errors,
    )


if __name__ == "__main__":
    print(*table(), sep="\n")
