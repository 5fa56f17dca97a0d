"""Funnel and channels: what each brings, at every step from impression to GMV, and what it costs."""

from __future__ import annotations

from functools import partial

import numpy as np

from storesim.report import figures, measures, palette
from storesim.report.document import Block, Cell, Column, Figure, Row, Section, Table, Text, Value
from storesim.report.figures import Frame, Series
from storesim.report.measures import Period
from storesim.report.parts.names import month_ticks, period_name
from storesim.report.sources import Sources
from storesim.results.attribution import BASES, mean_credits, within
from storesim.results.devices import devices_of
from storesim.results.groups import groups_of
from storesim.scenario.booked import Slots
from storesim.scenario.operations import WINDOWS

FUNNEL = (
    "impressions", "clicks", "ctr", "cpc", "cpm", "ad_spend", "uv", "bounce", "cvr", "aov", "orders", "lines",
    "gmv", "ad_lines", "roas",
)  # fmt: skip
_AD_MONTH = ("ad_spend", "clicks", "ctr", "cpc", "ad_gmv", "roas", "ad_share")


def channels(sources: Sources) -> Section:
    """Visitors by channel and month, and the funnel of each channel."""
    say = sources.say
    note = Text(say("channels.note"), "note")
    tables = (_funnel(sources), *_visits(sources), *_devices(sources), *_groups(sources), *_credited(sources))
    added = _added(sources)
    return Section("channels", say("channels"), (_visitors(sources), *tables, *added, *_slots(sources), note))


def ads(sources: Sources) -> Section:
    """Ad spend, cost per click and ROI by month, and when the budget is gone."""
    say = sources.say
    blocks: tuple[Block, ...] = (Text(say("ads.none")),)
    if paid_channels(sources):
        blocks = (_ad_figure(sources), _ad_table(sources), Text(say("ads.note"), "note"))
    return Section("ads", say("ads"), blocks)


def paid_channels(sources: Sources) -> tuple[str, ...]:
    """Channels that cost money in the simulated days."""
    return tuple(name for name in sources.mean.channels if sources.mean.total("ad_spend", name) > 0)


def _visitors(sources: Sources) -> Figure:
    say, mean = sources.say, sources.mean
    months = measures.periods(sources.whole, "month")
    series = [_series(sources, "uv", name, months) for name in mean.channels]
    totals = np.array([mean.total("uv", name) for name in mean.channels])
    share = totals.max() / totals.sum() if totals.sum() else float("nan")
    words = say("channels.alternative", top=series[int(totals.argmax())].name, share=sources.show(share, "share"))
    ticks = month_ticks([month.key for month in months], sources.lang)
    stacked = (say("kpi.uv"), palette.kind_of("uv"), series)
    draw = partial(figures.by_month, Frame("visitors", words, sources.lang), ticks, stacked)
    return Figure("visitors", say("channels.figure"), words, draw)


def _series(sources: Sources, name: str, channel: str, months: tuple[Period, ...]) -> Series:
    values = [sources.mean.total(name, channel, month.first, month.last) for month in months]
    return Series(sources.channel(channel), np.array(values), sources.mean.channels.index(channel))


def _slots(sources: Sources) -> tuple[Text, ...]:
    """One sentence on event slots; nothing where no channel signs up for any."""
    if not any(isinstance(channel, Slots) for channel in sources.scenario.channels.values()):
        return ()
    taken, refused = (sources.show(sources.mean_of(f"slots_{name}"), "factor") for name in ("taken", "refused"))
    pieces = sources.show(sources.mean_of("slot_units"), "count")
    return (Text(sources.say("channels.slots", taken=taken, refused=refused, pieces=pieces)),)


def _visits(sources: Sources) -> tuple[Table, ...]:
    """Visitors, visits and pages of each channel; nothing where nobody comes twice a day."""
    say, mean, days = sources.say, sources.mean, sources.simulated
    if mean.total("visits") == mean.total("uv"):
        return ()
    kept = ("uv", "visits", "pv", "depth", "visit_depth")
    columns = [Column("channel", say("channel"), "code")]
    columns += [Column(name, say("kpi." + name), palette.kind_of(name)) for name in kept]

    def row(key: str, label: str, channel: str | None) -> Row:
        values = (Value(mean.total(name, channel, days.first, days.last)) for name in kept)
        return Row(key, (label, *values), "total" if channel is None else "body")

    rows = [row(f"v{i}", sources.channel(name), name) for i, name in enumerate(mean.channels)]
    return (Table("visits", say("channels.visits"), tuple(columns), (*rows, row("total", say("total"), None))),)


def _devices(sources: Sources) -> tuple[Table, ...]:
    """What visitors of the whole store did on each device; nothing where devices are not told apart."""
    say = sources.say
    whole = [row for row in devices_of(sources.mean) if row.channel == ""]
    bought = any(row.clicks > 0 for row in whole)  # not NaN: every paid channel bids by device
    kept = ["uv", "share", "depth", "bounce", "cvr", "aov", "buyers", "gmv"]
    kept += ["clicks", "ad_spend", "cpc"] if bought else []
    columns = [Column("device", say("channels.devices.of"), "code")]
    columns += [
        Column(name, say("channels.devices.share" if name == "share" else "kpi." + name),
               "share" if name == "share" else palette.kind_of(name))
        for name in kept
    ]  # fmt: skip
    rows = [
        Row(f"d{i}", (sources.part("device", row.device), *(Value(getattr(row, name)) for name in kept)))
        for i, row in enumerate(whole)
    ]
    return (Table("devices", say("channels.devices"), tuple(columns), tuple(rows)),) if rows else ()


def _groups(sources: Sources) -> tuple[Table, ...]:
    """What groups of keywords brought and cost; nothing where no channel has several."""
    say = sources.say
    kept = ("impressions", "clicks", "ctr", "ad_spend", "cpc")
    columns = [Column("channel", say("channel"), "code"), Column("group", say("channels.groups.of"), "code")]
    columns += [Column(name, say("kpi." + name), palette.kind_of(name)) for name in kept]
    rows = [
        Row(
            f"g{i}",
            (
                sources.channel(group.channel),
                " / ".join(
                    sources.part(what, name)
                    for what, name in zip(("group", "crowd", "device"), group[1:4], strict=True)
                    if name
                ),
                *(Value(getattr(group, name)) for name in kept),
            ),
        )
        for i, group in enumerate(groups_of(sources.mean))
    ]
    return (Table("groups", say("channels.groups"), tuple(columns), tuple(rows)),) if rows else ()


def _credited(sources: Sources) -> tuple[Table, ...]:
    """Orders and ROI of paid channels under each window, then order lines and what each of them cost.

    Nothing where orders are not credited to clicks.
    """
    days, mean, say = sources.simulated, sources.mean, sources.say
    credited = mean_credits(mean, days.first, days.last)
    spent = {name: mean.total("ad_spend", name, days.first, days.last) for name in paid_channels(sources)}
    paid = {name: spend for name, spend in spent.items() if spend > 0}
    if credited.size == 0 or not paid:
        return ()
    sold, listed = [], []
    for name, spend in paid.items():
        for by in BASES:
            totals = [within(credited, by, w)[:, mean.channels.index(name)].sum(axis=0) for w in WINDOWS]
            key, first = f"{name}.{by}", (sources.channel(name), say(f"channels.credited.{by}"))
            cells = [*(Value(total[0]) for total in totals), *(Value(total[1] / spend) for total in totals)]
            sold.append(Row(key, (*first, *cells)))
            costs = (spend / total[2] if total[2] > 0 else float("nan") for total in totals)
            listed.append(Row(key, (*first, *(Value(total[2]) for total in totals), *map(Value, costs))))
    title = say("channels.credited", first=days.first, last=days.last)
    lines = Table("credited_lines", say("channels.credited.listed"), _by_window(sources, "lines", "cpa"), tuple(listed))
    return (Table("credited", title, _by_window(sources, "orders", "roas"), tuple(sold)), lines)


def _by_window(sources: Sources, count: str, ratio: str) -> tuple[Column, ...]:
    """Columns of a count and of a ratio under each window."""
    say = sources.say
    columns = [Column("channel", say("channel"), "code"), Column("by", say("channels.credited.by"))]
    columns += [Column(f"{count}{w}", say(f"channels.credited.{count}", days=w), "count") for w in WINDOWS]
    kind = palette.kind_of(ratio)
    return (*columns, *(Column(f"{ratio}{w}", say(f"channels.credited.{ratio}", days=w), kind) for w in WINDOWS))


def _added(sources: Sources) -> tuple[Block, ...]:
    """What each paid channel truly adds beside what it reports; nothing where that was not played."""
    say, found = sources.say, sources.incrementals
    if not found:
        return ()
    amounts, ratios = ("spend", "gmv", "give_or_take", "profit"), ("reported", "roi", "marginal", "marginal_error")
    columns = [Column("channel", say("channel"), "code")]
    columns += [Column(key, say(f"channels.added.{key}"), "money") for key in amounts]
    columns += [Column(key, say(f"channels.added.{key}"), "factor") for key in ratios]
    rows = []
    for one in found:
        added = one.added
        figures_ = (added["ad_spend"][0], added["gmv"][0], one.give_or_take, added["profit"][0],
                    float(sources.mean.total("roas", one.channel)), one.roi, one.marginal_roi,
                    one.marginal_give_or_take)  # fmt: skip
        rows.append(Row(f"a_{one.channel}", (sources.channel(one.channel), *map(Value, figures_))))
    title = say("channels.added", runs=found[0].n_runs)
    return (Table("added", title, tuple(columns), tuple(rows)), Text(say("channels.added.note"), "note"))


def _funnel(sources: Sources) -> Table:
    say, days = sources.say, sources.simulated
    columns = [Column("channel", say("channel"), "code")]
    columns += [Column(name, say("kpi." + name), palette.kind_of(name)) for name in FUNNEL]
    columns.insert(-2, Column("share", say("share_of_gmv"), "share"))
    whole = sources.mean.total("gmv", first=days.first, last=days.last)
    rows = [
        Row(f"c{i}", (sources.channel(name), *_funnel_cells(sources, name, whole)))
        for i, name in enumerate(sources.mean.channels)
    ]
    rows.append(Row("total", (say("total"), *_funnel_cells(sources, None, whole)), "total"))
    title = say("channels.table", first=days.first, last=days.last)
    return Table("funnel", title, tuple(columns), tuple(rows))


def _funnel_cells(sources: Sources, channel: str | None, whole: float) -> list[Cell]:
    days, mean = sources.simulated, sources.mean
    totals = {name: mean.total(name, channel, days.first, days.last) for name in FUNNEL}
    # A free channel has no impressions that anybody counts; nothing is said rather than 0.
    of_ads = ("impressions", "clicks", "ad_spend", "ad_lines")
    shown = {name: float("nan") if name in of_ads and value == 0 else value for name, value in totals.items()}
    cells: list[Cell] = [Value(shown[name]) for name in FUNNEL]
    cells.insert(-2, Value(totals["gmv"] / whole if whole else float("nan")))
    return cells


def _ad_figure(sources: Sources) -> Figure:
    say, paid = sources.say, paid_channels(sources)
    months = measures.periods(sources.whole, "month")
    spend = [_series(sources, "ad_spend", name, months) for name in paid]
    # A commission, a fee or a broadcast is not paid by the click.
    clicked = [channel for channel in paid if sources.mean.total("clicks", channel) > 0]
    lines = [(say("kpi." + name), palette.kind_of(name), [_series(sources, name, channel, months) for channel in shown])
             for name, shown in (("cpc", clicked), ("roas", paid)) if shown]  # fmt: skip
    total = np.sum([series.values for series in spend], axis=0)
    words = say(
        "ads.alternative", low=sources.show(total.min(), "money"), high=sources.show(total.max(), "money"),
        roas=sources.show(sources.mean.total("roas"), "factor"),
    )  # fmt: skip
    ticks = month_ticks([month.key for month in months], sources.lang)
    stacked = (say("kpi.ad_spend"), palette.kind_of("ad_spend"), spend)
    draw = partial(figures.by_month, Frame("ads", words, sources.lang), ticks, stacked, lines)
    return Figure("ads", say("ads.figure"), words, draw)


def _ad_table(sources: Sources) -> Table:
    say, mean = sources.say, sources.mean
    columns = [Column("month", say("month"))]
    columns += [Column(name, say("kpi." + name), palette.kind_of(name)) for name in _AD_MONTH]
    columns.append(Column("silent", say("ads.silent"), "hours"))
    # Only a budget spent by the click can run out within the day.
    n_paid = max(1, sum(mean.total("clicks", name) > 0 for name in paid_channels(sources)))
    rows = []
    for month in measures.periods(sources.whole, "month"):
        silent = mean.total("silent_hours", first=month.first, last=month.last) / (month.n_days * n_paid)
        cells = [Value(mean.total(name, first=month.first, last=month.last)) for name in _AD_MONTH]
        rows.append(Row(month.key, (period_name(month.key, sources), *cells, Value(silent))))
    return Table("ads", say("ads.table"), tuple(columns), tuple(rows))
