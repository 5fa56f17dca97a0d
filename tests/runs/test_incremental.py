"""What a channel truly adds, from paired runs."""

from __future__ import annotations

import numpy as np
import pytest
from tests.model.small import scenario

from storesim.errors import UsageError
from storesim.runs.incremental import incremental, incremental_csv, incrementals, paid_channels, read_incremental
from storesim.runs.many import replicate


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
    with pytest.raises(UsageError, match="no channel that is paid for"):
        incremental(scenario(), "search")


OTHERS = {
    "horizon": 40,
    "channels.affiliate": {"mechanism": "pay_per_sale", "visitors": 60, "settlement": 3},
    "channels.posts": {"mechanism": "burst", "bursts": [{"on": "2027-01-05", "visitors": 400, "cost": 90}]},
    "channels.flash_sale": {
        "mechanism": "slots", "entry": {}, "most": 0, "roles": ["hero"],
        "dates": [{"from": "2027-01-20", "to": "2027-01-20", "visitors": 300, "pieces": 40}],
    },
    "stages": {
        "launch": {"playbook": {"channels.flash_sale.most": 1, "channels.affiliate.rate": 0.2}},
        "growth": {"gate": {"on": "2027-02-01"}, "playbook": {}},
    },
}  # fmt: skip


def test_every_channel_that_costs_money_is_switched_off_and_raised_in_every_stage() -> None:
    store = scenario(OTHERS)
    runs = replicate(store, 3, 5, jobs=1, executor="serial")

    found = {one.channel: one for one in incrementals(store, runs, 20, jobs=1, executor="serial")}

    assert set(found) == set(paid_channels(store)) == {
        "express", "direct_placement", "affiliate", "posts", "flash_sale",
    }  # fmt: skip
    assert {one.n_runs for one in found.values()} == {3}
    for name, one in found.items():
        assert one.added["ad_spend"][0] == pytest.approx(runs.total("ad_spend", name).mean())
        assert one.added["uv"][0] > 0
    assert found["posts"].marginal["ad_spend"][0] == pytest.approx(
        0.1 * runs.total("ad_spend", "posts").mean(), rel=0.3
    )
    # A tenth of a slot is no slot.
    assert np.isnan([found["flash_sale"].marginal_roi, found["flash_sale"].marginal_give_or_take]).all()


def test_what_is_written_is_read_back_in_full() -> None:
    store = scenario({"horizon": 5})
    found = incrementals(store, replicate(store, 2, 1, jobs=1, executor="serial"), 2, jobs=1, executor="serial")

    assert read_incremental(incremental_csv(found), store.channels) == found


def test_one_run_has_no_standard_error() -> None:
    store = scenario({"horizon": 2})

    with pytest.raises(UsageError, match="1 runs have no standard error"):
        incrementals(store, replicate(store, 1, 1, jobs=1, executor="serial"), 20)
