"""Whom a pay-per-click channel meets at auction: groups of keywords and their match types, crowds, devices."""

from typing import Annotated, Literal

from pydantic import Field

from storesim.scenario.devices import add_up
from storesim.scenario.spec import Check, Named, Spec, disagreement
from storesim.units import CNY, Number, Rate, Share


class Phrase(Spec):
    """How phrase match (短语) differs from exact match of the same words: more searches, less to the point (DOMAIN 2.2, B)."""

    reach: Number = Field(default=1.3, ge=1, le=20)
    """Searches reached, those that match exactly included, relative to exact match; *assumed*."""

    relevance: Number = Field(default=0.97, gt=0, le=1)
    """Factor on the relevance of the group; *assumed*."""

    clicks: Number = Field(default=0.95, gt=0, le=1)
    """Factor on the chance of a click; *assumed*."""

    conversion: Number = Field(default=0.9, ge=0, le=1)
    """Factor on the odds of buying; *assumed*."""


class Broad(Phrase):
    """How broad match (切词) differs from exact match of the same words: most searches, least to the point."""

    reach: Number = Field(default=1.6, ge=1, le=20)
    relevance: Number = Field(default=0.93, gt=0, le=1)
    clicks: Number = Field(default=0.90, gt=0, le=1)
    conversion: Number = Field(default=0.8, ge=0, le=1)


class Crowd(Spec):
    """A crowd (人群) of searchers that a pay-per-click channel bids more for; the others are met at the plain bid."""

    share: Share = Field(gt=0)
    """Share of the channel's searchers who belong to it."""

    premium: Rate = Field(default=0.0, ge=0, le=3)
    """Added to the bid, as a share of it (人群溢价): 0.3 is 30 %; JD's smart premium goes to 300 % (DOMAIN 2.2, A)."""

    clicks: Rate = Field(default=1.0, gt=0, le=10)
    """Factor on the chance of a click."""

    conversion: Rate = Field(default=1.0, ge=0, le=20)
    """Factor on the odds of buying."""


class Device(Spec):
    """Searchers on one device, such as PC or mobile, and what the channel bids for them."""

    share: Share = Field(gt=0)
    """Share of the channel's searchers who use it; devices add up to 1 (DOMAIN 3.4: PC 5.1 %, A). Those of `market.devices`, where there are any."""

    bid: Rate = Field(default=1.0, ge=0, le=10)
    """Factor on the bid (移动端系数). 0 leaves the device out."""

    clicks: Rate = Field(default=1.0, gt=0, le=10)
    """Factor on the chance of a click."""

    conversion: Rate = Field(default=1.0, ge=0, le=20)
    """Factor on the odds of buying."""


class Keywords(Spec):
    """One group of keywords in a pay-per-click channel."""

    match: Literal["exact", "phrase", "broad"] = "exact"
    """Which searches the words meet: `exact` (精确), `phrase` (短语), `broad` (切词); `searches` are those of exact match."""

    searches: Share = 1.0
    """Share of the channel's searches that fall to this group; groups add up to 1."""

    relevance: Number = Field(default=1.0, gt=0, le=10)
    """How well the store's items answer these words; part of the quality score."""

    bid: Rate = Field(default=1.0, gt=0, le=10)
    """Factor on the channel's bid for this group."""

    brand: Share = 0.0
    """Share of the searches for the store's name, by people whom display reached (`carry_over`), that these words meet."""

    rival_score: CNY = Field(default=1.2, gt=0)
    """Median of one rival's bid times quality, CNY a click; *assumed*."""

    rival_sd: Number = Field(default=0.5, ge=0, le=3)
    """Standard deviation of the logarithm of a rival's score; *assumed*."""

    rival_scores: tuple[CNY, ...] = ()
    """Medians of the first rivals, where they differ from `rival_score`."""

    rival_law: Literal["lognormal", "uniform"] = "lognormal"
    """`lognormal` around the median, or `uniform` between 0 and it."""


def _hours_of_the_day(hours: tuple[float, ...]) -> tuple[float, ...]:
    wrong = [hour for hour in hours if not 0.0 < hour <= 24.0]
    if wrong:
        raise ValueError(f"{wrong[0]:g} is no hour of the day; each must be above 0 and at most 24")
    return hours


def _one_at_most(crowds: Named[Crowd]) -> Named[Crowd]:
    total = sum(crowd.share for crowd in crowds.values())
    if total > 1.0005:
        raise disagreement(
            f"the crowds {', '.join(crowds)} hold {total:.4g} of the searchers; together they can hold 1 at most",
            "share",
        )
    return crowds


def _all_devices(devices: Named[Device]) -> Named[Device]:
    add_up(sum(device.share for device in devices.values()), list(devices))
    return devices


def _add_up(groups: Named[Keywords]) -> Named[Keywords]:
    total = sum(group.searches for group in groups.values())
    if abs(total - 1.0) > 0.0005:
        raise disagreement(
            f"searches of the keyword groups {', '.join(groups)} add up to {total:.4g}; they must add up to 1",
            "searches",
        )
    return groups


EXACT = Phrase(reach=1.0, relevance=1.0, clicks=1.0, conversion=1.0)
"""Exact match (精确), to which the others are compared."""

KeywordGroups = Annotated[Named[Keywords], Check(_add_up)]
Crowds = Annotated[Named[Crowd], Check(_one_at_most)]
Devices = Annotated[Named[Device], Check(_all_devices)]
DayHours = Annotated[tuple[Number, ...], Check(_hours_of_the_day)]
