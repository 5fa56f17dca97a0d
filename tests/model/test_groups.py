"""What each group of keywords brought and cost is told, and adds up to its channel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from storesim.model.cells import cells_of, names_of
from storesim.report.document import Table, Value
from storesim.report.parts.channels import channels
from storesim.report.sources import Sources
from storesim.report.words import LANGUAGES, Words
from storesim.results.archive import load_draws, save_draws
from storesim.results.ensemble import join, side_by_side
from storesim.results.groups import groups_csv, groups_of
from storesim.runs.one import simulate
from storesim.scenario.channels import PayPerClick
from tests.model.small import scenario

GROUPS: dict[str, Any] = {
    "horizon": 15,
    "channels.express.keywords": {"core": {"searches": 0.6}, "tail": {"searches": 0.4, "bid": 0.6}},
    "channels.express.crowds": {"loyal": {"share": 0.2, "premium": 0.4}},
    "channels.express.devices": {"mobile": {"share": 0.9}, "pc": {"share": 0.1, "bid": 0.7}},
}


def test_groups_add_up_to_their_channel() -> None:
    run = simulate(scenario(GROUPS), 1)

    assert len(run.groups) == 2 * 2 * 2
    assert run.groups[0] == ("express", "core", "loyal", "mobile")
    assert run.groups[-1] == ("express", "tail", "other", "pc")
    totals = [run.total(name, "express") for name in ("impressions", "clicks", "ad_spend")]
    np.testing.assert_allclose(run.by_group.sum(axis=0), totals, rtol=1e-12)
    assert (run.by_group[:, 1] > 0).sum() > 5


def test_names_stand_in_the_order_of_the_cells() -> None:
    channel = scenario(GROUPS).channels["express"]
    assert isinstance(channel, PayPerClick)

    for cell, (group, crowd, device) in zip(cells_of(channel), names_of(channel), strict=True):
        people = channel.crowds[crowd].share if crowd != "other" else 0.8
        assert list(channel.keywords)[cell.group] == group
        assert cell.searches == pytest.approx(channel.keywords[group].searches * people * channel.devices[device].share)


def test_a_stage_that_tells_another_crowd_apart_counts_its_own_groups() -> None:
    later = {"channels.express.crowds": {"new": {"share": 0.3}}}
    run = simulate(
        scenario({
            "horizon": 15, "channels.express.keywords": GROUPS["channels.express.keywords"],
            "stages.growth": {"gate": {"on": "2027-01-08"}, "playbook": later},
        }),
        1,
    )  # fmt: skip

    assert [name[1:3] for name in run.groups] == [
        ("core", ""), ("tail", ""), ("core", "new"), ("core", "other"), ("tail", "new"), ("tail", "other"),
    ]  # fmt: skip
    assert run.by_group[:, 1].sum() == run.total("clicks", "express")
    assert run.by_group[:2, 1].sum() == run.daily("clicks", "express")[:7].sum() > 0


def test_a_channel_of_one_group_has_no_table_of_groups() -> None:
    run = simulate(scenario({"horizon": 3}), 1)

    assert run.groups == ()
    assert run.by_group.shape == (0, 3)


def test_the_table_is_the_same_on_disk_and_in_the_report(tmp_path: Path) -> None:
    runs = [simulate(scenario(GROUPS), 1, run) for run in range(2)]
    ensemble = side_by_side(runs)
    save_draws(tmp_path / "draws.npz", ensemble)

    assert load_draws(tmp_path / "draws.npz") == ensemble
    assert join(iter([side_by_side([run]) for run in runs]), 2) == ensemble
    assert ensemble.run(1) == runs[1]
    lines = groups_csv(ensemble).decode("utf-8-sig").splitlines()
    assert lines[0] == "channel,keywords,crowd,device,impressions,clicks,ad_spend,ctr,cpc"
    assert len(lines) == 9
    for lang in LANGUAGES:
        sources = Sources(scenario(GROUPS), ensemble, None, None, Words(lang))
        table = next(b for b in channels(sources).blocks if isinstance(b, Table) and b.key == "groups")
        shown = [[cell.value for cell in row.cells if isinstance(cell, Value)] for row in table.rows]
        wanted = [[g.impressions, g.clicks, g.ctr, g.ad_spend, g.cpc] for g in groups_of(ensemble)]
        np.testing.assert_array_equal(shown, wanted)
