"""Do the plain stores and storesim answer alike? KPI by KPI, by z-tests with Holm's correction.

Runs of either are independent, so a KPI's means differ by chance with the standard error of both. Holm (1979),
Scandinavian Journal of Statistics 6, 65-70: the smallest of m p-values is compared with 1/m of the level, the next
with 1/(m − 1), and so on; the adjusted p-value below is to be compared with the level itself.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from math import erfc, sqrt
from typing import NamedTuple

import numpy as np

from benchmarks.busy_day import CHANNELS, SKUS, Totals, busy_kernel, play_busy
from benchmarks.busy_market import market_kernel, market_names, play_market
from benchmarks.lively_store import lively, lively_names, lively_plain_runs, lively_runs
from benchmarks.naive_market import MarketDay
from benchmarks.naive_store import FewerProcesses, NaiveDay
from benchmarks.record import record, table
from benchmarks.whole_store import compiled_runs, hurried, naive_runs, names_of
from benchmarks.wide_store import wide, wide_names, wide_plain_runs, wide_runs
from storesim.engine.day import F
from storesim.engine.kernel import Kernel

TALLY = (
    "uv", "pv", "bounces", "impressions", "clicks", "expected_clicks", "spend", "silent_hours", "chats", "chats_left",
    "chats_in_30s", "chat_wait", "buyers", "orders", "units", "gmv", "discounts", "lost_units", "lost_gmv", "joined",
    "lines", "promised",
)  # fmt: skip
SKU_TALLY = ("units", "gmv", "lost", "ordered", "received", "in_slot")
DUE = (
    "dispatched", "late", "dispatch_wait", "penalties", "delivered", "delivered_gmv", "reviews", "good_reviews",
    "bad_reviews", "stars", "returned_orders", "returned_units", "refunds", "restocked_units",
)  # fmt: skip
LEVEL = 0.01

MARKET_NAMES = market_names(TALLY, SKU_TALLY, DUE)
BUSY_NAMES = (
    *TALLY,
    *DUE,
    *(f"{channel}.{name}" for channel in CHANNELS for name in TALLY),
    *(f"sku {k}.{name}" for k in range(SKUS) for name in SKU_TALLY),
    *(f"sku {k}.reviews" for k in range(SKUS)),
)


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


def market_runs(make: type[Kernel], visitors: float, n_days: int, runs: range) -> F:
    """[n_runs, n_kpis] totals of runs of the busy store with the newer mechanisms; `MARKET_NAMES` are the columns."""
    return np.array([
        play_market(market_kernel(make, visitors, n_days, run=run), visitors, n_days) for run in runs
    ])  # fmt: skip


def _flat(totals: Totals) -> F:
    return np.concatenate([
        totals.by_channel[:, : len(TALLY)].sum(axis=0), totals.due[: len(DUE)],
        totals.by_channel[:, : len(TALLY)].ravel(), totals.by_sku[:, : len(SKU_TALLY)].ravel(), totals.sku_reviews,
    ])  # fmt: skip


def main() -> None:
    """Compare the plain stores with storesim, day and year, and write the sections."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument(
        "--runs", type=int, default=150, help="runs of each plain store; storesim plays four times so many"
    )
    parser.add_argument("--of", choices=("first", "newer", "wide", "all"), default="all", help="which mechanisms")
    given = parser.parse_args()
    runs, of = given.runs, given.of
    if of in ("first", "all"):
        record(
            "The same answers as the naive store",
            f"python -m benchmarks.agreement --of first --runs {runs}",
            "\n\n".join([*_whole_store(runs), *_busy_store(runs)]),
        )
    if of in ("newer", "all"):
        record(
            "The same answers of newer mechanisms",
            f"python -m benchmarks.agreement --of newer --runs {runs}",
            "\n\n".join([*_market_store(runs), *_lively_store(runs)]),
        )
    if of in ("wide", "all"):
        record(
            "The same answers of banners, posts and sales beyond JD",
            f"python -m benchmarks.agreement --of wide --runs {runs}",
            "\n\n".join(_wide_store(runs)),
        )


def _whole_store(runs: int) -> list[str]:
    scenario = hurried(150_000.0)
    names, ours = names_of(scenario), compiled_runs(scenario, range(4 * runs))
    theirs = naive_runs(scenario, range(runs), NaiveDay)
    return [
        (
            f"**The whole store** (`benchmarks/whole_store.py`): the shipped scenario made small and hurried, "
            f"{scenario.n_days} days, with auctions and budgets that run out, placement, members, (s,Q) stock, chat "
            "with impatience, dispatch waves, reviews, score, returns, three stages, events and money. "
            f"{4 * runs} runs of storesim; {runs} of the naive store, whose midnight is written in plain Python "
            "(`naive_year.py`) and whose days are SimPy processes, one a visitor (`naive_store.py`)."
        ),
        *_verdict("naive SimPy", names, ours, theirs),
    ]


def _busy_store(runs: int) -> list[str]:
    visitors, n_days = 400, 30
    ours = busy_runs(Kernel, visitors, n_days, range(4 * runs))
    lines = [
        (
            "**The day alone** (`benchmarks/busy_day.py`): the kernel against both plain days on a store in which "
            f"every mechanism of a day binds, {visitors} visitors a day, {n_days} days, by channel and by SKU."
        )
    ]
    stores: list[tuple[str, type[Kernel]]] = [("naive SimPy", NaiveDay), ("SimPy, fewer processes", FewerProcesses)]
    for name, make in stores:
        lines += _verdict(name, BUSY_NAMES, ours, busy_runs(make, visitors, n_days, range(runs)))
    return lines


def _market_store(runs: int) -> list[str]:
    visitors, n_days = 400, 30
    lines = [
        (
            "**The newer mechanisms** (`benchmarks/busy_market.py`, written plainly in `naive_market.py` and "
            "`naive_promotions.py`): crowds and devices, a budget spread over the day, items a channel leads to, "
            "promotions but presales, cross-selling, slots, orders placed later or never paid, two carriers, "
            f"commission on sales; {visitors} visitors a day, {n_days} days, by channel, SKU, group and device."
        )
    ]
    ours = market_runs(Kernel, visitors, n_days, range(4 * runs))
    return lines + _verdict("naive SimPy", MARKET_NAMES, ours, market_runs(MarketDay, visitors, n_days, range(runs)))


def _lively_store(runs: int) -> list[str]:
    scenario, some = lively(100_000.0), max(2, runs // 3)
    names, ours = lively_names(scenario), lively_runs(scenario, range(4 * some))
    return [
        (
            "**The whole store, livelier** (`benchmarks/lively_store.py`, written plainly in `naive_lively_year.py` "
            f"and `naive_club.py`): {scenario.n_days} days with a budget spread over the day, a presale whose balances "
            "fall due while shelves are short, members known one by one (BG/NBD) with levels, windows and coupons for "
            "groups, orders placed later or never paid, and orders credited to clicks within 0, 1, 3, 7 and 15 days by "
            f"either date. {4 * some} runs of storesim, {some} of the naive store."
        ),
        *_verdict("naive SimPy", names, ours, lively_plain_runs(scenario, range(some))),
    ]


def _wide_store(runs: int) -> list[str]:
    scenario = wide(150_000.0)
    names, ours = wide_names(scenario), wide_runs(scenario, range(4 * runs))
    return [
        (
            "**The whole store, wider** (`benchmarks/wide_store.py`, written plainly in `naive_wide_year.py`): "
            f"{scenario.n_days} days with two bookings of display that share a day's budget, posts and a broadcast "
            "that begins in the evening, and a marketplace beyond JD with visitors by the strength of the brand, a "
            f"commission and a settlement of its own. {4 * runs} runs of storesim, {runs} of the naive store."
        ),
        *_verdict("naive SimPy", names, ours, wide_plain_runs(scenario, range(runs))),
    ]


def _verdict(name: str, names: Sequence[str], ours: F, theirs: F) -> list[str]:
    rows = differences(names, ours, theirs)
    worst, rejected = rows[0], sum(row.adjusted < LEVEL for row in rows)
    shown = sorted((row for row in rows if "." not in row.kpi), key=lambda row: names.index(row.kpi))
    return [
        (
            f"{name}: {rejected} of {len(rows)} figures differ at the {LEVEL:.0%} level after Holm; the most different "
            f"is {worst.kpi} (p = {worst.p:.2g} alone, {worst.adjusted:.2g} after Holm)."
        ),
        table(
            ("KPI of the store", "storesim", name, "difference", "standard error", "z"), [_cells(row) for row in shown]
        ),
    ]


def _cells(row: Difference) -> tuple[str, ...]:
    scale = 100.0 / abs(row.ours) if row.ours else 0.0
    digits = 1 if abs(row.ours) >= 100.0 else 4
    return (
        row.kpi, f"{row.ours:,.{digits}f}", f"{row.theirs:,.{digits}f}",
        f"{(row.theirs - row.ours) * scale:+.2f} %", f"{row.error * scale:.2f} %", f"{row.z:+.1f}",
    )  # fmt: skip


if __name__ == "__main__":
    main()
