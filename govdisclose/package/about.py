"""What a package says of itself, in zh and en: title, mark of invented data, README, citation."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from govdisclose.forms import Lang
from govdisclose.package.content import Summary
from govdisclose.package.wide import MISSING
from govdisclose.store import SCHEMA
from govdisclose.typeset.layout import sentences

NAME = "govdisclose-data"


@dataclass(frozen=True, slots=True)
class About:
    """A package's own description: what it holds and how it was asked for. `licence` is an SPDX id or ""."""

    summary: Summary
    title: str
    licence: str
    authors: tuple[str, ...]
    bom: bool

    def headline(self, lang: Lang) -> str:
        """The title, with the mark where any report is invented."""
        text: str = self.title or words()["title"][lang].format(years=self.years)
        return f"{text} [{self.mark}]" if self.mark else text

    @property
    def mark(self) -> str:
        """What invented data are marked with, or ""."""
        return str(sentences()["mark"]) if self.summary.synthetic else ""

    def warning(self, lang: Lang) -> str:
        """The sentence on invented reports, or ""."""
        return str(words()["synthetic"][lang].format(**self._counts())) if self.summary.synthetic else ""

    def description(self, lang: Lang) -> str:
        """One or two sentences on what the package holds; the warning comes first."""
        text = words()["summary"][lang].format(years=self.years, **self._counts())
        return " ".join(part for part in (self.warning(lang), text) if part)

    def _counts(self) -> dict[str, int]:
        return {"reports": self.summary.reports, "synthetic": self.summary.synthetic}

    @property
    def version(self) -> str:
        """The version of the schema, and the data hash as the build that filled it (Semantic Versioning)."""
        return f"{SCHEMA.rpartition('/')[2]}.0.0+{self.summary.version[:16]}"

    @property
    def years(self) -> str:
        """The report years, as `2019–2025`."""
        return _years(self.summary.years)


def _years(years: Sequence[int]) -> str:
    """
    >>> _years([2019, 2021]), _years([2020]), _years([])
    ('2019–2021', '2020', '–')
    """
    return "–" if not years else str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The sentences of `words.toml`."""
    text = resources.files("govdisclose").joinpath("package", "words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def in_lang(pair: Sequence[str], lang: Lang) -> str:
    """One of a zh-en pair of `words.toml`."""
    return pair[0] if lang == "zh" else pair[1]


# --- files ------------------------------------------------------------------------------------------------------------


def readme(about: About, files: Sequence[str], left_out: Mapping[str, str], lang: Lang) -> str:
    """The README in one language."""
    summary, phrases = about.summary, words()["phrases"]
    warning = about.warning(lang)
    tables = words()["tables"]
    contents = [f"- `{name}`{_purpose(name, tables, lang)}" for name in files]
    missing = [f"`.{'abcdef'[i]}` {name} ({in_lang(words()['missing'][name], lang)})" for i, name in enumerate(MISSING)]
    reasons = "".join(f"- `{name}`: {reason}\n" for name, reason in left_out.items())
    heading = in_lang(phrases["left_out"], lang)
    text: str = words()["readme"][lang].format(
        title=about.headline(lang),
        warning=f"**{warning}**\n\n" if warning else "",
        summary=words()["summary"][lang].format(years=about.years, reports=summary.reports),
        files=summary.files,
        reports=summary.reports,
        preferred=summary.preferred,
        cells=summary.cells,
        years=about.years,
        version=summary.version,
        licence=about.licence or in_lang(phrases["no_licence"], lang),
        contents="\n".join(contents),
        left_out=f"## {heading}\n\n{reasons}\n" if reasons else "",
        corrected=summary.corrected,
        states=_listed(summary.states),
        evidence=_listed(summary.evidence),
        findings=summary.findings,
        bom=in_lang(phrases["bom"], lang) if about.bom else "",
        missing=", ".join(missing),
        na_values=", ".join(f'"{name}"' for name in MISSING),
    )
    return text.lstrip("\n")


def _purpose(name: str, tables: Mapping[str, Sequence[str]], lang: Lang) -> str:
    stem = name.rpartition("/")[2].partition(".")[0]
    return f": {in_lang(tables[stem], lang)}" if "/" in name and stem in tables else ""


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"`{name}` {n}" for name, n in counts.items())


def citation(about: About) -> str:
    """CITATION.cff of the data; dated by the last publication it holds, so that it is the same when made again."""
    message = about.warning("en") or "Cite the data, and the reports themselves as the source of the numbers."
    lines = [
        "cff-version: 1.2.0",
        f"message: {_yaml(message)}",
        f"title: {_yaml(about.headline('en'))}",
        "type: dataset",
        "authors:",
        *(f"  - name: {_yaml(author)}" for author in about.authors),
        f"version: {_yaml(about.version)}",
        f"abstract: {_yaml(about.description('en'))}",
        "identifiers:",
        "  - type: other",
        f"    value: {_yaml('sha256:' + about.summary.version)}",
        "    description: Hash over the content of all tables",
        "keywords:",
        *(f"  - {_yaml(word)}" for word in keywords(about)),
    ]
    lines += [f"date-released: {about.summary.latest}"] if about.summary.latest else []
    lines += [f"license: {_yaml(about.licence)}"] if about.licence else []
    return "\n".join(lines) + "\n"


def keywords(about: About) -> list[str]:
    """Words to find the data by."""
    mark = [about.mark] if about.mark else []
    return ["open government information", "freedom of information", "China", "政府信息公开工作年度报告", *mark]


def _yaml(text: str) -> str:
    """A double-quoted scalar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
