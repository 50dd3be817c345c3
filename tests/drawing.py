"""Drawn layouts, for tests that print reports in every way there is."""

from __future__ import annotations

import random
from dataclasses import fields
from typing import Any, get_args, get_type_hints

from govdisclose.typeset import Layout

BREAKS = (
    "carried_in",
    "partial",
    "refused_law",
    "unable_not_held",
    "not_processed_reissue",
    "other_no_correction",
    "other_single",
    "processed",
    "licences",
)
"""Rows after which a page may break: between groups, and inside each of them."""


def draw_layout(rng: random.Random, **fixed: Any) -> Layout:
    """A layout with every option drawn, but for those in `fixed`."""
    hints = get_type_hints(Layout)
    options: dict[str, Any] = {}
    for field in fields(Layout):
        name, hint = field.name, hints[field.name]
        if name == "page_break_after":
            options[name] = rng.choice([None, *BREAKS])
        elif name == "label_noise":
            options[name] = rng.choice([None, rng.randrange(100)])
        elif name == "blank_as":
            options[name] = rng.choice(["", "", "/", "—"])
        elif name == "font_size":
            options[name] = rng.choice([7.5, 9.0, 10.5, 12.0])
        elif hint is bool:
            options[name] = rng.random() < 0.3
        else:
            options[name] = rng.choice(get_args(hint))
    return Layout(**(options | fixed))
