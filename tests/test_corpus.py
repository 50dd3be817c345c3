"""From a folder to a dataset: what is read, what is read again, and that no file stops another."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from made import make_report

import govdisclose as gd
from govdisclose import corpus, errors, store
from govdisclose.corpus import find, records, report_id, workers

NAMES = ("2021/甲.txt", "2021/乙.html", "2022/甲.md", "2022/乙.txt", "2022/丙 丁.txt")


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    for start, name in enumerate(NAMES):
        agency = f"{name[5:].partition('.')[0].replace(' ', '')}县教育局"
        make_report(folder / name, agency=agency, year=int(name[:4]), start=start)
    return folder


@pytest.fixture
def own_raw(raw: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(raw, tmp_path / "raw"))


def content(processed: Path) -> dict[str, bytes]:
    return {file: (processed / f"{file}.parquet").read_bytes() for file in store.FILES}


def errors_of(processed: Path) -> dict[str, str]:
    reports = gd.load_table(processed, "reports")
    bad = reports[reports["error_type"] != ""]
    return dict(zip(bad["file"], bad["error_type"].astype(str), strict=True))


# --- which files ------------------------------------------------------------------------------------------------------


def test_only_what_may_be_a_report_is_read(tmp_path: Path) -> None:
    wanted = ["a.txt", "b/c.PDF", "b/d", "b/e.ofd", "b/page.html", "g/x.aspx?id=3", "z_files/f.txt"]
    others = [
        "README.md", "readme.txt", "manifest.csv", "corrections.csv", "corrections/a.txt", ".hidden", ".git/a.txt",
        "b/page_files/logo.png", "b/~$d.docx", "b/Readme.zh.md", "__MACOSX/a.txt", "out/cells.txt",
    ]  # fmt: skip
    unknown = ["b/data.json", "b/style.css"]
    for name in (*wanted, *others, *unknown):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found, skipped = find(tmp_path, tmp_path / "out")
    assert [file.name for file in found] == wanted
    assert list(skipped) == unknown


def test_bad_folders_are_told(raw: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.UsageError, match="no such folder; give the folder"):
        gd.build(tmp_path / "none", tmp_path / "out")
    with pytest.raises(errors.UsageError, match="no report files in it"):
        gd.build(tmp_path, tmp_path / "out")
    with pytest.raises(errors.UsageError, match="choose another folder"):
        gd.build(raw, raw)
    with pytest.raises(errors.UsageError, match="at least one"):
        gd.build(raw, tmp_path / "out", workers=0)
    (tmp_path / "file").write_text("x")
    with pytest.raises(errors.UsageError, match="cannot be written"):
        gd.build(raw, tmp_path / "file", workers=1)
    with pytest.raises(errors.FormError, match="no form file"):
        gd.build(raw, tmp_path / "out", forms=tmp_path, workers=1)


def test_a_report_id_is_the_same_on_every_system() -> None:
    composed, decomposed = "2022/\u00e9.txt", "2022/e\u0301.txt"
    assert report_id(composed, "00") == report_id(decomposed, "00")
    assert len({report_id("a.txt", "00"), report_id("b.txt", "00"), report_id("a.txt", "01")}) == 3


# --- the same input, the same files -----------------------------------------------------------------------------------


def test_the_same_input_gives_the_same_bytes(raw: Path, tmp_path: Path) -> None:
    alone = gd.build(raw, tmp_path / "alone", workers=1)
    together = gd.build(raw, tmp_path / "together", workers=2)
    assert (alone.files, alone.read, alone.reports, alone.preferred, alone.failed) == (5, 5, 5, 5, ())
    assert (together.read, together.cells) == (alone.read, alone.cells)
    assert content(tmp_path / "alone") == content(tmp_path / "together")
    moved = Path(shutil.copytree(raw, tmp_path / "elsewhere"))
    gd.build(moved, tmp_path / "third", workers=1)
    assert content(tmp_path / "alone") == content(tmp_path / "third")


def test_only_what_changed_is_read_again(own_raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    gd.build(own_raw, out, workers=1)
    before = content(out)
    assert gd.build(own_raw, out, workers=1).read == 0
    assert content(out) == before
    make_report(own_raw / "2023/甲.txt", agency="甲县教育局", year=2023)
    make_report(own_raw / NAMES[0], agency="甲县教育局", year=2021, start=50)
    (own_raw / NAMES[1]).unlink()
    (own_raw / NAMES[2]).rename(own_raw / "2021/moved.md")
    assert gd.build(own_raw, out, workers=1).read == 3
    gd.build(own_raw, tmp_path / "fresh", workers=1)
    assert content(out) == content(tmp_path / "fresh")
    kept = {p.name for p in (out / ".cache").rglob("*.gz")}
    assert kept == {p.name for p in (tmp_path / "fresh/.cache").rglob("*.gz")} and len(kept) == 5


def test_new_code_or_new_forms_read_everything_again(
    own_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    gd.build(own_raw, out, workers=1)
    forms = tmp_path / "forms"
    forms.mkdir()
    shutil.copy(Path(gd.forms.__file__).parent / "forms/2021.toml", forms / "own.toml")
    assert gd.build(own_raw, out, forms=forms, workers=1).read == 5
    assert gd.build(own_raw, out, forms=forms, workers=1).read == 0
    with (forms / "own.toml").open("a", encoding="utf-8") as file:
        file.write("# another\n")
    assert gd.build(own_raw, out, forms=forms, workers=1).read == 5
    monkeypatch.setattr(records, "code_version", lambda: "another")
    assert gd.build(own_raw, out, forms=forms, workers=1).read == 5


def test_an_interrupted_build_keeps_what_it_read(
    own_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, calls = tmp_path / "out", 0
    real = records.read

    def interrupted(*args: Any, **options: Any) -> gd.Report:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        return real(*args, **options)

    monkeypatch.setattr(records, "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gd.build(own_raw, out, workers=1)
    assert not (out / "reports.parquet").exists()
    assert gd.build(own_raw, out, workers=1).read == 2
    gd.build(own_raw, tmp_path / "fresh", workers=1)
    assert content(out) == content(tmp_path / "fresh")


def test_a_damaged_record_is_read_again(own_raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    gd.build(own_raw, out, workers=1)
    before = content(out)
    next((out / ".cache").rglob("*.gz")).write_bytes(b"cut short")
    assert gd.build(own_raw, out, workers=1).read == 1
    assert content(out) == before


def test_a_file_named_twice_is_read_once(own_raw: Path, tmp_path: Path) -> None:
    (own_raw / "copy").mkdir()
    shutil.copy(own_raw / NAMES[0], own_raw / "copy/甲.txt")
    result = gd.build(own_raw, tmp_path / "out", workers=1)
    assert (result.files, result.read, result.reports, result.preferred) == (6, 5, 6, 5)


# --- a file that cannot be read ---------------------------------------------------------------------------------------


def test_an_error_is_a_row_and_the_rest_goes_on(own_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_raw / "empty.pdf").write_bytes(b"")
    (own_raw / "prose.txt").write_text("今天天气好", encoding="utf-8")
    (own_raw / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 99)
    (own_raw / "odd.txt").write_text("odd", encoding="utf-8")
    real = records.read

    def read(path: Path, **options: Any) -> gd.Report:
        if path.name == "odd.txt":
            raise ZeroDivisionError("of\nmany lines")
        return real(path, **options)

    monkeypatch.setattr(records, "read", read)
    result = gd.build(own_raw, tmp_path / "out", workers=1)
    expected = {
        "empty.pdf": "UnreadableFile",
        "odd.txt": "Defect",
        "picture.png": "UnreadableFile",
        "prose.txt": "NotAReport",
    }
    assert errors_of(tmp_path / "out") == expected == {f.file: f.error_type for f in result.failed}
    assert result.reports == 5 and "could not be read: 4" in str(result) and "odd.txt: Defect" in repr(result)
    assert all(f.error.startswith(f"{f.file}: ") and "\n" not in f.error for f in result.failed)
    assert all(str(tmp_path) not in f.error for f in result.failed)
    assert "ZeroDivisionError: of" in next(f.error for f in result.failed if f.file == "odd.txt")
    monkeypatch.undo()
    # What its own bytes decide is not read again; what may have changed around it is.
    again = gd.build(own_raw, tmp_path / "out", workers=1)
    assert again.read == 1 and errors_of(tmp_path / "out")["odd.txt"] == "NotAReport"


def test_a_file_that_may_not_be_opened_is_a_row(own_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_raw / "gone.txt").symlink_to(own_raw / "nowhere.txt")
    gd.build(own_raw, tmp_path / "out", workers=1)
    reports = gd.load_table(tmp_path / "out", "reports").set_index("file")
    assert reports.loc["gone.txt", "error_type"] == "UnreadableFile" and reports["sha256"].isna().sum() == 1


def test_a_cache_that_cannot_be_written_ends_the_build(
    own_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(line: str, part: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(records, "keep", full)
    with pytest.raises(errors.DatasetError, match=r"cannot be written \(No space left on device\)"):
        gd.build(own_raw, tmp_path / "out", workers=1)


def test_a_crash_or_a_hang_costs_its_own_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    asked = ["good", "die", "good", "hang", "nothing", "raise", "good"]
    done = dict(workers.in_processes("misbehaving:misbehave", [{"do": do} for do in asked], workers=2, limit=1.5))
    assert [done[i][0] for i in range(7)] == ["done", "crash", "done", "time_limit", "done", "crash", "done"]
    assert done[1] == ("crash", 7) and done[4] == ("done", None) and done[0][1]["x"] == "é\n"


def test_leaving_early_ends_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    jobs = [{"do": "good"}, *[{"do": "hang"}] * 5]
    running = workers.in_processes("misbehaving:misbehave", jobs, workers=2, limit=60)
    assert next(running)[1][0] == "done"
    running.close()  # type: ignore[attr-defined]  # returns only when every process is gone


def test_a_worker_that_does_not_start_is_told() -> None:
    with pytest.raises(errors.UsageError, match="use workers=1"):
        list(workers.in_processes("no_such_module:f", [{}], workers=1, limit=60))


def test_crashes_and_hangs_are_rows(own_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def outcomes(function: str, jobs: list[dict[str, Any]], **options: Any) -> Any:
        assert options == {"workers": 2, "limit": 5.0}
        for i, job in enumerate(jobs):
            if i < 2:
                yield i, (("crash", -11), ("time_limit", 5.0))[i]
            else:
                yield i, ("done", workers.resolve(function)(job))

    monkeypatch.setattr(corpus, "in_processes", outcomes)
    result = gd.build(own_raw, tmp_path / "out", workers=2, time_limit=5.0)
    assert [(f.error_type, f.error.partition(":")[0]) for f in result.failed] == [
        ("Crash", "乙.html"),
        ("TimeLimit", "甲.txt"),
    ]
    monkeypatch.undo()
    assert gd.build(own_raw, tmp_path / "out", workers=1).read == 2
    gd.build(own_raw, tmp_path / "fresh", workers=1)
    assert content(tmp_path / "out") == content(tmp_path / "fresh")
