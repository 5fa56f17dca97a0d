"""The most likely way to a target: against formulas, against a grid, against SciPy, and its own conditions."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from storesim.errors import PlanError, ShapeError
from storesim.plan.likely_path import Unreachable, likely_path
from tests.plan.kkt import Question, kkt_residuals, sound_covariance

Array = NDArray[np.float64]


def year(seed: int = 3, factor: float = 1.2, n_periods: int = 12, **limits: Array) -> Question:
    """A store's year: visitors, CVR, AOV of each month, and a target `factor` times what is forecast."""
    rng = np.random.default_rng(seed)
    mean = np.log([30_000.0, 0.02, 200.0]) + 0.2 * rng.standard_normal((n_periods, 3))
    covariance = sound_covariance(rng, 3 * n_periods, np.tile([0.25, 0.1, 0.05], n_periods))
    target = factor * float(np.exp(mean.sum(axis=1)).sum())
    return Question(mean, covariance, target, **limits)


def distance(question: Question, logs: Array) -> float:
    away = (logs - question.mean).ravel()
    return float(away @ np.linalg.solve(question.covariance, away))


def test_a_single_period_moves_along_the_covariance_with_its_total() -> None:
    # One linear constraint a·x = log target: x = μ + S a (log target − a·μ) / (aᵀ S a), the Gaussian conditional mean.
    rng = np.random.default_rng(1)
    mean = np.log([[20_000.0, 0.02, 180.0]])
    covariance = sound_covariance(rng, 3, np.array([0.3, 0.1, 0.04]))
    target = 2.5 * float(np.exp(mean.sum()))
    toward = covariance.sum(axis=1)

    found = likely_path(mean, covariance, target)

    expected = mean[0] + toward * np.log(2.5) / covariance.sum()
    assert found.logs[0] == pytest.approx(expected, abs=1e-9)
    assert found.distance == pytest.approx(np.log(2.5) ** 2 / covariance.sum(), rel=1e-8)


def test_two_periods_are_shared_as_a_fine_grid_shares_them() -> None:
    mean = np.log([[100.0], [300.0]])
    covariance = np.array([[0.09, 0.02], [0.02, 0.04]])
    question = Question(mean, covariance, 640.0, identity=1)

    found = question.solve()

    first = np.linspace(1.0, 639.0, 200_001)
    away = np.log(np.stack([first, 640.0 - first])) - mean
    grid = np.einsum("in,ij,jn->n", away, np.linalg.inv(covariance), away)
    assert found.totals[0] == pytest.approx(first[int(grid.argmin())], abs=0.01)
    assert found.distance <= grid.min() + 1e-9


@pytest.mark.parametrize("factor", [0.4, 0.9, 1.0, 1.3, 3.0])
def test_the_plan_meets_the_first_order_conditions(factor: float) -> None:
    question = year(factor=factor)

    found = question.solve()

    free, _, _ = kkt_residuals(question, found)
    assert found.found == "path"
    assert found.totals.sum() == pytest.approx(question.target, rel=1e-9)
    assert np.abs(free).max() < 1e-7
    assert found.distance == pytest.approx(distance(question, found.logs), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_scipy_finds_nothing_nearer_to_the_forecast(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean = rng.normal(0.0, 0.4, (3, 2))
    covariance = sound_covariance(rng, 6, rng.uniform(0.05, 0.4, 6))
    upper = mean + rng.uniform(0.05, 0.6, mean.shape)
    target = float(rng.uniform(1.02, 1.0 + 0.5 * (np.exp((upper - mean).sum(axis=1)).min() - 1.0)))
    question = Question(mean, covariance, target * float(np.exp(mean.sum(axis=1)).sum()), upper=upper, identity=2)
    inverse = np.linalg.inv(covariance)

    found = question.solve()

    peer = minimize(
        lambda x: float((x - mean.ravel()) @ inverse @ (x - mean.ravel())),
        np.minimum(mean + 0.02, upper).ravel(),
        jac=lambda x: 2.0 * inverse @ (x - mean.ravel()),
        bounds=list(zip([None] * 6, upper.ravel(), strict=True)),
        constraints={
            "type": "eq",
            "fun": lambda x: np.log(np.exp(x.reshape(3, 2).sum(axis=1)).sum()) - np.log(question.target),
        },
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert (found.logs <= upper + 1e-9).all()
    assert found.totals.sum() == pytest.approx(question.target, rel=1e-9)
    assert peer.success
    assert found.distance <= peer.fun * (1.0 + 1e-5)
    assert found.logs.ravel() == pytest.approx(peer.x, abs=2e-3)


def test_no_random_plan_that_meets_the_target_is_nearer_to_the_forecast() -> None:
    question = year(seed=5, factor=1.4, n_periods=4)
    rng = np.random.default_rng(9)

    found = question.solve()

    root = np.linalg.cholesky(question.covariance)
    others = found.logs + 0.1 * (rng.standard_normal((4000, 12)) @ root.T).reshape(4000, 4, 3)
    short = np.log(question.target) - np.log(np.exp(others.sum(axis=2)).sum(axis=1))
    others[:, :, 0] += short[:, None]
    assert min(distance(question, other) for other in others) > found.distance


def test_a_target_equal_to_the_forecast_leaves_the_forecast_as_it_is() -> None:
    question = year(factor=1.0)

    found = question.solve()

    assert found.logs == pytest.approx(question.mean, abs=1e-8)
    assert found.multiplier == pytest.approx(0.0, abs=1e-8)


def test_a_cap_holds_and_the_other_drivers_make_up_for_it() -> None:
    free = year(factor=1.3)
    upper = np.full(free.mean.shape, np.inf)
    upper[:, 1] = free.mean[:, 1] + 0.01
    question = Question(free.mean, free.covariance, free.target, upper=upper)

    without, found = free.solve(), question.solve()

    of_free, caps, floors = kkt_residuals(question, found)
    assert (found.logs <= upper + 1e-10).all()
    assert found.totals.sum() == pytest.approx(free.target, rel=1e-9)
    assert np.abs(of_free).max() < 1e-7
    assert (caps > -1e-8).all()
    assert floors.size == 0
    assert {b.side for b in found.binding} == {"cap"}
    assert {b.driver for b in found.binding} == {1}
    assert found.distance > without.distance


def test_a_floor_holds_where_the_target_pulls_down() -> None:
    free = year(factor=0.6)
    lower = np.full(free.mean.shape, -np.inf)
    lower[:, 2] = free.mean[:, 2] - 0.005
    question = Question(free.mean, free.covariance, free.target, lower=lower)

    found = question.solve()

    of_free, caps, floors = kkt_residuals(question, found)
    assert (found.logs >= lower - 1e-10).all()
    assert np.abs(of_free).max() < 1e-7
    assert caps.size == 0
    assert floors.size > 0
    assert (floors < 1e-8).all()


def test_equal_cap_and_floor_fix_a_driver() -> None:
    free = year(factor=1.2)
    lower, upper = np.full(free.mean.shape, -np.inf), np.full(free.mean.shape, np.inf)
    lower[:, 2] = upper[:, 2] = np.log(188.0)
    question = Question(free.mean, free.covariance, free.target, lower=lower, upper=upper)

    found = question.solve()

    assert np.exp(found.logs[:, 2]) == pytest.approx(188.0, rel=1e-12)
    assert found.totals.sum() == pytest.approx(free.target, rel=1e-9)


def test_settled_periods_keep_their_totals_and_the_rest_carries_the_target() -> None:
    question = year(factor=1.25)
    fixed = np.full(12, np.nan)
    fixed[[0, 10]] = [100_000.0, 400_000.0]

    found = likely_path(question.mean, question.covariance, question.target, fixed=fixed)

    assert found.totals[[0, 10]] == pytest.approx([100_000.0, 400_000.0], rel=1e-9)
    assert found.totals.sum() == pytest.approx(question.target, rel=1e-9)
    # Moved within a settled month, or between free months, at an unchanged target: no nearer plan.
    inverse = np.linalg.inv(question.covariance)
    force = inverse @ (found.logs - question.mean).ravel()
    assert force[0] == pytest.approx(force[1], rel=1e-6)
    assert force[0] == pytest.approx(force[2], rel=1e-6)
    per_share = force.reshape(12, 3)[:, 0] / (found.totals / found.totals.sum())
    assert np.delete(per_share, [0, 10]) == pytest.approx(np.full(10, found.multiplier), rel=1e-6)


def test_a_driver_outside_the_identity_moves_along_by_its_covariance() -> None:
    rng = np.random.default_rng(4)
    mean = np.log([[1000.0, 0.02, 200.0, 3.0]])
    covariance = sound_covariance(rng, 4, np.array([0.3, 0.1, 0.05, 0.08]))
    target = 1.5 * float(np.exp(mean[0, :3].sum()))

    found = likely_path(mean, covariance, target)

    across, within = covariance[3, :3].sum(), covariance[:3, :3].sum()
    assert found.logs[0, 3] - mean[0, 3] == pytest.approx(across / within * np.log(1.5), abs=1e-9)
    assert found.totals.sum() == pytest.approx(target, rel=1e-10)


def test_a_period_without_sales_stays_without() -> None:
    question = year(factor=1.3)
    mean, covariance = question.mean.copy(), question.covariance.copy()
    mean[:2] = -np.inf
    covariance[:6] = covariance[:, :6] = 0.0

    found = likely_path(mean, covariance, question.target)

    assert (found.totals[:2] == 0.0).all()
    assert found.totals.sum() == pytest.approx(question.target, rel=1e-9)


def test_an_unreachable_target_says_how_far_one_can_go_and_what_binds() -> None:
    free = year(factor=3.0)
    upper = free.mean + 0.1
    question = Question(free.mean, free.covariance, free.target, upper=upper)

    with pytest.raises(Unreachable) as raised:
        question.solve()

    assert raised.value.nearest == pytest.approx(float(np.exp(upper.sum(axis=1)).sum()), rel=1e-9)
    assert raised.value.shortfall == pytest.approx(free.target - raised.value.nearest, rel=1e-9)
    assert len(raised.value.binding) == 36
    assert {b.side for b in raised.value.binding} == {"cap"}


def test_floors_above_a_small_target_are_unreachable_from_below() -> None:
    free = year(factor=0.5)
    question = Question(free.mean, free.covariance, free.target, lower=free.mean - 0.05)

    with pytest.raises(Unreachable, match="within the floors the least is") as raised:
        question.solve()

    assert raised.value.shortfall < 0


def test_a_target_of_all_that_the_caps_allow_stands_in_their_corner() -> None:
    free = year()
    upper = free.mean + 0.1
    target = float(np.exp(upper.sum(axis=1)).sum())

    found = Question(free.mean, free.covariance, target, upper=upper).solve()

    assert found.found == "caps"
    assert found.logs == pytest.approx(upper)


def test_an_unreachable_target_survives_a_trip_between_processes() -> None:
    free = year(factor=3.0)

    with pytest.raises(Unreachable) as raised:
        Question(free.mean, free.covariance, free.target, upper=free.mean + 0.1).solve()

    again = pickle.loads(pickle.dumps(raised.value))  # noqa: S301  # written a moment ago
    assert (str(again), again.nearest, again.binding) == (str(raised.value), raised.value.nearest, raised.value.binding)


def test_a_degenerate_covariance_is_shrunk_and_never_inverted() -> None:
    question = year(factor=1.5)
    few = np.random.default_rng(2).standard_normal((4, 36)) * 0.2
    covariance = few.T @ few / 3.0

    found = likely_path(question.mean, covariance, question.target)

    assert 0.0 < found.shrinkage < 0.1
    assert found.totals.sum() == pytest.approx(question.target, rel=1e-9)


def test_a_far_target_is_reached_step_by_step() -> None:
    near, far = year(factor=1.05).solve(), year(factor=200.0).solve()

    assert near.steps <= 2 < far.steps
    assert far.found == "path"
    assert far.totals.sum() == pytest.approx(year(factor=200.0).target, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": 0.0}, "a target must be above 0"),
        ({"target": float("nan")}, "a target must be above 0"),
        ({"mean": np.full((12, 3), -np.inf)}, "every period is structurally zero"),
        ({"mean": np.full((12, 3), np.nan)}, "not finite"),
        ({"covariance": np.full((36, 36), np.inf)}, "not finite"),
        ({"lower": np.full((12, 3), 9.0), "upper": np.full((12, 3), 8.0)}, "has a floor of .* above its cap of"),
        ({"upper": np.full((12, 3), np.nan)}, "a cap or floor is not a number"),
    ],
)
def test_a_question_without_an_answer_is_refused_in_words(change: dict[str, object], words: str) -> None:
    made = year()
    asked = {"mean": made.mean, "covariance": made.covariance, "target": made.target} | change

    with pytest.raises(PlanError, match=words):
        Question(**asked).solve()  # type: ignore[arg-type]  # wrong on purpose


def test_arrays_that_do_not_fit_are_refused() -> None:
    made = year()

    with pytest.raises(ShapeError):
        likely_path(made.mean, made.covariance[:5, :5], made.target)
    with pytest.raises(ShapeError):
        likely_path(made.mean, made.covariance, made.target, upper=np.zeros((3, 3)))
