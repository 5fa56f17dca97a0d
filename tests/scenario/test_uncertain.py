"""Settings that differ from run to run."""

from __future__ import annotations

import pytest

from storesim.errors import ScenarioError
from storesim.runs.many import replicate
from storesim.runs.one import simulate
from tests.model.small import scenario

BASE = scenario({"horizon": 5})
DRAWN = {"market.searches_per_day": (500.0, 3000.0, 8000.0), "operations.service.agents": (0.0, 2.0, 1.0)}


def test_a_run_plays_its_own_settings_and_begins_again_after_the_last() -> None:
    uncertain = BASE.with_({"uncertain": DRAWN})

    ensemble = replicate(uncertain, 4, 3, executor="serial")

    for run in range(4):
        own = BASE.with_({path: values[run % 3] for path, values in DRAWN.items()})
        assert ensemble.daily("gmv")[run] == pytest.approx(simulate(own, 3, run).daily("gmv"), abs=0)


def test_runs_of_an_uncertain_scenario_belong_to_it() -> None:
    uncertain = BASE.with_({"uncertain": DRAWN})

    run = simulate(uncertain, 3, 1)

    assert run.provenance.fingerprint == uncertain.fingerprint
    assert uncertain.fingerprint != BASE.fingerprint
    assert BASE.with_({"uncertain": {}}).fingerprint == BASE.fingerprint


def test_a_draw_that_cannot_be_is_refused_when_it_is_played() -> None:
    wrong = BASE.with_({"uncertain": {"operations.conversion.base": (0.03, 1.5)}})

    assert wrong.drawn(0).operations.conversion.base == 0.03
    with pytest.raises(ScenarioError, match=r"1\.5"):
        wrong.drawn(1)
