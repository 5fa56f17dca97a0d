"""Writes `lessons.csv`: `python -m benchmarks.fit_lessons FOLDER [FILE…]`.

FOLDER keeps the simulated stores (`simulated_stores.py`); only the kinds in `LEARNT` are used, and those with plans of
every size. Each column of each CSV FILE (a `date`, and numbers) is a public series. Made series of many shapes are the
third source. For each forecast of a series the mean error over 28, 90 and 365 days is held against how the series had
moved before: its location and the logarithm of its scale are regressed on the terms of `lessons.py`, with Student's t
errors and a ridge; errors below and above have a scale each, at last stretched so that a tenth of the errors lies
beyond its 10 % and 90 %, those of stores as what was learned from other kinds has them.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.forecasts import series_of
from benchmarks.made_series import made, panel_of
from benchmarks.simulated_stores import COUNTS, KINDS, LEARNT, SCHOOL, stores
from storesim.errors import ForecastError
from storesim.forecast.days import days_of_history
from storesim.forecast.drivers import drive, forward
from storesim.forecast.methods.base import WEEK, Panel
from storesim.forecast.methods.lessons import REACHES, SIDES, Growth, drift_terms, growth, width_terms
from storesim.forecast.methods.own import Own

Array = NDArray[np.float64]

TABLE = Path(__file__).resolve().parents[1] / "src" / "storesim" / "forecast" / "lessons.csv"
N_NUMBERS = 300
CASES = (
    (0, 28), (0, 60), (0, 90), (0, 120), (0, 200), (0, 270), (0, 365),
    (337, 365), (275, 365), (165, 365), (100, 220), (60, 150),
)  # fmt: skip
"""First known day and origin of the forecasts of a store: from its opening, and of exports that begin later."""

MADE_DAYS = (28, 42, 70, 120, 240, 450, 800)
SHORTENED = (1100, 220, 90, 28)
WEIGHTS = {"store": 1.0, "made": 7.0, "public": 4.0}
_FREEDOM = 6.0
_HELD = 1.2816
_RIDGE = (3.0, 1.0)


class Lesson(NamedTuple):
    """One series and what came of it."""

    source: str
    """"store", "made" or "public": what its weight hangs on."""

    kind: str
    """Kind of the store; else the source again."""

    is_ratio: bool
    moved: tuple[float, ...]
    """The figures of `Growth`."""

    laws: tuple[float, ...]
    errors: tuple[float, ...]
    """Mean error over each reach, logarithms; NaN where too few days are known."""


def lessons_of(panel: Panel, came: Array, source: str, kind: str) -> list[Lesson]:
    """What came, [n_series, horizon], held against what was foretold."""
    try:
        fitted = Own().fit(panel)
    except ForecastError:
        return []
    apart = came - fitted.middle(came.shape[1]).T
    laws = np.stack([fitted.spread.doubt(reach // WEEK) for reach in REACHES], axis=1)
    moved = growth(panel)
    figures = np.stack([moved.days, moved.recent, moved.earlier, moved.since, moved.onset], axis=1)
    found = []
    for which in range(panel.n_series):
        errors = tuple(_mean(apart[which], reach) for reach in REACHES)
        found.append(Lesson(source, kind, panel.ratios[which], tuple(figures[which]), tuple(laws[which]), errors))
    return found


def of_stores(folder: Path) -> Iterator[Lesson]:
    """Of the simulated stores whose kinds may be learned from."""
    learnt = [number for number in range(N_NUMBERS) if KINDS[number % len(KINDS)] in LEARNT]
    learnt += range(SCHOOL, SCHOOL + N_NUMBERS)
    for store in stores(learnt, folder):
        for first, origin in CASES:
            driven = drive(days_of_history(store.days(first, origin)))
            ahead = {name: row[origin : origin + REACHES[-1]] for name, row in zip(COUNTS, store.counts, strict=True)}
            came = [forward(one, ahead[one.count], ahead[one.parent] if one.parent else None) for one in driven.drivers]
            if came:
                yield from lessons_of(driven.panel, np.stack(came), "store", store.kind)


def of_made() -> Iterator[Lesson]:
    """Of made series."""
    for n_days in MADE_DAYS:
        values = made(80, n_days + REACHES[-1], seed=77)
        yield from lessons_of(panel_of(values[:, :n_days]), values[:, n_days:], "made", "made")


def of_public(files: list[Path]) -> Iterator[Lesson]:
    """Of public series, from eight origins each and with long and short histories."""
    for name, start, counts in (found for path in files for found in series_of(path)):
        values = np.log(np.where(counts > 0, counts, np.nan))[np.newaxis]
        for origin in np.unique(np.linspace(98, values.shape[1] - REACHES[0], 8).astype(int)):
            for n_days in SHORTENED:
                begin = max(int(origin) - n_days, 0)
                known = Panel(
                    start + dt.timedelta(days=begin), (name,), values[:, begin:origin], np.zeros((1, WEEK), np.bool_)
                )
                if origin >= 98:
                    yield from lessons_of(known, values[:, origin : origin + REACHES[-1]], "public", "public")


def fitted(rows: list[Lesson], place: int) -> dict[str, dict[str, float]]:
    """Coefficients of drift and of the scales below and above it, for one reach.

    The scales are stretched so that a tenth of the errors lies beyond; those of each kind of store are judged by what
    the other kinds taught, for a store to come may be of none of them.
    """
    rows = [row for row in rows if np.isfinite(row.errors[place])]
    found = _taught(rows, place)
    units: dict[str, list[Array]] = {side: [] for side in SIDES}
    weights = []
    for kind in sorted({row.kind for row in rows}):
        judged = [row for row in rows if row.kind == kind]
        by = _taught([row for row in rows if row.kind != kind], place) if judged[0].source == "store" else found
        for side, unit in _units(by, judged, place).items():
            units[side].append(unit)
        weights.append(np.array([WEIGHTS[row.source] for row in judged]))
    weight = np.concatenate(weights)
    for side in SIDES:
        unit = np.concatenate(units[side])
        order = np.argsort(unit)
        share = np.cumsum(weight[order]) / weight.sum()
        found[side]["one"] += float(np.log(unit[order][np.searchsorted(share, 0.9)] / _HELD))
    return found


def _taught(rows: list[Lesson], place: int) -> dict[str, dict[str, float]]:
    """The same before any stretching."""
    drifts, widths, errors = _terms(rows, place)
    weights = np.array([WEIGHTS[row.source] for row in rows])
    middle, scale = (np.stack(list(terms.values()), axis=1) for terms in (drifts, widths))
    start = np.zeros(middle.shape[1] + scale.shape[1])
    start[middle.shape[1] + list(widths).index("law")] = 1.0
    held = np.r_[np.full(middle.shape[1], _RIDGE[0]), np.full(scale.shape[1], _RIDGE[1])]
    held[middle.shape[1] + list(widths).index("one")] = 0.0
    both = _likeliest((errors, middle, scale, weights), start, held)
    found = {"drift": dict(zip(drifts, both[: middle.shape[1]].tolist(), strict=True))}
    apart = errors - middle @ both[: middle.shape[1]]
    for side, sign in zip(SIDES, (-1.0, 1.0), strict=True):
        part = (np.abs(apart), middle[:, :0], scale, weights * (sign * apart > 0))
        own = _likeliest(part, both[middle.shape[1] :], held[middle.shape[1] :])
        found[side] = dict(zip(widths, own.tolist(), strict=True))
    return found


def _units(found: Mapping[str, Mapping[str, float]], rows: list[Lesson], place: int) -> dict[str, Array]:
    """Errors below and above the drift over their scale; negative on the other side."""
    drifts, widths, errors = _terms(rows, place)
    apart = errors - _summed(found["drift"], drifts)
    signs = zip(SIDES, (-1.0, 1.0), strict=True)
    return {side: sign * apart / np.exp(_summed(found[side], widths)) for side, sign in signs}


def _terms(rows: list[Lesson], place: int) -> tuple[Mapping[str, Array], Mapping[str, Array], Array]:
    """Regressors of the drift and of the scale, and the errors."""
    moved = Growth(*np.array([row.moved for row in rows]).T)
    laws = np.array([row.laws[place] for row in rows])
    return drift_terms(moved), width_terms(moved, laws), np.array([row.errors[place] for row in rows])


def _summed(coefficients: Mapping[str, float], terms: Mapping[str, Array]) -> Array:
    return np.asarray(np.sum([coefficients[name] * values for name, values in terms.items()], axis=0))


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

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x)


def main(folder: Path, files: list[Path]) -> None:
    """Learn, and write the table."""
    write([*of_stores(folder), *of_made(), *of_public(files)])


def write(rows: list[Lesson]) -> None:
    """The table of what these rows teach."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("regression", "series", "days", "term", "coefficient"))
        for series, is_ratio in (("count", False), ("ratio", True)):
            chosen = [row for row in rows if row.is_ratio == is_ratio or (is_ratio and row.source == "made")]
            for place, reach in enumerate(REACHES):
                for regression, found in fitted(chosen, place).items():
                    writer.writerows((regression, series, reach, term, f"{value:.4f}") for term, value in found.items())
    print(f"{len(rows)} series and origins")


def _mean(errors: Array, reach: int) -> float:
    part = errors[:reach]
    there = np.isfinite(part)
    return float(part[there].mean()) if there.sum() >= 0.6 * reach else float("nan")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
