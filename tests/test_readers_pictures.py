"""Pictures in web pages and Word files: which are found, and that tables pasted as pictures are read."""

from __future__ import annotations

import base64
import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from made import make_report
from PIL import Image

from govdisclose.errors import UnreadableFile
from govdisclose.readers.pictures import sheets_within
from govdisclose.readers.scan.sheets import picture_sheets
from govdisclose.report import read

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def picture(grey: int, size: tuple[int, int] = (630, 200), format: str = "PNG") -> bytes:
    """A picture of one grey."""
    file = io.BytesIO()
    Image.new("L", size, grey).save(file, format)
    return file.getvalue()


def data_uri(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def word_file(path: Path, pictures: list[bytes], paragraphs: list[str]) -> Path:
    """A Word file of paragraphs, a picture after each as long as there are any."""
    body = ""
    for n, text in enumerate(paragraphs):
        body += f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
        if n < len(pictures):
            body += f'<w:p><w:r><w:drawing><a:blip r:embed="rId{n}"/></w:drawing></w:r></w:p>'
    names = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/image" Target="media/image{n}.png"/>' for n in range(len(pictures))
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types>wordprocessingml</Types>")
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{WORD}" xmlns:a="{DRAWING}" xmlns:r="{LINKS}"><w:body>{body}</w:body></w:document>',
        )
        archive.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{PACKAGE}">{names}</Relationships>')
        for n, data in enumerate(pictures):
            archive.writestr(f"word/media/image{n}.png", data)
    return path


def greys(path: Path, kind: str) -> list[int]:
    """The first pixel of each picture found."""
    return [int(np.ravel(sheet.pixels)[0]) for sheet in sheets_within(path, kind)]


def test_pictures_of_a_web_page(tmp_path: Path) -> None:
    (tmp_path / "page_files").mkdir()
    (tmp_path / "page_files" / "表 一.png").write_bytes(picture(30))
    (tmp_path / "late.jpg").write_bytes(picture(40, format="JPEG"))
    page = tmp_path / "page.html"
    page.write_text(
        f'<p>正文<IMG alt="" src="{data_uri(picture(20))}">'
        "<img src='page_files/%E8%A1%A8%20%E4%B8%80.png'/>"
        f'<img src="{data_uri(picture(1, (1, 1)))}" data-src="late.jpg">'
        f'<img src={data_uri(picture(20))}><img src="{data_uri(picture(60, (120, 120)))}">',
        encoding="utf-8",
    )
    assert greys(page, "html") == [20, 30, 40]


@pytest.mark.parametrize(
    "source",
    [
        "../outside.png",
        "%2e%2e/outside.png",
        "https://example.org/outside.png",
        "//example.org/outside.png",
        "missing.png",
        "",
        "data:image/png;base64,abc",
        "x" * 5000,
        "a\0b.png",
        "page.html",
    ],
)
def test_what_is_no_picture_in_the_folder_of_a_page_is_passed_over(tmp_path: Path, source: str) -> None:
    (tmp_path / "outside.png").write_bytes(picture(30))
    page = tmp_path / "web" / "page.html"
    page.parent.mkdir()
    page.write_text(f'<p>正文<img src="{source}">', encoding="utf-8")
    assert greys(page, "html") == []


def test_pictures_of_a_saved_page(tmp_path: Path) -> None:
    message = EmailMessage()
    message.set_content("<p>正文<img src='a.png'>", subtype="html")
    message.add_related(picture(50), "image", "png")
    file = tmp_path / "page.mht"
    file.write_bytes(bytes(message))
    assert greys(file, "mhtml") == [50]


def test_pictures_of_a_word_file(tmp_path: Path) -> None:
    file = word_file(tmp_path / "a.docx", [picture(70), picture(80), b"no picture", picture(70)], list("甲乙丙丁"))
    assert greys(file, "docx") == [70, 80]
    (tmp_path / "b.docx").write_bytes(file.read_bytes()[:-40])
    with pytest.raises(UnreadableFile, match="is damaged"):
        greys(tmp_path / "b.docx", "docx")


def test_the_size_is_that_of_a_page_or_of_the_text_on_it(tmp_path: Path) -> None:
    file = word_file(tmp_path / "a.docx", [picture(70, (827, 1169)), picture(80, (630, 300))], ["甲", "乙"])
    widths = [round(sheet.size[0] / 72, 2) for sheet in sheets_within(file, "docx")]
    assert widths == [8.27, 6.3]


@pytest.mark.parametrize("size", [(1, 1), (60, 60), (200, 40), (5, 3000), (300, 300)])
def test_a_picture_too_small_for_a_page_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "a.png").write_bytes(picture(200, size))
    with pytest.raises(UnreadableFile, match=f"{size[0]} × {size[1]} pixels is no page; scan it at 300 dpi"):
        list(picture_sheets(tmp_path / "a.png"))


def test_a_picture_too_large_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(picture(200, (900, 900)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(UnreadableFile, match="is too large; scan it at 300 dpi"):
        list(picture_sheets(tmp_path / "a.png"))


NUMBERS = {
    ("remedies", block, column): number
    for block, row in (
        ("review", ("12", "3", "0", "45", "60")),
        ("litigation_direct", ("0", "0", "7", "1", "8")),
        ("litigation_after_review", ("26", "0", "0", "0", "26")),
    )
    for column, number in zip(("upheld", "corrected", "other", "pending", "total"), row, strict=True)
}
SAID = (
    "样本县教育局2022年政府信息公开工作年度报告",
    "一、总体情况",
    "本年度收到申请若干。",
    "四、行政复议、行政诉讼情况",
)


@pytest.fixture(scope="module")
def pasted(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Table four as a picture, cut out of a page."""
    pdf = make_report(tmp_path_factory.mktemp("pasted") / "report.pdf", numbers=NUMBERS)
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=2.5).to_pil().convert("L")
    rows = np.flatnonzero((np.asarray(page) < 140).mean(axis=1) > 0.6)  # its rulings
    file = io.BytesIO()
    page.crop((100, int(rows[0]) - 12, page.width - 100, int(rows[-1]) + 12)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("format", ["html", "docx"])
def test_a_table_pasted_as_a_picture_is_read(tmp_path: Path, pasted: bytes, format: str) -> None:
    pytest.importorskip("rapidocr")
    if format == "docx":
        file = word_file(tmp_path / "report.docx", [b"", b"", b"", pasted], list(SAID))
    else:
        file = tmp_path / "report.html"
        said = "".join(f"<p>{text}</p>" for text in SAID)
        file.write_text(f'{said}<img src="{data_uri(pasted)}">', encoding="utf-8")
    report = read(file)
    assert (report.agency, report.year) == ("样本县教育局", 2022)
    expected = {address: int(text) for address, text in NUMBERS.items()}
    read_as = {c.key: c.value for c in report.cell_records if c.table == "remedies" and c.state == "number"}
    assert read_as == expected
    assert "conflict" not in {c.evidence for c in report.cell_records}
    assert report.source.rung.endswith("+scan")
    assert not {"pictures", "pictures_not_read"} & set(report.findings["relation"])


def test_without_the_extra_a_finding_says_that_pictures_were_not_read(
    tmp_path: Path, pasted: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("govdisclose.readers.scan.is_installed", lambda: False)
    report = read(word_file(tmp_path / "report.docx", [pasted], list(SAID)))
    assert "pictures_not_read" in set(report.findings["relation"])
    assert {c.state for c in report.cell_records} <= {"absent"}
