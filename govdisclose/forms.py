"""The statutory form as data: every generation is one TOML file, every item one line of items.csv.

A new revision is a new file in a folder; nothing here or elsewhere changes. `load` reads the
package's own files and, where asked, a folder of more.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

from govdisclose.errors import FormError, UsageError

Lang = Literal["zh", "en"]


def checked_lang(lang: Lang) -> Lang:
    """The language, where it is one of the two.

    Raises
    ------
    UsageError
        It is another.
    """
    if lang not in get_args(Lang):
        raise UsageError(f"lang {lang!r}: choose zh or en")
    return lang


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the dictionary: a table, row or column with its names, unit and definition."""

    kind: str
    id: str
    zh: str
    en: str
    unit: str
    comparable: str
    definition_zh: str
    definition_en: str

    def name(self, lang: Lang) -> str:
        """The short name in `zh` or `en`."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Entry:
    """A row or column of a form: its id, the printed label first and then its variants."""

    id: str
    labels: tuple[str, ...]
    group: str = ""
    unit: str = ""
    signed: bool = False

    def __hash__(self) -> int:
        return hash(self.id)  # as for `Form`

    @property
    def label(self) -> str:
        """The label as the form prints it."""
        return self.labels[0]


@dataclass(frozen=True, slots=True)
class Group:
    """A label that spans rows or columns and holds no number."""

    id: str
    labels: tuple[str, ...]
    parent: str = ""
    axis: Literal["row", "column"] = "row"

    @property
    def label(self) -> str:
        """The label as the form prints it."""
        return self.labels[0]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that share one header. `rows_across`: the rows are printed side by side (table four)."""

    id: str
    labels: tuple[str, ...]
    key: tuple[str, ...]
    columns: tuple[Entry, ...]
    extra_columns: tuple[Entry, ...]
    rows: tuple[Entry, ...]
    rows_across: bool = False

    def __hash__(self) -> int:
        return hash(self.id)  # as for `Form`


@dataclass(frozen=True, slots=True)
class Table:
    """One statutory table of one form."""

    id: str
    headings: tuple[str, ...]
    notes: tuple[str, ...]
    groups: tuple[Group, ...]
    blocks: tuple[Block, ...]

    def addresses(self) -> Iterator[tuple[str, str]]:
        """(row, column) of every cell of the form, in printed order."""
        for block in self.blocks:
            for row in block.rows:
                for column in block.columns:
                    yield row.id, column.id

    def group(self, group_id: str) -> Group:
        """The group with this id."""
        return next(g for g in self.groups if g.id == group_id)

    def path(self, entry: Entry | Group) -> tuple[Group, ...]:
        """The groups above a row or column, outermost first."""
        up = entry.group if isinstance(entry, Entry) else entry.parent
        if not up:
            return ()
        group = self.group(up)
        return (*self.path(group), group)


@dataclass(frozen=True, slots=True)
class Relation:
    """An identity of the form: the sum of `left` equals the sum of `right`.

    `each` = `row`: the terms are columns; `column`: the terms are rows. A term may begin with `-`
    (subtracted) and with `previous:` (the same agency's report of the year before). `rows`
    restricts where it holds.
    """

    id: str
    table: str
    each: Literal["row", "column"]
    left: tuple[str, ...]
    right: tuple[str, ...]
    rows: tuple[str, ...] = ()
    severity: Literal["error", "warning", "notice"] = "error"
    printed: bool = False


@dataclass(frozen=True, slots=True)
class SectionTitle:
    """A statutory section's number and titles."""

    number: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A generation of the statutory format. `last_year` None: still in force."""

    id: str
    notice: str
    first_year: int
    last_year: int | None
    tables: tuple[Table, ...]
    sections: tuple[SectionTitle, ...]
    relations: tuple[Relation, ...]

    def __hash__(self) -> int:
        # Equal forms have one id; to hash all their labels at each look-up costs more than what is kept by them.
        return hash(self.id)

    def table(self, table_id: str) -> Table:
        """The table with this id."""
        return next(t for t in self.tables if t.id == table_id)


@dataclass(frozen=True, slots=True)
class Forms:
    """All forms, oldest first, and the dictionary of items they share."""

    forms: tuple[Form, ...]
    items: tuple[Item, ...]

    def __hash__(self) -> int:
        return hash(self.forms)

    def __iter__(self) -> Iterator[Form]:
        return iter(self.forms)

    def __getitem__(self, form_id: str) -> Form:
        for form in self.forms:
            if form.id == form_id:
                return form
        raise FormError(f"no form {form_id!r}; known: {', '.join(f.id for f in self.forms)}")

    def for_year(self, year: int) -> Form | None:
        """The form in force for a report year, or None before the first."""
        fits = [f for f in self.forms if f.first_year <= year and (f.last_year is None or year <= f.last_year)]
        return fits[-1] if fits else None

    def item(self, kind: str, item_id: str) -> Item:
        """The dictionary line of a table, row or column."""
        for item in self.items:
            if item.kind == kind and item.id == item_id:
                return item
        raise FormError(f"items.csv has no {kind} {item_id!r}")

    @property
    def table_ids(self) -> tuple[str, ...]:
        """The ids of all tables, in printed order."""
        return tuple(dict.fromkeys(t.id for f in self.forms for t in f.tables))


def _entry(data: dict[str, Any]) -> Entry:
    return Entry(
        data["id"],
        (data["label"], *data.get("variants", ())),
        data.get("group", ""),
        data.get("unit", ""),
        data.get("signed", False),
    )


def _table(table_id: str, data: dict[str, Any]) -> Table:
    groups = tuple(
        Group(g["id"], (g["label"], *g.get("variants", ())), g.get("parent", ""), g.get("axis", "row"))
        for g in data.get("groups", ())
    )
    blocks = tuple(
        Block(
            b["id"],
            (b["label"], *b.get("variants", ())) if "label" in b else (),
            tuple(b.get("key", ())),
            tuple(_entry(c) for c in b["columns"]),
            tuple(_entry(c) for c in b.get("extra_columns", ())),
            tuple(_entry(r) for r in b["rows"]),
            b.get("rows_across", False),
        )
        for b in data["blocks"]
    )
    return Table(table_id, tuple(data["headings"]), tuple(data.get("notes", ())), groups, blocks)


def _form(text: str, origin: str) -> Form:
    try:
        data = tomllib.loads(text)
        form = Form(
            data["id"],
            data["notice"],
            data["first_year"],
            data.get("last_year"),
            tuple(_table(i, t) for i, t in data["tables"].items()),
            tuple(SectionTitle(s["number"], (s["label"], *s.get("variants", ()))) for s in data["sections"]),
            tuple(
                Relation(
                    r["id"],
                    r["table"],
                    r["each"],
                    tuple(r["left"]),
                    tuple(r["right"]),
                    tuple(r.get("rows", ())),
                    r.get("severity", "error"),
                    r.get("printed", False),
                )
                for r in data.get("relations", ())
            ),
        )
    except tomllib.TOMLDecodeError as error:
        raise FormError(f"{origin}: not TOML ({error}); mend the file") from error
    except KeyError as error:
        raise FormError(f"{origin}: {error} is missing; compare with the form files of the package") from error
    for table in form.tables:
        known = {g.id for g in table.groups}
        named = [e.group for b in table.blocks for e in (*b.rows, *b.columns)] + [g.parent for g in table.groups]
        unknown = sorted({g for g in named if g} - known)
        if unknown:
            raise FormError(f"{origin}: table {table.id} names groups it does not define: {', '.join(unknown)}")
    return form


def _items(text: str) -> list[Item]:
    return [Item(**line) for line in csv.DictReader(text.splitlines())]


def _check_items(forms: list[Form], items: list[Item]) -> None:
    known = {(i.kind, i.id) for i in items}
    for form in forms:
        for table in form.tables:
            needed = {("table", table.id)}
            for block in table.blocks:
                needed |= {("row", r.id) for r in block.rows}
                needed |= {("column", c.id) for c in (*block.columns, *block.extra_columns)}
            missing = sorted(" ".join(n) for n in needed - known)
            if missing:
                raise FormError(f"form {form.id}: not in any items.csv: {', '.join(missing)}; add a line for each")


@lru_cache(maxsize=16)
def load(folder: str | Path | None = None) -> Forms:
    """The package's forms, with those of `folder` (`*.toml`, optionally `items.csv`) added.

    A file in `folder` whose id the package knows replaces that form.

    >>> [form.id for form in load()]
    ['2019', '2021']
    """
    own = resources.files("govdisclose").joinpath("forms")
    forms = {
        form.id: form
        for form in (_form(f.read_text(encoding="utf-8"), f.name) for f in own.iterdir() if f.name.endswith(".toml"))
    }
    items = {(i.kind, i.id): i for i in _items(own.joinpath("items.csv").read_text(encoding="utf-8"))}
    if folder is not None:
        extra = Path(folder)
        paths = sorted(extra.glob("*.toml"))
        if not paths:
            raise FormError(f"{extra}: no form file (*.toml) in this folder")
        forms |= {form.id: form for form in (_form(p.read_text(encoding="utf-8"), str(p)) for p in paths)}
        if (extra / "items.csv").exists():
            more = _items((extra / "items.csv").read_text(encoding="utf-8"))
            items |= {(i.kind, i.id): i for i in more}
    ordered = sorted(forms.values(), key=lambda f: (f.first_year, f.id))
    _check_items(ordered, list(items.values()))
    return Forms(tuple(ordered), tuple(items.values()))
