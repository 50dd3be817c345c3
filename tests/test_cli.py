"""The command line: 0 or 2, one line of explanation, UTF-8 everywhere, nothing else."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from made import figures, make_report

import govdisclose as gd
from govdisclose import cli, report
from govdisclose.printing import width
from govdisclose.report import CELL_COLUMNS

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_report(tmp_path_factory.mktemp("one") / "样本.txt", published="2023-01-20")


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = cli.main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def fails(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """The one line of a command that fails."""
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("govdisclose: ") and err.endswith("\n") and err.count("\n") == 1
    assert "Traceback" not in err
    return err


def shell(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "govdisclose", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, cwd=ROOT, env={**os.environ, **environment}, check=False)


# --- read -------------------------------------------------------------------------------------------------------------


def test_read_prints_the_object(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "read", sample)
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert data == json.loads(json.dumps(gd.read(sample).to_dict()))
    assert (data["agency"], data["year"], data["published"]) == ("样本县教育局", 2022, "2023-01-20")
    printed = {(c["table"], c["row"], c["column"]): c["raw"] for c in data["cells"] if c["state"] == "number"}
    assert printed == figures()
    assert "样本县教育局" in out, "Chinese is printed as it is, not escaped"


def test_read_prints_cells_as_csv(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "read", sample, "--format", "csv")
    lines = list(csv.DictReader(io.StringIO(out)))
    assert code == 0 and list(lines[0]) == ["agency", "year", *CELL_COLUMNS]
    assert sum(line["state"] == "number" for line in lines) == len(figures())
    assert {line["year"] for line in lines} == {"2022"}


@pytest.mark.parametrize(("lang", "expected"), [("zh", "年度: 2022"), ("en", "year: 2022")])
def test_read_prints_tables_to_look_at(
    sample: Path, capsys: pytest.CaptureFixture[str], lang: str, expected: str
) -> None:
    code, out, _ = run(capsys, "read", sample, "--format", "text", "--lang", lang)
    assert code == 0 and expected in out and "[warning]" in out
    name = gd.forms.load().item("table", "remedies").name("zh" if lang == "zh" else "en")
    table = out[out.index(f"\n{name}\n") :].strip("\n").split("\n\n")[0].splitlines()[1:]
    assert len({width(line) for line in table}) == 1, "columns line up"
    assert re.findall(r"\d+", table[-1])[-5:] == list(figures().values())[-5:]


def test_read_writes_to_a_file(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "read", sample, "-o", tmp_path / "out.json")
    assert (code, out, err) == (0, "", "")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["year"] == 2022
    assert "cannot be written" in fails(capsys, "read", sample, "-o", tmp_path / "no/out.json")


def test_what_a_library_prints_is_not_output(
    sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = report.read

    def noisy(*args: Any, **options: Any) -> gd.Report:
        print("a library says hello")
        return real(*args, **options)

    monkeypatch.setattr(gd, "read", noisy)
    code, out, _ = run(capsys, "read", sample)
    assert code == 0 and json.loads(out)["year"] == 2022


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"", "empty"),
        ("今天天气好".encode(), "no statutory table"),
        (b"\x89PNG\r\n\x1a\n0", "picture"),
    ],
)
def test_what_is_no_report_ends_with_2_and_one_line(
    content: bytes | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a\nb.txt"
    if content is not None:
        path.write_bytes(content)
    err = fails(capsys, "read", path)
    assert message in err and "b.txt" in err
    assert "folder" in fails(capsys, "read", tmp_path)
    assert "no form file" in fails(capsys, "read", path, "--forms", tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["read"], "Missing argument"),
        (["read", "a", "b"], "unexpected extra argument"),
        (["read", "a", "--nothing"], "No such option"),
        (["read", "a", "--format", "xml"], "'xml' is not one of"),
        (["build", "a"], "Missing argument"),
        (["build", "a", "b", "--workers", "many"], "--workers"),
        (["nothing"], "No such command 'nothing'"),
        (["describe", "--lang", "fr"], "'fr' is not one of"),
        (["build", "none", "out"], "no such folder"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in fails(capsys, *arguments)


def test_a_defect_ends_with_2_and_says_what_to_do(
    sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **options: Any) -> gd.Report:
        raise ZeroDivisionError("some\nthing")

    monkeypatch.setattr(gd, "read", broken)
    err = fails(capsys, "read", sample)
    assert "ZeroDivisionError: some thing; this is a defect of govdisclose: please report it" in err
    assert sample.name in err
    with pytest.raises(ZeroDivisionError):
        cli.main(["--debug", "read", str(sample)])


def test_an_interruption_is_not_a_traceback(
    sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: Any, **options: Any) -> gd.Report:
        raise KeyboardInterrupt

    monkeypatch.setattr(gd, "read", interrupted)
    code, out, err = run(capsys, "read", sample)
    assert (code, out, err.count("\n")) == (130, "", 1)


# --- build, describe, the rest ----------------------------------------------------------------------------------------


def test_build_says_what_it_did(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copy(sample, raw)
    (raw / "bad.pdf").write_bytes(b"%PDF-1.7 nothing")
    code, out, err = run(capsys, "build", raw, tmp_path / "out", "--workers", "1", "--no-progress")
    assert (code, err) == (0, "")
    assert "reports: 1 of 2 files" in out and str(tmp_path / "out") in out and "bad.pdf: UnreadableFile" in out
    assert set(gd.load(tmp_path / "out")["agency"]) == {"样本县教育局"}
    assert "0 read now" in run(capsys, "build", raw, tmp_path / "out", "--workers", "1")[1]
    shutil.rmtree(raw)
    raw.mkdir()
    assert "no report files in it" in fails(capsys, "build", raw, tmp_path / "out")


@pytest.mark.parametrize("fmt", ["text", "md", "csv", "json"])
def test_describe_knows_every_item_and_every_column(fmt: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "describe", "--format", fmt)
    assert (code, err) == (0, "")
    for item in gd.forms.load().items:
        assert item.id in out and item.zh in out and item.en in out
    assert all(word in out for word in ("same_agency_year", "unreadable", "own_office", "requests_balance"))
    english = run(capsys, "describe", "--format", fmt, "--lang", "en")[1]
    assert "Granted" in english and not re.search("[\u4e00-\u9fff]", english.replace("万元", ""))
    if fmt == "json":
        assert {"kind", "in", "id", "definition_en"} <= set(json.loads(out)[0])
    if fmt == "csv":
        assert len({tuple(row) for row in csv.reader(io.StringIO(out))}) == len(out.splitlines())


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"govdisclose {gd.__version__}\n", "")
    for arguments in ([], ["--help"], ["-h"], ["read", "--help"]):
        code, out, err = run(capsys, *arguments)
        assert code == 0 and out.startswith("Usage: govdisclose") and err == ""


# --- in a process of its own ------------------------------------------------------------------------------------------


def test_output_is_utf_8_whatever_the_system_speaks(sample: Path) -> None:
    for environment in (
        {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"},
    ):
        done = shell("read", sample, "--format", "json", **environment)
        assert done.returncode == 0 and done.stderr == b""
        assert json.loads(done.stdout.decode("utf-8"))["agency"] == "样本县教育局"
        assert b"\r" not in done.stdout
    done = shell("read", "没有.txt", PYTHONIOENCODING="ascii")
    assert done.returncode == 2 and done.stdout == b"" and "没有.txt" in done.stderr.decode("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="pipes of a POSIX shell")
def test_a_closed_pipe_is_no_error() -> None:
    command = [sys.executable, "-m", "govdisclose", "describe"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_line() -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "govdisclose", "describe"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert done.returncode == 2 and done.stderr.count(b"\n") == 1 and b"No space left" in done.stderr
