"""What makes a visitor buy (MODEL section 7)."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.engine.day import EXTRA_LINE, EXTRA_UNIT, PAGE_HOURS, SUBSTITUTION
from storesim.model.conversion import Conversion, read_visits, trust, weigh_skus
from storesim.model.goods import read_goods
from storesim.model.today import Offer
from tests.model.small import morning, scenario

SETTINGS = {
    "channels": {"search": {"mechanism": "organic", "conversion": 1.5, "bounce": 0.4, "depth": 4}},
    "operations.conversion": {
        "base": 0.2, "price_elasticity": 2.0, "review_lift": 3.7, "review_scale": 3.0, "score_effect": 0.4,
        "browse": 1.2,
    },
    "catalogue.lines": 1.25, "catalogue.quantity": 2.0, "catalogue.substitution": 0.3,
    "catalogue.skus.1.reference_price": 160,
}  # fmt: skip


def _conversion() -> Conversion:
    plan = scenario(SETTINGS)
    return Conversion((read_goods(plan.catalogue),) * 3, plan, (read_visits(plan),) * 3)


def test_reviews_lift_the_odds_3_7_times_and_are_enough_at_about_ten() -> None:
    odds = np.empty(4)

    trust(np.zeros(4), np.array([0.0, 5.0, 10.0, 1e6]), (np.full(4, 0.25), np.ones(4)), (3.7, 3.0), odds)

    # DOMAIN 4.3 (A): x 3.7 from none to five or ten reviews, flat after ten.
    assert odds[3] / odds[0] == pytest.approx(3.7, rel=1e-12)
    assert odds[2] / odds[3] > 0.97
    assert odds[1] / odds[0] == pytest.approx(1 + 2.7 * (1 - np.exp(-5 / 3)), rel=1e-12)


def test_a_price_ten_per_cent_lower_raises_the_odds_by_the_elasticity() -> None:
    out = np.empty(2)

    weigh_skus(np.array([900.0, 1000.0]), np.full(2, 1000.0), np.array([0.5, 1.0]), 2.5, out)

    np.testing.assert_allclose(out, [0.5 * 0.9**-2.5, 1.0], rtol=1e-14)


def test_the_odds_are_the_product_of_their_parts() -> None:
    conversion, today = _conversion(), morning(1)
    today.plan.price[:] = [10_000.0, 20_000.0]
    conversion.close(np.array([0.0, 6.0]))

    conversion.open(today, Offer(1.0, 1.3, 1.0, 0.0), score=0.75)

    assert today.plan.odds[0] == pytest.approx(0.25 * 1.5 * 1.3 * np.exp(0.4 * 0.25), rel=1e-14)
    reviewed = (1 + 2.7 * (1 - np.exp(-2.0))) / 3.7
    np.testing.assert_allclose(today.plan.sku_odds, [1 / 3.7, (200 / 160) ** -2.0 * reviewed], rtol=1e-13)
    assert conversion.mean_trust == pytest.approx(0.75 / 3.7 + 0.25 * reviewed, rel=1e-13)


def test_pages_and_baskets_have_the_means_that_the_scenario_says() -> None:
    conversion, today = _conversion(), morning(1)
    today.plan.price[:] = 1.0

    conversion.open(today, Offer(1.0, 1.0, 1.0, 0.0), score=0.5)

    # A geometric number that goes on with chance q has mean 1/(1 - q); pages: two and then a mean of (1 - p)/p.
    scalars, p = today.plan.scalars, today.plan.page_p[0]
    assert 1 / (1 - scalars[EXTRA_LINE]) == pytest.approx(1.25)
    assert 1 / (1 - scalars[EXTRA_UNIT]) == pytest.approx(2.0)
    assert 2 + (1 - p) / p == pytest.approx(4.0)
    assert (today.plan.bounce[0], scalars[SUBSTITUTION], scalars[PAGE_HOURS] * 60) == (0.4, 0.3, 1.2)
