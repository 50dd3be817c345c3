"""Lines x rows of one table -> chains: which printed line is which row of the form.

A table prints its rows in the form's order, so a line's row follows from all lines together: the
heaviest chain of (line, row) pairs in which both go forward. What looks alike (其他 in two groups, a
label with a typo) is settled by what stands around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from govdisclose.alignment.labels import HEADER_KINDS, Match, Vocabulary
from govdisclose.alignment.lines import Line, Piece
from govdisclose.clean import parse

_FAR = 40
_OTHER_MEDIUM = 1.0
"""What it costs a chain to go on in running text from a grid, or back: sentences quote labels."""
_NEAR = 8
"""Lines above a small table in which its heading or header must stand."""
_KEPT = 3
"""Ends of chains kept for each row: the best so far may lie too far back to go on from."""
_SKIPPED = 0.25
"""What it costs to pass over a line of a grid whose label is a row's: a table is read whole."""


class Candidate(NamedTuple):
    """A line that may be a row: where its label is, what follows it, how well the label fits."""

    line: int
    row: int
    label: Piece
    values: tuple[Piece, ...]
    match: Match
    weight: float


@dataclass(frozen=True, slots=True)
class Chain:
    """Lines taken as rows, in order."""

    links: tuple[Candidate, ...]

    @property
    def filled(self) -> int:
        """How many of the lines print anything beside the label."""
        return sum(any(not v.is_blank for v in link.values) for link in self.links)


def is_header(line: Line, table: str) -> bool:
    """Whether a line prints column labels (or the key or note beside them) and no number."""
    if line.has_number:
        return False
    return any(m.kind in HEADER_KINDS and m.table == table for _, _, matches in line.named for m in matches)


def _labels(line: Line, table: str, vocabulary: Vocabulary) -> list[tuple[int, Piece, list[Match]]]:
    """Pieces that may be the row's label: (index of the last piece, label, matches)."""
    out: list[tuple[int, Piece, list[Match]]] = []
    before = -2
    for i, piece in line.words:
        beside, before = before == i - 1 and not line.stream, i
        matches = line.matches[i]
        rows = [m for m in matches if m.kind == "row" and m.table == table] if matches else []
        if rows:
            out.append((i, piece, rows))
        elif beside:
            text = line.pieces[i - 1].text + piece.text
            alone = out[-1][2][0].score if out and out[-1][0] == i - 1 else 0.9
            joined = [m for m in vocabulary.match(text) if m.kind == "row" and m.table == table and m.score > alone]
            if joined:
                out.append((i, piece._replace(text=text, parsed=parse(text)), joined))
    return out


def _heads(line: Line, at: int, table: str) -> bool:
    """Whether another piece than the one at `at` prints what stands in headers."""
    others = (k for i, _, ms in line.named if i != at for k in ms if k.table == table)
    return any(m.kind in HEADER_KINDS for m in others)


def _candidates(lines: Sequence[Line], table: str, vocabulary: Vocabulary) -> list[list[Candidate]]:
    order = {row: i for i, row in enumerate(vocabulary.rows[table])}
    groups = {row: vocabulary.entry(table, row).group for row in order}
    known = set(groups.values())
    current = ""
    out: list[list[Candidate]] = []
    for number, line in enumerate(lines):
        here: dict[int, Candidate] = {}
        for _, _, matches in line.named:
            for m in matches:
                if m.kind == "group" and m.table == table and m.score >= 0.9 and m.id in known:
                    current = m.id
        labels = _labels(line, table, vocabulary)
        if labels:
            at, label, matches_ = labels[-1]
            values = tuple(line.pieces[at + 1 :])
            printed = any(p.parsed.state in ("number", "dash") for p in values)
            if line.stream or (values and (printed or not _heads(line, at, table))):
                for m in matches_:
                    weight = 0.5 + 2 * (m.score - 0.75) + 0.15 * m.numbered + 0.6 * printed + 0.2 * bool(values)
                    if groups[m.id] and current:
                        weight += 0.15 if groups[m.id] == current else -0.15
                    row = order[m.id]
                    if row not in here or weight > here[row].weight:
                        here[row] = Candidate(number, row, label, values, m, weight)
        out.append(list(here.values()))
    return out


class _End(NamedTuple):
    """A chain so far: its score, its last link, and the chain before that."""

    score: float
    link: Candidate
    before: _End | None


def _heaviest(candidates: Sequence[Sequence[Candidate]], lines: Sequence[Line], width: int) -> Chain:
    rows_so_far = [0]
    for line, found in zip(lines, candidates, strict=True):
        sure = not line.stream and any(c.match.score >= 0.98 for c in found)
        rows_so_far.append(rows_so_far[-1] + sure)

    def hop(a: Candidate, b: Candidate) -> float:
        far = 0.01 * min(b.line - a.line, _FAR) + 0.02 * (b.row - a.row - 1)
        if lines[a.line].stream != lines[b.line].stream:
            far += _OTHER_MEDIUM
        return far + _SKIPPED * min(4, rows_so_far[b.line] - rows_so_far[a.line + 1])

    ends: list[list[_End]] = [[] for _ in range(width)]
    for here in candidates:
        grown: list[tuple[int, _End]] = []
        for c in here:
            score, before = c.weight, None
            # The heaviest ends are those of the last rows, and a hop only costs: from there on few others are tried.
            for end in chain.from_iterable(map(reversed, reversed(ends[: c.row]))):
                if end.score + c.weight < score:
                    continue
                total = end.score + c.weight - hop(end.link, c)
                if total > score or (before is None and total == score):
                    score, before = total, end
            grown.append((c.row, _End(score, c, before)))
        for row, end in grown:
            ends[row] = sorted([*ends[row], end], key=lambda e: e.score)[-_KEPT:]
    last = max((e for row in ends for e in row), key=lambda e: e.score, default=None)
    links: list[Candidate] = []
    while last is not None:
        links.append(last.link)
        last = last.before
    return Chain(tuple(reversed(links)))


def find_chains(lines: Sequence[Line], table: str, vocabulary: Vocabulary) -> list[Chain]:
    """All printings of a table, in document order; usually one.

    A second one is another report in the same file, or the same table printed twice.
    """
    candidates = _candidates(lines, table, vocabulary)
    width = len(vocabulary.rows[table])
    chains: list[Chain] = []
    for _ in range(8):
        chain = _heaviest(candidates, lines, width)
        if not _is_table(chain, lines, table, vocabulary):
            break
        in_text = any(lines[link.line].stream for link in chain.links)
        if chains and ((chain.filled < 2 and in_text) or 2 * len(chain.links) < len(chains[0].links)):
            break
        chains.append(chain)
        taken = {link.line for link in chain.links}
        candidates = [[] if i in taken else c for i, c in enumerate(candidates)]
        if 2 * sum(map(bool, candidates)) < len(chains[0].links):
            break  # too few lines are left for another printing
    return sorted(chains, key=lambda c: c.links[0].line)


def _is_table(chain: Chain, lines: Sequence[Line], table: str, vocabulary: Vocabulary) -> bool:
    """Enough of the form's own labels in a row that it cannot be another kind of table."""
    sure = sum(link.match.score >= 0.98 for link in chain.links)
    if len(vocabulary.rows[table]) > 12:
        return len(chain.links) >= 3 and sure >= 2
    if not sure:
        return False
    around = range(max(0, chain.links[0].line - _NEAR), chain.links[-1].line)
    kinds = ("block", "column", "key", "heading")
    return any(
        m.table == table and m.kind in kinds and m.score >= 0.9 for i in around for ms in lines[i].matches for m in ms
    )
