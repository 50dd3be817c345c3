"""The data package: every format holds the same numbers, states and texts as the dataset, and says what it is."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from made import make_report
from packages import nasty, number, report, write_dataset
from pandas.io.stata import StataReader

import govdisclose as gd
from govdisclose import errors, forms, store
from govdisclose.cli import main
from govdisclose.package import data_hash, export, read_csv, stata_tables, synthetic_reports, wide, workbook
from govdisclose.synthesis import draw_panel, is_synthetic
from govdisclose.typeset import Layout, write

KINDS = dict(zip(wide.MISSING, "abcdef", strict=True))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nasty(tmp_path_factory.mktemp("nasty"))


@pytest.fixture(scope="module")
def package(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(dataset, tmp_path_factory.mktemp("package") / "out", lang="zh", licence="CC-BY-4.0").folder


def long(dataset: Path) -> pd.DataFrame:
    """The cells of preferred reports with the word that stands where no adjusted number does."""
    cells = gd.load(dataset)
    cells["id"] = cells["table"].astype(str) + "." + cells["row"].astype(str) + "." + cells["column"].astype(str)
    word = cells["state"].astype(str).where(cells["state"] != "number", "withdrawn")
    cells["kind"] = word.where(cells["adjusted"].isna(), "")
    return cells


# --- the same in every format -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", store.FILES)
def test_csv_comes_back_exactly(dataset: Path, package: Path, table: store.FileName) -> None:
    back = read_csv(package / "csv" / f"{table}.csv", table)
    pd.testing.assert_frame_equal(back, gd.load_table(dataset, table), check_categorical=False)


@pytest.mark.parametrize("table", store.FILES)
def test_parquet_is_the_dataset_itself(dataset: Path, package: Path, table: str) -> None:
    name = f"{table}.parquet"
    assert (package / "parquet" / name).read_bytes() == (dataset / name).read_bytes()


def test_wide_csv_holds_every_preferred_cell(dataset: Path, package: Path) -> None:
    table = pd.read_csv(package / "csv/wide.csv", dtype=str, keep_default_na=False)
    assert set(table["file"].str.lstrip("'")) == set(gd.load_table(dataset, "reports").query("preferred")["file"])
    rows = table.set_index("report_id")
    for cell in long(dataset).itertuples():
        printed = rows.loc[str(cell.report_id), cell.id]
        assert (float(printed) == cell.adjusted) if not cell.kind else printed == cell.kind
    known = set(long(dataset)["report_id"].astype(str) + long(dataset)["id"])
    others = [v for i, row in rows.iterrows() for n, v in row.items() if "." in str(n) and f"{i}{n}" not in known]
    assert set(others) == {""}
    assert rows.loc[rows["file"] == "2022/甲.pdf", ["n_conflict", "n_corrected", "synthetic"]].to_numpy().tolist() == [
        ["1", "2", "0"]
    ]


def test_stata_keeps_numbers_and_why_there_is_none(dataset: Path, package: Path) -> None:
    with StataReader(package / "stata/wide.dta") as reader:
        table = reader.read(convert_missing=True, convert_categoricals=False).set_index("report_id")
        labels, sets = reader.variable_labels(), reader.value_labels()
    codebook = pd.read_csv(package / "variables.csv").set_index("id")
    cells = long(dataset)
    for cell in cells.itertuples():
        held = table.loc[str(cell.report_id), codebook.loc[cell.id, "variable"]]
        assert str(held) == f".{KINDS[cell.kind]}" if cell.kind else held == cell.adjusted
    untold = table.loc[cells.query("file == '2022/甲.pdf'")["report_id"].iloc[0], "req_granted_business"]
    assert str(untold) == "."
    assert labels["req_granted_total"] == "予以公开：总计"
    assert [(ord("a") + int(value) - 2147483622, name) for value, name in sorted(sets["missing"].items())] == [
        (ord(letter), name) for name, letter in KINDS.items()
    ]


def test_stata_cells_are_the_cells(dataset: Path, package: Path) -> None:
    with StataReader(package / "stata/cells.dta") as reader:
        table = reader.read(convert_missing=True, convert_categoricals=False)
        sets = reader.value_labels()
        label = reader.data_label
    assert label.startswith("govdisclose ") and data_hash(dataset)[:16] in label
    cells = gd.load_table(dataset, "cells")
    for name in ("table", "row", "column", "state", "evidence"):
        assert [sets[f"l_{name}"][code] for code in table[name]] == cells[name].astype(str).tolist()
    assert table["raw"].tolist() == cells["raw"].tolist()
    assert table["report_id"].tolist() == cells["report_id"].astype(str).tolist()
    for name in ("value", "adjusted"):
        for held, printed, state in zip(table[name], cells[name], cells["state"], strict=True):
            if np.isnan(printed):
                assert str(held) == f".{KINDS.get(state, KINDS['withdrawn'])}"
            else:
                assert held == printed
    assert [json.loads(text) for text in table["candidates"]] == [list(c) for c in cells["candidates"]]


def test_stata_holds_long_text_and_empty_tables(dataset: Path, package: Path) -> None:
    reports = pd.read_stata(package / "stata/reports.dta")
    assert reports["error"].tolist() == gd.load_table(dataset, "reports")["error"].fillna("").tolist()
    assert reports["preferred"].tolist() == gd.load_table(dataset, "reports")["preferred"].astype(int).tolist()
    assert len(pd.read_stata(package / "stata/findings.dta")) == 0
    assert pd.read_stata(package / "stata/corrections.dta")["kind"].tolist() == ["misprint", "misread"]


def test_the_numbers_of_codes_do_not_depend_on_the_data(dataset: Path, package: Path, tmp_path: Path) -> None:
    other = write_dataset(tmp_path / "d", [report("a.html", [number("requests", "processed", "total", 1)])])
    export(other, tmp_path / "p", formats=["stata"])
    sets = []
    for folder in (package, tmp_path / "p"):
        with StataReader(folder / "stata/cells.dta") as reader:
            sets.append(reader.value_labels())
    assert all(sets[0][name] == sets[1][name] for name in ("l_table", "l_state", "l_evidence", "l_column"))
    assert sets[1]["l_row"].items() <= sets[0]["l_row"].items()  # an unheard-of row comes after those of the forms


def test_xlsx_holds_numbers_as_numbers_and_text_as_text(dataset: Path, package: Path) -> None:
    book = openpyxl.load_workbook(package / "xlsx/govdisclose.xlsx")
    assert book.sheetnames == ["about", "wide", *workbook.TABLES, "variables"]
    rows = [[cell.value for cell in row] for row in book["cells"].iter_rows()]
    cells = gd.load_table(dataset, "cells")
    assert rows[0] == list(cells.columns)
    columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
    assert list(columns["value"]) == [None if np.isnan(v) else v for v in cells["value"]]
    assert [v or "" for v in columns["raw"]] == cells["raw"].tolist()
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"n", "s", "b"}


# --- described --------------------------------------------------------------------------------------------------------


def test_frictionless_accepts_the_package_and_its_data(package: Path, tmp_path: Path) -> None:
    import frictionless

    result = frictionless.Package(package / "datapackage.json").validate()
    assert result.valid, result.flatten(["type", "message"])
    rows = {task.name: task.stats.get("rows") for task in result.tasks}
    assert rows["csv-cells-csv"] == pq.read_metadata(package / "parquet/cells.parquet").num_rows
    shutil.copytree(package, tmp_path / "p")
    cells = tmp_path / "p/csv/cells.csv"
    cells.write_bytes(cells.read_bytes().replace(b'"proved"', b'"proven"', 1))
    found = frictionless.Package(tmp_path / "p/datapackage.json").get_resource("csv-cells-csv").validate()
    assert {kind for (kind,) in found.flatten(["type"])} >= {"hash-count", "constraint-error"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the libraries that mlcroissant uses
def test_croissant_gives_the_rows(dataset: Path, package: Path) -> None:
    import mlcroissant

    described = mlcroissant.Dataset(jsonld=package / "croissant.json")
    assert not described.metadata.issues.errors and not described.metadata.issues.warnings
    records = list(described.records("cells"))
    cells = gd.load_table(dataset, "cells")
    assert [r["cells/raw"].decode() for r in records] == cells["raw"].tolist()
    assert [r["cells/candidates"] for r in records] == [list(c) for c in cells["candidates"]]
    assert [r["reports/file"].decode() for r in described.records("reports")] == gd.load_table(dataset, "reports")[
        "file"
    ].tolist()


def test_the_citation_names_the_data(dataset: Path, package: Path) -> None:
    cited = yaml.safe_load((package / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["type"] == "dataset" and cited["license"] == "CC-BY-4.0"
    assert cited["version"] == f"1.0.0+{data_hash(dataset)[:16]}"
    assert str(cited["date-released"]) == "2023-01-20"
    descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["version"] == cited["version"] and descriptor["licenses"] == [{"name": "CC-BY-4.0"}]


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "dictionary.en.md", "dictionary.zh.md"])
def test_the_documents_are_filled_in(package: Path, name: str) -> None:
    text = (package / name).read_text(encoding="utf-8")
    assert "{" not in re.sub(r"`[^`]*`", "", text).replace("\\{", "")
    assert name.startswith("dictionary") or data_hash(package / "parquet") in text


def test_the_dictionary_has_every_column(package: Path) -> None:
    entries = pd.read_csv(package / "dictionary.csv", keep_default_na=False)
    assert {c.name for c in store.columns()} <= set(entries["id"])
    codebook = pd.read_csv(package / "variables.csv", keep_default_na=False)
    assert codebook["name_zh"].all() and codebook["name_en"].all()
    with StataReader(package / "stata/wide.dta") as reader:
        names = list(reader.variable_labels())
    assert set(codebook["variable"]) < set(names)


def test_names_are_fit_for_stata(package: Path) -> None:
    codebook = pd.read_csv(package / "variables.csv")
    names = codebook["variable"].tolist()
    assert len(set(names)) == len(names) == len(set(codebook["id"]))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name) for name in names)
    assert dict(zip(codebook["id"], names, strict=True))["requests.refused_enforcement_file.public_interest"] == (
        "req_refuse_enfor_file_publi_inte"
    )


def test_names_that_would_be_the_same_are_told_apart(tmp_path: Path) -> None:
    long_names = [f"{'a' * 30}{end}" for end in "xyz"]
    made = write_dataset(tmp_path, [report("a.html", [number("requests", r, "total", 1) for r in long_names])])
    names = [v.name for v in wide.variables(made, forms.load()) if v.address[1] in long_names]
    assert names == [f"req_{'a' * 17}_total{end}" for end in ("", "2", "3")]


# --- the same bytes, a hash of the content ----------------------------------------------------------------------------


def test_again_gives_the_same_bytes(dataset: Path, package: Path, tmp_path: Path) -> None:
    export(dataset, tmp_path / "p", lang="zh", licence="CC-BY-4.0")
    export(dataset, tmp_path / "p", lang="zh", licence="CC-BY-4.0")  # replaces its own
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (package, tmp_path / "p")
    )
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_hash_is_of_the_content(dataset: Path, tmp_path: Path) -> None:
    for name in store.FILES:
        table = pq.read_table(dataset / f"{name}.parquet")
        pq.write_table(table, tmp_path / f"{name}.parquet", compression="gzip", row_group_size=3, use_dictionary=False)
    assert data_hash(tmp_path) == data_hash(dataset)


@pytest.mark.parametrize(("column", "was", "now"), [("raw", "无", "无 "), ("value", 10.0, 10.5), ("unit", "", None)])
def test_the_hash_sees_every_value(dataset: Path, tmp_path: Path, column: str, was: Any, now: Any) -> None:
    shutil.copytree(dataset, tmp_path / "d")
    table = pq.read_table(dataset / "cells.parquet")
    values = table[column].to_pylist()
    values[values.index(was)] = now
    field = table.schema.get_field_index(column)
    changed = table.set_column(field, table.schema.field(field), pa.array(values).cast(table.schema.field(field).type))
    pq.write_table(changed, tmp_path / "d/cells.parquet")
    assert data_hash(tmp_path / "d") != data_hash(dataset)


# --- invented data ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real report among invented ones, one of which loses its mark with the margin of its pages."""
    raw = tmp_path_factory.mktemp("raw")
    make_report(raw / "真.html", agency="甲县教育局")
    for draft, ending in zip(draw_panel(1, range(2021, 2023), 5), ("html", "docx"), strict=True):
        write(draft, Layout(ending), raw / f"{draft.year}.{ending}")  # type: ignore[arg-type]
    out = tmp_path_factory.mktemp("invented")
    gd.build(raw, out, workers=1, progress=False)
    return out


def test_a_package_with_an_invented_report_says_so_everywhere(invented: Path, tmp_path: Path) -> None:
    assert is_synthetic(invented)
    done = export(invented, tmp_path / "p")
    assert done.synthetic == len(synthetic_reports(invented)) == 2 and "SYNTHETIC" in str(done)
    mark = "合成数据 / synthetic"
    for name in ("README.md", "README.zh.md", "CITATION.cff", "datapackage.json", "croissant.json"):
        assert mark in (done.folder / name).read_text(encoding="utf-8"), name
    for name in ("dictionary.en.md", "dictionary.zh.md"):
        assert re.match(r"\*\*(Synthetic data|合成数据)", (done.folder / name).read_text(encoding="utf-8"))
    for path in (done.folder / "stata").glob("*.dta"):
        with StataReader(path) as reader:
            reader.variable_labels()
            assert reader.data_label.startswith(mark)
    book = openpyxl.load_workbook(done.folder / "xlsx/govdisclose.xlsx")
    assert book["about"]["A1"].value == mark and mark in book.properties.title
    assert all(sheet.sheet_properties.tabColor is not None for sheet in book)
    marked = pd.read_csv(done.folder / "csv/wide.csv").set_index("file")["synthetic"].to_dict()
    assert marked == {"2021.html": 1, "2022.docx": 1, "真.html": 0}


def test_real_data_carry_no_mark_unless_asked(dataset: Path, package: Path, tmp_path: Path) -> None:
    assert "合成数据 / synthetic" not in (package / "README.zh.md").read_text(encoding="utf-8")
    done = export(dataset, tmp_path / "p", formats=["csv"], synthetic=True)
    assert "合成数据 / synthetic" in (done.folder / "README.zh.md").read_text(encoding="utf-8")
    assert pd.read_csv(done.folder / "csv/wide.csv")["synthetic"].all()


# --- what cannot be done ----------------------------------------------------------------------------------------------


def test_what_is_too_large_is_left_out_with_the_reason(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 20)
    monkeypatch.setattr(stata_tables, "LARGEST", 3_500)
    done = export(dataset, tmp_path / "p")
    assert set(done.left_out) >= {"xlsx/govdisclose.xlsx, sheet cells", "stata/cells.dta", "stata/wide.dta"}
    assert "more than the 20 of a sheet" in (done.folder / "README.md").read_text(encoding="utf-8")
    assert "cells" not in openpyxl.load_workbook(done.folder / "xlsx/govdisclose.xlsx").sheetnames
    assert not (done.folder / "stata/cells.dta").exists()


def test_other_files_are_never_replaced(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.docx").write_text("x")
    with pytest.raises(errors.UsageError, match="holds files that are no data package"):
        export(dataset, tmp_path / "mine")
    assert (tmp_path / "mine/thesis.docx").read_text() == "x"
    with pytest.raises(errors.UsageError, match="lie in one another"):
        export(dataset, dataset / "package")
    with pytest.raises(errors.UsageError, match="choose from csv, parquet, stata, xlsx"):
        export(dataset, tmp_path / "new", formats=["sav"])  # type: ignore[list-item]
    with pytest.raises(errors.UsageError, match="licence 'no such': give an SPDX id"):
        export(dataset, tmp_path / "new", licence="no such")
    for authors in ((), ("",), ("某人", " ")):
        with pytest.raises(errors.UsageError, match="a name is empty"):
            export(dataset, tmp_path / "new", authors=authors)
    with pytest.raises(errors.DatasetError, match="gone: no such folder"):
        export(dataset, tmp_path / "new", previous=tmp_path / "gone")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine"]


def test_what_is_no_table_of_a_package_says_so(package: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.DatasetError, match="no cells table of a data package"):
        read_csv(package / "csv/reports.csv", "cells")


# --- the command line -------------------------------------------------------------------------------------------------


def test_the_command_writes_and_compares(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "p"
    asked = [
        "--format",
        "csv",
        "--lang",
        "zh",
        "--previous",
        str(dataset),
        "--author",
        "甲",
        "--author",
        "乙",
        "--no-bom",
    ]
    assert main(["package", str(dataset), str(out), *asked]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: ")
    assert (out / "csv/cells.csv").read_bytes().startswith(b'"report_id"') and not (out / "stata").exists()
    cited = yaml.safe_load((out / "CITATION.cff").read_text(encoding="utf-8"))
    assert [author["name"] for author in cited["authors"]] == ["甲", "乙"]
    assert "没有变化" in (out / "changes.md").read_text(encoding="utf-8")
    assert main(["changes", str(dataset), str(dataset), "--lang", "en"]) == 0
    assert "Nothing changed." in capsys.readouterr().out
    assert main(["package", str(dataset), str(tmp_path)]) == 2
    assert "holds files that are no data package" in capsys.readouterr().err
