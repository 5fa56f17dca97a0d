"""Pictures of what visitors do."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from scipy.special import ndtr

from model_pictures.drawn import DAYS, daily, from_zero, key, line, panels, played, week
from storesim.report import palette
from storesim.results.attribution import within
from storesim.scenario.operations import WINDOWS

_BUSY = {"channels.returning.visits_per_member": 0.05, "operations.members.join": 0.6}


def members(figure: Figure) -> None:
    """Members, their share of the buyers, and the repeat rate of members known one by one."""
    left, middle, right = panels(figure, ["Members", "Share of buyers, % (7-day mean)", "Repeat rate, 90 days, %"])
    for i, model in enumerate(("pool", "bg_nbd")):
        runs = played({**_BUSY, "operations.members.model": model}, days=365)
        line(left, np.arange(365), daily(runs, "members"), model, i)
        share = week(daily(runs, "buyers", "returning")) / week(daily(runs, "buyers"))
        line(middle, np.arange(365), 100 * share, model, i)
        if model == "bg_nbd":
            rate = daily(runs, "repeaters_90") / daily(runs, "customers_90")
            line(right, np.arange(30, 365), 100 * rate[30:], model, i)
    key(left, loc="upper left")
    from_zero(left, middle, right)


def conversion(figure: Figure) -> None:
    """Conversion by the price cut, for three elasticities, and as reviews come in."""
    left, right = panels(
        figure, ["CVR by price cut, days 1–60, %", "CVR as reviews come in, %"], ["price cut, %", "reviews per item"]
    )
    cuts = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
    for i, power in enumerate((0.0, 1.5, 2.5)):
        given = {"operations.conversion.price_elasticity": power}
        runs = [played({**given, "catalogue.discount": cut}, days=60, runs=6) for cut in cuts]
        cvr = [100 * float(run.total("buyers").sum() / run.total("uv").sum()) for run in runs]
        line(left, 100 * np.array(cuts), cvr, f"elasticity {power:g}", i, marker="o", markersize=2.5)
    had = (0, 1, 2, 3, 5, 8, 12, 20)
    equal = {f"catalogue.skus.{i}.popularity": 1 for i in range(3)}
    for i, lift in enumerate((1.0, 3.7)):
        # Reviews of the opening day; hardly any come in five days.
        given = {**equal, "operations.conversion.review_lift": lift}
        runs = [
            played({**given, "operations.reviews.opening": {"total": 3 * n, "good": 3 * n}}, days=5, runs=40)
            for n in had
        ]
        cvr = [100 * float(run.total("buyers").sum() / run.total("uv").sum()) for run in runs]
        line(right, had, cvr, f"lift {lift:g}", i, marker="o", markersize=2.5)
    key(left, loc="upper left")
    key(right, loc="lower right")
    from_zero(left, right)


def visits(figure: Figure) -> None:
    """Visits a visitor and pages a visit by the chance to go away between two pages: runs and the formula."""
    chances = np.linspace(0.0, 1.0, 11)
    runs = [played({"operations.conversion.breaks": float(p)}, days=30, runs=4) for p in chances]
    uv, pv, came = (np.array([run.total(name).sum() for run in runs]) for name in ("uv", "pv", "visits"))
    left, right = panels(figure, ["Visits per visitor", "Pages per visit"], "chance of a break between two pages")
    expected = 1.0 + chances * (pv / uv - 1.0)
    for axes, law, found in ((left, expected, came / uv), (right, pv / uv / expected, pv / came)):
        line(axes, chances, law, "formula", 1)
        axes.plot(chances, found, "o", color=palette.colour(0), markersize=3.5, label="runs")
    key(left, loc="upper left")
    from_zero(left, right)


_SALE = {"events": [{"name": "Sale", "from": "2027-04-30", "to": "2027-05-02", "discount": 0.15}]}


def carts(figure: Figure) -> None:
    """Orders around a sale, by what visitors do with their carts; and the share of carts sold, by the price cut."""
    left, right = panels(
        figure,
        ["Orders a day", "Bought of what was left in carts, %"],
        ["day", "price cut at the second look, %"],
    )
    days = slice(35, 80)
    for i, (name, keeps) in enumerate(
        [("no carts", {"reach": 1}), ("carts", {"reach": 3}), ("held out", {"reach": 3, "holds_out": 0.4})]
    ):
        runs = played({**_SALE, "operations.carts": keeps}, days=90)
        line(left, np.arange(90)[days], daily(runs, "orders")[days], name, i)
    cuts, fine = np.array([0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]), np.linspace(0.0, 0.3, 60)
    for i, (odds, mark) in enumerate([(1.0, "o"), (1.3, "s")]):
        law = 100 * np.clip((odds * (1.0 - fine) ** -2.5 - 1.0) / 2.0, 0.0, 1.0)
        line(right, 100 * fine, law, f"odds {odds:g}", i)
        found = []
        for cut in cuts:
            # Everybody waits for the sale, which is soon over, and nothing else changes the odds.
            sale = {
                **_SALE,
                "events": [{**_SALE["events"][0], "to": "2027-05-10", "discount": float(cut), "conversion": 1.0001}],
            }
            keeps = {"reach": 3, "odds": odds, "waits": 1, "keeps": 14, "delay": 60}
            steady = {
                "operations.conversion.review_lift": 1,
                "operations.conversion.score_effect": 0,
                "operations.stock.policy": "unlimited",
            }
            runs = played({**sale, **steady, "operations.carts": keeps}, days=70, runs=4)
            looked = slice(59, 62)
            found.append(100 * daily(runs, "cart_orders")[looked].sum() / daily(runs, "cart_looks")[looked].sum())
        right.plot(100 * cuts, found, mark, color=palette.colour(i), markersize=3.5)
    key(left, loc="upper left")
    key(right, loc="upper left")
    from_zero(left, right)


def orders(figure: Figure) -> None:
    """When orders are placed, beside JD's three points; and what each window credits to the ads."""
    left, right = panels(
        figure,
        ["Orders placed within so many hours, %", "Ad orders a window credits, % of all"],
        ["hours", "window, days"],
    )
    hours = np.linspace(0.2, 200, 400)
    line(left, hours, 100 * (1 - 0.6803 + 0.6803 * ndtr(np.log(hours / 34.32) / 1.6084)), "the law of `later`", 0)
    left.plot([12.5, 24, 168], [50, 60, 89], "D", color=palette.TARGET, markersize=4.5, label="JD, measured")
    left.set_ylim(0, 100)
    key(left, loc="lower right")
    for i, by in enumerate(("click", "order")):
        runs = played({"operations.conversion.later": 0.6803, "operations.attribution": {"window": 15, "by": by}})
        place = runs.channels.index("express")
        last = slice(30, DAYS - 20)  # days whose later orders are known
        credits_ = [
            sum(within(runs.run(r).attributed, by, w)[last, place, 0].sum() for r in range(runs.n_runs))
            for w in WINDOWS
        ]
        every = sum(runs.run(r).daily("orders", "express")[last].sum() for r in range(runs.n_runs))
        line(
            right,
            range(len(WINDOWS)),
            100 * np.array(credits_) / every,
            f"by date of the {by}",
            i,
            marker="o",
            markersize=3,
        )
    right.set_xticks(range(len(WINDOWS)), [str(w) for w in WINDOWS])
    key(right, loc="lower right")
    from_zero(right)


def chat(figure: Figure) -> None:
    """Answer rate, chats given up and conversion by the number of agents."""
    agents = (0, 1, 2, 3, 4, 6)
    given = {"operations.service.asks": 0.3, "operations.service.minutes": 4.0, "operations.service.patience": 6.0}
    runs = [played({**given, "operations.service.agents": n}, days=60, runs=4) for n in agents]
    left, middle, right = panels(
        figure, ["Answered in 30 s, %", "Chats left unanswered, %", "Conversion (CVR), %"], "agents"
    )
    total = {name: np.array([run.total(name).sum() for run in runs]) for name in
             ("chats", "chats_in_30s", "chats_left", "buyers", "uv")}  # fmt: skip
    line(left, agents, 100 * total["chats_in_30s"] / total["chats"], "", 0, marker="o", markersize=3)
    left.axhline(90, color=palette.TARGET, linewidth=0.9, linestyle="--")
    line(middle, agents, 100 * total["chats_left"] / total["chats"], "", 1, marker="o", markersize=3)
    line(right, agents, 100 * total["buyers"] / total["uv"], "", 2, marker="o", markersize=3)
    from_zero(left, middle, right)


def reviews(figure: Figure) -> None:
    """A store whose parcels leave in time, and one that falls behind from day 60 to day 90."""
    slow = {"promotions": {}, "events": [{"name": "E", "from": "2027-04-30", "to": "2027-05-29", "market": 4.0}],
            "operations.dispatch.capacity": 20, "operations.dispatch.waves": ["17:00"]}  # fmt: skip
    quick = {**slow, "operations.dispatch.capacity": 500}
    left, right = panels(figure, ["Dispatched late, % (7-day mean)", "Store score (rank rate)"])
    for i, (given, name) in enumerate(((quick, "500 parcels a wave"), (slow, "20 parcels a wave"))):
        runs = played(given)
        late = week(daily(runs, "late")) / np.maximum(week(daily(runs, "dispatched")), 0.01)
        line(left, np.arange(DAYS), 100 * late, name, i)
        line(right, np.arange(DAYS), daily(runs, "score"), name, i)
    key(left, loc="center right")
    from_zero(left)
    right.set_ylim(0, 1)


def promotions(figure: Figure) -> None:
    """GMV a day with and without a sale, and its discounts by kind, on the same luck."""
    event = {"name": "Sale", "from": "2027-04-20", "to": "2027-04-26", "traffic": 1.3, "conversion": 1.2}
    save = {"kind": "spend_and_save", "spend": 69, "less": 8, "top_up": 0.3}
    coupon = {"kind": "coupon", "spend": 80, "face": 10, "pieces": 300, "claim": 0.1}
    two = {"kind": "multi_buy", "pieces": 2, "discount": 0.05, "roles": ["traffic"]}
    sale = {
        "events": [{**event, "discount": 0.15}],
        "promotions": {
            "save": {**save, "from": "2027-04-10", "to": "2027-05-05"},
            "coupon": {**coupon, "from": "2027-04-25", "to": "2027-05-10"},
            "two": {**two, "from": "2027-05-01", "to": "2027-05-10"},
        },
    }
    with_, without = played(sale, days=80), played(days=80)
    left, right = panels(figure, ["GMV a day, CNY", "Discounts a day by kind, CNY"])
    days = np.arange(30, 80)
    line(left, days, daily(with_, "gmv")[days], "with", 0)
    line(left, days, daily(without, "gmv")[days], "without", 1)
    floor = np.zeros(days.size)
    for i, (name, called) in enumerate(
        (
            ("cut_discounts", "price cut"),
            ("threshold_discounts", "满减"),
            ("multi_buy_discounts", "多买"),
            ("coupon_discounts", "coupon"),
        )
    ):
        values = daily(with_, name)[days]
        right.bar(days, values, 0.85, bottom=floor, color=palette.colour(i), label=called)
        floor = floor + values
    key(left, loc="upper left")
    key(right, loc="upper left")
    from_zero(left, right)
