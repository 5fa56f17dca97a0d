"""Order lines (订单行): what 京准通 counts of an order for ads, gifts among them (DOMAIN 1.1, A)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from storesim.engine.attribution import N_CREDITED, N_DELAYS, credit
from storesim.experiments.compare import compare
from storesim.report.document import Table, Value
from storesim.report.parts.channels import FUNNEL, channels
from storesim.report.sources import Sources
from storesim.report.words import Words
from storesim.results.attribution import BASES, within
from storesim.results.ensemble import side_by_side
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.operations import WINDOWS
from tests.model.small import scenario

PAID = ("express", "direct_placement")
BUSY = {
    "operations.stock": {"policy": "unlimited"}, "operations.conversion.base": 0.3, "horizon": 30,
    "catalogue.lines": 1.6,
}  # fmt: skip
SLOW = {
    **BUSY, "operations.conversion": {"base": 0.3, "later": 0.8, "later_median": 80},
    "operations.attribution.window": 7,
}  # fmt: skip
GIFT = {"kind": "gift", "gift": "H", "worth": 0}
"""One piece of H for each piece of an order."""


def _played(changes: Mapping[str, Any], gifts: bool = True, **promotions: Mapping[str, Any]) -> Run:
    told = {"promotions": promotions, "operations.attribution.gifts": gifts}
    return simulate(scenario({**BUSY, **changes, **told}), 3)


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30), st.integers(1, 8)), max_size=30),
    st.sampled_from(WINDOWS), st.sampled_from(BASES),
)  # fmt: skip
def test_lines_are_in_the_windows_of_their_orders_and_none_is_lost(
    orders: list[tuple[int, int, int]], window: int, by: str
) -> None:
    attributed = np.zeros((2, 80, 1, N_DELAYS, N_CREDITED))
    for click, waited, lines in orders:
        getattr(credit, "py_func", credit)(attributed, 0, click, click + waited, float(lines), 100.0)

    counted = within(attributed, by, window)[:, 0, 2]

    expected = np.zeros(80)
    for click, waited, lines in orders:
        if waited <= window + (by == "order" and window == 15):
            expected[click if by == "click" else click + waited] += lines
    np.testing.assert_array_equal(counted, expected)
    np.testing.assert_array_equal(attributed[..., 2].sum(axis=(1, 2, 3)), 2 * [sum(lines for *_, lines in orders)])


def test_without_a_window_and_gifts_the_lines_of_ads_are_those_of_paid_channels() -> None:
    run = _played({})

    for channel in PAID:
        np.testing.assert_array_equal(run.daily("ad_lines", channel), run.daily("lines", channel))
        assert run.total("ad_cvr", channel) == run.total("lines", channel) / run.total("clicks", channel)
    assert run.total("ad_lines", "search") == 0.0
    # The lines of unpaid visitors are no success of ads.
    paid = sum(run.total("lines", channel) for channel in PAID)
    assert run.total("ad_cvr") == paid / run.total("clicks") < run.total("lines") / run.total("clicks")
    assert run.total("cpa") == run.total("ad_spend") / paid


@pytest.mark.parametrize("by", BASES)
def test_lines_follow_the_window_as_orders_do(by: str) -> None:
    runs = [_played({**SLOW, "operations.attribution": {"window": window, "by": by}}) for window in WINDOWS]

    counted = np.array([[run.total(name, "express") for name in ("ad_orders", "ad_lines")] for run in runs])

    assert (np.diff(counted, axis=0) >= 0.0).all()
    assert (counted[:, 1] > counted[:, 0]).all()
    assert counted[0, 1] < 0.6 * runs[0].total("lines", "express")
    for run, lines in zip(runs, counted[:, 1], strict=True):
        assert run.total("ad_cvr", "express") == lines / run.total("clicks", "express")
        assert run.total("cpa", "express") == run.total("ad_spend", "express") / lines


def test_each_item_given_is_a_line_of_amount_0() -> None:
    plain, one = _played({}), _played({}, gift=GIFT)
    twice, two = _played({}, gift=GIFT, again=GIFT), _played({}, gift=GIFT, other={**GIFT, "gift": "P"})

    for channel in PAID:
        orders, lines = plain.total("orders", channel), plain.total("lines", channel)
        # A piece for each piece of the order, of one item: a line; two promotions that give it do not make it two.
        assert one.total("ad_lines", channel) == twice.total("ad_lines", channel) == lines + orders
        assert two.total("ad_lines", channel) == lines + 2 * orders
        for run in (one, twice, two):
            for same in ("lines", "orders", "units", "ad_gmv"):
                assert run.total(same, channel) == plain.total(same, channel)
    assert twice.total("gift_units") == 2 * one.total("gift_units") == 2 * one.total("units")


def test_gifts_are_no_lines_where_reports_leave_them_out() -> None:
    with_them, without = _played(SLOW, gift=GIFT), _played(SLOW, gifts=False, gift=GIFT)

    np.testing.assert_array_equal(without.daily("ad_lines"), _played(SLOW).daily("ad_lines"))
    assert with_them.total("ad_lines") == without.total("ad_lines") + without.total("ad_orders")
    for name in with_them.names_of("express"):
        if name not in ("ad_lines", "ad_cvr", "cpa"):
            np.testing.assert_array_equal(with_them.daily(name, "express"), without.daily(name, "express"))


def test_a_gift_that_has_run_out_is_no_line() -> None:
    stock = {
        "catalogue.skus.1.stock": 60,
        "operations.stock": {"policy": "sQ", "opening": 3_000, "lot": 1, "expected_units": 0.01, "safety": 0},
    }
    run = _played(stock, gift={**GIFT, "gift": "P", "skus": ["H"]})

    gifts = run.total("ad_lines") - sum(run.total("lines", channel) for channel in PAID)

    assert 0.0 < gifts <= run.total("gift_units") < 0.5 * run.total("orders")


def test_that_gifts_are_lines_changes_no_name_of_a_scenario_that_does_not_say_otherwise() -> None:
    without, gifts = {"operations.attribution.gifts": False}, {"operations.attribution.gifts": True}
    windowed = {"operations.attribution.window": 3}

    assert scenario(gifts).fingerprint == scenario().fingerprint != scenario(without).fingerprint
    assert scenario({**windowed, **gifts}).fingerprint == scenario(windowed).fingerprint
    assert scenario({**windowed, **without}).fingerprint != scenario(windowed).fingerprint
    assert scenario({**without, "operations.attribution.by": "order"}).fingerprint == scenario(without).fingerprint


def test_a_comparison_of_windows_moves_the_conversion_of_ads_and_not_that_of_the_store() -> None:
    one, other = (scenario({**SLOW, "operations.attribution.window": window}) for window in (0, 15))

    found = compare([one, other], n_runs=4, seed=1, kpis=["ad_cvr", "cpa", "cvr"])

    gained = {row.kpi: row.value - row.base for row in found.differences}
    assert gained["ad_cvr"] > 0.0 > gained["cpa"]
    assert gained["cvr"] == 0.0


def test_the_report_shows_lines_through_ads_and_what_they_cost_under_each_window() -> None:
    asked = scenario({**SLOW, "promotions": {"gift": GIFT}})
    run = simulate(asked, 1)
    sources = Sources(asked, side_by_side([run]), None, None, Words("en"))
    tables = {block.key: block for block in channels(sources).blocks if isinstance(block, Table)}

    shown = tables["credited_lines"]

    assert [column.key for column in shown.columns[2:]] == [f"{name}{w}" for name in ("lines", "cpa") for w in WINDOWS]
    (express, *_) = shown.rows
    values = [cell.value for cell in express.cells[2:] if isinstance(cell, Value)]
    assert values[3] == run.total("ad_lines", "express")
    assert values[8] == pytest.approx(run.total("cpa", "express"), rel=1e-12)
    place = FUNNEL.index("ad_lines") + 2  # after the channel's name and the share of GMV
    search, paid = (row.cells[place] for row in tables["funnel"].rows[:2])
    assert isinstance(search, Value)
    assert isinstance(paid, Value)
    assert np.isnan(search.value)
    assert paid.value == run.total("ad_lines", "express")
