"""Intervals and control limits against published values and against what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, norm

from govdisclose.errors import UsageError
from govdisclose.indicators import intervals

# Newcombe (1998), Statistics in Medicine 17, 857-872, table I: score and exact limits, 95 %.
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]

# The thirteen trials of BCG vaccine of Colditz et al. (1994), JAMA 271, 698-702: cases and others, vaccinated and not.
BCG = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)


@pytest.mark.parametrize(("k", "n", "score", "exact"), NEWCOMBE)
def test_published_limits(k: int, n: int, score: tuple[float, float], exact: tuple[float, float]) -> None:
    assert np.round(intervals.wilson(k, n), 4).tolist() == pytest.approx(score)
    assert np.round(intervals.clopper_pearson(k, n), 4).tolist() == pytest.approx(exact)


def test_wilson_of_60_in_264() -> None:
    assert np.round(100 * np.array(intervals.wilson(60, 264)), 1).tolist() == [18.1, 28.2]


def test_exact_limits_in_closed_form() -> None:
    """Of no event in n the upper limit is 1 - (alpha/2)^(1/n); of n in n the lower one is its mirror."""
    n = np.array([1, 5, 50])
    low, high = intervals.clopper_pearson(0, n, 0.9)
    assert low.tolist() == [0, 0, 0] and np.allclose(high, 1 - 0.05 ** (1 / n))
    low, high = intervals.clopper_pearson(n, n, 0.9)
    assert high.tolist() == [1, 1, 1] and np.allclose(low, 0.05 ** (1 / n))


def test_what_is_no_proportion_has_no_interval() -> None:
    for made in (intervals.wilson, intervals.clopper_pearson):
        assert np.isnan(made([0, 3, -1, np.nan], [0, 2, 5, 4])).all()
    with pytest.raises(UsageError, match=r"level=95"):
        intervals.wilson(1, 2, 95)


def test_medians_by_order() -> None:
    """Conover's interval: for ten values the second and the ninth, which cover the median with 97.9 %."""
    assert intervals.order_statistics(range(10)) == (1, 8)
    assert binom.cdf(8, 10, 0.5) - binom.cdf(1, 10, 0.5) == pytest.approx(0.9785, abs=1e-4)
    assert np.isnan(intervals.order_statistics([1, 2, 3, 4, 5])).all()


# --- bootstrap --------------------------------------------------------------------------------------------------------


def test_the_bootstrap_of_a_mean_is_near_the_normal_interval() -> None:
    x = np.random.default_rng(1).normal(10, 2, 400)
    low, high = intervals.bootstrap(x, np.ones(400), replicates=4000)
    assert (low, high) == pytest.approx((x.mean() - 1.96 * x.std() / 20, x.mean() + 1.96 * x.std() / 20), abs=0.02)


def test_reports_of_one_agency_are_drawn_together() -> None:
    """Ten copies of each report say no more than one."""
    rng = np.random.default_rng(2)
    n = rng.integers(5, 50, 40)
    k = rng.binomial(n, rng.uniform(0.2, 0.8, 40))
    once = intervals.bootstrap(k, n, replicates=2000)
    who = np.tile(np.arange(40), 10)
    assert intervals.bootstrap(np.tile(k, 10), np.tile(n, 10), who, replicates=2000) == pytest.approx(once)
    apart = intervals.bootstrap(np.tile(k, 10), np.tile(n, 10), replicates=2000)
    assert np.diff(apart)[0] < np.diff(once)[0] / 2


def test_an_interval_depends_on_nothing_else() -> None:
    rng = np.random.default_rng(3)
    tasks = [rng.random((size, width)) for size, width in ((30, 2), (12, 2), (30, 4), (1, 2), (30, 2))]
    together = np.array(intervals.bootstrap_many(tasks, replicates=200, seed=5))
    alone = np.array([intervals.bootstrap_many([task], replicates=200, seed=5) for task in tasks])[:, :, 0].T
    assert np.allclose(together, alone, rtol=1e-12, equal_nan=True)
    assert np.isnan(together[:, 3]).all() and not np.isnan(np.delete(together, 3, axis=1)).any()
    assert not np.allclose(together, intervals.bootstrap_many(tasks, replicates=200, seed=6), equal_nan=True)


def test_memory_is_bounded_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [np.random.default_rng(i).random((9, 2)) for i in range(7)]
    whole = intervals.bootstrap_many(tasks, replicates=100)
    monkeypatch.setattr("govdisclose.indicators.resampling._KEPT", 200)
    monkeypatch.setattr("govdisclose.indicators.resampling._DRAWN", 40)
    for found, known in zip(intervals.bootstrap_many(tasks, replicates=100), whole, strict=True):
        assert np.allclose(found, known)


@pytest.mark.parametrize("agencies", [6, 40])
def test_the_bootstrap_covers(agencies: int) -> None:
    """Agencies of differing sizes and rates: the true rate lies within about 95 % of the intervals."""
    rng = np.random.default_rng(4)
    n = rng.integers(20, 200, (300, agencies))
    k = rng.binomial(n, rng.beta(6, 4, (300, agencies)))
    tasks = [np.stack(pair, axis=1).astype(float) for pair in zip(k, n, strict=True)]
    low, high = intervals.bootstrap_many(tasks, replicates=500)
    assert 0.90 <= np.mean((low <= 0.6) & (high >= 0.6)) <= 0.99


def test_few_agencies_are_linearised_by_hand() -> None:
    """Residuals 2/3, -7/3 and 5/3 over 30 cases; Student's t of two degrees of freedom is 4.303."""
    task = np.array([[5.0, 10], [2, 10], [6, 10]])
    half = 4.3027 * np.sqrt(3 / 2 * ((2 / 3) ** 2 + (7 / 3) ** 2 + (5 / 3) ** 2)) / 30
    assert intervals.linearised(task) == pytest.approx((13 / 30 - half, 13 / 30 + half), abs=1e-4)
    both = np.hstack([task, task[::-1]])
    assert sum(intervals.linearised(both)) == pytest.approx(0)
    assert np.isnan(intervals.linearised(task[:1])).all()


# --- funnels ----------------------------------------------------------------------------------------------------------


def test_additive_overdispersion_of_a_published_example() -> None:
    """Without winsorising it is DerSimonian and Laird's: Q 152.23 and tau2 0.3088 for the log risk ratios of BCG."""
    cases, others, cases0, others0 = BCG.T
    effect = np.log(cases / (cases + others)) - np.log(cases0 / (cases0 + others0))
    error = np.sqrt(1 / cases - 1 / (cases + others) + 1 / cases0 - 1 / (cases0 + others0))
    pooled = np.sum(effect / error**2) / np.sum(error**-2)
    phi, tau2 = intervals.dispersion((effect - pooled) / error, error, winsorise=0)
    assert phi * len(BCG) == pytest.approx(152.233, abs=1e-3)
    assert tau2 == pytest.approx(0.3088, abs=1e-4)


def test_exact_limits_are_interpolated_binomial_quantiles() -> None:
    """Where a count cuts off exactly the share wanted it is the limit; else the limit lies within one count of it."""
    share = binom.cdf(3, 20, 0.3)
    low, _ = intervals.funnel_limits([20], 0.3, 1 - 2 * share)
    assert low[0] == pytest.approx(3 / 20)
    n = np.arange(1, 400)
    low, high = intervals.funnel_limits(n, 0.2, 0.998)
    for limit, p in ((low, 0.001), (high, 0.999)):
        r = binom.ppf(p, n, 0.2)
        inside = (limit > 0) & (limit < 1)
        assert ((limit * n <= r + 1e-9) & (limit * n >= r - 1 - 1e-9))[inside].all()
    exact, normal = intervals.funnel_limits([10**6], 0.2), intervals.funnel_limits([10**6], 0.2, method="normal")
    assert np.allclose(exact, normal, atol=2e-6)


def test_limits_widen_with_overdispersion() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(50, 500, 300)
    k = rng.binomial(n, np.clip(rng.normal(0.4, 0.1, 300), 0, 1))
    found = intervals.overdispersion(k, n, winsorise=0)
    assert found.phi > 2 and found.tau2 == pytest.approx(0.1**2, rel=0.2)
    outside = {}
    for name, words in {"chance": {}, "phi": {"phi": found.phi}, "tau2": {"tau2": found.tau2}}.items():
        low, high = intervals.funnel_limits(n, found.target, **words)
        outside[name] = np.mean((k / n < low) | (k / n > high))
    assert outside["chance"] > 0.4 and outside["tau2"] < 0.12 and outside["phi"] < 0.2


def test_chance_alone_is_no_overdispersion() -> None:
    rng = np.random.default_rng(6)
    n = rng.integers(50, 500, 500)
    found = intervals.overdispersion(rng.binomial(n, 0.3), n, winsorise=0)
    assert found.phi == pytest.approx(1, abs=0.15) and found.tau2 < 0.0005
    assert intervals.overdispersion([3], [9]).phi == 1.0
    z = norm.ppf((np.arange(10_000) + 0.5) / 10_000)
    assert intervals.dispersion(z, np.ones(10_000))[0] == pytest.approx(0.678, abs=1e-3)  # as the docstring says


def test_winsorising_keeps_one_outlier_from_hiding_itself() -> None:
    n = np.full(100, 400)
    k = np.random.default_rng(7).binomial(n, 0.5)
    k[0] = 400
    assert intervals.overdispersion(k, n).phi < 1.2 < intervals.overdispersion(k, n, winsorise=0).phi


def test_limits_that_make_no_sense_are_refused() -> None:
    with pytest.raises(UsageError, match="target"):
        intervals.funnel_limits([5], 1.2)
    with pytest.raises(UsageError, match="one of them"):
        intervals.funnel_limits([5], 0.2, phi=2, tau2=0.1)
    assert np.isnan(intervals.funnel_limits([0], 0.2)).all()
