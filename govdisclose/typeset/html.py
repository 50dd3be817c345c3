"""A typeset report as a web page."""

from __future__ import annotations

import random
import zlib
from html import escape

from govdisclose.typeset.flow import Flow, Head, Para
from govdisclose.typeset.layout import Draft, Layout, sentences
from govdisclose.typeset.table import Printed, PrintedTable

_BORDERS = {
    "solid": "td{border:1px solid #000}",
    "dashed": "td{border:1px dashed #000}",
    "double": "td{border:3px double #000}",
    "hairline": "td{border:0.1px solid #999}",
    "horizontal": "td{border-top:1px solid #000;border-bottom:1px solid #000}",
    "none": "",
    "shaded": "tr:nth-child(even) td{background:#e8eef5}",
}


def pieces(text: str, *, every: bool) -> list[str]:
    """Cut a text as word processors do when they paste: `every` character, or runs of one to four.

    >>> pieces("120", every=True)
    ['1', '2', '0']
    """
    if every:
        return list(text)
    rng = random.Random(zlib.crc32(text.encode()))
    out = []
    while text:
        size = rng.randrange(1, 5)
        out.append(text[:size])
        text = text[size:]
    return out


def _inner(cell: Printed, layout: Layout) -> str:
    text = cell.text
    if layout.fragmented and text:
        spans = "".join(f"<span>{escape(p)}</span>" for p in pieces(text, every=cell.kind == "value"))
        return f'<p class="MsoNormal"><span lang="EN-US">{spans}</span></p>'
    if layout.widths == "narrow" and cell.kind == "header" and len(text) < 10:
        return "<br>".join(escape(text[i : i + 2]) for i in range(0, len(text), 2))
    return escape(text)


def _table(table: PrintedTable, layout: Layout) -> str:
    rows = []
    for line in table.matrix():
        cells = []
        for cell in line:
            if cell is None:
                if layout.span_style == "empty":
                    cells.append("<td></td>")
                continue
            spans = ""
            if layout.span_style == "proper":
                spans += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
                spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
            kind = ' class="n"' if cell.kind == "value" else ""
            cells.append(f"<td{spans}{kind}>{_inner(cell, layout)}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return '<table class="report">\n' + "\n".join(rows) + "\n</table>"


def _chrome(draft: Draft, flow: Flow, body: str) -> str:
    words = sentences()["chrome"]
    names = {"agency": draft.agency, "year": draft.year, "date": flow.published}
    links = "".join(f'<li><a href="#">{escape(t)}</a></li>' for t in words["navigation"])
    rows = "".join(f"<tr><td>{escape(k)}</td><td>{escape(v.format(**names))}</td></tr>" for k, v in words["metadata"])
    foot = " | ".join(escape(t) for t in words["footer"])
    return (
        f'<ul class="nav">{links}</ul>\n<table class="meta">{rows}</table>\n'
        f'<div id="content">\n{body}\n</div>\n<script>{words["script"]}</script>\n<div class="footer">{foot}</div>'
    )


def render_html(draft: Draft, flow: Flow, layout: Layout) -> bytes:
    """The page's bytes in the layout's encoding."""
    parts = []
    if flow.mark:
        parts.append(f'<p class="mark">{escape(flow.mark)}</p>')
    for item in flow.items:
        if isinstance(item, Head):
            parts.append(f"<h{item.level}>{escape(item.text)}</h{item.level}>")
        elif isinstance(item, Para):
            parts.append(f"<p>{escape(item.text)}</p>")
        else:
            parts.append(_table(item.printed, layout))
    if flow.mark:
        parts.append(f'<p class="mark">{escape(flow.mark)}</p>')
    body = "\n".join(parts)
    if layout.nested:
        body = f'<table class="page"><tr><td>\n{body}\n</td></tr></table>'
    if layout.chrome:
        body = _chrome(draft, flow, body)
    charset = "gb18030" if layout.encoding == "gb18030" else "utf-8"
    width = "max-width:52em" if layout.widths == "narrow" else "width:100%"
    style = (
        "body{font-family:'Noto Sans SC','Microsoft YaHei',sans-serif;max-width:64em;margin:2em auto;line-height:1.6}"
        f"table.report{{border-collapse:collapse;{width};font-size:{layout.font_size}pt}}"
        "td{padding:.2em .4em;text-align:center}table.page>tbody>tr>td{text-align:left}h1{text-align:center}"
        f".mark{{color:#a00;font-size:smaller}}table.report {_BORDERS[layout.borders] or 'td{border:0}'}"
    )
    page = (
        f'<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="{charset}">\n<title>{escape(flow.name)}</title>\n'
        f"<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
    return page.encode("utf-8" if layout.encoding == "utf-8" else "gb18030")
