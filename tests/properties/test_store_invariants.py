"""What holds in any store: random small scenarios live without a crash, and their figures agree with one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from hypothesis import HealthCheck, given, settings, strategies as st

from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.channels import PaidChannel
from storesim.scenario.document import Scenario
from storesim.scenario.fields import every_setting
from storesim.scenario.spec import Spec
from tests.properties.random_stores import stores

N_STORES = 600
STILL = {
    "mechanism": "another mechanism is another channel",
    "kind": "another kind is another promotion",
    "name": "a label",
    "material": "a label",
    "category": "a label, and by which promotions name items",
    "file": "says where the items come from",
    "targets": "what the planner wants; the store does not know it",
    "uncertain": "stands for the settings it names",
    "launch": "a stage like the others, without a gate",
    "Presale.every": "a presale has one balance day",
    "Presale.lasts": "likewise",
}
"""Settings that are never drawn, with the reason."""


def test_any_store_lives_through_its_days_and_its_figures_agree() -> None:
    drawn: set[str] = set()

    @settings(max_examples=N_STORES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(stores(), st.integers(0, 2**32))
    def lives(store: Scenario, seed: int) -> None:
        drawn.update(_moved(store))
        run = simulate(store, seed)

        assert np.isfinite(run.by_channel).all()
        assert np.isfinite(run.of_store).all()
        for scope in (None, *run.channels):
            _identities(run, scope)
        _spend(run, store)
        _lines(run, store)
        _stock(run)
        _money(run, store)

    lives()

    known = {
        f"{setting.owner.__name__}.{setting.attribute}"
        for path, setting in every_setting(Scenario)
        if path.split(".")[0] not in STILL and setting.attribute not in STILL
    }
    assert sorted(known - drawn - set(STILL)) == [], "settings that no random store has; draw them in random_stores.py"


def _moved(value: object) -> Iterator[str]:
    """Class and name of every setting in a scenario that is not at its default."""
    if isinstance(value, Spec):
        for name, field in type(value).model_fields.items():
            found = getattr(value, name)
            if field.is_required() or found != field.get_default(call_default_factory=True):
                yield f"{type(value).__name__}.{name}"
            yield from _moved(found)
    elif isinstance(value, tuple | Mapping):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _moved(item)


def _identities(run: Run, scope: str | None) -> None:
    uv, pv, buyers, gmv = (run.daily(name, scope) for name in ("uv", "pv", "buyers", "gmv"))
    sold = buyers > 0
    visits = run.daily("visits", scope)
    assert (pv >= visits).all()
    assert (visits >= uv).all()
    # Buyers of the last minutes of a day may have come the day before, so a day's CVR may have no visitors below it.
    grain = sold & (uv > 0)
    cvr, aov = run.daily("cvr", scope), run.daily("aov", scope)
    np.testing.assert_allclose((uv * cvr * aov)[grain], gmv[grain], rtol=1e-9)
    np.testing.assert_allclose((uv * run.daily("depth", scope))[uv > 0], pv[uv > 0], rtol=1e-9)
    assert (gmv[~sold] == 0.0).all()
    assert run.total("buyers", scope) <= run.total("uv", scope)


def _spend(run: Run, store: Scenario) -> None:
    for name, channel in store.channels.items():
        spend, budget = run.daily("ad_spend", name), getattr(channel, "daily_budget", None)
        if budget is not None:
            # Never above the budget at all, not even by the last click.
            assert (spend <= round(100 * budget) / 100).all()
            assert run.total("clicks", name) <= run.total("impressions", name) or budget == 0.0
        elif isinstance(channel, PaidChannel):
            assert (spend >= 0).all()
        else:
            assert (spend == 0).all()


def _lines(run: Run, store: Scenario) -> None:
    """Order lines of ads are at least those of their orders, and at most those sold and one for each piece given."""
    asked = store.operations.attribution
    paid = [name for name, channel in store.channels.items() if isinstance(channel, PaidChannel)]
    sold = sum(run.total("lines", name) for name in paid)
    assert (run.daily("ad_lines") >= run.daily("ad_orders")).all()
    assert run.total("ad_lines") <= sold + asked.gifts * run.total("gift_units")
    assert run.total("ad_lines") >= sold or asked.window is not None


def _stock(run: Run) -> None:
    assert (run.daily("stock_units") >= 0).all()
    assert (run.of_skus("closing_stock") >= 0).all()
    share = run.daily("in_stock_share")
    assert ((share >= 0) & (share <= 1 + 1e-12)).all()


def _money(run: Run, store: Scenario) -> None:
    moved = run.daily("cash_in") - run.daily("cash_out") + run.daily("borrowed") - run.daily("repaid")
    cash = np.cumsum(moved) + store.operations.money.opening_cash
    np.testing.assert_allclose(cash, run.daily("cash"), rtol=1e-9, atol=1e-6)
    costs = ("refunds", "goods_cost", "commission", "transaction_fee", "ad_spend", "parcels", "wages", "penalties")
    late = ("overheads", "hiring", "interest", "storage", "write_offs", "bean_cost", "member_coupons")
    earned = run.daily("gmv") - sum(run.daily(name) for name in (*costs, *late))
    np.testing.assert_allclose(earned, run.daily("profit"), rtol=1e-9, atol=1e-6)
    score = run.daily("score")
    assert ((score >= 0) & (score <= 1)).all()
