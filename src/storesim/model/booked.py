"""Display booked by the day, and bursts of visitors that decay (MODEL section 3).

Display: each day's bookings are served in order while the daily budget lasts. By the thousand a booking shows what it
asks for, at most `1000 · budget left / price`, for `shown · price / 1000`, rounded down to the fen; by the day it shows
all of it for the price of a day, or nothing where the budget does not hold that price. Clicks are a Poisson number with
mean `shown · ctr`, and `shown` at most; all of them are visitors. The kernel counts them down: to it an impression is
a fen of a budget that a click costs.

Bursts: of V visitors that a burst brings in all, `V · (e^{−λ(a−t)} − e^{−λ(b−t)})` come between the times a and b after
its beginning t, in days, with λ = ln 2 / half-life; within a day by the hours of the market. V has luck of its own,
lognormal with mean 1. The market's season moves neither (*assumed*): people are shown the store where they do not
search. Without money for ads neither is begun.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled
from storesim.engine.day import CLICKS, IMPRESSIONS, SECOND_LOOKS, SILENT_HOURS, SPEND, UV, F
from storesim.engine.draws import exp, normal, seed_of, stream_key, unit
from storesim.model.goods import fen
from storesim.model.today import NO_ADS, SHUT, Today
from storesim.model.traffic import LN_2
from storesim.scenario.booked import Burst, Display
from storesim.scenario.document import Scenario


class Shows(NamedTuple):
    """One display channel in one stage."""

    impressions: F
    """[n_days]"""

    spend: F
    """[n_days] fen."""

    ctr: float


class Bursts(NamedTuple):
    """One channel of bursts in one stage; tuples over the bursts."""

    day: tuple[int, ...]
    """Day of the run on which each begins."""

    hour: tuple[float, ...]
    visitors: tuple[float, ...]
    cost: tuple[float, ...]
    """Fen."""

    share: tuple[tuple[float, ...], ...]
    """Of each burst, the share of its visitors that come on each day of the run."""

    spread: float
    size: float


class Bookings(NamedTuple):
    """What one stage books, by channel."""

    shows: Mapping[int, Shows]
    bursts: Mapping[int, Bursts]


def read_bookings(scenario: Scenario) -> Bookings:
    """Display and bursts of one stage."""
    opened, n_days = scenario.store.opened, scenario.n_days
    channels = list(enumerate(scenario.channels.values()))
    return Bookings(
        shows={c: _read_shows(channel, opened, n_days) for c, channel in channels if isinstance(channel, Display)},
        bursts={c: _read_bursts(channel, opened, n_days) for c, channel in channels if isinstance(channel, Burst)},
    )


def _read_shows(channel: Display, opened: dt.date, n_days: int) -> Shows:
    shows = Shows(np.zeros(n_days), np.zeros(n_days), channel.ctr)
    price = fen(channel.price)
    left = np.full(n_days, fen(channel.daily_budget))
    for booking in channel.bookings:
        days = slice(max(0, (booking.first - opened).days), max(0, (booking.last - opened).days + 1))
        asked = math.inf if booking.impressions is None else math.floor(booking.impressions)
        if channel.billing == "thousand":
            shown = np.minimum(asked, np.floor(1000.0 * left[days] / price))
            paid = np.floor(shown * price / 1000.0)
        else:
            paid = np.where(left[days] >= price, price, 0.0)
            shown = np.where(paid > 0.0, asked, 0.0)
        shows.impressions[days] += shown
        shows.spend[days] += paid
        left[days] -= paid
    return shows


def _read_bursts(channel: Burst, opened: dt.date, n_days: int) -> Bursts:
    begins = [(burst.on - opened).days + burst.opens / 24.0 for burst in channel.bursts]
    share = np.zeros((len(begins), n_days))
    fill_shares(LN_2 / channel.half_life, np.array(begins), share)
    return Bursts(
        day=tuple((burst.on - opened).days for burst in channel.bursts),
        hour=tuple(burst.opens for burst in channel.bursts),
        visitors=tuple(burst.visitors for burst in channel.bursts),
        cost=tuple(fen(burst.cost) for burst in channel.bursts),
        share=tuple(map(tuple, share.tolist())),
        spread=channel.spread,
        size=channel.size,
    )


def moments(bookings: Bookings) -> set[tuple[int, float]]:
    """Day and hour at which a burst begins within a day."""
    return {
        (day, hour)
        for bursts in bookings.bursts.values()
        for day, hour in zip(bursts.day, bursts.hour, strict=True)
        if hour > 0.0
    }


class Booked:
    """Display and bursts; it remembers how large each burst became.

    Parameters
    ----------
    channels
        [n_channels] names, which name the streams of luck.
    """

    def __init__(self, stages: tuple[Bookings, ...], channels: tuple[str, ...], seed: int, run: int) -> None:
        self._stages = stages
        self._luck = {
            c: _luck(stages[0].bursts[c], stream_key(seed, run, f"bursts.{channels[c]}")) for c in stages[0].bursts
        }
        self._strength = {c: [0.0] * luck.size for c, luck in self._luck.items()}
        self._days = tuple({c: set(bursts.day) for c, bursts in stage.bursts.items()} for stage in stages)
        self._cost = dict.fromkeys(self._strength, 0.0)
        self._silent = False

    def open(self, today: Today) -> None:
        """Write the visitors to expect, of a whole day."""
        stage = self._stages[today.stage]
        self._silent = today.halt in (NO_ADS, SHUT)
        for c, shows in stage.shows.items():
            shown = 0.0 if self._silent else shows.impressions.item(today.day)
            today.plan.rate[c], today.plan.budget[c], today.plan.click_price[c] = shown * shows.ctr, shown, 1.0
        for c, bursts in stage.bursts.items():
            if not self._silent and today.day in self._days[today.stage][c]:
                self._begin(c, bursts, today)
            today.plan.rate[c] = expected(bursts, self._strength[c], today.day, today.plan.hours)

    def _begin(self, c: int, bursts: Bursts, today: Today) -> None:
        for i, (day, hour) in enumerate(zip(bursts.day, bursts.hour, strict=True)):
            if day == today.day and hour <= today.hour and self._strength[c][i] == 0.0 and bursts.size > 0.0:
                luck = float(self._luck[c][i])
                self._strength[c][i] = bursts.size * exp(bursts.spread * luck - 0.5 * bursts.spread**2)
                self._cost[c] += float(round(bursts.size * bursts.cost[i]))

    def close(self, day: int, stage: int, by_channel: F) -> None:
        """Write what only the end of a day tells: impressions, clicks, spend."""
        for c, shows in self._stages[stage].shows.items():
            if self._silent:
                continue
            row = by_channel[c]
            row[IMPRESSIONS], row[SPEND] = shows.impressions.item(day), shows.spend.item(day)
            row[SILENT_HOURS] = 0.0
            row[CLICKS] = row[UV] - row[SECOND_LOOKS]
        for c, cost in self._cost.items():
            by_channel[c, SPEND] = cost
            self._cost[c] = 0.0


def expected(bursts: Bursts, strength: Sequence[float], day: int, hours: F) -> float:
    """Visitors of a whole day at the pace of this moment, from all bursts that have begun.

    Parameters
    ----------
    strength
        Factor on the visitors of each burst; 0 where it has not begun.
    hours
        [24] share of a day's visitors in each hour.
    """
    total = 0.0
    visitors, share = bursts.visitors, bursts.share
    for i, factor in enumerate(strength):
        if factor == 0.0:
            continue
        came = visitors[i] * factor * share[i][day]
        if day == bursts.day[i]:
            part = share_between(hours, bursts.hour[i], 24.0)
            came = came / part if part > 0.0 else 0.0
        total += came
    return total


@compiled
def fill_shares(decay: float, begins: F, out: F) -> None:
    """Fill `out` [n_bursts, n_days] with the share of each burst's visitors that come on each day.

    `decay` is λ, a day; `begins` [n_bursts] day and hour of each beginning in one, days.
    """
    for i in range(out.shape[0]):
        for day in range(out.shape[1]):
            if day + 1.0 > begins[i]:
                since = max(0.0, day - begins[i])
                out[i, day] = exp(-decay * since) - exp(-decay * (day + 1.0 - begins[i]))


@compiled
def share_between(hours: F, opens: float, closes: float) -> float:
    """Share of a day's visitors that come between two hours of it; `hours` [24] adds up to 1."""
    return share_before(hours, closes) - share_before(hours, opens)


@compiled
def share_before(hours: F, hour: float) -> float:
    """Share of a day's visitors that have come by an hour of it."""
    whole = int(hour)
    came = 0.0
    for h in range(whole):
        came += hours[h]
    if hour == whole:
        return came
    return float((came + hours[whole] - came) * (hour - whole) + came)


def _luck(bursts: Bursts, key: np.uint64) -> F:
    """[n_bursts] standard normal numbers, each burst's own."""
    luck = np.empty(len(bursts.day))
    # Plain, NumPy would warn of the wrap-around that keyed numbers rest on.
    with np.errstate(over="ignore"):
        draw_normal(key, luck)
    return luck


@compiled
def draw_normal(key: np.uint64, out: F) -> None:
    """Fill `out` with standard normal numbers, each keyed by its place."""
    for i in range(out.shape[0]):
        out[i] = normal(unit(seed_of(key, i)))
