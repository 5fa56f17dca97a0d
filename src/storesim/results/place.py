"""Where the figures of a history stand in the files they came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Place:
    """Where a column's figures stand, day by day."""

    file: str
    column: str
    """The column's own header."""

    rows: NDArray[np.int64]
    """[n_days] row of each day, the first where several were added up; 0 where there is none."""

    others: tuple[Place, ...] = ()
    """Where the days stand that this file does not have."""

    def at(self, day: int) -> tuple[str, int, str]:
        """File, row and column of a day; row 0 where it stands nowhere."""
        found = next((place for place in (self, *self.others) if place.rows[day]), self)
        return found.file, int(found.rows[day]), found.column

    def beside(self, other: Place) -> Place:
        """This place, and another for the days that are not here."""
        return replace(self, others=(*self.others, other))

    def until(self, n_days: int) -> Place:
        """The same for the first days."""
        others = tuple(other.until(n_days) for other in self.others)
        return replace(self, rows=self.rows[:n_days], others=others)
