"""Selling beyond JD: other marketplaces and the brand's own site (MODEL section 12)."""

from typing import Annotated, Literal

from pydantic import Field

from storesim.scenario.channel import Channel
from storesim.scenario.money import of_a_month
from storesim.scenario.spec import Check
from storesim.units import CNY, Days, Number, Share, Whole


class Offsite(Channel):
    """Another marketplace (唯品会, 苏宁易购, 淘宝) or an own site, which sells from the same shelf (MODEL section 12)."""

    mechanism: Literal["offsite"] = "offsite"

    potential: Number = Field(default=0.0, ge=0)
    """Visitors on a mean day if everybody there knew the brand. 0: not open; the stable stage's playbook opens it."""

    half: Number = Field(default=20_000.0, gt=0)
    """Brand strength at which half of them come; *assumed*."""

    reach: Number = Field(default=0.02, ge=0, le=1)
    """Weight of a visitor beside a buyer in the brand's strength; *assumed*."""

    memory: Days = Field(default=180.0, gt=0)
    """Days in which brand strength halves; *assumed*."""

    cannibalisation: Share = 0.1
    """Share of its visitors who would have come to the store on JD; *assumed*."""

    commission: Share = 0.05
    """That platform's commission on GMV that is not refunded, in place of JD's commission and fee (DOMAIN 9.3: 5 %, B)."""

    settlement: Whole = Field(default=7, ge=0, le=90)
    """Days from delivery to that platform's settlement; *assumed*."""

    settlement_dates: Annotated[tuple[Whole, ...], Check(of_a_month)] = ()
    """Days of the month on which that platform pays; empty: every day."""

    upkeep: CNY = Field(default=0.0, ge=0)
    """Cost of being there while it is open, CNY a day: store fee, servers, domain; *assumed*."""
