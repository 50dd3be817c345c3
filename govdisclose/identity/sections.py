"""The statutory sections of a report: where each begins, and its running text.

A heading is found by its words, its enumerator and its place, in that order of weight: enumerators
restart, are missing or are of another kind in real reports, and sub-headings, labels of the tables,
tables of contents and sentences that list the headings all resemble them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz, process

from govdisclose.clean import numeral, strip_invisible
from govdisclose.forms import Form, Forms
from govdisclose.model import Document, Grid, Paragraph, Section
from govdisclose.vocabulary import pattern, twin, words

Style = Literal["major", "minor", "digit", "part", "none"]

_NUMERAL = "[一二三四五六七八九十]{1,3}"
_ENUMERATORS: tuple[tuple[Style, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"第({_NUMERAL})(?:部分|章|节)?[、,.:;。·\s]*")),
    ("minor", re.compile(rf"[(\[【〔]({_NUMERAL}|\d{{1,2}})[)\]】〕][、,.:;。·]*")),
    ("minor", re.compile(rf"({_NUMERAL})[)\]】〕][、,.:;。·]*")),
    ("major", re.compile(rf"({_NUMERAL})[、,.:;。·﹑﹒丶\-—]+")),
    ("digit", re.compile(r"(\d{1,2})(?:[、,.:;。·﹑)\]]+(?!\d))")),
    ("major", re.compile(rf"({_NUMERAL})(?=[^一二三四五六七八九十是要年月个、])")),
)
_EDGES = " 、,.:;，．：；。·…—-_#*>\"'“”《》〈〉"
_LEADERS = re.compile(r"(?:\.{2,}|…+|·{3,}|-{3,}|—{3,}|_{3,})[-—]?\d*[-—]?$")
_CERTAIN, _LIKELY, _NUMBERED = 96.0, 84.0, 66.0
"""Similarity (0 to 100) at which words suffice alone, with an enumerator, with the right number."""
_RUN_IN = 95.0
_FIRST = frozenset("第([【〔（［一二三四五六七八九十0123456789０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Heading:
    """A statutory heading: the block it stands in, its section, and how it is enumerated.

    `end` is the last block it occupies (a heading broken over two lines takes two); `rest` is what
    follows the title in the same paragraph; `enumerator` the number printed before it, if any.
    """

    position: int
    end: int
    number: int
    title: str
    rest: str
    style: Style
    enumerator: int | None
    score: float
    contents: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Titles:
    """Section titles without enumerators, and the labels of the tables they must not be mixed with.

    There is one for a set of forms.
    """

    exact: dict[str, int]
    longest: int
    others: tuple[str, ...]


@lru_cache(maxsize=8192)
def split_enumerator(compared: str) -> tuple[Style, int | None, int]:
    """Kind and number of the enumerator a text (as `vocabulary.twin` compares it) begins with, and its length.

    >>> split_enumerator("(二)办理"), split_enumerator("三、办理"), split_enumerator("办理")
    (('minor', 2, 3), ('major', 3, 2), ('none', None, 0))
    """
    for style, expression in _ENUMERATORS:
        match = expression.match(compared)
        if match is not None:
            return style, numeral(match[1]), match.end()
    return "none", None, 0


def _bare(label: str) -> str:
    compared = twin(label)[1]
    return compared[split_enumerator(compared)[2] :].strip(_EDGES)


def _labels(form: Form) -> set[str]:
    labels: set[str] = set()
    for table in form.tables:
        for group in table.groups:
            labels |= {_bare(label) for label in group.labels}
        for block in table.blocks:
            for entry in (*block.rows, *block.columns, *block.extra_columns):
                labels |= {_bare(label) for label in entry.labels}
    return labels


@lru_cache(maxsize=16)
def _titles(forms: tuple[Form, ...]) -> _Titles:
    exact: dict[str, int] = {}
    for form in forms:
        for section in form.sections:
            for label in section.labels:
                exact.setdefault(_bare(label), section.number)
    others = {label for form in forms for label in _labels(form) if len(label) >= 4} - exact.keys()
    return _Titles(exact, max(map(len, exact), default=0), tuple(sorted(others)))


@lru_cache(maxsize=8192)
def _similar(body: str, titles: _Titles) -> tuple[int, float]:
    """The section whose title the words resemble most, and how much (0 to 100)."""
    number = titles.exact.get(body)
    if number is not None:
        return number, 100.0
    if len(body) < 3:
        return 0, 0.0
    nearest = process.extractOne(body, titles.exact.keys(), scorer=fuzz.ratio, score_cutoff=50.0)
    best, score = (titles.exact[nearest[0]], nearest[1]) if nearest else (0, 0.0)
    if score < 90.0:
        for title, section in titles.exact.items():
            cut_short = len(body) >= 4 and title.startswith(body)
            if cut_short or (len(title) >= 6 and body.endswith(title)):
                best, score = section, 90.0
                break
    if score < 50.0 or (
        score < _CERTAIN and process.extractOne(body, titles.others, scorer=fuzz.ratio, score_cutoff=max(score, 60.0))
    ):
        return 0, 0.0
    return best, score


def _run_in(text: str, before: int, body: str, titles: _Titles) -> tuple[int, int]:
    """A title followed by text in one paragraph: its section and length, or (0, 0).

    The title must end there: at a mark, at white space, or before the one word that says nothing
    is to report.
    """
    for title, section in sorted(titles.exact.items(), key=lambda t: -len(t[0])):
        if body.startswith(title) and len(body) > len(title):
            if body[len(title)] in "。:;,、.(无":
                return section, len(title)
            visible = [i for i, c in enumerate(text) if not c.isspace()]
            cut = before + len(title)
            if cut < len(visible) and visible[cut] > visible[cut - 1] + 1:
                return section, len(title)
    return 0, 0


def _without_nested(headings: list[Heading]) -> list[Heading]:
    """Drop sub-headings in the guise of headings: a title under another section's number, printed again.

    Within a section, parts are numbered from one again with titles much like the statutory ones; the
    occurrence under its own number is the heading.
    """
    own = {h.number for h in headings if h.enumerator == h.number}
    kept: list[Heading] = []
    for heading in headings:
        if heading.enumerator is not None and heading.enumerator != heading.number and heading.number in own:
            continue
        if kept and kept[-1].number == heading.number and heading.score < kept[-1].score:
            continue
        kept.append(heading)
    return kept


def _candidate(text: str, position: int, declared: int, titles: _Titles) -> Heading | None:
    if len(text) > 3 * titles.longest and text.lstrip(" \t\u3000#*")[:1] not in _FIRST:
        return None
    printed, compared = twin(text)
    hashes = len(compared) - len(compared.lstrip("#*"))
    if not compared or len(compared) > titles.longest + 600:
        return None
    style, count, skip = split_enumerator(compared[hashes:])
    leaders = _LEADERS.search(compared)
    body_start = hashes + skip
    body = compared[body_start : leaders.start() if leaders else None]
    stripped = body.strip(_EDGES)
    if not stripped or (style == "none" and len(stripped) > titles.longest + 2):
        return None
    if style in ("major", "part", "digit") and stripped not in titles.exact:
        number, length = _run_in(strip_invisible(text), body_start, body, titles)
        rest = printed[body_start + length :].lstrip(_EDGES)
        if number and count == number and rest:
            title = printed[hashes : body_start + length]
            return Heading(position, position, number, title, rest, style, count, _RUN_IN)
    if len(stripped) <= titles.longest + 10:
        number, score = _similar(stripped, titles)
        need = _CERTAIN if style == "none" and not (hashes or declared) else _LIKELY
        if style != "none" and count == number:
            need = _NUMBERED
        elif style in ("minor", "digit", "none"):
            need = max(need, 90.0)
        if number and score >= need:
            return Heading(position, position, number, text.strip(" \t#*"), "", style, count, score, bool(leaders))
    return None


def _broken(document: Document, at: int, titles: _Titles) -> Heading | None:
    """A heading whose title continues on the next line: both, where only together they are a title."""
    first = document.blocks[at]
    following = document.blocks[at + 1] if at + 1 < len(document.blocks) else None
    if not isinstance(first, Paragraph) or not isinstance(following, Paragraph):
        return None
    longest = 3 * titles.longest
    if len(first.text) > longest or not 0 < len(following.text) <= longest:
        return None
    head, tail = twin(first.text)[1].lstrip("#*"), twin(following.text)[1]
    style, count, skip = split_enumerator(head)
    if style == "none" or len(head) < 4 + skip or not tail:
        return None
    number = titles.exact.get(head[skip:] + tail.rstrip(_EDGES), 0)
    if not number:
        return None
    return Heading(at, at + 1, number, first.text.strip() + following.text.strip(), "", style, count, 100.0)


def _in_grids(document: Document, titles: _Titles) -> list[Heading]:
    """Headings printed as a table's caption or as a cell alone in its row."""
    found = []
    for position, block in enumerate(document.blocks):
        if not isinstance(block, Grid):
            continue
        alone: dict[int, list[str]] = {}
        for cell in block.cells[:400]:
            if cell.text:
                alone.setdefault(cell.row, []).append(cell.text)
        for text in (block.caption, *(texts[0] for texts in alone.values() if len(texts) == 1)):
            if not 4 <= len(text) <= 2 * titles.longest:
                continue
            heading = _candidate(text, position, 0, titles)
            if heading is not None and heading.style == "major" and heading.score >= _CERTAIN:
                found.append(heading)
                break
    return found


def _without_contents(headings: list[Heading], document: Document) -> list[Heading]:
    """Drop tables of contents: runs of headings from the first on, nothing between, all of which come again."""
    runs: list[list[Heading]] = []
    for heading in headings:
        if runs and all(_empty(document, i) for i in range(runs[-1][-1].end + 1, heading.position)):
            runs[-1].append(heading)
        else:
            runs.append([heading])
    kept = []
    for i, run in enumerate(runs):
        later = {h.number for following in runs[i + 1 :] for h in following}
        # The first entry after the contents may close the run: the true first heading follows at once.
        while len(run) >= 3 and any(h.number == run[0].number for h in run[1:]):
            cut = next(k for k, h in enumerate(run) if k and h.number == run[0].number)
            later |= {h.number for h in run[cut:]}
            contents, run = run[:cut], run[cut:]
            kept += contents if len(contents) < 3 or not {h.number for h in contents} <= later else []
        is_contents = len(run) >= 3 and run[0].number == 1 and {h.number for h in run} <= later
        kept += [] if is_contents else [h for h in run if not (h.contents and h.number in later)]
    return kept


def _empty(document: Document, position: int) -> bool:
    block = document.blocks[position]
    return isinstance(block, Paragraph) and len(twin(block.text)[0]) <= 3


def _without_minor(headings: list[Heading]) -> list[Heading]:
    """Drop sub-headings: a lesser enumerator counts only where no greater one names that section."""
    ranks = {"part": 0, "major": 0, "none": 1, "digit": 2, "minor": 3}
    by_style: dict[int, set[int]] = {}
    for heading in headings:
        by_style.setdefault(ranks[heading.style], set()).add(heading.number)
    kept: list[Heading] = []
    for at, heading in enumerate(headings):
        rank = ranks[heading.style]
        if rank == 0:
            kept.append(heading)
            continue
        greater = {number for r, numbers in by_style.items() if r < rank for number in numbers}
        own = by_style[rank]
        if heading.number in greater:
            continue
        # A style that heads at least three sections in this report is its style; else the title must
        # be printed in full, under its own number, and stand between its neighbours.
        if len(own) >= 3 and not greater - own - {heading.number} and rank != 1:
            kept.append(heading)
            continue
        before = [h.number for h in headings[:at] if ranks[h.style] < rank]
        after = [h.number for h in headings[at + 1 :] if ranks[h.style] < rank]
        fits = (not before or max(before) < heading.number) and (not after or min(after) > heading.number)
        full = heading.score >= _CERTAIN and len(_bare(heading.title)) >= 8
        own_number = heading.enumerator == heading.number
        if (rank == 1 and (fits or not greater)) or (fits and own_number and full):
            kept.append(heading)
    return kept


def heading_positions(document: Document, forms: Forms) -> tuple[Heading, ...]:
    """The statutory headings in printed order, doubled or out of order as they stand.

    Parameters
    ----------
    document
        What a reader made of a file.
    forms
        The forms whose section titles are looked for.

    Returns
    -------
    tuple of Heading
        `position` indexes `document.blocks`.
    """
    titles = _titles(forms.forms)
    found: list[Heading] = []
    skip = -1
    for position, block in enumerate(document.blocks):
        if position <= skip or not isinstance(block, Paragraph) or not block.text or len(block.text) > 4000:
            continue
        heading = _candidate(block.text, position, block.heading, titles)
        if heading is None or heading.score < 100:
            heading = _broken(document, position, titles) or heading
        if heading is not None:
            found.append(heading)
            skip = heading.end
    found = _without_nested(_without_minor(_without_contents(found, document)))
    known = {h.number for h in found}
    if not known.issuperset(titles.exact.values()):
        found += [h for h in _in_grids(document, titles) if h.number not in known]
    return tuple(sorted(found, key=lambda h: h.position))


def page_end(document: Document, start: int) -> int:
    """Index of the first block from `start` on that belongs to the web page and no longer to the report.

    The number of blocks where nothing of the kind is recognised.
    """
    whole, begins = frozenset(words("page", "end_whole")), words("page", "end_start")
    inside = pattern("page", "end_anywhere")
    for position in range(start, len(document.blocks)):
        block = document.blocks[position]
        if not isinstance(block, Paragraph) or not 0 < len(block.text) <= 300:
            continue
        line = twin(block.text)[1].lower()
        if line.strip("[]()【】|>·:") in whole or line.startswith(begins) or inside.search(line):
            return position
    return len(document.blocks)


def split_sections(document: Document, forms: Forms, headings: Sequence[Heading] | None = None) -> tuple[Section, ...]:
    """The statutory sections of a report in printed order, each with its running text.

    Section 0 is what stands before the first heading (title, preamble). The text of a section is
    its paragraphs, joined by line breaks; tables are not part of it, and what the web page prints
    after the report is left out where it is recognisable. A section printed twice occurs twice, a
    missing one is missing. `headings`: what `heading_positions` gave, where they are known.

    Examples
    --------
    >>> from govdisclose import forms
    >>> from govdisclose.model import Paragraph
    >>> first = forms.load()["2021"].sections[0].labels[0]
    >>> lines = ("某县统计局年报", first, "全年公开信息3条。")
    >>> document = Document(tuple(map(Paragraph, lines)), "text", "lines")
    >>> [(s.number, s.text) for s in split_sections(document, forms.load())]
    [(0, '某县统计局年报'), (1, '全年公开信息3条。')]
    """
    headings = heading_positions(document, forms) if headings is None else headings
    last = headings[-1].end + 1 if headings else len(document.blocks)
    end = page_end(document, last)

    def text(start: int, stop: int, rest: str = "") -> str:
        lines = [b.text for b in document.blocks[start:stop] if isinstance(b, Paragraph) and b.text]
        return "\n".join([rest, *lines] if rest else lines)

    sections = [Section(0, "", text(0, headings[0].position if headings else end))]
    for at, heading in enumerate(headings):
        stop = headings[at + 1].position if at + 1 < len(headings) else end
        sections.append(Section(heading.number, heading.title, text(heading.end + 1, stop, heading.rest)))
    return tuple(sections)
