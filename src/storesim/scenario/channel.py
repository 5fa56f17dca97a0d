"""What every channel has, whichever way it brings its visitors."""

from pydantic import Field

from storesim.scenario.devices import DeviceShares
from storesim.scenario.spec import Named, Spec
from storesim.units import Number, Rate, Share


class Channel(Spec):
    """What every channel has: how its visitors behave once they are in the store."""

    conversion: Rate = Field(default=1.0, ge=0, le=20)
    """Odds of buying relative to the category's base."""

    bounce: Share = 0.50
    """Share of visitors who see one page and leave (DOMAIN 4.2: 40–60 %, C); *assumed*."""

    depth: Number = Field(default=4.5, ge=2, le=100)
    """Mean pages of a visitor who does not bounce: two, plus a geometric number; with half of them leaving at once 2.75 pages a visitor (DOMAIN 4.2: 2–6, G); *assumed*."""

    device_shares: DeviceShares = Named()
    """Share of its visitors on each device of `market.devices`, where it differs from the market's; they add up to 1."""
