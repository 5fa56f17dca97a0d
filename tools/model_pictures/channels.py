"""Pictures of the market and of the channels."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from model_pictures.drawn import DAYS, daily, from_zero, headroom, key, line, panels, played, shipped, week
from storesim.report import palette

_YEAR = 365
_DISPLAY = {
    "mechanism": "display", "daily_budget": 60, "price": 30, "conversion": 1.5,
    "bookings": [{"from": "2027-03-11", "to": "2027-03-24"}, {"from": "2027-04-05", "to": "2027-04-11"}],
}  # fmt: skip
_AFFILIATE = {"mechanism": "pay_per_sale", "rate": 0.1, "visitors": 120, "roles": ["hero", "profit", "traffic"]}
_SLOT = {
    "mechanism": "slots", "hours": "10-22", "entry": {}, "roles": ["hero"], "protected": 3,
    "dates": [{"from": "2027-04-10", "to": "2027-04-10", "visitors": 900, "pieces": 60, "discount": 0.3}],
}  # fmt: skip
_POSTS = {
    "mechanism": "burst",
    "bursts": [
        {"on": "2027-03-10", "opens": "20:00", "visitors": 900, "cost": 600},
        {"on": "2027-03-24", "opens": "20:00", "visitors": 900, "cost": 600},
    ],
}


def demand(figure: Figure) -> None:
    """Two runs of the market index, and what all runs share."""
    runs = shipped("elena_mileva", runs=24).daily("market")
    one, all_ = panels(
        figure, ["Market index: two runs", "Mean of 24 runs: season, weekdays, sales"], "day of the year"
    )
    for i in range(2):
        line(one, np.arange(_YEAR), runs[i], f"run {i + 1}", i, linewidth=0.9)
    key(one, loc="upper left")
    line(all_, np.arange(_YEAR), runs.mean(axis=0), "", 0, linewidth=0.9)
    from_zero(one, all_)
    all_.sharey(one)


def devices(figure: Figure) -> None:
    """Visitors and conversion by device, with a PC on which people buy more readily."""
    named = {
        "app": {"share": 0.744}, "wechat": {"share": 0.128, "bounce": 1.2, "conversion": 0.8},
        "pc": {"share": 0.051, "depth": 1.3, "conversion": 1.2}, "mobile web": {"share": 0.051},
        "other": {"share": 0.026},
    }  # fmt: skip
    runs = played({"market.devices": named})
    sums = runs.by_device.mean(axis=0).sum(axis=0)
    uv, buyers = sums[:, 0], sums[:, 3]
    left, right = panels(figure, ["Share of visitors, %", "Conversion (CVR), %"], "")
    for axes, values in ((left, 100 * uv / uv.sum()), (right, 100 * buyers / uv)):
        axes.bar(runs.devices, values, 0.6, color=palette.colour(0))


def organic_search(figure: Figure) -> None:
    """Free visitors with ads on and off, on the same luck."""
    on = {"channels.search.weight": 0.01, "channels.search.popularity": 0.7, "channels.express.daily_budget": 500}
    kept, without = played(on), played({**on, "channels.express.daily_budget": 0})
    left, right = panels(figure, ["Visitors from search a day (7-day mean)", "Organic weight W"])
    for i, (runs, name) in enumerate(((kept, "with express ads"), (without, "without"))):
        line(left, np.arange(DAYS), week(daily(runs, "uv", "search")), name, i)
        line(right, np.arange(DAYS), daily(runs, "organic_weight"), name, i)
    key(left, loc="upper left")
    from_zero(left, right)


def express(figure: Figure) -> None:
    """Clicks and their price by the bid; money of the day by the hour it is gone."""
    bids = (0.4, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0, 2.5, 3.0)
    left, middle, right = panels(figure, ["Clicks a day", "Cost per click, CNY", "Hours off air a day"], "bid, CNY")
    for i, budget in enumerate((100, 300, 9_999)):
        runs = [played({"channels.express.daily_budget": budget, "channels.express.bid": bid}, days=30) for bid in bids]
        for axes, name, per in ((left, "clicks", 30), (middle, "cpc", 1), (right, "silent_hours", 30)):
            values = [float(np.mean(run.total(name, "express"))) / per for run in runs]
            line(axes, bids, values, f"¥{budget:,} a day", i, marker="o", markersize=2.5)
    middle.plot(bids, bids, color=palette.MUTED, linewidth=0.7)
    key(left, loc="upper left")
    from_zero(left, middle, right)


def direct_placement(figure: Figure) -> None:
    """A small and a large budget on one audience: clicks by day, and clicks by what was spent."""
    left, right = panels(
        figure, ["Clicks a day, ¥100 a day", "Clicks a day by budget, days 60–90"], ["day", "budget a day, CNY"]
    )
    tired = {"channels.direct_placement": {"mechanism": "placement", "daily_budget": 100, "billing": "thousand",
             "price": 15, "audience": 60_000, "impressions_per_day": 20}}  # fmt: skip
    days = 90
    for i, audience in enumerate((60_000, 600_000)):
        given = {**tired, "channels.direct_placement.audience": audience}
        line(left, np.arange(days), week(daily(played(given, days=days), "clicks", "direct_placement")),
             f"audience {audience:,}", i)  # fmt: skip
        budgets = (25, 50, 100, 150, 200, 300)
        late = [
            daily(played({**given, "channels.direct_placement.daily_budget": b}, days=days, runs=4), "clicks",
                  "direct_placement")[60:].mean()
            for b in budgets
        ]  # fmt: skip
        line(right, budgets, late, f"audience {audience:,}", i, marker="o", markersize=2.5)
    key(left, loc="lower left")
    from_zero(left, right)


def display(figure: Figure) -> None:
    """Impressions and clicks of two bookings in one run."""
    run = played({"channels.display": _DISPLAY}, days=60, runs=1)
    left, right = panels(figure, ["Impressions a day", "Clicks a day, one run"])
    for axes, name, place in ((left, "impressions", 0), (right, "clicks", 1)):
        axes.bar(np.arange(60), run.daily(name, "display")[0], 0.8, color=palette.colour(place))


def affiliate(figure: Figure) -> None:
    """Commission promised by day of the order and paid by day of settlement."""
    runs = played({"channels.affiliate": _AFFILIATE}, days=120)
    left, right = panels(figure, ["Commission a day, CNY (7-day mean)", "Commission still open, CNY"])
    line(left, np.arange(120), week(daily(runs, "commission_promised")), "promised", 0)
    line(left, np.arange(120), week(daily(runs, "ad_spend", "affiliate")), "paid", 1)
    line(right, np.arange(120), daily(runs, "commission_open"), "", 2)
    key(left, loc="lower right")
    from_zero(left, right)


def slots(figure: Figure) -> None:
    """A slot of one day: its visitors, what it sold, and the days around it."""
    runs = played({"channels.flash_sale": _SLOT, "operations.stock.expected_units": 12}, days=60)
    left, right = panels(figure, ["Visitors a day", "Pieces sold a day"])
    days = np.arange(30, 55)
    for axes, name in ((left, "uv"), (right, "units")):
        slot = daily(runs, name, "flash_sale")[days]
        rest = daily(runs, name)[days] - slot
        axes.bar(days, rest, 0.8, color=palette.colour(0), label="other channels")
        axes.bar(days, slot, 0.8, bottom=rest, color=palette.colour(1), hatch="///", edgecolor="white", linewidth=0,
                 label="the slot's visitors")  # fmt: skip
    key(left, loc="upper left")
    headroom(left)


def bursts(figure: Figure) -> None:
    """Two broadcasts in three runs."""
    runs = played({"channels.posts": _POSTS}, days=45, runs=24).daily("uv", "posts")
    left, right = panels(figure, ["Visitors a day, three runs", "Mean of 24 runs"])
    for i in range(3):
        line(left, np.arange(45), runs[i], f"run {i + 1}", i)
    line(right, np.arange(45), runs.mean(axis=0), "", 0)
    key(left, loc="upper right")
    from_zero(left, right)
    right.sharey(left)


def offsite(figure: Figure) -> None:
    """Visitors of a marketplace as the brand grows, for two halves."""
    left, right = panels(figure, ["Visitors a day beyond JD (7-day mean)", "Visitors a day on JD (7-day mean)"])
    for i, half in enumerate((2_000, 8_000)):
        runs = played(
            {"channels.vipshop": {"mechanism": "offsite", "potential": 600, "half": half, "cannibalisation": 0.2}}
        )
        beyond = daily(runs, "uv", "vipshop")
        line(left, np.arange(DAYS), week(beyond), f"half {half:,}", i)
        line(right, np.arange(DAYS), week(daily(runs, "uv") - beyond), f"half {half:,}", i)
    key(left, loc="upper left")
    from_zero(left, right)
