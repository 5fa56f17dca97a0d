"""How a channel brings visitors. A visit is credited to exactly one channel."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from storesim.scenario.booked import Burst, Display, PayPerSale, Slots
from storesim.scenario.channel import Channel
from storesim.scenario.hours import HourFactors
from storesim.scenario.keywords import EXACT, Broad, Crowds, DayHours, Devices, KeywordGroups, Keywords, Phrase
from storesim.scenario.offsite import Offsite
from storesim.scenario.spec import Named, disagreement
from storesim.units import CNY, Days, Number, Rate, Share, Whole


class Organic(Channel):
    """Free visitors from JD's own search and category pages; rank follows orders and reviews (MODEL section 4)."""

    mechanism: Literal["organic"] = "organic"

    share: Share = 1.0
    """Share of the market's searches that run through this channel."""

    weight: Number = Field(default=0.02, gt=0)
    """Organic weight W of a store with no orders, no reviews and the category's conversion; visitors = searches · W/(W+C); *assumed*."""

    popularity: Number = Field(default=0.55, ge=0, le=2)
    """Power of remembered orders a day on the weight, as log(1 + orders); *assumed*."""

    memory: Days = Field(default=12.0, gt=0)
    """Half-life of remembered orders, days (DOMAIN 3.2, C: windows of 3 and 15 days); *assumed*."""

    conversion_effect: Number = Field(default=0.3, ge=0, le=2)
    """Power of the store's own conversion against the category's; *assumed*."""

    score_effect: Number = Field(default=0.6, ge=0, le=5)
    """Effect on log weight of a store score from 0 to 1; *assumed*."""

    price_effect: Number = Field(default=0.5, ge=0, le=5)
    """Power of a low price index on the weight; *assumed*."""

    out_of_stock_effect: Number = Field(default=0.5, ge=0, le=5)
    """Loss of log weight when every hero SKU is out of stock; *assumed*."""


class PayPerClick(Channel):
    """A channel paid by the click at auction, such as JD Express (京东快车); MODEL section 5."""

    mechanism: Literal["pay_per_click"] = "pay_per_click"

    daily_budget: CNY = Field(ge=0, le=9_999_999)
    """Most the store pays in one day, CNY. 0 switches the channel off."""

    bid: CNY = Field(ge=0.1, le=9_999)
    """Offer for one click, CNY. The price paid is never above it (JD's least bid is 0.1, A)."""

    bid_step: CNY = Field(default=0.01, ge=0.01, le=10)
    """Bids are rounded to whole steps after all factors, CNY; JD takes one decimal, 0.1 (DOMAIN 2.2, A)."""

    hours: HourFactors = (1.0,) * 24
    """Factor on the bid in each hour (分时折扣)."""

    pacing: Literal["as_fast_as_possible", "smooth"] = "as_fast_as_possible"
    """Whether the budget meets every auction until it is spent, or takes part in such a share that it lasts the day."""

    share: Share = 0.6
    """Share of the market's searches in which the keywords appear and an auction is held; *assumed*."""

    rivals: Whole = Field(default=3, ge=0, le=20)
    """Rival bidders in each auction; *assumed*."""

    rival_hours: DayHours = ()
    """Hour of the day at which the budget of each of the first rivals is spent, and it leaves the auctions; 24: never."""

    reserve: CNY = Field(default=0.1, ge=0)
    """Least score that is shown, CNY a click: JD's least bid at a quality of 1 (DOMAIN 2.2, B)."""

    step: CNY = Field(default=0.01, ge=0)
    """Added to what keeps the slot (DOMAIN 2.2: 0.01, B)."""

    slot_ctr: tuple[Share, ...] = (0.060, 0.042, 0.028, 0.015)
    """Chance of a click by slot, first slot first; a store ranked below the last slot is not shown (DOMAIN 2.3: 1–7 %, G); *assumed*."""

    cannibalisation: Share = 0.2
    """Share κ of clicks by visitors who would have come free (DOMAIN 2.4: 0.1–0.4, G); *assumed*."""

    halo: Number = Field(default=0.8, ge=0, le=2)
    """Weight η of an order through this channel in the organic rank (MODEL 4: 0.5–1, G); *assumed*."""

    quality_memory: Days = Field(default=15.0, gt=0)
    """Days over which own click-through is remembered in the quality score (DOMAIN 2.2, C); *assumed*."""

    quality_conversion: Number = Field(default=0.0, ge=0, le=2)
    """Power in the quality score of the channel's own conversion against the category's, remembered alike (DOMAIN 2.2, C)."""

    phrase: Phrase = Phrase()
    """What phrase match changes, in the groups that use it."""

    broad: Broad = Broad()
    """What broad match changes, in the groups that use it."""

    crowds: Crowds = Named()
    """Crowds of searchers with a premium on the bid (人群溢价)."""

    devices: Devices = Named()
    """Devices with a factor on the bid each; without any, all searchers are alike."""

    keywords: KeywordGroups = Named({"all": Keywords()})
    """Groups of keywords that share the budget."""

    def matched(self, group: Keywords) -> Phrase:
        """What the match type of a group changes."""
        return {"exact": EXACT, "phrase": self.phrase, "broad": self.broad}[group.match]

    @property
    def reach(self) -> float:
        """Searches reached, relative to exact match of all groups."""
        groups = self.keywords.values()
        return sum(group.searches * self.matched(group).reach for group in groups) / sum(g.searches for g in groups)

    @model_validator(mode="after")
    def _within_the_market(self) -> Self:
        if self.share * self.reach > 1.0005:
            raise disagreement(
                f"share {self.share:g} and the match types of the keywords reach {self.share * self.reach:.4g} of the "
                "market's searches; they can reach 1 at most",
                "share",
            )
        return self


class Placement(Channel):
    """Display to an audience on social media, such as 京东直投; it saturates (MODEL section 6)."""

    mechanism: Literal["placement"] = "placement"

    daily_budget: CNY = Field(ge=0, le=9_999_999)
    """Most the store pays in one day, CNY. 0 switches the channel off."""

    billing: Literal["click", "thousand"] = "click"
    """Paid per click, or per thousand impressions."""

    price: CNY = Field(default=1.5, gt=0)
    """Price of a click, or of a thousand impressions, CNY (DOMAIN 2.3: ¥0.8–8 a click by category, D); *assumed*."""

    audience: Number = Field(gt=0)
    """People who can be shown the store."""

    impressions_per_day: Number = Field(default=0.20, gt=0, le=20)
    """Impressions per person of the audience on a day without budget limit; *assumed*."""

    ctr: Share = 0.010
    """Chance that a person clicks at the first exposure; *assumed*."""

    fatigue: Number = Field(default=0.25, ge=0, le=5)
    """f: the chance of a click after x exposures is 1/(1 + f·x) of that at the first; *assumed*."""

    recovery: Days = Field(default=20.0, gt=0)
    """Days in which remembered exposures halve; *assumed*."""

    response: Share | None = None
    """Elasticity of clicks to spend where much is shown: 0.74 in measured display data (MODEL 6, B). Without it clicks grow as the logarithm of what is shown, and a click keeps its price."""

    carry_over: Share = 0.0
    """Share of the people reached on a day who search for the store by its name on the days that follow; *assumed*."""

    carry_half_life: Days = Field(default=7.0, gt=0)
    """Days in which half of those who will search have searched; *assumed*."""

    halo: Number = Field(default=0.5, ge=0, le=2)
    """Weight of an order through this channel in the organic rank (MODEL 4, G); *assumed*."""


class Returning(Channel):
    """Members and followers who come back by themselves (MODEL section 9)."""

    mechanism: Literal["returning"] = "returning"

    visits_per_member: Number = Field(default=0.02, ge=0, le=5)
    """Visits a day of one active member; *assumed*."""

    bounce: Share = 0.25
    """Share of visitors who see one page and leave; half of what others do, since they know the store; *assumed*."""

    conversion: Rate = Field(default=2.5, ge=0, le=20)
    """Odds of buying relative to the category's base; *assumed*."""


AnyChannel = Annotated[
    Organic | PayPerClick | Placement | Display | PayPerSale | Slots | Burst | Returning | Offsite,
    Field(discriminator="mechanism"),
]
PaidChannel = PayPerClick | Placement | Display | PayPerSale | Slots | Burst
"""Channels that cost money; what they sell is sold through ads."""
