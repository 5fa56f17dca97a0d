"""Intervals and tests for a mean, corrected for skewness.

Where most values are 0, as of plans that differ in few runs, they promise too much: of lognormal differences in 5 % of
the runs a nominal 95 % held the mean in 62 % of trials with 20 runs, 84 % with 50, 91 % with 75, 97 % with 200.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def interval_of(values: Array, confidence: float = 0.95) -> tuple[float, float]:
    """Interval for the mean of values [n], corrected for their skewness.

    From minus to plus infinity where it cannot be told: fewer than three values, or one that is not a number. All
    values alike give an interval of no width.

    References
    ----------
    Hall (1992), On the removal of skewness by transformation, J. R. Statist. Soc. B 54(1), 221-228, eq. 2.3.
    """
    n, mean = len(values), float(np.mean(values))
    spread = float(values.std(ddof=1)) if n > 2 else math.nan
    if not math.isfinite(spread):
        return -math.inf, math.inf
    if spread == 0:
        return mean, mean
    below, above = hall_arms(confidence, n, skewness_of(values))
    error = spread / math.sqrt(n)
    return mean - below * error, mean + above * error


def p_value(values: Array) -> float:
    """Chance of a mean as far from 0 as that of values [n], if the true one were 0; two-sided.

    It is 0.05 where a bound of `interval_of` at 95 % is 0. NaN where it cannot be told.
    """
    from scipy.special import stdtr

    n, mean = len(values), float(np.mean(values))
    spread = float(values.std(ddof=1)) if n > 2 else math.nan
    if not math.isfinite(spread):
        return math.nan
    if spread == 0:
        return 1.0 if mean == 0 else 0.0
    t, gamma = mean / (spread / math.sqrt(n)), skewness_of(values) / math.sqrt(n)
    transformed = t + gamma * t**2 / 3 + gamma**2 * t**3 / 27 + gamma / 6
    return float(2 * stdtr(n - 1, -abs(transformed)))


def rank_p_value(values: Array) -> float:
    """Chance of values [n] that lie so much to one side of 0, if each were as likely with the other sign; two-sided.

    Runs of a changed store whose paths part tell nothing about a small shift, and carry nearly all of the variance of
    the mean; ranks let them count as one run each. NaN where it cannot be told.

    References
    ----------
    Wilcoxon (1945), Biometrics Bulletin 1(6), 80-83; values of 0 as Pratt (1959), JASA 54, 655-667.
    """
    from scipy.stats import wilcoxon

    if len(values) < 3 or not np.isfinite(values).all():
        return math.nan
    if not values.any():
        return 1.0
    return float(wilcoxon(values, zero_method="pratt").pvalue)


def hall_arms(confidence: float, n: int, skewness: float) -> tuple[float, float]:
    """Arms of the interval in standard errors: below the mean, above it."""
    from scipy.special import stdtrit

    quantile = float(stdtrit(n - 1, 0.5 + confidence / 2))
    gamma = skewness / math.sqrt(n)
    if abs(gamma) < 1e-6:
        return quantile, quantile

    def back(transformed: float) -> float:
        # Inverse of T + γT²/3 + γ²T³/27 + γ/6.
        return 3 / gamma * (math.cbrt(1 + gamma * (transformed - gamma / 6)) - 1)

    return abs(back(quantile)), abs(back(-quantile))


def skewness_of(values: Array) -> float:
    """Skewness of values [n], corrected for n."""
    n = len(values)
    apart = values - values.mean()
    moment = float((apart**3).mean() / (apart**2).mean() ** 1.5)
    return moment * math.sqrt(n * (n - 1)) / (n - 2)
