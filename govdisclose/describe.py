"""The data dictionary: what every table, row and column of the form and every column of the dataset means.

It is made of `forms/*.toml`, `items.csv`, `dataset.csv` and `codes.csv`; docs/dictionary.md is its output.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Literal

from govdisclose.errors import UsageError
from govdisclose.forms import Forms, Lang, Relation, checked_lang, load
from govdisclose.store import FILES, columns

Entry = dict[str, str]
DescribeFormat = Literal["text", "md", "csv", "json"]

FIELDS = (
    "kind",
    "in",
    "id",
    "name_zh",
    "name_en",
    "type",
    "unit",
    "forms",
    "comparable",
    "definition_zh",
    "definition_en",
)  # fmt: skip

_HEADINGS = {
    "table": "Tables of the report",
    "row": "Rows",
    "column": "Columns",
    "relation": "Relations between the numbers",
    **{f"field {name}": f"{name}.parquet" for name in FILES},
    "code": "Codes",
}
_INTRO = """\
# Data dictionary

Made by `govdisclose describe --format md`; do not edit. The first three parts are the statutory form: a cell is
addressed by the ids of its table, row and column. Then come the files of a dataset (docs/dataset.md says how they are
made), and what their codes mean. A `category` is text with few distinct values (dictionary-encoded in Parquet).
"""


def dictionary(forms: Forms) -> list[Entry]:
    """Every entry of the dictionary.

    Returns
    -------
    list of dict
        Keys as in `FIELDS`; "" where one does not apply. `kind` is `table`, `row`, `column`,
        `relation`, `field <file>` or `code`; `in` names the tables, file or field it belongs to.

    Examples
    --------
    >>> from govdisclose import forms
    >>> next(e["name_en"] for e in dictionary(forms.load()) if e["id"] == "granted")
    'Granted'
    """
    return [*_items(forms), *_relations(forms), *_fields(), *_codes()]


def _entry(**known: str) -> Entry:
    return {name: known.get(name, "") for name in FIELDS}


def _items(forms: Forms) -> Iterator[Entry]:
    tables, generations = _places(forms)
    for item in forms.items:
        key = (item.kind, item.id)
        yield _entry(
            kind=item.kind,
            id=item.id,
            name_zh=item.zh,
            name_en=item.en,
            unit=item.unit,
            forms=", ".join(generations.get(key, ())),
            comparable=item.comparable,
            definition_zh=item.definition_zh,
            definition_en=item.definition_en,
            **{"in": "" if item.kind == "table" else ", ".join(tables.get(key, ()))},
        )


def _places(forms: Forms) -> tuple[dict[tuple[str, str], list[str]], dict[tuple[str, str], list[str]]]:
    """(kind, id) → the tables it stands in, and the forms that have it."""
    tables: dict[tuple[str, str], list[str]] = {}
    generations: dict[tuple[str, str], list[str]] = {}
    for form in forms:
        for table in form.tables:
            found = {("table", table.id)}
            for block in table.blocks:
                found |= {("row", row.id) for row in block.rows}
                found |= {("column", column.id) for column in (*block.columns, *block.extra_columns)}
            for key in found:
                for known, name in ((tables, table.id), (generations, form.id)):
                    known.setdefault(key, [])
                    known[key] += [] if name in known[key] else [name]
    return tables, generations


def _relations(forms: Forms) -> Iterator[Entry]:
    for form in forms:
        for relation in form.relations:
            each = "row" if relation.each == "row" else "column"
            where = f" ({', '.join(relation.rows)})" if relation.rows else ""
            yield _entry(
                kind="relation",
                id=relation.id,
                forms=form.id,
                definition_zh=f"{_formula(relation)}；逐{'行' if each == 'row' else '列'}{where}",
                definition_en=f"{_formula(relation)}; for each {each}{where}",
                **{"in": relation.table},
            )


def _formula(relation: Relation) -> str:
    return f"{_sum(relation.left)} = {_sum(relation.right)}"


def _sum(terms: Sequence[str]) -> str:
    """
    >>> _sum(("previous:effective", "issued", "-repealed"))
    'previous:effective + issued - repealed'
    """
    text = " ".join(f"- {term[1:]}" if term.startswith("-") else f"+ {term}" for term in terms)
    return text.removeprefix("+ ")


def _fields() -> Iterator[Entry]:
    for column in columns():
        yield _entry(
            kind=f"field {column.file}",
            id=column.name,
            type=column.type,
            unit=column.unit,
            definition_zh=column.zh,
            definition_en=column.en,
            **{"in": column.file},
        )


def _codes() -> Iterator[Entry]:
    text = resources.files("govdisclose").joinpath("codes.csv").read_text(encoding="utf-8")
    for line in csv.DictReader(text.splitlines()):
        yield _entry(
            kind="code", id=line["code"], definition_zh=line["zh"], definition_en=line["en"], **{"in": line["name"]}
        )


# --- printed ----------------------------------------------------------------------------------------------------------


def describe(forms: Forms, *, fmt: str = "text", lang: Lang | None = None) -> str:
    """The dictionary as text.

    Parameters
    ----------
    forms
        The forms to describe.
    fmt
        `text` to read in a terminal, `md` for the documentation, `csv` or `json` for programs.
    lang
        `zh` or `en` for one language; default both.

    Raises
    ------
    UsageError
        `fmt` or `lang` is none of these.
    """
    if fmt not in _FORMATS:
        raise UsageError(f"format {fmt!r}: choose one of {', '.join(_FORMATS)}")
    if lang is not None:
        checked_lang(lang)
    other = {"zh": "_en", "en": "_zh"}.get(lang or "", " ")
    entries = [{k: v for k, v in entry.items() if not k.endswith(other)} for entry in dictionary(forms)]
    return _FORMATS[fmt](entries)


def _csv(entries: Sequence[Entry]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(entries[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(entries)
    return out.getvalue()


def _json(entries: Sequence[Entry]) -> str:
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


def _text(entries: Sequence[Entry]) -> str:
    lines: list[str] = []
    for kind, heading in _HEADINGS.items():
        lines += ["", heading, ""] if lines else [heading, ""]
        for entry in entries:
            if entry["kind"] != kind:
                continue
            about = [entry[k] for k in ("type", "unit") if entry[k]]
            name = f"{entry['in']}={entry['id']}" if kind == "code" else entry["id"]
            names = " / ".join(entry[k] for k in ("name_zh", "name_en") if entry.get(k))
            lines.append(f"  {name}{f'  {names}' if names else ''}{f'  [{chr(44).join(about)}]' if about else ''}")
            lines += [f"      {entry[k]}" for k in ("definition_zh", "definition_en") if entry.get(k)]
    return "\n".join(lines) + "\n"


def _markdown(entries: Sequence[Entry]) -> str:
    out = [_INTRO]
    for kind, heading in _HEADINGS.items():
        chosen = [entry for entry in entries if entry["kind"] == kind]
        names = [k for k in chosen[0] if k != "kind" and any(entry[k] for entry in chosen)]
        names = [k for k in names if not (k == "in" and kind.startswith("field"))]
        out.append(f"\n## {heading}\n\n| {' | '.join(names)} |\n|{'---|' * len(names)}\n")
        out += [f"| {' | '.join(_plain(entry, k) for k in names)} |\n" for entry in chosen]
    return "".join(out)


def _plain(entry: Entry, name: str) -> str:
    value = entry[name].replace("|", "\\|").replace("\n", " ")
    return f"`{value}`" if name == "id" else value


_FORMATS: dict[str, Callable[[Sequence[Entry]], str]] = {"text": _text, "md": _markdown, "csv": _csv, "json": _json}


# --- the documentation ------------------------------------------------------------------------------------------------

_FINDINGS = "| relation | what |\n|---|---|\n"


def documents(folder: Path, forms: Forms) -> dict[Path, str]:
    """What docs/dictionary.md and the list of findings in docs/output.md have to say, by file."""
    output = folder / "output.md"
    before, mark, after = output.read_text(encoding="utf-8").rpartition(_FINDINGS)
    rest = after[after.find("\n\n") :] if "\n\n" in after else ""
    rows = [f"| `{e['id']}` | {e['definition_en']} |" for e in _codes() if e["in"] == "finding"]
    return {
        folder / "dictionary.md": describe(forms, fmt="md"),
        output: before + mark + "\n".join(rows) + (rest or "\n"),
    }


def main(arguments: Sequence[str]) -> None:
    """`python -m govdisclose.describe docs` writes what is generated in the documentation."""
    for path, text in documents(Path(*arguments), load()).items():
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:] or ["docs"])
