"""Who reports on which year, when it was published, and whose figures it holds.

Each fact is taken as printed from the strongest place that states it, and says which: the title,
the running text, the signature, the page's metadata, the file's name. Other places that state
something else become findings. What nothing states stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from govdisclose.forms import Forms
from govdisclose.identity.dates import (
    find_date,
    find_period,
    find_published,
    find_running_year,
    is_date,
    plausible,
    published_before,
    year_in_name,
)
from govdisclose.identity.pages import Page, pairs, view
from govdisclose.identity.sections import Heading, heading_positions
from govdisclose.identity.titles import Title, governs_place, is_agency, parse_title, same_agency
from govdisclose.model import Document, Finding, Identity, Stated
from govdisclose.vocabulary import pattern, patterns, twin, words

_PAGE_NUMBER = re.compile(r"[-—–_·.\d第页共/ ]*")
_SITE_SUFFIX = re.compile(r"[-_|—–]+")


@dataclass(frozen=True, slots=True)
class _Named:
    """A title's facts and the lines it was printed on."""

    agency: str = ""
    year: int | None = None
    text: str = ""
    line: int = -1


def _weight(title: Title) -> int:
    return 4 * bool(title.agency) + 3 * (title.year is not None) + is_agency(title.agency)


def _plain(line: str) -> bool:
    """A line that could be part of a title: short, no sentence, no label, no page number."""
    if len(line) > 80:
        return False
    compared = twin(line)[1]
    return (
        2 <= len(compared) <= 40 and not re.search(r"[,。;:!?<>|/]", compared) and not _PAGE_NUMBER.fullmatch(compared)
    )


def _printed(line: str, title: Title) -> str:
    printed, compared = twin(line)
    if ":" in compared[title.end :]:
        return printed[title.start : title.end]
    return line.strip(" \t#*") if title.start <= 1 else printed[title.start :]


def _title(page: Page, document: Document) -> _Named:
    """The title before the report, on one line or broken over several."""
    lines = [line for line in page.head if not _PAGE_NUMBER.fullmatch(twin(line)[1])]
    best: tuple[int, int, Title, str] | None = None
    for at, line in enumerate(lines):
        if len(line) > 160:
            continue
        after = lines[at + 1] if at + 1 < len(lines) else ""
        title, shown = parse_title(line), line
        if title is None and _plain(line) and after and len(after) <= 40:
            joined = line.strip() + after.strip()
            title = parse_title(joined)
            shown = joined
            if title is not None and title.start >= len(twin(line)[0]):
                title = None
        if title is None or not title.full:
            continue
        if best is None or _weight(title) >= best[0]:
            best = (_weight(title), at, title, _printed(shown, title))
    if best is None:
        return _Named()
    weight, at, title, text = best
    found = _Named(title.agency, title.year, text, at)
    if weight >= 7 and not _continued(lines, at, title, page, document):
        return found
    return _completed(lines, at, found)


def _continued(lines: list[str], at: int, title: Title, page: Page, document: Document) -> bool:
    """Whether the agency's name began on the line before.

    It may have where the title's line begins with the name and the line before is no name by
    itself; on a web page, or where it is one, only if the report has the whole name elsewhere.
    """
    before = lines[at - 1] if at else ""
    if not before or not _plain(before) or not twin(lines[at])[0].lstrip("#").startswith(title.agency):
        return False
    whole = twin(before + title.agency)[1]
    if whole in page.opening[1] or any(whole in twin(line)[1] for line in page.closing):
        return True
    return document.reader in ("pdf", "docx") and not is_agency(before)


def _completed(lines: list[str], at: int, found: _Named) -> _Named:
    """Agency and year from the lines around a title that lacks one of them."""
    for back in (1, 2):
        if at < back or not all(_plain(line) for line in lines[at - back : at]):
            break
        before = "".join(line.strip(" \t#*") for line in lines[at - back : at])
        joined = parse_title(before + lines[at].strip(" \t#*"))
        whole_line = is_agency(before) and not found.agency
        if (
            joined is not None
            and joined.agency
            and is_agency(joined.agency)
            and (whole_line or _crosses(before, joined, found))
        ):
            return _Named(joined.agency, joined.year or found.year, before + found.text, at)
        if whole_line:
            return _Named(twin(before)[0], found.year, before + found.text, at)
    after = lines[at + 1] if at + 1 < len(lines) else ""
    if not found.agency and after:
        alone = _without_date(after)
        if is_agency(alone) and _plain(alone):
            return _Named(twin(alone)[0], found.year, found.text, at)
    return found


def _crosses(before: str, joined: Title, found: _Named) -> bool:
    """A name that needs the line before: it ends with what the title's own line gave, or that gave nothing."""
    name, head = twin(joined.agency)[0], twin(before)[0]
    return name.endswith(found.agency) and len(name) > len(found.agency) and name[:2] in head


def _without_date(line: str) -> str:
    printed, compared = twin(line)
    match = re.search(r"[(]?(?:19|20)\d\d[-/.年]", compared)
    return printed[: match.start()] if match else printed


def _preamble(page: Page, start: str) -> tuple[str, int | None]:
    """Agency and year of the report as the preamble names it, and failing that, who compiled it."""
    at = page.opening[1].find(start) if start else -1
    begin = at + len(start) if at >= 0 else 0
    printed, compared = (text[begin : begin + 2500] for text in page.opening)
    year: int | None = None
    for sentence in re.split(r"[。；;\n]", printed):
        title = parse_title(sentence, suffix=False)
        if title is not None and (title.agency or title.year):
            if title.agency and is_agency(title.agency):
                return title.agency, title.year or year
            year = year or title.year
    for expression in patterns("title", "compiled_by"):
        match = expression.search(compared)
        if match is None:
            continue
        first, last = match.span(1)
        for tail in patterns("title", "compiler_tails"):
            cut = tail.search(compared, first, last)
            last = cut.start("cut") if cut is not None else last
        if is_agency(compared[first:last]):
            return printed[first:last], year
    return "", year


def _signature(page: Page, after_title: tuple[str, ...], reader: str) -> tuple[str, str | None]:
    """Agency and date signed at the end of the report, or right under its title.

    On a web page a name counts only beside a date: the names of other sites often follow the report.
    """
    for lines in (page.closing[-8:], after_title[:3]):
        agencies, days = {}, {}
        for at, line in enumerate(lines):
            if len(line) > 60:
                continue
            if is_date(line):
                days[at] = find_date(line)
            elif is_agency(line.strip(), strict=True):
                agencies[at] = twin(line)[0]
            elif (day := find_date(line)) and is_agency(name := _without_date(line)):
                agencies[at], days[at] = name, day
        beside = [name for at, name in agencies.items() if any(abs(at - other) <= 2 for other in days)]
        closing = [name for at, name in agencies.items() if at >= len(lines) - 2 and reader != "html"]
        if beside or closing or days:
            return (beside or closing or [""])[-1], next(reversed(days.values()), None)
    return "", None


def _metadata(document: Document, page: Page) -> tuple[str, str, int | None]:
    """Agency by a label that names the publisher, agency by anything weaker, and year of the page's title."""
    strong = weak = ""
    declared = parse_title(document.metadata.get("title", ""))
    for label, value in pairs(page):
        titled = parse_title(value) if declared is None else None
        declared = titled if titled is not None and titled.full and titled.agency else declared
        name = re.split(r"[\s;,|]", value.strip(), maxsplit=1)[0]
        if label in words("agency", "labels") and not strong and is_agency(name):
            strong = twin(name)[0]
        elif label in words("agency", "weak_labels") and not weak and is_agency(name, strict=True):
            weak = twin(name)[0]
    year = declared.year if declared is not None else None
    if declared is not None and declared.agency:
        return strong or declared.agency, weak, year
    for key in words("agency", "metadata_keys"):
        name = document.metadata.get(key, "")
        if not strong and is_agency(name, strict=True):
            weak = weak or twin(name)[0]
    for piece in _SITE_SUFFIX.split(document.metadata.get("title", "")):
        name = pattern("agency", "site_words").sub("", twin(piece)[0])
        if not weak and is_agency(name, strict=True):
            weak = name
    for key in words("agency", "site_keys"):
        name = pattern("agency", "site_words").sub("", twin(document.metadata.get(key, ""))[0])
        if not weak and is_agency(name, strict=True):
            weak = name
    return strong, weak, year


def _file_agency(file_name: str) -> str:
    stem = PurePath(file_name.replace("\\", "/")).name
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem)
    title = parse_title(stem)
    if title is not None and is_agency(title.agency):
        return title.agency
    pieces = [re.sub(r"(?:19|20)\d\d年?度?", "", twin(p)[0]) for p in re.split(r"[-_ —()（）.]+", stem)]
    names = [p for p in pieces if is_agency(p, strict=True)]
    return max(names, key=len, default="")


def _scope(page: Page, title: _Named) -> Stated:
    """Whose figures the report holds, where it says so.

    `own_office` where title or agency says so ("…本级机关") or a sentence limits the figures to the
    office itself; `consolidated` where a sentence says that they cover departments, townships or
    the whole area, or that the whole area received so many requests. Both, or neither: `unknown`.
    A bureau's "we received" says nothing about its subordinate units and stays `unknown`.
    """
    name, whole = twin(title.agency)[1], twin(title.text)[1]
    if any(p.search(name) or p.search(whole) for p in patterns("scope", "own_office_title")):
        return Stated("own_office", "title")
    if any(p.search(name) for p in patterns("scope", "consolidated_title")):
        return Stated("consolidated", "title")
    text = page.opening[1] + "\n" + page.ending
    own = any(p.search(text) for p in patterns("scope", "own_office"))
    whole_area = any(p.search(text) for p in patterns("scope", "consolidated"))
    if own != whole_area:
        return Stated("own_office" if own else "consolidated", "text")
    return Stated("unknown")


def _agency_findings(chosen: Stated, stated: list[tuple[str, str]]) -> list[Finding]:
    findings = []
    for origin, name in stated:
        if not name or origin == chosen.origin or same_agency(str(chosen.value), name):
            continue
        # A county's site publishes the reports of its towns: its name beside theirs contradicts nothing.
        hosts = origin == "metadata" and governs_place(name) and not governs_place(str(chosen.value))
        if not hosts:
            findings.append(
                Finding(
                    "identity_agency",
                    "warning",
                    f"机关名称不一致：{_ZH[chosen.origin]}为“{chosen.value}”，{_ZH[origin]}为“{name}”",
                    f"the agency differs: {_EN[chosen.origin]} has {chosen.value!r}, {_EN[origin]} has {name!r}",
                    expected=str(chosen.value),
                    actual=name,
                    fault="source",
                    place=origin,
                )
            )
    return findings


_ZH = {"title": "标题", "text": "正文", "signature": "落款", "metadata": "页面信息", "file_name": "文件名"}
_EN = {"title": "the title", "text": "the text", "signature": "the signature", "metadata": "the page's metadata",
       "file_name": "the file name"}  # fmt: skip


def identify(
    document: Document, forms: Forms, *, file_name: str = "", headings: Sequence[Heading] | None = None
) -> Identity:
    """Who reports on which year, each with where it is stated, and what contradicts it.

    Parameters
    ----------
    document
        What a reader made of a file.
    forms
        The forms whose section titles tell where the report begins and ends.
    file_name
        Name of the file, used only for what the document itself does not state. A name in ASCII
        names no agency.
    headings
        What `sections.heading_positions` gave, where they are known.

    Returns
    -------
    Identity
        `agency`, `published` (`YYYY-MM-DD` or `YYYY-MM`) and `title` as printed; `year` is the year
        reported on; `scope` is `own_office`, `consolidated` or `unknown`. `findings` has relations
        `identity_agency` and `identity_year`, severity `warning`, where places contradict one
        another by more than an abbreviation.

    Examples
    --------
    >>> from govdisclose import forms
    >>> from govdisclose.model import Paragraph
    >>> lines = ("某县统计局2022年政府信息公开工作年度报告", "统计期限为2022年1月1日至12月31日。", "2023年1月9日")
    >>> identity = identify(Document(tuple(map(Paragraph, lines)), "text", "lines"), forms.load())
    >>> identity.agency
    Stated(value='某县统计局', origin='title')
    >>> identity.year.value, identity.published.value
    (2022, '2023-01-09')
    """
    page = view(document, heading_positions(document, forms) if headings is None else headings)
    title = _title(page, document)
    after_title = page.head[_after(page, title) :] if title.text else ()
    named, named_year = _preamble(page, twin(title.text)[1])
    signed, signed_day = _signature(page, after_title, document.reader)
    strong, weak, declared_year = _metadata(document, page)
    in_file = _file_agency(file_name)

    stated = [
        ("title", title.agency),
        ("text", named),
        ("signature", signed),
        ("metadata", strong),
        ("file_name", in_file),
    ]
    order = [*stated[:4], ("metadata", weak), stated[4]]
    agency = next((Stated(name, origin) for origin, name in order if name), Stated(None))
    findings = _agency_findings(agency, stated) if agency.value else []

    period = find_period(page.opening[1])
    mistitled = (
        title.year is not None and plausible(period) and period != title.year and published_before(page, title.year)
    )
    years = [
        ("title", None if mistitled else title.year),
        ("text", period),
        ("text", named_year),
        ("text", find_running_year(page.opening[1])),
        ("metadata", declared_year),
        ("file_name", year_in_name(file_name)),
    ]
    year = next((Stated(value, origin) for origin, value in years if plausible(value)), Stated(None))
    if plausible(title.year) and period is not None and period != title.year:
        findings.append(
            Finding(
                "identity_year",
                "warning",
                f"标题年度为{title.year}，统计期限为{period}年",
                f"the title names {title.year}, the period stated is of {period}",
                expected=title.year,
                actual=period,
                fault="source",
                place="text",
            )
        )
    published = find_published(document, page, year.value if isinstance(year.value, int) else None, signed_day)
    shown = title.text
    if not shown:
        declared = parse_title(document.metadata.get("title", ""))
        shown = document.metadata.get("title", "").strip() if declared is not None else ""
    return Identity(agency, year, published, _scope(page, title), shown, tuple(findings))


def _after(page: Page, title: _Named) -> int:
    """Index of the first line of the head after the title."""
    lines = [twin(line)[0] for line in page.head]
    ends = twin(title.text)[0]
    return max((i + 1 for i, line in enumerate(lines) if line and ends.endswith(line.lstrip("#"))), default=len(lines))
