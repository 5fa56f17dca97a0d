"""Daily budgets of a scenario, in its settings and its playbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storesim.errors import UsageError
from storesim.scenario.document import Scenario
from storesim.scenario.vary import highest, varied


def budgets_of(scenario: Scenario, channels: Sequence[str] = ()) -> dict[str, float]:
    """Daily budget by channel, CNY, the highest of all stages; of all channels that have one if none are named.

    Raises
    ------
    UsageError
        If a channel has no daily budget, or none has.
    """
    found = {
        name: highest(scenario, _path(name), float(channel.daily_budget))
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
    budgets_of(scenario, tuple(budgets))
    now = {name: float(scenario.channels[name].daily_budget) for name in budgets}  # type: ignore[union-attr]  # checked
    return scenario.with_(varied(scenario, {_path(name): (now[name], budget) for name, budget in budgets.items()}))


def _path(channel: str) -> str:
    return f"channels.{channel}.daily_budget"
