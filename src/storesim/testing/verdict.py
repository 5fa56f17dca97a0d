"""Whether figures moved: beyond tolerance and beyond noise, corrected for how many were looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from storesim.experiments.moved import Moved, first_unlike
from storesim.experiments.paired import holm
from storesim.runs.intervals import interval_of, p_value, rank_p_value
from storesim.runs.totals import Totals, columns_of_moves
from storesim.testing.approved import Approved, Limits, counts_of, prints_of

Level = Literal["same", "moved", "warn", "fail"]
LEVELS: Final[tuple[Level, ...]] = ("same", "moved", "warn", "fail")

FALSE_ALARM: Final = 0.01
"""Most checks of a store that has not moved, beyond another luck, that fail."""

FALSE_WARNING: Final = 0.05


@dataclass(frozen=True)
class Figure:
    """One KPI, approved and now."""

    kpi: str
    before: float
    after: float
    low: float
    high: float
    """Ends of the 95 % interval of the difference of the means."""

    p: float
    """Chance of such a difference if there were none; corrected once all figures of a check are known."""

    level: Level
    middle: float = 0.0
    """Change in the middle run, as a share of the approved figure: what most runs do, whatever a few of them do."""

    size: float = 0.0
    """The change that `p` is about, `relative` or `middle`."""

    @property
    def relative(self) -> float:
        """Change as a share of the approved figure; infinite if that was 0."""
        return _share_of(self.after - self.before, self.before)


@dataclass(frozen=True)
class Verdict:
    """One approved forecast, looked at again."""

    name: str
    figures: tuple[Figure, ...]
    approved: Approved
    edited: bool
    """The scenario itself is another than the one approved."""

    moved: Moved | None
    """Where the days first differ; None if every count of every day is as it was."""

    @property
    def level(self) -> Level:
        """The worst of its figures; "moved" at least if any count of any day differs."""
        worst = max((LEVELS.index(figure.level) for figure in self.figures), default=0)
        return LEVELS[max(worst, 0 if self.moved is None else 1)]


def judged(name: str, approved: Approved, totals: Totals, fingerprint: str) -> Verdict:
    """An approved forecast against its runs played again, before `corrected` has seen the others."""
    moved = first_unlike(
        approved.start,
        (approved.columns, approved.prints),
        (columns_of_moves(totals.channels), prints_of(totals.moves)),
    )
    return Verdict(name, figures_of(approved, totals), approved, fingerprint != approved.fingerprint, moved)


def figures_of(approved: Approved, totals: Totals) -> tuple[Figure, ...]:
    """Each KPI approved and now, from paired runs; levels are those before `corrected`."""
    return tuple(_figure(approved, totals, name) for name in approved.kpis)


def corrected(verdicts: Sequence[Verdict], times: int = 1) -> list[Verdict]:
    """The verdicts with p corrected for all figures of all of them, and levels by it.

    Parameters
    ----------
    times
        How many such groups of verdicts are looked at, each by itself; Bonferroni over them.

    A figure fails if its change is larger than the tolerance *and* beyond the noise of the paired runs, in the mean or
    in the middle run; p is that of the two, doubled. By Holm a check in which nothing moved fails with a chance of
    `FALSE_ALARM` at most, however many figures it has.
    """
    p = iter(holm([figure.p for verdict in verdicts for figure in verdict.figures]))
    return [
        replace(
            verdict,
            figures=tuple(_levelled(figure, min(1.0, times * next(p)), verdict.approved) for figure in verdict.figures),
        )
        for verdict in verdicts
    ]


def _figure(approved: Approved, totals: Totals, name: str) -> Figure:
    before = approved.values(name)
    unchanged = all((approved.counts[part] == totals.count(part)).all() for part in counts_of(name))
    if unchanged:
        return Figure(name, float(before.mean()), float(before.mean()), 0.0, 0.0, 1.0, "same")
    apart = totals.values(name) - before
    low, high = interval_of(apart)
    figure = Figure(
        name, float(before.mean()), float(before.mean() + apart.mean()), low, high, 1.0, "moved",
        _share_of(float(np.median(apart)), float(before.mean())),
    )  # fmt: skip
    ways = ((figure.relative, p_value(apart)), (figure.middle, rank_p_value(apart)))
    p, size = _strongest(ways, approved.limits)
    return replace(figure, p=p, size=size)


def _strongest(ways: Sequence[tuple[float, float]], limits: Limits) -> tuple[float, float]:
    """p, corrected for the number of ways, and the change of the way by which a figure is judged.

    Of those beyond the tolerance the most certain, if it is certain enough for a warning; else of those beyond the
    warning; else of all.
    """
    p, size = 1.0, 0.0
    for limit in (limits.fail, limits.warn, 0.0):
        # Where too few runs tell no noise, a change beyond the limits is taken at its word.
        beyond = [(0.0 if math.isnan(p) else min(1.0, len(ways) * p), size) for size, p in ways if abs(size) > limit]
        if beyond:
            p, size = min(beyond)
            if p < FALSE_WARNING:
                break
    return p, size


def _share_of(apart: float, before: float) -> float:
    if apart == 0:
        return 0.0
    return apart / abs(before) if before else math.copysign(math.inf, apart)


def _levelled(figure: Figure, p: float, approved: Approved) -> Figure:
    limits, size = approved.limits, abs(figure.size)
    level: Level = "same" if figure.level == "same" else "moved"
    # A figure that is unknown now was known before: no tolerance covers that.
    unknown = math.isnan(figure.after) and not math.isnan(figure.before)
    if unknown or (size > limits.fail and p < FALSE_ALARM):
        level = "fail"
    elif size > limits.warn and p < FALSE_WARNING:
        level = "warn"
    return replace(figure, p=p, level=level)
