"""Events on the calendar: when demand rises, prices fall, and who may take part."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator

from storesim.scenario.catalogue import Role
from storesim.scenario.hours import Clock
from storesim.scenario.spec import Spec, at_places
from storesim.units import Date, Days, Discount, Number, Rate, Share, Whole


class Entry(Spec):
    """What a store must show before it may take part (DOMAIN 5.4)."""

    age: Days = Field(default=0.0, ge=0)
    """Least age of the store."""

    good_reviews: Whole = Field(default=0, ge=0)
    """Least number of good reviews."""

    good_rate: Share = 0.0
    """Least share of good reviews."""

    score: Share = 0.0
    """Least store score, as a rank rate among rivals."""

    orders_a_day: Number = Field(default=0.0, ge=0)
    """Least orders a day, a mean over the last 30 days (DOMAIN 5.4: 1, or 2 for 秒杀单品, B)."""

    free_shipping: bool = False
    """Whether the store must send every order without freight (包邮), as 秒杀 asks (DOMAIN 5.4, B)."""


class Event(Spec):
    """One dated event: a platform sale, a holiday trough, or a sale of the store's own."""

    model_config = ConfigDict(populate_by_name=True)

    name: str = Field(min_length=1, max_length=60)
    """As it stands on charts, such as 618."""

    first: Date = Field(alias="from")
    """First day."""

    last: Date = Field(alias="to")
    """Last day, included."""

    opens: Clock = 0.0
    """Time on the first day at which it opens, such as 20:00."""

    market: Rate = Field(default=1.0, gt=0, le=50)
    """Factor on everybody's demand, whether the store takes part or not."""

    traffic: Rate = Field(default=1.0, gt=0, le=50)
    """Further factor on the store's organic visitors when it takes part."""

    conversion: Rate = Field(default=1.0, gt=0, le=20)
    """Factor on the odds of buying when it takes part."""

    discount: Discount = 0.0
    """Price cut when it takes part."""

    roles: tuple[Role, ...] = ()
    """Roles of the SKUs that are cut; empty: all."""

    rival_bids: Rate = Field(default=1.0, gt=0, le=20)
    """Factor on rivals' bids."""

    entry: Entry = Entry()
    """Conditions to take part."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            message = f"'to' {self.last} is before 'from' {self.first}; an event ends on or after its first day"
            raise at_places("Event", [(("to",), message)])
        return self
