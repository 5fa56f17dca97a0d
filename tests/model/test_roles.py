"""What the roles of items do: where visitors land, and how readily they buy (MODEL section 7)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from storesim.model.conversion import Conversion, read_visits
from storesim.model.goods import read_goods
from storesim.model.landing import land, read_landings, roles_differ
from storesim.model.today import Offer
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import morning, scenario

SKUS = [
    {"sku": "H", "role": "hero", "price": 100, "cost": 40, "popularity": 3},
    {"sku": "T", "role": "traffic", "price": 50, "cost": 30, "popularity": 1},
    {"sku": "I", "role": "image", "price": 900, "cost": 300, "popularity": 1},
]
SURE: dict[str, Any] = {
    "channels": {"search": {"mechanism": "organic", "bounce": 0}}, "catalogue.skus": SKUS, "catalogue.lines": 1,
    "catalogue.quantity": 1, "operations.stock.policy": "unlimited", "operations.conversion.base": 1.0,
    "operations.service.agents": 0, "horizon": 20,
}  # fmt: skip
"""Whoever comes buys what he lands on."""


def _run(changes: dict[str, Any]) -> Run:
    return simulate(scenario({**SURE, **changes}), 3)


def test_visitors_land_by_popularity_times_the_factor_of_the_role() -> None:
    run = _run({"catalogue.roles": {"traffic": {"landing": 4}, "image": {"landing": 0.5}}})

    units = run.of_skus("units")
    assert units.sum() > 3_000
    assert stats.chisquare(units, np.array([3.0, 4.0, 0.5]) / 7.5 * units.sum()).pvalue > 0.001


def test_further_lines_and_substitutes_go_by_popularity_alone() -> None:
    drawn = {"catalogue.roles": {"traffic": {"landing": 50}}}
    one, three = _run(drawn), _run({**drawn, "catalogue.lines": 3})

    more = three.of_skus("units") - one.of_skus("units")
    assert (more / more.sum())[0] == pytest.approx(0.6, abs=0.02)


def test_the_factor_of_a_role_multiplies_the_odds_of_its_items() -> None:
    plain, changed = (scenario({**SURE, **more}) for more in ({}, {"catalogue.roles": {"image": {"odds": 0.2}}}))

    odds = []
    for made in (plain, changed):
        today = morning(1, 3)
        today.plan.price[:] = 1_000.0
        Conversion((read_goods(made.catalogue),) * 3, made, (read_visits(made),) * 3).open(
            today, Offer(1.0, 1.0, 1.0, 0.0), 0.5
        )
        odds.append(today.plan.sku_odds.copy())
    np.testing.assert_allclose(odds[1] / odds[0], [1.0, 1.0, 0.2], rtol=1e-14)


def test_channels_that_lead_to_some_items_only_weigh_these_by_role_too() -> None:
    settings = {
        **SURE,
        "channels.affiliate": {"mechanism": "pay_per_sale", "visitors": 8, "roles": ["traffic", "image"]},
        "catalogue.roles": {"image": {"landing": 3}},
    }
    made = scenario(settings)
    landings = read_landings(made, read_goods(made.catalogue), unlike=True)
    today = morning(2, 3)
    today = today._replace(
        plan=today.plan._replace(landing_p=np.ones((2, 3)), landing_k=np.zeros((2, 3), dtype=np.int64))
    )

    land(today, (landings,) * 3)

    assert today.plan.landing.tolist() == [0, 1]
    for row, expected in ((0, [3.0, 1.0, 3.0]), (1, [0.0, 1.0, 3.0])):
        chance = landings.alias_p[row].copy() / 3
        np.add.at(chance, landings.alias_k[row], (1.0 - landings.alias_p[row]) / 3)
        np.testing.assert_allclose(chance, np.array(expected) / sum(expected), atol=1e-12)


def test_roles_that_are_all_alike_change_nothing() -> None:
    plain = scenario(SURE)
    alike = scenario({**SURE, "catalogue.roles": {"hero": {"landing": 1, "odds": 1}}})

    assert alike.fingerprint == plain.fingerprint
    goods = read_goods(alike.catalogue)
    landings = read_landings(alike, goods, unlike=roles_differ(goods))
    assert (landings.row.tolist(), landings.alias_p.shape) == ([-1], (0, 3))
    assert scenario({**SURE, "catalogue.roles": {"hero": {"odds": 2}}}).fingerprint != plain.fingerprint
