"""Forecasts of simulated stores whose future is known: are bands, and chances of reaching a total, what they say?

`python -m benchmarks.calibration FOLDER [FILE…] [--every=N] [--told=N] [--kinds=N] [--seconds=N]` forecasts the stores
that lessons are learned from (`fit_lessons.py`, the same folder and files) from several days of their lives, knowing
only days before, and holds the paths against what came: days, totals of 28 and 90 days and of a year, and chances that
a total reaches thresholds. No store is judged by lessons it had a part in: they are learned from the other half of the
stores, once not told and once told when the store opened, and once more from stores of other kinds, two kinds left out
at a time. With `--every=8`, an eighth of the stores is judged, by lessons of as many as otherwise; `--told=4` and
`--kinds=8` are the same for stores told to have opened, and for lessons of other kinds. What is learned and judged is
kept in the folder as long as `lessons.csv` stays: with `--seconds=200` it stops after so many and goes on when called
again; the section tells of the stores judged so far.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
import time
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.fit_lessons import OF_STORES, TABLE, learned
from benchmarks.foretold import Case, cases, pieces_of
from benchmarks.lesson_rows import Rows, of_cases, of_made, of_public
from benchmarks.record import record
from benchmarks.simulated_stores import COUNTS, KINDS, LIBRARY
from storesim.forecast.methods.lessons import Taught

Array = NDArray[np.float64]
Place = tuple[str, int]
IntOrArray = TypeVar("IntOrArray", int, NDArray[np.int64])

SHOWN = ("uv", "buyers", "gmv")
HORIZONS = (28, 90, 365)
LIVES = {
    (0, 60): "launching", (0, 120): "launching", (0, 200): "settled", (0, 365): "settled", (275, 365): "settled",
}  # fmt: skip
"""By first known day and origin; the last is an export that begins late in the store's life."""

WHEN = {
    "settled": "From days 200 and 365 of the store's life, and from its last 90 days then",
    "launching": "From days 60 and 120, while the store launches and grows",
}
BY = {
    "stores": "lessons of other stores",
    "told": "lessons of other stores, told the day on which the store opened",
    "kinds": "lessons of other kinds of store",
}
N_PATHS = 300
_PIECE = 50
_TURNS = 5
"""Pieces are judged by turns, so that those judged first are of all sources."""

THRESHOLDS = (0.8, 0.9, 1.0, 1.1, 1.25)
"""Of the median total: totals whose chance is told."""


@dataclass
class Tally:
    """What fell in bands, and what was said and came of chances."""

    days: list[float] = field(default_factory=list)
    totals: list[float] = field(default_factory=list)
    said: list[float] = field(default_factory=list)
    came: list[float] = field(default_factory=list)

    def add(self, paths: Array, actual: Array) -> None:
        """Paths [n_paths, horizon] of one KPI, and what came."""
        low, high = np.quantile(paths, [0.1, 0.9], axis=0)
        self.days.append(float(((actual >= low) & (actual <= high)).mean()))
        totals, total = paths.sum(axis=1), actual.sum()
        low, high = np.quantile(totals, [0.1, 0.9])
        self.totals.append(float(low <= total <= high))
        for share in THRESHOLDS:
            wanted = share * float(np.median(totals))
            self.said.append(float((totals >= wanted).mean()))
            self.came.append(float(total >= wanted))

    def join(self, other: Tally) -> None:
        """Add what another holds."""
        for one in fields(self):
            getattr(self, one.name).extend(getattr(other, one.name))

    def calibration_error(self) -> float:
        """Expected calibration error over ten bins of what was said, each weighted by its size.

        References
        ----------
        Naeini, Cooper and Hauskrecht (2015), AAAI, 2901-2907.
        """
        said, came = np.array(self.said), np.array(self.came)
        place = np.minimum((said * 10).astype(int), 9)
        parts = [(place == one) for one in range(10)]
        apart = [abs(said[part].mean() - came[part].mean()) * part.sum() for part in parts if part.any()]
        return float(sum(apart) / said.size)


def judged(case: Case, taught: Taught, tallies: dict[Place, Tally], *, told: bool = False) -> None:
    """Add one forecast, by these lessons, to the tallies; told when the store opened or not."""
    paths = case.paths(N_PATHS, taught, told=told)
    for name in SHOWN:
        if name in case.driven.names:
            own, came = paths[..., case.driven.names.index(name)], case.counts[COUNTS.index(name)]
            for horizon in HORIZONS:
                tallies.setdefault((name, horizon), Tally()).add(own[:, :horizon], came[:horizon])


def halves(number: IntOrArray) -> IntOrArray:
    """Which half a store is in; both halves have all kinds."""
    return number // len(KINDS) % 2


def by_other_stores(rows: Rows) -> list[Taught]:
    """Lessons for each half, of the other."""
    which = np.where(rows.source == "store", halves(rows.number), -1)
    return [learned(rows.only(which != half), OF_STORES) for half in range(2)]


def by_other_kinds(rows: Rows) -> dict[str, Taught]:
    """Lessons for each kind, of kinds without it: each kind is left out with another."""
    found = {}
    for first, second in zip(KINDS[::2], KINDS[1::2], strict=True):
        others = rows.only((rows.kind != first) & (rows.kind != second))
        found[first] = found[second] = learned(others, OF_STORES)
    return found


def table(tallies: dict[tuple[str, int], Tally]) -> str:
    """A row for each KPI and horizon."""
    lines = [
        "| KPI | days ahead | days in 80 % | totals in 80 % | error of chances (ECE) | forecasts |",
        "|---|---|---|---|---|---|",
    ]
    for (name, horizon), tally in sorted(tallies.items()):
        cells = f"{100 * np.mean(tally.days):.0f} | {100 * np.mean(tally.totals):.0f} | {tally.calibration_error():.3f}"
        lines.append(f"| {name} | {horizon} | {cells} | {len(tally.days)} |")
    return "\n".join(lines)


def main(folder: Path, files: list[Path], shares: tuple[int, int, int], seconds: float) -> None:
    """Judge as many stores as time allows, and write the section."""
    every, of_told, of_kinds = shares
    key = hashlib.sha256(TABLE.read_bytes()).hexdigest()[:12]
    found: dict[tuple[str, str], dict[Place, Tally]] = {}
    taught, n_judged, began = folder / f"taught-{key}.pkl", 0, time.monotonic()
    if not taught.exists():
        rows = Rows.of([*of_cases(cases(LIBRARY, folder)), *of_made(), *of_public(files)])
        taught.write_bytes(pickle.dumps((by_other_stores(rows), by_other_kinds(rows))))
    stores, kinds = pickle.loads(taught.read_bytes())  # noqa: S301 - written by this benchmark
    numbers = [number for number in LIBRARY if chosen(number, every)]
    for piece in sorted(pieces_of(LIBRARY), key=lambda piece: piece[0] // _PIECE % _TURNS):
        part = folder / f"judged-{key}-{every}-{of_told}-{of_kinds}-{piece[0]}.pkl"
        if not part.exists():
            if time.monotonic() - began > seconds:
                continue
            own: dict[tuple[str, str], dict[Place, Tally]] = {}
            for case in cases(piece, folder):
                life = LIVES.get((case.first, case.origin))
                if life is not None and chosen(case.number, every):
                    judged(case, stores[halves(case.number)], own.setdefault((life, "stores"), {}))
                    if chosen(case.number, of_told):
                        judged(case, stores[halves(case.number)], own.setdefault((life, "told"), {}), told=True)
                    if chosen(case.number, of_kinds):
                        judged(case, kinds[case.kind], own.setdefault((life, "kinds"), {}))
            part.write_bytes(pickle.dumps(own))
        for which, tallies in pickle.loads(part.read_bytes()).items():  # noqa: S301 - written above
            for place, tally in tallies.items():
                found.setdefault(which, {}).setdefault(place, Tally()).join(tally)
        n_judged += len(set(piece) & set(numbers))
    print(f"{n_judged} of {len(numbers)} stores judged")
    write(found, shares, n_judged)


def chosen(number: int, every: int) -> bool:
    """Whether a store is among those judged; some of each kind are."""
    return number // (2 * len(KINDS)) % every == every // 4


def write(found: dict[tuple[str, str], dict[Place, Tally]], shares: tuple[int, int, int], number: int) -> None:
    """The section, of what fell where by the store's life and by whose lessons it was judged."""
    head = (
        f"{number} simulated stores of two years ({2 * number} store-years) of {len(KINDS)} kinds, of {len(LIBRARY)} "
        "that teach lessons, each judged by those of others; markets, luck, budgets, stages and, of two stores in "
        "five, whole plans drawn anew; each foretold from its own days alone. Stores, and their forecasts before "
        "anything taught, are those that a run before left in FOLDER, if one did; lessons and paths are new."
    )
    said = [head]
    for others, by in BY.items():
        everywhere: dict[Place, Tally] = {}
        for life in WHEN:
            for place, tally in found[life, others].items():
                everywhere.setdefault(place, Tally()).join(tally)
        said.append(f"From all of these days of its life; {by}:\n\n{table(everywhere)}")
    for life, when in WHEN.items():
        said += [f"{when}; {by}:\n\n{table(found[life, others])}" for others, by in BY.items()]
    every, told, kinds = shares
    command = f"python -m benchmarks.calibration FOLDER FILE… --every={every} --told={told} --kinds={kinds}"
    record("Calibration on simulated stores", command, "\n\n".join(said))


if __name__ == "__main__":
    said = dict(text.removeprefix("--").split("=") for text in sys.argv[1:] if text.startswith("--"))
    names = [Path(text) for text in sys.argv[1:] if not text.startswith("--")]
    every = int(said.get("every", 1))
    told, kinds = (int(said.get(name, every)) for name in ("told", "kinds"))
    main(names[0], names[1:], (every, told, kinds), float(said.get("seconds", "inf")))
