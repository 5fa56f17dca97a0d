"""Visitors told apart by device: counted whole, and no trace of it where nothing differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from storesim.engine.day import DEVICE_GMV, DEVICE_UV
from storesim.errors import ConservationError
from storesim.report.document import Table, Value
from storesim.report.parts.channels import channels
from storesim.report.sources import Sources
from storesim.report.words import LANGUAGES, Words
from storesim.results.archive import load_draws, save_draws
from storesim.results.devices import devices_csv, devices_of
from storesim.results.ensemble import join, side_by_side
from storesim.results.recorded import DEVICE_COUNTS
from storesim.runs.one import simulate
from storesim.study.files import DEVICES as FILE
from tests.model.small import scenario, store

ALIKE: dict[str, Any] = {
    "market.devices": {"app": {"share": 0.744}, "wechat": {"share": 0.205}, "pc": {"share": 0.051}}
}
APART: dict[str, Any] = {
    "market.devices": {
        "app": {"share": 0.7}, "wechat": {"share": 0.2, "conversion": 0.6, "bounce": 1.3},
        "pc": {"share": 0.1, "conversion": 1.5, "depth": 1.4},
    },
    "channels.direct_placement.device_shares": {"wechat": 0.9, "app": 0.1},
    "channels.express.devices": {"app": {"share": 0.8}, "pc": {"share": 0.2, "bid": 0}},
    "operations.conversion.later": 0.5,
    "operations.conversion.base": 0.1,
    "stages.growth": {
        "gate": {"on": "2027-01-08"},
        "playbook": {"channels.direct_placement.device_shares": {"wechat": 0, "app": 0, "pc": 1}},
    },
}  # fmt: skip


def test_devices_that_do_not_differ_change_no_count() -> None:
    for horizon, more in ((40, {}), (15, {"channels.search.depth": 3.3})):
        without = simulate(scenario({"horizon": horizon, **more}), 3)
        told = simulate(scenario({"horizon": horizon, **more, **ALIKE}), 3)

        assert told.by_channel.tobytes() == without.by_channel.tobytes()
        # What a like store would sell is summed over devices, whose shares add up to 1 but for rounding.
        np.testing.assert_allclose(told.of_store, without.of_store, rtol=1e-12)
        assert without.by_device.shape == (4, 0, len(DEVICE_COUNTS))


def test_every_visitor_page_order_and_fen_has_one_device() -> None:
    run = simulate(scenario({"horizon": 30, **APART}), 1)

    totals = [[run.total(name, channel) for name in DEVICE_COUNTS] for channel in run.channels]
    np.testing.assert_allclose(run.by_device.sum(axis=1), totals, rtol=1e-12)
    assert run.total("second_looks") > 0
    assert run.total("orders") == run.total("buyers")


def test_channels_bring_the_devices_they_say() -> None:
    run = simulate(scenario({"horizon": 30, **APART}), 1)
    visitors = dict(zip(run.channels, run.by_device[..., DEVICE_UV], strict=True))

    # Express does not bid on PC; WeChat does not search. Placement comes on PC from the eighth day on.
    np.testing.assert_array_equal(visitors["express"][1:], [0.0, 0.0])
    placement = visitors["direct_placement"] / visitors["direct_placement"].sum()
    assert placement[2] == pytest.approx(23 / 30, abs=0.1)
    assert placement[1] == pytest.approx(0.9 * 7 / 30, abs=0.1)
    whole = visitors["search"] / visitors["search"].sum()
    np.testing.assert_allclose(whole, [0.7, 0.2, 0.1], atol=0.05)


def test_the_category_is_judged_on_the_same_devices() -> None:
    # Where all visitors are on one device that converts worse, so do the category's: the rank does not fall for it.
    bad = {"market.devices": {"app": {"share": 1, "conversion": 0.4}}}
    plain = {"channels.search.weight": 0.3, "channels.search.popularity": 0, "operations.conversion.review_lift": 1}
    one, other = (
        simulate(scenario({**plain, **more, "channels.search.conversion_effect": 2}), 1) for more in ({}, bad)
    )

    assert other.total("buyers", "search") < 0.6 * one.total("buyers", "search")
    # Judged by the other store's visitors it would have 0.4² of them; fewer orders bring fewer reviews and less trust.
    assert other.total("uv", "search") > 0.8 * one.total("uv", "search")


def test_a_visitor_without_a_device_stops_the_run() -> None:
    broken = store({"horizon": 3, **APART})
    played = broken._send_purchases

    def play_and_damage() -> None:
        played()
        broken.kernel.tally.by_device[0, 0, DEVICE_GMV] += 1.0

    broken._send_purchases = play_and_damage  # type: ignore[method-assign]  # the moment after the kernel has played
    with pytest.raises(ConservationError, match="on each device is not what they did"):
        broken.live()


def test_what_a_channel_pays_by_device_adds_up_to_what_it_pays() -> None:
    devices = {"app": {"share": 0.6}, "wechat": {"share": 0.1}, "pc": {"share": 0.3, "bid": 0.8}}
    bids: dict[str, Any] = {"channels.express.devices": devices}
    run = simulate(scenario({"horizon": 30, **APART, **bids}), 1)
    alone = simulate(scenario({"horizon": 30, **APART, **bids, "channels.direct_placement.daily_budget": 0}), 1)

    rows = {(row.channel, row.device): row for row in devices_of(run)}
    for name in ("clicks", "ad_spend"):
        by_device = [getattr(rows["express", device], name) for device in run.devices]
        assert sum(by_device) == pytest.approx(run.total(name, "express"))
        assert min(by_device) > 0
    # Fewer are won at a lower bid, and cheaper; placement bids by no device, so the store's spend is not told apart.
    assert rows["express", "pc"].cpc < rows["express", "app"].cpc
    assert np.isnan(rows["direct_placement", "pc"].ad_spend)
    assert np.isnan(rows["", "pc"].ad_spend)
    whole = [row for row in devices_of(alone) if row.channel == ""]
    assert sum(row.ad_spend for row in whole) == pytest.approx(alone.total("ad_spend"))
    for name, lang in (("点击成本", "zh"), ("Cost per click", "en")):
        sources = Sources(scenario({"horizon": 30, **APART, **bids}), side_by_side([alone]), None, None, Words(lang))
        table = next(b for b in channels(sources).blocks if isinstance(b, Table) and b.key == "devices")
        assert table.columns[-1].title == name


def test_the_table_is_the_same_on_disk_and_in_the_report(tmp_path: Path) -> None:
    runs = [simulate(scenario({"horizon": 15, **APART}), 1, run) for run in range(2)]
    ensemble = side_by_side(runs)
    save_draws(tmp_path / "draws.npz", ensemble)

    assert load_draws(tmp_path / "draws.npz") == ensemble
    assert join(iter([side_by_side([run]) for run in runs]), 2) == ensemble
    assert ensemble.run(1) == runs[1]
    lines = devices_csv(ensemble).decode("utf-8-sig").splitlines()
    assert FILE == "devices.csv"
    assert lines[0] == "channel,device,uv,pv,bounces,buyers,units,gmv,share,depth,bounce,cvr,aov,clicks,ad_spend,cpc"
    assert len(lines) == 1 + 5 * 3
    whole = [row for row in devices_of(ensemble) if row.channel == ""]
    assert sum(row.share for row in whole) == pytest.approx(1.0)
    assert [row.uv * row.cvr * row.aov for row in whole] == pytest.approx([row.gmv for row in whole])
    for lang in LANGUAGES:
        sources = Sources(scenario({"horizon": 15, **APART}), ensemble, None, None, Words(lang))
        table = next(b for b in channels(sources).blocks if isinstance(b, Table) and b.key == "devices")
        shown = [[cell.value for cell in row.cells if isinstance(cell, Value)] for row in table.rows]
        wanted = [[r.uv, r.share, r.depth, r.bounce, r.cvr, r.aov, r.buyers, r.gmv] for r in whole]
        np.testing.assert_array_equal(shown, wanted)
