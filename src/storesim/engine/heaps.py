"""Things still to come: a binary heap in flat arrays, and who waits for later; the times at which agents are free."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import inlined, typed
from storesim.engine.day import HEAP_SIZE, WAITING, F, I, U

TOP = typed(0)


class Heap(NamedTuple):
    """The arrays of the state that the moments to come stand in; a whole state takes the compiler ten times longer.

    Those before `end` are a heap from the front. All others wait at the back, in no order: a heap of thousands is slow,
    and most of them wait for days.
    """

    time: F
    code: I
    luck: F
    seed: U
    counters: I
    end: float
    """Hours since the start of the run, up to which moments are played."""


@inlined
def push(heap: Heap, time: float, code: int, luck: float, seed: np.uint64) -> None:
    """Put one moment on the heap, or let it wait; the caller has made sure that there is room."""
    if time >= heap.end:
        heap.counters[WAITING] += 1
        _write(heap, heap.time.shape[0] - heap.counters[WAITING], time, code, luck, seed)
        return
    i = heap.counters[HEAP_SIZE]
    heap.counters[HEAP_SIZE] = i + 1
    while i > 0:
        parent = (i - 1) >> 1
        if heap.time[parent] <= time:
            break
        _move(heap, parent, i)
        i = parent
    _write(heap, i, time, code, luck, seed)


@inlined
def _write(heap: Heap, i: int, time: float, code: int, luck: float, seed: np.uint64) -> None:
    heap.time[i] = time
    heap.code[i] = code
    heap.luck[i] = luck
    heap.seed[i] = seed


@inlined
def pop(heap: Heap) -> None:
    """Take the earliest moment off the heap; read entry 0 first."""
    n = heap.counters[HEAP_SIZE] - 1
    heap.counters[HEAP_SIZE] = n
    time = heap.time[n]
    i = TOP
    child = 1
    while child < n:
        if child + 1 < n and heap.time[child + 1] < heap.time[child]:
            child += 1
        if heap.time[child] >= time:
            break
        _move(heap, child, i)
        i = child
        child = 2 * i + 1
    _move(heap, n, i)


@inlined
def _move(heap: Heap, source: int, target: int) -> None:
    heap.time[target] = heap.time[source]
    heap.code[target] = heap.code[source]
    heap.luck[target] = heap.luck[source]
    heap.seed[target] = heap.seed[source]


@inlined
def relieve(free: F, before: int, after: int, time: float) -> None:
    """Change the number of agents: newcomers are free at `time`, those free first leave first."""
    if before == after:
        return
    for i in range(before, after):
        free[i] = time
    n = max(before, after)
    # Sorted, so it is a heap too.
    for i in range(1, n):
        at = free[i]
        j = i - 1
        while j >= 0 and free[j] > at:
            free[j + 1] = free[j]
            j -= 1
        free[j + 1] = at
    for i in range(after if after < before else 0):
        free[i] = free[i + before - after]


@inlined
def occupy(free: F, n: int, time: float) -> None:
    """Let the one of `n` agents who is free first be free again at `time`."""
    i = 0
    child = 1
    while child < n:
        if child + 1 < n and free[child + 1] < free[child]:
            child += 1
        if free[child] >= time:
            break
        free[i] = free[child]
        i = child
        child = 2 * i + 1
    free[i] = time
