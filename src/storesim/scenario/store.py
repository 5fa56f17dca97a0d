"""The store itself, its market and the gates between its stages."""

from typing import Annotated, Literal

from pydantic import Field

from storesim.scenario.customers import CustomerLevels
from storesim.scenario.devices import DeviceUses
from storesim.scenario.hours import Hours24
from storesim.scenario.modes import Mode, Terms
from storesim.scenario.spec import Check, Named, Spec
from storesim.units import CNY, Date, Days, Number, Rate, Share, Whole

StageName = Literal["launch", "growth", "stable"]
STAGES: tuple[StageName, ...] = ("launch", "growth", "stable")


_ROUNDING = 0.0005
"""Shares written with a few digits may miss 1 by this much."""


def _adds_up(season: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    if abs(sum(season) - 1.0) > _ROUNDING:
        raise ValueError(f"the four quarters add up to {sum(season):.4g}; they must add up to 1")
    return season


class Store(Spec):
    """Who the store is and when it opens."""

    name: str = Field(min_length=1, max_length=80)
    """Name of the store or brand, as it stands on reports."""

    opened: Date
    """First day of trading; the first simulated day."""

    category: str = "general"
    """Category the store sells in; a label on reports."""

    mode: Mode = "SOP"
    """Cooperation mode: SOP, LBP, FBP, FCS or self_operated (自营); who stores, delivers and invoices (DOMAIN 5.1)."""

    terms: Terms = Terms()
    """JD's terms in that mode, where they differ from the mode's own."""


class Rivals(Spec):
    """The stores that compete for the same visitors and keywords (MODEL section 1)."""

    strength: Number = Field(default=1.0, gt=0)
    """Rivals' pull on organic visitors, on the scale of the store's own organic weight."""

    sd: Number = Field(default=0.10, ge=0, le=2)
    """Standard deviation of the logarithm of strength over a long time; *assumed*."""

    half_life: Days = Field(default=21.0, gt=0)
    """Days in which a departure from the usual strength halves; *assumed*."""

    growth: Rate = Field(default=0.0, gt=-0.9, le=3)
    """Growth of their strength per year: 0.2 is a fifth stronger a year later."""

    bid_effect: Number = Field(default=0.5, ge=0, le=3)
    """Power with which rivals' strength raises the price of a click; *assumed*."""


class DemandNoise(Spec):
    """Daily luck of the whole market: a stationary AR(1) in logs."""

    sd: Number = Field(default=0.13, ge=0, le=2)
    """Standard deviation of log demand (MODEL 1, B)."""

    lag1: Number = Field(default=0.65, ge=0, lt=1)
    """Correlation of one day with the next (MODEL 1, B)."""


class Market(Spec):
    """Demand of the category that this store could ever see."""

    searches_per_day: Number = Field(ge=0)
    """Visitors a day who look for what the store sells, on a mean day of the opening year."""

    growth: Rate = Field(default=0.0, gt=-0.9, le=3)
    """Growth of the market per year: 0.08 is 8 % more a year later."""

    season: Annotated[tuple[Share, Share, Share, Share], Check(_adds_up)] = (0.200, 0.260, 0.230, 0.310)
    """Share of a year's demand in each quarter (DOMAIN 10, A); must add up to 1."""

    weekend: Rate = Field(default=0.82, gt=0, le=5)
    """Demand on a weekend day as a share of a working day's (DOMAIN 3.5, A)."""

    hours: Hours24 = (
        2.5, 1.55, 0.70, 0.50, 0.35, 0.45, 1.05, 2.30, 3.66, 5.76, 7.21, 6.16,
        5.96, 6.46, 6.61, 6.01, 5.31, 4.16, 3.71, 4.16, 5.21, 6.26, 7.26, 5.61,
    )  # fmt: skip
    """Relative visits in each hour of the day (DOMAIN 3.3, A; hour 0 lowered for a normal day)."""

    devices: DeviceUses = Field(default=Named(), max_length=16)
    """Devices on which visitors come (终端); without any, visitors are not told apart."""

    levels: CustomerLevels = CustomerLevels()
    """京东会员级别 of visitors, where a promotion is for some levels only."""

    noise: DemandNoise = DemandNoise()
    rivals: Rivals = Rivals()


class Gate(Spec):
    """What the store's own record must show before it moves to the next stage."""

    age: Days = Field(default=0.0, ge=0)
    """Least age of the store."""

    good_reviews: Whole = Field(default=0, ge=0)
    """Least number of good reviews (4 or 5 stars)."""

    good_rate: Share = 0.0
    """Least share of good reviews."""

    gmv_28d: CNY = Field(default=0.0, ge=0)
    """Least GMV over the last 28 days, CNY."""

    growth_below: Rate | None = None
    """Most growth of the last 84 days' GMV over the 84 before, season taken out; none: not asked."""

    returning_share: Share = 0.0
    """Least share of the last 28 days' buyers that came as members."""

    on: Date | None = None
    """Move on this date whatever the record says; the other conditions are then not asked."""


class Stage(Spec):
    """One stage: how it is entered, and the levers it sets."""

    gate: Gate | None = None
    """Condition to enter; none for the first stage."""

    back_below: CNY | None = Field(default=None, ge=0)
    """Fall back to the stage before when 28-day GMV is under this, CNY; none: never."""

    playbook: Named[object] = Named()
    """Levers this stage sets, as dotted paths: `channels.express.daily_budget: 450`."""


class Stages(Spec):
    """The three stages; reviewed every seven days."""

    launch: Stage = Stage()
    """开展期: entered on the opening day."""

    growth: Stage = Stage(gate=Gate(age=30, good_reviews=10, good_rate=0.9, gmv_28d=100_000))
    """成长期: after 30 days with 10 good reviews and 90 % good (MODEL 2, B), and ¥100,000 in 28 days, which is *assumed*."""

    stable: Stage = Stage(gate=Gate(age=180, growth_below=0.10, returning_share=0.15, gmv_28d=200_000))
    """稳定期: growth below 10 % and 15 % of buyers returning (MODEL 2, G), after 180 days and with ¥200,000 in 28 days; *assumed*."""
