"""What a paid channel truly adds: the same store on the same luck without it, and with a tenth more of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim.errors import UsageError
from storesim.results.ensemble import Ensemble
from storesim.results.tables import plain_text
from storesim.runs.many import replicate
from storesim.scenario.booked import Burst, Display, PayPerSale, Slots
from storesim.scenario.channels import PayPerClick, Placement
from storesim.scenario.document import Scenario
from storesim.scenario.vary import highest, varied

KPIS: Final = ("gmv", "profit", "uv", "ad_spend")
"""Of the whole store, but for the ad spend, which is the channel's own: what others spend more or less is in profit."""

RAISE: Final = 1.1
MOST: Final = {"daily_budget": 9_999_999.0, "rate": 0.8, "size": 100.0}
"""The most that may be asked of each lever."""

COLUMNS: Final = ("channel", "runs", "kpi", "added", "standard_error", "marginal", "marginal_standard_error")
"""Of `incremental.csv`, in order."""


@dataclass(frozen=True)
class Incremental:
    """What a channel adds to the totals of a run: (mean, standard error) of paired runs, in the unit of each KPI."""

    channel: str
    n_runs: int

    added: dict[str, tuple[float, float]]
    """The store as it is, less the store without the channel."""

    marginal: dict[str, tuple[float, float]]
    """The store with a tenth more of it (budget, commission, size), less the store as it is; NaN for event slots."""

    @property
    def roi(self) -> float:
        """GMV added per CNY spent; NaN where nothing was spent."""
        return _ratio(self.added)

    @property
    def marginal_roi(self) -> float:
        """GMV added per CNY of the last tenth; NaN where none of it was spent."""
        return _ratio(self.marginal)

    @property
    def give_or_take(self) -> float:
        """Half the width of the 95 % interval of the GMV added, CNY, by Student's law over the paired runs."""
        return self._student * self.added["gmv"][1]

    @property
    def marginal_give_or_take(self) -> float:
        """The same of the marginal ROI, its spend taken as known."""
        spend = abs(self.marginal["ad_spend"][0])
        return self._student * self.marginal["gmv"][1] / spend if spend > 0.0 else float("nan")

    @property
    def _student(self) -> float:
        from scipy.special import stdtrit

        return float(stdtrit(self.n_runs - 1, 0.975))


def incremental(scenario: Scenario, channel: str, *, n_runs: int = 20, seed: int = 0) -> Incremental:
    """What a paid channel adds to GMV, profit, visitors and spend of the whole store.

    Budgets, commissions, sizes and slots that a playbook sets are switched off and raised with the channel's own.

    Raises
    ------
    UsageError
        If the channel costs nothing that could be switched off, or there are fewer than two runs.
    """
    paid = paid_channels(scenario)
    if channel not in paid:
        raise UsageError(f"'{channel}' is no channel that is paid for; name one of {', '.join(paid) or 'none'}")
    base = replicate(scenario, n_runs, seed, jobs=1, executor="serial")
    return incrementals(scenario, base, n_runs, channels=[channel], jobs=1, executor="serial")[0]


def incrementals(
    scenario: Scenario,
    base: Ensemble,
    n_runs: int,
    *,
    channels: Sequence[str] | None = None,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Callable[[int, int], object] | None = None,
) -> tuple[Incremental, ...]:
    """What each paid channel adds, one at a time.

    Parameters
    ----------
    base
        Runs of the scenario as it is; their first `n_runs`, or all if there are fewer, are paired.
    channels
        Names; all that are paid for if not given.
    jobs, executor
        As in `replicate`.
    progress
        Called as progress(runs done, runs wanted) after each store.

    Raises
    ------
    UsageError
        If there are fewer than two runs.
    """
    n = min(n_runs, base.n_runs)
    if n < 2:
        raise UsageError(f"{n} runs have no standard error; ask for two or more")
    names = paid_channels(scenario) if channels is None else channels
    found: list[Incremental] = []
    for name in names:
        whole = _totals(base, name, n)
        without, more = (
            np.full_like(whole, np.nan)
            if store is None
            else _totals(replicate(store, n, base.provenance.seed, jobs=jobs, executor=executor), name, n)
            for store in (_with(scenario, name, 0.0), _with(scenario, name, RAISE))
        )
        found.append(Incremental(name, n, _paired(whole - without), _paired(more - whole)))
        if progress is not None:
            progress(2 * n * len(found), 2 * n * len(names))
    return tuple(found)


def paid_channels(scenario: Scenario) -> tuple[str, ...]:
    """Channels that cost money in some stage and can be switched off."""
    return tuple(name for name in scenario.channels if _strength(scenario, name) > 0)


def _lever(scenario: Scenario, name: str) -> str:
    """The setting that says how much of a channel there is; empty where it costs nothing, or is another platform."""
    match scenario.channels[name]:
        case PayPerClick() | Placement() | Display():
            return "daily_budget"
        case PayPerSale():
            return "rate"
        case Burst():
            return "size"
        case Slots():
            return "most"
        case _:
            return ""


def _strength(scenario: Scenario, name: str) -> float:
    lever = _lever(scenario, name)
    own = getattr(scenario.channels[name], lever) if lever else 0
    return highest(scenario, f"channels.{name}.{lever}", float(own))


def _with(scenario: Scenario, name: str, factor: float) -> Scenario | None:
    """The store with that much more of a channel, up to the most there can be; None where a part is no whole slot."""
    lever = _lever(scenario, name)
    own = getattr(scenario.channels[name], lever)
    if lever == "most":
        return None if factor else scenario.with_(varied(scenario, {f"channels.{name}.most": (own, 0)}))
    asked = min(factor * _strength(scenario, name), MOST[lever])
    return scenario.with_(varied(scenario, {f"channels.{name}.{lever}": (float(own), asked)}))


def _totals(runs: Ensemble, name: str, n: int) -> NDArray[np.float64]:
    """[n, n_kpis]."""
    return np.column_stack([runs.total(kpi, name if kpi == "ad_spend" else None)[:n] for kpi in KPIS])


def _paired(more: NDArray[np.float64]) -> dict[str, tuple[float, float]]:
    errors = more.std(axis=0, ddof=1) / np.sqrt(len(more))
    return {kpi: (float(more[:, i].mean()), float(errors[i])) for i, kpi in enumerate(KPIS)}


def _ratio(added: dict[str, tuple[float, float]]) -> float:
    spend = added["ad_spend"][0]
    return added["gmv"][0] / spend if spend != 0.0 else float("nan")


def incremental_csv(found: Sequence[Incremental]) -> str:
    """A row for each channel and KPI; numbers in full, so that `read_incremental` gives them back."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in found:
        for kpi in KPIS:
            writer.writerow(
                [plain_text(one.channel), one.n_runs, kpi, *map(repr, (*one.added[kpi], *one.marginal[kpi]))]
            )
    return text.getvalue()


def read_incremental(text: str, channels: Iterable[str]) -> tuple[Incremental, ...]:
    """What `incremental_csv` wrote of a store with these channels."""
    names = {plain_text(name): name for name in channels}
    found: dict[str, Incremental] = {}
    for row in csv.DictReader(io.StringIO(text)):
        one = found.setdefault(row["channel"], Incremental(names[row["channel"]], int(row["runs"]), {}, {}))
        one.added[row["kpi"]] = float(row["added"]), float(row["standard_error"])
        one.marginal[row["kpi"]] = float(row["marginal"]), float(row["marginal_standard_error"])
    return tuple(found.values())
