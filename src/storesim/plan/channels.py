"""What each channel must bring of the store's goal, and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.plan.chance import quantiles
from storesim.plan.drivers import moments
from storesim.plan.exact import LARGEST, Whole, nearest, share_out_each
from storesim.plan.likely_path import likely_path
from storesim.plan.periods import YearOutlook
from storesim.plan.side_by_side import likely_splits

Array = NDArray[np.float64]

Response = Callable[[str, str, float], float]
"""(channel, month such as "2027-06", visitors of that month) → CNY it costs to have them in that month."""

_STEEPEST = 3.0
_HARDLY = 1e-3


@dataclass(frozen=True)
class ChannelPlan:
    """Month by month, what each channel is asked for. Every count adds up to the store's."""

    counts: dict[str, Whole]
    """[12, n_channels] of "uv", "visits", "buyers", "gmv" (fen), "ad_spend" (fen), "clicks"; those the outlook has."""

    steepness: dict[str, float]
    """Of each channel that costs money: per cent more spend for one per cent more visitors."""

    unpaid_extra: float
    """Visitors asked of channels without spend beyond their forecast: not to be bought. 0 where they hardly count."""


def channel_plan(year: YearOutlook, store: dict[str, Whole], response: Response | None) -> ChannelPlan:
    """The store's monthly goals shared among its channels.

    UV: the most likely way for the channels to add up to the month's goal, by their own covariance across paths, none
    asked for less than forecast while the store needs more. Buyers and GMV follow each channel's own CVR and AOV,
    scaled to the store's. Spend is `response` where given; else spend per visitor as forecast, rising with visitors as
    steeply as the paths show, and never less than in proportion.

    Parameters
    ----------
    year
        The unconditional forecast.
    store
        [12] integers for "uv", and "visits", "buyers", "gmv" (fen) where known.
    response
        Spend for visitors, from the caller's own curves; None for the paths'.
    """
    uv_paths = year.of_channels("uv")
    middle = _middle(uv_paths.reshape(year.n_paths, -1)).reshape(12, -1)
    whole = share_out_each(store["uv"], _likely_visitors(uv_paths, store["uv"].astype(np.float64)))
    counts = {"uv": whole}
    if "visits" in store:
        counts["visits"] = _visits(year, whole, store["visits"])
    _sold(year, store, counts)
    rises: dict[str, float] = {}
    if year.has("ad_spend"):
        counts["ad_spend"], rises = _spend(year, whole, middle, response)
    if year.has("clicks"):
        counts["clicks"] = _clicks(year, whole)
    return ChannelPlan(counts, rises, _unpaid_extra(year, whole))


def _middle(uv: Array) -> Array:
    """[n_channels] forecast visitors of some days: the median path's; the mean where the median is 0."""
    median = quantiles(uv.T, (0.5,))[0]
    return np.asarray(np.where(median > 0, median, uv.mean(axis=0)))


def _likely_visitors(uv: Array, goals: Array) -> Array:
    """[12, n_channels] the most likely visitors of each channel that add up to each month's goal; 0 without a goal.

    Parameters
    ----------
    uv : [n_paths, 12, n_channels]
    goals : [12]
    """
    likely, found = np.zeros(uv.shape[1:]), np.zeros(goals.size, dtype=np.bool_)
    if uv.shape[0] > 1:
        splits, found = likely_splits(uv, goals)
        likely[found] = splits[found]
    for month in np.flatnonzero((goals > 0) & ~found):
        likely[month] = _likely_in_month(uv[:, month], float(goals[month]))
    return likely


def _likely_in_month(uv: Array, goal: float) -> Array:
    """[n_channels] the most likely visitors of each channel in one month that add up to `goal`."""
    alive = np.asarray((uv > 0).any(axis=0))
    logs = np.log(uv, out=np.full(uv.shape, np.nan), where=uv > 0)[:, :, None]
    mean, covariance = moments(logs, alive, ["uv"])
    forecast = np.where(alive[:, None], mean, 0.0)
    needs_more = goal >= float(np.exp(mean).sum())
    lower = forecast if needs_more else None
    upper = None if needs_more else forecast
    return likely_path(mean, covariance, goal, lower=lower, upper=upper, identity=1).totals


def _sold(year: YearOutlook, store: dict[str, Whole], counts: dict[str, Whole]) -> None:
    """Adds buyers and GMV to `counts`: each by the channel's own rate, only where there is something to sell to."""
    below = "uv"
    for name in ("buyers", "gmv"):
        if name not in store or not year.has(name):
            continue
        parts = counts[below] * _rates(*(year.of_channels(count) for count in (name, below)))
        # Where the forecast knows no sale at all, by what is below; where rounding left nothing there, by visitors.
        for other in (counts[below], counts["uv"]):
            parts = np.where(parts.any(axis=1, keepdims=True), parts, other)
        if name == "buyers":
            most = np.where(parts > 0, counts["uv"], 0)
            fits = (most.sum(axis=1) >= store[name])[:, None]
            counts[name] = share_out_each(store[name], parts, at_most=np.where(fits, most, np.int64(LARGEST)))
        else:
            counts[name] = share_out_each(store[name], parts)
        below = name


def _rates(above: Array, below: Array) -> Array:
    """[12, n_channels] a ratio of each month over all paths; the year's where the month has nothing below."""
    of_month, under = above.sum(axis=0), below.sum(axis=0)
    of_year, under_year = above.sum(axis=(0, 1)), below.sum(axis=(0, 1))
    yearly = np.divide(of_year, under_year, out=np.zeros(of_year.shape), where=under_year > 0)
    return np.asarray(np.divide(of_month, under, out=np.tile(yearly, (12, 1)), where=under > 0))


def _visits(year: YearOutlook, asked: Whole, store: Whole) -> Whole:
    """[12, n_channels] visits by each channel's own number per visitor; a visitor comes once at least."""
    rates = _rates(*(year.of_channels(name) for name in ("visits", "uv")))
    parts = np.where(asked > 0, np.maximum(asked * rates, 1e-12), 0.0)
    once = np.where((asked.sum(axis=1) <= store)[:, None], asked, 0)
    return share_out_each(store, parts, at_least=once)


def _spend(year: YearOutlook, asked: Whole, middle: Array, response: Response | None) -> tuple[Whole, dict[str, float]]:
    """[12, n_channels] fen, and how steeply each channel's cost rises."""
    spend, uv = year.of_channels("ad_spend"), year.of_channels("uv")
    rises = {
        channel: steepness(spend[:, :, which], uv[:, :, which])
        for which, channel in enumerate(year.channels)
        if spend[:, :, which].any()
    }
    spent = _middle(spend.reshape(year.n_paths, -1)).reshape(12, -1)
    fen = np.zeros(asked.shape, dtype=np.int64)
    for month, which in np.argwhere(asked > 0):
        channel = year.channels[which]
        if channel not in rises:
            continue
        if response is not None:
            cost = _answered(response, channel, f"{year.year}-{month + 1:02d}", float(asked[month, which]))
        else:
            base = spent[month, which]
            more = asked[month, which] / middle[month, which] if middle[month, which] > 0 else 1.0
            cost = float(base * more ** rises[channel])
        fen[month, which] = nearest(100.0 * cost)
    return fen, rises


def _answered(response: Response, channel: str, month: str, visitors: float) -> float:
    cost = float(response(channel, month, visitors))
    if not 0.0 <= cost < np.inf:
        raise PlanError(
            f"the response curve of {channel} gives {cost} for {visitors:,.0f} visitors in {month}; CNY, 0 or more"
        )
    return cost


def steepness(spend: Array, uv: Array) -> float:
    """Elasticity of spend in visitors across paths, month by month around its mean; between 1 and 3.

    Below 1 the paths only say that visitors varied while the budget did not: nobody is offered visitors for less than
    they cost on average.
    """
    known = (spend > 0) & (uv > 0)
    if np.count_nonzero(known) < 30:
        return 1.0
    x = np.where(known, np.log(np.where(known, uv, 1.0)), 0.0)
    y = np.where(known, np.log(np.where(known, spend, 1.0)), 0.0)
    n = np.maximum(known.sum(axis=0), 1)
    x, y = np.where(known, x - x.sum(axis=0) / n, 0.0), np.where(known, y - y.sum(axis=0) / n, 0.0)
    variance = float((x * x).sum())
    slope = float((x * y).sum()) / variance if variance > 1e-9 else 1.0
    return min(_STEEPEST, max(1.0, slope))


def _clicks(year: YearOutlook, asked: Whole) -> Whole:
    """[12, n_channels] clicks behind the visitors, at the forecast's clicks per visitor."""
    rates = _rates(*(year.of_channels(name) for name in ("clicks", "uv")))
    return np.asarray(np.floor(asked * rates + 0.5), dtype=np.int64)


def _unpaid_extra(year: YearOutlook, asked: Whole) -> float:
    """Visitors of the year beyond the median of the year, as the tables beside it compare them."""
    unpaid = np.ones(len(year.channels), dtype=bool)
    if year.has("ad_spend"):
        unpaid = np.asarray(year.of_channels("ad_spend").max(axis=(0, 1)) <= 0)
    # The median of a sum, not the sum of the months' medians: months far above theirs do not come all at once.
    forecast = _middle(year.of_channels("uv").sum(axis=1))
    extra = float(np.maximum(asked.sum(axis=0) - forecast, 0.0)[unpaid].sum())
    # The forecast's middle is a median, the plan starts from a mean of logs: a thousandth of a year is no request.
    return extra if extra >= _HARDLY * float(asked.sum()) else 0.0
