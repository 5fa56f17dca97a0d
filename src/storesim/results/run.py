"""`Run`: what one simulated store did, day by day; frozen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from storesim import kpi
from storesim.results.recorded import SKU_COUNTS, SKU_INDEX, Provenance, Recorded

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SKU_COUNTS", "SKU_INDEX", "Provenance", "Run"]


@dataclass(frozen=True, eq=False)
class Run(Recorded):
    """One run.

    `by_channel` is [n_days, n_channels, n_counts], `of_store` [n_days, n_store_counts], `by_sku` [n_skus, 6].
    `daily` gives [n_days].
    """

    _leading: ClassVar[int] = 0

    def total(
        self,
        name: str,
        channel: str | None = None,
        first: dt.date | None = None,
        last: dt.date | None = None,
    ) -> float:
        """Any count or ratio over the days from `first` to `last`, both included; see `Recorded.sums`.

        NaN for a ratio of nothing.
        """
        return float(self.sums(name, channel, first, last))

    def cohort_frame(self) -> pd.DataFrame:
        """One row a month of joining and month of orders: what `members.csv` holds, of this run."""
        import pandas as pd

        from storesim.results.cohorts import Cell, cohort_cells

        return pd.DataFrame(cohort_cells(self), columns=list(Cell._fields))

    def frame(self) -> pd.DataFrame:
        """One row a day and channel, and one a day for the whole store, whose channel is ""; every count and ratio.

        Counts kept for the whole store only are NaN in the rows of a channel. Rows go by date, then by channel, the
        whole store first.
        """
        import pandas as pd

        scopes: tuple[str | None, ...] = (None, *self.channels)
        columns: dict[str, object] = {
            "date": np.repeat(np.array(self.dates, dtype="datetime64[ns]"), len(scopes)),
            "channel": np.tile(np.array([scope or "" for scope in scopes], dtype=object), self.n_days),
        }
        kept = {scope: set(self.names_of(scope)) for scope in scopes}
        unknown = np.full(self.n_days, np.nan)
        for name in (*kpi.COUNT, *kpi.RATIO):
            by_scope = [self.daily(name, scope) if name in kept[scope] else unknown for scope in scopes]
            columns[name] = np.stack(by_scope, axis=1).ravel()
        return pd.DataFrame(columns)
