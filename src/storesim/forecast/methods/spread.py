"""How far forecasts go astray, learned from past origins: joint error paths of every series.

An error is a slow part, the mean of each week ahead, and a fast part, the days around it. The slow part decides how
wide the band of a month's total is, the fast part how wide that of a day. The slow variance grows as a power of the
horizon, which is smooth, rises, and reaches further than the past does; weeks of a path keep together as past ones did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.luck import normals, uniforms
from storesim.forecast.methods.base import WEEK, known_rows

Array = NDArray[np.float64]

_USUAL_GROWTH = 0.6
_GROWTH_SPREAD = 0.4
_USUAL_SIZE = 0.15
_SIZE_SPREAD = 1.5
_SIZES, _GROWTHS = (grid.ravel() for grid in np.meshgrid(0.01 * 2.0 ** np.arange(11), np.arange(0.0, 1.5, 0.2)))
"""Laws that are weighed: variance of the level's error in the first week beside that of days; its power of growth."""

_MEMORY = 150.0
"""Half-life of what past errors tell, days."""

_REACH = np.array([28.0, 90.0, 365.0]) / WEEK
_WEEKDAY_PRIOR = 16.0
"""Weeks of errors from which on weekdays are believed to differ more than not."""

_WIDER_DAYS = ((14.0, 1.15), (28.0, 0.90), (70.0, 0.88), (800.0, 0.87))
"""By days of history: `wider_days`."""

_LEAST_WEEKS = 4
"""Weeks of the shortest total that lessons are of."""

_LEAST_PATHS = 100
_TENTH = 1.2816
"""Where nine tenths of a normal law lie below, in its standard deviations."""

_LEAST_SHARE = 0.1
"""Of a path's total to date for each of its weeks: what the next holds at least."""

_STILL = 1e-9
_USUAL_SHARED = 0.9
_USUAL_KEPT = 0.96
_TIES_PRIOR = 4.0
_FAR = 5


@dataclass(frozen=True, eq=False)
class Spread:
    """The law of the errors of a panel's forecasts."""

    fast: Array
    """[n_blocks, 7, n_series] errors of days less their week's mean, Monday first."""

    drawn: Array
    """[n_blocks] cumulative chances of the blocks; late ones are likelier."""

    by_weekday: float
    """Share of blocks that keep their weekdays."""

    noise: Array
    """[n_series] variance of a week's mean that comes from its days."""

    level: Array
    """[n_laws, n_series] what the level's error adds in the first week, under each law."""

    belief: Array
    """[n_laws, n_series] how likely each law is after what was seen."""

    shared: Array
    """[n_series] share of the slow variance that neighbouring weeks share."""

    kept: Array
    """[n_series] what of that is left a week further on."""

    root: Array
    """[n_series, n_series] Cholesky factor of the correlations of the slow parts."""

    wider_days: float = 1.0
    """Factor of the errors of days that made bands of days hold as promised, over many series."""

    drift: Array | None = None
    """[3, n_series] logarithm of the totals of 4, 13 and 52 weeks ahead over those foretold, as many series taught;
    totals stay as they are if not given."""

    scales: Array | None = None
    """[2, 3, n_series] their scales below and above (`lessons.py`)."""

    def draw(self, middle: Array, n_paths: int, seed: int, first_weekday: int) -> Array:
        """Joint paths around what was foretold, [horizon, n_series]: [n_paths, horizon, n_series]."""
        # The law of few paths is not that of many: what lessons hold against theirs must be seen in enough of them.
        wanted, n_paths = n_paths, max(n_paths, _LEAST_PATHS)
        horizon = len(middle)
        n_weeks = max(-(-horizon // WEEK), _LEAST_WEEKS)
        chance = uniforms(seed, "fast errors", (n_paths, n_weeks))
        blocks = np.minimum(np.searchsorted(self.drawn, chance), len(self.fast) - 1)
        day = np.arange(n_weeks * WEEK)
        # Few weeks do not show how weekdays differ in their errors; then most blocks begin on any weekday.
        chance = uniforms(seed, "turns of weeks", (n_paths, n_weeks))
        turn = np.where(
            chance < self.by_weekday, 0, np.floor((chance - self.by_weekday) / (1.0 - self.by_weekday) * WEEK)
        )
        at = (first_weekday + day + turn.astype(np.int64)[:, day // WEEK]) % WEEK
        days = self.wider_days * self.fast[blocks[:, day // WEEK], at]
        slow = self._slow(n_weeks, n_paths, seed)
        if self.drift is not None and self.scales is not None:
            # Weeks that end beyond the horizon hold its last days again.
            held = min(WEEK, horizon)
            whole = middle[np.where(day < horizon, day, horizon - held + (day - horizon) % held)]
            slow = self._as_taught(slow, days + whole, whole, (self.drift, self.scales))
        return np.asarray((middle + days[:wanted, :horizon]) + slow[:wanted, day[:horizon] // WEEK])

    def variance(self, week: Array) -> Array:
        """Variance of the level's error in weeks ahead, the first being 1: [n_weeks, n_series], all laws together."""
        return np.asarray(week[:, np.newaxis] ** _GROWTHS @ (self.belief * self.level))

    def doubt(self, n_weeks: int) -> Array:
        """Standard deviation of the mean error of the first weeks ahead, before anything taught: [n_series]."""
        ahead = np.arange(1.0, n_weeks + 1)
        variance = self.variance(ahead)
        apart = np.abs(np.subtract.outer(ahead, ahead))[..., np.newaxis]
        first = np.minimum.outer(np.arange(n_weeks), np.arange(n_weeks))
        lasting = (self.kept**apart * (self.shared * variance)[first]).sum(axis=(0, 1))
        alone = ((1.0 - self.shared) * variance + self.wider_days**2 * self.noise).sum(axis=0)
        return np.asarray(np.sqrt(lasting + alone) / n_weeks)

    def doubts(self) -> Array:
        """The same over 4, 13 and 52 weeks: [3, n_series]."""
        return np.stack([self.doubt(int(weeks)) for weeks in _REACH])

    def _as_taught(self, slow: Array, days: Array, middle: Array, taught: tuple[Array, Array]) -> Array:
        """Mean errors of weeks, [n_paths, n_weeks, n_series], so that totals to date are as many series taught.

        The logarithm of each path's total of the first w weeks, over the total foretold, is drawn to its median and to
        its scales below and above, all smooth in w; weeks are what then makes these totals. So bands of totals are
        corrected, and still are those of the days added up.

        Parameters
        ----------
        slow : [n_paths, n_weeks, n_series]
            Mean errors of weeks, as one history tells.
        days : [n_paths, n_days, n_series]
            What was foretold, and errors of days about their week's mean.
        middle : [n_days, n_series]
            What was foretold.
        taught
            `drift` and `scales`.
        """
        drift, scales = taught
        n_paths, n_weeks, n_series = slow.shape
        top = middle.max(axis=0)
        each = np.exp(days - top).reshape(n_paths, n_weeks, WEEK, n_series).sum(axis=2) * np.exp(slow)
        foretold = np.cumsum(np.exp(middle - top).reshape(n_weeks, WEEK, n_series).sum(axis=1), axis=0)
        gone = np.log(np.cumsum(each, axis=1) / foretold)
        low, usual, high = np.quantile(gone, [0.1, 0.5, 0.9], axis=0)
        ahead = np.arange(1.0, n_weeks + 1)
        below, above = (
            _stretched(ahead, scale, apart) for scale, apart in zip(scales, (usual - low, high - usual), strict=True)
        )
        gone -= usual
        gone *= np.where(gone < 0.0, below, above)
        gone += self.gain() + _from_zero(ahead, drift)
        totals = foretold * np.exp(gone)
        # Where a level would have to fall below nothing to bring a total down in time, it falls as far as it may, and
        # the total comes down later.
        least = _LEAST_SHARE * totals / ahead[:, np.newaxis]
        gathered = np.zeros_like(totals[:, 0])
        for week in range(n_weeks):
            totals[:, week] = np.maximum(totals[:, week] - gathered, least[:, week])
            gathered += totals[:, week]
        return np.asarray(slow + np.log(totals / each))

    def gain(self) -> Array:
        """Logarithm of what errors of days about their week's mean make of a week's total, on average: [n_series]."""
        chances = np.diff(self.drawn, prepend=0.0)
        return np.asarray(np.log(np.einsum("b,bds->s", chances, np.exp(self.wider_days * self.fast)) / WEEK))

    def _slow(self, n_weeks: int, n_paths: int, seed: int) -> Array:
        """Mean errors of weeks: [n_paths, n_weeks, n_series]. Each path follows one law: tails are as wide as doubt."""
        n_series = self.fast.shape[-1]
        chance = uniforms(seed, "law of errors", (n_paths, 1))
        below = np.cumsum(self.belief, axis=0)
        law = np.minimum((chance[:, :, np.newaxis] > below.T).sum(axis=2), len(_SIZES) - 1)
        first = self.level[law, np.arange(n_series)][:, np.newaxis]
        ahead = np.arange(1.0, n_weeks + 1)
        variance = first * ahead[:, np.newaxis] ** _GROWTHS[law][:, np.newaxis]
        shape = (n_paths, n_weeks, n_series)
        steps = normals(seed, "slow errors", shape) @ self.root.T
        alone = normals(seed, "slow errors of one week", shape) @ self.root.T
        alone *= np.sqrt((1.0 - self.shared) * variance + self.wider_days**2 * self.noise)
        held = self.shared * variance
        fresh = np.sqrt(np.maximum(np.diff(held, axis=1, prepend=0.0) + (1.0 - self.kept**2) * _before(held), 0.0))
        walk = fresh * steps
        for week in range(1, n_weeks):
            walk[:, week] += self.kept * walk[:, week - 1]
        return np.asarray(walk + alone)


def _stretched(ahead: Array, scale: Array, apart: Array) -> Array:
    """Factors that bring logarithms of totals to date to their scale, [n_weeks, n_series].

    Parameters
    ----------
    ahead : [n_weeks]
    scale : [3, n_series]
        As many series taught.
    apart : [n_weeks, n_series]
        How far a tenth and the median of the paths, or nine tenths, are apart.
    """
    wanted = _TENTH * np.exp(_between(ahead, np.log(np.maximum(scale, 1e-300))))
    found = np.divide(wanted, apart, out=np.ones_like(apart), where=apart > _STILL)
    found[: _LEAST_WEEKS - 1] = found[_LEAST_WEEKS - 1]
    return np.asarray(found)


def _between(ahead: Array, known: Array) -> Array:
    """[n_weeks, n_series] between what is known of the three reaches, by the logarithm of weeks; held outside."""
    place = np.log(ahead)
    return np.stack([np.interp(place, np.log(_REACH), column) for column in known.T], axis=1)


def _from_zero(ahead: Array, known: Array) -> Array:
    """[n_weeks, n_series] the cubic in log(1 + weeks) through 0 and the three reaches; held beyond the last.

    A mean to date bends gently, so that weeks, which are its differences, have no jumps.
    """
    at = np.log1p(np.minimum(ahead, _REACH[-1]))
    knots = np.log1p(_REACH)
    weights = np.linalg.solve(np.vander(knots, 4)[:, :3], known)
    return np.asarray(np.vander(at, 4)[:, :3] @ weights)


def _before(variance: Array) -> Array:
    """The variance a week earlier, nothing before the first: [n_paths, n_weeks, n_series]."""
    return np.concatenate([np.zeros_like(variance[:, :1]), variance[:, :-1]], axis=1)


def learn(errors: Array, step: int, weekdays: NDArray[np.int64], n_days: int) -> Spread:
    """The law of past errors.

    Parameters
    ----------
    errors : [n_origins, n_ahead, n_series]
        What came less what was foretold, from origins `step` days apart; NaN where unknown. `n_ahead` is 7 or more.
    step
        Days between origins; overlapping errors tell less than their number.
    weekdays : [n_origins]
        Weekday of the first day after each origin, Monday 0.
    n_days
        Days of the history.
    """
    n_origins, n_ahead, n_series = errors.shape
    n_weeks = n_ahead // WEEK
    weeks = errors[:, : n_weeks * WEEK].reshape(n_origins, n_weeks, WEEK, n_series)
    slow = _mean_of_known(weeks)
    apart = weeks - slow[:, :, np.newaxis]
    ordered = (np.arange(WEEK) - weekdays[:, np.newaxis]) % WEEK
    by_weekday = np.take_along_axis(apart, ordered[:, np.newaxis, :, np.newaxis], axis=2)
    fresh = 0.5 ** (step * np.arange(n_origins - 1, -1, -1.0) / _MEMORY)
    fast, chances = _fast_blocks(by_weekday.reshape(-1, WEEK, n_series), np.repeat(fresh, n_weeks))
    slow = _drawn_in(slow)
    usual = (chances[:, np.newaxis, np.newaxis] * fast**2).sum(axis=0).mean(axis=0)
    noise = usual / (WEEK - 1)
    level, belief = _laws(slow, step, fresh, usual, noise)
    n_known = n_origins * step / WEEK
    by_weekday = n_known / (n_known + _WEEKDAY_PRIOR)
    law = Spread(
        fast, np.cumsum(chances), by_weekday, noise, level, belief, *(np.zeros(n_series),) * 2, np.eye(n_series)
    )
    variance = law.variance(np.arange(1.0, n_weeks + 1))
    shared, kept = _ties(slow, variance, noise, step)
    scaled = slow / np.sqrt(np.maximum(variance + noise, 1e-300))
    return replace(law, shared=shared, kept=kept, root=_root(scaled), wider_days=wider_days(n_days))


def wider_days(n_days: int) -> float:
    """Factor for the errors of days around their week's mean, by days of history.

    Weights are chosen on past errors, and few weeks show few surprises; wild days are seldom so again. Fitted on made
    series (`benchmarks/fit_bands.py`), then smoothed.
    """
    known, factors = np.array(_WIDER_DAYS).T
    return float(np.interp(np.log(n_days), np.log(known), factors))


def _mean_of_known(weeks: Array) -> Array:
    """Mean error of each week of which four days are known, or as many as ever are."""
    known = np.isfinite(weeks)
    number = known.sum(axis=2)
    least = np.clip(number.max(axis=(0, 1)), 1, 4)
    sums = np.where(known, weeks, 0.0).sum(axis=2)
    return np.where(number >= least, sums / np.maximum(number, 1), np.nan)


def _fast_blocks(blocks: Array, fresh: Array) -> tuple[Array, Array]:
    """[n_blocks, 7, n_series] without gaps, and the chance of each block.

    A closed day takes the error of the day before, so that scale stays.
    """
    filled = blocks.copy()
    for _ in range(2):
        for day in range(WEEK):
            filled[:, day] = np.where(np.isnan(filled[:, day]), filled[:, day - 1], filled[:, day])
    there = np.isfinite(filled).any(axis=(1, 2))
    weights = fresh[there] if there.any() else np.ones(1)
    return known_rows(filled), weights / weights.sum()


def _drawn_in(slow: Array) -> Array:
    """Wild weeks, beyond four root mean squares of their series without the wildest twentieth, drawn in."""
    size = np.abs(slow)
    with_zero = np.where(np.isnan(size), 0.0, size).reshape(-1, slow.shape[-1])
    usual = np.sort(with_zero, axis=0)[: max(int(0.95 * len(with_zero)), 1)]
    filled = np.maximum((usual > 0).sum(axis=0), 1)
    limit = 4.0 * np.sqrt((usual**2).sum(axis=0) / filled)
    return np.asarray(np.clip(slow, -limit, limit))


def _laws(slow: Array, step: int, fresh: Array, usual: Array, noise: Array) -> tuple[Array, Array]:
    """The level's variance in the first week under each law, and the belief in each: [n_laws, n_series].

    A law is how large that variance is beside the days', and with what power of the horizon it grows. Mean squares of
    past weeks' errors count as so many squares of normal errors as there are separate weeks; a prior holds them.
    """
    n_weeks = slow.shape[1]
    known = np.isfinite(slow)
    weight = np.where(known, fresh[:, np.newaxis, np.newaxis], 0.0)
    total = np.maximum(weight.sum(axis=0), 1e-300)
    seen = (np.where(known, slow, 0.0) ** 2 * weight).sum(axis=0) / total
    week = np.arange(1.0, n_weeks + 1)
    # Origins a few days apart tell of the same week; weeks far ahead overlap more, and neighbours tell much the same.
    number = total**2 / np.maximum((weight**2).sum(axis=0), 1e-300) * step / (WEEK * week[:, np.newaxis])
    number = np.where(known.any(axis=0), number, 0.0)
    # Days that are known one a week have no errors around their week's mean to compare with.
    usual = np.where(usual > 1e-6 * seen[0], usual, seen[0])
    level = _SIZES[:, np.newaxis] * np.maximum(usual, 1e-300)
    grown = week ** _GROWTHS[:, np.newaxis]
    variance = noise + level[:, np.newaxis, :] * grown[:, :, np.newaxis]
    loss = 0.5 * (number * (np.log(variance) + seen / variance)).sum(axis=1)
    odd = (np.log(_SIZES / _USUAL_SIZE) / _SIZE_SPREAD) ** 2 + ((_GROWTHS - _USUAL_GROWTH) / _GROWTH_SPREAD) ** 2
    loss += 0.5 * odd[:, np.newaxis]
    belief = np.exp(loss.min(axis=0) - loss)
    return level, belief / belief.sum(axis=0)


def _ties(slow: Array, variance: Array, noise: Array, step: int) -> tuple[Array, Array]:
    """How a path's weeks keep together: the share of the level's error that lasts, and what of it is kept a week on."""
    apart = min(_FAR, slow.shape[1] - 1)
    near, far = (_tied(slow, variance, lag) for lag in (1, apart))
    # Where noise drowns the level's error, ties are hardly seen, and hardly matter.
    seen = (variance / np.maximum(variance + noise, 1e-300)).mean(axis=0) ** 2
    separate = np.isfinite(slow).any(axis=1).sum(axis=0) * step / WEEK * seen
    trusted = separate / (separate + _TIES_PRIOR * max(apart, 1))
    kept = np.full(near.shape, _USUAL_KEPT)
    if apart > 1:
        ratio = np.clip(far, 0.02, 1.0) / np.clip(near, 0.02, 1.0)
        kept += trusted * (np.clip(ratio, 0.02, 1.0) ** (1.0 / (apart - 1)) - _USUAL_KEPT)
    trusted = separate / (separate + _TIES_PRIOR)
    shared = _USUAL_SHARED + trusted * (np.clip(near, 0.0, 1.0) / kept - _USUAL_SHARED)
    return np.clip(shared, 0.0, 1.0), np.clip(kept, 0.3, 1.0)


def _tied(slow: Array, variance: Array, lag: int) -> Array:
    """Products of weeks `lag` apart, over the level's variance in the earlier: [n_series]; what lasts on average."""
    if lag < 1:
        return np.zeros(slow.shape[2])
    one, other = slow[:, :-lag], slow[:, lag:]
    both = np.isfinite(one) & np.isfinite(other)
    products = np.where(both, np.where(both, one, 0.0) * np.where(both, other, 0.0), 0.0).sum(axis=(0, 1))
    expected = (both * variance[:-lag]).sum(axis=(0, 1))
    return np.asarray(products / np.maximum(expected, 1e-300))


def _root(scaled: Array) -> Array:
    """Cholesky factor of the correlations of the series, a tenth nearer to none than seen."""
    rows = np.where(np.isfinite(scaled), scaled, 0.0).reshape(-1, scaled.shape[-1])
    size = np.sqrt((rows**2).sum(axis=0))
    unit = rows / np.where(size > 0, size, 1.0)
    kept = 0.9
    n_series = len(size)
    correlation = kept * (unit.T @ unit)
    correlation[np.diag_indices(n_series)] = 1.0
    return np.asarray(np.linalg.cholesky(correlation), dtype=np.float64)
