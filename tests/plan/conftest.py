"""The small store on forty days, eight runs of it and its plan: what tests of levers are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from storesim.forecast.predict import predict
from storesim.plan.break_down import break_down
from storesim.plan.goals import Goals
from storesim.results.ensemble import Ensemble
from storesim.runs.many import replicate
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario

SMALL = Path(__file__).parents[2] / "scenarios" / "small_store.yaml"


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return read_scenario(SMALL, ("horizon=40d", "targets.2027.gmv=4500"))


@pytest.fixture(scope="session")
def ensemble(scenario: Scenario) -> Ensemble:
    return replicate(scenario, 8, 3, executor="serial")


@pytest.fixture(scope="session")
def goals(scenario: Scenario, ensemble: Ensemble) -> Goals:
    return break_down(predict(ensemble), scenario.targets)
