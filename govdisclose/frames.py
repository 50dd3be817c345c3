"""Typed records → data frames, a column at a time.

pandas finds out what a column holds by looking at every value several times over. Columns of one plain type, as most
are, are made as what they are; only the others are left to it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api.internals import create_dataframe_from_blocks

_TEXT: Any = pd.StringDtype("pyarrow", na_value=np.nan)
"""The type that pandas finds for text."""
_TEXTS = _TEXT.construct_array_type()
_AS_THEY_ARE: dict[frozenset[type], type] = {
    frozenset({int}): np.int64,
    frozenset({float}): np.float64,
    frozenset({bool}): np.bool_,
    frozenset({list}): object,
    frozenset({tuple}): object,
    frozenset({type(None)}): object,
    frozenset(): object,
}


def frame(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """A data frame of columns of equal length, of the types that pandas would give them.

    >>> made = frame({"row": ["new", "granted"], "value": [1, None], "page": [1, 2]})
    >>> [str(dtype) for dtype in made.dtypes]
    ['str', 'float64', 'int64']
    """
    names, places = _head(tuple(columns))
    made = [_column(values) for values in columns.values()]
    # pandas would look at each once more to find out that it need not be changed.
    blocks = [values[None, :] if isinstance(values, np.ndarray) else values for values in made]
    lines = pd.RangeIndex(len(made[0]))
    out: pd.DataFrame = create_dataframe_from_blocks([*zip(blocks, places, strict=True)], lines, names.view())
    return out


@lru_cache(maxsize=64)
def _head(names: tuple[str, ...]) -> tuple[Any, list[NDArray[np.intp]]]:
    """The names of some columns as an index, and the place of each."""
    return pd.Index(names), [np.array([place]) for place in range(len(names))]


def _column(values: Sequence[Any]) -> Any:
    kinds = frozenset(map(type, values))
    with contextlib.suppress(OverflowError, UnicodeEncodeError):  # numbers too large for the type, half characters
        if kinds == {str}:
            return _TEXTS(pa.array(values, type=pa.large_string()), dtype=_TEXT)
        if kinds in _AS_THEY_ARE:
            return np.fromiter(values, dtype=_AS_THEY_ARE[kinds], count=len(values))
    return pd.Series(list(values)).values.copy()  # its own values are not to be written to; a frame's are
