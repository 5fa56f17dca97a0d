"""What a store of other shape costs: more SKUs, more channels, more years, more visitors.

One thing at a time is varied from the whole store of `benchmarks/whole_store.py`; the sizes of one table take turns, so
that what others do on the machine falls on all. Visitors are kept about the same where they are not what is varied.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from benchmarks.record import record, table
from benchmarks.timing import cpu_of
from benchmarks.whole_store import scaled
from storesim.runs.one import simulate
from storesim.scenario.channels import Organic, PayPerClick, Placement
from storesim.scenario.document import Scenario
from storesim.scenario.store import STAGES

VISITORS = 2e6
YEAR = 365


class Size(NamedTuple):
    """One size of one kind, measured."""

    size: float
    days: int
    visitors: float
    """In the run."""

    seconds: float
    """CPU time of a run, median."""


def with_skus(n: int) -> Scenario:
    """The store with `n` SKUs that together are as popular, and as well stocked, as the shipped ones."""
    store = scaled(VISITORS, YEAR)
    shipped = store.catalogue.skus
    skus = [
        {
            **shipped[i % len(shipped)].model_dump(by_alias=True),
            "sku": f"S{i:04}", "popularity": shipped[i % len(shipped)].popularity * len(shipped) / n, "stock": None,
        }
        for i in range(n)
    ]  # fmt: skip
    return store.with_({"catalogue.skus": skus, "catalogue.file": None})


def with_channels(n: int) -> Scenario:
    """The store with its search, express and placement each cut into equal parts, `n` channels in all."""
    store = scaled(VISITORS, YEAR)
    kinds = [name for name, channel in store.channels.items() if isinstance(channel, Organic | PayPerClick | Placement)]
    parts = {name: (n - 1) // len(kinds) + (i < (n - 1) % len(kinds)) for i, name in enumerate(kinds)}
    channels: dict[str, object] = {"returning": store.channels["returning"].model_dump(by_alias=True)}
    for name in kinds:
        for i in range(parts[name]):
            channels[f"{name}_{i}"] = _part(store, name, parts[name])
    # The channels as they are would stay beside their parts in `Scenario.with_`.
    document = store.model_dump(by_alias=True)
    document["channels"] = channels
    for stage in STAGES:
        playbook: dict[str, object] = {}
        for path, value in getattr(store.stages, stage).playbook.items():
            group, name, *rest = path.split(".")
            if group != "channels" or name not in parts:
                playbook[path] = value
                continue
            for i in range(parts[name]):
                share = value / parts[name] if rest == ["daily_budget"] else value
                playbook[".".join([group, f"{name}_{i}", *rest])] = share
        document["stages"][stage]["playbook"] = playbook
    return Scenario.model_validate(document)


def _part(store: Scenario, name: str, parts: int) -> dict[str, object]:
    channel = store.channels[name]
    part = channel.model_dump(by_alias=True)
    for setting in ("share", "daily_budget", "audience"):
        if setting in part:
            part[setting] = part[setting] / parts
    return part


def main() -> None:
    """Measure every table, and write the section."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--turns", type=int, default=3)
    turns = parser.parse_args().turns
    parts = [
        _table("SKUs", (20, 200, 2_000), with_skus, turns),
        _table("channels", (5, 15, 50), with_channels, turns),
        _table("years", (1, 3, 10), lambda years: scaled(VISITORS, int(YEAR * years)), turns),
        _table("visitors a year", (1e5, 1e6, 1e7, 1e8), lambda visitors: scaled(visitors, YEAR), turns),
    ]
    record(
        "Stores of other shapes",
        f"python -m benchmarks.sizes --turns {turns}",
        "\n\n".join([
            (
                "The whole store of `benchmarks/whole_store.py`, about 2 million visitors a year, one thing varied at "
                f"a time; one run in one process, CPU time, medians of {turns} turns."
            ),
            *parts,
        ]),
    )  # fmt: skip


def _table(what: str, sizes: Sequence[float], make: Callable[..., Scenario], turns: int) -> str:
    found = _measured(sizes, make, turns)
    first = found[0]
    return table(
        (what, "days", "visitors in the run", "s a run", "ms a day", "ns a visitor", "s against the first"),
        [
            (
                f"{one.size:,.0f}", f"{one.days:,}", f"{one.visitors:,.0f}", f"{one.seconds:.3f}",
                f"{1e3 * one.seconds / one.days:.2f}", f"{1e9 * one.seconds / one.visitors:,.0f}",
                f"{one.seconds / first.seconds:.2f} ×",
            )
            for one in found
        ],
    )  # fmt: skip


def _measured(sizes: Sequence[float], make: Callable[..., Scenario], turns: int) -> list[Size]:
    scenarios = [make(size) for size in sizes]
    visitors = [simulate(scenario, 1, 0).total("uv") for scenario in scenarios]
    seconds: list[list[float]] = [[] for _ in sizes]
    for _ in range(turns):
        for i, scenario in enumerate(scenarios):
            seconds[i].append(cpu_of(lambda scenario=scenario: simulate(scenario, 1, 0)))  # type: ignore[misc]  # a default binds the loop's value
    return [Size(size, scenarios[i].n_days, visitors[i], median(seconds[i])) for i, size in enumerate(sizes)]


if __name__ == "__main__":
    main()
