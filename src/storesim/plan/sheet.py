"""A planner's sheet: months in proportion to weights, visitors and budgets from CVR, AOV and 费比 (DOMAIN 8 and 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.plan import notes
from storesim.plan.columns import Rows
from storesim.plan.days import DayPlan, day_plan
from storesim.plan.exact import Whole, nearest, share_out, to_fen
from storesim.plan.goals import PAID, Goal, Goals
from storesim.plan.mix import Shelf, mix_rows
from storesim.plan.periods import QUARTERS, YearOutlook, days_of_months
from storesim.plan.rows import Book, rows_of
from storesim.scenario.targets import SalesLine, Target

Array = NDArray[np.float64]
Counts = dict[str, int]

_KEPT = ("uv", "depth", "cvr", "aov", "buyers", "gmv", "impressions", "ad_spend", "commission", "parcels", "costs")


@dataclass(frozen=True)
class SheetLine:
    """One line of a sheet: a month, or a sale day beside or inside one."""

    month: int
    """1 to 12."""

    name: str
    """"" for the month itself, else of the sale day."""

    inside: bool
    """A sale day that its month holds already."""

    store: Counts
    """Whole numbers: "gmv", "ad_spend", "commission", "parcels", "costs" in fen; "uv", "buyers", where they follow."""

    channels: Mapping[str, Counts]
    """The same of each ad tool or sales line: "ad_spend" or "costs", "gmv", "uv", "impressions"."""


@dataclass(frozen=True)
class Sheet:
    """All lines of a year."""

    year: int
    target: Target
    lines: tuple[SheetLine, ...]

    def goals(self, forecast: YearOutlook | None, shelf: Shelf | None = None) -> Goals:
        """The sheet as goals; quantiles, chances, weeks and days where there is a forecast."""
        book = Book(
            store=_table(self.lines, "", beside=False),
            channels={name: _table(self.lines, name, beside=False) for name in _channels(self.lines)},
            beside={name: _table(self.lines, name, beside=True) for name in ("", *_channels(self.lines))},
        )
        parts: Iterator[Goal] = iter(())
        quarters = book.numbers("gmv", "", "quarter", QUARTERS)
        if shelf is not None and quarters is not None:
            parts = mix_rows(self.year, shelf, {"gmv": quarters}, self.target.mix)
        days = self._days(book, forecast)
        beside = (*self._event_rows(), *self._daily_rows(), *parts)
        rows = Rows(*rows_of(self.year, book, forecast, days), beside)
        remarks = self._remarks()
        return Goals(self.year, self.target.gmv, rows, tuple(n.en for n in remarks), tuple(n.zh for n in remarks))

    def _days(self, book: Book, forecast: YearOutlook | None) -> DayPlan | None:
        """The days of the months, by the forecast's profile; None where it does not cover every month with sales."""
        if forecast is None or np.any((book.store["gmv"] > 0) & (np.array(forecast.days) == 0)):
            return None
        return day_plan(forecast, book.store, book.channels)

    def _event_rows(self) -> Iterator[Goal]:
        for line in self.lines:
            if line.name:
                period = f"{self.year}-{line.month:02d}/{line.name}"
                single = Book(store={name: np.array([number]) for name, number in line.store.items()})
                yield from single_rows(period, single)
                for channel, counts in line.channels.items():
                    for name, number in counts.items():
                        yield Goal(period, "event", channel, name, number / 100.0 if name in PAID else number)

    def _daily_rows(self) -> Iterator[Goal]:
        days = days_of_months(self.year)
        for line in self.lines:
            if not line.name and "ad_spend" in line.store:
                daily = line.store["ad_spend"] / 100.0 / days[line.month - 1]
                yield Goal(f"{self.year}-{line.month:02d}", "month", "", "ad_spend_per_day", daily)

    def _remarks(self) -> list[notes.Note]:
        target = self.target
        remarks = [notes.sheet(target.gmv, total_weight(target))]
        beside = [name for name, day in target.sale_days.items() if not day.inside]
        remarks += [notes.beside(beside)] if beside else []
        if target.lines:
            sold = sum(line.store["gmv"] for line in self.lines if not line.inside)
            spent = sum(line.store["ad_spend"] for line in self.lines if not line.inside)
            unpaid = sum(
                line.store["uv"] - sum(counts.get("uv", 0) for counts in line.channels.values())
                for line in self.lines
                if not line.inside
            )
            remarks.append(notes.unpaid_visitors(unpaid))
            if target.ad_share is not None:
                remarks.append(notes.lines_beside_plan(max(target.ad_share), spent / sold))
        return remarks


def sheet_of(target: Target, year: int) -> Sheet:
    """The sheet of a target that brings weights: every line rounded to the fen and the visitor, as sheets print them.

    GMV adds up to the target exactly. Visitors are GMV / (CVR × AOV) of each line, rounded half up; the year is their
    sum.

    Raises
    ------
    PlanError
        If a month needs more visitors than `uv_max`.
    """
    weights = np.array(target.weights or ())
    beside = [(name, day) for name, day in target.sale_days.items() if not day.inside]
    inside = [(name, day) for name, day in target.sale_days.items() if day.inside]
    total = to_fen(target.gmv)
    fen = share_out(total, np.concatenate([weights, [day.weight for _, day in beside]]))
    share = total / total_weight(target)
    lines = [_line(target, month + 1, int(fen[month])) for month in range(12)]
    lines += [_line(target, day.month, int(f), name) for (name, day), f in zip(beside, fen[12:], strict=True)]
    lines += [_line(target, day.month, nearest(share * day.weight), name, inside=True) for name, day in inside]
    _check_cap(lines, target, year)
    return Sheet(year, target, tuple(lines))


def total_weight(target: Target) -> float:
    """Weights of the months, and of the sale days beside them."""
    return float(sum(target.weights or ())) + sum(day.weight for day in target.sale_days.values() if not day.inside)


def weights_with_sale_days(target: Target) -> Array:
    """[12] weights of the months, sale days beside them added."""
    weights = np.array(target.weights or (0.0,) * 12)
    for day in target.sale_days.values():
        if not day.inside:
            weights[day.month - 1] += day.weight
    return weights


def event_rows(target: Target, year: int) -> Iterator[Goal]:
    """GMV of each sale day, for a plan whose months hold them."""
    share = to_fen(target.gmv) / total_weight(target) if target.sale_days else 0.0
    for name, day in target.sale_days.items():
        yield Goal(f"{year}-{day.month:02d}/{name}", "event", "", "gmv", nearest(share * day.weight) / 100.0)


def single_rows(period: str, book: Book) -> Iterator[Goal]:
    """Rows of one event line."""
    counts = {name: int(numbers[0]) for name, numbers in book.store.items()}
    for name in _KEPT:
        if name in counts:
            yield Goal(period, "event", "", name, counts[name] / 100.0 if name in PAID else counts[name])
        elif name == "cvr" and counts.get("uv"):
            yield Goal(period, "event", "", name, counts["buyers"] / counts["uv"])
        elif name == "aov" and counts.get("buyers"):
            yield Goal(period, "event", "", name, counts["gmv"] / 100.0 / counts["buyers"])


def _line(target: Target, month: int, fen: int, name: str = "", *, inside: bool = False) -> SheetLine:
    store: Counts = {"gmv": fen}
    sales = fen / 100.0
    buyers = 0.0
    if target.cvr is not None and target.aov is not None:
        buyers = sales / target.aov[month - 1] if fen else 0.0
        store["uv"] = nearest(buyers / target.cvr[month - 1]) if fen else 0
        store["buyers"] = nearest(buyers)
    channels: dict[str, Counts] = {}
    if target.lines:
        channels = _by_lines(target, month, fen)
        store["ad_spend"] = sum(counts.get("ad_spend", 0) for counts in channels.values())
    elif target.ad_share is not None:
        store["ad_spend"] = nearest(fen * target.ad_share[month - 1])
        split = share_out(store["ad_spend"], np.array(list(target.ad_split.values()))) if target.ad_split else ()
        channels = {tool: {"ad_spend": int(part)} for tool, part in zip(target.ad_split, split, strict=True)}
    if target.platform_share or target.parcel or target.lines:
        store["commission"] = nearest(fen * target.platform_share)
        # By orders not rounded, as sheets do: a fraction of a parcel is paid for on average.
        store["parcels"] = nearest(100.0 * target.parcel * buyers)
        fees = sum(counts.get("costs", 0) for counts in channels.values())
        store["costs"] = store.get("ad_spend", 0) + store["commission"] + store["parcels"] + fees
    return SheetLine(month, name, inside, store, channels)


def _by_lines(target: Target, month: int, fen: int) -> dict[str, Counts]:
    """Sales, visits, impressions and cost of each sales line in one month."""
    aov = target.aov[month - 1] if target.aov else 0.0
    shares = np.array([line.share for line in target.lines.values()])
    rest = max(0.0, 1.0 - float(shares.sum()))
    sold = share_out(fen, np.append(shares, rest)) if fen else np.zeros(shares.size + 1, dtype=np.int64)
    return {
        name: _one_line(line, int(part), fen * line.share, aov)
        for (name, line), part in zip(target.lines.items(), sold, strict=False)
    }


def _one_line(line: SalesLine, part: int, fen: float, aov: float) -> Counts:
    counts: Counts = {"gmv": part}
    if line.cvr is not None:
        visits = fen / 100.0 / (line.cvr * aov) if fen else 0.0
        counts["uv"] = nearest(visits)
        if line.ctr is not None:
            counts["impressions"] = nearest(visits / line.ctr)
    if line.cost_share:
        counts["ad_spend" if line.advertising else "costs"] = nearest(fen * line.cost_share)
    return counts


def _check_cap(lines: list[SheetLine], target: Target, year: int) -> None:
    if target.uv_max is None:
        return
    months = [0] * 12
    for line in lines:
        months[line.month - 1] += 0 if line.inside else line.store.get("uv", 0)
    over = {f"{year}-{month:02d}": uv for month, uv in enumerate(months, 1) if uv > target.uv_max}
    if over:
        worst = max(over, key=lambda month: over[month])
        raise PlanError(
            f"the sheet asks more visitors than uv_max {target.uv_max:,.0f} in {', '.join(over)}; {worst} lacks "
            f"{over[worst] - target.uv_max:,.0f}. Raise uv_max, cvr or aov, or give these months less weight"
        )


def _channels(lines: tuple[SheetLine, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for line in lines for name in line.channels))


def _table(lines: tuple[SheetLine, ...], channel: str, *, beside: bool) -> dict[str, Whole]:
    """[12] of each count, of months or of the sale days beside them."""
    table: dict[str, Whole] = {}
    for line in lines:
        if line.inside or bool(line.name) != beside:
            continue
        for name, number in (line.channels.get(channel, {}) if channel else line.store).items():
            table.setdefault(name, np.zeros(12, dtype=np.int64))[line.month - 1] += number
    return table
