"""Forecasts of many series at once, shared by processes: each is what it would be alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from storesim.errors import ForecastError, UsageError
from storesim.forecast.predict import USUAL_HORIZON, predict
from storesim.results.files import write_whole
from storesim.results.history import History
from storesim.results.tables import csv_bytes, plain_text
from storesim.runs.executors import Crew, usable_cores
from storesim.study.files import FORECAST_HEADER, forecast_rows

if TYPE_CHECKING:
    import pandas as pd

Rows = tuple[tuple[str, ...], ...]

_MOST_AT_ONCE: Final = 20
_TURNS: Final = 4
"""Pieces each worker gets, where there are enough series, so that none waits long for the others."""


@dataclass(frozen=True, eq=False)
class Foretold:
    """One series foretold, or why it cannot be."""

    name: str
    method: str = ""
    rows: Rows = ()
    """As in `forecast.csv`."""

    refused: str = ""
    """Empty if it was foretold."""


@dataclass(frozen=True, eq=False)
class Forecasts:
    """Many series, in the order in which they were given."""

    series: tuple[Foretold, ...]

    @property
    def refused(self) -> Mapping[str, str]:
        """Why series were not foretold, by name."""
        return {one.name: one.refused for one in self.series if one.refused}

    @property
    def header(self) -> tuple[str, ...]:
        """Columns of the table."""
        return ("series", *FORECAST_HEADER)

    def write(self, path: Path) -> None:
        """Write one table: `forecast.csv` with the series before each row."""
        rows = ((plain_text(one.name), *row) for one in self.series for row in one.rows)
        write_whole(path, csv_bytes(self.header, rows))

    def frame(self) -> pd.DataFrame:
        """The same table: numbers, and the date as a date."""
        import pandas as pd

        texts = ("series", "date", "channel", "kpi")
        rows = [(one.name, *row) for one in self.series for row in one.rows]
        frame = pd.DataFrame(rows, columns=list(self.header))
        numbers = {name: pd.to_numeric(frame[name]) for name in self.header if name not in texts}
        return frame.assign(date=pd.to_datetime(frame["date"]), **numbers)


@dataclass(frozen=True, eq=False)
class _Piece:
    """Some of the series, and how they are foretold."""

    histories: tuple[tuple[str, History], ...]
    horizon: int
    method: str
    n_paths: int
    seed: int


def forecast_many(
    histories: Mapping[str, History],
    horizon_days: int = USUAL_HORIZON,
    method: str = "auto",
    *,
    n_paths: int = 1000,
    seed: int = 0,
    jobs: int | None = None,
    executor: str = "processes",
) -> Forecasts:
    """Forecasts of many series, each as `predict` makes it; the same bytes for any number of jobs.

    A series that does not bear a forecast is left out of the table, and told among `refused`.

    Parameters
    ----------
    histories
        By name, as `read_histories` gives them.
    horizon_days, method, n_paths, seed
        See `predict`; the same for all.
    jobs, executor
        Workers, all cores if not given, and where they work; one job works in this process.

    Raises
    ------
    UsageError
        If there is no series, no such method or executor, or a number cannot be.
    """
    if not histories:
        raise UsageError("there is no series to foretell")
    jobs = min(usable_cores() if jobs is None else jobs, len(histories))
    size = max(min(len(histories) // (_TURNS * max(jobs, 1)), _MOST_AT_ONCE), 1)
    named = [(name, _light(history)) for name, history in histories.items()]
    pieces = [
        _Piece(tuple(named[first : first + size]), horizon_days, method, n_paths, seed)
        for first in range(0, len(named), size)
    ]
    with Crew("serial" if jobs == 1 and executor == "processes" else executor, jobs, _foretell) as crew:
        found = {piece.histories[0][0]: foretold for piece, foretold in crew.finish(pieces)}
    return Forecasts(tuple(one for piece in pieces for one in found[piece.histories[0][0]]))


def _light(history: History) -> History:
    """Without what a forecast does not look at: less is sent to the workers."""
    return replace(history, others={}, findings=(), places={}, notes=())


def _foretell(piece: _Piece) -> tuple[Foretold, ...]:
    return tuple(_one(piece, name, history) for name, history in piece.histories)


def _one(piece: _Piece, name: str, history: History) -> Foretold:
    try:
        outlook = predict(history, piece.horizon, piece.method, n_paths=piece.n_paths, seed=piece.seed)
    except ForecastError as wrong:
        return Foretold(name, refused=str(wrong))
    return Foretold(name, outlook.method, tuple(forecast_rows(outlook)))
