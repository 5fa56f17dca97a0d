"""What balances in every run: visitors, orders, stock and money, and ratios against counts (CHECKS, "Always").

The store's own balance asks for it every evening; here it is counted again, from what a run shows.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import scenario
from tests.model.test_settings import LIVELY
from tests.theory.evidence import Evidence

DAYS, OPENING = 60, 40.0
BUSY = {
    "market.searches_per_day": 40_000, "catalogue.skus.0.stock": 30, "catalogue.skus.1.stock": 10,
    "operations.stock.expected_units": 4, "operations.stock.safety": 0, "operations.stock.lot": 4,
}  # fmt: skip


def _busy(restock: float, policy: str = "sQ") -> Run:
    """A store with ads, members and a chat, returns of a third, and too little stock."""
    returns = {"operations.returns.rate": 0.33, "operations.returns.restock": restock}
    return simulate(scenario({**BUSY, **returns, "operations.stock.policy": policy}), seed=11)


@pytest.mark.parametrize("policy", ["sQ", "base"])
@pytest.mark.parametrize(("restock", "words"), [(0.0, "written off"), (1.0, "put back")])
def test_opening_and_received_less_sold_is_closing_stock_to_the_piece(
    restock: float, words: str, policy: str, evidence: Evidence
) -> None:
    run = _busy(restock, policy)

    back = restock * run.daily("returned_units")
    closing = OPENING + np.cumsum(run.daily("received_units") + back - run.daily("units"))
    wrong = int((closing != run.daily("stock_units")).sum())

    assert run.total("returned_units") > 20
    assert run.total("lost_units") > 20
    evidence.exact(
        f"opening + received + returned to the shelf − sold = closing, {policy}, returns {words}: days that differ",
        expected=0, got=wrong, size=f"{DAYS} days with too little stock", source="counting",
    )  # fmt: skip


@pytest.mark.parametrize(("left", "factors"), [("gmv", ("uv", "cvr", "aov")), ("pv", ("uv", "depth"))])
def test_ratios_multiply_back_to_counts_at_every_grain(left: str, factors: tuple[str, ...], evidence: Evidence) -> None:
    run = _busy(0.5)

    spans = [(a, b) for a in range(0, DAYS, 5) for b in range(a, DAYS, 7)]
    wrong = 0
    for channel in (None, *run.channels):
        for a, b in spans:
            dates = [run.dates[0] + dt.timedelta(days=day) for day in (a, b)]
            product = np.prod([run.total(name, channel, *dates) for name in factors])
            count = run.total(left, channel, *dates)
            # A ratio of nothing is unknown; the count beside it is then nothing.
            wrong += not (abs(product - count) <= 1e-9 * count if np.isfinite(product) else count == 0.0)

    evidence.exact(
        f"{left.upper()} = {' · '.join(name.upper() for name in factors)} to 1e-9: spans and channels that differ",
        expected=0, got=wrong, source="definition",
        size=f"{len(spans)} spans of 1 to {DAYS} days, {len(run.channels)} channels and the store",
    )  # fmt: skip


COSTS = (
    "refunds", "goods_cost", "commission", "transaction_fee", "ad_spend", "parcels", "wages", "penalties", "overheads",
    "hiring", "interest", "storage", "write_offs", "bean_cost", "member_coupons",
)  # fmt: skip
LUCK = 20270101
WHERE_ORDERS_GO = {
    "dispatched": d.DUE_DISPATCHED, "delivered": d.DUE_DELIVERED, "refused": d.DUE_REFUSED,
    "called off": d.DUE_CALLED_OFF,
}  # fmt: skip
WORTH = (d.DUE_DELIVERED_GMV, d.DUE_REFUSED_GMV, d.DUE_CALLED_OFF_GMV)
OF_DEVICES = ("uv", "pv", "bounces", "buyers", "units", "gmv")


@pytest.fixture(scope="module")
def lively() -> Store:
    """A store with every mechanism on, after its last day, with a log of what its visitors did."""
    store = Store(blueprint(scenario(LIVELY)), LUCK, 0, log_rows=200_000)
    store.live()
    return store


@pytest.fixture(scope="module")
def played() -> Run:
    """The same days, as a run shows them."""
    return simulate(scenario(LIVELY), LUCK)


def _hold(evidence: Evidence, what: str, left: np.ndarray, right: np.ndarray) -> None:
    """Two series of whole numbers, the same in every place."""
    size = f"{left.size} days" if left.size == LIVELY["horizon"] else f"{left.size} sums over the run"
    evidence.exact(f"{what}: places that differ", expected=0, got=int((left != right).sum()),
                   size=f"{size}, every mechanism on", source="counting")  # fmt: skip


def _fen(run: Run, *names: str) -> np.ndarray:
    """[n_days] sum of daily amounts, in whole fen."""
    return np.asarray(sum(np.round(100.0 * run.daily(name)) for name in names))


def test_visitors_are_counted_once_wherever_they_are_counted(lively: Store, played: Run, evidence: Evidence) -> None:
    log = lively.kernel.log()
    asked = log[np.isin(log[:, d.LOG_WHAT], (d.LOG_CHAT_SERVED, d.LOG_CHAT_LEFT)), d.LOG_TIME]
    told = np.array([[played.total(name, channel) for name in OF_DEVICES] for channel in played.channels])
    assert len(log) < 200_000, "the log is full"
    assert told[:, 0].min() > 0
    _hold(evidence, "visitors, pages, one-page visits, buyers, pieces and fen of the devices = those of each channel",
          np.round(100 * played.by_device.sum(axis=1)).ravel(), np.round(100 * told).ravel())  # fmt: skip
    _hold(evidence, "visitors seen one by one to ask the chat, answered or gone = chats",
          np.bincount((asked // 24.0).astype(int), minlength=played.n_days), played.daily("chats"))  # fmt: skip
    _hold(evidence, "new buyers + old buyers = buyers",
          played.daily("new_buyers") + played.daily("old_buyers"), played.daily("buyers"))  # fmt: skip
    _hold(evidence, "opening members + joined − left = members",
          LIVELY["operations.members"]["opening"]
          + np.cumsum(played.daily("members_joined") - played.daily("members_left")),
          played.daily("members"))  # fmt: skip


def test_buyers_of_each_channel_are_those_seen_to_buy(evidence: Evidence) -> None:
    # Without orders placed later or taken back, a visitor who buys is a buyer of his day.
    plan = scenario({**BUSY, "operations.stock.policy": "unlimited", "operations.conversion.base": 0.2})
    store = Store(blueprint(plan), LUCK, 0, log_rows=200_000)
    store.live()
    log, run = store.kernel.log(), simulate(plan, LUCK)

    bought = log[log[:, d.LOG_WHAT] == d.LOG_BOUGHT]
    cells = (bought[:, d.LOG_TIME] // 24.0).astype(int) * len(run.channels) + bought[:, d.LOG_CHANNEL].astype(int)
    buyers = np.array([run.daily("buyers", channel) for channel in run.channels]).T.ravel()

    assert buyers.sum() > 1_000
    evidence.exact("visitors seen one by one to buy = buyers: days and channels that differ", expected=0,
                   got=int((np.bincount(cells, minlength=buyers.size) != buyers).sum()), source="counting",
                   size=f"{buyers.size} days of a channel, {buyers.sum():,.0f} buyers")  # fmt: skip


def test_every_order_leaves_or_is_called_off_once(lively: Store, played: Run, evidence: Evidence) -> None:
    # The last row of what is due holds all that falls due after the run.
    due = lively.kernel.due.days
    orders = played.total("orders")
    gone = {name: due[:, place].sum() for name, place in WHERE_ORDERS_GO.items()}

    assert due[-1, d.DUE_DELIVERED] > 0
    assert min(gone.values()) > 20
    _hold(evidence, "orders = dispatched + called off, in the run and after it; delivered + refused + called off",
          np.array([orders, orders]),
          np.array([gone["dispatched"], gone["delivered"] + gone["refused"]]) + gone["called off"])  # fmt: skip
    _hold(evidence, "GMV, fen = value delivered + refused + called off, in the run and after it",
          _fen(played, "gmv").sum(keepdims=True),
          due[:, list(WORTH)].sum(keepdims=True).ravel())  # fmt: skip
    _hold(evidence, "pieces and fen of the SKUs = those of the channels, without freight",
          np.round([played.of_skus("units").sum(), 100 * played.of_skus("gmv").sum()]),
          np.round([played.total("units"), 100 * (played.total("gmv") - played.total("freight"))]))  # fmt: skip
    _hold(evidence, "coupons claimed = used + expired + held",
          np.cumsum(played.daily("coupons_claimed")),
          np.cumsum(played.daily("coupons_used") + played.daily("coupons_expired"))
          + played.daily("coupons_held"))  # fmt: skip


def test_money_is_neither_made_nor_lost(played: Run, evidence: Evidence) -> None:
    opening = round(100 * LIVELY["operations.money.opening_cash"])

    assert min(played.total(name) for name in COSTS) > 0
    _hold(evidence, "opening cash + in − out + borrowed − repaid = cash, fen",
          opening + np.cumsum(_fen(played, "cash_in", "borrowed") - _fen(played, "cash_out", "repaid")),
          _fen(played, "cash"))  # fmt: skip
    _hold(evidence, "borrowed − repaid = loan, fen",
          np.cumsum(_fen(played, "borrowed") - _fen(played, "repaid")), _fen(played, "loan"))  # fmt: skip
    _hold(evidence, f"GMV less its {len(COSTS)} costs = profit, fen",
          _fen(played, "gmv") - _fen(played, *COSTS), _fen(played, "profit"))  # fmt: skip
