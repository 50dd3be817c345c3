"""What the PDF reader has to say about a file beside its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from govdisclose.model import Note
from govdisclose.readers.pdf.grid import DOUBTS_ZH
from govdisclose.readers.pdf.pages import Page, Tables, rows_of_values
from govdisclose.readers.pdf.text import bounding


def document_notes(pages: Sequence[Page], tables: Mapping[int, Tables]) -> Iterator[Note]:
    unmapped = sum(page.text.unmapped for page in pages)
    chars = [char for page in pages for char in page.text.chars if char.text.strip()] if unmapped else []
    if unmapped * 2 > len(chars):
        yield Note(
            "broken_character_map",
            f"{len(chars)}个字符中有{unmapped}个没有可用的编码，文字不可信",
            f"{unmapped} of {len(chars)} characters have no usable code; the text cannot be trusted",
            "error",
        )
    layers = [str(page.number) for page in pages if page.text.hidden_layer]
    if layers:
        yield Note(
            "ocr_text_layer",
            f"第{'、'.join(layers)}页的文字是图片上不可见的识别层，可能有识别错误",
            f"page {', '.join(layers)}: the text is an invisible layer over a picture, made by character recognition",
            "warning",
        )
    scanned = [str(page.number) for page in pages if page.scanned]
    if scanned:
        yield Note(
            "recognised_characters",
            f"第{'、'.join(scanned)}页是扫描图像，文字由图像识别得出",
            f"page {', '.join(scanned)}: a scan; its characters were recognised from the picture",
        )
    blank = [str(page.number) for page in pages if not page.text.chars and page.drawing.pictures and not page.scanned]
    if blank:
        yield Note(
            "picture_pages",
            f"第{'、'.join(blank)}页是没有文字的图片，未读取（安装 govdisclose[scan] 后可识别）",
            f'page {", ".join(blank)}: a picture without text, not read; pip install "govdisclose[scan]" reads it',
            "warning",
        )
    for page in pages:
        if page.is_too_complex:
            number = page.number
            yield Note(
                "page_too_complex",
                f"第{number}页的图形过多，未在其中查找表格",
                f"page {number} is drawn from too many shapes; no tables were sought on it",
                "warning",
            )
        yield from _table_notes(page, tables[page.number])


def _doubt_zh(doubt: str) -> str:
    if doubt in DOUBTS_ZH:
        return DOUBTS_ZH[doubt]
    from govdisclose.readers.scan.numbers import DOUBTS_ZH as OF_READINGS
    from govdisclose.readers.scan.streaks import DOUBTS_ZH as OF_SHEETS
    from govdisclose.readers.scan.told import DOUBTS_ZH as OF_PLACES

    return (OF_READINGS | OF_PLACES | OF_SHEETS)[doubt]


def _table_notes(page: Page, tables: Tables) -> Iterator[Note]:
    view = page.text.view
    width, _ = view.size
    for index, (frame, grid) in enumerate(tables.placed, 1):
        for cell in grid.cells:
            if cell.doubt:
                doubt = "；".join(map(_doubt_zh, cell.doubt.split("; ")))
                yield Note(
                    "suspicious_cell",
                    f"第{view.number}页第{index}个表格第{cell.row + 1}行第{cell.col + 1}列可疑（{doubt}）",
                    f"page {view.number}, table {index}, row {cell.row + 1}, column {cell.col + 1}: {cell.doubt}",
                    "warning",
                    cell.box,
                )
        if frame[0] < -1 or frame[2] > width + 1:
            yield Note(
                "table_leaves_page",
                f"第{view.number}页第{index}个表格超出页面",
                f"page {view.number}, table {index} is wider than the page",
                "warning",
                view.box(frame),
            )
    loose = rows_of_values(tables.outside)
    if loose:
        yield Note(
            "unruled_table",
            f"第{view.number}页有{len(loose)}行成列的数字不在任何表格之内：{loose[0].text}",
            f"page {view.number}: rows of numbers outside every table ({len(loose)}): {loose[0].text}",
            "warning",
            view.box(bounding(char for line in loose for char in line.chars)),
        )
