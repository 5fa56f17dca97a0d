"""`break_down`: an annual target as goals for quarters, months and channels, with the chance of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from storesim.errors import PlanError, UsageError
from storesim.plan import notes
from storesim.plan.chance import SURE, chance, reached_with
from storesim.plan.channels import Response
from storesim.plan.goals import Goals
from storesim.plan.mix import Shelf
from storesim.plan.most_likely import Aids, most_likely
from storesim.plan.periods import YearOutlook, covered_years, year_outlook
from storesim.plan.sheet import sheet_of
from storesim.scenario.events import Event
from storesim.scenario.targets import Target

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook


def break_down(
    outlook: Outlook | None,
    targets: Mapping[str, Target] | Target,
    *,
    year: int | None = None,
    response: Response | None = None,
    shelf: Shelf | None = None,
    events: Sequence[Event] = (),
) -> Goals:
    """The goals that make up an annual target: what each quarter, month and channel must bring, and at what chance.

    The most likely way to the target, given the joint forecast of UV, CVR and AOV by month; or, where the target brings
    its own weights, the planner's sheet. Every count and every fen adds up: months to quarters to the year, channels to
    the store. Forecast quantiles and chances are those of the outlook as it is, never of the plan.

    Parameters
    ----------
    outlook
        The forecast; None only for a target that brings `weights`.
    targets
        One target, or targets by calendar year, such as `scenario.targets`.
    year
        Calendar year to plan; the first that has a target and a forecast if left out.
    response
        The caller's own response curves, (channel, month, visitors) → CNY; without, what the paths show.
    shelf
        The assortment, as `shelf_of` gives it: quarters are broken down to category, material and role too.
    events
        Sales on the calendar, such as `scenario.events`: each gets its own rows, the sums of its days.

    Raises
    ------
    UsageError
        If no target, or not one for this year, was given.
    PlanError
        If the target cannot be broken down: nothing forecast in that year, every month zero, or (Unreachable) caps and
        floors that leave no way to it; the message says how far one can go and what binds.
    """
    target, year, aside = _which(outlook, targets, year)
    forecast = None if outlook is None else year_outlook(outlook, year)
    if target.is_sheet:
        found = sheet_of(target, year).goals(forecast, shelf)
    elif forecast is None:
        found = _without_forecast(outlook, target, year)
    else:
        found = most_likely(forecast, target, Aids(response, shelf, events))
    remarks = [notes.Note(*pair) for pair in zip(found.notes, found.notes_zh, strict=True)]
    reach: tuple[tuple[float, float], ...] = ()
    if forecast is not None and forecast.has("gmv"):
        told, reach = chances_of(forecast, target.gmv)
        remarks = told + remarks
    remarks += [notes.other_years(aside, year)] if aside else []
    return Goals(year, target.gmv, found.rows, tuple(n.en for n in remarks), tuple(n.zh for n in remarks), reach)


def target_of(outlook: Outlook | None, targets: Mapping[str, Target] | Target, year: int | None) -> tuple[Target, int]:
    """The target to plan and its year; UsageError as `break_down`."""
    return _which(outlook, targets, year)[:2]


def _which(
    outlook: Outlook | None, targets: Mapping[str, Target] | Target, year: int | None
) -> tuple[Target, int, list[str]]:
    """The target to plan, its year, and the years of other targets."""
    covered = {} if outlook is None else covered_years(outlook)
    if isinstance(targets, Target):
        if year is None and not covered:
            raise UsageError("a single target does not say its year; give year, such as year=2027")
        return targets, year if year is not None else max(covered, key=lambda y: (covered[y], -y)), []
    names = sorted(targets)
    if not names:
        raise UsageError("no target is set; write one in the scenario, such as targets: {2027: {gmv: 500万}}")
    if year is None:
        year = next((int(name) for name in names if int(name) in covered), int(names[0]))
    if str(year) not in targets:
        raise UsageError(f"there is no target for {year}; targets are set for {', '.join(names)}")
    return targets[str(year)], year, [name for name in names if name != str(year)]


def _without_forecast(outlook: Outlook | None, target: Target, year: int) -> Goals:
    if outlook is not None:
        days = outlook.dates
        raise PlanError(
            f"no day of {year} is in the forecast, which runs from {days[0]} to {days[-1]}: every month of the year "
            "would be zero. Simulate or forecast that year, or set the target for another"
        )
    if target.weights is None:
        raise PlanError(
            f"the target for {year} needs a forecast, or months of its own: weights, cvr and aov make a sheet that "
            "needs none"
        )
    return sheet_of(target, year).goals(None)


def chances_of(forecast: YearOutlook, target: float) -> tuple[list[notes.Note], tuple[tuple[float, float], ...]]:
    """The chance of the year and what is reached with 50, 80, 90 %; nothing from a single path."""
    remarks = notes.coverage(forecast.year, forecast.first, forecast.last, forecast.past_gmv)
    if forecast.n_paths < 2:
        return remarks, ()
    outcomes = forecast.outcomes("gmv", slice(0, 12))
    amounts = [reached_with(outcomes, sure) for sure in SURE]
    told = [notes.chance_of_year(target, chance(outcomes, target)), notes.reachable(amounts)]
    return told + remarks, tuple(zip(SURE, (round(a, 2) for a in amounts), strict=True))
