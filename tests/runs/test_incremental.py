"""What a channel truly adds, from paired runs."""

from __future__ import annotations

import pytest
from tests.model.small import scenario

from storesim.errors import UsageError
from storesim.runs.incremental import incremental


def test_a_channel_that_only_takes_free_visitors_adds_fewer_than_it_reports() -> None:
    given = {"channels.search": {"mechanism": "organic", "weight": 0.3, "popularity": 0}, "horizon": 30}
    kept, taken = (
        incremental(scenario({**given, "channels.express.cannibalisation": share}), "express", n_runs=4)
        for share in (0.0, 0.8)
    )

    assert 0 < taken.added["uv"][0] < kept.added["uv"][0]
    assert kept.added["ad_spend"][0] > 0
    assert kept.roi > taken.roi


def test_budgets_of_playbooks_are_switched_off_with_the_channels_own() -> None:
    stages = {"growth": {"gate": {"on": "2027-01-05"}, "playbook": {"channels.express.daily_budget": 90}}}

    found = incremental(scenario({"horizon": 12, "stages": stages}), "express", n_runs=2)

    base = 4 * 150 + 8 * 90
    assert 0.5 * base < found.added["ad_spend"][0] <= base


def test_a_channel_without_a_budget_is_refused() -> None:
    with pytest.raises(UsageError, match="no channel with a daily budget"):
        incremental(scenario(), "search")
