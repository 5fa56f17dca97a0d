"""Rounding that adds up: largest remainder from the top down, within floors and ceilings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError, ShapeError

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

LARGEST = 2**53
"""Beyond this a float no longer tells neighbouring integers apart."""


def to_fen(amount: float) -> int:
    """Whole fen nearest to an amount in CNY, halves away from 0."""
    return nearest(amount * 100.0)


def nearest(number: float) -> int:
    """The whole number nearest to `number`, halves away from 0, as spreadsheets print it."""
    # 2.675 * 100 is 267.49999999999994; what a person wrote is meant, not what a float holds.
    size = abs(number) * (1.0 + 4.0 * np.finfo(np.float64).eps)
    if not size < LARGEST:
        raise PlanError(f"{number} is too large to be exact to the unit; the largest number is {LARGEST:,}")
    return int(np.sign(number)) * int(np.floor(size + 0.5))


def share_out(total: int, parts: Array, *, at_least: Whole | None = None, at_most: Whole | None = None) -> Whole:
    """Whole numbers in proportion to `parts` that add up to `total` exactly.

    The largest remainder method (Hare quota): each gets the whole part of its share, and the largest fractions one
    more. With floors or ceilings, those that would break one stand at it and the rest is shared among the others.

    Parameters
    ----------
    total
        0 or more.
    parts : [n]
        0 or more; a part of 0 gets nothing unless its floor says so.
    at_least, at_most : [n]
        Floors and ceilings; none if left out.

    Returns
    -------
    [n] integers.

    Raises
    ------
    PlanError
        If the total cannot be shared: no part above 0, or floors and ceilings do not allow it.
    ShapeError
        If the arrays differ in length.
    """
    parts = np.asarray(parts, dtype=np.float64)
    if 0 <= total <= LARGEST and (shared := _plainly(total, parts, at_least, at_most)) is not None:
        return shared
    low = np.zeros(parts.size, dtype=np.int64) if at_least is None else np.maximum(at_least, 0)
    high = np.full(parts.size, LARGEST) if at_most is None else at_most
    if parts.shape != low.shape or parts.shape != high.shape:
        raise ShapeError(parts=parts.shape, at_least=low.shape, at_most=high.shape)
    high = np.maximum(high, low)
    if not (np.isfinite(parts).all() and (parts >= 0).all()):
        raise PlanError("parts to share out by must be finite and 0 or more")
    if not parts.all():
        high = np.where((parts > 0) | (low > 0), high, 0)
    least, most = int(low.sum()), _sum(high)
    if not least <= total <= most:
        raise PlanError(f"{total} cannot be shared among {parts.size} parts: between {least} and {most} is allowed")
    quota = _within(total, parts, low, high)
    shared = np.minimum(np.maximum(np.floor(quota).astype(np.int64), low), high)
    return _hand_out(total - int(shared.sum()), quota - shared, shared, (low, high))


def share_out_each(
    totals: Whole, parts: Array, *, at_least: Whole | None = None, at_most: Whole | None = None
) -> Whole:
    """`share_out` of many totals at once, each by its own parts; a total of 0 gives nothing, whatever its floors.

    Parameters
    ----------
    totals : [n]
        0 or more.
    parts, at_least, at_most : [n, n_parts]
        As of `share_out`. Shorter lists are filled up with parts of 0 at their end.

    Returns
    -------
    [n, n_parts] integers; each row what `share_out` gives.

    Raises
    ------
    PlanError
        As `share_out`.
    """
    some = parts > 0.0
    weights = sums_of_fronts(parts, np.count_nonzero(some, axis=1))
    for which in np.flatnonzero((some[:, 1:] & ~some[:, :-1]).any(axis=1)):
        weights[which] = parts[which, some[which]].sum()
    plain = (totals > 0) & (totals <= LARGEST) & (weights > 0.0) & (weights < np.inf) & (parts >= 0.0).all(axis=1)
    quota = np.where(plain[:, None], parts, 0.0) / np.where(plain, weights, 1.0)[:, None] * totals[:, None]
    shared = quota.astype(np.int64)
    left = np.where(plain, totals - shared.sum(axis=1), 0)
    # The place of each part's remainder in its list, the largest first.
    order = np.argsort(shared - quota, axis=1, kind="stable")
    more = np.zeros(parts.shape, dtype=np.bool_)
    np.put_along_axis(more, order, np.arange(parts.shape[1]) < left[:, None], axis=1)
    plain &= (left >= 0) & (left <= parts.shape[1]) & ~(more & (parts == 0.0)).any(axis=1)
    if at_least is not None:
        plain &= (quota >= at_least).all(axis=1)
    if at_most is not None:
        plain &= ((quota <= at_most) & ~(more & (shared >= at_most))).all(axis=1)
    shared += more
    shared[~plain] = 0
    for which in np.flatnonzero(~plain & (totals != 0)):
        low, high = (None if bound is None else bound[which] for bound in (at_least, at_most))
        shared[which] = share_out(int(totals[which]), parts[which], at_least=low, at_most=high)
    return shared


def sums_of_fronts(rows: Array, sizes: NDArray[np.intp]) -> Array:
    """[n] what the first `sizes[i]` places of each row add up to, to the last bit of their own sum; 0 behind them."""
    sums = np.asarray(rows.sum(axis=1))
    # NumPy adds eight numbers at a time: zeros behind a front change no bit unless they fill another eight.
    for which in np.flatnonzero(sizes // 8 != rows.shape[1] // 8):
        sums[which] = rows[which, : sizes[which]].sum()
    return sums


def top_down(total: int, parts: Array, groups: Sequence[slice], **bounds: Whole | None) -> tuple[Whole, Whole]:
    """`total` shared out to groups, and each group's number to its members: (groups [n_groups], members [n]).

    A year to quarters and quarters to months: both levels add up exactly. `at_least` and `at_most` are of the members.
    """
    low, high = bounds.get("at_least"), bounds.get("at_most")
    of_groups = share_out(
        total,
        np.array([parts[group].sum() for group in groups]),
        at_least=None if low is None else np.array([low[group].sum() for group in groups], dtype=np.int64),
        at_most=None if high is None else np.array([_sum(high[group]) for group in groups], dtype=np.int64),
    )
    members = np.zeros(parts.size, dtype=np.int64)
    for number, group in zip(of_groups, groups, strict=True):
        members[group] = share_out(
            int(number),
            parts[group],
            at_least=None if low is None else low[group],
            at_most=None if high is None else high[group],
        )
    return of_groups, members


def _plainly(total: int, parts: Array, low: Whole | None, high: Whole | None) -> Whole | None:
    """As `share_out`, the short way; None where a bound stands in the way, or the short way does not do."""
    if any(bound is not None and bound.shape != parts.shape for bound in (low, high)):
        return None
    least = min(parts.tolist(), default=-1.0)
    weight = float(parts.sum() if least > 0.0 else parts[parts > 0.0].sum())
    if not (least >= 0.0 and 0.0 < weight < np.inf):
        return None
    quota = parts / weight * total
    if (low is not None and np.count_nonzero(quota < low)) or (high is not None and np.count_nonzero(quota > high)):
        return None
    shared = quota.astype(np.int64)
    left = total - int(shared.sum())
    if left > 0:
        first = np.argsort(shared - quota, kind="stable")[:left]
        if left > first.size or not parts[first].all() or (high is not None and (shared[first] >= high[first]).any()):
            return None
        shared[first] += 1
    return shared if left >= 0 else None


def _sum(high: Whole) -> int:
    # Python's own integers do not overflow.
    return min(LARGEST, int(sum(high.tolist())))


def _within(total: int, parts: Array, low: Whole, high: Whole) -> Array:
    """[n] shares in proportion to parts, clipped to low..high, that add up to total (up to rounding)."""
    free = parts > 0
    quota = np.where(free, 0.0, low).astype(np.float64)
    for _ in range(parts.size + 1):
        left = total - float(quota[~free].sum())
        weight = float(parts[free].sum())
        if weight <= 0.0:
            break
        # Dividing first keeps parts of 1e-300 and 1e300 alike.
        wanted = np.where(free, parts, 0.0) / weight * left
        over, under = free & (wanted > high), free & (wanted < low)
        if not (np.count_nonzero(over) or np.count_nonzero(under)):
            return np.where(free, wanted, quota)
        # Only the side that misses more is fixed now: fixing both at once could overshoot.
        excess, lack = float((wanted - high)[over].sum()), float((low - wanted)[under].sum())
        if excess >= lack:
            quota, free = np.where(over, high, quota), free & ~over
        else:
            quota, free = np.where(under, low, quota), free & ~under
    return quota


def _hand_out(left: int, remainders: Array, shared: Whole, bounds: tuple[Whole, Whole]) -> Whole:
    """`shared`, given `left` units more (or fewer, if below 0): by largest remainder, within bounds that allow it."""
    low, high = bounds
    if left == 0:
        return shared
    order = np.argsort(-remainders, kind="stable")
    if left > 0:
        next_in_line = order[high[order] > shared[order]]
        if left <= next_in_line.size:
            shared[next_in_line[:left]] += 1
            return shared
    while left != 0:
        step = 1 if left > 0 else -1
        spare = high - shared if step > 0 else shared - low
        room = [i for i in (order if step > 0 else order[::-1]) if spare[i] > 0]
        bulk = max(1, abs(left) // len(room))
        for i in room:
            give = min(bulk, abs(left), int(spare[i]))
            shared[i] += step * give
            left -= step * give
    return shared
