"""The moments of some hours that matter: what the first pass leaves and who waited for them, put into order of time."""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.compiled import inlined
from storesim.engine.day import TOMORROW, WAITING, F, I, U
from storesim.engine.heaps import Heap, push


class Rows(NamedTuple):
    """Moments, each in a row of its own."""

    time: F  # [n]
    luck: F  # [n]
    seed: U  # [n]
    code: I  # [n] as `codes` says


class Moments(NamedTuple):
    """What the first pass leaves to the second, and the same in order of time: read one after the other, it is there
    before it is needed."""

    left: Rows
    ordered: Rows
    bucket: I  # [n]
    starts: I  # [n + 1]


@inlined
def call_in(heap: Heap, moments: Moments, n: int, midnight: float) -> int:
    """Put those who wait for these hours behind the `n` moments, or on the heap where no room is left; the new `n`.

    Who waits until the next `midnight` or longer moves to the very end, and is not looked at again today.
    """
    left, waits, counters = moments.left, Rows(heap.time, heap.luck, heap.seed, heap.code), heap.counters
    size = waits.time.shape[0]
    first, top = size - counters[WAITING], size - counters[TOMORROW]
    i = top - 1
    while i >= first:
        time = waits.time[i]
        if time >= midnight:
            top -= 1
            if i < top:
                _swap(waits, i, top)
            i -= 1
        elif time >= heap.end:
            i -= 1
        else:
            if n < left.time.shape[0]:
                _copy(waits, i, left, n)
                n += 1
            else:
                push(heap, time, waits.code[i], waits.luck[i], waits.seed[i])
            _copy(waits, first, waits, i)
            first += 1
    counters[WAITING], counters[TOMORROW] = size - first, size - top
    return n


@inlined
def sort(moments: Moments, n: int, start: float, end: float) -> None:
    """Order the moments by time: a bucket sort with about one a bucket, then insertion."""
    starts, bucket, time = moments.starts, moments.bucket, moments.left.time
    if n == 0:
        return
    scale = n / (end - start)
    for i in range(n + 1):
        starts[i] = 0
    for i in range(n):
        b = min(n - 1, max(0, int((time[i] - start) * scale)))
        bucket[i] = b
        starts[b + 1] += 1
    for i in range(n):
        starts[i + 1] += starts[i]
    left, ordered = moments.left, moments.ordered
    for i in range(n):
        b = bucket[i]
        _copy(left, i, ordered, starts[b])
        starts[b] += 1
    at = ordered.time
    for i in range(1, n):
        if at[i - 1] <= at[i]:
            continue
        _copy(ordered, i, left, i)
        j = i - 1
        while j >= 0 and at[j] > time[i]:
            _copy(ordered, j, ordered, j + 1)
            j -= 1
        _copy(left, i, ordered, j + 1)


@inlined
def _copy(source: Rows, i: int, target: Rows, j: int) -> None:
    target.time[j] = source.time[i]
    target.luck[j] = source.luck[i]
    target.seed[j] = source.seed[i]
    target.code[j] = source.code[i]


@inlined
def _swap(rows: Rows, i: int, j: int) -> None:
    rows.time[i], rows.time[j] = rows.time[j], rows.time[i]
    rows.luck[i], rows.luck[j] = rows.luck[j], rows.luck[i]
    rows.seed[i], rows.seed[j] = rows.seed[j], rows.seed[i]
    rows.code[i], rows.code[j] = rows.code[j], rows.code[i]
