"""What a report prints (`Draft`) and how it is printed (`Layout`): all that typesetting needs."""

from __future__ import annotations

import random
import re
import tomllib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, get_args, get_type_hints

from govdisclose import clean
from govdisclose.errors import UsageError
from govdisclose.forms import Forms, Table
from govdisclose.model import Address


@dataclass(frozen=True, slots=True)
class Draft:
    """What a report prints.

    `tables` names the form each table is printed in, so that hybrids are possible. `figures` holds
    the printed text by address ("" is a blank cell); a row without any figure is not printed.
    `paragraphs` are sentences by section number; without them plain ones are made from the figures.
    `note` stands on every page; a synthetic report carries its mark there as well.
    """

    agency: str
    year: int
    tables: Mapping[str, str]
    figures: Mapping[Address, str]
    published: str = ""
    paragraphs: Mapping[int, Sequence[str]] = field(default_factory=dict)
    synthetic: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a report is printed. An option that a format cannot show has no effect there.

    Examples
    --------
    >>> Layout("pdf", borders="dashed", page_break_after="unable_not_held").group_cut
    'cut'
    >>> Layout("pdf", borders="dotted")
    Traceback (most recent call last):
    govdisclose.errors.UsageError: layout: borders='dotted' is not one of solid, dashed, ...
    """

    format: Literal["html", "docx", "pdf", "md", "txt"] = "html"
    borders: Literal["solid", "dashed", "double", "hairline", "horizontal", "none", "shaded"] = "solid"
    page_break_after: str | None = None
    """Id of a row after which a new page begins (PDF, DOCX), inside a group or not."""
    group_cut: Literal["cut", "first", "repeat"] = "cut"
    """A merged label at a page break (PDF): cut in two, on the first page only, or on both."""
    header_repeat: bool = True
    widths: Literal["wide", "narrow"] = "wide"
    font_size: float = 9.0
    """Points, in tables."""
    page: Literal["a4", "a4-landscape", "letter"] = "a4"
    page_numbers: bool = True
    thousands: Literal["none", "half", "full"] = "none"
    digits: Literal["half", "full"] = "half"
    blank_as: str = ""
    """What a blank cell prints: nothing, "/", "—" or another dash."""
    fragmented: bool = False
    """Each digit, and pieces of each label, in a span or run of its own (HTML, DOCX)."""
    span_style: Literal["proper", "empty", "ragged"] = "proper"
    """Merged cells: declared, replaced by empty cells, or their declaration lost (HTML, DOCX)."""
    nested: bool = False
    """The report stands inside the single cell of a layout table (HTML, DOCX)."""
    chrome: bool = False
    """Navigation, a metadata table, scripts and a footer around the report (HTML)."""
    encoding: Literal["utf-8", "gb18030", "gb18030-claiming-utf-8"] = "utf-8"
    text_style: Literal["tabs", "ragged_tabs", "spaces", "cell_per_line", "cell_per_line_bar", "bar_rows"] = "tabs"
    md_style: Literal["tables", "per_row_tables", "per_row_tables_bare"] = "tables"
    """Whole tables; one small table a row; the same with headers that only count the columns."""
    heading_depth_varies: bool = False
    title_style: Literal["agency_first", "year_first", "own_line", "no_agency"] = "agency_first"
    extra_subtotal_column: bool = False
    label_noise: int | None = None
    """Seed of small variations in labels: spaces, half-width punctuation, ordinals; None for none."""
    font: Literal["sans", "serif", "mono"] = "sans"
    """The font of digits and Latin letters (PDF); Chinese is always set in the one that comes with the package."""

    def __post_init__(self) -> None:
        """Refuse a value that no writer knows."""
        for name, hint in _layout_hints().items():
            choices = get_args(hint)
            if choices and type(None) not in choices and getattr(self, name) not in choices:
                known = ", ".join(map(str, choices))
                raise UsageError(f"layout: {name}={getattr(self, name)!r} is not one of {known}")
        if clean.parse(self.blank_as).state not in ("blank", "dash"):
            raise UsageError(f"layout: blank_as={self.blank_as!r} is neither nothing nor a dash; use '' or '/'")


@lru_cache(maxsize=1)
def _layout_hints() -> dict[str, Any]:
    hints = get_type_hints(Layout)
    return {f.name: hints[f.name] for f in fields(Layout)}


@lru_cache(maxsize=1)
def sentences() -> dict[str, Any]:
    """The words of `sentences.toml`."""
    return tomllib.loads(
        resources.files("govdisclose").joinpath("typeset", "sentences.toml").read_text(encoding="utf-8")
    )


_DIGITS = re.compile(r"\d+")
_FULL = str.maketrans("0123456789.,-+", "０１２３４５６７８９．，－＋")


def figure(text: str, layout: Layout) -> str:
    """A figure's text as the layout prints it; its meaning never changes, except a blank's state.

    >>> figure("1717", Layout(thousands="half")), figure("22（其中修订16件）", Layout(digits="full"))
    ('1,717', '２２（其中修订16件）')
    """
    state = clean.parse(text).state
    if state == "blank":
        return layout.blank_as or text
    if state != "number":
        return text
    match = _DIGITS.search(text)
    if match is None:
        return text
    whole = match.group()
    if layout.thousands != "none" and len(whole) > 3:
        whole = f"{int(whole):,}".replace(",", "，" if layout.thousands == "full" else ",")
    rest = re.match(r"\.\d+", text[match.end() :])
    number = text[: match.start()] + whole + (rest.group() if rest else "")
    if layout.digits == "full":
        number = number.translate(_FULL)
    return number + text[match.end() + (rest.end() if rest else 0) :]


_HALF = str.maketrans({"（": "(", "）": ")", "，": ",", "：": ":"})


def label(text: str, layout: Layout) -> str:
    """A label as the layout prints it: the same words, perhaps with other spaces and punctuation.

    >>> label("1.某一事项", Layout()), label("1.某一事项", Layout(label_noise=5))
    ('1.某一事项', '1．某一事项')
    """
    if layout.label_noise is None or not text:
        return text
    rng = random.Random(layout.label_noise * 1_000_003 + zlib.crc32(text.encode()))
    if rng.random() < 0.4:
        text = text.translate(_HALF)
    if rng.random() < 0.5:
        mark = rng.choice(["、", "．", ". ", "、 "])
        text = re.sub(r"^(\d+)\.", lambda m: m[1] + mark, text)
    if rng.random() < 0.4:
        text = re.sub(r"^([（(][一二三四五六七八九十]+[）)])", r"\1 ", text)
    if rng.random() < 0.3 and len(text) > 2:
        where = rng.randrange(2, len(text))
        text = text[:where] + rng.choice([" ", "\u3000", "\u00a0"]) + text[where:]
    if rng.random() < 0.1 and len(text) <= 4:
        text = " ".join(text)
    return text


def subtotals(table: Table, figures: Mapping[Address, str]) -> dict[Address, str]:
    """The extra columns a form allows for, summed from the columns of the same group."""
    out: dict[Address, str] = {}
    for block in table.blocks:
        for extra in block.extra_columns:
            parts = [c.id for c in block.columns if c.group == extra.group]
            for row in block.rows:
                parsed = [clean.parse(figures.get((table.id, row.id, c), "")) for c in parts]
                numbers = [p.value for p in parsed if p.value is not None]
                if any((table.id, row.id, c) in figures for c in parts):
                    out[(table.id, row.id, extra.id)] = str(sum(numbers)) if numbers else ""
    return out


def printed_figures(draft: Draft, layout: Layout, forms: Forms) -> dict[Address, str]:
    """What the typeset report prints, by address: the truth of a round trip.

    Raises
    ------
    UsageError
        When a figure has an address that its table's form does not know.

    Examples
    --------
    >>> from govdisclose import forms
    >>> draft = Draft("样本市人民政府", 2022, {"remedies": "2021"}, {("remedies", "review", "total"): ""})
    >>> printed_figures(draft, Layout(blank_as="/"), forms.load())
    {('remedies', 'review', 'total'): '/'}
    """
    figures = dict(draft.figures)
    known: set[Address] = set()
    for table_id, form_id in draft.tables.items():
        table = forms[form_id].table(table_id)
        if layout.extra_subtotal_column:
            figures = {**subtotals(table, figures), **figures}
        for block in table.blocks:
            columns = (*block.columns, *block.extra_columns)
            known |= {(table_id, r.id, c.id) for r in block.rows for c in columns}
    strange = sorted(".".join(a) for a in figures.keys() - known)
    if strange:
        raise UsageError(f"draft of {draft.agency} {draft.year}: no form in `tables` has {', '.join(strange[:5])}")
    return {address: figure(text, layout) for address, text in figures.items()}
