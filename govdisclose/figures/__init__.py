"""Figures of disclosure practice, fit for a journal: each a function of data that returns its Axes.

Widths are those of a journal's columns (`SINGLE`, `DOUBLE`), labels are in zh or en, and synthetic data carry a mark.
`save` writes a figure with its numbers and its caption, `gallery` all of them. docs/figures.md lists them.
"""

from __future__ import annotations

from govdisclose.figures.agencies import carry, caterpillar, funnel
from govdisclose.figures.changes import changes
from govdisclose.figures.documents import normative
from govdisclose.figures.drawing import Plotted, plotted
from govdisclose.figures.galleries import FIGURES, gallery
from govdisclose.figures.places import tiles
from govdisclose.figures.prose import reuse
from govdisclose.figures.refusals import refusal_grounds, refusal_kinds
from govdisclose.figures.remedies import disputes, remedies
from govdisclose.figures.requests import applicants, grant_rates, outcomes, volume
from govdisclose.figures.saving import caption, save
from govdisclose.figures.style import DOUBLE, SINGLE
from govdisclose.figures.trust import coverage, data_quality, digits

__all__ = [
    "DOUBLE",
    "FIGURES",
    "SINGLE",
    "Plotted",
    "applicants",
    "caption",
    "carry",
    "caterpillar",
    "changes",
    "coverage",
    "data_quality",
    "digits",
    "disputes",
    "funnel",
    "gallery",
    "grant_rates",
    "normative",
    "outcomes",
    "plotted",
    "refusal_grounds",
    "refusal_kinds",
    "remedies",
    "reuse",
    "save",
    "tiles",
    "volume",
]
