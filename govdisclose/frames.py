"""Typed records → data frames, a column at a time.

pandas finds out what a column holds by looking at every value several times over. Columns of one plain type, as most
are, are made as what they are; only the others are left to it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

_TEXT: Any = pd.StringDtype("pyarrow", na_value=np.nan)
"""The type that pandas finds for text."""
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
    return pd.DataFrame({name: _column(values) for name, values in columns.items()}, copy=False)


def _column(values: Sequence[Any]) -> Any:
    kinds = frozenset(map(type, values))
    with contextlib.suppress(OverflowError, UnicodeEncodeError):  # numbers too large for the type, half characters
        if kinds == {str}:
            return _TEXT.construct_array_type()(pa.array(values, type=pa.large_string()), dtype=_TEXT)
        if kinds in _AS_THEY_ARE:
            return np.fromiter(values, dtype=_AS_THEY_ARE[kinds], count=len(values))
    return list(values)
