"""`devices.csv`: what visitors of each channel did on each device, as a mean over runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from storesim import kpi
from storesim.results.groups import groups_of
from storesim.results.recorded import Recorded
from storesim.results.tables import csv_bytes, number_texts, plain_text


class DeviceRow(NamedTuple):
    """One channel, or the whole store, on one device; all days."""

    channel: str
    """Empty for the whole store."""

    device: str
    uv: float
    pv: float
    bounces: float
    buyers: float
    units: float
    gmv: float
    """CNY."""

    share: float
    """Of the channel's visitors; NaN, like the rates that follow, of nothing."""

    depth: float
    bounce: float
    cvr: float
    aov: float
    """CNY a buyer."""

    clicks: float
    """Ad clicks; NaN, like spend, of channels that do not bid by device, and of a store that pays for one of these."""

    ad_spend: float
    """CNY."""

    cpc: float
    """CNY a click."""


def devices_of(recorded: Recorded) -> Iterator[DeviceRow]:
    """Every device of every channel, then of the whole store, as a mean over runs; rates are divided after summing."""
    means = recorded.by_device
    while means.ndim > 3:
        means = means.mean(axis=0)
    if not recorded.devices:
        return
    ads = _ads(recorded)
    for channel, counts in zip((*recorded.channels, ""), (*means, means.sum(axis=0)), strict=True):
        visitors = float(counts[:, 0].sum())
        for device, row in zip(recorded.devices, counts.tolist(), strict=True):
            uv, pv, bounces, buyers, units, gmv = row
            rates = (_rate(uv, visitors), _rate(pv, uv), _rate(bounces, uv), _rate(buyers, uv), _rate(gmv, buyers))
            clicks, spend = ads[channel].get(device, (0.0, 0.0)) if channel in ads else (float("nan"),) * 2
            yield DeviceRow(
                channel, device, uv, pv, bounces, buyers, units, gmv, *rates, clicks, spend, _rate(spend, clicks)
            )


def _ads(recorded: Recorded) -> dict[str, dict[str, tuple[float, float]]]:
    """Clicks and spend by device of channels that bid by it, and of the store ("") if no other channel costs money."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for group in groups_of(recorded):
        if group.device:
            clicks, spend = found.setdefault(group.channel, {}).get(group.device, (0.0, 0.0))
            found[group.channel][group.device] = clicks + group.clicks, spend + group.ad_spend
    column = kpi.CHANNEL_INDEX["ad_spend"]
    paid = {name for c, name in enumerate(recorded.channels) if recorded.by_channel[..., c, column].any()}
    if found and paid <= set(found):
        found[""] = {
            device: tuple(np.sum([told.get(device, (0.0, 0.0)) for told in found.values()], axis=0).tolist())
            for device in recorded.devices
        }
    return found


def devices_csv(recorded: Recorded) -> bytes:
    """The devices as a CSV file."""
    rows = list(devices_of(recorded))
    texts = [number_texts(np.array([getattr(row, name) for row in rows]), name) for name in DeviceRow._fields[2:]]
    return csv_bytes(
        DeviceRow._fields,
        ((*map(plain_text, row[:2]), *cells) for row, cells in zip(rows, zip(*texts, strict=True), strict=True)),
    )


def _rate(above: float, below: float) -> float:
    return above / below if below else float("nan")
