"""A solved path as whole visitors, buyers and fen: exact in every margin, and within the caps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.plan.exact import LARGEST, Whole, nearest, top_down
from storesim.plan.periods import QUARTERS
from storesim.units import show_count, show_share

Array = NDArray[np.float64]
Limits = Mapping[str, float | None]

_GRACE = 1e-9


@dataclass(frozen=True)
class Span:
    """Floors and ceilings of whole numbers by month; a floor above its ceiling by a rounding wins."""

    low: Whole
    high: Whole


def whole_months(total: int, gmv: Array, real: Mapping[str, Array], limits: Limits) -> dict[str, Whole]:
    """Months in whole units that add up to the year from the top down: "gmv" in fen, the others in pieces.

    Rounded from money to visitors, so that CVR and AOV divided from the rounded parts stay within their caps, each
    month with GMV has a buyer, each buyer is a visitor, each visitor comes once at least, each visit sees a page.

    Parameters
    ----------
    total
        GMV of the year, fen.
    gmv : [12]
        Of the solved path, any unit.
    real
        [12] each, not rounded: those of "buyers", "orders", "units", "uv", "visits", "pv" that are known.
    limits
        "cvr_max", "aov_max", "uv_max", "cvr_min", "aov_min"; None where there is none.

    Raises
    ------
    PlanError
        If a month could meet its caps with fractions of a buyer only.
    """
    months = {"gmv": top_down(total, gmv, QUARTERS)[1]}
    sold = months["gmv"]
    middle = "buyers" if "buyers" in real else "orders"
    if middle in real:
        months[middle] = _months(real[middle], _buyers_span(sold, limits))
    if "orders" in real and middle == "buyers":
        months["orders"] = _months(real["orders"], _at_least(months["buyers"], real["orders"] >= real["buyers"]))
    if "units" in real and "orders" in months:
        months["units"] = _months(real["units"], _at_least(months["orders"], real["units"] >= real["orders"]))
    if "uv" in real:
        months["uv"] = _months(real["uv"], _visitors_span(months.get(middle), sold, limits))
    if "visits" in real:
        months["visits"] = _months(real["visits"], _at_least(months["uv"], real["visits"] >= real["uv"]))
    if "pv" in real:
        seen = "visits" if "visits" in real else "uv"
        months["pv"] = _months(real["pv"], _at_least(months[seen], real["pv"] >= real[seen]))
    return months


def _months(real: Array, span: Span) -> Whole:
    """Months nearest to `real`, within the span, adding up from the rounded year through the quarters."""
    high = np.maximum(span.high, span.low)
    most = sum(int(ceiling) for ceiling in np.where((real > 0) | (span.low > 0), high, 0))
    total = min(max(nearest(float(real.sum())), int(span.low.sum())), most, LARGEST)
    return top_down(total, real, QUARTERS, at_least=span.low, at_most=high)[1]


def _buyers_span(sold: Whole, limits: Limits) -> Span:
    """At least one where something is sold; AOV = GMV / buyers within its floor and cap."""
    low = (sold > 0).astype(np.int64)
    high = np.where(sold > 0, LARGEST, 0)
    if (most := limits.get("aov_max")) is not None:
        low = np.maximum(low, _up(sold / (100.0 * most)))
    if (least := limits.get("aov_min")) is not None:
        high = np.minimum(high, np.maximum(_down(sold / (100.0 * least)), low))
    return Span(low, high)


def _visitors_span(buyers: Whole | None, sold: Whole, limits: Limits) -> Span:
    """At least the buyers; CVR = buyers / UV within its floor and cap; UV within its cap."""
    low = np.zeros(sold.size, dtype=np.int64) if buyers is None else buyers.copy()
    high = np.full(sold.size, LARGEST)
    if buyers is not None and (most := limits.get("cvr_max")) is not None:
        low = np.maximum(low, _up(buyers / most))
    if buyers is not None and (least := limits.get("cvr_min")):
        high = np.where(buyers > 0, _down(buyers / least), high)
    if (ceiling := limits.get("uv_max")) is not None:
        high = np.minimum(high, int(np.floor(ceiling)))
        _check_room(low, high, limits)
    return Span(low, high)


def _check_room(low: Whole, high: Whole, limits: Limits) -> None:
    # A floor a rounding above its ceiling is no conflict; one far above it asks for a tenth of a buyer.
    over = low > 1.5 * high + 1
    if not over.any():
        return
    month = int(np.argmax(over))
    most = limits.get("cvr_max")
    at = "" if most is None else f" at cvr_max {show_share(most, 2)}"
    raise PlanError(
        f"the caps leave a fraction of a buyer a month: the buyers of month {month + 1} need {show_count(low[month])} "
        f"visitors{at}, and uv_max is {show_count(high[month])}. Raise one of these limits, or lower the target"
    )


def _at_least(floor: Whole, where: NDArray[np.bool_]) -> Span:
    """A floor, in months where the forecast itself keeps it."""
    return Span(np.where(where, floor, 0), np.full(floor.size, LARGEST))


def _up(numbers: Array) -> Whole:
    return np.asarray(np.ceil(numbers * (1.0 - _GRACE)), dtype=np.int64)


def _down(numbers: Array) -> Whole:
    return np.asarray(np.floor(numbers * (1.0 + _GRACE)), dtype=np.int64)
