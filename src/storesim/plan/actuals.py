"""What has happened of a year: whole numbers by day, and the forecast of the rest in the light of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.forecast.outlook import Outlook
from storesim.plan.exact import Whole, share_out, to_fen
from storesim.plan.goals import PAID
from storesim.plan.persisting import carried
from storesim.results.history import History

Array = NDArray[np.float64]

CHAIN = ("uv", "buyers", "gmv")
_OTHERS = ("visits", "pv", "orders", "units", "ad_spend", "clicks")
_MADE_OF = {"uv": "", "buyers": "uv", "gmv": "buyers", "visits": "uv", "pv": "uv", "orders": "buyers",
            "units": "orders", "ad_spend": "uv", "clicks": "uv", "impressions": "uv"}  # fmt: skip
"""What each count is a ratio to; each ratio keeps the level it has shown."""

_WINDOW = 28
_HALF = 14.0
"""Days of actuals at which the level they show and the forecast's own weigh the same if it is wrong; *assumed*."""


@dataclass(frozen=True)
class Actuals:
    """The elapsed days of a year, in whole numbers; money in fen."""

    name: str
    first: dt.date
    last: dt.date
    counts: dict[str, Whole]
    """[n_days] of each count that is known on every day."""

    channels: dict[str, dict[str, Whole]] = field(default_factory=dict)
    """The same of each channel the history tells apart; they need not add up to the store's."""


def actuals_of(history: History, year: int, first: dt.date) -> Actuals:
    """The days of a history that lie in `year`, from `first` on.

    Parameters
    ----------
    first
        First day that is planned; a history may begin earlier in the year, and then counts from there.

    Raises
    ------
    PlanError
        If the history does not reach into the year, begins after `first`, lacks a day, is not in CNY, or does not know
        visitors, buyers and GMV.
    """
    begin = max(dt.date(year, 1, 1), min(first, history.start))
    end = min(dt.date(year, 12, 31), history.last_day)
    if history.currency != "CNY":
        raise PlanError(f"{history.name} is in {history.currency} and the target in CNY; convert the actuals first")
    if end < begin:
        raise PlanError(f"{history.name} ends on {history.last_day} and has no day of {year}; actuals are days of it")
    if history.start > begin:
        raise PlanError(f"{history.name} begins on {history.start}; the days planned from {begin} on are needed too")
    if missing := [name for name in CHAIN if name not in history.columns]:
        raise PlanError(
            f"{history.name} has no {', '.join(missing)}; actuals need uv, buyers and gmv of every day, and it has "
            f"{', '.join(history.columns)}"
        )
    days = slice((begin - history.start).days, (end - history.start).days + 1)
    for name in CHAIN:
        if (unknown := np.isnan(history.columns[name][days])).any():
            lost = begin + dt.timedelta(days=int(np.flatnonzero(unknown)[0]))
            raise PlanError(f"{history.name} has no {name} on {lost}; every elapsed day is needed")
    channels = {channel: _whole(own, days) for channel, own in history.by_channel.items()}
    return Actuals(history.name, begin, end, _whole(history.columns, days), channels)


def _whole(columns: Mapping[str, Array], days: slice) -> dict[str, Whole]:
    """[n_days] of each count that is known on every day, money in fen."""
    known = {name: columns[name][days] for name in (*CHAIN, *_OTHERS) if name in columns}
    return {
        name: np.array([to_fen(v) if name in PAID else round(v) for v in values], dtype=np.int64)
        for name, values in known.items()
        if not np.isnan(values).any()
    }


def by_channel(actuals: Actuals, outlook: Outlook) -> dict[str, dict[str, Whole]]:
    """Elapsed days of each channel, [n_days]; they add up to the store's.

    As the history tells them apart; channels it does not know share what is left as forecast. Where channels do not add
    up to the store (whoever comes by two is counted in both), they are scaled to it.
    """
    known: list[str] = [name for name in ("uv", "buyers", "gmv", "ad_spend", "clicks") if name in actuals.counts]
    found: dict[str, dict[str, Whole]] = {
        channel: {name: np.zeros_like(actuals.counts[name]) for name in known} for channel in outlook.channels
    }
    weights = {name: _weights(actuals, outlook, name) for name in known}
    for day in range(actuals.counts["uv"].size):
        uv: Whole | None = None
        for name in known:
            parts = weights[name][day]
            total = int(actuals.counts[name][day])
            if not parts.any():
                parts = np.ones(parts.size)
            if name == "buyers" and uv is not None and int(uv.sum()) >= total:
                split = share_out(total, np.maximum(parts, 1e-12), at_most=uv)
            else:
                split = share_out(total, parts)
            uv = split if name == "uv" else uv
            for channel, number in zip(outlook.channels, split, strict=True):
                found[channel][name][day] = number
    return found


def _weights(actuals: Actuals, outlook: Outlook, name: str) -> Array:
    """[n_elapsed, n_channels] by what a count of the store is shared among its channels."""
    weights = _mean_days(actuals, outlook, name)
    told = [place for place, channel in enumerate(outlook.channels) if name in actuals.channels.get(channel, {})]
    if not told:
        return weights
    others = [place for place in range(len(outlook.channels)) if place not in told]
    real = np.stack([actuals.channels[outlook.channels[place]][name] for place in told], axis=1).astype(np.float64)
    left = np.maximum(actuals.counts[name] - real.sum(axis=1), 0.0)
    forecast = weights[:, others].sum(axis=1)
    share = np.divide(left, forecast, out=np.zeros(left.size), where=forecast > 0)
    weights[:, others] *= share[:, None]
    weights[:, told] = real
    return weights


def in_the_light_of(outlook: Outlook, actuals: Actuals) -> Outlook:
    """The outlook with elapsed days as they were, and the rest at the level they show.

    Every path is scaled by how far it was from the actuals over the last 28 days, driver by driver, as far as that goes
    on (`persisting.carried`): a path that ran too high comes down, so that the level's own spread goes as it becomes
    known.
    """
    first, offset = min(outlook.start, actuals.first), max(0, (outlook.start - actuals.first).days)
    counts = tuple(name for name in _MADE_OF if name in outlook.counts)
    kept = outlook.paths[..., [outlook.counts.index(name) for name in counts]]
    paths = np.concatenate([np.zeros((kept.shape[0], offset, *kept.shape[2:])), kept], axis=1)
    begin, end = (actuals.first - first).days, (actuals.last - first).days + 1
    factors = _factors(paths, counts, actuals, slice(max(begin, offset), end))
    for place, name in enumerate(counts):
        paths[:, end:, :, place] *= factors[name][:, None, None]
        if name in actuals.counts:
            means = _weights(actuals, outlook, name)
            sums = means.sum(axis=1, keepdims=True)
            shares = np.divide(means, sums, out=np.full(means.shape, 1.0 / means.shape[1]), where=sums > 0)
            amounts = actuals.counts[name] / (100.0 if name in PAID else 1.0)
            paths[:, begin:end, :, place] = shares * amounts[:, None]
    return replace(outlook, start=first, counts=counts, paths=paths, past_start=None, past={})


def followed_by(outlook: Outlook, actuals: Actuals, rest: Outlook) -> Outlook:
    """Elapsed days as they were, split among channels as `by_channel` has it, and after them a forecast of the rest.

    Parameters
    ----------
    outlook
        The forecast made before the elapsed days.
    rest
        The forecast from the day after them, of the same channels and number of paths.
    """
    counts = tuple(name for name in _MADE_OF if name in rest.counts and name in outlook.counts)
    first = min(outlook.start, actuals.first)
    n_elapsed = (actuals.last - first).days + 1
    paths = np.zeros((rest.n_paths, n_elapsed, len(rest.channels), len(counts)))
    begin = (actuals.first - first).days
    split = by_channel(actuals, outlook)
    for place, name in enumerate(counts):
        if name not in actuals.counts:
            continue
        unit = 100.0 if name in PAID else 1.0
        for which, channel in enumerate(rest.channels):
            days = split[channel].get(name)
            # Counts that are not told apart by channel stand in the first: the store's sum is what is known.
            known = days if days is not None else actuals.counts[name] if which == 0 else None
            if known is not None:
                paths[:, begin:, which, place] = known / unit
    ahead = rest.paths[..., [rest.counts.index(name) for name in counts]]
    paths = np.concatenate([paths, ahead], axis=1)
    return replace(rest, start=first, counts=counts, paths=paths, past_start=None, past={})


def without_elapsed(outlook: Outlook, actuals: Actuals) -> Outlook:
    """The outlook with nothing on elapsed days: what is still to be planned."""
    paths = outlook.paths.copy()
    paths[:, : (actuals.last - outlook.start).days + 1] = 0.0
    return replace(outlook, paths=paths)


def _factors(paths: Array, counts: tuple[str, ...], actuals: Actuals, elapsed: slice) -> dict[str, Array]:
    """[n_paths] for each count, what the days to come are multiplied by."""
    n_elapsed = max(0, elapsed.stop - elapsed.start)
    n = min(_WINDOW, n_elapsed)
    ones = np.ones(paths.shape[0])
    stays = n_elapsed / (n_elapsed + _HALF)
    window, rest = slice(elapsed.stop - n, elapsed.stop), slice(elapsed.stop, None)
    real = {
        name: float(actuals.counts[name][-n:].sum()) / (100.0 if name in PAID else 1.0)
        for name in counts
        if n and name in actuals.counts
    }

    def log_of(name: str, days: slice) -> Array:
        sums = [paths[:, days, :, counts.index(part)].sum(axis=(1, 2)) for part in _parts(name)]
        return _log_ratio(*sums)

    factors: dict[str, Array] = {}
    for place, name in enumerate(counts):
        own = ones
        if all(part in real for part in _parts(name)):
            shown = float(_log_ratio(*(np.array(real[part]) for part in _parts(name))))
            own = np.exp(carried(log_of(name, window), log_of(name, rest), shown, stays, place))
        factors[name] = own * factors.get(_MADE_OF[name], ones)
    return factors


def _parts(name: str) -> tuple[str, ...]:
    """A count, and what it is a ratio to."""
    return (name, _MADE_OF[name]) if _MADE_OF[name] else (name,)


def _log_ratio(above: Array, below: Array | float = 0.5) -> Array:
    """Log of a ratio, or of a count alone; half a unit on both sides: a window without a buyer says little, not all."""
    return np.asarray(np.log((above + 0.5) / (below + 0.5)))


def _mean_days(actuals: Actuals, outlook: Outlook, name: str) -> Array:
    """[n_elapsed, n_channels] means over paths of elapsed days; 0 before the outlook, or for a count it lacks."""
    n = (actuals.last - actuals.first).days + 1
    means = np.zeros((n, len(outlook.channels)))
    if name not in outlook.counts:
        return means
    offset = (actuals.first - outlook.start).days
    days = [day for day in range(n) if 0 <= day + offset < outlook.n_days]
    if days:
        inside = slice(days[0] + offset, days[-1] + offset + 1)
        means[days] = outlook.paths[:, inside, :, outlook.counts.index(name)].mean(axis=0)
    return means
