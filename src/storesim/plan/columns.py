"""Rows of `Goals` kept as columns: a year has ten thousand rows, and each becomes an object when it is first read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import overload

import numpy as np
from numpy.typing import NDArray

from storesim.plan.goals import Goal, Level

_AS_GOAL: Callable[[Iterable[object]], Goal] = partial(tuple.__new__, Goal)


@dataclass(frozen=True)
class Column:
    """A KPI of a channel or ("") the store, in every period of a level."""

    kpi: str
    channel: str

    goals: NDArray[np.float64] | NDArray[np.int64]
    """[n_periods]"""

    figures: NDArray[np.float64] | None
    """[4, n_periods] low, middle and high of the forecast, and the chance of the goal; None without a forecast."""


@dataclass(frozen=True)
class Block:
    """The columns of one level, as many rows as periods times columns."""

    level: Level
    periods: tuple[str, ...]
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.periods) * len(self.columns)

    def __iter__(self) -> Iterator[Goal]:
        """Rows by period; within each in the order of the columns."""
        return chain.from_iterable(zip(*map(self._made, self.columns), strict=True))

    def _made(self, column: Column) -> list[Goal]:
        same = ([word] * len(self.periods) for word in (self.level, column.channel, column.kpi))
        if column.figures is None:
            return [Goal(*row) for row in zip(self.periods, *same, _listed(column.goals), strict=True)]
        part = [[""] * len(self.periods)] * 3
        # As `Goal._make` does, which counts the fields of each of ten thousand rows.
        numbers = map(_listed, (column.goals, *column.figures))
        return list(map(_AS_GOAL, zip(self.periods, *same, *numbers, *part, strict=True)))


class Rows(Sequence[Goal]):
    """Rows one after another, as a tuple of them would be; made when the first of them is read."""

    def __init__(self, *parts: Block | Sequence[Goal]) -> None:
        self._parts = parts

    @cached_property
    def _made(self) -> tuple[Goal, ...]:
        return tuple(chain.from_iterable(self._parts))

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[Goal]:
        return iter(self._made)

    @overload
    def __getitem__(self, place: int) -> Goal: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Goal, ...]: ...
    def __getitem__(self, place: int | slice) -> Goal | tuple[Goal, ...]:
        return self._made[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows | tuple) and self._made == tuple(other)

    def __hash__(self) -> int:
        return hash(self._made)

    def __repr__(self) -> str:
        return repr(self._made)


def _listed(numbers: NDArray[np.float64] | NDArray[np.int64]) -> list[float]:
    listed: list[float] = numbers.tolist()
    for place in np.isnan(numbers).nonzero()[0].tolist():
        # One NaN for all, so that equal goals compare equal.
        listed[place] = math.nan
    return listed
