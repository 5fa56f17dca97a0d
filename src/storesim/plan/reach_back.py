"""Channels known on fewer days than the store: those that opened or closed, and those that were not written down."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from storesim.results.history import History

Array = NDArray[np.float64]

_NEAR = 28
"""Days on either side of the first or last known day that are looked at."""


def told_channels(history: History) -> dict[str, Mapping[str, Array]]:
    """Each channel's counts [n_days], with 0 on the days before it opened and after it closed; NaN where unknown.

    A channel that is known from some day on has opened then if the other channels left as little of the store's
    visitors unexplained before that day as they and it do since; else its report only does not reach back, and nothing
    is known of it. Likewise with its last day. Half of its own share of visitors is the line between the two.
    """
    return {channel: _told(history, channel) for channel in history.by_channel}


def _told(history: History, channel: str) -> Mapping[str, Array]:
    own = history.by_channel[channel]
    known = np.flatnonzero(np.isfinite(own["uv"])) if "uv" in own else np.empty(0, dtype=np.intp)
    if not known.size or "uv" not in history.columns:
        return own
    first, last = int(known[0]), int(known[-1]) + 1
    nothing = np.zeros(history.n_days, dtype=bool)
    if first > 0:
        length = min(_NEAR, first, last - first)
        nothing[:first] = _is_new(history, channel, slice(first - length, first), slice(first, first + length))
    if last < history.n_days:
        length = min(_NEAR, history.n_days - last, last - first)
        nothing[last:] = _is_new(history, channel, slice(last, last + length), slice(last - length, last))
    return {name: np.where(nothing, 0.0, counts) for name, counts in own.items()}


def _is_new(history: History, channel: str, without: slice, held: slice) -> bool:
    """Whether the others explain the store's visitors as well `without` the channel as all do on the days it `held`."""
    others = [
        own["uv"]
        for name, own in history.by_channel.items()
        if name != channel
        and "uv" in own
        and all(np.isfinite(own["uv"][days]).mean() > 0.5 for days in (without, held))
    ]
    if not others:
        return False
    share = _share([history.by_channel[channel]["uv"]], history.columns["uv"], held)
    before, since = (1.0 - _share(others, history.columns["uv"], days) for days in (without, held))
    return before - (since - share) < 0.5 * share


def _share(channels: list[Array], store: Array, days: slice) -> float:
    """Share of the store's visitors that some channels brought, over the days on which all are known."""
    together = np.sum([uv[days] for uv in channels], axis=0)
    known = np.isfinite(together) & np.isfinite(store[days])
    visitors = float(store[days][known].sum())
    return float(together[known].sum()) / visitors if visitors else 0.0
