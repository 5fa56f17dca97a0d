"""`replan`: the rest of a year that has begun, and why the part that is over went as it did."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.forecast.outlook import Outlook
from storesim.plan import notes
from storesim.plan.actuals import (
    Actuals,
    actuals_of,
    by_channel,
    followed_by,
    in_the_light_of,
    without_elapsed,
)
from storesim.plan.break_down import break_down, chances_of, target_of
from storesim.plan.chance import chance
from storesim.plan.days import DayPlan
from storesim.plan.exact import Whole
from storesim.plan.gap import gap_between
from storesim.plan.goals import Goals
from storesim.plan.mix import Shelf
from storesim.plan.most_likely import Aids, Planned, planned
from storesim.plan.periods import YearOutlook, year_outlook
from storesim.results.history import History
from storesim.scenario.events import Event
from storesim.scenario.targets import SaleDay, Target

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Begun:
    """A year that has begun, by path of its forecast in the light of the days that are over."""

    last: dt.date
    """Last day that is over."""

    year: Array
    """[n_paths] GMV of the year: of the days that are over as it was, and of the rest as foretold, CNY."""

    sold: float
    """GMV of the days that are over, CNY."""


@dataclass(frozen=True)
class Replan:
    """A year planned again."""

    goals: Goals
    """Elapsed days as they were, the rest as it must now be."""

    before: Goals
    """The plan as it was made without the actuals."""

    begun: Begun
    """What the rest of the year was planned from."""


def replan(
    outlook: Outlook,
    targets: Mapping[str, Target] | Target,
    history: History,
    *,
    rest: Outlook | None = None,
    year: int | None = None,
    shelf: Shelf | None = None,
    events: Sequence[Event] = (),
) -> Replan:
    """The rest of the year again: elapsed days fixed at actuals, target less actuals over what is left.

    Parameters
    ----------
    outlook
        The forecast of the whole year without the plan and without the actuals, such as of a simulation.
    history
        The days that are over.
    rest
        A forecast of the days after them, made from them; if not given, `outlook` moved to the level they show.
    targets, year, shelf, events
        As for `break_down`.

    Raises
    ------
    PlanError
        As `break_down`; and if the actuals do not fit the year.
    """
    target, year = target_of(outlook, targets, year)
    before = break_down(outlook, target, year=year, shelf=shelf, events=events)
    covered = _days_of_year(outlook, year)
    actuals = actuals_of(history, year, covered.first)
    if actuals.last >= covered.last:
        raise PlanError(f"{actuals.name} ends on {actuals.last}: nothing of {year} is left to plan")
    lit = in_the_light_of(outlook, actuals) if rest is None else followed_by(outlook, actuals, rest)
    whole, left = _days_of_year(lit, year), _days_of_year(without_elapsed(lit, actuals), year)
    sold = int(actuals.counts["gmv"].sum())
    asked, remarks = _rest_of_target(target, sold, left, actuals)
    plan = planned(left, asked)
    elapsed = by_channel(actuals, outlook)
    full = _with_elapsed(plan, actuals, elapsed, whole)
    told_apart = {name: own for name, own in elapsed.items() if actuals.channels.get(name)}
    told, reach = chances_of(whole, target.gmv)
    remarks = [*told, *remarks, notes.elapsed_channels(tuple(told_apart), outlook.channels), *full.remarks]
    sure = chance(whole.outcomes("gmv", slice(0, 12)), target.gmv).value
    # Where the target is reached already the year's row says more than the target; its chance is the target's.
    rows = tuple(
        row._replace(chance=sure)
        if (row.level, row.kpi, row.channel, row.is_part) == ("year", "gmv", "", False)
        else row
        for row in full.rows(whole, target, Aids(None, shelf, events))
    )
    goals = Goals(year, target.gmv, rows, tuple(n.en for n in remarks), tuple(n.zh for n in remarks), reach,
                  gap_between(before, actuals, told_apart))  # fmt: skip
    return Replan(goals, before, Begun(actuals.last, whole.outcomes("gmv", slice(0, 12)), sold / 100.0))


def _days_of_year(outlook: Outlook, year: int) -> YearOutlook:
    found = year_outlook(outlook, year)
    if found is None:
        raise PlanError(f"no day of {year} is in the forecast, so that there is no plan to hold against the actuals")
    return found


def _rest_of_target(target: Target, sold: int, rest: YearOutlook, actuals: Actuals) -> tuple[Target, list[notes.Note]]:
    """The target of the days that are left; their forecast's middle where the year's is reached already."""
    left = round(target.gmv - sold / 100.0, 2)
    remarks = [notes.elapsed(actuals.first, actuals.last, sold / 100.0, left)]
    if left <= 0.0:
        left = round(max(0.01, float(np.median(rest.outcomes("gmv", slice(0, 12))))), 2)
        remarks.append(notes.reached_already())
    changes: dict[str, object] = {"gmv": left}
    if target.weights is not None:
        days = np.array(rest.days) - _elapsed_days(rest, actuals)
        share = np.divide(days, rest.days, out=np.zeros(12), where=np.array(rest.days) > 0)
        changes["weights"] = tuple(float(w * s) for w, s in zip(target.weights, share, strict=True))
        changes["sale_days"] = to_come = dict(_sales_to_come(target, actuals, share))
        if undated := [name for name, day in to_come.items() if day.weight != target.sale_days[name].weight]:
            remarks.append(notes.sales_undated(undated))
    changes |= _rest_of_constraints(target, actuals)
    return target.model_copy(update=changes), remarks


def _sales_to_come(target: Target, actuals: Actuals, share: Array) -> Iterator[tuple[str, SaleDay]]:
    """Sale days that are not over; of the running month by the date in their name, else by the share of days left.

    `share` [12] of each month's days that are left.
    """
    for name, day in target.sale_days.items():
        if day.month != actuals.last.month:
            if day.month > actuals.last.month:
                yield name, day
            continue
        date = _date_in(name, actuals.last.year, day.month)
        left = float(share[day.month - 1]) if date is None else float(date > actuals.last)
        if left > 0.0:
            yield name, day.model_copy(update={"weight": day.weight * left})


def _date_in(name: str, year: int, month: int) -> dt.date | None:
    """The date a sale is named by, such as 11.11 or 618; None if by none of this month."""
    found = re.search(r"(\d{1,2})[./-](\d{1,2})", name) or re.search(r"(\d{1,2}?)(\d{2})(?!\d)", name)
    if found is None or int(found[1]) != month or not 1 <= int(found[2]) <= calendar.monthrange(year, month)[1]:
        return None
    return dt.date(year, month, int(found[2]))


def _rest_of_constraints(target: Target, actuals: Actuals) -> dict[str, object]:
    """What is left of settled periods and of the year's limits; periods that are over are settled for good."""
    dates = [actuals.first + dt.timedelta(days=day) for day in range(actuals.counts["gmv"].size)]
    fixed: dict[str, float] = {}
    for name, amount in target.fixed.items():
        quarter = 3 * int(name[1:]) if name.startswith("Q") else 0
        months = range(quarter - 2, quarter + 1) if quarter else range(int(name), int(name) + 1)
        sold = sum(int(n) for date, n in zip(dates, actuals.counts["gmv"], strict=True) if date.month in months) / 100.0
        if max(months) > actuals.last.month or (actuals.last + dt.timedelta(days=1)).month == max(months):
            fixed[name] = max(0.01, round(amount - sold, 2))
    found: dict[str, object] = {"fixed": fixed}
    if target.uv_limit is not None:
        found["uv_limit"] = max(1.0, target.uv_limit - int(actuals.counts["uv"].sum()))
    if target.ad_budget is not None and "ad_spend" in actuals.counts:
        found["ad_budget"] = max(1.0, target.ad_budget - int(actuals.counts["ad_spend"].sum()) / 100.0)
    return found


def _elapsed_days(rest: YearOutlook, actuals: Actuals) -> Whole:
    days = np.zeros(12, dtype=np.int64)
    date = max(actuals.first, rest.first)
    while date <= actuals.last:
        days[date.month - 1] += 1
        date += dt.timedelta(days=1)
    return days


def _with_elapsed(
    plan: Planned, actuals: Actuals, channels: Mapping[str, Mapping[str, Whole]], whole: YearOutlook
) -> Planned:
    """The rest's plan and the elapsed days together; counts they do not know are left out, but for spend."""
    place = slice((actuals.first - whole.first).days, (actuals.last - whole.first).days + 1)
    month_of = np.array([(whole.first + dt.timedelta(days=day)).month - 1 for day in range(whole.n_days)])

    def joined(days: Mapping[str, Whole], elapsed: Mapping[str, Whole]) -> dict[str, Whole]:
        found: dict[str, Whole] = {}
        for name, numbers in days.items():
            # Clicks that nobody counted beside spend that somebody did would make the cost of a click a wrong one.
            unknown = name == "ad_spend" or (name == "clicks" and not elapsed.get("ad_spend", np.zeros(1)).any())
            if name in elapsed or unknown:
                found[name] = numbers.copy()
                found[name][place] += elapsed.get(name, 0)
        return found

    store = joined(plan.days.store, actuals.counts)
    by_name = {name: joined(days, channels.get(name, {})) for name, days in plan.days.channels.items()}

    def by_month(days: Mapping[str, Whole]) -> dict[str, Whole]:
        return {name: np.array([int(n[month_of == m].sum()) for m in range(12)]) for name, n in days.items()}

    remarks = [*plan.remarks]
    if "ad_spend" in store and "ad_spend" not in actuals.counts:
        remarks.append(notes.spend_unknown(actuals.name))
    months = {name: by_month(days) for name, days in by_name.items()}
    return Planned(by_month(store), months, DayPlan(whole.first, store, by_name), remarks)
