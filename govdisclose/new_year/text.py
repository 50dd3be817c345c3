"""What a new year brings, in words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from govdisclose.forms import Lang
from govdisclose.new_year import NewYear
from govdisclose.quality import short_name

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("missing", "silent", "renamed", "appeared", "unreadable", "misfiled", "rivals", "labels", "relations")


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def text(found: NewYear, lang: Lang = "zh", most: int = 20) -> str:
    """The findings and what to do next, one to a line.

    Parameters
    ----------
    found
        What `new_year` gave.
    lang
        `zh` or `en`.
    most
        Lines shown of each part.
    """
    words = _words()
    last = len(found.came_in) - len(found.appeared) + len(found.missing)
    lines = [words["came_in"][lang].format(year=found.year, n=len(found.came_in), last=last)]
    steps = []
    for part in PARTS:
        frame: pd.DataFrame = getattr(found, part)
        if frame.empty:
            continue
        lines.append(words[part][lang].format(n=len(frame)))
        lines += [f"  {line}" for line in _lines(frame.head(most), part, lang)]
        if len(frame) > most:
            lines.append("  " + words["more"][lang].format(n=len(frame) - most))
        steps += [words[part][f"step_{lang}"]] if f"step_{lang}" in words[part] else []
    lines.append(words["next"][lang])
    lines += [f"  {number}. {step}" for number, step in enumerate(steps or [words["next"][f"done_{lang}"]], 1)]
    return "\n".join(lines) + "\n"


def _lines(frame: pd.DataFrame, part: str, lang: Lang) -> Iterator[str]:
    words = _words()
    for row in frame.to_dict("records"):
        shown = {str(key): _shown(value, words["none"][lang]) for key, value in row.items()}
        if part == "relations":
            shown["name"] = short_name("relation", shown["relation"], lang)
        for column, name in (("because", "why"), ("status", "state")):
            if column in shown:
                shown[name] = words[part][f"{shown[column]}_{lang}"]
        yield words[part][f"line_{lang}"].format(**shown)


def _shown(value: object, none: str) -> str:
    if value is None or value != value or str(value) == "<NA>":
        return none
    return f"{value:g}" if isinstance(value, float) else str(value)
