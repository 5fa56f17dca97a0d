"""Launch, growth, stable: the gates between them and their weekly review (MODEL section 2).

A stage is the playbook of levers it sets and nothing else. The store moves up when its own record meets the gate of
the next stage, or on the gate's date; it may fall back when trade is too thin. One step a review. A stage without a
gate is never entered.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np

from storesim.engine.day import F
from storesim.model.today import Standing
from storesim.scenario.store import STAGES, Gate, Stages

REVIEW_DAYS = 7
MONTH, QUARTER = 28, 84
ORDER_DAYS = 30
"""Days over which platform events ask for orders (DOMAIN 5.4)."""


class Rule(NamedTuple):
    """How one stage is entered and left."""

    gate: Gate | None
    on: int | None
    """Day of the run on which it is entered whatever the record says."""

    back_below: float | None
    """28-day GMV under which the store falls back, CNY."""


def read_rules(stages: Stages, opened: dt.date) -> tuple[Rule, ...]:
    """The three stages in order."""
    rules = []
    for name in STAGES:
        stage = getattr(stages, name)
        dated = stage.gate is not None and stage.gate.on is not None
        rules.append(Rule(stage.gate, (stage.gate.on - opened).days if dated else None, stage.back_below))
    return tuple(rules)


class Career:
    """Which stage the store is in, from its own record.

    Parameters
    ----------
    known
        [n_days] the market's calendar, by which growth is freed from season.
    """

    def __init__(self, rules: tuple[Rule, ...], known: F) -> None:
        self._rules = rules
        self._known = known
        self._gmv = np.zeros(known.size)
        self._buyers = np.zeros(known.size)
        self._returning = np.zeros(known.size)
        self._orders = [0.0] * ORDER_DAYS
        self._ordered = 0.0
        self._entered = 0
        self.stage = self._by_date(0, 0)

    @property
    def dates(self) -> tuple[int, ...]:
        """Days on which a stage is entered by date."""
        return tuple(rule.on for rule in self._rules if rule.on is not None and rule.on > 0)

    @property
    def orders_a_day(self) -> float:
        """Mean orders of the last 30 days."""
        return self._ordered / ORDER_DAYS

    def close(self, day: int, gmv: float, buyers: float, returning: float, *, orders: float = 0.0) -> None:
        """Note the day: GMV in CNY, buyers, those of them that came as members, and orders."""
        place = day % ORDER_DAYS
        # Whole numbers, so that the sum can be kept by adding and taking away.
        self._ordered += orders - self._orders[place]
        self._orders[place] = orders
        self._gmv[day], self._buyers[day], self._returning[day] = gmv, buyers, returning

    def review(self, day: int, standing: Standing) -> bool:
        """Move by at most one stage on the morning of `day`, or to the latest stage whose date has come.

        The record counts every seventh day; on other days only dates do.
        """
        before = self.stage
        self.stage = self._by_date(day, before)
        if self.stage == before and day % REVIEW_DAYS == 0:
            self.stage = self._by_record(day, standing)
        if self.stage != before:
            self._entered = day
        return self.stage != before

    def _by_date(self, day: int, stage: int) -> int:
        due = [i for i, rule in enumerate(self._rules) if rule.on is not None and rule.on <= day]
        return max([stage, *due])

    def _by_record(self, day: int, standing: Standing) -> int:
        trade = float(self._gmv[max(0, day - MONTH) : day].sum())
        rule = self._rules[self.stage]
        settled = day - self._entered >= MONTH
        if rule.back_below is not None and rule.on is None and self.stage > 0 and settled and trade < rule.back_below:
            return self.stage - 1
        if self.stage + 1 < len(self._rules):
            following = self._rules[self.stage + 1]
            if following.gate is not None and following.on is None and self._meets(following.gate, day, standing):
                return self.stage + 1
        return self.stage

    def _meets(self, gate: Gate, day: int, standing: Standing) -> bool:
        month = slice(max(0, day - MONTH), day)
        buyers = float(self._buyers[month].sum())
        returning = float(self._returning[month].sum()) / buyers if buyers > 0.0 else 0.0
        return (
            standing.age >= gate.age
            and standing.good_reviews >= gate.good_reviews
            and standing.good_rate >= gate.good_rate
            and float(self._gmv[month].sum()) >= gate.gmv_28d
            and returning >= gate.returning_share
            and (gate.growth_below is None or self._growth(day) < gate.growth_below)
        )

    def _growth(self, day: int) -> float:
        """Growth of the last 84 days' GMV over the 84 before, freed from the calendar; infinite without a record."""
        if day < 2 * QUARTER:
            return float("inf")
        late, early = slice(day - QUARTER, day), slice(day - 2 * QUARTER, day - QUARTER)
        now = self._gmv[late].sum() / self._known[late].sum()
        then = self._gmv[early].sum() / self._known[early].sum()
        return float(now / then - 1.0) if then > 0.0 else float("inf")
