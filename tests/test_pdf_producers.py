"""PDFs as other programs print them are read as exactly as our own."""

from __future__ import annotations

from pathlib import Path

import pytest
from producers import RULED, chromium, has, libreoffice


@pytest.mark.skipif(not has("soffice"), reason="LibreOffice is not installed")
def test_reports_that_libreoffice_prints(tmp_path: Path) -> None:
    for name, count in libreoffice(range(4), tmp_path):
        assert count.exact, (name, count.examples)


@pytest.mark.skipif(not has("chromium"), reason="Chromium is not installed")
@pytest.mark.parametrize("style", RULED)
def test_reports_that_chromium_prints(style: str, tmp_path: Path) -> None:
    seed = RULED.index(style)
    for name, count in chromium(range(seed, seed + 1), (style,), tmp_path):
        assert count.exact, (name, count.examples)


@pytest.mark.skipif(not has("chromium"), reason="Chromium is not installed")
@pytest.mark.parametrize("style", ["rows", "none"])
def test_reports_without_solid_rulings_that_chromium_prints_make_no_silent_error(style: str, tmp_path: Path) -> None:
    for name, count in chromium(range(2), (style,), tmp_path):
        assert not count.silent, (name, count.examples)
