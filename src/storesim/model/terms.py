"""The store's own promotions as a scenario writes them, in days of the run and fen (see `deals`)."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, assert_never

import numpy as np
from numpy.typing import NDArray

from storesim.engine.day import (
    ACTIVE,
    BUNDLE,
    CHANCE,
    COUPON,
    CUT,
    FOR_LEVELS,
    GIFT,
    GIFT_PIECES,
    GIFT_SKU,
    KIND,
    LEAST,
    LESS,
    MEMBERS,
    MULTI_BUY,
    N_TERMS,
    NEAR,
    NUMBER,
    ON_DEVICES,
    PRESALE,
    REPEATED,
    SAVE,
    SET_PRICE,
    SHARE,
    THRESHOLD,
    TOP_UP,
    VALID_HOURS,
    F,
    I,
)
from storesim.model.goods import Goods, fen
from storesim.scenario.catalogue import Catalogue
from storesim.scenario.customers import CUSTOMER_LEVELS
from storesim.scenario.document import Scenario
from storesim.scenario.promotions import (
    AnyPromotion,
    Bundle,
    Coupon,
    Gift,
    Giving,
    MultiBuy,
    Presale,
    SaveAndGet,
    Saving,
    Single,
    SpendAndGet,
    SpendAndSave,
)


class Deal(NamedTuple):
    """One promotion in one stage, in days of the run."""

    first: int
    last: int
    every: int
    lasts: int
    terms: F
    """[N_TERMS + n_skus] a row of `DayPlan.deals`."""

    cut: float
    """Of a single price cut or presale: the share."""

    less: float
    """Of a single price cut: fen off each piece."""

    limit: float
    """Of a single price cut: most pieces of an item in an order; inf where there is no limit."""

    beans: tuple[float, float]
    """Of a single price cut: fen of 京豆 for each piece, and what buyers think they are worth."""

    worth: float
    """What buyers think a gift is worth, as a share of its daily price."""

    batch: float
    """Coupons of a batch."""

    claim_days: float
    delay: float
    """Mean hours until who keeps a coupon looks again."""

    reach: float
    """Share of visitors whose JD level it is for."""

    balance: tuple[int, float, float]
    """Of a presale: day of the balance, over how many days it is paid, and by which share."""

    def turn(self, day: int) -> int:
        """How often it has come again by a day on which it runs."""
        return (day - self.first) // self.every if self.every > 0 else 0

    def runs(self, day: int) -> bool:
        """Whether it runs on a day."""
        return bool(runs_on((self,), np.array([day]))[0, 0])


def runs_on(deals: tuple[Deal, ...], days: I) -> NDArray[np.bool_]:
    """[n_days, n_deals] whether each promotion runs on each of `days`."""
    terms = [(deal.terms[ACTIVE], deal.first, deal.last, deal.every, deal.lasts, deal.claim_days) for deal in deals]
    active, first, last, every, lasts, claim_days = np.array(terms).reshape(-1, 6).T
    age = days[:, np.newaxis] - first
    age_of_turn = np.where(every > 0.0, age % np.where(every > 0.0, every, 1.0), age)
    there = (active > 0.0) & (age >= 0.0) & (days[:, np.newaxis] <= last)
    return np.asarray(there & (age_of_turn < lasts) & (age_of_turn < claim_days))


def read_deals(scenario: Scenario, goods: Goods) -> tuple[Deal, ...]:
    """The promotions of one stage, in the order of the scenario."""
    return tuple(
        _read(promotion, number, scenario, goods) for number, promotion in enumerate(scenario.promotions.values())
    )


def level_shares(scenario: Scenario, stages: tuple[tuple[Deal, ...], ...]) -> tuple[float, ...]:
    """Share of visitors of each JD level; none where no promotion of any stage tells them apart."""
    told = any(deal.terms[FOR_LEVELS] for deals in stages for deal in deals)
    return scenario.market.levels.shares if told else ()


def read_cross(catalogue: Catalogue, goods: Goods) -> F:
    """[R, 1 + 2 n_skus] the rules of cross-selling, as `DayPlan.cross` holds them."""
    rows = np.zeros((len(catalogue.cross_sales), 1 + 2 * goods.price.size))
    for row, rule in zip(rows, catalogue.cross_sales, strict=True):
        of, to = np.split(row[1:], 2)
        row[0] = rule.chance
        of[:] = [sku.is_any_of(rule.of) for sku in catalogue.skus]
        to[:] = np.cumsum(goods.share * np.array([sku.is_any_of(rule.sells) for sku in catalogue.skus]))
        if to[-1] == 0.0:
            row[0] = 0.0  # none of what it sells is on sale
            continue
        # Nothing is left to rounding: no uniform reaches 1.
        to[:] = np.where(to >= to[-1], 1.0, to / to[-1])
    return rows


def _read(promotion: AnyPromotion, number: int, scenario: Scenario, goods: Goods) -> Deal:
    opened, last_day = scenario.store.opened, scenario.n_days - 1
    first = _day(promotion.first, opened, 0)
    terms = np.zeros(N_TERMS + goods.price.size)
    items = np.array(_items(promotion, scenario.catalogue))
    active = promotion.active and _has_its_items(promotion, items, goods)
    terms[[NUMBER, ACTIVE, GIFT_SKU, LEAST]] = number, active, -1.0, 1.0
    terms[N_TERMS:] = items & goods.on_sale
    _write(promotion, terms, list(scenario.market.devices))
    reach = 1.0
    if isinstance(promotion, Single | Coupon) and 0 < len(set(promotion.levels)) < len(CUSTOMER_LEVELS):
        terms[FOR_LEVELS] = sum(1 << CUSTOMER_LEVELS.index(level) for level in set(promotion.levels))
        reach = sum(getattr(scenario.market.levels, level) for level in set(promotion.levels))
    if isinstance(promotion, Giving):
        terms[GIFT_SKU] = goods.names.index(promotion.gift)
        terms[GIFT_PIECES] = promotion.gift_pieces
    balance = (0, 0.0, 1.0)
    if isinstance(promotion, Presale):
        balance = ((promotion.balance - opened).days, promotion.balance_days, promotion.pays)
    return Deal(
        first=first,
        last=_day(promotion.last, opened, last_day),
        every=int(promotion.every or 0),
        lasts=int(promotion.lasts or scenario.n_days + abs(first)),
        terms=terms,
        cut=promotion.discount if isinstance(promotion, Single | Presale) else 0.0,
        less=fen(promotion.less) if isinstance(promotion, Single) else 0.0,
        limit=float(promotion.limit) if isinstance(promotion, Single) and promotion.limit else np.inf,
        beans=(promotion.beans, promotion.beans * promotion.beans_worth)
        if isinstance(promotion, Single)
        else (0.0, 0.0),
        worth=promotion.worth if isinstance(promotion, Giving) else 0.0,
        batch=float(promotion.pieces) if isinstance(promotion, Coupon) else 0.0,
        claim_days=promotion.claim_days if isinstance(promotion, Coupon) else np.inf,
        delay=24.0 * promotion.delay if isinstance(promotion, Coupon) else np.inf,
        reach=reach,
        balance=balance,
    )


def _write(promotion: AnyPromotion, terms: F, devices: list[str]) -> None:
    """Write what only this kind has; `devices` are those of the market."""
    match promotion:
        case Single():
            terms[KIND] = CUT
        case Presale():
            terms[KIND] = PRESALE
        case Bundle():
            terms[[KIND, SET_PRICE, CHANCE]] = BUNDLE, fen(promotion.price), promotion.takes
            terms[MEMBERS] = len(promotion.skus)
        case Gift():
            terms[KIND] = GIFT
        case SpendAndSave() | SpendAndGet() | SaveAndGet():
            terms[[KIND, THRESHOLD, REPEATED]] = SAVE, fen(promotion.spend), promotion.repeated
            terms[[NEAR, TOP_UP]] = promotion.near, promotion.top_up
            terms[LESS] = fen(promotion.less) if isinstance(promotion, Saving) else 0.0
        case MultiBuy():
            terms[[KIND, LEAST, SHARE]] = MULTI_BUY, promotion.pieces, promotion.discount
        case Coupon():
            terms[[KIND, THRESHOLD, LESS, CHANCE]] = COUPON, fen(promotion.spend), fen(promotion.face), promotion.claim
            terms[VALID_HOURS] = 24.0 * (promotion.valid or 0.0)
            terms[ON_DEVICES] = sum(1 << devices.index(device) for device in set(promotion.devices))
        case _:
            assert_never(promotion)


def _items(promotion: AnyPromotion, catalogue: Catalogue) -> list[bool]:
    """Whether each item takes part."""
    roles = () if isinstance(promotion, Bundle) else promotion.roles
    categories = () if isinstance(promotion, Bundle) else promotion.categories
    without = () if isinstance(promotion, Bundle) else promotion.without
    whole = not promotion.skus and not roles and not categories
    return [
        sku.sku not in without
        and (whole or sku.sku in promotion.skus or sku.role in roles or sku.category in categories)
        for sku in catalogue.skus
    ]


def _has_its_items(promotion: AnyPromotion, items: NDArray[np.bool_], goods: Goods) -> bool:
    """Whether what it needs is on sale: an item, all of a bundle, and the gift."""
    if isinstance(promotion, Giving) and not goods.on_sale[goods.names.index(promotion.gift)]:
        return False
    here = goods.on_sale[items]
    return bool(here.all() if isinstance(promotion, Bundle) else here.any())


def _day(date: dt.date | None, opened: dt.date, otherwise: int) -> int:
    return otherwise if date is None else (date - opened).days
