"""The page that leads to the others: each notebook with its question, its first lines and thumbnails of its figures."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from govdisclose.version import VERSION

THUMBNAILS = 4
"""Figures shown of each notebook."""
_WIDTH = 360
_STYLE = """\
body{font:16px/1.5 system-ui,"Noto Sans SC","Microsoft YaHei",sans-serif;color:#222;
max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem} h2{font-size:1.2rem;margin:0 0 .3rem} a{color:#0b5394}
article{border-top:1px solid #ccc;padding:1.2rem 0} p{margin:.3rem 0 .8rem;max-width:48rem}
.figures{display:flex;flex-wrap:wrap;gap:.8rem} figure{margin:0;width:16rem}
figure.wide{width:auto;max-width:60rem;margin:1.5rem 0} img{max-width:100%;border:1px solid #ddd}
figcaption,.stamp{font-size:.8rem;color:#555} code{font-size:.9em;overflow-wrap:anywhere}
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure to show: PNG bytes, what it shows, and where it leads."""

    png: bytes
    caption: str
    link: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index shows of one page."""

    title: str
    lead: str
    links: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...] = ()
    stamp: str = ""


def entry_of(notebook: Any, links: Sequence[tuple[str, str]], stamp: str) -> Entry:
    """The title, first paragraph and figures of an executed notebook."""
    title, _, lead = str(notebook.cells[0].source).strip().partition("\n")
    pictures = [
        Picture(base64.b64decode(output["data"]["image/png"]), "", f"{links[0][1]}#cell-id={cell.id}")
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]
    first = next((part for part in lead.strip().split("\n\n") if part), "")
    return Entry(title.lstrip("# "), first, tuple(links), tuple(pictures[:THUMBNAILS]), stamp)


def write_index(entries: Sequence[Entry], folder: Path, title: str = "govdisclose") -> Path:
    """Write `index.html`: one file that holds its images and asks the network for nothing."""
    blocks = "\n".join(_article(entry) for entry in entries)
    target = folder / "index.html"
    target.write_text(page_of(title, f"<h1>{escape(title)}</h1>\n{blocks}", "zh"), encoding="utf-8", newline="\n")
    return target


def page_of(title: str, body: str, lang: str) -> str:
    """A whole page that may fetch nothing."""
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline';"
        ' img-src data:">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n"
        f'<p class="stamp">govdisclose {VERSION}</p>\n</body></html>\n'
    )


def _article(entry: Entry) -> str:
    first = escape(entry.links[0][1], quote=True)
    others = " · ".join(f'<a href="{escape(href, quote=True)}">{escape(name)}</a>' for name, href in entry.links[1:])
    figures = "".join(
        f'<figure><a href="{escape(p.link, quote=True)}"><img alt="{escape(p.caption or entry.title, quote=True)}"'
        f' src="data:image/png;base64,{base64.b64encode(thumbnail(p.png)).decode()}"></a>'
        f"<figcaption>{escape(p.caption)}</figcaption></figure>"
        for p in entry.pictures
    )
    return (
        f'<article><h2><a href="{first}">{escape(entry.title)}</a></h2><p>{_inline(entry.lead)}</p>'
        + (f"<p>{others}</p>" if others else "")
        + (f'<div class="figures">{figures}</div>' if figures else "")
        + (f'<p class="stamp">{_inline(entry.stamp)}</p>' if entry.stamp else "")
        + "</article>"
    )


def _inline(text: str) -> str:
    """Markdown of one paragraph: only code marks are kept, the rest is text."""
    parts = escape(text.replace("**", "").replace("\n", " ")).split("`")
    return "".join(part if i % 2 == 0 else f"<code>{part}</code>" for i, part in enumerate(parts))


def thumbnail(png: bytes) -> bytes:
    """A PNG no wider than a thumbnail; the same bytes for the same picture."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if picture.width > _WIDTH:
        picture = picture.resize((_WIDTH, max(1, round(picture.height * _WIDTH / picture.width))))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
