"""Writes `lessons.csv`: `python -m benchmarks.fit_lessons FOLDER [FILE…]`.

FOLDER keeps the simulated stores (`simulated_stores.py`) and their forecasts; each column of each CSV FILE (a `date`,
and numbers) is a public series; made series of many shapes are the third source (`lesson_rows.py`). The logarithm of
the totals of 28, 90 and 365 days, over those foretold, is held against how the series had moved before: its middle, and
the logarithms of its scale below and above, are regressed on the terms of `lessons.py`, so that a tenth, a quarter,
half, three quarters and nine tenths of them lie below what a normal law of two sides says (pinball losses). Then the
medians of stores are put right by days known (by age, and openings apart, where it is told when they opened), and the
scales are learned again around them. Each table ("count", "conversion", "ratio": of stores; the same of stores that are
told to have opened then; "alone": of single series) is learned on its own; kinds count alike. Whether a history begins
with its store is learned first, by logistic regression on what `lessons.early_of` finds.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, ndtri

from benchmarks.foretold import cases
from benchmarks.lesson_rows import EARLY, MOVED, Rows, of_cases, of_made, of_public
from benchmarks.simulated_stores import LIBRARY
from storesim.forecast.methods.lessons import (
    ALWAYS,
    KNOTS,
    OPENING,
    REACHES,
    SIDES,
    TOLD,
    Growth,
    Taught,
    drift_terms,
    near_to,
    width_terms,
)

Array = NDArray[np.float64]
Coefficients = dict[str, dict[str, float]]

TABLE = Path(__file__).resolve().parents[1] / "src" / "storesim" / "forecast" / "lessons.csv"
KINDS = ("count", "conversion", "ratio")
OF_STORES = (*KINDS, *(kind + TOLD for kind in KINDS))
TABLES = (*OF_STORES, "alone")
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "of a store": {"store": 1.0, "made": 2.0, "public": 1.0},
    "alone": {"store": 0.25, "made": 7.0, "public": 4.0},
}
"""A lone series is seldom a store that opens; a store's own is one, but long histories are made or public ones."""

STRETCHED: Mapping[int, tuple[float, float, float]] = {
    28: (1.03, 1.05, 1.05),
    90: (1.0, 1.08, 1.0),
    365: (1.0, 1.08, 1.0),
}
"""Factors of the scales of stores, of settled ones, of ones that seem to open, and of ones told to, by days ahead, for
stores to come may be of other kinds: chosen where an eighth of the stores of `calibration.py`, and all their visitors
and conversions one by one, were judged."""

_YOUNG = 0.55
"""The term of young openings, of stores known for 60 to 120 days."""

_LEVELS = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
_FREEDOM = 6.0
_RIDGES: Mapping[str, tuple[float, float, float]] = {"of a store": (0.05, 0.1, 1.0), "alone": (3.0, 1.0, 100.0)}
"""Of the drift and of the scales, and how much firmer both are held to the likeliest then: lone series are few and
move in more ways."""

_FIRM = 0.002
_FADED = 1e4
"""How much firmer drifts of lone series are held to none where theirs were noise: from the knot before the last on, and
after a fall."""

_ROUNDED = 0.05
_LEAST_SCALE = 0.2
_OPTIONS = {"maxiter": 300, "ftol": 1e-6}


def learned(rows: Rows, tables: Iterable[str] = TABLES) -> Taught:
    """The coefficients that rows teach, by regression, table and days ahead."""
    found: dict[tuple[str, str, int], Mapping[str, float]] = {OPENING: _opening(rows)}
    for table in tables:
        chosen = rows.only(_of_table(rows, table.removesuffix(TOLD)))
        whose = "alone" if table == "alone" else "of a store"
        weights = _weights(chosen, WEIGHTS[whose])
        moved = chosen.growth(found[OPENING] if whose == "of a store" else {}, told=table.endswith(TOLD))
        for place, reach in enumerate(REACHES):
            for regression, own in _fitted(chosen, moved, weights, place, _RIDGES[whose]).items():
                wider = regression in SIDES and table != "alone"
                factors = STRETCHED[reach][0], STRETCHED[reach][2 if table.endswith(TOLD) else 1]
                found[regression, table, reach] = _stretched(own, factors) if wider else own
    return found


def _stretched(own: Mapping[str, float], factors: tuple[float, float]) -> Mapping[str, float]:
    """Coefficients of a scale that is so many times as large, for settled stores and for ones that open."""
    settled, opening = np.log(factors)
    tents = {f"{knot} days" for knot in KNOTS}
    added = dict.fromkeys(tents, settled) | {"opening young": (opening - settled) / _YOUNG}
    return {term: value + added.get(term, 0.0) for term, value in own.items()}


def _of_table(rows: Rows, table: str) -> NDArray[np.bool_]:
    """Rows a table learns from: made series stand for ratios too."""
    match table:
        case "count" | "alone":
            return np.asarray(rows.table == "count")
        case _:
            return np.asarray((rows.table == table) | (rows.source == "made"))


def _weights(rows: Rows, by_source: Mapping[str, float]) -> Array:
    """Of each row: that of its source, and of stores shared alike by all kinds."""
    weights = np.array([by_source[source] for source in rows.source])
    of_store = rows.source == "store"
    _, which, number = np.unique(rows.kind[of_store], return_inverse=True, return_counts=True)
    if which.size:
        weights[of_store] *= which.size / number.size / number[which]
    return weights


def _opening(rows: Rows) -> Mapping[str, float]:
    """Coefficients of the log-odds that a history begins with its store: logistic regression, once for each history."""
    rows = rows.only((rows.source == "store") & (rows.table == "conversion"))
    weights = _weights(rows, WEIGHTS["of a store"])
    weights = weights / weights.sum()

    def loss(at: Array) -> tuple[float, Array]:
        odds = rows.early @ at
        lost = weights @ (np.logaddexp(0.0, odds) - rows.begins * odds)
        slope = rows.early.T @ (weights * (expit(odds) - rows.begins))
        return float(lost + 0.5 * _FIRM * at @ at), slope + _FIRM * at

    best = minimize(loss, np.zeros(len(EARLY)), jac=True, method="L-BFGS-B", options=_OPTIONS).x
    return dict(zip(EARLY, best.tolist(), strict=True))


def _fitted(rows: Rows, moved: Growth, weights: Array, place: int, ridge: tuple[float, float, float]) -> Coefficients:
    """Coefficients of drift and of the scales below and above it, for one reach."""
    known = np.isfinite(rows.errors[:, place])
    rows, weights, moved = rows.only(known), weights[known], _only(moved, known)
    errors = rows.errors[:, place]
    drifts, widths = drift_terms(moved), width_terms(moved, rows.laws[:, place])
    middle, scale = (np.stack(list(terms.values()), axis=1) for terms in (drifts, widths))
    start = np.zeros(middle.shape[1] + scale.shape[1])
    start[middle.shape[1] + list(widths).index("law")] = 1.0
    held = np.repeat(ridge[:2], [middle.shape[1], scale.shape[1]])
    if not moved.opening.any():
        noise = [name.endswith(f"{KNOTS[-2]} days") or name.startswith("down") for name in drifts]
        held[: middle.shape[1]] *= np.where(noise, _FADED, 1.0)
    first = _likeliest((errors, middle, scale, weights), start, held)
    drift, width = first[: middle.shape[1]], first[middle.shape[1] :]
    usual = np.exp(scale @ width)
    usual = np.maximum(usual, _LEAST_SCALE * float(np.median(usual)))
    start, held = np.r_[drift, width, width], ridge[2] * np.r_[held, held[middle.shape[1] :]]
    given = (errors / usual, middle / usual[:, np.newaxis], scale, np.log(usual), weights)
    parts = np.split(_put_at_levels(given, start, held), [middle.shape[1], middle.shape[1] + scale.shape[1]])
    found = dict(zip(drifts, parts[0].tolist(), strict=True))
    if rows.of_store.any():
        for term, added in _left(rows, moved, weights, errors - middle @ parts[0]).items():
            found[term] += added
        shifted = drift_terms(replace(moved, trading=rows.of_store.astype(np.float64)))
        left = (errors - sum(found[name] * term for name, term in shifted.items())) / usual
        none = np.zeros((errors.size, 0))
        best = _put_at_levels((left, none, scale, *given[3:]), start[middle.shape[1] :], held[middle.shape[1] :])
        parts[1:] = np.split(best, 2)
    sides = {name: dict(zip(widths, own.tolist(), strict=True)) for name, own in zip(SIDES, parts[1:], strict=True)}
    return {"drift": found, **sides}


def _only(moved: Growth, chosen: NDArray[np.bool_]) -> Growth:
    """How some of the levels had moved."""
    return replace(Growth(*(getattr(moved, name)[chosen] for name in (*MOVED, "opening", "age"))), told=moved.told)


def _left(rows: Rows, moved: Growth, weights: Array, left: Array) -> dict[str, float]:
    """What is left, in the median, of stores' errors, by days known: none from the last knot on.

    Told when stores opened, it is that of openings, and that of others by age.
    """
    chosen, near = rows.of_store, near_to(moved.age)
    groups = {ALWAYS: weights}
    if moved.told:
        groups = {ALWAYS: weights * (1.0 - moved.opening), "opening": weights * moved.opening}
    order = np.argsort(left[chosen])
    found: dict[str, float] = {}
    for group, own in groups.items():
        for knot in list(near)[:-1]:
            upto = np.cumsum((own * near[knot])[chosen][order])
            if upto[-1] > 0:
                found[f"{group}, {knot}"] = float(left[chosen][order][np.searchsorted(upto, 0.5 * upto[-1])])
    return found


def _likeliest(given: tuple[Array, Array, Array, Array], start: Array, held: Array) -> Array:
    """Coefficients of the middle, then of the scale's logarithm, with which Student's t makes the errors likeliest.

    Parameters
    ----------
    given
        Errors [n], regressors of their middle and of their scale, weights [n].
    start, held
        What coefficients are drawn to, and how strongly.
    """
    errors, middle, scale, weights = given
    n_middle = middle.shape[1]

    def loss(at: Array) -> tuple[float, Array]:
        size = np.exp(scale @ at[n_middle:])
        unit = (errors - middle @ at[:n_middle]) / size
        lost = np.log(size) + 0.5 * (_FREEDOM + 1) * np.log1p(unit**2 / _FREEDOM)
        steep = (_FREEDOM + 1) * unit / (_FREEDOM + unit**2)
        slope = np.r_[-middle.T @ (weights * steep / size), scale.T @ (weights * (1.0 - steep * unit))]
        away = held * (at - start)
        return float(weights @ lost + 0.5 * away @ (at - start)), slope + away

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options=_OPTIONS).x)


def _put_at_levels(given: tuple[Array, Array, Array, Array, Array], start: Array, held: Array) -> Array:
    """Coefficients of the middle and of the logarithms of the scales below and above, that put errors at their levels.

    Parameters
    ----------
    given
        Errors [n] in usual scales, regressors of their middle in the same and of their scale, logarithm of the usual
        scale [n], weights [n].
    start, held
        What coefficients are drawn to, and how strongly.

    References
    ----------
    Koenker and Bassett (1978), Econometrica 46(1), 33-50: quantiles by pinball losses, here rounded at their corner.
    """
    errors, middle, scale, usual, weights = given
    ends = [middle.shape[1], middle.shape[1] + scale.shape[1]]

    def loss(at: Array) -> tuple[float, Array]:
        drift, below, above = np.split(at, ends)
        sizes = [np.exp(scale @ own - usual) for own in (below, above)]
        left = errors - middle @ drift
        lost, slopes = 0.0, np.zeros((3, len(errors)))
        for level, place in zip(_LEVELS, ndtri(_LEVELS), strict=True):
            side = int(place > 0)
            unit = left - place * sizes[side]
            corner = np.hypot(unit, _ROUNDED)
            lost += float(weights @ ((level - 0.5) * unit + 0.5 * corner))
            steep = weights * (level - 0.5 + 0.5 * unit / corner)
            slopes[0] -= steep
            slopes[1 + side] -= steep * place * sizes[side]
        away = held * (at - start)
        slope = np.r_[middle.T @ slopes[0], scale.T @ slopes[1], scale.T @ slopes[2]]
        return lost + 0.5 * float(away @ (at - start)), slope + away

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options=_OPTIONS).x)


def write(found: Taught) -> None:
    """The table of these coefficients."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("regression", "series", "days", "term", "coefficient"))
        for (regression, table, reach), own in found.items():
            writer.writerows((regression, table, reach, term, f"{value:.4f}") for term, value in own.items())


def main(folder: Path, files: list[Path]) -> None:
    """Learn, and write the table."""
    rows = Rows.of([*of_cases(cases(LIBRARY, folder)), *of_made(), *of_public(files)])
    write(learned(rows))
    print(f"{len(rows.number)} series and origins")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
