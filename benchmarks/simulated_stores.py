"""Simulated stores of many kinds, whose future is known: two years of each, by its number.

Half the kinds are shipped scenarios with market and luck drawn anew, half are made from the presets: a few items,
seasons, budgets and stages drawn at random, opened on any day of four years. `LIBRARY` are those from which corrections
of bands are learned (`fit_lessons.py`). A store's seed is its number.

Numbers from `SCHOOL` to `AFTER_SCHOOL` are stores of three presets with plans of every size: budgets raised up to
thirtyfold, dispatch that begins poor, seasons that make a year in a quarter.

Numbers from `PLANNED` on are stores of all kinds whose plans are drawn as well: every other store of a preset has a
plan of any size, and shipped scenarios open their stages on other days, with other budgets. Else all stores of a dated
scenario would live through one plan, and count as one draw.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storesim.results.history import History
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario

Array = NDArray[np.float64]

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
KINDS = (
    "presets/cosmetics", "mature_store", "presets/packaged_food", "small_store", "presets/pet_care",
    "presets/apparel", "elena_mileva", "presets/small_appliances", "pet_care_four_steps", "down_jacket_men",
)  # fmt: skip
EARLY = KINDS[:5]
"""Kinds of the first stores of the library."""

SCHOOL = 5_000
"""First number of the stores with plans of every size."""

PLANNED = 30_000
"""First number of the stores of all kinds with plans of their own."""

AFTER_SCHOOL = 20_100
"""First number of stores of all kinds with the plans of their scenarios."""

LIBRARY = (
    *(number for number in range(300) if KINDS[number % len(KINDS)] in EARLY),
    *range(SCHOOL, SCHOOL + 300),
    *range(20_000, 20_600),
    *range(PLANNED, PLANNED + 200),
)
"""Stores from which lessons are learned: of every kind."""

_UNDATED = ("small_store", "elena_mileva")
"""Shipped scenarios that may open on any day: none of their stages waits for a date."""

COUNTS = ("uv", "pv", "buyers", "gmv")
N_DAYS = 730
_PIECE = 50


@dataclass(frozen=True, eq=False)
class Lived:
    """Two years of one store."""

    number: int
    start: dt.date
    counts: Array
    """[n_counts, n_days], in the order of `COUNTS`."""

    @property
    def kind(self) -> str:
        """The scenario or preset it was made from."""
        return kind_of(self.number)

    def days(self, first: int, last: int) -> History:
        """The days from `first` up to `last`, not included, as a merchant would export them."""
        columns = {name: values[first:last] for name, values in zip(COUNTS, self.counts, strict=True)}
        return History(self.start + dt.timedelta(days=first), columns)


def kind_of(number: int) -> str:
    """The scenario or preset that the store of this number is made from."""
    presets = [kind for kind in EARLY if kind.startswith("presets/")]
    return presets[number % len(presets)] if SCHOOL <= number < AFTER_SCHOOL else KINDS[number % len(KINDS)]


def store(number: int) -> Scenario:
    """The scenario of a store."""
    rng = np.random.default_rng([number, 2027])
    kind = kind_of(number)
    if kind.startswith("presets/"):
        of_any_size = SCHOOL <= number < AFTER_SCHOOL or (number >= PLANNED and number // len(KINDS) % 2)
        return _read(_planned(kind, rng) if of_any_size else _plain(kind, rng))
    path = SCENARIOS / f"{kind}.yaml"
    base = _read(_replanned(path.read_text(encoding="utf-8"), rng)) if number >= PLANNED else read_scenario(path)
    drawn: dict[str, object] = {
        "market.searches_per_day": float(base.market.searches_per_day * np.exp(rng.uniform(-1.5, 0.0))),
        "market.growth": float(base.market.growth + rng.uniform(-0.1, 0.2)),
        "market.noise.sd": float(rng.uniform(0.08, 0.2)),
        "market.rivals.sd": float(rng.uniform(0.05, 0.2)),
    }
    if kind in _UNDATED:
        drawn["store.opened"] = _any_day(rng)
    return base.with_({"horizon": N_DAYS, "targets": {}, **drawn})


def lived(number: int) -> Lived:
    """Two years of a store, simulated."""
    run = simulate(store(number), seed=number)
    return Lived(number, run.start, np.stack([run.daily(name) for name in COUNTS]))


def stores(numbers: Sequence[int], folder: Path | None = None) -> Iterator[Lived]:
    """Stores by their numbers; kept in a folder, if one is given, in pieces of 50."""
    for piece in (numbers[begin : begin + _PIECE] for begin in range(0, len(numbers), _PIECE)):
        if folder is None:
            yield from map(lived, piece)
            continue
        path = folder / f"stores-{piece[0]}-{piece[-1]}.npz"
        if not path.exists():
            made = [lived(number) for number in piece]
            folder.mkdir(parents=True, exist_ok=True)
            starts = np.array([one.start.toordinal() for one in made])
            np.savez(path, starts=starts, counts=np.stack([one.counts for one in made]))
        with np.load(path) as kept:
            starts, counts = kept["starts"], kept["counts"]
        for number, start, own in zip(piece, starts, counts, strict=True):
            yield Lived(number, dt.date.fromordinal(int(start)), own)


def _read(text: str) -> Scenario:
    """The scenario of a file's text, beside which the shipped lists of items lie."""
    with tempfile.TemporaryDirectory() as folder:
        for items in SCENARIOS.glob("*_skus.csv"):
            shutil.copy(items, folder)
        path = Path(folder) / "store.yaml"
        path.write_text(text, encoding="utf-8")
        return read_scenario(path)


def _replanned(text: str, rng: np.random.Generator) -> str:
    """A scenario file whose stages open on other days, with other budgets; dates of its sales stay."""

    def moved(found: re.Match[str]) -> str:
        date = dt.date.fromisoformat(found[2]) + dt.timedelta(days=int(rng.integers(-45, 46)))
        return f"{found[1]}{date}"

    def aged(found: re.Match[str]) -> str:
        return f"{found[1]}{max(int(found[2]) * np.exp(rng.uniform(-0.7, 0.5)), 8):.0f}d"

    def scaled(found: re.Match[str]) -> str:
        return f"{found[1]}{float(found[2].replace(',', '')) * np.exp(0.5 * rng.standard_normal()):.0f}"

    text = re.sub(r"(gate: \{on: )(\d{4}-\d\d-\d\d)", moved, text)
    text = re.sub(r"(gate: \{age: )(\d+)d", aged, text)
    return re.sub(r"(daily_budget: ¥)(\d+(?:,\d{3})*)", scaled, text)


def _any_day(rng: np.random.Generator) -> dt.date:
    return dt.date(2024, 1, 1) + dt.timedelta(days=int(rng.integers(4 * 365)))


def _plain(kind: str, rng: np.random.Generator) -> str:
    """A scenario file: a preset, a few items, and numbers drawn at random. Three in ten stores have no stages."""
    budget, placed = float(np.exp(rng.uniform(4.0, 6.0))), float(rng.choice([0.0, 60.0, 150.0]))
    grown = budget * np.exp(rng.uniform(0.2, 1.8))
    text = without_plan(kind, rng, float(rng.choice([0.1, 0.3, 0.6, 1.0])), budget, placed)
    if rng.random() < 0.3:
        return text
    settled = grown * rng.uniform(0.6, 1.1)
    return (
        text
        + f"""stages:
  launch: {{playbook: {{catalogue.discount: {rng.uniform(0.0, 0.15):.2f}}}}}
  growth: {{gate: {{age: {rng.integers(20, 120)}d}}, playbook: {{channels.express.daily_budget: {grown:.0f}}}}}
  stable: {{gate: {{age: {rng.integers(150, 330)}d}}, playbook: {{channels.express.daily_budget: {settled:.0f}}}}}
"""
    )


def _planned(kind: str, rng: np.random.Generator) -> str:
    """The same with a plan of any size: two stages that change ads, prices, dispatch and service on their day."""
    budget, placed = float(np.exp(rng.uniform(3.3, 5.5))), float(rng.choice([0.0, 60.0]))
    text = without_plan(kind, rng, float(rng.choice([0.1, 0.4, 0.8, 1.3])), budget, placed)
    grown = budget * np.exp(rng.uniform(0.0, 3.4))
    settled = grown * np.exp(rng.uniform(-0.6, 0.3))
    placed += rng.choice([0.0, 80.0, 300.0])
    bid = np.exp(rng.uniform(0.3, 1.3))
    slow = rng.random() < 0.4
    dispatch = f"operations.dispatch.capacity: {rng.integers(2, 20)}, operations.dispatch.delivery: 4d"
    quick = ", operations.dispatch.capacity: 500, operations.dispatch.delivery: 2d" if slow else ""
    first = int(rng.integers(15, 180))
    return (
        text
        + f"""stages:
  launch:
    playbook: {{catalogue.discount: {rng.uniform(0.0, 0.2):.2f}{", " + dispatch if slow else ""}}}
  growth:
    gate: {{age: {first}d}}
    playbook: {{catalogue.discount: {rng.uniform(0.0, 0.1):.2f}, channels.express.daily_budget: {grown:.0f},
      channels.express.bid: {bid:.2f}, channels.direct_placement.daily_budget: {placed:.0f}{quick}}}
  stable:
    gate: {{age: {first + rng.integers(60, 300)}d}}
    playbook: {{channels.express.daily_budget: {settled:.0f}{quick}}}
"""
    )


def without_plan(kind: str, rng: np.random.Generator, swing: float, budget: float, placed: float) -> str:
    """A preset, a few items, a market and an opening day; the seasons swing by so much of a logarithm."""
    season = np.exp(swing * rng.standard_normal(4))
    season = np.round(season / season.sum(), 4)
    season[3] = 1.0 - season[:3].sum()
    text = f"""extends: {kind}.yaml
store: {{name: {kind}, opened: {_any_day(rng)}, category: 类目}}
horizon: {N_DAYS}d
market:
  searches_per_day: {np.exp(rng.uniform(8.3, 10.3)):.0f}
  season: [{", ".join(f"{share:.4f}" for share in season)}]
  growth: {rng.uniform(-0.1, 0.3):.3f}
  noise: {{sd: {rng.uniform(0.08, 0.2):.3f}, lag1: {rng.uniform(0.4, 0.8):.3f}}}
  rivals: {{sd: {rng.uniform(0.05, 0.2):.3f}}}
channels:
  express: {{daily_budget: {budget:.0f}, bid: {np.exp(rng.uniform(0.2, 1.1)):.2f}}}
  direct_placement: {{daily_budget: {placed:.0f}, audience: 50万}}
operations:
  stock: {{expected_units: {rng.uniform(3, 20):.0f}}}
  service: {{agents: {rng.integers(1, 4)}}}
  dispatch: {{capacity: 400}}
catalogue:
  skus:
"""
    for which, role in enumerate(("hero", "promo", "profit", "traffic")):
        price = float(np.exp(rng.uniform(3.0, 5.5)))
        item = f"sku: A-{which}, name: 商品{which}, category: 类目, material: 材料, role: {role}"
        text += f"    - {{{item}, price: {price:.1f}, cost: {0.4 * price:.1f}, popularity: {rng.uniform(1, 9):.1f}}}\n"
    return text
