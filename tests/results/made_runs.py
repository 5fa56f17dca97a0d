"""Runs with made-up figures, for tests that ask how results behave and not how a store does."""

from __future__ import annotations

import datetime as dt

import numpy as np

from storesim import kpi
from storesim.results.ensemble import Ensemble, side_by_side
from storesim.results.run import SKU_COUNTS, Provenance, Run

CHANNELS = ("search", "快车")
SKUS = ("A1", "B2", "C3")
START = dt.date(2027, 1, 1)


def made_run(run: int = 0, *, n_days: int = 40, seed: int = 7, scale: float = 100.0) -> Run:
    """One run; every figure is a Poisson count around `scale`, and now and then 0."""
    generator = np.random.default_rng([seed, run])
    by_channel = generator.poisson(scale, (n_days, len(CHANNELS), len(kpi.CHANNEL_COUNTS))).astype(np.float64)
    by_channel[generator.random(by_channel.shape) < 0.05] = 0.0
    of_store = generator.poisson(scale, (n_days, len(kpi.STORE_COUNTS))) / 4.0
    by_sku = generator.poisson(scale, (len(SKUS), len(SKU_COUNTS))).astype(np.float64)
    return Run(START, CHANNELS, SKUS, by_channel, of_store, by_sku, Provenance("f" * 64, seed, run, "0.1.0"))


def made_ensemble(n_runs: int = 20, *, n_days: int = 40, seed: int = 7) -> Ensemble:
    """Runs 0 to n_runs - 1 of `made_run`."""
    return side_by_side([made_run(run, n_days=n_days, seed=seed) for run in range(n_runs)])
