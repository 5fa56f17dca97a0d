"""Visitors by channel of a user's history: foretold as shares, so that channels add up to the store in every path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.days import KnownDays, refuse_negative
from storesim.forecast.drivers import Driven, drive
from storesim.forecast.elasticity import answer
from storesim.forecast.methods.own import Own
from storesim.forecast.usual_answers import usual_of_channels

if TYPE_CHECKING:
    from storesim.forecast.levers import Lever
    from storesim.results.history import History

Array = NDArray[np.float64]

REST: Final = "other channels"
"""Visitors of the store whom no channel of the history counts."""

_LEAST_REST: Final = 0.02
_LEAST_OVERLAP: Final = 1.005
_RECENT: Final = 28


def known_sources(history: History, days: KnownDays) -> KnownDays | None:
    """Visitors by channel on the known days; None where the history does not tell enough of them apart.

    Visitors whom no channel counts become one of their own if they are more than two in a hundred.

    Raises
    ------
    ForecastError
        If a count is negative.
    """
    if "uv" not in days.counts:
        return None
    first = (days.start - history.start).days
    found = {}
    for channel, own in history.by_channel.items():
        if "uv" in own and np.nansum(own["uv"]) > 0:
            refuse_negative(f"uv of {channel}", own["uv"], history)
            found[channel] = own["uv"][first : first + days.n_days]
    store = days.counts["uv"][0]
    rest = store - sum(found.values(), np.zeros(days.n_days))
    known = np.isfinite(rest) & (store > 0)
    if not found or int(known.sum()) < Own().least_days:
        return None
    if float(np.median(rest[known] / store[known])) > _LEAST_REST:
        found[REST] = np.maximum(rest, 0.0)
    return KnownDays(days.start, tuple(found), {"uv": np.stack(list(found.values()))}) if len(found) > 1 else None


def split(known: KnownDays, store: Array, seed: int, levers: tuple[Lever, ...] = ()) -> Mapping[str, Array]:
    """Visitors of each channel by path and day, [n_paths, horizon] each: of every path's visitors, its share that day.

    Parameters
    ----------
    known
        Visitors by channel before.
    store : [n_paths, horizon]
        Visitors of the store to come.
    seed
        Of the paths of the channels.
    levers
        What is planned; what is spent on a channel brings visitors to it.
    """
    driven = drive(known)
    counts = known.counts["uv"]
    if driven.closed.ended.all():
        paths = np.zeros((*store.shape, len(known.channels)))
    else:
        paths = driven.counts(_made(driven, known, store.shape, seed, levers), seed)[..., 0]
    total = paths.sum(axis=2, keepdims=True)
    # Where no channel is open, visitors of the store are shared as lately.
    late = np.nansum(counts[:, -_RECENT:], axis=1)
    usual = late if late.sum() > 0 else np.nansum(counts, axis=1)
    shares = np.where(total > 0, paths / np.where(total > 0, total, 1.0), usual / usual.sum())
    return {channel: store * shares[..., which] for which, channel in enumerate(known.channels)}


def _made(driven: Driven, known: KnownDays, shape: tuple[int, ...], seed: int, levers: tuple[Lever, ...]) -> Array:
    """Paths of the channels on the working scale: [n_paths, horizon, n_series]."""
    n_paths, horizon = shape
    if not levers:
        return Own().fit(driven.panel).predict(horizon, n_paths, seed)
    channels = [known.channels[driver.channel] for driver in driven.drivers]
    told = answer(driven.panel, levers, usual_of_channels(channels, levers))
    return Own().fit(told.without(driven.panel)).predict(horizon, n_paths, seed) + told.added(n_paths, seed)


def remarks_on(known: KnownDays, store: Array) -> tuple[str, ...]:
    """What a reader should know of channels that were foretold.

    Parameters
    ----------
    known
        Visitors by channel before.
    store : [n_days]
        Visitors of the store on the same days.
    """
    said = (
        f"Visitors of {len(known.channels)} channels are foretold by their shares of the store's, and add up to them "
        "in each path."
    )
    sums = known.counts["uv"].sum(axis=0)
    both = np.isfinite(sums) & (store > 0)
    over = float(sums[both].sum() / store[both].sum())
    if over < _LEAST_OVERLAP:
        return (said,)
    more = f"{100 * (over - 1.0):.0f}"
    return said, f"Channels count {more} % more visitors than the store, for some come by several."
