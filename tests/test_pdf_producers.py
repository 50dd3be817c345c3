"""PDFs as other programs print them are read as exactly as our own."""

from __future__ import annotations

from pathlib import Path

import pytest
from producers import RULED, UNRULED, chromium, has, libreoffice


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
@pytest.mark.parametrize("style", UNRULED)
def test_reports_without_solid_rulings_that_chromium_prints_make_no_silent_error(style: str, tmp_path: Path) -> None:
    for name, count in chromium(range(2), (style,), tmp_path):
        assert not count.silent, (name, count.examples)


@pytest.mark.skipif(not has("chromium"), reason="Chromium is not installed")
@pytest.mark.parametrize(("style", "seed"), [("zebra", 0), ("book", 0), ("book", 3), ("spread", 3), ("lined", 4)])
def test_reports_without_standing_rulings_that_chromium_prints(style: str, seed: int, tmp_path: Path) -> None:
    """Their headers begin on the page before, or their rows are set wide apart."""
    for name, count in chromium([seed], (style,), tmp_path):
        assert count.exact, (name, count.examples)


@pytest.mark.skipif(not has("soffice"), reason="LibreOffice is not installed")
def test_reports_without_standing_rulings_that_libreoffice_prints(tmp_path: Path) -> None:
    """Under running heads, with digits set apart from Chinese, and with a blank behind an ordinal."""
    for name, count in libreoffice([20, 22, 24, 25, 28, 29], tmp_path, ("none", "horizontal", "shaded")):
        assert count.exact, (name, count.examples)
