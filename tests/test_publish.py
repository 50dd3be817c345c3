"""A notebook becomes one page that is complete without a network, the same on every run."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import nbformat
import pytest
from lxml import html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from govdisclose import publish
from govdisclose.errors import UsageError

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction"}


def save(path: Path, *cells: nbformat.NotebookNode) -> Path:
    notebook = new_notebook(cells=list(cells))
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    nbformat.write(notebook, path)
    return path


def parameters(source: str) -> nbformat.NotebookNode:
    return new_code_cell(source, metadata={"tags": ["parameters"]})


def requests_of(page: str) -> list[str]:
    """What a browser would fetch to show the page."""
    tree = html.fromstring(page)
    fetched = [
        f"{element.tag} {name}={value[:60]}"
        for element in tree.iter(html.etree.Element)
        for name, value in element.attrib.items()
        if (name in LOADING or (name.endswith("href") and element.tag not in ("a", "area")))
        and not value.startswith(("data:", "#"))
    ]
    styles = " ".join([*tree.xpath("//style/text()"), *tree.xpath("//@style")])
    fetched += [u for u in re.findall(r"url\(\s*['\"]?([^)]{0,60})", styles) if not u.startswith(("data:", "#"))]
    fetched += re.findall(r"@import[^;]*", styles)
    return fetched


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The same notebook, with text, an image, mathematics, a table and a widget, rendered twice."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "dot.png").write_bytes(DOT)
    path = save(
        folder / "01-tiny.ipynb",
        new_markdown_cell("# 依申请公开\n\n$x^2$ ![dot](dot.png) [elsewhere](page.html)"),
        parameters("lang = 'zh'\nyear = 2024"),
        new_code_cell("import sys\nprint(lang, year); print('noted', file=sys.stderr)"),
        new_code_cell(
            "from IPython.display import HTML, display\n"
            f"display({{'{publish._WIDGET}': {{'model_id': 'a'}}, 'text/plain': 'a slider'}}, raw=True)\n"
            "HTML('<table><tr><td>1717</td></tr></table>')"
        ),
    )
    before = path.read_bytes()
    made = [publish.execute(path, folder / name, {"lang": "en"}) for name in ("first", "second")]
    assert path.read_bytes() == before
    assert [page.name for page in made] == ["01-tiny.html"] * 2
    return [page.read_text(encoding="utf-8") for page in made]


def test_page_is_complete_without_a_network(pages: list[str]) -> None:
    assert requests_of(pages[0]) == []
    assert not html.fromstring(pages[0]).xpath("//script")
    assert "default-src 'none'" in pages[0]
    assert base64.b64encode(DOT).decode() in pages[0]


def test_page_shows_what_the_notebook_shows(pages: list[str]) -> None:
    text = html.fromstring(pages[0]).text_content()
    for expected in ("依申请公开", "en 2024", "1717", "a slider"):
        assert expected in text


def test_two_runs_give_the_same_bytes(pages: list[str]) -> None:
    assert pages[0] == pages[1]


def test_the_check_itself_sees_a_request() -> None:
    page = "<p><img src='//host/a.png'><link rel=stylesheet href=a.css><style>p{background:url(b.png)}</style></p>"
    assert len(requests_of(page)) == 3


def test_an_unknown_parameter_is_named_with_those_that_exist(tmp_path: Path) -> None:
    path = save(tmp_path / "n.ipynb", parameters("lang = 'zh'\nyear = 2024"))
    with pytest.raises(UsageError, match=r"n\.ipynb: no parameter colour; it has: lang, year"):
        publish.execute(path, tmp_path, {"colour": 1})


def test_a_failing_cell_is_named_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = save(tmp_path / "n.ipynb", new_code_cell("1"), new_code_cell("{}['missing']"))
    assert publish.main([str(tmp_path), str(path)]) == 2
    error = capsys.readouterr().err
    assert re.fullmatch(r".*n\.ipynb: cell \[2\] raised KeyError: 'missing'; run it [^\n]*\n", error)
    assert not (tmp_path / "n.html").exists()


def test_what_is_no_notebook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text("not json", encoding="utf-8")
    with pytest.raises(UsageError, match=r"n\.ipynb: not a Jupyter notebook"):
        publish.execute(path, tmp_path)
