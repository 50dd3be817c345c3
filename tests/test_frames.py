"""Frames are made of what pandas would make them of, and belong to whoever asked for them."""

from __future__ import annotations

import pandas as pd

from govdisclose.frames import frame

COLUMNS = {
    "text": ["a", "b"],
    "count": [1, 2],
    "share": [0.5, 1.0],
    "is_new": [True, False],
    "nothing": [None, None],
    "number_or_none": [1, None],
    "text_or_none": ["a", None],
    "number_or_text": [1, "a"],
    "many": [10**30, 1],
}


def test_columns_are_as_pandas_makes_them() -> None:
    pd.testing.assert_frame_equal(frame(COLUMNS), pd.DataFrame(COLUMNS))
    nothing: dict[str, list[str]] = {name: [] for name in COLUMNS}
    pd.testing.assert_frame_equal(frame(nothing), pd.DataFrame(nothing, dtype=object))


def test_a_frame_may_be_written_to_and_no_other_changes() -> None:
    made = frame(COLUMNS)
    for name in COLUMNS:
        made.loc[0, name] = made.loc[1, name]
    made.insert(0, "first", 1)
    made.columns.name = "columns"
    pd.testing.assert_frame_equal(frame(COLUMNS), pd.DataFrame(COLUMNS))
