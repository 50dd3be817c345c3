"""DOCX: merged and nested cells, automatic numbers, tracked changes, text boxes; files of LibreOffice."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from govdisclose.errors import UnreadableFile, UnsupportedFormat
from govdisclose.model import Grid, GridCell, Paragraph
from govdisclose.readers import convert, read_document
from govdisclose.readers.doc_repair import with_final_paragraph
from govdisclose.readers.docx import read_docx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="'
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="'
    'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)


def docx(body: str, *, namespace: str = W, main: str = "word/document.xml", **parts: str) -> bytes:
    """A small Word file; `numbering`, `styles`: what stands in those parts; `core`: docProps/core.xml."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELS.replace("word/document.xml", main))
        root = f'<w:document xmlns:w="{namespace}" xmlns:mc="{MC}" xmlns:v="urn:schemas-microsoft-com:vml">'
        archive.writestr(main, f"{root}<w:body>{body}<w:sectPr/></w:body></w:document>")
        for name, content in parts.items():
            if name == "core":
                archive.writestr("docProps/core.xml", content)
            else:
                archive.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{namespace}">{content}</w:{name}>')
    return buffer.getvalue()


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def tc(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content if '<' in content else p(content)}</w:tc>"


def sdt(content: str) -> str:
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def texts(data: bytes) -> list[str]:
    return [block.text for block in read_docx(data).blocks if isinstance(block, Paragraph)]


def grids(data: bytes) -> list[Grid]:
    return [block for block in read_docx(data).blocks if isinstance(block, Grid)]


def test_characters() -> None:
    body = """<w:p><w:r><w:t>甲</w:t><w:noBreakHyphen/><w:t>乙</w:t><w:softHyphen/><w:br/><w:t>丙</w:t>
    <w:sym w:font="Symbol" w:char="F031"/><w:cr/><w:t>丁</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>
    <w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>戊</w:t></w:r><w:bookmarkStart/><w:hyperlink><w:r><w:t>己</w:t></w:r>
    </w:hyperlink></w:p>"""
    assert texts(docx(body)) == ["甲-乙", "丙1", "丁戊己"]


def test_tracked_changes_are_accepted() -> None:
    body = """<w:p><w:r><w:t>1</w:t></w:r><w:ins><w:r><w:t>2</w:t></w:r></w:ins><w:del><w:r><w:delText>3</w:delText>
    </w:r></w:del><w:moveFrom><w:r><w:t>4</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>5</w:t></w:r></w:moveTo></w:p>
    <w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前</w:t></w:r></w:p><w:p><w:r><w:t>后</w:t></w:r></w:p>"""
    assert texts(docx(body)) == ["125", "前后"]
    rows = tbl(tc("甲") + tc("1"), "<w:trPr><w:del/></w:trPr>" + tc("乙") + tc("2"))
    assert [c.text for c in grids(docx(rows))[0].cells] == ["甲", "1"]


def test_fields_give_their_results() -> None:
    body = """<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText><w:t>码</w:t></w:r>
    <w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>
    <w:fldSimple w:instr="X"><w:r><w:t>8</w:t></w:r></w:fldSimple></w:p>
    <w:p><w:r><w:fldChar w:fldCharType="begin"/><w:t>坏</w:t></w:r></w:p><w:p><w:r><w:t>后文</w:t></w:r></w:p>"""
    assert texts(docx(body)) == ["78", "后文"]


def test_content_controls_and_text_boxes() -> None:
    box = f"<w:txbxContent>{p('框')}{tbl(tc('1') + tc('2'))}</w:txbxContent>"
    body = f"""<w:sdt><w:sdtPr/><w:sdtContent>{p("控件")}</w:sdtContent></w:sdt><w:p><w:r><w:t>前</w:t>
    <mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>
    <v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent><w:t>后</w:t></w:r></w:p>"""
    document = read_docx(docx(body))
    assert [b.text if isinstance(b, Paragraph) else len(b.cells) for b in document.blocks] == ["控件", "前后", "框", 2]


def test_merged_cells() -> None:
    restart, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = tbl(
        tc("组", restart) + tc("宽", '<w:gridSpan w:val="2"/>') + tc("尾", restart),
        tc("", go_on) + tc("1") + tc("2") + tc("", go_on),
        "<w:trPr><w:gridBefore w:val='1'/></w:trPr>" + tc("3") + tc("4") + tc("", go_on),
        tc("", go_on) + tc("甲", '<w:hMerge w:val="restart"/>') + tc("", "<w:hMerge/>") + tc("5"),
    )
    (grid,) = grids(docx(body))
    assert grid.geometry and grid.blanks
    assert grid.cells == (
        GridCell(0, 0, "组", 2, 1),
        GridCell(0, 1, "宽", 1, 2),
        GridCell(0, 3, "尾", 3, 1),
        GridCell(1, 1, "1"),
        GridCell(1, 2, "2"),
        GridCell(2, 1, "3"),
        GridCell(2, 2, "4"),
        GridCell(3, 0, ""),  # a continuation with nothing to continue is a cell of its own
        GridCell(3, 1, "甲", 1, 2),
        GridCell(3, 3, "5"),
    )


def test_table_in_a_cell_of_data_at_the_end() -> None:
    inner = tbl(tc("内") + tc("9"))
    rows = [tc("甲") + tc("1") + tc("2") + tc("3")] * 2
    outer, nested = grids(
        docx(p("文") + tbl(*rows, tc("外") + tc(p("注") + inner + p("完"), '<w:gridSpan w:val="3"/>')))
    )
    assert [c.text for c in outer.cells][-2:] == ["外", "注\n完"]
    assert [c.text for c in nested.cells] == ["内", "9"]


def test_a_page_within_a_table() -> None:
    inner = tbl(tc("内") + tc("9"))
    document = read_docx(
        docx(tbl(tc("旁") + tc(p("一、情况", '<w:outlineLvl w:val="0"/>') + p("前") + inner + p("后"))))
    )
    found = [(b.text, b.heading) if isinstance(b, Paragraph) else len(b.cells) for b in document.blocks]
    assert found == [("旁", 0), ("一、情况", 1), ("前", 0), 2, ("后", 0)]


def test_sentences_in_rows_of_a_table() -> None:
    wide = '<w:gridSpan w:val="2"/>'
    rows = [tc("一、情况", wide), tc("本机关认真落实。" * 20, wide), *[tc("甲") + tc("1")] * 7]
    document = read_docx(docx(tbl(*rows)))
    assert [type(b).__name__ for b in document.blocks] == ["Paragraph", "Paragraph", "Grid"]


def test_rows_and_cells_in_content_controls() -> None:
    row = f"<w:tr>{sdt(tc('1'))}{tc('2')}</w:tr>"
    assert [c.text for c in grids(docx(f"<w:tbl>{sdt(row)}</w:tbl>"))[0].cells] == ["1", "2"]


def level(ilvl: int, form: str, text: str, more: str = "") -> str:
    inside = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>{more}'
    return f'<w:lvl w:ilvl="{ilvl}">{inside}</w:lvl>'


NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "chineseCountingThousand", "%1、")
    + level(1, "japaneseCounting", "（%2）")
    + level(2, "decimal", "%3.")
    + level(3, "decimal", "%1.%4", "<w:isLgl/>")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
    + level(0, "bullet", "●")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    + '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="0"/>'
    + '<w:lvlOverride w:ilvl="2"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
)


def num(num_id: int, ilvl: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{ilvl}"/><w:numId w:val="{num_id}"/></w:numPr>'


def test_automatic_numbers_are_printed() -> None:
    body = p("总体", num(1, 0)) + p("公开", num(1, 1)) + p("点", num(2, 0))
    body += tbl(tc(p("秘密", num(1, 2))) + tc("0"), tc(p("其他", num(1, 2))) + tc(p("1", num(1, 2))))
    body += p("无法", num(1, 1)) + p("不掌握", num(1, 2)) + p("不明", num(3, 2)) + p("续", num(3, 2))
    body += p("情况", num(1, 0)) + p("节", num(1, 3)) + p("无", num(9, 0)) + p("止", num(0, 0))
    document = read_docx(docx(body, numbering=NUMBERING))
    found = [[b.text] if isinstance(b, Paragraph) else [c.text for c in b.cells] for b in document.blocks]
    assert [text for block in found for text in block] == [
        "一、 总体",
        "（一） 公开",
        "点",
        "1. 秘密",
        "0",
        "2. 其他",
        "1",
        "（二） 无法",
        "1. 不掌握",
        "1. 不明",
        "2. 续",
        "二、 情况",
        "2.1 节",
        "无",
        "止",
    ]


def style(style_id: str, name: str, content: str) -> str:
    return f'<w:style w:type="paragraph" w:styleId="{style_id}"><w:name w:val="{name}"/>{content}</w:style>'


def test_numbers_and_levels_of_styles() -> None:
    styles = (
        style("a1", "heading 2", f"<w:pPr>{num(1, 0)}</w:pPr>")
        + style("a2", "x", '<w:basedOn w:val="a1"/>')
        + style("a3", "y", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>')
        + style("a4", "z", '<w:basedOn w:val="a4"/>')
    )
    body = "".join(p("甲", f'<w:pStyle w:val="a{n}"/>') for n in (1, 2, 3, 4))
    body += p("乙", '<w:outlineLvl w:val="2"/>') + p("丙", '<w:pStyle w:val="a3"/><w:outlineLvl w:val="9"/>')
    made = read_docx(docx(body, numbering=NUMBERING, styles=styles)).blocks
    assert [(b.text, b.heading) for b in made if isinstance(b, Paragraph)] == [
        ("一、 甲", 2),
        ("二、 甲", 2),
        ("甲", 1),
        ("甲", 0),
        ("乙", 3),
        ("丙", 0),
    ]


def test_tabs_make_rows() -> None:
    row = "<w:p><w:r><w:t>{}</w:t><w:tab/><w:t>1</w:t><w:tab/><w:tab/><w:t>2</w:t></w:r></w:p>"
    (grid,) = grids(docx(row.format("甲") + row.format("乙")))
    assert not grid.geometry
    assert [c.text for c in grid.cells] == ["甲", "1", "", "2", "乙", "1", "", "2"]


def test_strict_names_other_main_part_and_metadata() -> None:
    core = "<c><title> 某局\n年报 </title><creator>作者</creator><created>2024-01-02</created></c>"
    document = read_docx(docx(p("甲"), namespace=STRICT, main="word/document2.xml", core=core))
    assert document.metadata == {"title": "某局 年报", "creator": "作者", "created": "2024-01-02"}
    assert document.blocks == (Paragraph("甲"),)


def test_what_it_cannot_read_is_noted() -> None:
    body = "<w:p><w:r><w:object/><w:pict><v:imagedata/></w:pict></w:r></w:p>"
    assert [note.code for note in read_docx(docx(body)).notes] == ["embedded_object", "pictures"]


def test_damage() -> None:
    good = docx(p("甲"))
    for data in (good[:200], good[:-30], b"PK\x03\x04", b"", docx("<w:p>")):
        with pytest.raises(UnreadableFile):
            read_docx(data)
    with pytest.raises(UnreadableFile, match="text part"):
        read_docx(docx("").replace(b"word/document.xml", b"word/documenx.xml"))


def test_zip_bomb() -> None:
    with pytest.raises(UnreadableFile, match="unpacks"):
        read_docx(docx("<w:p/>" + " " * (65 << 20)))


def test_entities_are_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]><w:document xmlns:w="{W}"><w:body>'
            + p("甲&e;")
            + "</w:body></w:document>",
        )
    assert "secret" not in "".join(texts(buffer.getvalue()))


# What only LibreOffice opens

needs_office = pytest.mark.skipif(convert.office() is None, reason="LibreOffice is not installed")


def test_without_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "a.rtf"
    file.write_bytes(rb"{\rtf1 x}")
    with pytest.raises(UnsupportedFormat, match=r"install it, or save the file as \.docx"):
        read_document(file)


@needs_office
def test_rtf_is_converted(tmp_path: Path) -> None:
    file = tmp_path / "a.doc"
    row = r"\trowd\cellx2000\cellx4000\intbl 1\cell\intbl {}\cell\row"
    file.write_bytes((r"{\rtf1\ansi text\par " + row.format(2) + row.format("") + r"\pard}").encode())
    document = read_document(file)
    assert [note.code for note in document.notes] == ["wrong_extension", "converted"]
    assert document.rung == "converted"
    grid = document.blocks[1]
    assert isinstance(grid, Grid)
    assert [c.text for c in grid.cells] == ["1", "2", "1", ""]


@needs_office
def test_last_table_of_an_old_word_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice writes such a file, and would not read its own table back."""
    source = tmp_path / "source.docx"
    source.write_bytes(docx(p("文") + tbl(tc("甲") + tc("1"), tc("") + tc("2"))))
    program = convert.office()
    assert program
    command = [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "doc"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(source)], capture_output=True, timeout=120, check=True)
    file = tmp_path / "source.doc"
    repaired, state = with_final_paragraph(file.read_bytes())
    assert state == "repaired"
    assert with_final_paragraph(repaired)[1] == "fine"
    wps = tmp_path / "a.wps"
    wps.write_bytes(file.read_bytes())
    document = read_document(wps)
    assert [note.code for note in document.notes] == ["converted"]
    (grid,) = [block for block in document.blocks if isinstance(block, Grid)]
    assert [c.text for c in grid.cells] == ["甲", "1", "", "2"]

    rng = random.Random(1)
    for _ in range(200):
        damaged = bytearray(file.read_bytes())
        for _ in range(rng.randint(1, 40)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        assert with_final_paragraph(bytes(damaged[: rng.randint(1, len(damaged))]))[1] in ("fine", "repaired", "lost")


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell")
def test_a_program_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "soffice"
    fake.write_text(f"#!{shutil.which('sh')}\nsleep 60\n")
    fake.chmod(0o755)
    monkeypatch.setattr(convert, "office", lambda: str(fake))
    monkeypatch.setattr(convert, "TIMEOUT", 0.5)
    file = tmp_path / "a.rtf"
    file.write_bytes(rb"{\rtf1 x}")
    with pytest.raises(UnreadableFile, match="within"):
        read_document(file)


def run(text: str, properties: str) -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


LOOKS = (
    '<w:style w:type="character" w:styleId="Note"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Gone"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Goner"><w:basedOn w:val="Gone"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Old"><w:rPr><w:dstrike/></w:rPr></w:style>'
)


@pytest.mark.parametrize(
    ("properties", "text", "codes"),
    [
        ('<w:vertAlign w:val="superscript"/>', "12¹", []),
        ('<w:vertAlign w:val="subscript"/>', "12₁", []),
        ('<w:vertAlign w:val="baseline"/>', "121", []),
        ('<w:rStyle w:val="Note"/>', "12¹", []),
        ('<w:rStyle w:val="Note"/><w:vertAlign w:val="baseline"/>', "121", []),
        ("<w:strike/>", "12", ["struck_out"]),
        ("<w:dstrike/>", "12", ["struck_out"]),
        ('<w:strike w:val="0"/>', "121", []),
        ('<w:rStyle w:val="Goner"/>', "12", ["struck_out"]),
        ('<w:rStyle w:val="Gone"/><w:strike w:val="false"/>', "121", []),
    ],
)
def test_raised_and_crossed_out_runs(properties: str, text: str, codes: list[str]) -> None:
    paragraph = f"<w:p>{run('12', '')}{run('1', properties)}</w:p>"
    document = read_docx(docx(paragraph + tbl(tc("甲") + tc(paragraph)), styles=LOOKS))
    first, grid = document.blocks
    assert isinstance(first, Paragraph) and isinstance(grid, Grid)
    assert (first.text, grid.cells[1].text) == (text, text)
    assert [note.code for note in document.notes] == codes


def test_a_paragraph_crossed_out_by_its_style() -> None:
    assert texts(docx(p("旧", '<w:pStyle w:val="Old"/>') + p("新"), styles=LOOKS)) == ["新"]


@pytest.mark.parametrize(
    ("content", "doubt"),
    [
        ("<w:p><w:r><w:drawing><a><blip/></a></w:drawing></w:r></w:p>", "a picture stands in this cell"),
        ("<w:p><w:r><w:drawing><a><chart/></a></w:drawing></w:r></w:p>", "a picture stands in this cell"),
        ("<w:p><w:r><w:object/></w:r></w:p>", "an embedded object stands in this cell"),
        (f"<w:p><w:r><w:pict><w:txbxContent>{p('7')}</w:txbxContent></w:pict></w:r></w:p>", "a text box"),
        (tbl(tc("7")) + p(""), "a table stands in this cell"),
        (tbl(tc("")) + p(""), ""),
        ("<w:p><w:r><w:pict><v:line/></w:pict></w:r></w:p>", ""),
        ("<w:p><w:r><w:t>7</w:t><w:drawing><a><blip/></a></w:drawing></w:r></w:p>", ""),
    ],
)
def test_a_cell_that_holds_something_else_is_not_blank(content: str, doubt: str) -> None:
    rows = [tc("行") + tc(str(n)) for n in range(6)]
    found = grids(docx(tbl(*rows, tc("甲") + tc(content))))[0].cells[-1].doubt
    assert found.startswith(doubt) and bool(found) == bool(doubt)
