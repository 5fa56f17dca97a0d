"""Money and parcels of the naive store: one plain formula a line, nothing rounded but what the kernel counts."""

from __future__ import annotations

from storesim.engine import day as d
from storesim.engine.kernel import Kernel
from storesim.scenario.document import Scenario

FEN = 100.0


class Books:
    """What each day earned, and the bank account."""

    def __init__(self, scenario: Scenario, opening: list[int]) -> None:
        money = scenario.operations.money
        self._cost = [round(sku.cost * FEN) / FEN for sku in scenario.catalogue.skus]
        self._first_bill = sum(cost * pieces for cost, pieces in zip(self._cost, opening, strict=True))
        self._deposit = money.deposit
        self._cash = money.opening_cash
        self._delivered: list[float] = []

    def close(
        self, now: Scenario, kernel: Kernel, day: int, gmv: float, spend: float, *, coupons: float
    ) -> dict[str, float]:
        """The figures of a day by the names of `kpi`, CNY; `gmv` and `spend` in fen, members' `coupons` in CNY."""
        money, due, by_sku = now.operations.money, kernel.due.days[day].tolist(), kernel.tally.by_sku
        gmv, spend = gmv / FEN, spend / FEN
        refunds, penalties = due[d.DUE_REFUND] / FEN, due[d.DUE_PENALTY] / FEN
        kept = (by_sku[:, d.SKU_UNITS] - kernel.due.sku_restock[day]).tolist()
        goods = sum(cost * pieces for cost, pieces in zip(self._cost, kept, strict=True))
        purchases = self._first_bill + sum(
            cost * pieces for cost, pieces in zip(self._cost, by_sku[:, d.SKU_ORDERED].tolist(), strict=True)
        )
        wages = now.operations.service.agents * money.agent_wage + money.other_wages
        parcels = money.parcel * due[d.DUE_DISPATCHED]
        overheads = money.overheads + self._upkeep(now)
        running = spend + parcels + wages + penalties + overheads + coupons
        elsewhere = self._elsewhere(now, kernel, day)
        on_jd = gmv - elsewhere["gmv"], refunds - elsewhere["refunds"]
        commission = money.commission * (on_jd[0] - on_jd[1]) + elsewhere["commission"]
        fee = money.transaction_fee * on_jd[0]
        self._delivered.append(due[d.DUE_DELIVERED_GMV] / FEN - elsewhere["delivered"])
        settled = self._delivered[-1 - money.settlement] if len(self._delivered) > money.settlement else 0.0
        cash_in = settled * (1.0 - money.commission - money.transaction_fee) + money.commission * on_jd[1]
        cash_in += elsewhere["cash_in"]
        cash_out = refunds + purchases + running + self._deposit
        self._cash += cash_in - cash_out
        self._first_bill = self._deposit = 0.0
        return {
            "dispatched": due[d.DUE_DISPATCHED], "late": due[d.DUE_LATE], "dispatch_wait": due[d.DUE_WAIT],
            "delivered": due[d.DUE_DELIVERED], "reviews": due[d.DUE_REVIEWS], "good_reviews": due[d.DUE_GOOD],
            "bad_reviews": due[d.DUE_BAD], "stars": due[d.DUE_STARS], "returned_units": due[d.DUE_RETURNED_UNITS],
            "refunds": refunds, "purchased_units": float(by_sku[:, d.SKU_ORDERED].sum()),
            "received_units": float(by_sku[:, d.SKU_RECEIVED].sum()), "purchases": purchases, "goods_cost": goods,
            "commission": commission, "transaction_fee": fee, "parcels": parcels, "wages": wages,
            "penalties": penalties, "overheads": overheads,
            "profit": gmv - refunds - commission - fee - goods - running,
            "cash_in": cash_in, "cash_out": cash_out, "cash": self._cash,
            "stock_units": float(kernel.state.stock.sum()),
        }  # fmt: skip

    def _upkeep(self, now: Scenario) -> float:  # noqa: ARG002  # who sells beyond JD asks
        """Paid today for being on other platforms, CNY."""
        return 0.0

    def _elsewhere(self, now: Scenario, kernel: Kernel, day: int) -> dict[str, float]:  # noqa: ARG002  # likewise
        """What was sold, refunded, delivered and settled beyond JD today, CNY."""
        return dict.fromkeys(("gmv", "refunds", "delivered", "commission", "cash_in"), 0.0)
