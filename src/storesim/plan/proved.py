"""Mixes of levers put to the proof: the cheapest that brings what is missing, and nothing in it that does nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.plan.cheapest import Curve, Mix, cheapest_mix
from storesim.plan.levers import Lever

Array = NDArray[np.float64]
Play = Callable[[Sequence[Mapping[Lever, float]]], list[Array]]
"""Mixes → [n_runs, n_kept] of each, always on the same luck."""

KEPT = ("gmv", "profit", "uv", "ad_spend", "commission_promised", "discounts", "wages", "hiring", "storage",
        "write_offs")  # fmt: skip
"""Totals of a run that levers are judged by."""

ROUNDS = 3
"""Mixes played to find one that brings enough."""

_LIMITED_ROUNDS = 6
"""The same where what levers may cost is limited, and mixes cost more than the sum of their levers."""

_ENOUGH, _FALSE = 0.97, 0.05
"""Share of what is missing that is enough; chance that a lever which does nothing stays in a mix."""


def sure_beyond(n_runs: int, false: float) -> float:
    """Standard errors of paired runs beyond which a gain is clear, but for one that is none with chance `false`."""
    from scipy.special import stdtrit

    return float(stdtrit(n_runs - 1, 1.0 - false))


@dataclass(frozen=True)
class Proof:
    """A mix, its runs, and what they say it brings and costs."""

    steps: dict[Lever, float]
    runs: Array
    gained: float
    cost: float


def proved_mix(
    curves: Mapping[Lever, Curve],
    wanted: tuple[float, float],
    base: Array,
    play: Play,
) -> Proof:
    """The mix to recommend, from mixes that were simulated and doing nothing: the cheapest that brings what is missing.

    Where none does, the one that brings most. A mix that costs more than allowed when it is played is not taken.
    """
    need, most = wanted
    asked, allowed = need, most
    # Sums that were allowed to mixes that kept the limit when they were played, and to mixes that broke it.
    kept_with, broken_with = 0.0, np.inf
    proofs = [Proof({}, base, 0.0, 0.0)]
    for _ in range(ROUNDS if np.isinf(most) else _LIMITED_ROUNDS):
        steps, promised = _mix_within(curves, asked, allowed)
        proof = next((proof for proof in proofs if proof.steps == steps), None)
        if proof is None:
            (runs,) = play([steps])
            added = (runs - base).mean(axis=0)
            proof = Proof(steps, runs, float(added[0]), _cost_of(steps, added))
            proofs.append(proof)
        elif np.isinf(broken_with):
            break
        if proof.cost > most:
            broken_with = allowed
            allowed = 0.5 * (kept_with + broken_with) if kept_with else allowed * 0.97 * most / proof.cost
        elif proof.gained >= _ENOUGH * need:
            break
        elif np.isfinite(broken_with):
            kept_with = allowed
            allowed = 0.5 * (kept_with + broken_with)
        elif proof.gained <= 0.0 or promised <= 0.0:
            break
        else:
            # Levers help one another less than they do alone: ask for more of them.
            asked = need * min(3.0, promised / proof.gained)
    kept = [proof for proof in proofs if proof.cost <= most]
    enough = [proof for proof in kept if proof.gained >= _ENOUGH * need]
    return min(enough, key=lambda proof: proof.cost) if enough else max(kept, key=lambda proof: proof.gained)


def without_idle(proof: Proof, base: Array, play: Play) -> Proof:
    """A mix without the levers whose gain in it cannot be told from none: it costs less and brings as much.

    Each lever is left out by itself, on the same luck, and all that are not missed together; where together they are
    missed, the one that is missed least goes, and the rest is looked at again.

    Parameters
    ----------
    base : [n_runs, n_kept]
        The store as it is, on that luck.
    """
    sure = sure_beyond(base.shape[0], _FALSE)
    while proof.steps:
        idle = []
        mixes = [{kept: step for kept, step in proof.steps.items() if kept != lever} for lever in proof.steps]
        for lever, less in zip(proof.steps, _played(mixes, base, play), strict=True):
            if less.cost <= proof.cost and not _missed(proof, less, sure):
                idle.append((lever, less))
        if not idle:
            return proof
        alone = max((less for _, less in idle), key=lambda less: less.gained)
        if len(idle) > 1:
            gone = {lever for lever, _ in idle}
            (less,) = _played([{k: step for k, step in proof.steps.items() if k not in gone}], base, play)
            if less.cost <= proof.cost and not _missed(proof, less, sure):
                return less
        proof = alone
    return proof


def _played(mixes: Sequence[dict[Lever, float]], base: Array, play: Play) -> list[Proof]:
    """Each mix with its runs; doing nothing has been played."""
    found = iter(play([mix for mix in mixes if mix]))
    proofs = []
    for mix in mixes:
        runs = next(found) if mix else base
        added = (runs - base).mean(axis=0)
        proofs.append(Proof(mix, runs, float(added[0]), _cost_of(mix, added)))
    return proofs


def _missed(full: Proof, less: Proof, sure: float) -> bool:
    """Whether a mix clearly brings less than the one it is part of."""
    lost = full.runs[:, 0] - less.runs[:, 0]
    return bool(lost.mean() > sure * lost.std(ddof=1) / np.sqrt(lost.size))


def _cost_of(steps: Mapping[Lever, float], added: Array) -> float:
    """What some levers cost, from means [n_kept] of what they add; a count that falls is no saving."""
    names = dict.fromkeys(name for lever in steps for name in lever.costs)
    return sum(max(0.0, float(added[KEPT.index(name)])) for name in names)


def _mix_within(curves: Mapping[Lever, Curve], need: float, most: float) -> tuple[dict[Lever, float], float]:
    """How far each lever is pulled in the cheapest mix, and the gain that promises.

    Where a whole step of a lever does not fit, what it leaves is spent on the others.
    """
    open_ones = dict(curves)
    while True:
        mix = cheapest_mix(list(open_ones.values()), need, most)
        steps, cut_short = _steps(open_ones, mix, most)
        if not cut_short:
            return steps, mix.gain
        open_ones |= {lever: _up_to(open_ones[lever], step) for lever, step in cut_short.items()}


def _steps(curves: Mapping[Lever, Curve], mix: Mix, most: float) -> tuple[dict[Lever, float], dict[Lever, float]]:
    """How far each lever is pulled; whole ones up to the next whole step where that costs no more than allowed.

    And the whole ones that stop at a lower step, since the next costs too much.
    """
    steps: dict[Lever, float] = {}
    cut_short: dict[Lever, float] = {}
    spent = mix.cost
    for (lever, curve), cost in zip(curves.items(), mix.costs, strict=True):
        # A lever that costs nothing is pulled as far as it helps.
        step = float(curve.steps[curve.costs <= 0.0][-1]) if cost <= 0.0 else curve.at(float(cost))[1]
        if lever.whole:
            up = float(np.ceil(step - 1e-9))
            more = float(np.interp(up, curve.steps, curve.costs)) - float(cost) if up > step + 1e-9 else 0.0
            # What stands on a whole step stays there, and costs nothing more than it does.
            if more <= 0.0 or spent + more <= most:
                step, spent = up, spent + more
            else:
                step = cut_short[lever] = float(np.floor(step))
        if abs(step - lever.rest) > 1e-9:
            steps[lever] = step if lever.whole else round(step, 3)
    return steps, cut_short


def _up_to(curve: Curve, step: float) -> Curve:
    """A curve that ends at a step."""
    inside = curve.steps < step
    cost = float(np.interp(step, curve.steps, curve.costs))
    ends = zip((curve.costs, curve.gains, curve.steps), (cost, curve.at(cost)[0], step), strict=True)
    return Curve(*(np.append(knots[inside], end) for knots, end in ends))
