"""Reads page images with img2table and rapidocr: run by benchmarks/scans.py, in an environment of its own.

Takes JSON on standard input, `{"rotate": bool, "reports": [[page image, ...], ...]}`, and prints JSON: for each
page of each report its seconds and tables, for the whole run the peak memory in MiB. Imports and the loading of
models are not timed: the first page is read once before.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from typing import Any


def tables_of(page: str, rotate: bool, ocr: Any) -> list[list[list[Any]]]:
    """Each table of a page as its cells, every one [row, column, rows, columns, text]."""
    from img2table.document import Image  # type: ignore[import-not-found, unused-ignore]

    found = []
    for table in Image(page, detect_rotation=rotate).extract_tables(ocr=ocr):
        cells: dict[tuple[int, ...], list[Any]] = {}
        for r, row in table.content.items():
            for c, cell in enumerate(row):
                box = (cell.bbox.x1, cell.bbox.y1, cell.bbox.x2, cell.bbox.y2)
                first = cells.setdefault(box, [r, c, 1, 1, cell.value or ""])  # a merged cell is listed in each place
                first[2], first[3] = r - first[0] + 1, max(first[3], c - first[1] + 1)
        found.append(list(cells.values()))
    return found


def main() -> None:
    """Read what standard input names."""
    from img2table.ocr import RapidOCR  # type: ignore[import-not-found, unused-ignore]
    from rapidocr import LangRec  # type: ignore[import-not-found, unused-ignore]

    logging.disable(logging.INFO)
    asked = json.load(sys.stdin)
    ocr = RapidOCR({"Rec.lang_type": LangRec.CH})
    ocr.engine(asked["reports"][0][0])
    reports = []
    for pages in asked["reports"]:
        read = []
        for page in pages:
            start, worked = time.perf_counter(), time.process_time()
            tables = tables_of(page, asked["rotate"], ocr)
            taken = time.perf_counter() - start, time.process_time() - worked
            read.append({"seconds": taken[0], "cpu": taken[1], "tables": tables})
        reports.append(read)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"reports": reports, "peak": peak}, sys.stdout)


if __name__ == "__main__":
    main()
