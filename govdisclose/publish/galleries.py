"""Every figure of a dataset on one page a language: the gallery that the index leads to."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from govdisclose import figures
from govdisclose.forms import Lang
from govdisclose.publish.index import Entry, Picture, page_of
from govdisclose.publish.stamp import stamp

_TITLES: dict[Lang, tuple[str, str]] = {
    "zh": ("图集", "数据集的全部图，附定义、n、出处与所绘数字"),
    "en": ("Gallery of figures", "Every figure of a dataset, with definition, n, source and the numbers it shows."),
}
_MARK: dict[Lang, str] = {"zh": "合成数据", "en": "synthetic data"}
THUMBNAILS = 6


def write_galleries(dataset: str | Path, out_dir: str | Path, agencies: str | Path | None = None) -> list[Entry]:
    """Draw all figures of a dataset in both languages and write `gallery-zh.html` and `gallery-en.html`.

    Parameters
    ----------
    dataset
        The folder that `build` wrote.
    out_dir
        Where the pages go; the figures, their numbers and captions go into its folder `gallery`.
    agencies
        A file that says who an agency is (`data/agencies.csv`), for the figures by province.

    Returns
    -------
    list of Entry
        One a language, for the index.

    Raises
    ------
    DatasetError
        `dataset` is no dataset.
    """
    out_dir = Path(out_dir)
    folder = out_dir / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    mark = stamp({"dataset": str(dataset)}, Path())
    entries = []
    for lang, (title, lead) in _TITLES.items():
        shown = figures.gallery(dataset, folder, lang=lang, agencies=agencies, dpi=150)
        name = f"gallery-{lang}.html"
        if any(one["synthetic"] for one in shown):
            title = f"{title} · {_MARK[lang]}"
        body = f"<h1>{escape(title)}</h1><p>{escape(lead)}</p>" + "".join(_figure(one, folder) for one in shown)
        (out_dir / name).write_text(page_of(title, body, lang), encoding="utf-8", newline="\n")
        pictures = tuple(_picture(one, folder, name) for one in shown[:THUMBNAILS])
        entries.append(Entry(title, lead, ((lang, name),), pictures, mark))
    return entries


def _png(one: dict[str, Any], folder: Path) -> bytes:
    name = next(str(name) for name in one["files"] if name.endswith(".png"))
    return (folder / name).read_bytes()


def _picture(one: dict[str, Any], folder: Path, page: str) -> Picture:
    return Picture(_png(one, folder), one["title"], f"{page}#{one['id']}")


def _figure(one: dict[str, Any], folder: Path) -> str:
    files: Sequence[str] = one["files"]
    links = " ".join(
        f'<a href="{escape(f"{folder.name}/{name}", quote=True)}">{escape(name.rpartition(".")[2].upper())}</a>'
        for name in files
    )
    image = base64.b64encode(_png(one, folder)).decode()
    return (
        f'<figure class="wide" id="{one["id"]}"><img alt="{escape(one["title"], quote=True)}"'
        f' src="data:image/png;base64,{image}"><figcaption>{escape(one["caption"])} {links}</figcaption></figure>'
    )
