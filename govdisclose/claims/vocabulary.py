"""The vocabulary of claims, from `claims.toml`: what prose counts, by which words, and in which cells it stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from govdisclose.model import Severity

Pattern = re.Pattern[str]
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity of the vocabulary, as `claims.toml` explains its fields."""

    id: str
    zh: str
    en: str
    meaning: str
    topic: str
    units: frozenset[str]
    patterns: Pattern
    elliptic: Pattern
    part_patterns: Pattern
    unless: Pattern
    cells: tuple[str, ...]
    bound: Literal["", "at_most"]
    severity: Severity
    parts: tuple[str, ...]
    exhaustive: tuple[tuple[str, ...], ...]
    outcomes: bool
    applicants: bool
    office: bool


@dataclass(frozen=True, slots=True)
class Zero:
    """Words after a word for none that say of which quantities there was none."""

    quantities: tuple[str, ...]
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`claims.toml`, compiled. `words` holds the single expressions by name; `by_id` the first entry of each id."""

    quantities: tuple[Quantity, ...]
    zeros: tuple[Zero, ...]
    topics: Pattern
    applicants: tuple[tuple[str, Pattern], ...]
    outcomes: tuple[tuple[str, Pattern], ...]
    words: dict[str, Pattern]
    units: tuple[str, ...]
    money: frozenset[str]
    documents: frozenset[str]
    sections: dict[str, Any]
    by_id: dict[str, Quantity]
    by_unit: dict[str, tuple[Quantity, ...]] = field(default_factory=dict)
    """Filled as units are asked for."""

    def counted_in(self, unit: str) -> tuple[Quantity, ...]:
        """The quantities that a number with this unit may count, in the order of the file.

        >>> "press_conferences" in [q.id for q in load_vocabulary().counted_in("场次")]
        True
        """
        if unit not in self.by_unit:
            ways = {unit, unit.removesuffix("次") or unit}  # 件次 counts what 件 does
            self.by_unit[unit] = tuple(q for q in self.quantities if not q.units or ways & q.units)
        return self.by_unit[unit]

    def quantity(self, quantity_id: str) -> Quantity:
        """The first entry with this id, one by applicants or by outcome included.

        >>> load_vocabulary().quantity("requests_received_by_natural_person").id
        'requests_received'
        """
        return self.by_id[self.base(quantity_id)]

    def base(self, quantity_id: str) -> str:
        """The id without applicants and outcome.

        >>> load_vocabulary().base("review_cases_upheld")
        'review_cases'
        """
        known = self.by_id
        if quantity_id in known:
            return quantity_id
        for cut in [m.start() for m in re.finditer("_", quantity_id)][::-1]:
            if quantity_id[:cut] in known:
                return quantity_id[:cut]
        raise KeyError(quantity_id)

    def ids(self) -> tuple[str, ...]:
        """Every id a claim may have, in the order of the file."""
        out: list[str] = []
        for q in self.by_id.values():
            out.append(q.id)
            if q.applicants:
                out += [f"{q.id}_by_natural_person", f"{q.id}_by_organisation"]
            if q.outcomes:
                out += [f"{q.id}_{outcome}" for outcome, _ in self.outcomes]
        return tuple(out)


def _any(expressions: list[str] | str) -> Pattern:
    listed = [expressions] if isinstance(expressions, str) else expressions
    return re.compile("|".join(f"(?:{e})" for e in listed)) if listed else _NEVER


def _quantity(data: dict[str, Any]) -> Quantity:
    return Quantity(
        data["id"],
        data["zh"],
        data["en"],
        data["meaning"],
        data.get("topic", ""),
        frozenset(data.get("units", ())),
        _any(data.get("patterns", [])),
        _any(data.get("elliptic", [])),
        _any(data.get("part_patterns", [])),
        _any(data.get("unless", [])),
        tuple(data.get("cells", ())),
        data.get("bound", ""),
        data.get("severity", "warning"),
        tuple(data.get("parts", ())),
        tuple(map(tuple, data.get("exhaustive", ()))),
        data.get("outcomes", False),
        data.get("applicants", False),
        data.get("office", False),
    )


@lru_cache(maxsize=1)
def load_vocabulary() -> Vocabulary:
    """The package's vocabulary of claims, loaded once.

    >>> "requests_received" in load_vocabulary().ids()
    True
    """
    data = tomllib.loads(resources.files("govdisclose").joinpath("claims", "claims.toml").read_text(encoding="utf-8"))
    numbers, scope, zeros = data["numbers"], data["scope"], data["zeros"]
    words = {
        "not_counted": _any(numbers["not_counted"]),
        "not_before": re.compile("|".join(f"(?:{e})" for e in numbers["not_before"])),
        "not_in_clause": _any(numbers["not_in_clause"]),
        "approximate_before": re.compile(numbers["approximate_before"]),
        "approximate_after": re.compile(numbers["approximate_after"]),
        "down": re.compile(numbers["down"]),
        "growth": re.compile(numbers["growth"]),
        "part": re.compile(numbers["part"]),
        "bare": re.compile(numbers["bare"]),
        "listed": re.compile(numbers["listed"]),
        "rate": re.compile(numbers["rate"]),
        "not_head": re.compile(numbers["not_head"]),
        "scope": re.compile(f"(?P<consolidated>{scope['consolidated']})|(?P<own_office>{scope['own_office']})"),
        "whole": re.compile(scope["whole"]),
        "none": re.compile(zeros["none"]),
        "not_none": re.compile(zeros["unless"]),
        "not_between": re.compile(zeros["not_between"]),
    }
    quantities = tuple(map(_quantity, data["quantities"]))
    return Vocabulary(
        quantities,
        tuple(Zero(tuple(z["quantities"]), re.compile(z["pattern"])) for z in zeros["of"]),
        re.compile("|".join(f"(?P<{name}>{words})" for name, words in data["topics"].items())),
        tuple((name, re.compile(words)) for name, words in data["applicants"].items()),
        tuple((name, re.compile(words)) for name, words in data["outcomes"].items()),
        words,
        tuple(numbers["units"]),
        frozenset(numbers["money"]),
        frozenset(numbers["documents"]),
        data["sections"],
        {i: next(q for q in quantities if q.id == i) for i in dict.fromkeys(q.id for q in quantities)},
    )
