"""A notebook becomes one page that is complete without a network, the same on every run."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import nbformat
import pypdfium2 as pdfium
import pytest
from lxml import html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import govdisclose
from govdisclose import figures, publish
from govdisclose.cli import main
from govdisclose.errors import UsageError
from govdisclose.publish import running
from govdisclose.publish.galleries import write_galleries
from govdisclose.synthesis import Panel

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
            f"display({{'{running._WIDGET}': {{'model_id': 'a'}}, 'text/plain': 'a slider'}}, raw=True)\n"
            "HTML('<table><tr><td>1717</td></tr></table>')"
        ),
    )
    before = path.read_bytes()
    made = [publish.execute(path, folder / name, {"lang": "en"}) for name in ("first", "second")]
    assert path.read_bytes() == before
    assert [one.page.name for one in made] == ["01-tiny.html"] * 2
    return [one.page.read_text(encoding="utf-8") for one in made]


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
    assert main(["run", str(path), "-o", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert re.fullmatch(r".*n\.ipynb: cell \[2\] raised KeyError: 'missing'; run it [^\n]*\n", error)
    assert not (tmp_path / "n.html").exists()


def test_what_is_no_notebook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text("not json", encoding="utf-8")
    with pytest.raises(UsageError, match=r"n\.ipynb: not a Jupyter notebook"):
        publish.execute(path, tmp_path)


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    picture = "from IPython.display import Image\nImage(filename='dot.png')"
    (tmp_path / "dot.png").write_bytes(DOT)
    first = save(
        tmp_path / "01-one.ipynb",
        new_markdown_cell("# 第一问\n\nWhat `one` **shows**.\n\nMore."),
        parameters("data = 'dot.png'\nlang = 'zh'"),
        new_code_cell(picture),
        new_code_cell("from IPython.display import HTML\nHTML('<table><tr><td>1717</td><td>件</td></tr></table>')"),
    )
    return [first, save(tmp_path / "02-two.ipynb", new_markdown_cell("# Two"), parameters("year = 2023"))]


def test_the_index_leads_to_every_page_with_its_first_words_and_figures(two: list[Path], tmp_path: Path) -> None:
    index = publish.publish(two, tmp_path / "out", {"year": 2024}, pdf=False, progress=False)
    tree = html.fromstring(index.read_text(encoding="utf-8"))
    assert tree.xpath("//h2/a/@href") == ["01-one.html", "02-two.html"]
    assert "What one shows." in tree.text_content() and "year = 2024" in tree.text_content()
    (link,) = tree.xpath("//figure/a/@href")
    page, _, anchor = link.partition("#")
    assert html.fromstring((index.parent / page).read_text(encoding="utf-8")).xpath(f"//*[@id='{anchor}']//img")
    assert requests_of(index.read_text(encoding="utf-8")) == []


def test_a_page_is_stamped_with_version_parameters_and_the_hash_of_its_data(two: list[Path], tmp_path: Path) -> None:
    page = publish.execute(two[0], tmp_path / "out", {"lang": "en"}).page.read_text(encoding="utf-8")
    digest = hashlib.sha256(DOT).hexdigest()[:16]
    assert f"data = dot.png (sha256 {digest}…)" in page and "lang = en" in page
    assert f"govdisclose {govdisclose.__version__}" in page


def test_a_pdf_holds_the_text_as_text_and_is_the_same_on_every_run(two: list[Path], tmp_path: Path) -> None:
    made = [publish.execute(two[0], tmp_path / name, pdf=True).pdf for name in ("a", "b")]
    assert made[0] and made[1] and made[0].read_bytes() == made[1].read_bytes()
    document = pdfium.PdfDocument(made[0])
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert "第一问" in text and "1717" in text


def test_a_parameter_that_no_notebook_has_is_named(two: list[Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no notebook has a parameter colour; they have: data, lang, year"):
        publish.publish(two, tmp_path, {"colour": 1}, progress=False)


def test_the_commands_run_and_publish(
    two: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["run", str(two[1]), "-o", str(tmp_path / "out"), "--year", "2025"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'out' / '02-two.html'}\n"
    assert "year = 2025" in (tmp_path / "out" / "02-two.html").read_text(encoding="utf-8")
    assert main(["run", str(two[1]), "-p", "year"]) == 2
    monkeypatch.chdir(tmp_path)
    assert main(["publish"]) == 2  # there is no folder notebooks
    assert "name one or more .ipynb files" in capsys.readouterr().err


def test_a_gallery_is_two_pages_that_hold_every_figure_and_lead_to_its_files(
    panel: Panel, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: figures.FIGURES[name] for name in ("outcomes", "carry")}
    monkeypatch.setattr("govdisclose.figures.galleries.FIGURES", few)
    entries = write_galleries(dataset, tmp_path, panel.agencies)
    assert [entry.links[0][1] for entry in entries] == ["gallery-zh.html", "gallery-en.html"]
    assert "合成数据" in entries[0].title and "synthetic" in entries[1].title
    for entry in entries:
        page = html.fromstring((tmp_path / entry.links[0][1]).read_text(encoding="utf-8"))
        assert [figure.get("id") for figure in page.iter("figure")] == list(few)
        assert all((tmp_path / link).is_file() for link in page.xpath("//figcaption//a/@href"))
        assert requests_of(html.tostring(page, encoding="unicode")) == []
