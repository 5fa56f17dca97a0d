"""The levers a planner can pull: which settings, how far, and the store with them pulled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from storesim.plan.joins import open_sales, open_slots
from storesim.scenario.booked import PayPerSale, Slot, Slots
from storesim.scenario.channels import PayPerClick, Placement
from storesim.scenario.dated import playbook_on, turning_days
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
    def dated(self) -> bool:
        """Whether it stands on the calendar and so begins by itself."""
        return self.path.startswith("events.")

    @property
    def rest(self) -> float:
        """The step that changes nothing."""
        return 1.0 if self.how == "times" else 0.0


def levers_of(
    scenario: Scenario, days: tuple[dt.date, dt.date] | None = None, since: dt.date | None = None
) -> tuple[Lever, ...]:
    """The levers of a store: budgets, bids, commissions, slots, price, chat agents, stock.

    Parameters
    ----------
    days
        First and last day that count: the price of the largest sales between them is a lever too, and so are sales and
        slots between them that the store could join and has not.
    since
        Day on which levers begin, where days before it are not to change: sales that run already are none then, nor
        slots whose sign-up is over.
    """
    if days is None:
        return tuple(_levers(scenario))
    first, last = days if since is None else (max(since, days[0]), days[1])
    return (*_levers(scenario), *_sales(scenario, first, last, since), *_joins(scenario, first, last, since))


def settings_of(scenario: Scenario) -> dict[str, float]:
    """The settings a planner may change in a workbook, by dotted path: every lever, and budgets that are 0."""
    paths = dict.fromkeys(lever.path for lever in _levers(scenario))
    for name, channel in scenario.channels.items():
        if isinstance(channel, PayPerClick | Placement):
            paths[f"channels.{name}.daily_budget"] = None
    return {path: _value(scenario, path) for path in sorted(paths)}


def pulled(scenario: Scenario, steps: Mapping[Lever, float], since: dt.date | None = None) -> Scenario:
    """The scenario with some levers pulled, in its settings and in every playbook that sets them, or from a day on."""
    return scenario.with_(changes(scenario, steps, since)) if steps else scenario


def changes(scenario: Scenario, steps: Mapping[Lever, float], since: dt.date | None = None) -> dict[str, object]:
    """By dotted path, the new values of `pulled`; a + behind a path adds to a list.

    Parameters
    ----------
    since
        Day from which on settings change, as dated changes; none: always.
    """
    found: dict[str, object] = {}
    later: list[tuple[Lever, float]] = []
    for lever, step in steps.items():
        if lever.adds:
            added = (one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in lever.adds)
            found[f"{lever.path}+"] = [*found.get(f"{lever.path}+", ()), *islice(added, round(step))]  # type: ignore[misc]  # a list
        elif since is not None and not lever.dated:
            later.append((lever, step))
        else:
            found |= _everywhere(scenario, lever, step)
    return found | ({"changes+": dated} if since is not None and (dated := _from(scenario, later, since)) else {})


def _everywhere(scenario: Scenario, lever: Lever, step: float) -> dict[str, object]:
    """The lever's setting, and what playbooks and dated changes set it to, each at the step."""
    found: dict[str, object] = {lever.path: _within(lever, lever.changed(_value(scenario, lever.path), step))}
    books = {f"stages.{stage}.playbook": getattr(scenario.stages, stage).playbook for stage in STAGES}
    books |= {f"changes.{place}.playbook": change.playbook for place, change in enumerate(scenario.changes)}
    for at, book in books.items():
        if lever.path in book:
            found[f"{at}.{lever.path}"] = _within(lever, lever.changed(float(str(book[lever.path])), step))
    return found


def _from(scenario: Scenario, steps: Sequence[tuple[Lever, float]], since: dt.date) -> list[dict[str, object]]:
    """Dated changes, as a file holds them: of every stage where it is the same in all, else of each stage.

    What is already planned to change later is changed from what it would then be.
    """
    opened, n_days = scenario.store.opened, scenario.n_days
    turns = [opened + dt.timedelta(days=day) for day in turning_days(scenario.changes, opened, n_days)]
    begins = [max(since, opened), *(turn for turn in turns if turn > since)]
    found: list[dict[str, object]] = []
    for begin, following in zip(begins, [*begins[1:], None], strict=True):
        books: dict[str | None, dict[str, object]] = {}
        for lever, step in steps:
            values = {
                stage: _within(lever, lever.changed(_on(scenario, lever, stage, begin), step)) for stage in STAGES
            }
            alike = len(set(values.values())) == 1
            for stage, value in [(None, values[STAGES[0]])] if alike else values.items():
                books.setdefault(stage, {})[lever.path] = value
        end = {} if following is None else {"to": (following - dt.timedelta(days=1)).isoformat()}
        for stage, book in books.items():
            only = {} if stage is None else {"stage": stage}
            found.append({"from": begin.isoformat(), **end, **only, "playbook": book})
    return found


def _on(scenario: Scenario, lever: Lever, stage: str, date: dt.date) -> float:
    """What a lever is set to on a date, in a stage."""
    book = playbook_on(scenario.changes, stage, getattr(scenario.stages, stage).playbook, date)
    return float(str(book[lever.path])) if lever.path in book else _value(scenario, lever.path)


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
    """Whether the store wants more slots of an item in some 30 days than it signs up for."""
    month = dt.timedelta(days=30)
    return any(
        sum(slot.first <= other.first < slot.first + month and slot.may_share(other) for other in channel.dates)
        > channel.most
        for slot in channel.dates
    )


def _sales(scenario: Scenario, first: dt.date, last: dt.date, since: dt.date | None) -> Iterator[Lever]:
    """Price cuts of the sales that lift demand most, in the order of the calendar."""
    lifts: dict[int, float] = {}
    for place, event in enumerate(scenario.events):
        if since is not None and event.first < since:
            continue
        n_days = (min(event.last, last) - max(event.first, first)).days + 1
        if n_days > 0 and (lift := event.market * event.traffic * event.conversion - 1.0) > 0.0:
            lifts[place] = lift * n_days
    for place in sorted(sorted(lifts, key=lambda place: -lifts[place])[:_MOST_SALES]):
        name = scenario.events[place].name
        yield Lever(f"events.{place}.discount", "plus", (0.04, 0.10), ("discounts",), about=name)


def _joins(scenario: Scenario, first: dt.date, last: dt.date, since: dt.date | None) -> Iterator[Lever]:
    """Sales of the shipped calendar to join, and further slots, each at its fee and price cut."""
    for sale in open_sales(scenario, first, last):
        yield Lever("events", "plus", (1.0,), ("discounts",), whole=True, about=sale.name, adds=(sale,))
    for name, slots in open_slots(scenario, first, last, since):
        steps = tuple(float(step) for step in (1, 2, 4) if step <= len(slots))
        yield Lever(f"channels.{name}.dates", "plus", steps, ("ad_spend", "discounts"), whole=True, adds=slots)


def _is_used(scenario: Scenario, path: str) -> bool:
    books = (*(getattr(scenario.stages, stage).playbook for stage in STAGES), *(c.playbook for c in scenario.changes))
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
