"""Do the naive store and the compiled kernel answer alike? KPI by KPI, by z-tests with Holm's correction.

Runs of either are independent, so a KPI's means differ by chance with the standard error of both. Holm (1979),
Scandinavian Journal of Statistics 6, 65-70: the smallest of m p-values is compared with 1/m of the level, the next
with 1/(m − 1), and so on; the adjusted p-value below is to be compared with the level itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import erfc, sqrt
from typing import NamedTuple

import numpy as np

from benchmarks.busy_day import CHANNELS, SKUS, Totals, busy_kernel, play_busy
from benchmarks.naive_store import FewerProcesses, NaiveDay
from benchmarks.record import record, table
from storesim.engine.day import F
from storesim.engine.kernel import Kernel

TALLY = (
    "uv", "pv", "bounces", "impressions", "clicks", "expected_clicks", "spend", "silent_hours", "chats", "chats_left",
    "chats_in_30s", "chat_wait", "buyers", "orders", "units", "gmv", "discounts", "lost_units", "lost_gmv", "joined",
)  # fmt: skip
SKU_TALLY = ("units", "gmv", "lost", "ordered", "received")
DUE = (
    "dispatched", "late", "dispatch_wait", "penalties", "delivered", "delivered_gmv", "reviews", "good_reviews",
    "bad_reviews", "stars", "returned_orders", "returned_units", "refunds", "restocked_units",
)  # fmt: skip
LEVEL = 0.01


class Difference(NamedTuple):
    """One KPI in both stores."""

    kpi: str
    ours: float
    """Mean of the runs."""

    theirs: float
    error: float
    """Standard error of the difference."""

    p: float
    """Two-sided, alone."""

    adjusted: float
    """After Holm, to be compared with the level."""

    @property
    def z(self) -> float:
        """The difference in standard errors."""
        return (self.ours - self.theirs) / self.error if self.error > 0.0 else 0.0


def differences(names: Iterable[str], ours: F, theirs: F) -> list[Difference]:
    """Compare the means of `ours` and `theirs` [n_runs, n_kpis], most different first.

    A KPI that never varies must be equal in both: it then has p = 1, else p = 0.
    """
    mean, other = ours.mean(axis=0), theirs.mean(axis=0)
    error = np.sqrt(ours.var(axis=0, ddof=1) / len(ours) + theirs.var(axis=0, ddof=1) / len(theirs))
    rows = [_difference(*row) for row in zip(names, mean.tolist(), other.tolist(), error.tolist(), strict=True)]
    rows.sort(key=lambda row: row.p)
    adjusted, worst = [], 0.0
    for i, row in enumerate(rows):
        worst = max(worst, min(1.0, (len(rows) - i) * row.p))
        adjusted.append(row._replace(adjusted=worst))
    return adjusted


def _difference(kpi: str, ours: float, theirs: float, error: float) -> Difference:
    p = erfc(abs(ours - theirs) / error / sqrt(2.0)) if error > 0.0 else 1.0 if ours == theirs else 0.0
    return Difference(kpi, ours, theirs, error, p, p)


def busy_runs(make: type[Kernel], visitors: float, n_days: int, runs: range) -> F:
    """[n_runs, n_kpis] totals of runs of the busy store; `BUSY_NAMES` are the columns."""
    return np.array([
        _flat(play_busy(busy_kernel(make, visitors, n_days, run=run), visitors, n_days)) for run in runs
    ])  # fmt: skip


def _flat(totals: Totals) -> F:
    return np.concatenate([
        totals.by_channel.sum(axis=0), totals.due, totals.by_channel.ravel(), totals.by_sku.ravel(), totals.sku_reviews
    ])  # fmt: skip


BUSY_NAMES = (
    *TALLY,
    *DUE,
    *(f"{channel}.{name}" for channel in CHANNELS for name in TALLY),
    *(f"sku {k}.{name}" for k in range(SKUS) for name in SKU_TALLY),
    *(f"sku {k}.reviews" for k in range(SKUS)),
)


def main() -> None:
    """Compare both plain stores with the kernel on the busy store, and write the section."""
    visitors, n_days, runs = 400, 30, 150
    ours = busy_runs(Kernel, visitors, n_days, range(4 * runs))
    lines = [
        (
            f"The busy store of `benchmarks/busy_day.py`, {visitors} visitors a day, {n_days} days; {4 * runs} runs of "
            f"the kernel, {runs} of each plain store; every KPI of the store, of each channel and of each SKU "
            f"({len(BUSY_NAMES)} figures), z-tests with Holm's correction."
        ),
        "",
    ]
    stores: list[tuple[str, Callable[..., Kernel]]] = [
        ("naive SimPy", NaiveDay), ("SimPy, fewer processes", FewerProcesses)
    ]  # fmt: skip
    for name, make in stores:
        rows = differences(BUSY_NAMES, ours, busy_runs(make, visitors, n_days, range(runs)))
        worst, rejected = rows[0], sum(row.adjusted < LEVEL for row in rows)
        lines += [
            (
                f"**{name}**: {rejected} of {len(rows)} figures differ at the {LEVEL:.0%} level; the most different is "
                f"{worst.kpi} (p = {worst.p:.2g} alone, {worst.adjusted:.2g} after Holm)."
            ),
            "",
            table(
                ("KPI of the store", "storesim", name, "difference", "standard error", "z"),
                [_cells(row) for row in sorted(rows, key=lambda row: BUSY_NAMES.index(row.kpi)) if "." not in row.kpi],
            ),
            "",
        ]
    record("The same answers as the naive store", "\n".join(lines).rstrip())


def _cells(row: Difference) -> tuple[str, ...]:
    scale = 100.0 / row.ours if row.ours else 0.0
    return (
        row.kpi, f"{row.ours:,.1f}", f"{row.theirs:,.1f}", f"{(row.theirs - row.ours) * scale:+.2f} %",
        f"{row.error * scale:.2f} %", f"{row.z:+.1f}",
    )  # fmt: skip


if __name__ == "__main__":
    main()
