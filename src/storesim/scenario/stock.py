"""How stock is kept: when to order, how much, what holding it costs, and the buy for one season."""

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from storesim.scenario.spec import Spec, at_places
from storesim.units import CNY, Date, Days, Number, Rate, Share

_ROUNDING = 0.0005
"""Shares written with a few digits may miss 1 by this much."""


class SeasonDelivery(Spec):
    """One delivery of a seasonal buy."""

    on: Date
    """Day whose morning finds the pieces on the shelf; on or before the opening day they are the opening stock."""

    share: Share
    """Share of the whole buy in it."""


class Season(Spec):
    """A buy for one season, decided before it begins (seed 002: quantities by season and SKU)."""

    model_config = ConfigDict(populate_by_name=True)

    first: Date = Field(alias="from")
    """First day of the season."""

    last: Date = Field(alias="to")
    """Last day, included; what is left is dealt with in its evening."""

    units: Number = Field(default=0.0, ge=0)
    """Pieces expected to sell in the season, over all SKUs; spread by popularity."""

    quantity: Literal["expected", "newsvendor"] = "expected"
    """`expected`: buy what is expected; `newsvendor`: the quantile of demand at which one more piece no longer pays."""

    spread: Number = Field(default=0.3, ge=0, le=3)
    """Standard deviation of the season's mean demand as a share of it, for the newsvendor; *assumed*."""

    deliveries: tuple[SeasonDelivery, ...] = Field(default=(), max_length=12)
    """Dated deliveries, whose shares add up to 1; none: everything on the first day."""

    reorder: Date | None = None
    """Day of one more order for the rest of the season, from what was asked for until then; none: no reorder."""

    left: Literal["keep", "clear"] = "keep"
    """What is left after the last day: kept on the shelf, or cleared out every evening."""

    salvage: Share = 0.0
    """Share of the purchase price that clearing brings; 0 writes the pieces off."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        faults: list[tuple[tuple[str | int, ...], str]] = []
        if self.last < self.first:
            faults.append((("to",), f"'to' {self.last} is before 'from' {self.first}; a season ends after it begins"))
        if self.reorder is not None and not self.first < self.reorder <= self.last:
            message = f"'reorder' {self.reorder} is not within the season; it must be after {self.first} and not after {self.last}"
            faults.append((("reorder",), message))
        total = sum(delivery.share for delivery in self.deliveries)
        if self.deliveries and abs(total - 1.0) > _ROUNDING:
            faults.append(
                (("deliveries",), f"the shares of the deliveries add up to {total:.4g}; they must add up to 1")
            )
        if faults:
            raise at_places("Season", faults)
        return self


class Stock(Spec):
    """When to order, how much, and what holding stock costs (MODEL section 8)."""

    policy: Literal["sQ", "sS", "RS", "base", "seasonal", "unlimited"] = "sQ"
    """`sQ`: a lot when on hand and on order fall to s; `sS`: then up to S; `RS`: every few days up to S; `base`: piece by piece up to a level; `seasonal`: dated buys for a season; `unlimited`: never out."""

    safety: Days = Field(default=7.0, ge=0)
    """Days of sales held on top of the lead time's; *assumed*."""

    lot: Days = Field(default=21.0, gt=0)
    """Days of sales in one order of `sQ`; between s and S in `sS`; *assumed*."""

    every: Days = Field(default=7.0, ge=1, le=366)
    """Days from one order to the next in `RS`, at midnight; rounded to whole days; *assumed*."""

    opening: Days = Field(default=30.0, ge=0)
    """Days of expected sales on the shelf at opening, where the SKU does not say its stock; *assumed*."""

    level: Days | None = Field(default=None, gt=0)
    """Level of `base` in days of expected sales; none: the opening stock."""

    expected_units: Number = Field(default=5.0, ge=0)
    """Pieces a day the planner expected before there were sales; *assumed*."""

    memory: Days = Field(default=28.0, gt=0)
    """Days of sales the policy looks back on; *assumed*."""

    lead_sd: Number = Field(default=0.3, ge=0, le=2)
    """Standard deviation of the logarithm of lead time; *assumed*."""

    holding: CNY = Field(default=0.0, ge=0)
    """Cost of keeping one piece for one day, such as rent for its place, CNY a piece a day."""

    holding_share: Rate = Field(default=0.0, ge=0, le=5)
    """Cost of the money in stock, as a share of purchase price a year: 0.1 is 10 %."""

    season: Season | None = None
    """The season of `seasonal`."""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.policy == "seasonal" and self.season is None:
            message = (
                "operations.stock.policy is 'seasonal' and operations.stock.season is missing; write its days and units"
            )
            raise at_places("Stock", [(("policy",), message)])
        return self
