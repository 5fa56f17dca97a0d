"""Random promotions of every kind, through the whole run or by dates, for all items or for some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

SHARES = st.floats(0.0, 1.0)
DATES = {"from": "2027-01-02", "to": "2027-01-20"}
CYCLE = {"every": 7, "lasts": 2}
SWITCHED = st.sampled_from([{}, {}, {"active": False}])
WHEN = st.sampled_from([{}, DATES, CYCLE, DATES | CYCLE])
WHAT = st.sampled_from(
    [{}, {}, {"roles": ["hero", "profit"]}, {"categories": ["general"]}, {"skus": ["S0"]}, {"without": ["S0"]}]
)
LEVELS = st.lists(st.sampled_from(["registered", "bronze", "silver", "gold", "diamond"]), max_size=2)
SPENDING = {"spend": st.floats(25.0, 400.0), "repeated": st.booleans(), "near": SHARES, "top_up": SHARES}
LESS = {"less": st.floats(0.01, 20.0)}
GIFT = {"gift": st.just("S0"), "gift_pieces": st.integers(1, 3), "worth": SHARES}
DEALS = {
    "single": {"discount": st.floats(0.01, 0.9), "less": st.floats(0.0, 20.0), "limit": st.none() | st.integers(1, 3),
               "beans": st.sampled_from([0, 0, 150, 9_000]), "beans_worth": SHARES},
    "gift": GIFT,
    "spend_and_save": SPENDING | LESS,
    "spend_and_get": SPENDING | GIFT,
    "save_and_get": SPENDING | LESS | GIFT,
    "multi_buy": {"pieces": st.integers(2, 5), "discount": st.floats(0.01, 0.9)},
}  # fmt: skip
PRESALE = {
    "kind": st.just("presale"), "from": st.just("2027-01-02"), "to": st.just("2027-01-05"),
    "balance": st.just("2027-01-08"), "balance_days": st.floats(0.1, 9.0), "discount": st.floats(0.0, 0.9),
    "pays": SHARES,
}  # fmt: skip
COUPON = {
    "kind": st.just("coupon"), "spend": st.sampled_from([0, 50, 200]), "face": st.sampled_from([10, 40]),
    "claim": SHARES, "claim_days": st.floats(1.0, 15.0), "pieces": st.integers(1, 90),
    "valid": st.none() | st.floats(0.5, 30.0), "delay": st.floats(0.01, 5.0),
}  # fmt: skip


@st.composite
def promotions(draw: st.DrawFn, prices: Sequence[float], devices: Sequence[str]) -> dict[str, Any]:
    """Any promotions of a store with items S0, S1, … at these prices, and these devices."""
    found = {kind: {**deal, **draw(WHEN), **draw(WHAT), **draw(SWITCHED)} for kind, deal in draw(_DEALS).items()}
    if draw(st.booleans()):
        found["presale"] = {**draw(st.fixed_dictionaries(PRESALE)), **draw(WHAT), **draw(SWITCHED)}
    if draw(st.booleans()):
        when = draw(st.sampled_from([DATES, CYCLE]))
        found["coupon"] = {**draw(st.fixed_dictionaries(COUPON)), **when, **draw(WHAT), **draw(SWITCHED)}
        found["coupon"]["levels"] = draw(LEVELS)
        if devices:
            found["coupon"]["devices"] = draw(st.lists(st.sampled_from(devices), max_size=2))
    if draw(st.booleans()):
        cut = {"kind": "single", "discount": draw(st.floats(0.01, 0.9)), "levels": draw(LEVELS)}
        found["for_a_level"] = {**cut, **draw(WHEN), **draw(WHAT), **draw(SWITCHED)}
    if len(prices) > 1 and draw(st.booleans()):
        price = max(0.01, (prices[0] + prices[1]) * draw(st.floats(0.3, 1.1)))
        bundle = {"kind": "bundle", "skus": ["S0", "S1"], "price": price, "takes": draw(SHARES)}
        found["bundle"] = {**bundle, **draw(WHEN), **draw(SWITCHED)}
    return found


_DEALS = st.fixed_dictionaries(
    {}, optional={kind: st.fixed_dictionaries({"kind": st.just(kind), **deal}) for kind, deal in DEALS.items()}
)
