"""京东会员级别: the platform's levels of customers, which promotions may be limited to (seed 001 §3.6).

They are JD's, not the store's: the levels of its own members stand under `operations.members`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import WithJsonSchema, model_validator

from storesim.scenario.devices import WHOLE
from storesim.scenario.spec import Spec, disagreement
from storesim.units import Reader, Share

LevelName = Literal["registered", "bronze", "silver", "gold", "diamond"]
CUSTOMER_LEVELS: tuple[LevelName, ...] = ("registered", "bronze", "silver", "gold", "diamond")
LEVELS_IN_CHINESE: Mapping[str, LevelName] = {
    "注册": "registered", "铜牌": "bronze", "银牌": "silver", "金牌": "gold", "钻石": "diamond",
}  # fmt: skip


def _level(word: object) -> object:
    return LEVELS_IN_CHINESE.get(word.strip().removesuffix("会员"), word) if isinstance(word, str) else word


CustomerLevel = Annotated[LevelName, Reader(_level), WithJsonSchema({"enum": [*CUSTOMER_LEVELS, *LEVELS_IN_CHINESE]})]


class CustomerLevels(Spec):
    """Share of visitors of each JD level; they add up to 1.

    The defaults are JD's buyers of one category in March 2018 by their level in the paper's data, and that level taken
    for the name: -1 (a first purchase) for 注册, 1 to 4 for 铜牌 to 钻石, enterprises left out. That visitors are as
    buyers are, and which number is which name, is *assumed*.
    """

    registered: Share = 0.006
    """注册 (DOMAIN 4.1, A: level -1); *assumed* of visitors."""

    bronze: Share = 0.281
    """铜牌 (DOMAIN 4.1, A: level 1); *assumed* of visitors."""

    silver: Share = 0.311
    """银牌 (DOMAIN 4.1, A: level 2); *assumed* of visitors."""

    gold: Share = 0.211
    """金牌 (DOMAIN 4.1, A: level 3); *assumed* of visitors."""

    diamond: Share = 0.191
    """钻石 (DOMAIN 4.1, A: level 4); *assumed* of visitors."""

    @property
    def shares(self) -> tuple[float, ...]:
        """In the order of `CUSTOMER_LEVELS`."""
        return tuple(getattr(self, name) for name in CUSTOMER_LEVELS)

    @model_validator(mode="after")
    def _add_up(self) -> Self:
        if abs((total := sum(self.shares)) - 1.0) > WHOLE:
            message = f"shares of the levels {', '.join(CUSTOMER_LEVELS)} add up to {total:.4g}; they must add up to 1"
            raise disagreement(message, *CUSTOMER_LEVELS)
        return self
