"""Points to try: grids, and designs that fill a space evenly."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from storesim.errors import UsageError
from storesim.scenario.change import changed_scenario
from storesim.scenario.document import Scenario
from storesim.scenario.tree import Place
from storesim.scenario.vary import varied
from storesim.units import read_money, read_share

Array = NDArray[np.float64]
Design = Literal["grid", "sobol", "latin"]

MOST_POINTS: Final = 20_000


@dataclass(frozen=True)
class Axis:
    """One setting that is varied."""

    path: str
    values: tuple[float, ...]
    """The points of a grid; for other designs its ends are the first and the last."""

    whole: bool = False
    """The setting takes whole numbers only."""

    @property
    def low(self) -> float:
        """Least value."""
        return min(self.values)

    @property
    def high(self) -> float:
        """Largest value."""
        return max(self.values)


def axis_of(text: str, scenario: Scenario) -> Axis:
    """The axis a user typed: `PATH=LOW:HIGH:N`, `PATH=LOW:HIGH` (five points) or `PATH=A,B,C`.

    Raises
    ------
    UsageError
        If it is none, or the path leads to no number of the scenario.
    """
    path, equals, values = (part.strip() for part in text.partition("="))
    try:
        if not equals:
            raise ValueError("no '='")
        numbers = _numbers(values)
    except ValueError as error:
        raise UsageError(
            f"'{text}' is no range; write PATH=LOW:HIGH:N or PATH=A,B,C, such as "
            "channels.express.daily_budget=100:500:5"
        ) from error
    return axis(path, numbers, scenario)


def axis(path: str, values: Sequence[float], scenario: Scenario) -> Axis:
    """A setting of a scenario over some values.

    Raises
    ------
    UsageError
        If the path leads to no number of the scenario, or there are fewer than two values.
    """
    current = setting(scenario, path)
    if len(set(values)) < 2:
        raise UsageError(f"{path} is varied over {len(set(values))} values; two or more are needed")
    whole = isinstance(current, int)
    numbers = tuple(dict.fromkeys(float(round(value)) if whole else float(value) for value in values))
    return Axis(path, numbers, whole)


def setting(scenario: Scenario, path: str) -> float | int:
    """The number a path leads to.

    Raises
    ------
    UsageError
        If there is none.
    """
    place: object = scenario.model_dump(by_alias=True)
    for step in path.split("."):
        if isinstance(place, Mapping) and step in place:
            place = place[step]
        elif isinstance(place, list | tuple) and step.isdecimal() and int(step) < len(place):
            place = place[int(step)]
        else:
            place = None
            break
    if isinstance(place, bool) or not isinstance(place, int | float):
        raise UsageError(
            f"'{path}' leads to no number of the scenario; write a path such as channels.express.daily_budget"
        )
    return place


def points(axes: Sequence[Axis], design: Design = "grid", n: int = 64, seed: int = 0) -> Array:
    """[n_points, n_axes]: every combination, or `n` points of a scrambled Sobol sequence or a Latin hypercube.

    Sobol points are rounded up to a power of two, which their evenness needs.

    Raises
    ------
    UsageError
        If there are too many points, or there is no such design.

    References
    ----------
    Owen (1998), ACM TOMACS 8(1), 71-102 (scrambling); McKay, Beckman and Conover (1979), Technometrics 21(2), 239-245.
    """
    if design == "grid":
        if np.prod([float(len(one.values)) for one in axes]) > MOST_POINTS:
            raise UsageError(
                f"a grid of {' × '.join(str(len(one.values)) for one in axes)} points is more than {MOST_POINTS:,}"
            )
        return np.array(list(itertools.product(*(one.values for one in axes))), dtype=np.float64)
    if not 2 <= n <= MOST_POINTS:
        raise UsageError(f"{n} points; from 2 to {MOST_POINTS:,} are allowed")
    from scipy.stats import qmc

    match design:
        case "sobol":
            unit = qmc.Sobol(len(axes), rng=seed).random_base2(int(np.ceil(np.log2(n))))
        case "latin":
            unit = qmc.LatinHypercube(len(axes), rng=seed).random(n)
        case _:
            raise UsageError(f"there is no design {design!r}; there are grid, sobol, latin")
    return at(axes, unit)


def at(axes: Sequence[Axis], unit: Array) -> Array:
    """Points of the unit cube, [n, n_axes], as values of the settings; whole numbers where only those are allowed."""
    found = np.array([one.low for one in axes]) + unit * np.array([one.high - one.low for one in axes])
    whole = np.array([one.whole for one in axes])
    return np.asarray(np.where(whole, np.round(found), found))


def changes(axes: Sequence[Axis], point: Array) -> dict[str, float | int]:
    """The settings of a point, by path."""
    return {
        one.path: int(value) if one.whole else float(value) for one, value in zip(axes, point.tolist(), strict=True)
    }


def at_point(scenario: Scenario, axes: Sequence[Axis], point: Array) -> Scenario:
    """The scenario at a point; where playbooks set a path too, the value is that of the stage with the highest.

    Raises
    ------
    ScenarioError
        If a value is not allowed, with the point for a place.
    """
    values = {path: (setting(scenario, path), value) for path, value in changes(axes, point).items()}
    place = Place(", ".join(f"{path}={value:g}" for path, (_, value) in values.items()))
    return changed_scenario(scenario, varied(scenario, values), place)


def _numbers(text: str) -> list[float]:
    if ":" not in text:
        return [_number(part) for part in text.split(",")]
    low, high, *rest = text.split(":")
    n = int(rest[0]) if rest else 5
    if len(rest) > 1 or not 2 <= n <= 1000:
        raise ValueError("two ends, a number")
    return [float(value) for value in np.linspace(_number(low), _number(high), n)]


def _number(text: str) -> float:
    return read_share(text) if "%" in text else read_money(text)
