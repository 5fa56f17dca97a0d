"""Binary heaps in flat arrays: things still to come, and the times at which agents are free."""

from __future__ import annotations

import numpy as np

from storesim.engine.compiled import inlined, typed
from storesim.engine.day import HEAP_SIZE, DayState, F

TOP = typed(0)


@inlined
def push(state: DayState, time: float, code: int, luck: float, seed: np.uint64) -> None:
    """Put one moment on the heap; the caller has made sure that there is room."""
    i = state.counters[HEAP_SIZE]
    state.counters[HEAP_SIZE] = i + 1
    while i > 0:
        parent = (i - 1) >> 1
        if state.heap_time[parent] <= time:
            break
        _move(state, parent, i)
        i = parent
    state.heap_time[i] = time
    state.heap_code[i] = code
    state.heap_luck[i] = luck
    state.heap_seed[i] = seed


@inlined
def pop(state: DayState) -> None:
    """Take the earliest moment off the heap; read entry 0 first."""
    n = state.counters[HEAP_SIZE] - 1
    state.counters[HEAP_SIZE] = n
    time = state.heap_time[n]
    i = TOP
    child = 1
    while child < n:
        if child + 1 < n and state.heap_time[child + 1] < state.heap_time[child]:
            child += 1
        if state.heap_time[child] >= time:
            break
        _move(state, child, i)
        i = child
        child = 2 * i + 1
    _move(state, n, i)


@inlined
def _move(state: DayState, source: int, target: int) -> None:
    state.heap_time[target] = state.heap_time[source]
    state.heap_code[target] = state.heap_code[source]
    state.heap_luck[target] = state.heap_luck[source]
    state.heap_seed[target] = state.heap_seed[source]


@inlined
def occupy(free: F, time: float) -> None:
    """Let the agent who is free first be free again at `time`."""
    n = free.shape[0]
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
