"""What a store sets by day and days follow: ad spend, by channel or in all, and its discount or price.

A lever needs a past, from which the answer of the days is learned (`elasticity.py`), and a plan of every day to come. A
lever without a plan is left out: what it did so far is part of the level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from storesim.errors import ForecastError, UsageError, near_or_all
from storesim.results.planned_days import PRICES, SPEND, price_named

if TYPE_CHECKING:
    from storesim.forecast.days import KnownDays
    from storesim.forecast.drivers import Driven
    from storesim.results.history import History

Array = NDArray[np.float64]
Plan = Mapping[str, ArrayLike]
"""By name (`ad_spend`, `ad_spend@express`, `discount`, `price`): [horizon_days], or one number for every day."""

LEAST_DAYS: Final = 28
"""Known days of a lever below which nothing is learned from it."""

_RECENT: Final = 28
_MOST_OFF: Final = 0.9
_STILL: Final = 0.1
_FURTHER: Final = 1.25


@dataclass(frozen=True, eq=False)
class Lever:
    """One of them."""

    kind: Literal["spend", "price"]
    channel: str
    """Whose ads are paid; "" for all ads, and for prices."""

    known: Array
    """[n_days] CNY a day, or the logarithm of the price or of the share of it that is paid; NaN where unknown."""

    planned: Array
    """[horizon] likewise."""

    @property
    def name(self) -> str:
        """Its name for messages."""
        if self.kind == "price":
            return "price"
        return f"{SPEND}@{self.channel}" if self.channel else SPEND


def levers_of(history: History, days: KnownDays, plan: Plan, horizon: int) -> tuple[Lever, ...]:
    """The levers of a plan, with their past.

    Raises
    ------
    UsageError
        If the plan names what is no lever of the history, or a value cannot be.
    ForecastError
        If too few days of a lever are known to learn from.
    """
    if {SPEND} < {name for name in plan if name.partition("@")[0] == SPEND}:
        raise UsageError("ad_spend of all channels and of single ones are planned; plan one of them")
    if {"discount", "price"} <= set(plan):
        raise UsageError("both a discount and a price are planned; plan one of them")
    return tuple(_lever(history, days, name, values, horizon) for name, values in plan.items())


def names_of(history: History) -> tuple[str, ...]:
    """Levers a history has a past of."""
    spends = [SPEND] if SPEND in history.columns else []
    spends += [f"{SPEND}@{channel}" for channel, own in history.by_channel.items() if SPEND in own]
    priced = [name for name in PRICES if _priced(history, name) is not None]
    return (*spends, *priced)


def remarks_on(levers: tuple[Lever, ...]) -> tuple[str, ...]:
    """A sentence on each lever that is planned beyond what was ever known of it."""
    return tuple(
        f"{lever.name} is planned beyond anything in its past, so how days answer there is a guess."
        for lever in levers
        if float(lever.planned.max()) > _FURTHER * float(np.nanmax(lever.known))
        if lever.kind == "spend"
    )


def remark_on_unplanned(history: History, plan: Plan) -> tuple[str, ...]:
    """A sentence on each of ad spend, discount and price that varied and is not planned, if nothing is."""
    if plan:
        return ()
    moved = []
    for name in names_of(history):
        values = _past(history, name)
        if "@" not in name and values is not None and _varies(values):
            moved.append(name)
    return tuple(
        f"What {name} will be is not given, so days do not answer to it and go on as its past made them; "
        "plan it to have them answer."
        for name in moved
    )


def held(counts: Array, driven: Driven, days: KnownDays, levers: tuple[Lever, ...], seed: int) -> Array:
    """Counts [n_paths, horizon, 1, n_counts] with the ad spend and discounts that are planned in every path.

    Channels without a plan spend what they did on the last four weeks.
    """
    if not levers:
        return counts
    made = counts.copy()
    is_open = driven.closed.open_ahead(counts.shape[1], counts.shape[0], seed)[..., 0]
    spends = [lever for lever in levers if lever.kind == "spend"]
    if spends and SPEND in driven.names:
        rest = 0.0
        if spends[0].channel:
            total = days.counts[SPEND][0] - sum((np.nan_to_num(lever.known) for lever in spends), np.float64(0.0))
            late = total[-_RECENT:]
            rest = max(float(np.nanmean(late)), 0.0) if np.isfinite(late).any() else 0.0
        planned = rest + sum((lever.planned for lever in spends), np.float64(0.0))
        made[:, :, 0, driven.names.index(SPEND)] = np.where(is_open, planned, 0.0)
    return made


def _lever(history: History, days: KnownDays, name: str, values: ArrayLike, horizon: int) -> Lever:
    known = _past(history, name)
    if known is None:
        raise UsageError(f"the history has no past of '{name}' to learn from{near_or_all(name, names_of(history))}")
    first = (days.start - history.start).days
    known = known[first : first + days.n_days]
    number = int(np.isfinite(known).sum())
    if number < LEAST_DAYS:
        raise ForecastError(
            f"What '{name}' does is learned from at least {LEAST_DAYS} days on which it is known; got {number}. "
            "Leave it out of the plan, or give more days."
        )
    planned = _every_day(name, values, horizon)
    kind, _, channel = name.partition("@")
    if kind == SPEND:
        return Lever("spend", channel, known, planned)
    paid = [1.0 - share if name == "discount" else share for share in (known, planned)]
    return Lever("price", "", *(np.log(np.where(part > 0, part, np.nan)) for part in paid))


def _varies(values: Array) -> bool:
    there = values[np.isfinite(values)]
    return there.size >= LEAST_DAYS and float(there.std()) > _STILL * max(abs(float(there.mean())), 1e-12)


def _every_day(name: str, values: ArrayLike, horizon: int) -> Array:
    """[horizon] of what is planned.

    Raises
    ------
    UsageError
        If days are missing, or a value cannot be.
    """
    planned = np.asarray(values, dtype=np.float64)
    planned = np.full(horizon, float(planned)) if planned.ndim == 0 else planned
    if planned.shape != (horizon,) or np.isnan(planned).any():
        known = int(np.isfinite(planned).sum())
        raise UsageError(f"'{name}' is planned on {known} of the {horizon} days to come; plan every day")
    allowed, most = {"discount": (f"0 to {_MOST_OFF}", _MOST_OFF)}.get(name, ("0 or more", np.inf))
    wrong = planned[(planned < 0) | (planned > most) | ((name == "price") & (planned == 0))]
    if wrong.size:
        raise UsageError(f"'{name}' is planned to be {wrong[0]:g}; {allowed} is allowed")
    return planned


def _past(history: History, name: str) -> Array | None:
    """[n_days] of a lever's past; None without one."""
    kind, _, channel = name.partition("@")
    if kind == SPEND:
        return (history.by_channel.get(channel, {}) if channel else history.columns).get(SPEND)
    return _priced(history, name) if name in PRICES else None


def _priced(history: History, name: str) -> Array | None:
    """[n_days] of the discount as a share, or of the price; from a column of its own, or from discounts given."""
    for header, values in history.others.items():
        if price_named(header) == name and np.isfinite(values).any():
            percent = name == "discount" and float(np.nanmax(values)) > 1.0
            return np.asarray(np.clip(values / 100.0, 0.0, _MOST_OFF) if percent else values)
    if name == "discount" and {"discounts", "gmv"} <= set(history.columns):
        given, paid = history.columns["discounts"], history.columns["gmv"]
        whole = given + paid
        share = np.divide(given, whole, out=np.full(given.shape, np.nan), where=whole > 0)
        return np.asarray(np.clip(share, 0.0, _MOST_OFF))
    return None
