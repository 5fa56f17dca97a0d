"""A backtest and a score as files: tables of scores, and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from storesim.forecast.backtest import Backtest
from storesim.forecast.judged import Verdict
from storesim.results.files import write_whole
from storesim.results.history import History
from storesim.results.tables import csv_bytes

BACKTEST: Final = "backtest.csv"
PICTURE: Final = "backtest.svg"
SCORE: Final = "score.csv"
_SHOWN: Final[tuple[str, ...]] = ("uv", "buyers", "orders", "cvr", "aov", "gmv")
_MOST_PANELS: Final = 4
_LOW, _MIDDLE, _HIGH = 1, 5, 9


def write_backtest(folder: Path, history: History, found: Backtest, lang: str) -> tuple[Path, Path]:
    """Write `backtest.csv` and `backtest.svg`; give their paths."""
    from storesim.report.past_forecasts import past_forecasts

    names = [name for name in _SHOWN if name in found.forecasts] or list(found.forecasts)
    names = names[-_MOST_PANELS:]
    bands = [
        [(origin.first, origin.quantiles[:, [_LOW, _MIDDLE, _HIGH]]) for origin in found.forecasts[name]]
        for name in names
    ]
    table, picture = folder / BACKTEST, folder / PICTURE
    write_whole(table, csv_bytes(found.header, found.cells()))
    write_whole(picture, past_forecasts(history, names, bands, lang))
    return table, picture


def write_score(path: Path, verdict: Verdict) -> None:
    """Write the table of scores."""
    write_whole(path, csv_bytes(verdict.header, verdict.cells()))
