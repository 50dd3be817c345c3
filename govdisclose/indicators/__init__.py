"""Indicators of disclosure practice: estimates with intervals from a panel of reports, and what they leave out.

What is counted over what stands in `indicators.toml`; docs/indicators.md is made of it.
"""

from govdisclose.indicators import intervals
from govdisclose.indicators.agencies import standing, with_agencies
from govdisclose.indicators.changes import series
from govdisclose.indicators.computing import compute, left_out, per_report
from govdisclose.indicators.definitions import catalogue, name
from govdisclose.indicators.matrix import Wide, wide

__all__ = [
    "Wide",
    "catalogue",
    "compute",
    "intervals",
    "left_out",
    "name",
    "per_report",
    "series",
    "standing",
    "wide",
    "with_agencies",
]
