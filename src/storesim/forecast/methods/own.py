"""`storesim`: a bank of filters, weighted by how well each did from past origins, and the errors they made then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.methods.bank import (
    USUAL,
    Days,
    Learned,
    candidates,
    days_of,
    learned,
    lengthened,
    supports_yearly,
)
from storesim.forecast.methods.base import WEEK, Panel, carried_on, require_days
from storesim.forecast.methods.lessons import Taught, lessons
from storesim.forecast.methods.spread import Spread, learn

Array = NDArray[np.float64]

_MOST_DAYS = 1100
_MOST_ORIGINS = 40
_FARTHEST = 91
_LEAST_TRAINING = 10
_SHARPNESS = 6.0
_TRUST = 4.0
_BANDS = (0, 7, 28, 10**6)


@dataclass(frozen=True)
class Own:
    """The project's own method.

    Levels and a damped trend around patterns of the week, the year and holidays, and last year's days; averaged by
    their past errors in three bands of the horizon, starting from weights that are usual. Past errors give the spread
    (`spread.py`).

    References
    ----------
    Bates and Granger (1969), Operational Research Quarterly 20(4), 451-468: combination by past errors. Tashman
    (2000), International Journal of Forecasting 16(4), 437-450: rolling origins.
    """

    name: str = "storesim"
    least_days: int = 14
    taught: Taught | None = None
    """Lessons of many series to go by, if not the shipped ones."""

    def fit(self, panel: Panel) -> FittedOwn:
        """Weights and error law from up to 40 past origins; ForecastError with fewer than 14 known days."""
        require_days(panel, self.least_days, "a weekly pattern")
        late = _last_days(panel)
        yearly = supports_yearly(late.n_days)
        days = days_of(late)
        n_ahead = max(min(_FARTHEST, late.n_days // 3), WEEK)
        origins, step = _origins(late.n_days)
        known = learned(days, [*origins, late.n_days])
        came = _came(late, origins, n_ahead)
        past = came[:, np.newaxis] - candidates(days, known.at(slice(-1)), n_ahead)
        weights = _weights(past, step)
        combined = _combined(past, _by_day(weights, n_ahead))
        against = _against(combined, came, late, origins)
        spread = learn(combined, step, late.weekdays(0, late.n_days + 1)[origins], late.n_days)
        spread = as_taught(spread, late, self.taught)
        last = known.at(slice(-1, None))
        return FittedOwn(late, days, last, weights, yearly, spread, len(origins), against)


@dataclass(frozen=True, eq=False)
class FittedOwn:
    """Days, weights of the filters [n_bands, n_filters, n_series], and the law of errors."""

    panel: Panel
    days: Days
    known: Learned
    """The pattern as all days show it."""

    weights: Array
    yearly: bool
    spread: Spread
    n_origins: int
    against: tuple[float, ...]
    """Mean absolute error of past forecasts over that of the last week again, 1 to 7, 8 to 28 and more days ahead."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """What was averaged, and what the band rests on."""
        patterns = "a weekly and a yearly pattern" if self.yearly else "a weekly pattern"
        averaged = f"{self.weights.shape[1]} filters around {patterns} are averaged by their errors"
        near, middle, far = (f"{100 * ratio:.0f}" for ratio in self.against)
        said = [
            f"{averaged} from {self.n_origins} past days, and those errors give the spread.",
            (
                f"Its past errors were {near} % of those of the last week again 1 to 7 days ahead, {middle} % 8 to 28 "
                f"days ahead and {far} % beyond."
            ),
        ]
        country = self.days.country
        if not country:
            return tuple(said)
        return (*said, f"Public holidays of {country} explain its unusual days best, and are foretold with it.")

    def middle(self, horizon: int) -> Array:
        """What the filters foretell together, before anything taught: [horizon, n_series]."""
        found = candidates(lengthened(self.days, self.panel, horizon), self.known, horizon)
        return np.asarray(_combined(found, _by_day(self.weights, horizon))[0])

    def predict(self, horizon: int, n_paths: int, seed: int) -> Array:
        """See `base.Fitted`."""
        weekday = int(self.panel.weekdays(self.panel.n_days, self.panel.n_days + 1)[0])
        return self.spread.draw(self.middle(horizon), n_paths, seed, weekday)


def as_taught(spread: Spread, panel: Panel, taught: Taught | None) -> Spread:
    """The law with the lessons of many series, the shipped ones if none are given; as it is without any."""
    if taught is not None and not taught:
        return spread
    laws = spread.doubts()
    drift, factors = lessons(panel, laws, taught)
    return replace(spread, drift=drift, scales=factors * laws)


def _last_days(panel: Panel) -> Panel:
    """The panel without the days before any is known, and at most the last three years of it."""
    known = np.isfinite(panel.values).any(axis=0)
    first = max(int(known.argmax()), panel.n_days - _MOST_DAYS)
    if first == 0:
        return panel
    start = type(panel.start).fromordinal(panel.start.toordinal() + first)
    return replace(panel, start=start, values=panel.values[:, first:])


def _origins(n_days: int) -> tuple[list[int], int]:
    """Past origins, early to late, and the days between them: never whole weeks, so that every weekday has its turn."""
    first = max(_LEAST_TRAINING, min(n_days // 3, 6 * WEEK))
    step = max(-(-(n_days - first) // _MOST_ORIGINS), 1)
    step += step % WEEK == 0
    origins = list(range(n_days - 1, first - 1, -step))[::-1]
    return origins, step


def _weights(past: Array, step: int) -> Array:
    """[n_bands, n_filters, n_series]: usual weights by inverse powers of mean absolute errors, shrunk to the usual.

    A band that the past hardly reaches takes the weights of the band before it; a filter never tried gets nothing.
    """
    size = np.abs(past)
    bands: list[Array] = []
    for first, last in pairwise(_BANDS):
        part = size[:, :, first:last]
        known = np.isfinite(part)
        number = known.sum(axis=(0, 2))
        mean = np.where(known, part, 0.0).sum(axis=(0, 2)) / np.maximum(number, 1)
        separate = number.max(axis=0) * step / max(min(last, past.shape[2]), WEEK) / WEEK if part.size else np.zeros(1)
        if bands and (part.size == 0 or number.max() < WEEK):
            bands.append(bands[-1])
            continue
        tried = number >= 0.2 * number.max(axis=0)
        best = np.where(tried, mean, np.inf).min(axis=0)
        usual = USUAL[len(mean)][len(bands)][:, np.newaxis]
        before = tried * usual / (tried * usual).sum(axis=0)
        power = np.where(tried, (np.maximum(mean, 1e-12) / np.maximum(best, 1e-12)) ** -_SHARPNESS, 0.0) * before
        sharp = power / power.sum(axis=0)
        shrunk = _TRUST / (_TRUST + separate)
        bands.append((1 - shrunk) * sharp + shrunk * before)
    return np.stack(bands)


def _against(past: Array, came: Array, panel: Panel, origins: list[int]) -> tuple[float, ...]:
    """Errors [n_origins, n_ahead, n_series] over those of the last week again, by band; without any, as before."""
    carried = carried_on(panel.values, WEEK)
    n_ahead = past.shape[1]
    week = np.stack([carried[:, origin - WEEK : origin].T for origin in origins])
    naive = came - week[:, np.arange(n_ahead) % WEEK]
    both = np.isfinite(naive) & np.isfinite(past)
    found: list[float] = []
    for first, last in pairwise(_BANDS):
        part = both[:, first:last]
        own, other = (np.abs(errors[:, first:last])[part].sum() for errors in (past, naive))
        found.append(float(own / other) if other > 0 else (found or [1.0])[-1])
    return tuple(found)


def _came(panel: Panel, origins: list[int], n_ahead: int) -> Array:
    """[n_origins, n_ahead, n_series] what came after each origin; NaN for days unknown, closed or yet to come."""
    padded = np.concatenate([panel.values.T, np.full((n_ahead, panel.n_series), np.nan)])
    return padded[np.array(origins)[:, np.newaxis] + np.arange(n_ahead)]


def _by_day(weights: Array, horizon: int) -> Array:
    """[n_filters, horizon, n_series]: weights of the bands, passing from one to the next without a jump."""
    centres = np.array([3.0, 17.0, 45.0])
    day = np.clip(np.arange(horizon, dtype=np.float64), centres[0], centres[-1])
    upper = np.clip(np.searchsorted(centres, day), 1, len(centres) - 1)
    share = ((day - centres[upper - 1]) / (centres[upper] - centres[upper - 1]))[:, np.newaxis, np.newaxis]
    mixed = (1 - share) * weights[upper - 1] + share * weights[upper]
    return np.asarray(mixed.transpose(1, 0, 2))


def _combined(found: Array, weights: Array) -> Array:
    """[n, horizon, n_series] of [n, n_filters, horizon, n_series]: a missing filter leaves its weight to the others.

    NaN where none is there.
    """
    there = np.isfinite(found)
    sums = np.where(there, found, 0.0) * weights
    total = (there * weights).sum(axis=1)
    return np.where(total > 0, sums.sum(axis=1) / np.where(total > 0, total, 1.0), np.nan)
