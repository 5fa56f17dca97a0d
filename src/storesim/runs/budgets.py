"""Daily budgets of a scenario, in its settings and its playbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storesim.errors import UsageError
from storesim.scenario.document import Scenario
from storesim.scenario.store import STAGES


def budgets_of(scenario: Scenario, channels: Sequence[str] = ()) -> dict[str, float]:
    """Daily budget by channel, CNY, the highest of all stages; of all channels that have one if none are named.

    Raises
    ------
    UsageError
        If a channel has no daily budget, or none has.
    """
    found = {
        name: max(float(channel.daily_budget), *_in_playbooks(scenario, name).values(), 0.0)
        for name, channel in scenario.channels.items()
        if hasattr(channel, "daily_budget")
    }
    for name in channels:
        if name not in found:
            raise UsageError(f"'{name}' is no channel with a daily budget; name one of {', '.join(found) or 'none'}")
    if not found:
        raise UsageError("no channel of the scenario has a daily budget")
    return {name: found[name] for name in (channels or found)}


def with_budgets(scenario: Scenario, budgets: Mapping[str, float]) -> Scenario:
    """The scenario with other daily budgets.

    Parameters
    ----------
    budgets
        By channel, CNY: that of the stage with the highest; those of the other stages move in proportion. A channel
        that never had a budget has this one from the beginning.
    """
    changes: dict[str, object] = {}
    highest = budgets_of(scenario)
    for name, budget in budgets.items():
        own = float(scenario.channels[name].daily_budget)  # type: ignore[union-attr]  # `budgets_of` refused others
        changes[f"channels.{name}.daily_budget"] = own * budget / highest[name] if highest[name] else budget
    for stage in STAGES:
        book: dict[str, object] = dict(getattr(scenario.stages, stage).playbook)
        moved = {
            f"channels.{name}.daily_budget": book_budget * budget / highest[name]
            for name, budget in budgets.items()
            if highest[name] and (book_budget := _in_playbooks(scenario, name).get(stage)) is not None
        }
        if moved:
            changes[f"stages.{stage}.playbook"] = book | moved
    return scenario.with_(changes)


def _in_playbooks(scenario: Scenario, name: str) -> dict[str, float]:
    """By stage, the daily budget of a channel where its playbook sets one."""
    path = f"channels.{name}.daily_budget"
    books = {stage: getattr(scenario.stages, stage).playbook for stage in STAGES}
    return {stage: float(book[path]) for stage, book in books.items() if isinstance(book.get(path), int | float)}
