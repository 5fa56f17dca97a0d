"""The team: what its people cost a day, and what it costs to find more when a stage asks for them."""

from __future__ import annotations

from typing import NamedTuple

from storesim.model.goods import fen
from storesim.scenario.channels import AnyChannel
from storesim.scenario.document import Scenario
from storesim.scenario.offsite import Offsite


class Payroll(NamedTuple):
    """The team of one stage; money in fen."""

    wages: float
    """A day, chat agents and `other_wages` included."""

    overheads: float
    """A day, the upkeep of open platforms beyond JD included."""

    people: int
    """Chat agents on duty and everybody with a post."""

    posts: tuple[tuple[str, int, float], ...] = ()
    """Name, people and cost of hiring one, of each post."""


def read_payroll(scenario: Scenario) -> Payroll:
    """The team of one stage."""
    operations = scenario.operations
    money, agents, staff = operations.money, operations.service.people, operations.staff
    wages = agents * money.agent_wage + money.other_wages + sum(post.number * post.wage for post in staff.values())
    return Payroll(
        wages=fen(wages),
        overheads=fen(money.overheads + sum(_upkeep(channel) for channel in scenario.channels.values())),
        people=agents + sum(post.number for post in staff.values()),
        posts=tuple((name, post.number, fen(post.hiring)) for name, post in staff.items()),
    )


def _upkeep(channel: AnyChannel) -> float:
    return channel.upkeep if isinstance(channel, Offsite) and channel.potential > 0.0 else 0.0


def hiring(before: Payroll, after: Payroll) -> float:
    """Cost of the people a stage has beyond those of the stage before; nobody is hired for those who leave, fen."""
    had = {name: number for name, number, _ in before.posts}
    return sum(max(0, number - had.get(name, 0)) * cost for name, number, cost in after.posts)
