"""Who an agency is: region, code, level, kind and parent, through years, renames and spellings (docs/regions.md)."""

from __future__ import annotations

from govdisclose.regions.adding import additive
from govdisclose.regions.divisions import divisions
from govdisclose.regions.expected import expected_coverage, load_expected
from govdisclose.regions.invented import write_invented
from govdisclose.regions.lines import AgencyError
from govdisclose.regions.overrides import load_agencies
from govdisclose.regions.parents import compare_parents
from govdisclose.regions.resolving import attach, columns, resolve, unresolved

__all__ = [
    "AgencyError",
    "additive",
    "attach",
    "columns",
    "compare_parents",
    "divisions",
    "expected_coverage",
    "load_agencies",
    "load_expected",
    "resolve",
    "unresolved",
    "write_invented",
]
