"""Factors that make bands hold what they promise: `python -m benchmarks.fit_bands` prints `_WIDENING` of `spread.py`.

For each length of history, made series are forecast once with their errors as learned; then the factor of the level's
error is sought with which 80 % bands of totals hold 80 %, and that of days with which bands of days do. Days and totals
are so corrected separately, and still come from the same paths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.made_series import made, panel_of
from storesim.forecast.methods.own import FittedOwn, Own

Array = NDArray[np.float64]

KNOWN = (14, 21, 28, 42, 70, 120, 240, 450, 800)
REACH = (28, 90, 365)
N_SERIES = 60
N_PANELS = 3
N_PATHS = 400


def held(paths: Array, came: Array) -> float:
    """Share of [...] values between the 10 % and the 90 % quantile of [n_paths, ...] paths."""
    low, high = np.quantile(paths, [0.1, 0.9], axis=0)
    return float(((came >= low) & (came <= high)).mean())


def totals_held(fits: list[tuple[FittedOwn, Array]], horizon: int) -> float:
    """Share of sums over the horizon in their band."""
    shares = []
    for fitted, came in fits:
        paths = fitted.predict(horizon, N_PATHS, seed=1)
        shares.append(held(np.exp(paths).sum(axis=1), np.exp(came[:horizon]).sum(axis=0)))
    return float(np.mean(shares))


def days_held(fits: list[tuple[FittedOwn, Array]], horizon: int) -> float:
    """Share of days in their band."""
    return float(np.mean([held(fitted.predict(horizon, N_PATHS, seed=1), came[:horizon]) for fitted, came in fits]))


def changed(
    fits: list[tuple[FittedOwn, Array]], days: float, level: tuple[float, ...]
) -> list[tuple[FittedOwn, Array]]:
    """The same fits with other factors."""
    return [
        (replace(fitted, spread=replace(fitted.spread, wider_days=days, wider_level=level)), came)
        for fitted, came in fits
    ]


def sought(share: Callable[[float], float], low: float, high: float) -> float:
    """The factor between two with which the share is 0.8, by halving."""
    for _ in range(6):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if share(middle) < 0.8 else (low, middle)
    return float(np.sqrt(low * high))


def fitted_factors(n_days: int) -> tuple[float, ...]:
    """Factors of days and of the level at each reach, for one length of history."""
    fits = []
    for seed in range(N_PANELS):
        values = made(N_SERIES, n_days + REACH[-1], seed)
        fits.append((Own().fit(panel_of(values[:, :n_days])), values[:, n_days:].T))
    level: tuple[float, ...] = ()
    for horizon in REACH:
        # Reaches further out follow from this one until they have their own.
        def share(factor: float, horizon: int = horizon, level: tuple[float, ...] = level) -> float:
            filled = (*level, factor) + (factor,) * (len(REACH) - len(level) - 1)
            return totals_held(changed(fits, 1.0, filled), horizon)

        level = (*level, sought(share, 0.5, 4.0))
    days = sought(lambda factor: days_held(changed(fits, factor, level), REACH[0]), 0.6, 1.8)
    return days, *level


def main() -> None:
    """Print the table."""
    for n_days in KNOWN:
        print(
            "    (" + ", ".join(f"{value:.2f}" for value in (float(n_days), *fitted_factors(n_days))) + "),", flush=True
        )


if __name__ == "__main__":
    main()
