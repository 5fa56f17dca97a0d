"""The counts and ratios: each written once, and divided after summing."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, strategies as st

from storesim import kpi

TRADE_WORDS = ("pv", "uv", "buyers", "orders", "units", "gmv", "cvr", "aov", "ad_spend", "clicks", "cpc", "roas")
"""The words of the trade that STYLE.md names; every one is a count or a ratio."""


def test_no_name_and_no_label_stands_for_two_figures() -> None:
    names = [figure.name for figure in (*kpi.CHANNEL_COUNTS, *kpi.STORE_COUNTS, *kpi.RATIOS)]
    zh = [kpi.label(name, "zh") for name in names]
    en = [kpi.label(name, "en") for name in names]

    assert len(set(names)) == len(names)
    assert len(set(zh)) == len(zh)
    assert len(set(en)) == len(en)
    assert all(re.fullmatch("[a-z0-9_]+", name) for name in names)


def test_every_word_of_the_trade_is_a_count_or_a_ratio() -> None:
    assert [word for word in TRADE_WORDS if word not in kpi.COUNT and word not in kpi.RATIO] == []


def test_every_ratio_divides_counts_that_are_recorded_together() -> None:
    for ratio in kpi.RATIOS:
        assert ratio.above in kpi.COUNT
        assert ratio.below in kpi.COUNT
        # Both over the same days: all of a period, or those up to its end.
        assert {kpi.COUNT[ratio.above].adds, kpi.COUNT[ratio.below].adds} in ({"sum"}, {"last"})


def test_indices_give_the_place_of_a_count_in_its_table() -> None:
    assert [kpi.CHANNEL_INDEX[count.name] for count in kpi.CHANNEL_COUNTS] == list(range(len(kpi.CHANNEL_COUNTS)))
    assert [kpi.STORE_INDEX[count.name] for count in kpi.STORE_COUNTS] == list(range(len(kpi.STORE_COUNTS)))
    assert len(kpi.COUNT) == len(kpi.CHANNEL_COUNTS) + len(kpi.STORE_COUNTS)


def test_money_is_what_is_counted_in_cny() -> None:
    assert {"gmv", "ad_spend", "refunds", "profit", "cash"} <= kpi.MONEY
    assert kpi.MONEY.isdisjoint({"uv", "orders", "score", "chat_wait"})


@pytest.mark.parametrize(("lang", "label"), [("zh", "客单价"), ("en", "Value per buyer (AOV)")])
def test_a_label_is_that_of_the_language(lang: str, label: str) -> None:
    assert kpi.label("aov", lang) == label


def test_a_label_of_an_unknown_figure_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        kpi.label("uvv", "en")


def test_figures_of_a_day_divide_as_jd_reports_them() -> None:
    # 100 visitors, 300 views, 2 buyers, 3 orders, 500 CNY; 50 CNY for 40 clicks of 1,000 impressions.
    day = {
        "uv": 100,
        "pv": 300,
        "buyers": 2,
        "orders": 3,
        "gmv": 500,
        "ad_spend": 50,
        "clicks": 40,
        "impressions": 1000,
    }

    divided = {name: float(kpi.divide(name, day.__getitem__)) for name in ("cvr", "aov", "depth", "cpc", "ctr", "cpm")}

    assert divided == {"cvr": 0.02, "aov": 250.0, "depth": 3.0, "cpc": 1.25, "ctr": 0.04, "cpm": 50.0}


def test_a_rate_of_nothing_is_unknown_and_not_zero() -> None:
    total = {"buyers": np.array([0.0, 3.0]), "uv": np.array([0.0, 60.0])}

    cvr = kpi.divide("cvr", total.__getitem__)

    assert math.isnan(cvr[0])
    assert cvr[1] == 0.05


def test_a_ratio_takes_the_shape_of_its_counts() -> None:
    # A store's count over a channel's: one broadcasts against the other.
    shape = kpi.divide("late_rate", {"late": np.ones((4, 1)), "dispatched": np.full((4, 3), 2.0)}.__getitem__)

    assert shape.shape == (4, 3)
    assert np.all(shape == 0.5)


days = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**4), st.floats(0, 1e7, allow_subnormal=False)),
    min_size=1,
    max_size=40,
)


@given(days)
def test_gmv_equals_uv_times_cvr_times_aov_at_every_grain(days: list[tuple[int, int, float]]) -> None:
    uv, buyers, gmv = (np.array(column, dtype=np.float64) for column in zip(*days, strict=True))
    total = {"uv": uv.sum(), "buyers": buyers.sum(), "gmv": gmv.sum()}

    product = total["uv"] * math.prod(float(kpi.divide(name, total.__getitem__)) for name in ("cvr", "aov"))

    if total["uv"] > 0 and total["buyers"] > 0:
        assert product == pytest.approx(total["gmv"], rel=1e-12, abs=1e-9)
    else:
        assert math.isnan(product)
