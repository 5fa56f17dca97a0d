"""`members.csv`: what members of each month of joining bought in each month, as a mean over runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from storesim.results.recorded import COHORT_COUNTS, Recorded
from storesim.results.tables import csv_bytes, number_texts

BEFORE = "before"
"""Month of joining of those who were members on the opening day."""


class Cell(NamedTuple):
    """One cohort in one month."""

    joined: str
    """Month of joining, such as 2027-03, or `before`."""

    month: str
    """Month of the orders."""

    months_since: int | None
    """Months from joining to the orders; None for those who joined before the opening day."""

    buyers: float
    """Orders of its members, the first one included."""

    gmv: float
    """CNY."""


def cohort_cells(recorded: Recorded) -> Iterator[Cell]:
    """Every cohort in every month from its joining on; none where members are a pool."""
    means = recorded.cohorts
    while means.ndim > 3:
        means = means.mean(axis=0)
    months = list(dict.fromkeys(f"{date:%Y-%m}" for date in recorded.dates))
    for row in range(means.shape[0]):
        for column in range(max(0, row - 1), means.shape[1]):
            buyers, gmv = means[row, column].tolist()
            since = column - row + 1 if row else None
            yield Cell(months[row - 1] if row else BEFORE, months[column], since, buyers, gmv)


def cohorts_csv(recorded: Recorded) -> bytes:
    """The cells as a CSV file, joined before the opening day first."""
    cells = list(cohort_cells(recorded))
    texts = [number_texts(np.array([getattr(cell, name) for cell in cells]), name) for name in COHORT_COUNTS]
    rows = (
        (cell.joined, cell.month, "" if cell.months_since is None else str(cell.months_since), buyers, gmv)
        for cell, buyers, gmv in zip(cells, *texts, strict=True)
    )
    return csv_bytes(("joined", "month", "months_since", *COHORT_COUNTS), rows)
