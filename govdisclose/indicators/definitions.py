"""The indicators of `indicators.toml`: read, expanded over the forms, and listed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, get_args

from govdisclose.errors import FormError, UsageError
from govdisclose.forms import Forms, Lang, checked_lang
from govdisclose.model import Address

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["share", "rate", "ratio", "count", "growth", "days"]
SingleInterval = Literal["wilson", "clopper_pearson"]
DATES = ("published.on_time", "published.days_late", "published.dated")
"""What stands for a cell where the date of publication is measured."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: what is counted over what. `numerator` and `denominator` map a form's id to a sum of cells.

    The id is `""` where one definition holds for every form. An empty denominator counts reports.
    """

    id: str
    group: str
    zh: str
    en: str
    kind: Kind
    unit: str
    numerator: Mapping[str, str]
    denominator: Mapping[str, str]
    interval: SingleInterval
    caveat_zh: str
    caveat_en: str

    @property
    def breaks(self) -> bool:
        """Whether the definition differs between forms."""
        return "" not in self.numerator

    @property
    def dated(self) -> bool:
        """Whether it measures the date of publication."""
        return any(sum_ in DATES for sum_ in self.numerator.values())


@dataclass(frozen=True, slots=True)
class Term:
    """A signed part of a sum: the first of `alternatives` whose cells all have a number, newest form first."""

    sign: int
    alternatives: tuple[tuple[Address, ...], ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything `indicators.toml` says."""

    indicators: tuple[Indicator, ...]
    groups: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any]
    deadlines: Mapping[str, Any]
    reasons: Mapping[str, Mapping[str, str]]


def _sums(data: Any) -> dict[str, str]:
    return {"": data} if isinstance(data, str) else {str(form): text for form, text in data.items()}


@lru_cache(maxsize=1)
def load() -> Catalogue:
    """The indicators that come with the package."""
    text = resources.files("govdisclose.indicators").joinpath("indicators.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    found = []
    for group, shared in data["groups"].items():
        for own in shared["indicators"]:
            said = {"unit": "share", "interval": "wilson", "denominator": {}} | shared | own
            found.append(
                Indicator(
                    id=own["id"],
                    group=group,
                    zh=own["zh"],
                    en=own["en"],
                    kind=_known(said["kind"], get_args(Kind), own["id"]),
                    unit=said["unit"],
                    numerator=_sums(said["numerator"]),
                    denominator=_sums(said["denominator"]),
                    interval=_known(said["interval"], get_args(SingleInterval), own["id"]),
                    caveat_zh=said["caveat_zh"],
                    caveat_en=said["caveat_en"],
                )
            )
    return Catalogue(tuple(found), data["groups"], data["settings"], data["deadlines"], data["reasons"])


def _known(word: str, words: Sequence[str], indicator: str) -> Any:
    if word not in words:
        raise FormError(f"indicators.toml, {indicator}: {word!r} is none of {', '.join(words)}")
    return word


def chosen(ids: str | Iterable[str] | None) -> tuple[Indicator, ...]:
    """The indicators with these ids or in these groups, each once, in the order asked for.

    >>> [i.id for i in chosen(["backlog", "fees"])]
    ['backlog', 'fees_amount']
    """
    known = load()
    if ids is None:
        return known.indicators
    found: dict[str, Indicator] = {}
    for name in [ids] if isinstance(ids, str) else ids:
        # an indicator comes before the group of its name, which says no more where it has one member
        here = [i for i in known.indicators if i.id == name] or [i for i in known.indicators if i.group == name]
        if not here:
            raise UsageError(f"no indicator {name!r}; {_nearest(name, known)}")
        found |= {i.id: i for i in here}
    if not found:
        raise UsageError("ids: names no indicator; leave it out for all, or choose from indicators.catalogue()")
    return tuple(found.values())


def _nearest(name: str, known: Catalogue) -> str:
    from rapidfuzz import process

    words = [*(i.id for i in known.indicators), *known.groups]
    near = [word for word, _, _ in process.extract(str(name), words, limit=3)]
    return f"nearest: {', '.join(near)}; all: indicators.catalogue()"


def expand(text: str, forms: Forms) -> tuple[Term, ...]:
    """A sum of cells over the forms.

    Raises
    ------
    FormError
        A part is no address, or no form has such a cell.

    Examples
    --------
    >>> from govdisclose import forms
    >>> term = expand("requests.other_*.total", forms.load())[0]
    >>> [len(cells) for cells in term.alternatives]
    [3, 1]
    """
    words = text.replace("-", " - ").replace("+", " + ").split()
    signs = [-1 if word == "-" else 1 for word in ("+", *words) if word in "+-"]
    parts = [word for word in words if word not in "+-"]
    if not parts or len(parts) != len(signs) or len(words) != 2 * len(parts) - 1:
        raise FormError(f"indicators.toml: {text!r} is no sum of cells; write table.row.column + table.row.column")
    return tuple(Term(sign, _alternatives(part, forms)) for sign, part in zip(signs, parts, strict=True))


def _alternatives(part: str, forms: Forms) -> tuple[tuple[Address, ...], ...]:
    from fnmatch import fnmatchcase

    if part in DATES:
        return ()
    pattern = tuple(part.split("."))
    if len(pattern) != 3:
        raise FormError(f"indicators.toml: {part!r} is no address; write table.row.column")
    table, row, column = pattern
    found: dict[tuple[Address, ...], None] = {}
    for form in reversed(tuple(forms)):
        cells = [pair for t in form.tables if t.id == table for pair in t.addresses()]
        here = tuple((table, r, c) for r, c in cells if fnmatchcase(r, row) and fnmatchcase(c, column))
        if here:
            found[here] = None
    if not found:
        raise FormError(f"indicators.toml: no form has a cell {part}")
    return tuple(found)


def comparability(indicator: Indicator, forms: Forms) -> str:
    """Which forms print it: `all`, the ids of some, or `breaks` with the ids where its definition differs.

    >>> from govdisclose import forms
    >>> [comparability(chosen(i)[0], forms.load()) for i in ("grant_rate", "normative_issued", "normative_new")]
    ['all', '2021', 'breaks 2019 | 2021']
    """
    if indicator.breaks:
        return f"breaks {' | '.join(indicator.numerator)}"
    if indicator.dated:
        return "all"
    sums = [text for side in (indicator.numerator, indicator.denominator) for text in side.values()]
    terms = [term for text in sums for term in expand(text, forms)]
    having = [
        form.id
        for form in forms
        if all(
            any(
                set(cells) <= {(t.id, *pair) for t in form.tables for pair in t.addresses()}
                for cells in term.alternatives
            )
            for term in terms
        )
    ]
    return "all" if len(having) == len(tuple(forms)) else ", ".join(having)


def catalogue(lang: Lang | None = None, *, forms: Forms | None = None) -> pd.DataFrame:
    """Every indicator, what it counts, and what to beware of.

    Parameters
    ----------
    lang : {"zh", "en"}, optional
        One language, as `name` and `caveat`; default both, as `name_zh`, `name_en` …

    Returns
    -------
    pandas.DataFrame
        Index `id`; columns `group`, names, `kind`, `unit`, `numerator`, `denominator`, `comparability`,
        `interval`, caveats.

    Examples
    --------
    >>> catalogue("en").loc["backlog", ["name", "kind", "comparability"]].tolist()
    ['Backlog', 'share', 'all']
    """
    import pandas as pd

    from govdisclose.forms import load as load_forms

    known = forms or load_forms()
    rows = [
        {
            "id": i.id,
            "group": i.group,
            "name_zh": i.zh,
            "name_en": i.en,
            "kind": i.kind,
            "unit": i.unit,
            "numerator": formula(i.numerator),
            "denominator": formula(i.denominator) or ("" if i.kind != "growth" else "the year before"),
            "comparability": comparability(i, known),
            "interval": i.interval if i.kind in ("share", "rate") else "",
            "caveat_zh": i.caveat_zh,
            "caveat_en": i.caveat_en,
        }
        for i in load().indicators
    ]
    frame = pd.DataFrame(rows).set_index("id")
    if lang is None:
        return frame
    other = "en" if lang == "zh" else "zh"
    kept = frame.drop(columns=[f"name_{other}", f"caveat_{other}"])
    return kept.rename(columns={f"name_{lang}": "name", f"caveat_{lang}": "caveat"})


def formula(sums: Mapping[str, str]) -> str:
    """A numerator or denominator in one line, its forms told apart.

    >>> formula({"2019": "a.b.c", "2021": "a.b.d"})
    '2019: a.b.c | 2021: a.b.d'
    """
    return " | ".join(f"{form}: {text}" if form else text for form, text in sums.items())


def name(id_or_group: str, lang: Lang = "zh") -> str:
    """The name of an indicator, or else of a group, for a label.

    >>> name("refusals", "en"), name("grant_rate_d3", "zh")
    ('Refusal: statutory and operational', '公开率（D3：实体决定）')
    """
    known = load()
    checked_lang(lang)
    for indicator in known.indicators:
        if indicator.id == id_or_group:
            return indicator.zh if lang == "zh" else indicator.en
    if id_or_group in known.groups:
        return str(known.groups[id_or_group][lang])
    raise UsageError(f"no indicator {id_or_group!r}; {_nearest(id_or_group, known)}")
