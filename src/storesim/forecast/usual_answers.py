"""What stores of the trade usually make of ad spend and prices, before their own days are asked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from storesim.forecast.drivers import Driver
    from storesim.forecast.levers import Lever
    from storesim.results.history import History

Array = NDArray[np.float64]


class Prior(NamedTuple):
    """One elasticity before the days are asked."""

    mean: float
    doubt: float
    """Standard deviation of stores around the mean."""

    most: float = math.inf
    """Beyond it, what the past shows cannot be an answer."""


class Usual(NamedTuple):
    """The same for every lever and series: [n_levers, n_series] each."""

    mean: Array
    doubt: Array
    most: Array


_OF_SPEND: Final[Mapping[str, Prior]] = MappingProxyType(
    {
        "impressions": Prior(0.8, 0.3),
        "clicks": Prior(0.8, 0.3),
        "uv": Prior(0.2, 0.2),
        "pv": Prior(0.2, 0.2),
        "chats": Prior(0.2, 0.2),
        "buyers": Prior(0.15, 0.2),
        "orders": Prior(0.15, 0.2),
        "units": Prior(0.15, 0.2),
        "gmv": Prior(0.15, 0.2),
        "ad_gmv": Prior(0.7, 0.3),
        "ad_orders": Prior(0.7, 0.3),
        "ad_lines": Prior(0.7, 0.3),
    }
)
"""Elasticities to all ad spend, and how far stores lie around them, of counts that stand first. *Assumed*: part of the
visitors is paid for, and dearer visitors are fewer."""

_RATIO_OF_SPEND: Final[Mapping[str, Prior]] = MappingProxyType(
    {name: Prior(0.7, 0.3) for name in ("ad_gmv", "ad_orders", "ad_lines")}
)
_RATIO: Final = Prior(0.0, 0.1)
_SHRINKING: Final = 0.6
"""What one more in a hundred of spend adds, of the visitors paid for: the auction makes the next dearer, and some would
have come by themselves. Of simulated stores (`benchmarks/planned_spend.py`)."""

_OF_PRICE: Final[Mapping[str, Prior]] = MappingProxyType(
    {
        "uv": Prior(-0.3, 0.5),
        "pv": Prior(-0.3, 0.5),
        "impressions": Prior(0.0, 0.3),
        "clicks": Prior(-0.3, 0.5),
        "buyers": Prior(-2.0, 1.0),
        "orders": Prior(-2.0, 1.0),
        "units": Prior(-2.0, 1.0),
        "gmv": Prior(-1.3, 1.0),
    }
)
"""To the price, of counts that stand first."""

_RATIO_OF_PRICE: Final[Mapping[str, Prior]] = MappingProxyType(
    {"buyers": Prior(-2.0, 1.0), "gmv": Prior(0.7, 0.5), "units": Prior(-0.1, 0.3), "discounts": Prior(-8.0, 4.0)}
)
"""To the price, of ratios: conversion (the presets have 1.8 to 2.5), value per buyer, pieces of an order."""


def usual_answers(drivers: Sequence[Driver], levers: Sequence[Lever], history: History) -> Usual:
    """What drivers usually make of levers.

    Where the history tells which share of the visitors is paid for, visitors answer to spend by that share.
    """
    found = [[_of_driver(driver, lever, history) for driver in drivers] for lever in levers]
    return _stacked(found)


def usual_of_channels(channels: Sequence[str], levers: Sequence[Lever]) -> Usual:
    """The same of the visitors of channels: what is spent on a channel brings visitors to it."""
    return _stacked([[_of_channel(channel, lever) for channel in channels] for lever in levers])


def _of_channel(channel: str, lever: Lever) -> Prior:
    if lever.kind == "spend" and channel == lever.channel:
        return Prior(0.8, 0.3)
    return _OF_SPEND["uv"] if lever.kind == "spend" and not lever.channel else _RATIO


def _stacked(found: Sequence[Sequence[Prior]]) -> Usual:
    return Usual(*np.moveaxis(np.array(found, dtype=np.float64), -1, 0))


def _of_driver(driver: Driver, lever: Lever, history: History) -> Prior:
    if lever.kind == "price":
        return (_RATIO_OF_PRICE if driver.parent else _OF_PRICE).get(driver.count, _RATIO)
    if driver.parent:
        return _RATIO_OF_SPEND.get(driver.count, _RATIO)
    share = _paid_share(history, lever.channel) if driver.count == "uv" else None
    if share is not None:
        # No more visitors follow the spend of a day than were paid for; if more seem to, spend followed them.
        return Prior(_SHRINKING * share, 0.02 + 0.2 * share, share)
    return _OF_SPEND.get(driver.count, _RATIO)


def _paid_share(history: History, channel: str) -> float | None:
    """Share of the store's visitors who were paid for, by the visitors or clicks of channels with spend; or None."""
    chosen = [channel] if channel else [name for name, own in history.by_channel.items() if "ad_spend" in own]
    if "uv" not in history.columns:
        return None
    paid = np.zeros(history.n_days)
    for name in chosen:
        own = history.by_channel.get(name, {})
        paid = paid + own.get("uv", own.get("clicks", np.full(history.n_days, np.nan)))
    if not chosen and "clicks" in history.columns:
        paid = history.columns["clicks"]
    elif not chosen:
        return None
    uv = history.columns["uv"]
    there = np.isfinite(paid) & (paid > 0) & (uv > 0)
    return float(np.clip(np.median(paid[there] / uv[there]), 0.02, 0.95)) if there.sum() >= 7 else None
