"""What the prose says against what the tables print: `check_claims` gives findings, each with its ground.

A claim is compared with the sums of cells that `claims.toml` names for its quantity; it agrees with
one of them, or contradicts them all, or cannot be compared: because the prose speaks of an office and
the table of all its government, or because cells are blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from govdisclose.claims.prose_checks import check_parts, check_shares
from govdisclose.claims.section_checks import check_sections
from govdisclose.claims.sums import Cells, Sum, explanations
from govdisclose.claims.vocabulary import Quantity, load_vocabulary
from govdisclose.forms import Forms, Lang
from govdisclose.model import Address, Cell, Claim, Finding, Identity, Section

Verdict = Literal["agrees", "contradicts", "scope", "open"]
_MANY = 3
"""Rows above which a sum is named as a whole."""
_LOOSE = 0.1
"""How far, relatively, a number said to be approximate may be off."""


class Comparison(NamedTuple):
    """A claim against the tables: the verdict, and the sum that agrees, or else the first one."""

    claim: Claim
    verdict: Verdict
    formula: str
    sum: Sum | None


def compare_claims(
    cells: Sequence[Cell], claims: Sequence[Claim], identity: Identity, forms: Forms
) -> tuple[Comparison, ...]:
    """Every claim whose quantity the tables hold, compared with them.

    Returns
    -------
    tuple of Comparison
        `open` where absent, blank or unreadable cells leave it open; `scope` where the numbers
        differ and the prose speaks of others than the table.
    """
    return _compared(Cells(cells, forms), claims, identity)


def _compared(index: Cells, claims: Sequence[Claim], identity: Identity) -> tuple[Comparison, ...]:
    return tuple(_compare(c, index, identity) for c in claims if c.kind == "count" and _formulas(c))


def check_claims(
    cells: Sequence[Cell],
    claims: Sequence[Claim],
    sections: Sequence[Section],
    identity: Identity,
    forms: Forms,
    *,
    confirmed: bool = False,
) -> tuple[Finding, ...]:
    """Findings about the prose: against the tables, within itself, and in its structure.

    Parameters
    ----------
    cells, claims, sections, identity, forms
        Those of one report.
    confirmed
        Whether to give also what agrees, as notices (`claim_agrees`, `claim_parts`, `claim_share`).

    Returns
    -------
    tuple of Finding
        At most warnings: prose can be loose where a table cannot.

    Examples
    --------
    >>> from govdisclose.claims import extract_claims
    >>> from govdisclose.forms import load
    >>> from govdisclose.model import Stated
    >>> who = Identity(*[Stated(None)] * 4)
    >>> section = Section(1, "", "受理政府信息公开申请12件。")
    >>> cell = Cell("requests", "new", "total", 11, "number")
    >>> found = check_claims([cell], extract_claims([section]), [section], who, load())
    >>> [(f.relation, f.expected, f.actual) for f in found if f.severity == "warning"][0]
    ('claim_contradicts', 11, 12)
    """
    index = Cells(cells, forms)
    out: list[Finding] = []
    for compared in _compared(index, claims, identity):
        out += _table_findings(compared, index, forms, confirmed)
    out += check_parts(claims, sections, confirmed=confirmed)
    out += check_shares(claims, index, confirmed=confirmed)
    out += check_sections(sections, claims, identity, index)
    return tuple(out)


def _formulas(claim: Claim) -> tuple[str, ...]:
    return load_vocabulary().quantity(claim.quantity).cells


def _column(claim: Claim) -> str:
    return claim.by or claim.outcome


def _compare(claim: Claim, index: Cells, identity: Identity) -> Comparison:
    quantity = load_vocabulary().quantity(claim.quantity)
    sums = [(f, s) for f in quantity.cells if (s := index.sum(f, _column(claim))) is not None]
    if not sums:
        return Comparison(claim, "open", "", None)
    for formula, found in sums:
        if _agrees(claim, found, quantity):
            return Comparison(claim, "agrees", formula, found)
    first = sums[0]
    if not all(_contradicts(claim, s, quantity) for _, s in sums):
        return Comparison(claim, "open", *first)
    return Comparison(claim, "scope" if _elsewhere(claim, quantity, identity) else "contradicts", *first)


def _agrees(claim: Claim, found: Sum, quantity: Quantity) -> bool:
    if not found.printed:
        return False  # blank is not zero
    for value in (found.value, found.other):
        if value is None:
            continue
        if claim.value == value or (quantity.bound == "at_most" and found.exact and claim.value < value):
            return True
        if claim.approximate and abs(claim.value - value) <= _LOOSE * max(value, claim.value):
            return True
    return False


def _contradicts(claim: Claim, found: Sum, quantity: Quantity) -> bool:
    """Whether no number in the blank cells could make the claim right."""
    if quantity.bound == "at_most":
        return found.exact and claim.value > found.value
    return found.exact or claim.value < found.value


def _elsewhere(claim: Claim, quantity: Quantity, identity: Identity) -> bool:
    """Whether the claim speaks of an office and the table of a whole government, or the other way about."""
    table = identity.scope.value or "unknown"
    if not quantity.office:
        return False
    if claim.scope == "own_office":
        agency = str(identity.agency.value or "")
        whole = load_vocabulary().words["whole"].search(agency) is not None
        return table == "consolidated" or (table == "unknown" and whole)
    return claim.scope == "consolidated" and table == "own_office"


def _table_findings(compared: Comparison, index: Cells, forms: Forms, confirmed: bool) -> list[Finding]:
    claim, found = compared.claim, compared.sum
    if found is None or compared.verdict == "open" or (compared.verdict == "agrees" and not confirmed):
        return []
    quantity = load_vocabulary().quantity(claim.quantity)
    zh, en = _named(found.terms, forms, "zh", quantity), _named(found.terms, forms, "en", quantity)
    if found.derived:
        zh, en = f"{zh}（总计栏空白，由该行各数相加）", f"{en} (the total is blank; its row was added up)"
    say_zh, say_en = f"正文“{claim.text}”（{_place_zh(claim)}）", f"the prose says {claim.text!r} ({claim.place})"
    if compared.verdict == "agrees":
        value = found.other if found.other == claim.value else found.value
        return [
            Finding(
                "claim_agrees",
                "notice",
                f"{say_zh}与表格相符：{zh} = {value}",
                f"{say_en}, and so does the table: {en} = {value}",
                found.terms,
                value,
                claim.value,
                place=claim.place,
            )
        ]
    least_zh, least_en = ("", "") if found.exact else ("至少", "at least ")
    if compared.verdict == "scope":
        return [
            Finding(
                "claim_scope",
                "notice",
                f"{say_zh}与表格的 {found.value}（{zh}）不同，口径不同：正文说的是{_scope_zh(claim)}，表格不是",
                f"{say_en}, the table {found.value} ({en}): the prose speaks of {_scope_en(claim)}, the table does not",
                found.terms,
                found.value,
                claim.value,
                place=claim.place,
            )
        ]
    why_zh, why_en, more = _why(claim, found, index, forms)
    alternatives = [s for f in _formulas(claim)[1:] if (s := index.sum(f, _column(claim))) is not None]
    also_zh = "".join(f"，也不是 {s.value}（{_named(s.terms, forms, 'zh')}）" for s in alternatives)
    also_en = "".join(f", nor {s.value} ({_named(s.terms, forms, 'en')})" for s in alternatives)
    return [
        Finding(
            "claim_contradicts",
            quantity.severity,
            f"{say_zh}与表格矛盾：{zh} {least_zh or '= '}{found.value}{also_zh}{why_zh}",
            f"{say_en}; the table contradicts it: {en} is {least_en}{found.value}{also_en}{why_en}",
            tuple(dict.fromkeys((*found.terms, *more))),
            found.value,
            claim.value,
            "source" if _sure(found.terms, index) else "undecided",
            claim.place,
        )
    ]


def _sure(terms: Sequence[Address], index: Cells) -> bool:
    cells = [index.rows[t[:2]].get(t[2]) for t in terms]
    return all(c is not None and c.evidence in ("proved", "agreed") for c in cells)


def _why(claim: Claim, found: Sum, index: Cells, forms: Forms) -> tuple[str, str, tuple[Address, ...]]:
    """What the printed number is instead, where some cells or a smaller sum equal it."""
    others: dict[str, Sum] = {}
    for quantity in load_vocabulary().by_id.values():
        for formula in quantity.cells:
            if found.terms and formula.split(".")[0] == found.terms[0][0] and quantity.id not in others:
                other = index.sum(formula)
                if other is not None:
                    others[quantity.id] = other
    listed = explanations(claim.value, found, index, others)[:2]
    if not listed:
        return "", "", ()
    zh = "、".join(_named(cells, forms, "zh") for _, cells in listed)
    en = ", ".join(_named(cells, forms, "en") for _, cells in listed)
    return (
        f"；{claim.value} 等于 {zh}",
        f"; {claim.value} equals {en}",
        tuple(a for _, cells in listed for a in cells),
    )


def _named(terms: Sequence[Address], forms: Forms, lang: Lang, quantity: Quantity | None = None) -> str:
    """Cells by their names: rows joined by +, many rows by what they are together, and the column."""
    columns = list(dict.fromkeys(t[2] for t in terms))
    names = list(dict.fromkeys(forms.item("row", t[1]).name(lang) for t in terms))
    rows = " + ".join(names)
    if quantity is not None and len(names) > _MANY:
        rows = f"{quantity.zh}各行（{len(names)}）之和" if lang == "zh" else f"the {len(names)} rows of {quantity.en!r}"
    if len(columns) > 1:
        name = "法人" if lang == "zh" else "organisations"
    else:
        name = forms.item("column", columns[0]).name(lang)
    return f"{rows}〔{name}〕" if lang == "zh" else f"{rows} [{name}]"


def _place_zh(claim: Claim) -> str:
    return f"第{claim.section}部分第{claim.at + 1}字" if claim.section else f"正文前第{claim.at + 1}字"


def _scope_zh(claim: Claim) -> str:
    return "本机关（办公室）" if claim.scope == "own_office" else "全部所属机关"


def _scope_en(claim: Claim) -> str:
    return "the agency's own office" if claim.scope == "own_office" else "all agencies together"
