"""`diagnose`: what moved in a store's figures, where, since when, by whose doing, and which setting moves it back.

The gap of GMV between two stretches of whole weeks is split by channel and factor (LMDI), to the fen. Where ads of a
channel are known its visitors are spend × clicks per CNY × visitors per click; where a market index is known the others
are market × visitors per unit of it, so that what the market did is told from what the store did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError, UsageError
from storesim.plan.diagnosis import Diagnosis, Symptom, ranked
from storesim.plan.goals import Goals
from storesim.plan.lmdi import Cause, causes
from storesim.plan.off_plan import diagnose_against
from storesim.plan.reach_back import told_channels
from storesim.plan.remedies import levers
from storesim.plan.windows import Windows, ratio_of, shifted_since, usual_change, windows
from storesim.results.history import History
from storesim.results.quality import sale_on

Array = NDArray[np.float64]


_ADS: Final = (("ad_spend", "ad_spend"), ("clicks", "clicks_per_cny"), ("uv", "uv_per_click"))
_MARKET: Final = (("market", "market"), ("uv", "market_share"))
_PLAIN: Final = (("uv", "uv"),)
_SALE: Final = (("buyers", "cvr"), ("gmv", "aov"))
_VIEWS: Final = (("uv", "uv"), ("pv", "depth"))
_HARDLY: Final = 0.01
"""A change by less is none, however sure."""

_SURE: Final = 2.0
"""Standard deviations of usual changes beyond which a change is one."""

_FINE: Final = {"gmv": 100.0, "ad_spend": 100.0, "market": 1e6}
"""Units to a whole one: money in fen, an index in millionths."""


def diagnose(history: History, since: dt.date | None = None, *, plan: Goals | None = None) -> Diagnosis:
    """What moved between two stretches of a history, or against a plan, ranked by its effect on GMV.

    Parameters
    ----------
    history
        Days with visitors, buyers and GMV; by channel where channels are told apart. With a count `market` (a column
        市场指数 or 行业指数), the market's part is told from the store's own.
    since
        First day of the second stretch. If not given: the latest level shift of GMV, else of visitors, conversion or
        value per buyer, in the last half year; else the last four weeks are held against the four before.
    plan
        The plan of the year: then its days that are over are held against it, and nothing against earlier days.

    Raises
    ------
    PlanError
        If visitors, buyers or GMV are missing, or the days are too few.
    UsageError
        If both `since` and `plan` are given.
    """
    if plan is not None:
        if since is not None:
            raise UsageError("days are held against a plan or against earlier days; give a plan or a day, not both")
        return diagnose_against(history, plan)
    gone = [name for name in ("uv", "buyers", "gmv") if name not in history.columns]
    if gone:
        raise PlanError(f"a diagnosis needs visitors, buyers and GMV; {history.name} has no {', '.join(gone)}")
    chosen = windows(history, since)
    notes = [*_unknown_days(history, chosen), *_sales(chosen)]
    market = {"market": history.columns["market"]} if "market" in history.columns else {}
    found: list[Symptom] = []
    views: list[Symptom] = []
    sums = [0, 0]
    scopes, unknown = _scopes(history, chosen)
    if history.by_channel and tuple(scopes) == ("",):
        notes.append("Channels are not told apart on most days of both stretches; the store is looked at as a whole.")
    elif unknown:
        notes.append(
            f"Not known on most days of one stretch, and counted with what is in no channel: {', '.join(unknown)}."
        )
    for channel, columns in scopes.items():
        series = {**columns, **market}
        chain = _chain(channel, series, chosen)
        totals = [_totals(series, chain, days) for days in (chosen.before, chosen.after)]
        sums = [held + total[-1] for held, total in zip(sums, totals, strict=True)]
        found += _symptoms(channel, series, chain, chosen)
        if "pv" in columns:
            views += _symptoms(channel, series, _VIEWS, chosen)
    store = [_totals(history.columns, (("gmv", "aov"),), days)[-1] for days in (chosen.before, chosen.after)]
    rest = (store[1] - store[0]) - (sums[1] - sums[0])
    if rest:
        notes.append(
            f"{rest / 100:,.2f} of the gap is in no channel: the channels add up to {sums[0] / 100:,.2f} of "
            f"{store[0] / 100:,.2f} before and {sums[1] / 100:,.2f} of {store[1] / 100:,.2f} since."
        )
        found.append(Symptom("rest", "uv", rest / 100, 0.0, 0.0, None, True, ()))
    return Diagnosis(history.name, chosen, store[0] / 100, store[1] / 100, ranked(found), ranked(views), tuple(notes))


def _symptoms(
    channel: str, series: Mapping[str, Array], chain: Sequence[tuple[str, str]], chosen: Windows
) -> list[Symptom]:
    totals = [_totals(series, chain, days) for days in (chosen.before, chosen.after)]
    split = causes({channel: totals[0]}, {channel: totals[1]}, [factor for _, factor in chain])
    return [_symptom(cause, series, chain, chosen) for cause in split]


def _scopes(history: History, chosen: Windows) -> tuple[Mapping[str, Mapping[str, Array]], list[str]]:
    """What is looked at one by one: channels with sales of their own; the whole store where there are none.

    And the channels that are left out, because they are not known in one of the stretches.
    """
    channels = {
        channel: own
        for channel, own in told_channels(history).items()
        if {"uv", "buyers", "gmv"} <= set(own)
        and any(np.nansum(own["gmv"][days]) > 0 for days in (chosen.before, chosen.after))
    }
    # A report that does not reach back says nothing of how a channel was; a channel that opened has brought nothing.
    known = {channel: own for channel, own in channels.items() if not _gaps(own, chosen)}
    return known or {"": history.columns}, [channel for channel in channels if channel not in known]


def _gaps(own: Mapping[str, Array], chosen: Windows) -> bool:
    """Whether a channel is unknown on half of the days of either stretch, or more."""
    return any(
        np.isfinite(own[name][days]).mean() <= 0.5
        for name in ("uv", "buyers", "gmv")
        for days in (chosen.before, chosen.after)
    )


def _chain(channel: str, columns: Mapping[str, Array], chosen: Windows) -> tuple[tuple[str, str], ...]:
    """Counts from the first to GMV, and the factor each step is."""
    known = {
        name
        for name in ("ad_spend", "clicks")
        if name in columns and all(np.isfinite(columns[name][days]).any() for days in (chosen.before, chosen.after))
    }
    # Affiliates are paid weeks after the visit: what is spent on a day did not bring its visitors. A whole store has
    # visitors that no ad brought.
    if channel not in ("", "affiliate") and known == {"ad_spend", "clicks"} and np.nansum(columns["ad_spend"]) > 0:
        return _ADS + _SALE
    # Members come back by themselves, whatever the category searches for.
    follows = "market" in columns and channel not in ("returning", "members", "affiliate")
    return (_MARKET if follows else _PLAIN) + _SALE


def _totals(columns: Mapping[str, Array], chain: Sequence[tuple[str, str]], days: slice) -> list[int]:
    """Whole counts of a stretch; days that are unknown count as the mean of the others."""
    totals = []
    for name, _ in chain:
        values = columns[name][days]
        known = values[np.isfinite(values)]
        mean = float(known.mean()) if known.size else 0.0
        totals.append(round(mean * values.size * _FINE.get(name, 1.0)))
    return totals


def _symptom(cause: Cause, series: Mapping[str, Array], chain: Sequence[tuple[str, str]], chosen: Windows) -> Symptom:
    at = next(place for place, (_, factor) in enumerate(chain) if factor == cause.factor)
    above = series[chain[at][0]]
    below = series[chain[at - 1][0]] if at else np.ones_like(above)
    with np.errstate(divide="ignore", invalid="ignore"):
        daily = np.where(below > 0, above / below, np.nan)
    before, after = (ratio_of(above[days], below[days]) for days in (chosen.before, chosen.after))
    change = abs(np.log(after / before)) if before > 0 and after > 0 else np.inf
    usual = bool(change < max(_SURE * usual_change(daily, chosen), _HARDLY))
    views = chain[-1][0] == "pv"
    return Symptom(
        cause.channel,
        cause.factor,
        cause.amount / (1.0 if views else 100.0),
        before,
        after,
        None if usual else shifted_since(daily, chosen.start, chosen.after),
        usual,
        levers(cause.channel, cause.factor, paid=bool(np.nansum(series.get("ad_spend", np.zeros(1))) > 0)),
        views,
    )


def _unknown_days(history: History, chosen: Windows) -> list[str]:
    gone = {
        name: int(sum(np.isnan(history.columns[name][days]).sum() for days in (chosen.before, chosen.after)))
        for name in ("uv", "buyers", "gmv")
    }
    return [
        f"{name} is unknown on {days} of the {2 * chosen.n_days} days; they count as the mean of the others."
        for name, days in gone.items()
        if days
    ]


def _sales(chosen: Windows) -> list[str]:
    """Sales of the platform that fall into one stretch and not into the other."""
    names = [
        {sale_on(chosen.start + dt.timedelta(days=day)) for day in range(days.start, days.stop)} - {""}
        for days in (chosen.before, chosen.after)
    ]
    only = sorted(names[0] ^ names[1])
    if not only:
        return []
    return [f"One of the two stretches alone holds the sale {', '.join(only)}; part of what moved is that."]
