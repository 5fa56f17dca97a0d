"""The store's own promotions: the eight of an SOP store and coupons (DOMAIN 5.6, seed 001 §3.6).

An item takes part if its code, its role or its category is named; where none is named, the whole shop does (全场). A
promotion runs on dates, again and again where `every` says so, and a playbook may switch it with `active`.
"""

from collections.abc import Collection, Mapping
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from storesim.scenario.catalogue import Role
from storesim.scenario.coupon_rules import COUPON_DAYS, batch, takes_all, tens, validity, window
from storesim.scenario.customers import CustomerLevel
from storesim.scenario.spec import Check, Named, Spec, at_places, disagreement
from storesim.scenario.suggest import did_you_mean
from storesim.units import CNY, Date, Days, Discount, Share, Whole

Way = tuple[str | int, ...]
KINDS_IN_CHINESE: Mapping[str, str] = {
    "单品": "single", "套装": "bundle", "赠品": "gift", "满减": "spend_and_save", "满赠": "spend_and_get",
    "满减送": "save_and_get", "多买": "multi_buy", "多买优惠": "multi_buy", "满件折": "multi_buy", "预售": "presale",
    "优惠券": "coupon", "东券": "coupon", "京券": "coupon",
}  # fmt: skip
"""What the kinds are called on JD; told to those who write these words, with or without 促销."""


class Dated(Spec):
    """What every promotion has: when it runs."""

    model_config = ConfigDict(populate_by_name=True)

    active: bool = True
    """Whether it runs at all; a playbook switches it by stage."""

    first: Date | None = Field(default=None, alias="from")
    """First day; none: the opening day."""

    last: Date | None = Field(default=None, alias="to")
    """Last day, included; none: the end of the run."""

    every: Days | None = Field(default=None, ge=1)
    """Days from one beginning to the next (周期性推广); none: it runs through."""

    lasts: Days | None = Field(default=None, ge=1)
    """Days it runs each time, with `every`."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first is not None and self.last is not None and self.last < self.first:
            message = f"'to' {self.last} is before 'from' {self.first}; a promotion ends on or after its first day"
            raise at_places("Dated", [(("to",), message)])
        if (self.every is None) != (self.lasts is None):
            raise disagreement(
                "'every' and 'lasts' stand together: how often it comes, and for how many days", "every", "lasts"
            )
        if self.every is not None and self.lasts is not None and self.lasts > self.every:
            message = f"it lasts {self.lasts:g} days and begins again every {self.every:g}; 'lasts' is at most 'every'"
            raise disagreement(message, "every", "lasts")
        return self


class Scoped(Dated):
    """A promotion for some items or for all."""

    skus: tuple[str, ...] = ()
    """Codes of items that take part."""

    roles: tuple[Role, ...] = ()
    """Roles of items that take part."""

    categories: tuple[str, ...] = ()
    """Categories of items that take part."""

    without: tuple[str, ...] = ()
    """Codes of items that do not take part (部分商品不参加)."""


class Single(Scoped):
    """单品促销: a lower price for each piece; of several cuts on an item the deepest holds."""

    kind: Literal["single"] = "single"

    discount: Discount = 0.0
    """Price cut."""

    less: CNY = Field(default=0.0, ge=0)
    """Amount off each piece (直降), CNY."""

    limit: Whole | None = Field(default=None, ge=1)
    """Most pieces of an item in an order while it runs (限购); none: as many as are wanted."""

    beans: Whole = Field(default=0, ge=0, le=100_000)
    """京豆 the store gives for each piece; 100 are ¥1 (generally known)."""

    beans_worth: Share = 0.5
    """What buyers think 京豆 are worth, as a share of what the store pays for them; *assumed*."""

    levels: tuple[CustomerLevel, ...] = ()
    """京东会员级别 of those who pay the lower price: registered, bronze, silver, gold, diamond; none: all."""

    @model_validator(mode="after")
    def _cuts(self) -> Self:
        if not self.discount and not self.less and not self.beans:
            message = "nothing is cut; write a discount, or less: the amount off each piece, or beans"
            raise disagreement(message, "discount", "less", "beans")
        if self.levels and (self.beans or self.limit is not None):
            message = "for some levels only a price is cut; write limit and beans in a promotion of their own, for all"
            raise disagreement(message, "levels", "limit", "beans")
        return self


class Bundle(Dated):
    """套装: one price for a set of items bought together."""

    kind: Literal["bundle"] = "bundle"

    skus: tuple[str, ...] = Field(min_length=2)
    """Codes of the items of a set, one piece of each."""

    price: CNY = Field(gt=0)
    """Price of a set, CNY; without effect where the items by themselves cost less."""

    takes: Share = 0.10
    """Share of the buyers of one of its items who take the whole set; *assumed*."""

    @model_validator(mode="after")
    def _different(self) -> Self:
        if len(set(self.skus)) < len(self.skus):
            raise disagreement("an item stands twice in the set; a set holds one piece of each", "skus")
        return self


class Giving(Spec):
    """A gift: pieces that leave the shelf at no price while there are any."""

    gift: str = Field(min_length=1)
    """Code of the item given."""

    gift_pieces: Whole = Field(default=1, ge=1, le=100)
    """Pieces given each time."""

    worth: Share = 0.5
    """What buyers think a gift is worth, as a share of its daily price; *assumed*."""


class Gift(Giving, Scoped):
    """赠品促销: a gift with each piece bought."""

    kind: Literal["gift"] = "gift"


class Spending(Scoped):
    """What promotions with a threshold have (总价促销): an item takes part in one of them at most."""

    spend: CNY = Field(gt=0)
    """Amount of the items that take part, from which it holds, CNY."""

    repeated: bool = False
    """Whether it counts again for each further `spend` (每满)."""

    near: Share = 0.25
    """How far below the threshold a buyer thinks of one more item (凑单), as a share of it; *assumed*."""

    top_up: Share = 0.0
    """Share of buyers near the threshold who look at one more item, by popularity, and take it if it leads over; *assumed*."""


class Saving(Spending):
    """An amount off from a threshold on."""

    less: CNY = Field(gt=0)
    """Amount off, CNY."""

    @model_validator(mode="after")
    def _below(self) -> Self:
        if self.less > self.spend:
            raise disagreement(f"{self.less:g} off {self.spend:g} is more than is spent", "less", "spend")
        return self


class SpendAndSave(Saving):
    """满减: an amount off from a threshold on; several of them make a ladder, of which the highest met holds."""

    kind: Literal["spend_and_save"] = "spend_and_save"


class SpendAndGet(Giving, Spending):
    """满赠: a gift from a threshold on."""

    kind: Literal["spend_and_get"] = "spend_and_get"


class SaveAndGet(Giving, Saving):
    """满减送: an amount off and a gift from a threshold on."""

    kind: Literal["save_and_get"] = "save_and_get"


class MultiBuy(Scoped):
    """多买优惠: so many pieces or more, so much off (满件折); an item takes part in one threshold promotion at most."""

    kind: Literal["multi_buy"] = "multi_buy"

    pieces: Whole = Field(ge=2, le=100)
    """Pieces of the items that take part, from which it holds."""

    discount: Discount = Field(gt=0)
    """Cut on all of these pieces."""


class Presale(Scoped):
    """预售: a deposit now at the presale price, the balance later; only then it is an order, and stock is taken."""

    kind: Literal["presale"] = "presale"

    first: Date = Field(alias="from")
    """First day on which deposits are taken."""

    last: Date = Field(alias="to")
    """Last day on which deposits are taken."""

    discount: Discount = 0.0
    """Price cut for those who pay a deposit."""

    balance: Date
    """First day on which the balance is paid, after the last deposit."""

    balance_days: Days = Field(default=1.0, gt=0, le=30)
    """Days over which balances are paid, evenly."""

    pays: Share = 0.95
    """Share of deposits whose balance is paid; the rest come to nothing; *assumed*."""

    @model_validator(mode="after")
    def _afterwards(self) -> Self:
        if self.every is not None:
            raise disagreement("a presale has one balance day; write each presale by itself, without 'every'", "every")
        if self.balance <= self.last:
            message = f"the balance is paid from {self.balance} on, and deposits until {self.last}; it is paid after the last deposit"
            raise disagreement(message, "balance", "to")
        return self


class Coupon(Scoped):
    """优惠券: 东券 with a threshold, of which an order takes one, or 京券 without; taken off after all other promotions."""

    kind: Literal["coupon"] = "coupon"

    spend: Annotated[CNY, Check(tens)] = Field(default=0.0, ge=0)
    """Threshold of a 东券, CNY, a multiple of 10; 0: a 京券 without one (DOMAIN 5.6)."""

    face: Annotated[CNY, Check(tens)] = Field(gt=0)
    """Face value, CNY, a multiple of 10 (DOMAIN 5.6)."""

    pieces: Annotated[Whole, Check(batch)] = Field(ge=1)
    """Pieces of a batch; each beginning of `every` is a batch (DOMAIN 5.6: 1 to 1,000)."""

    claim_days: Annotated[Days, Check(window)] = Field(default=15.0, ge=1)
    """Days from the beginning of a batch in which it may be claimed (DOMAIN 5.6: 15, A)."""

    claim: Share = 0.30
    """Share of visitors past the first page who claim one while there are any; *assumed*."""

    devices: tuple[str, ...] = ()
    """Devices of market.devices on which alone it is claimed and used, such as app (手机专享); none: all."""

    levels: tuple[CustomerLevel, ...] = ()
    """京东会员级别 of those who may claim it: registered, bronze, silver, gold, diamond; none: all."""

    valid: Annotated[Days, Check(validity)] | None = Field(default=None, gt=0)
    """Days after its claim in which it may be used on another visit; none: in the same visit, or not at all."""

    delay: Days = Field(default=3.0, gt=0)
    """Mean days until who keeps one looks at the item again, if it is still valid; exponential; *assumed*."""

    @model_validator(mode="after")
    def _by_the_rules(self) -> Self:
        if wrong := takes_all(self.face, self.spend):
            raise disagreement(wrong, "face", "spend")
        if self.every is None and (self.first is None or self.last is None):
            message = "a batch of coupons has dates, 'from' and 'to', or comes again with 'every' and 'lasts'; it is valid 30 days at most (DOMAIN 5.6)"
            raise disagreement(message)
        if self.every is None and self.first is not None and self.last is not None:
            days = (self.last - self.first).days + 1.0
        else:
            days = self.lasts or 0.0
        if days > COUPON_DAYS:
            raise disagreement(f"a coupon of {days:g} days; it is valid 30 days at most (DOMAIN 5.6)", "to", "lasts")
        return self


AnyPromotion = Annotated[
    Single | Bundle | Gift | SpendAndSave | SpendAndGet | SaveAndGet | MultiBuy | Presale | Coupon,
    Field(discriminator="kind"),
]


def faults_among(
    promotions: Named[AnyPromotion], codes: Collection[str], categories: Collection[str]
) -> list[tuple[Way, str]]:
    """Items and categories that promotions name and the catalogue does not have: where, and what is wrong."""
    faults: list[tuple[Way, str]] = []
    for name, promotion in promotions.items():
        for setting, known, what in (
            ("skus", codes, "item"),
            ("without", codes, "item"),
            ("categories", categories, "category"),
        ):
            for place, word in enumerate(getattr(promotion, setting, ())):
                if word not in known:
                    faults.append(
                        (("promotions", name, setting, place), _nowhere(name, f"{setting}.{place}", what, word, known))
                    )
        if isinstance(promotion, Giving) and promotion.gift not in codes:
            faults.append((("promotions", name, "gift"), _nowhere(name, "gift", "item", promotion.gift, codes)))
    return faults


def _nowhere(name: str, setting: str, what: str, word: str, known: Collection[str]) -> str:
    return (
        f"promotions.{name}.{setting}: the catalogue has no {what} '{word}'{did_you_mean(word, dict.fromkeys(known))}"
    )
