"""A real store, small enough to be simulated by the dozen."""

from __future__ import annotations

from pathlib import Path

import pytest

from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario

SMALL_STORE = Path(__file__).parents[2] / "scenarios" / "small_store.yaml"


@pytest.fixture(scope="session")
def store() -> Scenario:
    """Ten days of the small store: some 10 ms a run."""
    return read_scenario(SMALL_STORE).with_({"horizon": "10d"})
