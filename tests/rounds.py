"""Round trips: a drawn report is typeset, read again and compared cell by cell with what was printed.

Used by the tests and by the accuracy count. The measures are those of the design: *wrong* is a
value that differs from the print (a missing cell is wrong), *silent* a wrong one that nothing
flags, a *false alarm* a right one that is flagged.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drawing import draw_layout

from govdisclose.clean import parse
from govdisclose.errors import GovdiscloseError
from govdisclose.forms import Forms, load
from govdisclose.model import Address, Cell, Number, State
from govdisclose.report import Report, read
from govdisclose.synthesis import draw_report, invented_agencies
from govdisclose.typeset import Draft, Layout, printed_figures, write

FLAGGED: frozenset[str] = frozenset({"unreadable", "absent"})


@dataclass
class Count:
    """Cells by outcome; `state_wrong` are right values (none) with another state than printed."""

    cells: int = 0
    right: int = 0
    flagged: int = 0
    silent: int = 0
    false_alarms: int = 0
    state_wrong: int = 0
    extra: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: Count) -> None:
        """Sum in place."""
        for name in ("cells", "right", "flagged", "silent", "false_alarms", "state_wrong", "extra"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.examples += other.examples[: max(0, 20 - len(self.examples))]

    @property
    def exact(self) -> bool:
        """Every cell right, value and state, none flagged, none invented."""
        return self.right == self.cells and not (self.false_alarms or self.state_wrong or self.extra)


def compare(expected: Mapping[Address, tuple[Number | None, State]], cells: Sequence[Cell]) -> Count:
    """What was printed against what was read."""
    count = Count(cells=len(expected))
    got = {c.key: c for c in cells}
    for address, (value, state) in expected.items():
        cell = got.get(address)
        flagged = cell is None or cell.state in FLAGGED or cell.evidence == "conflict"
        if cell is not None and cell.value == value and not (value is None and flagged):
            count.right += 1
            if flagged:
                count.false_alarms += 1
            elif cell.state != state:
                count.state_wrong += 1
                count.examples.append(f"state {address}: printed {state}, read {cell.state} ({cell.raw!r})")
            continue
        if flagged:
            count.flagged += 1
        else:
            count.silent += 1
        kind = "flagged" if flagged else "SILENT"
        read_as = cell and (cell.value, cell.state, cell.raw, cell.address)
        count.examples.append(f"{kind} {address}: printed {value} ({state}), read {read_as}")
    for address, cell in got.items():
        if address not in expected and cell.state not in FLAGGED | {"blank"}:
            count.extra += 1
            count.silent += cell.value is not None
            count.examples.append(f"extra {address}: {cell.value} {cell.raw!r}")
    return count


def expected_of(draft: Draft, layout: Layout, forms: Forms) -> dict[Address, tuple[Number | None, State]]:
    """What a typeset report prints, parsed."""
    out: dict[Address, tuple[Number | None, State]] = {}
    for address, text in printed_figures(draft, layout, forms).items():
        parsed = parse(text)
        out[address] = (parsed.value, parsed.state)
    return out


BORDERS = ("solid", "dashed", "double", "hairline", "horizontal", "none", "shaded")


def is_decidable(layout: Layout, printed: Mapping[Address, tuple[Number | None, State]]) -> bool:
    """Whether the print itself leaves no choice, so that anything less than exact is a defect.

    Text that drops empty cells cannot say which of seven columns six numbers stand in, eight columns
    under headers that say nothing have no names, and columns held by spaces are lost where labels have
    gaps themselves. There the reading must flag, not guess.
    """
    blanks = any(state == "blank" for _, state in printed.values())
    if layout.format == "txt" and layout.text_style == "cell_per_line":
        return not blanks
    if layout.format == "txt" and layout.text_style == "cell_per_line_bar":
        # Fillers at the end of a header row run into the blanks that the numbers begin with.
        return not any(state == "blank" for (table, *_), (_, state) in printed.items() if table == "remedies")
    if layout.format == "txt" and layout.text_style == "spaces":
        return layout.label_noise is None  # gaps inside labels look like gaps between columns
    return not (layout.format == "md" and layout.md_style == "per_row_tables_bare" and layout.extra_subtotal_column)


def draw_draft(rng: random.Random) -> Draft:
    """A drawn report of either form, sometimes a hybrid, printed in one of the usual ways."""
    agencies = [a for a, _ in zip(invented_agencies(), range(40), strict=False)]
    agency, _ = rng.choice(agencies)
    form: str | dict[str, str]
    kind = rng.random()
    if kind < 0.4:
        form, year = "2021", rng.randrange(2021, 2026)
    elif kind < 0.75:
        form, year = "2019", rng.randrange(2019, 2021)
    else:
        form = {t: rng.choice(("2019", "2021")) for t in ("proactive", "requests", "remedies")}
        year = rng.randrange(2021, 2026)
    prints = rng.choice(("numbers", "numbers", "blank_zeros", "dash_zeros", "mixed", "blank_totals", "remarks"))
    size = rng.choice((0.0, 3.0, 20.0, 200.0, 3000.0))
    return draw_report(rng, form=form, year=year, agency=agency, size=size, prints=prints)


def draw_case(seed: int, format: str, borders: Sequence[str] = ("solid",)) -> tuple[Draft, Layout]:
    """The report and layout of one seed."""
    rng = random.Random(seed)
    draft = draw_draft(rng)
    return draft, draw_layout(rng, format=format, borders=rng.choice(borders))


def round_trip(
    draft: Draft, layout: Layout, folder: Path, form_folder: Path | None = None
) -> tuple[Count, Report | None]:
    """Typeset, read and compare one report."""
    known = load(form_folder)
    ending = layout.format
    path = write(draft, layout, folder / f"report.{ending}", forms=known)
    expected = expected_of(draft, layout, known)
    try:
        report = read(path, forms=form_folder)
    except GovdiscloseError as error:
        count = Count(cells=len(expected), flagged=len(expected), examples=[f"{type(error).__name__}: {error}"])
        return count, None
    return compare(expected, report.cell_records), report
