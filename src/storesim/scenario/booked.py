"""Channels that are booked by date or paid by result: display, affiliates, event slots, bursts (MODEL section 3)."""

from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from storesim.scenario.catalogue import Role
from storesim.scenario.channel import Channel
from storesim.scenario.events import Entry
from storesim.scenario.hours import Clock, ClockSpan
from storesim.scenario.spec import Check, Spec, at_places
from storesim.scenario.suggest import did_you_mean
from storesim.units import CNY, Date, Days, Discount, Number, Rate, Share, Whole

Way = tuple[str | int, ...]
SLOT_ENTRY = Entry(age=30.0, good_reviews=10, good_rate=0.9, score=0.30, orders_a_day=1.0, free_shipping=True)
"""What 秒杀 asks of a store (DOMAIN 5.4, B)."""


class Window(Spec):
    """Some days, the first and the last included."""

    model_config = ConfigDict(populate_by_name=True)

    first: Date = Field(alias="from")
    """First day."""

    last: Date = Field(alias="to")
    """Last day, included."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            message = f"'to' {self.last} is before 'from' {self.first}; a window ends on or after its first day"
            raise at_places("Window", [(("to",), message)])
        return self


class Booking(Window):
    """Days on which display is booked."""

    impressions: Number | None = Field(default=None, gt=0)
    """Impressions a day; none: all that the budget buys. Booked by the day, what the position shows a day."""


class Display(Channel):
    """Banners booked by day and position, such as 京选展位 and 购物触点."""

    mechanism: Literal["display"] = "display"

    daily_budget: CNY = Field(ge=0, le=9_999_999)
    """Most the store pays in one day, CNY. 0 switches the channel off."""

    billing: Literal["thousand", "day"] = "thousand"
    """Paid per thousand impressions (CPM), or per day and position (CPD)."""

    price: CNY = Field(default=30.0, gt=0)
    """Price of a thousand impressions, or of a day, CNY (DOMAIN 2.3: 15–60 a thousand, G); *assumed*."""

    ctr: Share = 0.02
    """Chance that an impression is clicked (DOMAIN 2.3: a plan's 2 %, B)."""

    bookings: tuple[Booking, ...] = Field(min_length=1)
    """Days booked; those that overlap are several positions, served in this order while the budget lasts."""

    halo: Number = Field(default=0.5, ge=0, le=2)
    """Weight of an order through this channel in the organic rank (MODEL 4, G); *assumed*."""

    conversion: Rate = Field(default=1.5, ge=0, le=20)
    """Odds of buying relative to the category's base (DOMAIN 2.3: 3 % of display where search ads have 2 %, B)."""

    @model_validator(mode="after")
    def _days_have_impressions(self) -> Self:
        if self.billing == "day":
            message = "booked by the day, a position must say how many impressions a day it shows; write impressions"
            empty = [i for i, booking in enumerate(self.bookings) if booking.impressions is None]
            if empty:
                raise at_places("Display", [(("bookings", i), message) for i in empty])
        return self


class PayPerSale(Channel):
    """Publishers who send visitors for a commission on completed orders, such as 京挑客 (DOMAIN 2.3)."""

    mechanism: Literal["pay_per_sale"] = "pay_per_sale"

    rate: Share = Field(default=0.10, ge=0, le=0.8)
    """Commission on promoted items, as a share of what was paid (DOMAIN 10: 1 % to 80 %, 10 % usual, C). 0 switches the channel off; *assumed*."""

    typical_rate: Share = Field(default=0.10, gt=0, le=0.8)
    """Commission that other stores of the category pay (DOMAIN 10, C); *assumed*."""

    visitors: Number = Field(ge=0)
    """Visitors on a mean day at the typical rate."""

    elasticity: Number = Field(default=0.8, ge=0, le=5)
    """ε: visitors rise as (rate / typical rate)^ε; *assumed*."""

    roles: tuple[Role, ...] = ("hero", "promo")
    """Roles of the promoted SKUs: visitors land on these, and only these earn commission; empty: all."""

    settlement: Days = Field(default=26.0, ge=0)
    """Days from the completion of an order to the settlement of its commission (DOMAIN 2.3, A)."""

    halo: Number = Field(default=0.5, ge=0, le=2)
    """Weight of an order through this channel in the organic rank (MODEL 4, G); *assumed*."""

    conversion: Rate = Field(default=2.0, ge=0, le=20)
    """Odds of buying relative to the category's base (DOMAIN 2.3: 4 % of 淘宝客 where search ads have 2 %, B)."""


class Slot(Window):
    """One dated slot of a platform event."""

    visitors: Number = Field(gt=0)
    """Visitors the slot brings in all, on mean days (traffic per slot: not found, G)."""

    pieces: Whole = Field(ge=1)
    """Pieces of each of its SKUs that are sold at the slot's price; then the daily price holds again."""

    discount: Discount = Field(default=0.30, ge=0.05, le=0.70)
    """Cut off the list price (DOMAIN 5.4: a price of 30–95 %, B; its depth G); *assumed*."""

    skus: tuple[str, ...] = ()
    """Codes of the items in this slot; none: those of the channel's `roles`."""

    def may_share(self, other: "Slot") -> bool:
        """Whether an item may be in both: a slot that names none has those of its channel's roles."""
        return not self.skus or not other.skus or not set(self.skus).isdisjoint(other.skus)


def _apart(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    order = sorted(slots, key=lambda slot: slot.first)
    for before, after in pairwise(order):
        if after.first <= before.last:
            message = f"the slots from {before.first} and from {after.first} overlap; write two channels, or move one"
            raise at_places("dates", [((slots.index(after),), message)])
    return slots


class Slots(Channel):
    """Slots of platform events for which a store signs up, such as 秒杀 and 团购 (DOMAIN 5.4, 5.7)."""

    mechanism: Literal["slots"] = "slots"

    dates: Annotated[tuple[Slot, ...], Check(_apart)] = Field(min_length=1)
    """Slots the store would like to have."""

    hours: ClockSpan = (0.0, 24.0)
    """A slot opens at the first hour of its first day and closes at the second of its last day."""

    roles: tuple[Role, ...] = ("hero",)
    """Roles of the SKUs in a slot that names none itself; empty: all."""

    lowest: Days = Field(default=7.0, ge=0, le=366)
    """The price in a slot is never above the lowest of so many days before it (DOMAIN 5.4: 30 days, 7 from 2022, B). 0: not asked."""

    protected: Days = Field(default=0.0, ge=0, le=90)
    """Days after a slot in which its items are not sold below its price (DOMAIN 5.4: 3 to 7, B). 0: not asked."""

    sign_up: Days = Field(default=5.0, ge=0)
    """Days before a slot at which sign-up closes and the store is judged (DOMAIN 3.7, 618: 5 days, B)."""

    rest: Days = Field(default=7.0, ge=0)
    """Least days between the end of one slot of an item and its next in this channel (DOMAIN 5.4: 7, B)."""

    most: Whole = Field(default=4, ge=0)
    """Most slots of an item in 30 days (DOMAIN 5.4: 4, B). 0: the store signs up for none."""

    fee: CNY = Field(default=0.0, ge=0)
    """Paid for a slot on its first day, CNY; *assumed*."""

    fee_share: Share = 0.05
    """Share of what a slot's visitors pay on its days that goes to the platform (DOMAIN 5.7: 5–10 %, B)."""

    entry: Entry = SLOT_ENTRY
    """Conditions to be let in; unless told, those of 秒杀: 30 days, 10 good reviews, 90 % good, rank 30 %, 1 order a day (DOMAIN 5.4, B)."""

    halo: Number = Field(default=0.5, ge=0, le=2)
    """Weight of an order through this channel in the organic rank (MODEL 4, G); *assumed*."""

    conversion: Rate = Field(default=2.0, ge=0, le=20)
    """Odds of buying relative to the category's base, beside what the deep price does: with 30 % off, 4–5 times (DOMAIN 5.7, B)."""


def faults_of_slots(channels: Mapping[str, Channel], codes: Collection[str]) -> list[tuple[Way, str]]:
    """Items that slots name and the catalogue does not have: where, and what is wrong."""
    faults: list[tuple[Way, str]] = []
    for name, channel in channels.items():
        for place, slot in enumerate(channel.dates if isinstance(channel, Slots) else ()):
            for step, code in enumerate(slot.skus):
                if code not in codes:
                    way: Way = ("channels", name, "dates", place, "skus", step)
                    hint = did_you_mean(code, dict.fromkeys(codes))
                    faults.append((way, f"{'.'.join(map(str, way))}: the catalogue has no item '{code}'{hint}"))
    return faults


class Campaign(Spec):
    """One burst of visitors."""

    on: Date
    """Day on which it begins."""

    opens: Clock = 0.0
    """Time at which it begins, such as 20:00."""

    visitors: Number = Field(gt=0)
    """Visitors it brings in all."""

    cost: CNY = Field(default=0.0, ge=0)
    """Paid on the day it begins, CNY."""


class Burst(Channel):
    """Bursts of visitors that decay: posts on social networks (SNS), live streaming."""

    mechanism: Literal["burst"] = "burst"

    bursts: tuple[Campaign, ...] = Field(min_length=1)
    """Posts, or broadcasts, with their dates."""

    half_life: Days = Field(default=1.5, gt=0)
    """Days in which the visitors still to come halve; *assumed*."""

    spread: Number = Field(default=0.5, ge=0, le=2)
    """Luck of a burst: standard deviation of the logarithm of its visitors, whose mean stays; *assumed*."""

    size: Rate = Field(default=1.0, ge=0, le=100)
    """Factor on visitors and cost of bursts that begin now. 0: none is held."""

    halo: Number = Field(default=0.5, ge=0, le=2)
    """Weight of an order through this channel in the organic rank (MODEL 4, G); *assumed*."""

    conversion: Rate = Field(default=0.4, ge=0, le=20)
    """Odds of buying relative to the category's base (DOMAIN 2.3: 0.6 % off-site where a store has 1.5 %, B)."""
