"""Pictures of goods, parcels, stages, money and the day itself."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from model_pictures.drawn import DAYS, SEED, daily, from_zero, headroom, key, line, panels, played, shipped, store
from storesim.engine import day as d
from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from storesim.report import palette
from storesim.scenario.modes import MODES

_BUSY = {"market.searches_per_day": 40_000}


def stock(figure: Figure) -> None:
    """Pieces on the shelf under two policies in one run, and what is lost by how much is kept in reserve."""
    left, right = panels(
        figure, ["Pieces on the shelf, one run", "Pieces lost for stock, % of those asked for"],
        ["day", "days of sales kept in reserve"],
    )  # fmt: skip
    for i, policy in enumerate(("sQ", "RS")):
        run = played({**_BUSY, "operations.stock.policy": policy}, runs=1)
        line(left, np.arange(DAYS), run.daily("stock_units")[0], policy, i)
    safety = (0, 3, 7, 14)
    for i, spread in enumerate((0.1, 0.6)):
        lost = []
        for days in safety:
            runs = played({**_BUSY, "operations.stock.safety": days, "operations.stock.lead_sd": spread}, runs=4)
            missed = runs.total("lost_units").sum()
            lost.append(100 * float(missed / (missed + runs.total("units").sum())))
        line(right, safety, lost, f"lead_sd {spread:g}", i, marker="o", markersize=2.5)
    key(left, loc="upper left")
    key(right, loc="upper right")
    from_zero(left, right)


def dispatch(figure: Figure) -> None:
    """A sale that is more than the warehouse can pack: orders, parcels and the wait."""
    sale = {"events": [{"name": "Sale", "from": "2027-05-01", "to": "2027-05-07", "market": 3.0, "conversion": 1.5}]}
    left, right = panels(figure, ["A day, 45 parcels a wave, two waves", "Mean wait for dispatch, hours"])
    days = np.arange(50, 90)
    for i, capacity in enumerate((45, 60)):
        runs = played(
            {**sale, **_BUSY, "operations.dispatch.capacity": capacity, "operations.dispatch.waves": [11, 16]}, days=90
        )
        if i == 0:
            line(left, days, daily(runs, "orders")[days], "orders", 0)
            line(left, days, daily(runs, "dispatched")[days], "dispatched", 1)
        wait = daily(runs, "dispatch_wait") / daily(runs, "dispatched")
        line(right, days, wait[days], f"{capacity} parcels a wave", i)
    key(left, loc="upper right")
    key(right, loc="upper left")
    from_zero(left, right)


def modes(figure: Figure) -> None:
    """What becomes of 100 yuan of GMV in each mode, on the same luck."""
    axes = panels(figure, ["Of each ¥100 of GMV, a mean over half a year"], "")[0]
    axes.set_position((0.075, 0.19, 0.70, 0.66))
    kinds = (("commission", "commission"), ("transaction_fee", "transaction fee"), ("parcels", "parcels"),
             ("storage", "storage"), ("goods_cost", "goods"), ("refunds", "refunds"), ("ad_spend", "ads"))  # fmt: skip
    runs = [played({"store.mode": mode}) for mode in MODES]
    floor = np.zeros(len(runs))
    for i, (name, called) in enumerate(kinds):
        share = np.array([100 * float(run.total(name).sum() / run.total("gmv").sum()) for run in runs])
        axes.bar(list(MODES), share, 0.6, bottom=floor, color=palette.colour(i), label=called)
        floor = floor + share
    key(axes, loc="center left", bbox_to_anchor=(1.02, 0.5))


def stages(figure: Figure) -> None:
    """Share of runs in each stage by day, and the record by which the growth gate of one run opens."""
    runs = shipped("elena_mileva", runs=24)
    stage = runs.daily("stage")
    left, right = panels(
        figure, ["Share of 24 runs in a stage or a later one, %", "GMV of 28 days, one run, ¥10,000"], "day"
    )
    for i, name in enumerate(("growth", "stable"), start=1):
        line(left, np.arange(stage.shape[1]), 100 * (stage >= i).mean(axis=0), name, i)
    sums = np.convolve(runs.daily("gmv")[0], np.ones(28))[: stage.shape[1]] / 1e4
    line(right, np.arange(stage.shape[1]), sums, "", 0)
    for i, wanted in enumerate((10, 25), start=1):
        right.axhline(wanted, color=palette.colour(i), linewidth=0.9, linestyle="--")
        entered = np.flatnonzero(stage[0] >= i)
        if entered.size:
            right.axvline(int(entered[0]), color=palette.colour(i), linewidth=0.9)
    key(left, loc="center right")
    from_zero(left, right)


def money(figure: Figure) -> None:
    """Cash of a store by the terms of its suppliers and of the platform; profit is the same in all."""
    left, right = panels(figure, ["Cash at day's end, CNY", "Profit so far, CNY"])
    base = {**_BUSY, "operations.money.opening_cash": 30_000, "operations.money.other_wages": 100}
    for i, (name, given) in enumerate((
        ("suppliers at once", {}),
        ("suppliers in 45 days", {"operations.money.suppliers": {"deposit": 0.3, "terms": 45}}),
        ("JD pays on the 15th", {"operations.money.settlement_dates": [15]}),
    )):  # fmt: skip
        runs = played({**base, **given})
        line(left, np.arange(DAYS), daily(runs, "cash"), name, i)
        line(right, np.arange(DAYS), np.cumsum(daily(runs, "profit")), name, i)
    left.axhline(0, color=palette.MUTED, linewidth=0.7)
    key(left, loc="upper left")


def engine(figure: Figure) -> None:
    """Decisions of a run by the hour beside the market's hours, and the chats of one day as they happened."""
    scenario = store({**_BUSY, "operations.service.asks": 0.2, "operations.service.minutes": 3}, days=40)
    lived = Store(blueprint(scenario), SEED, 0, log_rows=200_000)
    lived.live()
    log = lived.kernel.log()
    hour, what = log[:, d.LOG_TIME] % 24.0, log[:, d.LOG_WHAT]
    left, right = panels(figure, ["Orders decided by hour, 40 days", "Chats of one day: minutes waited"], "hour")
    bought = hour[what == d.LOG_BOUGHT]
    left.hist(bought, bins=np.arange(25), color=palette.colour(0), rwidth=0.9, label="orders")
    shares = np.array(scenario.market.hours) / sum(scenario.market.hours)
    line(left, np.arange(24) + 0.5, bought.size * shares, "the market's hours", 1)
    today = (log[:, d.LOG_TIME] >= 24.0 * 30) & (log[:, d.LOG_TIME] < 24.0 * 31)
    for kind, name, place, mark in ((d.LOG_CHAT_SERVED, "answered", 0, "o"), (d.LOG_CHAT_LEFT, "gave up", 1, "x")):
        rows = today & (what == kind)
        right.plot(hour[rows], 60 * log[rows, d.LOG_WAIT], mark, markersize=3, color=palette.colour(place), label=name)
    key(left, loc="upper left")
    key(right, loc="upper left")
    headroom(left)
    headroom(right)
