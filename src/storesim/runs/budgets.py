"""Daily budgets of a scenario, in its settings and its playbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storesim.errors import UsageError
from storesim.scenario.document import Scenario
from storesim.scenario.store import STAGES


def budgets_of(scenario: Scenario, channels: Sequence[str] = ()) -> dict[str, float]:
    """Daily budget by channel, CNY; of all channels that have one if none are named.

    Raises
    ------
    UsageError
        If a channel has no daily budget, or none has.
    """
    found = {
        name: float(channel.daily_budget)
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
    """The scenario with other daily budgets; those of its playbooks move in proportion.

    A playbook's budget becomes the new one where the scenario's own was 0, so that there is no proportion.
    """
    changes: dict[str, object] = {f"channels.{name}.daily_budget": value for name, value in budgets.items()}
    own = budgets_of(scenario)
    for stage in STAGES:
        book: dict[str, object] = dict(getattr(scenario.stages, stage).playbook)
        moved = {
            path: (value * budgets[name] / own[name] if own[name] else budgets[name])
            for name in budgets
            if isinstance(value := book.get(path := f"channels.{name}.daily_budget"), int | float)
        }
        if moved:
            changes[f"stages.{stage}.playbook"] = book | moved
    return scenario.with_(changes)
