"""The order of a typeset report: title, sections, sentences and tables, for every writer alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from govdisclose import clean
from govdisclose.forms import Form, Forms, SectionTitle, Table
from govdisclose.model import Address
from govdisclose.typeset.layout import Draft, Layout, label, printed_figures, sentences
from govdisclose.typeset.table import PrintedTable, printed_table


@dataclass(frozen=True, slots=True)
class Head:
    """A section's title. `level` 1 is the report's title, 2 a section."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Para:
    """One paragraph of running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: as printed, and as the form describes it."""

    printed: PrintedTable
    table: Table
    figures: Mapping[Address, str]


@dataclass(frozen=True, slots=True)
class Flow:
    """A report in reading order. `mark` stands on every page; `name` is the document's own title."""

    title: tuple[str, ...]
    name: str
    mark: str
    published: str
    items: tuple[Head | Para | Sheet, ...]


def _sentence(template: Mapping[str, Any], figures: Mapping[Address, str]) -> str:
    """The sentence with its figures, or "" where one of them is not a printed number."""
    slots = {k: tuple(v) for k, v in template.items() if k not in ("say", "nil")}
    parsed = {k: clean.parse(figures.get(address, "")) for k, address in slots.items()}
    if any(p.value is None for p in parsed.values()):
        return ""
    if slots and "nil" in template and all(p.value == 0 for p in parsed.values()):
        return str(template["nil"])
    return str(template["say"]).format(**{k: p.value for k, p in parsed.items()})


def paragraphs(draft: Draft, number: int) -> list[str]:
    """The sentences of a section: the draft's own, or plain ones made from its figures.

    Examples
    --------
    >>> figures = {("requests", row, "total"): "0" for row in ("new", "carried_in", "processed", "carried_out")}
    >>> paragraphs(Draft("样本市人民政府", 2022, {"requests": "2021"}, figures), 1)
    ['全年没有收到政府信息公开申请。']
    """
    if number in draft.paragraphs:
        return list(draft.paragraphs[number])
    templates = sentences()["paragraphs"].get(str(number), ())
    said = "".join(_sentence(t, draft.figures) for t in templates)
    return [said] if said else []


def _titles(draft: Draft, layout: Layout) -> tuple[str, ...]:
    words = sentences()["title"]
    names = {"agency": draft.agency, "year": draft.year}
    if layout.title_style == "own_line":
        return (draft.agency, words["bare"].format(**names))
    if layout.title_style == "no_agency":
        return (words["bare"].format(**names),)
    return (words[layout.title_style].format(**names),)


def _place(table: Table, form: Form, position: int) -> int:
    """The number of the section a table stands in: by its heading, else by its order."""
    for section in form.sections:
        if set(section.labels) & set(table.headings):
            return section.number
    return position + 2


def _sheets(draft: Draft, layout: Layout, forms: Forms) -> Iterator[tuple[int, Sheet]]:
    figures = printed_figures(draft, layout, forms)
    for position, (table_id, form_id) in enumerate(draft.tables.items()):
        form = forms[form_id]
        table = form.table(table_id)
        printed = printed_table(table, figures, lambda text: label(text, layout))
        if printed is not None:
            yield _place(table, form, position), Sheet(printed, table, figures)


def _sections(draft: Draft, forms: Forms) -> tuple[SectionTitle, ...]:
    newest = max((f for f in forms if f.id in draft.tables.values()), key=lambda f: f.first_year, default=None)
    form = newest or forms.for_year(draft.year) or next(iter(forms))
    return form.sections


def flow(draft: Draft, layout: Layout, forms: Forms) -> Flow:
    """Lay a report out in reading order.

    Raises
    ------
    UsageError
        When a figure belongs to no form named in `draft.tables`.
    """
    words = sentences()
    title = _titles(draft, layout)
    items: list[Head | Para | Sheet] = [Head(line, 1) for line in title]
    if draft.published:
        items.append(Para(words["published"].format(date=draft.published)))
    items.append(Para(words["period"].format(year=draft.year)))
    sheets = list(_sheets(draft, layout, forms))
    for position, section in enumerate(_sections(draft, forms)):
        level = min(2 + (position // 2 if layout.heading_depth_varies else 0), 6)
        items.append(Head(label(section.labels[0], layout), level))
        items += [Para(text) for text in paragraphs(draft, section.number)]
        items += [sheet for number, sheet in sheets if number == section.number]
    mark = words["mark"] if draft.synthetic else ""
    named = layout.title_style != "no_agency" or layout.chrome
    name = words["title"]["agency_first" if named else "bare"].format(agency=draft.agency, year=draft.year)
    return Flow(title, name, " ".join(m for m in (mark, draft.note) if m), draft.published, tuple(items))
