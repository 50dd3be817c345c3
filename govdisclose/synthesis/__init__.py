"""Drawn reports and panels: invented agencies, plausible numbers, every relation of the form closed.

`drawing` draws reports in which all adds up; `panel` writes a folder of them with faults and effects planted, and
says which. Nothing here is real, and `is_synthetic` tells so of whatever was made from it.
"""

from __future__ import annotations

from govdisclose.synthesis.drawing import Prints, draw_panel, draw_report, invented_agencies
from govdisclose.synthesis.marks import MARK, draw_mark, is_synthetic
from govdisclose.synthesis.panel import Panel, write_panel
from govdisclose.synthesis.planting import Planted

__all__ = [
    "MARK",
    "Panel",
    "Planted",
    "Prints",
    "draw_mark",
    "draw_panel",
    "draw_report",
    "invented_agencies",
    "is_synthetic",
    "write_panel",
]
