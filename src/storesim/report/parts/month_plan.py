"""The goals of the months as numbers that agree to the last digit, for cached values of formulas."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from storesim.report.document import Kind, printable
from storesim.report.parts import goals as goal_tables
from storesim.report.parts.names import period_name
from storesim.report.sources import Sources
from storesim.results.periods import period_bounds, period_of

if TYPE_CHECKING:
    from storesim.plan.goals import Goal, Goals

SUMS = ("gmv", "uv", "visits", "pv", "buyers", "ad_spend")
SHOWN: tuple[tuple[str, Kind], ...] = (
    ("gmv", "fen"), ("uv", "count"), ("visits", "count"), ("pv", "count"), ("buyers", "count"), ("cvr", "share"),
    ("aov", "price"), ("ad_spend", "fen"),
)  # fmt: skip


class MonthPlan:
    """The goals of the months as numbers that agree to the last digit, for cached values of formulas."""

    def __init__(self, sources: Sources, found: Goals) -> None:
        self.sources, self.found, self.say = sources, found, sources.say
        beside = goal_tables.lines_beside(sources, found)
        self.events: dict[str, str] = {}
        """Periods of the lines beside months, by their keys here."""
        self.amounts: dict[str, dict[str, float]] = {}
        for month, goals_of in goal_tables.of_level(found, "month").items():
            self.amounts[month] = amounts_of(goals_of)
            for i, period in enumerate(period for period in beside if period.startswith(month)):
                self.events[f"{month}-{i}"] = period
                self.amounts[f"{month}-{i}"] = amounts_of(beside[period])
        self.months = list(self.amounts)
        """Months, each followed by the lines that stand beside it."""
        self.year = str(found.year)
        planned = {name for amounts in self.amounts.values() for name, amount in amounts.items() if amount}
        self.shown = tuple((name, kind) for name, kind in SHOWN if name in planned or name == "gmv")
        """KPIs that are planned, and how each is printed; a planner's sheet may say nothing of page views."""
        self.visits = "visits" in planned

    def members(self, period: str) -> list[str]:
        """Months, and lines beside them, of a quarter or of the year."""
        if len(period) == 4:
            return self.months
        return [month for month in self.months if self.quarter(month) == period]

    def quarter(self, month: str) -> str:
        """The quarter of a month or of a line beside it."""
        return period_of(period_bounds(month[:7])[0], "quarter")

    def lines(self, month: str) -> tuple[str, str]:
        """First and last of a month and the lines that stand beside it."""
        found = [key for key in self.months if key.startswith(month)]
        return found[0], found[-1]

    @property
    def quarters(self) -> tuple[str, ...]:
        """Quarters that hold a month, in order."""
        return tuple(dict.fromkeys(self.quarter(month) for month in self.months))

    def label(self, period: str) -> str:
        """What a month, a line beside one, a quarter or the year is called."""
        if period in self.events:
            return printable(self.events[period].partition("/")[2])
        return period_name(period, self.sources)

    def sums(self, period: str) -> dict[str, float]:
        """Sums of the months of a period, and CVR and AOV divided from them."""
        sums = {name: math.fsum(self.amounts[month][name] for month in self.members(period)) for name in SUMS}
        return with_ratios(sums)


def amounts_of(goals_of: dict[str, Goal]) -> dict[str, float]:
    """The counts of a period or channel, with CVR and AOV divided from them."""
    goal = {name: float(goals_of[name].goal) if name in goals_of else 0.0 for name in (*SUMS, "cvr", "aov")}
    if not goal["buyers"]:
        goal["buyers"] = float(round(goal["uv"] * goal["cvr"])) if math.isfinite(goal["cvr"]) else 0.0
    return with_ratios({name: goal[name] for name in SUMS})


def with_ratios(sums: dict[str, float]) -> dict[str, float]:
    """Counts, and CVR and AOV divided from them."""
    return sums | {"cvr": over(sums["buyers"], sums["uv"]), "aov": over(sums["gmv"], sums["buyers"])}


def over(above: float, below: float) -> float:
    """One number over another, 0 over nothing."""
    # 0 and not NaN: a spreadsheet shows an empty month as 0 and can add it up.
    return above / below if below else 0.0
