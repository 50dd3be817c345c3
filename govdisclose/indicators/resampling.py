"""Intervals of sums over agencies: agencies drawn anew, or, where they are few, by linearisation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from govdisclose.errors import UsageError

Floats = NDArray[np.float64]
_DRAWN = 4_000_000  # agencies drawn at a time: some tens of megabytes
_KEPT = 4_000_000  # replicates of statistics kept at a time


def bootstrap(
    numerator: ArrayLike,
    denominator: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """The interval of a sum, or of a ratio of sums, when the agencies are drawn anew.

    Parameters
    ----------
    numerator, denominator : array_like, shape (reports,)
        Summed, and divided where a denominator is given.
    clusters : array_like, shape (reports,), optional
        Who a report is of: all reports of an agency are drawn together. Default: each is another's.
    replicates : int
        How often agencies are drawn, with replacement.
    seed : int
        The same seed gives the same interval.

    Returns
    -------
    low, high : float
        NaN where there are fewer than two agencies.

    Notes
    -----
    Percentile intervals of the cluster bootstrap (Davison, A. C. and Hinkley, D. V. (1997), Bootstrap methods and
    their application, sections 3.8 and 5.3), the percentiles set further out for few agencies as Hesterberg, T. C.
    (2015), What teachers should know about the bootstrap, The American Statistician 69, 371-386 proposes.

    Examples
    --------
    >>> low, high = bootstrap([5, 1, 4, 3], [10, 4, 9, 5])
    >>> low < 13 / 28 < high
    True
    """
    number = np.asarray(numerator, dtype=np.float64)
    who = np.arange(len(number)) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    if denominator is None:  # a sum is the mean of agencies times their number
        totals = np.bincount(who, weights=number)
        task = np.stack([totals * len(totals), np.ones(len(totals))], axis=1)
    else:
        base = np.asarray(denominator, dtype=np.float64)
        task = np.stack([np.bincount(who, weights=side) for side in (number, base)], axis=1)
    low, high = bootstrap_many([task], level=level, replicates=replicates, seed=seed)
    return float(low[0]), float(high[0])


def bootstrap_many(
    tasks: Sequence[Floats], *, level: float = 0.95, replicates: int = 1000, seed: int = 0
) -> tuple[Floats, Floats]:
    """Intervals of many statistics of sums over agencies.

    Parameters
    ----------
    tasks : sequence of array, shape (agencies, 2) or (agencies, 4)
        Sums of one agency a line, zeros where it has no say. Two columns: a ratio of sums. Four: the difference of
        two ratios, the second pair taken away.

    Returns
    -------
    low, high : array, shape (tasks,)
        NaN where fewer than two agencies have a say.

    Notes
    -----
    The draws depend on `seed` and the number of lines alone, so that an interval stays the same whatever else is
    asked for, and tasks of one size share their draws.
    """
    if replicates < 1:
        raise UsageError(f"replicates={replicates}: draw at least once, better a thousand times")
    low, high = np.full(len(tasks), np.nan), np.full(len(tasks), np.nan)
    sizes: dict[int, list[int]] = {}
    say = [int(np.count_nonzero(task.any(axis=1))) for task in tasks]
    for i, task in enumerate(tasks):
        if say[i] >= 2:
            sizes.setdefault(len(task), []).append(i)
    together = max(1, _KEPT // replicates)
    for same in sizes.values():
        for begin in range(0, len(same), together):
            members = same[begin : begin + together]
            drawn = _drawn_sums(np.concatenate([tasks[i] for i in members], axis=1), replicates, seed)
            at = 0
            for i in members:
                width = tasks[i].shape[1]
                statistic = _statistic(drawn[:, at : at + width])
                at += width
                known = statistic[~np.isnan(statistic)]
                if len(known):
                    low[i], high[i] = np.quantile(known, _tails(level, say[i]))
    return low, high


def _drawn_sums(stacked: Floats, replicates: int, seed: int) -> Floats:
    """Column sums over agencies drawn with replacement, shape (replicates, columns)."""
    size = len(stacked)
    rng = np.random.default_rng([seed, size])
    out = np.empty((replicates, stacked.shape[1]))
    step = max(1, _DRAWN // size)
    for start in range(0, replicates, step):
        lines = min(step, replicates - start)
        who = rng.integers(0, size, size=(lines, size), dtype=np.int32)
        flat = who + (np.arange(lines) * size)[:, None]
        times = np.bincount(flat.ravel(), minlength=lines * size).reshape(lines, size)
        out[start : start + lines] = times.astype(np.float64) @ stacked
    return out


def _statistic(sums: Floats) -> Floats:
    ratios = [
        np.divide(a, b, out=np.full(len(a), np.nan), where=b != 0) for a, b in zip(*[iter(sums.T)] * 2, strict=True)
    ]
    return np.asarray(ratios[0] if len(ratios) == 1 else ratios[0] - ratios[1])


def _tails(level: float, size: int) -> tuple[float, float]:
    from scipy.special import ndtr, stdtrit

    reach = np.sqrt(size / (size - 1)) * stdtrit(size - 1, (1 + checked(level)) / 2)
    tail = float(ndtr(-reach))
    return tail, 1 - tail


def linearised(task: Floats, level: float = 0.95, *, bounded: bool = False) -> tuple[float, float]:
    """The interval of a ratio of sums over few agencies, by linearisation and Student's t.

    Parameters
    ----------
    task : array
        As one of `bootstrap_many`.
    bounded : bool
        The ratio is a share: the interval is made on the logit scale and stays within 0 and 1.

    Returns
    -------
    low, high : float
        NaN where fewer than two agencies have a say.

    Notes
    -----
    Cochran, W. G. (1977), Sampling techniques, 3rd ed., chapter 6; on the logit scale Korn, E. L. and Graubard, B. I.
    (1998), Confidence intervals for proportions with small expected number of positive counts estimated from survey
    data, Survey Methodology 24, 193-201. Wide for two agencies, as two tell little of the others.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = linearised(np.array([[5.0, 10], [2, 10], [6, 10]]), bounded=True)
    >>> round(low, 2), round(high, 2)
    (0.09, 0.86)
    """
    from scipy.special import expit, logit, stdtrit

    size = np.count_nonzero(task.any(axis=1))
    totals = task.sum(axis=0)
    if size < 2 or (totals[1::2] == 0).any():
        return float("nan"), float("nan")
    ratios = totals[::2] / totals[1::2]
    influence = (task[:, ::2] - ratios * task[:, 1::2]) / totals[1::2]
    pull = influence[:, 0] - influence[:, 1:].sum(axis=1)
    reach = float(stdtrit(size - 1, (1 + checked(level)) / 2) * np.sqrt(size / (size - 1) * np.sum(pull**2)))
    middle = float(ratios[0] - ratios[1:].sum())
    if bounded and 0 < middle < 1:
        half = reach / (middle * (1 - middle))
        return float(expit(logit(middle) - half)), float(expit(logit(middle) + half))
    return middle - reach, middle + reach


def checked(level: float) -> float:
    """The level, once it is one."""
    if not 0 < level < 1:
        raise UsageError(f"level={level}: give a share between 0 and 1, such as 0.95")
    return level
