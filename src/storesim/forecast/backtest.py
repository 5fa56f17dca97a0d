"""`backtest`: how good a method would have been from past origins, beside simple ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from storesim.errors import ForecastError
from storesim.forecast.predict import predict
from storesim.forecast.scores import DECILES, coverage, mase, msis, rmsse, scrps, season_scale
from storesim.results.tables import score_texts

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook
    from storesim.results.history import History

Array = NDArray[np.float64]

RIVALS: Final = ("seasonal_naive", "ets")
LEVELS: Final = (0.025, *DECILES, 0.975)
_LEAST_KNOWN = 28
_LEAST_STEP = 7
_PATHS = 500


@dataclass(frozen=True)
class Backtested:
    """A method and KPI from all origins: means over the forecasts; a score that nothing tells is NaN."""

    kpi: str
    method: str
    forecasts: int
    mase: float
    rmsse: float
    scrps: float
    msis95: float
    days_in_80: float
    days_in_95: float
    total_error: float
    """Mean of |median of the total / actual total - 1|."""

    totals_in_80: float


@dataclass(frozen=True, eq=False)
class Origin:
    """One past forecast of one KPI: first day, what came, and quantiles [n_days, 11] at `LEVELS`."""

    first: dt.date
    came: Array
    quantiles: Array


@dataclass(frozen=True, eq=False)
class Backtest:
    """Scores by KPI and method, best method of each first; and the forecasts of the first method for pictures."""

    horizon_days: int
    origins: tuple[dt.date, ...]
    """First day of each forecast."""

    rows: tuple[Backtested, ...]
    forecasts: dict[str, tuple[Origin, ...]]
    """By KPI, of the first method."""

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns of a table of rows."""
        return tuple(field.name for field in fields(Backtested))

    def cells(self) -> list[tuple[str, ...]]:
        """The rows as text; a score that is not known is empty."""
        return [score_texts(astuple(row)) for row in self.rows]


def backtest(
    history: History, horizon_days: int = 28, method: str = "auto", *, n_origins: int = 8, seed: int = 0
) -> Backtest:
    """Forecasts of a method, of the last week again and of ETS, from past origins, held against what came.

    Parameters
    ----------
    history
        A user's own days.
    horizon_days
        Days each forecast looks ahead.
    method
        As `predict` takes it.
    n_origins
        Most origins, evenly over the history, a week apart or more; the first knows 28 days or more.
    seed
        Of all chance.

    Raises
    ------
    ForecastError
        If the history is too short, or bears no forecast.
    UsageError
        If there is no such method.
    """
    first, last = max(_LEAST_KNOWN, history.n_days // 4), history.n_days - horizon_days
    if last < _LEAST_KNOWN:
        raise ForecastError(
            f"A backtest {horizon_days} days ahead needs at least {_LEAST_KNOWN + horizon_days} days of history; "
            f"got {history.n_days}. Look fewer days ahead, or give more days."
        )
    first = min(first, last)
    number = max(min(n_origins, (last - first) // _LEAST_STEP + 1), 1)
    at = [int(origin) for origin in np.linspace(last, first, number)][::-1]
    methods = tuple(dict.fromkeys((method, *RIVALS)))
    scores: dict[tuple[str, str], list[tuple[float, ...]]] = {}
    forecasts: dict[str, list[Origin]] = {}
    # Channels do not move the store's figures, which alone are judged.
    alone = replace(history, by_channel={})
    for origin in at:
        known = alone.until(history.start + dt.timedelta(days=origin - 1))
        for name in methods:
            outlook = _foretold(known, horizon_days, name, seed, required=name == method)
            if outlook is None:
                continue
            for kpi in outlook.names:
                came = history.daily(kpi)[origin : origin + horizon_days]
                scores.setdefault((kpi, name), []).append(_scores(outlook, kpi, known.daily(kpi), came))
                if name == method:
                    drawn = outlook.quantiles(kpi, LEVELS)
                    forecasts.setdefault(kpi, []).append(Origin(outlook.start, came, drawn))
    rows = [Backtested(kpi, name, len(found), *_means(found)) for (kpi, name), found in scores.items()]
    order = {kpi: place for place, kpi in enumerate(forecasts)}
    rows.sort(key=lambda row: (order[row.kpi], row.scrps if np.isfinite(row.scrps) else np.inf))
    starts = tuple(history.start + dt.timedelta(days=origin) for origin in at)
    return Backtest(horizon_days, starts, tuple(rows), {kpi: tuple(made) for kpi, made in forecasts.items()})


def _foretold(known: History, horizon: int, method: str, seed: int, *, required: bool) -> Outlook | None:
    """None if a rival needs more days than there were at this origin."""
    try:
        return predict(known, horizon, method, n_paths=_PATHS, seed=seed)
    except ForecastError:
        if required:
            raise
        return None


def _scores(outlook: Outlook, kpi: str, known: Array, came: Array) -> tuple[float, ...]:
    quantiles = outlook.quantiles(kpi, LEVELS)
    middle = quantiles[:, 5]
    scale = season_scale(known) if _moves(known) else float("nan")
    low, centre, high = np.nanquantile(_totals(outlook, kpi), [0.1, 0.5, 0.9])
    total = float(came.sum()) if kpi in outlook.counts else float("nan")
    there = np.isfinite(total) and total > 0
    return (
        mase(came, middle, scale),
        rmsse(came, middle, known),
        scrps(came, quantiles[:, 1:-1], scale),
        msis(came, quantiles[:, 0], quantiles[:, -1], scale),
        coverage(came, quantiles[:, 1], quantiles[:, -2]),
        coverage(came, quantiles[:, 0], quantiles[:, -1]),
        abs(centre / total - 1.0) if there else float("nan"),
        float(low <= total <= high) if there else float("nan"),
    )


def _totals(outlook: Outlook, kpi: str) -> Array:
    totals = outlook.total(kpi)
    return totals if np.isfinite(totals).any() else np.zeros(1)


def _moves(known: Array) -> bool:
    steps = known[7:] - known[:-7]
    return bool(np.nansum(np.abs(steps)) > 0)


def _means(found: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    columns = np.array(found).T
    return tuple(
        float(column[np.isfinite(column)].mean()) if np.isfinite(column).any() else np.nan for column in columns
    )
