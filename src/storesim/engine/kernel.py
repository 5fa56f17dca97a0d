"""The day: first pass, order, second pass; cut anywhere with the same result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from storesim.engine import day as d
from storesim.engine.attribution import N_CREDITED, N_DELAYS
from storesim.engine.auction import CLICKED, MOST_SLOTS
from storesim.engine.budget import Scratch, operational_rate
from storesim.engine.codes import PAYS
from storesim.engine.compiled import Settled, compiled, inlined, is_compiled
from storesim.engine.contest import second_pass
from storesim.engine.day import NO_ARRIVALS, Arrivals, DayPlan, DayState, DayTally, Due, F, I, Sales, U
from storesim.engine.draws import stream_key
from storesim.engine.moments import Moments
from storesim.engine.orders import give_back, review_shelf
from storesim.engine.room import ROOM, empty_moments, empty_plan, empty_state
from storesim.engine.visits import BLOCK, end_day, first_pass, settle, start_day

FULL = 0.75 * ROOM
SALES = 256
DONE = -1
WHOLE, PIECE, SETTLE = range(3)
"""How to draw: cut if need be, do not cut, or only close the books of a plan up to an hour."""


class Kernel:
    """One store's machine for playing days: preallocated arrays and the compiled passes over them.

    Parameters
    ----------
    channels
        Names, which name the streams of luck.
    n_skus, n_days
        Sizes `K` and `D`.
    n_groups, n_rivals, n_turns, n_slots, n_waves, n_agents, n_landings, n_accounts, n_devices
        Sizes of the arrays of `DayPlan` and `DayState`.
    rivals_alike
        Whether the rivals of every group of keywords follow one law at all times.
    commissioned
        Whether any channel promises commission on sales.
    attributed
        Whether orders are credited to the days of their clicks.
    seed, run
        Key of all luck.
    log_rows
        Room of the visitor log; 0 switches it off.
    """

    def __init__(
        self,
        channels: Sequence[str],
        n_skus: int,
        n_days: int,
        *,
        n_groups: int = 1,
        n_rivals: int = 0,
        n_turns: int = 0,
        n_slots: int = 1,
        n_waves: int = 1,
        n_agents: int = 0,
        n_landings: int = 0,
        n_accounts: int = 0,
        n_devices: int = 0,
        rivals_alike: bool = False,
        commissioned: bool = False,
        attributed: bool = False,
        seed: int = 0,
        run: int = 0,
        log_rows: int = 0,
    ) -> None:
        c = len(channels)
        self.plan = empty_plan(
            c, n_skus, n_groups, max(1, n_rivals), n_slots, n_waves, n_landings, n_devices, n_turns=n_turns,
            rivals_alike=rivals_alike,
        )  # fmt: skip
        self.plan.duty[0, 1] = n_agents
        self.state = empty_state(c, n_skus, n_groups, n_agents, log_rows)
        self.tally = DayTally(
            np.zeros((c, d.N_TALLY)), np.zeros((n_skus, d.N_SKU_TALLY)), np.zeros((c, n_groups, d.N_GROUP_TALLY)),
            np.zeros((c, n_devices, d.N_DEVICE_TALLY)), np.zeros(d.N_BASKETS),
        )  # fmt: skip
        self.due = Due(
            days=np.zeros((n_days + 1, d.N_DUE)),
            sku_reviews=np.zeros((n_days + 1, n_skus)),
            sku_restock=np.zeros((n_days + 1, n_skus)),
            commission=np.zeros((n_days + 1 if commissioned else 0, c, 2)),
            accounts=np.zeros((n_days + 1, n_accounts, 2)),
            attributed=np.zeros((2, n_days if attributed else 0, c, N_DELAYS, N_CREDITED)),
            coupons=np.zeros((0, n_days + 1)),
        )
        self._keys: U = np.array([stream_key(seed, run, f"visits.{name}") for name in channels], dtype=np.uint64)
        self._lead_key = stream_key(seed, run, "suppliers.lead")
        self._scratch = Scratch(
            np.zeros((11, BLOCK)), np.zeros((6, BLOCK), dtype=np.int64), np.zeros(BLOCK, dtype=np.uint64),
            np.zeros(BLOCK, dtype=np.uint64), np.zeros(25), np.zeros(24), np.zeros(25),
            np.zeros((c, 24 * n_groups), dtype=np.int64),
            np.zeros((c, 24 * n_groups, CLICKED + min(max(n_slots, 1), MOST_SLOTS))),
        )  # fmt: skip
        self._moments = empty_moments(ROOM)
        self._basket: I = np.zeros((d.N_BASKET, d.AS_A_WHOLE + 1), dtype=np.int64)
        self._idle = False
        self._day = -1
        self._opening = self._unreviewed = False
        self._compiled = is_compiled()

    def compile_arrivals(self) -> None:
        """Make the machine code of the first pass, or read it from the cache, without playing."""
        _draw.compile(*self._of_arrivals(0.0, 24.0, WHOLE))

    def compile_decisions(self) -> None:
        """The same of the second pass."""
        _decide.compile(*self._of_decisions(0.0, 24.0, NO_ARRIVALS))

    def idle(self) -> None:
        """Play nothing from now on: for who wants all around the kernel compiled, and not the kernel."""
        self._idle = True

    def open(self, day: int) -> None:
        """Begin a day, the plan being filled: tallies to zero, streams to midnight, suppliers called.

        Parameters
        ----------
        day
            Number of the day, from 0.
        """
        self._day = day
        self._opening = self._unreviewed = True

    def play(self, start: float, end: float, arrivals: Arrivals) -> None:
        """Play the day from hour `start` to hour `end`; at 24 the day is closed.

        Parameters
        ----------
        start, end
            Hours of the day; the next call goes on where this one ended.
        arrivals
            Supplier deliveries of the day in order of time; those before `start` are taken as received.
        """
        n = self._advance(start, end, arrivals, WHOLE)
        if n < DONE:
            step = (end - start) / -n
            for piece in range(-n):
                a = start + piece * step
                b = end if piece == -n - 1 else start + (piece + 1) * step
                self._advance(a, b, arrivals, PIECE)

    def change(self, hour: float) -> None:
        """Settle what holds up to `hour` of a day that has been played so far; call it before the plan is altered."""
        if not self._idle:
            self._call(_draw, self._of_arrivals(0.0, hour, SETTLE))

    def take_purchases(self) -> list[list[float]]:
        """[n] rows of N_SUPPLY: purchase orders made since the last call, and when each will arrive."""
        state = self.state
        n = state.counters.item(d.N_PURCHASES)
        if n == 0:
            return []
        state.counters[d.N_PURCHASES] = 0
        made: list[list[float]] = state.purchases[:n].tolist()
        return made

    def shut(self) -> int:
        """Let nobody come who was still to come; the number of those who had paid a deposit."""
        codes = self.waiting()
        self.state.counters[d.WAITING] = 0
        return int(np.count_nonzero(codes & 3 == PAYS))

    def waiting(self) -> I:
        """[n] `codes` of who is still to come after the hours played so far, in no order."""
        n = int(self.state.counters[d.WAITING])
        return self.state.heap_code[self.state.heap_code.size - n :]

    def know_members(self, seats: F, members: F) -> None:
        """Tell members apart from now on, by the arrays of `DayState`, which the caller keeps up to date."""
        sales = self.state.sales if self.state.sales.size else np.zeros((d.N_SALE, SALES))
        self.state = self.state._replace(seats=seats, members=members, sales=sales)

    def take_sales(self) -> Sales:
        """Orders by members and of those who joined since the last call; the arrays hold until the kernel plays on."""
        n = int(self.state.counters[d.N_SALES])
        self.state.counters[d.N_SALES] = 0
        return Sales(self.state.sales, n)

    def set_duty(self, duty: F) -> None:
        """Have so many chat agents on duty from now on, by the rows of `DayPlan.duty`.

        Where their number changes newcomers are free at once, and those free first leave first.
        """
        self.plan = self.plan._replace(duty=duty)
        free = self.state.agent_free
        more = int(duty[:, 1].max()) - free.size
        if more > 0:
            self.state = self.state._replace(agent_free=np.pad(free, (0, more)))

    def log(self) -> F:
        """`[n, N_LOG]` rows of the visitor log so far, in order of time."""
        return self.state.log[: int(self.state.counters[d.LOG_LENGTH])].copy()

    def _advance(self, start: float, end: float, arrivals: Arrivals, how: int) -> int:
        """`DONE`, or less: the number of pieces, as a negative number, to play instead."""
        if self._idle:
            return DONE
        n = self._call(_draw, self._of_arrivals(start, end, how))
        self._opening = False
        if n < DONE:
            return n
        if n >= 0:
            self._make_room(n)
        self._call(_decide, self._of_decisions(start, end, arrivals))
        self._unreviewed = False
        return DONE

    def _call(self, play: Settled[..., int], arguments: Any) -> int:
        if self._compiled:
            return play(*arguments)
        # Plain, NumPy would warn of the wrap-around that keyed numbers rest on; compiled, the guard only costs time.
        with np.errstate(over="ignore"):
            return play(*arguments)

    # The types of what the two take are written there, and only there.
    def _of_arrivals(self, start: float, end: float, how: int) -> Any:
        return (
            self.plan, self.state, self.tally, self._scratch, self._moments, self._keys, self._day, float(start),
            float(end), how, self._opening,
        )  # fmt: skip

    def _of_decisions(self, start: float, end: float, arrivals: Arrivals) -> Any:
        return (
            self.plan, self.state, self.tally, self.due, self._moments, arrivals, self._basket, self._lead_key,
            self._day, float(start), float(end), self._unreviewed,
        )  # fmt: skip

    def _make_room(self, n: int) -> None:
        """Twice the room for things to come, and for what comes of them; at least enough for `n` more."""
        state = self.state
        waiting = int(state.counters[d.WAITING]) + n
        if waiting > state.heap_time.size:
            # Nobody is on the heap between two calls, and who waits stays at the end.
            free = max(state.heap_time.size, waiting - state.heap_time.size)
            arrays = {name: getattr(state, name) for name in ("heap_time", "heap_code", "heap_luck", "heap_seed")}
            state = state._replace(**{name: np.pad(array, (free, 0)) for name, array in arrays.items()})
        room = state.sales.shape[1]
        booked = int(state.counters[d.N_SALES])
        if 0 < room < booked + waiting:
            more = np.zeros((d.N_SALE, max(2 * room, booked + waiting)))
            more[:, :booked] = state.sales[:, :booked]
            state = state._replace(sales=more)
        self.state = state


@inlined
def _open(plan: DayPlan, state: DayState, tally: DayTally, scratch: Scratch) -> None:
    tally.by_channel[:] = 0.0
    tally.by_sku[:] = 0.0
    tally.by_group[:] = 0.0
    tally.by_device[:] = 0.0
    tally.baskets[:] = 0.0
    start_day(plan, state, scratch)


@inlined
def _pieces(plan: DayPlan, hours: float) -> int:
    """Into how many pieces to cut some hours, so that the moments of one fit the room kept for them.

    No visitor leaves more than one moment; a quarter of the room is beyond the luck of a Poisson number.
    """
    total = 0.0
    for c in range(plan.kind.shape[0]):
        total += operational_rate(plan, c)
    if total <= FULL:
        return 1
    busiest = 0.0
    for h in range(24):
        busiest = max(busiest, plan.hours[h])
    return max(1, int(np.ceil(total * busiest * hours / FULL)))


@compiled
def draw_arrivals(
    plan: DayPlan,
    state: DayState,
    tally: DayTally,
    scratch: Scratch,
    moments: Moments,
    keys: U,
    day: int,
    start: float,
    end: float,
    how: int,
    opening: bool,
) -> int:
    """The first pass over some hours of a day, and before them its opening; at 24 the books of its channels are closed.

    Returns
    -------
    `DONE`; less where the hours are too many at once: the number of pieces, as a negative number; 0 or more where there
    is no room for as many moments: make room before the decisions are played.
    """
    if how == SETTLE:
        settle(plan, state, scratch, end)
        return DONE
    if opening:
        _open(plan, state, tally, scratch)
    if how == WHOLE:
        pieces = _pieces(plan, end - start)
        if pieces > 1:
            return -pieces
    n = first_pass(plan, state, tally, scratch, moments, keys, day, start, end)
    state.counters[d.MOMENTS_KEPT] = n
    if end >= 24.0:
        end_day(plan, state, scratch, tally, keys, day)
    waiting = state.counters[d.WAITING] + n + 8
    # Each of those waiting may buy once, and each such order is noted where members are known one by one.
    unnoted = state.sales.shape[1] > 0 and state.counters[d.N_SALES] + waiting > state.sales.shape[1]
    return n + 8 if waiting > state.heap_time.shape[0] or unnoted else DONE


@compiled
def play_decisions(
    plan: DayPlan,
    state: DayState,
    tally: DayTally,
    due: Due,
    moments: Moments,
    arrivals: Arrivals,
    basket: I,
    lead_key: np.uint64,
    day: int,
    start: float,
    end: float,
    opening: bool,
) -> int:
    """The second pass over the same hours, with what the first has left; at the opening, suppliers are called first.

    A function of its own, as the first pass is, so that processes compile them side by side.
    """
    midnight = 24.0 * day
    if opening:
        state.counters[d.TOMORROW] = 0
        review_shelf(plan, state, tally, lead_key, midnight)
    n = state.counters[d.MOMENTS_KEPT]
    second_pass(plan, state, tally, due, moments, arrivals, basket, lead_key, n, midnight, (start, end))
    if end >= 24.0 and plan.scalars[d.CANCELS] > 0.0:
        give_back(state.stock, state.held)
    return DONE


PASSES = (draw_arrivals, play_decisions)
"""What is compiled."""

# Of all kernels of a process: to ask the arguments of each kernel for their types would take as long as a week of it.
_draw, _decide = Settled(draw_arrivals), Settled(play_decisions)


def alias_table(weights: Sequence[float]) -> tuple[F, I]:
    """Walker's alias table of the weights: `(alias_p, alias_k)` for `DayPlan`, as Vose (1991) builds it.

    Parameters
    ----------
    weights
        `[K]` positive weights; they need not add up to 1.
    """
    n = len(weights)
    total = math.fsum(weights)
    p = np.array([w * n / total for w in weights])
    k = np.arange(n, dtype=np.int64)
    small = [i for i in range(n) if p[i] < 1.0]
    large = [i for i in range(n) if p[i] >= 1.0]
    while small and large:
        low, high = small.pop(), large.pop()
        k[low] = high
        p[high] -= 1.0 - p[low]
        (small if p[high] < 1.0 else large).append(high)
    for i in small + large:
        p[i] = 1.0
    return p, k
