"""Sheets scanned sideways and upside down: which way is up, and a report read whole whichever way its pages lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from rounds import compare, expected_of
from scan_cases import ScanCase, draw_case

from govdisclose.forms import load
from govdisclose.readers.scan import is_installed
from govdisclose.readers.scan.turning import quarter_turns
from govdisclose.report import read
from govdisclose.typeset import write
from govdisclose.typeset.scans import Scan, scan

pytestmark = pytest.mark.skipif(not is_installed(), reason="needs the scan extra: pip install 'govdisclose[scan]'")
CASE = ScanCase(200, "solid", 3)
HOW = Scan(dpi=200, skew=0.6, noise=5, blur=0.4, quality=75, format="tiff")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Image.Image]:
    folder = tmp_path_factory.mktemp("turned")
    draft, layout, _, rng = draw_case(CASE)
    with Image.open(scan(write(draft, layout, folder / "report.pdf"), folder / "scan.tif", HOW, rng)) as file:
        return [frame.copy() for n in range(getattr(file, "n_frames", 1)) if file.seek(n) is None for frame in (file,)]


def test_every_page_tells_which_way_is_up(pages: list[Image.Image]) -> None:
    for page in pages:
        grey = np.asarray(page.convert("L"))
        assert [quarter_turns(np.ascontiguousarray(np.rot90(grey, n)), 200 / 72) for n in range(4)] == [0, 1, 2, 3]


def test_a_page_without_words_stays() -> None:
    page = np.full((2339, 1654), 255, np.uint8)
    assert quarter_turns(page, 200 / 72) == 0
    page[300:1500:60, 200:1400] = page[300:1500, 200:1400:150] = 0
    assert quarter_turns(page, 200 / 72) == 0


def test_a_report_with_its_pages_lying_each_another_way_is_read_whole(pages: list[Image.Image], tmp_path: Path) -> None:
    turned = [page.rotate(90 * (n + 1), expand=True) for n, page in enumerate(pages)]
    path = tmp_path / "scan.pdf"
    turned[0].save(path, "PDF", resolution=200.0, save_all=True, append_images=turned[1:])
    draft, layout, _, _ = draw_case(CASE)
    cells = read(path).cell_records
    count = compare(expected_of(draft, layout, load()), cells)
    assert count.silent == 0 and count.right >= 0.97 * count.cells, count.examples
    document = pypdfium2.PdfDocument(path)
    sizes = [page.get_size() for page in document]
    document.close()
    boxes = [cell.box for cell in cells if cell.box]
    assert {box.page for box in boxes} == set(range(1, len(pages) + 1))
    assert all(box.x1 < sizes[box.page - 1][0] + 1 and box.y1 < sizes[box.page - 1][1] + 1 for box in boxes)
