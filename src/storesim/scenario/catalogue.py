"""What the store sells."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, WithJsonSchema, model_validator

from storesim.scenario.spec import Spec, at_places
from storesim.scenario.suggest import did_you_mean
from storesim.units import CNY, Date, Days, Discount, Number, Rate, Reader, Share, Whole

RoleName = Literal["hero", "promo", "traffic", "profit", "image"]
ROLES: tuple[RoleName, ...] = ("hero", "promo", "traffic", "profit", "image")
ROLES_IN_CHINESE: Mapping[str, RoleName] = {
    "主推款": "hero", "主打款": "hero", "主推": "hero", "主打": "hero", "促销款": "promo", "促销": "promo", "引流款": "traffic", "引流": "traffic",
    "利润款": "profit", "利润": "profit", "形象款": "image", "形象": "image",
}  # fmt: skip


def _role(word: object) -> object:
    return ROLES_IN_CHINESE.get(word.strip(), word) if isinstance(word, str) else word


Role = Annotated[RoleName, Reader(_role), WithJsonSchema({"enum": [*ROLES, *ROLES_IN_CHINESE]})]


def _unique(skus: Any) -> Any:
    """Refuse a code that stands twice. Before the items are checked, so that both kinds of fault are found at once."""
    first: dict[str, int] = {}
    faults: list[tuple[tuple[str | int, ...], str]] = []
    for index, item in enumerate(skus if isinstance(skus, list | tuple) else ()):
        code = item.get("sku") if isinstance(item, Mapping) else getattr(item, "sku", None)
        if isinstance(code, str) and first.setdefault(code, index) != index:
            faults.append(
                (
                    (index, "sku"),
                    f"catalogue.skus.{index}.sku is '{code}', as catalogue.skus.{first[code]}.sku is; each SKU has its own code",
                )
            )
    if faults:
        raise at_places("skus", faults)
    return skus


class Sku(Spec):
    """One item on the shelf."""

    model_config = ConfigDict(populate_by_name=True)

    sku: str = Field(min_length=1, max_length=60)
    """Code, unique in the store."""

    name: str = ""
    """What buyers read."""

    category: str = "general"
    """Category within the store, such as 连衣裙."""

    material: str = ""
    """Material, such as 真丝."""

    role: Role = "profit"
    """主推款 hero, 促销款 promo, 引流款 traffic, 利润款 profit, 形象款 image."""

    price: CNY = Field(gt=0)
    """Daily price before promotions, CNY."""

    cost: CNY = Field(ge=0)
    """Purchase price of one piece, CNY."""

    popularity: Number = Field(default=1.0, gt=0)
    """Relative chance that a visitor lands on it."""

    reference_price: CNY | None = Field(default=None, gt=0)
    """What visitors expect to pay; none: the daily price."""

    stock: Whole | None = Field(default=None, ge=0)
    """Pieces on its first day on sale, the opening day or later; none: what the stock policy would hold."""

    season_buy: Whole | None = Field(default=None, ge=0)
    """Pieces bought for the season of a `seasonal` stock policy; none: computed from what is expected to sell."""

    stars: Number = Field(default=0.0, ge=-4, le=4)
    """Stars it is given above the mean item, or below: quality, and how well it is described."""

    lead_time: Days = Field(default=7.0, ge=1)
    """Mean days from ordering at the supplier to the shelf; *assumed*."""

    first: Date | None = Field(default=None, alias="from")
    """First day on sale (上架); none: the opening day."""

    last: Date | None = Field(default=None, alias="to")
    """Last day on sale, included, after which it is taken off (下架); none: the end of the run."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first is not None and self.last is not None and self.last < self.first:
            message = f"'to' {self.last} is before 'from' {self.first}; an item is taken off on or after its first day"
            raise at_places("Sku", [(("to",), message)])
        return self

    def is_on_sale(self, date: dt.date) -> bool:
        """Whether it is in the store on a date."""
        return (self.first is None or self.first <= date) and (self.last is None or date <= self.last)

    def is_any_of(self, words: Collection[str]) -> bool:
        """Whether its code or its role, in either language, is among the words."""
        return self.sku in words or any(self.role in (word, ROLES_IN_CHINESE.get(word)) for word in words)


class RoleEffect(Spec):
    """What visitors make of the items of one role (MODEL section 7)."""

    landing: Number = Field(default=1.0, gt=0, le=100)
    """Factor on the chance that a visitor lands on such an item, beside its popularity."""

    odds: Rate = Field(default=1.0, gt=0, le=20)
    """Factor on the odds that who looks at such an item buys."""


class Roles(Spec):
    """Roles of items: each draws visitors and sells in its own way; all alike unless told (no source has figures)."""

    hero: RoleEffect = RoleEffect()
    """主推款: what the store is known for."""

    promo: RoleEffect = RoleEffect()
    """促销款: what events are for."""

    traffic: RoleEffect = RoleEffect()
    """引流款: what brings visitors."""

    profit: RoleEffect = RoleEffect()
    """利润款: what earns."""

    image: RoleEffect = RoleEffect()
    """形象款: what is looked at."""


class CrossSale(Spec):
    """关联营销: what else buyers of some items take."""

    of: tuple[str, ...] = Field(min_length=1)
    """Codes or roles of the first item in the basket."""

    sells: tuple[str, ...] = Field(min_length=1)
    """Codes or roles of the items shown beside it; one is taken by popularity."""

    chance: Share = 0.2
    """Chance that a further line of the order is one of them, and not any item by popularity; *assumed*."""


class Catalogue(Spec):
    """All items, and how visitors spread over them."""

    skus: Annotated[tuple[Sku, ...], Reader(_unique)] = Field(min_length=1)
    """Items; a list here, or a CSV file named with `file`."""

    file: str | None = None
    """CSV file beside the scenario with one item a row and these settings as columns; replaces `skus`."""

    roles: Roles = Roles()

    discount: Discount = 0.0
    """Price cut on every item outside events; stages usually set it."""

    lines: Number = Field(default=1.13, ge=1, le=20)
    """Mean order lines of an order (DOMAIN 4.1: 1.13, A)."""

    quantity: Number = Field(default=1.21, ge=1, le=50)
    """Mean pieces of a line (DOMAIN 4.1: 1.37 pieces an order over 1.13 lines, A)."""

    substitution: Share = 0.4
    """Share of visitors who turn to another item when theirs is out of stock; *assumed*."""

    cross_sales: tuple[CrossSale, ...] = ()
    """Items that sell other items; none: further lines of an order go by popularity alone."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        faults: list[tuple[tuple[str | int, ...], str]] = []
        words = dict.fromkeys([*(sku.sku for sku in self.skus), *ROLES, *ROLES_IN_CHINESE])
        for i, rule in enumerate(self.cross_sales):
            for side, named in (("of", rule.of), ("sells", rule.sells)):
                faults += [
                    (
                        ("cross_sales", i, side, place),
                        f"catalogue.cross_sales.{i}.{side}.{place}: '{word}' is no item and no role{did_you_mean(word, words)}",
                    )
                    for place, word in enumerate(named)
                    if word not in words
                ]
        for sku in self.skus:
            chance = sum(rule.chance for rule in self.cross_sales if sku.is_any_of(rule.of))
            if chance > 1.0 + 1e-9:
                message = (
                    f"catalogue.cross_sales: the chances of {sku.sku} add up to {chance:g}; they must not be above 1"
                )
                faults.append((("cross_sales",), message))
                break
        if faults:
            raise at_places("Catalogue", faults)
        return self
