"""Typeset drawn reports in drawn layouts, read them again and count, format by format and layout by layout.

`table()` is the part of docs/accuracy.md on round trips. The seeds are fixed, so the same code gives the same counts.
"""

from __future__ import annotations

import itertools
import math
import multiprocessing
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from drawing import BREAKS, draw_layout  # noqa: E402
from rounds import BORDERS, Count, compare, draw_draft, expected_of, is_decidable  # noqa: E402
from tqdm import tqdm  # noqa: E402
from turning import TURNS, turn  # noqa: E402

from govdisclose.errors import GovdiscloseError  # noqa: E402
from govdisclose.forms import load  # noqa: E402
from govdisclose.report import read  # noqa: E402
from govdisclose.typeset import Draft, Layout, write  # noqa: E402

WORKERS = 2
STYLES: dict[str, tuple[str, tuple[str, ...], int]] = {
    "html": ("span_style", ("proper", "empty", "ragged"), 50),
    "docx": ("span_style", ("proper", "empty", "ragged"), 40),
    "md": ("md_style", ("tables", "per_row_tables", "per_row_tables_bare"), 40),
    "txt": ("text_style", ("tabs", "ragged_tabs", "spaces", "cell_per_line", "cell_per_line_bar", "bar_rows"), 40),
}
"""The option of the layout that matters most in each format, its values, and the reports drawn for each."""
NAMES = {"html": "HTML", "docx": "DOCX", "md": "Markdown", "txt": "Plain text", "pdf": "PDF"}
FORMS = ("2019", "2021", "hybrid")
PDFS_EACH = 9
"""PDFs for each pair of borders and page break."""


class Case(NamedTuple):
    """One drawn report to typeset and read: what is fixed of its layout, and how its pages are turned (PDF)."""

    format: str
    fixed: tuple[tuple[str, Any], ...]
    number: int
    turned: str = TURNS[0]

    def __str__(self) -> str:
        """The case in words, to find it again."""
        turned = f", {self.turned}" if self.turned != TURNS[0] else ""
        return f"{self.format} {', '.join(f'{k}={v}' for k, v in self.fixed)}, number {self.number}{turned}"


UNRULED = ("none", "horizontal", "shaded")


class Outcome(NamedTuple):
    """What became of a case. `decidable`: the print leaves no choice, so that all has to be exact."""

    case: Case
    form: str
    layout: Layout
    decidable: bool
    rung: str
    count: Count

    @property
    def is_sure(self) -> bool:
        """Whether anything less than exact fails the count: cells are declared or ruled."""
        return self.decidable and self.case.format != "txt" and self.layout.borders not in UNRULED


def cases() -> Iterator[Case]:
    """All drawn reports, in the order of the document."""
    for format, (option, values, each) in STYLES.items():
        for value, number in itertools.product(values, range(each)):
            yield Case(format, ((option, value),), number)
    turns = itertools.cycle((TURNS[0], TURNS[1], TURNS[0], TURNS[2], TURNS[0], TURNS[3], TURNS[0], TURNS[4]))
    for borders, after, number in itertools.product(BORDERS, (None, *BREAKS), range(PDFS_EACH)):
        yield Case("pdf", (("borders", borders), ("page_break_after", after)), number, next(turns))


def drawn(case: Case) -> tuple[Draft, Layout]:
    """The report and layout of a case; where its pages break after a row, one that prints this row."""
    rng = random.Random(f"{case.format} {case.fixed} {case.number}")
    fixed = dict(case.fixed)
    while True:
        draft = draw_draft(rng)
        if fixed.get("page_break_after") in (None, *(row for _, row, _ in draft.figures)):
            return draft, draw_layout(rng, format=case.format, **fixed)


def measure(case: Case) -> Outcome:
    """Typeset, read and compare one report."""
    known = load()
    draft, layout = drawn(case)
    expected = expected_of(draft, layout, known)
    forms = sorted(set(draft.tables.values()))
    with tempfile.TemporaryDirectory() as folder:
        path = write(draft, layout, Path(folder) / f"report.{case.format}", forms=known)
        if case.turned != TURNS[0]:
            turn(path, case.turned)
        try:
            report = read(path)
        except GovdiscloseError as error:
            said = f"flagged {type(error).__name__}: {error}".replace(folder, "")
            count, rung = Count(cells=len(expected), flagged=len(expected), examples=[said]), "none"
        else:
            count, rung = compare(expected, report.cell_records), report.source.rung
    form = forms[0] if len(forms) == 1 else "hybrid"
    return Outcome(case, form, layout, is_decidable(layout, expected), rung, count)


@lru_cache(maxsize=1024)
def exact(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of Clopper and Pearson for a share.

    >>> [round(bound, 4) for bound in exact(0, 100)]
    [0.0, 0.0362]
    """
    from scipy.stats import binomtest

    low, high = binomtest(part, whole).proportion_ci(0.95, "exact")
    return float(low), float(high)


def at_most(part: int, whole: int) -> str:
    """A count with the upper end of its interval, in percent, rounded up to two digits.

    >>> at_most(0, 16516), at_most(0, 22)
    ('0 (≤ 0.023 %)', '0 (≤ 16 %)')
    """
    if not whole:
        return "0"
    high = 100 * exact(part, whole)[1]
    step = 10.0 ** (math.floor(math.log10(high)) - 1)
    return f"{part} (≤ {round(math.ceil(high / step) * step, 12):g} %)"


def at_least(part: int, whole: int) -> str:
    """A count with the lower end of its interval, rounded down, in percent.

    >>> at_least(80, 80)
    '80 (≥ 95.4 %)'
    """
    return f"{part} (≥ {math.floor(exact(part, whole)[0] * 1000) / 10:g} %)"


HEAD = (
    "| {} | reports | all exact | cells | right | wrong, flagged | **silently wrong** | false alarms | state wrong |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def summed(outcomes: Iterable[Outcome]) -> Count:
    """The cells of several reports together."""
    total = Count()
    for outcome in outcomes:
        total.add(outcome.count)
    return total


def row(name: str, outcomes: Sequence[Outcome]) -> str:
    """One line of a table."""
    count, whole = summed(outcomes), len(outcomes)
    perfect = at_least(sum(o.count.exact for o in outcomes), whole)
    return (
        f"| {name} | {whole} | {perfect} | {count.cells} | {count.right} | {count.flagged} "
        f"| {at_most(count.silent, count.cells)} | {at_most(count.false_alarms, count.cells)} | {count.state_wrong} |"
    )


def grouped(outcomes: Sequence[Outcome], *keys: Callable[[Outcome], str]) -> Iterator[str]:
    """A line for each combination of keys, in the order of appearance of the first."""
    groups: defaultdict[tuple[str, ...], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[tuple(key(outcome) for key in keys)].append(outcome)
    first = {name: place for place, name in enumerate(dict.fromkeys(names[0] for names in groups))}
    for names in sorted(groups, key=lambda names: (first[names[0]], names[1:])):
        yield row(", ".join(names), groups[names])


def _form(outcome: Outcome) -> str:
    return outcome.form if outcome.form == "hybrid" else f"{outcome.form} form"


def _textual(format: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The table of a format other than PDF: its styles by form, and what leaves a choice apart."""
    option = STYLES[format][0]

    def style(outcome: Outcome) -> str:
        value = str(getattr(outcome.layout, option))
        return f"`{value}`" + ("" if outcome.decidable else ", print leaves a choice")

    yield HEAD.format(f"`{option}`, form")
    yield from grouped(outcomes, style, _form)
    yield row(f"**all {NAMES[format]}**", outcomes)


def _matrix(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Borders by page break: exact reports of all."""
    breaks = [str(after) for after in (None, *BREAKS)]
    yield "| borders | " + " | ".join(f"`{b}`" if b != "None" else "no break" for b in breaks) + " |"
    yield "|---|" + "--:|" * len(breaks)
    for borders in BORDERS:
        cells = []
        for after in breaks:
            here = [o for o in outcomes if (o.layout.borders, str(o.layout.page_break_after)) == (borders, after)]
            cells.append(f"{sum(o.count.exact for o in here)}/{len(here)}")
        yield f"| {borders} | " + " | ".join(cells) + " |"


def _rungs(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Borders by the rung that answered."""
    names = [rung for rung, _ in Counter(o.rung for o in outcomes).most_common()]
    yield "| borders | " + " | ".join(f"`{name}`" for name in names) + " |"
    yield "|---|" + "--:|" * len(names)
    for borders in (*BORDERS, "**all**"):
        here = Counter(o.rung for o in outcomes if borders in (o.layout.borders, "**all**"))
        yield f"| {borders} | " + " | ".join(str(here[name]) for name in names) + " |"


def _pdfs(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield HEAD.format("borders, form")
    yield from grouped(outcomes, lambda o: o.layout.borders, _form)
    yield row("**all PDF**", outcomes)
    yield "\nReports of which every cell is exact, by the row after which the page breaks:\n"
    yield from _matrix(outcomes)
    yield "\nThe same PDFs by other options of their layout:\n"
    yield HEAD.format("option")
    yield from grouped(outcomes, lambda o: f"page {o.layout.page}")
    yield from grouped(outcomes, lambda o: f"columns {o.layout.widths}")
    yield from grouped(sorted(outcomes, key=lambda o: o.layout.font_size), lambda o: f"{o.layout.font_size:g} pt")
    yield from grouped(outcomes, lambda o: f"digits {o.layout.font}")
    yield from grouped(outcomes, lambda o: f"pages {o.case.turned}")
    yield from grouped(outcomes, lambda o: f"merged label at a break: {o.layout.group_cut}")
    yield "\nThe way of finding tables that answered (docs of `readers.pdf.read_pdf`):\n"
    yield from _rungs(outcomes)


def tables(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The whole section, as Markdown."""
    for format, name in NAMES.items():
        here = [o for o in outcomes if o.case.format == format]
        if not here:
            continue
        yield f"### {name}\n"
        yield from _pdfs(here) if format == "pdf" else _textual(format, here)
        yield ""
    yield "### All formats\n"
    yield HEAD.format("")
    yield from grouped(outcomes, lambda o: NAMES[o.case.format])
    yield row("**all**", outcomes)


def measured(todo: Sequence[Case]) -> list[Outcome]:
    """All outcomes, in the order of the cases."""
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(tqdm(pool.map(measure, todo, chunksize=8), total=len(todo), desc="round trips"))


def failures(outcomes: Iterable[Outcome]) -> list[str]:
    """What is silently wrong anywhere, and what the surest kinds of print give less than exactly.

    Of print without rulings, and of text, what is flagged is counted in the tables.
    """
    return [
        f"{o.case}: {example}"
        for o in outcomes
        if o.count.silent or (o.is_sure and not o.count.exact)
        for example in o.count.examples[:2]
    ]


def table() -> tuple[str, list[str]]:
    """The section as Markdown, and what failed."""
    outcomes = measured(list(cases()))
    return "\n".join(tables(outcomes)), failures(outcomes)


if __name__ == "__main__":
    print(*table(), sep="\n")
