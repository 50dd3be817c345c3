"""A report seen as a page: what stands before, what opens and what closes it; and pages that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from govdisclose.forms import Forms, load
from govdisclose.identity.sections import Heading, heading_positions, page_end
from govdisclose.identity.titles import Title, parse_title
from govdisclose.model import Document, Grid, Paragraph
from govdisclose.vocabulary import aligned, twin, words

_SHORT, _LONG = 600, 4000
_PAIR = re.compile(
    r"(?P<label>[\u4e00-\u9fff](?:[ \u3000]{0,3}[\u4e00-\u9fff]){1,7})[ \u3000]*[:|][ \u3000]*"
    r"(?P<value>[^\s|【】<>][^|【】<>\t]{0,60})"
)
_DATE = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}|\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Page:
    """The parts of a document that say who reports and when.

    `head`: the lines before the first statutory heading; `grids`: the tables there; `opening`:
    running text of head and first section, as printed and as compared, position by position the
    same; `closing`: the last lines of the report; `ending`: its last section as compared.
    """

    head: tuple[str, ...]
    grids: tuple[Grid, ...]
    opening: tuple[str, str]
    closing: tuple[str, ...]
    ending: str


def _lines(document: Document, start: int, stop: int) -> Iterator[str]:
    for block in document.blocks[start:stop]:
        if isinstance(block, Paragraph):
            yield from (line for line in block.text.splitlines() if line.strip())


def join_lines(lines: list[str]) -> tuple[str, str]:
    """Lines as running text, as printed and as compared (see `vocabulary.twin`).

    Lines that break within a sentence are closed up; the others are joined by a line break.

    >>> join_lines(["本报告由某县人民政府办公室根据有关规定编制而成，所列数据为", "全县数据。", "附件"])[1]
    '本报告由某县人民政府办公室根据有关规定编制而成,所列数据为全县数据。\\n附件'
    """
    printed: list[str] = []
    compared: list[str] = []
    for line in lines:
        one, other = twin(line[:_LONG])
        if not other:
            continue
        if compared and (len(compared[-1]) < 20 or compared[-1][-1] in "。;:!?."):
            one, other = "\n" + one, "\n" + other
        printed.append(one)
        compared.append(other)
    return "".join(printed), "".join(compared)


def view(document: Document, headings: Sequence[Heading]) -> Page:
    """Cut a document into the parts that say who reports and when."""
    first = headings[0].position if headings else min(len(document.blocks), 120)
    second = headings[1].position if len(headings) > 1 else min(len(document.blocks), first + 60)
    head = list(_lines(document, 0, first))[-150:]
    opened = headings[0].end + 1 if headings else first
    rest = [headings[0].rest] if headings and headings[0].rest else []
    printed, compared = join_lines([*head, *rest, *_lines(document, opened, second)] if headings else head)
    last = headings[-1].end + 1 if headings else 0
    end = page_end(document, last)
    closing = list(_lines(document, max(last, end - 12), end))
    ending = join_lines(list(_lines(document, max(last, end - 40), end)))[1] if headings else ""
    grids = tuple(b for b in document.blocks[:first] if isinstance(b, Grid))
    return Page(tuple(head), grids, (printed[:9000], compared[:9000]), tuple(closing[-12:]), ending[-3000:])


def pairs(page: Page) -> Iterator[tuple[str, str]]:
    """Label and value of the metadata a page prints before the report, in lines, rows or columns.

    The label is as compared, the value as printed.
    """
    for line, following in zip(page.head, (*page.head[1:], ""), strict=False):
        if len(line) > 300:
            continue
        printed, compared = aligned(line)
        for match in _PAIR.finditer(compared):
            label = "".join(match["label"].split())
            yield label, printed[match.start("value") : match.end("value")]
        bare = twin(line)[1].rstrip(":")
        if 2 <= len(bare) <= 8 and following and len(following) <= 60:
            yield bare, following.strip()
    for grid in page.grids:
        cells = [c for c in grid.cells if c.text.strip()][:200]
        for cell, following_cell in pairwise(cells):
            label, colon, value = twin(cell.text)[1].partition(":")
            if colon and value:
                yield label, "".join(cell.text.replace("：", ":").split(":", 1)[1:]).strip()
            elif len(label) <= 8 and following_cell.row == cell.row:
                yield label, following_cell.text.strip()


def _titles(document: Document) -> list[tuple[str, Title]]:
    found = []
    for line in islice(_lines(document, 0, len(document.blocks)), _LONG):
        if len(line) <= 120:
            title = parse_title(line, suffix=False)
            if title is not None and title.full and title.year is not None:
                found.append((line, title))
    for block in document.blocks:
        if isinstance(block, Grid):
            for cell in block.cells[:300]:
                if 8 <= len(cell.text) <= 120:
                    title = parse_title(cell.text, suffix=False)
                    if title is not None and title.full and title.year is not None:
                        found.append((cell.text, title))
    return found


def report_starts(document: Document, forms: Forms, headings: Sequence[Heading] | None = None) -> tuple[int, ...]:
    """Where reports begin in a file that holds several: indices into `document.blocks`, the first 0.

    A further report begins where section one is headed again after section three or later, at the
    title before that heading where there is one. `headings`: what `heading_positions` gave, where they are known.

    Examples
    --------
    >>> first, *others = [s.labels[0] for s in load()["2021"].sections]
    >>> one = [*map(Paragraph, ("某局2021年政府信息公开年报", first, "公开信息3条。", *others))]
    >>> report_starts(Document((*one, *one), "text", "lines"), load())
    (0, 8)
    """
    starts, reached, last = [0], 0, 0
    for heading in heading_positions(document, forms) if headings is None else headings:
        if heading.number == 1 and reached >= 3:
            begin = heading.position
            for at in range(heading.position - 1, max(last, heading.position - 40), -1):
                block = document.blocks[at]
                title = parse_title(block.text) if isinstance(block, Paragraph) and len(block.text) <= 120 else None
                if title is not None and title.full:
                    begin = at
                    break
            starts.append(begin)
            reached = 0
        reached, last = max(reached, heading.number), heading.end
    return tuple(starts)


def looks_like_list_page(document: Document, forms: Forms | None = None) -> bool:
    """Whether a page lists reports instead of being one.

    It then names at least two different reports (agency and year), or three lines with dates of
    which one is a report, and has no more than one statutory heading.

    Examples
    --------
    >>> lines = ("某县2021年政府信息公开年报 2022-01-20", "某县2020年政府信息公开年报 2021-01-21")
    >>> looks_like_list_page(Document(tuple(map(Paragraph, lines)), "text", "lines"))
    True
    """
    if len(heading_positions(document, forms or load())) > 1:
        return False
    titles = _titles(document)
    different = {(twin(t.agency)[1], t.year) for _, t in titles}
    if len(different) >= 2:
        return True
    dated = [line for line in _lines(document, 0, len(document.blocks)) if len(line) <= 120 and _DATE.search(line)]
    return len(titles) >= 1 and len(dated) >= 4


def looks_like_error_page(document: Document) -> bool:
    """Whether a page is a server's error, a check of the visitor, or a notice that the page is gone.

    Examples
    --------
    >>> looks_like_error_page(Document((Paragraph("404 Not Found"),), "html", "page"))
    True
    >>> looks_like_error_page(Document((Paragraph("某县统计局2022年度报告"),), "html", "page"))
    False
    """
    if any(isinstance(block, Grid) and len(block.cells) > 12 for block in document.blocks):
        return False
    lines = [document.metadata.get("title", ""), *_lines(document, 0, len(document.blocks))]
    if sum(map(len, lines)) > 2 * _SHORT:
        return False
    text = "\n".join(twin(line)[1].lower() for line in lines)
    if len(text) > _SHORT:
        return False
    return any(
        re.search(rf"(?<![\d.-]){sign}(?![\d.年条件-])", text) if sign.isdecimal() else sign in text
        for sign in words("page", "errors")
    )
