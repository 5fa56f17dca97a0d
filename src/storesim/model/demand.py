"""The market: demand M_d and rivals C_d of every day, drawn before the store opens.

`M_d = trend · season · weekday · events · exp(x_d − sd²/2)`, with x_d a stationary AR(1), so that the noise has mean 1;
`C_d = strength · trend · exp(c_d)`, with c_d a stationary AR(1) of the given half-life, so that the median is the
strength, and its trend the rivals' own.
Both are luck of the market, not of the store: nothing the store does moves them (MODEL section 1).
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled
from storesim.engine.day import F
from storesim.engine.draws import exp, normal, seed_of, stream_key, unit
from storesim.scenario.document import Scenario
from storesim.scenario.events import Event

QUARTERS = 4


class Market(NamedTuple):
    """What is known about the market before luck; the same for every run."""

    known: F
    """[n_days] trend, season, weekday and the market's events; 1 on a mean day."""

    calm: F
    """[n_days] the same without events, to which an opening multiplies those that run."""

    searches: float
    """Visitors a day on a mean day."""

    noise_sd: float
    noise_lag: float
    strength: F
    """[n_days] median of C_d."""

    rivals_sd: float
    rivals_lag: float


class Weather(NamedTuple):
    """The luck of one run."""

    calm: F
    """[n_days] demand without events."""

    indices: F
    """[n_days] demand with events, hours weighted on a day an event opens: the `market` of the ledger."""

    rivals: F
    """[n_days] C_d."""


def read_market(scenario: Scenario) -> Market:
    """The market's calendar, as arrays over the days of the run."""
    market, first = scenario.market, scenario.store.opened
    dates = [first + dt.timedelta(days=d) for d in range(scenario.n_days)]
    seasons = {year: season_of_year(market.season, year) for year in {date.year for date in dates}}
    season = np.array([seasons[date.year][date.timetuple().tm_yday - 1] for date in dates])
    # Five working days and two of the weekend average to 1.
    workday = 7.0 / (5.0 + 2.0 * market.weekend)
    weekday = np.array([workday * (market.weekend if date.weekday() >= 5 else 1.0) for date in dates])
    trend = _trend(market.growth, scenario.n_days)
    # Rounded, because the libraries behind sine and power differ in the last bit between machines.
    calm = np.round(trend * season * weekday, 12)
    lift = np.array([_mean_lift(scenario.events, date, market.hours) for date in dates])
    return Market(
        known=calm * lift,
        calm=calm,
        searches=market.searches_per_day,
        noise_sd=market.noise.sd,
        noise_lag=market.noise.lag1,
        strength=market.rivals.strength * np.round(_trend(market.rivals.growth, scenario.n_days), 12),
        rivals_sd=market.rivals.sd,
        rivals_lag=exp(-0.6931471805599453 / market.rivals.half_life),
    )


def draw_weather(market: Market, seed: int, run: int) -> Weather:
    """The market of one run; equal seed and run give equal weather in every scenario with this market's noise."""
    n_days = len(market.calm)
    noise, rivals = np.empty(n_days), np.empty(n_days)
    with np.errstate(over="ignore"):
        wander(stream_key(seed, run, "market.demand"), market.noise_lag, market.noise_sd, noise)
        wander(stream_key(seed, run, "market.rivals"), market.rivals_lag, market.rivals_sd, rivals)
    raise_e(noise, -0.5 * market.noise_sd**2)
    raise_e(rivals, 0.0)
    return Weather(calm=market.calm * noise, indices=market.known * noise, rivals=market.strength * rivals)


def _trend(growth: float, n_days: int) -> F:
    """[n_days] growth by the year, 1 in the middle of the first."""
    return np.array([(1.0 + growth) ** ((d + 0.5) / 365.0 - 0.5) for d in range(n_days)])


def season_of_year(weights: tuple[float, float, float, float], year: int) -> F:
    """A smooth season by day of the year, whose quarters stand at the given shares.

    Parameters
    ----------
    weights
        Share of each calendar quarter; they add up to 1.

    Returns
    -------
    [365 or 366]
        Factors with mean 1: `exp(a + b cos θ + c sin θ + d sin 2θ)`, the four numbers solved by Newton's method so
        that the mean day of each quarter stands to the others as the shares do. Four equal shares are no season at
        all, although quarters have 90 to 92 days. A quarter under 0.1 % of the year is taken as 0.1 %.
    """
    n = (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days
    quarter = np.array([(dt.date(year, 1, 1) + dt.timedelta(days=d)).month for d in range(n)])
    member = ((quarter - 1) // 3 == np.arange(QUARTERS)[:, None]).astype(np.float64)
    wanted = np.maximum(np.asarray(weights), 1e-3) * member.sum(axis=1)
    wanted *= n / wanted.sum()
    angle = 2.0 * np.pi * (np.arange(n) + 0.5) / n
    waves = np.stack([np.ones(n), np.cos(angle), np.sin(angle), np.sin(2.0 * angle)])
    shape = np.linalg.solve(member @ waves.T / member.sum(axis=1, keepdims=True), np.log(wanted / member.sum(axis=1)))
    for _ in range(100):
        season = np.exp(shape @ waves)
        gap = np.log((member @ season) / wanted)
        if np.abs(gap).max() < 1e-13:
            break
        slope = (member * season) @ waves.T / (member @ season)[:, None]
        shape = shape - np.linalg.solve(slope, gap)
    return np.asarray(season)


def _mean_lift(events: tuple[Event, ...], date: dt.date, hours: tuple[float, ...]) -> float:
    """Market factor of the events on a date; on the day one opens, weighted by the hours it runs."""
    total = sum(hours)
    lift = 1.0
    for event in events:
        if event.first <= date <= event.last:
            part = _share_after(hours, event.opens) / total if date == event.first else 1.0
            lift *= 1.0 + (event.market - 1.0) * part
    return lift


def _share_after(hours: tuple[float, ...], opens: float) -> float:
    whole = int(opens)
    return sum(hours[whole + 1 :]) + hours[whole] * (1.0 - (opens - whole)) if whole < len(hours) else 0.0


@compiled
def wander(key: np.uint64, lag: float, sd: float, out: F) -> None:
    """Fill `out` with a stationary AR(1): out[d] = lag · out[d−1] + sd · √(1−lag²) · z_d, z_d keyed by the day."""
    fresh = sd * np.sqrt(1.0 - lag * lag)
    before = 0.0
    for d in range(out.shape[0]):
        z = normal(unit(seed_of(seed_of(key, d + 1), 0)))
        before = sd * z if d == 0 else lag * before + fresh * z
        out[d] = before


@compiled
def raise_e(values: F, shift: float) -> None:
    """Replace each value x by exp(x + shift)."""
    for d in range(values.shape[0]):
        values[d] = exp(values[d] + shift)
