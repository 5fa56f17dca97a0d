"""The store that the pictures are made with, and how its figures are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from storesim.report import palette
from storesim.results.ensemble import Ensemble
from storesim.runs.many import replicate
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario

Array = NDArray[np.float64]
WIDTH = 7.4
SEED, RUNS, DAYS = 2024, 12, 180
SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
DASHES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1)))


@cache
def _shipped(name: str) -> Scenario:
    return read_scenario(SCENARIOS / f"{name}.yaml")


def store(changes: Mapping[str, Any] | None = None, *, days: int = DAYS) -> Scenario:
    """The phone-case store of `scenarios/small_store.yaml`, larger and longer, with these settings by dotted path."""
    return _shipped("small_store").with_(
        {"horizon": float(days), "market.searches_per_day": 15_000, "targets": {}, **(changes or {})}
    )


def played(changes: Mapping[str, Any] | None = None, *, days: int = DAYS, runs: int = RUNS) -> Ensemble:
    """Runs of `store`."""
    return replicate(store(changes, days=days), runs, SEED, jobs=1, executor="serial")


def shipped(name: str, changes: Mapping[str, Any] | None = None, runs: int = RUNS) -> Ensemble:
    """Runs of a shipped scenario."""
    scenario = _shipped(name)
    return replicate(scenario.with_(changes) if changes else scenario, runs, SEED, jobs=1, executor="serial")


def daily(ensemble: Ensemble, name: str, channel: str | None = None) -> Array:
    """[n_days] mean over runs."""
    return np.asarray(ensemble.daily(name, channel).mean(axis=0))


def week(values: Array) -> Array:
    """Each day's mean over the seven days that end with it; shorter at the beginning."""
    sums = np.cumsum(np.concatenate([[0.0], values]))
    first = np.maximum(0, np.arange(values.size) - 6)
    return np.asarray((sums[1:] - sums[first]) / (np.arange(1, values.size + 1) - first))


def panels(figure: Figure, titles: Sequence[str], below: Sequence[str] | str = "day") -> list[Axes]:
    """Panels side by side, with a title each and what the horizontal axis is."""
    n = len(titles)
    under = [below] * n if isinstance(below, str) else below
    found = []
    for i, title in enumerate(titles):
        axes = figure.add_axes((i / n + 0.075, 0.19, 1 / n - 0.10, 0.66))
        axes.set_title(title)
        axes.set_xlabel(under[i], fontsize=7.2, labelpad=2)
        axes.tick_params(labelsize=7)
        found.append(axes)
    return found


def line(axes: Axes, x: Any, y: Any, name: str, place: int, **look: Any) -> None:
    """A line with its name, told apart by colour and by dashes."""
    axes.plot(x, y, color=palette.colour(place), linestyle=DASHES[place % len(DASHES)], label=name, **look)


def key(axes: Axes, **where: Any) -> None:
    """What the lines are called."""
    axes.legend(frameon=False, fontsize=7, handlelength=2.2, borderaxespad=0.2, **where)


def headroom(axes: Axes) -> None:
    """Let the vertical axis end a third above what there is, so that a key has room."""
    axes.set_ylim(0.0, 1.33 * axes.dataLim.y1)


def from_zero(*panels_: Axes) -> None:
    """Let the vertical axes begin at 0."""
    for axes in panels_:
        axes.set_ylim(bottom=0.0)
