"""The whole store of the shipped scenario at any size, on the compiled kernel and written plainly, KPI by KPI.

`sized` changes the settings of the shipped scenario that carry its size, and no others; `scaled` tightens what would
not bind: the waves of a day hold hardly its parcels, more visitors ask the few agents. Every first-version mechanism is
on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.naive_year import COLUMNS, STORE_COUNTS, NaiveYear
from storesim import kpi
from storesim.engine.day import F
from storesim.engine.kernel import Kernel
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.channels import Organic
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario
from storesim.scenario.store import STAGES

SHIPPED = Path(__file__).parent.parent / "scenarios" / "elena_mileva.yaml"
VISITORS = 900_000.0
"""Visitors in a mean year of `scaled` at size 1, about; a single year may have a fifth more or fewer."""

THIRDS = ("uv", "buyers", "gmv", "ad_spend")
CHANNEL_KPIS = tuple(COLUMNS)
STORE_KPIS = STORE_COUNTS


def scaled(visitors_a_year: float, n_days: int) -> Scenario:
    """`sized`, with chat and dispatch that bind."""
    return sized(visitors_a_year, n_days).with_({
        "operations.dispatch.capacity": max(1, round(22.0 * visitors_a_year / VISITORS)),
        "operations.dispatch.limit": 20.0,
        "operations.service.asks": 0.2,
    })  # fmt: skip


def sized(visitors_a_year: float, n_days: int) -> Scenario:
    """The shipped store at about `visitors_a_year`."""
    shipped = read_scenario(SHIPPED)
    size, search = visitors_a_year / VISITORS, shipped.channels["search"]
    assert isinstance(search, Organic)
    changes: dict[str, object] = {
        "horizon": n_days,
        "market.searches_per_day": shipped.market.searches_per_day * size,
        # The weight follows a power of orders; so set, stores of every size have about the same share of the market.
        "channels.search.weight": search.weight * size**-search.popularity,
        "channels.direct_placement.audience": 800_000.0 * size,
        "operations.stock.expected_units": 12.0 * size,
        "operations.dispatch.capacity": max(1, round(shipped.operations.dispatch.capacity * size)),
    }
    for name in STAGES:
        stage = getattr(shipped.stages, name)
        playbook = dict(stage.playbook)
        for path, value in stage.playbook.items():
            if path.endswith("daily_budget"):
                playbook[path] = value * size
            if path.endswith("agents"):
                playbook[path] = max(1, round(value * size))
        changes[f"stages.{name}.playbook"] = playbook
        if stage.gate is not None:
            changes[f"stages.{name}.gate.gmv_28d"] = stage.gate.gmv_28d * size
    return shipped.with_(changes)


def hurried(visitors_a_year: float, n_days: int = 90) -> Scenario:
    """`scaled`, opened in April, more liked, worse staffed, with gates that open early.

    Three months see three stages, members that count, empty shelves, full waves, late parcels, and 618 among other
    sales. The market's own luck is smaller than in the shipped store, so that differences of the rest show sooner.
    """
    size = visitors_a_year / VISITORS
    return scaled(visitors_a_year, n_days).with_({
        "store.opened": "2027-04-01",
        "stages.growth.gate": {"age": 14, "good_reviews": 10, "good_rate": 0.6, "gmv_28d": 0},
        "stages.stable.gate": {"age": 49, "returning_share": 0.05, "gmv_28d": 0},
        "market.noise.sd": 0.05, "market.rivals.sd": 0.05,
        "channels.returning.visits_per_member": 0.1,
        "operations.conversion.base": 0.12,
        "operations.reviews": {"chance": 0.5, "stars_sd": 1.0, "rival_bad_rate": 0.1},
        "operations.service.asks": 0.4,
        "operations.stock": {"expected_units": 60.0 * size, "safety": 0, "opening": 20},
        "operations.dispatch.capacity": max(1, round(65.0 * size)),
    })  # fmt: skip


def compiled_runs(scenario: Scenario, runs: range) -> F:
    """[n_runs, n_kpis] of storesim; `names_of` are the columns."""
    return np.array([figures_of_run(simulate(scenario, 1, run)) for run in runs])


def naive_runs(scenario: Scenario, runs: range, make: type[Kernel]) -> F:
    """[n_runs, n_kpis] of the plain store whose days `make` plays."""
    years = (NaiveYear(scenario, 1, run, make) for run in runs)
    return np.array([figures_of_plain(year) for year in years])


def names_of(scenario: Scenario) -> tuple[str, ...]:
    """KPIs of a run: of each channel, of thirds of the horizon, of the store."""
    return (
        *(f"{channel}.{name}" for channel in scenario.channels for name in CHANNEL_KPIS),
        *(f"third {i + 1}.{name}" for i in range(3) for name in THIRDS),
        *STORE_KPIS,
    )


def figures_of_run(run: Run) -> F:
    """[n_kpis] of one run, by `names_of`."""
    columns = {name: kpi.CHANNEL_INDEX[name] for name in CHANNEL_KPIS}
    return _figures(run.by_channel, columns, store_of_run(run, STORE_KPIS))


def figures_of_plain(year: NaiveYear) -> F:
    """[n_kpis] of one plain run, which it lives, by `names_of`."""
    year.live()
    by_channel = np.array(year.by_channel)
    for name, column in COLUMNS.items():
        if name in kpi.MONEY:
            by_channel[:, :, column] /= 100.0
    return _figures(by_channel, COLUMNS, store_of_plain(year, STORE_KPIS))


def store_of_run(run: Run, names: Sequence[str]) -> F:
    """[n_kpis] of counts of the store."""
    return _of_store({name: run.of_store[:, kpi.STORE_INDEX[name]] for name in names})


def store_of_plain(year: NaiveYear, names: Sequence[str]) -> F:
    """[n_kpis] of counts of the plain store."""
    return _of_store({name: np.array([day[name] for day in year.of_store]) for name in names})


def _figures(by_channel: F, columns: Mapping[str, int], store: F) -> F:
    wanted = [columns[name] for name in CHANNEL_KPIS]
    of_channels = by_channel.sum(axis=0)[:, wanted].ravel()
    whole = by_channel.sum(axis=1)[:, [columns[name] for name in THIRDS]]
    thirds = np.concatenate([part.sum(axis=0) for part in np.array_split(whole, 3)])
    return np.concatenate([of_channels, thirds, store])


def _of_store(days: Mapping[str, F]) -> F:
    """One figure a count: sums, means, and what stands at the end; of stages, which tell more so, the mean."""
    return np.array([
        counts.mean() if kpi.COUNT[name].adds == "mean" or name == "stage"
        else counts[-1] if kpi.COUNT[name].adds == "last"
        else counts.sum()
        for name, counts in days.items()
    ])  # fmt: skip
