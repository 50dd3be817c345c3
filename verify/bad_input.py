"""What becomes of files that are no report: a typed error or a finding for each, and soon.

`table()` is the part of docs/accuracy.md on bad input.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pdfs import written
from PIL import Image
from rounds import draw_case

from govdisclose.errors import GovdiscloseError
from govdisclose.report import Report, read
from govdisclose.typeset import Layout, render

LIMIT = 10.0
"""Seconds in which each has to be told."""


def _zip(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return out.getvalue()


def _picture_pdf() -> bytes:
    out = io.BytesIO()
    Image.new("L", (600, 800), 230).save(out, "PDF")
    return out.getvalue()


def _locked_pdf() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return written(
            Path(folder) / "locked.pdf", ["BT /F 12 Tf 72 700 Td (12) Tj ET"], encryption="secret"
        ).read_bytes()


def cases() -> Iterator[tuple[str, str, bytes]]:
    """(what it is, file name, content)."""
    report, other = (draw_case(seed, "html")[0] for seed in (3, 12))
    html, docx, pdf = (render(report, Layout(f)) for f in ("html", "docx", "pdf"))  # type: ignore[arg-type]
    listing = "".join(
        f"<li><a href='{y}.html'>某县{y}年政府信息公开工作年度报告</a> {y + 1}-01-20</li>" for y in range(2015, 2024)
    )
    other_tables = (
        "<table><tr><th>项目</th><th>2022</th></tr>" + "<tr><td>一般公共预算</td><td>120</td></tr>" * 9 + "</table>"
    )
    yield "zero bytes", "empty.pdf", b""
    yield "a PDF cut off", "cut.pdf", pdf[: len(pdf) // 3]
    yield "a Word file cut off", "cut.docx", docx[: len(docx) // 2]
    yield "an encrypted PDF", "locked.pdf", _locked_pdf()
    yield "a PDF of pictures", "scan.pdf", _picture_pdf()
    yield "a web page named .pdf", "page.pdf", html
    yield "a .docx that is no zip", "text.docx", b"\xff\xfe\x00\x01" * 400
    yield (
        "an error page",
        "404.html",
        "<html><title>404 Not Found</title><body>您访问的页面不存在</body></html>".encode(),
    )
    yield "a list of reports", "list.html", f"<html><body><ul>{listing}</ul></body></html>".encode()
    yield (
        "another document with tables",
        "budget.html",
        f"<html><body><h1>预算公开</h1>{other_tables}</body></html>".encode(),
    )
    two = b"\n".join(render(d, Layout("txt")) for d in (report, other))
    yield "two reports in one file", "two.txt", two
    yield "an OFD file", "report.ofd", _zip({"OFD.xml": b"<ofd/>"})
    yield "a spreadsheet", "book.xlsx", _zip({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})
    yield "a damaged .doc", "old.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096)
    yield "a damaged .wps", "old.wps", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096)
    yield "50 MB of nonsense", "nonsense.html", os.urandom(1 << 20) * 50
    yield "50 MB of text", "letters.txt", b"abc def\n" * (50 << 17)
    yield "tables nested 10,000 deep", "deep.html", b"<table><tr><td>" * 10_000 + b"1"


def outcome(path: Path) -> str:
    """The error, or the first finding of severity error or the notice that speaks of the file."""
    try:
        report: Report = read(path)
    except GovdiscloseError as error:
        return f"`{type(error).__name__}`"
    told = [f for f in report.finding_records if f.severity == "error" or f.relation == "wrong_extension"]
    return f"read; finding `{told[0].relation}`" if told else "read, nothing said"


def table() -> tuple[str, list[str]]:
    """The table as Markdown, and what went wrong."""
    lines, failed = ["| file | outcome |", "|---|---|"], []
    with tempfile.TemporaryDirectory() as folder:
        for what, name, data in cases():
            path = Path(folder) / name
            path.write_bytes(data)
            start = time.perf_counter()
            told = outcome(path)
            if time.perf_counter() - start > LIMIT or told.endswith("nothing said"):
                failed.append(f"{what}: {told} after {time.perf_counter() - start:.0f} s")
            lines.append(f"| {what} | {told} |")
            if name == "404.html":
                done = subprocess.run(
                    [sys.executable, "-m", "govdisclose", "read", str(path)],
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if done.returncode != 2 or len(done.stderr.strip().splitlines()) != 1 or done.stdout:
                    failed.append(f"{what}: the command line says {done.stderr!r}, exit code {done.returncode}")
    return "\n".join(lines), failed


if __name__ == "__main__":
    print(*table(), sep="\n")
