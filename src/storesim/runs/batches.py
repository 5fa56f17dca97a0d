"""Batches of runs: what workers are handed, and what they play."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, NamedTuple

from storesim.errors import UsageError
from storesim.results.ensemble import Ensemble, side_by_side

if TYPE_CHECKING:
    from storesim.scenario.document import Scenario

BATCH_RUNS = 5
"""Runs in a batch, whatever the workers: few enough to lose little when killed, enough to hide the cost of sending."""


MOST_RUNS = 100_000
"""More would be a slip of the hand: their daily counts fit no memory."""


class Batch(NamedTuple):
    """Runs `first` to `stop - 1`."""

    first: int
    stop: int

    @property
    def number(self) -> int:
        """Number of the batch, from 0."""
        return self.first // BATCH_RUNS

    @property
    def n_runs(self) -> int:
        """Runs in it: `BATCH_RUNS`, but for the last."""
        return self.stop - self.first

    def __str__(self) -> str:
        return f"runs {self.first} to {self.stop - 1}"


def batches_of(n_runs: int) -> tuple[Batch, ...]:
    """Runs 0 to n_runs - 1 in batches."""
    return tuple(Batch(first, min(first + BATCH_RUNS, n_runs)) for first in range(0, n_runs, BATCH_RUNS))


def play_batch(scenario: Scenario, seed: int, batch: Batch) -> Ensemble:
    """The runs of a batch, one after the other.

    Raises
    ------
    RunError
        If a run fails; it carries what is needed to repeat it.
    """
    # Late, because it loads Numba, which a process that only hands out batches does not need.
    from storesim.runs.one import simulate

    return side_by_side([simulate(scenario, seed=seed, run=run) for run in range(batch.first, batch.stop)])


def refuse_runs_and_seed(n_runs: int, seed: int) -> None:
    """UsageError if there cannot be so many runs, or no such seed."""
    if not _is_whole(n_runs) or not 1 <= n_runs <= MOST_RUNS:
        raise UsageError(f'n_runs is {n_runs!r}; it is a whole number from 1 to {MOST_RUNS:,}, or "auto"')
    if not _is_whole(seed) or not 0 <= seed < 2**63:
        raise UsageError(f"seed is {seed!r}; it is a whole number from 0 to {2**63 - 1:,}")


def _is_whole(number: object) -> bool:
    # numpy's integers are whole numbers too; True is a slip.
    return isinstance(number, Integral) and not isinstance(number, bool)
