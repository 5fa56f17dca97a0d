"""How days answer to ad spend and prices: elasticities learned from the past, shrunk to usual ones, and their doubt.

A lever stands in the regression of the pattern (`pattern.py`) beside weekdays, seasons, holidays and the wandering
level, so that what the calendar does is not taken for the lever's. Spend enters as

    z(S) = (s + κ) / s · log((S + κ) / (s + κ)),    s the usual spend,

whose coefficient is the elasticity at the usual spend, whatever κ: from κ near 0, a constant elasticity, to large κ,
visitors in proportion to spend. Several κ are weighed by how likely they make the past.

Where a budget is not used up, spend follows demand, day by day. What spend does within a week has therefore a
coefficient of its own, so that the elasticity is that of weeks in which more or less was spent; and where the days show
that spend follows them, or more visitors seem to follow than were paid for, the usual elasticity stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.luck import normals, uniforms
from storesim.forecast.methods.bank import days_of
from storesim.forecast.methods.base import WEEK
from storesim.forecast.usual_answers import Usual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storesim.forecast.levers import Lever
    from storesim.forecast.methods.base import Panel
    from storesim.forecast.methods.pattern import Design

Array = NDArray[np.float64]

_KAPPAS: Final = (0.1, 0.5, 2.0, 8.0)
"""In usual spends: where the response turns from proportional to a constant elasticity."""

_HALF_LIFE: Final = 365.0
_RECENT: Final = 14.0
_WILD: Final = 4.0
_ROUNDS: Final = 3
_MOST_TIED: Final = 0.8
_MOST: Final = 3.0
_SURE: Final = 2.5
_NORMAL_MAD: Final = 1.4826


@dataclass(frozen=True, eq=False)
class Answer:
    """How the series of a panel answer to levers."""

    known: Array
    """[n_kappas, n_days, n_levers] regressors of the known days."""

    planned: Array
    """[n_kappas, horizon, n_levers] of the days to come."""

    belief: Array
    """[n_kappas, n_series] how likely each κ is."""

    mean: Array
    """[n_kappas, n_levers, n_series] elasticities at the usual spend or price."""

    root: Array
    """[n_kappas, n_series, n_levers, n_levers] Cholesky factors of their covariances."""

    names: tuple[str, ...]
    """Of the series."""

    levers: tuple[str, ...]

    @property
    def elasticities(self) -> Array:
        """[n_levers, n_series], all κ together."""
        return np.asarray(np.einsum("ks,kls->ls", self.belief, self.mean))

    @property
    def doubts(self) -> Array:
        """[n_levers, n_series] standard deviations of the elasticities, all κ together."""
        within = np.einsum("ks,kslm->ls", self.belief, self.root**2)
        between = np.einsum("ks,kls->ls", self.belief, (self.mean - self.elasticities) ** 2)
        return np.asarray(np.sqrt(within + between))

    def without(self, panel: Panel) -> Panel:
        """The panel as it would have been at the usual spend and price."""
        return replace(panel, values=panel.values - self._past().T)

    def added(self, n_paths: int, seed: int) -> Array:
        """What the plan adds on the days to come: [n_paths, horizon, n_series].

        Each path has elasticities of its own; where the plan carries on what was done lately, they make no difference.
        """
        n_kappas, n_levers, n_series = self.mean.shape
        chance = uniforms(seed, "kind of response", (n_paths, 1))
        below = np.cumsum(self.belief, axis=0)
        which = np.minimum((chance[:, :, np.newaxis] > below.T).sum(axis=2), n_kappas - 1)
        luck = normals(seed, "elasticities", (n_paths, n_series, n_levers))
        series = np.arange(n_series)
        drawn = self.mean.transpose(0, 2, 1)[which, series] + np.einsum("pslm,psm->psl", self.root[which, series], luck)
        age = np.arange(self.known.shape[1] - 1, -1, -1.0)
        weights = 0.5 ** (age / _RECENT)
        weights /= weights.sum()
        lately = np.einsum("d,kdl->kl", weights, self.known)
        usual = weights @ self._past()
        moved = np.zeros((n_paths, self.planned.shape[1], n_series))
        for kappa, planned in enumerate(self.planned - lately[:, np.newaxis]):
            moved += np.einsum("hl,psl->phs", planned, drawn * (which == kappa)[..., np.newaxis])
        return np.asarray(np.clip(moved + usual, -_MOST, _MOST))

    def _past(self) -> Array:
        """[n_days, n_series] what the levers made of the known days."""
        return np.asarray(np.einsum("ks,kdl,kls->ds", self.belief, self.known, self.mean))


def answer(panel: Panel, levers: Sequence[Lever], usual: Usual) -> Answer:
    """What the known days tell of the levers.

    Parameters
    ----------
    panel
        The known days on the working scale.
    levers
        With as many known days as the panel.
    usual
        Elasticities before these days are asked.
    """
    pairs = [_regressors(lever) for lever in levers]
    known, planned = (np.stack([pair[side] for pair in pairs], axis=-1) for side in (0, 1))
    both = np.concatenate([known, known - _of_weeks(known)], axis=-1)
    days = days_of(panel)
    aged = 0.5 ** (np.arange(panel.n_days - 1, -1, -1.0) / _HALF_LIFE)
    n_kappas, n_levers = len(known), len(levers)
    belief = np.zeros((n_kappas, panel.n_series))
    mean = np.zeros((n_kappas, n_levers, panel.n_series))
    root = np.zeros((n_kappas, panel.n_series, n_levers, n_levers))
    for which, values in enumerate(panel.values):
        weights = np.where(np.isfinite(values), aged, 0.0)
        given = _Given(days.plans[-1], weights, np.nan_to_num(values), both)
        prior = Usual(*(part[:, which] for part in usual))
        found = given.learned(np.r_[prior.mean, np.zeros(n_levers)], np.tile(prior.doubt, 2))
        belief[:, which], mean[..., which], root[:, which] = _unless_followed(found, prior)
    return Answer(known, planned, belief, mean, root, panel.names, tuple(lever.name for lever in levers))


def remarks_of(told: Answer) -> tuple[str, ...]:
    """What visitors, and a conversion that answers to prices, make of each lever; a sentence each."""
    found = []
    first = "uv" if "uv" in told.names else told.names[0]
    for row, lever in enumerate(told.levers):
        for column, name in enumerate(told.names):
            if name == first or (name == "cvr" and lever == "price"):
                size, doubt = told.elasticities[row, column], told.doubts[row, column]
                found.append(
                    f"{name} answers to {lever} with an elasticity of {size:.2f} ± {doubt:.2f}, learned from the past "
                    "and shrunk to what is usual."
                )
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Given:
    """One series, and what it is held against."""

    plan: Design
    weights: Array
    """[n_days] of the days, 0 where the series is unknown."""

    values: Array
    """[n_days]."""

    known: Array
    """[n_kappas, n_days, n_columns] regressors."""

    def learned(self, usual: Array, doubt: Array) -> tuple[Array, Array, Array]:
        """Belief in each κ, coefficients [n_kappas, n_columns], and their covariances.

        The pattern is taken out of the regressors, and the days weighed against what that leaves (Frisch and Waugh,
        1933, Econometrica 1(4), 387-401; with a ridge, the marginal normal model). Days that resemble the day before
        tell less: their information is divided by (1 + ρ) / (1 - ρ). Wild days are drawn in, then all is learned again.
        """
        columns = self.plan.columns[: self.weights.size]
        basis = columns * self.weights[:, np.newaxis]
        inverse = np.linalg.inv(basis.T @ columns + self.plan.precision)
        left = self.known - columns @ (inverse @ (basis.T @ self.known))
        weighed = (left * self.weights[:, np.newaxis]).transpose(0, 2, 1)
        told = weighed @ self.known
        held = np.diag(1.0 / doubt**2)
        values: Array = self.values
        mean: Array = np.tile(usual, (len(self.known), 1))
        for _ in range(_ROUNDS):
            rest = values - columns @ (inverse @ (basis.T @ values))
            errors = rest - left[len(left) // 2] @ mean[len(mean) // 2]
            limit = _WILD * _NORMAL_MAD * float(np.median(np.abs(errors[self.weights > 0])))
            drawn = np.clip(errors, -limit, limit)
            values = np.where(self.weights > 0, values - errors + drawn, values)
            size = _noise(drawn, self.weights > 0)
            precision = held + told / size
            toward = held @ usual + weighed @ values / size
            mean = np.asarray(np.linalg.solve(precision, toward[..., np.newaxis])[..., 0], dtype=np.float64)
        likely = 0.5 * (toward * mean).sum(axis=1) - 0.5 * np.linalg.slogdet(precision)[1]
        belief = np.exp(likely - likely.max())
        return belief / belief.sum(), mean, np.asarray(np.linalg.inv(precision), dtype=np.float64)


def _unless_followed(found: tuple[Array, Array, Array], usual: Usual) -> tuple[Array, Array, Array]:
    """Belief, elasticities and factors of their covariances; of levers that followed the days, those that are usual."""
    belief, mean, covariance = found
    n_levers = len(usual.mean)
    within = mean[:, n_levers:]
    surely = within > _SURE * np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)[:, n_levers:])
    followed = belief @ surely > 0.5
    followed |= belief @ mean[:, :n_levers] > usual.most
    own = covariance[:, :n_levers, :n_levers].copy()
    own[:, followed] = 0.0
    own[:, :, followed] = 0.0
    own[:, followed, followed] = usual.doubt[followed] ** 2
    root = np.asarray(np.linalg.cholesky(own), dtype=np.float64)
    return belief, np.asarray(np.where(followed, usual.mean, mean[:, :n_levers])), root


def _of_weeks(known: Array) -> Array:
    """Means of the seven days around each of [n_kappas, n_days, n_levers]; of fewer at the ends."""
    sums = np.cumsum(np.concatenate([np.zeros_like(known[:, :1]), known], axis=1), axis=1)
    day = np.arange(known.shape[1])
    first, last = np.maximum(day - WEEK // 2, 0), np.minimum(day + WEEK // 2 + 1, known.shape[1])
    return np.asarray((sums[:, last] - sums[:, first]) / (last - first)[:, np.newaxis])


def _noise(errors: Array, known: NDArray[np.bool_]) -> float:
    """Variance of the errors of the known days, as much larger as days that resemble each other tell less."""
    both = known[1:] & known[:-1]
    variance = max(float((errors[known] ** 2).mean()), 1e-12)
    tied = float((errors[1:] * errors[:-1])[both].mean()) / variance if both.any() else 0.0
    tied = min(max(tied, 0.0), _MOST_TIED)
    return variance * (1.0 + tied) / (1.0 - tied)


def _regressors(lever: Lever) -> tuple[Array, Array]:
    """[n_kappas, n_days] and [n_kappas, horizon] of a lever, 0 at what is usual; an unknown day is as usual."""
    there = lever.known[np.isfinite(lever.known)]
    if lever.kind == "price":
        usual = float(np.median(there))
        made = [np.tile(values - usual, (len(_KAPPAS), 1)) for values in (lever.known, lever.planned)]
    else:
        paid = there[there > 0]
        usual = float(np.median(paid)) if paid.size else max(float(lever.planned.max()), 1.0)
        kappas = usual * np.array(_KAPPAS)[:, np.newaxis]
        made = [
            (usual + kappas) / usual * np.log((values + kappas) / (usual + kappas))
            for values in (lever.known, lever.planned)
        ]
    return np.nan_to_num(made[0]), made[1]
