"""A job for worker processes that does what it is asked for. It imports little, so that they start fast."""

import os
import time
from collections.abc import Mapping
from typing import Any


def misbehave(job: Mapping[str, Any]) -> object:
    """Answer, answer nothing, raise, die or hang."""
    print("noise on standard output")
    os.write(1, b"more noise\n")
    if job["do"] == "hang":
        time.sleep(60)
    if job["do"] == "die":
        os._exit(7)
    if job["do"] == "raise":
        raise RuntimeError("whatever")
    return None if job["do"] == "nothing" else {"pid": os.getpid(), "x": "é\n"}
