"""`devices.csv`: what visitors of each channel did on each device, as a mean over runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

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


def devices_of(recorded: Recorded) -> Iterator[DeviceRow]:
    """Every device of every channel, then of the whole store, as a mean over runs; rates are divided after summing."""
    means = recorded.by_device
    while means.ndim > 3:
        means = means.mean(axis=0)
    if not recorded.devices:
        return
    for channel, counts in zip((*recorded.channels, ""), (*means, means.sum(axis=0)), strict=True):
        visitors = float(counts[:, 0].sum())
        for device, row in zip(recorded.devices, counts.tolist(), strict=True):
            uv, pv, bounces, buyers, units, gmv = row
            rates = (_rate(uv, visitors), _rate(pv, uv), _rate(bounces, uv), _rate(buyers, uv), _rate(gmv, buyers))
            yield DeviceRow(channel, device, uv, pv, bounces, buyers, units, gmv, *rates)


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
