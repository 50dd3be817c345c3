"""The dataset on disk: its schema is the dictionary, and a folder that is no dataset says so."""

from __future__ import annotations

import csv
import json
from importlib import resources
from pathlib import Path
from typing import get_args

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made import figures, make_report

import govdisclose as gd
from govdisclose import corrections, errors, model, store, versions
from govdisclose.report import CELL_COLUMNS
from govdisclose.typeset import Draft, Layout, write


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two agencies, two years, one attachment, one file that is no report."""
    raw = tmp_path_factory.mktemp("raw")
    make_report(raw / "2021/甲.txt", agency="甲县教育局", year=2021, published="2022-01-20")
    make_report(raw / "2022/甲.html", agency="甲县教育局", year=2022, start=5)
    make_report(raw / "2022/甲.txt", agency="甲县教育局", year=2022, start=5)
    make_report(raw / "2022/乙.md", agency="乙县教育局", year=2022, start=9)
    (raw / "2022/丙.txt").write_text("今天天气好", encoding="utf-8")
    out = tmp_path_factory.mktemp("out")
    gd.build(raw, out, workers=1)
    return out


def test_the_columns_of_a_cell_are_those_of_a_report() -> None:
    assert [c.name for c in store.columns() if c.file == "cells"] == ["report_id", *CELL_COLUMNS]
    assert {c.file for c in store.columns()} == set(store.FILES)
    assert all(c.zh and c.en for c in store.columns())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("state", get_args(model.State)),
        ("evidence", get_args(model.Evidence)),
        ("severity", get_args(model.Severity)),
        ("fault", get_args(model.Fault)),
        ("scope", get_args(model.Scope)),
        ("relation", get_args(versions.Relation)),
        ("relation_state", get_args(model.RelationState)),
        ("kind", get_args(corrections.Kind)),
        ("status", get_args(corrections.Status)),
    ],
)
def test_every_code_is_in_the_dictionary(name: str, values: tuple[str, ...]) -> None:
    text = resources.files("govdisclose").joinpath("codes.csv").read_text(encoding="utf-8")
    assert [line["code"] for line in csv.DictReader(text.splitlines()) if line["name"] == name] == list(values)


@pytest.mark.parametrize("file", store.FILES)
def test_the_files_have_the_written_schema(processed: Path, file: store.FileName) -> None:
    written = pq.read_schema(processed / f"{file}.parquet")
    assert written.remove_metadata() == store.schema(file)
    assert written.metadata[b"govdisclose.schema"].decode() == store.SCHEMA
    assert b"pandas" not in written.metadata
    assert list(gd.load_table(processed, file).columns) == written.names


def test_the_panel_counts_every_agency_year_once(processed: Path) -> None:
    panel = gd.load(processed)
    assert list(panel.columns) == [*store.PANEL, *CELL_COLUMNS]
    assert type(panel) is pd.DataFrame and isinstance(panel.index, pd.RangeIndex)
    assert set(panel["file"]) == {"2021/甲.txt", "2022/乙.md", "2022/甲.html"}
    assert panel["preferred"].all()
    one = panel.query("agency == '甲县教育局' and year == 2022 and state == 'number'")
    assert dict(zip(zip(one["table"], one["row"], one["column"], strict=True), one["value"], strict=True)) == {
        address: float(text) for address, text in figures(5).items()
    }
    assert set(panel.loc[panel["year"] == 2021, "published"]) == {"2022-01-20"}
    everything = gd.load(processed, all_versions=True)
    assert set(everything["file"]) == {"2021/甲.txt", "2022/乙.md", "2022/甲.html", "2022/甲.txt"}
    assert everything["file"].astype(str).is_monotonic_increasing


def test_the_panel_can_be_narrowed(processed: Path) -> None:
    assert set(gd.load(processed, years=2021)["year"]) == {2021}
    assert set(gd.load(processed, years=range(2022, 2030))["year"]) == {2022}
    assert set(gd.load(processed, tables="remedies")["table"]) == {"remedies"}
    assert set(gd.load(processed, tables=["remedies", "requests"])["table"]) == {"remedies", "requests"}
    nothing = gd.load(processed, years=[1999])
    assert len(nothing) == 0 and list(nothing.columns) == [*store.PANEL, *CELL_COLUMNS]


def test_every_file_has_a_row_and_an_unreadable_one_has_its_error(processed: Path) -> None:
    reports = gd.load_table(processed, "reports").set_index("file")
    assert list(reports.index) == sorted(reports.index) and len(reports) == 5
    bad = reports.loc["2022/丙.txt"]
    assert bad["error_type"] == "NotAReport" and bad["error"].startswith("丙.txt: ") and not bad["preferred"]
    assert bad["n_cells"] == 0 and pd.isna(bad["year"])
    good = reports.drop("2022/丙.txt")
    assert (good["error"] == "").all() and good["report_id"].is_unique
    cells = gd.load_table(processed, "cells")
    counted = cells.groupby("report_id", observed=True)["state"].value_counts().unstack(fill_value=0)
    assert (counted.loc[good["report_id"], "number"].to_numpy() == good["n_numbers"].to_numpy()).all()
    for name, row in good.iterrows():
        detail = json.loads(row["form_detail"])
        assert {table: form["form"] for table, form in detail.items()} == {
            table: row[f"form_{table}"] for table in ("proactive", "requests", "remedies")
        }, name


def test_a_dataset_without_a_single_report_can_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/empty.pdf").write_bytes(b"")
    assert gd.build(tmp_path / "raw", tmp_path / "out", workers=1).reports == 0
    panel = gd.load(tmp_path / "out", years=2022, tables="requests")
    assert len(panel) == 0 and list(panel.columns) == [*store.PANEL, *CELL_COLUMNS]
    assert [len(gd.load_table(tmp_path / "out", file)) for file in store.FILES] == [1, 0, 0, 0, 0, 0]


def test_sections_and_findings_are_kept(processed: Path) -> None:
    sections = gd.load_table(processed, "sections")
    assert set(sections["number"]) >= {1, 4} and sections["text"].str.len().gt(0).any()
    findings = gd.load_table(processed, "findings")
    assert "table_missing" in set(findings["relation"])
    assert findings["message_zh"].ne("").all() and findings["message_en"].ne("").all()


def test_duckdb_reads_the_files_as_they_are(processed: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    found = duckdb.sql(f"""
        select agency, year, sum(value) from '{processed}/cells.parquet'
        join '{processed}/reports.parquet' using (report_id)
        where preferred and "table" = 'remedies' and state = 'number' group by all order by all
    """).fetchall()
    expected = [("乙县教育局", 2022, 9), ("甲县教育局", 2021, 1), ("甲县教育局", 2022, 5)]
    assert found == [(agency, year, float(sum(map(int, figures(n).values())))) for agency, year, n in expected]


def test_wrong_arguments_are_told(processed: Path) -> None:
    with pytest.raises(errors.UsageError, match="choose from: proactive, requests, remedies"):
        gd.load(processed, tables="claims")
    with pytest.raises(errors.UsageError, match=r"years='2022'.*range"):
        gd.load(processed, years="2022")  # type: ignore[arg-type]
    with pytest.raises(errors.UsageError, match="years="):
        gd.load(processed, years=[2022.5])  # type: ignore[list-item]
    with pytest.raises(errors.UsageError, match="reports, cells, sections, findings"):
        gd.load_table(processed, "claims")  # type: ignore[arg-type]


def test_a_folder_that_is_no_dataset_says_so(processed: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.DatasetError, match="no such folder; write it with build"):
        gd.load(tmp_path / "none")
    with pytest.raises(errors.DatasetError, match=r"no reports\.parquet"):
        gd.load(tmp_path)
    for file in store.FILES:
        (tmp_path / f"{file}.parquet").write_bytes((processed / f"{file}.parquet").read_bytes())
    assert len(gd.load(tmp_path)) == len(gd.load(processed))
    cells = pq.read_table(tmp_path / "cells.parquet")
    marks = dict(cells.schema.metadata)
    pq.write_table(cells.replace_schema_metadata(marks | {b"govdisclose.build": b"x"}), tmp_path / "cells.parquet")
    with pytest.raises(errors.DatasetError, match="different builds; build the dataset again"):
        gd.load(tmp_path)
    pq.write_table(
        cells.replace_schema_metadata(marks | {b"govdisclose.schema": b"govdisclose-dataset/0"}),
        tmp_path / "cells.parquet",
    )
    with pytest.raises(errors.DatasetError, match=r"version govdisclose-dataset/0, .*build the dataset again"):
        gd.load(tmp_path)
    (tmp_path / "cells.parquet").write_bytes(b"PAR1nothing")
    with pytest.raises(errors.DatasetError, match=r"damaged.*build the dataset again"):
        gd.load(tmp_path)


def test_old_files_stay_where_writing_fails(processed: Path, tmp_path: Path) -> None:
    for file in store.FILES:
        (tmp_path / f"{file}.parquet").write_bytes((processed / f"{file}.parquet").read_bytes())
    before = gd.load(tmp_path)
    (tmp_path / ".cells.123.parquet").write_bytes(b"left by a build that was killed")
    with pytest.raises(pa.ArrowInvalid), store.Writer(tmp_path, "new") as out:
        out.add("sections", [["id", "not a number", "", ""]], group=1)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(f"{file}.parquet" for file in store.FILES)
    pd.testing.assert_frame_equal(gd.load(tmp_path), before)
    (tmp_path / "reports.parquet").unlink()
    (tmp_path / "reports.parquet").mkdir()  # what cannot be replaced
    with pytest.raises(errors.DatasetError, match="cannot be written"), store.Writer(tmp_path, "new"):
        pass


def test_whole_numbers_are_exact_up_to_what_a_float_holds(tmp_path: Path) -> None:
    address = ("remedies", "review", "total")
    other = ("remedies", "review", "upheld")
    for name, text in (("most", str(2**53 - 1)), ("beyond", "9" * 40)):
        draft = Draft("样本县教育局", 2022, {"remedies": "2021"}, figures() | {address: text, other: "7"})
        write(draft, Layout("txt"), tmp_path / f"{name}/a.txt")
        gd.build(tmp_path / name, tmp_path / f"{name}-out", workers=1)
        panel = gd.load(tmp_path / f"{name}-out").set_index(["table", "row", "column"])
        cell = panel.loc[address]
        if name == "most":
            assert int(cell["value"]) == 2**53 - 1
        else:
            assert pd.isna(cell["value"]) and cell["state"] == "unreadable" and cell["raw"] == text
        assert panel.loc[other, "value"] == 7
