"""How parcels leave, who carries them, and what being late costs."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator

from storesim.scenario.hours import Clock
from storesim.scenario.spec import Spec, at_places
from storesim.units import CNY, Date, Days, Hours, Number, Share, Whole


class Carrier(Spec):
    """A carrier (快递公司) that takes parcels."""

    name: str = Field(min_length=1, max_length=40)
    """As it stands in the file."""

    price: CNY = Field(ge=0)
    """Cost of one parcel, in place of operations.money.parcel."""

    delivery: Days = Field(default=2.0, gt=0)
    """Median days from dispatch to the buyer; *assumed*."""

    delivery_sd: Number = Field(default=0.35, ge=0, le=2)
    """Standard deviation of the logarithm of delivery days; *assumed*."""

    share: Number = Field(default=1.0, gt=0)
    """Parcels it takes, relative to the other carriers."""


class DaysOff(Spec):
    """Days in a row on which no carrier picks up or delivers, such as those of the Spring Festival."""

    model_config = ConfigDict(populate_by_name=True)

    first: Date = Field(alias="from")
    """First day."""

    last: Date = Field(alias="to")
    """Last day, included."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            message = f"'to' {self.last} is before 'from' {self.first}; carriers work again after the last day"
            raise at_places("DaysOff", [(("to",), message)])
        return self


class Dispatch(Spec):
    """Orders wait for a wave; late ones cost."""

    waves: tuple[Clock, ...] = Field(default=(11.0, 16.0), min_length=1, max_length=24)
    """Times of day at which parcels leave (seed 002: twice a day)."""

    capacity: Whole = Field(default=500, ge=1)
    """Orders one wave can take; *assumed*."""

    promise: Hours = Field(default=24.0, gt=0)
    """Time after payment within which an order is to leave, hours (seed 002; DOMAIN 10: 24 h, B)."""

    limit: Hours = Field(default=48.0, gt=0)
    """Time after payment at which an order is late, hours (seed 002; DOMAIN 10: 48 h, B)."""

    penalty: Share = 0.30
    """Share of the order paid as compensation when it is late (DOMAIN 5.3, C); *assumed*."""

    penalty_cap: CNY = Field(default=500.0, ge=0)
    """Most compensation for one order (DOMAIN 5.3, C); *assumed*."""

    delivery: Days = Field(default=2.0, gt=0)
    """Median days from dispatch to the buyer; *assumed*."""

    delivery_sd: Number = Field(default=0.35, ge=0, le=2)
    """Standard deviation of the logarithm of delivery days; *assumed*."""

    carriers: tuple[Carrier, ...] = Field(default=(), max_length=20)
    """Carriers with prices, days and shares of their own; none: one, as `delivery` and operations.money.parcel say."""

    within: Days | None = Field(default=None, gt=0)
    """Give every parcel to the cheapest carrier whose median days are within this; none: by shares."""

    holidays: tuple[DaysOff, ...] = Field(default=(), max_length=100)
    """Days on which no carrier picks up or delivers, such as those of the Spring Festival; where JD carries, none holds."""

    excused: bool = True
    """Whether these days count neither towards `promise` nor towards `limit` (春节发货规则); *assumed*."""

    @model_validator(mode="after")
    def _somebody_is_in_time(self) -> Self:
        if self.within is not None and self.carriers and not self.in_time:
            fastest = min(carrier.delivery for carrier in self.carriers)
            message = f"'within' is {self.within:g} days and the fastest carrier takes {fastest:g}; it must be {fastest:g} or more"
            raise at_places("Dispatch", [(("within",), message)])
        return self

    @property
    def in_time(self) -> tuple[Carrier, ...]:
        """The carriers that take parcels: all, or the cheapest of those fast enough."""
        if self.within is None:
            return self.carriers
        fast = [carrier for carrier in self.carriers if carrier.delivery <= self.within]
        return tuple(sorted(fast, key=lambda carrier: (carrier.price, carrier.delivery))[:1])
