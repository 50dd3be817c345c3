"""What a person sees in a browser: the notebooks in JupyterLab, and the rendered pages without a network."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import govdisclose as gd
from govdisclose.publish import publish

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
IN_LAB = [name for name in NOTEBOOKS if name[:2] in ("01", "03", "04")]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of notebooks, raw reports and the two lists of agencies, with the dataset built."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(ROOT / "data" / "raw", root / "data" / "raw")
    for name in ("agencies.csv", "expected.csv"):
        shutil.copy(ROOT / "data" / name, root / "data" / name)
    gd.build(root / "data" / "raw", root / "data" / "processed", progress=False)
    return root


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def lab(project: Path) -> Iterator[str]:
    """The address of a JupyterLab that serves the project."""
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--port=0", "--ip=127.0.0.1"]
    command += ["--IdentityProvider.token=t", f"--ServerApp.root_dir={project}", "--LabApp.news_url=None"]
    with (project / "lab.log").open("w+", encoding="utf-8") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=project)
        try:
            for _ in range(300):
                found = re.search(r"http://127\.0\.0\.1:(\d+)/lab", (project / "lab.log").read_text(encoding="utf-8"))
                if found or server.poll() is not None:
                    break
                time.sleep(0.1)
            assert found, (project / "lab.log").read_text(encoding="utf-8")
            yield f"http://127.0.0.1:{found[1]}"
        finally:
            server.terminate()
            server.wait(20)


def _saved_outputs(page: Any, path: Path) -> list[dict[str, Any]]:
    """Save in the browser until every code cell in the file has run; Lab keeps only the cells in view in its page."""
    for _ in range(120):
        page.keyboard.press("Control+s")
        page.wait_for_timeout(500)
        cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
        if all(cell["execution_count"] for cell in cells):
            return [output for cell in cells for output in cell["outputs"]]
    raise AssertionError(f"{path.name}: not every cell ran")


@pytest.mark.parametrize("name", IN_LAB)
def test_a_notebook_runs_in_jupyterlab(name: str, lab: str, project: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{lab}/lab/tree/notebooks/{name}?token=t&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_selector("text=/ipykernel. \\| Idle/", timeout=60_000)
    page.click("text=Run >> visible=true")
    page.click("text=Run All Cells >> visible=true")
    outputs = _saved_outputs(page, project / "notebooks" / name)
    assert [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"] == []
    figures = sum("image/png" in output.get("data", {}) for output in outputs)
    assert figures > 0
    page.locator(".jp-OutputArea-output img").first.wait_for(state="attached", timeout=30_000)
    page.close()


def test_every_rendered_page_opens_without_a_request_or_a_complaint(project: Path, browser: Any) -> None:
    index = publish(
        [project / "notebooks" / name for name in NOTEBOOKS], project / "reports", pdf=False, progress=False
    )
    pages = sorted(index.parent.glob("*.html"))
    assert len(pages) == len(NOTEBOOKS) + 1
    for path in pages:
        context = browser.new_context(offline=True)
        page = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_timeout(200)
        assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
        assert said == []
        assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
        context.close()
