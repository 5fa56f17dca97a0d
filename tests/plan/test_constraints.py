"""Several constraints at once: settled months and quarters, visitors and ad spend of the year."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from storesim.forecast.outlook import Outlook
from storesim.plan.break_down import break_down
from storesim.plan.likely_path import Unreachable
from storesim.plan.limits import Bounds, Limit, path_within
from storesim.scenario.targets import Target
from tests.plan.made_outlooks import made_outlook


@pytest.fixture(scope="module")
def outlook() -> Outlook:
    return made_outlook(n_paths=40)


@pytest.fixture(scope="module")
def forecast(outlook: Outlook) -> float:
    return float(np.median(outlook.total("gmv")))


def target_of(gmv: float, **settings: object) -> Target:
    return Target.model_validate({"gmv": round(gmv, 2), **settings})


def test_settled_months_and_quarters_are_kept_to_the_fen(outlook: Outlook, forecast: float) -> None:
    settings = {"fixed": {"11": 160_000, "Q1": 300_000}}

    goals = break_down(outlook, target_of(1.2 * forecast, **settings))

    assert goals.value("2027-11", "gmv") == 160_000
    assert goals.value("2027Q1", "gmv") == 300_000
    assert goals.value("2027", "gmv") == round(1.2 * forecast, 2)


def test_the_year_keeps_its_limit_on_visitors_and_asks_more_of_each(outlook: Outlook, forecast: float) -> None:
    free = break_down(outlook, target_of(1.4 * forecast))
    most = round(0.9 * free.value("2027", "uv"))

    held = break_down(outlook, target_of(1.4 * forecast, uv_limit=most))

    assert held.value("2027", "uv") <= most
    assert held.value("2027", "cvr") > free.value("2027", "cvr")
    assert held.value("2027", "gmv") == free.value("2027", "gmv")
    assert [any("uv_limit binds" in note for note in found.notes) for found in (free, held)] == [False, True]
    assert any("uv_limit 已到上限" in note for note in held.notes_zh)


def test_a_limit_that_does_not_bind_changes_nothing_it_does_not_have_to(outlook: Outlook, forecast: float) -> None:
    wide = break_down(outlook, target_of(1.4 * forecast, uv_limit=1e9))

    assert wide.value("2027", "gmv") == round(1.4 * forecast, 2)
    assert wide.value("2027", "uv") < 1e9
    assert not any("binds" in note for note in wide.notes)


def test_the_year_keeps_its_ad_budget(outlook: Outlook, forecast: float) -> None:
    free = break_down(outlook, target_of(1.4 * forecast)).value("2027", "ad_spend")

    held = break_down(outlook, target_of(1.4 * forecast, ad_budget=round(0.85 * free, 2)))

    assert 0.7 * free < held.value("2027", "ad_spend") <= round(0.85 * free, 2)
    assert any("ad_budget binds" in note for note in held.notes)


def test_a_conflict_is_told_with_what_binds_and_how_far_one_can_go(outlook: Outlook, forecast: float) -> None:
    uv = float(np.median(outlook.total("uv")))
    settings = {"uv_limit": round(uv), "cvr_max": "3%", "aov_max": 80}

    with pytest.raises(Unreachable, match="uv_limit") as caught:
        break_down(outlook, target_of(20 * forecast, **settings))

    assert caught.value.nearest == pytest.approx(uv * 0.03 * 80, rel=0.05)
    assert caught.value.shortfall > 0


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"fixed": {"13": 5}}, "fixed names '13'; name months 1 to 12 and quarters Q1 to Q4"),
        ({"fixed": {"3": 5000}}, "what is fixed adds up to more than the gmv of the year"),
        ({"ad_budget": 5, "ad_share": "5%"}, "ad_budget and ad_share both set the ad spend"),
        ({"uv_limit": 5, "weights": [1] * 12}, "uv_limit and weights both say what months bring"),
    ],
)
def test_settings_that_contradict_one_another_are_refused(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        target_of(1000, **settings)


@pytest.mark.parametrize("seed", range(4))
def test_no_start_of_slsqp_finds_a_nearer_plan_that_keeps_all_limits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean = np.array([8.0, -3.8, 5.0]) + rng.normal(0, 0.3, (6, 3))
    factors = rng.standard_normal((18, 30))
    covariance = factors @ factors.T / 30 * 0.02
    whole = float(np.exp(mean.sum(axis=1)).sum())
    limits = [
        Limit("uv", np.zeros(6), np.array([1.0, 0, 0]), 1.05 * float(np.exp(mean[:, 0]).sum())),
        Limit("q", np.array([0.0, 0, 0, *[-np.inf] * 3]), np.ones(3), 0.5 * whole, exact=True),
    ]
    none = np.full(mean.shape, np.inf)

    found = path_within(mean, covariance, 1.3 * whole, Bounds(-none, none, None, 3), limits)

    assert found.totals.sum() == pytest.approx(1.3 * whole, rel=1e-7)
    assert all((abs(row.level(found.logs)[0]) if row.exact else row.level(found.logs)[0]) < 1e-7 for row in limits)
    inverse, middle = np.linalg.inv(covariance), mean.ravel()
    goal = Limit("target", np.zeros(6), np.ones(3), 1.3 * whole, exact=True)
    for _ in range(3):
        other = minimize(
            lambda x: (x - middle) @ inverse @ (x - middle), middle + 0.1 * rng.standard_normal(18), method="SLSQP",
            jac=lambda x: 2 * inverse @ (x - middle), options={"maxiter": 500, "ftol": 1e-12},
            constraints=[
                {"type": "eq" if row.exact else "ineq", "fun": lambda x, row=row: -row.level(x.reshape(6, 3))[0]}
                for row in (goal, *limits)
            ],
        )  # fmt: skip
        assert not other.success or other.fun > found.distance * (1 - 1e-4)
