"""Members: who comes back, at which rate, at which level, and who is sent a coupon."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from storesim.scenario.coupon_rules import COUPON_DAYS, MEMBER_PIECES, sending, takes_all, tens
from storesim.scenario.spec import Check, Spec, at_places, disagreement
from storesim.units import CNY, Date, Days, Number, Rate, Share, Whole

Level = Literal["basic", "middle", "senior", "vip"]
LEVELS: tuple[Level, ...] = ("basic", "middle", "senior", "vip")
"""普通、中级、高级、VIP (seed 001, section 3.5)."""


class Levels(Spec):
    """What makes a member of each level; everybody begins at the first, `basic` (seed 001, 3.5: by amount or count)."""

    by: Literal["count", "amount"] = "count"
    """`count`: orders so far; `amount`: CNY spent so far."""

    middle: Number = Field(default=2.0, ge=0)
    """Orders, or CNY, from which a member is 中级; *assumed*."""

    senior: Number = Field(default=4.0, ge=0)
    """Orders, or CNY, from which a member is 高级; *assumed*."""

    vip: Number = Field(default=8.0, ge=0)
    """Orders, or CNY, from which a member is VIP; *assumed*."""

    @model_validator(mode="after")
    def _rising(self) -> Self:
        for low, high in (("middle", "senior"), ("senior", "vip")):
            if getattr(self, high) < getattr(self, low):
                message = f"{high} {getattr(self, high):g} is below {low} {getattr(self, low):g}; levels rise"
                raise at_places("Levels", [((high,), message)])
        return self


class MemberCoupon(Spec):
    """A coupon sent on its first day to the members of a group (DOMAIN 5.6: member-level limits)."""

    model_config = ConfigDict(populate_by_name=True)

    name: str = Field(min_length=1, max_length=60)
    """As it stands in the plan, such as 老客回馈."""

    first: Date = Field(alias="from")
    """Day on which it is sent."""

    last: Date = Field(alias="to")
    """Last day on which it can be used; at most 30 days in all (DOMAIN 5.6, A)."""

    levels: tuple[Level, ...] = ()
    """Levels that get it; empty: all."""

    customers: Literal["all", "new", "old"] = "all"
    """`old`: bought for the first time more than 90 days ago; `new`: later."""

    lapsed: Days = Field(default=0.0, ge=0)
    """Only members who have not bought for so many days; 0 asks for nothing."""

    pieces: Annotated[Whole, Check(sending)] = Field(default=MEMBER_PIECES, ge=1)
    """Most coupons that are sent (DOMAIN 5.6, A: 100,000 at once); who joined since the opening comes last, *assumed*."""

    face: Annotated[CNY, Check(tens)] = Field(gt=0)
    """What it takes off one order, a multiple of 10 (DOMAIN 5.6) and never more than the order; borne by the store."""

    least: Annotated[CNY, Check(tens)] = Field(default=0.0, ge=0)
    """Least value of the order on which it can be used, a multiple of 10 above the face; 0: any order (DOMAIN 5.6)."""

    lift: Rate = Field(default=1.5, ge=0, le=20)
    """Factor on the visits of those who hold it; *assumed*."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            message = f"'to' {self.last} is before 'from' {self.first}; a coupon ends on or after its first day"
            raise at_places("MemberCoupon", [(("to",), message)])
        days = (self.last - self.first).days + 1
        if days > COUPON_DAYS:
            message = f"is valid for {days} days; JD allows {COUPON_DAYS} at most; send two, one after the other"
            raise at_places("MemberCoupon", [(("to",), message)])
        if wrong := takes_all(self.face, self.least):
            raise disagreement(wrong, "face", "least")
        return self


class Members(Spec):
    """Buyers who come back (MODEL section 9)."""

    model: Literal["pool", "bg_nbd"] = "pool"
    """`pool`: all alike, their number is all that counts; `bg_nbd`: each with his own rate and chance to drop out."""

    join: Share = 0.6
    """Share of first-time buyers who become members; *assumed*."""

    visits: Rate = Field(default=1.0, ge=0, le=20)
    """Factor on the visits of all members: what a stage's member mechanism moves (MODEL section 2)."""

    churn: Share = 0.006
    """Share of the pool's members who stop coming, each day; *assumed*."""

    opening: Whole = Field(default=0, ge=0, le=1_000_000)
    """Members on the opening day, of a store that has traded before."""

    opening_days: Days = Field(default=365.0, ge=0, le=3650)
    """Days before the opening over which the members of `bg_nbd` joined, evenly; 0: all on its eve; *assumed*."""

    r: Number = Field(default=0.2426, ge=0.05, le=100)
    """Shape of the gamma law of members' rates of purchase (CDNOW, Fader, Hardie and Lee 2005, A)."""

    alpha: Days = Field(default=30.8945, gt=0, le=36_500)
    """α of that law: the mean rate is r/α a day (CDNOW, 4.4135 weeks, A)."""

    a: Number = Field(default=0.7929, ge=0.05, le=100)
    """Of the beta law of the chance to drop out after a purchase, with mean a/(a + b) (CDNOW, A)."""

    b: Number = Field(default=2.4258, ge=0.05, le=10_000)
    """The other parameter of that law (CDNOW, A)."""

    levels: Levels = Levels()
    """Levels of the members of `bg_nbd`."""

    coupons: tuple[MemberCoupon, ...] = ()
    """Coupons for groups of members; with `bg_nbd` only."""

    @model_validator(mode="after")
    def _known_one_by_one(self) -> Self:
        if self.coupons and self.model == "pool":
            message = "a pool's members are all alike, so none can be sent a coupon; write model: bg_nbd"
            raise at_places("Members", [(("coupons",), message)])
        return self
