"""Which settings are fitted to a history, and within which ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from storesim.errors import ScenarioError, UsageError
from storesim.experiments.design import Axis, axis, axis_of, setting
from storesim.experiments.moments import Moments
from storesim.scenario.document import Scenario

FACTOR: Final = 3.0
"""A setting without a range of its own lies between its value divided by this, and times this."""

_FACTORS: Final[Mapping[str, float]] = {"market.searches_per_day": 5.0, "market.weekend": 2.0}


def axes_to_fit(scenario: Scenario, moments: Moments, fit: Sequence[str | Axis]) -> tuple[Axis, ...]:
    """The settings to fit: those asked for, or those of which the moments tell.

    Raises
    ------
    UsageError
        If a range is none, a path leads to no number, or a setting is asked for twice.
    """
    axes = tuple(one if isinstance(one, Axis) else _axis(one, scenario) for one in fit) or _usual(scenario, moments)
    paths = [one.path for one in axes]
    if twice := sorted({path for path in paths if paths.count(path) > 1}):
        raise UsageError(f"{', '.join(twice)} stands twice among the settings to fit")
    for one in axes:
        for end in (one.low, one.high):
            _try(scenario, one, end)
    return axes


def _axis(text: str, scenario: Scenario) -> Axis:
    path, equals, values = text.partition("=")
    if not equals:
        return _around(path.strip(), scenario)
    setting(scenario, path.strip())
    try:
        return axis_of(f"{path}={values.replace('…', ':').replace('..', ':')}", scenario)
    except UsageError as error:
        raise UsageError(
            f"'{text}' is no range to look in; write PATH=LOW..HIGH, such as market.searches_per_day=5000..20000"
        ) from error


def _around(path: str, scenario: Scenario) -> Axis:
    value = setting(scenario, path)
    if not value > 0:
        raise UsageError(f"{path} is {value:g}, which gives no range to look in; write {path}=LOW..HIGH")
    factor = _FACTORS.get(path, FACTOR)
    found = axis(path, (value / factor, value * factor), scenario)
    if isinstance(value, int) or _allowed(scenario, found, found.high):
        return found
    # A share ends at 1.
    return axis(path, (value / factor, min(1.0, value * factor)), scenario)


def _usual(scenario: Scenario, moments: Moments) -> tuple[Axis, ...]:
    """The market, conversion and what else the history tells of."""
    store = {name for name in moments.series if "@" not in name}
    paths = ["market.searches_per_day"]
    if "uv" in store and store & {"buyers", "orders"}:
        paths.append("operations.conversion.base")
    kinds = {moment.kind for moment in moments.moments}
    if "weekend" in kinds:
        paths.append("market.weekend")
    if "memory" in kinds:
        paths.append("market.noise.sd")
    axes = [_around(path, scenario) for path in paths if setting(scenario, path) > 0]
    if "gmv" in store and store & {"buyers", "orders", "units"}:
        axes.append(axis("catalogue.discount", (0.0, max(0.5, scenario.catalogue.discount)), scenario))
    if not axes:
        raise UsageError("there is nothing to fit; name settings with --fit PATH=LOW..HIGH")
    return tuple(axes)


def _allowed(scenario: Scenario, one: Axis, end: float) -> bool:
    try:
        scenario.with_({one.path: int(end) if one.whole else end})
    except ScenarioError:
        return False
    return True


def _try(scenario: Scenario, one: Axis, end: float) -> None:
    try:
        scenario.with_({one.path: int(end) if one.whole else end})
    except ScenarioError as error:
        raise UsageError(f"{one.path} cannot be {end:g}: {error.faults[0].message}") from error
