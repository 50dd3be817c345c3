"""What reading and checking cost, beside other tools on the same files: `python -m benchmarks`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the drawn reports, the truth files and the count are those of the tests
