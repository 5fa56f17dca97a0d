"""Few days of a store, with runs of its simulator in place of those that are missing."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from storesim.cli.main import main
from storesim.errors import UsageError
from storesim.forecast.outlook import Outlook
from storesim.forecast.predict import predict
from storesim.results.ensemble import Ensemble
from storesim.results.history import History
from storesim.runs.many import replicate
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario

SMALL = Path(__file__).resolve().parents[2] / "scenarios" / "small_store.yaml"
COUNTS = ("uv", "pv", "buyers", "gmv")


@pytest.fixture(scope="module")
def store() -> Scenario:
    return read_scenario(SMALL).with_({"horizon": 90, "targets": {}})


@pytest.fixture(scope="module")
def prior(store: Scenario) -> Ensemble:
    return replicate(store, 12, seed=1, executor="serial")


@pytest.fixture(scope="module")
def truth(store: Scenario) -> Ensemble:
    return replicate(store, 1, seed=2, executor="serial")


def days(truth: Ensemble, n_days: int, factor: float = 1.0) -> History:
    """The first days of a store that is the simulated one, or busier by a factor."""
    return History(truth.start, {name: factor * truth.daily(name)[0, :n_days] for name in COUNTS}, "own")


def middle(outlook: Outlook, name: str) -> float:
    return float(np.median(outlook.total(name)))


@pytest.mark.parametrize("n_days", [3, 7, 14, 28])
def test_few_days_are_foretold_from_the_simulation(prior: Ensemble, truth: Ensemble, n_days: int) -> None:
    outlook = predict(days(truth, n_days), 28, n_paths=240, prior=prior)

    came = truth.daily("uv")[0, n_days : n_days + 28].sum()
    # The simulator is the truth here, so what is left is the luck of few days in a small store.
    assert middle(outlook, "uv") == pytest.approx(came, rel=0.35)
    assert outlook.daily("gmv") == pytest.approx(
        outlook.daily("uv") * np.nan_to_num(outlook.daily("cvr")) * np.nan_to_num(outlook.daily("aov")), rel=1e-9
    )


def test_a_store_twice_as_busy_as_simulated_is_foretold_nearly_so(prior: Ensemble, truth: Ensemble) -> None:
    usual, busy = (predict(days(truth, 13, factor), 28, n_paths=120, prior=prior) for factor in (1.0, 2.0))

    # Thirteen days move the level by about 11 / 14 of what they lie apart, in logarithm: 2 to the power of 0.79.
    assert middle(busy, "uv") / middle(usual, "uv") == pytest.approx(2**0.79, rel=0.05)


def test_the_simulation_fades_as_days_add_up(prior: Ensemble, truth: Ensemble) -> None:
    few, more = (predict(days(truth, n_days), 10, n_paths=50, prior=prior) for n_days in (13, 60))

    assert few.method == "simulator"
    assert more.method == "storesim+simulator"
    # 60 / (60 + 28) = 68 %.
    assert "68 % of the paths carry them on" in more.reasons[0]


def test_a_plan_moves_the_forecast_as_it_moves_the_simulation(
    store: Scenario, prior: Ensemble, truth: Ensemble
) -> None:
    more = replicate(
        store.with_({"channels.express.daily_budget": 800, "channels.express.bid": 2.5}), 12, seed=1, executor="serial"
    )
    known = days(truth, 40)

    usual, planned = (predict(known, 28, n_paths=240, prior=prior, planned=plan) for plan in (None, more))

    window = slice(40, 68)
    expected = more.daily("uv")[:, window].mean() / prior.daily("uv")[:, window].mean()
    assert expected > 1.05
    assert middle(planned, "uv") / middle(usual, "uv") == pytest.approx(expected, rel=0.02)


def test_simulated_days_that_end_too_soon_are_refused(prior: Ensemble, truth: Ensemble) -> None:
    with pytest.raises(UsageError, match="do not hold the last known day"):
        predict(days(truth, 40), 60, prior=prior)


def test_days_of_another_year_are_refused(prior: Ensemble, truth: Ensemble) -> None:
    own = days(truth, 20)

    with pytest.raises(UsageError, match="do not hold"):
        predict(History(own.start - dt.timedelta(days=365), own.columns), 10, prior=prior)


def test_a_plan_needs_the_store_without_it(prior: Ensemble, truth: Ensemble) -> None:
    with pytest.raises(UsageError, match="give both"):
        predict(days(truth, 20), 10, planned=prior)


def flat_days(first: dt.date) -> str:
    """Seventy days of a store that stands still, but for a ripple."""
    ripple = np.resize([-9, 4, 12, -6, 1, 8, -10], 70)
    rows = [f"{first + dt.timedelta(n)},{400 + r},{12 + r % 3},{(12 + r % 3) * 75 + r}" for n, r in enumerate(ripple)]
    return "\n".join(["date,uv,buyers,gmv", *rows])


@pytest.mark.parametrize(
    ("before", "since", "says"),
    [
        ({}, 0, "the first day of its scenario"),
        ({"operations.reviews.opening": {"total": 3000, "good": 2950}}, 0, "does not say it"),
        ({"operations.members.opening": 500}, 0, "does not say it"),
        ({}, -1, "does not say it"),
    ],
)
def test_only_a_scenario_of_a_new_store_tells_when_it_opened(
    before: dict[str, object],
    since: int,
    says: str,
    store: Scenario,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, plan, history = store.store.opened, tmp_path / "plan.yaml", tmp_path / "days.csv"
    plan.write_text(json.dumps({"extends": str(SMALL), **nested(before)}), encoding="utf-8")
    history.write_text(flat_days(first + dt.timedelta(since)), encoding="utf-8")
    typed = ["forecast", str(history), "--days", "7", "--paths", "20", "--runs", "2", "-o", str(tmp_path)]

    status = main([*typed, "--scenario", str(plan), "--lang", "en"])

    assert status == 0
    said = " ".join(capsys.readouterr().err.split())
    assert says in said
    assert ("growth and bands are those of stores of its age" in said) is (says == "the first day of its scenario")


def nested(settings: dict[str, object]) -> dict[str, object]:
    """Settings by dotted path as groups within groups."""
    made: dict[str, object] = {}
    for path, value in settings.items():
        *groups, name = path.split(".")
        inner: dict[str, object] = {name: value}
        for group in reversed(groups):
            inner = {group: inner}
        made |= inner
    return made
