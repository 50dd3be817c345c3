"""docs/indicators.md, made of `indicators.toml`: `python -m govdisclose.indicators.documentation docs`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from govdisclose.forms import Forms
from govdisclose.forms import load as load_forms
from govdisclose.indicators.definitions import Indicator, comparability, formula, load

_INTRO = """\
# Indicators

Made by `python -m govdisclose.indicators.documentation docs` of `govdisclose/indicators/indicators.toml`; do not edit.

```python
import govdisclose as gd

panel = gd.load("data/processed")
gd.indicators.compute(panel, ["grant_rate", "refusal_grounds"], by=["year"])
gd.indicators.series(panel, ["requests_new"])
gd.indicators.left_out(panel, ["grant_rate"])
```

`compute` takes ids of indicators or of groups (the headings below). It pools: the sum of numerators over the sum of
denominators of the reports of a group. `n` is that denominator, `reports` and `agencies` what it rests on, `left_out`
and `reasons` what it does not.

## How to read an estimate

- **Left out.** A report without one of the cells an indicator needs is left out of it, and counted. A sum over reports
  (`count`) falls short by what those would add; a rate leans on the reports that print their numbers well.
- **Blanks.** By default a blank or dash is zero only where a relation of the form leaves it no other value.
  `bounds=True` shows how far the undecided ones could move a share. `as_determined` also takes a blank total from its
  printed parts.
- **Intervals** take the agencies of a group for a sample of such agencies. Of several agencies: percentile bootstrap
  over agencies (all reports of one are drawn together), set wider for few of them; a share of fewer than
  {agencies} has an interval by linearisation and Student's t instead, a sum or growth none. Where fewer than {few}
  events happened, or did not happen, a share has the exact binomial interval. Of one agency: the interval named below.
  Medians: order statistics, which take reports for independent.
- **Segments.** Where forms define a thing differently, each definition makes rows of its own, marked in `segment`. They
  are not one series. A report counts by the form its table is printed in, whatever its year.
- **Scopes.** Of one agency's reports for a year one scope counts (in this order: {scopes}), unless `by` keeps scopes
  apart. A consolidated report of a government and the reports of its departments overlap: choose by
  `regions.additive` what may be added.
- **Change.** In `series` the change is among agencies that reported in both years, in percentage points for shares, in
  percent for counts.

A cell is written `table.row.column` (see the [dictionary](dictionary.md)); `*` stands for every row that fits.
"""


def markdown(forms: Forms) -> str:
    """The document.

    >>> from govdisclose import forms
    >>> markdown(forms.load()).splitlines()[0]
    '# Indicators'
    """
    known = load()
    scopes = ", ".join(f"`{scope}`" for scope in known.settings["scopes"])
    out = [_INTRO.format(few=known.settings["few"], agencies=known.settings["agencies"], scopes=scopes)]
    for group, said in known.groups.items():
        members = [indicator for indicator in known.indicators if indicator.group == group]
        out.append(f"\n## {said['en']} {said['zh']}\n\n`{group}`. {said['caveat_en']} {said['caveat_zh']}\n\n")
        out.append("| id | name | 名称 | kind | unit | numerator | denominator | forms | one agency |\n")
        out.append("|---|---|---|---|---|---|---|---|---|\n")
        out += [_line(indicator, forms) for indicator in members]
    out.append("\n## Why a report is left out\n\n| reason | what | 含义 |\n|---|---|---|\n")
    out += [f"| `{reason}` | {words['en']} | {words['zh']} |\n" for reason, words in known.reasons.items()]
    return "".join(out)


def _line(indicator: Indicator, forms: Forms) -> str:
    single = indicator.interval.replace("_", "-") if indicator.kind in ("share", "rate") else "none"
    sums = [f"`{text}`" if (text := formula(side)) else "" for side in (indicator.numerator, indicator.denominator)]
    words = (
        f"`{indicator.id}`",
        indicator.en,
        indicator.zh,
        indicator.kind,
        indicator.unit,
        *sums,
        comparability(indicator, forms),
        single,
    )
    return f"| {' | '.join(word.replace('|', chr(92) + '|') for word in words)} |\n"


def main(arguments: Sequence[str]) -> None:
    """Write indicators.md into the folder of the documentation."""
    Path(*arguments, "indicators.md").write_text(markdown(load_forms()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:] or ["docs"])
