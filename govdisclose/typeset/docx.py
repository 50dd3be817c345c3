"""A typeset report as a Word file: plain Office Open XML, the same bytes for the same report."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from govdisclose.typeset.flow import Flow, Head, Para
from govdisclose.typeset.html import pieces
from govdisclose.typeset.layout import Layout, sentences
from govdisclose.typeset.table import Printed, PrintedTable

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_LINES = {
    "solid": ("single", 4),
    "dashed": ("dashed", 4),
    "double": ("double", 4),
    "hairline": ("single", 1),
    "horizontal": ("single", 4),
    "none": ("nil", 0),
    "shaded": ("nil", 0),
}
_PAGES = {"a4": (11906, 16838), "a4-landscape": (16838, 11906), "letter": (12240, 15840)}
_MARGIN = 1134
_PADDING = '<w:tblCellMar><w:left w:w="50" w:type="dxa"/><w:right w:w="50" w:type="dxa"/></w:tblCellMar>'


def _run(text: str, size: float, bold: bool = False) -> str:
    weight = "<w:b/>" if bold else ""
    return (
        f'<w:r><w:rPr>{weight}<w:sz w:val="{round(size * 2)}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    )


def _paragraph(runs: str, style: str = "", align: str = "", page_break: bool = False) -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    broken = "<w:pageBreakBefore/>" if page_break else ""
    aligned = f'<w:jc w:val="{align}"/>' if align else ""
    return f"<w:p><w:pPr>{named}{broken}{aligned}</w:pPr>{runs}</w:p>"


def _borders(layout: Layout) -> str:
    style, size = _LINES[layout.borders]
    sides = ["top", "bottom", "insideH"]
    sides += [] if layout.borders == "horizontal" else ["left", "right", "insideV"]
    order = ["top", "left", "bottom", "right", "insideH", "insideV"]
    lines = "".join(f'<w:{s} w:val="{style}" w:sz="{size}" w:space="0"/>' for s in order if s in sides)
    return f"<w:tblBorders>{lines}</w:tblBorders>"


def _cell(text: str, kind: str, width: int, span: int, merge: str, layout: Layout, fill: bool, broken: bool) -> str:
    spans = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    merged = {"": "", "start": '<w:vMerge w:val="restart"/>', "on": "<w:vMerge/>"}[merge]
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E8EEF5"/>' if fill else ""
    parts = pieces(text, every=kind == "value") if layout.fragmented else [text] if text else []
    runs = "".join(_run(p, layout.font_size) for p in parts)
    inner = _paragraph(runs, align="center" if kind in ("value", "header", "title") else "", page_break=broken)
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{spans}{merged}{shade}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def column_widths(table: PrintedTable, layout: Layout, total: float) -> list[float]:
    """Widths of the printed columns that add up to `total`, more room for labels where there is any."""
    labels = table.label_cols
    if not labels:
        return [total / table.cols] * table.cols
    share = 0.32 if layout.widths == "narrow" else 0.5
    if labels == 1:
        return [total * share] + [total * (1 - share) / (table.cols - 1)] * (table.cols - 1)
    narrow = total * share / (labels + 2)
    side = [narrow] * (labels - 1) + [total * share - narrow * (labels - 1)]
    return side + [total * (1 - share) / (table.cols - labels)] * (table.cols - labels)


def _row(table: PrintedTable, owner: list[list[Printed]], row: int, widths: list[int], layout: Layout) -> str:
    """One table row. A cell covered from above continues the merge; one covered from the left is gone."""
    after = layout.page_break_after
    broken = bool(after) and row > 0 and table.row_ids[row - 1] == after
    fill = layout.borders == "shaded" and row % 2 == 1
    cells: list[str] = []
    col = 0
    while col < table.cols:
        cell = owner[row][col]
        starts = (cell.row, cell.col) == (row, col)
        if layout.span_style == "proper":
            merge = "" if cell.rowspan == 1 else "start" if starts else "on"
            width = sum(widths[col : col + cell.colspan])
            text = cell.text if starts else ""
            cells.append(_cell(text, cell.kind, width, cell.colspan, merge, layout, fill, broken and not cells))
            col += cell.colspan
            continue
        if starts or layout.span_style == "empty":
            text = cell.text if starts else ""
            cells.append(_cell(text, cell.kind, widths[col], 1, "", layout, fill, broken and not cells))
        col += 1
    repeated = layout.header_repeat and row < table.header_rows
    head = "<w:trPr><w:tblHeader/></w:trPr>" if repeated else ""
    return f"<w:tr>{head}{''.join(cells)}</w:tr>"


def _table(table: PrintedTable, layout: Layout, total: int) -> str:
    owner: list[list[Printed]] = [[table.cells[0]] * table.cols for _ in range(table.rows)]
    for cell in table.cells:
        for r in range(cell.row, cell.row + cell.rowspan):
            for c in range(cell.col, cell.col + cell.colspan):
                owner[r][c] = cell
    widths = [round(w) for w in column_widths(table, layout, total)]
    rows = "".join(_row(table, owner, r, widths, layout) for r in range(table.rows))
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>{_borders(layout)}'
        f'<w:tblLayout w:type="fixed"/>{_PADDING}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )


def _body(flow: Flow, layout: Layout) -> str:
    across, down = _PAGES[layout.page]
    total = across - 2 * _MARGIN - (300 if layout.nested else 0)
    parts = []
    for item in flow.items:
        if isinstance(item, Head):
            size = {1: 18.0, 2: 14.0}.get(item.level, 12.0)
            runs = _run(item.text, size, bold=True)
            parts.append(_paragraph(runs, f"Heading{item.level}", "center" if item.level == 1 else ""))
        elif isinstance(item, Para):
            parts.append(_paragraph(_run(item.text, 11)))
        else:
            parts += [_table(item.printed, layout, total), _paragraph("")]
    body = "".join(parts)
    if layout.nested:
        width = across - 2 * _MARGIN
        cell = f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{body}</w:tc>'
        grid = f'<w:tblGrid><w:gridCol w:w="{width}"/></w:tblGrid>'
        body = f'<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/></w:tblPr>{grid}<w:tr>{cell}</w:tr></w:tbl><w:p/>'
    orient = ' w:orient="landscape"' if across > down else ""
    margins = " ".join(f'w:{side}="{_MARGIN}"' for side in ("top", "right", "bottom", "left"))
    return (
        f'{body}<w:sectPr><w:headerReference w:type="default" r:id="rId2"/>'
        f'<w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="{across}" w:h="{down}"{orient}/>'
        f'<w:pgMar {margins} w:header="600" w:footer="600" w:gutter="0"/></w:sectPr>'
    )


def _styles() -> str:
    heads = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{i}"><w:name w:val="heading {i}"/>'
        f'<w:pPr><w:outlineLvl w:val="{i - 1}"/></w:pPr></w:style>'
        for i in range(1, 7)
    )
    fonts = '<w:rFonts w:ascii="SimSun" w:hAnsi="SimSun" w:eastAsia="SimSun"/>'
    defaults = f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts}</w:rPr></w:rPrDefault></w:docDefaults>"
    return f"<w:styles {_W}>{defaults}{heads}</w:styles>"


def _footer(layout: Layout) -> str:
    if not layout.page_numbers:
        return _paragraph("")
    before, _, after = sentences()["page_number"].partition("{page}")
    field = '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    return _paragraph(_run(before, 9) + field + _run(after, 9), align="center")


def _parts(flow: Flow, layout: Layout) -> dict[str, str]:
    relation = f"{_PACKAGE}/relationships"
    kinds = {"document": "document.main", "styles": "styles", "header1": "header", "footer1": "footer"}
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_WML}.{kind}+xml"/>' for name, kind in kinds.items()
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/{kind}" Target="{target}.xml"/>'
        for i, (kind, target) in enumerate([("styles", "styles"), ("header", "header1"), ("footer", "footer1")], 1)
    )
    core_type = "application/vnd.openxmlformats-package.core-properties+xml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}'
        f'<Override PartName="/docProps/core.xml" ContentType="{core_type}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{relation}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{relation}/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>",
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(flow.name)}</dc:title></cp:coreProperties>",
        "word/document.xml": f"<w:document {_W} {_R}><w:body>{_body(flow, layout)}</w:body></w:document>",
        "word/styles.xml": _styles(),
        "word/header1.xml": f"<w:hdr {_W}>{_paragraph(_run(flow.mark, 9), align='center')}</w:hdr>",
        "word/footer1.xml": f"<w:ftr {_W}>{_footer(layout)}</w:ftr>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{relation}">{links}</Relationships>',
    }


def render_docx(flow: Flow, layout: Layout) -> bytes:
    """The file's bytes; nothing in them depends on the time or the machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in _parts(flow, layout).items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, _HEAD + xml)
    return out.getvalue()
