"""Printed text against the labels of all forms at once: what could this be, and how surely?

A `Vocabulary` holds every label of every form (rows, columns, groups, block titles, keys, notes,
headings) and answers with candidates. It decides nothing: that takes the neighbours, and is the
work of `alignment`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz

from govdisclose.clean import fold, numeral
from govdisclose.forms import Block, Entry, Forms, Table
from govdisclose.script import simplify

Kind = Literal["row", "column", "group", "span", "block", "key", "note", "heading"]
"""What a label labels; `group` stands over rows, `span` over columns."""

HEADER_KINDS = frozenset({"column", "span", "key", "note"})
"""What the lines of a header print."""
FUZZY = 0.75
"""A label is a candidate from this similarity on (rapidfuzz ratio of the keys)."""
_REMARKED = 8
"""Characters of a label with its remark that are enough to know it by."""
_LONGEST = 60
_ENUMERATOR = re.compile(
    r"^(?:[（(]([一二三四五六七八九十\d]{1,3})[）)]|([一二三四五六七八九十]{1,3})[、.,:。]|(\d{1,2})(?:[、.,:)。]|(?=[\u4e00-\u9fff])))"
)
_REMARK = re.compile(r"[（(\[【〔](?![一二三四五六七八九十\d]{1,3}[）)])[^（(\[【〔）)\]】〕]*(?:[）)\]】〕]|$)")
_NOT_KEY = re.compile(r"[^\w]|_")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_MARK = re.compile(rf"[{_CIRCLED}¹²³⁴⁵⁶⁷⁸⁹⁰]+\s*$|[\[［【]\s*注?\s*\d\s*[\]］】]\s*$")
"""A footnote mark behind a label; a circled number before it is an enumerator."""


@lru_cache(maxsize=16384)
def without_marks(text: str) -> str:
    """Drop a footnote mark at the end and write a circled number at the beginning as an enumerator.

    >>> without_marks("①属于国家秘密"), without_marks("总计①")
    ('1.属于国家秘密', '总计')
    """
    text = _MARK.sub("", text) or text
    head = text.lstrip()[:1]
    return f"{_CIRCLED.index(head) + 1}.{text.lstrip()[1:]}" if head and head in _CIRCLED else text


@dataclass(frozen=True, slots=True)
class Key:
    """A label reduced to what tells it apart: without enumerator, punctuation, brackets."""

    full: str
    short: str
    number: int | None


@lru_cache(maxsize=16384)
def key(text: str) -> Key:
    """Reduce a printed label.

    >>> key("（二）部分公开（区分处理的，只计这一情形）").short, key("3. 其 他").number
    ('部分公开', 3)
    """
    folded = simplify(fold(text))
    match = _ENUMERATOR.match(folded)
    number = None
    if match:
        number = numeral(next(g for g in match.groups() if g))
        folded = folded[match.end() :]
    full = _NOT_KEY.sub("", folded)
    short = _NOT_KEY.sub("", _REMARK.sub("", folded))
    if len(short) > 2 and short.endswith("的"):
        short = short[:-1]
    return Key(full, short or full, number)


@dataclass(frozen=True, slots=True)
class Match:
    """One thing a text could be. `score` 1.0: equal to a label of a form after folding."""

    kind: Kind
    table: str
    id: str
    score: float
    numbered: bool = False
    """The printed enumerator is the form's own."""


@dataclass(frozen=True, slots=True)
class _Label:
    kind: Kind
    table: str
    id: str
    key: Key


def similarity(printed: Key, label: Key) -> float:
    """How alike two labels are, from 0 to 1; 0.98 where only remarks in brackets differ.

    >>> similarity(key("2.其他法律行政止公开"), key("2.其他法律行政法规禁止公开")) > FUZZY
    True
    """
    if not printed.full or not label.full:
        return 0.0
    if printed.full == label.full:
        return 1.0
    if printed.short == label.short:
        return 0.98
    if len(printed.full) >= 6 and label.full.startswith(printed.full):
        return 0.9
    # Two labels run together resemble both: what is much longer than the label is not that label.
    if len(printed.short) > 1.4 * len(label.full) + 1:
        return 0.0
    whole = fuzz.ratio(printed.full, label.full)
    if len(printed.short) < 4:  # of so few characters one alone makes another word, unless a remark follows
        return whole / 100 if len(printed.full) >= _REMARKED else 0.0
    return max(whole, fuzz.ratio(printed.short, label.short)) / 100


@dataclass(slots=True)
class Vocabulary:
    """All labels of all forms, and what follows from them: the union of rows in printed order."""

    forms: Forms
    rows: dict[str, list[str]] = field(init=False)
    """table -> ids of the rows of all forms, merged in printed order."""
    _labels: list[_Label] = field(init=False)
    _exact: dict[str, list[_Label]] = field(init=False)
    _fused: dict[str, tuple[Match, ...]] = field(init=False, default_factory=dict)
    """Keys of group and row labels printed in one cell."""
    match: Callable[[str], tuple[Match, ...]] = field(init=False)
    """Everything a text could be, best first; empty for prose and numbers. A text is looked up once."""
    _depth: dict[str, dict[str, int]] = field(init=False, default_factory=dict)
    _blocks: dict[tuple[str, str], list[Block]] = field(init=False, default_factory=dict)
    _entries: dict[tuple[str, str], Entry] = field(init=False, default_factory=dict)
    _as_group: dict[tuple[str, str], tuple[str, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._labels = list(dict.fromkeys(self._collect()))
        self._exact = {}
        for label in self._labels:
            for k in dict.fromkeys((label.key.full, label.key.short)):
                self._exact.setdefault(k, []).append(label)
        for fused, matches in self._fuse():
            if fused not in self._exact:
                self._fused[fused] = matches
        self.rows = {}
        for table_id in self.forms.table_ids:
            merged: list[str] = []
            for form in self.forms:
                place = 0
                for row in (r.id for t in form.tables if t.id == table_id for b in t.blocks for r in b.rows):
                    if row in merged:
                        place = merged.index(row) + 1
                    else:
                        merged.insert(place, row)
                        place += 1
            self.rows[table_id] = merged
        self.match = lru_cache(maxsize=65536)(self._match)

    def _collect(self) -> Iterator[_Label]:
        def labels(kind: Kind, table: str, id_: str, texts: tuple[str, ...]) -> Iterator[_Label]:
            for text in texts:
                yield _Label(kind, table, id_, key(text))

        for form in self.forms:
            for table in form.tables:
                yield from labels("heading", table.id, table.id, table.headings)
                yield from labels("note", table.id, "note", table.notes)
                for group in table.groups:
                    yield from labels("span" if group.axis == "column" else "group", table.id, group.id, group.labels)
                for block in table.blocks:
                    yield from labels("block", table.id, block.id, block.labels)
                    yield from labels("key", table.id, block.id, block.key)
                    for row in block.rows:
                        yield from labels("row", table.id, row.id, row.labels)
                    for column in (*block.columns, *block.extra_columns):
                        yield from labels("column", table.id, column.id, column.labels)

    def _fuse(self) -> Iterator[tuple[str, tuple[Match, ...]]]:
        """Row labels with the labels of their groups before them, as one text."""
        for form in self.forms:
            for table in form.tables:
                for row in (r for b in table.blocks for r in b.rows):
                    texts = [""]
                    for group in reversed(table.path(row)):
                        texts = [label + text for label in group.labels for text in texts]
                        found = (Match("row", table.id, row.id, 0.98), Match("group", table.id, group.id, 0.98))
                        for text in texts:
                            for label in row.labels:
                                yield key(text + label).full, found

    def _match(self, text: str) -> tuple[Match, ...]:
        if len(text) > 4 * _LONGEST:
            return ()
        folded = fold(without_marks(text))
        if not folded or len(folded) > _LONGEST:
            return ()
        printed = key(folded)
        if printed.full in self._fused:
            return self._fused[printed.full]
        best: dict[tuple[Kind, str, str], Match] = {}
        exact = self._exact.get(printed.full) or self._exact.get(printed.short)
        for label in exact or self._labels:
            score = similarity(printed, label.key)
            if score < FUZZY:
                continue
            numbered = printed.number is not None and printed.number == label.key.number
            old = best.get((label.kind, label.table, label.id))
            if old is None or (score, numbered) > (old.score, old.numbered):
                best[(label.kind, label.table, label.id)] = Match(label.kind, label.table, label.id, score, numbered)
        return tuple(sorted(best.values(), key=lambda m: (-m.score, not m.numbered)))

    def blocks(self, table_id: str, row_id: str) -> list[Block]:
        """The blocks that hold a row, one for every form that has it (newest form last)."""
        if (table_id, row_id) not in self._blocks:
            self._blocks[table_id, row_id] = [
                block
                for table in self._tables(table_id)
                for block in table.blocks
                if any(row.id == row_id for row in block.rows)
            ]
        return self._blocks[table_id, row_id]

    def entry(self, table_id: str, row_id: str) -> Entry:
        """The row in the newest form that has it."""
        if (table_id, row_id) not in self._entries:
            block = self.blocks(table_id, row_id)[-1]
            self._entries[table_id, row_id] = next(row for row in block.rows if row.id == row_id)
        return self._entries[table_id, row_id]

    def _tables(self, table_id: str) -> Iterator[Table]:
        return (t for form in self.forms for t in form.tables if t.id == table_id)

    def depth(self, table_id: str, row_id: str) -> int:
        """How many groups stand over a row, in the newest form that has it."""
        return self._depths(table_id)[row_id]

    def deepest(self, table_id: str) -> int:
        """The greatest depth of a table's rows."""
        return max(self._depths(table_id).values())

    def _depths(self, table_id: str) -> dict[str, int]:
        if table_id not in self._depth:
            self._depth[table_id] = {
                r.id: len(t.path(r)) for t in self._tables(table_id) for b in t.blocks for r in b.rows
            }
        return self._depth[table_id]

    def widest(self, table_id: str) -> int:
        """The greatest number of columns of a table's blocks."""
        return max(len(b.columns) for t in self._tables(table_id) for b in t.blocks)

    def column_parents(self, table_id: str) -> dict[str, str]:
        """Column or column group -> the group it stands under."""
        out: dict[str, str] = {}
        for t in self._tables(table_id):
            out |= {g.id: g.parent for g in t.groups if g.axis == "column"}
            out |= {c.id: c.group for b in t.blocks for c in (*b.columns, *b.extra_columns) if c.group}
        return out

    def printed_as_group(self, table_id: str, row_id: str) -> tuple[str, ...]:
        """Rows of other forms that stand under a group printed with this row's own label.

        Such a row and those rows never stand together: what looks like both is the group's line.
        """
        if (table_id, row_id) in self._as_group:
            return self._as_group[table_id, row_id]
        mine = {key(label).full for label in self.entry(table_id, row_id).labels}
        under: dict[str, None] = {}
        for table in self._tables(table_id):
            own = {r.group for b in table.blocks for r in b.rows if r.id == row_id}
            twins = {g.id for g in table.groups if mine & {key(label).full for label in g.labels}} - own
            for block in table.blocks:
                under |= {r.id: None for r in block.rows if r.group in twins and r.id != row_id}
        self._as_group[table_id, row_id] = tuple(under)
        return self._as_group[table_id, row_id]


@lru_cache(maxsize=8)
def vocabulary(forms: Forms) -> Vocabulary:
    """The vocabulary of a set of forms, built once."""
    return Vocabulary(forms)
