"""What the user wants of a year: a sum, limits on the drivers, or a planner's own sheet of months."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self

from pydantic import Field, WithJsonSchema, model_validator

from storesim.scenario.catalogue import ROLES, ROLES_IN_CHINESE
from storesim.scenario.spec import ItemError, Named, Spec, disagreement, read_item
from storesim.units import CNY, Number, Reader, Share, Whole, read_money, read_share, tidy

_MONTHS = re.compile(r"(\d{1,2})(?:\s*(?:-|–|~|至|到)\s*(\d{1,2}))?月?")

_PERIOD = re.compile(r"([1-9]|1[0-2])|Q[1-4]")


def _weight(value: object) -> float:
    """A weight from an amount of money (last year's sales) or from a share of the year."""
    number = read_share(value) if isinstance(value, str) and tidy(value).endswith("%") else read_money(value)
    if number < 0:
        raise ValueError(f"{value} is below 0; a weight is 0 or more")
    return number


def _price(value: object) -> float:
    number = read_money(value)
    if number < 0:
        raise ValueError(f"{value} is below 0; an AOV is more than 0, CNY")
    return number


def _by_month(read: Callable[[object], float], *, one_for_all: bool) -> Callable[[object], tuple[float, ...]]:
    """A reader of twelve values: a list of 12, or `{1: …, 2-12: …}`, or one value for all months."""

    def twelve(value: object) -> tuple[float, ...]:
        if isinstance(value, Mapping):
            return _from_mapping(value, read)
        if isinstance(value, list | tuple):
            if len(value) != 12:
                raise ValueError(f"{len(value)} values were found; 12 are wanted, one for each month")
            return tuple(read_item(read, item, month) for month, item in enumerate(value))
        if not one_for_all:
            raise ValueError("12 values are wanted, one for each month, or {1: 60万, 2-12: 80万}")
        return (read(value),) * 12

    return twelve


def _from_mapping(value: Mapping[Any, object], read: Callable[[object], float]) -> tuple[float, ...]:
    months: dict[int, float] = {}
    for key, item in value.items():
        found = _MONTHS.fullmatch(tidy(str(key)))
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= 12:
            raise ItemError(f"'{key}' is not a month; write 1 to 12, or a span such as 2-12", key, of_key=True)
        for month in range(first, last + 1):
            if month in months:
                raise ItemError(f"month {month} is named twice, again in '{key}'; keep one", key, of_key=True)
            months[month] = read_item(read, item, key)
    return tuple(months.get(month, 0.0) for month in range(1, 13))


def _schema(example: object, *, one_for_all: bool) -> WithJsonSchema:
    one = {"type": ["number", "string"]}
    options: list[dict[str, Any]] = [{"type": "array", "items": one, "minItems": 12, "maxItems": 12}]
    options.append({"type": "object", "additionalProperties": one, "examples": [example]})
    return WithJsonSchema({"anyOf": [one, *options] if one_for_all else options})


MonthWeights = Annotated[
    tuple[float, ...],
    Reader(_by_month(_weight, one_for_all=False)),
    _schema({"1": "60万", "2-12": "80万"}, one_for_all=False),
]
MonthShares = Annotated[
    tuple[float, ...],
    Reader(_by_month(read_share, one_for_all=True)),
    _schema({"1": "5%", "2-12": "15%"}, one_for_all=True),
]
MonthPrices = Annotated[
    tuple[float, ...],
    Reader(_by_month(_price, one_for_all=True)),
    _schema({"1-3": 236, "4-12": 208}, one_for_all=True),
]


class SaleDay(Spec):
    """A sale planned as a line of its own, such as 11.11."""

    month: Whole = Field(ge=1, le=12)
    """Month it lies in."""

    weight: Annotated[float, Reader(_weight), WithJsonSchema({"type": ["number", "string"]})]
    """What it weighs, in the unit of the months' weights."""

    inside: bool = False
    """True if the month's own weight holds it already; false if it stands beside its month and adds to the year."""


class SalesLine(Spec):
    """Where a share of the sales comes from, and what that costs: 直通车, 钻展, 淘宝客 …"""

    share: Share
    """Share of each month's sales."""

    cvr: Share | None = None
    """Conversion of its visits; gives the visits it needs."""

    ctr: Share | None = None
    """Click-through rate; gives the impressions behind the visits."""

    cost: Share | None = None
    """Cost as a share of its own sales: a commission, or 1 / ROI."""

    roi: Number | None = Field(default=None, gt=0)
    """Its sales for each CNY it costs; another way to say `cost`."""

    advertising: bool = True
    """Whether its cost belongs to the ad budget; false for a fee such as that of 聚划算."""

    @property
    def cost_share(self) -> float:
        """Cost as a share of its own sales; 0 if neither `cost` nor `roi` is given."""
        if self.roi is not None:
            return 1.0 / self.roi
        return self.cost or 0.0

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.cost is not None and self.roi is not None:
            raise disagreement("both cost and roi are given; one says the other", "cost", "roi")
        if self.ctr is not None and self.cvr is None:
            raise disagreement("ctr needs cvr: impressions are visits / ctr, visits are sales / (cvr · aov)", "ctr")
        if self.cvr == 0 or self.ctr == 0:
            raise disagreement("cvr and ctr are more than 0; leave out what is not known", "cvr", "ctr")
        return self


class Mix(Spec):
    """What parts of the assortment must bring of the year's GMV; parts not named share the rest as they sell."""

    category: Named[Share] = Named()
    """By category, such as {连衣裙: 40%}."""

    material: Named[Share] = Named()
    """By material, such as {真丝: 30%}."""

    role: Named[Share] = Named()
    """By role: hero, promo, traffic, profit, image (主推款, 促销款, 引流款, 利润款, 形象款)."""

    @model_validator(mode="before")
    @classmethod
    def _roles_in_english(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or not isinstance(value.get("role"), Mapping):
            return value
        return {**value, "role": {ROLES_IN_CHINESE.get(name, name): share for name, share in value["role"].items()}}

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        for name in ("category", "material", "role"):
            if (total := sum(getattr(self, name).values())) > 1.0 + 1e-6:
                raise disagreement(f"shares of mix.{name} add up to {100 * total:g} %, more than 100 %", name)
        if unknown := [name for name in self.role if name not in ROLES]:
            raise disagreement(f"'{unknown[0]}' is no role; roles are {', '.join(ROLES)}", "role")
        return self


class Target(Spec):
    """An annual target, with ceilings and floors on the drivers of each month.

    With `weights` it is a planner's sheet: months in proportion to their weights, and visitors and budgets from
    `cvr`, `aov` and `ad_share`. Without, the most likely way to the target is planned from the forecast.
    """

    gmv: CNY = Field(gt=0)
    """GMV of the year, CNY."""

    cvr_max: Share | None = None
    """Highest CVR a month may be asked for."""

    aov_max: CNY | None = Field(default=None, gt=0)
    """Highest AOV a month may be asked for."""

    uv_max: Number | None = Field(default=None, gt=0)
    """Most visitors a month may be asked for."""

    cvr_min: Share | None = None
    """Lowest CVR a month may be planned with."""

    aov_min: CNY | None = Field(default=None, gt=0)
    """Lowest AOV a month may be planned with."""

    fixed: Named[CNY] = Named()
    """GMV that is settled for some months or quarters, such as {11: 120万, Q2: 90万}; the rest of the year bears the rest."""

    uv_limit: Number | None = Field(default=None, gt=0)
    """Most visitors of the year."""

    ad_budget: CNY | None = Field(default=None, gt=0)
    """Most ad spend of the year, CNY."""

    weights: MonthWeights | None = None
    """What each month weighs: last year's sales, or shares of the year; months left out of `{1: …}` have no sales."""

    cvr: MonthShares | None = None
    """CVR to plan with, one for all months or one each, instead of the most likely one."""

    aov: MonthPrices | None = None
    """AOV to plan with, one for all months or one each, instead of the most likely one."""

    ad_share: MonthShares | None = None
    """Ad budget as a share of GMV (费比), one for all months or one each."""

    ad_split: Named[Share] = Named()
    """How the ad budget is split between tools, such as {直通车: 80%, 钻展: 20%}; adds up to 100 %."""

    sale_days: Named[SaleDay] = Named()
    """Sales with a line of their own, beside or inside their month; need `weights`."""

    lines: Named[SalesLine] = Named()
    """Where sales come from and what they cost; need `weights`, `cvr` and `aov`. Their costs are the ad budget."""

    platform_share: Share = 0.0
    """The platform's share of every month's sales, for the total cost of a sheet."""

    parcel: CNY = Field(default=0.0, ge=0)
    """Cost of one parcel, for the total cost of a sheet; CNY per order."""

    mix: Mix = Mix()
    """Shares of the year's GMV by category, material or role, instead of those that sell."""

    @property
    def is_sheet(self) -> bool:
        """Whether the target says everything itself, so that no forecast is needed."""
        return self.weights is not None and self.cvr is not None and self.aov is not None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        self._check_limits()
        self._check_constraints()
        self._check_sheet()
        return self

    def _check_constraints(self) -> None:
        named = [name for name in ("fixed", "uv_limit", "ad_budget") if getattr(self, name)]
        if named and self.weights is not None:
            raise disagreement(
                f"{named[0]} and weights both say what months bring; leave one of them out", named[0], "weights"
            )
        if self.ad_budget is not None and self.ad_share is not None:
            raise disagreement("ad_budget and ad_share both set the ad spend; keep one", "ad_budget", "ad_share")
        for name in self.fixed:
            if not _PERIOD.fullmatch(name):
                raise disagreement(f"fixed names '{name}'; name months 1 to 12 and quarters Q1 to Q4", "fixed")
        months = sum(amount for name, amount in self.fixed.items() if not name.startswith("Q"))
        quarters = sum(amount for name, amount in self.fixed.items() if name.startswith("Q"))
        if max(months, quarters) > self.gmv * (1 + 1e-9):
            raise disagreement("what is fixed adds up to more than the gmv of the year", "fixed", "gmv")

    def _check_limits(self) -> None:
        for name, low, high in (("cvr", self.cvr_min, self.cvr_max), ("aov", self.aov_min, self.aov_max)):
            if low is not None and high is not None and low > high:
                raise disagreement(
                    f"{name}_min {low:g} is above {name}_max {high:g}; a floor is at most its ceiling",
                    f"{name}_min",
                    f"{name}_max",
                )
            for month, value in enumerate(getattr(self, name) or (), 1):
                if high is not None and value > high:
                    raise disagreement(
                        f"{name} {value:g} of month {month} is above {name}_max {high:g}", name, f"{name}_max"
                    )
                if low is not None and 0 < value < low:
                    raise disagreement(
                        f"{name} {value:g} of month {month} is below {name}_min {low:g}", name, f"{name}_min"
                    )
        if self.cvr_max == 0:
            raise disagreement("cvr_max is 0; without buyers there are no sales", "cvr_max")

    def _check_sheet(self) -> None:
        if self.weights is None and (self.sale_days or self.lines):
            named = "sale_days" if self.sale_days else "lines"
            raise disagreement(f"{named} are lines of a sheet and need weights, one for each month", named, "weights")
        if self.lines and not self.is_sheet:
            raise disagreement("lines need cvr and aov as well, to tell visits from sales", "lines", "cvr", "aov")
        if self.lines and self.ad_split:
            raise disagreement("lines and ad_split both say how the ad budget is spent; keep one", "lines", "ad_split")
        if self.weights is not None and sum(self.weights) <= 0:
            raise disagreement("all weights are 0; at least one month must have sales", "weights")
        for name in ("cvr", "aov"):
            for month, value in enumerate(getattr(self, name) or (), 1):
                if value <= 0 and (self.weights is None or self.weights[month - 1] > 0):
                    raise disagreement(f"{name} of month {month} is missing or 0; months with sales need one", name)
        if self.ad_split and abs(sum(self.ad_split.values()) - 1.0) > 1e-6:
            raise disagreement(
                f"shares of ad_split add up to {100 * sum(self.ad_split.values()):g} %, not 100 %", "ad_split"
            )
        if sum(line.share for line in self.lines.values()) > 1.0 + 1e-9:
            raise disagreement("shares of lines add up to more than 100 %", "lines")
