"""How much of what elapsed days show goes on: what the forecast itself says of it, and what it says if it is wrong.

Two readings of actuals that differ from the forecast. If the forecast is right they were luck, and as much of it goes
on as in the forecast's own paths: a good month of a store that settles says little of the year. If the forecast is
wrong about the store, the level shown is the store's own and stays. Which of the two is more likely follows from how
far the actuals are from the paths; as many paths go on the one way and the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MISFIT = 0.3
"""Standard deviation of the log by which a simulated store is off the real one where it is wrong; *assumed*."""

_WRONG = 0.5
"""Chance that it is wrong in a driver, before anything is known; *assumed*."""

_FEW = 4.0
"""Paths at which the slope they show and staying weigh the same; *assumed*."""


def carried(window: Array, rest: Array, shown: float, stays: float, place: int = 0) -> Array:
    """[n_paths] logs of the factors by which a driver's days to come are multiplied.

    Parameters
    ----------
    window, rest : [n_paths]
        Logs of the driver on the last elapsed days, and on the days to come, in each path of the forecast.
    shown
        Log of the driver on the elapsed days as they were.
    stays
        How much of a difference stays if the forecast is wrong, 0 to 1; less than 1 where few days are over.
    place
        Number of the driver: which paths go on which way differs from driver to driver.

    Notes
    -----
    With x, y the logs of a path in the window and after it, s² the variance of x, a what was shown and d = a − mean(x):
    right, the path's y moves by b (a − x) with b the slope of y in x over the paths, drawn to `stays` where they are
    few; wrong, by `stays` (a − x). The odds of wrong to right are those of N(0, s² + 0.3²) to N(0, s²) at d.
    """
    away = window - window.mean()
    n, variance = window.size, float(np.mean(away * away))
    if n < 2 or variance < 1e-12:
        return np.asarray(stays * (shown - window))
    slope = float(np.mean(away * (rest - rest.mean()))) / variance
    slope = min(1.0, max(0.0, (n * slope + _FEW * stays) / (n + _FEW)))
    wrong = _chance_of_wrong((shown - float(window.mean())) ** 2, variance)
    # Evenly spread over the paths, at another beginning for each driver, so that no path is all of one kind.
    marks = wrong * np.arange(n + 1) + place * 0.381966 + 1e-9
    goes_on = np.floor(marks[1:]) > np.floor(marks[:-1])
    return np.asarray(np.where(goes_on, stays, slope) * (shown - window))


def _chance_of_wrong(squared: float, variance: float) -> float:
    wider = variance + _MISFIT**2
    odds = 0.5 * squared * (1.0 / variance - 1.0 / wider) - 0.5 * np.log(wider / variance)
    return float(_WRONG / (_WRONG + (1.0 - _WRONG) * np.exp(-min(odds, 700.0))))
