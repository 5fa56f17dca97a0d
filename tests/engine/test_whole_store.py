"""The engine under a whole store: compiled and plain, cut and whole, more and less, run by run."""

from __future__ import annotations

import copy
import hashlib
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

from storesim.engine import day as d
from storesim.engine.kernel import Kernel
from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from storesim.runs.one import simulate
from tests.model.small import scenario, store

EVERYTHING_ON = {
    "horizon": 12,
    "market.searches_per_day": 2_500,
    "channels.search": {"mechanism": "organic", "weight": 0.3},
    "channels.express": {
        "mechanism": "pay_per_click", "daily_budget": 20, "bid": 1.5, "hours": {"9-12": 1.3, "0-7": 0},
        "keywords": {
            "core": {"searches": 0.5, "rival_scores": [1.0, 1.3]},
            "long_tail": {"searches": 0.3, "rival_law": "uniform", "rival_score": 2.0},
            "brand": {"searches": 0.2, "bid": 0.5, "relevance": 1.6},
        },
    },
    "channels.social": {
        "mechanism": "placement", "daily_budget": 10, "audience": 9_000, "billing": "thousand", "price": 20,
    },
    "operations.conversion.base": 0.2,
    "operations.stock": {"expected_units": 6, "opening": 4, "safety": 1, "lot": 3, "lead_sd": 0.5},
    "catalogue.skus.0.lead_time": 2,
    "operations.dispatch": {"capacity": 15, "limit": 10, "delivery": 0.5},
    "operations.reviews": {"chance": 0.8, "delay": 0.5, "stars_sd": 2.0},
    "operations.returns": {"rate": 0.3, "delay": 1},
    "operations.service": {"agents": 1, "asks": 0.4},
    "operations.members": {
        "model": "bg_nbd", "opening": 400, "alpha": 10,
        "levels": {"by": "amount", "middle": 100, "senior": 300, "vip": 900},
        "coupons": [{"name": "Old", "from": "2027-01-03", "to": "2027-01-08", "customers": "old", "face": 10}],
    },
    "events": [
        {"name": "Sale", "from": "2027-01-04", "to": "2027-01-06", "opens": 20, "market": 1.6, "discount": 0.2},
        {"name": "Evening", "from": "2027-01-06", "to": "2027-01-07", "opens": 18.5, "traffic": 1.3},
    ],
    "stages.growth": {
        "gate": {"on": "2027-01-08"},
        "playbook": {"operations.service.agents": 2, "operations.dispatch.waves": [10, 14, 20]},
    },
}  # fmt: skip

SPREAD_OUT = {
    **copy.deepcopy(EVERYTHING_ON),
    "market.devices": {"mobile": {"share": 0.8}, "pc": {"share": 0.2, "conversion": 1.4, "bounce": 0.8, "depth": 1.3}},
    "channels.express.pacing": "smooth",
    "channels.express.rival_hours": [13, 24],
    "operations.attribution": {"window": 3},
    "operations.conversion.later": 0.6,
    "operations.conversion.paid": 0.86,
    "operations.carts": {"reach": 3, "holds_out": 0.4, "delay": 1},
    "operations.cancellations": {"rate": 0.2, "while_waiting": 0.3},
    "operations.dispatch.holidays": [{"from": "2027-01-05", "to": "2027-01-06"}],
    "operations.reviews": {
        "chance": 0.8, "delay": 0.5, "stars_sd": 2.0, "chat": 1.0, "short": 1.5, "price": 0.8,
    },
    "catalogue.skus.0.stars": -0.5,
    "catalogue.skus.1.from": "2027-01-03",
    "catalogue.skus.1.to": "2027-01-09",
    "promotions": {
        "cut": {"kind": "single", "discount": 0.05, "limit": 1, "skus": ["H"], "from": "2027-01-02"},
        "phone": {
            "kind": "coupon", "face": 10, "pieces": 40, "claim": 0.2, "every": 8, "lasts": 5, "devices": ["mobile"],
            "levels": ["silver", "gold"],
            "valid": 5, "delay": 1,
        },
    },
    "channels.express.quality_conversion": 0.5,
    "channels.express.keywords.core.match": "broad",
    "channels.express.crowds": {"loyal": {"share": 0.3, "premium": 0.4, "clicks": 1.3, "conversion": 2}},
    "channels.express.devices": {"mobile": {"share": 0.9}, "pc": {"share": 0.1, "bid": 0.7, "conversion": 1.2}},
}  # fmt: skip


def digest() -> str:
    """Fingerprint of all counts of the store with every mechanism on, and of what its kernel still holds."""
    lively = store(SPREAD_OUT, seed=5, log_rows=50_000)
    lively.live()
    parts = [
        *lively.ledger.close(),
        lively.by_sku(),
        lively.devices.totals(),
        lively.kernel.log(),
        lively.kernel.due.days,
        lively.kernel.state.stock,
    ]
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def test_a_whole_store_gives_the_same_bytes_compiled_and_plain() -> None:
    code = "from tests.engine.test_whole_store import digest; print(digest())"

    plain = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip

    assert plain.stdout.strip() == digest()


def test_every_mechanism_of_that_store_is_at_work() -> None:
    run = simulate(scenario(EVERYTHING_ON), 5)

    busy = (
        "silent_hours", "chats_left", "lost_units", "discounts", "late", "returned_units", "bad_reviews",
        "received_units", "members_joined", "members_left", "members_vip", "member_coupons_sent", "old_buyers",
    )  # fmt: skip
    assert {name: run.total(name) for name in busy if run.total(name) <= 0.0} == {}
    for channel in run.channels:
        assert run.total("uv", channel) > 0.0
    assert run.daily("stage")[-1] == 1.0


def test_a_store_whose_days_are_cut_at_odd_hours_gives_the_same_bytes() -> None:
    whole, cut = (store(SPREAD_OUT, seed=5, log_rows=50_000) for _ in range(2))
    play = Kernel.play

    def in_pieces(start: float, end: float, arrivals: d.Arrivals) -> None:
        hours = [start, *(h for h in (0.1, 6.6, 9.0, 13.37, 18.5, 21.0, 23.99) if start < h < end), end]
        for a, b in pairwise(hours):
            play(cut.kernel, a, b, arrivals)

    cut.kernel.play = in_pieces  # type: ignore[method-assign]  # the same kernel, asked more often
    whole.live()
    cut.live()

    for a, b in zip(whole.ledger.close(), cut.ledger.close(), strict=True):
        assert a.tobytes() == b.tobytes()
    assert whole.kernel.log().tobytes() == cut.kernel.log().tobytes()


def _quiet(budget: float) -> Store:
    plan = {
        **EVERYTHING_ON, "channels.express": {**EVERYTHING_ON["channels.express"], "daily_budget": budget},  # type: ignore[dict-item]  # a group
        "operations.stock": {"policy": "unlimited"}, "operations.service": {"agents": 0, "asks": 0}, "horizon": 1,
        "market.searches_per_day": 20_000, "operations.conversion.base": 0.6, "stages": {}, "events": [],
    }  # fmt: skip
    made = Store(blueprint(scenario(plan)), 5, 0, log_rows=50_000)
    made.live()
    return made


def test_adding_budget_leaves_every_earlier_visitor_of_the_store_alone() -> None:
    less, more = _quiet(40.0), _quiet(80.0)

    a, b = ({row.tobytes() for row in one.kernel.log()} for one in (less, more))
    silent = 24.0 - less.kernel.tally.by_channel[1, d.SILENT_HOURS]
    added = np.array([row for row in more.kernel.log() if row.tobytes() not in a])
    assert a < b
    assert 0.0 < silent < 24.0
    # Whoever is new came through the channel with the larger budget, after its old end.
    assert (added[:, d.LOG_CHANNEL] == 1.0).all()
    assert added[:, d.LOG_TIME].min() >= silent


def test_a_visitors_luck_does_not_depend_on_how_many_came_before() -> None:
    few, many = (
        store(
            {
                **EVERYTHING_ON,
                "horizon": 1,
                "market.searches_per_day": n,
                "operations.conversion.base": 0.6,
                "events": [],
            },
            seed=5,
            log_rows=50_000,
        )
        for n in (5_000, 8_000)
    )
    for one in (few, many):
        one.live()

    def buyers_of_search(one: Store) -> dict[int, int]:
        log = one.kernel.log()
        bought = log[(log[:, d.LOG_WHAT] == d.LOG_BOUGHT) & (log[:, d.LOG_CHANNEL] == 0.0)]
        return {int(row[d.LOG_INDEX]): int(row[d.LOG_SKU]) for row in bought}

    # Visitor i looks at the same item in both stores; whether he buys may hang on stock and the chat.
    a, b = buyers_of_search(few), buyers_of_search(many)
    common = a.keys() & b.keys()
    assert len(common) > 10
    assert sum(a[i] == b[i] for i in common) > 0.9 * len(common)


def test_other_runs_and_seeds_have_other_luck_and_the_same_has_the_same() -> None:
    plan = scenario(EVERYTHING_ON)

    bytes_of = [simulate(plan, seed, run).by_channel.tobytes() for seed, run in ((1, 0), (1, 0), (1, 1), (2, 0))]

    assert bytes_of[0] == bytes_of[1]
    assert len(set(bytes_of)) == 3
