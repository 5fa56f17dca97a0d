"""How good a forecast was: scaled errors, pinball loss, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim.errors import ShapeError, UsageError

Array = NDArray[np.float64]

DECILES: Final[tuple[float, ...]] = tuple(round(0.1 * decile, 1) for decile in range(1, 10))


def season_scale(known: Array, period: int = 7) -> float:
    """Mean absolute step from one season to the next in the days known before: what errors are divided by.

    Parameters
    ----------
    known : [n_days]
        Days before the forecast; NaN where unknown.
    period
        Days of a season.

    Raises
    ------
    UsageError
        If there is no pair of known days a season apart, or no step between any.

    References
    ----------
    Hyndman and Koehler (2006), International Journal of Forecasting 22(4), 679-688, section 3.
    """
    steps = np.abs(known[period:] - known[:-period])
    found = float(steps[np.isfinite(steps)].mean()) if np.isfinite(steps).any() else 0.0
    if found <= 0:
        raise UsageError(f"no known days {period} days apart differ, so errors have no scale")
    return found


def mase(actual: Array, point: Array, scale: float) -> float:
    """Mean absolute error of [n_days] over `scale`, by days with an actual; NaN if there are none.

    Raises
    ------
    ShapeError
        If the two differ in length.

    References
    ----------
    As `season_scale`; MASE. `point` is a median, which is what absolute errors reward.
    """
    _same(actual, point)
    return _mean(np.abs(actual - point)) / scale


def rmsse(actual: Array, point: Array, known: Array, period: int = 7) -> float:
    """Root mean squared error of [n_days] over the root mean squared step between seasons in the days known before.

    NaN without any actual, or where no step is known or all are 0.

    References
    ----------
    Makridakis, Spiliotis and Assimakopoulos (2022), International Journal of Forecasting 38(4), 1346-1364, section 3.
    """
    _same(actual, point)
    scale = _mean((known[period:] - known[:-period]) ** 2)
    return float(np.sqrt(_mean((actual - point) ** 2) / scale)) if scale > 0 else float("nan")


def msis(actual: Array, low: Array, high: Array, scale: float, level: float = 0.95) -> float:
    """Mean scaled interval score of [n_days] bands that promise `level`: width, plus what actuals lie outside.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102(477), 359-378, equation 43.
    """
    _same(actual, low)
    _same(actual, high)
    outside = np.maximum(low - actual, 0.0) + np.maximum(actual - high, 0.0)
    return _mean(high - low + 2.0 / (1.0 - level) * outside) / scale


def pinball(actual: Array, quantiles: Array, levels: Sequence[float]) -> Array:
    """Pinball loss of each day and level: [n_days, n_levels], in the unit of `actual`.

    Parameters
    ----------
    actual : [n_days]
        NaN where unknown, as is the loss then.
    quantiles : [n_days, n_levels]
        Forecasts.
    levels
        Between 0 and 1.

    Raises
    ------
    ShapeError
        If they do not agree.

    References
    ----------
    Koenker and Bassett (1978), Econometrica 46(1), 33-50.
    """
    if quantiles.shape != (*actual.shape, len(levels)):
        raise ShapeError(actual=actual.shape, quantiles=quantiles.shape, levels=(len(levels),))
    above = actual[..., np.newaxis] - quantiles
    level = np.asarray(levels, dtype=np.float64)
    return np.maximum(level * above, (level - 1.0) * above)


def scrps(actual: Array, quantiles: Array, scale: float) -> float:
    """Twice the mean pinball loss over the nine deciles, over `scale`: an approximate CRPS; NaN without any actual.

    Parameters
    ----------
    actual : [n_days]
        NaN where unknown.
    quantiles : [n_days, 9]
        At `DECILES`.
    scale
        That of MASE.

    Raises
    ------
    ShapeError
        As `pinball`.

    References
    ----------
    Gneiting and Ranjan (2011), Journal of Business & Economic Statistics 29(3), 411-422, equation 14: the CRPS is twice
    the integral of the pinball loss over levels.
    """
    return 2.0 * _mean(pinball(actual, quantiles, DECILES)) / scale


def coverage(actual: Array, low: Array, high: Array) -> float:
    """Share of [n] actuals from `low` to `high`, both included; NaN without any actual.

    Raises
    ------
    ShapeError
        If the three differ in length.
    """
    _same(actual, low)
    _same(actual, high)
    known = np.isfinite(actual)
    if not known.any():
        return float("nan")
    return float(((actual >= low) & (actual <= high))[known].mean())


def _same(one: Array, other: Array) -> None:
    if one.shape != other.shape:
        raise ShapeError(actual=one.shape, forecast=other.shape)


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
