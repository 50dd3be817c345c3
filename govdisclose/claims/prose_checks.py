"""The prose against itself: parts against their sum, and percentages under the denominators in use."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from govdisclose.claims.numbers import fold_text
from govdisclose.claims.sums import ORGANISATION, PERSON, Cells
from govdisclose.claims.vocabulary import Quantity, load_vocabulary
from govdisclose.model import Claim, Finding, Number, Section

_MANY = 60
"""Claims after a number that are tried as its parts, and before a share as its whole."""
_NEAR = 14
"""Characters between a number and the percentage that belongs to it."""
DENOMINATORS = {
    "D1": "requests.processed.total",
    "D2": "requests.granted.total + requests.partial.total + requests.refused_*.total + requests.unable_*.total",
    "D3": "requests.granted.total + requests.partial.total + requests.refused_*.total",
    "D4": "requests.new.total + requests.carried_in.total",
}
"""What a share of requests may be a share of: all processed; without those not processed or otherwise
processed; decisions on the merits; new and carried in."""
_WHOLES = ("requests_received", "requests_new", "requests_concluded", "information_published")


def check_parts(
    claims: Sequence[Claim], sections: Sequence[Section], *, confirmed: bool = False
) -> tuple[Finding, ...]:
    """Parts named after a number against that number.

    A contradiction is a warning where the parts are all there are (applicants; outcomes of requests
    and of cases) or exceed the whole; parts that leave a rest say nothing. Parts by kind or by
    channel may overlap, so that an excess is a notice.

    Parameters
    ----------
    confirmed
        Whether to give the sums that come out as notices (`claim_parts`).

    Examples
    --------
    >>> from govdisclose.claims import extract_claims
    >>> section = Section(1, "", "政务新媒体共16个，微信公众号10个，新浪微博6个。")
    >>> [f.message_en for f in check_parts(extract_claims([section]), [section], confirmed=True)]
    ['section 1, character 6: 10 + 6 = 16, as printed']
    """
    out: list[Finding] = []
    ends = _paragraph_ends(sections)
    for at, whole in enumerate(claims):
        if whole.kind != "count" or not whole.unit:
            continue
        following = list(_following(claims, at, ends.get((whole.section, whole.nth), ())))
        sums = _prefix(whole, following)
        if sums:
            if confirmed:
                out.append(_parts_finding(whole, sums, "notice"))
            continue
        if not whole.approximate:
            out += _against(whole, following)
    return tuple(out)


def _paragraph_ends(sections: Iterable[Section]) -> dict[tuple[int, int], tuple[int, ...]]:
    """Where the paragraphs of each section end, lines broken by the page joined."""
    seen: dict[int, int] = {}
    out = {}
    for section in sections:
        nth = seen[section.number] = seen.get(section.number, -1) + 1
        folded = fold_text(section.text)
        out[section.number, nth] = tuple(folded.places[m.start()] for m in re.finditer("\n", folded.text))
    return out


def _following(claims: Sequence[Claim], at: int, ends: Sequence[int]) -> Iterator[Claim]:
    """The counts after a number in its paragraph, up to the next that counts the same whole."""
    whole = claims[at]
    after = bisect_right(ends, whole.at)
    end = ends[after] if after < len(ends) else None
    for claim in claims[at + 1 : at + 1 + _MANY]:
        if (claim.section, claim.nth) != (whole.section, whole.nth) or (end is not None and claim.at >= end):
            return
        if claim.quantity == whole.quantity and claim.kind == "count" and claim.unit == whole.unit:
            return
        if claim.kind == "count":
            yield claim


def _prefix(whole: Claim, following: Sequence[Claim]) -> list[Claim]:
    """The first parts (two or more) after a number that add up to it, or none."""
    parts: list[Claim] = []
    for claim in following:
        if claim.unit != whole.unit:
            break
        parts.append(claim)
        if len(parts) > 1 and whole.value and math.isclose(sum(p.value for p in parts), whole.value):
            return parts
    for group, _ in _groups(whole, following):
        if len(group) > 1 and whole.value and math.isclose(sum(p.value for p in group), whole.value):
            return group
    return []


def _groups(whole: Claim, following: Sequence[Claim]) -> Iterator[tuple[list[Claim], bool]]:
    """Claims that are parts of a number by their quantity, and whether they have to be all of it."""
    vocabulary = load_vocabulary()
    quantity = vocabulary.quantity(whole.quantity)
    if not whole.by and quantity.applicants:
        own = [c for c in following if c.by and vocabulary.base(c.quantity) == quantity.id]
        complete = {PERSON, ORGANISATION} <= {c.by for c in own}
        yield own, complete
    if not whole.outcome and quantity.outcomes:
        own = [c for c in following if c.outcome and vocabulary.base(c.quantity) == quantity.id]
        yield own, {name for name, _ in vocabulary.outcomes} <= {c.outcome for c in own}
    if whole.by or whole.outcome:
        return
    for ids in quantity.exhaustive:
        own = [c for c in following if c.quantity in ids]
        if {c.quantity for c in own} == set(ids) and len(own) == len(ids):
            yield own, True
    for prefix in quantity.parts:
        yield [c for c in following if not c.by and _is_part(c, prefix, quantity)], False


def _is_part(claim: Claim, prefix: str, quantity: Quantity) -> bool:
    return claim.quantity.startswith(prefix) if prefix.endswith("_") else claim.quantity == prefix != quantity.id


def _against(whole: Claim, following: Sequence[Claim]) -> list[Finding]:
    for group, complete in _groups(whole, following):
        if len(group) < 2 or any(c.approximate for c in group):
            continue
        total = sum(c.value for c in group)
        if complete and not math.isclose(total, whole.value):
            return [_parts_finding(whole, group, "warning")]
        if total > whole.value and group[0].by + group[0].outcome:
            return [_parts_finding(whole, group, "warning")]
        if total > whole.value and all(c.unit == whole.unit for c in group):
            return [_parts_finding(whole, group, "notice")]
    return []


def _parts_finding(whole: Claim, parts: Sequence[Claim], severity: str) -> Finding:
    total = sum(p.value for p in parts)
    total = round(total, 6) if isinstance(total, float) else total
    terms = " + ".join(str(p.value) for p in parts)
    holds = math.isclose(total, whole.value)
    zh = f"{terms} = {total}，" + ("与所述相符" if holds else f"而正文所述总数为 {whole.value}（“{whole.text}”）")
    en = f"{terms} = {total}, " + (
        "as printed" if holds else f"while the prose gives {whole.value} in all ({whole.text!r})"
    )
    return Finding(
        "claim_parts",
        "warning" if severity == "warning" else "notice",
        f"第{whole.section}部分第{whole.at + 1}字：{zh}",
        f"{whole.place}: {en}",
        (),
        total,
        whole.value,
        "source" if not holds else "undecided",
        whole.place,
    )


def check_shares(claims: Sequence[Claim], cells: Cells, *, confirmed: bool = False) -> tuple[Finding, ...]:
    """Percentages recomputed from the number before them, over every denominator in use.

    One that fits none is a notice (`claim_share`); one that fits is given where asked for, with the
    formula. Rounding and cutting off are both accepted.
    """
    out: list[Finding] = []
    for at, share in enumerate(claims):
        if share.kind != "share" or share.unit != "%" or not at:
            continue
        base = claims[at - 1]
        if (
            base.kind != "count"
            or base.quantity != share.quantity
            or not 0 < share.at - base.at <= _NEAR + len(base.text)
        ):
            continue
        if share.start - base.end > _NEAR or (base.section, base.nth) != (share.section, share.nth):
            continue
        denominators = list(_denominators(base, claims[max(0, at - 1 - _MANY) : at - 1], cells))
        if not denominators:
            continue
        fits = [(name, d) for name, d in denominators if _rounds_to(base.value, d, share.value)]
        if fits and confirmed:
            out.append(_share_finding(share, base, fits, fits=True))
        elif not fits:
            out.append(_share_finding(share, base, denominators, fits=False))
    return tuple(out)


def _denominators(base: Claim, before: Sequence[Claim], cells: Cells) -> Iterator[tuple[str, Number]]:
    topic = load_vocabulary().quantity(base.quantity).topic
    seen: set[Number] = set()
    if topic == "requests":
        for name, formula in DENOMINATORS.items():
            found = cells.sum(formula)
            if found is not None and found.value and found.value not in seen:
                seen.add(found.value)
                yield name, found.value
    for claim in reversed(before):
        of_topic = load_vocabulary().quantity(claim.quantity).topic == topic
        if claim.quantity in _WHOLES and of_topic and claim.kind == "count" and claim.value not in seen and claim.value:
            seen.add(claim.value)
            yield claim.quantity, claim.value


def _rounds_to(part: Number, whole: Number, printed: Number) -> bool:
    text = f"{printed}"
    unit = 10.0 ** -len(text.partition(".")[2]) if "." in text else 1.0
    exact = 100 * part / whole
    return abs(exact - printed) <= 0.5 * unit + 1e-9 or math.floor(exact / unit + 1e-9) * unit == round(printed, 9)


def _share_finding(share: Claim, base: Claim, of: Sequence[tuple[str, Number]], *, fits: bool) -> Finding:
    listed = ", ".join(f"{name}: {base.value}/{d} = {100 * base.value / d:.2f}%" for name, d in of)
    said_zh = f"第{share.section}部分第{share.at + 1}字：{base.value}占{share.value}%"
    said_en = f"{share.place}: {base.value} said to be {share.value}%"
    return Finding(
        "claim_share",
        "notice",
        f"{said_zh}，" + (f"按 {listed}" if fits else f"与各种分母都不符（{listed}）"),
        f"{said_en}, " + (f"by {listed}" if fits else f"which no denominator in use gives ({listed})"),
        (),
        None,
        share.value,
        "undecided" if fits else "source",
        share.place,
    )
