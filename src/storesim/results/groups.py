"""`keywords.csv`: what each group of keywords brought and cost, each crowd and device apart, as a mean over runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from storesim.results.recorded import Recorded
from storesim.results.tables import csv_bytes, number_texts, plain_text


class Group(NamedTuple):
    """One group of keywords, met by one crowd on one device; all days."""

    channel: str
    keywords: str
    crowd: str
    """Empty where the channel tells no crowds apart, `other` for who belongs to none."""

    device: str
    impressions: float
    clicks: float
    ad_spend: float
    """CNY."""

    ctr: float
    cpc: float
    """CNY a click; NaN, like `ctr`, of nothing."""


def groups_of(recorded: Recorded) -> Iterator[Group]:
    """Every group as a mean over runs, rates divided after summing; none where no channel has several."""
    means = recorded.by_group
    while means.ndim > 2:
        means = means.mean(axis=0)
    for name, (shown, clicks, spend) in zip(recorded.groups, means.tolist(), strict=True):
        rates = clicks / shown if shown else float("nan"), spend / clicks if clicks else float("nan")
        yield Group(*name, shown, clicks, spend, *rates)


def groups_csv(recorded: Recorded) -> bytes:
    """The groups as a CSV file."""
    rows = list(groups_of(recorded))
    numbers = Group._fields[4:]
    texts = [number_texts(np.array([getattr(row, name) for row in rows]), name) for name in numbers]
    return csv_bytes(
        Group._fields,
        ((*map(plain_text, row[:4]), *cells) for row, cells in zip(rows, zip(*texts, strict=True), strict=True)),
    )
