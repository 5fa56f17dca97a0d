"""Customers who come back, by BG/NBD: what a history of customers says of r, α, a and b, and what follows from them.

Each customer buys as a Poisson process of his own rate, gamma with shape r and rate α; after each purchase but the
first he drops out with a chance of his own, beta with a and b. Time is in any one unit, which α has too.

References
----------
Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2), 275-284.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from storesim.errors import ForecastError, ShapeError

Array = NDArray[np.float64]

FEWEST = 50
"""Customers below which nothing is fitted; *assumed*."""


class Law(NamedTuple):
    """The four parameters."""

    r: float
    alpha: float
    a: float
    b: float


class Fit(NamedTuple):
    """The law of largest likelihood, and how far it may be off."""

    law: Law
    errors: Law
    """Standard errors of the four, from the curvature of the likelihood."""

    log_likelihood: float


def expected_repeats(law: Law, t: float) -> float:
    """Purchases beyond the first of a customer drawn at random, within `t` of the first (equation 9)."""
    from scipy.special import hyp2f1

    r, alpha, a, b = law
    shrink = (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1.0, t / (alpha + t))
    return float((a + b - 1.0) / (a - 1.0) * (1.0 - shrink))


def expected_next(law: Law, t: float, *, x: ArrayLike, last: ArrayLike, age: ArrayLike) -> Array:
    """[n] purchases in the next `t` of customers with this history (equation 10); arguments as for `log_likelihood`."""
    from scipy.special import hyp2f1

    r, alpha, a, b = law
    repeats, latest, span = _history(x, last, age)
    ahead = alpha + span + t
    shrink = ((alpha + span) / ahead) ** (r + repeats) * hyp2f1(
        r + repeats, b + repeats, a + b + repeats - 1.0, t / ahead
    )
    if_here = (a + b + repeats - 1.0) / (a - 1.0) * (1.0 - shrink)
    some = np.maximum(repeats, 1.0)
    odds_gone = np.where(repeats > 0, a / (b + some - 1.0) * ((alpha + span) / (alpha + latest)) ** (r + repeats), 0.0)
    return np.asarray(if_here / (1.0 + odds_gone))


def log_likelihood(law: Law, x: ArrayLike, last: ArrayLike, age: ArrayLike) -> float:
    """Of a history of customers (equation 6).

    Parameters
    ----------
    x
        [n] repeat purchases.
    last, age
        [n] time from the first purchase to the last one (0 without a repeat) and to the end of the record.

    Raises
    ------
    ShapeError
        If the three differ in length.
    """
    repeats, latest, span = _history(x, last, age)
    return float(_of_each(np.log(np.array(law)), repeats, latest, span).sum())


def fit(x: ArrayLike, last: ArrayLike, age: ArrayLike) -> Fit:
    """The law of largest likelihood; arguments as for `log_likelihood`.

    Its parameters are the settings `operations.members.r`, `alpha`, `a` and `b`, with time in days.

    Raises
    ------
    ShapeError
        If the three differ in length.
    ForecastError
        If there are fewer than 50 customers, or none came twice.
    """
    from scipy.optimize import minimize

    repeats, latest, span = _history(x, last, age)
    if repeats.size < FEWEST or not (repeats > 0).any():
        raise ForecastError(
            f"repeat purchases need at least {FEWEST} customers, and one who came twice; got {repeats.size} customers "
            f"with {repeats.sum():g} repeat purchases. Use the defaults of operations.members"
        )
    # Equal histories are counted once; time in units of its mean, and the scale put back into α.
    scale = float(span.mean())
    rows, number = np.unique(np.stack([repeats, latest / scale, span / scale]), axis=1, return_counts=True)

    def loss(logs: Array) -> float:
        return -float((number * _of_each(logs, *rows)).sum())

    # Further than e^±10 lies only the edge of a likelihood that is flat.
    bounds = [(-10.0, 10.0)] * 4
    found = minimize(loss, np.array([-1.0, -1.0, 0.0, 1.0]), method="L-BFGS-B", bounds=bounds)
    logs = np.array(found.x)
    best = np.exp(logs + np.array([0.0, math.log(scale), 0.0, 0.0]))
    spread = np.sqrt(np.clip(np.diag(np.linalg.pinv(_curvature(loss, logs))), 0.0, np.inf))
    # A likelihood of moments has the unit of one over time for each of them.
    reached = -float(found.fun) - float(repeats.sum()) * math.log(scale)
    return Fit(Law(*best.tolist()), Law(*(best * spread).tolist()), reached)


def _history(x: ArrayLike, last: ArrayLike, age: ArrayLike) -> tuple[Array, Array, Array]:
    repeats, latest, span = (np.asarray(values, dtype=np.float64) for values in (x, last, age))
    if not repeats.shape == latest.shape == span.shape:
        raise ShapeError(x=repeats.shape, last=latest.shape, age=span.shape)
    return repeats, latest, span


def _of_each(logs: Array, x: Array, last: Array, age: Array) -> Array:
    """[n] log likelihood of each customer under the law with these logarithms."""
    from scipy.special import betaln, gammaln

    r, alpha, a, b = np.exp(logs)
    rate = gammaln(r + x) - gammaln(r) + r * math.log(alpha)
    comes = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
    # Of who never came back it is certain that he still might: the second part is for x > 0 only.
    some = np.maximum(x, 1.0)
    left = betaln(a + 1.0, b + some - 1.0) - betaln(a, b) - (r + x) * np.log(alpha + last)
    return np.asarray(rate + np.where(x > 0, np.logaddexp(comes, left), comes))


def _curvature(loss: Callable[[Array], float], at: Array) -> Array:
    """Second derivatives of the loss by central differences; [4, 4]."""
    step = 1e-3
    moves = step * np.eye(at.size)
    return np.array(
        [
            [
                (loss(at + u + v) - loss(at + u - v) - loss(at - u + v) + loss(at - u - v)) / (4.0 * step**2)
                for v in moves
            ]
            for u in moves
        ]
    )
