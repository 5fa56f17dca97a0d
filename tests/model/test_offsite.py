"""Selling beyond JD: brand strength, shared stock, separate accounts (MODEL section 12)."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.engine.day import BUYERS, GMV, N_TALLY, ORDERS, UV
from storesim.errors import ScenarioError
from storesim.model.offsite import Distribution, read_brand
from storesim.model.today import Offer, Shelf
from storesim.model.traffic import Traffic, read_sources
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.change import changed_scenario
from tests.model.small import morning, scenario

SITE = {"mechanism": "offsite", "potential": 2_000, "half": 200, "reach": 0.02, "memory": 30, "cannibalisation": 0}
NO_NOISE = {"market.noise.sd": 0, "market.rivals.sd": 0, "operations.stock.policy": "unlimited", "horizon": 40}


def _run(site: dict[str, object] | None = None, changes: dict[str, object] | None = None, seed: int = 1) -> Run:
    channel = {} if site is None else {"channels.vipshop": SITE | site}
    return simulate(scenario(NO_NOISE | channel | (changes or {})), seed)


def test_visitors_come_as_the_brand_is_known() -> None:
    brand = read_brand(scenario({"channels.vipshop": SITE}))
    distribution = Distribution((brand,) * 3)
    today = morning(n_channels=5)
    tally = np.zeros((5, N_TALLY))
    tally[0, [UV, BUYERS]] = 1_000.0, 30.0
    tally[4, [UV, BUYERS, GMV]] = 500.0, 10.0, 77_700.0

    distribution.open(today)
    before = today.plan.rate[4]
    flows = distribution.close(0, tally, np.array([[100.0, 20.0]]))
    distribution.open(today._replace(market=1.5))

    # 40 buyers and 1,500 visitors at 0.02 are 70, of which a day of a half-life of 30 leaves 2^(-1/30).
    strength = 70.0 * 2.0 ** (-1.0 / 30.0)
    assert before == 0.0
    assert distribution.strength.tolist() == pytest.approx([strength])
    assert today.plan.rate[4] == pytest.approx(2_000 * 1.5 * strength / (strength + 200))
    assert flows.tolist() == [[77_700.0, 20.0, 100.0]]
    assert today.plan.account.tolist() == [-1, -1, -1, -1, 0]


def test_what_is_sold_beyond_jd_moves_no_rank_on_jd() -> None:
    sources = read_sources(scenario({"channels.vipshop": SITE}))
    weights = []
    for elsewhere in (0.0, 5_000.0):
        traffic = Traffic((sources,) * 3)
        tally = np.zeros((5, N_TALLY))
        tally[0, [UV, BUYERS]] = 1_000.0, 2.0
        tally[4, [UV, BUYERS, ORDERS]] = elsewhere, 0.2 * elsewhere, 0.2 * elsewhere
        traffic.close(0, tally)
        traffic.open(morning(n_channels=5), Offer(1.0, 1.0, 1.0, 0.0), Shelf(1.0, 0.0), 0.0, 0.5)
        weights.append(traffic.mean_weight)

    assert weights[0] == weights[1]


def test_a_platform_that_is_not_open_changes_nothing_on_jd() -> None:
    with_it, without = _run({"potential": 0}), _run()

    for name in ("search", "express", "direct_placement", "returning"):
        for kpi in ("uv", "orders", "gmv"):
            assert with_it.daily(kpi, name).tolist() == without.daily(kpi, name).tolist()
    assert with_it.total("uv", "vipshop") == 0.0
    assert with_it.daily("cash").tolist() == without.daily("cash").tolist()


def test_each_platform_takes_its_own_commission_and_jd_only_its_own() -> None:
    run = _run({"commission": 0.2, "settlement": 3}, {"operations.returns.rate": 0})

    away, all_of_it = run.daily("gmv", "vipshop").cumsum(), run.daily("gmv").cumsum()
    assert away[-1] > 0.1 * all_of_it[-1]
    np.testing.assert_allclose(run.daily("offsite_gmv"), run.daily("gmv", "vipshop"))
    # 20 % there, 6 % and 0.6 % here, each rounded on its own total.
    np.testing.assert_allclose(
        run.daily("commission").cumsum(), (0.2 * away + 0.06 * (all_of_it - away)).round(2), atol=0.011
    )
    np.testing.assert_allclose(run.daily("transaction_fee").cumsum(), 0.006 * (all_of_it - away), atol=0.0051)


def test_what_a_platform_pays_on_its_date_is_what_was_delivered_less_commission() -> None:
    changes = {"operations.returns.rate": 0, "channels.search": {"mechanism": "organic", "share": 0}}
    changes |= {"channels.express.daily_budget": 0, "channels.direct_placement.daily_budget": 0}
    run = _run({"reach": 0, "settlement_dates": [20]}, changes)
    assert run.total("uv") == 0.0  # nobody knows the brand, so nobody comes

    known = _run({"settlement_dates": [20], "settlement": 0}, {"operations.returns.rate": 0})
    other = _run({"settlement_dates": [21], "settlement": 0}, {"operations.returns.rate": 0})
    gap = (known.daily("cash") - other.daily("cash")).round(2)
    # The money of the 20th is there a day earlier; then only what was delivered on the 21st makes a difference.
    assert np.flatnonzero(gap)[0] == 19
    assert gap[19] > 0.0 > gap[20]
    assert set(gap[20:].tolist()) == {gap[20]}


def test_visitors_taken_from_jd_are_missing_among_its_free_ones() -> None:
    none, half = (_run({"potential": 100, "cannibalisation": share}) for share in (0, 0.5))

    assert half.total("uv", "search") < none.total("uv", "search") - 0.3 * none.total("uv", "vipshop")


def test_everybody_buys_from_one_shelf() -> None:
    # Suppliers who do not come within the 40 days: what one platform sells the other has not.
    changes: dict[str, object] = {"operations.stock.policy": "sQ"}
    for k in (0, 1):
        changes |= {f"catalogue.skus.{k}.stock": 80, f"catalogue.skus.{k}.lead_time": 300}
    alone, shared = _run(None, changes), _run({"potential": 20_000}, changes)

    assert shared.total("lost_units") > alone.total("lost_units")
    # Pieces balance by the audit; what is sold elsewhere is missing on JD.
    assert shared.total("units") - shared.total("units", "vipshop") < alone.total("units")


def test_the_stable_stage_opens_what_it_says() -> None:
    playbook = {
        "channels.own_site": {"mechanism": "offsite", "upkeep": 50, "half": 200},
        "stages.stable": {"gate": {"on": "2027-01-21"}, "playbook": {"channels.own_site.potential": 2_000}},
        "stages.growth.gate": {"on": "2027-01-11"},
    }
    run = simulate(scenario(NO_NOISE | playbook), 1)

    assert run.daily("uv", "own_site")[:20].sum() == 0.0
    assert run.daily("uv", "own_site")[20:].min() > 0.0
    assert run.daily("overheads").tolist() == [100.0] * 20 + [150.0] * 20


def test_a_stage_cannot_change_what_a_platform_takes() -> None:
    site = scenario({"channels.vipshop": SITE})

    with pytest.raises(ScenarioError, match="cannot change what a platform takes"):
        changed_scenario(site, {"stages.stable.playbook": {"channels.vipshop.commission": 0.1}})
