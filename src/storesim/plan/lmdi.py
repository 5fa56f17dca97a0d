"""Why a sum differs from another: the gap shared among the factors of a product, nothing left over (LMDI).

With GMV = UV × CVR × AOV the gap G₁ − G₀ is Σ_f L(G₁, G₀) · ln(f₁ / f₀) over the factors f, where L is the logarithmic
mean. Summed over channels it splits the store's gap by channel and factor. Amounts are rounded to whole units that add
up to the gap.

References
----------
Ang (2005), Energy Policy 33(7), 867-871: the additive LMDI-I. Ang and Liu (2007), Energy Policy 35(1), 238-246: zeros.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from storesim.errors import ShapeError
from storesim.plan.exact import nearest


@dataclass(frozen=True)
class Cause:
    """A part of a gap."""

    channel: str
    """"" for the whole store."""

    factor: str
    """The driver it is put down to: "uv", "cvr", "aov", "depth"."""

    amount: int
    """Whole units: fen of GMV, or page views."""


def log_mean(a: float, b: float) -> float:
    """L(a, b) = (a − b) / (ln a − ln b); a where both are the same, 0 where one is 0."""
    if a <= 0.0 or b <= 0.0:
        return 0.0
    if abs(a - b) <= 1e-9 * a:
        # The quotient of two roundings says nothing any more; the mean of neighbours is between them.
        return 0.5 * (a + b)
    return (a - b) / math.log(a / b)


def effects(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """[n_factors] what each step of a chain of counts adds to the last of them.

    Parameters
    ----------
    before, after : [n_factors]
        Counts from the first to the sum, such as UV, buyers, GMV: the factors are UV, buyers / UV, GMV / buyers.

    Returns
    -------
    Effects that add up to `after[-1] - before[-1]`. Where the sum is 0 on one side the first count that is 0 there
    explains all of it: it is the limit of LMDI as that count goes to 0.

    Raises
    ------
    ShapeError
        If the two differ in length.
    """
    if len(before) != len(after):
        raise ShapeError(before=(len(before),), after=(len(after),))
    gap = after[-1] - before[-1]
    zero = next((i for i in range(len(before)) if (before[i] <= 0.0) != (after[i] <= 0.0)), None)
    if zero is not None:
        return [gap if i == zero else 0.0 for i in range(len(before))]
    if before[-1] <= 0.0:
        return [0.0] * len(before)
    weight = log_mean(after[-1], before[-1])
    found, last = [], 1.0
    for b, a in zip(before, after, strict=True):
        ratio = a / b if b > 0.0 else 1.0
        found.append(weight * math.log(ratio / last))
        last = ratio
    return found


def causes(
    before: Mapping[str, Sequence[int]], after: Mapping[str, Sequence[int]], factors: Sequence[str]
) -> tuple[Cause, ...]:
    """The causes of a gap by channel and factor, in whole units that add up to it exactly.

    Parameters
    ----------
    before, after
        By channel, whole counts from the first to the sum, as `effects` takes them; a channel missing on one side has
        none of anything there.
    factors : [n_factors]
        What each step is called.
    """
    channels = list(dict.fromkeys([*before, *after]))
    none = [0] * len(factors)
    found: list[Cause] = []
    for channel in channels:
        b, a = before.get(channel, none), after.get(channel, none)
        whole = _whole(effects([float(n) for n in b], [float(n) for n in a]), int(a[-1]) - int(b[-1]))
        found += [Cause(channel, factor, amount) for factor, amount in zip(factors, whole, strict=True)]
    return tuple(found)


def _whole(parts: Sequence[float], total: int) -> list[int]:
    """Parts of either sign as whole units that add up to `total`: the largest part takes what rounding leaves."""
    whole = [nearest(part) for part in parts]
    largest = int(np.argmax(np.abs(parts)))
    whole[largest] += total - sum(whole)
    return whole
