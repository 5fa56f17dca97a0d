"""Events a store may join and has not: sales of the shipped calendar, and further slots of a channel that has some."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from storesim.scenario.booked import Slot, Slots
from storesim.scenario.calendar import sale_calendar
from storesim.scenario.document import Scenario
from storesim.scenario.events import Event
from storesim.scenario.store import STAGES

_MOST_SALES = 3
_MOST_SLOTS = 4
_MONTH = dt.timedelta(days=30)
_DAY = dt.timedelta(days=1)


def open_sales(scenario: Scenario, first: dt.date, last: dt.date) -> tuple[Event, ...]:
    """Sales of the shipped calendar that the store does not take part in, those first that would lift it most.

    What a sale does to everybody, its `market` and `rival_bids`, is the scenario's to say and no doing of the store's:
    they are 1 here, so that what a lever brings is what taking part brings. Whether the store is let in is judged when
    it is simulated; only a store too young is left out here.

    Parameters
    ----------
    first, last
        Days that count; a sale lies between them.
    """
    found = []
    for sale in sale_calendar():
        old_enough = (sale.first - scenario.store.opened).days >= sale.entry.age
        inside = first <= sale.first and sale.last <= last
        if inside and old_enough and _takes_part(sale) and not _is_joined(scenario.events, sale):
            found.append(sale.model_copy(update={"market": 1.0, "rival_bids": 1.0}))
    best = sorted(found, key=lambda sale: -_lift(sale))[:_MOST_SALES]
    return tuple(sorted(best, key=lambda sale: sale.first))


def has_slots(scenario: Scenario) -> bool:
    """Whether the store has a channel of slots, so that further ones are a lever."""
    return any(isinstance(channel, Slots) for channel in scenario.channels.values())


def open_slots(
    scenario: Scenario, first: dt.date, last: dt.date, since: dt.date | None = None
) -> Iterator[tuple[str, tuple[Slot, ...]]]:
    """(channel, further slots it could sign up for), in the middle of the longest times without one.

    A further slot is as the channel's slots are: that with the middle number of visitors, on other days. It keeps the
    channel's rest between slots and the most of its items in 30 days; its sign-up is over on no day before `since`.
    """
    for name, channel in scenario.channels.items():
        if isinstance(channel, Slots):
            earliest = max(first, scenario.store.opened + dt.timedelta(days=max(channel.entry.age, channel.sign_up)))
            if since is not None:
                earliest = max(earliest, since + dt.timedelta(days=channel.sign_up))
            books = (getattr(scenario.stages, stage).playbook for stage in STAGES)
            most = max(channel.most, *(int(str(book.get(f"channels.{name}.most", 0))) for book in books))
            if found := _further(channel, most, (earliest, last)):
                yield name, found


def _takes_part(event: Event) -> bool:
    return event.traffic > 1.0 or event.conversion > 1.0 or event.discount > 0.0


def _is_joined(events: Sequence[Event], sale: Event) -> bool:
    """Whether the store takes part in something on half of the sale's days, or more."""
    days = (sale.last - sale.first).days + 1
    joined = (event for event in events if _takes_part(event))
    return any(2 * ((min(e.last, sale.last) - max(e.first, sale.first)).days + 1) >= days for e in joined)


def _lift(sale: Event) -> float:
    return (sale.traffic * sale.conversion - 1.0 + sale.discount) * ((sale.last - sale.first).days + 1)


def _further(channel: Slots, most: int, days: tuple[dt.date, dt.date]) -> tuple[Slot, ...]:
    """Further slots between two days, `most` in a month at most."""
    first, last = days
    held = [slot for slot in channel.dates if first <= slot.first and slot.last <= last]
    if not held:
        return ()
    model = sorted(held, key=lambda slot: slot.visitors)[len(held) // 2]
    length, rest = model.last - model.first, dt.timedelta(days=channel.rest)
    found: list[Slot] = []
    while len(found) < _MOST_SLOTS:
        taken = sorted([*channel.dates, *found], key=lambda slot: slot.first)
        gaps = sorted(_gaps(taken, first, last), key=lambda gap: gap[0] - gap[1])
        dates = (
            begin + (end - begin - length) // 2 for begin, end in gaps if end - begin - length >= 2 * (rest + _DAY)
        )
        sharing = [slot.first for slot in taken if slot.may_share(model)]
        day = next((day for day in dates if sum(abs(first - day) < _MONTH for first in sharing) < most), None)
        if day is None:
            break
        found.append(model.model_copy(update={"first": day, "last": day + length}))
    return tuple(found)


def _gaps(taken: Sequence[Slot], first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """(last day of a slot, first day of the next) between two days."""
    begin = first
    for slot in taken:
        if slot.last < first or slot.first > last:
            continue
        yield begin, slot.first
        begin = slot.last
    yield begin, last
