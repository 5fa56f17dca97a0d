"""`score`: how good a forecast kept earlier was, now that days have come."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import astuple, dataclass, fields
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import Fault, FileFaults, ForecastError
from storesim.forecast.scores import coverage, pinball
from storesim.results.tables import score_texts

if TYPE_CHECKING:
    from storesim.results.history import History

Array = NDArray[np.float64]

LEVELS: Final = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
_COLUMNS: Final = tuple(f"p{100 * level:g}" for level in LEVELS)
WHOLE: Final = "all"


@dataclass(frozen=True)
class Judged:
    """One KPI over all days that came, or over those of one month of them."""

    kpi: str
    period: str
    """A month, or "all"."""

    days: int
    bias: float
    """Mean forecast over mean actual, less 1; positive where too much was expected. NaN if nothing came."""

    error: float
    """Mean distance of the median from the actual, over the mean actual."""

    pinball: float
    """Twice the mean pinball loss over the seven quantiles kept, over the mean actual."""

    days_in_80: float
    days_in_95: float


@dataclass(frozen=True)
class Verdict:
    """Scores of every KPI that was foretold and came, all days first, then by month."""

    first: dt.date
    last: dt.date
    rows: tuple[Judged, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns of a table of rows."""
        return tuple(field.name for field in fields(Judged))

    def cells(self) -> list[tuple[str, ...]]:
        """The rows as text; a score that is not known is empty."""
        return [score_texts(astuple(row)) for row in self.rows]

    @property
    def least_held(self) -> float:
        """Smallest share, among the KPIs, of days in the 80 % band."""
        return min(row.days_in_80 for row in self.rows if row.period == WHOLE)


def score(forecast: str | PathLike[str], actuals: History) -> Verdict:
    """How good a kept forecast was.

    Parameters
    ----------
    forecast
        A `forecast.csv`, or the folder that holds one.
    actuals
        What came; days before and after the forecast are not used.

    Raises
    ------
    FileFaults
        If the file is no forecast.
    ForecastError
        If none of its days and KPIs is among the actuals.
    """
    path = Path(forecast)
    path = path / "forecast.csv" if path.is_dir() else path
    kept = _read(path)
    rows: list[Judged] = []
    scored: set[dt.date] = set()
    for name, (dates, values) in kept.items():
        if name not in actuals.names:
            continue
        daily = actuals.daily(name)
        at = np.array([(date - actuals.start).days for date in dates])
        there = (at >= 0) & (at < daily.size)
        came = np.full(at.size, np.nan)
        came[there] = daily[at[there]]
        known = np.isfinite(came) & np.isfinite(values).all(axis=1)
        if not known.any():
            continue
        months = np.array([f"{date:%Y-%m}" for date in dates])
        scored.update(date for date, has in zip(dates, known, strict=True) if has)
        rows.append(_judged(name, WHOLE, came[known], values[known]))
        for month in dict.fromkeys(months[known].tolist()):
            chosen = known & (months == month)
            rows.append(_judged(name, month, came[chosen], values[chosen]))
    if not rows:
        raise ForecastError(
            f"No day and KPI of the forecast in {path.name} is among the actuals, which are {', '.join(actuals.names)} "
            f"from {actuals.start} to {actuals.last_day}. Give the days that were foretold."
        )
    return Verdict(min(scored), max(scored), tuple(rows))


def _judged(name: str, period: str, came: Array, values: Array) -> Judged:
    mean, quantiles = values[:, 0], values[:, 1:]
    usual = float(np.abs(came).mean())
    size = usual if usual > 0 else float("nan")
    return Judged(
        name,
        period,
        came.size,
        float(mean.mean()) / size - 1.0,
        float(np.abs(quantiles[:, 3] - came).mean()) / size,
        2.0 * float(pinball(came, quantiles, LEVELS).mean()) / size,
        coverage(came, quantiles[:, 1], quantiles[:, 5]),
        coverage(came, quantiles[:, 0], quantiles[:, 6]),
    )


def _read(path: Path) -> dict[str, tuple[list[dt.date], Array]]:
    """Dates and [n_days, 8] mean and quantiles of the whole store, by KPI."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as cause:
        raise FileFaults([Fault(str(path), 0, 0, "cannot be read as the forecast.csv of a run or forecast")]) from cause
    rows = csv.DictReader(text.splitlines())
    missing = {"date", "channel", "kpi", "mean", *_COLUMNS} - set(rows.fieldnames or ())
    if missing:
        names = ", ".join(sorted(missing))
        raise FileFaults([Fault(str(path), 1, 0, f"is no forecast.csv; columns are missing: {names}")])
    dates: dict[str, list[dt.date]] = {}
    values: dict[str, list[list[float]]] = {}
    faults = []
    for number, row in enumerate(rows, start=2):
        if row["channel"] or (row["kpi"] not in kpi.COUNT and row["kpi"] not in kpi.RATIO):
            continue
        try:
            date = dt.date.fromisoformat(row["date"])
            figures = [float(row[column] or "nan") for column in ("mean", *_COLUMNS)]
        except (ValueError, TypeError):
            faults.append(Fault(str(path), number, 0, "holds a date or a number that cannot be read"))
            continue
        dates.setdefault(row["kpi"], []).append(date)
        values.setdefault(row["kpi"], []).append(figures)
    if faults:
        raise FileFaults(faults)
    return {name: (dates[name], np.array(values[name])) for name in dates}
