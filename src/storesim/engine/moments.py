"""The moments of some hours that matter: what the first pass leaves and who waited for them, put into order of time."""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.compiled import inlined
from storesim.engine.day import WAITING, F, I, U
from storesim.engine.heaps import Heap, push


class Moments(NamedTuple):
    """What the first pass leaves to the second, unsorted, and room to sort it."""

    time: F  # [n]
    luck: F  # [n]
    seed: U  # [n]
    code: I  # [n] as `codes` says
    order: I  # [n]
    bucket: I  # [n]
    starts: I  # [n + 1]


@inlined
def call_in(heap: Heap, moments: Moments, n: int) -> int:
    """Put those who wait for these hours behind the `n` moments, or on the heap where no room is left; the new `n`."""
    time, counters = heap.time, heap.counters
    size = time.shape[0]
    first = size - counters[WAITING]
    for i in range(size - counters[WAITING], size):
        if time[i] >= heap.end:
            continue
        if n < moments.time.shape[0]:
            moments.time[n] = time[i]
            moments.luck[n] = heap.luck[i]
            moments.seed[n] = heap.seed[i]
            moments.code[n] = heap.code[i]
            n += 1
        else:
            push(heap, time[i], heap.code[i], heap.luck[i], heap.seed[i])
        time[i] = time[first]
        heap.luck[i] = heap.luck[first]
        heap.seed[i] = heap.seed[first]
        heap.code[i] = heap.code[first]
        first += 1
    counters[WAITING] = size - first
    return n


@inlined
def sort(moments: Moments, n: int, start: float, end: float) -> None:
    """Order the moments by time: a bucket sort with about one a bucket, then insertion."""
    starts, bucket, order, time = moments.starts, moments.bucket, moments.order, moments.time
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
    for i in range(n):
        b = bucket[i]
        order[starts[b]] = i
        starts[b] += 1
    for i in range(1, n):
        m = order[i]
        t = time[m]
        j = i - 1
        while j >= 0 and time[order[j]] > t:
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = m
