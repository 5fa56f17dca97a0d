"""CSV as this project writes it: UTF-8 with BOM, LF, numbers that are the same text everywhere."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from storesim import kpi

_SPREADSHEET_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file; a spreadsheet program opens it with Chinese intact, because of the mark at its beginning."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def plain_text(text: str) -> str:
    """A user's text for a cell, which a spreadsheet program must not take for a formula."""
    return "'" + text if text.startswith(_SPREADSHEET_FORMULA) else text


def number_texts(values: NDArray[np.float64], name: str) -> list[str]:
    """Numbers of one count or ratio as text: money to the fen, counts to 0.001, ratios to six digits.

    Parameters
    ----------
    values : [n]
        Empty text where NaN: unknown is not zero.
    name
        A name of `kpi.COUNT` or `kpi.RATIO`.
    """
    if name in kpi.COUNT and kpi.COUNT[name].unit not in {"share", "1"}:
        # Rounded first: then the shortest text of the number is the one with so many decimals. Plus 0: no "-0".
        values, form = np.round(values, 2 if name in kpi.MONEY else 3) + 0.0, ".15g"
    else:
        values, form = values + 0.0, ".6g"
    return ["" if math.isnan(value) else format(value, form) for value in values.tolist()]


def score_texts(values: Iterable[object]) -> tuple[str, ...]:
    """Cells of a row of scores: four digits are enough, and a score that is not known is empty."""
    return tuple(_score(value) for value in values)


def _score(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if np.isfinite(value) else ""
    return str(value)
