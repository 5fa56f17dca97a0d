"""`Calibration`: settings that reproduce a history, with their ranges, and how well they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from storesim.experiments.moments import Moment
from storesim.scenario.document import Scenario
from storesim.shown import Shown

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

BAND = 0.8
"""Share of the days, or of the totals, that a band of what was foretold is to hold."""

RANGE = 0.9
"""Chance with which a range is to hold the true setting."""


@dataclass(frozen=True)
class Fitted:
    """One setting as the history tells it."""

    path: str
    before: float
    """What the scenario said."""

    tried: tuple[float, float]
    """Ends between which it was looked for."""

    value: float
    """Middle of the draws."""

    low: float
    high: float
    """Ends of the range that holds the true value with a chance of `RANGE`."""

    told: float
    """How much narrower the draws are than what was looked through: 0 not at all, 1 to a point."""

    twins: tuple[str, ...] = ()
    """Settings that the history cannot tell from it: only both together are known."""


@dataclass(frozen=True)
class Reproduced:
    """One moment of the history and of the calibrated store."""

    moment: Moment
    seen: float
    """Of the history; logarithms, but for the memory of the daily noise."""

    played: float
    """Mean over runs of the calibrated store."""

    luck: float
    """Standard deviation over runs."""

    @property
    def off(self) -> float:
        """How far the history is from the store, in standard deviations of luck."""
        return (self.seen - self.played) / self.luck


@dataclass(frozen=True)
class Held:
    """One KPI on the days that were held back."""

    kpi: str
    n_days: int
    share: float
    """Share of the days that the band of `BAND` held."""

    total: float
    low: float
    high: float
    """What the days came to, and the band of it."""


@dataclass(frozen=True, eq=False)
class Calibration(Shown):
    """Settings that reproduce a history, and how well."""

    name: str
    history: str
    settings: tuple[Fitted, ...]
    still: tuple[str, ...]
    """Settings that were asked for and move nothing the history shows; they stay as they were."""

    moments: tuple[Reproduced, ...]
    out_of_reach: tuple[Moment, ...]
    """What no settings within the ranges bring near the history; not fitted."""

    chance: float
    """Chance of so large a misfit if the store were like the calibrated one."""

    wider: float
    """Factor by which the luck was taken as larger, because the store does not reproduce the history; 1 if it does."""

    holds: float
    """Of simulated stores with the calibrated settings, share whose range holds the true value, before it is made wider
    where that is less than `RANGE`; mean over settings."""

    held: tuple[Held, ...]
    days: tuple[str, int, int, int]
    """First day, days fitted, days held back, days left out because nobody traded."""

    draws: Array
    """[n_draws, n_settings]: sets of settings; those of a row go together."""

    scenario: Scenario
    """The calibrated scenario: settings at the middle of their ranges, and the draws as `uncertain` settings."""

    seed: int

    @property
    def fits(self) -> bool:
        """Whether the store reproduces the history, luck aside."""
        return self.wider == 1.0 and not self.out_of_reach

    @property
    def untold(self) -> tuple[str, ...]:
        """Settings of which the history tells hardly more than was known."""
        return tuple(one.path for one in self.settings if one.told < 0.3)

    def setting(self, path: str) -> Fitted:
        """One of the settings that were fitted; KeyError if it was not."""
        return {one.path: one for one in self.settings}[path]

    def frame(self) -> pd.DataFrame:
        """One row a setting."""
        import pandas as pd

        return pd.DataFrame(rows(self))


def rows(found: Calibration) -> list[dict[str, Any]]:
    """One row a setting: what the table, the CSV and the JSON hold."""
    return [
        {"setting": one.path, "before": one.before, "tried_from": one.tried[0], "tried_to": one.tried[1],
         "value": one.value, "low": one.low, "high": one.high, "told": one.told, "twins": " ".join(one.twins)}
        for one in found.settings
    ]  # fmt: skip
