"""A solved path in whole visitors, buyers and fen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.plan.counting import whole_months
from storesim.plan.periods import QUARTERS

Array = NDArray[np.float64]
LIMITS = ("cvr_max", "aov_max", "uv_max", "cvr_min", "aov_min")
NONE = dict.fromkeys(LIMITS)


def real_months(uv: Array, cvr: Array, aov: Array) -> tuple[Array, dict[str, Array]]:
    buyers = uv * cvr
    return buyers * aov, {"uv": uv, "buyers": buyers, "orders": 1.05 * buyers, "pv": 3.3 * uv}


@given(
    uv=st.lists(st.floats(0.0, 1e6), min_size=12, max_size=12).filter(lambda months: sum(months) > 10),
    cvr=st.floats(0.001, 0.2),
    aov=st.floats(5.0, 2000.0),
)
@settings(max_examples=100)
def test_whole_months_are_coherent_whatever_the_size_of_the_store(uv: list[float], cvr: float, aov: float) -> None:
    gmv, real = real_months(np.array(uv), np.full(12, cvr), np.full(12, aov))
    total = max(1, round(100 * float(gmv.sum())))

    months = whole_months(total, gmv, real, NONE)

    assert int(months["gmv"].sum()) == total
    assert (months["buyers"] >= (months["gmv"] > 0)).all()
    assert (months["uv"] >= months["buyers"]).all()
    assert (months["pv"] >= months["uv"]).all()
    assert (months["orders"] >= months["buyers"]).all()
    for name in ("uv", "buyers", "pv", "orders"):
        assert int(months[name].sum()) == pytest.approx(float(real[name].sum()), abs=13)


def test_ratios_divided_from_whole_numbers_stay_within_their_caps() -> None:
    uv = np.linspace(90.0, 4000.0, 12)
    gmv, real = real_months(uv, np.full(12, 0.03), np.full(12, 200.0))
    limits = NONE | {"cvr_max": 0.03, "aov_max": 200.0}

    months = whole_months(round(100 * float(gmv.sum())), gmv, real, limits)

    assert (months["gmv"] / 100 / months["buyers"] <= 200.0 + 1e-9).all()
    assert (months["buyers"] / months["uv"] <= 0.03 + 1e-12).all()


def test_floors_of_ratios_hold_where_whole_numbers_allow_them() -> None:
    uv = np.linspace(900.0, 4000.0, 12)
    gmv, real = real_months(uv, np.full(12, 0.03), np.full(12, 200.0))
    limits = NONE | {"cvr_min": 0.03, "aov_min": 200.0}

    months = whole_months(round(100 * float(gmv.sum())), gmv, real, limits)

    assert (months["gmv"] / 100 / months["buyers"] >= 200.0 - 1e-9).all()
    assert (months["buyers"] / months["uv"] >= 0.03 - 1e-12).all()


def test_caps_that_only_a_fraction_of_a_buyer_could_meet_are_refused() -> None:
    gmv, real = real_months(np.full(12, 10.0), np.full(12, 0.0001), np.full(12, 8_000_000.0))
    limits = NONE | {"cvr_max": 0.0001, "uv_max": 10.0}

    with pytest.raises(PlanError, match=r"month 1 need 10,000 visitors at cvr_max 0\.01%, and uv_max is 10\."):
        whole_months(round(100 * float(gmv.sum())), gmv, real, limits)


def test_quarters_are_rounded_before_their_months() -> None:
    uv = np.full(12, 100.25)
    gmv, real = real_months(uv, np.full(12, 0.5), np.full(12, 10.0))

    months = whole_months(round(100 * float(gmv.sum())), gmv, real, NONE)

    # A year of 1,203 visitors: 301, 301, 301, 300, and each within one of 100.25 a month.
    assert [int(months["uv"][quarter].sum()) for quarter in QUARTERS] == [301, 301, 301, 300]
    assert set(months["uv"].tolist()) == {100, 101}
