"""What buyers pay for carriage (运费模板): nothing, or a fee below some amount."""

from pydantic import Field

from storesim.scenario.spec import Spec
from storesim.units import CNY, Share


class Freight(Spec):
    """What an order pays for being sent; it is in GMV (DOMAIN 1.1, A). Without a fee all is sent free (包邮)."""

    fee: CNY = Field(default=0.0, ge=0, le=1_000)
    """What an order pays for freight, CNY; 0: nothing (包邮)."""

    free_from: CNY | None = Field(default=None, gt=0)
    """Amount to pay for the goods, after promotions and coupons, from which an order pays none (满额包邮), CNY; none: all pay."""

    near: Share = 0.25
    """How far below that amount a buyer thinks of one more item (凑单), as a share of it; *assumed*."""

    top_up: Share = 0.0
    """Share of buyers near that amount who look at one more item, by popularity, and take it if it leads there; *assumed*."""
