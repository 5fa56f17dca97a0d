"""A backtest, a forecast and a score as files: tables of scores, and pictures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from storesim.forecast.backtest import Backtest
from storesim.forecast.judged import Verdict
from storesim.results.files import write_whole
from storesim.results.history import History
from storesim.results.tables import csv_bytes

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook

BACKTEST: Final = "backtest.csv"
PICTURE: Final = "backtest.svg"
SCORE: Final = "score.csv"
FORECAST_PICTURE: Final = "forecast.svg"
_SHOWN: Final[tuple[str, ...]] = ("ad_spend", "uv", "buyers", "orders", "cvr", "aov", "gmv")
"""KPIs of the panels, from top to bottom."""

_FIRST: Final[tuple[str, ...]] = ("gmv", "uv", "cvr", "aov", "ad_spend", "buyers", "orders")
"""The same, those that are shown rather than others first."""

_MOST_PANELS: Final = 4
_BAND: Final = (0.1, 0.5, 0.9)
_LEAST_BEFORE: Final = 56
_LOW, _MIDDLE, _HIGH = 1, 5, 9


def write_backtest(folder: Path, history: History, found: Backtest, lang: str) -> tuple[Path, Path]:
    """Write `backtest.csv` and `backtest.svg`; give their paths."""
    from storesim.report.past_forecasts import past_forecasts

    names = _panels(list(found.forecasts), _MOST_PANELS)
    bands = [
        [(origin.first, origin.quantiles[:, [_LOW, _MIDDLE, _HIGH]]) for origin in found.forecasts[name]]
        for name in names
    ]
    table, picture = folder / BACKTEST, folder / PICTURE
    write_whole(table, csv_bytes(found.header, found.cells()))
    write_whole(picture, past_forecasts(history, names, bands, lang))
    return table, picture


def write_forecast_picture(path: Path, outlook: Outlook, planned: Collection[str], lang: str) -> None:
    """Draw the last known days and the 80 % bands of the days to come; ad spend too if it is planned."""
    from storesim.report.past_forecasts import past_forecasts

    spent = any(name.startswith("ad_spend") for name in planned)
    shown = [name for name in outlook.names if spent or name != "ad_spend"]
    names = _panels(shown, _MOST_PANELS + spent)
    known = History(outlook.past_start or outlook.start, dict(outlook.past))
    bands = [[(outlook.start, outlook.quantiles(name, _BAND))] for name in names]
    before = max(outlook.n_days, _LEAST_BEFORE)
    write_whole(path, past_forecasts(known, names, bands, lang, before=before))


def _panels(names: Sequence[str], most: int) -> list[str]:
    """The KPIs to show, at most so many; the last ones there are if none is among those usually shown."""
    chosen = [name for name in _FIRST if name in names][:most]
    return [name for name in _SHOWN if name in chosen] or list(names[-most:])


def write_score(path: Path, verdict: Verdict) -> None:
    """Write the table of scores."""
    write_whole(path, csv_bytes(verdict.header, verdict.cells()))
