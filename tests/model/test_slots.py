"""Slots of platform events: sign-up, price, pieces, visitors, fees (DOMAIN 5.4 and 5.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from storesim.model.blueprint import blueprint
from storesim.model.slots import moments
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import SKUS, scenario

ANYBODY = {"age": 0, "good_reviews": 0, "good_rate": 0, "score": 0}
DATES = [
    {"from": "2027-01-10", "to": "2027-01-10", "visitors": 900, "pieces": 40},
    {"from": "2027-01-15", "to": "2027-01-15", "visitors": 900, "pieces": 40},
    {"from": "2027-02-02", "to": "2027-02-03", "visitors": 900, "pieces": 40},
]
FLASH: dict[str, Any] = {"mechanism": "slots", "hours": "10-22", "dates": DATES, "entry": ANYBODY, "fee_share": 0}
PLENTY = {"operations.stock.policy": "unlimited", "operations.conversion.base": 0.2, "horizon": 50}


def _run(changes: Mapping[str, Any] | None = None, others: Mapping[str, Any] | None = None) -> Run:
    return simulate(scenario({**PLENTY, **(others or {}), "channels.flash": {**FLASH, **(changes or {})}}), 6)


def _signed(run: Run) -> dict[str, dict[int, float]]:
    names = ("slots_taken", "slots_refused")
    return {name: {int(day): run.daily(name)[day] for day in np.flatnonzero(run.daily(name))} for name in names}


def test_sign_up_closes_days_before_and_a_slot_too_soon_after_another_is_refused() -> None:
    # The second slot begins 4 days after the first ends, the third 17 after the second: 7 days of rest are asked.
    run = _run()

    assert _signed(run) == {"slots_taken": {4: 1.0, 27: 1.0}, "slots_refused": {9: 1.0}}
    uv = run.daily("uv", "flash")
    assert np.flatnonzero(uv).tolist() == [9, 32, 33]
    # Both days of the last slot have their part: 10 to 24, and 0 to 22.
    assert uv[9] + uv[32] + uv[33] == pytest.approx(1_800, abs=350)


@pytest.mark.parametrize(("days", "morning"), [(2, 30), (9, 23), (20, 20)])
def test_a_playbook_moves_the_day_on_which_sign_up_closes(days: int, morning: int) -> None:
    growth = {
        "gate": {"on": "2027-01-20"},
        "playbook": {"channels.flash.sign_up": days},
    }

    run = _run(others={"stages.growth": growth})

    # Of the slot of day 32; where that day has passed when the stage begins, the next morning is the last.
    assert _signed(run)["slots_taken"] == {4: 1.0, morning: 1.0}


@pytest.mark.parametrize(
    ("changes", "taken", "refused"),
    [
        ({"rest": 0}, 3, 0),
        ({"rest": 0, "most": 1}, 1, 2),
        ({"most": 0}, 0, 0),
        ({"entry": {**ANYBODY, "age": 5}}, 2, 1),
        ({"entry": {**ANYBODY, "good_reviews": 10_000}}, 0, 3),
        ({"sign_up": 10}, 2, 1),
    ],
)
def test_who_is_let_in(changes: dict[str, Any], taken: int, refused: int) -> None:
    run = _run(changes)

    assert (run.total("slots_taken"), run.total("slots_refused")) == (taken, refused)
    assert (run.total("uv", "flash") > 0) == (taken > 0)


def test_a_refused_slot_brings_nothing_and_changes_nothing() -> None:
    refused = _run({"entry": {**ANYBODY, "good_reviews": 10_000}, "fee": 100})
    without = simulate(scenario(PLENTY), 6)

    assert refused.total("ad_spend", "flash") == refused.total("slot_units") == 0
    for name in ("uv", "orders", "gmv", "discounts"):
        assert refused.daily(name).tolist() == without.daily(name).tolist()


def test_pieces_at_the_price_of_a_slot_are_sold_to_anybody_and_then_no_more() -> None:
    # 900 visitors at odds of about 0.25 · 2 · 2.4 want far more than 40 heroes at 70 instead of 100.
    run = _run({"dates": DATES[:1]})

    assert np.flatnonzero(run.daily("slot_units")).tolist() == [9]
    assert run.total("slot_units") == 40
    # 30 off each of them, and nothing else is cut in this store.
    assert run.total("discounts") == run.daily("discounts")[9] == 40 * 30.0


def test_a_slot_that_does_not_sell_out_gives_its_pieces_back() -> None:
    run = _run({"dates": [{**DATES[0], "pieces": 100_000}]})

    sold = run.daily("slot_units")
    assert 40 < sold[9] == sold.sum()
    # Heroes before 10:00 and after 22:00 cost what they always do.
    assert run.daily("discounts")[9] == 30.0 * sold[9]


def test_the_price_is_never_above_the_lowest_of_the_days_before() -> None:
    sale = {"name": "Sale", "from": "2027-01-04", "to": "2027-01-04", "discount": 0.5}
    month = {"dates": DATES[:1]}

    near, far = _run(month, {"events": [sale]}), _run({**month, "lowest": 5}, {"events": [sale]})
    not_asked = _run({**month, "lowest": 0}, {"events": [sale]})

    # 4 January is 6 days before the slot: within the 7 of the rule, half price; not within 5, 30 % off.
    assert near.daily("discounts")[9] == 50.0 * near.daily("slot_units")[9] > 0
    assert far.daily("discounts")[9] == 30.0 * far.daily("slot_units")[9] > 0
    assert not_asked.daily("discounts").tolist() == far.daily("discounts").tolist()


def test_the_price_of_a_slot_is_protected_for_the_days_after_it() -> None:
    sale = {"name": "Sale", "from": "2027-01-11", "to": "2027-01-20", "discount": 0.5, "roles": ["hero"]}
    month = {"dates": DATES[:1]}

    free, bound = _run(month, {"events": [sale]}), _run({**month, "protected": 3}, {"events": [sale]})

    # Heroes are 50 in the sale, 70 in the slot of the 10th; until the 13th they may not be cheaper than that.
    for day in range(9, 20):
        cut = bound.daily("discounts")[day]
        assert cut > 0.0
        if 10 <= day <= 12:
            assert cut % 30.0 == 0.0
            assert bound.daily("units")[day] < free.daily("units")[day]
        elif day > 12:
            assert cut % 50.0 == 0.0
    assert bound.daily("discounts")[:10].tolist() == free.daily("discounts")[:10].tolist()


def test_a_list_price_lowered_below_a_protected_price_holds_once_protection_is_over() -> None:
    """Until then nobody pays less than in the slot, and nothing is cut off the list price."""
    lowered = {"changes": [{"from": "2027-01-12", "playbook": {"catalogue.skus.H.price": 50}}]}
    run = _run({"protected": 3, "dates": DATES[:1]}, {**lowered, "catalogue.skus": [SKUS[0]]})

    paid, cut = (run.daily(name)[10:16] / run.daily("units")[10:16] for name in ("gmv", "discounts"))
    assert paid.tolist() == [100.0, 70.0, 70.0, 50.0, 50.0, 50.0]
    assert not cut.any()


def test_a_deep_price_is_seen_whatever_other_promotions_run() -> None:
    # A promotion that nobody reaches: it changes nothing, and must not hide the slot's price.
    idle = {"promotions": {"far": {"kind": "spend_and_save", "spend": 90_000, "less": 1}}}
    scarce = {"dates": [{**DATES[0], "pieces": 300}]}

    alone, beside = _run(scarce), _run(scarce, idle)

    assert beside.daily("slot_units").tolist() == alone.daily("slot_units").tolist()
    assert beside.daily("gmv")[:12].tolist() == alone.daily("gmv")[:12].tolist()


def test_the_pieces_of_each_day_of_a_slot_are_counted_on_that_day() -> None:
    dates = [{"from": "2027-01-10", "to": "2027-01-14", "visitors": 3_000, "pieces": 5_000}]

    run = _run({"hours": "0-24", "dates": dates})

    pieces = run.daily("slot_units")
    assert np.flatnonzero(pieces).tolist() == [9, 10, 11, 12, 13]
    assert pieces.sum() < 5_000


def test_fees_are_spent_on_the_first_day_and_as_a_share_of_sales() -> None:
    run = _run({"fee": 250, "fee_share": 0.1, "dates": DATES[2:]})

    gmv = run.daily("gmv", "flash")
    wanted = np.round(0.1 * gmv, 2) + np.where(np.arange(50) == 32, 250.0, 0.0)
    np.testing.assert_allclose(run.daily("ad_spend", "flash"), wanted, atol=0.0051)
    assert run.total("ad_spend", "flash") > 300


def test_two_channels_do_not_sell_the_same_item_in_two_slots() -> None:
    other = {**FLASH, "dates": [{**DATES[0], "pieces": 7, "discount": 0.1}]}

    run = _run(None, {"channels.group_buy": other, "horizon": 12})

    # The channel that stands first in the file has the item, with its 7 pieces at 90.
    assert run.total("slots_taken") == 2
    assert (run.total("slot_units"), run.total("discounts")) == (7.0, 70.0)


def test_an_item_that_is_sold_out_in_one_slot_is_not_mixed_up_with_another() -> None:
    small = [{"from": "2027-01-10", "to": "2027-01-14", "visitors": 2_000, "pieces": 5, "discount": 0.5}]
    large = [{"from": "2027-01-12", "to": "2027-01-20", "visitors": 900, "pieces": 100_000, "discount": 0.1}]
    second = {"channels.second": {**FLASH, "dates": large, "roles": []}}

    run = _run({"dates": small, "roles": []}, second)

    # Five pieces each of the two items, all of them in the first slot; the second has no item at all.
    assert run.total("slot_units") == 10
    assert run.daily("slot_units")[14:].sum() == 0


def test_no_slot_is_begun_while_ads_are_off() -> None:
    poor = {"operations.money.opening_cash": 100, "operations.money.when_broke": "stop_ads"}

    run = _run({"fee": 5_000}, poor)

    assert (run.daily("cash")[8:10] < 0).all()
    assert run.daily("uv", "flash")[9] == 0.0
    assert run.daily("ad_spend", "flash")[9] == 0.0


ALTERNATING = [
    {"from": f"2027-01-{day}", "to": f"2027-01-{day}", "visitors": 900, "pieces": 5_000, "skus": [code]}
    for day, code in ((10, "H"), (14, "P"), (18, "H"), (22, "P"))
]
"""A slot every four days, each item in every second one."""


def test_two_items_take_turns_in_one_channel_each_with_its_own_rest() -> None:
    alternating = _run({"dates": ALTERNATING})
    one_item = _run({"dates": [{**slot, "skus": ["H"]} for slot in ALTERNATING]})
    both = _run({"dates": [*ALTERNATING[:1], {**ALTERNATING[1], "skus": ["P", "H"]}, *ALTERNATING[2:]]})

    # Seven days lie between two slots of an item, three between two slots of the channel.
    assert (alternating.total("slots_taken"), alternating.total("slots_refused")) == (4, 0)
    assert (one_item.total("slots_taken"), one_item.total("slots_refused")) == (2, 2)
    # A slot of both items comes too soon for one of them: it is refused whole, and the next is not.
    assert (both.total("slots_taken"), both.total("slots_refused")) == (3, 1)


def test_an_item_is_in_no_more_slots_of_a_month_than_allowed_whatever_others_are_in() -> None:
    one = _run({"dates": ALTERNATING, "most": 1})

    assert (one.total("slots_taken"), one.total("slots_refused")) == (2, 2)
    assert np.flatnonzero(one.daily("uv", "flash")).tolist() == [9, 13]


def test_visitors_of_a_slot_land_on_its_items_and_only_these_have_its_price() -> None:
    run = _run({"dates": ALTERNATING, "conversion": 5}, {"catalogue.lines": 1, "operations.conversion.base": 0.05})

    # H is 100 and P 200; 30 % off is 30 or 60 a piece, and nothing else is cut.
    for day, off in ((9, 30.0), (13, 60.0), (17, 30.0), (21, 60.0)):
        assert run.daily("discounts")[day] == off * run.daily("slot_units")[day] > 0
        gmv, pieces = run.daily("gmv", "flash")[day], run.daily("units", "flash")[day]
        # Nobody of the other item: a piece costs 70 to 100, or 140 to 200.
        assert (70.0 if off == 30.0 else 140.0) * pieces <= gmv <= (100.0 if off == 30.0 else 200.0) * pieces
        assert pieces > 50


def test_a_slot_that_names_the_items_of_its_channels_roles_is_the_same_slot() -> None:
    named = _run({"dates": [{**slot, "skus": ["H"]} for slot in DATES]})

    plain = _run()
    assert named.by_channel.tobytes() == plain.by_channel.tobytes()
    assert named.of_store.tobytes() == plain.of_store.tobytes()


def test_a_slot_without_items_of_its_own_keeps_its_fingerprint() -> None:
    plain, empty = (
        scenario({"channels.flash": {**FLASH, "dates": dates}})
        for dates in (DATES, [{**slot, "skus": []} for slot in DATES])
    )

    assert plain.fingerprint == empty.fingerprint
    assert "skus" in str(plain.model_dump()["channels"]["flash"])


def test_roles_of_a_stage_that_has_begun_are_those_of_slots_that_begin_in_it() -> None:
    growth = {"gate": {"on": "2027-01-09"}, "playbook": {"channels.flash.roles": ["profit"]}}

    run = _run({"dates": DATES[:1]}, {"stages.growth": growth, "catalogue.lines": 1})

    # Signed up for on the 5th with the hero of 100, held on the 10th with the item of 200.
    assert run.total("slots_taken") == 1
    assert run.daily("discounts")[9] == 60.0 * run.daily("slot_units")[9] > 0


def test_the_day_is_cut_when_a_slot_opens_and_closes() -> None:
    terms = blueprint(scenario({"channels.flash": FLASH})).slots[0]

    assert moments(terms) == {(day, hour) for first, last in ((9, 9), (14, 14), (32, 33))
                              for day, hour in ((first, 10.0), (last, 22.0))}  # fmt: skip


def test_a_later_date_moves_a_slot() -> None:
    run = _run({"dates": [{**DATES[0], "from": "2027-01-12", "to": "2027-01-13"}]})

    assert np.flatnonzero(run.daily("uv", "flash")).tolist() == [11, 12]
