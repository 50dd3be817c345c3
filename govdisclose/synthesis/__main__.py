"""`python -m govdisclose.synthesis FOLDER [SEED]` writes a synthetic panel."""

from __future__ import annotations

import sys
from pathlib import Path

from govdisclose.synthesis.panel import write_panel

if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m govdisclose.synthesis FOLDER [SEED]")
    written = write_panel(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    print(f"{len(written.files)} reports in {written.raw}; {len(written.planted)} things planted: {written.truth}")
