"""Quantities in the prose of a report: which number counts what, for whom, and where it is said.

The words are data (`claims.toml`). A number is told by its own clause; where that is elliptic
(“answered 10”), by what the text last spoke of; parts of a number by the number before them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from govdisclose.claims.numbers import Folded, Mention, fold_text, mentions
from govdisclose.claims.vocabulary import Quantity, Vocabulary, load_vocabulary
from govdisclose.model import Claim, ClaimKind, Scope, Section

_PERCENT = frozenset({"%", "个百分点"})
_CLAUSE_END, _DIGIT = re.compile(r"[。;\n:]"), re.compile(r"\d")
_FAR = 60
"""Characters after a word for none in which its object has to begin."""
_SCALES = "万亿"
"""With one of these a number counts something also without a unit."""
_NEAR = 40
"""Numbers back to which the text is searched for what a number belongs to."""
_LEFT, _RIGHT = 30, 20
"""Characters of context kept in a claim's text."""
_INFORMATION, _OTHER, _PERSON, _PUBLISHED = "information", "other", "natural_person", "information_published"
_RECEIVED = ("requests_received", "requests_new")
_REMEDIES = "remedies"
_BESIDE = ("media", "letters")
"""Topics that lists of published items touch on in passing."""
_BY_KIND, _BY_CHANNEL = "_by_kind", "_by_channel"


@dataclass(slots=True)
class _Found:
    """A claim while its neighbours are still to be read."""

    quantity: Quantity
    mention: Mention
    base: str
    by: str = ""
    outcome: str = ""
    kind: ClaimKind = "count"


def extract_claims(sections: Iterable[Section], scope: Scope = "unknown") -> tuple[Claim, ...]:
    """The quantities stated in the running text of a report's sections.

    Parameters
    ----------
    sections
        As `split_sections` gives them.
    scope
        Whose figures the report gives, for sentences that do not say.

    Returns
    -------
    tuple of Claim
        In printed order. A statement that there was none is a claim of 0 without a unit.

    Examples
    --------
    >>> text = "全年受理政府信息公开申请１２件，其中自然人１０件；予以公开九件。未发生行政复议。"
    >>> [(c.quantity, c.value) for c in extract_claims([Section(1, "", text)])]
    [('requests_received', 12), ('requests_received_by_natural_person', 10), ('granted', 9), ('review_cases', 0)]
    """
    vocabulary = load_vocabulary()
    seen: dict[int, int] = {}
    out: list[Claim] = []
    for section in sections:
        nth = seen[section.number] = seen.get(section.number, -1) + 1
        if section.text:
            out += _section_claims(section, nth, scope, vocabulary)
    return tuple(out)


def _section_claims(section: Section, nth: int, scope: Scope, vocabulary: Vocabulary) -> list[Claim]:
    folded = fold_text(section.text)
    topics = [(m.end(), m.lastgroup or "") for m in vocabulary.topics.finditer(folded.text)]
    scopes = [
        (m.end(), m.lastgroup or "")
        for m in vocabulary.words["scope"].finditer(folded.text)
        if not folded.in_quotes(m.start())
    ]
    found: list[_Found] = []
    whole: _Found | None = None  # the number of published items that later ones of the paragraph may be parts of
    for mention in mentions(folded, vocabulary):
        if whole is not None and whole.mention.paragraph != mention.paragraph:
            whole = None
        made = _classify(mention, _last(topics, mention.start), found, whole, folded, vocabulary)
        if made is not None:
            found.append(made)
            whole = made if made.base == _PUBLISHED and made.kind == "count" else whole

    def whose(place: int) -> Scope:
        return _scope(place, folded, scopes, scope)

    claims = [_claim(f, folded, section, nth, whose) for f in found]
    claims += _zeros(folded, section, nth, claims, vocabulary, whose)
    claims.sort(key=lambda c: c.at)
    return claims


def _last(marks: list[tuple[int, str]], before: int) -> str:
    at = bisect_right(marks, before, key=lambda mark: mark[0])
    return marks[at - 1][1] if at else ""


def _classify(
    mention: Mention, topic: str, found: list[_Found], whole: _Found | None, folded: Folded, vocabulary: Vocabulary
) -> _Found | None:
    """What one number counts, or None where it counts nothing."""
    local = f"{mention.left}#{_noun(mention, vocabulary)}"
    if vocabulary.words["not_in_clause"].search(local):
        return None
    near = next((f for f in found[: -_NEAR - 1 : -1] if f.mention.unit not in _PERCENT), None)
    near = near if near is not None and near.mention.paragraph == mention.paragraph else None
    if mention.unit in _PERCENT:
        return _percentage(mention, local, topic, near, vocabulary)
    quantity = _match(mention, local, topic, vocabulary, whole)
    if quantity is None and mention.tail:
        quantity = _match(mention, f"{mention.left}#{mention.tail}", topic, vocabulary, None)
    by = _applicant(local, vocabulary)
    outcome = _named(local, vocabulary.outcomes)
    if quantity is None and outcome and topic == _REMEDIES:
        back = (f for f in found[: -_NEAR - 1 : -1] if f.mention.paragraph == mention.paragraph)
        quantity = next((f.quantity for f in back if f.quantity.outcomes), None)
    if quantity is None and near is not None:
        quantity = _inherited(near, mention, by, folded, vocabulary)
        if by and quantity is not None and near.mention.sentence != mention.sentence:
            quantity = next((f.quantity for f in found[: -_NEAR - 1 : -1] if f.base in _RECEIVED), quantity)
    if quantity is None:
        # A number in words, or without a unit, counts only where the text says what.
        if (not mention.unit and folded.text[mention.end - 1] not in _SCALES) or (
            mention.han and len(folded.text[mention.start : mention.end]) < 3
        ):
            return None
        quantity = vocabulary.by_id[_OTHER]
    return _Found(
        quantity,
        mention,
        quantity.id,
        by if quantity.applicants else "",
        outcome if quantity.outcomes else "",
    )


def _noun(mention: Mention, vocabulary: Vocabulary) -> str:
    """What follows a number, where it may be the noun counted."""
    return "" if vocabulary.words["not_head"].match(mention.right) else mention.right


def _match(mention: Mention, local: str, topic: str, vocabulary: Vocabulary, whole: _Found | None) -> Quantity | None:
    for quantity in vocabulary.counted_in(mention.unit):
        fits = quantity.patterns.search(local) is not None
        if not fits and quantity.topic and topic == quantity.topic:
            fits = quantity.elliptic.search(local) is not None
        if not fits and whole is not None and topic in (quantity.topic, *_BESIDE):
            fits = _same_list(mention, whole, vocabulary) and quantity.part_patterns.search(local) is not None
        if fits and not quantity.unless.search(local):
            return quantity
    return None


def _same_list(mention: Mention, whole: _Found, vocabulary: Vocabulary) -> bool:
    """Whether a number may be a part of another by its unit: the same, or one that lists of documents mix."""
    unit, other = mention.unit, whole.mention.unit
    return unit == other or (mention.sentence == whole.mention.sentence and {unit, other} <= vocabulary.documents)


def _inherited(near: _Found, mention: Mention, by: str, folded: Folded, vocabulary: Vocabulary) -> Quantity | None:
    """The quantity of the number before, where this one is it again: by applicants, or the next in a list."""
    quantity = near.quantity
    if by and quantity.applicants and near.by != by:
        return quantity
    listed = vocabulary.words["listed"].fullmatch(folded.clauses[near.mention.end : mention.start])
    if listed is not None and quantity.topic == _INFORMATION and mention.unit == near.mention.unit:
        return quantity if near.base.endswith(_BY_CHANNEL) else vocabulary.by_id[_PUBLISHED + _BY_KIND]
    return None


def _applicant(local: str, vocabulary: Vocabulary) -> str:
    """Whose requests a clause counts: "" where it names all, persons and organisations alike."""
    named = [name for name, words in vocabulary.applicants if words.search(local)]
    if len(named) > 1 and _PERSON in named:
        return ""
    return named[0] if named else ""


def _named(local: str, names: tuple[tuple[str, re.Pattern[str]], ...]) -> str:
    for name, words in names:
        if words.search(local):
            return name
    return ""


def _percentage(mention: Mention, local: str, topic: str, near: _Found | None, vocabulary: Vocabulary) -> _Found | None:
    words = vocabulary.words
    growth = words["growth"].search(mention.left)
    kind: ClaimKind = "share" if not growth else "decline" if words["down"].search(mention.left) else "growth"
    own = _match(mention, local, topic, vocabulary, None)
    rate = words["rate"].search(mention.left) is not None
    if near is not None and not rate and (kind == "share" or own is None):
        return _Found(near.quantity, mention, near.base, near.by, near.outcome, kind)
    own = own or vocabulary.by_id[_OTHER]
    return _Found(own, mention, own.id, kind=kind)


_Whose = Callable[[int], Scope]
"""Whose figure stands at a place of the section."""


def _claim(found: _Found, folded: Folded, section: Section, nth: int, whose: _Whose) -> Claim:
    mention = found.mention
    start = max(mention.left_start, mention.start - _LEFT)
    end = min(mention.right_end, mention.end + _RIGHT)
    return _placed(found, folded, section, nth, start, end, mention.start, whose)


def _placed(
    found: _Found, folded: Folded, section: Section, nth: int, start: int, end: int, at: int, whose: _Whose
) -> Claim:
    begin, stop, place = folded.places[start], folded.places[end - 1] + 1, folded.places[at]
    by = _PERSON if found.by == _PERSON else "organisation" if found.by else ""
    quantity = found.base + (f"_by_{by}" if by else "") + (f"_{found.outcome}" if found.outcome else "")
    which = f"section {section.number}" + (f" ({nth + 1})" if nth else "")
    return Claim(
        quantity,
        found.mention.value,
        found.mention.unit,
        "".join(section.text[begin:stop].split("\n")).strip(" 、,，"),
        section.number,
        f"{which}, character {place}",
        begin,
        stop,
        place,
        found.kind,
        whose(place),
        by=found.by,
        outcome=found.outcome,
        approximate=found.mention.approximate,
        nth=nth,
    )


def _zeros(
    folded: Folded, section: Section, nth: int, claims: list[Claim], vocabulary: Vocabulary, whose: _Whose
) -> list[Claim]:
    """Statements that there was none, where no number says so: the first of each quantity in a paragraph."""
    text, words = folded.clauses, vocabulary.words
    out: dict[tuple[str, int], Claim] = {}
    for match in words["none"].finditer(text):
        clause = _CLAUSE_END.split(text[match.end() : match.end() + _FAR], maxsplit=1)[0]
        if words["not_none"].search(match[0] + clause[:8]):
            continue
        quantities, length = _none_of(clause, vocabulary)
        start, end = match.start(), match.end() + length
        place = folded.places[start]
        for quantity_id in quantities:
            if any(c.quantity == quantity_id and c.start <= place < c.end for c in claims):
                continue
            base = vocabulary.base(quantity_id)
            mention = Mention(0, "", False, start, end, "", "", start, end, 0, 0, False, "")
            found = _Found(vocabulary.by_id[base], mention, base, outcome=quantity_id[len(base) + 1 :])
            out.setdefault(
                (quantity_id, text.count("\n", 0, start)),
                _placed(found, folded, section, nth, start, end, start, whose),
            )
    return list(out.values())


def _none_of(clause: str, vocabulary: Vocabulary) -> tuple[tuple[str, ...], int]:
    """Of which quantities a clause after a word for none says so, and how far the words reach."""
    for zero in vocabulary.zeros:
        of = zero.pattern.match(clause)
        if of is not None and not _DIGIT.search(of[0]) and not vocabulary.words["not_between"].search(of[0]):
            return zero.quantities, of.end()
    return (), 0


def _scope(place: int, folded: Folded, scopes: list[tuple[int, str]], report: Scope) -> Scope:
    """Whose figure stands at a place: the last word on it in the paragraph, else the report's."""
    if not scopes:
        return report
    at = bisect_left(folded.places, place)
    paragraph = folded.text.rfind("\n", 0, at) + 1
    last = bisect_right(scopes, at, key=lambda mark: mark[0]) - 1
    if last < 0 or scopes[last][0] <= paragraph:
        return report
    return "consolidated" if scopes[last][1] == "consolidated" else "own_office"
