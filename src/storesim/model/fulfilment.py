"""Dispatch waves, delivery, late parcels, returns: what earlier orders bring today (MODEL section 8)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np

from storesim.engine.day import (
    AT_THE_DOOR,
    CALLS_OFF,
    CANCEL_HOURS,
    CANCELS,
    CARRIER_MU,
    CARRIER_PRICE,
    CARRIER_SD,
    CARRIER_UP_TO,
    DELIVERY_MU,
    DELIVERY_SD,
    DUE_AT_THE_DOOR,
    DUE_CALLED_OFF,
    DUE_CALLED_OFF_GMV,
    DUE_DELIVERED,
    DUE_DELIVERED_GMV,
    DUE_DISPATCHED,
    DUE_LATE,
    DUE_ON_PROMISE,
    DUE_PENALTY,
    DUE_POSTAGE,
    DUE_REFUND,
    DUE_REFUSED,
    DUE_REFUSED_GMV,
    DUE_RETURNED_UNITS,
    DUE_WAIT,
    FILLING,
    IN_IT,
    IN_LAST,
    LATE_LIMIT,
    N_CARRIER,
    OFF_EXCUSED,
    PARCEL,
    PENALTY_CAP,
    PENALTY_SHARE,
    PROMISE,
    REFUSES,
    RESTOCK,
    RETURN,
    RETURN_DELAY,
    TAKEN_FROM,
    TAKEN_TO,
    WAVE_CAPACITY,
    F,
    I,
)
from storesim.engine.draws import log
from storesim.model.goods import fen
from storesim.model.holidays import days_off
from storesim.model.today import Today
from storesim.scenario.dispatch import Carrier
from storesim.scenario.document import Scenario

_OF_DUE = itemgetter(
    DUE_DISPATCHED, DUE_LATE, DUE_WAIT, DUE_PENALTY, DUE_DELIVERED, DUE_DELIVERED_GMV, DUE_RETURNED_UNITS, DUE_REFUND,
    DUE_ON_PROMISE, DUE_POSTAGE, DUE_CALLED_OFF, DUE_CALLED_OFF_GMV, DUE_AT_THE_DOOR,
    DUE_REFUSED, DUE_REFUSED_GMV,
)  # fmt: skip


class Dispatch(NamedTuple):
    """How one stage dispatches."""

    waves: F
    """Hour of each wave, rising."""

    scalars: tuple[tuple[int, float], ...]
    """Places in `DayPlan.scalars`, and values."""

    carriers: F
    """`DayPlan.carriers`."""

    off: I
    """`DayPlan.off`."""


class Parcels(NamedTuple):
    """What the warehouse did today; money in fen."""

    dispatched: float
    late: float
    wait: float
    """Hours from payment to dispatch, over all parcels of today."""

    penalties: float
    delivered: float
    delivered_gmv: float
    returned_units: float
    refunds: float
    on_promise: float = 0.0
    """Parcels that left within the promised time."""

    postage: float = 0.0
    called_off: float = 0.0
    """Orders of earlier days that buyers called off before they left."""

    called_off_gmv: float = 0.0
    paid_at_door: float = 0.0
    """Orders paid when they came."""

    refused: float = 0.0
    """Orders that nobody paid when they came."""

    refused_gmv: float = 0.0


OF_PARCELS: Final = {
    "dispatched": "dispatched",
    "on_promise": "on_promise",
    "late": "late",
    "dispatch_wait": "wait",
    "delivered": "delivered",
    "returned_units": "returned_units",
    "called_off": "called_off",
    "called_off_gmv": "called_off_gmv",
    "paid_at_door": "paid_at_door",
    "refused": "refused",
    "refused_gmv": "refused_gmv",
}
"""Counts that the ledger takes from `Parcels`, and where they stand."""


def read_dispatch(scenario: Scenario) -> Dispatch:
    """The warehouse of one stage; returns and cancellations do not change with the stage."""
    cancels, door = scenario.operations.cancellations, scenario.operations.cash_on_delivery
    dispatch, returns = scenario.operations.dispatch, scenario.operations.returns
    return Dispatch(
        waves=np.array(sorted(dispatch.waves)),
        scalars=(
            (WAVE_CAPACITY, float(dispatch.capacity)),
            (PROMISE, dispatch.promise),
            (LATE_LIMIT, dispatch.limit),
            (PENALTY_SHARE, dispatch.penalty),
            (PENALTY_CAP, fen(dispatch.penalty_cap)),
            (DELIVERY_MU, log(dispatch.delivery)),
            (DELIVERY_SD, dispatch.delivery_sd),
            (PARCEL, fen(scenario.operations.money.parcel)),
            (RETURN, returns.rate),
            (RETURN_DELAY, returns.delay),
            (RESTOCK, returns.restock),
            (CANCELS, cancels.rate),
            (CANCEL_HOURS, cancels.delay),
            (CALLS_OFF, hazard(cancels.while_waiting)),
            (OFF_EXCUSED, float(dispatch.excused)),
            (AT_THE_DOOR, door.share),
            (REFUSES, door.refused),
        ),
        carriers=_carriers(dispatch.in_time),
        off=days_off(scenario),
    )


def hazard(share: float) -> float:
    """Rate an hour at which this share gives up within a day; a whole share within minutes."""
    return -math.log(max(1.0 - share, 1e-100)) / 24.0


def _carriers(carriers: tuple[Carrier, ...]) -> F:
    """`DayPlan.carriers`, [n_carriers, N_CARRIER]."""
    table = np.zeros((len(carriers), N_CARRIER))
    for row, carrier in zip(table, carriers, strict=True):
        row[CARRIER_UP_TO] = carrier.share
        row[[CARRIER_MU, CARRIER_SD]] = log(carrier.delivery), carrier.delivery_sd
        row[CARRIER_PRICE] = fen(carrier.price)
    if carriers:
        table[:, CARRIER_UP_TO] = np.cumsum(table[:, CARRIER_UP_TO]) / table[:, CARRIER_UP_TO].sum()
    return table


def filling_wave(number: float, before: F, after: F) -> float:
    """Number of the first wave under `after` that leaves no earlier than wave `number` under `before`.

    Waves are numbered through from the start of the run; a stage with other waves numbers them anew.
    """
    day, w = divmod(int(number), before.size)
    later = np.flatnonzero(after >= before[w])
    return float(day * after.size + (later[0] if later.size else after.size))


def new_holidays(wave: F, before: I, after: I, n_waves: int, today: int) -> None:
    """Change `DayState.wave` as carriers' days off change this morning; orders keep the waves that they have.

    Where waves that were off are not any more, the first of them fills now, and what lies after it is taken; one that
    is off from now on takes no more.

    Parameters
    ----------
    before, after
        As `DayPlan.off`.
    """
    number = int(wave[FILLING])
    days = np.arange(today, max(today, number // n_waves) + 1)
    freed = days[(_days_left(before, days) > 0) & (_days_left(after, days) == 0)]
    for place, orders in ((FILLING, IN_IT), (TAKEN_TO, IN_LAST)):
        if _days_left(after, np.array([int(wave[place]) // n_waves]))[0]:
            wave[orders] = np.inf
    if freed.size and freed[0] * n_waves < number:
        opens = freed[0] + _days_left(before, freed)[0]
        if wave[TAKEN_FROM] <= number:
            wave[TAKEN_TO], wave[IN_LAST] = number, wave[IN_IT]
        wave[TAKEN_FROM] = opens * n_waves
        wave[FILLING], wave[IN_IT] = freed[0] * n_waves, 0.0


def _days_left(off: I, days: I) -> I:
    """Days until carriers work again, from each of `days` on; 0 where they do."""
    known = days < off.size
    left = np.zeros(days.size, dtype=np.int64)
    left[known] = off[days[known]]
    return left


class Fulfilment:
    """The warehouse."""

    def __init__(self, stages: tuple[Dispatch, ...]) -> None:
        self._stages = stages

    def waves(self, stage: int) -> F:
        """Hours of the day at which parcels leave."""
        return self._stages[stage].waves

    def carriers(self, stage: int) -> F:
        """Who takes parcels; a copy."""
        return self._stages[stage].carriers.copy()

    def off(self, stage: int) -> I:
        """When carriers do not work, as `DayPlan.off`."""
        return self._stages[stage].off

    def change(self, wave: F, before: int, after: int, day: int) -> None:
        """Carry `DayState.wave` over to the waves and holidays of another stage, which hold from this morning on."""
        old, new = self._stages[before], self._stages[after]
        if old.waves.tolist() != new.waves.tolist():
            for place in (FILLING, TAKEN_FROM, TAKEN_TO):
                wave[place] = filling_wave(wave[place], old.waves, new.waves)
        new_holidays(wave, old.off, new.off, new.waves.size, day)

    def open(self, today: Today) -> None:
        """Write the waves and the fate of parcels."""
        if today.fresh:
            dispatch = self._stages[today.stage]
            today.plan.waves[:] = dispatch.waves
            for place, value in dispatch.scalars:
                today.plan.scalars[place] = value

    def close(self, due: Sequence[float]) -> Parcels:
        """What is due today: `due` is the day's row of `Due.days`."""
        return Parcels(*_OF_DUE(due))
