"""The PDF reader: what is drawn as one cell is one cell, with exactly the characters printed in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pdfs import Placed, numbers, ruled, shown, table, typeset, written

from govdisclose.clean import parse
from govdisclose.errors import UnreadableFile, UnsupportedFormat, UsageError
from govdisclose.model import Document, Grid, Paragraph
from govdisclose.readers import scan
from govdisclose.readers.pdf import MAX_PAGES, RUNGS, read_pdf, render_page

MERGED: list[Placed] = [
    (0, 0, 2, 2, "项目"),
    (0, 2, 1, 3, "数量"),
    *[(1, 2 + j, 1, 1, name) for j, name in enumerate(("甲", "乙", "合计"))],
    (2, 0, 3, 1, "大类"),
    *[(2 + i, 1, 1, 1, f"{i + 1}.小类") for i in range(3)],
    (5, 0, 1, 2, "总数"),
    *[(2 + i, 2 + j, 1, 1, "" if (i, j) == (1, 1) else str(100 + 10 * i + j)) for i in range(4) for j in range(3)],
]


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def prose(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def placed(grid: Grid) -> list[Placed]:
    return sorted((c.row, c.col, c.rowspan, c.colspan, c.text.replace("\n", "")) for c in grid.cells)


def texts(grid: Grid) -> list[str]:
    return [cell.text for cell in grid.cells]


def codes(document: Document) -> set[str]:
    return {note.code for note in document.notes}


@pytest.mark.parametrize(
    "style",
    [
        "stroke: 0.5pt",
        "stroke: 2pt",
        "stroke: 0.1pt",
        "stroke: 0.5pt + luma(190)",
        "stroke: 0.5pt, align: center + horizon, inset: 2pt",
        'stroke: 0.5pt, fill: (x, y) => if calc.odd(y) { rgb("#c6d9f1") }',
        'stroke: 1pt + white, fill: rgb("#c6d9f1")',
        'stroke: (thickness: 0.5pt, dash: "dashed")',
        'stroke: (thickness: 0.5pt, dash: "dotted")',
        "stroke: 0.5pt, gutter: 2pt",
        "stroke: (x, y) => (top: if y > 0 { 0.5pt }, left: if x > 0 { 0.5pt })",
    ],
)
@pytest.mark.parametrize("size", [6, 10.5])
def test_merged_cells_under_any_full_ruling(tmp_path: Path, style: str, size: float) -> None:
    document = read_pdf(typeset(tmp_path, table(MERGED, "1fr, " * 5, style), size=size))
    assert [placed(grid) for grid in grids(document)] == [sorted(MERGED)]
    assert document.notes == ()
    assert (document.reader, document.rung, document.pages) == ("pdf", "rulings", 1)


@pytest.mark.parametrize("quarter", [0, 90, 180, 270])
@pytest.mark.parametrize("size", [(595, 842), (842, 595)])
def test_turned_pages_read_alike_and_boxes_lie_where_the_page_shows_them(
    tmp_path: Path, quarter: int, size: tuple[int, int]
) -> None:
    import pypdfium2

    path = typeset(tmp_path, "前言。\n" + table(MERGED, "1fr, " * 5), width=size[0], height=size[1])
    upright = grids(read_pdf(path))[0].cells[0].box
    pdf = pypdfium2.PdfDocument(path)
    pdf[0].set_rotation(quarter)
    turned = tmp_path / "turned.pdf"
    pdf.save(turned)
    pdf.close()
    document = read_pdf(turned)
    assert [placed(grid) for grid in grids(document)] == [sorted(MERGED)]
    assert prose(document) == ["前言。"]
    box = grids(document)[0].cells[0].box
    assert box is not None
    assert upright is not None
    width, height = size
    expected = {
        0: (upright.x0, upright.y0),
        90: (height - upright.y1, upright.x0),
        180: (width - upright.x1, height - upright.y1),
        270: (upright.y0, width - upright.x1),
    }[quarter]
    assert (box.x0, box.y0) == pytest.approx(expected, abs=0.2)


def test_content_drawn_sideways_on_a_sheet_turned_back(tmp_path: Path) -> None:
    body = "#rotate(-90deg, reflow: true)[" + table(numbers(3, 4), "60pt, " * 4) + "]"
    path = typeset(tmp_path, body, page='numbering: "- 1 -"')
    document = read_pdf(path)
    assert [placed(grid) for grid in grids(document)] == [numbers(3, 4)]
    assert prose(document) == []


@pytest.mark.parametrize(
    ("media", "page"),
    [((-100, 50, 495, 892), ""), ((0, 0, 700, 1000), "/CropBox [20 60 615 902]"), ((0, 0, 595, 842), "/Rotate 90")],
)
def test_page_boxes_off_the_origin(tmp_path: Path, media: tuple[int, int, int, int], page: str) -> None:
    path = written(tmp_path / "offset.pdf", [ruled(100, 400, 3, 4)], media=media, page=page)
    document = read_pdf(path)
    grid = grids(document)[0]
    assert placed(grid) == numbers(3, 4)
    picture = render_page(path, 1, scale=2).convert("L")
    for cell in grid.cells:
        assert cell.box is not None
        middle = (cell.box.y0 + cell.box.y1) / 2, (cell.box.x0 + cell.box.x1) / 2
        left, top = (
            picture.getpixel((cell.box.x0 * 2, middle[0] * 2)),
            picture.getpixel((middle[1] * 2, cell.box.y0 * 2)),
        )
        assert min(left, top) < 200, "a box's edge lies on the ruling drawn there"


def test_a_table_in_a_form_object(tmp_path: Path) -> None:
    path = written(tmp_path / "form.pdf", ["q 1 0 0 1 30 -50 cm /X Do Q"], forms=ruled(100, 400, 3, 4))
    assert [placed(grid) for grid in grids(read_pdf(path))] == [numbers(3, 4)]


@pytest.mark.parametrize("header", [0, 1])
def test_a_group_cell_cut_by_the_end_of_the_page(tmp_path: Path, header: int) -> None:
    rows = 60
    cells: list[Placed] = [(0, 0, 1, 2, "项目"), *[(0, 2 + j, 1, 1, f"列{j}") for j in range(4)]]
    cells += [(1, 0, 35, 1, "甲类"), (36, 0, rows - 36, 1, "乙类")]
    cells += [(r, 1, 1, 1, f"{r}.项") for r in range(1, rows)]
    cells += [(r, 2 + j, 1, 1, str(1000 + r * 4 + j)) for r in range(1, rows) for j in range(4)]
    body = "标题之一\n" + table(cells, "1fr, " * 6, header=header) + "标题之二\n"
    document = read_pdf(typeset(tmp_path, body, page='numbering: "— 1 —"'))
    assert document.notes == ()
    found = grids(document)
    assert [grid.page for grid in found] == list(range(1, len(found) + 1))
    assert len(found) > 1
    printed = [c.text for grid in found for c in sorted(grid.cells, key=lambda c: (c.row, c.col)) if c.text.isdigit()]
    assert printed == [str(1000 + r * 4 + j) for r in range(1, rows) for j in range(4)]
    assert prose(document) == ["标题之一", "标题之二"]
    assert sum(c.text == "列0" for grid in found for c in grid.cells) == (len(found) if header else 1)
    for grid in found:  # every printed row has its six columns, the group's cell over them all
        assert max(c.col + c.colspan for c in grid.cells) == 6


def test_two_tables_and_the_headings_between(tmp_path: Path) -> None:
    body = (
        "第一段话。\n\n一、甲\n\n"
        + table(numbers(2, 3), "1fr, " * 3)
        + "二、乙\n\n"
        + table(numbers(2, 5, 500), "1fr, " * 5)
    )
    document = read_pdf(typeset(tmp_path, body))
    kinds = [block.text if isinstance(block, Paragraph) else len(block.cells) for block in document.blocks]
    assert kinds == ["第一段话。", "一、甲", 6, "二、乙", 10]


@pytest.mark.parametrize(
    "style",
    [
        "stroke: (x: none, y: 0.5pt)",
        "stroke: none",
        "stroke: none, fill: (x, y) => if calc.odd(y) { luma(220) }",
        "stroke: none, gutter: 1pt, fill: luma(220)",
        "stroke: 0.5pt, gutter: 4pt",
        "stroke: (x, y) => (top: 0.5pt, bottom: 0.5pt, left: if y == 0 or x == 0 { 0.5pt })",
        "stroke: (x, y) => (left: 0.5pt, right: 0.5pt, top: if y == 0 { 0.5pt }, bottom: if y == 3 { 0.5pt })",
    ],
)
@pytest.mark.parametrize("rung", ["rulings", "camelot-lattice", "camelot-hybrid"])
def test_other_borders_are_right_or_flagged(tmp_path: Path, style: str, rung: str) -> None:
    document = read_pdf(typeset(tmp_path, table(numbers(4, 5), "1fr, " * 5, style)), rungs=(rung,))
    right = [
        [c.text for c in sorted(grid.cells, key=lambda c: (c.row, c.col)) if c.text] for grid in grids(document)
    ] == [[c[4] for c in numbers(4, 5)]]
    assert right or codes(document) & {"unruled_table", "suspicious_cell"}


def test_rulings_drawn_as_slanted_shapes_are_found_in_the_picture(tmp_path: Path) -> None:
    shapes = "".join(
        f"100 {400 + 20 * i} m 340 {400.2 + 20 * i} l 340 {401 + 20 * i} l 100 {401 + 20 * i} l f\n" for i in range(4)
    )
    shapes += "".join(
        f"{100 + 60 * j} 400 m {101 + 60 * j} 400 l {101.1 + 60 * j} 461 l {100 + 60 * j} 461 l f\n" for j in range(5)
    )
    words = "".join(shown(108 + 60 * col, 446 - 20 * row, text) for row, col, _, _, text in numbers(3, 4))
    document = read_pdf(written(tmp_path / "shapes.pdf", [shapes + words]))
    assert [placed(grid) for grid in grids(document)] == [numbers(3, 4)]


@pytest.mark.parametrize("pen", [0.5, 2.2, 4.0])
def test_rulings_filled_as_bars_of_any_width(tmp_path: Path, pen: float) -> None:
    level = [(100, 400 + 20 * i, 240, pen) for i in range(4)]
    upright = [(100 + 60 * j, 400, pen, 60 + pen) for j in range(5)]
    bars = "".join(f"{x} {y} {w} {h} re f\n" for x, y, w, h in level + upright)
    words = "".join(shown(112 + 60 * col, 447 - 20 * row, text) for row, col, _, _, text in numbers(3, 4))
    document = read_pdf(written(tmp_path / "bars.pdf", [bars + words]))
    assert [placed(grid) for grid in grids(document)] == [numbers(3, 4)]
    assert document.notes == ()


def test_one_thick_bar_among_thin_rulings_is_not_passed_over(tmp_path: Path) -> None:
    thin = ruled(100, 400, 3, 2) + ruled(220, 400, 3, 2, first=200).replace("220 400 m 220 460 l S\n", "")
    thin = thin.replace("220 400 m 220 460 l S\n", "") + "218.5 400 3 60 re f\n"
    grid = grids(read_pdf(written(tmp_path / "bar.pdf", [thin])))[0]
    assert {c.text for c in grid.cells} == {str(n) for n in [*range(100, 106), *range(200, 206)]}


def test_a_box_drawn_for_each_cell(tmp_path: Path) -> None:
    boxes = "".join(f"{100 + 60 * c} {400 + 20 * r} 58.5 18.5 re S\n" for r in range(3) for c in range(4))
    words = "".join(shown(112 + 60 * col, 446 - 20 * row, text) for row, col, _, _, text in numbers(3, 4))
    document = read_pdf(written(tmp_path / "boxes.pdf", ["0.75 w\n" + boxes + words]))
    assert [placed(grid) for grid in grids(document)] == [numbers(3, 4)]


def test_text_over_a_border_is_whole_and_in_doubt(tmp_path: Path) -> None:
    cells = numbers(3, 5)
    cells[7] = (1, 2, 1, 1, "1276.5534")
    cells[8] = (1, 3, 1, 1, "")
    cells[14] = (2, 4, 1, 1, "987654321")
    document = read_pdf(typeset(tmp_path, table(cells, "24pt, " * 5, "stroke: 0.5pt, inset: 2pt")))
    grid = grids(document)[0]
    assert placed(grid) == cells
    assert [(c.row, c.col) for c in grid.cells if c.doubt] == [(1, 2), (1, 3), (2, 4)]
    notes = [note for note in document.notes if note.code == "suspicious_cell"]
    assert len(notes) == 3
    assert "page 1, table 1, row 2, column 3" in notes[0].message_en
    assert "第1页第1个表格第2行第3列可疑（文字越过边框）" in notes[0].message_zh
    assert notes[0].box == grid.cells[7].box


def test_a_number_printed_glyph_by_glyph_over_a_border_is_whole(tmp_path: Path) -> None:
    lines = "".join(line for line in ruled(100, 400, 2, 3).splitlines(keepends=True) if not line.startswith("BT"))
    words = shown(108, 426, "901") + shown(108, 406, "902") + shown(168, 406, "903") + shown(228, 406, "904")
    glyphs = "".join(shown(200 + 5.56 * i, 426, digit) for i, digit in enumerate("1234567"))
    label = shown(141.1, 429, "wide") + shown(161.1, 429, "7")  # touch, but are two words
    grid = grids(read_pdf(written(tmp_path / "glyphs.pdf", [lines + words + glyphs + label])))[0]
    assert [(c.text, bool(c.doubt)) for c in grid.cells] == [
        ("901 wide", False),
        ("7", True),
        ("1234567", True),
        ("902", False),
        ("903", False),
        ("904", False),
    ]


def test_numbers_without_a_ruling_between_them_are_in_doubt(tmp_path: Path) -> None:
    style = "stroke: (x, y) => (top: 0.5pt, bottom: 0.5pt, left: if x != 2 { 0.5pt }, right: if x != 1 { 0.5pt })"
    document = read_pdf(typeset(tmp_path, table(numbers(3, 4), "1fr, " * 4, style)))
    doubtful = [c.text for c in grids(document)[0].cells if c.doubt]
    assert doubtful == ["101 102", "105 106", "109 110"]


def test_a_table_wider_than_the_page_is_whole_and_noted(tmp_path: Path) -> None:
    document = read_pdf(typeset(tmp_path, table(numbers(3, 8), "90pt, " * 8)))
    assert placed(grids(document)[0]) == numbers(3, 8)
    assert codes(document) == {"table_leaves_page"}


def test_frames_are_no_tables(tmp_path: Path) -> None:
    body = "#place(dx: -20pt, dy: -20pt, rect(width: 515pt, height: 760pt))\n#rect(width: 100%)[框内文字]\n"
    document = read_pdf(typeset(tmp_path, body + table(numbers(3, 4), "1fr, " * 4)))
    assert [placed(grid) for grid in grids(document)] == [numbers(3, 4)]
    assert prose(document) == ["框内文字"]


def test_what_a_reader_of_the_print_would_not_see_is_not_read(tmp_path: Path) -> None:
    content = ruled(100, 400, 2, 2)
    content += shown(108.4, 426, "100") + shown(108, 426.2, "100")  # overprinted to look bold
    content += shown(168, 426, "9", extra="3 Tr")  # invisible
    document = read_pdf(written(tmp_path / "hidden.pdf", [content]))
    assert placed(grids(document)[0]) == numbers(2, 2)


def test_a_recognition_layer_is_read_with_a_warning(tmp_path: Path) -> None:
    content = "".join(shown(100, 700 - 20 * i, f"line {i}", extra="3 Tr") for i in range(3))
    document = read_pdf(written(tmp_path / "layer.pdf", [content]))
    assert codes(document) == {"ocr_text_layer"}
    assert "line 2" in " ".join(prose(document))


def test_wrapped_lines_join_and_titles_do_not(tmp_path: Path) -> None:
    sentence = "本机关全年共收到申请一百二十三件，均已在法定期限内答复，其中网上提交的占多数，其余为信函和当面提交。"
    body = (
        "#align(center)[某某市人民政府\\ 2023年度工作报告]\n\n"
        "#set par(first-line-indent: (amount: 2em, all: true), justify: true)\n"
        f"{sentence * 3}\n\n一、概况\n\n{sentence * 12}\n\n{sentence}"
    )
    document = read_pdf(typeset(tmp_path, body, size=16, height=400, page='numbering: "- 1 -", header: [内部资料]'))
    assert document.pages is not None
    assert document.pages >= 3
    assert prose(document) == ["某某市人民政府", "2023年度工作报告", sentence * 3, "一、概况", sentence * 12, sentence]


def set_in_lines(path: Path, lines: list[str]) -> list[str]:
    """The paragraphs read where each line is printed at the left margin, as wide as its text."""
    body = "#set par(leading: 8pt)\n" + "\\\n".join(f"#box[{line}]" for line in lines) + "\n"
    return prose(read_pdf(typeset(path, body)))


FULL = "本机关全年共收到申请一百二十三件均已在法定期限内答复其中网上提"
ENDS = FULL[:-1] + "。"


@pytest.mark.parametrize(
    ("before", "line", "joined"),
    [
        (FULL, "交的占多数。", True),
        (ENDS, "其余为信函提交。", True),
        (ENDS, "二、公开情况", False),
        (ENDS, "（一）公开情况。", False),
        (ENDS, "第一，公开情况。", False),
        (ENDS, "第一部分 概况", False),
        (ENDS, "公开情况", False),
        (FULL, "三、公开情况", False),
        (FULL[:-1] + "统", "一、规范的制度。", True),
        (FULL[:-1] + "第", "（一）项的规定。", True),
        (FULL, "第一季度的报告。", True),
    ],
)
def test_where_the_words_say_that_a_paragraph_begins(tmp_path: Path, before: str, line: str, joined: bool) -> None:
    found = set_in_lines(tmp_path, [FULL, FULL, before, line])
    assert found == ([FULL + FULL + before + line] if joined else [FULL + FULL + before, line])


def test_a_heading_after_a_sentence_that_ends_short_of_the_margin(tmp_path: Path) -> None:
    wide = FULL + "交其余为"
    short = [f"{FULL}。", "概况如下表所示。"] * 5
    assert set_in_lines(tmp_path, [wide, wide, wide, "信函提交。", *short]) == [wide * 3 + "信函提交。", *short]


def test_numbers_in_prose_and_page_numbers_are_no_tables(tmp_path: Path) -> None:
    document = read_pdf(typeset(tmp_path, "共 12 件。\n\n3\n\n#pagebreak()\n\n第二页。", page='numbering: "1 / 1"'))
    assert prose(document) == ["共 12 件。", "3", "第二页。"]
    assert document.rung == "pdfium"
    assert document.notes == ()


def test_encrypted_files(tmp_path: Path) -> None:
    content = [ruled(100, 400, 3, 4)]
    locked = written(tmp_path / "locked.pdf", content, encryption="secret")
    with pytest.raises(UnreadableFile, match=r"locked\.pdf: the PDF is encrypted; save it without a password"):
        read_pdf(locked)
    with pytest.raises(UnreadableFile, match="the password given does not open it"):
        read_pdf(locked, password="wrong")
    assert placed(grids(read_pdf(locked, password="secret"))[0]) == numbers(3, 4)
    restricted = written(tmp_path / "restricted.pdf", content, encryption="")
    assert placed(grids(read_pdf(restricted))[0]) == numbers(3, 4)


def test_bad_files(tmp_path: Path) -> None:
    good = written(tmp_path / "good.pdf", [ruled(100, 400, 3, 4)]).read_bytes()
    cases = {"empty": b"", "nonsense": b"%PDF-1.7\n" + bytes(range(256)) * 400, "cut": good[:400]}
    for name, data in cases.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(data)
        with pytest.raises(UnreadableFile, match=f"{name}.pdf") as caught:
            read_pdf(path)
        assert "\n" not in str(caught.value)
    with pytest.raises(UnreadableFile, match="no such file"):
        read_pdf(tmp_path / "missing.pdf")
    mended = tmp_path / "mended.pdf"
    mended.write_bytes(good.replace(b"0000000", b"0000999"))  # no offset right any more
    assert placed(grids(read_pdf(mended))[0]) == numbers(3, 4)


def test_scans_without_the_extra_and_empty_and_endless_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "is_installed", lambda: False)
    picture = "q 500 0 0 700 40 40 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x40 EI Q"
    with pytest.raises(UnsupportedFormat, match=r"a scanned report.*govdisclose\[scan\]"):
        read_pdf(written(tmp_path / "scan.pdf", [picture]))
    with pytest.raises(UnreadableFile, match="pages are empty"):
        read_pdf(written(tmp_path / "blank.pdf", [""]))
    with pytest.raises(UnreadableFile, match=r"no pages|damaged"):
        read_pdf(written(tmp_path / "none.pdf", []))
    with pytest.raises(UnreadableFile, match=f"{MAX_PAGES + 1} pages"):
        read_pdf(written(tmp_path / "endless.pdf", [""] * (MAX_PAGES + 1)))
    mixed = read_pdf(written(tmp_path / "mixed.pdf", [picture, shown(100, 700, "text")]))
    assert codes(mixed) == {"picture_pages"}


def test_a_drawing_is_not_searched_for_tables(tmp_path: Path) -> None:
    places = [(24 * (i % 23), 1.6 * (i // 23)) for i in range(6000)]
    lines = "".join(f"{x} {y:.1f} m {x + 16} {y:.1f} l S\n" for x, y in places)
    document = read_pdf(written(tmp_path / "map.pdf", [lines + ruled(100, 400, 3, 4)]))
    assert codes(document) >= {"page_too_complex", "unruled_table"}
    assert grids(document) == []


def test_a_broken_character_map_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "is_installed", lambda: False)
    content = "".join(shown(100, 700 - 20 * i, "\\001\\002\\003\\004") for i in range(3))
    document = read_pdf(written(tmp_path / "map.pdf", [content]))
    assert [(note.code, note.severity) for note in document.notes] == [("broken_character_map", "error")]


def test_arguments(tmp_path: Path) -> None:
    path = written(tmp_path / "one.pdf", [ruled(100, 400, 3, 4)])
    with pytest.raises(UsageError, match="stream"):
        read_pdf(path, rungs=("stream",))
    with pytest.raises(UsageError, match="page 2"):
        render_page(path, 2)
    for rung in RUNGS[:-1]:  # the last reads the page as a picture
        found = grids(read_pdf(path, rungs=(rung,)))
        assert [[c.text for c in grid.cells if c.text] for grid in found] == [[c[4] for c in numbers(3, 4)]]
        ruled_rungs = ("rulings", "camelot-lattice", "camelot-hybrid")
        assert found[0].geometry is (rung in ruled_rungs), "no rulings, no certain cells"


@pytest.mark.parametrize("name", ["huaian-city-2024", "hongze-district-2023", "hongze-district-2024"])
def test_real_reports(reports_dir: Path, name: str) -> None:
    truth = json.loads((reports_dir / f"{name}.truth.json").read_text(encoding="utf-8"))
    document = read_pdf(reports_dir / f"{name}.pdf")
    assert document.notes == ()
    found = []
    for grid in grids(document):
        rows: dict[int, list[int | float]] = {}
        for cell in sorted(grid.cells, key=lambda c: (c.row, c.col)):
            value = parse(cell.text).value
            if value is not None:
                rows.setdefault(cell.row, []).append(value)
        found += rows.values()
    proactive = [list(cells.values()) if isinstance(cells, dict) else cells for cells in truth["proactive"].values()]
    remedies = [value for block in truth["remedies"].values() for value in block]
    assert found == [*proactive, *truth["requests"].values(), remedies]
