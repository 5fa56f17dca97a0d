"""Factors that make bands of days hold what they promise: `python -m benchmarks.fit_bands` prints those of `spread.py`.

For each length of history, made series are forecast once with their errors as learned and totals as `lessons.csv` has
them; then the factor of the errors of days is sought with which 80 % bands of days hold 80 %.
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
REACH = 28
N_SERIES = 60
N_PANELS = 3
N_PATHS = 400


def held(paths: Array, came: Array) -> float:
    """Share of [...] values between the 10 % and the 90 % quantile of [n_paths, ...] paths."""
    low, high = np.quantile(paths, [0.1, 0.9], axis=0)
    return float(((came >= low) & (came <= high)).mean())


def days_held(fits: list[tuple[FittedOwn, Array]], horizon: int) -> float:
    """Share of days in their band."""
    return float(np.mean([held(fitted.predict(horizon, N_PATHS, seed=1), came[:horizon]) for fitted, came in fits]))


def changed(fits: list[tuple[FittedOwn, Array]], days: float) -> list[tuple[FittedOwn, Array]]:
    """The same fits with another factor."""
    return [(replace(fitted, spread=replace(fitted.spread, wider_days=days)), came) for fitted, came in fits]


def sought(share: Callable[[float], float], low: float, high: float) -> float:
    """The factor between two with which the share is 0.8, by halving."""
    for _ in range(6):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if share(middle) < 0.8 else (low, middle)
    return float(np.sqrt(low * high))


def fitted_factor(n_days: int) -> float:
    """The factor of days for one length of history."""
    fits = []
    for seed in range(N_PANELS):
        values = made(N_SERIES, n_days + REACH, seed)
        fits.append((Own().fit(panel_of(values[:, :n_days])), values[:, n_days:].T))
    return sought(lambda factor: days_held(changed(fits, factor), REACH), 0.6, 1.8)


def main() -> None:
    """Print the table."""
    for n_days in KNOWN:
        print(f"    ({n_days:.1f}, {fitted_factor(n_days):.2f}),", flush=True)


if __name__ == "__main__":
    main()
