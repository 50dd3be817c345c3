"""Intervals of shares and medians, and control limits of funnels; with those over agencies from `resampling`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from govdisclose.errors import UsageError
from govdisclose.indicators.resampling import bootstrap, bootstrap_many, linearised
from govdisclose.indicators.resampling import checked as _checked

__all__ = [
    "Overdispersion",
    "bootstrap",
    "bootstrap_many",
    "clopper_pearson",
    "dispersion",
    "funnel_limits",
    "linearised",
    "order_statistics",
    "overdispersion",
    "wilson",
]

Floats = NDArray[np.float64]


def wilson(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """The score interval of a proportion.

    Parameters
    ----------
    k, n : array_like
        Events and cases.
    level : float
        Coverage aimed at.

    Returns
    -------
    low, high : array
        Proportions; NaN where `n` is 0, or `k` does not lie within 0 and `n`.

    Notes
    -----
    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, Journal of the
    American Statistical Association 22, 209-212; recommended by Newcombe, R. G. (1998), Two-sided confidence
    intervals for the single proportion, Statistics in Medicine 17, 857-872.

    Examples
    --------
    >>> [round(float(limit), 4) for limit in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    events, cases = _cases(k, n)
    z = _normal(level)
    p = events / cases
    middle = p + z**2 / (2 * cases)
    half = z * np.sqrt(p * (1 - p) / cases + z**2 / (4 * cases**2))
    scale = 1 + z**2 / cases
    low = np.where(events == 0, 0.0 * cases, (middle - half) / scale)  # exact at the ends, not off by rounding
    return low, np.where(events == cases, 1.0 + 0.0 * cases, (middle + half) / scale)


def clopper_pearson(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """The exact interval of a proportion: never less than `level`, and wide where cases are few.

    Parameters and returns as for `wilson`.

    Notes
    -----
    Clopper, C. J. and Pearson, E. S. (1934), The use of confidence or fiducial limits illustrated in the case of
    the binomial, Biometrika 26, 404-413.

    Examples
    --------
    >>> [round(float(limit), 4) for limit in clopper_pearson(15, 148)]
    [0.0578, 0.1617]
    """
    from scipy.special import betaincinv

    events, cases = _cases(k, n)
    tail = (1 - _checked(level)) / 2
    with np.errstate(invalid="ignore"):
        low = betaincinv(np.maximum(events, 1), cases - np.maximum(events, 1) + 1, tail)
        high = betaincinv(np.minimum(events, cases - 1) + 1, np.maximum(cases - events, 1), 1 - tail)
    low = np.where(events == 0, 0.0 * cases, low)
    return low, np.where(events == cases, 1.0 + 0.0 * cases, high)


def order_statistics(values: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """An interval of the median that supposes no distribution: two of the values themselves.

    NaN where there are too few values for the level (fewer than six for 95 %).

    Notes
    -----
    Conover, W. J. (1999), Practical nonparametric statistics, 3rd ed., section 3.2.

    Examples
    --------
    >>> order_statistics(range(1, 11))
    (2.0, 9.0)
    """
    from scipy.stats import binom

    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = len(ordered)
    outside = int(binom.ppf((1 - _checked(level)) / 2, n, 0.5)) if n else 0
    if outside < 1:
        return float("nan"), float("nan")
    return float(ordered[outside - 1]), float(ordered[n - outside])


# --- funnels ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Overdispersion:
    """How much further agencies scatter about the target than chance alone would have them.

    `phi` is the mean squared winsorised z-score (1: chance alone), `tau2` the variance between agencies that
    explains the rest, `z` the z-scores as they were.
    """

    target: float
    phi: float
    tau2: float
    z: Floats


def overdispersion(
    k: ArrayLike, n: ArrayLike, *, target: float | None = None, winsorise: float = 0.1
) -> Overdispersion:
    """Measure overdispersion of proportions.

    Parameters
    ----------
    k, n : array_like, shape (agencies,)
        Events and cases; agencies without cases do not count.
    target : float, optional
        The proportion to compare with; default that of all together.
    winsorise : float
        The share of z-scores drawn in at either end, so that the outliers to be found do not hide themselves.

    Notes
    -----
    Spiegelhalter, D. J. (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24,
    1185-1202; Spiegelhalter (2005), Handling over-dispersion of performance indicators, Quality and
    Safety in Health Care 14, 347-351. Drawing in a tenth at either end lowers `phi`, to 0.678 where z-scores are
    normal and chance is all there is: it errs towards narrow limits. Without winsorising `tau2` is the moment
    estimator of DerSimonian, R. and Laird, N. (1986), Meta-analysis in clinical trials, Controlled Clinical Trials 7,
    177-188.

    Examples
    --------
    >>> found = overdispersion([10, 30, 50, 20], [100, 100, 100, 100], winsorise=0)
    >>> found.target, round(found.phi, 2)
    (0.275, 10.97)
    """
    events, cases = _cases(k, n)
    events, cases = events[cases > 0], cases[cases > 0]
    if target is None:
        target = float(events.sum() / cases.sum()) if len(cases) else float("nan")
    error = np.sqrt(target * (1 - target) / cases)
    z = np.divide(events / cases - target, error, out=np.zeros(len(cases)), where=error > 0)
    phi, tau2 = dispersion(z, error, winsorise=winsorise)
    return Overdispersion(target, phi, tau2, z)


def dispersion(z: ArrayLike, error: ArrayLike, *, winsorise: float = 0.1) -> tuple[float, float]:
    """`phi` and `tau2` of z-scores and the standard errors they were made with, as for `overdispersion`."""
    scores, errors = np.asarray(z, dtype=np.float64), np.asarray(error, dtype=np.float64)
    units = len(scores)
    if units < 2 or not (errors > 0).all():
        return 1.0, 0.0
    drawn_in = np.clip(scores, *np.quantile(scores, [winsorise, 1 - winsorise]))
    phi = float(np.mean(drawn_in**2))
    weight = errors**-2.0
    between = (units * phi - (units - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return phi, max(0.0, float(between))


def funnel_limits(
    n: ArrayLike,
    target: float,
    level: float = 0.95,
    *,
    phi: float = 1.0,
    tau2: float = 0.0,
    method: Literal["exact", "normal"] = "exact",
) -> tuple[Floats, Floats]:
    """Control limits about a target proportion for agencies of `n` cases.

    Parameters
    ----------
    n : array_like
        Cases.
    target : float
        The proportion the funnel stands on.
    level : float
        0.95 and 0.998 are usual.
    phi, tau2 : float
        Overdispersion: `phi` widens the limits by its square root (multiplicative), `tau2` adds to the variance
        (additive). Give one of them. With either the limits are normal.
    method : {"exact", "normal"}
        `exact`: interpolated binomial quantiles.

    Returns
    -------
    low, high : array
        Within 0 and 1; NaN where `n` is 0.

    Notes
    -----
    Spiegelhalter (2005), as for `overdispersion`; exact limits by the interpolation of appendix A.1.1.
    `phi` below 1 does not narrow the limits. The interpolation goes from below for either limit, so that the upper
    one lies up to one case further in; where cases are many this does not show.

    Examples
    --------
    >>> low, high = funnel_limits([20, 2000], 0.5)
    >>> low.round(3), high.round(3)
    (array([0.256, 0.478]), array([0.694, 0.522]))
    """
    if not 0 <= target <= 1:
        raise UsageError(f"target={target}: give a proportion within 0 and 1")
    if phi != 1.0 and tau2 != 0.0:
        raise UsageError("phi and tau2: give one of them, they are two accounts of the same scatter")
    cases = np.asarray(n, dtype=np.float64)
    cases = np.where(cases > 0, cases, np.nan)
    tail = (1 - _checked(level)) / 2
    if method == "exact" and phi <= 1.0 and tau2 == 0.0:
        low, high = (_interpolated(cases, target, p) for p in (tail, 1 - tail))
    else:
        variance = target * (1 - target) / cases * max(phi, 1.0) + tau2
        half = _normal(level) * np.sqrt(variance)
        low, high = target - half, target + half
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def _interpolated(cases: Floats, target: float, p: float) -> Floats:
    """The proportion below which a share `p` of agencies would fall, between the two counts it lies between."""
    from scipy.stats import binom

    whole = np.nan_to_num(cases, nan=1.0)
    r = binom.ppf(p, whole, target)
    step = binom.pmf(r, whole, target)
    part = np.divide(binom.cdf(r, whole, target) - p, step, out=np.zeros_like(whole), where=step > 0)
    return np.where(np.isnan(cases), np.nan, (r - part) / whole)


# --- shared -----------------------------------------------------------------------------------------------------------


def _cases(k: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    events, cases = np.broadcast_arrays(np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64))
    fine = (cases > 0) & (events >= 0) & (events <= cases)
    return np.where(fine, events, np.nan), np.where(fine, cases, np.nan)


def _normal(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + _checked(level)) / 2))
