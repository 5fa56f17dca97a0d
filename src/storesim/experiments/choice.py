"""Which plan to take, with a guarantee of how far it can be from the best."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.errors import UsageError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """The plan with the best mean, and what can be said for it."""

    best: int
    """Place of the plan."""

    behind: float
    """With the confidence asked for, the best of all is not better than this one by more; in the KPI's unit."""

    possible: tuple[int, ...]
    """Places of the plans among which the best of all is, with the confidence asked for; the best mean first."""

    order: tuple[int, ...]
    """Places of all plans, the best mean first."""

    unknown: tuple[int, ...] = ()
    """Places of plans with a run that has no figure, such as a ratio of nothing: they stand last and are not chosen."""

    alike: tuple[int, ...] = ()
    """Places of the plan and of all whose figure is the same in every run; more runs tell none of them apart."""

    @property
    def tied(self) -> bool:
        """True if several plans are possible and all of them are alike."""
        return len(self.possible) > 1 and set(self.possible) == set(self.alike)


def choose(values: Array, confidence: float = 0.95) -> Choice:
    """The plan with the largest mean of values [n_plans, n_runs], whose runs share their luck.

    One statement for all plans holds with the confidence asked for: against the plan that is truly best, each of the
    k - 1 others is overrated by no more than t(1 - α / (k - 1)) standard errors of the paired difference (Bonferroni).
    From it follow both the bound on what is lost and the set that holds the best.

    Raises
    ------
    UsageError
        If every plan has a run without a figure.

    References
    ----------
    Nelson and Matejcik (1995), Using common random numbers for indifference-zone selection and multiple comparisons
    in simulation, Management Science 41(12), 1935-1945, procedure with Bonferroni; Hsu (1984), Annals of Statistics
    12(3), 1136-1144, for comparisons with the best.
    """
    from scipy.special import stdtrit

    known = np.flatnonzero(~np.isnan(values).any(axis=1))
    if known.size == 0:
        raise UsageError("no plan can be chosen: each has a run whose figure is a ratio of nothing")
    if known.size < values.shape[0]:
        found = choose(values[known], confidence)
        unknown = tuple(i for i in range(values.shape[0]) if i not in known)
        possible, order, alike = (
            tuple(int(known[i]) for i in places) for places in (found.possible, found.order, found.alike)
        )
        return Choice(order[0], found.behind, possible, (*order, *unknown), unknown, alike)
    k, n = values.shape
    means = values.mean(axis=1)
    order = tuple(int(i) for i in np.argsort(-means, kind="stable"))
    best = order[0]
    if k == 1:
        return Choice(best, 0.0, order, order)
    if n < 2:
        return Choice(best, math.inf, order, order)
    t = float(stdtrit(n - 1, 1 - (1 - confidence) / (k - 1)))
    # [k, k]: how much more the plan of the column may be than that of the row.
    errors = np.sqrt(np.stack([(values - row).var(axis=1, ddof=1) for row in values]) / n)
    more = means[np.newaxis, :] - means[:, np.newaxis] + t * errors
    np.fill_diagonal(more, 0.0)
    behind = float(more[best].max())
    possible = tuple(i for i in order if all(more[j, i] >= 0 for j in range(k)))
    alike = tuple(i for i in order if (values[i] == values[best]).all())
    return Choice(best, max(0.0, behind), possible, order, alike=alike)


def select(
    play: Callable[[Sequence[int], int], Array],
    k: int,
    indifference: float,
    *,
    confidence: float = 0.95,
    first: int = 20,
    batch: int = 5,
    most: int = 2000,
) -> Choice:
    """The best of k plans, with the confidence asked for if it is better than the others by `indifference` or more.

    Plans that cannot be the best any more drop out as runs come in, so that most runs go to those that may be.

    Parameters
    ----------
    play
        Given places of plans and a number of runs n, their values [n_places, n], on common luck; runs already played
        are asked for again.
    indifference
        A difference that is worth telling, in the KPI's unit.
    first, batch, most
        Runs before the first look, between looks, and at most.

    Raises
    ------
    UsageError
        If the indifference is not above 0, or there are fewer than two first runs.

    References
    ----------
    Kim and Nelson (2001), A fully sequential procedure for indifference-zone selection in simulation, ACM Transactions
    on Modeling and Computer Simulation 11(3), 251-273, with c = 1; valid for common random numbers. Looking every few
    runs instead of after each keeps the guarantee.
    """
    if not indifference > 0 or first < 2:
        raise UsageError("choosing needs a difference worth telling above 0, and two or more first runs")
    left = list(range(k))
    values = play(left, first)
    eta = 0.5 * ((2 * (1 - confidence) / max(k - 1, 1)) ** (-2 / (first - 1)) - 1)
    h2 = 2 * eta * (first - 1)
    variances = np.stack([(values - row).var(axis=1, ddof=1) for row in values])
    runs, means = first, dict(enumerate(values.mean(axis=1).tolist()))
    while True:
        margin = np.maximum(0.0, indifference / (2 * runs) * (h2 * variances / indifference**2 - runs))
        left = [i for i in left if all(means[i] >= means[j] - margin[i, j] for j in left if j != i)]
        if len(left) == 1 or runs >= min(most, h2 * variances[np.ix_(left, left)].max() / indifference**2):
            break
        runs = min(runs + batch, most)
        values = play(left, runs)
        means |= dict(zip(left, values.mean(axis=1).tolist(), strict=True))
    order = tuple(sorted(range(k), key=lambda i: (i not in left, -means[i])))
    decided = len(left) == 1 or runs < most
    return Choice(order[0], indifference if decided else math.inf, tuple(i for i in order if i in left), order)
