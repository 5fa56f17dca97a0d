"""Visitors by device against closed formulas: who comes, how many pages they see, and how many buy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from storesim.results.devices import devices_of
from storesim.results.run import Run
from tests.theory.evidence import Evidence
from tests.theory.stores import FREE_CHANNEL, PLAIN_CHANNEL, luck_of, quiet_store, runs_of

RUNS, DAYS = 12, 30
SIZE = f"{RUNS} runs of {DAYS} days"
SHARES = {"app": 0.7, "pc": 0.3}
DEVICES: dict[str, dict[str, Any]] = {
    "app": {"share": 0.7, "conversion": 0.5, "depth": 0.5},
    "pc": {"share": 0.3, "conversion": 2.0, "bounce": 0.4, "depth": 3.0},
}


def _ratios(runs: list[Run], device: str, ratio: str) -> list[float]:
    """A rate of the whole store on one device, one a run."""
    return [getattr(row, ratio) for run in runs for row in devices_of(run) if (row.channel, row.device) == ("", device)]


@pytest.mark.parametrize("device", DEVICES)
def test_each_device_keeps_and_sells_by_its_own_factors(device: str, evidence: Evidence) -> None:
    channel = {**FREE_CHANNEL, "bounce": 0.5, "depth": 4}
    store = quiet_store(1_500, days=DAYS, channels={"search": channel}, conversion={"base": 0.2})
    runs = runs_of(store.with_({"market.devices": DEVICES}), RUNS, luck_of("devices"))

    use = DEVICES[device]
    bounce = 0.5 * use.get("bounce", 1.0)
    odds = 0.25 * use["conversion"]
    wanted = {
        "share": use["share"],
        "bounce": bounce,
        "depth": bounce + (1.0 - bounce) * (2.0 + 2.0 * use["depth"]),
        "cvr": (1.0 - bounce) * odds / (1.0 + odds),
    }
    about = {"size": SIZE, "source": "MODEL 3, 7; thinning of a Poisson process"}
    for ratio, expected in wanted.items():
        evidence.mean(f"{device}: {ratio}", expected=expected, values=_ratios(runs, device, ratio), **about)


def test_a_channel_that_bids_by_device_brings_the_devices_it_won(evidence: Evidence) -> None:
    express = {
        **PLAIN_CHANNEL, "mechanism": "pay_per_click", "daily_budget": 9_999_999, "bid": 1, "share": 0.5, "rivals": 0,
        "reserve": 1.0, "step": 0, "slot_ctr": [1.0], "quality_memory": 1e-6, "cannibalisation": 0,
        "devices": {"app": {"share": 0.6, "clicks": 0.5}, "pc": {"share": 0.4, "conversion": 3.0}},
    }  # fmt: skip
    store = quiet_store(1_500, days=DAYS, channels={"express": express}, conversion={"base": 0.2})
    runs = runs_of(store.with_({"market.devices": DEVICES}), RUNS, luck_of("devices that bid"))

    # Of the searchers 0.6 · 0.5 on the app click, and 0.4 on PC; on PC odds of 0.25 · 3 · 2.
    about = {"size": SIZE, "source": "sum over cells"}
    won = np.array([0.3, 0.4])
    evidence.mean(
        "a channel that bids by device: share of PC", expected=won[1] / won.sum(), values=_ratios(runs, "pc", "share"),
        **about,
    )  # fmt: skip
    bounce = 0.0
    assert _ratios(runs, "pc", "bounce") == [bounce] * RUNS
    evidence.mean("the same: conversion on PC", expected=1.5 / 2.5, values=_ratios(runs, "pc", "cvr"), **about)
    evidence.mean("the same: on the app", expected=0.125 / 1.125, values=_ratios(runs, "app", "cvr"), **about)
