"""`Goals`: what each period and channel must bring, what is forecast for it, and the chance that it does."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from storesim.errors import UsageError
from storesim.kpi import MONEY
from storesim.results.tables import plain_text

if TYPE_CHECKING:
    import pandas as pd

Level = Literal["year", "quarter", "month", "week", "day", "event"]

COLUMNS = (
    "period", "level", "channel", "category", "material", "role", "kpi",
    "goal", "forecast_p10", "forecast_p50", "forecast_p90", "chance",
)  # fmt: skip
"""Of `goals.csv`, in order."""

_NAMES = ("channel", "category", "material", "role")
"""Columns that hold words of the user's."""

BUDGETS = frozenset({"ad_spend", "ad_spend_per_day", "clicks", "commission", "parcels", "costs"})
"""Goals that are spent, not reached: they have no chance."""

PAID = MONEY | {"ad_spend_per_day", "costs"}
"""KPIs written with two decimals."""


class Goal(NamedTuple):
    """One row: a KPI of a period, of the store or of one channel; a tuple, since a year has ten thousand."""

    period: str
    """"2027", "2027Q1", "2027-01", "2027-W01", "2027-01-31"; an event line is "2027-11/11.11"."""

    level: Level
    channel: str
    """"" for the whole store."""

    kpi: str
    goal: float | int
    """Counts are integers; money is CNY, exact to the fen; CVR, AOV and depth are divided from these."""

    p10: float = math.nan
    p50: float = math.nan
    p90: float = math.nan
    """Quantiles of the forecast without the plan; NaN without a forecast."""

    chance: float = math.nan
    """P(kpi ≥ goal) under that forecast; NaN where it is not asked."""

    category: str = ""
    material: str = ""
    role: str = ""
    """Part of the assortment the row is about; all three "" where it is about everything that is sold."""

    @property
    def is_part(self) -> bool:
        """Whether it is about a part of the assortment."""
        return bool(self.category or self.material or self.role)


@dataclass(frozen=True)
class GapRow:
    """Plan against actuals of one sum in one period, and one cause of the difference; money in CNY."""

    period: str
    """"2027-02", or "2027-01-01/2027-03-15" for all that is over."""

    channel: str
    kpi: str
    plan: float
    actual: float
    cause: str
    """Driver: "uv", "cvr", "aov", "depth"."""

    amount: float

    @property
    def gap(self) -> float:
        """Actual less plan."""
        return round(self.actual - self.plan, 2)


@dataclass(frozen=True)
class LeverRow:
    """One lever at one step, against the store as it is, on common luck; totals of the year, CNY."""

    path: str
    how: Literal["times", "plus"]
    step: float
    gmv: float
    """GMV it adds."""

    error: float
    """Standard error of `gmv`."""

    cost: float
    """What it costs: ad spend, commission, discounts, wages or storage."""

    profit: float
    """Profit it adds, or takes."""

    clear: bool
    """Whether `gmv` is beyond luck, all steps of all levers being looked at."""

    about: str = ""
    """The sale whose setting it is, or that is joined."""

    @property
    def roi(self) -> float:
        """GMV added per CNY it costs; NaN where it costs nothing."""
        return self.gmv / self.cost if self.cost > 0.0 else math.nan


@dataclass(frozen=True)
class StageShare:
    """费比 of one stage."""

    stage: str
    ad_spend: float
    gmv: float

    @property
    def share(self) -> float:
        """Ad spend over GMV."""
        return self.ad_spend / self.gmv


@dataclass(frozen=True)
class Pull:
    """One setting of a mix of levers, or one item that joins a list."""

    path: str
    """Of the setting, such as channels.express.daily_budget; with a + behind it the value joins the list."""

    value: object
    """What it becomes; of an item that joins, its settings."""

    stage: str = ""
    """The stage whose playbook sets it; empty: whatever the stage."""

    first: str = ""
    """Day on which it begins, such as "2027-06-01"; empty: always."""

    last: str = ""
    """Its last day; empty: to the end."""

    @property
    def spelt(self) -> tuple[str, str]:
        """(path with its stage and days, value) as a scenario spells them."""
        days = f"{self.first} – {self.last}" if self.last else f"{self.first} →" if self.first else ""
        when = ", ".join(filter(None, (self.stage, days)))
        value = _listed(self.value) if isinstance(self.value, Mapping) else str(self.value)
        return f"{self.path} ({when})" if when else self.path, value


@dataclass(frozen=True)
class Pulled:
    """Levers tried, and the cheapest mix of them that brings what is missing, as it was simulated."""

    rows: tuple[LeverRow, ...]
    changes: Mapping[str, object]
    """By dotted path, the settings of the mix; a + behind a path adds to a list. Empty where nothing lacks or helps."""

    need: float
    """What the middle of the forecast lacks of the target, CNY."""

    added: Mapping[str, float]
    """What the mix adds to GMV, profit, visitors, ad spend …; means of paired runs."""

    error: float
    """Standard error of the GMV added."""

    cost: float
    n_runs: int
    """Runs the mix was simulated in."""

    chance: float
    """Chance of the target with the mix."""

    chance_before: float
    stages: tuple[StageShare, ...]
    binds: tuple[tuple[str, str, float], ...]
    """(what, channel, size 0 to 1) that holds the store back as it is: budget, stock, gate, chat."""

    since: str = ""
    """Day from which on levers are pulled, such as "2027-06-01"; empty: from the first day."""

    dated: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Stage, first and last day of each change the scenario has already, by its path, such as changes.0."""

    @property
    def falls_short(self) -> bool:
        """Whether the mix clearly brings less than what is missing: by two standard errors and a hundredth of it."""
        return self.added.get("gmv", 0.0) + 2.0 * self.error < 0.99 * self.need

    @property
    def lines(self) -> tuple[Pull, ...]:
        """The mix, one setting or item a line."""
        found: list[Pull] = []
        for path, value in self.changes.items():
            for item in value if isinstance(value, list | tuple) else [value]:
                if path == "changes+" and isinstance(item, Mapping):
                    found += _dated(item)
                else:
                    found.append(self._always(path, item))
        return tuple(found)

    def _always(self, path: str, value: object) -> Pull:
        """A setting of the store, or of a stage's playbook, or of a dated change that there is already."""
        place, book, lever = path.partition(".playbook.")
        if not book:
            return Pull(path, value)
        return Pull(lever, value, *self.dated.get(place, (place.removeprefix("stages."), "", "")))


@dataclass(frozen=True)
class Goals:
    """An annual target, broken down."""

    year: int
    target: float
    """GMV asked of the year, CNY."""

    rows: Sequence[Goal]
    """Year, quarters, months, weeks, days, events; within each the store, then its channels; then the assortment."""

    notes: tuple[str, ...] = ()
    """What the reader must know: assumptions, limits that bind, chances in words. English."""

    notes_zh: tuple[str, ...] = ()
    """The same in Chinese, in the same order."""

    reachable: tuple[tuple[float, float], ...] = ()
    """(chance, GMV of the year that is reached with it), for 50, 80 and 90 %; empty without a forecast."""

    gap: tuple[GapRow, ...] = ()
    """Why elapsed days differ from the plan before; empty without actuals."""

    levers: Pulled | None = None
    """What brings what is missing; None where no lever was tried."""

    @cached_property
    def _index(self) -> Mapping[tuple[str, str, str], Goal]:
        return {(row.period, row.kpi, row.channel): row for row in self.rows if not row.is_part}

    def row(self, period: str, kpi: str, channel: str = "") -> Goal:
        """The row of a period, KPI and channel ("" is the store).

        Raises
        ------
        UsageError
            If there is none; says what there is.
        """
        found = self._index.get((period, kpi, channel))
        if found is None:
            wanted = f"{kpi} of '{channel or 'the store'}' in {period}"
            raise UsageError(f"there is no goal for {wanted}; {self._what_there_is(period, kpi)}")
        return found

    def of_store(self, period: str) -> dict[str, Goal]:
        """The rows of a period that are about the whole store and all it sells, by KPI."""
        return {row.kpi: row for row in self.rows if row.period == period and not row.channel and not row.is_part}

    def value(self, period: str, kpi: str, channel: str = "") -> float | int:
        """The goal of a period, KPI and channel; UsageError if there is none."""
        return self.row(period, kpi, channel).goal

    def chance(self, period: str, kpi: str = "gmv", channel: str = "") -> float:
        """The chance that the forecast reaches that goal without the plan; NaN where it is not asked."""
        return self.row(period, kpi, channel).chance

    def frame(self) -> pd.DataFrame:
        """Every row, with the columns of `goals.csv`."""
        import pandas as pd

        return pd.DataFrame([_cells(row) for row in self.rows], columns=list(COLUMNS))

    def _what_there_is(self, period: str, kpi: str) -> str:
        periods = dict.fromkeys(row.period for row in self.rows)
        if period not in periods:
            return f"periods are {', '.join(periods)}"
        kpis = dict.fromkeys(row.kpi for row in self.rows if row.period == period)
        if kpi not in kpis:
            return f"KPIs are {', '.join(kpis)}"
        same = (row for row in self.rows if (row.period, row.kpi) == (period, kpi))
        channels = dict.fromkeys(row.channel or "the store" for row in same)
        return f"it is planned for {', '.join(channels)}"


def _dated(change: Mapping[str, Any]) -> list[Pull]:
    """Each lever of a dated change, with its days and its stage."""
    when = (change.get("stage") or "", str(change["from"]), str(change.get("to") or ""))
    return [Pull(path, value, *when) for path, value in change["playbook"].items()]


def _listed(item: Mapping[str, object]) -> str:
    """An item of a list in a line; what it holds in groups of its own is left out."""
    return ", ".join(f"{name}: {value}" for name, value in item.items() if not isinstance(value, Mapping))


def goals_csv(goals: Goals) -> str:
    """The text of `goals.csv`: money with two decimals, counts whole, ratios in full, unknown cells empty.

    Ratios keep every digit, so that GMV = UV × CVR × AOV can be checked from the file. A name that a spreadsheet
    program would take for a formula is written as text.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in goals.rows:
        cells = _cells(row)
        for name in ("goal", "forecast_p10", "forecast_p50", "forecast_p90"):
            cells[name] = _number(row.kpi, cells[name], is_goal=name == "goal")
        cells["chance"] = "" if math.isnan(row.chance) else f"{row.chance:.6g}"
        texts = {name: plain_text(getattr(row, name)) for name in _NAMES}
        writer.writerow([(cells | texts)[name] for name in COLUMNS])
    return text.getvalue()


def _cells(row: Goal) -> dict[str, str | float | int]:
    return {
        "period": row.period,
        "level": row.level,
        "channel": row.channel,
        "category": row.category,
        "material": row.material,
        "role": row.role,
        "kpi": row.kpi,
        "goal": row.goal,
        "forecast_p10": row.p10,
        "forecast_p50": row.p50,
        "forecast_p90": row.p90,
        "chance": row.chance,
    }


def _number(kpi: str, value: str | float | int, *, is_goal: bool) -> str:
    if isinstance(value, str | int):
        return str(value)
    if math.isnan(value):
        return ""
    if kpi in PAID:
        return f"{value:.2f}"
    return repr(value) if is_goal else f"{value:.8g}"
