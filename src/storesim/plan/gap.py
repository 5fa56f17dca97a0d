"""Plan against actuals: what the gap of the elapsed days is due to, by month, to the fen."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence

import numpy as np

from storesim.plan.actuals import Actuals
from storesim.plan.exact import Whole
from storesim.plan.goals import PAID, GapRow, Goals
from storesim.plan.lmdi import Cause, causes

GAP_COLUMNS = ("period", "channel", "kpi", "plan", "actual", "gap", "cause", "amount")
"""Of `gap.csv`, in order."""

_CHAINS = {"gmv": (("uv", "uv"), ("buyers", "cvr"), ("gmv", "aov")), "pv": (("uv", "uv"), ("pv", "depth"))}
"""For each sum, the counts from the first to it, and the driver each step is."""


def gap_between(before: Goals, actuals: Actuals, channels: Mapping[str, Mapping[str, Whole]]) -> tuple[GapRow, ...]:
    """Rows by month, then all months together; the causes of each sum add up to its gap to the fen.

    Parameters
    ----------
    before
        The plan, day by day.
    channels
        [n_elapsed] of each count of the channels that were told apart. Their rows follow the store's, each gap split by
        the channel's own drivers: its causes add up to it, and the gaps of all channels to the store's. Visitors who
        come by a better or worse channel are part of the store's CVR and AOV.
    """
    rows = _gap_of("", planned_days(before, actuals), actuals.counts, actuals)
    for channel, counts in channels.items():
        rows += _gap_of(channel, planned_days(before, actuals, channel), counts, actuals)
    return tuple(rows)


def _gap_of(channel: str, planned: Mapping[str, Whole], real: Mapping[str, Whole], actuals: Actuals) -> list[GapRow]:
    """The rows of the store ("") or of one channel."""
    dates = [actuals.first + dt.timedelta(days=day) for day in range(actuals.counts["gmv"].size)]
    months = dict.fromkeys(f"{date:%Y-%m}" for date in dates)
    rows: list[GapRow] = []
    sums: dict[tuple[str, str], list[float]] = {}
    for month in months:
        inside = np.array([f"{date:%Y-%m}" == month for date in dates])
        for name, chain in _CHAINS.items():
            if any(count not in planned or count not in real for count, _ in chain):
                continue
            totals = [[int(of[count][inside].sum()) for count, _ in chain] for of in (planned, real)]
            for cause in causes({channel: totals[0]}, {channel: totals[1]}, [driver for _, driver in chain]):
                row = _gap_row(month, name, (totals[0][-1], totals[1][-1]), cause)
                rows.append(row)
                total = sums.setdefault((name, cause.factor), [0.0, 0.0, 0.0])
                for place, number in enumerate((row.plan, row.actual, row.amount)):
                    total[place] = round(total[place] + number, 2)
    whole = f"{actuals.first}/{actuals.last}"
    return rows + [GapRow(whole, channel, name, s[0], s[1], cause, s[2]) for (name, cause), s in sums.items()]


def gap_csv(rows: Sequence[GapRow]) -> str:
    """The text of `gap.csv`: money with two decimals, counts whole."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(GAP_COLUMNS)
    for row in rows:
        numbers = (row.plan, row.actual, row.gap, row.amount)
        plan, actual, gap, amount = (f"{n:.2f}" if row.kpi in PAID else f"{n:.0f}" for n in numbers)
        writer.writerow([row.period, row.channel, row.kpi, plan, actual, gap, row.cause, amount])
    return text.getvalue()


def planned_days(before: Goals, actuals: Actuals, channel: str = "") -> dict[str, Whole]:
    """[n_elapsed] whole numbers of the plan as it was, of the store or a channel; 0 on days it did not plan."""
    found: dict[str, Whole] = {}
    for row in before.rows:
        if row.level == "day" and row.channel == channel and row.kpi in ("uv", "buyers", "gmv", "pv"):
            day = (dt.date.fromisoformat(row.period) - actuals.first).days
            numbers = found.setdefault(row.kpi, np.zeros(actuals.counts["gmv"].size, dtype=np.int64))
            if 0 <= day < numbers.size:
                numbers[day] = round(row.goal * 100) if row.kpi in PAID else int(row.goal)
    return found


def _gap_row(period: str, name: str, totals: tuple[int, int], cause: Cause) -> GapRow:
    unit = 100.0 if name in PAID else 1.0
    plan, actual, amount = (number / unit for number in (*totals, cause.amount))
    return GapRow(period, cause.channel, name, plan, actual, cause.factor, amount)
