"""Freight (运费): what an order pays for being sent (DOMAIN 1.1).

It stands behind the store's own promotions, as the last of them: `engine.basket` asks for it by the amount that they
leave to pay, lets buyers near the threshold take one more item as for 满减, and visitors see it in the price they
expect (`expected`). A store that never asks for any has no such row, and nothing to look at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from storesim.engine.day import (
    ACTIVE,
    FREIGHT,
    GIFT_SKU,
    KIND,
    LEAST,
    LESS,
    N_TERMS,
    NEAR,
    NUMBER,
    THRESHOLD,
    TOP_UP,
)
from storesim.model.goods import Goods, fen
from storesim.model.terms import Deal
from storesim.scenario.document import Scenario


def with_freight(
    stages: Sequence[Scenario], deals: tuple[tuple[Deal, ...], ...], goods: Goods
) -> tuple[tuple[Deal, ...], ...]:  # fmt: skip
    """The promotions of each stage and behind them its freight; as they are where no stage asks for any."""
    if not any(stage.operations.freight.fee for stage in stages):
        return deals
    return tuple((*own, _read(stage, len(own), goods)) for stage, own in zip(stages, deals, strict=True))


def asks_freight(deals: tuple[Deal, ...]) -> bool:
    """Whether any order pays freight in the stage of these promotions."""
    return bool(deals) and deals[-1].terms[KIND] == FREIGHT and bool(deals[-1].terms[ACTIVE])


def _read(scenario: Scenario, number: int, goods: Goods) -> Deal:
    freight = scenario.operations.freight
    terms = np.zeros(N_TERMS + goods.price.size)
    terms[[KIND, NUMBER, ACTIVE, GIFT_SKU, LEAST]] = FREIGHT, number, freight.fee > 0.0, -1.0, 1.0
    terms[THRESHOLD] = np.inf if freight.free_from is None else fen(freight.free_from)
    terms[[LESS, NEAR, TOP_UP]] = fen(freight.fee), freight.near, freight.top_up
    terms[N_TERMS:] = 1.0
    return Deal(
        first=0,
        last=scenario.n_days - 1,
        every=0,
        lasts=scenario.n_days,
        terms=terms,
        cut=0.0,
        less=0.0,
        limit=np.inf,
        beans=(0.0, 0.0),
        worth=0.0,
        batch=0.0,
        claim_days=np.inf,
        delay=np.inf,
        reach=1.0,
        balance=(0, 0.0, 1.0),
    )
