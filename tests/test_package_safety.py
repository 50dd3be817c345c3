"""No cell of a package becomes a formula, whatever a report prints, and every text comes back."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import FORMULAS, nasty

from govdisclose import safe
from govdisclose.package import export

texts = st.text(alphabet=st.sampled_from("=+-@'; \t\r\n＝\u3000a1,\"") | st.characters(codec="utf-8"), max_size=12)


@given(texts)
def test_every_text_comes_back(text: str) -> None:
    assert safe.restore(safe.escape(text)) == text


@given(st.lists(texts, max_size=8))
def test_columns_are_treated_as_texts_are(listed: list[str]) -> None:
    column = pa.chunked_array([pa.array([*listed, None], pa.string())])
    escaped = safe.escape_column(column)
    assert escaped.to_pylist() == [*map(safe.escape, listed), None]
    assert safe.restore_column(escaped).to_pylist() == [*listed, None]


@given(texts)
def test_no_part_that_a_program_may_take_for_a_cell_begins_like_a_formula(text: str) -> None:
    parts = [safe.escape(text)]
    for separator in ";\t\r\n":
        parts = [part for whole in parts for part in whole.split(separator)]
    assert not any(part.lstrip(" \u00a0\u3000")[:1] in tuple("=+-@＝＋－＠") for part in parts)


@pytest.mark.parametrize("text", ["12", "0", "", "一", "1-2", "a=b", "'quoted'", "（一）", "1,717"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert safe.escape(text) == text


def test_the_workbook_keeps_risky_text_as_text_when_it_is_edited(tmp_path: Path) -> None:
    done = export(nasty(tmp_path / "d"), tmp_path / "p", formats=["xlsx"])
    path = done.folder / "xlsx/govdisclose.xlsx"
    raw = [row[8] for row in openpyxl.load_workbook(path)["cells"].iter_rows(min_row=2)]
    assert {cell.value for cell in raw} >= set(FORMULAS) - {"", " "}
    assert all(cell.quotePrefix for cell in raw if cell.value and safe.is_risky(cell.value))
    with zipfile.ZipFile(path) as archive:
        assert not any(b"<f>" in archive.read(name) or b"<f " in archive.read(name) for name in archive.namelist())
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# --- opened in LibreOffice --------------------------------------------------------------------------------------------


def opened(home: Path, folder: Path, *paths: Path, separator: str = "") -> list[openpyxl.Workbook]:
    """The files as LibreOffice Calc understands them: CSV with this separator, formulas evaluated."""
    as_csv = f"--infilter=CSV:{ord(separator)},34,76,1,,0,false,true,false,false,false,0,true" if separator else ""
    out = folder / "opened"
    command = [
        "soffice",
        f"-env:UserInstallation={home.as_uri()}",
        "--headless",
        *([as_csv] if as_csv else []),
        "--convert-to",
        "xlsx",
        "--outdir",
        out,
    ]
    done = subprocess.run([*command, *paths], capture_output=True, timeout=120, check=False)
    books = [out / f"{path.stem}.xlsx" for path in paths]
    if not all(book.exists() for book in books):
        pytest.skip(f"LibreOffice Calc is not installed: {done.stderr.decode(errors='replace')[-200:]}")
    return [openpyxl.load_workbook(book) for book in books]


def formulas(book: openpyxl.Workbook) -> set[str]:
    """The formulas in a workbook, but for the two that LibreOffice writes truth values with."""
    found = {str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"}
    return found - {"=TRUE()", "=FALSE()"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("opened")
    return export(nasty(folder / "d"), folder / "p", formats=["csv", "xlsx"]).folder


def test_a_spreadsheet_finds_no_formula_in_the_csv(package: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text('"a"\n"=1+1"\n', encoding="utf-8")
    unsafe, safe_ = opened(package.parent / "home", tmp_path, raw, package / "csv/cells.csv", separator=",")
    assert formulas(unsafe) == {"=1+1"}, "so the program does evaluate formulas"
    assert formulas(safe_) == set()
    (mistaken,) = opened(package.parent / "home", tmp_path, package / "csv/cells.csv", separator=";")
    assert formulas(mistaken) == set()


def test_a_spreadsheet_reads_the_workbook_as_it_was_written(package: Path, tmp_path: Path) -> None:
    path = package / "xlsx/govdisclose.xlsx"
    (book,), written = opened(package.parent / "home", tmp_path, path), openpyxl.load_workbook(path)
    assert formulas(book) == set() and book.sheetnames == written.sheetnames
    for sheet in ("wide", "cells"):
        held, meant = ([[c.value for c in row] for row in b[sheet].iter_rows()] for b in (book, written))
        numbers = [[[v for v in row if isinstance(v, float | int)] for row in rows] for rows in (held, meant)]
        assert numbers[0] == numbers[1]
