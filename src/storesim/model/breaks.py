"""Visits (访问次数) beside visitors and pages: who leaves between two pages and comes back begins another visit.

A visitor of a day sees N pages. Before each of them but the first he has gone away and come back with chance p, later
the same day, so that he visits the store 1 + Binomial(N − 1, p) times. Over a channel's visitors of a day

`visits = UV + Binomial(PV − UV, p)`,

drawn by inversion from one uniform: with the same luck more breaks never make fewer visits.
Nothing else that a visitor does depends on it. Reports end a visit after 30 minutes without a page (DOMAIN 1.1, C).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from storesim import kpi
from storesim.engine.day import F, I
from storesim.engine.draws import stream_key, uniforms

_UV, _PV, _VISITS = (kpi.CHANNEL_INDEX[name] for name in ("uv", "pv", "visits"))

GUESSES = 3
"""How often a number of visits may be moved by one before its law is turned round for it."""

NEARLY = 0.999
"""Of a chance that is known to fewer digits than the distribution function."""


class Breaks:
    """Counts the visits of every day, once all have passed.

    Parameters
    ----------
    chance
        p, that a visitor goes away and comes back between two pages; 0: every visitor comes once a day.
    channels
        Names, which name the streams of luck.
    """

    def __init__(self, chance: float, channels: Sequence[str], n_days: int, seed: int, run: int) -> None:
        self._chance = chance
        keys = [stream_key(seed, run, f"breaks.{name}") for name in channels] if chance > 0.0 else []
        self._luck = np.array([uniforms(key, 0, n_days) for key in keys])

    def count(self, counts: F) -> None:
        """Write the visits into the counts of a run [n_days, n_channels, n_counts], where they are the visitors."""
        if self._chance > 0.0:
            pages = counts[..., _PV] - counts[..., _UV]
            counts[..., _VISITS] = counts[..., _UV] + binomial(pages, self._chance, self._luck.T)


def binomial(n: F, p: float, luck: F) -> F:
    """The quantiles `luck`, within 0 and 1, of the binomial laws of `n` trials, each a success with chance `p`."""
    if p > 0.5:
        # The tail that holds little is known to more digits.
        return n - binomial(n, 1.0 - p, 1.0 - luck)
    successes, some = np.zeros(n.shape), n >= 1.0
    trials, wanted = n[some].astype(np.int64), luck[some]
    found = _guessed(trials, p, wanted)
    rest = np.arange(found.size)
    for _ in range(GUESSES):
        step = _step(found[rest], trials[rest], p, wanted[rest])
        found[rest] += step
        rest = rest[step != 0.0]
    found[rest] = _inverted(trials[rest], p, wanted[rest])
    successes[some] = np.minimum(found, n[some])
    return successes


def _guessed(trials: I, p: float, luck: F) -> F:
    """Quantiles by the normal law and the skewness, nearly always right or one beside.

    References
    ----------
    Cornish and Fisher (1938), Revue de l'Institut International de Statistique 5(4), 307-320.
    """
    from scipy.special import ndtri

    z = ndtri(luck)
    near = trials * p + np.sqrt(trials * (p * (1.0 - p))) * z + (1.0 - 2.0 * p) * (z * z - 1.0) / 6.0
    return np.asarray(np.clip(np.ceil(near - 0.5), 0.0, trials))


def _step(found: F, trials: I, p: float, luck: F) -> F:
    """0 where `found` is the least number whose distribution function reaches the luck, else 1 or -1 towards it."""
    from scipy.special import bdtr

    beyond = bdtr(found, trials, p) - luck
    step = np.where(beyond < 0.0, 1.0, 0.0)
    # Less beyond the luck than the number itself is likely, the one before it falls short: nearly always.
    ask = np.flatnonzero((found > 0.0) & (beyond >= NEARLY * _chance(found, trials, p)))
    step[ask] = np.where(bdtr(found[ask] - 1.0, trials[ask], p) >= luck[ask], -1.0, step[ask])
    return step


def _chance(found: F, trials: I, p: float) -> F:
    """Of so many successes, to eight digits for some millions of trials; a quarter of what its sum takes."""
    from scipy.special import gammaln, xlog1py, xlogy

    ways = gammaln(trials + 1.0) - gammaln(found + 1.0) - gammaln(trials - found + 1.0)
    return np.asarray(np.exp(ways + xlogy(found, p) + xlog1py(trials - found, -p)))


def _inverted(trials: I, p: float, luck: F) -> F:
    """Quantiles by the inverse of the distribution function, which takes ten times as long as all guesses."""
    from scipy.special import bdtr, bdtrik

    # The inverse is unknown where no success is likely enough already, and a root, so a hair beside a whole number.
    found = np.ceil(np.where(bdtr(0, trials, p) >= luck, 0.0, bdtrik(luck, trials, p)))
    below = np.maximum(found - 1.0, 0.0)
    return np.asarray(np.where(bdtr(below, trials, p) >= luck, below, found))
