"""The most likely plan for a year's target, in whole numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.plan import notes
from storesim.plan.channels import Response, channel_plan
from storesim.plan.columns import Rows
from storesim.plan.constraints import ad_limit, limits_of, months_set
from storesim.plan.counting import whole_months
from storesim.plan.days import DayPlan, day_plan
from storesim.plan.drivers import Drivers, bounds_of, drivers_of
from storesim.plan.exact import Whole, nearest, share_out, to_fen
from storesim.plan.goals import BUDGETS, Goal, Goals
from storesim.plan.likely_path import LikelyPath, Unreachable, likely_path
from storesim.plan.limits import Bounds, Limit, path_within
from storesim.plan.mix import Shelf, mix_rows
from storesim.plan.periods import YearOutlook, sale_periods
from storesim.plan.rows import Book, rows_of, window_rows
from storesim.plan.sheet import event_rows, weights_with_sale_days
from storesim.scenario.events import Event
from storesim.scenario.targets import Target
from storesim.units import show_count, show_money, show_share

Array = NDArray[np.float64]
Limits = Mapping[str, float | None]

_AD_ROUNDS = 6
_FAR = 1.5
"""Times the furthest path beyond which a driver of the year is called unheard of; *assumed*."""

_USED_UP = 0.999
"""Share of the year's visitors from which on their limit is said to bind; rounding may leave a few."""

_LIMITS = ("cvr_max", "aov_max", "uv_max", "cvr_min", "aov_min")


@dataclass(frozen=True)
class Aids:
    """What a plan may use beside the forecast and the target."""

    response: Response | None = None
    """The caller's own response curves."""

    shelf: Shelf | None = None
    """The assortment to break quarters down to."""

    events: Sequence[Event] = ()
    """Sales on the calendar that get rows of their own."""


@dataclass(frozen=True)
class Planned:
    """A plan in whole numbers; money in fen."""

    months: dict[str, Whole]
    """[12] of each count of the store."""

    channels: dict[str, dict[str, Whole]]
    """Of each channel, [12] of each count."""

    days: DayPlan
    remarks: list[notes.Note]

    def rows(self, forecast: YearOutlook, target: Target, aids: Aids) -> Rows:
        """All rows, with quantiles and chances of a forecast that covers the same days."""
        return Rows(
            *rows_of(forecast.year, Book(self.months, self.channels), forecast, self.days),
            tuple(event_rows(target, forecast.year)),
            *window_rows(_windows(aids.events, target, forecast), self.days, forecast),
            tuple(parts_of(forecast.year, self.months, target, aids.shelf)),
        )


def most_likely(forecast: YearOutlook, target: Target, aids: Aids) -> Goals:
    """The most likely plan as goals."""
    found = planned(forecast, target, aids.response)
    remarks = found.remarks
    rows = found.rows(forecast, target, aids)
    return Goals(forecast.year, target.gmv, rows, tuple(n.en for n in remarks), tuple(n.zh for n in remarks))


def planned(forecast: YearOutlook, target: Target, response: Response | None = None) -> Planned:
    """The most likely plan, in whole numbers."""
    free = _planned(forecast, target, response, None)
    if target.ad_budget is None or not (forecast.has("ad_spend") and forecast.has("uv")):
        return free
    if int(free.months["ad_spend"].sum()) / 100.0 <= target.ad_budget:
        return free
    allowed = target.ad_budget
    for _ in range(_AD_ROUNDS):
        found = _planned(forecast, target, response, allowed)
        spent = int(found.months["ad_spend"].sum()) / 100.0
        if spent <= target.ad_budget:
            found.remarks.append(notes.ads_limited(target.ad_budget))
            break
        # Channels split visitors in their own ways; the store's limit is drawn in until their sum keeps the budget.
        allowed *= 0.999 * target.ad_budget / spent
    else:
        raise PlanError(
            f"no plan was found whose ads cost at most {show_money(target.ad_budget, exact=True)}; the nearest costs "
            f"{show_money(spent, exact=True)}. Raise ad_budget, or lower the target"
        )
    return found


def _planned(forecast: YearOutlook, target: Target, response: Response | None, ad_budget: float | None) -> Planned:
    drivers = drivers_of(forecast)
    limit = None if ad_budget is None else ad_limit(forecast, len(drivers.names), ad_budget)
    limits = {name: getattr(target, name) for name in _LIMITS}
    path, total = _solved(drivers, target, limits, limit)
    months = whole_months(total, path.totals, _real(forecast, drivers, path), limits)
    remarks = [*_lifts(forecast, drivers, target, path), *_remarks(drivers, path, limits)]
    if target.uv_limit is not None and int(months["uv"].sum()) >= _USED_UP * target.uv_limit:
        remarks.append(notes.visitors_limited(target.uv_limit))
    tables: dict[str, Whole] = {}
    if len(forecast.channels) > 1 and "uv" in months and forecast.has("uv"):
        plan = channel_plan(forecast, months, response)
        tables = dict(plan.counts)
        if target.ad_share is None:
            by_response = response is not None
            remarks += notes.channel_costs(plan.steepness, plan.unpaid_extra, by_response=by_response)
    channels = {
        # A channel that never costs money has no row for money.
        channel: {
            name: table[:, which] for name, table in tables.items() if name not in BUDGETS or table[:, which].any()
        }
        for which, channel in enumerate(forecast.channels if tables else ())
    }
    _plan_spend(forecast, target, months, channels)
    return Planned(months, channels, day_plan(forecast, months, channels), remarks)


def parts_of(year: int, months: Mapping[str, Whole], target: Target, shelf: Shelf | None) -> Iterator[Goal]:
    """Rows of the assortment's parts; none without an assortment."""
    if shelf is None:
        return iter(())
    quarters = {name: months[name].reshape(4, 3).sum(axis=1) for name in ("units", "gmv") if name in months}
    return mix_rows(year, shelf, quarters, target.mix)


def _windows(events: Sequence[Event], target: Target, forecast: YearOutlook) -> dict[str, tuple[dt.date, dt.date]]:
    """First and last day of the sales of the year that the forecast covers, by name."""
    asked = [event for event in events if event.name not in target.sale_days]
    named = sale_periods(asked, forecast.first, forecast.last)
    return {name: (event.first, event.last) for name, event in named.items()}


def _plan_spend(
    forecast: YearOutlook, target: Target, months: dict[str, Whole], channels: dict[str, dict[str, Whole]]
) -> None:
    """Adds "ad_spend" (fen) to `months` and `channels`: by the target's own share and split, else by channel."""
    costs = {channel: counts["ad_spend"] for channel, counts in channels.items() if "ad_spend" in counts}
    if target.ad_share is not None:
        budgets = [nearest(int(fen) * share) for fen, share in zip(months["gmv"], target.ad_share, strict=True)]
        months["ad_spend"] = np.array(budgets, dtype=np.int64)
    elif costs:
        months["ad_spend"] = np.asarray(sum(costs.values()), dtype=np.int64)
    elif forecast.has("ad_spend"):
        months["ad_spend"] = _spend_of_store(forecast, months)
    if "ad_spend" not in months:
        return
    split: dict[str, Array] = {tool: np.full(12, share) for tool, share in target.ad_split.items()}
    if not split and target.ad_share is not None:
        split = {channel: spend.astype(np.float64) for channel, spend in costs.items()}
    if split:
        for counts in channels.values():
            counts.pop("ad_spend", None)
        for name, spend in _shared(months["ad_spend"], split).items():
            channels.setdefault(name, {})["ad_spend"] = spend


def _shared(totals: Whole, parts: Mapping[str, Array]) -> dict[str, Whole]:
    """Each month's total shared out by parts; evenly where they are all 0."""
    table = np.stack(list(parts.values()), axis=1)
    table[~table.any(axis=1)] = 1.0
    shared = np.stack([share_out(int(total), row) for total, row in zip(totals, table, strict=True)])
    return {name: shared[:, which] for which, name in enumerate(parts)}


def _solved(drivers: Drivers, target: Target, limits: Limits, ad_limit: Limit | None = None) -> tuple[LikelyPath, int]:
    """The most likely path and the year's GMV in fen; Unreachable in the user's words."""
    lower, upper = bounds_of(drivers, limits)
    for name in ("cvr", "aov"):
        if (fixed := getattr(target, name)) is not None and name in drivers.names:
            which = drivers.names.index(name)
            set_months = np.log(np.maximum(fixed, 1e-300))
            lower[:, which], upper[:, which] = set_months, set_months
    total = to_fen(target.gmv)
    fixed_months = None
    rows = [*limits_of(drivers, target), *([ad_limit] if ad_limit is not None else [])]
    if target.weights is not None:
        fixed_months = _fixed(drivers, target, total)
    elif rows or target.fixed:
        fixed_months = months_set(drivers, target)
    else:
        lower, upper = _never_against_the_target(drivers, target.gmv, lower, upper)
    try:
        if rows:
            bounds = Bounds(lower, upper, fixed_months, drivers.identity)
            path = path_within(drivers.mean, drivers.covariance, target.gmv, bounds, rows)
        else:
            path = likely_path(
                drivers.mean, drivers.covariance, target.gmv,
                lower=lower, upper=upper, fixed=fixed_months, identity=drivers.identity,
            )  # fmt: skip
    except Unreachable as error:
        raise _explained(error, limits, target) from error
    return path, total


def _fixed(drivers: Drivers, target: Target, total: int) -> Array:
    """[12] GMV of each month by the target's own weights, lines beside included; CNY."""
    fixed = np.asarray(share_out(total, weights_with_sale_days(target)) / 100.0)
    for month in np.flatnonzero((fixed > 0) & ~drivers.alive):
        raise PlanError(f"month {month + 1} has a weight, but the forecast has no GMV in it; give it no weight")
    return fixed


def _never_against_the_target(drivers: Drivers, target: float, lower: Array, upper: Array) -> tuple[Array, Array]:
    """No month is asked for fewer visitors than forecast while the year must bring more, nor for more while less.

    Where conversion falls as visitors rise, the most likely way up could have fewer visitors; nobody plans that.
    """
    alive = drivers.alive
    first = np.where(alive, drivers.mean[:, 0], 0.0)
    product = np.where(alive, drivers.mean[:, : drivers.identity].sum(axis=1), -np.inf)
    held = np.where(alive, np.clip(drivers.mean, lower, upper)[:, : drivers.identity].sum(axis=1), -np.inf)
    lower, upper = lower.copy(), upper.copy()
    if target >= np.exp(product).sum():
        lower[:, 0] = np.maximum(lower[:, 0], np.minimum(first, upper[:, 0]))
    elif target <= np.exp(held).sum():
        upper[:, 0] = np.minimum(upper[:, 0], np.maximum(first, lower[:, 0]))
    return lower, upper


def _real(forecast: YearOutlook, drivers: Drivers, path: LikelyPath) -> dict[str, Array]:
    """[12] visitors, buyers, orders, visits and page views of the path, not rounded."""
    alive = drivers.alive
    running = np.zeros(12)
    real: dict[str, Array] = {}
    for which, count in enumerate(drivers.chain):
        running = running + np.where(alive, path.logs[:, which], 0.0)
        if count != "gmv":
            real[count] = np.where(alive, np.exp(running), 0.0)
    if "depth" in drivers.names:
        depth = np.where(alive, path.logs[:, drivers.names.index("depth")], 0.0)
        real["pv"] = real["uv"] * np.exp(depth)
    for name, below in (("orders", "buyers"), ("units", "orders"), ("visits", "uv")):
        if below in real and name not in real and forecast.has(name):
            above, under = (forecast.monthly(count).sum(axis=0) for count in (name, below))
            if name == "visits" and np.array_equal(above, under):
                continue  # visitors who come once a day: nothing to plan
            whole_year = above.sum() / under.sum()
            real[name] = real[below] * np.divide(above, under, out=np.full(12, whole_year), where=under > 0)
    return real


def _spend_of_store(forecast: YearOutlook, months: dict[str, Whole]) -> Whole:
    """[12] fen: the forecast's spend per visitor (per CNY where visitors are unknown) times what is asked."""
    base = "uv" if "uv" in months else "gmv"
    spend, below = (forecast.monthly(name).sum(axis=0) for name in ("ad_spend", base))
    rate = np.divide(spend, below, out=np.zeros(12), where=below > 0)
    asked = months[base] * (1.0 if base == "uv" else 0.01)
    return np.array([nearest(100.0 * number) for number in asked * rate], dtype=np.int64)


def _lifts(forecast: YearOutlook, drivers: Drivers, target: Target, path: LikelyPath) -> list[notes.Note]:
    """What the year's drivers are asked beyond the middle of their forecast, as the tables beside it say.

    And which of them are asked far beyond all its paths: caps on the others may leave a target no other way.
    """
    counts = np.exp(np.cumsum(path.logs[drivers.alive], axis=1)[:, : drivers.identity]).sum(axis=0)
    asked = counts / np.concatenate([[1.0], counts[:-1]])
    medians = {
        name: float(np.nanmedian(forecast.outcomes(name, slice(0, 12))))
        for name in ("gmv", *drivers.names[: drivers.identity])
        if forecast.has(name)
    }
    factors = {
        name: float(value) / medians[name]
        for name, value in zip(drivers.names, asked, strict=False)
        if medians.get(name)
    }
    # Where half of the paths sell nothing at all, the mean is the better middle.
    middle = medians["gmv"] or float(forecast.outcomes("gmv", slice(0, 12)).mean())
    found = [notes.lifts(target.gmv, middle, factors)]
    for name, value in zip(drivers.names, asked.tolist(), strict=False):
        if name in medians and name != "gmv":
            outcomes = forecast.outcomes(name, slice(0, 12))
            low, high = float(np.nanmin(outcomes)), float(np.nanmax(outcomes))
            if value > _FAR * high or value * _FAR < low:
                found.append(notes.unheard_of(name, value, (low, high)))
    return found


def _remarks(drivers: Drivers, path: LikelyPath, limits: Limits) -> list[notes.Note]:
    remarks: list[notes.Note] = []
    for which, name in enumerate(drivers.names):
        for side, key in (("cap", f"{name}_max"), ("floor", f"{name}_min")):
            months = [b.period for b in path.binding if b.driver == which and b.side == side]
            limit = limits.get(key)
            # A floor at the forecast itself is the planner's sense, not the user's cap.
            at_limit = [m + 1 for m in months if limit and abs(path.logs[m, which] - np.log(limit)) < 1e-9]
            if limit and at_limit:
                remarks.append(notes.binding(name, side, at_limit, limit))
    if "buyers" not in drivers.chain and "orders" in drivers.chain:
        remarks.append(notes.stand_in("orders"))
    if path.shrinkage > 0.01:
        remarks.append(notes.shrunk(path.shrinkage))
    if drivers.assumed:
        remarks.append(notes.assumed_spread())
    if path.found == "direction":
        remarks.append(notes.by_direction())
    return remarks


def _explained(error: Unreachable, limits: Limits, target: Target) -> Unreachable:
    """The same error, saying in the user's words what is missing and which settings bind."""
    most = error.nearest < error.target
    settings = [
        f"{name} {_shown(name, limit)}"
        for name, limit in limits.items()
        if limit is not None and name.endswith("_max" if most else "_min")
    ]
    settings += [name for name in ("fixed", "uv_limit", "ad_budget") if getattr(target, name)]
    settings += [f"{name} as set" for name in ("cvr", "aov") if getattr(target, name) is not None]
    whose = "the target" if error.target == target.gmv else "a month's share"
    message = (
        f"{whose} of {show_money(error.target, exact=True)} is out of reach: with "
        f"{', '.join(settings) or 'what is fixed'} in every month, the {'most' if most else 'least'} is "
        f"{show_money(error.nearest, exact=True)}, {show_money(abs(error.shortfall), exact=True)} too "
        f"{'little' if most else 'much'}. {'Raise' if most else 'Lower'} one of these limits, or bring the target "
        f"{'down' if most else 'up'} to that sum"
    )
    return Unreachable(error.target, error.nearest, error.binding, message)


def _shown(name: str, limit: float) -> str:
    match name[:3]:
        case "cvr":
            return show_share(limit, 2)
        case "aov":
            return show_money(limit, exact=True)
        case _:
            return show_count(limit)
