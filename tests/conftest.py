"""What several tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reports_dir() -> Path:
    """The folder of real reports with their truth; tests that need it skip where it is missing."""
    default = Path(__file__).resolve().parents[2] / "shared" / "reports"
    folder = Path(os.environ.get("GOVDISCLOSE_REPORTS", default))
    if not folder.is_dir():
        pytest.skip("no folder of real reports (set GOVDISCLOSE_REPORTS)")
    return folder
