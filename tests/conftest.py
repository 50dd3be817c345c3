"""What several tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from govdisclose.corpus import build
from govdisclose.synthesis import Panel, write_panel


@pytest.fixture(scope="session")
def reports_dir() -> Path:
    """The folder of real reports with their truth; tests that need it skip where it is missing."""
    default = Path(__file__).resolve().parents[2] / "shared" / "reports"
    folder = Path(os.environ.get("GOVDISCLOSE_REPORTS", default))
    if not folder.is_dir():
        pytest.skip("no folder of real reports (set GOVDISCLOSE_REPORTS)")
    return folder


@pytest.fixture(scope="session")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    """A small synthetic panel: twenty agencies, six years, with all that is planted in the whole one."""
    return write_panel(tmp_path_factory.mktemp("panel"), agencies=20)


@pytest.fixture(scope="session")
def dataset(panel: Panel) -> Path:
    """The dataset built from the panel."""
    processed = panel.truth.parent / "processed"
    build(panel.raw, processed, progress=False, workers=1)
    return processed
