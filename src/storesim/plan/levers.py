"""The levers a planner can pull: which settings, how far, and the store with them pulled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from storesim.plan.joins import open_sales, open_slots
from storesim.scenario.booked import PayPerSale, Slot, Slots
from storesim.scenario.channels import PayPerClick, Placement
from storesim.scenario.document import Scenario
from storesim.scenario.events import Event

_MOST_SALES = 3
"""Sales whose price cut is tried."""

STAGES = ("launch", "growth", "stable")
How = Literal["times", "plus"]


@dataclass(frozen=True)
class Lever:
    """One setting, with the steps it is tried at."""

    path: str
    """Dotted path, such as channels.express.daily_budget; a stage's playbook that sets it is changed along."""

    how: How
    """Whether a step multiplies the setting or is added to it."""

    steps: tuple[float, ...]
    """Steps to try, rising; *assumed*: as far as a planner would go at once."""

    costs: tuple[str, ...]
    """Counts whose rise is what it costs."""

    whole: bool = False
    """Whether the setting is a whole number."""

    about: str = ""
    """The sale whose setting it is, or that is joined."""

    adds: tuple[Event | Slot, ...] = ()
    """Of a list: what joins it, the first so many as the step says."""

    def changed(self, now: float, step: float) -> float:
        """The setting at a step; `step` may lie between those tried."""
        value = now * step if self.how == "times" else now + step
        return float(round(value)) if self.whole else round(value, 4)

    @property
    def rest(self) -> float:
        """The step that changes nothing."""
        return 1.0 if self.how == "times" else 0.0


def levers_of(scenario: Scenario, days: tuple[dt.date, dt.date] | None = None) -> tuple[Lever, ...]:
    """The levers of a store: budgets, bids, commissions, slots, price, chat agents, stock.

    Parameters
    ----------
    days
        First and last day that count: the price of the largest sales between them is a lever too, and so are sales and
        slots between them that the store could join and has not.
    """
    dated = () if days is None else (*_sales(scenario, *days), *_joins(scenario, *days))
    return (*_levers(scenario), *dated)


def settings_of(scenario: Scenario) -> dict[str, float]:
    """The settings a planner may change in a workbook, by dotted path: every lever, and budgets that are 0."""
    paths = dict.fromkeys(lever.path for lever in _levers(scenario))
    for name, channel in scenario.channels.items():
        if isinstance(channel, PayPerClick | Placement):
            paths[f"channels.{name}.daily_budget"] = None
    return {path: _value(scenario, path) for path in sorted(paths)}


def pulled(scenario: Scenario, steps: Mapping[Lever, float]) -> Scenario:
    """The scenario with some levers pulled, in its settings and in every playbook that sets them."""
    return scenario.with_(changes(scenario, steps)) if steps else scenario


def changes(scenario: Scenario, steps: Mapping[Lever, float]) -> dict[str, object]:
    """By dotted path, the new values of `pulled`; a stage's playbook as a whole."""
    found: dict[str, object] = {}
    books = {stage: dict(getattr(scenario.stages, stage).playbook) for stage in STAGES}
    for lever, step in steps.items():
        if lever.adds:
            added = (one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in lever.adds)
            found[f"{lever.path}+"] = [*found.get(f"{lever.path}+", ()), *islice(added, round(step))]  # type: ignore[misc]  # a list
            continue
        found[lever.path] = _within(lever, lever.changed(_value(scenario, lever.path), step))
        for book in books.values():
            if lever.path in book:
                book[lever.path] = _within(lever, lever.changed(float(str(book[lever.path])), step))
    for stage, book in books.items():
        if book != dict(getattr(scenario.stages, stage).playbook):
            found[f"stages.{stage}.playbook"] = book
    return found


def _levers(scenario: Scenario) -> Iterator[Lever]:
    for name, channel in scenario.channels.items():
        at = f"channels.{name}"
        if isinstance(channel, PayPerClick | Placement) and _is_used(scenario, f"{at}.daily_budget"):
            yield Lever(f"{at}.daily_budget", "times", (1.4, 2.2), ("ad_spend",))
            if isinstance(channel, PayPerClick):
                yield Lever(f"{at}.bid", "times", (1.2, 1.6), ("ad_spend",))
        elif isinstance(channel, PayPerSale):
            yield Lever(f"{at}.rate", "times", (1.3, 1.8), ("commission_promised",))
        elif isinstance(channel, Slots) and _fewer_than_wanted(channel):
            yield Lever(f"{at}.most", "plus", (1.0, 2.0), ("ad_spend",), whole=True)
    yield Lever("catalogue.discount", "plus", (0.03, 0.08), ("discounts",))
    service = scenario.operations.service
    if service.agents and not service.shifts:
        yield Lever("operations.service.agents", "plus", (1.0, 2.0), ("wages", "hiring"), whole=True)
    if scenario.operations.stock.policy != "seasonal":
        yield Lever("operations.stock.safety", "plus", (4.0, 10.0), ("storage", "write_offs"))


def _fewer_than_wanted(channel: Slots) -> bool:
    """Whether the store wants more slots in some 30 days than it signs up for."""
    firsts = [slot.first for slot in channel.dates]
    month = dt.timedelta(days=30)
    return any(sum(first <= other < first + month for other in firsts) > channel.most for first in firsts)


def _sales(scenario: Scenario, first: dt.date, last: dt.date) -> Iterator[Lever]:
    """Price cuts of the sales that lift demand most, in the order of the calendar."""
    lifts: dict[int, float] = {}
    for place, event in enumerate(scenario.events):
        n_days = (min(event.last, last) - max(event.first, first)).days + 1
        if n_days > 0 and (lift := event.market * event.traffic * event.conversion - 1.0) > 0.0:
            lifts[place] = lift * n_days
    for place in sorted(sorted(lifts, key=lambda place: -lifts[place])[:_MOST_SALES]):
        name = scenario.events[place].name
        yield Lever(f"events.{place}.discount", "plus", (0.04, 0.10), ("discounts",), about=name)


def _joins(scenario: Scenario, first: dt.date, last: dt.date) -> Iterator[Lever]:
    """Sales of the shipped calendar to join, and further slots, each at its fee and price cut."""
    for sale in open_sales(scenario, first, last):
        yield Lever("events", "plus", (1.0,), ("discounts",), whole=True, about=sale.name, adds=(sale,))
    for name, slots in open_slots(scenario, first, last):
        steps = tuple(float(step) for step in (1, 2, 4) if step <= len(slots))
        yield Lever(f"channels.{name}.dates", "plus", steps, ("ad_spend", "discounts"), whole=True, adds=slots)


def _is_used(scenario: Scenario, path: str) -> bool:
    books = (getattr(scenario.stages, stage).playbook for stage in STAGES)
    return _value(scenario, path) > 0 or any(float(str(book.get(path, 0))) > 0 for book in books)


def _value(scenario: Scenario, path: str) -> float:
    found: object = scenario
    for step in path.split("."):
        if isinstance(found, Mapping):
            found = found[step]
        else:
            found = found[int(step)] if isinstance(found, tuple) else getattr(found, step)
    return float(found)  # type: ignore[arg-type]  # a lever is a number


def _within(lever: Lever, value: float) -> float | int:
    """A value the setting allows."""
    match lever.path.split(".")[-1]:
        case "discount":
            return min(value, 0.9)
        case "rate":
            return min(value, 0.8)
        case "daily_budget":
            return min(round(value, 2), 9_999_999.0)
        case "bid":
            return round(min(max(value, 0.1), 9_999.0), 1)
        case _:
            return int(value) if lever.whole else value
